"""What waits for a curator, and the editor of one clip."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Annotated, TypedDict
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.clip import Clip
from domain.permit import Act, demand
from domain.person import Person
from domain.review import Like, Queue, Reason, Waiting, reasons
from publish_api import why
from publish_api.access import Use, Viewer
from publish_api.clips import demanded
from publish_api.pages.look import page
from publish_api.pages.standing import name_of, shape
from publish_api.pages.transcript import between
from publish_api.tongue import _, phrase
from store import amends, clips, edges, landing, pictures, recordings, review_queue, spaces, takedowns, vocabulary
from store.care import OFFERED, Care, care_of, possible
from store.consent import Obstacle, obstacles
from store.postgres import Tx
from store.recordings import Named

router = APIRouter(prefix="/review", include_in_schema=False)

_QUEUE = 100  # clips listed beside the editor
_TAGS = 500  # offered while one is typed


# Each queue's name, and what its page says when nothing is in it.
_QUEUES = {
    Queue.NEW: (
        phrase("New"),
        phrase("Every clip has been looked at. As soon as a recording is cut, its clips wait here."),
    ),
    Queue.MINE: (
        phrase("For me"),
        phrase("Nothing waits for you. Clips that you look after, or are asked to look at or to approve, come here."),
    ),
    Queue.FIRST: (
        phrase("Published first"),
        phrase("Nothing is published that no curator has looked at. Who publishes first is said under Spaces."),
    ),
    Queue.CHANGED: (
        phrase("Changed"),
        phrase("Nobody else has changed a published clip that you have not looked at since."),
    ),
    Queue.DUE: (
        phrase("Due"),
        phrase("No clip is to be looked at again yet. Give one a day under “Who looks after it”."),
    ),
    Queue.PUBLISHED: (phrase("Published"), phrase("Nothing is published here yet. Under New, clips wait.")),
}


@dataclass(frozen=True)
class Listed:
    clip: Clip
    picture: str  # "" when there is one; else what stands in its place
    why: tuple[tuple[Reason, str], ...]  # and in a sentence
    like: Like | None


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
    doubted: str | None  # its language, where somebody should say which it is


@router.get("")
def waiting(
    request: Request,
    services: Use,
    viewer: Viewer,
    queue: Annotated[Queue, Query()] = Queue.NEW,
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    demand(viewer, Act.REVIEW)
    today = services.now().date()
    with services.store.transaction() as tx:
        found = review_queue.queue(tx, viewer.id, queue, today, cursor=cursor or None)
        groups = _groups(tx, found.items, viewer, today)
        numbers = review_queue.numbers(tx, viewer.id, today)
        taken_down = takedowns.open_takedowns(tx, viewer.id)
        corrected = amends.numbers(tx, viewer.id, services.now())
        known = _known_tags(tx, viewer)
    return page(
        request,
        "review.html",
        viewer=viewer,
        groups=groups,
        takedowns=taken_down,
        corrections=corrected,
        queue=queue.value,
        in_queue=_in_queue(queue),
        queues=[(each.value, _(name), numbers.waiting.get(each)) for each, (name, _nothing) in _QUEUES.items()],
        nothing=_(_QUEUES[queue][1]),
        oldest=numbers.oldest if queue is Queue.NEW and not cursor else None,
        next=found.next,
        tags=known,
    )


@router.get("/{clip_id}")
def editor(
    request: Request, services: Use, viewer: Viewer, clip_id: str, queue: Annotated[Queue, Query()] = Queue.NEW
) -> Response:
    """`queue`: which one the clips beside it are of. That of a clip that was joined into another leads on to that."""
    with services.store.transaction() as tx:
        if joined := landing.joined(tx, clip_id, 0, viewer.id):
            return RedirectResponse(f"/review/{joined.clip}{_in_queue(queue)}", 303)
        clip = clips.clip(tx, clip_id, viewer.id)
        stands = clips.standing(tx, clip.id, viewer.id)
        demand(viewer, Act.EDIT_CLIP, own=stands.own, curates=stands.curates)
        recording = recordings.recording(tx, clip.parts[0].recording, viewer.id)
        beside = _beside(tx, viewer, queue, services.now().date())
        siblings = clips.clips_of_recording(tx, recording.id, viewer.id)
        known = _known_tags(tx, viewer)
        missing = _missing(obstacles(tx, (part.recording_id for part in clip.parts)), [clip])
        inexact = edges.inexact(tx, [(part.recording_id, part.span) for part in clip.parts])
        shown = pictures.pictured(tx, [clip.id])
        unknown = bool(recordings.by_unknown(tx, [recording.id]))
        home = spaces.spaces_by_id(tx, [clip.space_id])[clip.space_id]
        care = care_of(tx, [clip.id])[clip.id]
        changed_by = review_queue.changed_by_others(tx, clip.id, viewer.id)
        owners, reviewers = possible(tx, clip.id), possible(tx, clip.id, curators=True)
    previous, following = _neighbours(clip, beside["queue"])
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
        value=json.dumps(_value(clip, care)),
        care=care,
        changed_by=changed_by,
        owners=_with(care.owner, owners),
        reviewers=_with(care.assigned, reviewers),
        most_offered=OFFERED,
        others=json.dumps(
            [
                {"start_ms": part.span.start_ms, "end_ms": part.span.end_ms}
                for other in siblings
                for part in other.parts
                if other.id != clip.id and part.recording_id == recording.id
            ]
        ),
        **beside,
        previous=previous,
        next=following,
        tags=known,
    )


@router.get("/{clip_id}/queue")
def queue(
    request: Request, services: Use, viewer: Viewer, clip_id: str, queue: Annotated[Queue, Query()] = Queue.NEW
) -> Response:
    """What waits, alone: for the editor that is open already."""
    with services.store.transaction() as tx:
        clip = demanded(tx, clip_id, viewer, Act.EDIT_CLIP)
        beside = _beside(tx, viewer, queue, services.now().date())
    return page(request, "_queue.html", viewer=viewer, clip=clip, **beside)


class _Beside(TypedDict):
    """What _queue.html draws."""

    queue: tuple[Clip, ...]
    waiting: int
    in_queue: str  # at the end of the addresses that stay in this queue


def _beside(tx: Tx, viewer: Person, which: Queue, today: date) -> _Beside:
    listed = review_queue.queue(tx, viewer.id, which, today, limit=_QUEUE).items
    return _Beside(
        queue=tuple(each.clip for each in listed),
        waiting=clips.waiting(tx, viewer.id) if which is Queue.NEW else len(listed),
        in_queue=_in_queue(which),
    )


def _in_queue(which: Queue) -> str:
    return "" if which is Queue.NEW else f"?queue={which}"


def _known_tags(tx: Tx, viewer: Person) -> list[str]:
    """Offered while one is typed: those of the vocabulary first."""
    known = [*(term.label for term in vocabulary.terms(tx)), *(use.label for use in clips.tags(tx, viewer.id))]
    return list(dict.fromkeys(known))[:_TAGS]


def _with(chosen: Person | None, others: Sequence[Person]) -> list[Person]:
    """Who can be chosen, and who has been: they may have left since."""
    return [*([chosen] if chosen and chosen not in others else []), *others]


def _value(clip: Clip, care: Care) -> dict[str, object]:
    """What the editor changes, as in the API's clip."""
    return {
        "parts": [{"recording": p.recording, "start_ms": p.span.start_ms, "end_ms": p.span.end_ms} for p in clip.parts],
        "title": clip.title,
        "tags": list(clip.tags),
        "level": clip.level.value if clip.level else None,
        "audience": clip.audience,
        "prerequisites": clip.prerequisites,
        "kind": clip.kind.value if clip.kind else None,
        "question": clip.question,
        "risk": clip.risk.value,
        "wants_approval": clip.risk.wants_approval,
        "owner": care.owner.public_id if care.owner else None,
        "assigned": care.assigned.public_id if care.assigned else None,
        "review_by": clip.review_by.isoformat() if clip.review_by else None,
    }


def _neighbours(clip: Clip, queue: tuple[Clip, ...]) -> tuple[str | None, str | None]:
    """Public ids of the clips before and after in the queue; of a published one, the queue's first comes next."""
    ids = [each.public_id for each in queue]
    if clip.public_id not in ids:
        return None, ids[0] if ids else None
    at = ids.index(clip.public_id)
    return ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None


def _groups(tx: Tx, listed_clips: tuple[Waiting, ...], viewer: Person, today: date) -> list[Group]:
    found: list[Group] = []
    waiting = [each.clip for each in listed_clips]
    named = recordings.named(tx, [part.recording_id for clip in waiting for part in clip.parts], viewer.id)
    held = obstacles(tx, (part.recording_id for clip in waiting for part in clip.parts))
    pictured = pictures.pictured(tx, (clip.id for clip in waiting))
    unknown = recordings.by_unknown(tx, named)
    for recording_id, group in groupby(listed_clips, key=lambda each: each.clip.parts[0].recording_id):
        recording, here = named[recording_id], tuple(group)
        of_it = [each.clip for each in here]
        name = name_of(recording.title, recording.filename)
        missing = _missing(held, of_it)
        listed = tuple(
            Listed(
                each.clip,
                "" if each.clip.id in pictured else _no_picture(each.clip, named),
                tuple((reason, why.words(reason, each)) for reason in reasons(each, today)),
                each.like,
            )
            for each in here
        )
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
                recording.doubted,
            )
        )
    return found


def _no_picture(clip: Clip, named: Mapping[UUID, Named]) -> str:
    """Why there is no poster of a clip yet, or at all."""
    of = [named[part.recording_id] for part in clip.parts if part.recording_id in named]
    return _("No picture") if all(recording.rendered for recording in of) else _("Picture in a moment")


def _missing(held: Mapping[UUID, Sequence[Obstacle]], shown: Sequence[Clip]) -> str:
    """Who has not agreed to be shown in these clips, and what was taken down, in sentences."""
    ids = dict.fromkeys(part.recording_id for clip in shown for part in clip.parts)
    return " ".join(dict.fromkeys(each.words(_) for id_ in ids for each in held.get(id_, ())))
