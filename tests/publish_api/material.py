"""A recording as the pipeline leaves it, put in by store functions: 20 s, two sentences, two clips.

0        2        4   ...   keyframes every 2 s; stills every 2 s; fragments are text that says who they are
|- Turn the valve slowly. -|- Then wash your hands. -|
0 ......................... 8 ....................... 20 s
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import count

from domain.clip import Clip, Proposal
from domain.consent import TERMS_VERSION
from domain.ids import public_id
from domain.media import (
    AUDIO_TIMESCALE,
    STILLS_TIMESCALE,
    VIDEO_TIMESCALE,
    FragmentRun,
    KeyframePlan,
    Kind,
    Listening,
    Loudness,
    Probe,
    Rendition,
)
from domain.person import Person
from domain.recording import Recording
from domain.space import Space
from domain.span import Span
from domain.transcript import Pause, Sentence, Transcript, Word
from publish_api.services import Services
from store import clips, media, recordings, renderings, spaces, steps, transcripts
from store.postgres import Tx

STEPS = ("keep", "look", "listen", "render", "transcribe", "cut")
DURATION_MS = 20_000
PROBE = Probe("mov", DURATION_MS, 480, 854, 90, False, Fraction(25), 0, None, "h264", "aac", 0, 1)
PLAN = KeyframePlan(Fraction(25), 500, tuple(range(0, 500, 50)))
PAUSES = (Pause(0, 400), Pause(7_800, 8_200), Pause(19_000, 20_000))
LADDER = (
    Rendition("480", Kind.VIDEO, 480, 854, 24, 1200),
    Rendition("270", Kind.VIDEO, 270, 480, 26, 400),
    Rendition("audio", Kind.AUDIO),
    Rendition("stills", Kind.STILLS, 270, 480),
)
CODECS = {"480": "avc1.64001f", "270": "avc1.640015", "audio": "mp4a.40.2", "stills": "jpeg"}
TIMESCALES = {"480": VIDEO_TIMESCALE, "270": VIDEO_TIMESCALE, "audio": AUDIO_TIMESCALE, "stills": STILLS_TIMESCALE}
FIRST, SECOND = "Turn the valve slowly.", "Then wash your hands."
_numbers = count(1)


@dataclass(frozen=True)
class Made:
    recording: Recording
    clips: tuple[Clip, ...]  # as its owner sees them, in order of time

    @property
    def id(self) -> str:
        return self.recording.public_id


def recording(
    services: Services, owner: Person, *, space: Space | None = None, fragments: int = 10, title: str = "Valves"
) -> Made:
    """One that has come all the way, with `fragments` of its ten fragments rendered."""
    with services.store.transaction() as tx:
        arrived = arrive(tx, owner, space=space, title=title)
        steps.begin(tx, arrived.id, "keep", NOW)
        recordings.kept(tx, arrived.id, sha256=bytes(32), original_key=f"originals/{arrived.public_id}")
        services.objects.put_bytes(f"originals/{arrived.public_id}", b"the original")
        recordings.looked(tx, arrived.id, PROBE)
        media.save_listening(tx, arrived.id, Listening(Loudness(-20.0, -3.0), PAUSES, PLAN))
        render(tx, services, arrived, fragments)
        transcripts.save_transcript(tx, arrived.id, TRANSCRIPT)
        recordings.heard_language(tx, arrived.id, "en")
        clips.propose(tx, recordings.load(tx, arrived.id), PROPOSALS, "en")
        for name in STEPS:
            steps.done(tx, arrived.id, name, NOW)
        return Made(recordings.load(tx, arrived.id), clips.clips_of_recording(tx, arrived.id, owner.id))


def arrive(
    tx: Tx, owner: Person, *, space: Space | None = None, title: str = "Valves", filename: str = "valves.mp4"
) -> Recording:
    """One whose bytes have come, and of which nothing is known yet."""
    made, _ = recordings.arrive(
        tx,
        upload_id=f"upload-{next(_numbers)}-{public_id()}",
        space_id=(space or spaces.everyone_space(tx)).id,
        uploader_id=owner.id,
        speaker_id=owner.id,
        title=title,
        filename=filename,
        media_type="video/mp4",
        byte_size=12,
        step_names=STEPS,
        terms=TERMS_VERSION,
    )
    return made


def render(tx: Tx, services: Services, of: Recording, fragments: int) -> None:
    """Lists the first `fragments` of ten fragments of every rendition, all of 2 s."""
    rendering = renderings.open_rendering(tx, of.id, LADDER)
    begun = renderings.listed(tx, rendering)["480"]
    runs = {}
    for rendition in LADDER:
        numbers = range(begun, fragments)
        ticks = 2 * TIMESCALES[rendition.name]
        data = [f"{rendition.name} {n} of {of.public_id}".encode() for n in numbers]
        key = f"renditions/{of.public_id}/{rendition.name}/{begun}"
        if data:
            services.objects.put_bytes(key, b"".join(data))
            run = FragmentRun(begun, tuple(n * ticks for n in numbers), (ticks,) * len(data), tuple(map(len, data)))
            runs[rendition.name] = (run, key)
    inits = {name: (CODECS[name], f"init of {name}".encode()) for name in runs if name != "stills"}
    renderings.add_landed(tx, rendering, inits=inits, runs=runs)
    if fragments == len(PLAN.keys):
        renderings.complete_rendering(tx, rendering)


def published(services: Services, made: Made, by: Person, number: int = 0) -> Clip:
    """A clip of it, published."""
    with services.store.transaction() as tx:
        clips.publish(tx, made.clips[number].id, by.id, services.now())
        return clips.clip(tx, made.clips[number].public_id, by.id)


def _said(sentence: str, start_ms: int, end_ms: int) -> tuple[Word, ...]:
    texts = sentence.split()
    each = (end_ms - start_ms) // len(texts)
    return tuple(Word(t, start_ms + i * each, start_ms + (i + 1) * each, 0.9) for i, t in enumerate(texts))


NOW = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
TRANSCRIPT = Transcript(
    language="en",
    engine="by hand",
    model="none",
    words=(*_said(FIRST, 400, 7_600), *_said(SECOND, 8_400, 18_800)),
    sentences=(Sentence(FIRST, 400, 7_600), Sentence(SECOND, 8_400, 18_800)),
)
PROPOSALS = (
    Proposal(Span(0, 8_000), "Turning the valve", ("valve",), FIRST),
    Proposal(Span(8_000, 20_000), "Washing hands", ("hygiene",), SECOND),
)
