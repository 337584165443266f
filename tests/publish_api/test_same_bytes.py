"""A conversation about a file that was sent before: is it there, and what was refused for it?"""

import hashlib

import pytest

from domain.recording import Recording
from publish_api.services import Services
from store import recordings, same_bytes
from store.postgres import Store
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Queued, Ward

SHA = hashlib.sha256(b"a tip").digest()


def kept(store: Store, of: Recording, sha256: bytes = SHA) -> Recording:
    with store.transaction() as tx:
        recordings.kept(tx, of.id, sha256=sha256, original_key=f"originals/{of.public_id}")
        return recordings.load(tx, of.id)


def arrived(store: Store, *given: object, **more: object) -> Recording:
    with store.transaction() as tx:
        return material.arrive(tx, *given, **more)  # type: ignore[arg-type]


def refused(store: Store, of: Recording, same_as: Recording) -> None:
    with store.transaction() as tx:
        same_bytes.note(tx, of.id, same_as.id)
        recordings.refuse(tx, of.id, "already_here", "You have sent this very file before.")


def test_who_is_about_to_send_a_file_asks_whether_it_is_there(ask: Ask, people: People, store: Store) -> None:
    mine, other = arrived(store, people.expert), arrived(store, people.expert)
    kept(store, mine)
    kept(store, other, bytes(32))

    found = ask(people.expert).get("/api/v1/recordings", params={"sha256": SHA.hex()}).json()

    assert [each["id"] for each in found["items"]] == [mine.public_id]
    assert found["items"][0]["sha256"] == SHA.hex()
    assert found["next"] is None


def test_a_file_is_found_by_who_sent_it_and_who_curates_it_and_nobody_else(
    ask: Ask, people: People, store: Store, ward: Ward
) -> None:
    theirs = arrived(store, ward.expert, space=ward.space)
    kept(store, theirs)

    def seen(person: object) -> list[str]:
        items = ask(person).get("/api/v1/recordings", params={"sha256": SHA.hex()}).json()["items"]  # type: ignore[arg-type]
        return [each["id"] for each in items]

    assert seen(ward.expert) == seen(ward.curator) == seen(people.curator) == [theirs.public_id]
    assert seen(people.expert) == seen(ward.learner) == seen(people.learner) == []


def test_a_deleted_recordings_bytes_are_not_found(ask: Ask, people: People, store: Store, services: Services) -> None:
    mine = arrived(store, people.expert)
    kept(store, mine)
    with store.transaction() as tx:
        recordings.delete(tx, mine.id, services.now())

    assert ask(people.expert).get("/api/v1/recordings", params={"sha256": SHA.hex()}).json()["items"] == []


@pytest.mark.parametrize("digest", ["", "abc", "g" * 64, "A" * 64, "0" * 65, "' or 1=1 --"])
def test_what_is_no_sha256_is_said_so(ask: Ask, people: People, digest: str) -> None:
    answer = ask(people.expert).get("/api/v1/recordings", params={"sha256": digest})

    assert answer.status_code == 400
    assert "sha256" in answer.json()["error"]["message"]


def test_a_refused_repetition_leads_to_the_recording_it_repeats(ask: Ask, people: People, store: Store) -> None:
    first = kept(store, arrived(store, people.expert))
    second = arrived(store, people.expert)
    refused(store, second, first)

    said = ask(people.expert).get(f"/api/v1/recordings/{second.public_id}").json()

    assert (said["status"], said["refusal"]["code"], said["same_as"]) == ("refused", "already_here", first.public_id)


def test_who_may_not_see_the_other_recording_is_not_led_there(
    ask: Ask, people: People, store: Store, ward: Ward
) -> None:
    first = kept(store, arrived(store, people.curator))
    second = arrived(store, people.curator, space=ward.space)
    refused(store, second, first)

    own = ask(people.curator).get(f"/api/v1/recordings/{second.public_id}").json()
    scoped = ask(ward.curator).get(f"/api/v1/recordings/{second.public_id}").json()

    assert (own["same_as"], scoped["same_as"]) == (first.public_id, None)


def test_to_use_it_all_the_same_is_another_attempt(ask: Ask, people: People, store: Store, queued: Queued) -> None:
    first = kept(store, arrived(store, people.expert))
    second = arrived(store, people.expert)
    refused(store, second, first)

    answer = ask(people.expert).post(f"/api/v1/recordings/{second.public_id}/attempts")

    said = answer.json()
    assert (answer.status_code, said["status"], said["refusal"], said["same_as"]) == (202, "working", None, None)
    assert ("keep", second.id) in queued
    with store.transaction() as tx:
        assert recordings.load(tx, second.id).despite


def test_another_refusal_that_is_tried_again_is_still_asked_for_its_bytes(
    ask: Ask, people: People, store: Store
) -> None:
    other = arrived(store, people.expert)
    with store.transaction() as tx:
        recordings.refuse(tx, other.id, "too_long", "Cut it in parts.")

    ask(people.expert).post(f"/api/v1/recordings/{other.public_id}/attempts")

    with store.transaction() as tx:
        assert not recordings.load(tx, other.id).despite
