"""The steps of a recording's way: load, do, save. One function a step.

A step is given its recording and tools, does its work on values by calling the other rooms, and
returns an Outcome: how to save the result, in the transaction that also marks the step done, and
what may be cleared away after that. Order and queues: journey.py. Retries and failures: carry.py.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from capture.intake import Intake
from capture.policy import Limits, already_here, check_probe
from clip.propose import propose
from domain.errors import Conflict, Gone, Refused, Unavailable
from domain.media import Listening, Probe
from domain.recording import Recording, StepState
from domain.span import Span
from pipeline.originals import Originals
from store import clips, media, recordings, same_bytes, steps, transcripts
from store.objects import Hashed, Objects
from store.postgres import Store, Tx
from transcode.jail import Jail
from transcode.keyframes import plan
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import Landed, render
from transcode.sound import Sound, hear
from transcribe.pauses import find_pauses
from transcribe.transcript import HeardStretch, write_down
from transcribe.whisper import Engine

_HEAD_START_S = 3.0
_LOOK_EVERY_S = 0.2


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


def keep(work: Work) -> Outcome:
    """The original into the object store, with its SHA-256. The staging file goes after the commit.

    What its uploader has sent before is refused, and stays where it is until somebody wants it all the same.
    """
    recording, intake = work.recording, work.tools.intake
    path = intake.path(recording.upload_id)
    if not path.exists():
        raise Refused("The server has lost this upload. Please send the file again.", code="upload_lost")
    hashed = Hashed.of(path)
    if not recording.despite:
        _refuse_what_is_here(work, hashed.sha256)
    key = f"originals/{recording.public_id}/{hashed.sha256.hex()}"
    work.tools.objects.put_file(key, path, hashed=hashed)

    def save(tx: Tx) -> None:
        if not recording.despite and same_bytes.earlier(tx, recording, hashed.sha256):
            # Sent twice at once, and the other was quicker. The step runs again, and says so.
            work.tools.objects.delete([key])
            raise Unavailable("The same file is being kept as another recording. This one is looked at again.")
        recordings.kept(tx, recording.id, sha256=hashed.sha256, original_key=key)

    return Outcome(save, lambda: intake.forget(recording.upload_id))


def look(work: Work) -> Outcome:
    """What the file is; what policy refuses is refused here, in words the expert can act on."""
    with work.tools.originals.local(work.recording) as path:
        found = probe(path, work.tools.jail)
    check_probe(found, work.tools.limits)
    return Outcome(lambda tx: recordings.looked(tx, work.recording.id, found))


def listen(work: Work) -> Outcome:
    """Loudness, pauses, and from them the keyframes that outlive every later model and ladder."""
    with work.tools.originals.local(work.recording) as path:
        heard = listening(hear(path, work.probe, work.tools.jail), work.probe)
    return Outcome(lambda tx: media.save_listening(tx, work.recording.id, heard))


def listening(sound: Sound, found: Probe) -> Listening:
    """What the sound of a recording tells."""
    pauses = find_pauses(sound.samples) if found.has_audio else ()
    return Listening(sound.loudness, pauses, plan(pauses, found.duration_ms, found.fps))


def render_all(work: Work) -> Outcome:
    """Every rendition from one decode; fragments are listed as they are written, and play at once."""
    tools, recording = work.tools, work.recording
    renditions = ladder(work.probe, tools.heights)
    with tools.store.transaction() as tx:
        heard = _listening(tx, recording)
        rendering = media.open_rendering(tx, recording.id, renditions)
        listed = media.listed(tx, rendering)

    def publish(landed: Landed) -> None:
        runs = {}
        for name, run in landed.runs.items():
            key = f"media/{rendering.hex}/{name}/{run.run.first:06d}-{hashlib.sha256(run.data).hexdigest()[:16]}"
            tools.objects.put_bytes(key, run.data)
            runs[name] = (run.run, key)
        try:
            with tools.store.transaction() as tx:
                if recordings.load(tx, recording.id, lock=True).deleted_at is None:
                    media.add_landed(tx, rendering, inits=landed.inits, runs=runs)
                    return
        except Conflict as conflict:
            if conflict.code == "init_differs":  # begun by another version of ffmpeg
                with tools.store.transaction() as tx:
                    media.supersede(tx, rendering)
            raise
        tools.objects.delete(key for _, key in runs.values())
        raise Gone("This recording was deleted while it was being rendered.")

    with tools.originals.local(recording) as path, tempfile.TemporaryDirectory(dir=tools.scratch) as folder:
        for landed in render(
            path,
            work.probe,
            heard.plan,
            renditions,
            loudness=heard.loudness,
            jail=tools.jail,
            work=Path(folder),
            listed=listed,
            stop=work.stop,
        ):
            publish(landed)
            work.report(landed.progress)
    if work.stop():
        raise Stopped
    return Outcome(lambda tx: media.complete_rendering(tx, rendering))


def transcribe(work: Work) -> Outcome:
    """The words; each stretch of speech is kept as soon as it is heard."""
    tools, recording = work.tools, work.recording
    _let_pictures_begin(work)
    with tools.store.transaction() as tx:
        heard = _listening(tx, recording)
        known = transcripts.stretches(tx, recording.id)

    def keep(span: Span, stretch: HeardStretch) -> None:
        with tools.store.transaction() as tx:
            transcripts.save_stretch(tx, recording.id, span=span, language=stretch[0], words=stretch[1])

    def report(fraction: float) -> None:
        if work.stop():
            raise Stopped
        work.report(fraction)

    with tools.originals.local(recording) as path:
        sound = hear(path, work.probe, tools.jail, measured=False)
    transcript = write_down(
        tools.engine(),
        sound.samples,
        heard.pauses,
        work.probe.duration_ms,
        language=recording.language or tools.language,
        known=known,
        keep=keep,
        report=report,
    )

    def save(tx: Tx) -> None:
        transcripts.save_transcript(tx, recording.id, transcript)
        if transcript.words:
            recordings.heard_language(tx, recording.id, transcript.language)

    return Outcome(save)


def _let_pictures_begin(work: Work) -> None:
    """Waits, not for long, while a render that runs already has nothing to play yet.

    Somebody may be looking at the page of this recording, and on few cores the two share what there is.
    """
    until = time.monotonic() + _HEAD_START_S
    while time.monotonic() < until and not work.stop():
        time.sleep(_LOOK_EVERY_S)
        with work.tools.store.transaction() as tx:
            runs = steps.states(tx, work.recording.id).get("render") is StepState.RUNNING
            rendering = media.rendering(tx, work.recording.id)
        if not runs or (rendering is not None and any(r.fragments for r in rendering.renditions)):
            return


def cut(work: Work) -> Outcome:
    """Proposed clips with tags and titles: drafts, replaced as a set until a person has touched one."""
    with work.tools.store.transaction() as tx:
        heard = _listening(tx, work.recording)
        transcript = transcripts.transcript(tx, work.recording.id)
    assert transcript is not None, "transcribe comes before cut"
    proposals = propose(transcript, heard, name=work.recording.title)

    def save(tx: Tx) -> None:
        clips.propose(tx, work.recording, proposals, transcript.language if transcript.words else None)

    return Outcome(save)


STEPS: dict[str, Callable[[Work], Outcome]] = {
    "keep": keep,
    "look": look,
    "listen": listen,
    "render": render_all,
    "transcribe": transcribe,
    "cut": cut,
}


def _refuse_what_is_here(work: Work, sha256: bytes) -> None:
    recording = work.recording
    with work.tools.store.transaction() as tx:
        recordings.load(tx, recording.id, lock=True)
        earlier = same_bytes.earlier(tx, recording, sha256)
        if earlier is None:
            return
        same_bytes.note(tx, recording.id, earlier.id)
    # Whoever sees this one reads the refusal: what they would not see themselves is not named in it.
    known = (earlier.space_id, earlier.speaker_id, earlier.brief_id) == (
        recording.space_id, recording.speaker_id, recording.brief_id,
    )  # fmt: skip
    raise already_here((earlier.title or earlier.filename) if known else "", earlier.created_at.date())


def _listening(tx: Tx, recording: Recording) -> Listening:
    heard = media.listening(tx, recording.id)
    assert heard is not None, "listen comes before every step that asks"
    return heard
