"""Reporting, settling and reading who did what, as pages."""

import re

import pytest

from domain.clip import Clip
from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.pages.conftest import Browse
from tests.publish_api.test_reports import say


@pytest.fixture
def clip(services: Services, people: People) -> Clip:
    """From 8 to 20 s of its recording."""
    return material.published(services, material.recording(services, people.expert), people.curator, 1)


def test_a_comment_is_reported_from_its_page_and_the_answer_stands_under_your_reports(
    browse: Browse, ask: Ask, people: People, clip: Clip
) -> None:
    learner, curator = browse(people.learner), browse(people.curator)
    said = say(ask(people.expert), clip, text="Kim is lazy.")
    page = learner.get(f"/clips/{clip.public_id}").text
    empty = learner.get("/reports").text
    form = learner.get(f"/comments/{said}/report").text
    unsaid = learner.post(f"/comments/{said}/report", data={"words": "He means Kim."})

    sent = learner.post(f"/comments/{said}/report", data={"reason": "hurtful", "words": "He means Kim."})
    waits = learner.get("/reports").text
    queue = curator.get("/moderation").text
    [where] = re.findall(r'action="(/moderation/\w+)" class', queue)
    wordless = curator.post(where, data={"outcome": "dismissed"})
    settled = curator.post(where, data={"outcome": "removed", "words": "Not of colleagues."})
    after = learner.get("/reports").text

    assert f'href="/comments/{said}/report"' in page
    assert f'href="/clips/{clip.public_id}/report"' in page
    assert "You have reported nothing" in empty
    assert ("Kim is lazy." in form, "Say it as a correction" in form) == (True, True)
    assert (unsaid.status_code, "He means Kim." in unsaid.text) == (400, True)
    assert (sent.status_code, sent.headers["Location"]) == (303, "/reports")
    assert "It was received" in waits
    assert ("Kim is lazy." in queue, people.learner.name in queue.partition("<main")[2]) == (True, False)
    assert (wordless.status_code, "whoever reported it reads that" in wordless.text) == (400, True)
    assert (settled.status_code, settled.headers["Location"]) == (303, "/moderation")
    assert ("The comment was removed." in after, "Not of colleagues." in after) == (True, True)


def test_the_thread_says_that_a_moderator_removed_it_until_it_is_given_back(
    browse: Browse, ask: Ask, people: People, clip: Clip
) -> None:
    author, learner, curator = browse(people.expert), browse(people.learner), browse(people.curator)
    said = say(ask(people.expert), clip, text="Kim is lazy.")
    made = ask(people.learner).post(f"/api/v1/comments/{said}/reports", json={"reason": "hurtful"}).json()["id"]
    curator.post(f"/moderation/{made}", data={"outcome": "removed", "words": "Not of colleagues."})
    thread = f"/clips/{clip.public_id}/thread"

    removed, own = learner.get(thread).text, author.get(thread).text
    curator.post(f"/moderation/{made}/reporter")
    queue = curator.get("/moderation").text
    back = curator.post(f"/moderation/comments/{said}/restoration")

    assert ("Removed by a moderator." in removed, "Kim is lazy." in removed) == (True, False)
    assert "Your comment was removed by a moderator." in own
    assert "Not of colleagues." in own
    assert ("Nothing to settle" in queue, "Give it back" in queue) == (True, True)
    assert back.status_code == 303
    assert "Kim is lazy." in learner.get(thread).text


def test_who_did_what_is_read_by_person_and_by_kind(browse: Browse, ask: Ask, people: People, clip: Clip) -> None:
    admin = browse(people.admin)
    empty = admin.get("/audit").text
    said = say(ask(people.expert), clip)
    ask(people.curator).delete(f"/api/v1/comments/{said}")
    ask(people.curator).delete(f"/api/v1/clips/{clip.public_id}/publication")

    everything = admin.get("/audit").text.partition("<main")[2]
    removals = admin.get("/audit?act=removed-comment").text.partition('class="cases')[2]
    of_curator = admin.get(f"/audit?person={people.curator.public_id}").text
    odd = admin.get("/audit?act=nothing&person=nobody")

    assert "Nothing here" in empty
    assert everything.count(people.curator.name) == 2
    assert ("removed a comment" in removals, "withdrew a clip" in removals) == (True, False)
    assert "Only what has to do with" in of_curator
    assert odd.status_code == 200
    assert browse(people.expert).get("/audit").status_code == 403
