"""A few of each kind of hostile file on every run of the tests; `make fuzz` tries hundreds."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuzz.cases import KINDS, Surroundings, case, kind_of
from fuzz.trial import Place

SEED = 1
NOWHERE = Surroundings(1, "/nowhere/canary", "/nowhere/film")
_OF_EACH = 4


def _chosen() -> list[int]:
    """The first few of every kind."""
    numbers: list[int] = []
    for kind in KINDS:
        numbers += [n for n in range(300) if kind_of(n) == kind][:_OF_EACH]
    return sorted(numbers)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    place = Place()
    yield place
    place.close()


@pytest.mark.parametrize("number", _chosen(), ids=lambda n: f"{n} {kind_of(n)}")
def test_a_hostile_file_ends_as_a_result_or_a_refusal_in_words(number: int, place: Place) -> None:
    verdict = place.try_out(case(number, SEED, place.around))

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


def test_a_case_that_reads_the_canary_connects_and_writes_elsewhere_is_found_out(place: Place) -> None:
    call = f"import socket; socket.create_connection(('127.0.0.1', {place.around.port}))"

    def careless(file: Path, out: Path) -> None:
        out.mkdir()
        (out / "stolen.txt").write_bytes(Path(place.around.canary).read_bytes())
        (out.parent / "stray").touch()
        subprocess.run([sys.executable, "-c", call], check=True)

    verdict = place.try_out(case(0, SEED, place.around), careless)

    assert verdict.ended == "result"
    assert set(verdict.faults) >= {"connected", "opened another file", "wrote elsewhere: 'stray'"}


def test_a_case_that_crashes_is_found_out(place: Place) -> None:
    def crashing(file: Path, out: Path) -> None:
        raise ValueError("what no stranger may see")

    verdict = place.try_out(case(0, SEED, place.around), crashing)

    assert (verdict.ended, verdict.code) == ("crash", "ValueError")
    assert verdict.faults[0].startswith("crash")


def test_a_case_that_swells_is_found_out(place: Place) -> None:
    size = (1 << 30) + (1 << 28)

    def swelling(file: Path, out: Path) -> None:
        bytearray(size)[::4096] = bytes(size // 4096)

    verdict = place.try_out(case(0, SEED, place.around), swelling)

    assert verdict.faults[0].endswith("MB")


def test_a_case_that_leaves_a_process_behind_is_found_out(place: Place) -> None:
    def multiplying(file: Path, out: Path) -> None:
        child = subprocess.Popen([sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"], stdout=-1)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.2)  # it is looked at fifty times a second

    verdict = place.try_out(case(0, SEED, place.around), multiplying)

    assert "left 1 processes behind" in verdict.faults
