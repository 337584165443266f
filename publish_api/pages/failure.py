"""Errors as pages: what happened and what to do next, in the look of the rest."""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import PassItOnError
from publish_api.access import maybe_who
from publish_api.pages.look import page
from publish_api.tongue import _, phrase

_HEADINGS = {
    400: phrase("That did not work"),
    403: phrase("Not for you to do"),
    404: phrase("Nothing here"),
    405: phrase("That did not work"),
    409: phrase("Somebody was first"),
    410: phrase("This was deleted"),
    412: phrase("Somebody changed it meanwhile"),
    413: phrase("Too large"),
    429: phrase("A little slower"),
    503: phrase("Not at the moment"),
}
_HEADINGS_OF_CODES = {
    "brief_only": phrase("You are here for one brief"),
    "brief_closed": phrase("This brief is closed"),
}
_ELSE = phrase("Something went wrong here")
_AGAIN = frozenset({429, 500, 503})  # what time may mend


def error_page(request: Request, status: int, code: str, message: str) -> Response:
    """What a person sees; whoever is not signed in is led to signing in, and back."""
    if status == 401:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?{urlencode({'next': asked if request.method == 'GET' else '/'})}", 303)
    try:
        viewer = maybe_who(request)
    except PassItOnError:  # the very thing that failed
        viewer = None
    return page(
        request,
        "error.html",
        viewer=viewer,
        status=status,
        number=status,
        heading=_(_HEADINGS_OF_CODES.get(code) or _HEADINGS.get(status, _ELSE)),
        message=message,
        code=code,
        again=status in _AGAIN and request.method == "GET",
    )
