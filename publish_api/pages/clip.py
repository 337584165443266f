"""The page of one clip: the video, what is said in it, and the thread."""

from dataclasses import dataclass
from itertools import dropwhile
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.clip import Clip
from domain.comment import MAX_TEXT, CommentKind
from domain.errors import Conflict, Gone, Invalid, NotFound, TooMany
from domain.permit import Act, may
from domain.person import Person
from publish_api import comments as comments_api
from publish_api import readings
from publish_api.access import Use, Viewer, services_of
from publish_api.comment_schemas import CommentIn
from publish_api.downloads import along
from publish_api.errors import status_of
from publish_api.once import Sending
from publish_api.pages.circle import shared_of
from publish_api.pages.look import page
from publish_api.pages.standing import shape
from publish_api.pages.talk import talk
from publish_api.pages.thread import lines
from publish_api.pages.unfurl import link_mac
from store import answers, clips, comments, landing, pictures, recordings, saved, spaces, transcripts, watched
from store.postgres import Tx

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Draft:
    """What is in the composer when the page arrives: after a refusal, what was typed."""

    at_ms: int = 0
    kind: str = CommentKind.COMMENT.value
    text: str = ""
    until: str = ""
    masked: bool = False
    trouble: str = ""


@router.get("/clips/{clip_id}")
def clip_page(
    request: Request,
    services: Use,
    viewer: Viewer,
    clip_id: str,
    t: Annotated[str, Query()] = "",
    v: Annotated[str, Query()] = "",
    after: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """`v`: the version of the clip that a link to its second `t` was made to; without it, this one. `after`: where the
    page of the thread before this one ended, for those without scripts. The link of one that was joined into another
    leads on to that.
    """
    with services.store.transaction() as tx:
        try:
            clip = clips.clip(tx, clip_id, viewer.id)
        except (Gone, NotFound):
            joined = landing.joined(tx, clip_id, _typed_time(t), viewer.id)
            if joined is None:
                raise
            return RedirectResponse(f"/clips/{joined.clip}?t={joined.clip_ms / 1000:g}", 303)
        landed = landing.landing(tx, clip, _number(v) or clip.version, _typed_time(t))
        at_ms = min(landed.clip_ms, max(clip.length_ms - 1000, 0))
        return _drawn(request, tx, clip, viewer, Draft(at_ms), missed=landed.reason, after=after)


@router.get("/clips/{clip_id}/along")
def to_take_along(request: Request, services: Use, viewer: Viewer, clip_id: str) -> Response:
    """What can be taken along, alone: for the page that is open already."""
    with services.store.transaction() as tx:
        clip = clips.clip(tx, clip_id, viewer.id)
        found = along(tx, clip, viewer, services.now())
    return page(request, "_along.html", viewer=viewer, clip=clip, along=found)


@router.post("/clips/{clip_id}/comments")
def say(
    request: Request,
    services: Use,
    viewer: Viewer,
    clip_id: str,
    text: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "comment",
    at: Annotated[str, Form()] = "0",
    until: Annotated[str, Form()] = "",
    masked: Annotated[bool, Form()] = False,
    reply_to: Annotated[str, Form()] = "",
    in_draft: Annotated[bool, Form()] = False,
) -> Response:
    """The plain forms, where no script runs."""
    at_ms, end_ms = _typed_time(at), _typed_time(until) or None
    known = CommentKind(kind) if kind in set(CommentKind) else CommentKind.COMMENT
    try:
        body = CommentIn(
            text=text[: 4 * MAX_TEXT],
            kind=known,
            clip_at_ms=at_ms,
            clip_end_ms=end_ms,
            masked=masked and known is CommentKind.QUESTION,
            reply_to=reply_to or None,
            draft=in_draft,
        )
        said = comments_api.say(services, viewer, clip_id, body, Sending(viewer.id, None, b"", services.now()))
    except (Conflict, Invalid, TooMany) as refusal:
        with services.store.transaction() as tx:
            clip = clips.clip(tx, clip_id, viewer.id)
            draft = Draft(at_ms, known.value, text, until, masked, refusal.message)
            return _drawn(request, tx, clip, viewer, draft, status=status_of(refusal))
    return RedirectResponse(f"/clips/{clip_id}?t={(said.clip_at_ms or 0) // 1000}#c-{said.id}", 303)


def _drawn(
    request: Request,
    tx: Tx,
    clip: Clip,
    viewer: Person,
    draft: Draft,
    status: int = 200,
    missed: str | None = None,
    after: str | None = None,
) -> Response:
    """`missed`: why the second that a link meant is out."""
    standing = clips.standing(tx, clip.id, viewer.id)
    keeps, place_ms = watched.place(tx, clip, viewer.id)
    heard = {p.recording_id: transcripts.transcript(tx, p.recording_id) for p in clip.parts}
    return page(
        request,
        "clip.html",
        viewer=viewer,
        status=status,
        clip=clip,
        shape=shape(recordings.probe_of_clip(tx, clip.id, viewer.id)),
        at_ms=draft.at_ms,
        draft=draft,
        lines=lines(clip.parts, {k: v for k, v in heard.items() if v}),
        talk=talk(tx, clip, viewer, services_of(request).now().date(), cursor=after),
        space=spaces.spaces_by_id(tx, [clip.space_id])[clip.space_id],
        reactions=answers.clip_reactions(tx, clip.id, viewer.id),
        readings=readings.readings(tx, clip),
        kept=_kept(viewer, keeps and services_of(request).history_days > 0, place_ms),
        missed=missed,
        taken_out=landing.notices(tx, clip.id),
        next=_following(tx, clip, viewer),
        unknown=standing.curates and bool(recordings.by_unknown(tx, [clip.parts[0].recording_id])),
        may_edit=may(viewer, Act.EDIT_CLIP, own=standing.own, curates=standing.curates),
        pictured=clip.id in pictures.pictured(tx, [clip.id]),
        saved=saved.is_saved(tx, viewer.id, clip.id),
        unfurls=link_mac(tx, clip),
        along=along(tx, clip, viewer, services_of(request).now()),
        shared=shared_of(tx, clip, viewer, standing),
        said_in_draft=clip.published_at is not None and comments.was_in_circle(tx, clip.id, viewer.id),
        may_pull_back=clip.published_at is not None and may(viewer, Act.PULL_BACK, own=standing.own),
    )


def _kept(viewer: Person, keeps: bool, place_ms: int | None) -> int | str | None:
    """As js/resume.js has it: where one goes on, as the server says; None where this browser keeps it; "no": nobody."""
    if not may(viewer, Act.KEEP_FOR_ONESELF):
        return "no"
    return (place_ms or 0) if keeps else None


def _following(tx: Tx, clip: Clip, viewer: Person) -> Clip | None:
    """What the same recording goes on with: the first published clip behind this one."""
    made = clips.clips_of_recording(tx, clip.parts[-1].recording_id, viewer.id)
    behind = dropwhile(lambda each: each.id != clip.id, made)
    return next((each for each in behind if each.published_at and each.id != clip.id), None)


def _number(text: str) -> int:
    """?v= as far as it makes sense: a link that was cut short in a chat still opens the clip."""
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _typed_time(text: str) -> int:
    """ "0:12", "12" or "12.5" in milliseconds; 0 for anything else."""
    whole, _dot, part = text.strip().partition(".")
    pieces = whole.split(":")
    if len(pieces) > 3 or not all(p.isdecimal() and len(p) < 7 for p in pieces):
        return 0
    seconds = 0
    for piece in pieces:
        seconds = seconds * 60 + int(piece)
    return seconds * 1000 + (int(part[:3].ljust(3, "0")) if part.isdecimal() else 0)
