"""Errors as answers: one table from domain.errors to HTTP statuses, one body for all of them.

Under /api and /m, and for whatever is not a page: {"error": {"code", "message"}}. Elsewhere a page
says the same sentence to a person; pages hand in how they draw it.
"""

import logging
from collections.abc import Callable, Mapping
from html import escape
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain import errors
from publish_api.tongue import gettext, phrase

log = logging.getLogger(__name__)

# (request, status, code, message) -> what a person sees. The answer keeps the status it is given,
# or leads elsewhere (to sign-in).
ErrorPage = Callable[[Request, int, str, str], Response]

_BY_CLASS: dict[type[errors.PassItOnError], int] = {
    errors.Refused: 422,
    errors.Invalid: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.Misconfigured: 500,
}
_BY_CODE = {
    "stale_version": 412,  # If-Match named a version that is no longer the newest
    "version_needed": 428,  # If-Match is missing
}
_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    429: {"Retry-After": "60"},
    503: {"Retry-After": "5"},
}
# What the framework itself refuses, in our words.
_BY_STATUS = {
    400: ("invalid", phrase("This request could not be read. Check that its body is JSON in UTF-8.")),
    404: ("not_found", phrase("There is nothing here. Check the address, or go back to the start page.")),
    405: ("method_not_allowed", phrase("This address does not do that. /openapi.json says what it does.")),
    416: ("bad_range", phrase("That part of it does not exist. Ask for all of it.")),
    413: ("too_large", phrase("This is more than is let in here. Send less at once.")),
}
_INTERNAL = (
    "internal",
    phrase("Something went wrong on our side. Nothing you sent is to blame; try again in a moment."),
)


def status_of(error: errors.PassItOnError) -> int:
    """The HTTP status of an error: by its code where that says more than its class."""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    return next((_BY_CLASS[c] for c in type(error).__mro__ if c in _BY_CLASS), 500)


def install(app: FastAPI, page: ErrorPage | None = None) -> None:
    """Makes every error of `app` an answer. `page` draws it for people, on paths outside /api and /m."""

    def answer(
        request: Request, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        message = gettext(message)
        if _is_for_people(request.url.path):
            response = (page or _plain_page)(request, status, code, message)
        else:
            response = JSONResponse({"error": {"code": code, "message": message}}, status)
        response.headers.update(_HEADERS.get(status, {}) if headers is None else headers)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.PassItOnError)
        return answer(request, status_of(error), error.code, error.message, _headers(error))

    def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code, message = _BY_STATUS.get(error.status_code, ("error", str(error.detail)))
        return answer(request, error.status_code, code, message, error.headers)

    def unreadable(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request, 400, "invalid", in_words(error))

    app.add_exception_handler(errors.PassItOnError, ours)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_middleware(_LastResort, answer=lambda request: answer(request, 500, *_INTERNAL))


def _headers(error: errors.PassItOnError) -> dict[str, str] | None:
    """Where they are not those of every answer with its status."""
    known = error.retry_after_s if isinstance(error, errors.TooMany) else None
    return None if known is None else {"Retry-After": str(known)}


def in_words(error: RequestValidationError) -> str:
    """Which field of a request is wrong, and how: the first three of them."""
    said = [_one_in_words(e["loc"], e["type"], e["msg"]) for e in error.errors()[:3]]
    return " ".join(said) or _BY_STATUS[400][1]


def _one_in_words(where: tuple[int | str, ...], kind: str, message: str) -> str:
    if kind == "json_invalid":
        return "The body is not JSON. Send JSON in UTF-8."
    field = ".".join(str(part) for part in where[1:])
    if not field:
        return "The body is missing or has the wrong shape. Send a JSON object with Content-Type: application/json."
    if kind == "missing":
        return f"{field} is missing."
    if kind == "extra_forbidden":
        return f"{field} is not a field here."
    said = message.removeprefix("Value error, ").removesuffix(".")
    return f"{field}: {said[:1].lower()}{said[1:]}."


def _is_for_people(path: str) -> bool:
    return not path.startswith(("/api/", "/m/", "/healthz", "/readyz", "/openapi.json")) and path != "/api"


def _plain_page(_: Request, status: int, __: str, message: str) -> Response:
    title = HTTPStatus(status).phrase
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<main><h1>{title}</h1><p>{escape(message)}</p><p><a href="/">To the start page</a></p></main>',
        status,
    )


class _LastResort:
    """Answers what nobody expected, without details; those go to the log.

    Not an exception handler for Exception: Starlette runs that one outside of every middleware, so
    its answers would lack the headers all others have.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request], Response]) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            if begun:  # too late for an answer: the server cuts the connection and logs
                raise
            log.exception("%s %s failed", scope["method"], scope["route"].path if "route" in scope else "?")
            response = await run_in_threadpool(self.answer, Request(scope, receive))
            await response(scope, receive, send)
