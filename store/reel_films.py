# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Films of reels: what one is to be made of, how it comes, and whether it may be given out.

A film knows its clips as they were filmed: of which recording, from where to where. It is given out only while every
clip of it may be shown and shows just that, which is asked each time and nowhere remembered: so what takes a clip
out of view, or seconds out of a clip, need not know of reels. Of what a film is to be made is one digest, asked in the
same way (`WANTED`); where it differs from what a film was made of, another is due.

A film's row is written before its objects are, and they are named by its id: no kill leaves an object without a row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.clip import Clip
from domain.cover import NEAR_MS
from domain.ids import public_id, uuid7
from domain.reel import STILL_RENDERING, Shape
from store import keys
from store.claim import LOCK
from store.clip_rows import CLIP, SPEAKER, clip_from
from store.mended import COVERED
from store.postgres import Tx, row, rows
from store.text import clean

REEL = "reel"  # the job that makes a reel's film
REELS = "reels"  # what a clip makes due: of each reel that it is in, REEL
MAX_TRIES = 6  # of the same film; kills count too
FAILED = "This reel could not be made. Nothing is lost; try again, or tell whoever runs this server."

_STAYS = timedelta(minutes=10)  # so long a film that another has replaced can still be played to its end
_LONGEST = timedelta(days=1)  # no worker is at a film any more that was begun before that
_MAX_EXPIRED = 100  # a round
_NOBODY = UUID(int=0)

# Whether the clip c may be in a film of the reel r: for everybody who sees the reel, and to take along.
USABLE = """(c.published_at is not null and c.deleted_at is null and exists (
    select from space s join space h on h.id = r.space_id
    where s.id = c.space_id and s.downloads and h.downloads and (s.everyone or s.id = h.id)))"""
# What the clip c shows: its parts, and behind each the covers that hide something of it.
PARTS = f"""(select jsonb_agg(jsonb_build_array(p.recording_id, p.start_ms, p.end_ms) || coalesce((
        select jsonb_agg(k.public_id order by k.id) from cover k where k.recording_id = p.recording_id
        and k.removed_at is null and k.start_ms - {NEAR_MS} < p.end_ms and p.start_ms < k.end_ms + {NEAR_MS}), '[]')
    order by p.position) from clip_part p where p.clip_id = c.id)"""
# What was corrected in it, which stands over the picture; nothing is added where nothing was.
_CORRECTED = f"""coalesce((
    select jsonb_agg(jsonb_build_array(m.id, m.outcome_words) order by m.id)
    from clip_part p join comment m on {COVERED}
    where p.clip_id = c.id and m.outcome = 'accepted' and not m.draft), '[]')"""
# All that can be seen and heard of it in a film: its parts, its card, and of which file and which words they are.
_SHOWS = f"""jsonb_build_array(c.id, {PARTS}, c.title, {SPEAKER}, (
    select jsonb_agg(jsonb_build_array(q.upload_id, case when r.captions then (
        select concat_ws(' ', t.id, (select max(h.version) from transcript_change h where h.recording_id = q.id))
        from transcript t where t.recording_id = q.id order by t.version desc limit 1) end) order by p.position)
    from clip_part p join recording q on q.id = p.recording_id where p.clip_id = c.id)) || {_CORRECTED}"""
# Of what the film of the reel r is to be made; null when none of its clips may be shown.
WANTED = f"""(select md5(concat(r.version, ' ', jsonb_agg({_SHOWS} order by k.position))) from reel_clip k
    join clip c on c.id = k.clip_id where k.reel_id = r.id and {USABLE} having count(*) > 0)"""
# The film that a reel r has, and whether it shows nothing but what may be shown.
HAS = "f.reel_id = r.id and f.made_at is not null and f.gone_at is null"
GOOD = f"""not exists (select from reel_shown w join clip c on c.id = w.clip_id
    where w.film_id = f.id and not ({USABLE} and coalesce({PARTS} = w.parts, false)))"""
_TROUBLED = f"(r.error_code is not null and r.error_code <> '{STILL_RENDERING}')"


@dataclass(frozen=True)
class Making:
    """A film that is to be made, by whoever holds the reel's lock. `clips` as they are filmed, in their order."""

    film_id: UUID
    reel_id: UUID
    made_of: str
    tries: int  # this one included
    title: str
    shape: Shape
    captions: bool
    clips: tuple[Clip, ...]


@dataclass(frozen=True)
class Given:
    """A film that may be given out."""

    id: UUID
    public_id: str
    byte_size: int


def due(tx: Tx, clip_id: UUID | None = None) -> tuple[UUID, ...]:
    """Reels whose film is not what it is to be, and could be: of all, or of those that a clip is in."""
    reels = None if clip_id is None else _with(tx, clip_id)
    if reels is not None and not reels:  # asked with every change of a clip, and most are in no reel
        return ()
    found = rows(
        tx,
        f"select id from (select r.id, r.tried, {_TROUBLED} as troubled, {WANTED} as wanted, f.made_of"
        f"   from reel r left join reel_film f on {HAS} where %(reels)s::uuid[] is null or r.id = any(%(reels)s)) r"
        " where wanted is distinct from made_of and not (troubled and tried is not distinct from wanted) order by id",
        {"reels": reels},
    )
    return tuple(each["id"] for each in found)


def begin(tx: Tx, reel_id: UUID, now: datetime) -> Making | None:
    """What is to be made; None when nothing is, or when it was tried too often.

    For whoever holds the reel's lock: what another promised and did not keep is given up.
    """
    if row(tx, f"select id from reel where id = %s {LOCK}", [reel_id]) is None:
        return None
    tx.execute("update reel_film set gone_at = %s where reel_id = %s and made_at is null", [now, reel_id])
    # One statement, one moment: what is filmed is what the digest says.
    found = rows(
        tx,
        f"select {WANTED} as wanted, f.made_of, r.tried, r.tries, r.title as reel_title, r.shape, r.captions, listed.*"
        f" from reel r left join reel_film f on {HAS} left join lateral (select k.position, {CLIP} from reel_clip k"
        f"   join clip c on c.id = k.clip_id where k.reel_id = r.id and {USABLE}) listed on true"
        " where r.id = %(reel)s order by listed.position",
        {"reel": reel_id, "viewer": _NOBODY},
    )
    reel = found[0]
    if reel["wanted"] in {None, reel["made_of"]}:
        if reel["wanted"] is None:
            _let_go(tx, reel_id, now)
        _rest(tx, reel_id)
        return None
    tries = reel["tries"] + 1 if reel["tried"] == reel["wanted"] else 1
    if tries > MAX_TRIES:  # it ended its worker each time
        tx.execute(
            "update reel set progress = null, began_at = null, error_code = coalesce(error_code, 'reel_failed'),"
            " error_message = coalesce(error_message, %s) where id = %s",
            [FAILED, reel_id],
        )
        return None
    tx.execute(
        "update reel set tried = %s, tries = %s, progress = 0, began_at = %s, error_code = null, error_message = null"
        " where id = %s",
        [reel["wanted"], tries, now, reel_id],
    )
    return Making(
        film_id=uuid7(),
        reel_id=reel_id,
        made_of=reel["wanted"],
        tries=tries,
        title=reel["reel_title"],
        shape=Shape(reel["shape"]),
        captions=reel["captions"],
        clips=tuple(clip_from(each) for each in found),
    )


def progress(tx: Tx, making: Making, fraction: float) -> bool:
    """Notes how far it is, 0 to 1; whether it still is what is wanted."""
    tx.execute("update reel set progress = %s where id = %s", [min(1.0, max(0.0, fraction)), making.reel_id])
    return _still_wanted(tx, making)


def promise(tx: Tx, making: Making, now: datetime) -> None:
    """Comes before its objects are put."""
    tx.execute(
        "insert into reel_film (id, public_id, reel_id, made_of, begun_at)"
        " select %s, %s, (select id from reel where id = %s), %s, %s",
        [making.film_id, public_id(), making.reel_id, making.made_of, now],
    )
    _write_shown(tx, making)


def done(tx: Tx, making: Making, *, byte_size: int, length_ms: int, now: datetime) -> bool:
    """Its objects are there: it takes the place of the one before. False when it is not what is wanted any more."""
    held = row(tx, f"select id from reel where id = %s {LOCK}", [making.reel_id])
    if held is None or not _still_wanted(tx, making):
        give_up(tx, making, now)
        return False
    _let_go(tx, making.reel_id, now)
    tx.execute(
        "update reel_film set made_at = %s, byte_size = %s, length_ms = %s where id = %s",
        [now, byte_size, length_ms, making.film_id],
    )
    _rest(tx, making.reel_id)
    return True


def give_up(tx: Tx, making: Making, now: datetime, code: str | None = None, message: str | None = None) -> None:
    """This film will not come; objects of it, if there are any, go. With a code the reel says why, and what to do."""
    tx.execute("update reel_film set gone_at = %s where id = %s", [now, making.film_id])
    tx.execute(
        "update reel set progress = null, began_at = null, error_code = %s, error_message = %s where id = %s",
        [code, None if message is None else clean(message), making.reel_id],
    )


def uncount(tx: Tx, making: Making) -> None:
    """It was no fault of the film that this try came to nothing."""
    tx.execute("update reel set tries = tries - 1 where id = %s and tries > 0", [making.reel_id])


def given(tx: Tx, reel_id: UUID, film: str | None = None) -> Given | None:
    """The newest film of a reel, or the one of this public id, as far as it may be given out: asked each time.

    For whoever has been let in to the reel.
    """
    which = "f.gone_at is null" if film is None else "f.public_id = %(film)s"
    found = row(
        tx,
        "select f.id, f.public_id, f.byte_size from reel r join reel_film f on f.reel_id = r.id"
        f" where r.id = %(reel)s and f.made_at is not null and {which} and {GOOD}",
        {"reel": reel_id, "film": film},
    )
    return None if found is None else Given(**found)


def forget(tx: Tx, recording_id: UUID, now: datetime) -> tuple[str, ...]:
    """The recording is being deleted: the keys of the films that show something of it, to go with it at once."""
    found = rows(
        tx,
        "update reel_film f set gone_at = coalesce(f.gone_at, %s) from reel_shown w"
        " where w.film_id = f.id and w.parts @> %s and f.made_at is not null returning f.id",
        [now, Jsonb([[str(recording_id)]])],
    )
    films = {each["id"] for each in found}
    return tuple(key for film_id in sorted(films) for key in (keys.film(film_id), keys.cover(film_id)))


def expired(tx: Tx, now: datetime) -> tuple[str, ...]:
    """Forgets films that were replaced or given up; the keys of their objects, to be deleted before this transaction
    ends. One that was not finished is looked after for a day: its worker may be putting its objects yet.
    """
    found = rows(
        tx,
        "delete from reel_film where id in (select id from reel_film"
        " where (reel_id is null and made_at is not null) or (made_at is not null and gone_at < %(replaced)s)"
        "   or ((gone_at is not null or reel_id is null) and begun_at < %(begun)s)"
        " limit %(most)s for update skip locked) returning id",
        {"replaced": now - _STAYS, "begun": now - _LONGEST, "most": _MAX_EXPIRED},
    )
    return tuple(key for each in found for key in (keys.film(each["id"]), keys.cover(each["id"])))


def _with(tx: Tx, clip_id: UUID) -> list[UUID]:
    """The reels that have a clip, or show it."""
    found = rows(
        tx,
        "select reel_id from reel_clip where clip_id = %(clip)s union"
        " select f.reel_id from reel_shown w join reel_film f on f.id = w.film_id"
        " where w.clip_id = %(clip)s and f.reel_id is not null",
        {"clip": clip_id},
    )
    return [each["reel_id"] for each in found]


def _write_shown(tx: Tx, making: Making) -> None:
    # As it is now, and not as it was filmed: where that differs, the film is not what is wanted, and is never made.
    with tx.cursor() as cursor:
        cursor.executemany(
            f"insert into reel_shown (film_id, position, clip_id, parts) select %s, %s, c.id, coalesce({PARTS}, '[]')"
            " from clip c where c.id = %s",
            [(making.film_id, position, clip.id) for position, clip in enumerate(making.clips)],
        )


def _still_wanted(tx: Tx, making: Making) -> bool:
    found = row(tx, f"select {WANTED} as wanted from reel r where r.id = %s", [making.reel_id])
    return found is not None and found["wanted"] == making.made_of


def _let_go(tx: Tx, reel_id: UUID, now: datetime) -> None:
    """The film that the reel has is its film no longer."""
    tx.execute(
        "update reel_film set gone_at = %s where reel_id = %s and made_at is not null and gone_at is null",
        [now, reel_id],
    )


def _rest(tx: Tx, reel_id: UUID) -> None:
    """Nothing is to be made, and nothing is wrong."""
    tx.execute(
        "update reel set tries = 0, progress = null, began_at = null, error_code = null, error_message = null"
        " where id = %s",
        [reel_id],
    )
