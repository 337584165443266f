"""Everything held about a person: packed for them, and deleted when they wish so."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from domain.clip import Clip
from domain.person import Person
from pipeline import person_data as packing
from publish_api.services import Services
from store import personal, takedowns, watched
from store.folder import Folder
from store.objects import Objects
from store.postgres import Store
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock
from tests.publish_api.material import Made
from tests.publish_api.test_reports import say


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody."""
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def tidy(services: Services, objects: Folder, tmp_path: Path, clock: Clock) -> Callable[..., None]:
    """A round of housekeeping, on these objects."""

    def round_(on: Objects = objects) -> None:
        packing.tidy(services.store, on, tmp_path, clock, backup_days=30)

    return round_


def of(person: Person, what: str) -> str:
    return f"/api/v1/people/{person.public_id}/{what}"


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    return json.loads(files["data.json"]), files


def test_every_column_that_refers_to_a_person_has_a_place_in_export_and_deletion(store: Store) -> None:
    with store.transaction() as tx:
        columns = personal.columns(tx)

    assert sorted(set(columns) - personal.HELD.keys()) == [], "Say in store/personal.py (HELD) what they mean"
    assert sorted(personal.HELD.keys() - set(columns)) == []


# Taken along


def test_all_that_is_held_is_packed_for_them_and_nobody_else_fetches_it(
    ask: Ask, people: People, services: Services, clip: Clip, made: Made, clock: Clock, tidy: Callable[..., None]
) -> None:
    expert, path = ask(people.expert), of(people.expert, "exports")
    said = say(expert, clip, text="First.")
    expert.patch(f"/api/v1/comments/{said}", json={"text": "Better."}, headers={"If-Match": "*"})
    say(expert, clip, kind="question", masked=True, text="Which soap?")
    with services.store.transaction() as tx:
        watched.keep(tx, people.expert.id, clip, made.recording.id, 9_000, version=clip.version, now=services.now())
    asked = expert.post(path)
    early = expert.get(f"{path}/{asked.json()['id']}/data.zip")
    again = expert.post(path).json()["id"]

    tidy()
    [ready] = expert.get(path).json()["items"]
    told = [each["kind"] for each in expert.get("/api/v1/notices").json()["items"]]
    fetched = expert.get(f"{path}/{ready['id']}/data.zip")
    others = [ask(each).get(f"{path}/{ready['id']}/data.zip").status_code for each in (people.learner, people.admin)]
    clock.passes(days=8)
    tidy()
    late = expert.get(f"{path}/{ready['id']}/data.zip").status_code

    data, files = unpacked(fetched.content)
    assert (asked.status_code, early.json()["error"]["code"], again) == (202, "not_ready", ready["id"])
    assert (data["you"]["login"], data["you"]["name"]) == (people.expert.login, people.expert.name)
    assert [(each["text"], [old["text"] for old in each["before"]]) for each in data["comments"]] == [
        ("Better.", ["First."]), ("Which soap?", []),
    ]  # fmt: skip
    [recording] = data["recordings"]
    assert (recording["sent_by_you"], recording["you_speak"]) == (True, True)
    assert [each["text"] for each in recording["transcript"]] == [material.FIRST, material.SECOND]
    assert files[recording["file"]] == b"the original"
    assert [each["clip"] for each in data["rest"]["watched.person_id"]] == [clip.public_id]
    assert data["rest"]["appearance.person_id"][0]["state"] == "agreed"
    assert (others, late, told.count("export")) == ([403, 404], 404, 1)
    assert not any(word in fetched.text for word in ("sha256", "scrypt", "media_key", str(people.expert.id)))


def test_an_admin_packs_for_who_asks_on_paper_without_what_is_for_them_alone(
    ask: Ask, people: People, services: Services, clip: Clip, made: Made, tidy: Callable[..., None]
) -> None:
    admin, learner, path = ask(people.admin), ask(people.learner), of(people.learner, "exports")
    say(learner, clip, text="Thanks.")
    say(learner, clip, kind="question", masked=True, text="Which soap?")
    with services.store.transaction() as tx:
        watched.keep(tx, people.learner.id, clip, made.recording.id, 9_000, version=clip.version, now=services.now())

    name = admin.post(path).json()["id"]
    tidy()
    data, _ = unpacked(admin.get(f"{path}/{name}/data.zip").content)
    [known] = learner.get(path).json()["items"]
    done = [each["act"] for each in admin.get("/api/v1/audit").json()["items"]]

    assert [each["text"] for each in data["comments"]] == ["Thanks."]
    assert "watched.person_id" not in data["rest"]
    assert "watched.person_id" in data["left_out_since_an_admin_asked"]
    assert known["asked_by"] == people.admin.name
    assert done == ["fetched-export", "asked-export"]
    assert ask(people.curator).post(path).status_code == 403


def test_what_could_not_be_kept_is_packed_again(
    ask: Ask, people: People, objects: Folder, tidy: Callable[..., None]
) -> None:
    learner, path = ask(people.learner), of(people.learner, "exports")
    learner.post(path)

    tidy(Broken(objects))
    [waits] = learner.get(path).json()["items"]
    tidy()
    [ready] = learner.get(path).json()["items"]

    assert (waits["ready_at"], ready["ready_at"] is not None) == (None, True)


# Deleted


def test_a_deletion_waits_thirty_days_and_can_be_taken_back(
    ask: Ask, people: People, clock: Clock, tidy: Callable[..., None]
) -> None:
    learner, path = ask(people.learner), of(people.learner, "erasure")
    asked = learner.put(path, json={"comments": "removed"}).json()["waiting"]
    clock.passes(days=29)
    tidy()
    still = ask(people.learner).get(path).json()["waiting"]
    stopped = ask(people.learner).delete(path).status_code
    clock.passes(days=2)
    tidy()

    assert (asked["comments"], asked["due_at"][:10], still) == ("removed", "2031-06-05", asked)
    assert stopped == 204
    assert ask(people.learner).get("/api/v1/me").json()["name"] == people.learner.name
    assert ask(people.curator).put(path, json={}).status_code == 403


def test_who_is_to_be_deleted_in_their_stead_is_told_until_it_is_taken_back(ask: Ask, people: People) -> None:
    learner, admin, path = ask(people.learner), ask(people.admin), of(people.learner, "erasure")

    def told() -> list[str]:
        return [each["kind"] for each in learner.get("/api/v1/notices").json()["items"]]

    admin.put(path, json={})
    waiting = told()
    admin.delete(path)
    taken_back = told()
    learner.put(path, json={})

    assert (waiting, taken_back, told()) == (["erasure"], [], [])


def test_the_only_admin_cannot_be_deleted(ask: Ask, people: People) -> None:
    answer = ask(people.admin).put(of(people.admin, "erasure"), json={})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "last_admin")


def test_who_is_deleted_is_nobody_and_what_stays_has_no_name(
    ask: Ask,
    people: People,
    services: Services,
    clip: Clip,
    clock: Clock,
    tidy: Callable[..., None],
    tmp_path: Path,
) -> None:
    expert, admin = ask(people.expert), ask(people.admin)
    said = say(expert, clip, text="Wash them.")
    named = say(admin, clip, text=f"@{people.expert.login} knows, @{people.expert.login}x does not.")
    expert.put(of(people.expert, "erasure"), json={"comments": "kept"})
    clock.passes(days=27)
    expert.post(of(people.expert, "exports"))
    tidy()
    packed = list((tmp_path / "objects" / "exports").iterdir())

    clock.passes(days=4)
    tidy()
    tidy()  # there is nothing left to do
    admin = ask(people.admin)
    kept, mentions = (admin.get(f"/api/v1/comments/{each}").json() for each in (said, named))
    with services.store.transaction() as tx:
        [takedown] = takedowns.curated_takedowns(tx, people.admin.id).items
        left = personal.others(tx, people.expert.id, alone=True)

    assert expert.get("/api/v1/me").status_code == 401
    assert admin.get(f"/api/v1/people/{people.expert.public_id}").status_code == 410
    assert (kept["text"], kept["author"]["name"]) == ("Wash them.", "Somebody who left")
    assert mentions["text"] == f"@left-{people.expert.public_id} knows, @{people.expert.login}x does not."
    assert (takedown.reason.value, takedown.state.value, takedown.about) == ("left", "open", "Somebody who left")
    assert (len(packed), packed[0].exists()) == (1, False)
    assert {name for name, held in personal.HELD.items() if held.goes} & left.keys() == set()
    assert people.expert.name not in json.dumps(left, default=str)
    assert [each["act"] for each in admin.get("/api/v1/audit?act=erased").json()["items"]] == ["erased"]


def test_their_comments_go_where_they_wished_so(
    ask: Ask, people: People, clip: Clip, clock: Clock, tidy: Callable[..., None]
) -> None:
    learner = ask(people.learner)
    said = say(learner, clip, text="Thanks.")
    learner.put(of(people.learner, "erasure"), json={"comments": "removed"})

    clock.passes(days=31)
    tidy()

    gone = ask(people.admin).get(f"/api/v1/comments/{said}").json()
    assert (gone["text"], gone["deleted"]) == ("", True)


def test_a_deletion_that_was_broken_off_is_done_whole_by_the_next_round(
    ask: Ask, people: People, objects: Folder, clock: Clock, tidy: Callable[..., None]
) -> None:
    learner = ask(people.learner)
    learner.put(of(people.learner, "erasure"), json={})
    clock.passes(days=31)

    tidy(Broken(objects))
    before = ask(people.admin).get(f"/api/v1/people/{people.learner.public_id}").json()["name"]
    tidy()

    assert before == people.learner.name
    assert ask(people.admin).get(f"/api/v1/people/{people.learner.public_id}").status_code == 410


class Broken(Folder):
    """Keeps nothing, and deletes nothing."""

    def __init__(self, folder: Folder) -> None:
        self.__dict__ |= folder.__dict__

    def put_file(self, *args: Any, **named: Any) -> None:
        raise OSError("the disk is broken")

    def delete(self, keys: Iterable[str]) -> None:
        raise OSError("the disk is broken")
