"""Answers that are the same as last time, for every route of the API that reads JSON: said in one place.

Each carries what tells it from another, as its ETag: `"3.5d41402abc4b2a76"`, where the thing has a version, which is
what If-Match wants (answers.py: `asked_version`), and else without what stands before the dot. The version alone would
not do: how many comments a clip has, or how far a recording has come, is no new version. Whoever sends it as
If-None-Match is told 304 while nothing has changed for them: who may see it, and what, was asked all the same.
"""

import hashlib
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LENGTH = 16  # hexadecimal digits


class Unchanged:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        known = {each.strip().removeprefix("W/") for each in Headers(scope=scope).get("if-none-match", "").split(",")}
        held: list[Message] = []

        async def looked_at(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_json(message):
                held.append(message)
            elif not held:
                await send(message)
            else:
                held.append(message)
                if not message.get("more_body"):
                    for each in _tagged(held, known):
                        await send(each)

        await self.app(scope, receive, looked_at)


def describe(contract: dict[str, Any]) -> None:
    """Writes the 304 into the OpenAPI description of every route that reads JSON."""
    for path, operations in contract["paths"].items():
        good = operations.get("get", {}).get("responses", {}).get("200", {})
        if path.startswith("/api/") and "application/json" in good.get("content", {}):
            operations["get"]["responses"].setdefault("304", {"description": "If-None-Match names what you have."})


def _is_json(start: Message) -> bool:
    return start["status"] == 200 and Headers(raw=start["headers"]).get("content-type", "").startswith(
        "application/json"
    )


def _tagged(held: list[Message], known: set[str]) -> list[Message]:
    start, *pieces = held
    body = hashlib.sha256(b"".join(each.get("body", b"") for each in pieces)).hexdigest()[:_LENGTH]
    headers = MutableHeaders(raw=start["headers"])
    version = headers.get("etag", "").strip('"')
    headers["ETag"] = f'"{version}.{body}"' if version else f'"{body}"'
    if headers["ETag"] not in known:
        return [{**start, "headers": headers.raw}, *pieces]
    del headers["Content-Length"]
    return [{**start, "status": 304, "headers": headers.raw}, {"type": "http.response.body", "body": b""}]
