"""Requests that are done once, however often they come: what each of a person's Idempotency-Keys made.

A row is written in the transaction of the act itself. So there is none without the act, and no act twice: a second
request with the same key waits for the first one's transaction, and finds what it made.
"""

from datetime import datetime, timedelta
from uuid import UUID

from domain.errors import Conflict
from store.postgres import Tx, row

KEPT = timedelta(hours=24)


def begin(tx: Tx, person_id: UUID, key: bytes, request: bytes, now: datetime) -> str | None:
    """What the same request made before; None for the first, which says so with `made`.

    `key` and `request` are SHA-256. Raises Conflict (`key_reused`) when the key came with another request.
    """
    added = tx.execute(
        "insert into sent_once (person_id, key_sha256, request_sha256, sent_at) values (%s, %s, %s, %s)"
        " on conflict do nothing",
        [person_id, key, request, now],
    ).rowcount
    if added:
        return None
    found = row(
        tx, "select request_sha256, made from sent_once where person_id = %s and key_sha256 = %s", [person_id, key]
    )
    if found is None or found["request_sha256"] != request:
        raise _reused()
    return str(found["made"])


def before(tx: Tx, person_id: UUID, key: bytes, request: bytes) -> str | None:
    """What the same request made before, for who has much to do first: `begin` says it for good. Raises Conflict."""
    found = row(
        tx, "select request_sha256, made from sent_once where person_id = %s and key_sha256 = %s", [person_id, key]
    )
    if found is not None and found["request_sha256"] != request:
        raise _reused()
    return None if found is None else str(found["made"])


def made(tx: Tx, person_id: UUID, key: bytes, public_id: str) -> None:
    tx.execute("update sent_once set made = %s where person_id = %s and key_sha256 = %s", [public_id, person_id, key])


def sweep(tx: Tx, now: datetime) -> None:
    tx.execute("delete from sent_once where sent_at < %s", [now - KEPT])


def _reused() -> Conflict:
    return Conflict(
        "This Idempotency-Key came with another request before. Make a new key for each thing you send.",
        code="key_reused",
    )
