"""How often one address may be wrong about what is dear to check: a bucket of tries for each, in memory.

Who is right pays nothing, so that a whole shift behind one address gets in. A bucket holds `MOST` wrong tries and
gains one a second: what whoever guesses can cost us is then `MOST` checks at once, and one a second. Each process
counts for itself.
"""

import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from domain.errors import TooMany

MOST = 60  # by hand nobody gets there: sixty people who all mistype within a minute
PER_SECOND = 1.0
_ADDRESSES = 10_000  # remembered; who has not been wrong for a minute need not be


class Guesses:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[str, tuple[float, float]] = {}  # address -> wrong tries, as of when
        self._lock = threading.Lock()

    def guess(self, address: str) -> None:
        """Counts a try before it is made, so that many at once are no more. Raises TooMany (`too_many_guesses`)."""
        with self._lock:
            now = self._clock()
            wrong = self._left(_network(address), now)
            if wrong + 1 > MOST:
                raise TooMany(
                    "Too many addresses that open nothing were typed here just now. Wait a minute, then try again; or "
                    "point your phone’s camera at the square on the poster.",
                    code="too_many_guesses",
                )
            self._wrong[_network(address)] = (wrong + 1, now)
            if len(self._wrong) > _ADDRESSES:
                self._wrong = {each: kept for each, kept in self._wrong.items() if self._left(each, now) > 0}

    def right(self, address: str) -> None:
        """It was right, and counts for nothing."""
        with self._lock:
            now = self._clock()
            self._wrong[_network(address)] = (max(self._left(_network(address), now) - 1, 0.0), now)

    def _left(self, network: str, now: float) -> float:
        wrong, then = self._wrong.get(network, (0.0, now))
        return max(wrong - (now - then) * PER_SECOND, 0.0)


def _network(address: str) -> str:
    """Of IPv6 the half that a household or a host is given: it has all of the addresses within."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else str(found)
