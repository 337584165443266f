"""Carries a recording one step further: begins, does, saves, sets off what comes next.

Killed at any line, it can be run again: what a step made is saved in the transaction that marks it
done and queues the next, and what it put into the object store before that lies under the recording's prefix
(store/keys.py), whoever knows of it.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.errors import Gone, Misconfigured, PassItOnError, Refused
from domain.recording import Recording, StepState
from pipeline import journey
from pipeline.originals import original_gone
from pipeline.step import Outcome, Stopped, Tools, Work
from pipeline.steps import STEPS
from store import joining, recordings, same_bytes, steps
from store.postgres import Tx

MAX_FAILURES = 5  # then a person has to look
MAX_STARTS = 50  # of a step that never comes to an end: it ends its worker each time
PROGRESS_EVERY_S = 0.5
OUR_FAULT = "Something went wrong on our side. Your recording is safe; try again, or tell whoever runs this server."

log = logging.getLogger(__name__)

__all__ = ["Busy", "Enqueue", "Stopped", "TryLater", "begin_journey", "carry", "try_again"]


class Busy(Exception):
    """Another worker has this step in hand."""


class TryLater(Exception):
    """Something outside failed; the step is worth another try in `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


class Enqueue(Protocol):
    """Queues a step of a recording, in the caller's transaction."""

    def __call__(self, tx: Tx, step: str, recording_id: UUID) -> None: ...


def begin_journey(tx: Tx, recording: Recording, enqueue: Enqueue) -> None:
    """Queues the first steps of a recording that has just arrived."""
    _set_off(tx, recording.id, enqueue)


def try_again(tx: Tx, recording_id: UUID, enqueue: Enqueue) -> None:
    """Queues whatever failed. The original is still there: nothing is lost by a failure."""
    recording = recordings.load(tx, recording_id, lock=True)
    if recording.deleted_at is not None:
        raise Gone("This recording was deleted.")
    if recording.original_gone_at is not None:
        raise original_gone(recording.original_gone_at)
    recordings.clear_refusal(tx, recording_id)
    for step in recording.steps:
        if step.state is StepState.FAILED:
            steps.reset(tx, recording_id, step.name)
    _set_off(tx, recording_id, enqueue)


def carry(
    tools: Tools,
    enqueue: Enqueue,
    name: str,
    recording_id: UUID,
    stop: Callable[[], bool],
    now: Callable[[], datetime],
    *,
    upload_id: str | None = None,
) -> None:
    """Does one step. Raises Busy, Stopped or TryLater when the job has to come back.

    A refusal, and a failure that is here to stay, are written down for the expert and end the job. With
    `upload_id`, nothing is done for a recording that is of another file meanwhile; and what a step finds in
    a sound whose film comes while it works is dropped: the film has jobs of its own.
    """
    with tools.store.exclusive(f"step {recording_id} {name}") as mine:
        if not mine:
            raise Busy
        recording = _begin(tools, name, recording_id, upload_id, now)
        if recording is None:
            return
        try:
            _do(tools, enqueue, name, recording, stop, now)
        except Gone as gone:
            if gone.code != "film_came":
                raise
            log.info("recording %s: its film came while its sound was at %s", recording.public_id, name)


def _do(
    tools: Tools,
    enqueue: Enqueue,
    name: str,
    recording: Recording,
    stop: Callable[[], bool],
    now: Callable[[], datetime],
) -> None:
    try:
        outcome = STEPS[name](Work(recording, tools, _reporter(tools, name, recording), stop))
        _finish(tools, enqueue, name, recording, outcome, now)
    except (Stopped, Gone):
        raise
    except Refused as refusal:
        why = " ".join([refusal.code, *getattr(refusal, "__notes__", ())])
        log.info("recording %s refused at %s: %s", recording.public_id, name, why)
        with tools.store.transaction() as tx:
            joining.still(tx, recording)
            recordings.refuse(tx, recording.id, refusal.code, refusal.message)
            steps.fail(tx, recording.id, name, code=refusal.code, message=refusal.message, now=now())
            same_bytes.pass_on(tx, now(), of=recording.id)
    except Exception as error:
        _failed(tools, recording, name, error, now)
    else:
        outcome.then()


def _begin(
    tools: Tools, name: str, recording_id: UUID, upload_id: str | None, now: Callable[[], datetime]
) -> Recording | None:
    with tools.store.transaction() as tx:
        recording = recordings.load(tx, recording_id, lock=True)
        if recording.deleted_at is not None or upload_id not in {None, recording.upload_id}:
            return None
        if recording.refusal_code is not None:
            steps.put_back(tx, recording_id, name)
            return None
        attempts = next((s.attempts for s in recording.steps if s.name == name), 0)
        if attempts >= MAX_STARTS:
            message = "Working on this recording ended the worker again and again. Tell whoever runs this server."
            steps.fail(tx, recording_id, name, code="too_many_attempts", message=message, now=now())
            return None
        return recording if steps.begin(tx, recording_id, name, now()) else None


def _finish(
    tools: Tools, enqueue: Enqueue, name: str, recording: Recording, outcome: Outcome, now: Callable[[], datetime]
) -> None:
    with tools.store.transaction() as tx:
        # The lock is what makes the last of two steps see that the other is done.
        try:
            joining.still(tx, recording)
        except Gone:
            outcome.drop()
            raise
        outcome.save(tx)
        steps.done(tx, recording.id, name, now())
        _set_off(tx, recording.id, enqueue)


def _set_off(tx: Tx, recording_id: UUID, enqueue: Enqueue) -> None:
    if recordings.load(tx, recording_id).refusal_code is not None:  # by a step beside this one
        return
    for name in journey.ready(steps.states(tx, recording_id)):
        steps.queue(tx, recording_id, name)
        enqueue(tx, name, recording_id)


def _failed(tools: Tools, recording: Recording, name: str, error: Exception, now: Callable[[], datetime]) -> None:
    with tools.store.transaction() as tx:
        joining.still(tx, recording)
        failures = steps.failed_once(tx, recording.id, name)
    log.exception("recording %s: %s failed, time %d", recording.public_id, name, failures)
    if failures < MAX_FAILURES and not isinstance(error, Misconfigured):
        raise TryLater(2**failures) from error
    told = error if isinstance(error, PassItOnError) else PassItOnError(OUR_FAULT, code="internal")
    with tools.store.transaction() as tx:
        joining.still(tx, recording)
        steps.fail(tx, recording.id, name, code=told.code, message=told.message, now=now())


def _reporter(tools: Tools, name: str, recording: Recording) -> Callable[[float], None]:
    last = 0.0

    def report(fraction: float) -> None:
        nonlocal last
        if time.monotonic() - last < PROGRESS_EVERY_S:
            return
        last = time.monotonic()
        with tools.store.transaction() as tx:
            joining.demand_same(tx, recording)
            steps.progress(tx, recording.id, name, min(max(fraction, 0.0), 1.0))

    return report
