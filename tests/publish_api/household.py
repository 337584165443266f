"""A household to try permissions in: one of every kind of person, and one of every kind of thing that is theirs or
somebody else's, in the ward and elsewhere.

Nothing that is asked of it lasts: every transaction is rolled back, so each question finds it as it was made.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from fastapi.testclient import TestClient
from starlette.requests import Request

from capture.intake import Arrivals, Intake
from capture.metadata import Metadata
from domain import glossary as glossary_words
from domain import vocabulary as vocabulary_words
from domain.comment import CommentKind
from domain.cover import Hidden
from domain.errors import Refused
from domain.ids import uuid7
from domain.notice import About, NoticeKind
from domain.person import Person, Role
from domain.report import Reason
from domain.space import Space
from domain.span import Span
from domain.track import TrackCue
from publish_api.access import COOKIE
from publish_api.app import create_app
from publish_api.guesses import Limits
from publish_api.services import Services
from store import (
    appearances,
    brief_links,
    comments,
    corrections,
    covers,
    credentials,
    devices,
    glossary,
    notices,
    people,
    recalls,
    reports,
    spaces,
    takedowns,
    tracks,
    vocabulary,
)
from store.folder import Folder
from store.postgres import Store, Tx
from tests.publish_api import material
from tests.publish_api.briefing import a_brief, a_link
from tests.publish_api.reeling import a_reel, filmed

WARD, ELSEWHERE, EVERYBODYS = "the ward", "elsewhere", "everybody's"
COLLEAGUE = "a colleague"
GUEST = "a guest"


class Undone(Store):
    """Keeps nothing."""

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Tx]:
        with super().transaction() as tx:
            yield tx
            tx.rollback()


class Unmoved(Folder):
    """Loses nothing."""

    def delete(self, keys: Iterable[str]) -> None:
        pass

    def delete_prefix(self, prefix: str) -> None:
        pass


class Unhurried(Limits):
    """Holds nobody up."""

    def sign_in(self, request: Request, login: str = "") -> None:
        pass

    def write(self, person: str) -> None:
        pass


@dataclass(frozen=True)
class Member:
    """Somebody who asks. `headers` say who it is; the rest, which spaces they see and which they curate."""

    name: str
    person: Person | None
    headers: Mapping[str, str]
    sees: frozenset[str] = frozenset()
    curates: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Things:
    """What `owner` has in a space: a public id by noun."""

    owner: str
    space: str
    ids: Mapping[str, str]


@dataclass(frozen=True)
class Household:
    members: tuple[Member, ...]
    things: tuple[Things, ...]

    def beside(self, member: Member) -> tuple[Things, ...]:
        """Their own and a colleague's, in the ward and elsewhere."""
        return tuple(each for each in self.things if each.owner in {member.name, COLLEAGUE})


@contextlib.contextmanager
def lived_in(dsn: str, folder: Path) -> Iterator[tuple[Household, TestClient]]:
    """A household on an empty database, and a client that nobody has signed in with: what it changes is undone."""
    store = Store(dsn)
    services = Services(
        store=store,
        objects=Unmoved(folder / "objects"),
        intake=Intake(folder / "staging", max_bytes=1_000_000, arrivals=cast(Arrivals, None), now=lambda: material.NOW),
        try_again=lambda tx, recording_id: None,
        public_url="https://clips.example",
        max_upload_bytes=1_000_000,
        max_duration_ms=7_200_000,
        now=lambda: material.NOW,
        remake_voice=_unheard,
    )
    house = a_household(services)
    store.close()
    undone = Undone(dsn)
    app = create_app(replace(services, store=undone))
    app.state.limits = Unhurried()
    with TestClient(
        app, base_url="https://clips.example", raise_server_exceptions=False, follow_redirects=False
    ) as client:
        yield house, client
    undone.close()


def _unheard(sent: Path, into: Path) -> int:
    raise Refused("Nothing was recorded. Say it again.", code="empty_file")


def a_household(services: Services) -> Household:
    with services.store.transaction() as tx:
        everyone = spaces.everyone_space(tx)
        homes = {WARD: spaces.add_space(tx, "Ward 3"), ELSEWHERE: spaces.add_space(tx, "Ward 4")}
        somebody = _person(tx, "sally", Role.LEARNER, homes[WARD])
        colleague = _person(tx, "cole", Role.EXPERT, *homes.values())
        learner = _person(tx, "lea", Role.LEARNER, homes[WARD])
        expert = _person(tx, "eva", Role.EXPERT, homes[WARD])
        curator = _person(tx, "wanda", Role.CURATOR, homes[WARD])
        curator_of_all = _person(tx, "carl", Role.CURATOR)
        admin = _person(tx, "ada", Role.ADMIN)
        guest = _person(tx, "gus", Role.EXPERT)
        for space in (everyone, *homes.values()):
            spaces.allow_downloads(tx, space.id, True)
        term = vocabulary.add(tx, vocabulary_words.Term("Taps")).public_id
        vocabulary.add(tx, vocabulary_words.Term("Plumbing"))
    brief = a_brief(services, admin, space=homes[WARD])
    link = a_link(services, brief, admin, for_=guest)
    ward, both, all_of_it = frozenset({WARD}), frozenset({WARD, ELSEWHERE}), frozenset({WARD, ELSEWHERE, EVERYBODYS})
    members = (
        Member("nobody", None, {}),
        Member(GUEST, *_come(services, link.token)),
        Member("a learner", learner, _token(services, learner), ward),
        Member("an expert", expert, _token(services, expert), ward),
        Member("a curator of the ward", curator, _token(services, curator), ward, ward),
        Member("a curator of all", curator_of_all, _token(services, curator_of_all), both, all_of_it),
        Member("an admin", admin, _token(services, admin), both, all_of_it),
    )
    owners = [(each.name, each.person) for each in members if each.person] + [(COLLEAGUE, colleague)]
    things = []
    for name, owner in owners:
        for where, home in homes.items():
            ids = _things(services, owner, home, admin)
            if name == GUEST and where == WARD:  # theirs of their brief; what they have elsewhere is of none
                with services.store.transaction() as tx:
                    answers = [ids["recording"], ids["filmed"]]
                    tx.execute(
                        "update recording set brief_id = %s where public_id = any(%s)", [owner.brief_id, answers]
                    )
                upload = services.intake.create(owner.id, 10, Metadata("", {"brief": brief.public_id}))
                ids = {**ids, "brief": brief.public_id, "upload": upload.id}
            things.append(Things(name, where, {**ids, "term": term, "somebody": somebody.public_id}))
    return Household(members, tuple(things))


def _person(tx: Tx, login: str, role: Role, *homes: Space) -> Person:
    added = people.add_person(tx, login=login, name=login.title(), role=role)
    if role is Role.CURATOR and homes:
        people.scope_curator(tx, added.id, curates_all=False)
    for home in homes:
        spaces.add_member(tx, home.id, added.id, curates=role is Role.CURATOR)
    return people.person_by_public_id(tx, added.public_id)


def _token(services: Services, person: Person) -> dict[str, str]:
    with services.store.transaction() as tx:
        return {"Authorization": f"Bearer {credentials.new_api_token(tx, person.id)}"}


def _come(services: Services, token: str) -> tuple[Person, dict[str, str]]:
    """The guest that a brief's link has made of somebody, and what their browser sends."""
    with services.store.transaction() as tx:
        opened = brief_links.opened(tx, token, services.now())
        assert opened is not None
        assert opened.person is not None
        session = brief_links.sign_in(tx, opened, opened.person, now=services.now(), device="A phone")
        guest = credentials.person_of_session(tx, session, services.now())
        assert guest is not None
    return guest, {"Cookie": f"{COOKIE}={session}", "Sec-Fetch-Site": "same-origin"}


def _things(services: Services, owner: Person, home: Space, admin: Person) -> dict[str, str]:
    """Among others a recording with a published clip and a draft, and one of which a clip was reported."""
    now = services.now()
    made, filmed_one = (material.recording(services, owner, space=home) for _ in range(2))
    published = material.published(services, made, admin)
    reported = material.published(services, filmed_one, admin)
    brief = a_brief(services, admin, space=home)
    link = a_link(services, brief, admin, for_=owner)
    with services.store.transaction() as tx:
        maker = _person(tx, f"maker-{made.id}", Role.ADMIN)  # nobody may wait for many reels
    reel = a_reel(services, maker, published)
    filmed(services, reel, maker)
    upload = services.intake.create(owner.id, 10, Metadata("", {}))
    with services.store.transaction() as tx:
        credentials.new_session(tx, owner.id, now=now)
        credentials.new_api_token(tx, owner.id)
    act = uuid7()
    with services.store.transaction() as tx:
        said = comments.add(
            tx, clip=published, author_id=owner.id, recording_id=made.recording.id, at_ms=1_000,
            kind=CommentKind.QUESTION, text="Which valve?", reply_to=None, now=now,
        )  # fmt: skip
        answer = comments.add(
            tx, clip=published, author_id=owner.id, recording_id=made.recording.id, at_ms=1_000,
            kind=CommentKind.ANSWER, text="The left one.", reply_to=said, now=now,
        )  # fmt: skip
        corrected = comments.add(
            tx, clip=published, author_id=owner.id, recording_id=made.recording.id, at_ms=1_000,
            kind=CommentKind.CORRECTION, text="The other way.", reply_to=None, now=now,
        )  # fmt: skip
        tracks.put(
            tx, made.recording.id, "es", [TrackCue(400, 7_600, ("Gire la válvula.",), Span(400, 7_600))],
            filename="", by=owner.id, now=now,
        )  # fmt: skip
        corrections.say_instead(tx, made.recording.id, "wash", "rinse", version=1, by=owner.id, now=now, act=act)
        recalled = recalls.make(tx, made.recording.id, Span(18_900, 19_500), "Wrong.", by=admin.id, now=now)
        # Of the other one: what a cover touches is given to nobody until it is made without.
        muted, _ = covers.make(tx, filmed_one.recording.id, Hidden(Span(18_000, 18_200)), by=owner.id, now=now)
        [term] = glossary.add(tx, home.id, [glossary_words.Term(f"Valve {owner.login}")])
        raised = takedowns.in_this(tx, reported, owner.id, clip_ms=1_000, words="That is me.", now=now, backup_days=30)
        [named] = appearances.of_recording(tx, filmed_one.recording.id)  # its speaker: the owner
        others = comments.add(
            tx, clip=published, author_id=maker.id, recording_id=made.recording.id, at_ms=1_000,
            kind=CommentKind.COMMENT, text="Buy my valves.", reply_to=None, now=now,
        )  # fmt: skip
        lent, _ = devices.lend(tx, "A tablet", [home.id], by=admin.id, now=now)
        return {
            "recording": made.id,
            "filmed": filmed_one.id,
            "clip": published.public_id,
            "draft": made.clips[1].public_id,
            "comment": said.public_id,
            "answer": answer.public_id,
            "correction": corrected.public_id,
            "act": act.hex,
            "recall": _named(tx, "recall", recalled),
            "cover": muted,
            "appearance": named.public_id,
            "takedown": _named(tx, "takedown", raised),
            "glossary term": term.public_id,
            "brief": brief.public_id,
            "link": link.public_id,
            "reel": reel,
            "upload": upload.id,
            "space": home.public_id,
            "person": owner.public_id,
            "session": _latest(tx, "session", owner),
            "token": _latest(tx, "api_token", owner),
            "device": lent,
            "notice": _told(tx, owner, filmed_one),
            "report": reports.report_comment(tx, others, owner.id, Reason.SPAM, "", now),
        }


def _told(tx: Tx, owner: Person, of: material.Made) -> str:
    notices.tell(tx, NoticeKind.REPORT, [owner.id], About(recording=of.recording.id), now=material.NOW)
    found = tx.execute("select public_id from notice where person_id = %s and recording_id = %s and kind = 'report'",
        [owner.id, of.recording.id]).fetchone()  # fmt: skip
    assert found is not None
    return str(found[0])


def _latest(tx: Tx, table: str, owner: Person) -> str:
    found = tx.execute(
        f"select public_id from {table} where person_id = %s order by id desc limit 1", [owner.id]
    ).fetchone()
    assert found is not None
    return str(found[0])


def _named(tx: Tx, table: str, id_: object) -> str:
    found = tx.execute(f"select public_id from {table} where id = %s", [id_]).fetchone()
    assert found is not None
    return str(found[0])
