# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Single sign-on: who is on the way to the provider, and whom it knows by which name.

A person is known by issuer and subject, which never change. The first time somebody comes, they are whoever has the
address that the provider has verified, and is the only one who has it; else they are somebody new, a learner. Nobody
is found by a login name: at the provider one can be given to somebody else, or chosen (decision 37).
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.errors import Conflict, Forbidden
from domain.identity import Identity
from domain.ids import public_id
from domain.person import Person, Role
from store import people
from store.credentials import sha256
from store.people import MAX_NAME, PERSON, typed
from store.postgres import Tx, row, rows
from store.text import one_line

ERRAND_LASTS = timedelta(minutes=15)  # a password, a second factor, a colleague who asks something
_MAX_EMAIL = 254


@dataclass(frozen=True)
class Errand:
    leads_to: str
    person_id: UUID | None  # who was signed in and wants to come in this way, too


@dataclass(frozen=True)
class Known:
    issuer: str
    said: str
    used_at: datetime


def begin(tx: Tx, *, state: str, browser: str, leads_to: str, now: datetime, person_id: UUID | None = None) -> None:
    """`browser`: what only the browser that is sent away has; the same has to come back."""
    tx.execute(
        "insert into sign_in_errand (state_sha256, browser_sha256, leads_to, person_id, expires_at)"
        " values (%s, %s, %s, %s, %s)",
        [sha256(state), sha256(browser), leads_to, person_id, now + ERRAND_LASTS],
    )


def finish(tx: Tx, *, state: str, browser: str, now: datetime) -> Errand | None:
    """The errand, once: None when it was finished, is too old, or another browser was sent on it."""
    found = row(
        tx,
        "delete from sign_in_errand where state_sha256 = %s and browser_sha256 = %s and expires_at > %s"
        " returning leads_to, person_id",
        [sha256(state), sha256(browser), now],
    )
    return Errand(**found) if found else None


def person_of(tx: Tx, identity: Identity, now: datetime) -> Person:
    """Whoever it is, made when nobody is. Raises Forbidden (`left`)."""
    _lock(tx, identity)
    known = _person(tx, identity)
    if known is None:
        known = _by_address(tx, identity.email) or _newcomer(tx, identity)
        _note(tx, identity, known.id, now)
    if known.left_at is not None:
        raise Forbidden(
            f"Pass It On was told that {known.name} has left. If that is wrong, or you are back, an admin can let you "
            "in again.",
            code="left",
        )
    tx.execute(
        "update identity set used_at = %s, said = %s where issuer = %s and subject = %s",
        [now, _said(identity), identity.issuer, identity.subject],
    )
    return known


def join(tx: Tx, identity: Identity, person_id: UUID, now: datetime) -> None:
    """From now on it lets this person in. A second call changes nothing. Raises Conflict (`identity_taken`)."""
    _lock(tx, identity)
    known = _person(tx, identity)
    if known is None:
        _note(tx, identity, person_id, now)
    elif known.id != person_id:
        raise Conflict(
            f"This work account lets {known.name} in already. Sign in with the one that is yours, or ask an admin.",
            code="identity_taken",
        )


def part(tx: Tx, person_id: UUID) -> None:
    """None of theirs lets them in any more: the next time one comes, it is as the first time."""
    tx.execute("delete from identity where person_id = %s", [person_id])


def known_by(tx: Tx, person_id: UUID) -> tuple[Known, ...]:
    found = rows(tx, "select issuer, said, used_at from identity where person_id = %s order by created_at", [person_id])
    return tuple(Known(**each) for each in found)


def sweep(tx: Tx, now: datetime) -> int:
    """Removes errands that nobody finished; how many."""
    return tx.execute("delete from sign_in_errand where expires_at <= %s", [now]).rowcount


def _lock(tx: Tx, identity: Identity) -> None:
    # One after the other: the same newcomer in two tabs is one person.
    tx.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{identity.issuer}\n{identity.subject}"])


def _person(tx: Tx, identity: Identity) -> Person | None:
    return people.person_from(
        row(
            tx,
            f"select {PERSON} from identity i join person p on p.id = i.person_id"
            " where i.issuer = %s and i.subject = %s",
            [identity.issuer, identity.subject],
        )
    )


def _by_address(tx: Tx, email: str) -> Person | None:
    """The one person with this address; who has left counts, so that nobody comes back as somebody new.

    Not who typed their own name at an open link: nobody has looked whether that is theirs.
    """
    if not email:
        return None
    found = rows(
        tx,
        f"select {PERSON} from person p where lower(p.email) = lower(%s) and not p.self_named"
        " order by p.left_at is not null limit 2",
        [one_line(email)],
    )
    present = [typed(each) for each in found if each["left_at"] is None]
    if len(present) == 1:
        return present[0]
    return typed(found[0]) if found and not present else None


def _newcomer(tx: Tx, identity: Identity) -> Person:
    name = one_line(identity.name)[:MAX_NAME] or one_line(identity.login)[:MAX_NAME] or "Somebody new"
    email = one_line(identity.email)
    plain = _login(identity.login.partition("@")[0] or email.partition("@")[0] or name)
    for login in (plain, *(f"{plain}-{public_id()[:4]}" for _ in range(5))):
        if people.person_by_login(tx, login) is None:
            return people.add_person(
                tx, login=login, name=name, role=Role.LEARNER, email=email if 0 < len(email) <= _MAX_EMAIL else None
            )
    raise Conflict("No login name was free. Try again.", code="login_taken")


def _login(text: str) -> str:
    """As domain.person.login_name wants it, whatever comes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(c if c.isalnum() or c in "._-" else "-" for c in plain).strip("._-")[:40] or "colleague"


def _note(tx: Tx, identity: Identity, person_id: UUID, now: datetime) -> None:
    tx.execute(
        "insert into identity (issuer, subject, person_id, said, created_at, used_at) values (%s, %s, %s, %s, %s, %s)",
        [identity.issuer, identity.subject, person_id, _said(identity), now, now],
    )


def _said(identity: Identity) -> str:
    return one_line(identity.email or identity.login or identity.name)[:MAX_NAME]
