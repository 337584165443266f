"""What is asked of the database for a page does not grow with what is on it."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from domain.comment import CommentKind
from publish_api.services import Services
from store import comments
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.material import Made

# Of a list of clips, of recordings and of comments: what people look at most.
PATHS = (
    "/",
    "/api/v1/me/home",
    "/api/v1/clips",
    "/api/v1/clips?review=true",
    "/search?q=valve",
    "/api/v1/search?q=valve",
    "/api/v1/recordings?curated=true",
    "/recordings?whose=all",
    "/review",
    "/api/v1/clips/{clip}",
    "/api/v1/clips/{clip}/comments",
    "/clips/{clip}",
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is sent from now on."""
    said: list[str] = []
    execute: Callable[..., Any] = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *values: Any, **more: Any) -> Any:
        said.append(str(query))
        return execute(cursor, query, *values, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    return said


def test_as_many_statements_for_many_rows_as_for_few(
    services: Services, people: People, ask: Ask, asked: list[str]
) -> None:
    first = _told(services, people, material.recording(services, people.expert), comments_=2)
    curator = ask(people.curator)
    few = _counted(curator, asked, first)

    for _ in range(6):
        _told(services, people, material.recording(services, people.expert), comments_=1)
    _say(services, people, first, 12)
    many = _counted(curator, asked, first)

    assert {path: (few[path], many[path]) for path in PATHS if many[path] != few[path]} == {}
    assert max(many.values()) < 60


def _counted(client: TestClient, asked: list[str], made: Made) -> dict[str, int]:
    counted = {}
    for path in PATHS:
        where = path.format(clip=made.clips[0].public_id)
        client.get(where)  # what is remembered of who asks is so now
        asked.clear()
        assert client.get(where).status_code == 200, where
        counted[path] = len(asked)
    return counted


def _told(services: Services, people: People, made: Made, *, comments_: int) -> Made:
    material.published(services, made, people.curator)
    _say(services, people, made, comments_)
    return made


def _say(services: Services, people: People, made: Made, number: int) -> None:
    with services.store.transaction() as tx:
        for author in [people.learner, people.expert, people.admin, people.curator] * (number // 4 + 1):
            comments.add(
                tx, clip=made.clips[0], author_id=author.id, recording_id=made.recording.id, at_ms=1_000,
                kind=CommentKind.QUESTION, text="Which valve?", reply_to=None, now=services.now(),
            )  # fmt: skip
