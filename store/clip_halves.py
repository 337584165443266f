"""One clip becomes two, and two that follow each other in a recording become one, until that is taken back.

Comments hold the recording's time, so that each shows in the clip that covers its second; no thread is moved.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.clip import MAX_TAGS, Clip, Part, Risk, checked_parts
from domain.errors import Conflict, Invalid
from domain.ids import public_id, uuid7
from domain.recall import Shown
from domain.span import Span
from store import approvals, clip_history, recalled
from store.claim import claim_both, claim_clip
from store.clip_changes import bring_back, change, delete, write_parts
from store.clip_history import JOINED, kept
from store.postgres import Row, Tx, row
from store.tags import set_tags
from store.transcripts import retell


def halves(parts: Sequence[Part], recording: str, at_ms: int) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """A clip's parts before and after a recording's millisecond, in the order in which they are played.

    Raises Invalid (`outside_clip`, `part_too_short`).
    """
    for n, part in enumerate(parts):
        span = part.span
        if part.recording == recording and span.start_ms <= at_ms < span.end_ms and (n or at_ms > span.start_ms):
            before = () if at_ms == span.start_ms else (Part(part.recording_id, recording, Span(span.start_ms, at_ms)),)
            after = Part(part.recording_id, recording, Span(at_ms, span.end_ms))
            return checked_parts((*parts[:n], *before)), checked_parts((after, *parts[n + 1 :]))
    raise Invalid("A clip is split at a moment inside it. Move to another place first.", code="outside_clip")


def split(tx: Tx, clip: Clip, *, recording: str, at_ms: int, title: str, version: int, by: UUID, now: datetime) -> str:
    """The clip keeps its link and thread and ends there; a new one goes on from there, with all that was said of it
    but the question. People who saw the one see both. Returns the new one's public id.

    Raises Conflict (`stale_version`; `approval_needed` of a published one that is a matter of safety), Gone, and
    Invalid as `halves`.
    """
    first, second = halves(clip.parts, recording, at_ms)
    change(tx, clip.id, version=version, now=now, by=by, act="split", parts=first)
    new_id, new_public_id = uuid7(), public_id()
    tx.execute(
        "insert into clip (id, public_id, space_id, title, language, search_config, audience, prerequisites, kind,"
        " level, risk, owner_id, assigned_to, review_by, touched_at, published_at, published_by)"
        " select %(new)s, %(public_id)s, space_id, %(title)s, language, search_config, audience, prerequisites, kind,"
        " level, risk, owner_id, assigned_to, review_by, %(now)s, published_at, published_by"
        " from clip where id = %(id)s",
        {"new": new_id, "public_id": new_public_id, "title": title, "now": now, "id": clip.id},
    )
    write_parts(tx, new_id, [(part.recording_id, part.span) for part in second])
    retell(tx, new_id)
    set_tags(tx, new_id, clip.tags)
    with kept(tx, new_id, "split", by, now, always=True):
        tx.execute("update clip set changed_at = null, changed_by = null where id = %s", [new_id])
    return new_public_id


def following(tx: Tx, clip: Clip) -> str | None:
    """Public id of the clip that goes on in the same recording where this one ends, or next after that."""
    last = clip.parts[-1]
    found = row(
        tx,
        "select c.public_id from clip c cross join lateral (select recording_id, start_ms from clip_part"
        "  where clip_id = c.id order by position limit 1) first"
        " where c.id in (select clip_id from clip_part where recording_id = %(recording)s) and c.id <> %(id)s"
        " and c.deleted_at is null and first.recording_id = %(recording)s and first.start_ms >= %(end)s"
        " order by first.start_ms, c.id limit 1",
        {"recording": last.recording_id, "end": last.span.end_ms, "id": clip.id},
    )
    return None if found is None else str(found["public_id"])


def join(tx: Tx, clip: Clip, other: Clip, *, version: int, by: UUID, now: datetime) -> None:
    """The clip goes on with the other one, its next in the recording, and has its tags, too. The other is deleted.

    Raises Conflict (`stale_version`; `not_both_published`; as `change`), Invalid (`not_neighbours`, `bad_parts`), Gone.
    """
    claim_both(tx, clip.id, other.id)
    # Whether people see them is asked below the locks: to publish, or to withdraw, moves no version.
    mine, theirs = claim_clip(tx, clip.id, version=version), claim_clip(tx, other.id, version=other.version)
    if following(tx, clip) != other.public_id:
        raise Invalid("Only a clip and the next one of its recording can be joined.", code="not_neighbours")
    if (mine["published_at"] is None) != (theirs["published_at"] is None):
        raise Conflict(
            "People see one of these clips and not the other. Publish both, or withdraw both, and join them then.",
            code="not_both_published",
        )
    asked = [recalled.asked_for(tx, each.id) for each in (clip, other)]
    change(
        tx,
        clip.id,
        version=version,
        now=now,
        by=by,
        act=JOINED,
        parts=_joined(clip.parts, other.parts),
        tags=[*clip.tags, *(tag for tag in other.tags if tag not in clip.tags)][:MAX_TAGS],
        risk=max(clip.risk, other.risk, key=list(Risk).index),
        question=clip.question or other.question,
    )
    if mine["published_at"] is not None:
        approvals.demand_approved(tx, clip.id)
    delete(tx, other.id, now, by, into=clip.id)
    if any(asked):  # seconds that are out of either are out of both, and come back with their recall
        wanted = [_parts(out) or each.parts for out, each in zip(asked, (clip, other), strict=True)]
        recalled.ask_for(tx, clip.id, [(part.recording_id, part.span) for part in _joined(*wanted)])


def takes_back(tx: Tx, clip_id: UUID) -> bool:
    """Whether the newest that became of a clip is that it was joined with another, which can be had again."""
    other = _joined_last(tx, clip_id)
    return other is not None and _before(tx, clip_id) is not None and _before(tx, other["id"]) is not None


def take_back(tx: Tx, clip_id: UUID, *, version: int, by: UUID, now: datetime) -> tuple[str, Mapping[str, Any]]:
    """Takes the last join of a clip back. The other one is there again, under its link, as it was.

    Returns its public id, and what the clip itself was before: whoever calls makes it that again, as a person may.

    Raises Conflict (`stale_version`, `nothing_joined`, `changed_since`), Gone, and as `bring_back` where the other one
    may not be shown any more.
    """
    other = _joined_last(tx, clip_id)
    if other is not None:
        claim_both(tx, clip_id, other["id"])
    claim_clip(tx, clip_id, version=version)
    if other is None:
        raise Conflict("No other clip was joined with this one: there is nothing to take back.", code="nothing_joined")
    mine, theirs = _before(tx, clip_id), _before(tx, other["id"])
    if mine is None or theirs is None:
        raise Conflict(
            "This clip was changed since it was joined with the other one. Split it where that one began.",
            code="changed_since",
        )
    since = theirs["published_at"]
    was_asked = recalled.parts_from(theirs.get("asked"))
    bring_back(tx, other["id"], datetime.fromisoformat(since) if since else None, was_asked, now, by)
    return str(other["public_id"]), mine


def ask_again(tx: Tx, clip_id: UUID, was: Mapping[str, Any]) -> None:
    """What the clip was to show before the join, too, once seconds that are out come back. After it is that again."""
    recalled.ask_for(tx, clip_id, recalled.parts_from(was.get("asked")))


def _joined_last(tx: Tx, clip_id: UUID) -> Row | None:
    return row(
        tx,
        "select id, public_id from clip where joined_into = %s order by deleted_at desc, id desc limit 1",
        [clip_id],
    )


def _before(tx: Tx, clip_id: UUID) -> Mapping[str, Any] | None:
    """What a clip was before it was joined with another; None when anything has become of it since."""
    last = clip_history.last(tx, clip_id)
    return last.before if last is not None and last.act == JOINED else None


def _parts(shown: Sequence[Shown]) -> tuple[Part, ...]:
    return tuple(Part(recording_id, "", span) for recording_id, span in shown)


def _joined(first: Sequence[Part], second: Sequence[Part]) -> tuple[Part, ...]:
    """One after the other; where they touch, as one part. Raises Invalid (`bad_parts`)."""
    last, then = first[-1], second[0]
    if last.recording_id == then.recording_id and last.span.end_ms == then.span.start_ms:
        both = Part(last.recording_id, last.recording, Span(last.span.start_ms, then.span.end_ms))
        return checked_parts((*first[:-1], both, *second[1:]))
    return checked_parts((*first, *second))
