# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Corrections of what is said: taken in, undone, and listed. How they are laid over a run: domain/correction.py.

Each is a row of a log that only grows. The text of clips follows in the same transaction, and with it search.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.correction import Asked, Edit, Text, Typed, changed, demand_undoable, edits_of, undone
from domain.cover import MUTED, is_muted
from domain.errors import Conflict, Invalid, NotFound
from domain.ids import uuid7
from domain.phrase import checked_phrase, everywhere, places
from domain.span import Span
from store import covered, transcripts
from store.claim import LOCK, claim
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, rows
from store.search import MATCHING
from store.sight import CURATES
from store.text import one_line

MOST_AT_ONCE = 100  # recordings that are changed in one act


@dataclass(frozen=True)
class Past:
    """A change as it is listed. Who takes one back is listed with its edits. `unplaced`: those of them that found no
    place in today's run of the engine.
    """

    version: int
    by: str  # public id
    name: str
    made_at: datetime
    edits: tuple[Edit, ...]
    undoes: int | None
    holds: bool  # nobody has undone it
    unplaced: tuple[Edit, ...]


@dataclass(frozen=True)
class Said:
    """A recording in which something is said so many times, in this version of its words."""

    recording: str  # public id
    title: str
    filename: str  # a stranger's text
    version: int
    times: int


def text(tx: Tx, recording_id: UUID, *, aloud: bool = False) -> Text:
    """What is read; `aloud`: and what is muted, to be shown to nobody. Raises NotFound (`no_words`)."""
    found = transcripts.text(tx, recording_id, aloud=aloud)
    if found is None:
        raise NotFound("The words of this recording are not written down yet. Ask again in a minute.", code="no_words")
    return found


def correct(
    tx: Tx,
    recording_id: UUID,
    asked: Sequence[Asked],
    typed: Sequence[Typed] = (),
    *,
    version: int,
    by: UUID,
    now: datetime,
) -> tuple[Text, Text]:
    """The text before and after; the same when nothing changes.

    Raises NotFound, Gone, Invalid (`bad_edit`), and Conflict (`stale_version`) when somebody changed it meanwhile.
    """
    before = _claimed(tx, recording_id, version)
    tidied = [each if each.text is None else replace(each, text=one_line(each.text)) for each in asked]
    silent = [replace(each, text=one_line(each.text)) for each in typed]
    edits = edits_of(before.transcript, tidied, silent)
    return _shown(tx, recording_id, before, _add(tx, recording_id, before, edits, by=by, now=now))


def say_instead(
    tx: Tx,
    recording_id: UUID,
    phrase: str,
    instead: str,
    *,
    version: int,
    by: UUID,
    now: datetime,
    act: UUID | None = None,
) -> tuple[Text, Text]:
    """Wherever it is said, as one change. Raises as `correct` does, and Invalid (`bad_phrase`, `not_said`).

    `act`: what is done in several recordings at once, by which `of_act` finds it.
    """
    before = _claimed(tx, recording_id, version)
    asked = everywhere(before.transcript, checked_phrase(one_line(phrase)), one_line(instead))
    if not asked:
        raise Invalid("These words are nowhere in this recording.", code="not_said")
    after = _add(tx, recording_id, before, edits_of(before.transcript, asked), by=by, now=now, act=act)
    return _shown(tx, recording_id, before, after)


def said_in(tx: Tx, viewer_id: UUID, phrase: str) -> tuple[Said, ...]:
    """The newest recordings of the spaces that somebody curates where it is said. Raises Invalid (`bad_phrase`).

    Clips know by search which those may be: what is in no clip is not found.
    """
    phrase = checked_phrase(one_line(phrase))
    found = rows(
        tx,
        f"select distinct r.id, r.public_id, r.title, r.filename from {MATCHING}"
        " join clip_part p on p.clip_id = c.id join recording r on r.id = p.recording_id"
        f" where c.deleted_at is null and r.deleted_at is null and {CURATES} order by r.id desc limit %(most)s",
        {"q": '"' + phrase.replace('"', " ") + '"', "viewer": viewer_id, "most": MOST_AT_ONCE},
    )
    listed = []
    for each in found:
        now = transcripts.text(tx, each["id"])
        if now and (times := len(places(now.transcript, phrase))):
            listed.append(Said(each["public_id"], each["title"], each["filename"], now.version, times))
    return tuple(listed)


def lock(tx: Tx, recording_ids: Collection[UUID]) -> None:
    """Those that will be changed at once: in one order, or two who do so wait in a circle."""
    tx.execute(f"select from recording where id = any(%s) order by id {LOCK}", [list(recording_ids)])


def of_act(tx: Tx, act: UUID) -> dict[str, int]:
    """The version that it made, by the public id of each recording that is left."""
    found = rows(
        tx,
        "select r.public_id, h.version from transcript_change h join recording r on r.id = h.recording_id"
        " where h.act = %s and r.deleted_at is null order by r.id",
        [act],
    )
    return {each["public_id"]: each["version"] for each in found}


def undo(tx: Tx, recording_id: UUID, version: int, *, by: UUID, now: datetime) -> tuple[Text, Text]:
    """The text before and after a change, or the undoing of one, was taken back.

    Raises NotFound, Gone, and Conflict (`undone`, `built_upon`).
    """
    claim(tx, recording_id)
    before = text(tx, recording_id, aloud=True)
    made = transcripts.changes(tx, recording_id)
    run = transcripts.run(tx, before.run)
    if run is None or version not in {each.version for each in made}:
        raise NotFound("There is no such change.")
    demand_undoable(before, run, made, version)
    after = _add(tx, recording_id, before, (), undoes=version, by=by, now=now)
    return _shown(tx, recording_id, before, after)


def history(tx: Tx, recording_id: UUID, *, cursor: str | None = None, limit: int = 30) -> Page[Past]:
    """What was changed, the newest first."""
    limit = limited(limit)
    found = rows(
        tx,
        "select h.version, h.made_at, p.public_id as by, p.name"
        " from transcript_change h join person p on p.id = h.person_id where h.recording_id = %(recording)s"
        " and (%(before)s::int is null or h.version < %(before)s)"
        " order by h.version desc limit %(most)s",
        {
            "recording": recording_id,
            "before": after(cursor, int)[0] if cursor else None,
            "most": limit + 1,
        },
    )
    made = transcripts.changes(tx, recording_id)
    gone, by_version = undone(made), {each.version: each for each in made}
    now, mutes = transcripts.text(tx, recording_id), covered.mutes(tx, recording_id)

    def past(each: Row) -> Past:
        change = about = by_version[each["version"]]
        while about.undoes is not None:
            about = by_version[about.undoes]
        lost = tuple(_hushed(u.edit, mutes) for u in now.unplaced if u.version == change.version) if now else ()
        return Past(
            version=change.version,
            by=each["by"],
            name=each["name"],
            made_at=each["made_at"],
            edits=tuple(_hushed(edit, mutes) for edit in about.edits),
            undoes=change.undoes,
            holds=change.version not in gone,
            unplaced=lost,
        )

    return cut_page(found, limit, past, ["version"])


def _hushed(edit: Edit, mutes: Sequence[Span]) -> Edit:
    """As it is listed while these are muted."""
    start, end = (edit.at.start_ms, edit.at.end_ms) if edit.at else (edit.old[0].start_ms, edit.old[-1].end_ms)
    if not is_muted(mutes, start, end):
        return edit
    old = tuple(replace(word, text=MUTED) for word in edit.old)
    return replace(edit, old=old, new=(MUTED,) if edit.new else ())


def _claimed(tx: Tx, recording_id: UUID, version: int) -> Text:
    """The text to be changed, of a recording that is locked from now on."""
    claim(tx, recording_id)
    found = text(tx, recording_id, aloud=True)
    if found.version != version:
        raise Conflict("Somebody else changed these words meanwhile. Look at them again.", code="stale_version")
    return found


def _shown(tx: Tx, recording_id: UUID, before: Text, after: Text) -> tuple[Text, Text]:
    mutes = covered.mutes(tx, recording_id)
    return transcripts.hushed(before, mutes), transcripts.hushed(after, mutes)


def _add(
    tx: Tx,
    recording_id: UUID,
    before: Text,
    edits: Sequence[Edit],
    *,
    by: UUID,
    now: datetime,
    undoes: int | None = None,
    act: UUID | None = None,
) -> Text:
    if not edits and undoes is None:
        return before
    tx.execute(
        "insert into transcript_change (id, recording_id, version, transcript_id, person_id, made_at, edits, undoes,"
        " act) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            uuid7(),
            recording_id,
            before.version + 1,
            before.run,
            by,
            now,
            Jsonb(transcripts.edit_rows(edits)),
            undoes,
            act,
        ],
    )
    read = text(tx, recording_id, aloud=True)
    if said := changed(before.transcript, read.transcript):
        transcripts.retell_all(tx, recording_id, said)
    return read
