"""Who may do what, tried: every route as every kind of person, on things of their own and of others, in the ward and
elsewhere. What has to come of each is worked out from the two tables, publish_api/rights.py and domain/permit.py.
"""

import base64
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext
from fastapi.testclient import TestClient

from domain import permit
from domain.permit import Act, may
from domain.person import Person
from publish_api import access
from publish_api.app import create_app
from publish_api.rights import RIGHTS, Door, Right, routes_of
from publish_api.services import Services
from tests.publish_api import asking
from tests.publish_api.household import EVERYBODYS, GUEST, WARD, Household, Member, Things


@dataclass(frozen=True)
class Seen:
    """Who sees a thing of a kind: whoever sees its space, whose own it is, who curates its space."""

    space: bool = False
    own: bool = False
    curates: bool = False


SIGHT = {
    "recording": Seen(own=True, curates=True),
    "clip": Seen(space=True, own=True, curates=True),
    "draft": Seen(own=True, curates=True),
    "comment": Seen(space=True, own=True),
    "answer": Seen(space=True, own=True),
    "correction": Seen(space=True, own=True),
    "act": Seen(own=True, curates=True),
    "recall": Seen(own=True, curates=True),
    "cover": Seen(own=True, curates=True),
    "appearance": Seen(own=True, curates=True),
    "takedown": Seen(own=True, curates=True),
    "glossary term": Seen(curates=True),
    "brief": Seen(own=True, curates=True),  # one's own: that one was given a link to
    "reel": Seen(space=True),
    "upload": Seen(own=True),
    "session": Seen(own=True),
    "token": Seen(own=True),
    "space": Seen(space=True),
    "device": Seen(curates=True),
    "notice": Seen(own=True),
    "report": Seen(curates=True),
}
NO_SPACE = {"person", "somebody", "term", "link"}  # whoever is there is seen by all, and by whom the rest is not hidden
HAS_OWNER = {
    "recording", "clip", "draft", "comment", "act", "recall", "cover", "appearance", "takedown", "brief", "upload",
    "person", "session", "token", "answer", "correction", "notice",
}  # fmt: skip
OF_ONESELF = ("/api/v1/me/", "/account", "/inbox/settings")  # addresses that name nobody, and mean who asks
# A guest sees what they have sent for their brief, and that brief.
OF_GUESTS = {"recording", "appearance", "brief", "upload"}
STREAMS = {"GET /api/v1/events"}  # answers as long as somebody listens
LEADS_ON = {"GET /briefs/{brief_id}/links"}  # to what the address names, whatever that is
# Rows of one's own, which go, or are not there: what they are about may be out of sight by then.
FORGETS = (
    *(f"DELETE /api/v1/me/{rows}" for rows in ("history", "saved", "following")),
    *("POST /watched/removal", "POST /saved/", "POST /following/"),
)
EACH_ALONE = {"POST /api/v1/clips/taggings"}  # says of each of several things why it was not done
ANYWHERE = {"GET /reels/new"}  # for whoever curates any space
TAKEN_BACK = {"DELETE /api/v1/uploads/{upload_id}"}  # by whoever sent it, whichever brief they came by since
DECODES = {f"GET /api/v1/clips/{{id}}/download.{kind}" for kind in ("mp4", "m4a")}  # fragments, which are text here


def _room(name: str) -> str:
    """Where a route is tried: by the first word of its address, the pages apart."""
    path = name.partition(" ")[2]
    return f"API {path.split('/')[3]}" if path.startswith("/api/") else f"page {path.split('/')[1]}"


ROOMS = sorted({_room(name) for name in RIGHTS.keys() - STREAMS})


@dataclass(frozen=True)
class Asked:
    """An act that was demanded, and whether it was granted."""

    act: Act
    granted: bool


@dataclass(frozen=True)
class Cell:
    """A route asked by somebody, naming things of a set; `noun` is what decides, "" where the route names nothing."""

    name: str
    route: RouteContext
    right: Right
    member: Member
    things: Things
    noun: str
    others: tuple[str, ...] = ()  # what else it names

    @property
    def own(self) -> bool:
        if self.noun == "":
            return self.name.partition(" ")[2].startswith(OF_ONESELF)
        return self.noun in HAS_OWNER and self.things.owner == self.member.name

    @property
    def curates(self) -> bool:
        if self.name in ANYWHERE:
            return bool(self.member.curates)
        space = EVERYBODYS if self.noun in {"", *NO_SPACE} else self.things.space
        return space in self.member.curates

    @property
    def seen(self) -> bool:
        return self.name in LEADS_ON or self.name.startswith(FORGETS) or self._sees(self.noun)

    @property
    def all_seen(self) -> bool:
        return self.seen and all(self._sees(noun) for noun in self.others)

    def _sees(self, noun: str) -> bool:
        if noun in {"", *NO_SPACE}:
            return True
        if self.member.name == GUEST:
            return self.own and noun in OF_GUESTS and (self.things.space == WARD or self.name in TAKEN_BACK)
        sight = SIGHT[noun]
        in_space = self.things.space in self.member.sees
        return (sight.space and in_space) or (sight.own and self.own) or (sight.curates and self.curates)

    def may(self, act: Act, *, at_best: bool = False) -> bool:
        assert self.member.person is not None
        return may(self.member.person, act, own=at_best or self.own, curates=at_best or self.curates)

    @property
    def by_own(self) -> bool:
        """Whether nothing is demanded since it is one's own."""
        return self.right.or_own and self.own

    def __str__(self) -> str:
        whose = "own" if self.things.owner == self.member.name else "another's"
        return f"{self.name} by {self.member.name}" + (f": {whose} {self.noun}, {self.things.space}" * bool(self.noun))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    """Every act that is demanded from now on."""
    recorded: list[Asked] = []

    def recording(person: Person, act: Act, *, own: bool = False, curates: bool = False) -> bool:
        granted = may(person, act, own=own, curates=curates)
        recorded.append(Asked(act, granted))
        return granted

    monkeypatch.setattr(permit, "may", recording)  # what `demand` calls
    return recorded


def test_every_route_says_who_may_call_it() -> None:
    routes = dict(routes_of(create_app(cast(Services, None))))

    unsaid = [f'    "{name}": {_guess(route)},' for name, route in routes.items() if name not in RIGHTS]
    gone = sorted(RIGHTS.keys() - routes.keys())
    wrong = {
        name: f"{RIGHTS[name].door.name} is said, {_door(route).name} is asked for"
        for name, route in routes.items()
        if name in RIGHTS and RIGHTS[name].door is not _door(route)
    }

    said = "\n".join(
        ["Say in publish_api/rights.py (RIGHTS) which acts they demand, e.g. asks(Act.EDIT_CLIP):", *unsaid]
    )
    assert unsaid == [], said
    assert gone == [], "These are in publish_api/rights.py (RIGHTS), and no route is"
    assert wrong == {}


def test_the_description_says_who_may_call_what(at_house: TestClient) -> None:
    paths = at_house.get("/openapi.json").json()["paths"]

    edits, reads = paths["/api/v1/clips/{id}"]["patch"], paths["/api/v1/recordings/{id}"]["get"]
    assert edits["x-asks"] == ["edit_clip"]
    assert edits["description"].endswith(
        "Whoever is signed in; not a brief's guest. Asks for the right to “edit a clip”."
    )
    assert (reads["x-asks"], "one whose link has ended" in reads["description"]) == ([], True)


@pytest.mark.parametrize("room", ROOMS)
def test_everybody_gets_what_the_tables_say(
    room: str, house: Household, at_house: TestClient, asked: list[Asked]
) -> None:
    cells = list(_cells(house, at_house, room))

    wrong = []
    for cell in cells:
        asked.clear()
        answer = _asked(at_house, cell)
        if trouble := _trouble(cell, answer, asked):
            wrong.append(f"{cell}: {trouble}")

    assert cells
    assert not wrong, "\n".join(wrong)


def _cells(house: Household, client: TestClient, room: str) -> Iterator[Cell]:
    for name, route in routes_of(cast(FastAPI, client.app)):
        right = RIGHTS.get(name)
        if right is None or name in STREAMS or _room(name) != room:
            continue
        nouns = [noun for _, noun in asking.things_named(route.path or "")] + asking.refers(route) or [""]
        others = tuple(noun for noun in nouns[1:] if noun not in {"clip", "link"})
        for member in house.members:
            things = house.beside(member)
            if nouns[0] == "" or not _let_in(right, member):
                things = things[:1] or house.things[:1]
            for each in things:
                yield Cell(name, route, right, member, each, nouns[0], others)
                if nouns[0] == "clip":
                    yield Cell(name, route, right, member, each, "draft", others)


def _asked(client: TestClient, cell: Cell) -> Any:
    ids = {**cell.things.ids, **({"clip": cell.things.ids["draft"]} if cell.noun == "draft" else {})}
    asked = asking.request_of(cell.route, ids)
    headers = {**asked.pop("headers"), **cell.member.headers}
    if cell.member.name == GUEST:  # who sends for their brief alone
        headers["Upload-Metadata"] = f"brief {base64.b64encode(ids['brief'].encode()).decode()}"
    client.cookies.clear()
    method, _, path = cell.name.partition(" ")
    return client.request(method, asking.address(path, ids), headers=headers, **asked)


def _trouble(cell: Cell, answer: Any, asked: list[Asked]) -> str:
    """What is wrong with an answer; empty when it is as the tables have it."""
    status, acts = answer.status_code, [each.act for each in asked]
    if cell.name in EACH_ALONE and status == 200 and answer.json()["refused"]:
        status = {"not_found": 404, "forbidden": 403}[answer.json()["refused"][0]["error"]["code"]]
    said = f"{status} {answer.text[:160]!r}, asked {[(each.act.name, each.granted) for each in asked]}"
    if status >= 500 and status != 503 and cell.name not in DECODES:
        return f"broke: {said}"
    if not set(acts) <= set(cell.right.acts):
        return f"asks for an act that it does not declare: {said}"
    if cell.right.door is Door.EVERYBODY:
        return ""
    if cell.member.person is None:
        led_to_sign_in = status == 303 and answer.headers["Location"].startswith("/sign-in")
        return "" if status == 401 or led_to_sign_in else f"lets a stranger in: {said}"
    if not _let_in(cell.right, cell.member):
        return "" if status == 403 and not asked else f"lets a guest in: {said}"
    if not cell.seen:
        # Or refused before anything was looked for. A guest's phone keeps what it has for another brief.
        by_role = any(not each.granted and not cell.may(each.act, at_best=True) for each in asked)
        refused = status == 403 and (by_role or (cell.member.name == GUEST and cell.noun == "upload"))
        return "" if status == 404 or refused else f"shows what is not theirs to see: {said}"
    for each in asked:
        if each.granted != cell.may(each.act):
            return f"{each.act.name} is {'granted' if each.granted else 'refused'} against the table: {said}"
        if not each.granted:  # what a page that says so asks for besides is for its buttons
            return "" if status == 403 else f"does it all the same: {said}"
    if not cell.all_seen:
        return "" if status == 404 else f"takes what is not theirs to see: {said}"
    if not asked and cell.right.acts and not any(cell.may(act) for act in cell.right.acts) and not cell.by_own:
        return f"demands nothing: {said}"
    if status in {401, 403} or (status == 404 and not asked):
        return f"refuses who may: {said}"
    return ""


def _let_in(right: Right, member: Member) -> bool:
    if right.door is Door.EVERYBODY or member.person is None:
        return False  # nothing of anyone's is asked for: once is enough
    return member.name != GUEST or right.door is not Door.SIGNED_IN


def _door(route: RouteContext) -> Door:
    calls = set(_calls(route.dependant)) if hasattr(route.original_route, "dependant") else set()
    doors = {
        access.no_guest: Door.SIGNED_IN,
        access.asking: Door.SIGNED_IN,
        access.who: Door.GUESTS,
        access.maybe_who: Door.EVERYBODY,
        access.anybody: Door.FORMER_GUESTS,
    }
    return next((door for call, door in doors.items() if call in calls), Door.EVERYBODY)


def _calls(dependant: Any) -> Iterator[Callable[..., Any]]:
    yield dependant.call
    for each in dependant.dependencies:
        yield from _calls(each)


def _guess(route: RouteContext) -> str:
    """What is to be written in the table, as far as the route itself shows it."""
    door = _door(route)
    acts = dict.fromkeys(re.findall(r"\bAct\.[A-Z_]+", inspect.getsource(route.endpoint) if route.endpoint else ""))
    if not acts:
        return door.name
    return f"asks({', '.join([*acts, *([] if door is Door.SIGNED_IN else [f'door=Door.{door.name}'])])})"
