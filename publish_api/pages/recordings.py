"""One's recordings: how each is doing, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.consent import TakenBack
from domain.echo import SILENCE, Echo
from domain.errors import Conflict, Invalid
from domain.estimate import Workload, estimates
from domain.languages import LANGUAGES
from domain.media import WAVEFORM, Kind
from domain.permit import Act, demand, may
from domain.person import Person
from domain.recording import Recording
from domain.space import Space
from publish_api import briefs as briefs_api
from publish_api import film, hearings
from publish_api import recordings as recordings_api
from publish_api.access import Guest, Returning, Use, Viewer
from publish_api.echo import echo_of, waiting
from publish_api.pages.appearing import appearing, promised
from publish_api.pages.circle import all_shared
from publish_api.pages.corrections import Typed
from publish_api.pages.look import page
from publish_api.pages.standing import Shown, shown
from publish_api.schemas import Visibility
from publish_api.services import Services
from publish_api.tongue import called
from store import amends, beside, briefs, clips, media, people, pictures, recalls, recordings, same_bytes, spaces, trust
from store.echoes import echoes
from store.postgres import Tx

router = APIRouter(include_in_schema=False)


@router.get("/record")
def record(
    request: Request, services: Use, viewer: Guest, brief: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """`brief`: the public id of one to be answered; a guest answers theirs."""
    asked, audience = None, None
    theirs: tuple[Space, ...] = ()
    if brief or viewer.brief_id is not None:
        asked = briefs_api.asked_of(services, viewer, brief)
        audience = None if asked.space.visibility is Visibility.EVERYBODY else asked.space.name
    else:
        demand(viewer, Act.UPLOAD)
        with services.store.transaction() as tx:
            theirs = spaces.spaces_of(tx, viewer.id)
    told = promised(services, audience, TakenBack.UNDER_RECORDINGS)
    return page(
        request,
        "record.html",
        viewer=viewer,
        most=services.max_upload_bytes,
        most_ms=services.max_duration_ms,
        brief=asked,
        spaces=theirs if len(theirs) > 1 else (),
        terms=told,
    )


@router.get("/recordings")
def mine(
    request: Request,
    services: Use,
    viewer: Returning,
    whose: Annotated[str, Query()] = "",
    brief: Annotated[str, Query(max_length=40)] = "",
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    """`brief`: for those who curate its space, what was sent for it."""
    everybody = (whose == "all" or brief != "") and may(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        answered = briefs.brief(tx, brief, viewer.id, services.now()) if everybody and brief else None
        if everybody:
            found = recordings.curated_recordings(
                tx, viewer.id, brief_id=answered.id if answered else None, cursor=cursor or None
            )
        else:
            found = recordings.own_recordings(tx, viewer.id, briefs=viewer.briefs, cursor=cursor or None)
        heard = echoes(tx, [each.id for each in found.items], viewer.id)
        known = _known(tx, found.items, viewer)
        unknown = recordings.by_unknown(tx, [each.id for each in found.items]) if everybody else frozenset()
        begin = clips.first_titles(tx, [each.id for each in found.items])
        seen = [
            _shown(
                services,
                each,
                viewer,
                heard.get(each.id, SILENCE),
                known,
                begins=begin.get(each.id, ""),
                unknown=each.id in unknown,
            )
            for each in found.items
        ]
    return page(
        request,
        "recordings.html",
        viewer=viewer,
        recordings=seen,
        next=found.next,
        everybody=everybody,
        answered=answered,
    )


@router.get("/recordings/{recording_id}")
def one(request: Request, services: Use, viewer: Returning, recording_id: str) -> Response:
    return _drawn(request, services, viewer, recording_id, "recording.html")


@router.get("/recordings/{recording_id}/standing")
def standing(request: Request, services: Use, viewer: Returning, recording_id: str) -> Response:
    """How it is doing, alone: for the page that is open already."""
    return _drawn(request, services, viewer, recording_id, "_standing.html")


@router.post("/recordings/{recording_id}")
def rename(
    request: Request,
    services: Use,
    viewer: Guest,
    recording_id: str,
    title: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
) -> Response:
    """The plain form, where no script runs."""
    try:
        with services.store.transaction() as tx:
            recordings_api.rename(tx, viewer, recording_id, title, version)
    except (Conflict, Invalid) as problem:
        return _drawn(request, services, viewer, recording_id, "recording.html", problem)
    return RedirectResponse(f"/recordings/{recording_id}", 303)


@router.post("/recordings/{recording_id}/attempts")
def try_again(services: Use, viewer: Guest, recording_id: str) -> Response:
    recordings_api.try_again(services, viewer, recording_id)
    return RedirectResponse(f"/recordings/{recording_id}", 303)


@router.post("/recordings/{recording_id}/hearings")
def hear_again(
    request: Request, services: Use, viewer: Viewer, recording_id: str, language: Annotated[str, Form()] = ""
) -> Response:
    """In a language of those that are offered, or whichever it turns out to be."""
    spoken = language if language in LANGUAGES else None
    try:
        hearings.hear_again(services, viewer, recording_id, hearings.HearingIn(language=spoken))
    except Conflict as problem:
        return _drawn(request, services, viewer, recording_id, "recording.html", problem)
    return RedirectResponse(f"/recordings/{recording_id}", 303)


@router.post("/recordings/{recording_id}/voice")
def give_up_film(services: Use, viewer: Guest, recording_id: str) -> Response:
    """Its picture will not come: it stays as a voice tip."""
    film.give_up(services, viewer, recording_id)
    return RedirectResponse(f"/recordings/{recording_id}", 303)


@router.post("/recordings/{recording_id}/deletion")
def delete(services: Use, viewer: Returning, recording_id: str) -> Response:
    recordings_api.delete(services, viewer, recording_id)
    return RedirectResponse("/recordings", 303)


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    recording_id: str,
    template: str,
    problem: Conflict | Invalid | None = None,
) -> Response:
    with services.store.transaction() as tx:
        recording = recordings_api.seen(tx, recording_id, viewer)
        made = clips.clips_of_recording(tx, recording.id, viewer.id)
        stands = recordings.standing(tx, recording.id, viewer.id)
        retry = may(viewer, Act.RETRY, own=stands.own, curates=stands.curates)
        known = _known(tx, [recording], viewer)
        heard = echo_of(tx, recording.id, viewer)
        named = appearing(tx, recording, viewer, stands)
        seen = _shown(services, recording, viewer, heard, known, may_retry=retry, unasked=bool(named.waits))
        waits = waiting(tx, recording, made, viewer)
        corrections = amends.waiting(tx, recording.id, viewer.id) if viewer.brief_id is None else {}
        recalled = () if viewer.brief_id else recalls.recalls(tx, recording.id, viewer.id)
        again = beside.progress(tx, recording.id)
        unknown = stands.curates and bool(recordings.by_unknown(tx, [recording.id]))
        pictured = pictures.pictured(tx, (clip.id for clip in made))
        ids = [clip.id for clip in made]
        guest = viewer.brief_id is not None
        publishable = frozenset() if stands.curates or guest else trust.publishable(tx, ids, viewer.id)
        back = trust.pulled_back(tx, ids)
        shared = None if guest or template != "recording.html" else all_shared(tx, recording, viewer, stands)
    return page(
        request,
        template,
        viewer=viewer,
        status=200 if problem is None else 409 if isinstance(problem, Conflict) else 400,
        recording=seen,
        clips=made,
        pictured=pictured,
        waiting=waits,
        corrections=corrections,
        typed=Typed(),
        appearing=named,
        trouble=problem.message if problem else "",
        curates=stands.curates and viewer.brief_id is None,
        unknown=unknown,
        recalls=recalled,
        again=again,
        publishable=publishable,
        pulled_back=back,
        shared=shared,
        may_pull_back=may(viewer, Act.PULL_BACK, own=stands.own, curates=stands.curates),
        may_recall=may(viewer, Act.RECALL, own=stands.own, curates=stands.curates),
        may_correct=bool(made) and may(viewer, Act.CORRECT_TRANSCRIPT, own=stands.own, curates=stands.curates),
        may_move=may(viewer, Act.MOVE, curates=stands.curates),
        may_cut=bool(made) and may(viewer, Act.CUT_AGAIN, own=stands.own, curates=stands.curates),
        may_hear=hearings.rests(recording)
        and recording.original_gone_at is None
        and may(viewer, Act.HEAR_AGAIN, own=stands.own, curates=stands.curates),
        languages={code: called(code) for code in LANGUAGES},
        says_of_film=may(viewer, Act.SAY_OF_FILM, own=stands.own, curates=stands.curates),
        may_delete=may(viewer, Act.DELETE_RECORDING, own=stands.own, curates=stands.curates),
    )


@dataclass(frozen=True)
class _Known:
    """What is asked once for all recordings of a page."""

    speakers: Mapping[UUID, Person]
    begun: Mapping[UUID, frozenset[tuple[str, Kind]]]
    repeated: Mapping[UUID, tuple[str, str]]
    load: Workload


def _known(tx: Tx, found: Sequence[Recording], viewer: Person) -> _Known:
    return _Known(
        people.people_by_id(tx, [each.speaker_id for each in found]),
        media.begun(tx, [each.id for each in found]),
        same_bytes.shown(tx, found, viewer.id, briefs=viewer.briefs),
        recordings_api.workload_for(tx, found),
    )


def _shown(
    services: Services,
    recording: Recording,
    viewer: Person,
    echo: Echo,
    known: _Known,
    *,
    may_retry: bool = False,
    unasked: bool = False,
    begins: str = "",
    unknown: bool = False,
) -> Shown:
    begun = known.begun.get(recording.id, frozenset())
    repeated = known.repeated
    return shown(
        recording,
        speaker=known.speakers[recording.speaker_id].name,
        plays=_plays(begun),
        pictured=any(kind is Kind.STILLS for _, kind in begun),
        done_in=estimates(recording, services.now(), known.load),
        echo=echo,
        may_retry=may_retry,
        repeated=repeated[recording.same_as][0] if recording.same_as and recording.same_as in repeated else "",
        unasked=unasked,
        theirs=recording.uploader_id != viewer.id,
        begins=begins,
        unknown=unknown,
    )


def _plays(begun: frozenset[tuple[str, Kind]]) -> Kind | None:
    """What there is a first fragment of: pictures, or sound alone (a drawing of it is not what was filmed)."""
    kinds = {kind for name, kind in begun if name != WAVEFORM}
    return next((kind for kind in (Kind.VIDEO, Kind.AUDIO) if kind in kinds), None)
