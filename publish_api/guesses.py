"""How often somebody may be wrong about what is dear to check, or may write: a bucket for each, in memory.

Of what is guessed, who is right pays nothing, so that a whole shift behind one address gets in. A bucket holds `most`
tries and gains so many a second: what whoever guesses can cost us is then `most` checks at once, and the gain from then
on. Each process counts for itself.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import cast

from starlette.requests import Request

from domain.errors import TooMany

_KEPT = 10_000  # buckets remembered; who has not been wrong for a minute need not be


@dataclass(frozen=True)
class Measure:
    most: int
    per_second: float
    code: str
    message: str


TYPED_LINKS = Measure(
    60,  # by hand nobody gets there: sixty people who all mistype within a minute
    1.0,
    "too_many_guesses",
    "Too many addresses that open nothing were typed here just now. Wait a minute, then try again; or point your "
    "phone’s camera at the square on the poster.",
)
ADDRESSES = Measure(
    60,
    1.0,
    "too_many_guesses",
    "Signing in has failed here too often just now. Wait a minute, then try again; or open a sign-in link.",
)
LOGINS = Measure(
    10,  # a code is void after five
    1 / 60,
    "too_many_guesses",
    "Too many wrong codes were typed for this login name. Wait a few minutes, then try again; or open a sign-in link.",
)
WRITES = Measure(
    60,  # a lively thread is not held up; a program that floods one is
    1.0,
    "too_many_writes",
    "That was a great deal at once. What you wrote just now was not sent; wait a moment, then send it again.",
)


class Guesses:
    def __init__(self, clock: Callable[[], float] = time.monotonic, measure: Measure = TYPED_LINKS) -> None:
        self._clock = clock
        self._measure = measure
        self._wrong: dict[str, tuple[float, float]] = {}  # whose -> wrong tries, as of when
        self._lock = threading.Lock()

    def guess(self, whose: str) -> None:
        """Counts a try before it is made, so that many at once are no more. Raises TooMany, as measured.

        `whose`: an address, or whatever else names one bucket.
        """
        with self._lock:
            now = self._clock()
            wrong = self._left(_network(whose), now)
            if wrong + 1 > self._measure.most:
                room_in = math.ceil((wrong + 1 - self._measure.most) / self._measure.per_second)
                raise TooMany(self._measure.message, code=self._measure.code, retry_after_s=room_in)
            self._wrong[_network(whose)] = (wrong + 1, now)
            if len(self._wrong) > _KEPT:
                self._wrong = {each: kept for each, kept in self._wrong.items() if self._left(each, now) > 0}

    def right(self, whose: str) -> None:
        """It was right, and counts for nothing."""
        with self._lock:
            now = self._clock()
            self._wrong[_network(whose)] = (max(self._left(_network(whose), now) - 1, 0.0), now)

    def _left(self, network: str, now: float) -> float:
        wrong, then = self._wrong.get(network, (0.0, now))
        return max(wrong - (now - then) * self._measure.per_second, 0.0)


class Limits:
    """Of one process: signing in, by address and by who it is tried for; and writing, by person."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._addresses = Guesses(clock, ADDRESSES)
        self._logins = Guesses(clock, LOGINS)
        self._writes = Guesses(clock, WRITES)

    def sign_in(self, request: Request, login: str = "") -> None:
        """Before somebody tries to sign in. Raises TooMany (`too_many_guesses`)."""
        self._addresses.guess(_address(request))
        if login := login.strip().lower()[:63]:
            self._logins.guess(login)

    def signed_in(self, request: Request, login: str = "") -> None:
        self._addresses.right(_address(request))
        if login := login.strip().lower()[:63]:
            self._logins.right(login)

    def write(self, person: str) -> None:
        """Raises TooMany (`too_many_writes`)."""
        self._writes.guess(person)


def limits_of(request: Request) -> Limits:
    return cast(Limits, request.app.state.limits)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _network(whose: str) -> str:
    """Of IPv6 the half that a household or a host is given: it has all of the addresses within."""
    try:
        found = ip_address(whose)
    except ValueError:
        return whose
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else str(found)
