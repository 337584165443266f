"""The whole way on a file, without server or database: the same functions, results in a folder.

DIR/<stem>/manifest.json   index.html   poster.jpg   storyboard.vtt   captions.vtt   transcript.json
           renditions/<name>/init.mp4, <n>.m4s (stills: <n>.jpg)
           clips/<n>/index.m3u8, <name>.m3u8, captions.vtt   (clip.mp4 with --mp4)
"""

import hashlib
import os
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from capture.policy import Limits, check_probe
from clip.propose import propose
from domain.clip import USUAL, Lengths, Proposal
from domain.glossary import Term
from domain.media import Listening, Probe, Rendering
from domain.transcript import Transcript
from pipeline.export import Shelf, write
from pipeline.steps import listening
from transcode.jail import Jail
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render
from transcode.sound import hear
from transcribe.transcript import write_down
from transcribe.whisper import Engine

Say = Callable[[str, float], None]
"""(step, fraction done)"""


@dataclass
class Stopwatch:
    """Wall and CPU seconds of each step, by name; children (ffmpeg, the probe) count."""

    began: float = field(default_factory=time.monotonic)
    timings: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextmanager
    def measure(
        self, step: str, *, who: tuple[int, ...] = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ) -> Iterator[None]:
        wall, cpu = time.monotonic(), _cpu(who)
        try:
            yield
        finally:
            self.timings[step] = {
                "wall_s": round(time.monotonic() - wall, 3),
                "cpu_s": round(_cpu(who) - cpu, 3),
            }

    def elapsed(self) -> float:
        return round(time.monotonic() - self.began, 3)


@dataclass(frozen=True)
class Processed:
    """What became of one file."""

    source: Path
    sha256: str
    probe: Probe
    heard: Listening
    rendering: Rendering
    transcript: Transcript
    proposals: tuple[Proposal, ...]
    timings: dict[str, dict[str, float]]
    first_playable_s: float | None  # from the start to the first fragment of every rendition

    @property
    def name(self) -> str:
        return shown_name(self.source)


def process(
    source: Path,
    out: Path,
    *,
    engine: Callable[[], Engine],
    jail: Jail,
    limits: Limits,
    heights: tuple[int, ...],
    language: str | None = None,
    terms: Sequence[Term] = (),
    lengths: Lengths = USUAL,
    mp4: bool = False,
    say: Say = lambda step, fraction: None,
) -> dict[str, object]:
    """Everything for one file into `out`/<stem>; returns the manifest.

    Raises Refused when the file cannot become clips, and leaves nothing half-made under its name.
    """
    target = out / folder_name(source)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{source.stem[:40]}-", dir=out) as made, Shelf(Path(made)) as shelf:
        done = _steps(source, shelf, engine, jail, limits, heights, language, terms, lengths, say)
        manifest = write(shelf, done, mp4=mp4)
        shutil.rmtree(target, ignore_errors=True)
        Path(made).rename(target)
        Path(made).mkdir()  # what the context clears away
        target.chmod(0o755)
    return manifest


def shown_name(source: Path) -> str:
    """What a file is called, as text: names on a disk are bytes, and need not be UTF-8."""
    return os.fsencode(source.stem).decode(errors="replace")


def folder_name(source: Path) -> str:
    """What the folder of a file's results is called: the stem, but never "." or "..".

    Of "...mp4" the stem is the folder above the results, and all that lies there would make room for them.
    """
    return source.stem if source.stem.strip(".") else source.name


def _steps(
    source: Path,
    shelf: Shelf,
    engine: Callable[[], Engine],
    jail: Jail,
    limits: Limits,
    heights: tuple[int, ...],
    language: str | None,
    terms: Sequence[Term],
    lengths: Lengths,
    say: Say,
) -> Processed:
    watch = Stopwatch()
    with watch.measure("look"):
        found = probe(source, jail)
        check_probe(found, limits)
        with source.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with watch.measure("listen"):
        sound = hear(source, found, jail)
        heard = listening(sound, source, found, jail)

    # The picture is made by ffmpeg while this process listens to the words: side by side, as workers do.
    words = _Aside(
        lambda: write_down(
            engine(),
            sound.samples,
            heard.pauses,
            found.duration_ms,
            language=language,
            terms=terms,
            report=lambda fraction: say("transcribe", fraction),
        )
    )
    words.start()
    first: float | None = None
    with watch.measure("render", who=(resource.RUSAGE_CHILDREN,)):
        renditions = ladder(found, heights)
        for landed in render(
            source, found, heard.plan, renditions, loudness=heard.loudness, jail=jail, work=shelf.scratch, listed={}
        ):
            shelf.put(renditions, landed)
            if first is None:
                first = watch.elapsed()
            say("render", landed.progress)
    transcript = words.result()
    watch.timings["transcribe"] = words.timing
    with watch.measure("cut"):
        proposals = propose(transcript, heard, name=shown_name(source), limits=lengths)
    return Processed(
        source, sha256, found, heard, shelf.rendering(renditions), transcript, proposals, watch.timings, first
    )


class _Aside:
    """One piece of work in a thread, with its time and its error brought back."""

    def __init__(self, work: Callable[[], Transcript]) -> None:
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._result: Transcript | None = None
        self._error: BaseException | None = None
        self.timing: dict[str, float] = {}

    def start(self) -> None:
        self._thread.start()

    def result(self) -> Transcript:
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._result is not None
        return self._result

    def _run(self) -> None:
        watch = Stopwatch()
        try:
            # This process's own seconds: next to nothing else runs in it meanwhile.
            with watch.measure("transcribe", who=(resource.RUSAGE_SELF,)):
                self._result = self._work()
        except BaseException as error:
            self._error = error
        self.timing = watch.timings["transcribe"]


def _cpu(who: tuple[int, ...]) -> float:
    used = [resource.getrusage(w) for w in who]
    return sum(u.ru_utime + u.ru_stime for u in used)
