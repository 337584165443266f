"""The application: every router, how errors are said, what every answer carries."""

from typing import Any

from fastapi import FastAPI

from publish_api import (
    account,
    amends,
    appearances,
    approvals,
    audit,
    briefs,
    bulk_tags,
    circles,
    clip_halves,
    clip_history,
    clip_playback,
    clips,
    comments,
    covers,
    cuts,
    devices,
    downloads,
    echo,
    errors,
    events,
    film,
    following,
    glossary,
    health,
    hearings,
    history,
    home,
    mail,
    media,
    moving,
    notices,
    pages,
    people,
    person_data,
    phrases,
    quiet,
    reactions,
    recalls,
    recordings,
    reels,
    reports,
    reviewing,
    rights,
    saved,
    searching,
    spaces,
    suggestions,
    takedowns,
    tracks,
    transcripts,
    trust,
    unchanged,
    uploads,
    vocabulary,
    voices,
    waveform,
)
from publish_api.armour import Armour
from publish_api.guesses import Guesses, Limits
from publish_api.services import Services
from publish_api.tongue import Tongue

_ABOUT = """
Short clips of what colleagues know, cut from their recordings.

Errors are `{"error": {"code", "message"}}`: the code never changes, the message is for people.
Lists are `{"items": [...], "next": cursor or null}`. Changes to what has a version want its ETag as
`If-Match`. Sign in with `Authorization: Bearer TOKEN`, or with the session cookie of our pages.
"""


class _App(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """With what is said in one place for all routes."""
        if self.openapi_schema is None:
            contract = super().openapi()  # which is kept, and answered from now on
            rights.describe(contract)
            unchanged.describe(contract)
        return super().openapi()


def create_app(services: Services) -> FastAPI:
    """The whole HTTP side, ready to be served. Quiets uvicorn's access log; touches nothing else until asked."""
    quiet.install()
    app = _App(title="Pass It On", version="1", description=_ABOUT, docs_url=None, redoc_url=None)
    app.state.services = services
    app.state.guesses = Guesses()
    app.state.limits = Limits()
    for room in (
        media,  # first: routes are tried one after the other, and this one is asked a thousand times a second
        clips,  # and what people look at most
        comments,
        voices,
        searching,
        uploads,
        recordings,
        transcripts,
        waveform,
        tracks,
        phrases,
        film,
        hearings,
        recalls,
        covers,
        cuts,
        briefs,
        echo,
        bulk_tags,
        approvals,
        clip_halves,
        clip_history,
        reviewing,
        suggestions,
        clip_playback,
        events,
        downloads,
        reels,
        amends,
        reactions,
        reports,
        audit,
        history,
        saved,
        following,
        circles,
        trust,
        notices,
        mail,
        home,
        appearances,
        takedowns,
        people,
        person_data,
        account,
        spaces,
        moving,
        devices,
        glossary,
        vocabulary,
        health,
        pages,
    ):
        app.include_router(room.router)
    errors.install(app, page=pages.error_page)
    app.add_middleware(unchanged.Unchanged)
    app.add_middleware(Tongue)
    app.add_middleware(Armour)  # last, and so around all the others
    return app
