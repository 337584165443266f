"""Which moments of a recording a comment on a clip is about."""

from uuid import UUID

from domain import said
from domain.clip import Clip, Part, clip_time, recording_time
from domain.errors import Invalid
from domain.span import Span
from store.postgres import Tx, rows


def shown(clip: Clip, recording_id: UUID, at_ms: int) -> int:
    """A millisecond that the clip shows; where a part ends, the one before. Raises Invalid (`outside_clip`)."""
    if clip_time(clip.parts, recording_id, at_ms) is not None:
        return at_ms
    if any(part.recording_id == recording_id and part.span.end_ms == at_ms for part in clip.parts):
        return at_ms - 1
    raise Invalid("That moment is not in this clip. Comment at a second that it shows.", code="outside_clip")


def range_end(clip: Clip, recording_id: UUID, at_ms: int, end_ms: int) -> int:
    """Where a range that begins at `at_ms` ends. Raises Invalid (`bad_range`, `outside_clip`)."""
    if end_ms <= at_ms:
        raise Invalid("A range ends after it begins. Say a later end, or none.", code="bad_range")
    if clip_time(clip.parts, recording_id, end_ms - 1) is None:
        raise Invalid("The end of that range is not in this clip. End it at a second it shows.", code="outside_clip")
    return end_ms


def times(text: str, recording_id: UUID, parts: tuple[Part, ...]) -> list[int] | None:
    """Where the times in a text lead, which are of the clip as it is now: in the recording's time, so that they lead
    there after it has been cut anew.
    """
    found = []
    for clip_ms in said.times(text):
        try:
            part, at_ms = recording_time(parts, clip_ms)
        except Invalid:
            found.append(-1)
        else:
            found.append(at_ms if part.recording_id == recording_id else -1)
    return found or None


def parts_of(tx: Tx, clip_id: UUID) -> tuple[Part, ...]:
    """Of a clip that its reader has been let in to; without the recordings' public ids."""
    found = rows(
        tx, "select recording_id, start_ms, end_ms from clip_part where clip_id = %s order by position", [clip_id]
    )
    return tuple(Part(each["recording_id"], "", Span(each["start_ms"], each["end_ms"])) for each in found)
