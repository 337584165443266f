"""What changes, told at once to every process: Postgres's LISTEN and NOTIFY, here and nowhere else.

What is told is a topic, never what has become of it: whoever hears it looks in the database as who they are, and
finds what they may see. It is told when the transaction is kept, and to those who listen then; who begins to listen
looks first. Clips tell it themselves (the trigger `clip_tells`), since many acts change one; and so do threads
(`comment_tells` and its like), with the public id of the one that has changed behind the topic.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import psycopg

CHANNEL = "passiton"  # as the trigger has it
ANY_CLIP = "clip"  # of which clip stands behind it

_AGAIN_S = 1.0  # until the database is asked again for a connection that it refused or broke
# A network that swallows everything is noticed within a minute; over a socket of this machine nothing is asked.
_ALIVE: dict[str, Any] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}

log = logging.getLogger(__name__)


def clip_topic(public_id: str) -> str:
    """As the trigger has it."""
    return f"{ANY_CLIP} {public_id}"


def talk_topic(public_id: str) -> str:
    """Of a clip, as the triggers have it: what is said there, and reactions to it."""
    return f"talk {public_id}"


def person_topic(public_id: str) -> str:
    return f"person {public_id}"


def tell(tx: "psycopg.Connection[Any]", topic: str) -> None:
    """That something has changed, once this transaction is kept."""
    tx.execute("select pg_notify(%s, %s)", [CHANNEL, topic])


class Ear(asyncio.Event):
    """An event that is set when a topic has changed, or may have: `news` says which, and what was said behind it
    (nothing: all of it may have changed). Take it, then look; look at first, too.
    """

    def __init__(self, topics: tuple[str, ...]) -> None:
        super().__init__()
        self._topics = topics
        self._news: dict[str, set[str]] = {}

    def tell(self, topic: str, about: str) -> None:
        self._news.setdefault(topic, set()).add(about)
        self.set()

    def tell_all(self) -> None:
        for topic in self._topics:
            self.tell(topic, "")

    def take(self) -> dict[str, set[str]]:
        """What was told since it was taken last."""
        self.clear()
        news, self._news = self._news, {}
        return news


class Events:
    """What one process hears, for one event loop: over a connection of its own while anybody listens."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._ears: dict[str, set[Ear]] = {}
        self._listening: asyncio.Task[None] | None = None
        self.closed = False
        self.hears = False  # what is told from now on; before that, who listens is told that all may have changed

    def listeners(self, topic: str) -> int:
        return len(self._ears.get(topic, ()))

    @contextlib.asynccontextmanager
    async def hear(self, *topics: str) -> AsyncIterator[Ear]:
        """What becomes of these topics."""
        told = Ear(topics)
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
                    self.hears = True
                    self._wake()  # what was told before
                    async for said in connection.notifies():
                        topic, _, about = said.payload.rpartition(" ")
                        for heard, behind in ((said.payload, ""), (topic, about)):
                            for told in self._ears.get(heard, ()):
                                told.tell(heard, behind)
            except Exception as error:  # whatever it is: else nobody would hear anything any more
                log.warning("what changes is not heard for the moment: %s", error)
            finally:
                self.hears = False
            await asyncio.sleep(_AGAIN_S)

    def _wake(self) -> None:
        for told in {told for ears in self._ears.values() for told in ears}:
            told.tell_all()
