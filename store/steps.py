# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""The steps of a recording's way: what waits, runs, is done or failed, and how far.

Written by workers. Nothing here takes the recording's lock: progress is reported often.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.estimate import Pending, Workload
from domain.recording import Recording, StepState
from store import telling
from store.postgres import Tx, rows
from store.text import clean

_RECENT = 60  # recordings: what came before them says nothing about today's speed
_FINISHED = 20  # steps of a kind: the median of so many is neither moved by one slow disk nor by last month
_QUEUE = 300  # recordings that are looked at for what is still to be done
_SECONDS = "(r.probe->>'duration_ms')::float8 / 1000"


def queue(tx: Tx, recording_id: UUID, name: str) -> bool:
    """A step that waits is queued; whether this call did it, so that its job is put in the queue once.

    A step that a newer version brought is added to a recording that came before it.
    """
    return bool(
        tx.execute(
            "insert into step as s (recording_id, name, position, state)"
            " select %(id)s, %(name)s, coalesce(max(position) + 1, 0), 'queued' from step where recording_id = %(id)s"
            " on conflict (recording_id, name) do update set state = 'queued' where s.state = 'waiting'",
            {"id": recording_id, "name": name},
        ).rowcount
    )


def before(tx: Tx, recording: Recording) -> int:
    """How many recordings that the same person sent earlier are still on their way; a hundred at most are counted."""
    found = rows(
        tx,
        "select r.id from recording r where r.uploader_id = %s and r.id < %s and r.deleted_at is null"
        " and r.refusal_code is null and exists (select from step s where s.recording_id = r.id"
        "   and s.state in ('queued', 'running')) limit 100",
        [recording.uploader_id, recording.id],
    )
    return len(found)


def begin(tx: Tx, recording_id: UUID, name: str, now: datetime) -> bool:
    """Counts an attempt. False when the step is done already: there is nothing to do."""
    return bool(
        tx.execute(
            "update step set state = 'running', attempts = attempts + 1, started_at = %s, finished_at = null,"
            " error_code = null, error_message = null where recording_id = %s and name = %s and state <> 'done'",
            [now, recording_id, name],
        ).rowcount
    )


def progress(tx: Tx, recording_id: UUID, name: str, fraction: float) -> None:
    """`fraction` 0 to 1 of a step that runs."""
    tx.execute(
        "update step set progress = %s where recording_id = %s and name = %s and state = 'running'",
        [min(1.0, max(0.0, fraction)), recording_id, name],
    )


def done(tx: Tx, recording_id: UUID, name: str, now: datetime) -> None:
    """A second call changes nothing."""
    tx.execute(
        "update step set state = 'done', progress = 1, finished_at = %s, error_code = null, error_message = null"
        " where recording_id = %s and name = %s and state <> 'done'",
        [now, recording_id, name],
    )


def fail(tx: Tx, recording_id: UUID, name: str, *, code: str, message: str, now: datetime) -> None:
    """`message` is for people. A step that is done stays done."""
    tx.execute(
        "update step set state = 'failed', finished_at = %s, error_code = %s, error_message = %s"
        " where recording_id = %s and name = %s and state <> 'done'",
        [now, code, clean(message), recording_id, name],
    )
    telling.of_failure(tx, recording_id, code, now)


def failed_once(tx: Tx, recording_id: UUID, name: str) -> int:
    """Counts a failure after which the step may be tried again; how many there were."""
    counted = tx.execute(
        "update step set failures = failures + 1 where recording_id = %s and name = %s returning failures",
        [recording_id, name],
    ).fetchone()
    return int(counted[0]) if counted else 1


def reset(tx: Tx, recording_id: UUID, name: str) -> None:
    """A failed step waits again, as if it had not run."""
    tx.execute(
        "update step set state = 'waiting', progress = 0, attempts = 0, failures = 0, started_at = null,"
        " finished_at = null, error_code = null, error_message = null"
        " where recording_id = %s and name = %s and state = 'failed'",
        [recording_id, name],
    )


def put_back(tx: Tx, recording_id: UUID, name: str) -> None:
    """A step that was queued or begun for nothing waits again: its recording was refused meanwhile."""
    tx.execute(
        "update step set state = 'waiting', started_at = null"
        " where recording_id = %s and name = %s and state in ('queued', 'running')",
        [recording_id, name],
    )


def reset_all(tx: Tx, recording_id: UUID) -> None:
    """Every step waits, as if none had run: the recording is of another file now."""
    tx.execute(
        "update step set state = 'waiting', progress = 0, attempts = 0, failures = 0, started_at = null,"
        " finished_at = null, error_code = null, error_message = null where recording_id = %s",
        [recording_id],
    )


def again(tx: Tx, recording_id: UUID, names: Sequence[str]) -> None:
    """Steps that are done, or failed, wait as if they had not run."""
    tx.execute(
        "update step set state = 'waiting', progress = 0, attempts = 0, failures = 0, started_at = null,"
        " finished_at = null, error_code = null, error_message = null"
        " where recording_id = %s and name = any(%s) and state in ('done', 'failed')",
        [recording_id, list(names)],
    )


def states(tx: Tx, recording_id: UUID) -> dict[str, StepState]:
    """In the order of the way."""
    found = tx.execute(
        "select name, state from step where recording_id = %s order by position, name", [recording_id]
    ).fetchall()
    return {name: StepState(state) for name, state in found}


def workload(tx: Tx) -> Workload:
    """How fast the machine lately was, and what it has before it. Of nobody in particular: speeds and seconds.

    A step that needed several attempts is left out: it went on from where it stood.
    """
    speeds = tx.execute(
        f"with recent as (select r.id, {_SECONDS} as seconds from recording r where r.probe is not null"
        "   order by r.id desc limit %(recent)s),"
        " taken as (select s.name, extract(epoch from s.finished_at - s.started_at) / recent.seconds as speed,"
        "     row_number() over (partition by s.name order by s.finished_at desc) as nth"
        "   from recent join step s on s.recording_id = recent.id"
        "   where s.state = 'done' and s.attempts = 1 and s.finished_at > s.started_at and recent.seconds > 0)"
        " select name, percentile_cont(0.5) within group (order by speed)::float8 from taken"
        " where nth <= %(finished)s group by name",
        {"recent": _RECENT, "finished": _FINISHED},
    ).fetchall()
    pending = rows(
        tx,
        f"with latest as (select r.id, {_SECONDS} as seconds, r.deleted_at, r.refusal_code from recording r"
        "   order by r.id desc limit %(queue)s)"
        " select s.recording_id, s.name, s.state = 'running' as running, (1 - s.progress) * latest.seconds as seconds"
        " from latest join step s on s.recording_id = latest.id"
        " where latest.deleted_at is null and latest.refusal_code is null"
        "   and s.state in ('waiting', 'queued', 'running') and not exists ("
        "     select from step f where f.recording_id = latest.id and f.state = 'failed')",
        {"queue": _QUEUE},
    )
    return Workload(dict(speeds), tuple(Pending(**each) for each in pending))
