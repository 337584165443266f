"""A recording of 20 s of which every frame, every half second of sound and every word says when it is.

Frame n shows the number n as bars, 25 a second. Each half second has a tone of its own. A word a second:
the n-th is said from n.1 to n.7 s. Keyframes lie every 2 s.
"""

import subprocess
import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from domain.clip import Proposal
from domain.person import Person
from domain.span import Span
from domain.transcript import Pause, Sentence, Transcript, Word
from publish_api.services import Services
from store import clips, recordings, transcripts
from tests.browser.film import Film, Shown, arrived, land
from tests.publish_api.material import PLAN
from tests.transcode.media import AAC, FFMPEG, ffmpeg, numbered, numbers, small
from transcode.jail import Jail
from transcode.probe import probe
from transcode.render import render

SECONDS = 20
FRAME_MS = 40
STEP_MS = 500  # of sound
RATE = 48_000
WORDS = [
    *("alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett"),
    *("kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango"),
]
SAID = tuple(Word(word, n * 1_000 + 100, n * 1_000 + 700, 0.9) for n, word in enumerate(WORDS))
TRANSCRIPT = Transcript(
    "en",
    "by hand",
    "none",
    SAID,
    tuple(Sentence(f"{a.text} {b.text}", a.start_ms, b.end_ms) for a, b in zip(SAID[::2], SAID[1::2], strict=True)),
)
PAUSES = tuple(Pause(n * 1_000 - 100, n * 1_000 + 100) for n in range(1, SECONDS))


def shoot(folder: Path) -> Film:
    silent = numbered(folder / "silent.mp4", SECONDS * 1000 // FRAME_MS, fps=25, sound=False)
    _write_tones(folder / "tones.wav")
    path = folder / "counted.mp4"
    ffmpeg("-i", silent, "-i", folder / "tones.wav", "-c:v", "copy", *AAC, "-b:a", "128k", path)
    jail = Jail()
    found = probe(path, jail)
    renditions = small(108, 54)
    work = folder / "work"
    work.mkdir()
    landed = tuple(render(path, found, PLAN, renditions, loudness=None, jail=jail, work=work, listed={}))
    return Film(path, found, PLAN, renditions, landed)


def put_in(services: Services, film: Film, owner: Person, *spans: Span) -> Shown:
    """Rendered, heard and written down, with a clip of each span waiting."""
    recording = arrived(services, film, owner, title="Counted")
    land(services, film, recording)
    with services.store.transaction() as tx:
        transcripts.save_transcript(tx, recording.id, TRANSCRIPT)
        recordings.heard_language(tx, recording.id, "en")
        proposals = [Proposal(span, f"Clip {n}", (), words_of([span])) for n, span in enumerate(spans)]
        clips.propose(tx, recordings.load(tx, recording.id), proposals, "en")
        return Shown(recordings.load(tx, recording.id), clips.clips_of_recording(tx, recording.id, owner.id))


def words_of(spans: Iterable[Span]) -> str:
    return " ".join(word.text for span in spans for word in SAID if span.covers(word.middle_ms))


def frames_ms(data: bytes) -> list[int]:
    """When each frame of a picture or a film was shot, in milliseconds."""
    return [number * FRAME_MS for number in numbers(data)]


def steps_ms(data: bytes) -> set[int]:
    """From when on the tones are that are heard in an MP4, in milliseconds: every 40 ms, one of 80 ms."""
    raw = subprocess.run(
        [FFMPEG, "-v", "error", "-i", "pipe:0", "-vn", "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"],
        input=data, capture_output=True, check=True,
    ).stdout  # fmt: skip
    sound = np.frombuffer(raw, np.float32)
    size, hop = RATE * 80 // 1000, RATE * 40 // 1000
    heard = set()
    for begin in range(0, len(sound) - size, hop):
        window = sound[begin : begin + size] * np.hanning(size)
        if np.abs(window).max() > 0.05:  # silence before the encoder has begun
            hertz = int(np.abs(np.fft.rfft(window)).argmax()) * RATE / size
            heard.add(round((hertz - 300) / 60) * STEP_MS)
    return heard


def _write_tones(path: Path) -> None:
    per_step = RATE * STEP_MS // 1000
    time = np.arange(per_step) / RATE
    tones = [np.sin(2 * np.pi * (300 + 60 * step) * time) for step in range(SECONDS * 1000 // STEP_MS)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.concatenate(tones) * 20_000).astype("<i2").tobytes())
