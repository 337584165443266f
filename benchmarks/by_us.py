"""Our renditions of a file, into a folder, with the CPU of each step: python -m benchmarks.by_us SOURCE FOLDER

The same functions that the steps call, without database and words; cpu.json says what each has used.
"""

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.steps import listening
from transcode.jail import Jail
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render
from transcode.sound import hear


def main(source: Path, folder: Path) -> None:
    used: dict[str, float] = {}
    jail = Jail()
    with _measured(used, "look"):
        found = probe(source, jail)
    with _measured(used, "listen"):
        heard = listening(hear(source, found, jail), source, found, jail)
    with _measured(used, "render"):
        renditions = ladder(found)
        for landed in render(
            source, found, heard.plan, renditions, loudness=heard.loudness, jail=jail, work=folder / "work"
        ):
            for name, run in landed.runs.items():
                (folder / f"{name}-{run.run.first}").write_bytes(run.data)
    (folder / "cpu.json").write_text(json.dumps(used))


@contextmanager
def _measured(used: dict[str, float], step: str) -> Iterator[None]:
    before = _cpu_s()
    yield
    used[step] = _cpu_s() - before


def _cpu_s() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
