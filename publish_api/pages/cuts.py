"""A recording cut again with other lengths: what would become of it is seen before it is done, and can be undone."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.clip import Lengths
from domain.errors import Conflict, Invalid
from domain.person import Person
from publish_api import cuts as cuts_api
from publish_api.access import Use, Viewer
from publish_api.cuts import LEAST_MS, MOST_MS, Cutting
from publish_api.pages.look import page
from publish_api.pages.standing import name_of
from publish_api.services import Services

router = APIRouter(prefix="/recordings/{recording_id}/cut", include_in_schema=False)

_Asked = Annotated[str, Query(max_length=10)]
_Posted = Annotated[str, Form(max_length=10)]


@dataclass(frozen=True)
class Typed:
    """Seconds, as they are in the form."""

    shortest: str = ""
    usual: str = ""
    longest: str = ""

    @property
    def given(self) -> bool:
        return bool(self.shortest or self.usual or self.longest)

    @property
    def limits(self) -> Lengths:
        """Raises Invalid."""
        try:
            shortest, usual, longest = (round(float(each) * 1000) for each in (self.shortest, self.usual, self.longest))
        except (ValueError, OverflowError):
            raise Invalid("Write seconds, like 45.", code="bad_limits") from None
        if shortest < LEAST_MS or longest > MOST_MS:
            raise Invalid("A clip lasts at least 3 seconds, and at most an hour.", code="bad_limits")
        return Lengths(shortest, longest, usual)

    @classmethod
    def of(cls, limits: Lengths) -> "Typed":
        return cls(*(f"{ms / 1000:g}" for ms in (limits.min_ms, limits.target_ms, limits.max_ms)))

    @property
    def said(self) -> str:
        return f"{self.shortest}-{self.usual}-{self.longest}"


@router.get("")
def asked(
    request: Request,
    services: Use,
    viewer: Viewer,
    recording_id: str,
    shortest: _Asked = "",
    usual: _Asked = "",
    longest: _Asked = "",
    was: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """`was`: the lengths before it was cut again just now."""
    return _drawn(request, services, viewer, recording_id, Typed(shortest, usual, longest), was=was)


@router.get("/pieces")
def pieces(
    request: Request,
    services: Use,
    viewer: Viewer,
    recording_id: str,
    shortest: _Asked = "",
    usual: _Asked = "",
    longest: _Asked = "",
) -> Response:
    """What would become of it, alone: for the page that is open already."""
    return _drawn(request, services, viewer, recording_id, Typed(shortest, usual, longest), template="_pieces.html")


@router.post("")
def cut_again(
    request: Request,
    services: Use,
    viewer: Viewer,
    recording_id: str,
    shortest: _Posted = "",
    usual: _Posted = "",
    longest: _Posted = "",
    seen: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """`seen`: the lengths whose clips were listed above the button. Others are listed first."""
    typed = Typed(shortest, usual, longest)
    if seen != typed.said:
        return _drawn(request, services, viewer, recording_id, typed, status=400)
    try:
        limits = typed.limits
        with services.store.transaction() as tx:
            before = cuts_api.lengths(tx, services, cuts_api.demanded(tx, recording_id, viewer))
        cuts_api.cut_again(services, viewer, recording_id, limits)
    except (Conflict, Invalid) as problem:
        status = 409 if isinstance(problem, Conflict) else 400
        return _drawn(request, services, viewer, recording_id, typed, status=status)
    return RedirectResponse(f"/recordings/{recording_id}/cut?was={Typed.of(before).said}", 303)


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    recording_id: str,
    typed: Typed,
    *,
    was: str = "",
    status: int = 200,
    template: str = "cut.html",
) -> Response:
    with services.store.transaction() as tx:
        recording = cuts_api.demanded(tx, recording_id, viewer)
        now = cuts_api.lengths(tx, services, recording)
    shown = typed if typed.given else Typed.of(now)
    found: Cutting | None = None
    trouble = ""
    try:
        found = cuts_api.preview(services, viewer, recording_id, shown.limits)
    except (Conflict, Invalid) as problem:
        trouble = problem.message
    return page(
        request,
        template,
        viewer=viewer,
        status=status,
        recording=recording,
        called=name_of(recording.title, recording.filename),
        length_ms=recording.probe.duration_ms if recording.probe else 0,
        typed=shown,
        now_is=Typed.of(now),
        before=_before(was),
        cutting=found,
        trouble=trouble,
    )


def _before(was: str) -> Typed | None:
    """The lengths that an address says it had before; None for anything else."""
    try:
        typed = Typed(*was.split("-"))
        return Typed.of(typed.limits)
    except (Invalid, TypeError):
        return None
