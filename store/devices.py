# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Devices that a ward or a workshop shares, and the PINs by which people say there who they are.

A device has a person of its own (`person.device`), a member of the spaces that it was lent to: so it sees what those
allow by the same queries as everybody, and writes nothing, since nobody is named so. Whoever says who they are there
has a session beside it, which ends after a while without a touch (store/credentials.py).
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.errors import Invalid, NotFound, TooMany
from domain.ids import as_typed, chance, is_public_id, public_id, uuid7
from domain.person import Person, Role, login_name
from domain.pin import MAX_WRONG, WAIT
from store import people
from store.credentials import new_session, sha256
from store.people import PERSON, person_from
from store.postgres import Row, Tx, row, rows

CODE_LASTS = timedelta(hours=1)
STAYS_FOR = timedelta(days=365)  # on the device, since it was enrolled
_CODE = 12  # characters, 60 random bits


@dataclass(frozen=True)
class Device:
    id: UUID
    public_id: str
    name: str
    spaces: tuple[str, ...]  # their names
    lent_by: str
    created_at: datetime
    enrolled_at: datetime | None
    seen_at: datetime | None  # to five minutes


_DEVICE = """d.id, d.public_id, i.name, b.name as lent_by, d.created_at, d.enrolled_at,
    array(select case when s.everyone then 'All colleagues' else s.name end from membership m
        join space s on s.id = m.space_id where m.person_id = d.person_id
        order by not s.everyone, lower(s.name)) as spaces,
    (select max(coalesce(z.seen_at, z.created_at)) from session z where z.device_id = d.id) as seen_at
    from device d join person i on i.id = d.person_id join person b on b.id = d.lent_by"""
_CURATED = """exists (select from membership m join viewer_space v on v.space_id = m.space_id
    and v.person_id = %(viewer)s and v.curates where m.person_id = d.person_id)"""


def lend(tx: Tx, name: str, space_ids: Iterable[UUID], *, by: UUID, now: datetime) -> tuple[str, str]:
    """A device for these spaces: its public id, and the code that is typed there once, within an hour.

    Raises Invalid (`bad_name`, `no_space`).
    """
    spaces = tuple(dict.fromkeys(space_ids))
    if not spaces:
        raise Invalid("Choose what the device may show: one space at least.", code="no_space")
    device, code = public_id(), chance(_CODE)
    itself = people.add_person(tx, login=f"device-{device}", name=name, role=Role.LEARNER)
    tx.execute("update person set device = true where id = %s", [itself.id])
    tx.execute(
        "insert into device (id, public_id, person_id, lent_by, created_at, code_sha256, code_expires_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        [uuid7(), device, itself.id, by, now, sha256(code), now + CODE_LASTS],
    )
    for each in spaces:
        tx.execute("insert into membership (space_id, person_id) values (%s, %s)", [each, itself.id])
    return device, "-".join(code[at : at + 4] for at in range(0, _CODE, 4))


def enrol(tx: Tx, code: str, *, now: datetime, browser: str = "") -> str | None:
    """The device's session, for its cookie; None when the code was used, is too old, or never was."""
    typed = as_typed(code, _CODE)
    if typed is None:
        return None
    found = row(
        tx,
        "update device set code_sha256 = null, enrolled_at = %(now)s"
        " where code_sha256 = %(code)s and code_expires_at > %(now)s returning id, person_id",
        {"code": sha256(typed), "now": now},
    )
    if found is None:
        return None
    return new_session(tx, found["person_id"], now=now, device=browser, lives_for=STAYS_FOR, device_id=found["id"])


def devices(tx: Tx, viewer_id: UUID) -> tuple[Device, ...]:
    """Those that show a space which the viewer curates, newest first."""
    found = rows(tx, f"select {_DEVICE} where {_CURATED} order by d.id desc", {"viewer": viewer_id})
    return tuple(_device(each) for each in found)


def device(tx: Tx, public_id: str, viewer_id: UUID) -> Device:
    """Raises NotFound, also where it shows no space that the viewer curates."""
    query = f"select {_DEVICE} where {_CURATED} and d.public_id = %(device)s"
    found = row(tx, query, {"viewer": viewer_id, "device": public_id}) if is_public_id(public_id) else None
    if found is None:
        raise NotFound("There is no such device, or it shows no space that you curate.")
    return _device(found)


def take_back(tx: Tx, device_id: UUID, now: datetime) -> None:
    """It shows nothing any more, and whoever said there who they are is signed out of it."""
    found = row(tx, "delete from device where id = %s returning person_id", [device_id])
    if found is not None:
        people.leave(tx, found["person_id"], now)


def of_session(tx: Tx, token: str, now: datetime) -> UUID | None:
    """The device whose session this is."""
    found = row(
        tx,
        "select s.device_id from session s join person p on p.id = s.person_id and p.device and p.left_at is null"
        " where s.token_sha256 = %s and s.expires_at > %s",
        [sha256(token), now],
    )
    return found["device_id"] if found else None


def set_pin(tx: Tx, person_id: UUID, pin: str | None, now: datetime) -> None:
    """`pin` as domain.pin has it; None: there is none from now on."""
    tx.execute("delete from pin where person_id = %s", [person_id])
    if pin is not None:
        tx.execute(
            "insert into pin (person_id, scrypt, set_at) values (%s, %s, %s)", [person_id, _scrypt(pin, person_id), now]
        )


def pin_set_at(tx: Tx, person_id: UUID) -> datetime | None:
    found = row(tx, "select set_at from pin where person_id = %s", [person_id])
    return found["set_at"] if found else None


def by_pin(tx: Tx, login: str, pin: str, now: datetime) -> Person | None:
    """Whose PIN it is. None is returned, never raised, so that the counted try is committed with the transaction.

    Raises TooMany (`pin_waits`) after five wrong ones within a quarter of an hour.
    """
    try:
        login = login_name(login)
    except Invalid:
        return None
    found = row(
        tx,
        f"select {PERSON}, n.scrypt, n.wrong, n.wrong_at from pin n join person p on p.id = n.person_id"
        " where p.login = %s and p.left_at is null for update of n",
        [login],
    )
    if found is None:
        return None
    kept, wrong, wrong_at = found.pop("scrypt"), found.pop("wrong"), found.pop("wrong_at")
    if wrong_at is not None and wrong_at + WAIT <= now:
        wrong = 0
    if wrong >= MAX_WRONG:
        raise TooMany(
            "This PIN was mistyped too often. Wait a quarter of an hour, or set another one on a device of your own.",
            code="pin_waits",
            retry_after_s=int((wrong_at + WAIT - now).total_seconds()) + 1,
        )
    right = hmac.compare_digest(_scrypt(pin, found["id"]), kept)
    tx.execute(
        "update pin set wrong = %s, wrong_at = %s where person_id = %s",
        [0 if right else wrong + 1, None if right else now, found["id"]],
    )
    return person_from(found) if right else None


def _device(found: Row) -> Device:
    return Device(**{**found, "spaces": tuple(found["spaces"])})


def _scrypt(pin: str, person_id: UUID) -> bytes:
    """About 40 ms and 16 MB, as of a sign-in link's code."""
    digits = "".join(c for c in pin if c in "0123456789")  # people type it in groups
    return hashlib.scrypt(digits.encode(), salt=person_id.bytes, n=2**14, r=8, p=1, dklen=32)
