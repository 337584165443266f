"""Browsers: they carry a cookie, and say where they come from."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from domain.person import Person
from publish_api.access import COOKIE
from publish_api.services import Services
from store import credentials

Browse = Callable[[Person | None], TestClient]


@pytest.fixture
def browse(services: Services, anybody: TestClient) -> Browse:
    """`browse(person)` is a browser in which that person has signed in; `browse(None)` one in which nobody has."""

    def browser(person: Person | None) -> TestClient:
        made = TestClient(
            anybody.app,
            base_url="https://clips.example",
            headers={"Sec-Fetch-Site": "same-origin"},
            raise_server_exceptions=False,
            follow_redirects=False,
        )
        if person is not None:
            with services.store.transaction() as tx:
                made.cookies.set(COOKIE, credentials.new_session(tx, person.id, now=services.now()))
        return made

    return browser
