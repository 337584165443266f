"""Pages for people: drawn on the server, working before a script has loaded wherever that makes sense.

Enters: requests of browsers. Leaves: HTML, and what it is drawn with. A page asks store/ as the JSON
routes do, in one transaction; its custom elements (static/js, one a file, served as written) talk to
the JSON API, and fetch a piece of a page again where drawing it twice would be the alternative.
"""

from fastapi import APIRouter

from publish_api.pages import (
    appearing,
    brief_link,
    briefs,
    clip,
    consent,
    cuts,
    feed,
    glossary,
    offline,
    people,
    recalls,
    recordings,
    reels,
    review,
    search,
    share,
    sign_in,
    spaces,
    static_files,
    takedowns,
    transcript,
    vocabulary,
)
from publish_api.pages.failure import error_page

__all__ = ["error_page", "router"]

router = APIRouter()
for _each in (
    feed,
    search,
    clip,
    recordings,
    recalls,
    transcript,
    cuts,
    review,
    reels,
    briefs,
    takedowns,
    consent,
    appearing,
    people,
    spaces,
    glossary,
    vocabulary,
    sign_in,
    brief_link,
    offline,
    share,
    static_files,
):
    router.include_router(_each.router)
