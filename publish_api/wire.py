"""How bytes come off a connection: uvicorn's own HTTP, read in larger pieces and copied less often.

By itself uvicorn reads a quarter of a megabyte at a time and copies each of them four times before a route
sees it. For an upload of gigabytes that is a third of the server's work.
"""

import asyncio
import threading
from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_READ = 1 << 20  # bytes; what a connection may bring at once

_here = threading.local()  # one buffer an event loop: what was read is parsed before anything else is


class Wire(asyncio.BufferedProtocol):
    """For uvicorn's setting `http`: HTTP/1.1 on one connection."""

    def __init__(self, **given: Any) -> None:
        self._http = _Http(**given)
        if not hasattr(_here, "buffer"):
            _here.buffer = memoryview(bytearray(_READ))
        self._buffer: memoryview = _here.buffer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._http.connection_made(transport)  # type: ignore[arg-type]  # uvicorn's is the narrower type

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._http.data_received(self._buffer[:nbytes])  # type: ignore[arg-type]  # the parser takes any buffer

    def eof_received(self) -> None:
        self._http.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._http.connection_lost(exc)

    def pause_writing(self) -> None:
        self._http.pause_writing()

    def resume_writing(self) -> None:
        self._http.resume_writing()


class _Http(HttpToolsProtocol):
    def on_body(self, body: bytes) -> None:
        """Hands a large piece on as it is. uvicorn gathers in a bytearray, which is two copies more."""
        cycle = self.cycle
        if self.parser.should_upgrade():  # and so there may be no cycle of its own
            super().on_body(body)
            return
        if len(body) > HIGH_WATER_LIMIT and not cycle.body and not cycle.response_complete:
            cycle.body = body  # type: ignore[assignment]  # its reader makes bytes of it, and of bytes no copy
            self.flow.pause_reading()
            cycle.message_event.set()
            return
        if isinstance(cycle.body, bytes):
            cycle.body = bytearray(cycle.body)  # it is added to: to add to bytes would copy them each time
        super().on_body(body)
