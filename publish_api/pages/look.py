"""How a page is drawn: Jinja templates, and what all of them know."""

from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from domain.consent import SENDING_SAYS, TERMS_VERSION
from domain.permit import Act, may
from domain.person import Person
from publish_api.access import PERSON, services_of
from publish_api.pages import static_files, words


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,  # a misspelt name is an error, not an empty place
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clock=words.clock,
        in_words=words.length,
        moment=words.moment,
        day=words.day,
        megabytes=words.megabytes,
        device=words.device,
        kind=words.kind,
        about=words.about,
        initials=words.initials,
        role=words.role,
        query=lambda values: urlencode({k: v for k, v in values.items() if v}),
    )
    environment.globals.update(
        static=static_files.address, modules=static_files.modules, count=words.count, ago=words.ago
    )
    environment.globals.update(sending_says=SENDING_SAYS, terms_version=TERMS_VERSION)
    return environment


def draw(name: str, *, now: datetime, viewer: Person | None = None, **values: object) -> str:
    """A template's text. Every page knows who looks at it and what time it is."""
    return (
        _environment()
        .get_template(name)
        .render(
            now=now,
            viewer=viewer,
            may_record=viewer is not None and may(viewer, Act.UPLOAD),
            may_invite=viewer is not None and may(viewer, Act.INVITE),
            may_review=viewer is not None and may(viewer, Act.REVIEW),
            may_ask=viewer is not None and may(viewer, Act.ASK_EXPERTS),
            sees_briefs=viewer is not None and (viewer.asked or may(viewer, Act.ASK_EXPERTS)),
            **values,
        )
    )


def page(
    request: Request, name: str, *, viewer: Person | None = None, status: int = 200, **values: object
) -> HTMLResponse:
    """Pages are about one person's rights: no shared cache keeps one."""
    text = draw(name, now=services_of(request).now(), viewer=viewer, path=request.url.path, **values)
    headers = {"Cache-Control": "private, no-cache"}
    if viewer is not None:
        headers[PERSON] = viewer.public_id  # static/sw.js keeps a page for nobody else
    return HTMLResponse(text, status, headers=headers)
