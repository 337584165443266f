"""What every answer carries, and how large a request may be.

Written to ASGI itself: Starlette's BaseHTTPMiddleware copies every body through a queue.
"""

import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.voice import MAX_BYTES

MAX_BODY = 1_000_000  # bytes; the longest thing anybody writes by hand is a comment
UPLOADS = "/api/v1/uploads"  # has a limit of its own, and counts for itself
_VOICES = re.compile(r"/api/v1/clips/[^/]+/voices")

_POLICY = "; ".join(
    [
        "default-src 'self'",
        # hls.js feeds the player from a blob and runs its demultiplexer in a worker made of one.
        "media-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "img-src 'self' blob: data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
# Where a route does not say otherwise.
HEADERS = {
    "Cache-Control": "private, no-cache",  # nearly every answer is one person's: no shared cache keeps it
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # addresses of clips and sign-in links stay in the house
}
# Where somebody leaves: nothing stays of what they saw. Their storage stays: in it may lie a tip that is not sent yet.
LEAVING = {"Cache-Control": "no-store", "Clear-Site-Data": '"cache"'}
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class Armour:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def armoured(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                more = [each for each in _HEADERS if each[0] not in said]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        whole = receive if _counts_for_itself(scope) else _limited(scope, receive)
        await self.app(_without_nul(scope), whole, armoured)


def _without_nul(scope: Scope) -> Scope:
    """An address with U+FFFD for NUL, which Postgres refuses, and which no name, no id and no word has."""
    query = scope["query_string"].replace(b"%00", b"%EF%BF%BD")
    return {**scope, "query_string": query, "path": scope["path"].replace("\0", "\ufffd")}


def _counts_for_itself(scope: Scope) -> bool:
    path: str = scope["path"]
    return path == UPLOADS or path.startswith(UPLOADS + "/")


def _limited(scope: Scope, receive: Receive) -> Receive:
    """The same requests, until one is longer than it may be: then a 413, before it fills the memory."""
    most = MAX_BYTES if _VOICES.fullmatch(scope["path"]) else MAX_BODY
    declared = Headers(scope=scope).get("content-length", "0")
    too_long = declared.isdigit() and int(declared) > most
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        if too_long:
            raise HTTPException(413)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413)
        return message

    return limited
