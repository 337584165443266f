"""What is said in a recording: read, corrected, and what was corrected taken back.

Corrections are live at once, in the transaction that takes them in: captions, the words of clips and search. Titles
and tags follow, as far as they are still the machine's.
"""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from clip.propose import described
from domain.correction import Text, changed
from domain.errors import Invalid
from domain.permit import Act, demand
from domain.person import Person
from domain.phrase import swaps
from domain.recording import Recording
from domain.span import Span
from publish_api.access import Use, Viewer
from publish_api.answers import (
    Cursor,
    Fillers,
    Id,
    IfMatch,
    Items,
    Limit,
    asked_version,
    fresh,
    problems,
    say_version,
    text_answer,
)
from publish_api.downloads import SRT
from publish_api.mends import Mends
from publish_api.playback import VTT
from publish_api.schemas import API
from publish_api.transcript_schemas import ChangeOut, ReplacementIn, TranscriptChange, TranscriptOut
from store import corrections, drafted, media, recordings
from store.drafted import StillCalled
from store.postgres import Tx
from transcribe import captions
from transcribe.fillers import without_fillers

router = APIRouter(prefix=f"{API}/recordings/{{id}}", tags=["transcripts"])

Version = Annotated[int, Path(ge=0, le=2**31 - 1, description="Of the transcript, that the change made.")]


@router.get(
    "/transcript", summary="Every word of a recording, as corrected by people", responses=problems(403, 404, 410)
)
def one(services: Use, viewer: Viewer, response: Response, id_: Id) -> TranscriptOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.READ_TRANSCRIPT)
        return _shown(tx, found, corrections.text(tx, found.id), response)


@router.get(
    "/transcript.vtt",
    summary="Captions of a whole recording, as WebVTT",
    response_class=Response,
    responses=text_answer(VTT) | problems(403, 404, 410),
)
def webvtt(request: Request, services: Use, viewer: Viewer, id_: Id, fillers: Fillers = True) -> Response:
    with services.store.transaction() as tx:
        said = _cues(tx, demanded(tx, id_, viewer, Act.READ_TRANSCRIPT), fillers=fillers)
    return fresh(request, captions.webvtt([said]), VTT)


@router.get(
    "/transcript.srt",
    summary="Captions of a whole recording, as SubRip",
    response_class=Response,
    responses=text_answer(SRT) | problems(403, 404, 410),
)
def srt(request: Request, services: Use, viewer: Viewer, id_: Id, fillers: Fillers = True) -> Response:
    with services.store.transaction() as tx:
        said = _cues(tx, demanded(tx, id_, viewer, Act.READ_TRANSCRIPT), fillers=fillers)
    return fresh(request, captions.srt([said]), SRT)


@router.patch(
    "/transcript",
    summary="Correct words, split and join sentences: live at once",
    description="Times are kept: words that take the place of others share their time. All edits are one change. Over"
    " a later run of the engine it is laid again.",
    responses=problems(403, 404, 410, 412, 428),
)
def correct(
    services: Use,
    viewer: Viewer,
    response: Response,
    id_: Id,
    body: TranscriptChange,
    mends: Mends,
    if_match: IfMatch = None,
) -> TranscriptOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.CORRECT_TRANSCRIPT)
        mends.words(tx, found.id)
        if not body.edits and not body.typed:
            raise Invalid("Send edits, or words for a time in which nothing is heard.")
        if any(each.end_ms > (found.probe.duration_ms if found.probe else 0) for each in body.typed):
            raise Invalid("Nothing can be read after the recording has ended.", code="span_after_end")
        before, after = corrections.correct(
            tx,
            found.id,
            [each.asked() for each in body.edits],
            [each.asked() for each in body.typed],
            version=_seen(tx, found, if_match),
            by=viewer.id,
            now=services.now(),
        )
        still = follow(tx, found, before, after)
        return _shown(tx, found, after, response, still)


@router.post(
    "/transcript/replacements",
    summary="Replace a word, or a few, wherever it is said: one change",
    responses=problems(403, 404, 410, 412, 428),
)
def replace(
    services: Use,
    viewer: Viewer,
    response: Response,
    id_: Id,
    body: ReplacementIn,
    mends: Mends,
    if_match: IfMatch = None,
) -> TranscriptOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.CORRECT_TRANSCRIPT)
        mends.words(tx, found.id)
        before, after = corrections.say_instead(
            tx,
            found.id,
            body.find,
            body.instead,
            version=_seen(tx, found, if_match),
            by=viewer.id,
            now=services.now(),
        )
        still = follow(tx, found, before, after)
        return _shown(tx, found, after, response, still)


@router.get("/transcript/changes", summary="Who corrected what, the newest first", responses=problems(403, 404, 410))
def changes(services: Use, viewer: Viewer, id_: Id, cursor: Cursor = None, limit: Limit = 30) -> Items[ChangeOut]:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.READ_TRANSCRIPT)
        language = corrections.text(tx, found.id).transcript.language
        page = corrections.history(tx, found.id, cursor=cursor, limit=limit)
    return Items(items=[ChangeOut.of(past, language) for past in page.items], next=page.next)


@router.delete(
    "/transcript/changes/{version}",
    summary="Take a correction back: a change like any other, which can be taken back, too",
    description="409 `built_upon` where the same words were corrected again since, `undone` where it was taken back.",
    responses=problems(403, 404, 409, 410),
)
def undo(services: Use, viewer: Viewer, response: Response, id_: Id, version: Version) -> TranscriptOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.CORRECT_TRANSCRIPT)
        before, after = corrections.undo(tx, found.id, version, by=viewer.id, now=services.now())
        still = follow(tx, found, before, after)
        return _shown(tx, found, after, response, still)


def demanded(tx: Tx, public_id: str, viewer: Person, act: Act) -> Recording:
    """The recording, when the viewer may do this to it. Raises NotFound, Gone, Forbidden."""
    found = recordings.recording(tx, public_id, viewer.id)
    stands = recordings.standing(tx, found.id, viewer.id)
    demand(viewer, act, own=stands.own, curates=stands.curates)
    return found


def _seen(tx: Tx, recording: Recording, if_match: str | None) -> int:
    return asked_version(if_match, corrections.text(tx, recording.id).version)


def _shown(
    tx: Tx, recording: Recording, text: Text, response: Response, still: Sequence[StillCalled] = ()
) -> TranscriptOut:
    say_version(response, text.version)
    return TranscriptOut.of(text, media.listening(tx, recording.id), still)


def _cues(tx: Tx, recording: Recording, *, fillers: bool) -> tuple[tuple[captions.Cue, ...], Span]:
    said = corrections.text(tx, recording.id).transcript
    words = said.words if fillers else without_fillers(said.words, said.language)
    cues = captions.cues(words, said.sentences, said.language)
    return cues, Span(0, max((cue.end_ms for cue in cues), default=1))


def follow(tx: Tx, recording: Recording, before: Text, after: Text) -> tuple[StillCalled, ...]:
    """What the machine called clips: drafts are called anew, and others as they were but for the words themselves.

    Returns the clips of which a person wrote the title, where that still says such words.
    """
    if said := changed(before.transcript, after.transcript):
        describe = partial(described, after.transcript, name=recording.title)
        return drafted.follow(tx, recording.id, describe, said, swaps(before.transcript, after.transcript))
    return ()
