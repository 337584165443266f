# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Mail that people asked for: where to, how often, and which digest is on its way.

A digest is a row before it is sent, and until it was: a sender who dies leaves it to the next one. So one that was
sent just when the sender died is sent twice, and none is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.errors import Invalid
from domain.ids import uuid7
from domain.mail import CONFIRM_FOR, MOST_REFUSED, MailWish, Rhythm, checked_address, checked_zone, next_digest
from store.postgres import Row, Tx, row, rows

LEASE = timedelta(minutes=10)  # longer than a message takes: after that whoever took it has died
_LONGEST = timedelta(hours=6)  # between two tries
_COLUMNS = "w.address, w.confirmed_at, w.asked_at, w.rhythm, w.hour, w.zone, w.refused, w.refused_says, w.stopped_at"
_PACE = timedelta(minutes=2)  # between two questions to somebody, who may not have asked for any


@dataclass(frozen=True)
class Question:
    """Whether mail is wanted there, to be asked at an address."""

    person_id: UUID
    person: str  # public id
    name: str
    address: str
    asked_at: datetime


@dataclass(frozen=True)
class Digest:
    id: UUID
    person_id: UUID
    tries: int


def wish(tx: Tx, person_id: UUID) -> MailWish:
    found = row(tx, f"select {_COLUMNS} from mail_wish w where person_id = %s", [person_id])
    return MailWish() if found is None else _wish(found)


def ask(tx: Tx, person_id: UUID, address: str, now: datetime) -> None:
    """Somebody says where they want mail: it is asked there first. The same once more: it is asked again.

    Raises Invalid (`bad_address`, `asked_just_now`).
    """
    address = checked_address(address)
    before = wish(tx, person_id)
    if before.asked_at is not None and before.confirmed_at is None and now < before.asked_at + _PACE:
        raise Invalid(
            "A mail to confirm the address was sent a moment ago. Look for it, or try again in two minutes.",
            code="asked_just_now",
        )
    if before.address == address and before.confirmed_at is not None and before.stopped_at is None:
        return
    tx.execute(
        "insert into mail_wish (person_id, address, asked_at, ask_at) values (%(id)s, %(address)s, %(now)s, %(now)s)"
        " on conflict (person_id) do update set address = excluded.address, confirmed_at = null,"
        " asked_at = excluded.asked_at, ask_at = excluded.ask_at, refused = 0, refused_says = '', stopped_at = null",
        {"id": person_id, "address": address, "now": now},
    )


def change(tx: Tx, person_id: UUID, rhythm: Rhythm, hour: int, zone: str, now: datetime) -> None:
    """How often, and at which hour of which clocks. Raises Invalid (`bad_zone`, `no_address`)."""
    changed = tx.execute(
        "update mail_wish set rhythm = %s, hour = %s, zone = %s, next_at = %s where person_id = %s",
        [rhythm, hour, checked_zone(zone), next_digest(rhythm, hour, zone, now), person_id],
    ).rowcount
    if not changed:
        raise Invalid("Say first where mail is to go.", code="no_address")


def forget(tx: Tx, person_id: UUID) -> None:
    """The address and all that was chosen for it."""
    tx.execute("delete from mail_wish where person_id = %s", [person_id])
    tx.execute("delete from mailing where person_id = %s", [person_id])


def confirm(tx: Tx, person: str, right: Callable[[str, datetime], bool], now: datetime) -> bool:
    """Somebody with the link of the question, which `right` knows, says that mail is wanted there. A second time
    changes nothing. False: it is another address by now, or too late.
    """
    found = row(
        tx,
        "select w.person_id, w.address, w.asked_at, w.confirmed_at from mail_wish w join person p on p.id = w.person_id"
        " where p.public_id = %s and p.left_at is null for update of w",
        [person],
    )
    if found is None or not right(found["address"], found["asked_at"]):
        return False
    if found["confirmed_at"] is None:
        if now > found["asked_at"] + CONFIRM_FOR:
            return False
        tx.execute(
            "update mail_wish set confirmed_at = %s, ask_at = null where person_id = %s", [now, found["person_id"]]
        )
    return True


def stop(tx: Tx, person: str) -> None:
    """No more digests for somebody; their address and all else stay as they are."""
    tx.execute(
        "update mail_wish w set rhythm = 'off', next_at = null from person p where p.id = w.person_id"
        " and p.public_id = %s",
        [person],
    )


def questions(tx: Tx, now: datetime) -> list[Question]:
    """Those to be asked now; nobody else gets them for a while."""
    found = rows(
        tx,
        "update mail_wish w set ask_at = %(later)s from person p where p.id = w.person_id and p.left_at is null"
        " and w.person_id in (select person_id from mail_wish where ask_at <= %(now)s for update skip locked)"
        " returning w.person_id, p.public_id as person, p.name, w.address, w.asked_at",
        {"now": now, "later": now + LEASE},
    )
    return [Question(**each) for each in found]


def asked(tx: Tx, question: Question, refused: str = "") -> None:
    """The question was sent, or the server there wants none of it."""
    tx.execute(
        "update mail_wish set ask_at = null, refused_says = %s where person_id = %s and asked_at = %s",
        [refused, question.person_id, question.asked_at],
    )


def begin(tx: Tx, now: datetime) -> None:
    """Digests whose hour has come are on their way, one a person at most; the next hour is set."""
    for each in rows(
        tx,
        f"select w.person_id, {_COLUMNS} from mail_wish w join person p on p.id = w.person_id"
        " where w.next_at <= %s and p.left_at is null for update of w skip locked",
        [now],
    ):
        wish, person_id = _wish(each), each["person_id"]
        tx.execute(
            "update mail_wish set next_at = %s where person_id = %s",
            [next_digest(wish.rhythm, wish.hour, wish.zone, now), person_id],
        )
        if wish.goes_out:
            tx.execute(
                "insert into mailing (id, person_id, made_at, try_at) values (%s, %s, %s, %s)"
                " on conflict (person_id) do nothing",
                [uuid7(), person_id, now, now],
            )


def take(tx: Tx, now: datetime) -> Digest | None:
    """One that is due; nobody else gets it for a while. None: there is none."""
    found = row(
        tx,
        "update mailing set tries = tries + 1, try_at = %(later)s where id = ("
        "  select id from mailing where try_at <= %(now)s order by try_at, id limit 1 for update skip locked)"
        " returning id, person_id, tries",
        {"now": now, "later": now + LEASE},
    )
    return Digest(**found) if found else None


def fill(tx: Tx, digest: Digest, kinds: list[str], now: datetime) -> None:
    """What is unread, and was in none before, is in this one."""
    tx.execute(
        "update notice set mailing_id = %s where person_id = %s and mailing_id is null and seen_at is null"
        " and shows_at <= %s and kind = any(%s)",
        [digest.id, digest.person_id, now, kinds],
    )


def sent(tx: Tx, digest: Digest) -> None:
    """It was sent, or there was nothing to say."""
    tx.execute("delete from mailing where id = %s", [digest.id])
    tx.execute("update mail_wish set refused = 0, refused_says = '' where person_id = %s", [digest.person_id])


def put_off(tx: Tx, digest: Digest, now: datetime) -> None:
    """The server took none: longer each time until the next try. What came until then is in it, too."""
    wait = min(timedelta(minutes=2 ** min(digest.tries, 10)), _LONGEST)
    tx.execute("update mailing set try_at = %s where id = %s", [now + wait, digest.id])


def refused(tx: Tx, digest: Digest, says: str, now: datetime) -> None:
    """The server wants none for this address: what was in it may be in the next; after a few of them there is none."""
    tx.execute("update notice set mailing_id = null where mailing_id = %s", [digest.id])
    tx.execute("delete from mailing where id = %s", [digest.id])
    tx.execute(
        "update mail_wish set refused = refused + 1, refused_says = %s,"
        " stopped_at = case when refused + 1 >= %s then %s end where person_id = %s",
        [says, MOST_REFUSED, now, digest.person_id],
    )


def _wish(found: Row) -> MailWish:
    return MailWish(**{**{k: v for k, v in found.items() if k != "person_id"}, "rhythm": Rhythm(found["rhythm"])})
