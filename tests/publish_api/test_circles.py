"""Drafts that are shared with some: who sees them, what is said in them, and where that is never found."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.person import Person, Role
from publish_api.rights import routes_of
from publish_api.services import Services
from store import comments, credentials, people, spaces
from tests.conftest import People
from tests.publish_api import asking, material
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.material import Made

SECRET, HIDDEN = "Zinnober", "Karmesin"  # said in a draft, and nowhere else; the first is looked for
STREAMS = {"GET /api/v1/events"}


@pytest.fixture
def made(services: Services, people: People) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def friend(services: Services) -> Person:
    """A colleague, with whom drafts are shared."""
    with services.store.transaction() as tx:
        return people.add_person(tx, login="fay", name="Fay Friend", role=Role.LEARNER)


def _circle(made: Made, n: int = 0) -> str:
    return f"/api/v1/clips/{made.clips[n].public_id}/circle"


def _say(client: TestClient, made: Made, text: str, **more: Any) -> dict[str, Any]:
    said = client.post(f"/api/v1/clips/{made.clips[0].public_id}/comments", json={"text": text, "at_ms": 2_000, **more})
    assert said.status_code == 201, said.text
    return cast(dict[str, Any], said.json())


def _said(client: TestClient, made: Made) -> list[str]:
    return [each["text"] for each in client.get(f"/api/v1/clips/{made.clips[0].public_id}/comments").json()["items"]]


def test_a_draft_is_for_those_whom_its_expert_names_and_says_so(
    ask: Ask, people: People, made: Made, friend: Person
) -> None:
    clip = f"/api/v1/clips/{made.clips[0].public_id}"
    expert, theirs, outsider = ask(people.expert), ask(friend), ask(people.learner)
    before = theirs.get(clip).status_code

    shared = expert.put(f"{_circle(made)}/people/{friend.public_id}")

    assert before == 404
    assert [each["person"]["name"] for each in shared.json()["items"]] == ["Fay Friend"]
    assert shared.json()["sees"] == 4  # the expert, the friend, the curator and the admin
    seen = [theirs.get(f"{clip}{of}").status_code for of in ("", "/play.m3u8", "/poster.jpg", "/captions.vtt")]
    assert seen == [200] * 4
    assert [outsider.get(f"{clip}{of}").status_code for of in ("", "/play.m3u8", "/circle")] == [404] * 3
    assert "Eva Expert shared a draft with you" in theirs.get("/inbox").text
    page = theirs.get(f"/clips/{made.clips[0].public_id}").text
    assert "Draft, shared with you by" in page
    assert "Only 4 people see it." in page
    assert "Take back" not in page
    assert [each["title"] for each in theirs.get("/api/v1/me/drafts").json()["items"]] == ["Turning the valve"]
    assert "Turning the valve" in theirs.get("/drafts").text
    assert theirs.get(f"/api/v1/clips/{made.clips[1].public_id}").status_code == 404
    assert theirs.put(f"{_circle(made)}/people/{people.learner.public_id}").status_code == 403


def test_what_is_taken_back_is_refused_at_once_with_all_its_media(
    ask: Ask, anybody: TestClient, people: People, made: Made, friend: Person
) -> None:
    clip = f"/api/v1/clips/{made.clips[0].public_id}"
    expert, theirs = ask(people.expert), ask(friend)
    expert.put(f"{_circle(made)}/people/{friend.public_id}")
    media = [line for line in theirs.get(f"{clip}/play/480.m3u8").text.splitlines() if line.startswith("/m/")]
    before = anybody.get(media[0]).status_code

    gone = expert.delete(f"{_circle(made)}/people/{friend.public_id}")
    again = expert.delete(f"{_circle(made)}/people/{friend.public_id}")

    assert (before, gone.status_code, again.status_code) == (200, 204, 204)
    assert {anybody.get(each).status_code for each in media} == {404}
    assert [theirs.get(f"{clip}{of}").status_code for of in ("", "/play.m3u8", "/comments")] == [404] * 3
    assert theirs.get("/api/v1/me/drafts").json()["items"] == []


def test_what_is_said_in_a_draft_stays_among_those_who_saw_it(
    ask: Ask, people: People, made: Made, friend: Person
) -> None:
    clip = f"/api/v1/clips/{made.clips[0].public_id}"
    expert, theirs, curator, outsider = map(ask, (people.expert, friend, people.curator, people.learner))
    expert.put(f"{_circle(made)}/people/{friend.public_id}")
    said = _say(theirs, made, f"{SECRET}?", kind="question", draft=True)
    _say(expert, made, f"{SECRET} it is.", reply_to=said["id"], draft=True)
    in_draft = _said(curator, made)

    curator.put(f"{clip}/publication")

    assert in_draft == [f"{SECRET}?", f"{SECRET} it is."]
    for each in (expert, theirs, curator, outsider):
        assert _said(each, made) == []
        assert each.get(clip).json()["comments"] == 0
    late = theirs.post(f"{clip}/comments", json={"text": SECRET, "at_ms": 2_000, "draft": True})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "published")
    kept = {name: [c["text"] for c in c_.get(f"{clip}/circle/comments").json()["items"]] for name, c_ in (
        ("friend", theirs), ("expert", expert), ("curator", curator), ("outsider", outsider)
    )}  # fmt: skip
    assert kept == {**dict.fromkeys(("friend", "expert", "curator"), in_draft), "outsider": []}
    assert SECRET in theirs.get(f"/clips/{made.clips[0].public_id}/draft").text
    assert "Nothing here for you" in outsider.get(f"/clips/{made.clips[0].public_id}/draft").text
    # Their own words are theirs to take back, also then.
    assert theirs.delete(f"/api/v1/comments/{said['id']}").status_code == 204


def test_what_is_said_in_a_draft_is_told_once_to_who_shared_it_and_who_speaks_in_it(
    ask: Ask, people: People, made: Made, friend: Person
) -> None:
    expert, theirs, curator = ask(people.expert), ask(friend), ask(people.curator)

    def told(client: TestClient) -> list[tuple[str, int]]:
        lines = client.get("/api/v1/notices").json()["items"]
        return sorted((each["kind"], each["count"]) for each in lines if each["kind"] != "shared")

    curator.put(f"{_circle(made)}/people/{friend.public_id}")
    plain = _say(theirs, made, "Louder, please.")
    _say(theirs, made, "Which one?", kind="question")
    _say(theirs, made, f"Here, @{people.expert.login}.")
    _say(expert, made, "I will.", reply_to=plain["id"])

    assert told(expert) == [("feedback", 1), ("mentioned", 1), ("question", 1)]
    assert told(curator) == [("feedback", 4)]
    assert told(theirs) == [("answered", 1)]
    assert "Fay Friend commented on a draft that you shared or speak in" in expert.get("/inbox").text
    curator.put("/api/v1/me/ways", json={"ways": {"feedback": "nothing"}})
    _say(theirs, made, "Good.")
    assert (told(curator), told(expert)[0]) == ([("feedback", 4)], ("feedback", 2))


def test_a_clip_that_is_a_draft_again_is_shared_with_nobody(
    ask: Ask, clock: Clock, people: People, made: Made, friend: Person
) -> None:
    clip = f"/api/v1/clips/{made.clips[0].public_id}"
    expert, theirs, curator = ask(people.expert), ask(friend), ask(people.curator)
    expert.put(f"{_circle(made)}/people/{friend.public_id}")
    _say(theirs, made, "Before.")
    curator.put(f"{clip}/publication")

    clock.passes(minutes=1)
    expert.delete(f"{clip}/publication")
    _say(expert, made, SECRET)

    assert theirs.get(clip).status_code == 404
    assert _said(curator, made) == ["Before.", SECRET]
    curator.put(f"{clip}/publication")
    assert [c["text"] for c in theirs.get(f"{clip}/circle/comments").json()["items"]] == ["Before."]


def test_no_route_gives_anything_that_was_said_in_a_draft_to_whoever_was_not_to_hear_it(
    services: Services, ask: Ask, people: People, made: Made, friend: Person
) -> None:
    clip = f"/api/v1/clips/{made.clips[0].public_id}"
    expert, curator = ask(people.expert), ask(people.curator)
    other = ask(people.expert).get("/api/v1/me").json()["id"]
    for person in (friend, people.learner):
        expert.put(f"{_circle(made)}/people/{person.public_id}")
    said = _say(ask(friend), made, f"{SECRET} {HIDDEN}: @{people.learner.login}", kind="correction")
    edited = ask(friend).patch(
        f"/api/v1/comments/{said['id']}", json={"text": f"{SECRET} {HIDDEN}! @lea"}, headers={"If-Match": '"1"'}
    )
    _say(ask(friend), made, f"{SECRET} {HIDDEN}", kind="used-it")
    ask(people.expert).put(f"/api/v1/comments/{said['id']}/reactions/helped")
    expert.delete(f"{_circle(made)}/people/{people.learner.public_id}")  # they were in it, and are no more
    # The same seconds in another clip, which all see.
    curator.patch(
        f"/api/v1/clips/{made.clips[1].public_id}", json={"start_ms": 0, "end_ms": 8_000}, headers={"If-Match": "*"}
    )
    curator.put(f"/api/v1/clips/{made.clips[1].public_id}/publication")
    assert HIDDEN in ask(friend).get(f"/clips/{made.clips[0].public_id}/thread").text
    beside = {"clip": made.clips[1].public_id, "person": friend.public_id}
    ids = {"clip": made.clips[0].public_id, "comment": said["id"], "recording": made.id, "person": other}

    for while_draft in (True, False):
        if not while_draft:
            curator.put(f"{clip}/publication")
        outsider = ask(people.learner)
        read = dict(_all_read(outsider, ids)) | dict(_all_read(outsider, {**ids, **beside}))
        assert {url for url, text in read.items() if HIDDEN in text or said["id"] in text.replace(url, "")} == set()
        assert (len(read) > 150, HIDDEN in read[f"/clips/{made.clips[0].public_id}/thread"]) == (True, False)
    assert edited.status_code == 200
    with services.store.transaction() as tx:
        assert comments.heard(tx, made.clips[0].id, [said["id"]], people.learner.id) == ()


def _all_read(client: TestClient, ids: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every address that is read from, about these things, and what is answered."""

    def named(found: re.Match[str]) -> str:
        folder, name = found.groups()
        return f"{folder}/{ids.get(asking.NOUNS.get(folder, name)) or asking.PLAIN.get(name, '0123456789abcdef')}"

    for name, _ in routes_of(cast(FastAPI, client.app)):
        method, _, path = name.partition(" ")
        if method == "GET" and name not in STREAMS and not path.startswith(("/m/", "/static/")):
            url = re.sub(r"([\w-]+)/\{([^}:]+)[^}]*\}", named, path)
            looked = f"?q={SECRET}" if re.search("search|candidates|mentionable|clips$", path) else ""
            for more in {"", looked, f"?of={ids['comment']}" if path.endswith("/thread") else ""}:
                yield url + more, client.get(url + more).text


def test_only_those_who_see_a_draft_are_named_in_it(ask: Ask, people: People, made: Made, friend: Person) -> None:
    ask(people.expert).put(f"{_circle(made)}/people/{friend.public_id}")

    said = _say(ask(friend), made, f"@{people.expert.login} @{people.learner.login} what do you think?")

    assert [each["login"] for each in said["mentions"]] == [people.expert.login]
    offered = ask(friend).get(f"/api/v1/clips/{made.clips[0].public_id}/mentionable?q=").json()["items"]
    assert people.learner.login not in {each["login"] for each in offered}


def test_a_space_sees_a_draft_and_who_leaves_it_does_not(
    services: Services, ask: Ask, people: People, made: Made, ward: Ward
) -> None:
    clip = f"/api/v1/clips/{made.clips[0].public_id}"
    with services.store.transaction() as tx:
        spaces.add_member(tx, ward.space.id, people.expert.id)
        everyone = spaces.everyone_space(tx)
    expert = ask(people.expert)
    offered = expert.get(f"{_circle(made)}/candidates?q=war").json()

    shared = expert.put(f"{_circle(made)}/spaces/{ward.space.public_id}")
    to_all = expert.put(f"{_circle(made)}/spaces/{everyone.public_id}")

    assert [each["name"] for each in offered["spaces"]] == ["Ward 3"]
    assert [each["name"] for each in offered["people"]] == ["Wanda Ward", "Wes Ward", "Wilma Ward"]
    assert [each["space"]["name"] for each in shared.json()["items"]] == ["Ward 3"]
    assert (to_all.status_code, to_all.json()["error"]["code"]) == (400, "everybody")
    assert [ask(each).get(clip).status_code for each in (ward.learner, ward.expert, people.learner)] == [200, 200, 404]
    with services.store.transaction() as tx:
        spaces.remove_member(tx, ward.space.id, ward.learner.id)
    assert ask(ward.learner).get(clip).status_code == 404


def test_a_draft_of_a_ward_is_shown_to_nobody_outside_it(
    services: Services, ask: Ask, people: People, ward: Ward
) -> None:
    made = material.recording(services, ward.expert, space=ward.space)

    refused = ask(ward.expert).put(f"{_circle(made)}/people/{people.learner.public_id}")
    shared = ask(ward.expert).put(f"{_circle(made)}/people/{ward.learner.public_id}")

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "not_in_space")
    assert shared.status_code == 200
    with services.store.transaction() as tx:
        spaces.remove_member(tx, ward.space.id, ward.learner.id)
    assert ask(ward.learner).get(f"/api/v1/clips/{made.clips[0].public_id}").status_code == 404


def test_who_is_shown_has_agreed_and_a_no_ends_it(ask: Ask, people: People, made: Made, friend: Person) -> None:
    clip = f"/api/v1/clips/{made.clips[0].public_id}"
    expert, theirs = ask(people.expert), ask(friend)
    expert.put(f"{_circle(made)}/people/{friend.public_id}")
    seen = theirs.get(clip).status_code

    expert.post(f"/api/v1/recordings/{made.id}/appearances", json={"name": "A patient", "part": "seen"})
    refused = expert.put(f"{_circle(made)}/people/{people.learner.public_id}")

    assert (seen, theirs.get(clip).status_code) == (200, 404)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "consent_missing")
    assert "cannot be shared" in refused.json()["error"]["message"]


def test_all_drafts_of_a_recording_are_shared_in_one_act(ask: Ask, people: People, made: Made, friend: Person) -> None:
    expert, theirs = ask(people.expert), ask(friend)
    of_all = f"/api/v1/recordings/{made.id}/circle"

    shared = expert.put(f"{of_all}/people/{friend.public_id}")

    assert [each["person"]["login"] for each in shared.json()["items"]] == ["fay"]
    assert [theirs.get(f"/api/v1/clips/{clip.public_id}").status_code for clip in made.clips] == [200, 200]
    assert theirs.get(f"/api/v1/recordings/{made.id}").status_code == 404
    assert expert.delete(f"{of_all}/people/{friend.public_id}").status_code == 204
    assert [theirs.get(f"/api/v1/clips/{clip.public_id}").status_code for clip in made.clips] == [404, 404]


def test_the_sheet_works_without_a_script(ask: Ask, people: People, made: Made, friend: Person) -> None:
    expert, page = ask(people.expert), f"/clips/{made.clips[0].public_id}"
    nobody = expert.post(f"{page}/circle", data={"to": "nobody-here"})

    shared = expert.post(f"{page}/circle", data={"to": "@fay"})

    assert (nobody.status_code, "Nobody here has this login name" in nobody.text) == (400, True)
    assert (shared.status_code, shared.headers["Location"]) == (303, page)
    assert "Fay Friend" in expert.get(page).text
    assert expert.post(f"{page}/circle", data={"take": f"people/{friend.public_id}"}).status_code == 303
    assert "Fay Friend" not in expert.get(page).text


def test_a_shared_device_sees_no_draft(
    services: Services, ask: Ask, people: People, made: Made, friend: Person
) -> None:
    with services.store.transaction() as tx:
        tx.execute("update person set device = true where id = %s", [friend.id])
        token = credentials.new_api_token(tx, friend.id)

    refused = ask(people.expert).put(f"{_circle(made)}/people/{friend.public_id}")

    assert (refused.status_code, token != "") == (400, True)


def test_people_react_to_what_is_published_and_say_what_they_think_of_a_draft(
    ask: Ask, people: People, made: Made, friend: Person
) -> None:
    ask(people.expert).put(f"{_circle(made)}/people/{friend.public_id}")

    refused = ask(friend).put(f"/api/v1/clips/{made.clips[0].public_id}/reactions/useful")

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_published")
