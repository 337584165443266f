# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Drafts that are shared with named people, or with a space, before they are published.

Who sees one is said in store/sight.py (`SHARED_CLIP`): it asks for the clip's space, too, since who speaks agreed to be
shown to the people of that, so a share shows nothing to anybody who would not see the clip once it is published. It
ends by itself then, and when somebody who is shown says no. Taken back, no media URL works any more at our server.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.circle import MAX_SHARES, Circle, Share
from domain.clip import Clip
from domain.errors import Conflict, Invalid
from domain.notice import About, NoticeKind
from domain.person import Person
from domain.space import Space
from store import consent, media
from store.claim import claim_clip
from store.clip_history import kept
from store.clip_rows import CLIP, clip_from
from store.events import clip_topic, talk_topic, tell
from store.notices import tell as notify
from store.paging import Page, after, cut_page, limited
from store.people import PERSON, typed
from store.postgres import Tx, row, rows
from store.sight import CLIP_SEEN_BY_WHO, SEES_SPACE, SHARED_CLIP
from store.spaces import spaces_by_id
from store.text import one_line

_OFFERED = 8
# Of the drafts %(ids)s: all who see one.
_SEE = f"""
    select v.person_id from clip c join viewer_space v on v.space_id = c.space_id and v.curates
        where c.id = any(%(ids)s)
    union
    select who.id from clip_part p join recording r on r.id = p.recording_id
        join person who on who.id in (r.uploader_id, r.speaker_id) and who.left_at is null
        where p.clip_id = any(%(ids)s)
    union
    select who.id from clip_share s join clip c on c.id = s.clip_id
        join viewer_space v on v.space_id = s.space_id join person who on who.id = v.person_id
        where s.clip_id = any(%(ids)s) and {CLIP_SEEN_BY_WHO}
    union
    select who.id from clip_share s join clip c on c.id = s.clip_id join person who on who.id = s.person_id
        where s.clip_id = any(%(ids)s) and {CLIP_SEEN_BY_WHO}"""


# Who sees more of a clip than the viewer sent or speaks in, is for its curators to say.
ALL_OWN = """(exists (select from clip_part where clip_id = c.id) and not exists (
    select from clip_part p join recording r on r.id = p.recording_id
    where p.clip_id = c.id and %(viewer)s not in (r.uploader_id, r.speaker_id)))"""
_MAY_SHARE = f"""({ALL_OWN} or exists (select from viewer_space v
    where v.person_id = %(viewer)s and v.space_id = c.space_id and v.curates))"""
# What `SHARED_CLIP` is asked of, by the indexes.
_MAYBE_MINE = """
    select s.clip_id from clip_share s where s.person_id = %(viewer)s and s.ended_at is null
    union select s.clip_id from clip_share s join viewer_space v on v.space_id = s.space_id
        and v.person_id = %(viewer)s where s.ended_at is null"""


def circle(tx: Tx, clip_ids: Sequence[UUID]) -> Circle:
    """Who sees these drafts, or one of them: each person and space once, in the order in which they came."""
    found = rows(
        tx,
        f"select distinct on (s.person_id, s.space_id) s.at, b.name as by, s.space_id as space, {PERSON}"
        " from clip_share s left join person p on p.id = s.person_id left join person b on b.id = s.by"
        " where s.clip_id = any(%(ids)s) and s.ended_at is null and (p.id is null or p.left_at is null)"
        " order by s.person_id, s.space_id, s.at",
        {"ids": list(clip_ids)},
    )
    homes = spaces_by_id(tx, [each["space"] for each in found if each["space"]])
    sees = row(tx, f"select count(*) as people from ({_SEE}) seeing", {"ids": list(clip_ids)})
    shares = [_share(each, homes) for each in found]
    return Circle(tuple(sorted(shares, key=lambda each: each.at)), sees["people"] if sees else 0)


def shared_by(tx: Tx, clip_id: UUID, viewer_id: UUID) -> str | None:
    """Who shared a draft with the viewer, or with a space of theirs: a name; None where nobody did."""
    found = row(
        tx,
        "select b.name from clip_share s left join person b on b.id = s.by where s.clip_id = %(id)s"
        " and s.ended_at is null and (s.person_id = %(viewer)s or exists (select from viewer_space v"
        "  where v.person_id = %(viewer)s and v.space_id = s.space_id)) order by s.person_id nulls last, s.at limit 1",
        {"id": clip_id, "viewer": viewer_id},
    )
    return None if found is None else found["name"] or "somebody who has left"


def drafts(tx: Tx, recording_id: UUID, viewer_id: UUID) -> tuple[UUID, ...]:
    """Drafts of a recording that somebody may share, who may share what it is: all that they show is theirs to see."""
    found = rows(
        tx,
        "select c.id from clip c where c.published_at is null and c.deleted_at is null"
        " and c.id in (select clip_id from clip_part where recording_id = %(recording)s)"
        f" and {_MAY_SHARE} order by c.id",
        {"recording": recording_id, "viewer": viewer_id},
    )
    return tuple(each["id"] for each in found)


def all_own(tx: Tx, clip_id: UUID, person_id: UUID) -> bool:
    """Whether everything that a clip shows is of recordings that somebody sent, or speaks in."""
    found = row(tx, f"select from clip c where c.id = %(id)s and {ALL_OWN}", {"id": clip_id, "viewer": person_id})
    return found is not None


def shared_with(tx: Tx, viewer_id: UUID, *, cursor: str | None = None, limit: int = 30) -> Page[Clip]:
    """Drafts that were shared with somebody, the last one first. Raises Invalid (`bad_cursor`)."""
    limit = limited(limit)
    last, last_id = after(cursor, datetime.fromisoformat, UUID) if cursor else (None, None)
    found = rows(
        tx,
        f"select * from (select {CLIP}, (select max(s.at) from clip_share s where s.clip_id = c.id"
        "  and s.ended_at is null) as shared_at from clip c"
        f" where c.id in ({_MAYBE_MINE}) and c.published_at is null and c.deleted_at is null"
        f" and {SHARED_CLIP} and {SEES_SPACE}) c"
        " where %(last)s::timestamptz is null or (c.shared_at, c.id) < (%(last)s, %(last_id)s)"
        " order by c.shared_at desc, c.id desc limit %(limit)s",
        {"viewer": viewer_id, "last": last, "last_id": last_id, "limit": limit + 1},
    )
    return cut_page(found, limit, clip_from, ["shared_at", "id"])


def candidates(
    tx: Tx, clip_ids: Sequence[UUID], typed_: str, viewer_id: UUID
) -> tuple[tuple[Person, ...], tuple[Space, ...]]:
    """Colleagues and spaces whose name goes on like this, with whom these drafts can be shared, and are not by now."""
    begins = one_line(typed_).lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    values: dict[str, Any] = {"ids": list(clip_ids), "viewer": viewer_id, "begins": begins, "limit": _OFFERED}
    people = rows(
        tx,
        f"select {PERSON} from person p where p.id <> %(viewer)s and p.left_at is null and not p.device"
        " and not p.self_named and (p.login like %(begins)s || '%%'"
        "  or ' ' || folded(p.name) like '%% ' || folded(%(begins)s) || '%%')"
        " and exists (select from clip c where c.id = any(%(ids)s)"
        "  and exists (select from viewer_space v where v.person_id = p.id and v.space_id = c.space_id)"
        "  and not exists (select from clip_share s where s.clip_id = c.id and s.person_id = p.id"
        "   and s.ended_at is null))"
        " order by lower(p.name), p.login limit %(limit)s",
        values,
    )
    found = rows(
        tx,
        "select s.id from space s join viewer_space v on v.space_id = s.id and v.person_id = %(viewer)s"
        " where not s.everyone and not s.open and ' ' || folded(s.name) like '%% ' || folded(%(begins)s) || '%%'"
        " and exists (select from clip c join space home on home.id = c.space_id where c.id = any(%(ids)s)"
        "  and (home.everyone or home.open or home.id = s.id) and not exists (select from clip_share x"
        "   where x.clip_id = c.id and x.space_id = s.id and x.ended_at is null))"
        " order by lower(s.name), s.id limit %(limit)s",
        values,
    )
    homes = spaces_by_id(tx, [each["id"] for each in found])
    return tuple(typed(each) for each in people), tuple(homes[each["id"]] for each in found)


def share(tx: Tx, clip_id: UUID, to: Person | Space, *, by: UUID, now: datetime) -> None:
    """A second call changes nothing. Whoever it is shared with is told.

    Raises NotFound, Gone, Conflict (`published`; `consent_missing`, `takedown_open`, `cut_out` as publishing does), and
    Invalid: `everybody` for a space that all colleagues are in, `not_in_space` for whoever does not see the clip's
    space, `too_many_shares`.
    """
    found = claim_clip(tx, clip_id)
    if found["published_at"] is not None:
        raise Conflict("This clip is published: whoever may see it does. Send them its link.", code="published")
    _demand_fits(tx, found["space_id"], to)
    parts = rows(tx, "select recording_id, start_ms, end_ms from clip_part where clip_id = %s", [clip_id])
    spans = [(each["recording_id"], each["start_ms"], each["end_ms"]) for each in parts]
    consent.demand_showable(tx, spans, what="shared", by=by)
    already = row(tx, "select count(*) as shares from clip_share where clip_id = %s and ended_at is null", [clip_id])
    if already and already["shares"] >= MAX_SHARES and not _is_shared(tx, clip_id, to):
        raise Invalid(
            f"This draft is shared {MAX_SHARES} times. Publish it, or share it with a space.", code="too_many_shares"
        )
    with kept(tx, clip_id, "shared", by, now, always=not _is_shared(tx, clip_id, to)):
        tx.execute(
            "insert into clip_share as s (clip_id, person_id, space_id, by, at) values (%s, %s, %s, %s, %s)"
            f" on conflict ({_column(to)}, clip_id) where {_column(to)} is not null do update"
            " set by = excluded.by, at = excluded.at, ended_at = null where s.ended_at is not null",
            [clip_id, *_ids(to), by, now],
        )
        # A person has said something of it: no re-cut replaces it.
        tx.execute("update clip set touched_at = coalesce(touched_at, %s) where id = %s", [now, clip_id])
    notify(tx, NoticeKind.SHARED, _people(tx, clip_id, to), About(clip=clip_id), by=by, now=now)


def take_back(tx: Tx, clip_id: UUID, to: Person | Space, *, by: UUID, now: datetime) -> None:
    """From now on they see nothing of the draft, and no media URL works any more. A second call changes nothing.

    Raises NotFound, Gone.
    """
    claim_clip(tx, clip_id)
    with kept(tx, clip_id, "unshared", by, now, always=_is_shared(tx, clip_id, to)):
        gone = tx.execute(
            f"delete from clip_share where clip_id = %s and {_column(to)} = %s and ended_at is null", [clip_id, to.id]
        ).rowcount
    if gone:
        _refuse_media(tx, clip_id)


def end(tx: Tx, clip_id: UUID, now: datetime | None = None, *, shown: bool) -> None:
    """Of a clip that is locked. `shown`: it was published, and who saw the draft can read on what they said of it; else
    nobody may see it as it is.
    """
    if shown:
        tx.execute(
            "update clip_share set ended_at = coalesce(%s, now()) where clip_id = %s and ended_at is null",
            [now, clip_id],
        )
        _tell(tx, clip_id, talk_topic)  # who has it open sees what everybody sees
    elif tx.execute("delete from clip_share where clip_id = %s and ended_at is null", [clip_id]).rowcount:
        _refuse_media(tx, clip_id)


def is_shared(tx: Tx, clip_id: UUID) -> bool:
    return row(tx, "select from clip_share where clip_id = %s and ended_at is null limit 1", [clip_id]) is not None


def shared_drafts(tx: Tx, recording_id: UUID) -> tuple[UUID, ...]:
    """Those with a part of a recording, which is locked, that are shared with somebody."""
    found = rows(
        tx,
        "select distinct s.clip_id from clip_share s join clip_part p on p.clip_id = s.clip_id"
        " where p.recording_id = %s and s.ended_at is null order by 1",
        [recording_id],
    )
    return tuple(each["clip_id"] for each in found)


def _refuse_media(tx: Tx, clip_id: UUID) -> None:
    """What was given out for it works no more, and whoever has it open is told."""
    for each in rows(tx, "select distinct recording_id from clip_part where clip_id = %s order by 1", [clip_id]):
        media.rotate_media_key(tx, each["recording_id"])
    _tell(tx, clip_id, clip_topic)


def _tell(tx: Tx, clip_id: UUID, topic: Callable[[str], str]) -> None:
    found = row(tx, "select public_id from clip where id = %s", [clip_id])
    if found is not None:
        tell(tx, topic(found["public_id"]))


def _demand_fits(tx: Tx, home_id: UUID, to: Person | Space) -> None:
    """Raises Invalid."""
    home = spaces_by_id(tx, [home_id])[home_id]
    if isinstance(to, Space):
        if to.seen_by_all:
            raise Invalid(
                "Everybody sees into that space: that would be publishing it. Name people, or a smaller space.",
                code="everybody",
            )
        if not home.seen_by_all and to.id != home.id:
            raise Invalid(
                f"Who speaks agreed to be shown to the people of {home.name}. Share it with that space, or name people "
                "who are in it.",
                code="not_in_space",
            )
        return
    found = row(
        tx,
        "select from viewer_space v join person p on p.id = v.person_id where v.space_id = %s and p.id = %s"
        " and not p.device and not p.self_named",
        [home_id, to.id],
    )
    if found is None:
        raise Invalid(
            f"{to.name} does not see what is in {home.name}, and who speaks agreed to be shown to the people there. "
            "Let them into that space first.",
            code="not_in_space",
        )


def _people(tx: Tx, clip_id: UUID, to: Person | Space) -> list[UUID]:
    """Who is told: of a space, those who were let in by name."""
    if isinstance(to, Person):
        return [to.id]
    found = rows(
        tx,
        "select who.id from membership m join person who on who.id = m.person_id, clip c"
        f" where m.space_id = %s and c.id = %s and {CLIP_SEEN_BY_WHO}",
        [to.id, clip_id],
    )
    return [each["id"] for each in found]


def _is_shared(tx: Tx, clip_id: UUID, to: Person | Space) -> bool:
    found = row(
        tx,
        f"select from clip_share where clip_id = %s and {_column(to)} = %s and ended_at is null",
        [clip_id, to.id],
    )
    return found is not None


def _column(to: Person | Space) -> str:
    return "person_id" if isinstance(to, Person) else "space_id"


def _ids(to: Person | Space) -> tuple[UUID | None, UUID | None]:
    return (to.id, None) if isinstance(to, Person) else (None, to.id)


def _share(found: dict[str, Any], homes: dict[UUID, Space]) -> Share:
    by, at, space = found.pop("by"), found.pop("at"), found.pop("space")
    return Share(typed(found) if found["id"] else None, homes[space] if space else None, by, at)
