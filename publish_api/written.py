"""Answers of routes that are asked often, written at once.

What a handler returns FastAPI hands to another thread, to look whether it is what the route says; that takes as long as
a query. Here it is what the type checker has read, and what the tests of the contract find on the wire
(tests/publish_api/test_schema.py).
"""

from functools import cache
from typing import Any, TypeVar

from fastapi import Response
from pydantic import TypeAdapter

T = TypeVar("T")


def written(shape: type[T], answer: T) -> Response:
    """`shape` is what the route's `response_model` says."""
    writer = _writer(shape)  # type: ignore[arg-type] # a class is hashable
    return Response(writer.dump_json(answer), media_type="application/json")


@cache
def _writer(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
