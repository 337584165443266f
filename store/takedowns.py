# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Takedowns: what somebody asked to be taken out of view. How one is settled: store/settling.py.

Raising one withdraws, in the caller's transaction, every published clip with a part of the recording,
so that none of its media URLs works any more, and remembers which those were.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.clip import Clip, recording_time
from domain.consent import Reason, Takedown, TakedownState, Touched, checked_words
from domain.deed import Deed, DeedAbout
from domain.errors import NotFound, TooMany
from domain.ids import is_public_id, public_id, uuid7
from domain.reel import TouchedReel
from domain.span import Span
from store import act_log, circles, people
from store.claim import LOCK, claim, lock_around
from store.clip_changes import withdraw
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, row, rows
from store.sight import CURATES, OWN, SEES_CLIP
from store.text import clean

MAX_OPEN = 10  # "I am in this" of one person, before they are asked to wait for an answer to some

# Of the takedown t, as %(viewer)s sees it.
_TAKEDOWN = f"""
    t.id, t.public_id, t.recording_id, case when r.deleted_at is null then r.public_id end as recording,
    case when {OWN} or {CURATES} or a.person_id = %(viewer)s then coalesce(nullif(r.title, ''), r.filename)
         else coalesce(k.title, '') end as title,
    t.reason, t.state, t.appearance_id, coalesce(named.name, a.name, '') as about,
    coalesce(raiser.name, '') as raised_by, t.at_ms, t.words, t.raised_at, t.backup_days, t.resolved_at,
    coalesce(solver.name, '') as resolved_by, t.answer, t.cut_starts_ms, t.cut_ends_ms,
    (select json_agg(json_build_array(c.public_id, c.title, c.published_at is not null) order by c.id)
     from takedown_clip b join clip c on c.id = b.clip_id
     where b.takedown_id = t.id and c.deleted_at is null and {SEES_CLIP}) as touched,
    (select json_agg(json_build_array(e.public_id, e.title, s.name) order by e.id) from reel e
     join viewer_space v on v.space_id = e.space_id and v.person_id = %(viewer)s join space s on s.id = e.space_id
     where e.id in (select i.reel_id from reel_clip i join takedown_clip b on b.clip_id = i.clip_id
                    where b.takedown_id = t.id)) as reels"""
_FROM = """
    from takedown t join recording r on r.id = t.recording_id
    left join appearance a on a.id = t.appearance_id left join person named on named.id = a.person_id
    left join person raiser on raiser.id = t.raised_by left join person solver on solver.id = t.resolved_by
    left join clip k on k.id = t.clip_id"""
_THEIRS = "(t.raised_by = %(viewer)s or a.person_id = %(viewer)s)"


def withdraw_all(tx: Tx, recording_id: UUID) -> tuple[Row, ...]:
    """Takes every published clip with a part of it out of publication, and every draft from those it is shared with;
    the published ones, as they were.
    """
    lock_around(tx, [recording_id])
    published = rows(
        tx,
        "select c.id, c.published_at, c.published_by from clip c where c.published_at is not null"
        " and c.deleted_at is null and c.id in (select clip_id from clip_part where recording_id = %s) order by c.id",
        [recording_id],
    )
    for clip in published:
        withdraw(tx, clip["id"])
    for draft in circles.shared_drafts(tx, recording_id):
        circles.end(tx, draft, shown=False)
    return tuple(published)


def take_down(
    tx: Tx,
    recording_id: UUID,
    *,
    reason: Reason,
    now: datetime,
    backup_days: int,
    raised_by: UUID | None = None,
    appearance_id: UUID | None = None,
    clip_id: UUID | None = None,
    at_ms: int | None = None,
    words: str = "",
) -> UUID:
    """Opens a takedown, or finds the open one that says the same. Raises Gone, and Invalid (`bad_words`)."""
    words = checked_words(clean(words).strip())
    lock_around(tx, [recording_id])
    claim(tx, recording_id)
    same = row(
        tx,
        "select id from takedown where recording_id = %s and state = 'open' and reason = %s"
        " and appearance_id is not distinct from %s and (appearance_id is not null or raised_by = %s)",
        [recording_id, reason, appearance_id, raised_by],
    )
    if same is not None:
        return UUID(str(same["id"]))
    takedown_id = uuid7()
    tx.execute(
        "insert into takedown (id, public_id, recording_id, appearance_id, clip_id, reason, raised_by, raised_at,"
        " at_ms, words, backup_days) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(takedown_id, public_id(), recording_id, appearance_id, clip_id, reason, raised_by, now, at_ms, words),
            backup_days,
        ],
    )
    _remember(tx, takedown_id, recording_id, withdraw_all(tx, recording_id))
    return takedown_id


def in_this(tx: Tx, clip: Clip, person_id: UUID, *, clip_ms: int, words: str, now: datetime, backup_days: int) -> UUID:
    """Somebody who sees a clip says that they are in it, at a millisecond of it.

    Raises Invalid (`outside_clip`, `bad_words`), and TooMany while too many of theirs are open.
    """
    part, at_ms = recording_time(clip.parts, clip_ms)
    lock_around(tx, [part.recording_id])
    waiting = row(
        tx,
        "select count(*) as takedowns from takedown"
        " where raised_by = %s and reason = 'in-this' and state = 'open' and recording_id <> %s",
        [person_id, part.recording_id],
    )
    if waiting is not None and waiting["takedowns"] >= MAX_OPEN:
        raise TooMany(
            f"{MAX_OPEN} clips that you said you are in wait for L&D already. Talk to somebody there directly.",
            code="too_many_takedowns",
        )
    return take_down(
        tx,
        part.recording_id,
        reason=Reason.IN_THIS,
        now=now,
        backup_days=backup_days,
        raised_by=person_id,
        clip_id=clip.id,
        at_ms=at_ms,
        words=words,
    )


def leave(tx: Tx, person_id: UUID, by: UUID | None, now: datetime, backup_days: int) -> None:
    """The person has left, and takes consent along: what they speak in is taken down until it is settled.

    A second call changes nothing.
    """
    here = row(tx, f"select public_id from person where id = %s and left_at is null {LOCK}", [person_id])
    if here is None:
        return
    spoken = rows(
        tx,
        "select a.id, a.recording_id from appearance a join recording r on r.id = a.recording_id"
        " where a.person_id = %s and a.part = 'speaker' and a.state in ('asked', 'agreed') and r.deleted_at is null"
        " order by a.recording_id, a.id",
        [person_id],
    )
    people.leave(tx, person_id, now)
    act_log.note(tx, Deed.SAID_LEFT, DeedAbout.PERSON, here["public_id"], by=by, now=now, whose=person_id)
    _take_down_spoken(tx, spoken, by, now, backup_days)


def spoken_by(tx: Tx, person_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many recordings go out of view when somebody leaves; without those of whom it is none."""
    found = rows(
        tx,
        "select a.person_id, count(distinct a.recording_id)::int as number from appearance a"
        " join recording r on r.id = a.recording_id where a.person_id = any(%s) and a.part = 'speaker'"
        " and a.state in ('asked', 'agreed') and r.deleted_at is null group by a.person_id",
        [list(person_ids)],
    )
    return {each["person_id"]: each["number"] for each in found}


def of_those_who_left(tx: Tx, now: datetime, backup_days: int) -> int:
    """Opens a takedown for each recording that arrived after its speaker had left; how many.

    Nothing of it can be published as it is (`consent.arrived`): this is so that somebody decides. For housekeeping:
    what arrives may come from a disk, when nobody is there to ask.
    """
    late = rows(
        tx,
        "select a.id, a.recording_id from appearance a join recording r on r.id = a.recording_id"
        " join person p on p.id = a.person_id"
        " where a.part = 'speaker' and a.state = 'asked' and p.left_at is not null and r.deleted_at is null"
        " and not exists (select from takedown t where t.appearance_id = a.id and t.reason = 'left')"
        " order by a.recording_id, a.id limit 100",
    )
    _take_down_spoken(tx, late, None, now, backup_days)
    return len(late)


def _take_down_spoken(tx: Tx, spoken: Sequence[Row], by: UUID | None, now: datetime, backup_days: int) -> None:
    lock_around(tx, [each["recording_id"] for each in spoken])
    for each in spoken:
        take_down(
            tx,
            each["recording_id"],
            reason=Reason.LEFT,
            now=now,
            backup_days=backup_days,
            raised_by=by,
            appearance_id=each["id"],
        )


def raised(tx: Tx, takedown_id: UUID, viewer_id: UUID) -> Takedown:
    """One that the viewer has just raised. Raises NotFound."""
    found = row(tx, f"select {_TAKEDOWN} {_FROM} where t.id = %(id)s", {"id": takedown_id, "viewer": viewer_id})
    if found is None:
        raise NotFound("There is no such takedown.")
    return _built(found)


def takedown(tx: Tx, public_id: str, viewer_id: UUID) -> Takedown:
    """One that the viewer raised, that is about them, or of a recording in a space they curate: else NotFound."""
    found = None
    if is_public_id(public_id):
        found = row(
            tx,
            f"select {_TAKEDOWN} {_FROM} where t.public_id = %(id)s and ({CURATES} or {_THEIRS})",
            {"id": public_id, "viewer": viewer_id},
        )
    if found is None:
        raise NotFound("There is no such takedown, or it is not yours to see.")
    return _built(found)


def curated_takedowns(
    tx: Tx, viewer_id: UUID, *, resolved: bool = False, cursor: str | None = None, limit: int = 30
) -> Page[Takedown]:
    """Of recordings in spaces that one curates: the open ones, oldest first, or the settled, newest first.

    Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    last = after(cursor, UUID)[0] if cursor else None
    which, order = ("t.state <> 'open'", "desc") if resolved else ("t.state = 'open'", "asc")
    found = rows(
        tx,
        f"select {_TAKEDOWN} {_FROM} where {which} and {CURATES}"
        f" and (%(last)s::uuid is null or t.id {'<' if resolved else '>'} %(last)s)"
        f" order by t.id {order} limit %(limit)s",
        {"viewer": viewer_id, "last": last, "limit": limit + 1},
    )
    return cut_page(found, limit, _built, ["id"])


def own_takedowns(tx: Tx, viewer_id: UUID) -> tuple[Takedown, ...]:
    """Those one raised, or that are about one's consent: the newest first, at most a hundred."""
    found = rows(
        tx,
        f"select {_TAKEDOWN} {_FROM} where {_THEIRS} and t.reason <> 'left' order by t.id desc limit 100",
        {"viewer": viewer_id},
    )
    return tuple(_built(each) for each in found)


def open_takedowns(tx: Tx, viewer_id: UUID) -> int:
    """How many `curated_takedowns` lists on all its pages."""
    found = row(
        tx,
        "select count(*) as takedowns from takedown t join recording r on r.id = t.recording_id"
        f" where t.state = 'open' and {CURATES}",
        {"viewer": viewer_id},
    )
    return int(found["takedowns"]) if found else 0


def of_appearance(tx: Tx, appearance_id: UUID) -> Takedown | None:
    """The newest about somebody's consent, for whoever holds their link: without what a viewer would see."""
    found = row(
        tx,
        f"select {_TAKEDOWN} {_FROM} where t.appearance_id = %(id)s order by t.id desc limit 1",
        {"id": appearance_id, "viewer": UUID(int=0)},
    )
    return None if found is None else _built(found)


def _remember(tx: Tx, takedown_id: UUID, recording_id: UUID, withdrawn: Sequence[Row]) -> None:
    """What it touched: what it withdrew, and what another one that is still open had withdrawn before."""
    with tx.cursor() as cursor:
        cursor.executemany(
            "insert into takedown_clip (takedown_id, clip_id, published_at, published_by) values (%s, %s, %s, %s)",
            [(takedown_id, each["id"], each["published_at"], each["published_by"]) for each in withdrawn],
        )
    tx.execute(
        "insert into takedown_clip (takedown_id, clip_id, published_at, published_by)"
        " select distinct on (b.clip_id) %(new)s::uuid, b.clip_id, b.published_at, b.published_by from takedown_clip b"
        " join takedown t on t.id = b.takedown_id and t.state = 'open'"
        " where t.recording_id = %(recording)s and t.id <> %(new)s order by b.clip_id, b.published_at"
        " on conflict do nothing",
        {"new": takedown_id, "recording": recording_id},
    )


def _built(found: Row) -> Takedown:
    starts, ends = found.pop("cut_starts_ms"), found.pop("cut_ends_ms")
    return Takedown(
        **{
            **found,
            "reason": Reason(found["reason"]),
            "state": TakedownState(found["state"]),
            "touched": tuple(Touched(*each) for each in found["touched"] or ()),
            "reels": tuple(TouchedReel(*each) for each in found["reels"] or ()),
        },
        cut=tuple(Span(start, end) for start, end in zip(starts, ends, strict=True)),
    )
