# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Reels: clips in an order, to be shown in one film. How the film comes, and when it may be given out:
store/reel_films.py.

Whoever sees a reel's space sees the reel. Its clips are of that space or of everybody's, so that nobody is shown by
it what they may not see.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from domain.clip import Clip
from domain.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from domain.ids import is_public_id, public_id, uuid7
from domain.reel import (
    MAX_WAITING,
    LeftOut,
    Reel,
    ReelClip,
    ReelFilm,
    ReelState,
    Shape,
    TouchedReel,
    checked_clips,
    checked_reel_title,
    state_of,
)
from store.claim import LOCK
from store.clip_rows import CLIP, clip_from
from store.mended import COVERED
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, make_due, row, rows
from store.reel_films import GOOD, HAS, REEL, USABLE, WANTED
from store.search import MATCHING, query_of
from store.sight import CURATES_CLIP, SEES_CLIP
from store.text import one_line

_SEES_REEL = "exists (select from viewer_space v where v.person_id = %(viewer)s and v.space_id = r.space_id)"
_LENGTH = "coalesce((select sum(p.end_ms - p.start_ms) from clip_part p where p.clip_id = c.id), 0)::int"
# Why the clip c is not in the film of the reel r.
_LEFT_OUT = f"""case when {USABLE} then null
    when c.deleted_at is not null and c.asked_parts is not null then 'recalled'
    when c.deleted_at is not null then 'deleted'
    when c.published_at is null then 'withdrawn' else 'kept-here' end"""
# What has been made out of view is named for those who look after it, and for nobody else.
_NAMED = f"(case when c.deleted_at is null then {SEES_CLIP} else {CURATES_CLIP} end)"
_REEL = f"""
    r.id, r.public_id, r.space_id, m.name as made_by, r.title, r.shape, r.captions, r.version, r.created_at,
    r.tried, coalesce(r.progress, 0) as progress, r.progress is not null as begun, r.began_at,
    r.error_code, r.error_message, {WANTED} as wanted,
    f.id as film_id, f.public_id as film, f.made_of, f.byte_size, f.length_ms, f.made_at, {GOOD} as good,
    (select json_agg(json_build_array(case when {_NAMED} then c.public_id else '' end,
        case when {_NAMED} then c.title else '' end, {_LENGTH}, {_LEFT_OUT}) order by k.position)
     from reel_clip k join clip c on c.id = k.clip_id where k.reel_id = r.id) as clips"""
_FROM = f"from reel r join person m on m.id = r.made_by left join reel_film f on {HAS}"


def make(
    tx: Tx,
    *,
    space_id: UUID,
    by: UUID,
    title: str,
    shape: Shape,
    captions: bool,
    clips: Sequence[str],
    now: datetime,
    once: str = "",
) -> str:
    """A reel of these clips (public ids), whose film is due; its public id.

    `once`: a public id that a form had by chance. It becomes the reel's, so that the same form makes one reel.

    Raises Invalid (`bad_title`, `bad_clips`, `reel_too_long`, `clip_of_other_space`), NotFound, Conflict
    (`not_published`), Forbidden (`downloads_off`), TooMany (`too_many_reels`).
    """
    title = checked_reel_title(one_line(title))
    name = once if is_public_id(once) else public_id()
    if row(tx, "select from reel where public_id = %s and made_by = %s", [name, by]) is not None:
        return name
    demand_downloads(tx, space_id)
    _demand_patience(tx, by)
    reel_id = uuid7()
    made = tx.execute(
        "insert into reel (id, public_id, space_id, made_by, title, shape, captions, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (public_id) do nothing",
        [reel_id, name, space_id, by, title, shape, captions, now],
    )
    if not made.rowcount:
        raise Conflict("This reel was made already. It is in the list of reels.", code="reel_made")
    _choose(tx, reel_id, clips, by)
    make_due(tx, REEL, reel_id)
    return name


def change(
    tx: Tx,
    reel_id: UUID,
    *,
    version: int,
    by: UUID,
    title: str | None = None,
    shape: Shape | None = None,
    captions: bool | None = None,
    clips: Sequence[str] | None = None,
) -> None:
    """What is None stays. Its film can be watched until there is another.

    Raises Conflict (`stale_version`) when somebody changed it since `version`, NotFound, and otherwise as `make`; of
    clips that it has already nothing is demanded.
    """
    title = None if title is None else checked_reel_title(one_line(title))
    found = row(tx, f"select version from reel where id = %s {LOCK}", [reel_id])
    if found is None:
        raise _nothing()
    if found["version"] != version:
        raise Conflict("Somebody else changed this reel meanwhile. Load it again.", code="stale_version")
    tx.execute(
        "update reel set title = coalesce(%s, title), shape = coalesce(%s, shape), captions = coalesce(%s, captions),"
        " version = version + 1 where id = %s",
        [title, shape, captions, reel_id],
    )
    if clips is not None:
        _choose(tx, reel_id, clips, by)
    make_due(tx, REEL, reel_id)


def delete(tx: Tx, reel_id: UUID) -> None:
    """Its film is given out no more, and goes. A second call changes nothing."""
    tx.execute("delete from reel where id = %s", [reel_id])


def try_again(tx: Tx, reel_id: UUID) -> None:
    """As if it had not been tried. One that is made, or waits, stays as it is."""
    tx.execute(
        "update reel set tried = null, tries = 0, error_code = null, error_message = null"
        " where id = %s and error_code is not null",
        [reel_id],
    )
    make_due(tx, REEL, reel_id)


def reel(tx: Tx, public_id: str, viewer_id: UUID) -> Reel:
    """One of a space that the viewer sees: else NotFound."""
    found = None
    if is_public_id(public_id):
        found = row(
            tx,
            f"select {_REEL} {_FROM} where r.public_id = %(id)s and {_SEES_REEL}",
            {"id": public_id, "viewer": viewer_id},
        )
    if found is None:
        raise _nothing()
    return _built(found)


def said(tx: Tx, clips: Sequence[str], viewer_id: UUID) -> dict[str, str]:
    """What is said in each of these clips (public ids) that the viewer may see."""
    found = rows(
        tx,
        f"select c.public_id, c.text from clip c where c.public_id = any(%(clips)s) and {_NAMED}",
        {"clips": list(clips), "viewer": viewer_id},
    )
    return {each["public_id"]: each["text"] for each in found}


def corrected(tx: Tx, clips: Sequence[str], viewer_id: UUID) -> dict[str, str]:
    """What was corrected in each of these clips (public ids) that the viewer may see; of others nothing."""
    found = rows(
        tx,
        "select c.public_id, string_agg(m.outcome_words, ' ' order by m.id) as words from clip c"
        f" join clip_part p on p.clip_id = c.id join comment m on {COVERED}"
        f" where c.public_id = any(%(clips)s) and m.outcome = 'accepted' and not m.draft and {_NAMED}"
        " group by c.public_id",
        {"clips": list(clips), "viewer": viewer_id},
    )
    return {each["public_id"]: each["words"] for each in found}


def any_shown(tx: Tx, viewer_id: UUID) -> bool:
    """Whether `reels` has something for the viewer."""
    return row(tx, f"select from reel r where {_SEES_REEL} limit 1", {"viewer": viewer_id}) is not None


def reels(
    tx: Tx, viewer_id: UUID, *, space: str | None = None, cursor: str | None = None, limit: int = 30
) -> Page[Reel]:
    """Those of the spaces that the viewer sees, or of one (its public id): the newest first.

    Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    last = after(cursor, UUID)[0] if cursor else None
    found = rows(
        tx,
        f"select {_REEL} {_FROM} where {_SEES_REEL}"
        " and (%(space)s::text is null or r.space_id = (select id from space where public_id = %(space)s))"
        " and (%(last)s::uuid is null or r.id < %(last)s) order by r.id desc limit %(limit)s",
        {"viewer": viewer_id, "space": space, "last": last, "limit": limit + 1},
    )
    return cut_page(found, limit, _built, ["id"])


def choosable(tx: Tx, space_id: UUID, viewer_id: UUID, *, q: str = "", limit: int = 30) -> tuple[Clip, ...]:
    """Clips that a reel of this space can show: the newest first, or the best when words are looked for.

    The viewer sees the space.
    """
    words = query_of(q)
    source, order = ("clip c", "c.published_at desc") if not words else (MATCHING, "ts_rank_cd(c.search, k.query) desc")
    found = rows(
        tx,
        f"select {CLIP} from {source} cross join (select %(space)s::uuid as space_id) r where {USABLE}"
        f" order by {order}, c.id desc limit %(limit)s",
        {"space": space_id, "viewer": viewer_id, "q": words, "limit": limited(limit)},
    )
    return tuple(clip_from(each) for each in found)


def chosen(tx: Tx, clips: Sequence[str], space_id: UUID, viewer_id: UUID) -> tuple[ReelClip, ...]:
    """These clips (public ids) as those of a reel of this space are listed; those one may not see are not."""
    found = rows(
        tx,
        f"select c.public_id, c.title, {_LENGTH} as length_ms, {_LEFT_OUT} as left_out"
        f" from clip c cross join (select %(space)s::uuid as space_id) r"
        f" where c.public_id = any(%(clips)s) and {_NAMED}",
        {"clips": [each for each in clips if is_public_id(each)], "space": space_id, "viewer": viewer_id},
    )
    known = {each["public_id"]: _clip(*each.values()) for each in found}
    return tuple(known[each] for each in dict.fromkeys(clips) if each in known)


def touched(tx: Tx, clip_ids: Iterable[UUID], viewer_id: UUID) -> tuple[tuple[TouchedReel, ...], int]:
    """The reels that have one of these clips: those that the viewer sees, and how many they do not see."""
    found = rows(
        tx,
        f"select r.public_id as reel, r.title, s.name as space, {_SEES_REEL} as seen"
        " from reel r join space s on s.id = r.space_id where r.id in ("
        "   select reel_id from reel_clip where clip_id = any(%(clips)s) union"
        f"   select f.reel_id from reel_shown w join reel_film f on f.id = w.film_id and f.made_at is not null"
        "   and f.gone_at is null where w.clip_id = any(%(clips)s)) order by r.id",
        {"clips": list(clip_ids), "viewer": viewer_id},
    )
    seen = tuple(TouchedReel(each["reel"], each["title"], each["space"]) for each in found if each["seen"])
    return seen, len(found) - len(seen)


def demand_downloads(tx: Tx, space_id: UUID) -> None:
    """Raises Forbidden (`downloads_off`) where a space keeps its clips."""
    if row(tx, "select from space where id = %s and downloads", [space_id]) is None:
        raise _kept_here()


def _choose(tx: Tx, reel_id: UUID, clips: Sequence[str], by: UUID) -> None:
    """These are its clips from now on, in this order."""
    found = {
        each["public_id"]: each
        for each in rows(
            tx,
            f"select c.id, c.public_id, c.published_at, {_LENGTH} as length_ms, {USABLE} as usable,"
            f" c.space_id = r.space_id or exists (select from space e where e.id = c.space_id and e.everyone) as here,"
            f" {SEES_CLIP} and c.deleted_at is null as seen, k.reel_id is not null as chosen"
            " from reel r join clip c on c.public_id = any(%(clips)s)"
            " left join reel_clip k on k.reel_id = r.id and k.clip_id = c.id where r.id = %(reel)s",
            {"clips": [each for each in clips if is_public_id(each)], "reel": reel_id, "viewer": by},
        )
    }
    chosen = [found.get(each) for each in dict.fromkeys(clips)]
    for clip in chosen:
        if clip is None or not (clip["seen"] or clip["chosen"]):
            raise NotFound("One of these clips is not there, or not yours to see. Choose again.", code="no_clip")
        if not clip["chosen"]:
            _demand_usable(clip)
    kept = [clip for clip in chosen if clip is not None]
    checked_clips([clip["length_ms"] if clip["usable"] else None for clip in kept])
    tx.execute("delete from reel_clip where reel_id = %s", [reel_id])
    with tx.cursor() as cursor:
        cursor.executemany(
            "insert into reel_clip (reel_id, position, clip_id) values (%s, %s, %s)",
            [(reel_id, position, clip["id"]) for position, clip in enumerate(kept)],
        )


def _demand_usable(clip: Row) -> None:
    if clip["published_at"] is None:
        raise Conflict("One of these clips is not published. Publish it first.", code="not_published")
    if not clip["here"]:
        raise Invalid("A reel shows clips of its own space, and of everybody's.", code="clip_of_other_space")
    if not clip["usable"]:
        raise _kept_here()


def _demand_patience(tx: Tx, person_id: UUID) -> None:
    waiting = rows(
        tx,
        f"select r.tried, r.progress, r.error_code, {WANTED} as wanted, f.made_of from reel r"
        f" left join reel_film f on {HAS} where r.made_by = %s",
        [person_id],
    )
    states = [
        state_of(
            wanted=each["wanted"],
            made_of=each["made_of"],
            tried=each["tried"],
            trouble=each["error_code"],
            progress=each["progress"],
        )
        for each in waiting
    ]
    if sum(state in {ReelState.WAITING, ReelState.MAKING} for state in states) >= MAX_WAITING:
        raise TooMany(
            f"{MAX_WAITING} of your reels wait to be made. Make the next one when some of them are ready.",
            code="too_many_reels",
        )


def _kept_here() -> Forbidden:
    return Forbidden("Clips of this space stay here. Ask somebody who curates it to allow it.", code="downloads_off")


def _nothing() -> NotFound:
    return NotFound("There is no such reel, or it is not yours to see.")


def _built(found: Row) -> Reel:
    film = None
    if found["film_id"] is not None and found["good"]:
        film = ReelFilm(found["film_id"], found["film"], found["byte_size"], found["length_ms"], found["made_at"])
    return Reel(
        id=found["id"],
        public_id=found["public_id"],
        space_id=found["space_id"],
        made_by=found["made_by"],
        title=found["title"],
        shape=Shape(found["shape"]),
        captions=found["captions"],
        version=found["version"],
        created_at=found["created_at"],
        state=state_of(
            wanted=found["wanted"],
            made_of=found["made_of"],
            tried=found["tried"],
            trouble=found["error_code"],
            progress=found["progress"] if found["begun"] else None,
        ),
        progress=found["progress"],
        began_at=found["began_at"],
        trouble=found["error_message"] or "",
        film=film,
        lost=found["film_id"] is not None and film is None,
        clips=tuple(_clip(*each) for each in found["clips"] or ()),
    )


def _clip(clip: str, title: str, length_ms: int, left_out: str | None) -> ReelClip:
    return ReelClip(clip, title, length_ms, None if left_out is None else LeftOut(left_out))
