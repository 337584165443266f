"""The page where a recording is cut again."""

import pytest

from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.material import Made
from tests.publish_api.pages.conftest import Browse

SHORT = {"shortest": "3", "usual": "8", "longest": "15"}


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def path(made: Made) -> str:
    return f"/recordings/{made.id}/cut"


def test_without_a_script_one_sees_the_clips_then_cuts_and_undoes_it(
    browse: Browse, people: People, services: Services, made: Made, path: str
) -> None:
    curator = browse(people.curator)
    material.published(services, made, people.curator, 0)

    first = curator.get(path).text
    listed = curator.get(path, params=SHORT).text
    done = curator.post(path, data={**SHORT, "seen": "3-8-15"})
    after = curator.get(done.headers["location"]).text
    undone = curator.post(path, data={"shortest": "20", "usual": "45", "longest": "120", "seen": "20-45-120"})

    assert 'name="usual" type="number" value="45"' in first
    assert "<h2>1 draft, and 1 clip that stays</h2>" in listed
    assert "Turning the valve" in listed
    assert "stays as it is (published)" in listed
    assert 'name="seen" value="3-8-15"' in listed
    assert (done.status_code, done.headers["location"]) == (303, f"{path}?was=20-45-120")
    assert 'name="seen" value="20-45-120"' in after
    assert 'name="usual" type="number" value="8"' in after
    assert undone.headers["location"] == f"{path}?was=3-8-15"


def test_what_was_not_seen_is_not_done(browse: Browse, people: People, path: str) -> None:
    other = browse(people.curator).post(path, data={**SHORT, "seen": "20-45-120"})

    assert other.status_code == 400
    assert "<h2>2 drafts</h2>" in other.text
    assert "Undo" not in other.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"usual": "soon"}, "Write seconds, like 45."),
        ({"usual": "nan"}, "Write seconds, like 45."),
        ({"shortest": "0"}, "A clip lasts at least 3 seconds"),
        ({"shortest": "9"}, "have to come in that order"),
    ],
)
def test_what_makes_no_sense_is_said_and_what_was_typed_stays(
    browse: Browse, people: People, path: str, change: dict[str, str], words: str
) -> None:
    typed = {**SHORT, **change}

    answer = browse(people.curator).get(path, params=typed)

    assert words in answer.text
    assert f'value="{typed["usual"]}"' in answer.text
    assert "Cut it again</button>" not in answer.text


def test_an_address_that_somebody_made_up_offers_nothing_to_undo(browse: Browse, people: People, path: str) -> None:
    for was in ("a-b-c", "45", "20-45-120-7", "120-45-20"):
        assert "Undo" not in browse(people.curator).get(path, params={"was": was}).text


def test_the_way_there_is_on_the_recordings_page_for_who_may(browse: Browse, people: People, made: Made) -> None:
    link = f'href="/recordings/{made.id}/cut"'

    assert link in browse(people.curator).get(f"/recordings/{made.id}").text
    assert link not in browse(people.expert).get(f"/recordings/{made.id}").text
    assert browse(people.expert).get(f"/recordings/{made.id}/cut").status_code == 403
    assert link in browse(people.curator).get(f"/review/{made.clips[0].public_id}").text
