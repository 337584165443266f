# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Links that let somebody in for one brief, without a password, on any number of devices.

A link is for one person, or open: for whoever opens it and says a name. It works until it expires or is
taken back, and so does every session it began; but whoever typed a name may still look back on that device
(`sign_in`). Of its token (256 bits) the database holds the SHA-256, of
the short one that can be typed off a poster what scrypt makes of it.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.brief import Brief
from domain.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from domain.ids import as_typed, chance, is_public_id, public_id, uuid7
from domain.person import Person, Role
from store import briefs, credentials, people
from store.people import PERSON, person_from
from store.postgres import Tx, row, rows

MOST_DAYS = 365
LIVES_FOR = timedelta(days=30)
STAYS_FOR = timedelta(days=365)  # whoever typed a name sees and takes back what they sent for at least so long
KEPT_FOR = timedelta(days=30)  # after a link has expired: who let whom in can be looked up
# To be typed: 12 characters of 32, 60 bits. What slows down whoever tries is scrypt (10 ms of a core), and a limit by
# address (publish_api/guesses.py). At a thousand a second for a year, with a thousand links that work, the chance is
# 1000 * 3.15e7 s * 1000 / 2**60 = 0.003 % (of ten characters: 2.8 %), and the prize is to send something for one
# brief, and to see what one person sent for it. The QR code holds the long token.
TYPED_LENGTH = 12
_STAYS = "(s.stays and p.self_named)"  # a session: see credentials.person_of_session
_DEVICE = (
    "s.public_id, p.id as person_id, p.public_id as person_public_id, p.name as person, s.device,"
    f" s.created_at as since, {_STAYS} as stays from session s join person p on p.id = s.person_id"
)
MAX_DEVICES = 500  # a link, and people: a whole shift scans a poster, and nobody fills the house with strangers


@dataclass(frozen=True)
class NewLink:
    """Shown once, to whoever makes it: `token` is for a URL, `typed` for one that somebody types."""

    public_id: str
    token: str
    typed: str
    expires_at: datetime


@dataclass(frozen=True)
class Device:
    """A session that a link began."""

    public_id: str
    person_id: UUID
    person_public_id: str
    person: str  # name
    device: str  # what its browser said of itself: a stranger's text
    since: datetime
    stays: bool  # signed out beside its link, to look back at what was sent; see `revoke_device`


@dataclass(frozen=True)
class Link:
    public_id: str
    person_public_id: str | None  # None: for whoever opens it
    person: str | None  # name
    created_at: datetime
    expires_at: datetime
    devices: tuple[Device, ...]  # the newest first


@dataclass(frozen=True)
class Opened:
    """What the holder of a link's token has: a brief, and the person it is for (None: whoever opens it)."""

    link_id: UUID
    brief: Brief
    person: Person | None
    expires_at: datetime


def make_link(
    tx: Tx,
    brief_id: UUID,
    *,
    person_id: UUID | None,
    created_by: UUID,
    now: datetime,
    lives_for: timedelta = LIVES_FOR,
    once: str = "",
) -> NewLink:
    """Raises Invalid (`bad_days`), Conflict (`link_made`).

    `once`: a public id that the form had by chance. It becomes the link's, so that the same form makes one link,
    whose token nobody can be shown a second time. Empty, or no public id: a new link each time.
    """
    if not timedelta(0) < lives_for <= timedelta(days=MOST_DAYS):
        raise Invalid(f"A link lives for 1 to {MOST_DAYS} days.", code="bad_days")
    name = once if is_public_id(once) else public_id()
    link = NewLink(name, secrets.token_urlsafe(32), chance(TYPED_LENGTH), now + lives_for)
    made = tx.execute(
        "insert into brief_link (id, public_id, brief_id, person_id, token_sha256, typed_scrypt, created_by,"
        " created_at, expires_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (public_id) do nothing",
        [
            uuid7(),
            link.public_id,
            brief_id,
            person_id,
            credentials.sha256(link.token),
            _scrypt(link.typed),
            created_by,
            now,
            link.expires_at,
        ],
    )
    if not made.rowcount:
        raise Conflict("This link was made already, and was shown once.", code="link_made")
    return link


def links(tx: Tx, brief_id: UUID, now: datetime) -> tuple[Link, ...]:
    """Those that work, the newest first, each with the devices it has signed in."""
    devices: dict[UUID, list[Device]] = {}
    for each in rows(
        tx,
        f"select s.brief_link_id, {_DEVICE} join brief_link l on l.id = s.brief_link_id"
        " where l.brief_id = %s and s.expires_at > %s and p.left_at is null order by s.id desc",
        [brief_id, now],
    ):
        devices.setdefault(each.pop("brief_link_id"), []).append(Device(**each))
    found = rows(
        tx,
        "select l.id, l.public_id, p.public_id as person_public_id, p.name as person, l.created_at, l.expires_at"
        " from brief_link l left join person p on p.id = l.person_id"
        " where l.brief_id = %s and l.expires_at > %s and p.left_at is null order by l.id desc",
        [brief_id, now],
    )
    return tuple(Link(devices=tuple(devices.get(each.pop("id"), ())), **each) for each in found)


def devices_left(tx: Tx, brief_id: UUID, now: datetime) -> tuple[Device, ...]:
    """Those that stay signed in, to look back at what was sent, after their link has ended or they were signed out
    beside it: the newest first.
    """
    return tuple(
        Device(**each)
        for each in rows(
            tx,
            f"select {_DEVICE} left join brief_link l on l.id = s.brief_link_id and l.expires_at > %(now)s"
            f" where s.brief_id = %(brief)s and {_STAYS} and l.id is null and s.expires_at > %(now)s"
            " and p.left_at is null order by s.id desc",
            {"brief": brief_id, "now": now},
        )
    )


def revoke_link(tx: Tx, brief_id: UUID, link: str) -> None:
    """It is gone, and with it every session it began but those in `devices_left`. Raises NotFound."""
    found = row(
        tx, "select id from brief_link where brief_id = %s and public_id = %s for update", [brief_id, link]
    )  # locked: a session that begins now is seen below, or finds no link
    if found is None:
        raise NotFound("There is no such link. It may have been taken back already.")
    tx.execute("delete from session where brief_link_id = %s and not stays", [found["id"]])
    tx.execute("delete from brief_link where id = %s", [found["id"]])


def revoke_device(tx: Tx, brief_id: UUID, link: str, device: str) -> None:
    """Signs one device out; the link still works. Raises NotFound.

    One that stays sends nothing more, as when its link has ended, and is then among `devices_left`: what was sent from
    it can still be taken back there.
    """
    found = row(
        tx,
        f"select s.id, {_STAYS} as stays from session s join person p on p.id = s.person_id"
        " join brief_link l on l.id = s.brief_link_id"
        " where s.public_id = %s and l.public_id = %s and l.brief_id = %s for update of s",
        [device, link, brief_id],
    )
    if found is None:
        raise NotFound("That device is signed out already.")
    if found["stays"]:
        tx.execute("update session set brief_link_id = null where id = %s", [found["id"]])
    else:
        tx.execute("delete from session where id = %s", [found["id"]])


def revoke_device_left(tx: Tx, brief_id: UUID, device: str) -> None:
    """Signs one of `devices_left` out: whoever holds it sees nothing more of what they sent. Raises NotFound."""
    ended = tx.execute(
        "delete from session s where s.public_id = %s and s.brief_id = %s and s.stays", [device, brief_id]
    )
    if not ended.rowcount:
        raise NotFound("That device is signed out already.")


def is_typed(token: str) -> bool:
    """Whether it may be what a poster asks to be typed: to look for that costs a scrypt, for all else nothing."""
    return as_typed(token, TYPED_LENGTH) is not None


def opened(tx: Tx, token: str, now: datetime) -> Opened | None:
    """Who holds the token, or has typed the short one, has this.

    None: it never was, has expired, was taken back, or is for somebody who left.
    """
    typed = as_typed(token, TYPED_LENGTH)
    which, secret = ("token_sha256", credentials.sha256(token)) if typed is None else ("typed_scrypt", _scrypt(typed))
    link = row(
        tx,
        "select l.id as link_id, l.brief_id as of_brief, l.person_id as of_person, l.expires_at"
        f" from brief_link l where l.{which} = %s and l.expires_at > %s",
        [secret, now],
    )
    if link is None:
        return None
    person = None
    if link["of_person"] is not None:
        person = person_from(
            row(tx, f"select {PERSON} from person p where id = %s and left_at is null", [link["of_person"]])
        )
        if person is None:
            return None
    return Opened(link["link_id"], briefs.load(tx, link["of_brief"]), person, link["expires_at"])


def come(tx: Tx, link: Opened, person: Person) -> None:
    """The brief is this person's to answer from now on, as long as the link is good. Fine to call again."""
    if link.person is None:
        tx.execute(
            "insert into brief_comer (link_id, person_id) values (%s, %s) on conflict do nothing",
            [link.link_id, person.id],
        )


def newcomer(tx: Tx, link: Opened, name: str, *, once: str = "") -> Person:
    """Somebody new, who said this name to an open link. Raises Invalid (`bad_name`), and as `sign_in` does.

    `once` is what the form had by chance: the same form with the same name is the same person again, also when its
    button is pressed twice at once. Empty: a new person each time.
    """
    _lock(tx, link)
    form = credentials.sha256(f"{once}\n{name}") if once else None
    there = row(
        tx,
        f"select {PERSON} from brief_comer k join person p on p.id = k.person_id"
        " where k.link_id = %s and k.once_sha256 = %s and p.left_at is null",
        [link.link_id, form],
    )
    if there is not None:
        return people.typed(there)
    _demand_room(tx, link)
    person = _added(tx, name)
    tx.execute(
        "insert into brief_comer (link_id, person_id, once_sha256) values (%s, %s, %s)", [link.link_id, person.id, form]
    )
    return person


def _added(tx: Tx, name: str) -> Person:
    for _ in range(5):
        try:
            return people.add_person(tx, login=_login(name), name=name, role=Role.EXPERT, self_named=True)
        except Conflict:  # two of one name, and one chance in a million
            continue
    raise Conflict("No login name was free. Try again.", code="login_taken")


def sign_in(tx: Tx, link: Opened, person: Person, *, now: datetime, device: str) -> str:
    """A session for this brief alone, which ends with the link: its token, for a cookie.

    Where an open link let in somebody who typed a name, it stays for `lasts`: they may come back on this device for
    what they sent, and as the same person by the next link. A link for somebody gives no such session.

    Raises TooMany (`link_full`) when the link has signed in as many devices as it may, and Forbidden when
    it is for somebody else.
    """
    if link.person is not None and link.person.id != person.id:
        raise Forbidden("This link is for somebody else.")
    _lock(tx, link)
    _demand_room(tx, link, person)
    come(tx, link, person)
    return credentials.new_session(
        tx,
        person.id,
        now=now,
        device=device,
        lives_for=lasts(link, person, now),
        brief_link_id=link.link_id,
        stays=_stays(link, person),
    )


def go_on(tx: Tx, link: Opened, person: Person, token: str, *, now: datetime) -> None:
    """The session that stays on a device is for this link's brief from now on. Fine to call again.

    Raises as `sign_in` does.
    """
    _lock(tx, link)
    _demand_room(tx, link, person)
    come(tx, link, person)
    tx.execute(
        "update session set brief_link_id = %s, brief_id = %s, expires_at = %s"
        " where token_sha256 = %s and person_id = %s and stays",
        [link.link_id, link.brief.id, now + STAYS_FOR, credentials.sha256(token), person.id],
    )


def lasts(link: Opened, person: Person, now: datetime) -> timedelta:
    """How long a session of this link is good for anything."""
    return max(link.expires_at - now, STAYS_FOR) if _stays(link, person) else link.expires_at - now


def _stays(link: Opened, person: Person) -> bool:
    return person.self_named and link.person is None


def sweep(tx: Tx, now: datetime) -> int:
    """Removes links that expired `KEPT_FOR` ago, and who came by them; how many. People and recordings stay."""
    return tx.execute("delete from brief_link where expires_at <= %s", [now - KEPT_FOR]).rowcount


def _lock(tx: Tx, link: Opened) -> None:
    # One after the other, or all who scan a poster at once would find room for one.
    if not tx.execute("select from brief_link where id = %s for no key update", [link.link_id]).rowcount:
        raise NotFound("This link was taken back just now. Ask whoever gave it to you for a new one.")


def _demand_room(tx: Tx, link: Opened, person: Person | None = None) -> None:
    """For one more device, and one more person unless it is one who has come before."""
    # People too: one device can be signed out, and in again as somebody else, for ever.
    counted = tx.execute(
        "select greatest((select count(*) from session where brief_link_id = %(link)s),"
        " (select count(*) from brief_comer where link_id = %(link)s and person_id is distinct from %(person)s))",
        {"link": link.link_id, "person": person.id if person else None},
    ).fetchone()
    if counted is None or counted[0] >= MAX_DEVICES:
        raise TooMany(
            "This link has signed in as many devices as it may. Ask whoever gave it to you for a new one.",
            code="link_full",
        )


def _login(name: str) -> str:
    """Nobody types it: it is for telling two of one name apart in a list."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return f"{'-'.join(words)[:30].rstrip('-') or 'guest'}-{public_id()[:6]}"


def _scrypt(typed: str) -> bytes:
    """About 10 ms and 4 MB. The salt is everybody's, since it is looked up by this."""
    return hashlib.scrypt(typed.encode(), salt=b"a brief's link", n=2**12, r=8, p=1, dklen=32)
