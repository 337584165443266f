"""What the links in mails open: each shows what it would do, and does it by one press, without signing in.

A program that looks at links for somebody opens them, and presses nothing. What mail programs press for
somebody is RFC 8058's one click, and ends the digest.
"""

from fastapi import APIRouter, Request, Response

from domain.mail import DIGEST
from domain.notice import NoticeKind
from publish_api import mail as mail_api
from publish_api import told
from publish_api.access import Use
from publish_api.pages.look import page

CONFIRM, STOP = "/mail/confirm/", "/mail/stop/"  # and a token: what is in the mails

router = APIRouter(prefix="/mail", include_in_schema=False)


@router.get("/confirm/{token}")
def asks(request: Request, token: str) -> Response:
    return _drawn(request, "asks")


@router.post("/confirm/{token}")
def confirm(request: Request, services: Use, token: str) -> Response:
    done = mail_api.confirm(services, token)
    return _drawn(request, "confirmed" if done else "too_late", status=200 if done else 410)


@router.get("/stop/{token}")
def asks_to_stop(request: Request, services: Use, token: str) -> Response:
    return _drawn(request, "stops", mail_api.stopped_by(services, token))


@router.post("/stop/{token}")
def stop(request: Request, services: Use, token: str) -> Response:
    what = mail_api.stopped_by(services, token)
    mail_api.stop(services, token)
    return _drawn(request, "stopped", what)


def _drawn(request: Request, state: str, what: str = DIGEST, *, status: int = 200) -> Response:
    kind = None if what == DIGEST else told.KINDS[NoticeKind(what)]
    response = page(request, "mail_link.html", state=state, kind=kind, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
