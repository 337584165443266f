"""Lists a page at a time: all of them, in one way."""

import base64
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from domain import glossary as glossary_words
from domain import vocabulary as vocabulary_words
from domain.person import Role
from domain.span import Span
from publish_api.services import Services
from store import clips, glossary, recalls, spaces, vocabulary
from store import people as stored_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask

# What is listed, by a curator, of which `_filled` makes five or more.
LISTS = ("people", "spaces", "spaces/{space}/members", "tags", "tags/vocabulary", "glossary", "recordings/{id}/recalls")


@pytest.fixture
def names(services: Services, people: People) -> dict[str, str]:
    return _filled(services, people)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_the_same_in_pages_as_at_once(people: People, ask: Ask, names: dict[str, str], path: str) -> None:
    curator, where = ask(people.curator), f"/api/v1/{path.format(**names)}"

    at_once = curator.get(where).json()
    in_pages = _pages(curator, where)

    assert (len(at_once["items"]) >= 5, at_once["next"]) == (True, None)
    assert [each for page in in_pages for each in page] == at_once["items"]
    assert {len(page) for page in in_pages[:-1]} == {2}


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_none_has_given_out_finds_no_page(
    people: People, ask: Ask, names: dict[str, str], path: str
) -> None:
    where = f"/api/v1/{path.format(**names)}"

    answers = [ask(people.curator).get(where, params={"cursor": made}) for made in ("x", "W10=", "WyJhIl0=" * 40)]

    assert [(each.status_code, each.json()["error"]["code"]) for each in answers] == [(400, "bad_cursor")] * 3


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_with_what_the_database_does_not_know_finds_no_page(
    people: People, ask: Ask, names: dict[str, str], path: str
) -> None:
    curator, where = ask(people.curator), f"/api/v1/{path.format(**names)}"
    given = json.loads(base64.urlsafe_b64decode(curator.get(where, params={"limit": 2}).json()["next"]))
    forged = [[*given[:n], odd, *given[n + 1 :]] for n in range(len(given)) for odd in ("a\0", "\ud800", "9" * 40)]

    answers = [
        curator.get(where, params={"cursor": base64.urlsafe_b64encode(json.dumps(each).encode()).decode()})
        for each in forged
    ]

    codes = {(each.status_code, each.json().get("error", {}).get("code")) for each in answers}
    assert (400, "bad_cursor") in codes <= {(400, "bad_cursor"), (200, None)}  # forty nines may be somebody's name


def test_who_comes_meanwhile_hides_nobody_and_repeats_nobody(services: Services, people: People, ask: Ask) -> None:
    curator = ask(people.curator)
    first = curator.get("/api/v1/people", params={"limit": 2}).json()

    with services.store.transaction() as tx:
        for name in ("Aaron", "Zoe"):
            stored_people.add_person(tx, login=name, name=name, role=Role.LEARNER)
    rest = curator.get("/api/v1/people", params={"cursor": first["next"]}).json()

    assert [each["name"] for each in first["items"]] == ["Ada Admin", "Carl Curator"]
    assert [each["name"] for each in rest["items"]] == ["Eva Expert", "Lea Learner", "Zoe"]


def _pages(client: TestClient, where: str) -> list[list[dict[str, Any]]]:
    pages, cursor = [], None
    while True:
        page = client.get(where, params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        pages.append(page["items"])
        cursor = page["next"]
        if cursor is None:
            return pages


def _filled(services: Services, people: People) -> dict[str, str]:
    made = material.recording(services, people.expert)
    published = material.published(services, made, people.curator)
    with services.store.transaction() as tx:
        everyone = spaces.everyone_space(tx)
        labels = ["Valves", "Taps", "Pumps", "Ångström", "pumps and taps"]
        homes = [spaces.add_space(tx, name) for name in ("Ward 3", "ward 3", "Ward 4", "Archive")]
        for n, each in enumerate(("Bo", "bo", "Ann", "Zed", "Émile")):
            added = stored_people.add_person(tx, login=f"member{n}", name=each, role=Role.LEARNER)
            spaces.add_member(tx, homes[0].id, added.id)
        for label in labels:
            vocabulary.add(tx, vocabulary_words.Term(label))
        glossary.add(tx, everyone.id, [glossary_words.Term(label) for label in labels])
        clips.change(tx, published.id, version=published.version, now=services.now(), tags=labels)
        for n in range(5):
            span = Span(19_000 + n * 100, 19_100 + n * 100)
            recalls.make(tx, made.recording.id, span, "Wrong.", by=people.curator.id, now=services.now())
    return {"space": homes[0].public_id, "id": made.id}
