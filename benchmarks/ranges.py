"""Is a stretch that is rendered alone what the whole run shows there? python -m benchmarks.ranges [FOLDER]

Every kind of file in tests/transcode/odd_files.py, six seconds of a picture that is another in each frame, and every
file in FOLDER: made in one run, and again from each keyframe on, as a worker does that takes a stretch. Pictures are
small and lossless, so that what is decoded of them is what came before the encoder. A stretch that is not the same must
be noticed: by a fragment that is not as planned, which is answered by reading from the start, or where two stretches
meet, by the first frame as decoded, and then the recording is made in one. The goal: none that is wrong unnoticed.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from benchmarks import media
from benchmarks.measure import Figure, Goal, Result, keep
from domain.errors import PassItOnError
from domain.media import KeyframePlan, Kind, Probe, Rendition
from tests.transcode.media import ffmpeg
from tests.transcode.odd_files import MADE, cards
from transcode.command import landing_s, remuxed
from transcode.jail import Jail, Run
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.remux import helps, remux
from transcode.render import render

LENGTH_S = 6
HEIGHT = 180
_LOSSLESS_KBIT = 100_000

THE_SAME, REDONE, IN_ONE, WRONG = "the same frames", "noticed, read from the start", "noticed where they meet", "wrong"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.ranges", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="with real files")
    keep(measure(parser.parse_args(arguments).folder))


def measure(folder: Path | None) -> Result:
    jail = _Counting()
    found: dict[str, Counter[str]] = {}
    left_out: dict[str, str] = {}
    media.FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-") as work:
        for name, path in _files(Path(work), folder):
            try:
                found[name] = _compared(path, jail, Path(work))
            except PassItOnError as error:
                left_out[name] = error.code
            print(f"  {name}: {dict(found.get(name, {})) or left_out.get(name, 'too short')}", flush=True)
    found = {name: outcomes for name, outcomes in found.items() if outcomes or left_out.setdefault(name, "too short")}
    every = sum(found.values(), Counter[str]())
    noticed = [name for name, outcomes in found.items() if outcomes[REDONE] + outcomes[IN_ONE]]
    wrong = [name for name, outcomes in found.items() if outcomes[WRONG]]
    why = ", ".join(f"{name} ({reason})" for name, reason in left_out.items())
    return Result(
        name="ranges",
        title="Stretches rendered alone against one whole run, frame by frame before the encoder",
        goals=(Goal("stretches whose frames are others, unnoticed", every[WRONG], 0),),
        figures=(
            Figure("compared", "files", (len(found),)),
            *(Figure(what, "stretches", (every[what],)) for what in (THE_SAME, REDONE, IN_ONE, WRONG)),
        ),
        notes=(
            f"A keyframe a second, a stretch from each that is sought, to the file's end; pictures of {HEIGHT} lines.",
            "Counts: they are the same on a busy machine.",
            f"Noticed: {', '.join(noticed) or 'none was not the same'}.",
            *([f"Wrong: {', '.join(wrong)}."] if wrong else []),
            f"Left out, since nothing of them is sought: {why or 'none'}.",
        ),
    )


class _Counting(Jail):
    """How often ffmpeg has been started."""

    started = 0

    def start(self, *of: Any, **how: Any) -> Run:
        self.started += 1
        return super().start(*of, **how)


def _files(work: Path, folder: Path | None) -> Iterator[tuple[str, Path]]:
    blanks = cards(work, moving_s=LENGTH_S)
    for number, odd in enumerate(MADE):
        if not isinstance(odd.make, str):
            path = work / f"odd-{number}.{odd.ending}"
            odd.make(blanks, path)
            yield odd.name, path
    for path in sorted(folder.iterdir()) if folder else []:
        if path.is_file():
            yield path.name, path


def _compared(path: Path, jail: _Counting, work: Path) -> Counter[str]:
    known = probe(path, jail)
    with tempfile.TemporaryFile(dir=work) as target:
        if helps(known):  # as a worker does before it shares such a file
            remux(path, known, cast(BinaryIO, target), jail)
            path, known = Path(f"/proc/self/fd/{target.fileno()}"), remuxed(known)
        return _stretches(path, known, jail, work)


def _stretches(path: Path, known: Probe, jail: _Counting, work: Path) -> Counter[str]:
    frames = max(1, round(known.duration_ms * known.fps / 1000))
    plan = KeyframePlan(known.fps, frames, tuple(range(0, frames, max(1, round(known.fps)))))
    sought = [n for n, key in enumerate(plan.keys) if landing_s(known, plan, key) is not None]
    if not sought:
        return Counter()
    picture = next(r for r in ladder(known, (HEIGHT,)) if r.kind is Kind.VIDEO)
    lossless = replace(picture, crf=0, max_kbit=_LOSSLESS_KBIT)
    whole, seams = _rendered(path, known, plan, lossless, 0, jail, work)
    outcomes: Counter[str] = Counter()
    for number in sought:
        before = jail.started
        alone, met = _rendered(path, known, plan, lossless, number, jail, work)
        if jail.started > before + 1:
            outcomes[REDONE] += 1
        elif alone == whole[plan.keys[number] :]:
            outcomes[THE_SAME] += 1
        else:
            outcomes[IN_ONE if met[number] != seams[number] else WRONG] += 1
    return outcomes


def _rendered(
    path: Path, known: Probe, plan: KeyframePlan, picture: Rendition, first: int, jail: Jail, work: Path
) -> tuple[list[str], Mapping[int, str]]:
    """(MD5 of each frame from the fragment `first` on, MD5 of the first frame of fragments as decoded)."""
    data, seams = b"", dict[int, str]()
    for landed in render(
        path,
        known,
        plan,
        [picture],
        loudness=None,
        jail=jail,
        work=work / "render",
        listed={picture.name: first},
        seams=range(1, len(plan.keys)),
    ):
        if not data:
            data = landed.inits[picture.name][1]
        data += landed.runs[picture.name].data
        seams |= landed.seams
    said = ffmpeg("-i", "pipe:0", "-fps_mode", "passthrough", "-f", "framemd5", "-", stdin=data).decode()
    return [line.rpartition(",")[2].strip() for line in said.splitlines() if not line.startswith("#")], seams


if __name__ == "__main__":
    main()
