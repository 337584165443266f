"""The number of a case -> what it is. The same number and seed give the same case, whatever was run before."""

from dataclasses import dataclass
from random import Random

from fuzz import bombs, bytewise, disguises, ebml, iso, lies, names

# How many of every hundred. Names are few: each goes through a server.
_SHARES = (
    ("bytes", 23), ("boxes", 27), ("ebml", 11), ("lies", 9), ("playlists", 10), ("documents", 4), ("polyglots", 4),
    ("attachments", 3), ("bombs", 5), ("names", 4),
)  # fmt: skip
KINDS = tuple(kind for kind, _ in _SHARES)
_NEVER_MEDIA = ("playlists", "documents")  # whatever comes out of these was read from somewhere else


@dataclass(frozen=True)
class Surroundings:
    """What hostile files point to. Port and paths have the same length in every run, so sizes repeat as well."""

    port: int
    canary: str  # a text with a secret in it
    film: str  # a recording that is nobody's business


@dataclass(frozen=True)
class Case:
    number: int
    kind: str
    name: str  # of the file; a stranger's text
    data: bytes
    what: str
    must_be_refused: bool


def kind_of(number: int) -> str:
    """Spread evenly, so that a few cases are a few of each."""
    return _ORDER[number % 100]


def case(number: int, seed: int, around: Surroundings) -> Case:
    kind = kind_of(number)
    random = Random(f"{seed} {number}")
    if kind == "names":
        name, data, what = names.named(random, number // 100 * _share("names") + _before(number, "names"))
        return Case(number, kind, name, data, what, must_be_refused=False)
    ending, data, what = _made(kind, number, random, around)
    return Case(number, kind, f"case{number}.{ending}", data, what, kind in _NEVER_MEDIA)


def _made(kind: str, number: int, random: Random, around: Surroundings) -> tuple[str, bytes, str]:
    match kind:
        case "bytes":
            return bytewise.changed(random)
        case "boxes":
            return iso.lying(random, around.canary)
        case "ebml":
            return ebml.lying(random)
        case "lies":
            return lies.lying(random)
        case "playlists":
            return disguises.playlist(random, around.canary, around.film, around.port)
        case "documents":
            return disguises.document(random, around.port, around.canary)
        case "polyglots":
            return disguises.polyglot(random, around.port, around.canary)
        case "attachments":
            return disguises.attachment(random, around.port, around.canary)
        case "bombs":
            return bombs.bomb(random, number // 100 * _share("bombs") + _before(number, "bombs"))
    raise AssertionError(kind)


def _spread() -> tuple[str, ...]:
    """A hundred kinds in their shares, those of one kind far from each other."""
    due = {kind: 0.0 for kind, _ in _SHARES}
    order = []
    for _ in range(100):
        for kind, share in _SHARES:
            due[kind] += share
        most = max(KINDS, key=lambda kind: due[kind])
        due[most] -= 100
        order.append(most)
    return tuple(order)


_ORDER = _spread()


def _share(kind: str) -> int:
    return dict(_SHARES)[kind]


def _before(number: int, kind: str) -> int:
    return _ORDER[: number % 100].count(kind)
