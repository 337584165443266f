"""Clips exact to the frame, and one to take along: python -m benchmarks.edges [--runs 5]

The goals: the MP4 of a 45 s clip of 1080p30 whose bounds lie at keyframes in 0.3 s of CPU; of one whose bounds do
not, edges in four sizes and all, in 1.5 x of what it costs to encode those seconds by hand. How long it takes from a
moved bound until the playlist is exact is told beside it.
"""

import argparse
import itertools
import re
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

from benchmarks import by_hand, media
from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, cost, in_turn, keep
from benchmarks.watched import cpu_s
from domain.clip import Proposal
from domain.consent import TERMS_VERSION
from domain.edge import Edge, pieces, touched
from domain.media import KeyframePlan, Kind, Listening
from domain.person import Role
from domain.span import Span
from pipeline import journey
from store import clips, recordings, renderings, spaces
from store import media as stored
from store.folder import Folder
from transcode.edges import Source, make
from transcode.fragments import GrowingFile
from transcode.jail import Jail
from transcode.keyframes import plan
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import Landed, render

SECONDS = 64
FPS = 30
AT_KEYFRAMES = (8_000, 53_000)  # nearly: the nearest keyframes are taken
BETWEEN = (9_900, 54_900)
PAUSES_LIMIT_S = 0.3
EDGES_LIMIT = 1.5
MOVES = 6
_PATIENCE_S = 60.0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.edges", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args(arguments)
    keep(measure(given.runs))


def measure(runs: int) -> Result:
    with tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-") as folder, served() as house:
        film = shoot(Path(folder))
        mover = _Mover(house, film)
        span = Span(*BETWEEN)
        seconds = [film.seconds(edge) for edge in pieces(film.plan, span).edges]

        def at_keyframes() -> float:
            mover.move(film.nearest(AT_KEYFRAMES[0]), film.nearest(AT_KEYFRAMES[1]))
            return mover.taken_along()

        def between() -> float:
            edges = _cpu_of(lambda: film.edges(span, Path(folder)))
            mover.move(*BETWEEN)
            return edges + mover.taken_along()

        def hand() -> float:
            return sum(cost(film.by_hand(start, length, Path(folder))).cpu_s for start, length in seconds)

        def moves() -> list[float]:
            new = [130 * next(mover.number) for _ in range(MOVES)]  # where no edge has been before
            return [mover.move(10_000 + by, 50_000 + by) for by in new]

        tasks = {"at keyframes": at_keyframes, "between them": between, "by hand": hand}
        for once in tasks.values():
            once()
        taken = in_turn(tasks, runs)
        moved = in_turn({"moves": moves}, runs)["moves"]

    ratios = tuple(a / b for a, b in zip(taken["between them"], taken["by hand"], strict=True))
    length_s = sum(float(length) for _, length in seconds)
    return Result(
        name="edges",
        title="Clips exact to the frame, and one of 45 s to take along",
        goals=(
            Goal("MP4, bounds at keyframes: CPU (median)", median(taken["at keyframes"]), PAUSES_LIMIT_S, "s"),
            Goal(
                "MP4 and its edges in four sizes, against encoding those seconds by hand: CPU (ratio of medians)",
                median(taken["between them"]) / median(taken["by hand"]),
                EDGES_LIMIT,
                "x",
            ),
        ),
        figures=(
            Figure("MP4, bounds at keyframes: CPU", "s", tuple(taken["at keyframes"])),
            Figure(f"MP4 and edges of {length_s:.1f} s in four sizes: CPU", "s", tuple(taken["between them"])),
            Figure("the same seconds by hand: CPU", "s", tuple(taken["by hand"])),
            Figure("ratio, run by run", "x", ratios),
            Figure("both bounds moved until the playlist is exact, median", "s", tuple(median(m) for m in moved)),
            Figure("both bounds moved until the playlist is exact, the slowest", "s", tuple(max(m) for m in moved)),
        ),
        notes=(
            "CPU of the server while it answers the request, and of making the edges with all that this starts.",
            "By hand: one ffmpeg command an edge, from the recording itself, with the same four sizes and settings.",
            "The edges lie in fragments of four seconds, the longest there are; at a speaker's pauses there are none.",
        ),
    )


@dataclass(frozen=True)
class _Film:
    path: Path
    plan: KeyframePlan
    landed: tuple[Landed, ...]
    folder: Path  # every rendition's pieces as files

    def nearest(self, at_ms: int) -> int:
        return self.plan.nearest_ms(at_ms)

    def seconds(self, edge: Edge) -> tuple[Fraction, Fraction]:
        """(start, length) of an edge."""
        first, end = edge.frames(self.plan.fps)
        return first / self.plan.fps, (end - first) / self.plan.fps

    def edges(self, span: Span, work: Path) -> None:
        renditions = [r for r in ladder(probe(self.path, Jail())) if r.kind is not Kind.STILLS]
        for edge in pieces(self.plan, span).edges:
            numbers = [number for number, _, _ in touched(self.plan, edge)]
            sources = [
                Source(r, self._read(r.name, "init"), {n: self._read(r.name, n) for n in numbers}) for r in renditions
            ]
            make(edge, self.plan, sources, jail=Jail(), work=work)

    def by_hand(self, start: Fraction, length: Fraction, folder: Path) -> list[str]:
        """The ladder of these seconds, as somebody would cut them out."""
        command = by_hand.ladder_command(self.path, folder, int(length) + 4)
        at = command.index("-i")
        command[at:at] = ["-ss", f"{float(start):.3f}", "-t", f"{float(length):.3f}"]
        return command

    def _read(self, name: str, piece: int | str) -> bytes:
        return (self.folder / f"{name}-{piece}").read_bytes()


def shoot(folder: Path) -> _Film:
    """A minute of recording with a keyframe every four seconds, rendered as the house renders."""
    path, jail = media.recording(180), Jail()
    found, keys = probe(path, jail), plan([], SECONDS * 1000, Fraction(FPS))
    work = folder / "work"
    work.mkdir()
    landed = tuple(render(path, found, keys, ladder(found), loudness=None, jail=jail, work=work))
    made = _Film(path, keys, landed, folder)
    for name, init in {name: init for each in landed for name, (_, init) in each.inits.items()}.items():
        (folder / f"{name}-init").write_bytes(init)
        data = b"".join(each.runs[name].data for each in landed if name in each.runs)
        whole = folder / f"{name}.mp4"
        whole.write_bytes(init + data)
        with whole.open("rb") as file:
            growing = GrowingFile(file)
            for number, fragment in enumerate(growing.new()):
                (folder / f"{name}-{number}").write_bytes(growing.read(fragment.offset, fragment.size))
    return made


class _Mover:
    """A published clip of a rendered recording, whose bounds are moved."""

    def __init__(self, house: House, film: _Film) -> None:
        curator, self._client = house.person("curator", Role.CURATOR)
        self._pid = house.server.pid
        self.number = itertools.count()
        objects = Folder(house.data / "objects")
        with house.store.transaction() as tx:
            home = spaces.everyone_space(tx)
            spaces.allow_downloads(tx, home.id, True)
            recording, _ = recordings.arrive(
                tx, upload_id="benchmark", space_id=home.id, uploader_id=curator.id, speaker_id=curator.id,
                title="Benchmark", filename="benchmark.mp4", media_type="video/mp4", byte_size=1,
                step_names=journey.NAMES, terms=TERMS_VERSION,
            )  # fmt: skip
            found = probe(film.path, Jail())
            recordings.looked(tx, recording.id, found)
            stored.save_listening(tx, recording.id, Listening(None, (), film.plan))
            rendering = renderings.open_rendering(tx, recording.id, ladder(found))
            for number, landed in enumerate(film.landed):
                runs = {name: (run.run, f"media/benchmark/{name}/{number}") for name, run in landed.runs.items()}
                for name, (_, key) in runs.items():
                    objects.put_bytes(key, landed.runs[name].data)
                renderings.add_landed(tx, rendering, inits=landed.inits, runs=runs)
            renderings.complete_rendering(tx, rendering)
            clips.propose(tx, recording, [Proposal(Span(0, SECONDS * 1000), "Benchmark", (), "")], "en")
            (clip,) = clips.clips_of_recording(tx, recording.id, curator.id)
        self._path = f"/api/v1/clips/{clip.public_id}"
        self._client.put(f"{self._path}/publication").raise_for_status()

    def move(self, start_ms: int, end_ms: int) -> float:
        """Seconds from the request until the playlist is as long as the clip."""
        change = {"start_ms": start_ms, "end_ms": end_ms}
        began = time.perf_counter()
        self._client.patch(self._path, json=change, headers={"If-Match": "*"}).raise_for_status()
        wanted = (round(end_ms * FPS / 1000) - round(start_ms * FPS / 1000)) / FPS
        while time.perf_counter() - began < _PATIENCE_S:
            if abs(self._played_s() - wanted) < 0.001:
                return time.perf_counter() - began
            time.sleep(0.02)
        raise SystemExit("The playlist did not become exact.")

    def taken_along(self) -> float:
        """CPU seconds of the server for the clip as MP4."""
        before = cpu_s(self._pid)
        answer = self._client.get(f"{self._path}/download.mp4").raise_for_status()
        if answer.content[4:8] != b"ftyp":
            raise SystemExit("That is no MP4.")
        return cpu_s(self._pid) - before

    def _played_s(self) -> float:
        address = f"{self._path}/play.m3u8"
        master = self._client.get(address).raise_for_status().text
        first = next(line for line in master.splitlines() if line and not line.startswith("#"))
        answer = self._client.get(urljoin(address, first))
        return sum(map(float, re.findall(r"#EXTINF:([\d.]+)", answer.text))) if answer.status_code == 200 else 0.0


def _cpu_of(work: Callable[[], None]) -> float:
    """CPU seconds of a call, with all that it starts and waits for."""

    def used() -> float:
        return sum(
            each.ru_utime + each.ru_stime
            for each in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
        )

    before = used()
    work()
    return used() - before


if __name__ == "__main__":
    main()
