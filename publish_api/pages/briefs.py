"""Briefs, for those who ask: written, sent as links or printed as posters, closed."""

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from domain.brief import MAX_ANSWER, MAX_QUESTION, MAX_QUESTIONS, MAX_WANTED, Answers, Brief, Wish
from domain.clip import Expertise, Level
from domain.errors import Conflict, Invalid
from domain.ids import public_id
from domain.permit import Act, demand
from domain.person import Person
from publish_api import briefs as briefs_api
from publish_api.access import Use, Viewer
from publish_api.answers import asked_version
from publish_api.brief_schemas import BriefLinkIn
from publish_api.pages.look import page
from publish_api.services import Services
from store import brief_links, briefs, people, spaces
from store.postgres import Tx

router = APIRouter(prefix="/briefs", include_in_schema=False)

_EMPTY_LINES = 2  # of questions that can be added where no script runs
_DAYS = ((7, "a week"), (30, "a month"), (90, "three months"), (365, "a year"))


@dataclass(frozen=True)
class Listed:
    brief: Brief
    space: str
    curated: bool  # by the viewer; else it was asked of them


@dataclass(frozen=True)
class Typed:
    """What is in the form: at first, or after a refusal what was typed."""

    title: str = ""
    wanted: str = ""
    questions: tuple[str, ...] = field(default=Wish("").questions)
    audience: str = ""
    prerequisites: str = ""
    kind: str = ""
    level: str = ""
    space: str = ""
    version: str = ""

    @classmethod
    def of(cls, brief: Brief) -> "Typed":
        return cls(
            brief.title,
            brief.wanted,
            brief.questions,
            brief.audience,
            brief.prerequisites,
            brief.kind or "",
            brief.level or "",
            version=str(brief.version),
        )

    def wish(self) -> Wish:
        answers = Answers(
            self.audience,
            self.prerequisites,
            Expertise(self.kind) if self.kind in set(Expertise) else None,
            Level(self.level) if self.level in set(Level) else None,
        )
        return Wish(self.title, self.wanted, self.questions, answers)


async def _filled(
    title: Annotated[str, Form()] = "",
    wanted: Annotated[str, Form()] = "",
    question: Annotated[list[str] | None, Form()] = None,
    audience: Annotated[str, Form()] = "",
    prerequisites: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    level: Annotated[str, Form()] = "",
    space: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
) -> Typed:
    return Typed(title, wanted, tuple(question or ()), audience, prerequisites, kind, level, space, version)


Filled = Annotated[Typed, Depends(_filled)]


@router.get("")
def everything(
    request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query()] = None
) -> Response:
    with services.store.transaction() as tx:
        found = briefs.briefs(tx, viewer.id, services.now(), cursor=cursor or None)
        homes = spaces.spaces_by_id(tx, [each.space_id for each in found.items])
        listed = [
            Listed(each, homes[each.space_id].name, spaces.curates(tx, viewer.id, each.space_id))
            for each in found.items
        ]
    return page(request, "briefs.html", viewer=viewer, briefs=listed, next=found.next)


@router.get("/new")
def new(
    request: Request, services: Use, viewer: Viewer, title: Annotated[str, Query(max_length=1000)] = ""
) -> Response:
    """`title`: what somebody searched for and did not find, say."""
    demand(viewer, Act.ASK_EXPERTS)
    return _form(request, services, viewer, Typed(title))


@router.post("")
def make(request: Request, services: Use, viewer: Viewer, typed: Filled) -> Response:
    try:
        made = briefs_api.write(services, viewer, typed.wish(), typed.space or None)
    except Invalid as refusal:
        return _form(request, services, viewer, typed, trouble=refusal.message, status=400)
    return RedirectResponse(f"/briefs/{made.public_id}", 303)


@router.get("/{brief_id}")
def one(request: Request, services: Use, viewer: Viewer, brief_id: str) -> Response:
    with services.store.transaction() as tx:
        found = briefs_api.demanded(tx, services, brief_id, viewer, Act.LINK_BRIEF)
        return page(
            request,
            "brief.html",
            viewer=viewer,
            brief=found,
            space=spaces.spaces_by_id(tx, [found.space_id])[found.space_id].name,
            links=brief_links.links(tx, found.id, services.now()),
            people=[(person.public_id, person.name, person.login) for person in people.list_people(tx)],
            days=_DAYS,
            once=public_id(),
        )


@router.get("/{brief_id}/edit")
def edit(request: Request, services: Use, viewer: Viewer, brief_id: str) -> Response:
    with services.store.transaction() as tx:
        found = briefs_api.demanded(tx, services, brief_id, viewer, Act.WRITE_BRIEF)
    return _form(request, services, viewer, Typed.of(found), brief=found)


@router.post("/{brief_id}")
def change(request: Request, services: Use, viewer: Viewer, brief_id: str, typed: Filled) -> Response:
    with services.store.transaction() as tx:
        found = briefs_api.demanded(tx, services, brief_id, viewer, Act.WRITE_BRIEF)
    try:
        with services.store.transaction() as tx:
            briefs.change(tx, found.id, typed.wish(), version=asked_version(typed.version, found.version))
    except (Conflict, Invalid) as refusal:
        status = 409 if isinstance(refusal, Conflict) else 400
        return _form(request, services, viewer, typed, brief=found, trouble=refusal.message, status=status)
    return RedirectResponse(f"/briefs/{brief_id}", 303)


@router.post("/{brief_id}/closing")
def close(services: Use, viewer: Viewer, brief_id: str) -> Response:
    briefs_api.close(services, viewer, brief_id)
    return RedirectResponse(f"/briefs/{brief_id}", 303)


@router.post("/{brief_id}/opening")
def reopen(services: Use, viewer: Viewer, brief_id: str) -> Response:
    briefs_api.reopen(services, viewer, brief_id)
    return RedirectResponse(f"/briefs/{brief_id}", 303)


@router.get("/{brief_id}/links")
def link_reloaded(viewer: Viewer, brief_id: str) -> Response:
    """A reloaded page makes no second link."""
    return RedirectResponse(f"/briefs/{brief_id}", 303)


@router.post("/{brief_id}/links")
def make_link(
    request: Request,
    services: Use,
    viewer: Viewer,
    brief_id: str,
    person: Annotated[str, Form(max_length=40)] = "",
    days: Annotated[str, Form()] = "30",
    once: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """`once`: what the form had by chance. The same form again makes no second link: there is the first."""
    kept = int(days) if days in {str(number) for number, _ in _DAYS} else 30
    try:
        made = briefs_api.new_link(services, viewer, brief_id, BriefLinkIn(person=person or None, days=kept), once)
    except Conflict:
        return RedirectResponse(f"/briefs/{brief_id}#links", 303)
    with services.store.transaction() as tx:
        found = briefs_api.demanded(tx, services, brief_id, viewer, Act.LINK_BRIEF)
        named = people.person_by_public_id(tx, person).name if person else None
    where = urlsplit(made.typed_url)
    response = page(
        request,
        "brief_poster.html",
        viewer=viewer,
        brief=found,
        person=named,
        url=made.url,
        short=f"{where.netloc}{where.path}",
        qr=Markup(made.qr_svg),  # noqa: S704 - drawn by segno: paths and numbers
        expires_at=made.expires_at,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/{brief_id}/links/{link}/end")
def revoke_link(services: Use, viewer: Viewer, brief_id: str, link: str) -> Response:
    briefs_api.revoke_link(services, viewer, brief_id, link)
    return RedirectResponse(f"/briefs/{brief_id}#links", 303)


@router.post("/{brief_id}/links/{link}/devices/{device}/end")
def revoke_device(services: Use, viewer: Viewer, brief_id: str, link: str, device: str) -> Response:
    briefs_api.revoke_device(services, viewer, brief_id, link, device)
    return RedirectResponse(f"/briefs/{brief_id}#links", 303)


def _form(
    request: Request,
    services: Services,
    viewer: Person,
    typed: Typed,
    *,
    brief: Brief | None = None,
    trouble: str = "",
    status: int = 200,
) -> Response:
    with services.store.transaction() as tx:
        homes = _curated(tx, viewer)
    lines = (*typed.questions, *("",) * _EMPTY_LINES)
    return page(
        request,
        "brief_form.html",
        viewer=viewer,
        status=status,
        typed=typed,
        brief=brief,
        questions=lines[: max(MAX_QUESTIONS, len(typed.questions))],
        most={"wanted": MAX_WANTED, "question": MAX_QUESTION, "questions": MAX_QUESTIONS, "answer": MAX_ANSWER},
        spaces=homes,
        trouble=trouble,
    )


def _curated(tx: Tx, viewer: Person) -> list[tuple[str, str]]:
    """The spaces that a brief of the viewer's can be for: public ids and names."""
    return [
        (space.public_id, space.name)
        for space in spaces.spaces_of(tx, viewer.id)
        if spaces.curates(tx, viewer.id, space.id)
    ]
