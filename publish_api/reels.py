"""Reels: several clips in one film, to be shown on a screen or posted in a chat.

A film is a copy that leaves: it is for those who see its space, where that space lets its clips be taken along. Whether
it may be given out is asked each time, and once a second while it is sent.
"""

import logging
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from domain.errors import Conflict, NotFound, PassItOnError, Unavailable
from domain.permit import Act, demand
from domain.person import Person
from domain.reel import Reel, ReelState
from publish_api.access import Use, Viewer, still_let_in
from publish_api.answers import Cursor, Id, IfMatch, Items, Limit, asked_version, problems, say_version, text_answer
from publish_api.downloads import file_name
from publish_api.leaving import Copy, give_out
from publish_api.reel_schemas import ReelChange, ReelIn, ReelOut
from publish_api.schemas import API
from publish_api.services import Services
from store import keys, reel_films, reels, spaces
from store.postgres import Tx

log = logging.getLogger(__name__)
router = APIRouter(prefix=f"{API}/reels", tags=["reels"])

Film = Annotated[
    str | None, Query(max_length=40, description="A film's id: that one, and no other. The newest without.")
]


@router.get("", summary="Reels of the spaces you see, newest first", responses=problems())
def listed(
    services: Use,
    viewer: Viewer,
    space: Annotated[str | None, Query(max_length=40)] = None,
    cursor: Cursor = None,
    limit: Limit = 30,
) -> Items[ReelOut]:
    with services.store.transaction() as tx:
        page = reels.reels(tx, viewer.id, space=space, cursor=cursor, limit=limit)
        homes = spaces.spaces_by_id(tx, [each.space_id for each in page.items])
    shown = [ReelOut.of(each, homes[each.space_id], services.now()) for each in page.items]
    return Items(items=shown, next=page.next)


@router.post(
    "",
    status_code=201,
    summary="Make a reel",
    description="For those who curate its space, where that lets its clips be taken along. Its film is made in the"
    " background: ask for the reel again.",
    responses=problems(403, 404, 429),
)
def make(services: Use, viewer: Viewer, response: Response, body: ReelIn) -> ReelOut:
    made = begin(services, viewer, body)
    with services.store.transaction() as tx:
        return _shown(tx, services, viewer, made, response)


@router.get("/{id}", summary="A reel", responses=problems(404))
def one(services: Use, viewer: Viewer, response: Response, id_: Id) -> ReelOut:
    with services.store.transaction() as tx:
        return _shown(tx, services, viewer, id_, response)


@router.patch(
    "/{id}",
    summary="Change a reel: its film is made anew",
    responses=problems(403, 404, 412, 428),
)
def change(
    services: Use, viewer: Viewer, response: Response, id_: Id, body: ReelChange, if_match: IfMatch = None
) -> ReelOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer)
        reels.change(
            tx,
            found.id,
            version=asked_version(if_match, found.version),
            by=viewer.id,
            title=body.title,
            shape=body.shape,
            captions=body.captions,
            clips=body.clips,
        )
        return _shown(tx, services, viewer, id_, response)


@router.delete("/{id}", status_code=204, summary="Delete a reel, and its film", responses=problems(403, 404))
def delete(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        reels.delete(tx, demanded(tx, id_, viewer).id)
    log.info("reel %s deleted by %s", id_, viewer.public_id)


@router.post(
    "/{id}/attempts", status_code=202, summary="Try again to make a film that failed", responses=problems(403, 404)
)
def try_again(services: Use, viewer: Viewer, response: Response, id_: Id) -> ReelOut:
    with services.store.transaction() as tx:
        reels.try_again(tx, demanded(tx, id_, viewer).id)
        return _shown(tx, services, viewer, id_, response)


@router.get(
    "/{id}/film.mp4",
    response_class=Response,
    summary="The film of a reel",
    responses=text_answer("video/mp4")
    | {
        206: {"description": "The part of it that Range asked for."},
        416: {"description": "Range lies outside the film."},
    }
    | problems(403, 404, 409, 503),
)
@router.head("/{id}/film.mp4", include_in_schema=False)
def film(
    request: Request,
    services: Use,
    viewer: Viewer,
    id_: Id,
    film: Film = None,
) -> Response:
    with services.store.transaction() as tx:
        reel, found = _given(tx, id_, viewer, film)

    def demand() -> None:
        asking = still_let_in(request)
        with services.store.transaction() as tx:
            _given(tx, id_, asking, found.public_id)

    read = partial(services.objects.get_range, keys.film(found.id))
    name = f"inline; filename*=UTF-8''{quote(file_name(reel.title, '.mp4'))}"
    copy = Copy(found.public_id, found.byte_size, "video/mp4", read, demand)
    return give_out(request, copy, {"Content-Disposition": name})


@router.get(
    "/{id}/cover.jpg",
    response_class=Response,
    summary="A picture of a reel",
    responses=text_answer("image/jpeg") | problems(403, 404, 409, 503),
)
def cover(request: Request, services: Use, viewer: Viewer, id_: Id, film: Film = None) -> Response:
    with services.store.transaction() as tx:
        _, found = _given(tx, id_, viewer, film)
    headers = {"ETag": f'"{found.public_id}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    key = keys.cover(found.id)
    return Response(services.objects.get_range(key, 0, services.objects.size(key)), 200, headers, "image/jpeg")


def begin(services: Services, viewer: Person, body: ReelIn, once: str = "") -> str:
    """A new reel's public id; `once` as in store/reels.py.

    Raises Invalid, NotFound, Forbidden, Conflict, TooMany.
    """
    with services.store.transaction() as tx:
        home = spaces.space_by_public_id(tx, body.space, viewer.id) if body.space else spaces.everyone_space(tx)
        demand(viewer, Act.MAKE_REEL, curates=spaces.curates(tx, viewer.id, home.id))
        public_id = reels.make(
            tx,
            space_id=home.id,
            by=viewer.id,
            title=body.title,
            shape=body.shape,
            captions=body.captions,
            clips=body.clips,
            now=services.now(),
            once=once,
        )
    log.info("reel %s made by %s", public_id, viewer.public_id)
    return public_id


def demanded(tx: Tx, public_id: str, viewer: Person) -> Reel:
    """The reel, when the viewer may change it. Raises NotFound, Forbidden."""
    found = reels.reel(tx, public_id, viewer.id)
    demand(viewer, Act.MAKE_REEL, curates=spaces.curates(tx, viewer.id, found.space_id))
    return found


def why_not(reel: Reel) -> PassItOnError:
    """Why there is no film to be given out."""
    if reel.state is ReelState.EMPTY:
        return Conflict("No clip of this reel may be shown any more. Choose others.", code="no_clip_left")
    if reel.state is ReelState.FAILED:
        return Conflict(reel.trouble, code="reel_failed")
    if reel.lost:
        return Unavailable(
            "Something that this reel showed was taken out of view. It is being made anew without it.",
            code="made_anew",
        )
    return Unavailable("This reel is still being made. Try again in a minute.", code="still_making")


def _given(tx: Tx, public_id: str, viewer: Person, film: str | None) -> tuple[Reel, reel_films.Given]:
    """Raises NotFound, Forbidden (`downloads_off`), and what `why_not` says."""
    reel = reels.reel(tx, public_id, viewer.id)
    demand(viewer, Act.WATCH_REEL)
    reels.demand_downloads(tx, reel.space_id)
    found = reel_films.given(tx, reel.id, film)
    if found is None:
        raise why_not(reel) if film is None or reel.film is None else _another()
    return reel, found


def _another() -> NotFound:
    return NotFound("This film was replaced by another. Load the reel again.", code="film_changed")


def _shown(tx: Tx, services: Services, viewer: Person, public_id: str, response: Response) -> ReelOut:
    found = reels.reel(tx, public_id, viewer.id)
    say_version(response, found.version)
    return ReelOut.of(found, spaces.spaces_by_id(tx, [found.space_id])[found.space_id], services.now())
