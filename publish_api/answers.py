"""What answers have in common: documented errors, lists a page at a time, versions."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Header, Path, Query, Request, Response
from pydantic import Field

from domain.errors import Conflict, Invalid
from publish_api.schemas import Out
from store.paging import MAX_LIMIT, Page

S = TypeVar("S")
T = TypeVar("T")

Id = Annotated[str, Path(alias="id")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Beginning = Annotated[str, Query(max_length=100, description="How a name, or a login name, begins.")]
Language = Annotated[str | None, Query(max_length=3, description="ISO 639, of a caption track; left out: as said.")]
Fillers = Annotated[bool, Query(description="false: without the sounds of somebody who looks for a word.")]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of the version that was seen.")]


class ProblemDetail(Out):
    code: str = Field(description="Never changes; compare this.")
    message: str = Field(description="For people: what was wrong, what to do next.")


class Problem(Out):
    error: ProblemDetail


_PROBLEMS = {
    400: "The request does not make sense; the message says which field.",
    401: "We do not know who is asking.",
    403: "You may not.",
    404: "Not there, or not yours: the two look the same.",
    409: "Somebody else was first.",
    410: "It was deleted.",
    412: "If-Match names a version that is no longer the newest.",
    422: "It is understood, and cannot be done; the message says why.",
    428: "If-Match is missing.",
    429: "Too often; try later.",
    503: "Not at the moment; nothing is lost, try again.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, for OpenAPI. All have 400, 401 and an unnamed rest in common."""
    said: dict[int | str, dict[str, Any]] = {
        status: {"description": _PROBLEMS[status], "model": Problem} for status in sorted({400, 401, *statuses})
    }
    return {**said, "default": {"description": "Any other error.", "model": Problem}}


def text_answer(media_type: str) -> dict[int | str, dict[str, Any]]:
    """The good answers of a route that does not speak JSON, for OpenAPI."""
    schema = {"type": "string", **({"format": "binary"} if media_type.startswith("image/") else {})}
    return {
        200: {"description": "As asked.", "content": {media_type: {"schema": schema}}},
        304: {"description": "What you have is still right."},
    }


class Items(Out, Generic[T]):
    items: list[T]
    next: str | None = Field(default=None, description="The cursor of the next page; null on the last one.")


def page_of(page: Page[S], out: Callable[[S], T]) -> Items[T]:
    """A page of a list, each as it is shown."""
    return Items(items=[out(each) for each in page.items], next=page.next)


def all_of(values: Iterable[T]) -> Items[T]:
    """A list that has one page."""
    return Items(items=list(values), next=None)


def asked_version(if_match: str | None, current: int) -> int:
    """The version that If-Match says a change is meant for.

    Raises Invalid (`version_needed`) without the header, Conflict (`stale_version`) when it does not
    name `current`.
    """
    if if_match is None:
        raise Invalid("Send the version you have seen as If-Match, from the ETag.", code="version_needed")
    # What is read has a version and, after a dot, what tells whether it is the same to read (unchanged.py).
    named = {tag.strip().removeprefix("W/").strip('"').partition(".")[0] for tag in if_match.split(",")}
    if not named & {"*", str(current)}:
        raise Conflict("Somebody changed this meanwhile. Load it again and look before you save.", code="stale_version")
    return current


def say_version(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'
    response.headers["Cache-Control"] = "private, no-cache"


def fresh(request: Request, body: str | bytes, media_type: str) -> Response:
    """A body that is asked for again and again, or a 304 when the asker has it already.

    Private: who may have it is decided each time.
    """
    data = body.encode() if isinstance(body, str) else body
    tag = f'"{hashlib.sha256(data).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=media_type)
