"""What a curator is offered for a clip, and why; and that nothing is put on by itself."""

import pytest

from domain.vocabulary import Term
from publish_api.services import Services
from store import vocabulary
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made


@pytest.fixture
def made(services: Services, people: People) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def path(made: Made) -> str:
    return f"/api/v1/clips/{made.clips[0].public_id}"


def test_terms_are_offered_with_why_and_come_onto_the_clip_by_a_person_alone(
    ask: Ask, people: People, services: Services, path: str
) -> None:
    with services.store.transaction() as tx:
        vocabulary.take_in(tx, [Term("Fittings", ("valve",)), Term("Turning"), Term("Payroll")])
    curator = ask(people.curator)
    curator.patch(path, json={"tags": []}, headers={"If-Match": "*"})

    offered = curator.get(f"{path}/suggestions").json()
    untouched = curator.get(path).json()["tags"]
    curator.patch(path, json={"tags": ["valve"]}, headers={"If-Match": "*"})
    after = curator.get(f"{path}/suggestions").json()

    assert {each["label"]: each["why"][0] for each in offered["tags"] if not each["new"]} == {
        "Fittings": "Said: “valve”.",
        "Turning": "Said: “Turning”.",
    }
    assert untouched == []
    assert curator.get(path).json()["tags"] == ["Fittings"]
    assert "Fittings" not in {each["label"] for each in after["tags"]}


def test_level_and_sort_are_drafted_from_the_brief(
    ask: Ask, people: People, services: Services, made: Made, path: str
) -> None:
    brief = a_brief(services, people.curator)  # how to bleed the brakes, for apprentices
    with services.store.transaction() as tx:
        tx.execute(
            "update recording set brief_id = %s, audience = 'apprentices' where id = %s", [brief.id, made.recording.id]
        )

    offered = ask(people.curator).get(f"{path}/suggestions").json()

    assert offered["level"] == {"value": "beginner", "why": "It is for “apprentices”."}
    assert offered["kind"] == {"value": "skill", "why": "The brief says “How to”."}


def test_without_vocabulary_and_brief_phrases_are_left(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)
    curator.patch(path, json={"tags": []}, headers={"If-Match": "*"})

    offered = curator.get(f"{path}/suggestions").json()

    assert offered["tags"] == [{"label": "valve", "new": True, "why": ["Said: “valve”."]}]
    assert (offered["level"], offered["kind"]) == (None, None)
    in_arabic = curator.get(f"{path}/suggestions", headers={"Accept-Language": "ar"}).json()["tags"][0]["why"]
    assert in_arabic == ["قيل: “valve”."]


def test_suggestions_are_for_those_who_edit_the_clip(
    ask: Ask, people: People, ward: Ward, services: Services, made: Made, path: str
) -> None:
    material.published(services, made, people.curator)

    answers = [ask(who).get(f"{path}/suggestions").status_code for who in (None, people.learner, people.expert)]

    assert answers == [401, 403, 403]
    assert ask(people.curator).get("/api/v1/clips/0000000000000000/suggestions").status_code == 404


def test_a_draft_is_made_and_nothing_of_it_is_kept(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)

    drafted = curator.post(f"{path}/suggestions/draft")
    refused = [ask(who).post(f"{path}/suggestions/draft").status_code for who in (None, people.expert)]

    assert drafted.json() == {
        "title": "Turn the valve slowly",
        "summary": "",
        "question": "When did you last face this, and what would you do differently next time?",
        "by": None,
    }
    assert refused == [401, 403]
    assert curator.get(path).json()["title"] == "Turning the valve"
