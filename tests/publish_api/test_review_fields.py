"""What else a curator says of a clip: a question, who looks after it, and a second pair of eyes where it matters."""

from datetime import date

import pytest

from domain.person import Person, Role
from publish_api.services import Services
from store import people as stored_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.material import Made


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def path(made: Made) -> str:
    return f"/api/v1/clips/{made.clips[0].public_id}"


@pytest.fixture
def second(services: Services, people: People) -> Person:
    with services.store.transaction() as tx:
        return stored_people.add_person(tx, login="cora", name="Cora Curator", role=Role.CURATOR)


def test_a_clip_has_a_question_an_owner_a_day_and_a_class(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)
    owner_before = curator.get(path).json()["owner"]
    change = {
        "question": " What  would you do? ",
        "owner": people.learner.public_id,
        "assigned": people.curator.public_id,
        "review_by": "2032-01-31",
        "risk": "safety",
    }

    changed = curator.patch(path, json=change, headers={"If-Match": '"1"'}).json()
    back = curator.patch(
        path, json={"owner": None, "assigned": None, "review_by": None}, headers={"If-Match": '"2"'}
    ).json()

    assert owner_before == {"id": people.expert.public_id, "name": "Eva Expert"}
    assert (changed["question"], changed["risk"], changed["review_by"]) == (
        "What would you do?",
        "safety",
        "2032-01-31",
    )
    assert (changed["owner"]["name"], changed["assigned"]["name"]) == ("Lea Learner", "Carl Curator")
    assert (back["owner"]["name"], back["assigned"], back["review_by"]) == ("Eva Expert", None, None)
    assert (back["question"], back["risk"], back["wants_approval"]) == ("What would you do?", "safety", True)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("0001-01-01", 400), ("2031-05-04", 400), ("2031-05-05", 200), ("2041-05-01", 200), ("2041-06-01", 400),
        ("9999-12-31", 400),
    ],
)  # fmt: skip
def test_a_clip_is_looked_at_again_from_today_on_and_within_ten_years(
    ask: Ask, people: People, path: str, day: str, status: int
) -> None:
    said = ask(people.curator).patch(path, json={"review_by": day}, headers={"If-Match": '"1"'})

    assert said.status_code == status
    assert said.json().get("error", {}).get("code") == (None if status == 200 else "bad_day")


def test_a_day_that_a_clip_had_comes_back_when_it_has_passed(ask: Ask, people: People, path: str, clock: Clock) -> None:
    curator = ask(people.curator)
    curator.patch(path, json={"review_by": "2031-06-01"}, headers={"If-Match": '"1"'})
    curator.patch(path, json={"review_by": "2032-01-31"}, headers={"If-Match": '"2"'})
    clock.passes(days=60)

    undone = curator.patch(path, json={"review_by": "2031-06-01"}, headers={"If-Match": '"3"'})
    drafted = curator.put(f"{path}/history/0/restoration", headers={"If-Match": '"4"'})
    restored = curator.put(f"{path}/history/1/restoration", headers={"If-Match": '"5"'})
    other = curator.patch(path, json={"review_by": "2031-06-02"}, headers={"If-Match": '"6"'})

    assert [each.status_code for each in (undone, drafted, restored, other)] == [200, 200, 200, 400]
    assert (undone.json()["review_by"], restored.json()["review_by"]) == ("2031-06-01", "2031-06-01")


def test_an_owner_is_of_the_space_and_who_looks_at_it_curates_it(
    ask: Ask, people: People, services: Services, ward: Ward
) -> None:
    there = material.recording(services, ward.expert, space=ward.space)
    path = f"/api/v1/clips/{there.clips[0].public_id}"
    curator = ask(ward.curator)

    answers = [
        curator.patch(path, json={field: person.public_id}, headers={"If-Match": '"1"'})
        for field, person in (("owner", people.learner), ("assigned", ward.learner))
    ]

    assert [each.json()["error"]["code"] for each in answers] == ["bad_owner", "bad_reviewer"]


def test_a_question_that_yes_or_no_answers_is_pointed_out_with_better_ones(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)

    def looked(question: str) -> dict[str, object]:
        return dict(curator.post(f"{path}/suggestions/question", json={"question": question}).json())

    assert looked("Do you check the oil?") == {
        "open": False,
        "better": ["How do you check the oil?", "When do you check the oil?", "Why do you check the oil?"],
    }
    assert looked("How do you check the oil?") == {"open": True, "better": []}
    assert looked("Check the oil") == {"open": False, "better": []}


def test_a_matter_of_safety_is_published_when_another_curator_has_approved_it(
    ask: Ask, people: People, path: str, second: Person
) -> None:
    first, other, admin = ask(people.curator), ask(second), ask(people.admin)
    version = first.patch(path, json={"risk": "safety"}, headers={"If-Match": '"1"'}).headers["ETag"]
    match = {"If-Match": version}

    alone = first.put(f"{path}/publication")
    unasked = other.put(f"{path}/approval", headers=match)
    to_herself = first.put(f"{path}/proposal", json={"approver": people.curator.public_id}, headers=match)
    asked = first.put(f"{path}/proposal", json={"approver": second.public_id}, headers=match)
    by_herself = first.put(f"{path}/approval", headers=match)
    stale = other.put(f"{path}/approval", headers={"If-Match": '"1"'})
    still_closed = admin.put(f"{path}/publication")
    approved = other.put(f"{path}/approval", headers=match)
    published = first.put(f"{path}/publication", headers=match)

    assert [each["name"] for each in first.get(f"{path}/approvers").json()["items"]] == ["Ada Admin", "Cora Curator"]
    assert (alone.status_code, alone.json()["error"]["code"]) == (409, "approval_needed")
    assert (unasked.status_code, unasked.json()["error"]["code"]) == (409, "not_proposed")
    assert to_herself.json()["error"]["code"] == "bad_approver"
    assert (asked.json()["asked_of"], asked.json()["by_me"], asked.json()["holds"]) == ("Cora Curator", True, True)
    assert (by_herself.status_code, by_herself.json()["error"]["code"]) == (403, "second_needed")
    assert (stale.status_code, still_closed.status_code) == (412, 409)
    assert approved.json()["approved_by"] == "Cora Curator"
    assert published.status_code == 200


def test_other_bounds_void_an_approval_and_those_that_people_see_stay_as_they_were_approved(
    ask: Ask, people: People, path: str, second: Person
) -> None:
    first, other = ask(people.curator), ask(second)
    first.patch(path, json={"risk": "safety"}, headers={"If-Match": '"1"'})
    first.put(f"{path}/proposal", json={"approver": second.public_id}, headers={"If-Match": '"2"'})
    other.put(f"{path}/approval", headers={"If-Match": '"2"'})
    first.put(f"{path}/publication")

    seen_by_people = first.patch(path, json={"end_ms": 7000}, headers={"If-Match": '"2"'})
    titled = first.patch(path, json={"title": "The valve, safely"}, headers={"If-Match": '"2"'})
    holds = first.get(f"{path}/approval").json()["holds"]
    shown = first.get(path).json()["published_at"]
    waits = [each["clip"]["title"] for each in other.get("/api/v1/review?queue=changed").json()["items"]]
    first.delete(f"{path}/publication")
    cut = first.patch(path, json={"end_ms": 7000}, headers={"If-Match": '"3"'})
    void = first.get(f"{path}/approval").json()
    again = first.put(f"{path}/publication")

    assert (seen_by_people.status_code, seen_by_people.json()["error"]["code"]) == (409, "approval_needed")
    assert (titled.status_code, holds) == (200, False)
    assert shown is not None  # as where a word is corrected
    assert waits == ["The valve, safely"]
    assert (cut.status_code, void["approved_by"], void["holds"]) == (200, "Cora Curator", False)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "approval_needed")


@pytest.mark.parametrize("written", [{"question": "Why not?"}, {"prerequisites": "Nothing at all"}])
def test_what_is_written_of_a_clip_is_part_of_what_was_approved(
    ask: Ask, people: People, path: str, second: Person, written: dict[str, str]
) -> None:
    first, other = ask(people.curator), ask(second)
    first.patch(path, json={"risk": "safety"}, headers={"If-Match": '"1"'})
    first.put(f"{path}/proposal", json={"approver": second.public_id}, headers={"If-Match": '"2"'})
    other.put(f"{path}/approval", headers={"If-Match": '"2"'})

    first.patch(path, json={"audience": "Plumbers", "tags": ["pipes"]}, headers={"If-Match": '"2"'})
    held = first.get(f"{path}/approval").json()["holds"]
    first.patch(path, json=written, headers={"If-Match": '"3"'})

    assert (held, first.get(f"{path}/approval").json()["holds"]) == (True, False)


def test_no_curator_alone_gets_round_the_second_pair_of_eyes(
    ask: Ask, people: People, path: str, second: Person
) -> None:
    first, other, admin = ask(people.curator), ask(second), ask(people.admin)
    first.patch(path, json={"risk": "safety"}, headers={"If-Match": '"1"'})
    first.put(f"{path}/proposal", json={"approver": second.public_id}, headers={"If-Match": '"2"'})
    refused = first.put(f"{path}/publication", headers={"If-Match": '"2"'})

    first.patch(path, json={"risk": "none"}, headers={"If-Match": '"2"'})
    published = first.put(f"{path}/publication", headers={"If-Match": '"3"'})
    waits = [why["code"] for each in other.get("/api/v1/review?queue=changed").json()["items"] for why in each["why"]]
    raised = first.patch(path, json={"risk": "safety"}, headers={"If-Match": '"3"'})
    named = first.patch(path, json={"risk": "safety", "assigned": people.admin.public_id}, headers={"If-Match": '"3"'})

    assert (refused.status_code, published.status_code) == (409, 200)
    assert "lowered" in waits
    assert [each["kind"] for each in other.get("/api/v1/notices").json()["items"]] == ["lowered", "review"]
    acts = [each["act"] for each in admin.get("/api/v1/audit").json()["items"]]
    assert acts == ["lowered-class"]
    assert (raised.status_code, raised.json()["error"]["code"]) == (409, "approval_needed")
    assert (named.status_code, named.json()["published_at"] is not None) == (200, True)
    assert admin.get(f"{path}/approval").json()["asked_of"] == "Ada Admin"
    assert "review" in [each["kind"] for each in admin.get("/api/v1/notices").json()["items"]]


def test_a_second_curator_who_looks_takes_what_was_lowered_out_of_the_queue(
    ask: Ask, people: People, path: str, second: Person
) -> None:
    first, other = ask(people.curator), ask(second)
    first.patch(path, json={"risk": "safety"}, headers={"If-Match": '"1"'})
    first.patch(path, json={"risk": "none"}, headers={"If-Match": '"2"'})
    first.put(f"{path}/publication", headers={"If-Match": '"3"'})

    before = other.get("/api/v1/review?queue=changed").json()["items"]
    first.put(f"{path}/publication", headers={"If-Match": '"3"'})
    still = other.get("/api/v1/review?queue=changed").json()["items"]
    other.put(f"{path}/publication", headers={"If-Match": '"3"'})

    assert (len(before), len(still)) == (1, 1)
    assert other.get("/api/v1/review?queue=changed").json()["items"] == []


def test_publication_is_of_the_version_that_was_seen_where_one_is_named(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)
    curator.patch(path, json={"title": "Newer"}, headers={"If-Match": '"1"'})

    answers = [
        curator.put(f"{path}/publication", headers={"If-Match": '"1"'}),
        curator.put(f"{path}/publication", headers={"If-Match": '"2"'}),
        curator.delete(f"{path}/publication", headers={"If-Match": '"1"'}),
        curator.delete(f"{path}/publication", headers={"If-Match": '"2"'}),
        curator.put(f"{path}/publication"),
    ]

    assert [each.status_code for each in answers] == [412, 200, 412, 204, 200]


def test_every_change_stands_in_the_history_of_a_clip(ask: Ask, people: People, path: str) -> None:
    curator, expert = ask(people.curator), ask(people.expert)
    curator.patch(path, json={"title": "Slowly", "tags": ["valve", "water"]}, headers={"If-Match": '"1"'})
    curator.patch(path, json={"end_ms": 7000, "owner": people.learner.public_id}, headers={"If-Match": '"2"'})
    curator.put(f"{path}/publication")
    curator.delete(f"{path}/publication")

    said = expert.get(f"{path}/history").json()["items"]
    older = expert.get(f"{path}/history", params={"limit": 3}).json()
    last = expert.get(f"{path}/history", params={"limit": 3, "cursor": older["next"]}).json()

    assert [(each["number"], each["act"], each["by"]) for each in said] == [
        (4, "withdrawn", "Carl Curator"),
        (3, "published", "Carl Curator"),
        (2, "changed", "Carl Curator"),
        (1, "changed", "Carl Curator"),
    ]
    assert said[3]["changes"] == [
        {"field": "title", "before": "Turning the valve", "after": "Slowly"},
        {"field": "tags", "before": ["valve"], "after": ["valve", "water"]},
    ]
    assert [each["field"] for each in said[2]["changes"]] == ["parts", "owner"]
    assert (said[2]["changes"][1]["before"], said[2]["changes"][1]["after"]) == (None, "Lea Learner")
    assert (last["items"], last["next"]) == ([said[3]], None)
    assert ask(people.learner).get(f"{path}/history").status_code == 404  # it is not published


def test_a_published_clip_keeps_its_history_to_those_who_made_it(ask: Ask, people: People, path: str) -> None:
    ask(people.curator).put(f"{path}/publication")

    assert ask(people.learner).get(f"{path}/history").status_code == 403


def test_an_earlier_state_is_had_again_by_one_act_which_is_a_change_itself(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)
    first = {"title": "Slowly", "level": "beginner", "question": "Why?", "review_by": "2032-01-31", "end_ms": 7000}
    curator.patch(path, json=first, headers={"If-Match": '"1"'})
    curator.put(f"{path}/publication")
    curator.patch(path, json={"title": "Quickly", "tags": []}, headers={"If-Match": '"2"'})

    stale = curator.put(f"{path}/history/0/restoration", headers={"If-Match": '"2"'})
    drafted = curator.put(f"{path}/history/0/restoration", headers={"If-Match": '"3"'}).json()
    slowly = curator.put(f"{path}/history/1/restoration", headers={"If-Match": '"4"'}).json()

    assert stale.status_code == 412
    assert (drafted["title"], drafted["tags"], drafted["level"]) == ("Turning the valve", ["valve"], None)
    assert (drafted["end_ms"], drafted["question"], drafted["review_by"]) == (8000, "", None)
    assert drafted["published_at"] is not None
    assert {field: slowly[field] for field in first} == first
    assert curator.get(f"{path}/history").json()["items"][0]["act"] == "restored"
    assert curator.put(f"{path}/history/99/restoration", headers={"If-Match": "*"}).status_code == 404


def test_the_editor_draws_the_history_in_words(ask: Ask, people: People, path: str, made: Made) -> None:
    curator = ask(people.curator)
    nothing_yet = curator.get(f"/review/{made.clips[0].public_id}/history").text
    curator.patch(path, json={"title": "<b>Slowly", "review_by": str(date(2032, 1, 31))}, headers={"If-Match": '"1"'})

    drawn = curator.get(f"/review/{made.clips[0].public_id}/history").text

    assert "Nobody has changed this clip yet." in nothing_yet
    assert "<b>Carl Curator</b> changed it" in drawn
    assert "&lt;b&gt;Slowly" in drawn
    assert "31 January 2032" in drawn
    assert 'data-restore="0"' in drawn
