"""What changes, told at once to every process: Postgres's LISTEN and NOTIFY, here and nowhere else.

What is told is a topic, never what has become of it: whoever hears it looks in the database as who they are, and
finds what they may see. It is told when the transaction is kept, and to those who listen then; who begins to listen
looks first. Clips tell it themselves (the trigger `clip_tells`), since many acts change one.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import psycopg

CHANNEL = "passiton"  # as the trigger has it

_AGAIN_S = 1.0  # until the database is asked again for a connection that it refused or broke
# A network that swallows everything is noticed within a minute; over a socket of this machine nothing is asked.
_ALIVE: dict[str, Any] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}

log = logging.getLogger(__name__)


def clip_topic(public_id: str) -> str:
    """As the trigger has it."""
    return f"clip {public_id}"


def person_topic(public_id: str) -> str:
    return f"person {public_id}"


def tell(tx: "psycopg.Connection[Any]", topic: str) -> None:
    """That something has changed, once this transaction is kept."""
    tx.execute("select pg_notify(%s, %s)", [CHANNEL, topic])


class Events:
    """What one process hears, for one event loop: over a connection of its own while anybody listens."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._ears: dict[str, set[asyncio.Event]] = {}
        self._listening: asyncio.Task[None] | None = None
        self.closed = False

    def listeners(self, topic: str) -> int:
        return len(self._ears.get(topic, ()))

    @contextlib.asynccontextmanager
    async def hear(self, *topics: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set when one of these has changed, or may have. Clear it, then look; look at first, too."""
        told = asyncio.Event()
        for topic in topics:
            self._ears.setdefault(topic, set()).add(told)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        try:
            yield told
        finally:
            for topic in topics:
                self._ears[topic].discard(told)
                if not self._ears[topic]:
                    del self._ears[topic]
            if not self._ears and self._listening is not None:
                self._listening.cancel()
                self._listening = None

    def close(self) -> None:
        """Lets everybody who listens go. From the event loop."""
        self.closed = True
        self._wake()

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, **_ALIVE) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._wake()  # what was told before
                    async for said in connection.notifies():
                        for told in self._ears.get(said.payload, ()):
                            told.set()
            except Exception as error:  # whatever it is: else nobody would hear anything any more
                log.warning("what changes is not heard for the moment: %s", error)
            await asyncio.sleep(_AGAIN_S)

    def _wake(self) -> None:
        for ears in self._ears.values():
            for told in ears:
                told.set()
