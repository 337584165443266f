"""Requests that are done once: a client that heard no answer sends again with the same Idempotency-Key.

A route that makes something asks for `once: Once`, and makes it by `once.do(tx, lambda: ...)`, in the transaction of
the act and behind its permissions. What it gets is the public id of what was made, now or the first time.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request

from publish_api.access import Use, Viewer
from store import once
from store.postgres import Tx

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Anything of your own, new for each thing you send. The same request that comes again within "
        "24 hours changes nothing, and is answered with what it made the first time.",
    ),
]


@dataclass(frozen=True)
class Sending:
    person_id: UUID
    key: bytes | None  # SHA-256
    request: bytes  # SHA-256 of method, path, query and body
    now: datetime

    def do(self, tx: Tx, make: Callable[[], str]) -> str:
        """The public id that `make` gives, or gave. Raises Conflict (`key_reused`), and whatever `make` does."""
        if self.key is None:
            return make()
        before = once.begin(tx, self.person_id, self.key, self.request, self.now)
        if before is not None:
            return before
        made = make()
        once.made(tx, self.person_id, self.key, made)
        return made

    def before(self, tx: Tx) -> str | None:
        """What the same request made before, where that is known already. Raises Conflict (`key_reused`)."""
        return None if self.key is None else once.before(tx, self.person_id, self.key, self.request)


async def sending(request: Request, services: Use, viewer: Viewer, key: Key = None) -> Sending:
    query = f"?{request.url.query}" if request.url.query else ""
    what = hashlib.sha256(f"{request.method} {request.url.path}{query}\n".encode() + await request.body())
    hashed = None if key is None else hashlib.sha256(key.encode()).digest()
    return Sending(viewer.id, hashed, what.digest(), services.now())


Once = Annotated[Sending, Depends(sending)]
