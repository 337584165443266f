"""The order of a recording's steps, as a table.

    begin -----------------> head -> render
    keep -> look -> listen --------> render
                          -> transcribe -> cut

The first line is for whoever waits: the head of a long recording plays while the rest is still read. It decides
nothing, and where it does nothing, the rest comes to the same.

What each step does is in steps.py, who runs them in jobs.py. A step begins when all it comes after
are done; the last of several to finish sets the next one off, under a lock on the recording's row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.recording import Recording, StepState
from transcode.keyframes import LONG_MS

LIGHT = "light"  # seconds of work: never waits behind a long render
MEDIA = "media"
SPEECH = "speech"
QUEUES = (MEDIA, SPEECH, LIGHT)


@dataclass(frozen=True)
class Stage:
    name: str
    queue: str | None  # None: the queue of the machine that holds the staging file
    after: tuple[str, ...]


JOURNEY = (
    Stage("begin", None, ()),
    Stage("head", MEDIA, ("begin",)),
    Stage("keep", None, ()),
    Stage("look", LIGHT, ("keep",)),
    Stage("listen", LIGHT, ("look",)),
    Stage("render", MEDIA, ("listen", "head")),
    Stage("transcribe", SPEECH, ("listen",)),
    Stage("cut", LIGHT, ("transcribe",)),
)
STAGES = {stage.name: stage for stage in JOURNEY}
NAMES = tuple(STAGES)


def goes_first(name: str, recording: Recording) -> bool:
    """Before all else that waits in its queue: what somebody waits for, and what takes seconds. What runs, runs on."""
    return name == "head" or (
        name == "render" and recording.probe is not None and recording.probe.duration_ms < LONG_MS
    )


def ready(states: Mapping[str, StepState]) -> tuple[str, ...]:
    """The waiting steps that nothing keeps waiting."""
    return tuple(
        stage.name
        for stage in JOURNEY
        # A step that a newer version brought has no row yet.
        if states.get(stage.name, StepState.WAITING) is StepState.WAITING
        and all(states.get(before) is StepState.DONE for before in stage.after)
    )
