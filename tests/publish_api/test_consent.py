"""Consent and takedowns over the API: who may do what, and what nobody sees any more."""

import logging

import pytest
from fastapi.testclient import TestClient

from domain.consent import TERMS_VERSION
from domain.person import Person
from publish_api.quiet import masked
from publish_api.services import Services
from store import appearances
from store import people as stored_people
from store.folder import Folder
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief, a_link, come
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.material import Made


@pytest.fixture
def made(services: Services, people: People) -> Made:
    return material.recording(services, people.expert)


def named(client: TestClient, made: Made, name: str = "Ahmed", part: str = "seen") -> str:
    """Somebody who is asked; their id."""
    answer = client.post(f"/api/v1/recordings/{made.id}/appearances", json={"name": name, "part": part})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def media_urls(client: TestClient, made: Made) -> list[str]:
    """Of the first clip, as its player has them."""
    path = f"/api/v1/clips/{made.clips[0].public_id}"
    texts = [client.get(f"{path}/{each}").text for each in ("play/480.m3u8", "play/audio.m3u8", "storyboard.vtt")]
    lines = [line.partition("#")[0] if line.startswith("/m/") else "" for text in texts for line in text.splitlines()]
    return [line for line in lines if line]


def test_whoever_sent_it_sees_who_is_in_it_and_that_they_agreed_by_sending(
    ask: Ask, people: People, made: Made
) -> None:
    answer = ask(people.expert).get(f"/api/v1/recordings/{made.id}/appearances").json()

    (found,) = answer["items"]
    assert {k: found[k] for k in ("name", "part", "state", "how", "terms_version", "person", "recording")} == {
        "name": "Eva Expert",
        "part": "speaker",
        "state": "agreed",
        "how": "sent",
        "terms_version": TERMS_VERSION,
        "person": people.expert.public_id,
        "recording": made.id,
    }


def test_a_clip_of_somebody_who_was_only_asked_is_published_by_no_route(ask: Ask, people: People, made: Made) -> None:
    named(ask(people.expert), made)
    curator, clip = ask(people.curator), f"/api/v1/clips/{made.clips[0].public_id}"

    put = curator.put(f"{clip}/publication")
    also_admin = ask(people.admin).put(f"{clip}/publication")

    assert (put.status_code, put.json()["error"]["code"]) == (409, "consent_missing")
    assert "Ahmed, who is to be seen in it, has not agreed yet." in put.json()["error"]["message"]
    assert also_admin.status_code == 409
    assert ask(people.learner).get(clip).status_code == 404


def test_a_published_clip_takes_in_no_part_of_a_recording_without_consent(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    other = material.recording(services, people.expert)
    named(ask(people.expert), other, part="speaker")
    clip = material.published(services, made, people.curator)
    parts = [
        {"recording": made.id, "start_ms": 0, "end_ms": 8000},
        {"recording": other.id, "start_ms": 0, "end_ms": 8000},
    ]

    refused = ask(people.curator).patch(
        f"/api/v1/clips/{clip.public_id}", json={"parts": parts}, headers={"If-Match": "*"}
    )

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "consent_missing")
    assert len(ask(people.learner).get(f"/api/v1/clips/{clip.public_id}").json()["parts"]) == 1


def test_taking_consent_back_kills_every_media_address_at_once(
    ask: Ask, anybody: TestClient, people: People, services: Services, made: Made
) -> None:
    clip = material.published(services, made, people.curator)
    urls = media_urls(ask(people.learner), made)
    (mine,) = ask(people.expert).get(f"/api/v1/recordings/{made.id}/appearances").json()["items"]
    before = {anybody.get(url).status_code for url in urls}

    taken = ask(people.expert).delete(f"/api/v1/appearances/{mine['id']}/agreement")

    assert len(urls) > 6
    assert (before, taken.status_code) == ({200}, 204)
    assert {anybody.get(url).status_code for url in urls} == {404}
    assert ask(people.learner).get(f"/api/v1/clips/{clip.public_id}").status_code == 404
    assert ask(people.learner).get("/api/v1/clips").json()["items"] == []


def test_i_am_in_this_takes_the_whole_recording_out_of_view_and_is_kept_by_name(
    ask: Ask, anybody: TestClient, people: People, services: Services, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (0, 1):
        material.published(services, made, people.curator, number)
    urls = media_urls(ask(people.learner), made)

    with caplog.at_level(logging.INFO, "publish_api.takedowns"):
        raised = ask(people.learner).post(
            f"/api/v1/clips/{made.clips[1].public_id}/takedowns", json={"clip_at_ms": 2000, "words": "At the sink."}
        )

    seen = ask(people.curator).get("/api/v1/takedowns").json()["items"]
    assert raised.status_code == 201
    assert [(each["reason"], each["raised_by"], each["at_ms"], each["words"]) for each in seen] == [
        ("in-this", "Lea Learner", 10_000, "At the sink."),
    ]
    assert [each["title"] for each in seen[0]["clips"]] == ["Turning the valve", "Washing hands"]
    assert seen[0]["backups_clear_on"] == "2031-06-05"
    assert {anybody.get(url).status_code for url in urls} == {404}
    assert people.learner.public_id in caplog.text


def test_whoever_raised_it_follows_it_without_seeing_what_was_never_theirs(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    material.published(services, made, people.curator)
    learner = ask(people.learner)
    learner.post(f"/api/v1/clips/{made.clips[0].public_id}/takedowns", json={})

    (mine,) = learner.get("/api/v1/takedowns?mine=true").json()["items"]

    assert (mine["title"], mine["clips"], mine["state"]) == ("Turning the valve", [], "open")
    assert learner.get("/api/v1/takedowns").status_code == 403


def test_who_says_it_of_everything_is_stopped(ask: Ask, people: People, services: Services) -> None:
    films = [material.recording(services, people.expert) for _ in range(11)]
    for each in films:
        material.published(services, each, people.curator)
    learner = ask(people.learner)

    said = [learner.post(f"/api/v1/clips/{each.clips[0].public_id}/takedowns", json={}) for each in films]

    assert [each.status_code for each in said] == [201] * 10 + [429]
    assert said[-1].json()["error"]["code"] == "too_many_takedowns"


def test_removing_deletes_the_recording_with_its_bytes_and_says_by_when_backups_are_clear(
    ask: Ask, people: People, services: Services, made: Made, clock: Clock, objects: Folder
) -> None:
    material.published(services, made, people.curator)
    raised = ask(people.learner).post(f"/api/v1/clips/{made.clips[0].public_id}/takedowns", json={}).json()
    clock.passes(days=3)
    path = f"/api/v1/takedowns/{raised['id']}/resolution"

    settled = ask(people.curator).put(path, json={"state": "removed", "words": "Gone."})
    again = ask(people.curator).put(path, json={"state": "removed"})
    other = ask(people.curator).put(path, json={"state": "kept", "words": "No."})

    assert settled.status_code == 200
    assert (settled.json()["state"], settled.json()["recording"]) == ("removed", None)
    assert settled.json()["resolved_by"] == "Carl Curator"
    assert settled.json()["backups_clear_on"] == "2031-06-08"
    assert (again.status_code, again.json()["answer"]) == (200, "Gone.")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "already_resolved")
    assert ask(people.expert).get(f"/api/v1/recordings/{made.id}").status_code == 410
    assert not any(path.is_file() for path in objects.root.rglob("*"))


def test_cut_and_kept_over_the_api(ask: Ask, people: People, services: Services, made: Made) -> None:
    clip = f"/api/v1/clips/{made.clips[0].public_id}"
    material.published(services, made, people.curator)
    curator, learner = ask(people.curator), ask(people.learner)
    first = learner.post(f"{clip}/takedowns", json={"clip_at_ms": 1000}).json()["id"]

    unsaid = curator.put(f"/api/v1/takedowns/{first}/resolution", json={"state": "kept"})
    kept = curator.put(f"/api/v1/takedowns/{first}/resolution", json={"state": "kept", "words": "That is Tom."})
    back = learner.get(clip).status_code
    second = learner.post(f"{clip}/takedowns", json={"clip_at_ms": 1000}).json()["id"]
    backwards = curator.put(
        f"/api/v1/takedowns/{second}/resolution", json={"state": "cut", "cut": [{"start_ms": 2000, "end_ms": 0}]}
    )
    cut = curator.put(
        f"/api/v1/takedowns/{second}/resolution", json={"state": "cut", "cut": [{"start_ms": 0, "end_ms": 2000}]}
    )
    refused = curator.put(f"{clip}/publication")
    curator.patch(clip, json={"start_ms": 2000}, headers={"If-Match": "*"})
    published = curator.put(f"{clip}/publication")

    assert (unsaid.status_code, unsaid.json()["error"]["code"]) == (400, "no_reason")
    assert (kept.status_code, kept.json()["clips"][0]["published"], back) == (200, True, 200)
    assert backwards.status_code == 400
    assert cut.json()["cut"] == [{"start_ms": 0, "end_ms": 2000}]
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "cut_out")
    assert published.status_code == 200


def test_somebody_who_leaves_takes_their_clips_out_of_view(
    ask: Ask, anybody: TestClient, people: People, services: Services, made: Made
) -> None:
    clip = material.published(services, made, people.curator)
    urls = media_urls(ask(people.learner), made)
    admin = ask(people.admin)

    left = admin.delete(f"/api/v1/people/{people.expert.public_id}")
    (opened,) = admin.get("/api/v1/takedowns").json()["items"]
    kept = admin.put(
        f"/api/v1/takedowns/{opened['id']}/resolution", json={"state": "kept", "words": "Agreed in the contract."}
    )
    admin.delete(f"/api/v1/people/{people.expert.public_id}")

    assert left.status_code == 204
    assert {anybody.get(url).status_code for url in urls} == {404}
    assert (opened["reason"], opened["about"], opened["raised_by"]) == ("left", "Eva Expert", "Ada Admin")
    assert kept.status_code == 200
    assert ask(people.learner).get(f"/api/v1/clips/{clip.public_id}").status_code == 200
    assert admin.get("/api/v1/takedowns").json()["items"] == []


def test_who_may_do_what_with_somebody_in_a_wards_recording(
    ask: Ask, people: People, ward: Ward, services: Services
) -> None:
    made = material.recording(services, ward.expert, space=ward.space)
    id_ = named(ask(ward.expert), made)
    who: dict[str, Person | None] = {
        "the ward's learner": ward.learner,
        "the expert who sent it": ward.expert,
        "the ward's curator": ward.curator,
        "an admin": people.admin,
        "an expert of elsewhere": people.expert,
        "nobody": None,
    }

    done = {name: _each_act(ask(person), made, id_) for name, person in who.items()}

    # list, add, link, agree for them, take back for them, take off the list
    assert done == {
        "the ward's learner": [404, 404, 404, 404, 404, 404],
        "the expert who sent it": [200, 201, 201, 403, 403, 403],
        "the ward's curator": [200, 201, 201, 200, 204, 409],
        "an admin": [200, 201, 201, 200, 204, 409],
        "an expert of elsewhere": [404, 404, 404, 404, 404, 404],
        "nobody": [401, 401, 401, 401, 401, 401],
    }


def _each_act(client: TestClient, made: Made, id_: str) -> list[int]:
    name = {"name": f"Somebody {client.headers.get('authorization', '')[-9:]}"}
    return [
        client.get(f"/api/v1/recordings/{made.id}/appearances").status_code,
        client.post(f"/api/v1/recordings/{made.id}/appearances", json=name).status_code,
        client.post(f"/api/v1/appearances/{id_}/links").status_code,
        client.put(f"/api/v1/appearances/{id_}/agreement", json={"words": "Paper."}).status_code,
        client.delete(f"/api/v1/appearances/{id_}/agreement").status_code,
        client.delete(f"/api/v1/appearances/{id_}").status_code,
    ]


def test_a_takedown_is_settled_and_seen_by_those_who_curate_its_space_alone(
    ask: Ask, people: People, ward: Ward, services: Services
) -> None:
    made = material.recording(services, ward.expert, space=ward.space)
    material.published(services, made, ward.curator)
    id_ = ask(ward.learner).post(f"/api/v1/clips/{made.clips[0].public_id}/takedowns", json={}).json()["id"]
    path, kept = f"/api/v1/takedowns/{id_}/resolution", {"state": "kept", "words": "Because."}
    with services.store.transaction() as tx:
        elsewhere = stored_people.add_person(tx, login="otto", name="Otto", role=people.curator.role)
        stored_people.scope_curator(tx, elsewhere.id, curates_all=False)

    listed = {p.login: len(ask(p).get("/api/v1/takedowns").json()["items"]) for p in (ward.curator, elsewhere)}
    refused = [ask(p).put(path, json=kept).status_code for p in (elsewhere, ward.expert, ward.learner, people.learner)]

    assert listed == {"wanda": 1, "otto": 0}
    assert refused == [404, 404, 403, 404]
    assert ask(ward.curator).put(path, json=kept).status_code == 200


def test_a_curator_names_a_person_who_then_agrees_and_speaks(ask: Ask, people: People, made: Made) -> None:
    curator, path = ask(people.curator), f"/api/v1/recordings/{made.id}/appearances"
    body = {"person": people.learner.public_id, "part": "speaker"}

    by_sender = ask(people.expert).post(path, json=body)
    added = curator.post(path, json=body)
    both = curator.post(path, json={**body, "name": "Lea"})
    neither = curator.post(path, json={"part": "seen"})
    agreed = ask(people.learner).put(f"/api/v1/appearances/{added.json()['id']}/agreement", json={})

    assert [each.status_code for each in (by_sender, added, both, neither, agreed)] == [403, 201, 400, 400, 200]
    assert (agreed.json()["state"], agreed.json()["how"], agreed.json()["name"]) == ("agreed", "link", "Lea Learner")


def test_a_consent_links_token_is_nowhere_but_in_its_url(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    id_ = named(ask(people.expert), made)

    url = ask(people.expert).post(f"/api/v1/appearances/{id_}/links").json()["url"]

    token = url.removeprefix("https://clips.example/consent/")
    assert len(token) == 43
    assert masked(f"/consent/{token}/poster.jpg?x=1") == "/consent/-/poster.jpg?x=1"
    assert token not in ask(people.expert).get(f"/api/v1/recordings/{made.id}/appearances").text
    with services.store.transaction() as tx:
        assert appearances.by_link(tx, token).appearance.name == "Ahmed"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "<script>\x00 ' or\n1=1"}, 201),
        ({"name": "x" * 201}, 400),
        ({"name": "   "}, 400),
        ({"name": "A", "part": "boss"}, 400),
        ({"name": "A", "state": "agreed"}, 400),
        ({"person": "../../etc"}, 404),
        ([], 400),
    ],
)
def test_hostile_names_are_kept_clean_or_refused(
    body: object, status: int, ask: Ask, people: People, made: Made
) -> None:
    answer = ask(people.curator).post(f"/api/v1/recordings/{made.id}/appearances", json=body)

    assert answer.status_code == status
    if status == 201:
        assert answer.json()["name"] == "<script> ' or 1=1"


@pytest.mark.parametrize("id_", ["x", "a" * 16, "%00", "..%2f..", "ü" * 16])
def test_ids_that_are_nobodys_are_not_there(id_: str, ask: Ask, people: People) -> None:
    curator = ask(people.curator)

    asked = [
        curator.get(f"/api/v1/recordings/{id_}/appearances"),
        curator.post(f"/api/v1/appearances/{id_}/links"),
        curator.delete(f"/api/v1/appearances/{id_}"),
        curator.post(f"/api/v1/clips/{id_}/takedowns", json={}),
        curator.put(f"/api/v1/takedowns/{id_}/resolution", json={"state": "kept", "words": "x"}),
    ]

    assert {each.status_code for each in asked} == {404}


def test_a_deleted_recording_has_nobody_in_it_any_more(ask: Ask, people: People, made: Made) -> None:
    id_ = named(ask(people.expert), made)
    ask(people.expert).delete(f"/api/v1/recordings/{made.id}")

    after = ask(people.curator)

    assert after.get(f"/api/v1/recordings/{made.id}/appearances").status_code == 410
    assert after.post(f"/api/v1/appearances/{id_}/links").status_code == 404


def test_a_guest_of_a_brief_asks_whom_they_filmed_takes_back_their_own_and_settles_nothing(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    brief = a_brief(services, people.curator)
    link = a_link(services, brief, people.curator, for_=people.expert)
    sent = material.recording(services, people.expert)
    with services.store.transaction() as tx:
        tx.execute("update recording set brief_id = %s where id = %s", [brief.id, sent.recording.id])
    guest = come(services, link)
    filmed = named(guest, sent)
    (own, _) = guest.get(f"/api/v1/recordings/{sent.id}/appearances").json()["items"]

    done = {
        "ask": guest.post(f"/api/v1/appearances/{filmed}/links").status_code,
        "agree for them": guest.put(f"/api/v1/appearances/{filmed}/agreement", json={}).status_code,
        "decline for them": guest.delete(f"/api/v1/appearances/{filmed}/agreement").status_code,
        "take them off": guest.delete(f"/api/v1/appearances/{filmed}").status_code,
        "their other recording": guest.get(f"/api/v1/recordings/{made.id}/appearances").status_code,
        "takedowns": guest.get("/api/v1/takedowns?mine=true").status_code,
        "say they are in a clip": guest.post(f"/api/v1/clips/{sent.clips[0].public_id}/takedowns", json={}).status_code,
        "page": guest.get("/consent").status_code,
        "take back": guest.delete(f"/api/v1/appearances/{own['id']}/agreement").status_code,
    }

    assert done == {
        "ask": 201,
        "agree for them": 403,
        "decline for them": 403,
        "take them off": 403,
        "their other recording": 404,
        "takedowns": 403,
        "say they are in a clip": 403,
        "page": 403,
        "take back": 204,
    }
    assert "Ask on their phone" in guest.get(f"/recordings/{sent.id}").text
