"""A conversation about clips: found, edited, published, withdrawn."""

from collections.abc import Sequence

import pytest
from fastapi.testclient import TestClient

from publish_api.services import Services
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


def test_a_clip_tells_all_of_itself(ask: Ask, people: People, made: Made, path: str) -> None:
    answer = ask(people.curator).get(path)

    said = answer.json()
    assert answer.headers["ETag"].startswith('"1.')
    assert said.pop("created_at").endswith("Z")
    assert said.pop("space")["name"] == "Everyone"
    assert said == {
        "id": made.clips[0].public_id,
        "title": "Turning the valve",
        "tags": ["valve"],
        "level": None,
        "audience": "",
        "prerequisites": "",
        "kind": None,
        "question": "",
        "risk": "none",
        "wants_approval": False,
        "owner": {"id": people.expert.public_id, "name": "Eva Expert"},
        "assigned": None,
        "review_by": None,
        "language": "en",
        "parts": [{"recording": made.id, "start_ms": 0, "end_ms": 8000}],
        "start_ms": 0,
        "end_ms": 8000,
        "length_ms": 8000,
        "text": "Turn the valve slowly.",
        "version": 1,
        "published_at": None,
        "speaker": "Eva Expert",
        "speaker_id": people.expert.public_id,
        "comments": 0,
        "corrected": [],
        "mended_at": None,
        "play_url": f"{path}/play.m3u8",
        "captions_url": f"{path}/captions.vtt",
        "poster_url": f"{path}/poster.jpg",
    }


def test_a_published_clip_is_in_the_feed_the_tags_and_the_search(
    ask: Ask, people: People, path: str, clock: Clock
) -> None:
    curator, learner = ask(people.curator), ask(people.learner)
    before = learner.get(path).status_code

    clock.passes(minutes=1)
    published = curator.put(f"{path}/publication")
    again = curator.put(f"{path}/publication")

    assert before == 404
    assert published.json()["published_at"] == again.json()["published_at"] == "2031-05-06T07:09:00Z"
    assert _titles(learner) == ["Turning the valve"]
    assert learner.get("/api/v1/tags").json() == {
        "items": [{"slug": "valve", "label": "valve", "clips": 1}],
        "next": None,
    }
    hit = learner.get("/api/v1/search", params={"q": "valves"}).json()["items"][0]
    assert hit["clip"]["title"] == "Turning the valve"
    assert (hit["sentence"], hit["at_ms"], hit["clip_ms"]) == ("Turn the valve slowly.", 400, 400)
    assert hit["headline"] == [
        {"text": "Turn the ", "found": False},
        {"text": "valve", "found": True},
        {"text": " slowly.", "found": False},
    ]


def test_a_withdrawn_clip_is_gone_for_viewers_at_once(ask: Ask, people: People, path: str) -> None:
    curator, learner = ask(people.curator), ask(people.learner)
    curator.put(f"{path}/publication")
    piece = _pieces(learner, path)[0]
    shown = learner.get(piece).status_code

    withdrawn = curator.delete(f"{path}/publication")

    assert (shown, withdrawn.status_code) == (200, 204)
    assert learner.get(path).status_code == 404
    assert learner.get(piece).status_code == 404
    assert _titles(learner) == []
    assert curator.get(path).json()["published_at"] is None


def test_the_feed_is_filtered(ask: Ask, people: People, services: Services, made: Made, ward: Ward) -> None:
    curator, learner = ask(people.curator), ask(ward.learner)
    for_the_ward = material.recording(services, ward.expert, space=ward.space)
    for clip in (*made.clips, for_the_ward.clips[0]):
        material.published(services, made if clip in made.clips else for_the_ward, people.curator, _number(made, clip))
    second = f"/api/v1/clips/{made.clips[1].public_id}"
    curator.patch(second, json={"level": "advanced"}, headers={"If-Match": '"1"'})

    def found(**wanted: str) -> list[tuple[str, str]]:
        items = learner.get("/api/v1/clips", params=wanted).json()["items"]
        return [(each["title"], each["space"]["name"]) for each in items]

    valve, washing, ward_valve = (
        ("Turning the valve", "Everyone"),
        ("Washing hands", "Everyone"),
        ("Turning the valve", "Ward 3"),
    )
    assert sorted(found()) == sorted([valve, washing, ward_valve])
    assert found(q="wash") == [washing]
    assert found(level="advanced") == [washing]
    assert sorted(found(tag="valve")) == sorted([valve, ward_valve])
    assert found(space=ward.space.public_id) == [ward_valve]
    assert found(space=ward.space.public_id, q="wash") == []


def test_the_feed_comes_a_page_at_a_time_the_newest_first(
    ask: Ask, people: People, services: Services, clock: Clock, made: Made
) -> None:
    for number in (0, 1):
        clock.passes(seconds=1)
        material.published(services, made, people.curator, number)
    learner = ask(people.learner)

    first = learner.get("/api/v1/clips", params={"limit": 1}).json()
    second = learner.get("/api/v1/clips", params={"limit": 1, "cursor": first["next"]}).json()

    assert [each["title"] for each in first["items"]] == ["Washing hands"]
    assert ([each["title"] for each in second["items"]], second["next"]) == (["Turning the valve"], None)


def test_what_waits_for_review_comes_in_order_of_its_time(ask: Ask, people: People, made: Made) -> None:
    curator = ask(people.curator)
    before = curator.get("/api/v1/clips?review=true").json()["items"]

    curator.put(f"/api/v1/clips/{made.clips[0].public_id}/publication")
    after = curator.get("/api/v1/clips?review=true").json()["items"]

    assert [each["title"] for each in before] == ["Turning the valve", "Washing hands"]
    assert [each["title"] for each in after] == ["Washing hands"]
    assert ask(people.learner).get("/api/v1/clips?review=true").json()["items"] == []


def test_an_edit_is_live_at_the_same_link(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)
    curator.put(f"{path}/publication")
    change = {"title": "Valves, slowly", "tags": ["Safety", "valve"], "level": "beginner", "end_ms": 6000}

    changed = curator.patch(path, json=change, headers={"If-Match": '"1"'})
    seen = ask(people.learner).get(path).json()

    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (seen["title"], seen["tags"], seen["level"]) == ("Valves, slowly", ["Safety", "valve"], "beginner")
    assert (seen["start_ms"], seen["end_ms"], seen["text"]) == (0, 6000, "Turn the valve")
    assert seen["version"] == 2


def test_what_is_left_out_of_an_edit_stays_and_a_level_can_be_taken_away(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)
    curator.patch(path, json={"level": "beginner"}, headers={"If-Match": '"1"'})

    kept = curator.patch(path, json={"title": "Other"}, headers={"If-Match": '"2"'}).json()
    taken = curator.patch(path, json={"level": None, "tags": []}, headers={"If-Match": '"3"'}).json()

    assert (kept["level"], kept["tags"], kept["end_ms"]) == ("beginner", ["valve"], 8000)
    assert (taken["level"], taken["tags"], taken["title"]) == (None, [], "Other")


def test_an_edit_names_the_version_it_was_made_for(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)
    answers = [
        curator.patch(path, json={"title": "A"}),
        curator.patch(path, json={"title": "B"}, headers={"If-Match": '"7"'}),
        curator.patch(path, json={"title": "C"}, headers={"If-Match": "nonsense"}),
        curator.patch(path, json={"title": "D"}, headers={"If-Match": 'W/"1"'}),
        curator.patch(path, json={"title": "E"}, headers={"If-Match": '"1"'}),
        curator.patch(path, json={"title": "F"}, headers={"If-Match": '"9", "2"'}),
        curator.patch(path, json={"title": "G"}, headers={"If-Match": "*"}),
    ]

    assert [each.status_code for each in answers] == [428, 412, 412, 200, 412, 200, 200]
    assert curator.get(path).json()["title"] == "G"


def test_a_slip_in_the_middle_is_left_out_and_another_recording_joins(
    ask: Ask, people: People, services: Services, made: Made, path: str
) -> None:
    retake = material.recording(services, people.expert)
    parts = [
        {"recording": made.id, "start_ms": 0, "end_ms": 4000},
        {"recording": retake.id, "start_ms": 4000, "end_ms": 6000},
        {"recording": made.id, "start_ms": 8000, "end_ms": 20000},
    ]

    changed = ask(people.curator).patch(path, json={"parts": parts}, headers={"If-Match": '"1"'}).json()

    assert changed["parts"] == parts
    assert (changed["start_ms"], changed["end_ms"], changed["length_ms"]) == (None, None, 18000)
    assert changed["text"] == "Turn the valve Then wash your hands."


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start_ms": 8000}, "span_backwards"),
        ({"start_ms": 5000, "end_ms": 4000}, "span_backwards"),
        ({"end_ms": 20001}, "span_after_end"),
        ({"start_ms": -1}, "invalid"),
        ({"end_ms": "8000"}, "invalid"),
        ({"end_ms": 8000.5}, "invalid"),
        ({"end_ms": 2**31}, "invalid"),
        ({"end_ms": True}, "invalid"),
        ({"parts": []}, "invalid"),
        ({"title": ""}, "bad_title"),
        ({"title": "x" * 201}, "invalid"),
        ({"level": "guru"}, "invalid"),
        ({"tags": ["x"] * 21}, "invalid"),
        ({"end": 4000}, "invalid"),
    ],
)
def test_an_impossible_edit_changes_nothing(
    ask: Ask, people: People, path: str, change: dict[str, object], code: str
) -> None:
    curator = ask(people.curator)

    answer = curator.patch(path, json=change, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert curator.get(path).json()["version"] == 1


def test_parts_and_bounds_are_not_sent_together(ask: Ask, people: People, made: Made, path: str) -> None:
    part = {"recording": made.id, "start_ms": 0, "end_ms": 4000}
    curator = ask(people.curator)

    both = curator.patch(path, json={"parts": [part], "end_ms": 4000}, headers={"If-Match": '"1"'})
    curator.patch(path, json={"parts": [part, {**part, "start_ms": 2000}]}, headers={"If-Match": '"1"'})
    of_several = curator.patch(path, json={"end_ms": 4000}, headers={"If-Match": '"2"'})

    assert [both.json()["error"]["code"], of_several.json()["error"]["code"]] == ["bad_parts", "bad_parts"]


def test_a_clip_shows_no_recording_that_its_editor_may_not_see(
    ask: Ask, people: People, services: Services, made: Made, ward: Ward
) -> None:
    of_the_ward = material.recording(services, ward.expert, space=ward.space)
    path = f"/api/v1/clips/{of_the_ward.clips[0].public_id}"
    theirs = {"parts": [{"recording": made.id, "start_ms": 0, "end_ms": 4000}]}

    answer = ask(ward.curator).patch(path, json=theirs, headers={"If-Match": '"1"'})

    assert answer.status_code == 404
    assert ask(ward.curator).get(path).json()["version"] == 1


def test_a_clip_for_everybody_shows_no_recording_of_a_ward(
    ask: Ask, people: People, services: Services, path: str, ward: Ward
) -> None:
    of_the_ward = material.recording(services, ward.expert, space=ward.space)
    theirs = {"parts": [{"recording": of_the_ward.id, "start_ms": 0, "end_ms": 4000}]}

    answer = ask(people.curator).patch(path, json=theirs, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "part_of_other_space")


def test_a_deleted_clip_was_there(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)
    curator.put(f"{path}/publication")

    deleted = curator.delete(path)

    assert deleted.status_code == 204
    assert [client.get(path).status_code for client in (curator, ask(people.learner))] == [410, 410]
    assert curator.delete(path).status_code == 410
    assert curator.put(f"{path}/publication").status_code == 410


def test_an_expert_sees_but_does_not_edit_clips_of_ones_own(ask: Ask, people: People, path: str) -> None:
    owner = ask(people.expert)

    answers = [
        owner.get(path),
        owner.patch(path, json={"title": "Mine"}, headers={"If-Match": '"1"'}),
        owner.put(f"{path}/publication"),  # nobody has said that they publish first
        owner.delete(path),
    ]

    assert [each.status_code for each in answers] == [200, 403, 409, 403]
    assert (
        answers[1].json()["error"]["message"] == "You may not edit a clip here. Ask a curator: they do it, or let you."
    )


def _titles(client: TestClient) -> list[str]:
    return [each["title"] for each in client.get("/api/v1/clips").json()["items"]]


def _number(made: Made, clip: object) -> int:
    return made.clips.index(clip) if clip in made.clips else 0  # type: ignore[arg-type]


def _pieces(client: TestClient, path: str) -> Sequence[str]:
    lines = client.get(f"{path}/play/480.m3u8").text.splitlines()
    return [line for line in lines if line.startswith("/m/")]
