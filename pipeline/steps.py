"""The steps of a recording's way: load, do, save. One function a step.

A step is given its recording and tools, does its work on values by calling the other rooms, and
returns an Outcome: how to save the result, in the transaction that also marks the step done, and
what may be cleared away after that. Order and queues: journey.py. Retries and failures: carry.py.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from capture.policy import already_here, check_probe, second_gone
from clip import embed
from clip.propose import described, propose
from domain.errors import Refused, Unavailable
from domain.media import KeyframePlan, Listening, Probe
from domain.recording import Film, Recording, StepState
from domain.seen import Seen, quiet_edges_ms, silences
from domain.transcript import Pause
from pipeline import meanings
from pipeline.hearing import hear_all
from pipeline.originals import Elsewhere
from pipeline.rendering import render_all, render_head
from pipeline.step import NOTHING, Outcome, Work
from store import (
    clips,
    drafted,
    keys,
    media,
    proposed,
    recalls,
    recordings,
    same_bytes,
    sentence_vectors,
    steps,
    transcripts,
)
from store.objects import Hashed
from store.postgres import Tx
from transcode.jail import Jail
from transcode.keyframes import HEAD_MS, LONG_MS, joined, plan, plan_head
from transcode.peaks import peaks
from transcode.probe import glance, probe
from transcode.sight import look as look_at
from transcode.sound import Sound, hear
from transcribe.pauses import find_pauses

UNDECIDED = timedelta(days=7)  # so long the bytes of a file that was sent twice wait for somebody who wants both
_HEAD_START_S = 3.0
_LOOK_EVERY_S = 0.2


def begin(work: Work) -> Outcome:
    """The head of a long recording: glanced at, heard and planned, before the rest is read.

    Nothing is refused here. Where the head does not tell what the rest is like, there is none.
    """
    recording, tools = work.recording, work.tools
    if any(step.name == "look" and step.state is StepState.DONE for step in recording.steps):
        return NOTHING
    try:
        with tools.originals.staged(recording) as path:
            found = glance(path, tools.jail, head_ms=HEAD_MS)
            if found is None or found.duration_ms < LONG_MS:
                return NOTHING
            check_probe(found, tools.limits)
            sound = hear(path, replace(found, duration_ms=HEAD_MS), tools.jail)
            pauses = find_pauses(sound.samples) if found.has_audio else ()
            seen = look_at(path, found, tools.jail, silences(_quiet(pauses, found, HEAD_MS), HEAD_MS))
    except (Elsewhere, Refused):
        return NOTHING
    places_ms = seen.places_ms if seen else ()
    heard = Listening(sound.loudness, pauses, plan_head(pauses, found.duration_ms, found.fps, places_ms), seen)

    def save(tx: Tx) -> None:
        recordings.looked(tx, recording.id, found)
        media.save_listening(tx, recording.id, heard, head=True)
        recalls.align(tx, recording.id, heard.plan, datetime.now(UTC))

    return Outcome(save)


def keep(work: Work) -> Outcome:
    """The original into the object store, with its SHA-256. The staging file goes after the commit.

    What its uploader has sent before is refused, and stays where it is until somebody wants it all the same.
    """
    recording, intake = work.recording, work.tools.intake
    path = intake.path(recording.upload_id)
    if not path.exists():
        if recording.despite and recording.same_as is not None:
            raise second_gone(_undecided_until(recording))
        raise Refused("The server has lost this upload. Please send the file again.", code="upload_lost")
    hashed = Hashed.of(path)
    if not recording.despite:
        _refuse_what_is_here(work, hashed.sha256)
    key = keys.original(recording.id, hashed.sha256)
    work.tools.objects.put_file(key, path, hashed=hashed)

    def save(tx: Tx) -> None:
        if not recording.despite and same_bytes.earlier(tx, recording, hashed.sha256):
            # Sent twice at once, and the other was quicker. The step runs again, and says so.
            work.tools.objects.delete([key])
            raise Unavailable("The same file is being kept as another recording. This one is looked at again.")
        recordings.kept(tx, recording.id, sha256=hashed.sha256, original_key=key)

    return Outcome(save, lambda: intake.forget(recording.upload_id), lambda: work.tools.objects.delete([key]))


def look(work: Work) -> Outcome:
    """What the file is; what policy refuses is refused here, in words the expert can act on."""
    with work.tools.originals.local(work.recording) as path:
        found = probe(path, work.tools.jail)
    check_probe(found, work.tools.limits)

    def save(tx: Tx) -> None:
        head = media.listening(tx, work.recording.id, head=True)
        if head is None or work.recording.probe is None:
            recordings.looked(tx, work.recording.id, found)
        elif _as_promised(found, work.recording.probe, head.plan):
            recordings.looked(tx, work.recording.id, replace(found, fps=head.plan.fps))
        else:
            media.forget_head(tx, work.recording.id)
            recordings.looked(tx, work.recording.id, found)

    return Outcome(save)


# What is counted over a whole file. In all else a head has to be as the whole, or it is rendered anew.
_COUNTED = ("duration_ms", "fps", "filmed_fps", "gap_ms", "damaged_at_ms", "damaged_ms")
_SAME_FPS = 0.01  # 29.97 is shown on a grid of 30 as well as on its own


def _as_promised(found: Probe, glanced: Probe, head: KeyframePlan) -> bool:
    """Whether what was rendered of the head is a beginning of the whole."""
    counted = {name: getattr(glanced, name) for name in _COUNTED}
    return (
        replace(found, **counted) == glanced
        and abs(found.fps / glanced.fps - 1) <= _SAME_FPS
        and found.duration_ms > head.key_ms[-1] + LONG_MS - HEAD_MS
    )


def listen(work: Work) -> Outcome:
    """Loudness, pauses, what is seen in long ones, and from them the keyframes that outlive every later model."""
    with work.tools.store.transaction() as tx:
        head = media.listening(tx, work.recording.id, head=True)
    after_ms = head.plan.key_ms[-1] if head else 0
    with work.tools.originals.local(work.recording) as path:
        sound = hear(path, work.probe, work.tools.jail, after_ms=after_ms)
        heard = listening(sound, path, work.probe, work.tools.jail, head)

    def save(tx: Tx) -> None:
        if work.recording.film is Film.CAME:  # what was heard is its sound's, which came first
            media.forget_listening(tx, work.recording.id)
        media.save_listening(tx, work.recording.id, heard)
        media.save_peaks(tx, work.recording.id, peaks(sound.samples))
        recalls.align(tx, work.recording.id, heard.plan, datetime.now(UTC))

    return Outcome(save)


def listening(sound: Sound, path: Path, found: Probe, jail: Jail, head: Listening | None = None) -> Listening:
    """What the sound of a recording tells, its picture where nobody speaks, and the head that was heard before."""
    pauses = find_pauses(sound.samples) if found.has_audio else ()
    planned_ms = 0 if head is None else head.plan.key_ms[-1]
    if head is not None:
        pauses = joined(head.pauses, planned_ms, pauses)
    seen = look_at(path, found, jail, silences(_quiet(pauses, found), found.duration_ms, planned_ms))
    if head is not None and head.seen is not None:
        seen = head.seen.before(planned_ms).and_then(seen or Seen())
    places_ms = (*(seen.places_ms if seen else ()), *quiet_edges_ms(pauses, found.duration_ms))
    made = plan(pauses, found.duration_ms, found.fps, None if head is None else head.plan, places_ms)
    return Listening(sound.loudness, pauses, made, seen)


def _quiet(pauses: Sequence[Pause], found: Probe, duration_ms: int | None = None) -> Sequence[Pause]:
    """Without sound nobody speaks."""
    return pauses if found.has_audio else (Pause(0, duration_ms or found.duration_ms),)


def transcribe(work: Work) -> Outcome:
    """The words; each stretch of speech is kept as soon as it is heard, and others hear along."""
    _let_pictures_begin(work)
    transcript = hear_all(work)

    def save(tx: Tx) -> None:
        transcripts.save_transcript(tx, work.recording.id, transcript)
        if transcript.words:
            recordings.heard_language(tx, work.recording.id, transcript.language)

    return Outcome(save)


def _let_pictures_begin(work: Work) -> None:
    """Waits, not for long, while a render that runs already has nothing to play yet.

    Somebody may be looking at the page of this recording, and on few cores the two share what there is.
    """
    until = time.monotonic() + _HEAD_START_S
    while time.monotonic() < until and not work.stop():
        time.sleep(_LOOK_EVERY_S)
        with work.tools.store.transaction() as tx:
            states = steps.states(tx, work.recording.id)
            runs = StepState.RUNNING in {states.get("head"), states.get("render")}
            rendering = media.rendering(tx, work.recording.id)
        if not runs or (rendering is not None and any(r.fragments for r in rendering.renditions)):
            return


def cut(work: Work) -> Outcome:
    """Proposed clips with tags and titles: drafts, replaced as a set until a person has touched one. From then on they
    stay where they are, and are called by what is said there now.
    """
    with work.tools.store.transaction() as tx:
        heard = _listening(tx, work.recording)
        transcript = transcripts.transcript(tx, work.recording.id)
        lengths = proposed.lengths(tx, work.recording.id) or work.tools.lengths
    assert transcript is not None, "transcribe comes before cut"
    proposals = propose(transcript, heard, name=work.recording.title, limits=lengths)
    texts = [sentence.text for sentence in transcript.sentences]
    meant = embed.packed(texts, transcript.language) if len(texts) >= embed.MANY else None

    def save(tx: Tx) -> None:
        if meant is not None:
            sentence_vectors.keep(tx, work.recording.id, *meant)
        if not clips.propose(tx, work.recording, proposals, transcript.language if transcript.words else None):
            now = transcripts.transcript(tx, work.recording.id) or transcript
            drafted.follow(tx, work.recording.id, partial(described, now, name=work.recording.title))

    def tell_search() -> None:
        meanings.make_lacking(work.tools.store, lambda: datetime.now(UTC))

    return Outcome(save, tell_search)


STEPS: dict[str, Callable[[Work], Outcome]] = {
    "begin": begin,
    "head": render_head,
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
    name = (earlier.title or earlier.filename) if known else ""
    raise already_here(name, earlier.created_at.date(), _undecided_until(recording))


def _undecided_until(recording: Recording) -> date:
    """The last day that is over before the housekeeping lets go of its bytes."""
    return (recording.created_at + UNDECIDED).date() - timedelta(days=1)


def _listening(tx: Tx, recording: Recording) -> Listening:
    heard = media.listening(tx, recording.id)
    assert heard is not None, "listen comes before every step that asks"
    return heard
