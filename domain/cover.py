"""A cover: a span of a recording of which nobody hears the sound any more, or sees a part of the picture.

It is of the recording, in its time, and so in every clip that shows the span, now and after every later cut. What it
hides stays in the original, which nobody is shown, and comes back when the cover is taken away. Which fragments it
touches, and which words, is decided here and nowhere else.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from domain.errors import Invalid
from domain.media import TIMESCALES, Kind
from domain.span import Span
from domain.transcript import Sentence, Transcript, joined, sentence_starts

MUTED = "[…]"  # what is read in place of a word that nobody hears
MAX_MUTE_MS = 120_000  # longer is not a word or a few: a recall takes it out of every clip
MAX_COVER_MS = 600_000

# So much beside its span a cover touches: an AAC frame sounds for 43 ms, those at a mute's bounds are encoded anew with
# what is beside them, and the sound fades for 10 ms; and a still may be of a frame that began before its moment.
NEAR_MS = 100


@dataclass(frozen=True)
class Box:
    """A part of the picture, in thousandths of its width and height as it is shown. Raises Invalid (`bad_box`)."""

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1000 and 0 <= self.top < self.bottom <= 1000):
            raise Invalid(
                "A box has a width and a height, and lies within the picture: 0 to 1000 across and down.",
                code="bad_box",
            )


@dataclass(frozen=True)
class Hidden:
    """What a cover hides of a span: what is in a box of the picture, or without one the sound."""

    span: Span
    box: Box | None = None


@dataclass(frozen=True)
class Cover:
    id: UUID
    public_id: str
    recording_id: UUID
    recording: str  # its public id
    hides: Hidden
    made_by: str  # name
    made_by_id: UUID
    made_at: datetime
    removed_by: str  # name; empty while it stands
    removed_at: datetime | None
    ready: bool  # what was made of the recording is as the cover wants it; until then nobody is given what it touches


def checked(hides: Hidden) -> Hidden:
    """Raises Invalid (`mute_too_long`, `cover_too_long`)."""
    if hides.box is None and hides.span.length_ms > MAX_MUTE_MS:
        raise Invalid(
            "At most two minutes can be muted at once. Take longer stretches out of every clip instead.",
            code="mute_too_long",
        )
    if hides.span.length_ms > MAX_COVER_MS:
        raise Invalid(
            "At most ten minutes can be covered at once. Cover the rest once more, or take it out of every clip.",
            code="cover_too_long",
        )
    return hides


def touches(hidden: Iterable[Hidden], kind: Kind, start: int, ticks: int) -> bool:
    """Whether a fragment, or an edge, in ticks of its rendition, is another where these are hidden."""
    first, end = (Fraction(at * 1000, TIMESCALES[kind]) for at in (start, start + ticks))
    if kind is Kind.STILLS:  # which is of one moment, and may be of a frame that began before it
        end = first
    near = 0 if kind is Kind.VIDEO else NEAR_MS
    return any(
        (each.box is None) == (kind is Kind.AUDIO)
        and each.span.start_ms - near < end + (kind is Kind.STILLS)
        and first < each.span.end_ms + near
        for each in hidden
    )


def mutes_in(hidden: Iterable[Hidden]) -> tuple[Span, ...]:
    return tuple(each.span for each in hidden if each.box is None)


def boxes_in(hidden: Iterable[Hidden], fps: Fraction) -> tuple[tuple[int, int, Box], ...]:
    """(first frame, the one after the last, box) of each that hides a part of the picture: all that are shown in it."""
    return tuple(
        (math.floor(each.span.start_ms * fps / 1000), math.ceil(each.span.end_ms * fps / 1000), each.box)
        for each in hidden
        if each.box is not None
    )


def is_muted(mutes: Iterable[Span], start_ms: int, end_ms: int) -> bool:
    """Whether a word, or a caption, is said within one of these, if only in part."""
    return any(mute.start_ms < max(end_ms, start_ms + 1) and start_ms < mute.end_ms for mute in mutes)


def muted(transcript: Transcript, mutes: Sequence[Span]) -> Transcript:
    """What is read of it while these are muted: as many words, at the same times."""
    hidden = [is_muted(mutes, word.start_ms, word.end_ms) for word in transcript.words]
    if not any(hidden):
        return transcript
    words = tuple(
        replace(word, text=MUTED, probability=1.0) if gone else word
        for word, gone in zip(transcript.words, hidden, strict=True)
    )
    starts = sorted(sentence_starts(transcript).items())
    ends = [*(at for at, _ in starts[1:]), len(words)]
    sentences = list(transcript.sentences)
    for (first, number), end in zip(starts, ends, strict=True):
        if any(hidden[first:end]) and sentences:
            said = joined((word.text for word in words[first:end]), transcript.language)
            sentences[number] = Sentence(said, sentences[number].start_ms, sentences[number].end_ms)
    # A sentence of which an engine has written no words says what it says all the same.
    left = {number for _, number in starts}
    sentences = [
        replace(each, text=MUTED) if number not in left and is_muted(mutes, each.start_ms, each.end_ms) else each
        for number, each in enumerate(sentences)
    ]
    return replace(transcript, words=words, sentences=tuple(sentences))
