"""Whether something is told to those who listen (store/events.py)."""

import asyncio
from collections.abc import Callable
from typing import Any

from store import events
from store.events import Events
from store.postgres import Store
from tests.loops import run

PATIENCE_S = 15
_ALWAYS = "what comes last"


def is_told(store: Store, topic: str, act: Callable[[], Any]) -> bool:
    """Whether somebody who listens to a topic hears of an act, before they hear of what came after it."""

    async def listen() -> bool:
        ears = Events(store.dsn)
        async with ears.hear(topic) as told, ears.hear(_ALWAYS) as over:
            await asyncio.wait_for(over.wait(), PATIENCE_S)  # the connection is there: whoever waits looks
            told.clear()
            over.clear()
            act()
            with store.transaction() as tx:
                events.tell(tx, _ALWAYS)
            await asyncio.wait_for(over.wait(), PATIENCE_S)
            return told.is_set()

    return run(listen())
