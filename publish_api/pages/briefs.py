"""Briefs, for those who ask: written, sent as links or printed as posters, closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from domain.address import leads
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
from publish_api.pages.words import called
from publish_api.services import Services
from publish_api.tongue import _, phrase
from store import brief_links, briefs, people, spaces
from store.postgres import Tx

router = APIRouter(prefix="/briefs", include_in_schema=False)

_EMPTY_LINES = 2  # of questions that can be added where no script runs
_MOST_OFFERED = 200  # people, beside the field in which one is named: a phone draws so many
_MOST_MEANT = 8
_DAYS = ((7, phrase("a week")), (30, phrase("a month")), (90, phrase("three months")), (365, phrase("a year")))


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
            Listed(each, called(homes[each.space_id]), spaces.curates(tx, viewer.id, each.space_id))
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
    return _drawn(request, services, viewer, brief_id)


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
    person: Annotated[str, Form(max_length=300)] = "",
    days: Annotated[str, Form()] = "30",
    once: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """`person`: a login name or a name, as typed; empty: whoever opens it. `once`: what the form had by chance. The
    same form again makes no second link: there is the first.
    """
    kept = int(days) if days in {str(number) for number, _words in _DAYS} else 30
    with services.store.transaction() as tx:
        found = briefs_api.demanded(tx, services, brief_id, viewer, Act.LINK_BRIEF)
        meant = _meant(people.list_people(tx), person) if person.strip() else ()
    if person.strip() and len(meant) != 1:
        return _drawn(
            request, services, viewer, brief_id, typed=person, days=kept, trouble=_which(meant, person), once=once
        )
    of = meant[0] if meant else None
    try:
        body = BriefLinkIn(person=of.public_id if of else None, days=kept)
        made = briefs_api.new_link(services, viewer, brief_id, body, once)
    except Conflict:
        return RedirectResponse(f"/briefs/{brief_id}#links", 303)
    where = urlsplit(made.typed_url)
    response = page(
        request,
        "brief_poster.html",
        viewer=viewer,
        brief=found,
        person=of.name if of else None,
        url=made.url,
        leads=leads(made.url),
        where=where.netloc,
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


@router.post("/{brief_id}/devices/{device}/end")
def revoke_device_left(services: Use, viewer: Viewer, brief_id: str, device: str) -> Response:
    briefs_api.revoke_device_left(services, viewer, brief_id, device)
    return RedirectResponse(f"/briefs/{brief_id}#left", 303)


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    brief_id: str,
    *,
    typed: str = "",
    days: int = 30,
    trouble: str = "",
    once: str = "",
) -> Response:
    with services.store.transaction() as tx:
        found = briefs_api.demanded(tx, services, brief_id, viewer, Act.LINK_BRIEF)
        known = [person for person in people.list_people(tx) if not person.self_named]
        return page(
            request,
            "brief.html",
            viewer=viewer,
            status=400 if trouble else 200,
            brief=found,
            space=called(spaces.spaces_by_id(tx, [found.space_id])[found.space_id]),
            links=brief_links.links(tx, found.id, services.now()),
            left=brief_links.devices_left(tx, found.id, services.now()),
            people=known if len(known) <= _MOST_OFFERED else (),
            days=[(number, _(words)) for number, words in _DAYS],
            typed=typed,
            lasts=days,
            trouble=trouble,
            once=once or public_id(),
        )


def _meant(everybody: Iterable[Person], typed: str) -> tuple[Person, ...]:
    """Who may be meant: of this login name; else of this name; else with it in their name. Who named themselves at a
    link is meant by their login name alone: anybody can take any name there.
    """
    wanted = " ".join(typed.split()).casefold()
    known = [(" ".join(each.name.split()).casefold(), each) for each in everybody]
    by_login = tuple(each for _, each in known if each.login == wanted)
    by_name = tuple(each for name, each in known if name == wanted and not each.self_named)
    return by_login or by_name or tuple(each for name, each in known if wanted in name and not each.self_named)


def _which(meant: Sequence[Person], typed: str) -> str:
    if not meant:
        return _(
            "Nobody here is called “%(name)s”. Type the name or the login name of somebody listed under People.",
            name=typed[:60],
        )
    names = ", ".join(f"{each.name} ({each.login})" for each in meant[:_MOST_MEANT])
    if len(meant) > _MOST_MEANT:
        names = _("%(names)s, and %(more)s more", names=names, more=len(meant) - _MOST_MEANT)
    return _("Several people can be meant: %(names)s. Type the login name, in brackets here, of the one.", names=names)


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
        (space.public_id, called(space))
        for space in spaces.spaces_of(tx, viewer.id)
        if spaces.curates(tx, viewer.id, space.id)
    ]
