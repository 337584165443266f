"""The page of a search: where hits lead, how it is narrowed down, and what nobody found."""

import pytest

from domain.clip import Level
from publish_api.services import Services
from store import clips
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.material import Made
from tests.publish_api.pages.conftest import Browse

SRT = {"Content-Type": "application/x-subrip"}


@pytest.fixture
def made(services: Services, people: People) -> Made:
    """Two published clips of one recording: of the valve, for beginners, and of washing hands."""
    made = material.recording(services, people.expert)
    with services.store.transaction() as tx:
        clips.change(tx, made.clips[0].id, version=1, now=services.now(), level=Level.BEGINNER)
        clips.change(tx, made.clips[1].id, version=1, now=services.now(), title="Washing after the valve")
    for number in (0, 1):
        material.published(services, made, people.curator, number)
    return made


def test_a_hit_in_a_comment_leads_to_it(ask: Ask, browse: Browse, people: People, made: Made) -> None:
    path = f"/api/v1/clips/{made.clips[0].public_id}/comments"
    said = ask(people.learner).post(path, json={"text": "Gaskets & seals < bolts.", "clip_at_ms": 3000}).json()

    page = browse(people.learner).get("/search?q=gasket").text

    assert f'href="/clips/{made.clips[0].public_id}?t=2&amp;v=2#c-{said["id"]}"' in page
    assert "<mark>Gaskets</mark> &amp; seals &lt; bolts." in page
    assert "In a comment by </span>Lea Learner" in page


def test_a_hit_in_captions_is_quoted_in_their_language_and_leads_to_their_second(
    ask: Ask, browse: Browse, people: People, made: Made
) -> None:
    srt = "1\n00:00:03,000 --> 00:00:07,000\nأدر الصمام ببطء.\n\n2\n00:00:08,300 --> 00:00:19,000\nLuego.\n"
    ask(people.expert).put(f"/api/v1/recordings/{made.id}/captions/ar", content=srt.encode(), headers=SRT)

    page = browse(people.learner).get("/search?q=الصمام").text
    said = browse(people.learner).get("/search?q=slowly").text
    asked_for = browse(people.curator).get("/searches").text

    assert f'href="/clips/{made.clips[0].public_id}?t=2&amp;v=2"' in page
    assert '<p class="quote" lang="ar" dir="auto">أدر <mark>الصمام</mark> ببطء.</p>' in page
    assert '<p class="quote" lang="en" dir="auto">Turn the valve <mark>slowly</mark>.</p>' in said
    assert "الصمام" not in asked_for


def test_a_search_is_narrowed_down_and_let_go_by_links(browse: Browse, people: People, made: Made) -> None:
    learner = browse(people.learner)

    both = learner.get("/search?q=valve").text
    one = learner.get("/search?q=valve&level=beginner").text

    in_arabic = learner.get("/search?q=valve&level=beginner", headers={"Accept-Language": "ar"}).text

    assert "مبتدئ" in in_arabic
    assert "الإنجليزية" in learner.get("/search?q=valve&language=en", headers={"Accept-Language": "ar"}).text
    assert "2 clips, the best first" in both
    assert 'href="/search?q=valve&amp;level=beginner"' in both
    assert "1 clip." in one
    assert 'name="level" value="beginner"' in one  # searching for other words keeps it
    assert 'href="/search?q=valve" aria-current=true' in one


def test_filters_that_nothing_fits_say_so_and_nobody_asks_for_it(browse: Browse, people: People, made: Made) -> None:
    none = browse(people.learner).get("/search?q=valve&level=advanced").text
    listed = browse(people.curator).get("/searches").text

    assert "Nothing fits all of that" in none
    assert 'href="/search?q=valve"' in none
    assert "Whoever searched has found something" in listed


def test_what_nobody_found_becomes_a_brief(browse: Browse, people: People, made: Made) -> None:
    curator = browse(people.curator)
    browse(people.learner).get("/search", params={"q": "Zebra & <stripes>"})

    listed = curator.get("/searches").text
    begun = curator.get("/briefs/new", params={"title": "zebra & <stripes>"}).text
    removed = curator.post("/searches/removal", data={"query": "zebra & <stripes>"})

    assert "zebra &amp; &lt;stripes&gt;" in listed
    assert 'href="/briefs/new?title=zebra+%26+%3Cstripes%3E"' in listed
    assert "1 time, last on 6 May 2031" in listed
    assert 'value="zebra &amp; &lt;stripes&gt;"' in begun
    assert (removed.status_code, removed.headers["location"]) == (303, "/searches")
    assert "Whoever searched has found something" in curator.get("/searches").text
    assert browse(people.learner).get("/searches").status_code == 403


def test_clips_of_one_person_are_a_search_without_words(browse: Browse, people: People, made: Made) -> None:
    page = browse(people.learner).get("/search?person=Eva+Expert").text

    assert "2 clips, the newest first." in page
    assert 'href="/search" aria-current=true' in page
