"""The application: every router, how errors are said, what every answer carries."""

from fastapi import FastAPI

from publish_api import (
    appearances,
    briefs,
    clip_playback,
    clips,
    comments,
    cuts,
    downloads,
    echo,
    errors,
    events,
    film,
    glossary,
    health,
    hearings,
    media,
    pages,
    people,
    phrases,
    quiet,
    recalls,
    recordings,
    reels,
    searching,
    spaces,
    suggestions,
    takedowns,
    tracks,
    transcripts,
    uploads,
    vocabulary,
)
from publish_api.armour import Armour
from publish_api.guesses import Guesses
from publish_api.services import Services

_ABOUT = """
Short clips of what colleagues know, cut from their recordings.

Errors are `{"error": {"code", "message"}}`: the code never changes, the message is for people.
Lists are `{"items": [...], "next": cursor or null}`. Changes to what has a version want its ETag as
`If-Match`. Sign in with `Authorization: Bearer TOKEN`, or with the session cookie of our pages.
"""


def create_app(services: Services) -> FastAPI:
    """The whole HTTP side, ready to be served. Quiets uvicorn's access log; touches nothing else until asked."""
    quiet.install()
    app = FastAPI(title="Pass It On", version="1", description=_ABOUT, docs_url=None, redoc_url=None)
    app.state.services = services
    app.state.guesses = Guesses()
    for room in (
        media,  # first: routes are tried one after the other, and this one is asked a thousand times a second
        uploads,
        recordings,
        transcripts,
        tracks,
        phrases,
        film,
        hearings,
        recalls,
        cuts,
        briefs,
        echo,
        clips,
        searching,
        suggestions,
        clip_playback,
        events,
        downloads,
        reels,
        comments,
        appearances,
        takedowns,
        people,
        spaces,
        glossary,
        vocabulary,
        health,
        pages,
    ):
        app.include_router(room.router)
    errors.install(app, page=pages.error_page)
    app.add_middleware(Armour)  # last, and so around all the others
    return app
