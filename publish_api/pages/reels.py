"""Reels: what was made, how one comes along, and choosing its clips; and one on a screen, alone."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany
from domain.ids import public_id
from domain.permit import Act, demand, may
from domain.person import Person
from domain.reel import MAX_CLIPS, MAX_LENGTH_MS, MAX_TITLE, LeftOut, Reel, ReelClip, ReelState, Shape
from domain.space import Space
from publish_api import reels as reels_api
from publish_api.access import Use, Viewer
from publish_api.answers import asked_version
from publish_api.errors import status_of
from publish_api.pages import words
from publish_api.pages.look import page
from publish_api.reel_schemas import ReelIn
from publish_api.services import Services
from publish_api.tongue import _, ngettext, phrase
from store import clips, reels, spaces
from store.postgres import Tx
from store.search import MAX_QUERY

router = APIRouter(prefix="/reels", include_in_schema=False)

_LETTERS_TOLD = 12
_OTHER_LETTERS = phrase("Its title card stays empty: write the title in Latin, Greek, Cyrillic or Devanagari letters.")
_REFUSALS = (Conflict, Invalid, Forbidden, NotFound, TooMany)


@dataclass(frozen=True)
class Typed:
    """What is in the form: at first, after a button that only changes it, or after a refusal."""

    title: str = ""
    shape: Shape = Shape.LANDSCAPE
    captions: bool = True
    space: str = ""
    clips: tuple[str, ...] = ()  # public ids
    version: str = ""
    once: str = ""
    q: str = ""

    @classmethod
    def of(cls, reel: Reel) -> "Typed":
        kept = tuple(each.clip for each in reel.clips if each.clip)
        return cls(reel.title, reel.shape, reel.captions, clips=kept, version=str(reel.version))


@dataclass(frozen=True)
class Pressed:
    """The button that changes the form: the public id of a clip that it is about."""

    up: str = ""
    down: str = ""
    out: str = ""
    into: str = ""

    def change(self, clips: tuple[str, ...]) -> tuple[str, ...]:
        """The clips afterwards."""
        order = list(clips)
        for moved, by in ((self.up, -1), (self.down, 1)):
            if moved in order:
                at = order.index(moved)
                order.insert(max(at + by, 0), order.pop(at))
        if self.into and self.into not in order and len(order) < MAX_CLIPS:
            order.append(self.into)
        return tuple(each for each in order if each != self.out)


_Id = Annotated[str, Query(max_length=40)]


async def _asked(
    title: Annotated[str, Query(max_length=4 * MAX_TITLE)] = "",
    shape: Shape = Shape.LANDSCAPE,
    captions: str = "",
    space: _Id = "",
    clip: Annotated[list[str] | None, Query(max_length=2 * MAX_CLIPS)] = None,
    version: _Id = "",
    once: _Id = "",
    q: Annotated[str, Query(max_length=MAX_QUERY)] = "",
    up: _Id = "",
    down: _Id = "",
    out: _Id = "",
    into: _Id = "",
) -> Typed | None:
    """What a button that only changes the form has sent; None when the page is opened."""
    clips = Pressed(up, down, out, into).change(tuple(clip or ()))
    if not (once or version):
        return replace(Typed(), clips=clips, space=space) if clips or space else None
    return Typed(title, shape, captions == "1", space, clips, version, once, q.strip())


Asked = Annotated[Typed | None, Depends(_asked)]


async def _filled(
    title: Annotated[str, Form(max_length=4 * MAX_TITLE)] = "",
    shape: Annotated[Shape, Form()] = Shape.LANDSCAPE,
    captions: Annotated[str, Form()] = "",
    space: Annotated[str, Form(max_length=40)] = "",
    clip: Annotated[list[str] | None, Form(max_length=2 * MAX_CLIPS)] = None,
    version: Annotated[str, Form(max_length=40)] = "",
    once: Annotated[str, Form(max_length=40)] = "",
) -> Typed:
    return Typed(title, shape, captions == "1", space, tuple(clip or ()), version, once)


Filled = Annotated[Typed, Depends(_filled)]


@router.get("")
def listed(request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query()] = None) -> Response:
    with services.store.transaction() as tx:
        found = reels.reels(tx, viewer.id, cursor=cursor or None)
        homes = spaces.spaces_by_id(tx, [each.space_id for each in found.items])
        theirs = _curated(tx, viewer)
    now = services.now()
    return page(
        request,
        "reels.html",
        viewer=viewer,
        reels=[(each, homes[each.space_id], Told.of(each, now)) for each in found.items],
        next=found.next,
        may_make=any(each.downloads for each in theirs),
        curates=bool(theirs),
    )


@router.get("/new")
def new(request: Request, services: Use, viewer: Viewer, asked: Asked) -> Response:
    return _form(request, services, viewer, asked or Typed())


@router.post("")
def make(request: Request, services: Use, viewer: Viewer, typed: Filled) -> Response:
    try:
        body = ReelIn(
            title=typed.title,
            clips=list(typed.clips[:MAX_CLIPS]),
            shape=typed.shape,
            captions=typed.captions,
            space=typed.space or None,
        )
        made = reels_api.begin(services, viewer, body, typed.once)
    except _REFUSALS as refusal:
        return _form(request, services, viewer, typed, trouble=refusal.message, status=status_of(refusal))
    return RedirectResponse(f"/reels/{made}", 303)


@router.get("/{reel_id}")
def one(
    request: Request, services: Use, viewer: Viewer, reel_id: str, screen: Annotated[str | None, Query()] = None
) -> Response:
    """`screen`: the film alone, again and again, for a screen that nobody operates."""
    with services.store.transaction() as tx:
        reel = reels.reel(tx, reel_id, viewer.id)
        home = spaces.spaces_by_id(tx, [reel.space_id])[reel.space_id]
        curates = may(viewer, Act.MAKE_REEL, curates=spaces.curates(tx, viewer.id, reel.space_id))
        unwritten = _unwritten(tx, reel.title, reel.clips, reel.captions, viewer) if curates else []
    return page(
        request,
        "reel.html" if screen is None else "reel_screen.html",
        viewer=viewer,
        reel=reel,
        space=home,
        told=Told.of(reel, services.now()),
        curates=curates,
        unwritten=unwritten,
        url=f"{services.public_url}/reels/{reel.public_id}",
    )


@router.get("/{reel_id}/edit")
def edit(request: Request, services: Use, viewer: Viewer, reel_id: str, asked: Asked) -> Response:
    with services.store.transaction() as tx:
        reel = reels_api.demanded(tx, reel_id, viewer)
    return _form(request, services, viewer, asked or Typed.of(reel), reel=reel)


@router.post("/{reel_id}")
def change(request: Request, services: Use, viewer: Viewer, reel_id: str, typed: Filled) -> Response:
    with services.store.transaction() as tx:
        reel = reels_api.demanded(tx, reel_id, viewer)
    try:
        with services.store.transaction() as tx:
            reels.change(
                tx,
                reel.id,
                version=asked_version(typed.version, reel.version),
                by=viewer.id,
                title=typed.title,
                shape=typed.shape,
                captions=typed.captions,
                clips=typed.clips,
            )
    except _REFUSALS as refusal:
        return _form(request, services, viewer, typed, reel=reel, trouble=refusal.message, status=status_of(refusal))
    return RedirectResponse(f"/reels/{reel_id}", 303)


@router.post("/{reel_id}/attempts")
def try_again(services: Use, viewer: Viewer, reel_id: str) -> Response:
    with services.store.transaction() as tx:
        reels.try_again(tx, reels_api.demanded(tx, reel_id, viewer).id)
    return RedirectResponse(f"/reels/{reel_id}", 303)


@router.post("/{reel_id}/deletion")
def delete(services: Use, viewer: Viewer, reel_id: str) -> Response:
    reels_api.delete(services, viewer, reel_id)
    return RedirectResponse("/reels", 303)


@dataclass(frozen=True)
class Told:
    """How a reel stands, in words."""

    sign: str  # an icon
    headline: str
    advice: str
    moves: bool  # by itself: worth looking again soon

    @classmethod
    def of(cls, reel: Reel, now: datetime) -> "Told":
        left_out = [each for each in reel.clips if each.left_out]
        match reel.state:
            case ReelState.READY:
                advice = (
                    ngettext(
                        "Not in it: %(num)s clip of its list.", "Not in it: %(num)s clips of its list.", len(left_out)
                    )
                    if left_out
                    else ""
                )
                return cls("resolved", _("Ready"), advice, moves=False)
            case ReelState.EMPTY:
                advice = _("No clip of it may be shown any more. Choose others, or delete it.")
                if all(each is LeftOut.KEPT_HERE for each in (clip.left_out for clip in reel.clips)):
                    advice = _("Its space does not let clips be taken along any more.")
                return cls("close", _("Nothing left to show"), advice, moves=False)
            case ReelState.FAILED:
                return cls("correction", _("Could not be made"), reel.trouble, moves=False)
            case ReelState.MAKING:
                left = reel.estimate_s(now)
                soon = _("It takes a few minutes.")
                if left is not None:
                    soon = _("%(about)s left.", about=words.about(left).capitalize())
                return cls("working", _being_made(reel), f"{_meanwhile(reel)} {soon}".strip(), moves=True)
        waits = reel.trouble or _("It is made when those before it are done.")
        return cls("waiting", _being_made(reel), f"{_meanwhile(reel)} {waits}".strip(), moves=True)


def _being_made(reel: Reel) -> str:
    gone = [each.title for each in reel.clips if each.left_out and each.title]
    if reel.lost and gone:
        if gone[1:]:
            return _("Being made anew without “%(title)s” and %(more)s more", title=gone[0], more=len(gone) - 1)
        return _("Being made anew without “%(title)s”", title=gone[0])
    return _("Being made anew") if reel.film or reel.lost else _("Being made")


def _meanwhile(reel: Reel) -> str:
    if reel.lost:
        return _("Something in it was taken out of view: nobody is shown the old film any more.")
    return _("Until then you see it as it was.") if reel.film else ""


def _unwritten(tx: Tx, title: str, clips: Sequence[ReelClip], captions: bool, viewer: Person) -> list[str]:
    """What will not be in the film since there are no shapes for its letters, in sentences."""
    from transcode.reel_text import unwritable  # late: with what draws it

    shown = [each for each in clips if each.left_out is None]
    told = []
    if letters := unwritable(title)[:_LETTERS_TOLD]:
        told.append(_("A film cannot show these letters: %(letters)s.", letters=letters) + " " + _(_OTHER_LETTERS))
    told += [
        _("The card of “%(title)s” stays empty: a film cannot show %(letters)s.", title=each.title, letters=letters)
        for each in shown
        if (letters := unwritable(each.title)[:_LETTERS_TOLD])
    ]
    said = reels.said(tx, [each.clip for each in shown], viewer.id) if captions else {}
    told += [
        _("The captions of “%(title)s” are in letters that a film cannot show. It will have none.", title=each.title)
        for each in shown
        if unwritable(said.get(each.clip, ""))
    ]
    right = reels.corrected(tx, [each.clip for each in shown], viewer.id)
    told += [
        _(
            "What was corrected in “%(title)s” is in letters that a film cannot show: nobody who sees it will know.",
            title=each.title,
        )
        for each in shown
        if unwritable(right.get(each.clip, ""))
    ]
    return told


def _form(
    request: Request,
    services: Services,
    viewer: Person,
    typed: Typed,
    *,
    reel: Reel | None = None,
    trouble: str = "",
    status: int = 200,
) -> Response:
    with services.store.transaction() as tx:
        theirs = _curated(tx, viewer)
        demand(viewer, Act.MAKE_REEL, curates=bool(theirs))
        homes = [each for each in theirs if each.downloads]
        if not (homes or reel):
            raise Forbidden("Clips of your spaces stay here. Under Spaces you can allow it.", code="downloads_off")
        home = reel.space_id if reel else _home(tx, homes, typed, viewer)
        chosen = reels.chosen(tx, typed.clips, home, viewer.id)
        offered = reels.choosable(tx, home, viewer.id, q=typed.q)
        unwritten = _unwritten(tx, typed.title, chosen, typed.captions, viewer)
    return page(
        request,
        "reel_form.html",
        viewer=viewer,
        status=status,
        typed=replace(typed, once=typed.once or public_id()),
        reel=reel,
        homes=homes,
        home=home,
        chosen=chosen,
        unwritten=unwritten,
        length_ms=sum(each.length_ms for each in chosen if each.left_out is None),
        offered=[each for each in offered if each.public_id not in typed.clips],
        most={"clips": MAX_CLIPS, "minutes": MAX_LENGTH_MS // 60_000, "title": MAX_TITLE, "ms": MAX_LENGTH_MS},
        trouble=trouble,
    )


def _home(tx: Tx, homes: list[Space], typed: Typed, viewer: Person) -> UUID:
    """The space that was chosen, or else the one of the clip that it begins with."""
    wanted = next((each.id for each in homes if each.public_id == typed.space), None)
    if wanted is None and typed.clips:
        with suppress(NotFound, Gone):
            wanted = clips.clip(tx, typed.clips[0], viewer.id).space_id
    return next((each.id for each in homes if each.id == wanted), homes[0].id)


def _curated(tx: Tx, viewer: Person) -> list[Space]:
    return [each for each in spaces.spaces_of(tx, viewer.id) if spaces.curates(tx, viewer.id, each.id)]
