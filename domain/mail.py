"""Where somebody wants mail, how often, and the links in it that need no sign-in. Pure."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.errors import Invalid
from domain.ids import is_public_id
from domain.notice import NoticeKind

MOST_REFUSED = 3  # times running that the server there wants none of it, until nothing more is sent
CONFIRM_FOR = timedelta(days=3)  # that the link in the question is good
MAX_ADDRESS = 254  # characters: RFC 5321, 4.5.3.1.3, less the brackets
_WEEKLY_ON = 0  # Monday
# What browsers take for one: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_ADDRESS = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*\Z")

DIGEST = "digest"  # the link that ends all of it; the others are named as their kind


class Rhythm(StrEnum):
    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"  # on Mondays


@dataclass(frozen=True)
class MailWish:
    """`address` is empty where none was given; nothing but the question goes to one that is not confirmed."""

    address: str = ""
    confirmed_at: datetime | None = None
    asked_at: datetime | None = None
    rhythm: Rhythm = Rhythm.OFF
    hour: int = 8
    zone: str = "UTC"
    refused: int = 0  # times running
    refused_says: str = ""
    stopped_at: datetime | None = None

    @property
    def goes_out(self) -> bool:
        return self.confirmed_at is not None and self.stopped_at is None and self.rhythm is not Rhythm.OFF


def checked_address(text: str) -> str:
    """Raises Invalid (`bad_address`)."""
    text = text.strip()
    if len(text) > MAX_ADDRESS or not _ADDRESS.match(text):
        raise Invalid("That is no mail address. Write one like eva@example.org.", code="bad_address")
    return text


def checked_zone(name: str) -> str:
    """A time zone as the IANA names it. Raises Invalid (`bad_zone`)."""
    if _zone(name) is None:
        raise Invalid("There is no such time zone. Write one like Europe/Berlin, or UTC.", code="bad_zone")
    return name


def next_digest(rhythm: Rhythm, hour: int, zone: str, now: datetime) -> datetime | None:
    """The first such hour after `now`, on clocks of that zone; None: never."""
    if rhythm is Rhythm.OFF:
        return None
    local = now.astimezone(_zone(zone) or UTC)
    found = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    while found.astimezone(UTC) <= now or (rhythm is Rhythm.WEEKLY and found.weekday() != _WEEKLY_ON):
        found += timedelta(days=1)  # on the clock there: the same hour, also when clocks are put forward
    return found.astimezone(UTC)


def _zone(name: str) -> tzinfo | None:
    if name == "UTC":  # there is always that, also where the system knows no others
        return UTC
    try:
        return ZoneInfo(name) if re.fullmatch(r"[A-Za-z0-9_+/-]{1,64}", name) else None
    except (KeyError, OSError, ValueError):  # not there; or a folder, or a file of another kind
        return None


def stop_token(secret: bytes, person: str, what: str) -> str:
    """Ends digests for a person (their public id), or one kind in them. It can do nothing else, and for ever."""
    return f"{person}.{what}.{_mac(secret, 'stop', person, what)}"


def read_stop_token(secret: bytes, token: str) -> tuple[str, str] | None:
    """The person's public id, and DIGEST or a kind; None where it is none of ours."""
    person, _, rest = token.partition(".")
    what, _, mac = rest.partition(".")
    ours = is_public_id(person) and (what == DIGEST or what in set(NoticeKind))
    return (person, what) if ours and _same(mac, _mac(secret, "stop", person, what)) else None


def confirm_token(secret: bytes, person: str, address: str, asked_at: datetime) -> str:
    """Says that mail for a person is wanted at an address: good for the question that was asked last."""
    return f"{person}.{_mac(secret, 'confirm', person, address, asked_at.astimezone(UTC).isoformat())}"


def whose_confirmation(token: str) -> str:
    """The public id of the person that it says it is for."""
    return token.partition(".")[0]


def confirms(secret: bytes, token: str, person: str, address: str, asked_at: datetime) -> bool:
    return _same(token, confirm_token(secret, person, address, asked_at))


def _mac(secret: bytes, *parts: str) -> str:
    said = "\n".join(("mail", *parts)).encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, said, hashlib.sha256)[:16]).decode().rstrip("=")


def _same(mine: str, theirs: str) -> bool:
    return hmac.compare_digest(mine.encode("utf-8", "replace"), theirs.encode())
