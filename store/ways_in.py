# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Where somebody is signed in, and which programs act for them: to look at, and to end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.errors import NotFound
from domain.ids import is_public_id
from domain.scope import Scope
from store import events
from store.credentials import sha256
from store.postgres import Tx, row, rows


@dataclass(frozen=True)
class Session:
    public_id: str
    device: str  # as its browser said: a stranger's text
    created_at: datetime
    seen_at: datetime | None  # to five minutes
    for_brief: bool  # a brief's link began it, and it is good for that alone
    current: bool  # it is the one that asks
    let_in_by: str | None  # the name of whoever else made the sign-in link it came of


@dataclass(frozen=True)
class Token:
    public_id: str
    label: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None  # to the minute

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


_SESSION = (
    "s.public_id, s.device, s.created_at, s.seen_at, s.brief_id is not null as for_brief,"
    " s.token_sha256 = %(current)s as current, m.name as let_in_by"
)


def sessions(tx: Tx, person_id: UUID, now: datetime, *, current: str = "") -> tuple[Session, ...]:
    """Those that still work, `current` (a session's token) first, then the latest."""
    found = rows(
        tx,
        f"select {_SESSION} from session s left join sign_in_link l on l.id = s.link_id"
        " left join person m on m.id = l.created_by and m.id <> s.person_id where s.person_id = %(person)s"
        " and s.expires_at > %(now)s"
        " order by s.token_sha256 = %(current)s desc, coalesce(s.seen_at, s.created_at) desc, s.id desc",
        {"person": person_id, "now": now, "current": sha256(current)},
    )
    return tuple(Session(**each) for each in found)


def end_session(tx: Tx, person_id: UUID, public_id: str) -> None:
    """Raises NotFound."""
    if not is_public_id(public_id) or not _ended(tx, person_id, "s.public_id = %(one)s", one=public_id):
        raise NotFound("There is no such session, or it has ended.")


def end_others(tx: Tx, person_id: UUID, current: str) -> int:
    """All but this one (a session's token); how many."""
    return _ended(tx, person_id, "s.token_sha256 <> %(one)s", one=sha256(current))


def end_all(tx: Tx, person_id: UUID, now: datetime) -> None:
    """Nothing that is out there lets this person in any more: no session, no token, no link that is not used yet."""
    _ended(tx, person_id, "%(one)s", one=True)
    tx.execute("update api_token set revoked_at = %s where person_id = %s and revoked_at is null", [now, person_id])
    tx.execute(
        "update sign_in_link set expires_at = %(now)s where person_id = %(person)s and used_at is null"
        " and expires_at > %(now)s",
        {"now": now, "person": person_id},
    )


def tokens(tx: Tx, person_id: UUID) -> tuple[Token, ...]:
    """Those that were not taken back, newest first."""
    found = rows(
        tx,
        "select public_id, label, scopes, created_at, expires_at, used_at from api_token"
        " where person_id = %s and revoked_at is null order by id desc",
        [person_id],
    )
    order = list(Scope)
    return tuple(
        Token(**{**each, "scopes": tuple(sorted((Scope(s) for s in each["scopes"]), key=order.index))})
        for each in found
    )


def revoke(tx: Tx, person_id: UUID, public_id: str, now: datetime) -> None:
    """Raises NotFound."""
    query = "update api_token set revoked_at = %s where person_id = %s and public_id = %s and revoked_at is null"
    if not is_public_id(public_id) or not tx.execute(query, [now, person_id, public_id]).rowcount:
        raise NotFound("There is no such token, or it was taken back.")


def _ended(tx: Tx, person_id: UUID, which: str, **one: object) -> int:
    asked = {"person": person_id, **one}
    ended = tx.execute(f"delete from session s where s.person_id = %(person)s and {which}", asked)
    if ended.rowcount:
        person = row(tx, "select public_id from person where id = %s", [person_id])
        assert person is not None
        events.tell(tx, events.person_topic(person["public_id"]))  # players that are open look again, and end
    return ended.rowcount
