"""The real app on a real store and a real folder of objects; only the clock is ours."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from capture.intake import FinishedUpload, Intake
from domain.person import Person, Role
from domain.space import Space
from pipeline.carry import try_again
from publish_api.services import Services
from store import credentials
from store import people as stored_people
from store import spaces as stored_spaces
from store.folder import Folder
from store.postgres import Store, Tx
from tests.conftest import People
from tests.databases import Databases, with_database
from tests.publish_api.household import Household, lived_in
from tests.publish_api.material import NOW
from tests.publish_api.served import served

Ask = Callable[[Person | None], TestClient]


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


class NoArrivals:
    def arrive(self, upload: FinishedUpload) -> str:
        raise AssertionError("nothing is uploaded in these tests")


class Queued(list[tuple[str, UUID]]):
    """The jobs that would be done: step and recording."""

    def __call__(self, tx: Tx, step: str, recording_id: UUID) -> None:
        self.append((step, recording_id))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queued() -> Queued:
    return Queued()


@pytest.fixture
def services(store: Store, objects: Folder, tmp_path: Path, clock: Clock, queued: Queued) -> Services:
    return Services(
        store=store,
        objects=objects,
        intake=Intake(tmp_path / "staging", max_bytes=1_000_000, arrivals=NoArrivals(), now=clock),
        try_again=partial(try_again, enqueue=queued),
        public_url="https://clips.example",
        max_upload_bytes=1_000_000,
        max_duration_ms=7_200_000,
        now=clock,
    )


@pytest.fixture
def anybody(services: Services) -> Iterator[TestClient]:
    """A browser or program that nobody has signed in with."""
    with TestClient(
        served(services), base_url="https://clips.example", raise_server_exceptions=False, follow_redirects=False
    ) as client:
        yield client


@pytest.fixture
def ask(services: Services, anybody: TestClient) -> Ask:
    """`ask(person)` is a client with that person's API token; `ask(None)` one without."""

    def client(person: Person | None) -> TestClient:
        made = TestClient(
            anybody.app, base_url="https://clips.example", raise_server_exceptions=False, follow_redirects=False
        )
        if person is not None:
            with services.store.transaction() as tx:
                made.headers["Authorization"] = f"Bearer {credentials.new_api_token(tx, person.id)}"
        return made

    return client


@pytest.fixture(scope="session")
def _lived_in(
    databases: Databases, postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Household, TestClient]]:
    name = databases.take()
    with lived_in(with_database(postgres_dsn, name), tmp_path_factory.mktemp("household")) as found:
        yield found
    databases.give_back(name)


@pytest.fixture(scope="session")
def house(_lived_in: tuple[Household, TestClient]) -> Household:
    """One of every kind of person and thing, the same for all tests: nothing that is asked of it lasts."""
    return _lived_in[0]


@pytest.fixture(scope="session")
def at_house(_lived_in: tuple[Household, TestClient]) -> TestClient:
    """A client that nobody has signed in with; a member's headers say who asks."""
    return _lived_in[1]


@dataclass(frozen=True)
class Ward:
    """A space of its own, with one of each in it, and a curator of it alone."""

    space: Space
    expert: Person
    learner: Person
    curator: Person


@pytest.fixture
def ward(store: Store, people: People) -> Ward:
    with store.transaction() as tx:
        space = stored_spaces.add_space(tx, "Ward 3")
        expert = stored_people.add_person(tx, login="wes", name="Wes Ward", role=Role.EXPERT)
        learner = stored_people.add_person(tx, login="wilma", name="Wilma Ward", role=Role.LEARNER)
        curator = stored_people.add_person(tx, login="wanda", name="Wanda Ward", role=Role.CURATOR)
        stored_people.scope_curator(tx, curator.id, curates_all=False)
        for person in (expert, learner, curator):
            stored_spaces.add_member(tx, space.id, person.id, curates=person is curator)
        return Ward(space, expert, learner, curator)
