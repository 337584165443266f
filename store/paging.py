# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Lists a page at a time, by cursors: where the last page ended, opaque to who holds one.

A cursor names the last row's sorting values, so that rows which come or go meanwhile neither repeat
nor hide another.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.errors import Invalid
from store.postgres import Row, Tx, rows
from store.text import storable

T = TypeVar("T")
MAX_LIMIT = 100
By = Sequence[tuple[str, Callable[[str], Any]]]
"""What a list is in the order of, ascending: expressions of SQL, and what reads each again. The last is unique."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """`next` is the cursor of the page after this one; None on the last."""

    items: tuple[T, ...]
    next: str | None


def cut_page(found: Sequence[Row], limit: int, build: Callable[[Row], T], keys: Sequence[str]) -> Page[T]:
    """A page of at most `limit` from rows of which one more than that was asked for."""
    shown = found[:limit]
    more = len(found) > limit
    return Page(tuple(build(each) for each in shown), _cursor([shown[-1][key] for key in keys]) if more else None)


def paged(
    tx: Tx,
    columns: str,
    of: str,
    values: Mapping[str, Any],
    *,
    by: By,
    build: Callable[[Row], T],
    cursor: str | None,
    limit: int,
) -> Page[T]:
    """A page of `select columns of`, where `of` begins with "from" and may end with "group by".

    Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    keys = [f"after_{n}" for n in range(len(by))]
    order = ", ".join(keys)
    behind, last = "", dict[str, Any]()
    if cursor:
        last = dict(zip(keys, after(cursor, *(make for _, make in by)), strict=True))
        behind = f"where ({order}) > ({', '.join(f'%({key})s' for key in keys)})"
    sorted_by = ", ".join(f"{expression} as {key}" for (expression, _), key in zip(by, keys, strict=True))
    found = rows(
        tx,
        f"select * from (select {columns}, {sorted_by} {of}) each {behind} order by {order} limit %(limit)s",
        {**values, **last, "limit": limit + 1},
    )
    return cut_page(found, limit, lambda each: build({k: v for k, v in each.items() if k not in keys}), keys)


def limited(limit: int) -> int:
    """A number of rows that can be asked for."""
    return max(1, min(limit, MAX_LIMIT))


def after(cursor: str, *types: Callable[[str], Any]) -> list[Any]:
    """The sorting values in a cursor, each made by its type from its text. Raises Invalid (`bad_cursor`)."""
    try:
        values = json.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ValueError("not a list of texts")
        made = [make(value) for make, value in zip(types, values, strict=True)]
        if not all(map(_can_be_asked_for, made)):
            raise ValueError("not a value of ours")
        return made
    except (ValueError, binascii.Error, RecursionError) as cause:
        raise Invalid("That page cannot be found. Start from the first one.", code="bad_cursor") from cause


def _can_be_asked_for(value: object) -> bool:
    """Whether Postgres takes it: of text, what it can keep; of numbers, those of its columns."""
    if isinstance(value, str):
        return storable(value) == value
    return not isinstance(value, int) or -(2**31) <= value < 2**31


def _cursor(values: Sequence[Any]) -> str:
    # repr of a float is exact; str of a time or an id can be read back.
    text = [repr(value) if isinstance(value, float) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(text).encode()).decode()
