# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Covers: made and taken away, and what of the fragments that they touch is still to be made anew.

From the transaction on in which one is made nothing that it touches is given to anybody: every address of the
recording's media stops working, and new ones show what was made anew, or nothing (store/covered.py). What is read of
the recording follows in the same transaction, captions, search and the words of clips. The fragments themselves stay
as they are, for nobody to see: a cover that is taken away gives them back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from domain.cover import Cover, Hidden, checked, touches
from domain.errors import Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.media import Encoder, Kind, Rendition
from store import covered, edges, media, pieces, sweeps, transcripts
from store.claim import LOCK, claim, lock_around
from store.clip_history import kept
from store.paging import MAX_LIMIT, Page, after, cut_page, limited
from store.pieces import Place
from store.postgres import Row, Tx, make_due, row, rows
from store.reel_films import REELS
from store.renderings import EDGES
from store.sight import CURATES, OWN

_MOST_AT_ONCE = 40  # fragments, of at most four seconds: what is decoded at once is in memory
_COVER = """
    select k.id, k.public_id, k.recording_id, r.public_id as recording, k.start_ms, k.end_ms, k.box,
        maker.name as made_by, k.made_by as made_by_id, k.made_at,
        coalesce(remover.name, '') as removed_by, k.removed_at
    from cover k join recording r on r.id = k.recording_id
    join person maker on maker.id = k.made_by left join person remover on remover.id = k.removed_by"""

_FILMED = "(probe is null or (probe->>'video_codec') is not null)"
_OF_EDGE = "v.start, v.ticks from edge v join rendition n on n.id = v.rendition_id"
_OF_FRAGMENT = """
    f.starts[v.number - f.first + 1] as start, f.ticks[v.number - f.first + 1] as ticks
    from covered_fragment v join rendition n on n.id = v.rendition_id join fragment_run f
    on f.rendition_id = n.id and v.number >= f.first and v.number < f.first + cardinality(f.sizes)"""


@dataclass(frozen=True)
class Source:
    """A rendition, and where its fragments lie as they were, by number."""

    id: UUID
    rendition: Rendition
    init: bytes
    places: Mapping[int, Place]


@dataclass(frozen=True)
class Lacking:
    """Fragments that are to be made anew: of the sound, or of the stills, some that follow each other; or of all
    pictures one. The sources have those beside them, too.
    """

    recording_id: UUID
    rendering_id: UUID
    fps: Fraction
    sources: tuple[Source, ...]
    kind: Kind
    wanted: tuple[int, ...]
    hidden: tuple[Hidden, ...]  # all that is


@dataclass(frozen=True)
class Made:
    """A fragment, in the object store."""

    rendition_id: UUID
    number: int
    object_key: str
    size: int
    init: bytes | None


def make(tx: Tx, recording_id: UUID, hides: Hidden, *, by: UUID, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Hides something of a recording from now on: the cover's public id. The same once more finds the one that stands.

    Also the keys of objects that are nobody's any more, to be deleted when this transaction has ended. Raises Invalid
    (`mute_too_long`, `cover_too_long`, `span_after_end`, `no_picture`), NotFound, Gone.
    """
    checked(hides)
    lock_around(tx, [recording_id])
    claim(tx, recording_id)
    heard = media.listening(tx, recording_id)
    if heard is not None and hides.span.start_ms >= heard.plan.duration_ms:
        raise Invalid("The recording has ended by then. Choose seconds that are in it.", code="span_after_end")
    if hides.box and row(tx, f"select id from recording where id = %s and {_FILMED}", [recording_id]) is None:
        raise Invalid("This recording is sound alone. Mute what is not to be heard.", code="no_picture")
    box = hides.box and [hides.box.left, hides.box.top, hides.box.right, hides.box.bottom]
    which = [recording_id, hides.span.start_ms, hides.span.end_ms, box]
    same = row(
        tx,
        "select public_id from cover where recording_id = %s and start_ms = %s and end_ms = %s"
        " and box is not distinct from %s::int[] and removed_at is null",
        which,
    )
    if same is not None:
        return str(same["public_id"]), ()
    name = public_id()
    tx.execute(
        "insert into cover (recording_id, start_ms, end_ms, box, id, public_id, made_by, made_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [*which, uuid7(), name, by, now],
    )
    return name, _follow(tx, recording_id, hides, "covered" if hides.box else "muted", by, now)


def remove(tx: Tx, cover_id: UUID, *, by: UUID, now: datetime) -> tuple[str, ...]:
    """What it hid is heard, or seen, again. The keys of objects as above; a second call changes nothing.

    Raises NotFound, Gone.
    """
    of = row(tx, "select recording_id, start_ms, end_ms, box from cover where id = %s", [cover_id])
    if of is None:
        raise _nothing()
    lock_around(tx, [of["recording_id"]])
    claim(tx, of["recording_id"])
    query = "update cover set removed_by = %s, removed_at = %s where id = %s and removed_at is null"
    if not tx.execute(query, [by, now, cover_id]).rowcount:
        return ()
    [hides] = covered.read([(of["start_ms"], of["end_ms"], of["box"])])
    return _follow(tx, of["recording_id"], hides, "seen again" if hides.box else "heard again", by, now)


def page(tx: Tx, recording_id: UUID, *, cursor: str | None = None, limit: int = MAX_LIMIT) -> Page[Cover]:
    """All of a recording, also those that were taken away, the newest first. Whoever asks owns or curates it. Raises
    Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    found = rows(
        tx,
        f"{_COVER} where k.recording_id = %(recording)s and (%(last)s::uuid is null or k.id < %(last)s)"
        " order by k.id desc limit %(limit)s",
        {"recording": recording_id, "last": after(cursor, UUID)[0] if cursor else None, "limit": limit + 1},
    )
    waiting = _waiting(tx, recording_id)
    return cut_page(found, limit, lambda each: _built(each, waiting), ["id"])


def cover(tx: Tx, public_id: str, viewer_id: UUID) -> Cover:
    """One of a recording that the viewer owns or curates: else NotFound."""
    found = None
    if is_public_id(public_id):
        found = row(
            tx,
            f"{_COVER} where k.public_id = %(id)s and r.deleted_at is null and ({OWN} or {CURATES})",
            {"id": public_id, "viewer": viewer_id},
        )
    if found is None:
        raise _nothing()
    return _built(found, _waiting(tx, found["recording_id"]))


def lacking(tx: Tx, recording_id: UUID) -> Lacking | None:
    """The first fragments that are to be made anew, of whichever rendering is played, or is to be. None when there is
    nothing to make.
    """
    hidden = covered.standing(tx, recording_id)
    heard = (media.listening(tx, recording_id) or media.listening(tx, recording_id, head=True)) if hidden else None
    if heard is None:
        return None
    for each in rows(
        tx,
        "select id from rendering where recording_id = %s and state <> 'superseded' order by state <> 'complete', id",
        [recording_id],
    ):
        for kind in (Kind.AUDIO, Kind.VIDEO, Kind.STILLS):
            sources, touched = _sources(tx, each["id"], kind, hidden)
            # Of one that grows, a fragment that every picture has.
            numbers = sorted(n for n in touched if all(n in source.places for source in sources))
            wanted = _beside_each_other(numbers, 1 if kind is Kind.VIDEO else _MOST_AT_ONCE)
            if wanted:
                near = range(wanted[0] - 1, wanted[-1] + 2)
                sources = [
                    replace(source, places={n: place for n, place in source.places.items() if n in near})
                    for source in sources
                ]
                return Lacking(recording_id, each["id"], heard.plan.fps, tuple(sources), kind, wanted, hidden)
    return None


def add(tx: Tx, of: Lacking, made: Collection[Made], now: datetime) -> tuple[str, ...]:
    """Lists fragments that were made anew. The keys that are not listed: another run was quicker, or something else is
    hidden by now. Raises Gone when the recording was deleted.
    """
    claim(tx, of.recording_id)
    keys = {each.object_key for each in made}
    there = row(tx, "select id from rendering where id = %s and state <> 'superseded'", [of.rendering_id])
    if there is None or covered.standing(tx, of.recording_id) != of.hidden:
        return tuple(keys)
    with tx.cursor() as cursor:
        cursor.executemany(
            "insert into covered_fragment (rendition_id, number, object_key, size, init, made_at)"
            " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
            [[each.rendition_id, each.number, each.object_key, each.size, each.init, now] for each in made],
        )
    listed = rows(tx, "select object_key from covered_fragment where object_key = any(%s)", [list(keys)])
    return tuple(keys - {each["object_key"] for each in listed})


def _sources(tx: Tx, rendering_id: UUID, kind: Kind, hidden: Sequence[Hidden]) -> tuple[list[Source], frozenset[int]]:
    """The renditions of a kind, and the numbers of fragments that one of them lacks."""
    everything = range(2**31 - 1)
    sources, lacking = [], set()
    for each in rows(
        tx,
        "select id, name, kind, width, height, crf, max_kbit, encoder, coalesce(init, '') as init from rendition"
        " where rendering_id = %s and kind = %s order by position",
        [rendering_id, kind],
    ):
        runs = pieces.runs(tx, each["id"], everything)
        anew = covered.made_anew(tx, each["id"], everything)
        lacking |= {n for run, _ in runs for n in covered.touched(kind, run, hidden) if n not in anew}
        places = {n: Place(key, *run.byte_range(n)) for run, key in runs for n in range(run.first, run.end)}
        size, rate = (each["width"], each["height"]), (each["crf"], each["max_kbit"])
        rendition = Rendition(each["name"], kind, *size, *rate, Encoder(each["encoder"]))
        sources.append(Source(each["id"], rendition, bytes(each["init"]), places))
    return sources, frozenset(lacking)


def _follow(tx: Tx, recording_id: UUID, hides: Hidden, act: str, by: UUID, now: datetime) -> tuple[str, ...]:
    """Everything that shows or says what is hidden, or is not any more. The keys of objects that are nobody's now."""
    gone = (*_forget(tx, recording_id, hides, "covered_fragment"), *_forget(tx, recording_id, hides, "edge"))
    sweeps.remember(tx, gone, now)
    media.rotate_media_key(tx, recording_id)
    span = hides.span
    if hides.box is None:
        transcripts.retell_all(tx, recording_id, span)
    for each in rows(
        tx,
        "select c.id from clip c where c.deleted_at is null and c.id in (select clip_id from clip_part"
        f"  where recording_id = %s and start_ms < %s and %s < end_ms) order by c.id {LOCK}",
        [recording_id, span.end_ms, span.start_ms],
    ):
        with kept(tx, each["id"], act, by, now, always=True):
            make_due(tx, REELS, each["id"])
        tx.execute(
            "update clip set changed_at = %s, changed_by = %s where id = %s and published_at is not null",
            [now, by, each["id"]],
        )
    make_due(tx, EDGES, recording_id)
    edges.tell(tx, recording_id)
    return gone


def _forget(tx: Tx, recording_id: UUID, hides: Hidden, table: str) -> tuple[str, ...]:
    """What was made while it was otherwise: edges, or fragments. The keys of its objects."""
    place = _OF_EDGE if table == "edge" else _OF_FRAGMENT
    found = rows(
        tx,
        f"select v.ctid::text as row, v.object_key, n.kind, {place} join rendering g on g.id = n.rendering_id"
        " where g.recording_id = %s",
        [recording_id],
    )
    gone = {
        each["row"]: each["object_key"]
        for each in found
        if touches([hides], Kind(each["kind"]), each["start"], each["ticks"])
    }
    tx.execute(f"delete from {table} where ctid = any(%s::tid[])", [list(gone)])
    return tuple(gone.values())


def _waiting(tx: Tx, recording_id: UUID) -> tuple[tuple[Kind, int, int], ...]:
    """The fragments that nobody is given just now: kind, start and ticks."""
    made = media.playable(tx, recording_id)
    return tuple(
        (state.rendition.kind, each.start, each.ticks)
        for state in (made.rendering.renditions if made and made.withheld else ())
        for each in state.fragments
        if made and each.number in made.withheld and state.rendition.kind is not Kind.STILLS
    )


def _built(found: Row, waiting: Iterable[tuple[Kind, int, int]]) -> Cover:
    [hides] = covered.read([(found.pop("start_ms"), found.pop("end_ms"), found.pop("box"))])
    stands = found["removed_at"] is None
    ready = not (stands and any(touches([hides], *each) for each in waiting))
    return Cover(**found, hides=hides, ready=ready)


def _beside_each_other(numbers: Sequence[int], most: int) -> tuple[int, ...]:
    """The first of these, and those that follow it without a gap."""
    return tuple(number for at, number in enumerate(numbers[:most]) if number == numbers[0] + at)


def _nothing() -> NotFound:
    return NotFound("There is no such cover, or it is not yours to see.")
