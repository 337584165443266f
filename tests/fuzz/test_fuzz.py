"""A few of each kind of hostile file on every run of the tests; `make fuzz` tries hundreds."""

import multiprocessing
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from fuzz.cases import KINDS, Surroundings, case, kind_of
from fuzz.trial import Place, Verdict

SEED = 1
NOWHERE = Surroundings(1, "/nowhere/canary", "/nowhere/film")
_OF_EACH = 4


def _chosen() -> list[int]:
    """The first few of every kind."""
    numbers: list[int] = []
    for kind in KINDS:
        numbers += [n for n in range(300) if kind_of(n) == kind][:_OF_EACH]
    return sorted(numbers)


class Apart:
    """A place in a process of its own, small and new.

    Cases are forked, and the process that runs the tests may be gigabytes by then: of what earlier tests have loaded
    nobody could say whose it is.
    """

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self.around = pool.submit(_opened).result()

    def try_out(self, number: int, work: Callable[[Path, Path], None] | None = None) -> Verdict:
        return self._pool.submit(_tried, number, work).result()


_places: list[Place] = []  # in that process: its one


def _opened() -> Surroundings:
    _places.append(Place())
    return _places[0].around


def _tried(number: int, work: Callable[[Path, Path], None] | None) -> Verdict:
    return _places[0].try_out(case(number, SEED, _places[0].around), work)


@pytest.fixture(scope="module")
def place() -> Iterator[Apart]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield Apart(pool)
        pool.submit(_closed).result()


def _closed() -> None:
    _places.pop().close()


@pytest.mark.parametrize("number", _chosen(), ids=lambda n: f"{n} {kind_of(n)}")
def test_a_hostile_file_ends_as_a_result_or_a_refusal_in_words(number: int, place: Apart) -> None:
    verdict = place.try_out(number)

    assert verdict.faults == (), f"python -m fuzz --seed {SEED} --case {number}: {verdict.what}"


def test_a_number_and_a_seed_make_the_same_file_again() -> None:
    numbers = [next(n for n in range(100) if kind_of(n) == kind) for kind in KINDS]

    once, again, other = ([case(n, seed, NOWHERE).data for n in numbers] for seed in (7, 7, 8))

    assert once == again
    assert once != other


def test_every_kind_has_its_share_of_a_hundred() -> None:
    count = Counter(map(kind_of, range(100)))

    assert sum(count.values()) == 100
    assert min(count.values()) >= 3


def test_a_case_that_reads_the_canary_connects_and_writes_elsewhere_is_found_out(place: Apart) -> None:
    verdict = place.try_out(0, partial(_careless, place.around))

    assert verdict.ended == "result"
    assert set(verdict.faults) >= {"connected", "opened another file", "wrote elsewhere: 'stray'"}


def _careless(around: Surroundings, file: Path, out: Path) -> None:
    out.mkdir()
    (out / "stolen.txt").write_bytes(Path(around.canary).read_bytes())
    (out.parent / "stray").touch()
    call = f"import socket; socket.create_connection(('127.0.0.1', {around.port}))"
    subprocess.run([sys.executable, "-c", call], check=True)


def test_a_case_that_crashes_is_found_out(place: Apart) -> None:
    verdict = place.try_out(0, _crashing)

    assert (verdict.ended, verdict.code) == ("crash", "ValueError")
    assert verdict.faults[0].startswith("crash")


def _crashing(file: Path, out: Path) -> None:
    raise ValueError("what no stranger may see")


def test_a_case_that_swells_is_found_out(place: Apart) -> None:
    verdict = place.try_out(0, _swelling)

    assert verdict.faults[0].endswith("MB")


def _swelling(file: Path, out: Path) -> None:
    size = (1 << 30) + (1 << 28)
    bytearray(size)[::4096] = bytes(size // 4096)


def test_a_case_that_leaves_a_process_behind_is_found_out(place: Apart) -> None:
    verdict = place.try_out(0, _multiplying)

    assert "left 1 processes behind" in verdict.faults


def _multiplying(file: Path, out: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"], stdout=-1)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(0.2)  # it is looked at fifty times a second
