"""python -m fuzz: see the package's docstring."""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import RESULTS
from fuzz import seeds
from fuzz.cases import KINDS, case, kind_of
from fuzz.report import table
from fuzz.trial import Place, Verdict

AT_ONCE = 2
CASES = 500
RESULT = RESULTS / "fuzz.md"  # of a whole run
SEED = 20_310_506


def main() -> None:
    given = _arguments()
    numbers = [given.case] if given.case is not None else list(range(given.cases))
    numbers = [n for n in numbers if given.only is None or kind_of(n) == given.only]
    begun = time.monotonic()
    for name in seeds.NAMES:  # before the workers are made, who have them then
        seeds.seed(name)
    if given.keep is not None:
        _keep(numbers, given.seed, given.keep)
        return
    verdicts: list[Verdict] = []
    for verdict in _tried(numbers, given.seed):
        verdicts.append(verdict)
        if verdict.faults or given.case is not None:
            print(
                f"\r{verdict.number} {verdict.kind} {verdict.ended} {verdict.code} {verdict.what}: {verdict.faults}",
                file=sys.stderr,
            )
        if sys.stderr.isatty():
            print(f"\r{len(verdicts)} of {len(numbers)}", end="", file=sys.stderr, flush=True)
    verdicts += _named(numbers, given.seed)
    report = table(sorted(verdicts, key=lambda v: v.number), given.seed, time.monotonic() - begun)
    print(report)
    if given.case is None and given.only is None and given.cases >= CASES:
        RESULT.write_text(f"# {CASES} hostile and broken files\n\n```\n{report}\n```\n", encoding="utf-8")
    if any(v.faults for v in verdicts) or not verdicts:
        raise SystemExit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Hostile and broken files, sent the real way.")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", choices=KINDS, help="one kind")
    parser.add_argument("--case", type=int, metavar="NUMBER", help="one case")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write the files there and do not try them")
    return parser.parse_args()


def _keep(numbers: Sequence[int], seed: int, folder: Path) -> None:
    place = Place()
    for number in numbers:
        made = case(number, seed, place.around)
        path = folder / f"case{number}{Path(made.name).suffix or '.bin'}"
        path.write_bytes(made.data)
        print(f"{path}  {made.kind}: {made.what}")
    place.close()


def _tried(numbers: Sequence[int], seed: int) -> Iterator[Verdict]:
    """Each number once, by the first of the workers that is free."""
    import av  # noqa: F401 - loaded once, here, and not anew in each fork
    import onnxruntime  # noqa: F401

    orders, results = os.pipe(), os.pipe()
    workers = [_worker(orders, results, seed) for _ in range(min(AT_ONCE, len(numbers)))]
    os.close(orders[0])
    os.close(results[1])
    try:
        with os.fdopen(orders[1], "wb", buffering=0) as out, os.fdopen(results[0], "rb") as back:
            waiting = list(reversed(numbers))
            for _ in workers:
                out.write(waiting.pop().to_bytes(4, "big"))
            for _ in numbers:
                told = json.loads(back.readline())
                if waiting:
                    out.write(waiting.pop().to_bytes(4, "big"))
                yield Verdict(**{**told, "faults": tuple(told["faults"])})
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)


def _worker(orders: tuple[int, int], results: tuple[int, int], seed: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.close(orders[1])
        os.close(results[0])
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        place = Place()
        try:
            # Four bytes of a pipe are one read, however many wait for them.
            while order := os.read(orders[0], 4):
                verdict = place.try_out(case(int.from_bytes(order, "big"), seed, place.around))
                os.write(results[1], json.dumps(asdict(verdict)).encode() + b"\n")
        finally:
            place.close()
    finally:
        os._exit(0)


def _named(numbers: Sequence[int], seed: int) -> list[Verdict]:
    from fuzz.desk import tried

    place = Place()
    cases = [case(n, seed, place.around) for n in numbers if kind_of(n) == "names"]
    place.close()
    return tried(cases)


if __name__ == "__main__":
    main()
