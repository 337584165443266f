"""Bytes changed without understanding them, and files cut off where it hurts."""

from collections.abc import Callable
from random import Random

from fuzz import boxes, seeds

Changed = tuple[bytes, str]
"""(the file, what was done to it)"""


def changed(random: Random) -> tuple[str, bytes, str]:
    """(ending, file, what was done): one of the seeds, with one to three changes."""
    name = random.choice([n for n in seeds.NAMES if n != "jpeg"])
    data, said = seeds.seed(name), []
    for _ in range(random.choice((1, 1, 2, 3))):
        data, what = random.choice(_CHANGES)(data, random)
        said.append(what)
    return seeds.ending(name), data, f"{name}: {', '.join(said)}"


def _flipped(data: bytes, random: Random) -> Changed:
    """Single bits, anywhere or among the first bytes, where heads are."""
    count = random.choice((1, 4, 16, 64, 256))
    reach = random.choice((len(data), min(len(data), 4096)))
    made = bytearray(data)
    for _ in range(count):
        made[random.randrange(reach)] ^= 1 << random.randrange(8)
    return bytes(made), f"{count} bits flipped in the first {reach}"


def _overwritten(data: bytes, random: Random) -> Changed:
    length = min(len(data), random.choice((1, 4, 8, 64, 1024, 8192)))
    at = random.randrange(len(data) - length + 1)
    filler = random.choice((b"\x00", b"\xff", b"\x7f", b"\x80", None))
    run = random.randbytes(length) if filler is None else filler * length
    return data[:at] + run + data[at + length :], f"{length} bytes at {at} overwritten with {filler!r}"


def _inserted(data: bytes, random: Random) -> Changed:
    length, at = random.choice((1, 3, 100, 10_000, 1_000_000)), random.randrange(len(data))
    return data[:at] + random.randbytes(length) + data[at:], f"{length} bytes inserted at {at}"


def _removed(data: bytes, random: Random) -> Changed:
    at = random.randrange(len(data))
    length = random.choice((1, 2, 7, 100, len(data) // 3))
    return data[:at] + data[at + length :], f"{length} bytes removed at {at}"


def _repeated(data: bytes, random: Random) -> Changed:
    at, length, times = random.randrange(len(data)), random.choice((8, 500, 5000)), random.choice((2, 50))
    return data[:at] + data[at : at + length] * times + data[at:], f"{length} bytes at {at} repeated {times} times"


def _swapped(data: bytes, random: Random) -> Changed:
    a, b = sorted(random.randrange(len(data)) for _ in range(2))
    length = min(512, b - a, len(data) - b)
    made = data[:a] + data[b : b + length] + data[a + length : b] + data[a : a + length] + data[b + length :]
    return made, f"{length} bytes at {a} and {b} exchanged"


def _cut_off(data: bytes, random: Random) -> Changed:
    at = random.randrange(1, len(data))
    return data[:at], f"cut off at {at} of {len(data)}"


def _cut_off_at_a_border(data: bytes, random: Random) -> Changed:
    """At a box's head, within it, or just behind it; for other formats anywhere."""
    borders = [at for at in boxes.borders(data) if 0 < at < len(data)]
    if not borders:
        return _cut_off(data, random)
    at = min(len(data) - 1, random.choice(borders) + random.choice((0, 1, 4, 7, 8, 9)))
    return data[:at], f"cut off at the border {at} of {len(data)}"


def _joined(data: bytes, random: Random) -> Changed:
    other = random.choice(seeds.NAMES)
    return data + seeds.seed(other), f"{other} appended"


_CHANGES: tuple[Callable[[bytes, Random], Changed], ...] = (
    _flipped, _flipped, _overwritten, _overwritten, _inserted, _removed, _repeated, _swapped, _cut_off,
    _cut_off_at_a_border, _cut_off_at_a_border, _joined,
)  # fmt: skip
