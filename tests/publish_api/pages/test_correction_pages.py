"""Corrections on pages: answered by a plain form, read without playing, shown to L&D and to whoever spoke."""

import re

import pytest

from domain.clip import Clip
from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Clock
from tests.publish_api.material import Made
from tests.publish_api.pages.conftest import Browse

RIGHT = "Forty newton metres, <not> fourteen."
SHOWN = "Forty newton metres, &lt;not&gt; fourteen."


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s: "Then wash your hands."."""
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def said(browse: Browse, people: People, clip: Clip) -> str:
    """A correction's id, at 0:04 of the clip."""
    body = {"at_ms": 12_000, "kind": "correction", "text": "That is too much."}
    return str(browse(people.learner).post(f"/api/v1/clips/{clip.public_id}/comments", json=body).json()["id"])


def test_an_answer_is_typed_once_however_often_it_is_refused(
    browse: Browse, people: People, made: Made, said: str
) -> None:
    expert = browse(people.expert)
    page = expert.get(f"/corrections/{said}").text
    version = re.findall(r'name="version" value="(\d+)"', page)[0]

    neither = expert.post(f"/corrections/{said}", data={"words": RIGHT, "version": version})
    stale = expert.post(f"/corrections/{said}", data={"words": RIGHT, "version": "7", "outcome": "accepted"})
    kept = expert.post(f"/corrections/{said}", data={"words": RIGHT, "version": version, "outcome": "accepted"})
    after = expert.get(kept.headers["Location"]).text

    assert (neither.status_code, stale.status_code, kept.status_code) == (400, 412, 303)
    assert SHOWN in neither.text
    assert SHOWN in stale.text
    assert SHOWN in after
    assert f"/recordings/{made.id}/recalls?start=0%3A07&amp;end=0%3A12" in after
    assert f"correction={said}" in after
    assert "/review/" not in after  # which is for curators


def test_what_was_accepted_is_read_on_the_clips_page_without_playing_and_marked_in_lists(
    browse: Browse, people: People, clip: Clip, said: str
) -> None:
    learner = browse(people.learner)
    before = learner.get(f"/clips/{clip.public_id}").text
    browse(people.curator).post(f"/corrections/{said}", data={"words": RIGHT, "version": "1", "outcome": "accepted"})

    page = learner.get(f"/clips/{clip.public_id}").text
    transcript = page[page.index("<pass-transcript") : page.index("</pass-transcript>")]
    home, found = learner.get("/").text, learner.get("/search", params={"q": "wash"}).text

    assert "pass-amends" not in before  # nor its script
    assert 'data-ms="4000" data-end="4001"' in page
    assert "/js/pass-amends.js" in page
    assert f'<b>Corrected here:</b> <span dir="auto">{SHOWN}</span>' in transcript
    assert '<b>Corrected at</b> <a class="at" href="?t=4"' in page
    assert all("Corrected at 0:04" in each for each in (home, found))


def test_what_was_explained_stands_first_in_the_thread_and_nowhere_else(
    browse: Browse, people: People, clip: Clip, said: str
) -> None:
    browse(people.expert).post(f"/corrections/{said}", data={"words": RIGHT, "version": "1", "outcome": "explained"})

    page = browse(people.learner).get(f"/clips/{clip.public_id}").text
    history = browse(people.learner).get(f"/comments/{said}/history").text

    assert "pass-amends" not in page
    assert page.index("Why it stands:") < page.index("That is too much.")
    assert "data-resolved" in page[page.index(f'id="c-{said}"') :][:200]
    assert "Explained" in history
    assert SHOWN in history


def test_once_it_is_cut_away_the_page_says_that_it_was_mended(
    browse: Browse, people: People, clip: Clip, made: Made, said: str
) -> None:
    curator = browse(people.curator)
    curator.post(f"/corrections/{said}", data={"words": RIGHT, "version": "1", "outcome": "accepted"})
    recalls = f"/recordings/{made.id}/recalls"
    offered = curator.get(f"{recalls}?start=0:09&end=0:13&reason=Wrong.&correction={said}").text
    curator.post(
        recalls,
        data={"start": "0:09", "end": "0:13", "seen": "0:09-0:13", "reason": "Wrong.", "correction": said},
    )

    page = browse(people.learner).get(f"/clips/{clip.public_id}").text
    became = curator.get(f"/corrections/{said}").text

    assert f'<input type="hidden" name="correction" value="{said}">' in offered
    assert "Mended on 6 May 2031" in page
    assert "pass-amends" not in page
    assert "Taken out of every clip" in became


def test_those_that_wait_are_shown_to_who_reviews_and_to_who_spoke_and_to_nobody_else(
    browse: Browse, people: People, clip: Clip, made: Made, said: str, clock: Clock
) -> None:
    curator, expert, learner = browse(people.curator), browse(people.expert), browse(people.learner)
    clock.passes(days=6)

    listed, review = curator.get("/corrections").text, curator.get("/review").text
    home, recording = expert.get("/").text, expert.get(f"/recordings/{made.id}").text
    nothing, nobody = learner.get("/corrections").text, learner.get(f"/corrections/{said}")

    assert f'action="/corrections/{said}"' in listed
    assert "Waits for more than five days" in listed
    assert '<a href="/corrections">1 correction</a>' in review
    assert "1 has waited for more than five days." in review
    assert f'href="/corrections/{said}"' in home
    assert f'action="/corrections/{said}"' in recording
    assert "No correction waits for you." in nothing
    assert nobody.status_code == 403


def test_who_watched_is_told_on_their_home_page_and_in_their_inbox(
    browse: Browse, people: People, clip: Clip, made: Made, said: str, clock: Clock
) -> None:
    admin = browse(people.admin)
    place = {"recording": made.id, "at_ms": 15_000, "version": 1}
    admin.put(f"/api/v1/me/history/{clip.public_id}", json=place)
    clock.passes(minutes=5)
    browse(people.expert).post(f"/corrections/{said}", data={"words": RIGHT, "version": "1", "outcome": "accepted"})

    told, other = admin.get("/").text, browse(people.curator).get("/").text
    [line] = set(re.findall(r'href="(/inbox/[a-z0-9]{16})"', admin.get("/inbox").text))
    leads = admin.get(line).headers["Location"]

    assert "Something you watched has been corrected" in told
    assert f"/clips/{clip.public_id}?t=4&amp;v=1" in told
    assert "Something you watched" not in other
    assert leads == f"/clips/{clip.public_id}?t=4&v=1"


def test_one_that_was_answered_is_opened_again_on_its_page(browse: Browse, people: People, said: str) -> None:
    expert = browse(people.expert)
    expert.post(f"/corrections/{said}", data={"words": RIGHT, "version": "1", "outcome": "accepted"})

    listed = expert.get("/corrections?state=accepted").text
    opened = expert.post(f"/corrections/{said}/reopening")

    assert SHOWN in listed
    assert opened.status_code == 303
    assert SHOWN not in expert.get("/corrections?state=accepted").text
    assert f'action="/corrections/{said}"' in expert.get("/corrections").text
