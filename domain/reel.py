"""Several clips in one film that plays by itself: for the weekly shift screen, or a chat channel. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.errors import Invalid

# A screen in a corridor is looked at in passing: after ten minutes nobody has seen the beginning any more. Both
# bounds also keep one reel from holding its queue for longer than about a quarter of an hour on two cores.
MAX_CLIPS = 20
MAX_LENGTH_MS = 10 * 60_000  # of its clips together
MAX_TITLE = 80  # characters: three lines of a title card in portrait


class Shape(StrEnum):
    """What the screen is like. All three have equally many pixels, so a reel costs the same in each."""

    LANDSCAPE = "landscape"
    SQUARE = "square"
    PORTRAIT = "portrait"

    @property
    def width(self) -> int:
        return {Shape.LANDSCAPE: 1280, Shape.SQUARE: 960, Shape.PORTRAIT: 720}[self]

    @property
    def height(self) -> int:
        return {Shape.LANDSCAPE: 720, Shape.SQUARE: 960, Shape.PORTRAIT: 1280}[self]


@dataclass(frozen=True)
class Caption:
    """What is said, or noted, in [start_ms, end_ms) of a clip's own time, in the lines it is shown in."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms < self.end_ms:
            raise ValueError("a caption begins within its clip, and runs forward")


STILL_RENDERING = "still_rendering"  # the code of what goes by itself: a clip is not ready to be filmed yet
_SAYS_SOMETHING = 0.05  # before that, what was done says nothing about the rest
MAX_WAITING = 5  # of one person's, before they are asked to let some be made first


class ReelState(StrEnum):
    WAITING = "waiting"  # for a worker
    MAKING = "making"
    READY = "ready"  # its film shows what it is to show
    FAILED = "failed"  # and says what to do
    EMPTY = "empty"  # none of its clips may be shown


class LeftOut(StrEnum):
    """Why a clip of a reel is not in its film."""

    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    RECALLED = "recalled"  # all of it was taken out
    KEPT_HERE = "kept-here"  # its space lets no clip be taken along any more


@dataclass(frozen=True)
class ReelClip:
    """A clip that was chosen for a reel, as one who sees the reel may see it."""

    clip: str  # public id; empty when it is not theirs to see
    title: str
    length_ms: int
    left_out: LeftOut | None


@dataclass(frozen=True)
class ReelFilm:
    """What was made of a reel. It is given out only while all that it shows may be shown, as it was filmed."""

    id: UUID
    public_id: str
    byte_size: int
    length_ms: int
    made_at: datetime


@dataclass(frozen=True)
class Reel:
    """Clips in an order, and the film of them. Which of them may be shown is asked each time (store/reel_films.py)."""

    id: UUID
    public_id: str
    space_id: UUID
    made_by: str  # name
    title: str
    shape: Shape
    captions: bool  # burnt in
    version: int
    created_at: datetime
    state: ReelState
    progress: float  # 0 to 1 while it is made
    began_at: datetime | None  # of what is being made
    trouble: str  # why it failed, or what it waits for, and what to do
    film: ReelFilm | None  # the newest that may be given out; of before the last change, perhaps
    lost: bool  # there was a film, which shows what may not be shown any more
    clips: tuple[ReelClip, ...]

    @property
    def length_ms(self) -> int:
        """Of the clips that can be shown."""
        return sum(each.length_ms for each in self.clips if each.left_out is None)

    def estimate_s(self, now: datetime) -> float | None:
        """Seconds until its film is ready, by what it has taken so far; None while nothing can be said."""
        if self.state is not ReelState.MAKING or self.began_at is None or self.progress < _SAYS_SOMETHING:
            return None
        return (now - self.began_at).total_seconds() / self.progress * (1 - self.progress)


@dataclass(frozen=True)
class TouchedReel:
    """A reel with a clip that something reaches, for whoever is told what it reaches."""

    reel: str  # public id
    title: str
    space: str  # name


def state_of(
    *, wanted: str | None, made_of: str | None, tried: str | None, trouble: str | None, progress: float | None
) -> ReelState:
    """How a reel stands: `wanted`, `made_of` and `tried` say of what its film is to be made, was made, was last tried
    to be made; None: of nothing. `trouble` is the code of what went wrong then.
    """
    if wanted is None:
        return ReelState.EMPTY
    if made_of == wanted:
        return ReelState.READY
    if tried == wanted and trouble not in {None, STILL_RENDERING}:
        return ReelState.FAILED
    return ReelState.MAKING if tried == wanted and progress is not None else ReelState.WAITING


def checked_reel_title(title: str) -> str:
    """In one line already. Raises Invalid (`bad_title`)."""
    if not 1 <= len(title) <= MAX_TITLE:
        raise Invalid(f"A reel's title is 1 to {MAX_TITLE} characters long.", code="bad_title")
    return title


def checked_clips(lengths_ms: Sequence[int | None]) -> None:
    """Whether these can be a reel: the length of each clip, None of one that is left out.

    Raises Invalid (`bad_clips`, `reel_too_long`).
    """
    if not 1 <= len(lengths_ms) <= MAX_CLIPS:
        raise Invalid(f"Choose 1 to {MAX_CLIPS} clips.", code="bad_clips")
    if sum(length or 0 for length in lengths_ms) > MAX_LENGTH_MS:
        raise Invalid(
            f"These clips are longer than {MAX_LENGTH_MS // 60_000} minutes together. Leave some out.",
            code="reel_too_long",
        )
