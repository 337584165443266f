"""How long a recording's steps still take: by their own speed so far, else by what this machine lately needed.

Estimates are seconds. What nothing is known about has none: no estimate is better than an invented one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.recording import Recording, Status, Step, StepState

# Clips hang on the words alone: no step of theirs waits for the renditions.
_BESIDE = frozenset({"begin", "head", "render"})
_PATIENCE = 4.0  # a step that has taken so many times as long as usual is not usual: nothing is said any more


@dataclass(frozen=True)
class Pending:
    """A step of some recording that is still to be done. `seconds` of recording are left of it, None if unknown."""

    recording_id: UUID
    name: str
    running: bool
    seconds: float | None


@dataclass(frozen=True)
class Workload:
    """How fast the steps lately were, and what else is still to be done.

    `speeds`: seconds of work for a second of recording, by the step's name.
    """

    speeds: Mapping[str, float] = field(default_factory=dict)
    pending: tuple[Pending, ...] = ()

    def ahead_s(self, recording_id: UUID, name: str) -> float:
        """Seconds of work on steps of that name that came before, shared by as many hands as are at it now."""
        before = [p for p in self.pending if p.name == name and p.recording_id < recording_id]
        left = sum(p.seconds or 0.0 for p in before) * self.speeds.get(name, 0.0)
        return left / max(1, sum(p.running for p in before))


IDLE = Workload()


def estimates(recording: Recording, now: datetime, workload: Workload = IDLE) -> dict[str, float]:
    """Seconds until each step of a recording is done, by name, in order; only where something can be said.

    A step begins when those before it are done and its turn has come.
    """
    found: dict[str, float] = {}
    if recording.status not in {Status.WORKING, Status.FAILED}:  # beside a step that failed others go on
        return found
    begins: float | None = 0.0
    for step in recording.steps:
        if step.state is StepState.DONE:
            continue
        ends = _ends_in(step, begins, now, recording, workload)
        if ends is not None:
            found[step.name] = round(ends, 1)
        if step.name not in _BESIDE:
            begins = ends
    return found


def clips_in(recording: Recording, found: Mapping[str, float]) -> float | None:
    """Seconds until there are clips, of what `estimates` found.

    Without an estimate of the last step, that of the words: cutting takes a moment.
    """
    left = [s.name for s in recording.steps if s.name not in _BESIDE and s.state is not StepState.DONE]
    return next((found[name] for name in reversed(left[-2:]) if name in found), None)


def estimate_s(step: Step, now: datetime) -> float | None:
    """Seconds a running step still needs, if it goes on as fast as it went so far.

    None for its first twentieth: what a step does at its start is not what it does later.
    """
    if step.state is not StepState.RUNNING or step.started_at is None or not 0.05 < step.progress <= 1:
        return None
    return round(_gone_s(step, now) * (1 - step.progress) / step.progress, 1)


def _ends_in(step: Step, begins: float | None, now: datetime, recording: Recording, workload: Workload) -> float | None:
    measured = estimate_s(step, now)
    if measured is not None:
        return measured
    speed = workload.speeds.get(step.name)
    if speed is None or recording.probe is None:
        return None
    usual = speed * recording.probe.duration_ms / 1000
    if step.state is StepState.RUNNING:
        gone = _gone_s(step, now)
        return max(usual - gone, usual / 4) if gone < _PATIENCE * usual else None
    if begins is None or step.state is StepState.FAILED or recording.status is Status.FAILED:
        return None
    return max(begins, workload.ahead_s(recording.id, step.name)) + usual


def _gone_s(step: Step, now: datetime) -> float:
    return max((now - step.started_at).total_seconds(), 0) if step.started_at else 0.0
