"""The steps of a recording's way: what waits, runs, is done or failed, and how far.

Written by workers. Nothing here takes the recording's lock: progress is reported often.
"""

from datetime import datetime
from uuid import UUID

from domain.recording import StepState
from store.postgres import Tx
from store.text import clean


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


def reset(tx: Tx, recording_id: UUID, name: str) -> None:
    """A failed step waits again, as if it had not run."""
    tx.execute(
        "update step set state = 'waiting', progress = 0, attempts = 0, started_at = null, finished_at = null,"
        " error_code = null, error_message = null where recording_id = %s and name = %s and state = 'failed'",
        [recording_id, name],
    )


def states(tx: Tx, recording_id: UUID) -> dict[str, StepState]:
    """In the order of the way."""
    found = tx.execute(
        "select name, state from step where recording_id = %s order by position, name", [recording_id]
    ).fetchall()
    return {name: StepState(state) for name, state in found}
