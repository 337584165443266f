"""Lists a page at a time, by cursors: where the last page ended, opaque to who holds one.

A cursor names the last row's sorting values, so that rows which come or go meanwhile neither repeat
nor hide another.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.errors import Invalid
from store.postgres import Row

T = TypeVar("T")
MAX_LIMIT = 100


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


def limited(limit: int) -> int:
    """A number of rows that can be asked for."""
    return max(1, min(limit, MAX_LIMIT))


def after(cursor: str, *types: Callable[[str], Any]) -> list[Any]:
    """The sorting values in a cursor, each made by its type from its text. Raises Invalid (`bad_cursor`)."""
    try:
        values = json.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ValueError("not a list of texts")
        return [make(value) for make, value in zip(types, values, strict=True)]
    except (ValueError, binascii.Error, RecursionError) as cause:
        raise Invalid("That page cannot be found. Start from the first one.", code="bad_cursor") from cause


def _cursor(values: Sequence[Any]) -> str:
    # repr of a float is exact; str of a time or an id can be read back.
    text = [repr(value) if isinstance(value, float) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(text).encode()).decode()
