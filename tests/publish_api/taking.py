"""An answer taken step by step, over ASGI itself: test clients take all of it before they say anything."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient


@dataclass
class Taken:
    status: int = 0
    body: bytes = b""


Take = Callable[[Taken], Awaitable[None]]


async def as_it_comes(_: Taken) -> None:
    """Whoever reads."""


async def never(_: Taken) -> None:
    """Whoever does not."""
    await asyncio.Event().wait()


async def taken(client: TestClient, path: str, take: Take = as_it_comes) -> Taken:
    """What had come when the answer ended; `take` is awaited for each piece of its body."""
    got = Taken()
    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        return asked.pop() if asked else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            got.status = message["status"]
        elif message.get("body"):
            got.body += message["body"]
            await take(got)

    headers = [(name.lower().encode(), value.encode()) for name, value in client.headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
    wire = {
        "http_version": "1.1",
        "scheme": "https",
        "root_path": "",
        "headers": [*headers, (b"host", b"clips.example")],
    }
    await client.app({**scope, **wire, "asgi": {"spec_version": "2.3"}}, receive, send)
    return got
