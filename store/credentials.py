# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What proves who somebody is: sign-in links with a code to type, sessions, API tokens.

No password anywhere. Of every secret the database holds a hash alone, so a copy of it signs nobody in:
SHA-256 of the long random ones, scrypt of the eight digits. Who has left is nobody.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.errors import Invalid
from domain.ids import public_id, uuid7
from domain.notice import About, NoticeKind
from domain.person import Person, login_name
from domain.scope import EVERYTHING, Scope, widened
from store import events
from store.briefs import ASKED_ANYTHING
from store.notices import tell
from store.people import PERSON, person_from, typed
from store.postgres import Row, Tx, row
from store.text import one_line

MAX_WRONG_CODES = 5  # a link: one guess in twenty million
KEPT_FOR = timedelta(days=30)  # after a sign-in link has expired: who let whom in, and when, can be looked up
_STAYS = "(s.stays and p.self_named)"
_SENT_FOR = "array(select distinct r.brief_id from recording r where r.uploader_id = p.id and r.brief_id is not null)"
IDLE = timedelta(minutes=5)  # on a device that others share; a page locks itself before
_TOUCHED_EVERY = timedelta(seconds=15)
_SEEN_EVERY = timedelta(minutes=5)  # a write now and then, not one a request
_TOKEN_SEEN_EVERY = timedelta(minutes=1)
API_TOKEN_PREFIX = "pio_"  # noqa: S105 - lets scanners of leaked secrets know ours


@dataclass(frozen=True)
class SignInLink:
    """Shown once, to whoever invites: `token` for a URL, `code` (8 digits) to type where a link cannot go."""

    token: str
    code: str
    expires_at: datetime


def new_sign_in_link(
    tx: Tx,
    person_id: UUID,
    *,
    now: datetime,
    lives_for: timedelta = timedelta(hours=24),
    created_by: UUID | None = None,
) -> SignInLink:
    """Whom it is for is told who made it (`created_by`; None: the house), and when it is used."""
    link_id = uuid7()
    link = SignInLink(secrets.token_urlsafe(32), f"{secrets.randbelow(10**8):08}", now + lives_for)
    tx.execute(
        "insert into sign_in_link (id, person_id, token_sha256, code_scrypt, created_by, created_at, expires_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        [link_id, person_id, sha256(link.token), _scrypt(link.code, link_id), created_by, now, link.expires_at],
    )
    _told(tx, NoticeKind.LINK, person_id, created_by, now)
    return link


def redeem_link(tx: Tx, token: str, now: datetime) -> Person | None:
    """Whose link it is, once: None when it was used, has expired or never was.

    Whoever handed it out knows who that is, so its use ends `self_named`; one that was never used ends nothing.
    """
    used = row(
        tx,
        "update sign_in_link l set used_at = %(now)s from person p"
        " where l.token_sha256 = %(token)s and l.used_at is null and l.expires_at > %(now)s"
        f" and p.id = l.person_id and p.left_at is null returning l.id as link_id,"
        f" l.created_by, {PERSON}",
        {"token": sha256(token), "now": now},
    )
    return _let_in(tx, used, now)


def redeem_code(tx: Tx, login: str, code: str, now: datetime) -> Person | None:
    """Whose code it is: that of the person's newest unused link, at most five wrong tries. Ends `self_named`, as
    the link would.

    None is returned, never raised, so that the counted try is committed with the transaction.
    """
    try:
        login = login_name(login)
    except Invalid:
        return None
    link = row(
        tx,
        f"select l.id as link_id, l.created_by, l.code_scrypt, l.attempts < %s and l.expires_at > %s as open, {PERSON}"
        " from sign_in_link l join person p on p.id = l.person_id"
        " where p.login = %s and p.left_at is null and l.used_at is null"
        " order by l.created_at desc, l.id desc limit 1 for update of l",
        [MAX_WRONG_CODES, now, login],
    )
    if link is None or not link["open"]:
        return None
    digits = "".join(c for c in code if c in "0123456789")  # people type it in groups
    link_id, kept, _open = link["link_id"], link.pop("code_scrypt"), link.pop("open")
    if not hmac.compare_digest(_scrypt(digits, link_id), kept):
        tx.execute("update sign_in_link set attempts = attempts + 1 where id = %s", [link_id])
        return None
    tx.execute("update sign_in_link set used_at = %s where id = %s", [now, link_id])
    return _let_in(tx, link, now)


def _let_in(tx: Tx, used: Row | None, now: datetime) -> Person | None:
    """By a link that was just used: `link_id`, who made it, and the columns PERSON."""
    if used is None:
        return None
    made_by = used.pop("created_by")
    _told(tx, NoticeKind.LINK_USED, used["id"], made_by, now)
    return _known(tx, person_from(used))


def _told(tx: Tx, kind: NoticeKind, person_id: UUID, made_by: UUID | None, now: datetime) -> None:
    """Whoever was never signed in is not: nobody could have read or done anything as them."""
    been = row(tx, "select from person where id = %s and signed_in_at is not null", [person_id])
    if been is not None and made_by is not None:
        tell(tx, kind, [person_id], About(thing=public_id()), by=made_by, now=now)


def _known(tx: Tx, person: Person | None) -> Person | None:
    if person is None or not person.self_named:
        return person
    tx.execute("update person set self_named = false where id = %s", [person.id])
    return replace(person, self_named=False)


def new_session(
    tx: Tx,
    person_id: UUID,
    *,
    now: datetime,
    device: str = "",
    lives_for: timedelta = timedelta(days=30),
    brief_link_id: UUID | None = None,
    stays: bool = False,
    device_id: UUID | None = None,
    link_id: UUID | None = None,
) -> str:
    """The session's token, for a cookie. `link_id`: of the sign-in link that it came of.

    With a `brief_link_id` it is for that link's brief alone, and ends with it. One that `stays` does not: see
    `person_of_session`. With a `device_id` it is on a device that others share.
    """
    token = secrets.token_urlsafe(32)
    tx.execute(
        "insert into session (id, public_id, person_id, token_sha256, device, created_at, expires_at, brief_link_id,"
        " brief_id, stays, device_id, link_id)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, (select brief_id from brief_link where id = %s), %s, %s, %s)",
        [
            uuid7(),
            public_id(),
            person_id,
            sha256(token),
            one_line(device)[:200],
            now,
            now + lives_for,
            brief_link_id,
            brief_link_id,
            stays,
            device_id,
            link_id,
        ],
    )
    tx.execute("update person set signed_in_at = %s where id = %s and signed_in_at is null", [now, person_id])
    return token


def person_of_session(tx: Tx, token: str, now: datetime, *, touched: bool = True) -> Person | None:
    """Whose session it is: with `brief_id` when a brief's link began it, and only while that link is good.

    One that stays is there afterwards too, `ended`, and looks back at all that its person has sent for briefs: as
    long as nobody has looked who that is. `asked` is true when a brief is theirs to answer. On a device that others
    share a person's session ends `IDLE` after it was last `touched`: by somebody, not by a page that asks by itself.
    """
    found = row(
        tx,
        f"select {PERSON}, s.id as session_id, coalesce(s.seen_at <= case when s.device_id is not null"
        "   and not p.device then %(moment)s else %(a_while)s end, true) as unseen,"
        " s.device_id is not null and not p.device as shared,"
        " s.brief_id, s.brief_id is not null and l.id is null as ended,"
        f" {ASKED_ANYTHING} as asked, case when {_STAYS} then {_SENT_FOR} end as looks_back"
        " from session s join person p on p.id = s.person_id"
        " left join brief_link l on l.id = s.brief_link_id and l.expires_at > %(now)s"
        " where s.token_sha256 = %(token)s and s.expires_at > %(now)s and p.left_at is null"
        f" and (s.brief_id is null or l.id is not null or {_STAYS})"
        " and (s.device_id is null or p.device or coalesce(s.seen_at, s.created_at) > %(idle)s)",
        {
            "token": sha256(token),
            "now": now,
            "a_while": now - _SEEN_EVERY,
            "moment": now - _TOUCHED_EVERY,
            "idle": now - IDLE,
        },
    )
    if found is None:
        return None
    session_id, unseen = found.pop("session_id"), found.pop("unseen")
    if unseen and touched:
        _touch(tx, "session", "seen_at", session_id, now)
    return typed({**found, "looks_back": _all(found["looks_back"])})


def _all(briefs: list[UUID] | None) -> tuple[UUID, ...] | None:
    return None if briefs is None else tuple(briefs)


def end_session(tx: Tx, token: str) -> None:
    ended = row(
        tx,
        "delete from session s using person p where s.token_sha256 = %s and p.id = s.person_id returning p.public_id",
        [sha256(token)],
    )
    if ended is not None:
        events.tell(tx, events.person_topic(ended["public_id"]))


def sweep(tx: Tx, now: datetime) -> int:
    """Removes sessions that have expired, and sign-in links `KEPT_FOR` after they did; how many."""
    ended = tx.execute("delete from session where expires_at <= %s", [now]).rowcount
    return ended + tx.execute("delete from sign_in_link where expires_at <= %s", [now - KEPT_FOR]).rowcount


def new_api_token(
    tx: Tx,
    person_id: UUID,
    label: str = "",
    *,
    scopes: Iterable[Scope] = EVERYTHING,
    expires_at: datetime | None = None,
) -> str:
    """A token that works until it expires, is taken back, or its person leaves."""
    token = API_TOKEN_PREFIX + secrets.token_urlsafe(32)
    tx.execute(
        "insert into api_token (id, public_id, person_id, token_sha256, label, scopes, expires_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        [uuid7(), public_id(), person_id, sha256(token), one_line(label)[:200], sorted(widened(scopes)), expires_at],
    )
    return token


def person_of_api_token(tx: Tx, token: str, now: datetime) -> Person | None:
    """Whose it is, with its `scopes`."""
    found = row(
        tx,
        f"select {PERSON}, t.id as token_id, t.scopes, coalesce(t.used_at <= %(a_while)s, true) as unseen"
        " from api_token t join person p on p.id = t.person_id"
        " where t.token_sha256 = %(token)s and t.revoked_at is null and p.left_at is null"
        " and coalesce(t.expires_at > %(now)s, true)",
        {"token": sha256(token), "now": now, "a_while": now - _TOKEN_SEEN_EVERY},
    )
    if found is None:
        return None
    token_id, unseen = found.pop("token_id"), found.pop("unseen")
    if unseen:
        _touch(tx, "api_token", "used_at", token_id, now)
    return typed({**found, "scopes": frozenset(Scope(each) for each in found["scopes"])})


def _touch(tx: Tx, table: str, column: str, id_: UUID, now: datetime) -> None:
    """Notes that it was used. Not where another request is just doing so: nobody waits for this."""
    tx.execute(
        f"update {table} set {column} = %(now)s"
        f" where id = (select id from {table} where id = %(id)s for no key update skip locked)",
        {"now": now, "id": id_},
    )


def revoke_api_token(tx: Tx, token: str) -> None:
    tx.execute(
        "update api_token set revoked_at = now() where token_sha256 = %s and revoked_at is null", [sha256(token)]
    )


def sha256(secret: str) -> bytes:
    """What the database keeps of a long random secret."""
    # A stranger's text may hold lone surrogates, which plain UTF-8 refuses.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _scrypt(code: str, link_id: UUID) -> bytes:
    """About 40 ms and 16 MB: a stolen table of codes takes weeks to try, and a link lives a day."""
    return hashlib.scrypt(code.encode(), salt=link_id.bytes, n=2**14, r=8, p=1, dklen=32)
