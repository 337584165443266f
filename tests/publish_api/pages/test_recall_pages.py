"""The page where seconds are taken out of every clip, and what other pages say of it."""

import re

import pytest

from domain.clip import Clip
from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.material import Made
from tests.publish_api.pages.conftest import Browse

SECONDS = {"start": "0:08", "end": "0:14.0"}
SEEN = {**SECONDS, "seen": "0:08-0:14.0", "reason": "Not with that soap."}


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody."""
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def path(made: Made) -> str:
    return f"/recordings/{made.id}/recalls"


def test_without_a_script_one_sees_what_is_touched_before_it_is_done(
    browse: Browse, people: People, clip: Clip, path: str
) -> None:
    curator = browse(people.curator)

    empty = curator.get(path).text
    listed = curator.get(path, params=SECONDS).text
    done = curator.post(path, data=SEEN)
    after = curator.get(path).text

    assert 'taken="[]"' in empty
    assert "&#34;start_ms&#34;: 8000, &#34;end_ms&#34;: 14000}]" in after
    assert "Nothing. When a second of this recording turns out to be wrong" in empty
    assert "Take them out" not in empty
    assert "This takes 6.0 s out of 1 clip</h2>" in listed
    assert 'name="seen" value="0:08-0:14.0"' in listed
    assert "loses 6.0 s" in listed
    assert (done.status_code, re.sub("#r-.*", "", done.headers["location"])) == (303, path)
    assert "0:08.0 to 0:14.0: <span" in after
    assert "Not with that soap." in after
    assert "lost 6.0 s" in after


def test_what_was_not_seen_is_not_done(browse: Browse, people: People, clip: Clip, path: str) -> None:
    curator = browse(people.curator)

    other = curator.post(path, data={**SEEN, "end": "0:20"})

    assert other.status_code == 400
    assert "These are other seconds than those listed." in other.text
    assert "This takes 12.0 s out of 1 clip" in other.text
    assert "nothing is left: it is withdrawn, and says why" in other.text
    assert 'value="Not with that soap."' in other.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"end": "0:07", "seen": "0:08-0:07"}, "Say from where to where"),
        ({"start": "soon", "seen": "soon-0:14.0"}, "Say from where to where"),
        ({"reason": " "}, "Say in a few words why"),
        ({"start": "1:00", "end": "1:01", "seen": "1:00-1:01"}, "The recording has ended by then"),
    ],
)
def test_what_makes_no_sense_is_said_and_what_was_typed_stays(
    browse: Browse, people: People, path: str, change: dict[str, str], words: str
) -> None:
    answer = browse(people.curator).post(path, data={**SEEN, **change})

    assert answer.status_code == 400
    assert words in answer.text
    assert f'value="{change.get("start", "0:08")}"' in answer.text


def test_curators_give_them_back_and_experts_do_not(browse: Browse, people: People, clip: Clip, path: str) -> None:
    expert, curator = browse(people.expert), browse(people.curator)
    recall = expert.post(path, data=SEEN).headers["location"].partition("#r-")[2]

    refused = expert.post(f"{path}/{recall}/undoing")
    undone = curator.post(f"{path}/{recall}/undoing")

    assert (refused.status_code, undone.status_code) == (403, 303)
    assert "Give them back" not in expert.get(path).text
    page = curator.get(path).text
    assert "given back" in page
    assert "shows it again" in page


def test_a_learner_reads_why_and_lands_on_the_nearest_second_left(
    browse: Browse, people: People, clip: Clip, path: str
) -> None:
    browse(people.curator).post(path, data=SEEN)
    learner, here = browse(people.learner), f"/clips/{clip.public_id}"

    plain = learner.get(f"{here}?t=4").text
    followed = learner.get(f"{here}?t=4&v={clip.version}").text
    later = learner.get(f"{here}?t=9&v={clip.version}").text

    assert "6.0 s taken out" in plain
    assert 'at="4000"' in plain
    assert 'this is the nearest one left: <span dir="auto">Not with that soap.</span>' in followed
    assert 'at="' not in followed  # the beginning
    assert ('at="3000"' in later, "that you followed" in later) == (True, False)
    assert f'version="{clip.version + 1}"' in plain


def test_a_clip_of_which_nothing_is_left_says_why_on_its_page(
    browse: Browse, people: People, clip: Clip, path: str
) -> None:
    browse(people.curator).post(path, data={**SEEN, "end": "0:20", "seen": "0:08-0:20"})

    page = browse(people.learner).get(f"/clips/{clip.public_id}")

    assert page.status_code == 410
    assert "All of this clip was taken out: “Not with that soap.”" in page.text


def test_the_recordings_page_tells_its_people_and_no_guest(
    browse: Browse, people: People, clip: Clip, made: Made, path: str
) -> None:
    expert = browse(people.expert)
    before = expert.get(f"/recordings/{made.id}").text
    expert.post(path, data=SEEN)

    after = expert.get(f"/recordings/{made.id}").text

    assert "Nothing so far." in before
    assert f'href="{path}">Take seconds out of every clip</a>' in before
    assert "0:08 to 0:14: <span" in after
    assert browse(people.learner).get(path).status_code == 404


def test_strangers_words_in_a_reason_are_text(browse: Browse, people: People, clip: Clip, path: str) -> None:
    curator = browse(people.curator)
    curator.post(path, data={**SEEN, "reason": "<script>alert(1)</script>"})

    pages = [curator.get(path).text, browse(people.learner).get(f"/clips/{clip.public_id}").text]

    assert ["&lt;script&gt;" in page and "<script>alert" not in page for page in pages] == [True, True]
