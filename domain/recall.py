"""A recall: seconds of a recording that no clip shows while it stands.

Here is what becomes of a clip's parts. Where parts are written it is enforced (store/clip_changes.py).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from domain.clip import MAX_PARTS, Part
from domain.errors import Invalid
from domain.media import KeyframePlan
from domain.reel import TouchedReel
from domain.span import Span

MAX_REASON = 200  # characters: one line
SHORTEST_MS = 1_000  # what is left of a part and shorter is no help to anybody

Shown = tuple[UUID, Span]  # a part of a clip: of which recording, and what of it


class Became(StrEnum):
    """What a recall has made of a clip."""

    SHORTER = "shorter"
    GONE = "gone"  # nothing was left of it: its address says why
    CHANGED = "changed"  # somebody has changed its parts since: undoing leaves it as they made it
    BACK = "back"  # it was undone, and shows again what it showed


@dataclass(frozen=True)
class Touched:
    """A clip that a recall shortens, as one who may see it reads it."""

    clip: str  # public id
    title: str
    space: str  # name
    published: bool  # when the recall was made
    lost_ms: int
    became: Became


@dataclass(frozen=True)
class Reach:
    """What a recall touches. `hidden`: clips that its reader may not see; `hidden_reels`: reels. Reels are made anew
    without the seconds, and until then none is given out that shows them.
    """

    clips: tuple[Touched, ...]
    hidden: int
    spaces: int  # that all of them are in
    comments: int  # about a second of it
    reels: tuple[TouchedReel, ...] = ()
    hidden_reels: int = 0


@dataclass(frozen=True)
class Recall:
    id: UUID
    public_id: str
    recording_id: UUID
    recording: str  # its public id
    span: Span
    reason: str  # colleagues read it
    made_by: str  # name
    made_at: datetime
    undone_by: str  # name; empty while it stands
    undone_at: datetime | None
    reach: Reach


@dataclass(frozen=True)
class Notice:
    """What is said below a clip that has lost seconds."""

    lost_ms: int
    reason: str
    made_at: datetime


def checked_reason(reason: str) -> str:
    """One line already. Raises Invalid (`no_reason`, `bad_reason`)."""
    if not reason:
        raise Invalid("Say in a few words why: colleagues read it.", code="no_reason")
    if len(reason) > MAX_REASON:
        raise Invalid(f"Say it in at most {MAX_REASON} characters: colleagues read it as one line.", code="bad_reason")
    return reason


def in_whole_frames(span: Span, plan: KeyframePlan) -> Span:
    """The span from frame to frame, outwards: bounds of clips mean the frame nearest to them, and the one that holds
    a recalled millisecond is not to be it. What lies in whole frames stays as it is.
    """

    def bound(ms: int, outwards: Callable[[Fraction], int]) -> int:
        nearest = plan.ms(round(ms * plan.fps / 1000))
        return ms if nearest == ms else plan.ms(outwards(ms * plan.fps / 1000))

    return Span(bound(span.start_ms, math.floor), bound(span.end_ms, math.ceil))


def left_of(parts: Iterable[Shown], recalled: Mapping[UUID, Sequence[Span]]) -> tuple[Shown, ...]:
    """What recalls leave of a clip's parts, in their order: none, perhaps.

    A part that no recall touches stays as it is. Of one that is cut, the pieces stay that are not shorter than
    SHORTEST_MS. Where a clip would have more than MAX_PARTS, its shortest go.
    """
    left: list[Shown] = []
    for recording_id, span in parts:
        pieces = _outside(span, recalled.get(recording_id, ()))
        if pieces != [span]:
            pieces = [piece for piece in pieces if piece.length_ms >= SHORTEST_MS]
        left += [(recording_id, piece) for piece in pieces]
    while len(left) > MAX_PARTS:
        left.remove(min(left, key=lambda each: each[1].length_ms))
    return tuple(left)


def nearest(parts: Sequence[Part], recording_id: UUID, at_ms: int) -> int | None:
    """The millisecond of a clip that shows this one of a recording, or else the nearest before or after it.

    None when the clip has nothing of that recording.
    """
    found: list[tuple[int, int]] = []  # how far away, where in the clip
    before = 0
    for part in parts:
        if part.recording_id == recording_id:
            shown = min(max(at_ms, part.span.start_ms), part.span.end_ms - 1)
            found.append((abs(shown - at_ms), before + shown - part.span.start_ms))
        before += part.span.length_ms
    return min(found)[1] if found else None


def _outside(span: Span, recalled: Iterable[Span]) -> list[Span]:
    pieces = [span]
    for gone in recalled:
        cut: list[Span] = []
        for piece in pieces:
            if piece.end_ms <= gone.start_ms or gone.end_ms <= piece.start_ms:
                cut.append(piece)
                continue
            if piece.start_ms < gone.start_ms:
                cut.append(Span(piece.start_ms, gone.start_ms))
            if gone.end_ms < piece.end_ms:
                cut.append(Span(gone.end_ms, piece.end_ms))
        pieces = cut
    return pieces
