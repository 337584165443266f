"""One step of a recording's way, whichever it is: what it is given, and what it hands back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from capture.intake import Intake
from capture.policy import Limits
from domain.clip import USUAL, Lengths
from domain.media import Encoder, Probe
from domain.recording import Recording
from pipeline.originals import Originals
from store.objects import Objects
from store.postgres import Store, Tx
from transcode.jail import Jail
from transcribe.whisper import Engine


class Stopped(Exception):
    """The worker has to end; the step goes on in another."""


@dataclass(frozen=True)
class Tools:
    """What steps work with. Made in wiring.py."""

    store: Store
    objects: Objects
    intake: Intake
    originals: Originals
    jail: Jail
    scratch: Path  # for files that may vanish with the process
    engine: Callable[[], Engine]  # loads the speech model at the first call
    limits: Limits
    heights: tuple[int, ...]
    language: str | None
    # Of those asked for, the ones that work on this machine; x264 always does.
    encoders: Callable[[], Sequence[Encoder]] = lambda: (Encoder.X264,)
    call_help: Callable[[Tx, UUID, int], None] = lambda tx, recording_id, workers: None  # idle workers render along
    call_ears: Callable[[Tx, UUID, int], None] = lambda tx, recording_id, workers: None  # idle workers hear along
    call_again: Callable[[Tx, UUID], None] = lambda tx, recording_id: None  # for what is made beside (again.py)
    lengths: Lengths = USUAL  # of clips, where nobody has said otherwise for a recording
    others_wait: Callable[[], bool] = lambda: False  # whether a job waits that comes before what nobody waits for


@dataclass(frozen=True)
class Work:
    recording: Recording
    tools: Tools
    report: Callable[[float], None]  # progress, 0 to 1
    stop: Callable[[], bool]

    @property
    def probe(self) -> Probe:
        assert self.recording.probe is not None, "look comes before every step that asks"
        return self.recording.probe


@dataclass(frozen=True)
class Outcome:
    save: Callable[[Tx], None]
    then: Callable[[], None] = lambda: None  # after the commit; may be lost to a kill
    drop: Callable[[], None] = lambda: None  # instead of both, when nobody wants the result any more


NOTHING = Outcome(lambda tx: None)  # there was nothing to do
