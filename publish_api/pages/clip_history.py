"""What became of a clip, in words: a piece for the editor, which fetches it when somebody wants to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from domain.permit import Act
from publish_api.access import Use, Viewer
from publish_api.clips import demanded
from publish_api.pages import words
from publish_api.pages.look import page
from publish_api.tongue import _, phrase
from store import clip_halves, clip_history
from store.clip_history import Changed

router = APIRouter(prefix="/review", include_in_schema=False)

_ACTS = {
    "changed": phrase("changed it"),
    "restored": phrase("went back to an earlier state"),
    "published": phrase("published it"),
    "withdrawn": phrase("withdrew it"),
    "deleted": phrase("deleted it"),
    "proposed": phrase("asked for approval"),
    "approved": phrase("approved it"),
    "shared": phrase("shared the draft"),
    "unshared": phrase("took the draft back from somebody"),
    "split": phrase("split it"),
    "joined": phrase("joined it with another"),
    "parted": phrase("took the join with another back"),
    "tagged": phrase("changed its tags"),
    "recalled": phrase("Seconds were taken out of every clip"),
    "given back": phrase("Seconds that were taken out came back"),
    "muted": phrase("muted words"),
    "heard again": phrase("let muted words be heard again"),
    "covered": phrase("covered a part of the picture"),
    "seen again": phrase("let what was covered be seen again"),
    "reworded": phrase("What is said was corrected, and what this is called with it"),
    "heard anew": phrase("The recording was heard again, in another language"),
}
_FIELDS = {
    "title": phrase("Title"),
    "parts": phrase("Bounds"),
    "tags": phrase("Tags"),
    "level": phrase("Level"),
    "kind": phrase("Sort"),
    "audience": phrase("For whom"),
    "prerequisites": phrase("To know before"),
    "question": phrase("Question"),
    "risk": phrase("Risk"),
    "owner": phrase("Owner"),
    "assigned": phrase("Looked at by"),
    "review_by": phrase("Look again by"),
    "language": phrase("Language"),
    "approver": phrase("Approval"),
}
_NONE = phrase("nothing")


@dataclass(frozen=True)
class Told:
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    number: int
    by: str | None
    act: str
    at: datetime
    told: tuple[Told, ...]


@router.get("/{clip_id}/history")
def history(
    request: Request, services: Use, viewer: Viewer, clip_id: str, cursor: Annotated[str | None, Query()] = None
) -> Response:
    with services.store.transaction() as tx:
        clip = demanded(tx, clip_id, viewer, Act.READ_HISTORY)
        found = clip_history.listed(tx, clip.id, cursor=cursor or None)
        joined = clip_halves.takes_back(tx, clip.id)
    lines = [Line(each.number, each.by, _act(each.act, each.by), each.at, _told(each.changes)) for each in found.items]
    return page(
        request,
        "_history.html",
        viewer=viewer,
        clip=clip,
        lines=lines,
        newest=not cursor,
        joined=joined,
        next=found.next,
    )


def _act(act: str, by: str | None) -> str:
    said = _ACTS.get(act, _ACTS["changed"])
    if by is not None or said[0].isupper():
        return _(said)
    return _("Something else %(did)s", did=_(said))  # a takedown, a recall


def _told(changes: Sequence[Changed]) -> tuple[Told, ...]:
    return tuple(
        Told(_(_FIELDS[each.field]), _said(each.field, each.before), _said(each.field, each.after))
        for each in changes
        if each.field in _FIELDS
    )


def _said(field: str, value: Any) -> str:
    if not value:
        return _(_NONE)
    if field == "parts":
        return ", ".join(
            _("%(start)s to %(end)s", start=_exact(part["start_ms"]), end=_exact(part["end_ms"])) for part in value
        )
    if field == "tags":
        return ", ".join(value)
    if field == "review_by":
        return words.day(date.fromisoformat(value))
    if field == "level":
        return words.level(value)
    if field == "kind":
        return words.kind(value)
    return (
        {"safety": _("a matter of safety"), "none": _(_NONE)}.get(value, str(value)) if field == "risk" else str(value)
    )


def _exact(ms: int) -> str:
    return f"{words.clock(ms)}.{ms % 1000 // 100}"
