# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Recalls: seconds of a recording taken out of every clip that shows them, in one act, and given back in one.

Rows only, in the caller's transaction: each clip keeps what it would show without any recall (`asked_parts`), and
shows what the recalls that stand leave of it. No later part brings the seconds back: store/recalled.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.deed import Deed
from domain.errors import Conflict, Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.media import KeyframePlan
from domain.recall import (
    Became,
    Reach,
    Recall,
    Shown,
    Touched,
    checked_reason,
    in_whole_frames,
    left_of,
)
from domain.span import Span
from store import act_log, media, recalled, reels
from store.claim import LOCK, claim, lock_around
from store.clip_changes import show, withdraw
from store.clip_history import kept
from store.consent import demand_showable
from store.paging import MAX_LIMIT, Page, after, cut_page, limited
from store.postgres import Row, Tx, row, rows
from store.sight import CURATES, OWN, SEES_CLIP, SEES_SPACE
from store.text import one_line

# Whoever owns or curates the recording reads what became of a clip whose space they see, also when nothing is left.
_READS = f"({SEES_CLIP} or (c.asked_parts is not null and {SEES_SPACE}))"
_PARTS = """
    (select json_agg(json_build_array(p.recording_id, p.start_ms, p.end_ms) order by p.position)
     from clip_part p where p.clip_id = c.id) as parts"""
_RECALL = """
    select k.id, k.public_id, k.recording_id, r.public_id as recording, k.start_ms, k.end_ms, k.reason,
        coalesce(maker.name, '') as made_by, k.made_at, coalesce(undoer.name, '') as undone_by, k.undone_at
    from recall k join recording r on r.id = k.recording_id
    left join person maker on maker.id = k.made_by left join person undoer on undoer.id = k.undone_by"""


def make(tx: Tx, recording_id: UUID, span: Span, reason: str, *, by: UUID, now: datetime) -> UUID:
    """Takes a span of a recording out of every clip; the same once more finds the one that stands.

    No media URL given out for the recording works any more at our server. Raises Invalid (`no_reason`,
    `bad_reason`, `span_after_end`), NotFound, Gone. A frame of which a millisecond is recalled is, too.
    """
    reason = checked_reason(one_line(reason))
    lock_around(tx, [recording_id])
    claim(tx, recording_id)
    span = _within(tx, recording_id, span)
    same = row(
        tx,
        "select id from recall where recording_id = %s and start_ms = %s and end_ms = %s and undone_at is null",
        [recording_id, span.start_ms, span.end_ms],
    )
    if same is not None:
        return UUID(str(same["id"]))
    reached = _reached(tx, recording_id, span, lock=True)
    recall_id = uuid7()
    tx.execute(
        "insert into recall (id, public_id, recording_id, start_ms, end_ms, reason, made_by, made_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [recall_id, public_id(), recording_id, span.start_ms, span.end_ms, reason, by, now],
    )
    for each in reached:
        _shorten(tx, recall_id, each, now)
    media.rotate_media_key(tx, recording_id)
    act_log.note_recording(tx, Deed.RECALLED, recording_id, by=by, now=now, words=reason)
    return recall_id


def undo(tx: Tx, recall_id: UUID, *, by: UUID, now: datetime) -> None:
    """Gives the seconds back to the clips that nobody has changed since; a second call changes nothing.

    Those that had nothing left are back, published where they were unless something else keeps them; and those
    that would now show what may not be shown, seconds cut out meanwhile for one, leave publication. Raises
    NotFound, Gone.
    """
    of = row(tx, "select recording_id from recall where id = %s", [recall_id])
    if of is None:
        raise NotFound("There is no such recall.")
    touched = rows(
        tx,
        "select distinct (part->>0)::uuid as recording_id from recall_clip b join clip c on c.id = b.clip_id"
        " cross join jsonb_array_elements(c.asked_parts) part where b.recall_id = %s",
        [recall_id],
    )
    lock_around(tx, [of["recording_id"], *(each["recording_id"] for each in touched)])
    claim(tx, of["recording_id"])
    undone = tx.execute(
        "update recall set undone_by = %s, undone_at = %s where id = %s and undone_at is null", [by, now, recall_id]
    ).rowcount
    if not undone:
        return
    act_log.note_recording(tx, Deed.UNDID_RECALL, of["recording_id"], by=by, now=now)
    for each in rows(
        tx,
        f"select c.id, c.deleted_at, c.published_at, c.version, c.asked_parts as asked, {_PARTS}"
        " from recall_clip b join clip c on c.id = b.clip_id where b.recall_id = %s"
        " and b.changed_at is null and c.asked_parts is not null"
        f" order by c.id {LOCK} of c",
        [recall_id],
    ):
        _give_back(tx, each, now)


def align(tx: Tx, recording_id: UUID, plan: KeyframePlan, now: datetime) -> None:
    """The recording is shown in these frames from now on: recalls that were made before that was known are widened to
    them, and clips that show the rest of such a frame are cut again. A second call changes nothing.
    """
    found = rows(
        tx, "select id, start_ms, end_ms from recall where recording_id = %s and undone_at is null", [recording_id]
    )
    spans = {each["id"]: Span(each["start_ms"], each["end_ms"]) for each in found}
    wider = {id_: wide for id_, span in spans.items() if (wide := in_whole_frames(span, plan)) != span}
    if not wider:
        return
    lock_around(tx, [recording_id])
    cut = False
    for recall_id, span in sorted(wider.items()):
        tx.execute(
            "update recall set start_ms = %s, end_ms = %s where id = %s", [span.start_ms, span.end_ms, recall_id]
        )
        for each in _reached(tx, recording_id, span, lock=True):
            _shorten(tx, recall_id, each, now)
            cut = True
    if cut:
        media.rotate_media_key(tx, recording_id)


def reach(tx: Tx, recording_id: UUID, span: Span, viewer_id: UUID) -> Reach:
    """What a recall of this span would touch. Whoever asks owns or curates the recording. Raises Invalid."""
    span = _within(tx, recording_id, span)
    reached = {each.clip_id: each for each in _reached(tx, recording_id, span)}
    found = rows(
        tx,
        "select c.id, c.public_id, c.title, c.space_id, s.name as space, c.published_at is not null as published,"
        f" {_READS} as seen from clip c join space s on s.id = c.space_id where c.id = any(%(ids)s) order by c.id",
        {"ids": list(reached), "viewer": viewer_id},
    )
    clips = tuple(
        Touched(
            each["public_id"],
            each["title"],
            each["space"],
            each["published"],
            reached[each["id"]].lost_ms,
            Became.SHORTER if reached[each["id"]].after else Became.GONE,
        )
        for each in found
        if each["seen"]
    )
    in_reels, hidden_reels = reels.touched(tx, reached, viewer_id)
    return Reach(
        clips,
        len(found) - len(clips),
        len({each["space_id"] for each in found}),
        _said(tx, recording_id, span),
        in_reels,
        hidden_reels,
    )


def recalls(tx: Tx, recording_id: UUID, viewer_id: UUID) -> tuple[Recall, ...]:
    """All of a recording, the newest first. Whoever asks owns or curates it."""
    return _built(tx, rows(tx, f"{_RECALL} where k.recording_id = %s order by k.id desc", [recording_id]), viewer_id)


def page(
    tx: Tx, recording_id: UUID, viewer_id: UUID, *, cursor: str | None = None, limit: int = MAX_LIMIT
) -> Page[Recall]:
    """The same, a page at a time. Raises Invalid (`bad_cursor`)."""
    limit = limited(limit)
    found = rows(
        tx,
        f"{_RECALL} where k.recording_id = %(recording)s and (%(last)s::uuid is null or k.id < %(last)s)"
        " order by k.id desc limit %(limit)s",
        {"recording": recording_id, "last": after(cursor, UUID)[0] if cursor else None, "limit": limit + 1},
    )
    shown = cut_page(found, limit, lambda each: each, ["id"])
    return Page(_built(tx, shown.items, viewer_id), shown.next)


def recall(tx: Tx, public_id: str, viewer_id: UUID) -> Recall:
    """One of a recording that the viewer owns or curates: else NotFound."""
    found: Sequence[Row] = ()
    if is_public_id(public_id):
        found = rows(
            tx,
            f"{_RECALL} where k.public_id = %(id)s and r.deleted_at is null and ({OWN} or {CURATES})",
            {"id": public_id, "viewer": viewer_id},
        )
    if not found:
        raise NotFound("There is no such recall, or it is not yours to see.")
    return _built(tx, found, viewer_id)[0]


@dataclass(frozen=True)
class _Reached:
    clip_id: UUID
    asked: tuple[Shown, ...]
    before: tuple[Shown, ...]
    after: tuple[Shown, ...]
    published_at: datetime | None
    published_by: UUID | None

    @property
    def lost_ms(self) -> int:
        return recalled.length_ms(self.before) - recalled.length_ms(self.after)


def _reached(tx: Tx, recording_id: UUID, span: Span, *, lock: bool = False) -> list[_Reached]:
    """Every clip, whoever's it is, that shows a millisecond of the span, and what is left of it."""
    found = rows(
        tx,
        f"select c.id, c.asked_parts as asked, c.published_at, c.published_by, {_PARTS} from clip c"
        " where c.deleted_at is null and c.id in (select clip_id from clip_part"
        f"   where recording_id = %s and start_ms < %s and %s < end_ms) order by c.id {LOCK if lock else ''}",
        [recording_id, span.end_ms, span.start_ms],
    )
    shown = [(each, recalled.parts_from(each["parts"])) for each in found]
    of = {each for _, parts in shown for each, _ in parts} | {recording_id}
    out: Mapping[UUID, Sequence[Span]] = recalled.standing(tx, of)
    out = {**out, recording_id: [*out.get(recording_id, ()), span]}
    return [
        _Reached(
            each["id"],
            asked := parts if each["asked"] is None else recalled.parts_from(each["asked"]),
            parts,
            left_of(asked, out),
            each["published_at"],
            each["published_by"],
        )
        for each, parts in shown
    ]


def _shorten(tx: Tx, recall_id: UUID, each: _Reached, now: datetime) -> None:
    with kept(tx, each.clip_id, "recalled", None, now):
        _leave(tx, recall_id, each, now)


def _leave(tx: Tx, recall_id: UUID, each: _Reached, now: datetime) -> None:
    gone = not each.after
    recalled.remember_asked(tx, each.clip_id, each.asked)
    show(tx, each.clip_id, each.after)
    tx.execute(
        "insert into recall_clip (recall_id, clip_id, version, lost_ms, published, published_at, published_by)"
        " select %(recall)s, id, version + 1, %(lost)s, published_at is not null,"
        " case when %(gone)s then published_at end, case when %(gone)s then published_by end"
        " from clip where id = %(clip)s on conflict (recall_id, clip_id) do update set changed_at = null,"
        " lost_ms = recall_clip.lost_ms + excluded.lost_ms, published_at = excluded.published_at,"
        " published_by = excluded.published_by",
        {"recall": recall_id, "lost": each.lost_ms, "gone": gone, "clip": each.clip_id},
    )
    tx.execute(
        "update clip set version = version + 1, touched_at = coalesce(touched_at, %(now)s),"
        " deleted_at = case when %(gone)s then %(now)s end,"
        " published_at = case when not %(gone)s then published_at end,"
        " published_by = case when not %(gone)s then published_by end where id = %(clip)s",
        {"now": now, "gone": gone, "clip": each.clip_id},
    )


def _give_back(tx: Tx, each: Row, now: datetime) -> None:
    """What the recalls that still stand leave of what the clip was asked to show."""
    asked = recalled.parts_from(each["asked"])
    after = recalled.left(tx, asked)
    recalled.list_below(tx, each["id"], asked, after, version=each["version"] + 1)
    if after == recalled.parts_from(each["parts"]):
        return
    with kept(tx, each["id"], "given back", None, now):
        show(tx, each["id"], after)
        if after == asked:
            tx.execute("update clip set asked_parts = null where id = %s", [each["id"]])
        tx.execute(
            "update clip set version = version + 1, touched_at = coalesce(touched_at, %s), deleted_at = null"
            " where id = %s",
            [now, each["id"]],
        )
    showable = _is_showable(tx, after)
    if each["deleted_at"] is not None and showable:
        _publish_again(tx, each["id"])
    elif each["published_at"] is not None and not showable:
        withdraw(tx, each["id"])


def _is_showable(tx: Tx, parts: Sequence[Shown]) -> bool:
    """Else it waits for review, where it says what is missing."""
    try:
        demand_showable(tx, [(recording_id, span.start_ms, span.end_ms) for recording_id, span in parts])
    except Conflict:
        return False
    return True


def _publish_again(tx: Tx, clip_id: UUID) -> None:
    """As it was published, with its place in the feed."""
    with kept(tx, clip_id, "published", None):
        tx.execute(
            "update clip c set published_at = b.published_at, published_by = b.published_by from recall_clip b"
            " where c.id = %s and b.clip_id = c.id and b.published_at is not null",
            [clip_id],
        )
    tx.execute("update recall_clip set published_at = null, published_by = null where clip_id = %s", [clip_id])


def _within(tx: Tx, recording_id: UUID, span: Span) -> Span:
    """The span in whole frames, once it is known where those are: see `align`. Raises Invalid (`span_after_end`)."""
    heard = media.listening(tx, recording_id)
    if heard is None:
        head = media.listening(tx, recording_id, head=True)
        return span if head is None else in_whole_frames(span, head.plan)
    if span.start_ms >= heard.plan.duration_ms:
        raise Invalid("The recording has ended by then. Choose seconds that are in it.", code="span_after_end")
    return in_whole_frames(span, heard.plan)


def _said(tx: Tx, recording_id: UUID, span: Span) -> int:
    found = row(
        tx,
        "select count(*) as comments from comment where recording_id = %s and at_ms >= %s and at_ms < %s"
        " and deleted_at is null and not draft",
        [recording_id, span.start_ms, span.end_ms],
    )
    return int(found["comments"]) if found else 0


def _built(tx: Tx, found: Sequence[Row], viewer_id: UUID) -> tuple[Recall, ...]:
    touched: dict[UUID, list[Row]] = {}
    for each in rows(
        tx,
        "select b.recall_id, c.id, c.public_id, c.title, c.space_id, s.name as space, b.published, b.lost_ms,"
        " case when b.changed_at is not null then 'changed'"
        "   when k.undone_at is not null and c.asked_parts is null then 'back'"
        "   when c.deleted_at is not null then 'gone' else 'shorter' end as became,"
        f" {_READS} as seen from recall_clip b join recall k on k.id = b.recall_id"
        " join clip c on c.id = b.clip_id join space s on s.id = c.space_id"
        " where b.recall_id = any(%(ids)s) and (c.deleted_at is null or c.asked_parts is not null) order by c.id",
        {"ids": [each["id"] for each in found], "viewer": viewer_id},
    ):
        touched.setdefault(each["recall_id"], []).append(each)
    made = []
    for each in found:
        span = Span(each.pop("start_ms"), each.pop("end_ms"))
        clips = touched.get(each["id"], [])
        seen = tuple(
            Touched(c["public_id"], c["title"], c["space"], c["published"], c["lost_ms"], Became(c["became"]))
            for c in clips
            if c["seen"]
        )
        spaces = len({c["space_id"] for c in clips})
        said = _said(tx, each["recording_id"], span)
        in_reels = reels.touched(tx, [c["id"] for c in clips], viewer_id)
        made.append(Recall(**each, span=span, reach=Reach(seen, len(clips) - len(seen), spaces, said, *in_reels)))
    return tuple(made)
