# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""How clips change. Rows only: no media are made here. How they come: store/proposed.py.

Every change locks the recordings that the clip shows, in the order of their ids, and then the clip:
whatever deletes a recording comes from the same side.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Final
from uuid import UUID

from domain.clip import Expertise, Level, Part, Risk, checked_answer, checked_parts, checked_question
from domain.deed import Deed
from domain.errors import Conflict, Invalid
from domain.recall import Shown
from domain.span import Span
from domain.title import checked_title
from store import (
    act_log,
    approvals,
    circles,
    clip_history,
    consent,
    drafted,
    media,
    mended,
    recalled,
    renderings,
    telling,
    transcripts,
)
from store.care import demand_day, demand_possible
from store.claim import claim, claim_clip
from store.clip_history import JOINED, PARTED, kept
from store.postgres import Tx, make_due, row, rows
from store.reel_films import REELS
from store.tags import checked_labels, set_tags
from store.text import one_line

_MAX_MS = 2**31 - 1  # what the column holds: 24 days


class Unset(Enum):
    """Says "leave it as it is" where None says "none"."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


def follow_name(tx: Tx, recording_id: UUID, title: str) -> None:
    """The recording, which is locked, was given this title: where one clip is all of it, and nobody has touched that,
    the clip has it too.
    """
    tx.execute(
        "update clip c set title = %(title)s, version = version + 1 where %(title)s <> '' and c.title <> %(title)s"
        " and c.touched_at is null and c.published_at is null and c.deleted_at is null"
        " and c.id in (select clip_id from clip_part where recording_id = %(id)s)"
        " and 1 = (select count(distinct clip_id) from clip_part where recording_id = %(id)s)"
        " and not exists (select from clip_part o where o.clip_id = c.id and o.recording_id <> %(id)s)",
        {"title": title, "id": recording_id},
    )


def change(
    tx: Tx,
    clip_id: UUID,
    *,
    version: int,
    now: datetime,
    by: UUID | None = None,
    act: str = "changed",
    title: str | None = None,
    tags: Sequence[str] | None = None,
    level: Level | Unset | None = UNSET,
    parts: Sequence[Part] | None = None,
    audience: str | None = None,
    prerequisites: str | None = None,
    kind: Expertise | Unset | None = UNSET,
    question: str | None = None,
    risk: Risk | None = None,
    owner: UUID | Unset | None = UNSET,
    assigned: UUID | Unset | None = UNSET,
    review_by: date | Unset | None = UNSET,
) -> None:
    """What a person changes: published or not, it is live at once. `act` is what its history calls it.

    Raises Conflict (`stale_version`) when somebody changed it since `version`, Gone, and Invalid
    (`bad_title`, `bad_tags`, `bad_parts`, `span_after_end`, `part_of_other_space`, `answer_too_long`,
    `question_too_long`, `bad_owner`, `bad_reviewer`, `bad_day`).
    Seconds that were taken out are refused (Conflict, `recalled`), and of a published one, parts that may not be
    shown as by `publish`; where it is a matter of safety, other parts, and to become one without somebody else to
    approve it (`approval_needed`).
    """
    found = claim_clip(tx, clip_id, (part.recording_id for part in parts or ()), version=version)
    said = {
        "title": None if title is None else checked_title(one_line(title)),
        "audience": None if audience is None else checked_answer(one_line(audience)),
        "prerequisites": None if prerequisites is None else checked_answer(one_line(prerequisites)),
        "question": None if question is None else checked_question(one_line(question)),
        "risk": risk,
        "level": level,
        "kind": kind,
        "review_by": review_by
        if review_by is UNSET or review_by is None
        else demand_day(tx, clip_id, review_by, now.date()),
        "owner_id": owner if owner is UNSET or owner is None else demand_possible(tx, found["space_id"], owner),
        "assigned_to": assigned
        if assigned is UNSET or assigned is None
        else demand_possible(tx, found["space_id"], assigned, curates=True),
    }
    asked = assigned if isinstance(assigned, UUID) and not _assigned(tx, clip_id, assigned) else None
    labels = None if tags is None else checked_labels(tags)
    shown = None if parts is None else _showable(tx, checked_parts(tuple(parts)), found["space_id"])
    before = approvals.shows(tx, clip_id)
    with kept(tx, clip_id, act, by, now):
        _write(tx, clip_id, said, now)
        if labels is not None:
            set_tags(tx, clip_id, labels)
        if shown is not None:
            if found["published_at"] is not None or circles.is_shared(tx, clip_id):
                spans = [(part.recording_id, part.span.start_ms, part.span.end_ms) for part in shown]
                consent.demand_showable(tx, spans)
            show(tx, clip_id, [(part.recording_id, part.span) for part in shown])
            recalled.changed(tx, clip_id, now)
        if found["published_at"] is not None:
            tx.execute("update clip set changed_at = %s, changed_by = %s where id = %s", [now, by, clip_id])
        if by is not None and risk is not None and act != PARTED:  # then nobody has said anything of its class
            approvals.classed(tx, clip_id, Risk(found["risk"]), by=by, now=now)
    if asked is not None:
        telling.of_asking(tx, clip_id, asked, by, now)
    careful = Risk(found["risk"]).wants_approval and (risk is None or risk.wants_approval)
    if found["published_at"] is not None and careful and approvals.shows(tx, clip_id) != before:
        raise Conflict(
            "People see this clip, and it is a matter of safety: what it shows was approved as it is. Withdraw it"
            " first, or take the seconds out of every clip.",
            code="approval_needed",
        )


def _assigned(tx: Tx, clip_id: UUID, person_id: UUID) -> bool:
    return row(tx, "select from clip where id = %s and assigned_to = %s", [clip_id, person_id]) is not None


# Of these, None says "leave it as it is"; of the others of what is written, "none".
_NEVER_NONE = frozenset({"title", "audience", "prerequisites", "question", "risk"})


def _write(tx: Tx, clip_id: UUID, said: Mapping[str, object], now: datetime) -> None:
    """Columns of the clip as they were checked, without those that stay as they are. Its version moves all the same."""
    kept_back = {name for name, value in said.items() if value is UNSET or (value is None and name in _NEVER_NONE)}
    columns = "".join(f"{name} = %({name})s, " for name in said if name not in kept_back)
    tx.execute(
        f"update clip set {columns}version = version + 1, touched_at = %(now)s where id = %(id)s",
        {**{name: value for name, value in said.items() if name not in kept_back}, "now": now, "id": clip_id},
    )
    make_due(tx, REELS, clip_id)


def show(tx: Tx, clip_id: UUID, parts: Sequence[Shown]) -> None:
    """These are its parts from now on; its text follows. Raises Conflict (`recalled`)."""
    corrected = mended.shown(tx, clip_id)
    _edges_due(tx, clip_id)
    make_due(tx, REELS, clip_id)
    tx.execute("delete from clip_part where clip_id = %s", [clip_id])
    write_parts(tx, clip_id, parts)
    mended.moved(tx, clip_id, corrected)
    transcripts.retell(tx, clip_id)


def write_parts(tx: Tx, clip_id: UUID, parts: Sequence[Shown]) -> None:
    """The one place where a clip is given parts. Raises Conflict (`recalled`)."""
    recalled.demand_not_recalled(tx, parts)
    with tx.cursor() as cursor:
        cursor.executemany(
            "insert into clip_part (clip_id, position, recording_id, start_ms, end_ms) values (%s, %s, %s, %s, %s)",
            [(clip_id, i, recording, span.start_ms, span.end_ms) for i, (recording, span) in enumerate(parts)],
        )
    _edges_due(tx, clip_id)


def publish(tx: Tx, clip_id: UUID, person_id: UUID, now: datetime, *, version: int | None = None) -> None:
    """A second call says that somebody has looked at what was changed since, and changes nothing else.

    Raises NotFound, Gone, and Conflict when somebody changed it since `version` (`stale_version`), and while it may
    not be shown (`consent_missing`, `takedown_open`, `cut_out`, `approval_needed`).
    """
    found = claim_clip(tx, clip_id, version=version)
    approvals.demand_approved(tx, clip_id)
    if found["published_at"] is None:
        parts = rows(tx, "select recording_id, start_ms, end_ms from clip_part where clip_id = %s", [clip_id])
        spans = [(each["recording_id"], each["start_ms"], each["end_ms"]) for each in parts]
        consent.demand_showable(tx, spans, by=person_id)
    with kept(tx, clip_id, "published", person_id, now):
        tx.execute(
            "update clip set published_at = %(now)s, published_by = %(person)s,"
            " touched_at = coalesce(touched_at, %(now)s) where id = %(id)s and published_at is null",
            {"now": now, "person": person_id, "id": clip_id},
        )
        tx.execute("update clip set changed_at = null, changed_by = null, first_at = null where id = %s", [clip_id])
        tx.execute(  # whoever said that it is no matter of safety is not the second one who looks
            "update clip set lowered_at = null, lowered_by = null where id = %s and lowered_by is distinct from %s",
            [clip_id, person_id],
        )
    circles.end(tx, clip_id, now, shown=True)
    if found["published_at"] is None:
        telling.of_publication(tx, clip_id, person_id, now)
    make_due(tx, REELS, clip_id)


def withdraw(
    tx: Tx,
    clip_id: UUID,
    by: UUID | None = None,
    now: datetime | None = None,
    *,
    version: int | None = None,
    deed: Deed = Deed.WITHDREW_CLIP,
    why: str = "",
) -> None:
    """Takes a publication back: no media URL given out for its recordings works any more at our server. Whose it is
    hears of it.

    `deed` and `why` are how it is written down. A clip that is not published stays as it is.

    Raises NotFound, Gone, Conflict (`stale_version`).
    """
    if claim_clip(tx, clip_id, version=version)["published_at"] is not None:
        with kept(tx, clip_id, "withdrawn", by, now):
            tx.execute(
                "update clip set published_at = null, published_by = null, changed_at = null, changed_by = null,"
                " first_at = null where id = %s",
                [clip_id],
            )
        if by is not None and now is not None:
            act_log.note_clip(tx, deed, clip_id, by=by, now=now, words=why)
            telling.of_withdrawal(tx, clip_id, by, now)
        make_due(tx, REELS, clip_id)
        _rotate_media_keys(tx, clip_id)


def delete(tx: Tx, clip_id: UUID, now: datetime, by: UUID | None = None, *, into: UUID | None = None) -> None:
    """It leaves its comments, which other clips at their second may show. Whose it is hears of it, if people saw it.
    `into`: the clip that it was joined into.

    Raises NotFound, Gone.
    """
    found = claim_clip(tx, clip_id)
    if found["published_at"] is not None and into is None and by is not None:
        telling.of_deletion(tx, clip_id, by, now)
    with kept(tx, clip_id, "deleted" if into is None else JOINED, by, now):
        tx.execute(
            "update clip set deleted_at = %(now)s, touched_at = %(now)s, published_at = null, joined_into = %(into)s,"
            " version = version + 1 where id = %(id)s",
            {"now": now, "into": into, "id": clip_id},
        )
    recalled.changed(tx, clip_id, now)
    _edges_due(tx, clip_id)
    make_due(tx, REELS, clip_id)
    _rotate_media_keys(tx, clip_id)


def bring_back(
    tx: Tx, clip_id: UUID, published_at: datetime | None, asked: Sequence[Shown], now: datetime, by: UUID
) -> None:
    """What was joined into another clip, and is locked, is there again as it was: with its place in the feed, and
    nobody is told of it anew. `asked`: what it was to show, if seconds of that were out.

    Raises Invalid, NotFound and Gone as a change of its parts does, and Conflict where it may not be shown any more.
    """
    found = rows(
        tx, "select recording_id, start_ms, end_ms from clip_part where clip_id = %s order by position", [clip_id]
    )
    home = row(tx, "select space_id from clip where id = %s", [clip_id])
    assert home is not None
    shown = [(each["recording_id"], Span(each["start_ms"], each["end_ms"])) for each in found]
    _showable(tx, tuple(Part(recording_id, "", span) for recording_id, span in shown), home["space_id"])
    if published_at is not None or circles.is_shared(tx, clip_id):
        consent.demand_showable(tx, [(recording_id, span.start_ms, span.end_ms) for recording_id, span in shown])
    with kept(tx, clip_id, PARTED, by, now):
        tx.execute(
            "update clip set deleted_at = null, joined_into = null, published_at = %(published_at)s,"
            " touched_at = %(now)s, version = version + 1 where id = %(id)s",
            {"published_at": published_at, "now": now, "id": clip_id},
        )
        show(tx, clip_id, shown)
        recalled.ask_for(tx, clip_id, asked)
    if published_at is not None:
        approvals.demand_approved(tx, clip_id)


def forget_recording(tx: Tx, recording_id: UUID, now: datetime) -> None:
    """The recording is being deleted: its parts leave every clip.

    A clip without other parts is deleted with its words. One that has some keeps them, withdrawn: whoever deletes
    the recording has locked theirs too (`lock_around`).
    """
    recalled.forget(tx, recording_id, now)
    held = rows(
        tx,
        "select c.id, c.deleted_at, c.published_at,"
        " exists (select from clip_part o where o.clip_id = c.id and o.recording_id <> %(r)s) as others"
        " from clip c where c.id in (select clip_id from clip_part where recording_id = %(r)s)"
        " order by c.id for no key update",
        {"r": recording_id},
    )
    for each in held:
        make_due(tx, REELS, each["id"])
        if each["others"]:
            tx.execute("delete from clip_part where clip_id = %s and recording_id = %s", [each["id"], recording_id])
            transcripts.retell(tx, each["id"])
            tx.execute(
                "update clip set published_at = null, published_by = null, touched_at = %s, version = version + 1"
                " where id = %s",
                [now, each["id"]],
            )
            if each["published_at"] is not None:
                _rotate_media_keys(tx, each["id"])
        else:
            set_tags(tx, each["id"], ())
            clip_history.forget(tx, each["id"])
            drafted.forget(tx, each["id"])
            tx.execute(
                "update clip set deleted_at = coalesce(deleted_at, %(now)s), published_at = null, title = '',"
                " text = '', question = '', audience = '', prerequisites = '', touched_at = %(now)s,"
                " version = version + 1 where id = %(id)s",
                {"now": now, "id": each["id"]},
            )


def _showable(tx: Tx, parts: tuple[Part, ...], space_id: UUID) -> tuple[Part, ...]:
    """Parts that a clip of this space may show: of its own space's recordings, or of everybody's.

    Raises Invalid, NotFound, Gone.
    """
    for recording_id in {part.recording_id for part in parts}:
        home = claim(tx, recording_id)["space_id"]
        if home != space_id and row(tx, "select id from space where id = %s and everyone", [home]) is None:
            raise Invalid("A clip can only show recordings of its own space.", code="part_of_other_space")
        heard = media.listening(tx, recording_id)
        end_ms = max(part.span.end_ms for part in parts if part.recording_id == recording_id)
        if end_ms > (heard.plan.duration_ms if heard else _MAX_MS):
            raise Invalid("A clip cannot end after its recording does.", code="span_after_end")
    return parts


def _edges_due(tx: Tx, clip_id: UUID) -> None:
    """Where its parts begin and end between keyframes, edges may be missing, or be wanted no more."""
    for each in rows(tx, "select distinct recording_id from clip_part where clip_id = %s", [clip_id]):
        make_due(tx, renderings.EDGES, each["recording_id"])


def _rotate_media_keys(tx: Tx, clip_id: UUID) -> None:
    for each in rows(tx, "select distinct recording_id from clip_part where clip_id = %s order by 1", [clip_id]):
        media.rotate_media_key(tx, each["recording_id"])
