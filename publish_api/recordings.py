"""Recordings: how far they have come, and how they are taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from domain.estimate import IDLE, Workload
from domain.permit import Act, demand
from domain.person import Person
from domain.recording import Recording, Status
from publish_api import playback
from publish_api.access import Guest, Returning, Use, Viewer
from publish_api.answers import (
    Cursor,
    Id,
    IfMatch,
    Items,
    Limit,
    all_of,
    asked_version,
    fresh,
    problems,
    say_version,
    text_answer,
)
from publish_api.clip_schemas import ClipOut
from publish_api.clips import as_shown
from publish_api.media import bytes_of
from publish_api.playback import HLS, VTT
from publish_api.schemas import API, RecordingChange, RecordingOut
from store import briefs, clips, media, people, recordings, same_bytes, spaces, steps
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/recordings", tags=["recordings"])


@router.get(
    "",
    summary="Your recordings, newest first",
    description="With `curated`, those of the spaces you curate. For a brief's guest, what they sent for it. "
    "With `sha256`, all of these whose file has those bytes: ask before you send a file again.",
    responses=problems(),
)
def listed(
    services: Use,
    viewer: Returning,
    curated: Annotated[bool, Query()] = False,
    sha256: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="64 hexadecimal digits.")] = None,
    cursor: Cursor = None,
    limit: Limit = 30,
) -> Items[RecordingOut]:
    with services.store.transaction() as tx:
        if sha256 is not None:
            page = recordings.recordings_of_bytes(
                tx, viewer.id, bytes.fromhex(sha256), briefs=viewer.briefs, cursor=cursor, limit=limit
            )
        elif curated and viewer.brief_id is None:
            page = recordings.curated_recordings(tx, viewer.id, cursor=cursor, limit=limit)
        else:
            page = recordings.own_recordings(tx, viewer.id, briefs=viewer.briefs, cursor=cursor, limit=limit)
        return Items(items=_as_shown(tx, page.items, viewer, services.now()), next=page.next)


@router.get("/{id}", summary="A recording, and how far it has come", responses=problems(404, 410))
def one(services: Use, viewer: Returning, response: Response, id_: Id) -> RecordingOut:
    with services.store.transaction() as tx:
        found = seen(tx, id_, viewer)
        say_version(response, found.version)
        return _as_shown(tx, [found], viewer, services.now())[0]


@router.patch("/{id}", summary="Name a recording", responses=problems(404, 410, 412, 428))
def change(
    services: Use, viewer: Guest, response: Response, id_: Id, body: RecordingChange, if_match: IfMatch = None
) -> RecordingOut:
    with services.store.transaction() as tx:
        renamed = rename(tx, viewer, id_, body.title, if_match)
        say_version(response, renamed.version)
        return _as_shown(tx, [renamed], viewer, services.now())[0]


@router.delete(
    "/{id}",
    status_code=204,
    summary="Delete a recording",
    description="Its media, words and proposed clips go at once; what was said about it stays.",
    responses=problems(403, 404, 410, 503),
)
def delete(services: Use, viewer: Returning, id_: Id) -> None:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.DELETE_RECORDING)
        recordings.delete(tx, found.id, services.now()).clear(services.objects)


@router.get("/{id}/clips", summary="The clips of a recording, in its order", responses=problems(404, 410))
def clips_of(services: Use, viewer: Viewer, id_: Id) -> Items[ClipOut]:
    with services.store.transaction() as tx:
        found = recordings.recording(tx, id_, viewer.id)
        return all_of(as_shown(clips.clips_of_recording(tx, found.id, viewer.id)))


@router.post(
    "/{id}/attempts",
    status_code=202,
    summary="Try again what failed or was refused",
    responses=problems(403, 404, 410),
)
def try_again(services: Use, viewer: Guest, id_: Id) -> RecordingOut:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.RETRY)
        services.try_again(tx, found.id)
        return _as_shown(tx, [seen(tx, id_, viewer)], viewer, services.now())[0]


@router.get(
    "/{id}/play.m3u8",
    summary="Play a whole recording (HLS), also while it is being rendered",
    response_class=Response,
    responses=text_answer(HLS) | problems(404, 410, 503),
)
def play(request: Request, services: Use, viewer: Returning, id_: Id) -> Response:
    with services.store.transaction() as tx:
        found = seen(tx, id_, viewer)
        text = playback.master_of_recording(tx, found, services.now())
    return fresh(request, text, HLS)


@router.get(
    "/{id}/play/{name}.m3u8",
    summary="One rendition of a recording",
    response_class=Response,
    responses=text_answer(HLS) | problems(404, 410, 503),
)
def play_rendition(request: Request, services: Use, viewer: Returning, id_: Id, name: str) -> Response:
    with services.store.transaction() as tx:
        found = seen(tx, id_, viewer)
        text = playback.media_of_recording(tx, found, name, services.now())
    return fresh(request, text, HLS)


@router.get(
    "/{id}/storyboard.vtt",
    summary="Which still to show where, in a whole recording",
    response_class=Response,
    responses=text_answer(VTT) | problems(404, 410, 503),
)
def storyboard(request: Request, services: Use, viewer: Returning, id_: Id) -> Response:
    with services.store.snapshot() as tx:
        text = playback.storyboard_of_recording(tx, seen(tx, id_, viewer), services.now())
    return fresh(request, text, VTT)


@router.get(
    "/{id}/poster.jpg",
    summary="A picture of a recording",
    response_class=Response,
    responses=text_answer("image/jpeg") | problems(404, 410, 503),
)
def poster(request: Request, services: Use, viewer: Returning, id_: Id) -> Response:
    with services.store.transaction() as tx:
        still = playback.poster(tx, playback.whole(seen(tx, id_, viewer)))
        found = media.piece(tx, still.rendition, still.number)
    return fresh(request, bytes_of(found, services.objects), "image/jpeg")


def seen(tx: Tx, public_id: str, viewer: Person) -> Recording:
    """The recording as far as the viewer, a brief's guest perhaps, may see it. Raises NotFound, Gone."""
    return recordings.recording(tx, public_id, viewer.id, briefs=viewer.briefs)


def rename(tx: Tx, viewer: Person, public_id: str, title: str, if_match: str | None) -> Recording:
    """Whoever sees a recording may name it. Raises NotFound, Gone, Invalid, and Conflict as `asked_version` does."""
    found = seen(tx, public_id, viewer)
    return recordings.rename(tx, found.id, title=title, version=asked_version(if_match, found.version))


def _demanded(tx: Tx, public_id: str, viewer: Person, act: Act) -> Recording:
    """The recording, when the viewer may do this to it. Raises NotFound, Gone, Forbidden."""
    found = seen(tx, public_id, viewer)
    standing = recordings.standing(tx, found.id, viewer.id)
    demand(viewer, act, own=standing.own, curates=standing.curates)
    return found


def _as_shown(tx: Tx, found: Sequence[Recording], viewer: Person, now: datetime) -> list[RecordingOut]:
    speakers = people.people_by_id(tx, [each.speaker_id for each in found])
    homes = spaces.spaces_by_id(tx, [each.space_id for each in found])
    load = workload_for(tx, found)
    asked = briefs.titles(tx, [each.brief_id for each in found if each.brief_id])
    repeated = same_bytes.shown(tx, found, viewer.id, briefs=viewer.briefs)
    return [
        RecordingOut.of(
            each,
            speakers[each.speaker_id],
            homes[each.space_id],
            now,
            load,
            asked[each.brief_id] if each.brief_id else None,
            repeated[each.same_as][0] if each.same_as in repeated else None,
        )
        for each in found
    ]


def workload_for(tx: Tx, found: Sequence[Recording]) -> Workload:
    """What estimates for these are made from. Nothing is asked for when none of them is on its way."""
    return steps.workload(tx) if any(each.status is Status.WORKING for each in found) else IDLE
