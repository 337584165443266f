"""A film whose sound came first: what its page says of it, and who may say that it comes or does not."""

import pytest

from domain.recording import Film
from publish_api.services import Services
from store import joining, recordings
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief, a_link, come
from tests.publish_api.conftest import Ask
from tests.publish_api.material import Made


@pytest.fixture
def sound(services: Services, people: People) -> Made:
    """It has come all the way; its film is on a phone."""
    made = material.recording(services, people.expert)
    with services.store.transaction() as tx:
        joining.note(tx, made.recording.id, "AAAAAAAAAAAAAAAAAAAAAA", film=Film.AWAITED)
    return made


def film_of(services: Services, made: Made) -> tuple[Film | None, int | None]:
    with services.store.transaction() as tx:
        found = recordings.load(tx, made.recording.id)
        return found.film, found.film_bytes


def test_how_large_it_is_and_that_it_will_not_come_are_said_by_whoever_sent_it(
    services: Services, ask: Ask, people: People, sound: Made
) -> None:
    expert, film = ask(people.expert), f"/api/v1/recordings/{sound.id}/film"

    assert expert.put(film, json={"byte_size": 31_000_000}).status_code == 204
    assert film_of(services, sound) == (Film.AWAITED, 31_000_000)
    assert expert.delete(film).status_code == 204
    assert expert.delete(film).status_code == 204
    assert film_of(services, sound) == (Film.GIVEN_UP, None)
    assert expert.get(f"/api/v1/recordings/{sound.id}").json()["film"] == "given_up"


def test_of_a_film_that_is_no_upload_of_its_own_nothing_changes(services: Services, ask: Ask, people: People) -> None:
    ordinary = material.recording(services, people.expert)

    assert ask(people.expert).put(f"/api/v1/recordings/{ordinary.id}/film", json={"byte_size": 1}).status_code == 204
    assert ask(people.expert).delete(f"/api/v1/recordings/{ordinary.id}/film").status_code == 204
    assert film_of(services, ordinary) == (None, None)


def test_nobody_else_says_it(services: Services, ask: Ask, people: People, sound: Made) -> None:
    film = f"/api/v1/recordings/{sound.id}/film"
    elsewhere = a_brief(services, people.curator)
    guest = come(services, a_link(services, elsewhere, people.curator, for_=people.expert))

    assert ask(people.learner).delete(film).status_code == 404
    assert ask(people.curator).delete(film).status_code == 403
    assert guest.delete(film).status_code == 404
    assert film_of(services, sound) == (Film.AWAITED, None)


@pytest.mark.parametrize("size", [-1, 2**60, "1", None])
def test_a_size_that_is_none_is_refused(ask: Ask, people: People, sound: Made, size: object) -> None:
    answer = ask(people.expert).put(f"/api/v1/recordings/{sound.id}/film", json={"byte_size": size})

    assert answer.status_code == 400


def test_its_page_says_where_the_picture_is(services: Services, ask: Ask, people: People, sound: Made) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    with services.store.transaction() as tx:
        joining.waits(tx, sound.recording.id, 31_000_000)

    theirs, others = (who.get(f"/recordings/{sound.id}").text for who in (expert, curator))
    listed = expert.get("/recordings").text
    gone = expert.post(f"/recordings/{sound.id}/voice", headers={"Origin": "https://clips.example"})
    after = expert.get(f"/recordings/{sound.id}").text

    waits = "The words are here. The picture is still on {} (31 MB), and comes when that phone sends it."
    assert waits.format("your phone") in theirs
    assert waits.format("the phone it was recorded with") in others
    assert "Keep it as a voice tip" not in others
    assert "2 clips, the picture is still on the phone" in listed
    assert (gone.status_code, gone.headers["location"]) == (303, f"/recordings/{sound.id}")
    assert "This is a voice tip: its picture does not come." in after


def test_a_film_that_cannot_be_used_leaves_its_sound(services: Services, ask: Ask, people: People, sound: Made) -> None:
    with services.store.transaction() as tx:
        joining.take_place(
            tx, sound.recording, upload_id="film", filename="film.mp4", media_type="video/mp4", byte_size=4
        )
        recordings.refuse(tx, sound.recording.id, "damaged", "It breaks off in the middle.")

    expert = ask(people.expert)
    listed, page = (expert.get(f"/recordings{path}").text for path in ("", f"/{sound.id}"))
    said = expert.get(f"/api/v1/recordings/{sound.id}").json()
    played = expert.get(f"/api/v1/recordings/{sound.id}/play.m3u8")

    assert (said["status"], said["film"]) == ("ready", "refused")
    assert said["refusal"] == {"code": "damaged", "message": "It breaks off in the middle."}
    assert "2 clips; its film could not be used" in listed
    assert "Could not be used" not in listed
    assert "Its film came, and could not be used. It breaks off in the middle." in page
    assert "Try again" not in page
    assert played.status_code == 200


def test_a_film_that_cannot_be_used_where_the_sound_became_no_clip_is_refused(
    services: Services, ask: Ask, people: People
) -> None:
    with services.store.transaction() as tx:
        sound = material.arrive(tx, people.expert)
        joining.take_place(tx, sound, upload_id="film", filename="film.mp4", media_type="video/mp4", byte_size=4)
        recordings.refuse(tx, sound.id, "damaged", "It breaks off in the middle.")

    said = ask(people.expert).get(f"/api/v1/recordings/{sound.public_id}").json()

    assert (said["status"], said["film"]) == ("refused", "came")
