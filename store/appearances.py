# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Who appears in a recording, and what they say about being shown.

Every change holds the recording's lock and leaves no clip published that may not be: naming somebody
who has not agreed yet takes its clips out of publication; so does a no, which opens a takedown, too.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.consent import (
    MAX_NAMED,
    TERMS_VERSION,
    Appearance,
    AppearsAs,
    Consent,
    How,
    Reason,
    checked_name,
    checked_words,
)
from domain.errors import Conflict, NotFound
from domain.ids import is_public_id, public_id, uuid7
from store.claim import claim, lock_around
from store.consent import obstacles, put_on_record
from store.credentials import sha256
from store.postgres import Row, Tx, row, rows
from store.sight import CURATES, OWN, OWN_FOR
from store.takedowns import take_down, withdraw_all
from store.text import clean, one_line

_APPEARANCE = """
    a.id, a.public_id, a.recording_id, r.public_id as recording, a.person_id, p.public_id as person,
    coalesce(p.name, a.name) as name, a.part, a.state, a.how, a.terms_version, a.words, a.asked_at, a.said_at"""
_FROM = " from appearance a join recording r on r.id = a.recording_id left join person p on p.id = a.person_id"
_LIVES = "exists (select from person where id = %(viewer)s and left_at is null)"


@dataclass(frozen=True)
class Asked:
    """What the holder of a consent link is asked about."""

    appearance: Appearance
    title: str
    uploader_id: UUID
    uploader: str  # name
    space: str | None  # whose people see its clips; None: everybody
    deleted: bool
    stale: bool  # they have said no since this link was made, or whoever sent the recording made it after that


@dataclass(frozen=True)
class Own:
    """Where somebody appears."""

    appearance: Appearance
    title: str


def add(
    tx: Tx,
    recording_id: UUID,
    *,
    part: AppearsAs,
    by: UUID,
    now: datetime,
    name: str = "",
    person_id: UUID | None = None,
) -> UUID:
    """Names somebody, by a bare name or as a person with an account: asked, until they say something.

    The recording's clips leave publication until then. Raises Gone, Invalid (`bad_name`), Conflict
    (`named_already`, `too_many_named`).
    """
    name = "" if person_id else checked_name(one_line(name))
    withdraw_all(tx, recording_id)
    claim(tx, recording_id)
    there = of_recording(tx, recording_id)
    if any(each.person_id == person_id if person_id else each.name.casefold() == name.casefold() for each in there):
        raise Conflict("They are named here already.", code="named_already")
    if len(there) >= MAX_NAMED:
        raise Conflict(f"A recording names at most {MAX_NAMED} people.", code="too_many_named")
    appearance_id = uuid7()
    tx.execute(
        "insert into appearance (id, public_id, recording_id, person_id, name, part, state, asked_by, asked_at)"
        " values (%s, %s, %s, %s, %s, %s, 'asked', %s, %s)",
        [appearance_id, public_id(), recording_id, person_id, name, AppearsAs(part), by, now],
    )
    _credit(tx, recording_id)
    return appearance_id


def of_recording(tx: Tx, recording_id: UUID) -> tuple[Appearance, ...]:
    """Everybody named, in the order they were. Whoever asks has been let in to the recording before."""
    found = rows(
        tx, f"select {_APPEARANCE} {_FROM} where a.recording_id = %s order by a.asked_at, a.id", [recording_id]
    )
    return tuple(_built(each) for each in found)


def appearance(tx: Tx, public_id: str, viewer_id: UUID, *, briefs: Collection[UUID] | None = None) -> Appearance:
    """One's own, or one in a recording that one owns or curates, which was not deleted: else NotFound.

    With `briefs` (`Person.briefs`, of a guest): those in one's own recordings that answer one of these.
    """
    found = None
    if is_public_id(public_id):
        whose = f"((a.person_id = %(viewer)s and {_LIVES}) or {OWN} or {CURATES})"
        found = row(
            tx,
            f"select {_APPEARANCE} {_FROM} where a.public_id = %(id)s and r.deleted_at is null"
            f" and {whose if briefs is None else OWN_FOR}",
            {"id": public_id, "viewer": viewer_id, "briefs": list(briefs or ())},
        )
    if found is None:
        raise NotFound("Nobody is named with that id, or it is not yours to see.")
    return _built(found)


def by_id(tx: Tx, appearance_id: UUID) -> Appearance:
    """For whoever has just changed it. Raises NotFound."""
    found = row(tx, f"select {_APPEARANCE} {_FROM} where a.id = %s", [appearance_id])
    if found is None:
        raise NotFound("Nobody is named with that id.")
    return _built(found)


def own_appearances(tx: Tx, viewer_id: UUID) -> tuple[Own, ...]:
    """Where one is named, newest first, at most two hundred, without deleted recordings."""
    found = rows(
        tx,
        f"select {_APPEARANCE}, coalesce(nullif(r.title, ''), r.filename) as title {_FROM}"
        f" where a.person_id = %(viewer)s and {_LIVES} and r.deleted_at is null"
        " order by a.recording_id desc, a.id limit 200",
        {"viewer": viewer_id},
    )
    return tuple(Own(title=each.pop("title"), appearance=_built(each)) for each in found)


def agree(
    tx: Tx,
    found: Appearance,
    *,
    how: How,
    now: datetime,
    by: UUID | None = None,
    person_id: UUID | None = None,
    words: str = "",
) -> None:
    """They agree to be shown. Who agreed already stays so, as they did then. Raises Gone, Invalid (`bad_words`).

    `person_id`: who a bare name has turned out to be.
    """
    words = checked_words(clean(words).strip())
    lock_around(tx, [found.recording_id])
    claim(tx, found.recording_id)
    agreed = tx.execute(
        "update appearance set state = 'agreed', how = %s, terms_version = %s, said_by = %s, said_at = %s, words = %s"
        " where id = %s and state <> 'agreed'",
        [how, TERMS_VERSION, by, now, words, found.id],
    ).rowcount
    if agreed:
        put_on_record(tx, found.id)
    if person_id is not None:
        tx.execute(
            "update appearance set person_id = %s, name = '' where id = %s and person_id is null",
            [person_id, found.id],
        )
    _credit(tx, found.recording_id)


def refuse(
    tx: Tx, found: Appearance, *, how: How, now: datetime, backup_days: int, by: UUID | None = None, words: str = ""
) -> None:
    """They do not agree, or not any more: the recording's clips are out of view, and a takedown is open.

    Who said no already stays so. Raises Gone, Invalid (`bad_words`).
    """
    words = checked_words(clean(words).strip())
    lock_around(tx, [found.recording_id])
    claim(tx, found.recording_id)
    said = row(
        tx,
        "update appearance set state = case state when 'asked' then 'declined' else 'withdrawn' end, how = %s,"
        " terms_version = %s, said_by = %s, said_at = %s, words = ''"
        " where id = %s and state in ('asked', 'agreed') returning state",
        [how, TERMS_VERSION, by, now, found.id],
    )
    if said is None:
        return
    put_on_record(tx, found.id)
    _credit(tx, found.recording_id)
    take_down(
        tx,
        found.recording_id,
        reason=Reason.DECLINED if said["state"] == Consent.DECLINED else Reason.WITHDRAWN,
        now=now,
        backup_days=backup_days,
        raised_by=by,
        appearance_id=found.id,
        words=words,
    )


def remove(tx: Tx, found: Appearance) -> None:
    """They are not in it after all. Raises Gone, Conflict (`takedown_open`), while what they asked is not settled.

    Where nobody is left who speaks and has agreed, the recording's clips leave publication.
    """
    lock_around(tx, [found.recording_id])
    claim(tx, found.recording_id)
    if row(tx, "select from takedown where appearance_id = %s and state = 'open'", [found.id]) is not None:
        raise Conflict(f"{found.name} asked for a takedown. Settle it first.", code="takedown_open")
    tx.execute("delete from appearance where id = %s", [found.id])
    _credit(tx, found.recording_id)
    if obstacles(tx, [found.recording_id]):
        withdraw_all(tx, found.recording_id)


def new_link(tx: Tx, found: Appearance, by: UUID, now: datetime) -> str:
    """The token of a page where they say yes or no, and take it back later. Earlier ones go on working.

    After a no the yes needs more than a link that others may have kept: see `Asked.stale`. Raises Gone.
    """
    claim(tx, found.recording_id)
    token = secrets.token_urlsafe(32)  # 256 bits
    tx.execute(
        "insert into consent_link (id, appearance_id, token_sha256, made_by, created_at) values (%s, %s, %s, %s, %s)",
        [uuid7(), found.id, sha256(token), by, now],
    )
    return token


def by_link(tx: Tx, token: str) -> Asked:
    """What a consent link asks, also after the recording was deleted. Raises NotFound."""
    found = row(
        tx,
        f"select {_APPEARANCE}, coalesce(nullif(r.title, ''), r.filename) as title, r.uploader_id, u.name as uploader,"
        " case when not (s.everyone or s.open) then s.name end as space, r.deleted_at is not null as deleted,"
        " a.state in ('declined', 'withdrawn') and (l.created_at <= a.said_at or l.made_by is not distinct from"
        " r.uploader_id) as stale"
        f"{_FROM} join person u on u.id = r.uploader_id join space s on s.id = r.space_id"
        " join consent_link l on l.appearance_id = a.id where l.token_sha256 = %s",
        [sha256(token)],
    )
    if found is None:
        raise NotFound("This link asks nothing any more. Ask whoever gave it to you for a new one.")
    beside = {name: found.pop(name) for name in ("title", "uploader_id", "uploader", "space", "deleted", "stale")}
    return Asked(_built(found), **beside)


def _credit(tx: Tx, recording_id: UUID) -> None:
    """The recording is its speaker's: of the people with an account who speak in it and did not say no, the
    first who agreed, else the first who was asked. Without one it stays whose it is.
    """
    tx.execute(
        "update recording set speaker_id = s.person_id from (select person_id from appearance"
        "   where recording_id = %(id)s and part = 'speaker' and person_id is not null"
        "   and state in ('asked', 'agreed') order by state = 'agreed' desc, asked_at, id limit 1) s"
        " where recording.id = %(id)s and recording.speaker_id <> s.person_id",
        {"id": recording_id},
    )


def _built(found: Row) -> Appearance:
    return Appearance(
        **{
            **found,
            "part": AppearsAs(found["part"]),
            "state": Consent(found["state"]),
            "how": How(found["how"]) if found["how"] else None,
        }
    )
