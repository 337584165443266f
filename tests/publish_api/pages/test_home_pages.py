"""Home, and where it leads: what one saved and follows, people, tags."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
import pytest

from domain.clip import Clip
from domain.comment import CommentKind
from domain.follow import FollowKind
from publish_api.services import Services
from store import clips, comments, following, saved, tags, watched
from store import people as stored_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Clock
from tests.publish_api.pages.conftest import Browse


def test_home_leads_on_with_what_there_is_and_leaves_out_what_is_not(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    valve, hands = (material.published(services, made, people.curator, n) for n in (0, 1))
    learner, expert = browse(people.learner), browse(people.expert)
    before = learner.get("/").text

    with services.store.transaction() as tx:
        watched.keep(tx, people.learner.id, hands, made.recording.id, 14_000, version=1, now=services.now())
        following.follow(tx, people.learner.id, FollowKind.TAG, "valve", services.now())
        _ask(tx, people, valve, services)
    page, experts = learner.get("/").text, expert.get("/").text

    headings = ("Go on watching", "New of what you follow", "Can you answer?", ">New<")
    assert [name in before for name in headings] == [False, False, False, True]
    assert [name in page for name in headings] == [True, True, False, True]
    assert [name in experts for name in headings] == [False, False, True, True]
    assert "6 seconds left" in page
    assert f'href="/clips/{valve.public_id}?t=2&amp;v={valve.version}#reply-' in experts
    assert "Lea Learner" not in experts  # who asked may have done so without a name
    assert '<a class="tag" href="/tags/valve" aria-current="true">' in page


def test_home_asks_as_often_for_fifty_rows_as_for_five(
    services: Services, browse: Browse, people: People, clock: Clock
) -> None:
    learner, expert = browse(people.learner), browse(people.expert)
    paths = ("/", "/saved", "/watched", f"/people/{people.expert.public_id}", "/tags/valve")
    asked: list[list[int]] = []

    for recordings in (5, 45):
        for _ in range(recordings):
            made = material.recording(services, people.expert, fragments=0)
            clip = material.published(services, made, people.curator)
            clock.passes(minutes=1)
            with services.store.transaction() as tx:
                watched.keep(tx, people.learner.id, clip, made.recording.id, 6_000, version=1, now=services.now())
                saved.save(tx, people.learner.id, clip.id, services.now())
                _ask(tx, people, clip, services)
                following.follow(tx, people.learner.id, FollowKind.PERSON, people.expert.public_id, services.now())
        counts = []
        for browser, path in (*((learner, path) for path in paths), (expert, "/")):
            with statements() as counted:
                assert browser.get(path).status_code == 200
            counts.append(len(counted))
        asked.append(counts)

    assert asked[0] == asked[1]
    assert max(asked[1]) < 20


def test_the_page_of_a_person_says_what_they_shared_and_how_many_it_helped(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)
    eva = f"/people/{people.expert.public_id}"
    learner = browse(people.learner)
    before = learner.get(eva).text
    with services.store.transaction() as tx:
        for n in range(5):
            crew = stored_people.add_person(tx, login=f"crew{n}", name=f"Crew {n}", role=people.learner.role)
            _say(tx, crew.id, clip, CommentKind.USED_IT, services)

    page, own, nothing = (
        browser.get(path).text
        for browser, path in (
            (learner, eva),
            (browse(people.expert), eva),
            (learner, f"/people/{people.curator.public_id}"),
        )
    )

    assert "was of use to" not in before
    assert "What Eva Expert shared was of use to" in page
    assert "Crew" not in page
    assert "Turning the valve" in page
    assert '<a class="tag" dir="auto" href="/tags/valve">valve</a>' in page
    assert '<form method="post" action="/following/person/' in page
    assert "What you shared was of use to" in own
    assert "/following/person/" not in own
    assert "Nothing shared yet" in nothing
    assert learner.get("/people/0123456789abcdef").status_code == 404


def test_spoken_names_and_tags_lead_to_their_pages(services: Services, browse: Browse, people: People) -> None:
    clip = material.published(services, material.recording(services, people.expert), people.curator)
    learner = browse(people.learner)
    person = f'<a href="/people/{people.expert.public_id}">Eva Expert</a>'

    pages = [learner.get(path).text for path in ("/", "/search?q=valve", f"/clips/{clip.public_id}", "/tags/valve")]

    assert [person in page for page in pages] == [True] * 4
    assert 'href="/tags/valve"' in pages[0]
    assert 'href="/tags/valve"' in pages[2]


def test_dots_are_no_tag_and_those_of_before_have_a_page_that_an_address_leads_to(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)
    with services.store.transaction() as tx:
        tags.set_tags(tx, clip.id, tags.checked_labels([".", "‥", "- ..", "…", "pump"]))
        kept = clips.clip(tx, clip.public_id, people.learner.id).tags
        tags.set_tags(tx, clip.id, ["..", "pump"])
    learner = browse(people.learner)

    home, page = learner.get("/").text, learner.get("/tags/..-").text

    assert kept == ("pump",)
    assert 'href="/tags/..-"' in home
    assert "Turning the valve" in page


@pytest.mark.parametrize("name", ["valve", "VALVE", "a/b%20c", "%00", "..%2fpeople"])
def test_the_page_of_a_tag_takes_any_spelling_and_an_old_link_leads_to_it(
    services: Services, browse: Browse, people: People, name: str
) -> None:
    made = material.recording(services, people.expert)
    for number in (0, 1):
        material.published(services, made, people.curator, number)
    learner = browse(people.learner)

    page = learner.get(f"/tags/{name}")
    old = learner.get(f"/?tag={name}")

    known = name.casefold() == "valve"
    assert page.status_code == 200
    assert ("Turning the valve" in page.text, "No clips tagged" in page.text) == (known, not known)
    assert ("/following/tag/valve" in page.text, "Eva Expert" in page.text) == (known, known)
    assert "Washing hands" not in page.text
    assert old.status_code in {200, 303}
    assert learner.get(old.headers.get("Location", "/")).status_code == 200


def test_buttons_work_without_a_script(services: Services, browse: Browse, people: People) -> None:
    clip = material.published(services, material.recording(services, people.expert), people.curator)
    learner, eva = browse(people.learner), people.expert.public_id

    saved_now = learner.post(f"/saved/{clip.public_id}", data={"on": "yes"})
    followed = learner.post(f"/following/person/{eva}", data={"on": "yes", "back": f"/people/{eva}"})
    astray = learner.post("/following/tag/valve", data={"on": "yes", "back": "//evil.example"})
    lists = [learner.get(path).text for path in ("/saved", "/following")]
    for path in (f"/saved/{clip.public_id}", f"/following/person/{eva}", "/following/tag/valve"):
        learner.post(path, data={"on": "no", "back": "list"})
    empty = [learner.get(path).text for path in ("/saved", "/following")]

    assert [each.headers["Location"] for each in (saved_now, followed, astray)] == [
        f"/clips/{clip.public_id}", f"/people/{eva}", "/",
    ]  # fmt: skip
    assert ["Turning the valve" in lists[0], "Eva Expert" in lists[1], ">valve" in lists[1]] == [True, True, True]
    assert ["Nothing saved yet" in empty[0], "No tag and nobody yet" in empty[1]] == [True, True]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []
    execute = psycopg.Cursor.execute

    def counted(self: Any, query: Any, *values: Any, **options: Any) -> Any:
        asked.append(str(query))
        return execute(self, query, *values, **options)

    with patch.object(psycopg.Cursor, "execute", counted):
        yield asked


def _ask(tx: Any, people: People, clip: Clip, services: Services) -> None:
    _say(tx, people.learner.id, clip, CommentKind.QUESTION, services)


def _say(tx: Any, who: Any, clip: Clip, kind: CommentKind, services: Services) -> None:
    comments.add(
        tx,
        clip=clip,
        author_id=who,
        recording_id=clip.parts[0].recording_id,
        at_ms=2_000,
        kind=kind,
        text="Which way?",
        reply_to=None,
        now=services.now(),
    )


def test_whoever_learns_has_a_list_of_the_tags_they_see_clips_of(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    before = browse(people.learner).get("/tags").text
    material.published(services, made, people.curator, 0)

    page = browse(people.learner).get("/tags").text

    assert 'href="/tags/valve"' not in before
    assert 'href="/tags/valve"' in page
    assert "1 clip" in page
    assert "Add tags" not in page  # which is for those who keep the vocabulary
    assert 'href="/tags"' in browse(people.learner).get("/tags/valve").text
