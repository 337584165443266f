"""Reels over HTTP: who makes them, who watches them, and a film that stops where it may not be shown any more."""

import asyncio
from typing import Any

import pytest

from domain.clip import Clip
from publish_api import leaving
from publish_api.services import Services
from store import clips, reel_films, spaces
from tests.conftest import People
from tests.loops import run
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made
from tests.publish_api.reeling import COVER, FILM, a_reel, begun, filmed
from tests.publish_api.taking import Taken, never, taken

PATH = "/api/v1/reels"


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    return material.published(services, made, people.curator)


@pytest.fixture
def second(people: People, services: Services, made: Made) -> Clip:
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def reel(people: People, services: Services, clip: Clip, second: Clip) -> str:
    return a_reel(services, people.curator, clip, second)


@pytest.fixture
def film(people: People, services: Services, reel: str) -> str:
    """The path of a film that is there."""
    filmed(services, reel, people.curator)
    return f"{PATH}/{reel}/film.mp4"


def test_a_curator_makes_a_reel_changes_it_and_deletes_it(
    ask: Ask, people: People, services: Services, clip: Clip, second: Clip
) -> None:
    curator = ask(people.curator)
    with services.store.transaction() as tx:
        spaces.allow_downloads(tx, clip.space_id, True)
    body = {"title": " This\nweek ", "clips": [clip.public_id, second.public_id], "shape": "square"}

    made = curator.post(PATH, json=body)
    here = f"{PATH}/{made.json()['id']}"
    changed = curator.patch(
        here, json={"clips": [second.public_id], "captions": False}, headers={"If-Match": made.headers["ETag"]}
    )
    late = curator.patch(here, json={"title": "Late"}, headers={"If-Match": '"1"'})
    listed = ask(people.learner).get(PATH).json()["items"]
    deleted = curator.delete(here)

    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert {key: made.json()[key] for key in ("title", "shape", "captions", "state", "film", "message")} == {
        "title": "This week",
        "shape": "square",
        "captions": True,
        "state": "waiting",
        "film": None,
        "message": "",
    }
    assert made.json()["clips"][0] == {
        "id": clip.public_id,
        "title": "Turning the valve",
        "length_ms": 8_000,
        "left_out": None,
    }
    assert (changed.status_code, changed.json()["version"], changed.json()["captions"]) == (200, 2, False)
    assert (late.status_code, late.json()["error"]["code"]) == (412, "stale_version")
    assert listed == [changed.json()]
    assert (deleted.status_code, curator.get(here).status_code) == (204, 404)


def test_only_who_curates_the_space_makes_changes_and_deletes(
    ask: Ask, people: People, ward: Ward, clip: Clip, reel: str
) -> None:
    body = {"title": "Mine", "clips": [clip.public_id]}
    others = (people.learner, people.expert, ward.curator)

    made = [ask(person).post(PATH, json=body).status_code for person in others]
    changed = [
        ask(person).patch(f"{PATH}/{reel}", json=body, headers={"If-Match": '"1"'}).status_code for person in others
    ]
    deleted = [ask(person).delete(f"{PATH}/{reel}").status_code for person in others]
    retried = [ask(person).post(f"{PATH}/{reel}/attempts").status_code for person in others]
    read = [ask(person).get(f"{PATH}/{reel}").status_code for person in others]

    assert made == changed == deleted == retried == [403, 403, 403]
    assert read == [200, 200, 200]


def test_a_reel_of_another_space_is_not_there(ask: Ask, people: People, services: Services, ward: Ward) -> None:
    theirs = material.published(services, material.recording(services, ward.expert, space=ward.space), people.admin)
    reel = a_reel(services, people.admin, theirs)
    filmed(services, reel, people.admin)
    stranger, member = ask(people.learner), ask(ward.learner)

    answers = {each: stranger.get(f"{PATH}/{reel}{each}").status_code for each in ("", "/film.mp4", "/cover.jpg")}

    assert set(answers.values()) == {404}
    assert stranger.get(PATH).json()["items"] == []
    assert stranger.get(PATH, params={"space": ward.space.public_id}).json()["items"] == []
    assert [each["id"] for each in member.get(PATH, params={"space": ward.space.public_id}).json()["items"]] == [reel]
    assert member.get(f"{PATH}/{reel}/film.mp4").content == FILM


def test_a_film_is_served_in_ranges_under_its_title(ask: Ask, people: People, film: str) -> None:
    learner = ask(people.learner)

    whole = learner.get(film)
    head = learner.head(film, headers={"Range": "bytes=0-9"})
    part = learner.get(film, headers={"Range": "bytes=5000-5009", "If-Range": whole.headers["ETag"]})
    other = learner.get(film, headers={"Range": "bytes=5000-5009", "If-Range": '"another"'})
    again = learner.get(film, headers={"If-None-Match": whole.headers["ETag"]})
    beyond = learner.get(film, headers={"Range": "bytes=20000-"})

    assert (whole.status_code, whole.content, whole.headers["Content-Type"]) == (200, FILM, "video/mp4")
    assert whole.headers["Content-Disposition"] == "inline; filename*=UTF-8''This%20week.mp4"
    assert whole.headers["Cache-Control"] == "private, no-cache"
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", "10240")
    assert (part.status_code, part.content) == (206, FILM[5000:5010])
    assert part.headers["Content-Range"] == "bytes 5000-5009/10240"
    assert (other.status_code, len(other.content)) == (200, 10_240)
    assert (again.status_code, again.content) == (304, b"")
    assert (beyond.status_code, beyond.json()["error"]["code"]) == (416, "bad_range")
    assert learner.get(film.replace("film.mp4", "cover.jpg")).content == COVER


def test_a_film_is_refused_from_the_moment_a_clip_of_it_is_withdrawn_and_made_anew_without(
    ask: Ask, people: People, services: Services, film: str, reel: str, clip: Clip
) -> None:
    learner = ask(people.learner)
    named = learner.get(f"{PATH}/{reel}").json()["film"]["url"]

    ask(people.curator).delete(f"/api/v1/clips/{clip.public_id}/publication")
    refused = [learner.get(each) for each in (film, named, film.replace("film.mp4", "cover.jpg"))]
    shown = learner.get(f"{PATH}/{reel}").json()
    filmed(services, reel, people.curator)
    anew = learner.get(f"{PATH}/{reel}").json()

    assert [(each.status_code, each.json()["error"]["code"]) for each in refused] == [(503, "made_anew")] * 3
    assert (shown["state"], shown["film"]) == ("waiting", None)
    assert (anew["state"], learner.get(anew["film"]["url"]).content) == ("ready", FILM)
    assert [each["left_out"] for each in anew["clips"]] == ["withdrawn", None]
    assert [(each.status_code, each.json()["error"]["code"]) for each in [learner.get(named)]] == [
        (404, "film_changed")
    ]


def test_a_recall_names_the_reel_and_takes_its_film_back(
    ask: Ask, people: People, film: str, reel: str, made: Made
) -> None:
    body = {"start_ms": 2_000, "end_ms": 4_000, "reason": "It bursts."}

    recall = ask(people.expert).post(f"/api/v1/recordings/{made.id}/recalls", json=body).json()

    assert recall["touched"]["reels"] == [{"id": reel, "title": "This week", "space": "Everyone"}]
    assert recall["touched"]["hidden_reels"] == 0
    assert ask(people.learner).get(film).status_code == 503


def test_a_takedown_names_the_reel_and_takes_its_film_back(
    ask: Ask, people: People, film: str, reel: str, clip: Clip
) -> None:
    raised = ask(people.learner).post(f"/api/v1/clips/{clip.public_id}/takedowns", json={}).json()

    (listed,) = ask(people.curator).get("/api/v1/takedowns").json()["items"]

    assert raised["reels"] == listed["reels"] == [{"id": reel, "title": "This week", "space": "Everyone"}]
    assert ask(people.learner).get(film).json()["error"]["code"] == "no_clip_left"  # both clips are of that recording


def test_where_clips_stay_reels_do_too(ask: Ask, people: People, services: Services, film: str, clip: Clip) -> None:
    with services.store.transaction() as tx:
        spaces.allow_downloads(tx, clip.space_id, False)

    refused = ask(people.admin).get(film)
    made = ask(people.curator).post(PATH, json={"title": "This week", "clips": [clip.public_id]})

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "downloads_off")
    assert (made.status_code, made.json()["error"]["code"]) == (403, "downloads_off")


@pytest.mark.parametrize("how", ["withdrawn", "left the space"])
def test_a_film_stops_on_its_way_when_it_may_not_be_shown_any_more(
    ask: Ask, people: People, services: Services, film: str, clip: Clip, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(leaving, "_STEP", 1_000)
    monkeypatch.setattr(leaving, "_ASK_EVERY_S", -1.0)

    async def until_the_second_piece(got: Taken) -> None:
        if len(got.body) == 2_000:
            with services.store.transaction() as tx:
                if how == "withdrawn":
                    clips.withdraw(tx, clip.id)
                else:
                    tx.execute("update person set left_at = now() where id = %s", [people.learner.id])

    got = run(taken(ask(people.learner), film, until_the_second_piece))

    assert (got.status, got.body) == (200, FILM[:2_000])


def test_those_who_do_not_read_keep_nobody_else_from_it(ask: Ask, people: People, film: str) -> None:
    learner = ask(people.learner)

    async def beside(many: int) -> Taken:
        begun = asyncio.Semaphore(0)

        async def stands_still(got: Taken) -> None:
            begun.release()
            await never(got)

        others = [asyncio.create_task(taken(learner, film, stands_still)) for _ in range(many)]
        for _ in others:
            await begun.acquire()
        try:
            return await taken(learner, film)
        finally:
            for each in others:
                each.cancel()
            await asyncio.gather(*others, return_exceptions=True)

    got = run(beside(30))

    assert (got.status, got.body) == (200, FILM)


def test_a_sending_of_which_nothing_is_taken_is_given_up(
    ask: Ask, people: People, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "_STEP", 1_000)
    monkeypatch.setattr(leaving, "_STALLED_S", 0.01)

    got = run(asyncio.wait_for(taken(ask(people.learner), film, never), 30))

    assert got.body == FILM[:1_000]


def test_before_there_is_a_film_it_says_what_it_waits_for(
    ask: Ask, people: People, services: Services, reel: str
) -> None:
    learner = ask(people.learner)
    making = begun(services, reel, people.curator)

    waits = learner.get(f"{PATH}/{reel}/film.mp4")
    with services.store.transaction() as tx:
        reel_films.give_up(tx, making, services.now(), "reel_failed", "It has no picture.")
    failed = learner.get(f"{PATH}/{reel}/film.mp4")
    retried = ask(people.curator).post(f"{PATH}/{reel}/attempts")

    assert (waits.status_code, waits.json()["error"]["code"]) == (503, "still_making")
    assert (failed.status_code, failed.json()["error"]) == (
        409,
        {"code": "reel_failed", "message": "It has no picture."},
    )
    assert (retried.status_code, retried.json()["state"], retried.json()["message"]) == (202, "waiting", "")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "bad_title"),
        ({"title": "x" * 81}, "bad_title"),
        ({"clips": []}, "bad_clips"),
        ({"clips": ["0" * 16]}, "no_clip"),
        ({"clips": ["../../etc"]}, "no_clip"),
        ({"clips": ["0" * 16] * 21}, "invalid"),
        ({"shape": "round"}, "invalid"),
        ({"captions": "yes"}, "invalid"),
        ({"space": "0" * 16}, "not_found"),
    ],
)
def test_what_makes_no_sense_is_refused(
    ask: Ask, people: People, reel: str, clip: Clip, change: dict[str, Any], code: str
) -> None:
    body = {"title": "This week", "clips": [clip.public_id], **change}

    answer = ask(people.curator).post(PATH, json=body)

    assert answer.json()["error"]["code"] == code
