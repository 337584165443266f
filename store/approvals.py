# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""A second pair of eyes for clips whose class wants it (`Risk.wants_approval`): one curator proposes, another approves.

Both are of what the clip showed and said then: when its parts are others, or what is said or written of it, nobody has.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.clip import Risk
from domain.deed import Deed
from domain.errors import Conflict, Forbidden, Invalid
from domain.notice import About, NoticeKind
from store import act_log, telling
from store.claim import claim_clip
from store.clip_history import kept
from store.notices import tell
from store.postgres import Tx, row
from store.spaces import curates

_SHOWS = """coalesce((
    select string_agg(concat_ws(' ', p.recording_id, p.start_ms, p.end_ms), ',' order by p.position)
    from clip_part p where p.clip_id = c.id), '')"""
# What the clip c shows and says, and what is written of it that somebody may act on, as a digest. Whoever changes what
# is in it brings a migration that makes anew those that hold: else every approval would end unseen.
SEEN = f"""sha256(convert_to(concat_ws(chr(31), c.title, c.question, c.prerequisites, c.text, {_SHOWS}), 'UTF8'))"""
APPROVED = f"""exists (select from clip_approval a
    where a.clip_id = c.id and a.approved_at is not null and a.seen = {SEEN})"""
# The clip c is of a class that wants a second pair of eyes.
_CLASSES = ", ".join(f"'{risk}'" for risk in Risk if risk.wants_approval)
WANTS_APPROVAL = f"c.risk in ({_CLASSES})"
# Somebody was asked to approve the clip c as it is, and nobody has.
PROPOSED_TO = f"""exists (select from clip_approval a
    where a.clip_id = c.id and a.asked_of = %(viewer)s and a.approved_at is null and a.seen = {SEEN})"""


@dataclass(frozen=True)
class Approval:
    """Names; None: nobody (yet). `holds`: it is of what the clip shows and says now."""

    asked_by: str | None
    asked_by_id: UUID | None
    asked_of: str | None
    asked_of_id: UUID | None
    asked_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    holds: bool


def approval(tx: Tx, clip_id: UUID) -> Approval | None:
    found = row(
        tx,
        "select b.name as asked_by, b.id as asked_by_id, o.name as asked_of, o.id as asked_of_id, a.asked_at,"
        f" y.name as approved_by, a.approved_at, a.seen = {SEEN} as holds"
        " from clip_approval a join clip c on c.id = a.clip_id left join person b on b.id = a.asked_by"
        " left join person o on o.id = a.asked_of left join person y on y.id = a.approved_by where a.clip_id = %s",
        [clip_id],
    )
    return Approval(**found) if found else None


def propose(tx: Tx, clip_id: UUID, *, version: int, by: UUID, to: UUID, now: datetime) -> None:
    """Asks somebody to approve the clip as it is; instead of whoever was asked before.

    Raises Conflict (`stale_version`), Invalid (`no_approval_needed`, `bad_approver`), NotFound, Gone.
    """
    found = claim_clip(tx, clip_id, version=version)
    if not Risk(found["risk"]).wants_approval:
        raise Invalid("This clip needs nobody’s approval. Publish it.", code="no_approval_needed")
    if to == by or not curates(tx, to, found["space_id"]):
        raise Invalid("Choose another curator of this space: two people look at it.", code="bad_approver")
    with kept(tx, clip_id, "proposed", by, now, always=True):
        _ask(tx, clip_id, by, to, now)


def approve(tx: Tx, clip_id: UUID, *, version: int, by: UUID, now: datetime) -> None:
    """Of exactly this version. A second call changes nothing.

    Raises Conflict (`stale_version`, `not_proposed`), Forbidden (`second_needed`) to who proposed it, NotFound, Gone.
    """
    claim_clip(tx, clip_id, version=version)
    asked = approval(tx, clip_id)
    if asked is None or not asked.holds:
        raise Conflict(
            "Nobody has proposed this clip as it is now. Ask another curator to approve it.", code="not_proposed"
        )
    if asked.asked_by_id == by:
        raise Forbidden("You proposed this clip, so somebody else has to approve it.", code="second_needed")
    if asked.approved_at is None:
        with kept(tx, clip_id, "approved", by, now, always=True):
            tx.execute(
                "update clip_approval set approved_by = %s, approved_at = %s where clip_id = %s", [by, now, clip_id]
            )


def demand_approved(tx: Tx, clip_id: UUID) -> None:
    """Whether people may see the clip, which is locked, as it is. Raises Conflict (`approval_needed`)."""
    found = row(tx, f"select not {WANTS_APPROVAL} or {APPROVED} as may from clip c where c.id = %s", [clip_id])
    if found is not None and not found["may"]:
        raise Conflict(
            "This clip is a matter of safety: another curator has to approve it as it is before people see it."
            " Ask one.",
            code="approval_needed",
        )


def classed(tx: Tx, clip_id: UUID, was: Risk, *, by: UUID, now: datetime) -> None:
    """The class of the clip, which is locked, may be another now than it `was`.

    Where it wants approval only now, and people see it, whoever it is assigned to is asked at once: raises Conflict
    (`approval_needed`) where that is nobody else who could. Where it wants none any more, that is written down, whoever
    was to approve it or has is told, and other curators find it in their queue until one of them has looked.
    """
    found = row(
        tx,
        f"select {WANTS_APPROVAL} as wanted, c.published_at is not null and not {APPROVED} as open,"
        " c.space_id, c.assigned_to,"
        " array_remove(array[a.asked_of, a.approved_by], null) as eyes"
        " from clip c left join clip_approval a on a.clip_id = c.id where c.id = %s",
        [clip_id],
    )
    assert found is not None
    if found["wanted"] == was.wants_approval:
        return
    if was.wants_approval:
        tx.execute("update clip set lowered_at = %s, lowered_by = %s where id = %s", [now, by, clip_id])
        act_log.note_clip(tx, Deed.LOWERED_CLASS, clip_id, by=by, now=now)
        tell(tx, NoticeKind.LOWERED, found["eyes"], About(clip=clip_id), by=by, now=now)
        return
    tx.execute("update clip set lowered_at = null, lowered_by = null where id = %s", [clip_id])
    if found["open"]:
        to = found["assigned_to"]
        if to is None or to == by or not curates(tx, to, found["space_id"]):
            raise Conflict(
                "People see this clip, so somebody has to approve it at once: choose another curator under “Looked at"
                " by”. Or withdraw it first.",
                code="approval_needed",
            )
        _ask(tx, clip_id, by, to, now)


def shows(tx: Tx, clip_id: UUID) -> str:
    """Its parts, to tell whether they are the same."""
    found = row(tx, f"select {_SHOWS} as shows from clip c where c.id = %s", [clip_id])
    return str(found["shows"]) if found else ""


def _ask(tx: Tx, clip_id: UUID, by: UUID, to: UUID, now: datetime) -> None:
    tx.execute(
        "insert into clip_approval (clip_id, seen, asked_by, asked_of, asked_at)"
        f" select c.id, {SEEN}, %(by)s, %(to)s, %(now)s from clip c where c.id = %(id)s"
        " on conflict (clip_id) do update set seen = excluded.seen, asked_by = excluded.asked_by,"
        " asked_of = excluded.asked_of, asked_at = excluded.asked_at, approved_by = null, approved_at = null",
        {"by": by, "to": to, "now": now, "id": clip_id},
    )
    telling.of_asking(tx, clip_id, to, by, now)
