"""The only file that knows Procrastinate: jobs in Postgres.

A job says "carry this recording one step further". It is put in the queue in the same transaction as
the change that makes it due, and taken by a worker process. A worker that dies and never returns
stops sending heartbeats; any other worker then puts its jobs back (`_reap`). Jobs are run at least
once: what a step saves is idempotent, and `pipeline/carry.py` keeps two workers off one step.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

import procrastinate
import psycopg
from procrastinate import exceptions, jobs, retry

from domain.errors import Unavailable
from pipeline import edges
from pipeline.carry import Busy, Stopped, TryLater
from store.postgres import Tx

HEARTBEAT_S = 5.0
# Priorities, where an ordinary job has 0. Among those of one kind people take turns: a person's second recording on
# its way has one less than the first, and nobody's hundredth comes before another kind.
_KIND = 100
_LAST = -2 * _KIND
_LONGEST_S = 3600  # between two tries of a clip's edges, where the object store is away for long
_LOOK_S = 0.5  # between two looks at what a dead worker has left
STALLED_S = 20.0  # four heartbeats missed: the worker is dead, or as good as


class Carry(Protocol):
    """Does one step of a recording; `stop()` turns true when the worker has to end.

    `upload_id` says of which file the recording was when the job was made: one of another file is none any more.
    """

    def __call__(
        self, step: str, recording_id: UUID, stop: Callable[[], bool], upload_id: str | None = None
    ) -> None: ...


log = logging.getLogger(__name__)


class Jobs:
    """The sending side: needs no connection of its own, since it always uses its caller's."""

    def __init__(self) -> None:
        self._task = _declare(procrastinate.App(connector=procrastinate.SyncPsycopgConnector()), None)

    def enqueue(
        self,
        tx: Tx,
        step: str,
        recording_id: UUID,
        upload_id: str | None,
        *,
        queue: str,
        urgent: bool = False,
        idle: bool = False,
        last: bool = False,
        before: int = 0,
    ) -> None:
        """Puts a step in the queue if, and when, the caller's transaction commits.

        `idle`: behind all others, and `last` behind those too. `before`: how many of this person's come first.
        """
        priority = _LAST if last else (int(urgent) - int(idle)) * _KIND - min(before, _KIND - 1)
        job = self._task.configure(queue=queue, connection=tx, priority=priority)
        job.defer(step=step, recording=str(recording_id), upload=upload_id)


def apply_schema(dsn: str) -> None:
    """Makes the queue's tables where they are missing. Safe to call by two processes at once."""
    with psycopg.connect(dsn) as connection:
        connection.execute("select pg_advisory_xact_lock(hashtext('passiton queue schema'))")
        if connection.execute("select to_regclass('procrastinate_jobs')").fetchone() == (None,):
            connection.execute(procrastinate.schema.SchemaManager.get_schema())


def lost(tx: Tx) -> list[tuple[UUID, str]]:
    """Recordings and steps of theirs that are queued or running, and for which no job is there."""
    return tx.execute(
        "select s.recording_id, s.name from step s join recording r on r.id = s.recording_id"
        " where s.state in ('queued', 'running') and r.deleted_at is null and r.refusal_code is null"
        " and not exists (select from procrastinate_jobs j where j.status in ('todo', 'doing')"
        "   and j.args->>'recording' = r.id::text and j.args->>'step' = s.name"
        "   and coalesce(j.args->>'upload', r.upload_id) = r.upload_id)"
        " order by s.recording_id, s.position"
    ).fetchall()


def waiting(tx: Tx, queues: Sequence[str]) -> bool:
    """Whether a job waits for a worker that comes before those that are `last`."""
    query = (
        "select exists (select from procrastinate_jobs where status = 'todo' and queue_name = any(%s) and priority > %s"
        " and (scheduled_at is null or scheduled_at <= now()))"
    )
    return tx.execute(query, [list(queues), _LAST]).fetchone() == (True,)


def without(tx: Tx, name: str, recording_ids: Sequence[UUID]) -> list[UUID]:
    """Those recordings for which no job of a name is queued or runs."""
    query = (
        "select r.id from unnest(%s::uuid[]) r (id) where not exists (select from procrastinate_jobs j"
        " where j.status in ('todo', 'doing') and j.args->>'recording' = r.id::text and j.args->>'step' = %s)"
    )
    return [found for (found,) in tx.execute(query, [list(recording_ids), name])]


def work(dsn: str, queues: Sequence[str], carry: Carry, *, name: str, in_turn: str | None = None) -> None:
    """Runs jobs of `queues`, one at a time, until SIGTERM or SIGINT.

    A step that is running then is told to stop, and its job goes back into the queue. `in_turn`: a queue of which what
    a dead worker was at comes before what waits behind it; nothing is begun until that has been put back.
    """
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn, min_size=1, max_size=4))
    _declare(app, carry)

    async def run() -> None:
        async with app.open_async():
            reaper = asyncio.create_task(_reap(app))
            try:
                if in_turn is not None:
                    await _put_back(app, in_turn)
                await app.run_worker_async(
                    queues=list(queues),
                    name=name,
                    concurrency=1,
                    delete_jobs=jobs.DeleteJobCondition.SUCCESSFUL,
                    shutdown_graceful_timeout=0.5,
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_S,
                )
            finally:
                reaper.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reaper

    asyncio.run(run())


class _Again(retry.BaseRetryStrategy):
    """When a job that did not end well is tried again. Whether it is, the step's own row decides."""

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> retry.RetryDecision | None:
        match exception:
            case exceptions.JobAborted():
                return retry.RetryDecision(retry_in={"seconds": 0})
            case Busy() | Unavailable():  # the database was away: nothing could be written down
                return retry.RetryDecision(retry_in={"seconds": 10})
            case TryLater(wait_s=wait_s):
                return retry.RetryDecision(retry_in={"seconds": wait_s})
            case edges.Failed():  # comes to an end: an edge is tried so often and no more
                return retry.RetryDecision(retry_in={"seconds": min(2**job.attempts, _LONGEST_S)})
        return None


def _declare(app: procrastinate.App, carry: Carry | None) -> procrastinate.tasks.Task:  # type: ignore[type-arg]
    @app.task(name="carry", pass_context=True, retry=_Again())
    def task(context: procrastinate.JobContext, step: str, recording: str, upload: str | None = None) -> None:
        assert carry is not None, "this process only sends jobs"
        try:
            carry(step, UUID(recording), context.should_abort, upload)
        except Stopped as stopped:
            raise exceptions.JobAborted from stopped

    return task


async def _reap(app: procrastinate.App) -> None:
    while True:
        with contextlib.suppress(exceptions.ConnectorException):  # another worker was quicker
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
                log.warning("a worker died: its job goes back into the queue: %s", job.task_kwargs)
                await app.job_manager.retry_job(job)
        await asyncio.sleep(HEARTBEAT_S)


async def _put_back(app: procrastinate.App, queue: str) -> None:
    """Waits until no job of a queue is with a dead worker: each has been put back, or its worker was heard of since."""
    query = (
        "select exists (select from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id"
        " where j.status = 'doing' and j.queue_name = %(queue)s"
        " and (w.id is null or w.last_heartbeat < %(since)s::timestamptz)) as waits, now()::text as now"
    )
    asked = await app.connector.execute_query_one_async(query, queue=queue, since="infinity")
    since = asked["now"]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2 * STALLED_S):
            while asked["waits"]:
                await asyncio.sleep(_LOOK_S)
                asked = await app.connector.execute_query_one_async(query, queue=queue, since=since)
