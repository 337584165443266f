"""What waits for a curator, and the editor of one clip."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from domain.clip import Clip
from domain.permit import Act, demand
from domain.person import Person
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.pages.standing import name_of, shape
from publish_api.pages.transcript import between
from store import clips, edges, pictures, recordings, spaces, takedowns, vocabulary
from store.consent import Obstacle, obstacles
from store.postgres import Tx
from store.recordings import Named

router = APIRouter(prefix="/review", include_in_schema=False)

_QUEUE = 100  # clips listed beside the editor
_TAGS = 500  # offered while one is typed


@dataclass(frozen=True)
class Listed:
    clip: Clip
    picture: str  # "" when there is one; else what stands in its place


@dataclass(frozen=True)
class Group:
    """The waiting clips of one recording."""

    id: str
    name: str
    brief: str  # the title of the one that it answers; empty when it answers none
    speaker: str
    unknown: bool  # typed that name at an open link
    created_at: datetime
    clips: tuple[Listed, ...]
    missing: str  # why none of them can be published; empty when nothing keeps them


@router.get("")
def waiting(request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query()] = None) -> Response:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        found = clips.to_review(tx, viewer.id, cursor=cursor or None)
        groups = _groups(tx, found.items, viewer)
        number = clips.waiting(tx, viewer.id)
        taken_down = takedowns.open_takedowns(tx, viewer.id)
    return page(
        request,
        "review.html",
        viewer=viewer,
        groups=groups,
        takedowns=taken_down,
        waiting=number,
        oldest=groups[0].created_at if groups and not cursor else None,
        next=found.next,
    )


@router.get("/{clip_id}")
def editor(request: Request, services: Use, viewer: Viewer, clip_id: str) -> Response:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, clip_id, viewer.id)
        stands = clips.standing(tx, clip.id, viewer.id)
        demand(viewer, Act.EDIT_CLIP, own=stands.own, curates=stands.curates)
        recording = recordings.recording(tx, clip.parts[0].recording, viewer.id)
        queue = clips.to_review(tx, viewer.id, limit=_QUEUE).items
        number = clips.waiting(tx, viewer.id)
        siblings = clips.clips_of_recording(tx, recording.id, viewer.id)
        known = [*(term.label for term in vocabulary.terms(tx)), *(use.label for use in clips.tags(tx, viewer.id))]
        missing = _missing(obstacles(tx, (part.recording_id for part in clip.parts)), [clip])
        inexact = edges.inexact(tx, [(part.recording_id, part.span) for part in clip.parts])
        shown = pictures.pictured(tx, [clip.id])
        unknown = bool(recordings.by_unknown(tx, [recording.id]))
        home = spaces.spaces_by_id(tx, [clip.space_id])[clip.space_id]
    previous, following = _neighbours(clip, queue)
    return page(
        request,
        "editor.html",
        viewer=viewer,
        clip=clip,
        missing=missing,
        inexact=inexact,
        recording=recording,
        unknown=unknown,
        called=name_of(recording.title, recording.filename),
        space=home.public_id,
        between=between(clip.language),
        pictured=clip.id in shown,
        shape=shape(recording.probe),
        length_ms=recording.probe.duration_ms if recording.probe else clip.parts[-1].span.end_ms,
        start_ms=clip.parts[0].span.start_ms,
        value=json.dumps(_value(clip)),
        others=json.dumps(
            [
                {"start_ms": part.span.start_ms, "end_ms": part.span.end_ms}
                for other in siblings
                for part in other.parts
                if other.id != clip.id and part.recording_id == recording.id
            ]
        ),
        queue=queue,
        waiting=number,
        previous=previous,
        next=following,
        tags=list(dict.fromkeys(known))[:_TAGS],
    )


@router.get("/{clip_id}/queue")
def queue(request: Request, services: Use, viewer: Viewer, clip_id: str) -> Response:
    """What waits, alone: for the editor that is open already."""
    with services.store.transaction() as tx:
        clip = clips.clip(tx, clip_id, viewer.id)
        waiting_clips = clips.to_review(tx, viewer.id, limit=_QUEUE).items
        number = clips.waiting(tx, viewer.id)
    return page(request, "_queue.html", viewer=viewer, clip=clip, queue=waiting_clips, waiting=number)


def _value(clip: Clip) -> dict[str, object]:
    """What the editor changes, as in the API's clip."""
    return {
        "parts": [{"recording": p.recording, "start_ms": p.span.start_ms, "end_ms": p.span.end_ms} for p in clip.parts],
        "title": clip.title,
        "tags": list(clip.tags),
        "level": clip.level.value if clip.level else None,
        "audience": clip.audience,
        "prerequisites": clip.prerequisites,
        "kind": clip.kind.value if clip.kind else None,
    }


def _neighbours(clip: Clip, queue: tuple[Clip, ...]) -> tuple[str | None, str | None]:
    """Public ids of the clips before and after in the queue; of a published one, the queue's first comes next."""
    ids = [each.public_id for each in queue]
    if clip.public_id not in ids:
        return None, ids[0] if ids else None
    at = ids.index(clip.public_id)
    return ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None


def _groups(tx: Tx, waiting: tuple[Clip, ...], viewer: Person) -> list[Group]:
    found: list[Group] = []
    named = recordings.named(tx, [part.recording_id for clip in waiting for part in clip.parts], viewer.id)
    held = obstacles(tx, (part.recording_id for clip in waiting for part in clip.parts))
    pictured = pictures.pictured(tx, (clip.id for clip in waiting))
    unknown = recordings.by_unknown(tx, named)
    for recording_id, each in groupby(waiting, key=lambda c: c.parts[0].recording_id):
        recording, of_it = named[recording_id], tuple(each)
        name = name_of(recording.title, recording.filename)
        missing = _missing(held, of_it)
        listed = tuple(Listed(clip, "" if clip.id in pictured else _no_picture(clip, named)) for clip in of_it)
        found.append(
            Group(
                recording.public_id,
                name,
                recording.brief,
                of_it[0].speaker,
                recording_id in unknown,
                recording.created_at,
                listed,
                missing,
            )
        )
    return found


def _no_picture(clip: Clip, named: Mapping[UUID, Named]) -> str:
    """Why there is no poster of a clip yet, or at all."""
    of = [named[part.recording_id] for part in clip.parts if part.recording_id in named]
    return "No picture" if all(recording.rendered for recording in of) else "Picture in a moment"


def _missing(held: Mapping[UUID, Sequence[Obstacle]], shown: Sequence[Clip]) -> str:
    """Who has not agreed to be shown in these clips, and what was taken down, in sentences."""
    ids = dict.fromkeys(part.recording_id for clip in shown for part in clip.parts)
    return " ".join(dict.fromkeys(each.words for id_ in ids for each in held.get(id_, ())))
