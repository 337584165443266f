"""Small recordings, transcripts and clips for the tests of this room."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from domain.clip import Clip, Proposal
from domain.consent import TERMS_VERSION
from domain.media import FragmentRun, KeyframePlan, Kind, Listening, Rendition
from domain.person import Person
from domain.recording import Recording
from domain.span import Span
from domain.transcript import Pause, Sentence, Transcript, Word
from store import clips, recordings, renderings, spaces, transcripts
from store.postgres import Tx

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
LADDER = (Rendition("720", Kind.VIDEO, 1280, 720, 23, 2500), Rendition("audio", Kind.AUDIO))


def a_recording(
    tx: Tx,
    person: Person,
    *,
    upload_id: str = "upload-1",
    space_id: UUID | None = None,
    speaker: Person | None = None,
    steps: Sequence[str] = (),
) -> Recording:
    return recordings.arrive(
        tx,
        upload_id=upload_id,
        space_id=space_id or spaces.everyone_space(tx).id,
        uploader_id=person.id,
        speaker_id=(speaker or person).id,
        title="How to bleed the brakes",
        filename="IMG_0042.MOV",
        media_type="video/quicktime",
        byte_size=1_000_000,
        step_names=steps,
        terms=TERMS_VERSION,
    )[0]


def a_listening(duration_ms: int = 60_000) -> Listening:
    frames = duration_ms * 25 // 1000
    return Listening(None, (Pause(900, 1100),), KeyframePlan(Fraction(25), frames, (0, 25, 50)))


def spoken(text: str, *, start_ms: int = 0, word_ms: int = 500, language: str = "en") -> Transcript:
    """Each word takes `word_ms`; a full stop ends a sentence."""
    words = tuple(
        Word(word, start_ms + i * word_ms, start_ms + (i + 1) * word_ms, 0.9) for i, word in enumerate(text.split())
    )
    sentences: list[Sentence] = []
    begun: list[Word] = []
    for word in words:
        begun.append(word)
        if word.text.endswith(".") or word is words[-1]:
            sentences.append(Sentence(" ".join(w.text for w in begun), begun[0].start_ms, word.end_ms))
            begun = []
    return Transcript(language, "faster-whisper", "base", words, tuple(sentences))


def proposal(
    start_ms: int, end_ms: int, title: str = "Bleeding brakes", *, text: str = "", tags: Sequence[str] = ()
) -> Proposal:
    return Proposal(Span(start_ms, end_ms), title, tuple(tags), text)


def some_clips(tx: Tx, recording: Recording, *proposals: Proposal, language: str = "en") -> tuple[Clip, ...]:
    """Proposed, as the person who uploaded sees them."""
    clips.propose(tx, recording, proposals, language)
    return clips.clips_of_recording(tx, recording.id, recording.uploader_id)


def a_published_clip(tx: Tx, recording: Recording, by: Person, *, start_ms: int = 0, end_ms: int = 10_000) -> Clip:
    (clip,) = some_clips(tx, recording, proposal(start_ms, end_ms))
    clips.publish(tx, clip.id, by.id, NOW)
    return clips.clip(tx, clip.public_id, recording.uploader_id)


def a_transcript(tx: Tx, recording: Recording, transcript: Transcript) -> None:
    transcripts.save_transcript(tx, recording.id, transcript)


def a_rendering(tx: Tx, recording: Recording, *runs: FragmentRun) -> UUID:
    """Its video's runs lie in objects named by the recording and their first fragment."""
    rendering_id = renderings.open_rendering(tx, recording.id, LADDER)
    for run in runs:
        renderings.add_landed(
            tx,
            rendering_id,
            inits={"720": ("avc1.640028", b"init")},
            runs={"720": (run, f"{recording.public_id}/720/{run.first}")},
        )
    return rendering_id


def a_run(first: int, *sizes: int) -> FragmentRun:
    """Fragments of a second each."""
    numbers = range(first, first + len(sizes))
    return FragmentRun(first, tuple(n * 120_000 for n in numbers), (120_000,) * len(sizes), tuple(sizes))
