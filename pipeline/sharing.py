"""One recording, several workers: who renders which stretch of it.

A stretch is the next one's to take who holds its lock, and a kill lets go of that. What was listed of it stays,
so whoever takes it then goes on there. Alone, a worker takes one stretch after the other without a pause in its
work; it learns that another has the next when it gets there.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from uuid import UUID

from domain.errors import Conflict
from domain.media import KeyframePlan, Kind, Rendition
from store import stretches
from store.postgres import Store
from transcode import keyframes

FEWEST = 3  # stretches of a recording that is worth being shared

Listed = Mapping[str, Sequence[tuple[int, int]]]


@dataclass(frozen=True)
class Stretch:
    """Fragments `at` to `end` of some renditions: what is lacking of a stretch that is ours."""

    made: tuple[Rendition, ...]
    at: int
    end: int


class Share:
    """One worker's hand in a rendering. Leaving the block lets go of what it holds."""

    def __init__(
        self,
        store: Store,
        rendering: UUID,
        plan: KeyframePlan,
        renditions: Sequence[Rendition],
        *,
        smallest_first: bool,
    ) -> None:
        self._store, self._rendering = store, rendering
        self._stretches = keyframes.stretches(plan)
        pictures = [r for r in renditions if r.kind is Kind.VIDEO]
        stills = [r for r in renditions if r.kind is Kind.STILLS]
        passes = [[*pictures[-1:], *stills], pictures[:-1]] if smallest_first else [[*pictures, *stills]]
        self._passes = [tuple(made) for made in passes if made]
        self._held: tuple[str, int] | None = None
        self._lock = contextlib.ExitStack()

    @property
    def seams(self) -> tuple[int, ...]:
        """Where stretches meet: numbers of fragments."""
        return tuple(first for first, _ in self._stretches[1:])

    @property
    def size(self) -> int:
        return len(self._stretches)

    def go_on(self, made: Sequence[Rendition], at: int) -> int:
        """Up to which fragment these renditions are ours from `at` on: `at` itself, if somebody else has the next."""
        number, (_, end) = next((i, s) for i, s in enumerate(self._stretches) if s[0] <= at < s[1])
        name = next(each for each in self._passes if made[0] in each)[0].name
        if self._held == (name, number):
            return end
        self.let_go()
        if self._take(name, number) and self._missing(self._listed(), made, number) == at:
            return end
        self.let_go()
        return at

    def take(self) -> Stretch | None:
        """The next stretch that lacks something and that nobody else is at."""
        self.let_go()
        for made in self._passes:
            listed = self._listed()
            for number, (_, end) in enumerate(self._stretches):
                if self._missing(listed, made, number) is None or not self._take(made[0].name, number):
                    continue
                # Whoever had it before may have listed more of it since.
                at = self._missing(self._listed(), made, number)
                if at is not None:
                    return Stretch(made, at, end)
                self.let_go()
        return None

    def listed(self) -> float:
        """How many of all stretches are there whole, 0 to 1."""
        listed, numbers = self._listed(), range(len(self._stretches))
        there = [self._missing(listed, made, number) is None for made in self._passes for number in numbers]
        return sum(there) / len(there)

    def let_go(self) -> None:
        self._held = None
        self._lock.close()

    def _take(self, name: str, number: int) -> bool:
        lock = f"stretch {self._rendering} {name} {number}"
        if self._lock.enter_context(self._store.exclusive(lock)):
            self._held = name, number
            return True
        self._lock.close()
        return False

    def _missing(self, listed: Listed, made: Sequence[Rendition], number: int) -> int | None:
        """The first fragment of a stretch that one of these pictures lacks."""
        first, end = self._stretches[number]
        names = [r.name for r in made if r.kind is Kind.VIDEO]
        at = min(next((b for a, b in listed.get(name, ()) if a <= first < b), first) for name in names)
        return at if at < end else None

    def _listed(self) -> Listed:
        with self._store.transaction() as tx:
            if stretches.in_one(tx, self._rendering):
                raise Conflict("Stretches of this recording do not fit: it is rendered in one.", code="seam_differs")
            return stretches.runs(tx, self._rendering)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go()
