"""Being asked whether one agrees to be shown, and what one has agreed to.

A consent link is opened on the phone of whoever is asked, without signing in. Programs that scan
messages open links, too: opening one changes nothing, the buttons do.
"""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.consent import MAX_WORDS, Consent, How, TakenBack
from domain.errors import Forbidden, NotFound, Unavailable
from domain.person import Person
from publish_api import playback
from publish_api.access import MaybeViewer, Use, Viewer, refuse_other_sites, still_known
from publish_api.answers import fresh
from publish_api.media import bytes_of
from publish_api.pages.appearing import promised
from publish_api.pages.look import page
from publish_api.tongue import _
from store import appearances, media, recordings, takedowns
from store.appearances import Asked
from store.media import Piece
from store.postgres import Tx

router = APIRouter(prefix="/consent", include_in_schema=False)


@router.get("")
def own(request: Request, services: Use, viewer: Viewer) -> Response:
    """Where one is heard or seen, and what one asked to be taken out of view."""
    with services.store.transaction() as tx:
        named = appearances.own_appearances(tx, viewer.id)
        raised = takedowns.own_takedowns(tx, viewer.id)
    told = promised(services, None, TakenBack.BESIDE_IT)
    return page(request, "own_consent.html", viewer=viewer, named=named, raised=raised, terms=told)


@router.get("/{token}")
def asked_page(request: Request, services: Use, viewer: MaybeViewer, token: str) -> Response:
    with services.store.transaction() as tx:
        asked = appearances.by_link(tx, token)
        takedown = takedowns.of_appearance(tx, asked.appearance.id)
        picture = _picture(tx, asked) is not None
    drawn = page(
        request,
        "consent.html",
        asked=asked,
        state=asked.appearance.state.value,
        takedown=takedown,
        picture=f"/consent/{token}/poster.jpg" if picture else "",
        terms=promised(services, asked.space, TakenBack.HERE),
        signed_in=viewer,
        no_way_back=_no_way_back(asked, viewer),
        not_theirs=_not_theirs(asked, still_known(request)),
    )
    drawn.headers["Cache-Control"] = "no-store"
    return drawn


@router.get("/{token}/poster.jpg")
def poster(request: Request, services: Use, token: str) -> Response:
    with services.store.transaction() as tx:
        found = _picture(tx, appearances.by_link(tx, token))
    if found is None:
        raise NotFound("There is no picture of this.", code="no_picture")
    return fresh(request, bytes_of(found, services.objects), "image/jpeg")


@router.post("/{token}")
def answer(
    request: Request,
    services: Use,
    viewer: MaybeViewer,
    token: str,
    said: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:
    refuse_other_sites(request)
    with services.store.transaction() as tx:
        asked = appearances.by_link(tx, token)
        if not_theirs := _not_theirs(asked, still_known(request)):
            raise Forbidden(not_theirs, code="not_your_consent")
        by = viewer.id if viewer else None
        if said == "yes" and (no_way_back := _no_way_back(asked, viewer)):
            raise Forbidden(no_way_back, code="said_no")
        if said == "yes":
            appearances.agree(tx, asked.appearance, how=How.LINK, now=services.now(), by=by, person_id=by)
        elif said == "no":
            appearances.refuse(
                tx,
                asked.appearance,
                how=How.LINK,
                now=services.now(),
                backup_days=services.backup_days,
                by=by,
                words=words[:MAX_WORDS],
            )
    return RedirectResponse(f"/consent/{token}", 303)


def _not_theirs(asked: Asked, viewer: Person | None) -> str:
    """Why this browser cannot answer: it is somebody else's (also of a guest whose link has ended). Empty: it can."""
    named = asked.appearance
    if viewer is None or viewer.id == named.person_id:
        return ""
    if viewer.id == asked.uploader_id:
        return _(
            "You sent this recording, so you cannot answer for %(name)s. Let them open the link on a phone of their "
            "own.",
            name=named.name,
        )
    if named.person_id is not None:
        return _(
            "This asks %(name)s, and this browser is signed in as %(viewer)s. Sign out first.",
            name=named.name,
            viewer=viewer.name,
        )
    return ""


def _no_way_back(asked: Asked, viewer: Person | None) -> str:
    """Why a no does not become a yes here; empty: it does, or there was none.

    A no can be said by every link. Others may have this one, too, so that it is not enough to undo that.
    """
    named = asked.appearance
    if asked.deleted or named.state not in {Consent.DECLINED, Consent.WITHDRAWN}:
        return ""
    if viewer is not None and viewer.id == named.person_id:
        return ""
    if named.person_id is not None:
        return _("To agree after all, sign in as %(name)s: nobody else can say that for you.", name=named.name)
    if asked.stale:
        return _(
            "To agree after all, ask L&D for a new link: this one was made before you said no, or by who filmed you."
        )
    return ""


def _picture(tx: Tx, asked: Asked) -> Piece | None:
    """Of the recording, once there is one."""
    if asked.deleted:
        return None
    with suppress(NotFound, Unavailable):
        still = playback.poster(tx, playback.whole(recordings.load(tx, asked.appearance.recording_id)))
        return media.piece(tx, still.rendition, still.number)
    return None
