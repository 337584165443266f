"""How a page is drawn: Jinja templates, and what all of them know."""

import gzip
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from domain.amends import mended_at, places
from domain.consent import SENDING_SAYS, TERMS_VERSION
from domain.errors import Unavailable
from domain.permit import Act, may
from domain.person import Person
from domain.vocabulary import is_name
from publish_api import tongue
from publish_api.access import PERSON, services_of
from publish_api.pages import static_files, words
from store import inbox
from store.tags import slug


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,  # a misspelt name is an error, not an empty place
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True  # a long sentence may be written over several lines
    environment.install_gettext_callables(tongue.gettext, tongue.nforms, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        clock=words.clock,
        corrected=lambda clip: places(clip.parts, clip.amended),
        mended=lambda clip: mended_at(clip.amended),
        in_words=words.length,
        moment=words.moment,
        day=words.day,
        megabytes=words.megabytes,
        device=words.device,
        called=words.called,
        kind=words.kind,
        about=words.about,
        initials=words.initials,
        role=words.role,
        level=words.level,
        told=tongue.gettext,
        in_path=lambda text: quote(text, safe=""),
        tag_page=tag_page,
        query=lambda values: urlencode({k: v for k, v in values.items() if v}),
    )
    environment.globals.update(static=static_files.address, modules=static_files.modules, ago=words.ago)
    environment.globals.update(tongue=tongue, words_in=static_files.words)
    environment.globals.update(sending_says=SENDING_SAYS, terms_version=TERMS_VERSION)
    return environment


def tag_page(label: str) -> str:
    """Where a tag's page is, by any spelling. One of dots, from before they were none, has a hyphen behind it, which is
    no part of any name: an address that ends in dots alone leads elsewhere.
    """
    name = slug(label)
    return f"/tags/{quote(name, safe='')}{'' if is_name(name) else '-'}"


def draw(name: str, *, now: datetime, viewer: Person | None = None, unread: int | None = None, **values: object) -> str:
    """A template's text. Every page knows who looks at it and what time it is."""
    return (
        _environment()
        .get_template(name)
        .render(
            now=now,
            viewer=viewer,
            unread=unread,
            may_record=viewer is not None and may(viewer, Act.UPLOAD),
            may_invite=viewer is not None and may(viewer, Act.INVITE),
            may_keep=viewer is not None and may(viewer, Act.KEEP_FOR_ONESELF),
            may_report=viewer is not None and may(viewer, Act.REPORT),
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
    now, unread = services_of(request).now(), _unread(request, viewer)
    text = draw(name, now=now, viewer=viewer, unread=unread, path=request.url.path, **values)
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Accept-Language"}
    if viewer is not None:
        headers[PERSON] = viewer.public_id  # static/sw.js keeps a page for nobody else
    if static_files.takes(request, "gzip"):  # no page shows a token beside what a stranger asked for
        return HTMLResponse(gzip.compress(text.encode(), 5), status, {**headers, "Content-Encoding": "gzip"})
    return HTMLResponse(text, status, headers)


def _unread(request: Request, viewer: Person | None) -> int | None:
    """How many lines of their inbox they have not read; None for those who have none."""
    if viewer is None or viewer.device or viewer.brief_id is not None:
        return None
    services = services_of(request)
    try:
        with services.store.glance() as tx:
            return inbox.unread(tx, viewer.id, services.now())
    except Unavailable:  # which the page says in its own words
        return 0
