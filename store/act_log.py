# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Who did what to whose words, clips and rights: written in the transaction of the act, and never changed.

The database refuses to change or delete a line (the trigger `act_log_stays`), but for those that are older than the
house keeps them. Of what was said without a name nobody's name is noted.
"""

from datetime import datetime, timedelta
from uuid import UUID

from domain.deed import MAX_WORDS, Deed, DeedAbout, Entry
from domain.ids import uuid7
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, row, rows
from store.text import one_line

# The line `l` is for %(viewer)s: admins read all, curators those of the spaces that they curate.
_FOR_VIEWER = """(exists (select from person where id = %(viewer)s and role = 'admin' and left_at is null)
    or l.space_id = any(array(select v.space_id from viewer_space v where v.person_id = %(viewer)s and v.curates)))"""


def note(
    tx: Tx,
    deed: Deed,
    about: DeedAbout,
    about_id: str,
    *,
    by: UUID | None,
    now: datetime,
    whose: UUID | None = None,
    space_id: UUID | None = None,
    words: str = "",
) -> None:
    """`about_id` is public; `by` None: the house."""
    tx.execute(
        "insert into act_log (id, at, by_id, act, about, about_id, whose_id, space_id, words)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [uuid7(), now, by, deed.value, about.value, about_id, whose, space_id, one_line(words)[:MAX_WORDS]],
    )


def note_clip(tx: Tx, deed: Deed, clip_id: UUID, *, by: UUID, now: datetime, words: str = "") -> None:
    """A clip is whose who speaks in it first."""
    found = row(
        tx,
        "select c.public_id, c.space_id, (select r.speaker_id from clip_part p join recording r on r.id ="
        " p.recording_id where p.clip_id = c.id order by p.position limit 1) as whose from clip c where c.id = %s",
        [clip_id],
    )
    assert found is not None
    about = found["public_id"]
    note(tx, deed, DeedAbout.CLIP, about, by=by, now=now, whose=found["whose"], space_id=found["space_id"], words=words)


def note_recording(tx: Tx, deed: Deed, recording_id: UUID, *, by: UUID, now: datetime, words: str = "") -> None:
    """A recording is whose who speaks in it."""
    found = row(tx, "select public_id, space_id, speaker_id as whose from recording where id = %s", [recording_id])
    assert found is not None
    about = found["public_id"]
    note(
        tx,
        deed,
        DeedAbout.RECORDING,
        about,
        by=by,
        now=now,
        whose=found["whose"],
        space_id=found["space_id"],
        words=words,
    )


def page(
    tx: Tx,
    viewer_id: UUID,
    *,
    person: str | None = None,
    deed: Deed | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Entry]:
    """What the viewer may read of it, the newest first; of one person (public id), by or to them; of one kind.

    Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    found = rows(
        tx,
        "select l.id, l.at, b.name as by, b.public_id as by_id, l.act as deed, l.about, l.about_id, w.name as whose,"
        " w.public_id as whose_id, case when s.everyone then 'All colleagues' else s.name end as space, l.words"
        " from act_log l left join person b on b.id = l.by_id left join person w on w.id = l.whose_id"
        f" left join space s on s.id = l.space_id where {_FOR_VIEWER}"
        " and (%(person)s::text is null or l.by_id = any(array(select id from person where public_id = %(person)s))"
        "   or l.whose_id = any(array(select id from person where public_id = %(person)s)))"
        " and (%(deed)s::text is null or l.act = %(deed)s)"
        " and (%(last)s::uuid is null or l.id < %(last)s) order by l.id desc limit %(limit)s",
        {
            "viewer": viewer_id,
            "person": person,
            "deed": deed.value if deed else None,
            "last": after(cursor, UUID)[0] if cursor else None,
            "limit": limit + 1,
        },
    )
    return cut_page(found, limit, _built, ["id"])


def done(tx: Tx, deed: Deed, about_id: str, by: UUID) -> bool:
    """Whether somebody has done this already."""
    query = "select from act_log where about_id = %s and act = %s and by_id = %s limit 1"
    return row(tx, query, [about_id, deed.value, by]) is not None


def sweep(tx: Tx, now: datetime, days: int) -> int:
    """Removes what is older than so many days, none of them where that is 0; how many."""
    if not days:
        return 0
    before = now - timedelta(days=days)
    tx.execute("select set_config('passiton.forget_acts_before', %s, true)", [before.isoformat()])
    return tx.execute("delete from act_log where at < %s", [before]).rowcount


def _built(found: Row) -> Entry:
    return Entry(
        **{key: value for key, value in found.items() if key != "id"}
        | {"deed": Deed(found["deed"]), "about": DeedAbout(found["about"])}
    )
