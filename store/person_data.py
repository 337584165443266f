# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Exports of a person's data, and their deletion: what was asked for, and how far it is.

All that is to be done stands in rows; housekeeping does it (pipeline/person_data.py), again where a kill came between.
"""

from datetime import datetime
from uuid import UUID

from domain.deed import Deed, DeedAbout
from domain.errors import Conflict, Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.notice import About, NoticeKind
from domain.person import Person, Role
from domain.person_data import KEPT_FOR, LEFT, WAIT, Erasure, Export, Said
from store import act_log, comments, notices, personal, takedowns, voices
from store.claim import LOCK
from store.postgres import Row, Tx, row, rows

_EXPORT = """
    select e.id, e.public_id, e.person_id, b.name as asked_by, e.asked_by = e.person_id as by_oneself, e.asked_at,
        e.ready_at, e.byte_size as size from person_export e join person b on b.id = e.asked_by"""
# An export is for who it is about; one that an admin asked for, for admins, too.
_FOR_VIEWER = "e.person_id = %(person)s and (e.person_id = %(viewer)s or e.asked_by <> e.person_id)"


def ask_export(tx: Tx, person: Person, by: UUID, now: datetime) -> Export:
    """One that is not ready yet is the same."""
    name = public_id()
    added = tx.execute(
        "insert into person_export (id, public_id, person_id, asked_by, asked_at) values (%s, %s, %s, %s, %s)"
        " on conflict (person_id, asked_by) where ready_at is null and gone_at is null do nothing",
        [uuid7(), name, person.id, by, now],
    ).rowcount
    if added:
        _note(tx, Deed.ASKED_EXPORT, person, by, now)
    found = row(
        tx,
        f"{_EXPORT} where e.person_id = %s and e.asked_by = %s and e.gone_at is null order by e.id desc limit 1",
        [person.id, by],
    )
    assert found is not None
    return Export(**found)


def exports(tx: Tx, person_id: UUID, viewer_id: UUID) -> tuple[Export, ...]:
    """Those that are being made or are there, the newest first."""
    found = rows(
        tx,
        f"{_EXPORT} where {_FOR_VIEWER} and e.gone_at is null order by e.id desc",
        {"person": person_id, "viewer": viewer_id},
    )
    return tuple(Export(**each) for each in found)


def export(tx: Tx, name: str, person_id: UUID, viewer_id: UUID) -> Export:
    """One that can be fetched. Raises NotFound, and Conflict (`not_ready`)."""
    found = None
    if is_public_id(name):
        found = row(
            tx,
            f"{_EXPORT} where {_FOR_VIEWER} and e.gone_at is null and e.public_id = %(name)s",
            {"person": person_id, "viewer": viewer_id, "name": name},
        )
    if found is None:
        raise NotFound(f"There is no such file. One is kept for {KEPT_FOR.days} days; ask for another.")
    if found["ready_at"] is None:
        raise Conflict("It is not ready yet. You are told when it is.", code="not_ready")
    return Export(**found)


def fetched(tx: Tx, person: Person, by: UUID, now: datetime) -> None:
    """An admin's fetching is written down."""
    if by != person.id:
        _note(tx, Deed.FETCHED_EXPORT, person, by, now)


def to_make(tx: Tx) -> tuple[Export, ...]:
    """Exports that were asked for and are not ready, the longest waiting first."""
    found = rows(tx, f"{_EXPORT} where e.ready_at is null and e.gone_at is null order by e.id limit 20")
    return tuple(Export(**each) for each in found)


def made(tx: Tx, made: Export, size: int, now: datetime) -> bool:
    """Its object is there, which the person is told, whoever asked. Whether it is still wanted."""
    ready = tx.execute(
        "update person_export set ready_at = %s, byte_size = %s where id = %s and ready_at is null and gone_at is null",
        [now, size, made.id],
    ).rowcount
    if ready:
        notices.tell(tx, NoticeKind.EXPORT, [made.person_id], About(thing=made.public_id), now=now)
    return bool(ready)


def to_clear(tx: Tx, now: datetime) -> tuple[UUID, ...]:
    """Exports whose object has been there long enough."""
    found = rows(
        tx, "select id from person_export where gone_at is null and ready_at <= %s limit 100", [now - KEPT_FOR]
    )
    return tuple(each["id"] for each in found)


def cleared(tx: Tx, export_id: UUID, now: datetime) -> None:
    """Its object is gone. Comes after: a kill in between deletes once more, which does no harm."""
    tx.execute("update person_export set gone_at = %s where id = %s and gone_at is null", [now, export_id])


def ask_erasure(tx: Tx, person: Person, by: UUID, said: Said, now: datetime) -> None:
    """It is done after a while, and can be taken back until then. Asked again, only what becomes of comments changes.

    Raises Invalid (`last_admin`, `not_a_person`).
    """
    if person.device:
        raise Invalid("This is a device. Take it back under Shared devices.", code="not_a_person")
    if _last_admin(tx, person.id):
        raise Invalid("You are the only admin. Make somebody else one first.", code="last_admin")
    added = tx.execute(
        "insert into erasure (person_id, asked_by, asked_at, due_at, comments) values (%s, %s, %s, %s, %s)"
        " on conflict do nothing",
        [person.id, by, now, now + WAIT, said.value],
    ).rowcount
    if added:
        _note(tx, Deed.ASKED_ERASURE, person, by, now, f"comments {said.value}")
        notices.tell(tx, NoticeKind.ERASURE, [person.id], About(thing=person.public_id), by=by, now=now)
    tx.execute("update erasure set comments = %s where person_id = %s and done_at is null", [said.value, person.id])


def stop_erasure(tx: Tx, person: Person, by: UUID, now: datetime) -> None:
    """Takes it back; a second call changes nothing."""
    if tx.execute("delete from erasure where person_id = %s and done_at is null", [person.id]).rowcount:
        _note(tx, Deed.STOPPED_ERASURE, person, by, now)


def erasure(tx: Tx, person_id: UUID) -> Erasure | None:
    """The one that waits."""
    found = row(
        tx,
        "select b.name as asked_by, e.asked_at, e.due_at, e.comments as said from erasure e"
        " join person b on b.id = e.asked_by where e.person_id = %s and e.done_at is null",
        [person_id],
    )
    return None if found is None else Erasure(**{**found, "said": Said(found["said"])})


def to_erase(tx: Tx, now: datetime) -> tuple[UUID, ...]:
    """People whose data are due to be deleted."""
    found = rows(tx, "select person_id from erasure where done_at is null and due_at <= %s limit 20", [now])
    return tuple(each["person_id"] for each in found)


def erase(tx: Tx, person_id: UUID, now: datetime, backup_days: int) -> tuple[UUID, ...]:
    """Deletes what is held about somebody, all in this transaction: they are nobody from then on.

    What they speak in is taken down, for L&D to settle. What stays, stays without a name. The exports whose objects the
    caller deletes before the transaction ends; none where it was taken back, or done, meanwhile.
    """
    due = row(
        tx,
        "select comments from erasure where person_id = %s and done_at is null and due_at <= %s for update",
        [person_id, now],
    )
    who = row(tx, f"select public_id, login from person where id = %s {LOCK}", [person_id])
    if due is None or who is None or _last_admin(tx, person_id):
        return ()
    takedowns.leave(tx, person_id, None, now, backup_days)
    _forget_words(tx, person_id, now, removed=due["comments"] == Said.REMOVED)
    login = f"left-{who['public_id']}"
    _unname(tx, person_id, who, login)
    personal.forget(tx, person_id)
    tx.execute(
        "update person set name = %s, login = %s, email = null, role = %s, keeps_history = false, erased_at = %s"
        " where id = %s",
        [LEFT, login, Role.LEARNER.value, now, person_id],
    )
    tx.execute("update appearance set name = %s where person_id = %s", [LEFT, person_id])
    tx.execute("update erasure set done_at = %s where person_id = %s", [now, person_id])
    act_log.note(tx, Deed.ERASED, DeedAbout.PERSON, who["public_id"], by=None, now=now, whose=person_id)
    gone = rows(
        tx,
        "update person_export set gone_at = %s where person_id = %s and gone_at is null returning id",
        [now, person_id],
    )
    return tuple(each["id"] for each in gone)


def _last_admin(tx: Tx, person_id: UUID) -> bool:
    found = row(
        tx,
        "select array_agg(id) as ids from person where role = 'admin' and left_at is null",
    )
    return found is not None and found["ids"] == [person_id]


def _forget_words(tx: Tx, person_id: UUID, now: datetime, *, removed: bool) -> None:
    """What they said before they edited it, their voice, and what a moderator keeps of it; and all of it, where they
    wished so.
    """
    own = "(select id from comment where author_id = %s)"
    tx.execute(f"delete from comment_version where comment_id in {own}", [person_id])
    tx.execute(f"delete from comment_kept where comment_id in {own}", [person_id])
    voices.forget_speaker(tx, person_id, now)
    if removed:
        for each in rows(tx, "select id from comment where author_id = %s and deleted_at is null", [person_id]):
            comments.delete(tx, each["id"], now)


def _unname(tx: Tx, person_id: UUID, who: Row, login: str) -> None:
    """Where colleagues named them: the login that they typed."""
    named = r"@" + who["login"].replace(".", r"\.") + r"(?![a-z0-9_-])"
    for table, key in (("comment", "id"), ("comment_version", "comment_id")):
        tx.execute(
            f"update {table} set text = regexp_replace(text, %s, %s, 'gi')"
            f" where {key} in (select comment_id from mention where person_id = %s)",
            [named, f"@{login}", person_id],
        )


def _note(tx: Tx, deed: Deed, whose: Person, by: UUID, now: datetime, words: str = "") -> None:
    act_log.note(tx, deed, DeedAbout.PERSON, whose.public_id, by=by, now=now, whose=whose.id, words=words)
