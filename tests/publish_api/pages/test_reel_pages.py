"""The pages of reels: which there are, how one comes along, and choosing its clips without a script."""

import re

import pytest
from fastapi.testclient import TestClient

from domain.clip import Clip
from domain.span import Span
from publish_api.services import Services
from store import clips, recalls, reel_films, spaces, takedowns
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Clock
from tests.publish_api.material import Made
from tests.publish_api.pages.conftest import Browse
from tests.publish_api.reeling import a_reel, begun, filmed


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def valve(people: People, services: Services, made: Made) -> Clip:
    """ "Turning the valve", 8 s."""
    return material.published(services, made, people.curator)


@pytest.fixture
def hands(people: People, services: Services, made: Made) -> Clip:
    """ "Washing hands", 12 s."""
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def reel(people: People, services: Services, valve: Clip, hands: Clip) -> str:
    return a_reel(services, people.curator, valve, hands)


def test_a_reel_is_made_and_ordered_by_plain_forms(
    browse: Browse, people: People, services: Services, valve: Clip, hands: Clip
) -> None:
    curator = browse(people.curator)
    with services.store.transaction() as tx:
        spaces.allow_downloads(tx, valve.space_id, True)

    empty = curator.get("/reels").text
    form = _form(curator.get("/reels/new").text)
    form = _press(curator, form, "into", valve.public_id)
    form = _press(curator, form, "into", hands.public_id)
    form = _press(curator, {**form, "title": "This week", "shape": "portrait"}, "up", hands.public_id)
    done = curator.post("/reels", data=form)
    again = curator.post("/reels", data=form)
    shown = curator.get(done.headers["location"]).text

    assert "Make a reel" in empty
    assert form["clip"] == [hands.public_id, valve.public_id]
    assert (done.status_code, done.headers["location"]) == (303, f"/reels/{form['once']}")
    assert again.headers["location"] == done.headers["location"]
    assert re.findall(r'href="/clips/[^"]+">([^<]+)<', shown) == ["Washing hands", "Turning the valve"]
    assert "Portrait" in shown
    assert "It is made when those before it are done." in shown


def test_clips_are_found_by_what_is_said_and_left_out_again(
    browse: Browse, people: People, services: Services, valve: Clip, hands: Clip
) -> None:
    curator = browse(people.curator)
    with services.store.transaction() as tx:
        spaces.allow_downloads(tx, valve.space_id, True)
    begin = curator.get("/reels/new", params={"clip": valve.public_id}).text

    found = curator.get("/reels/new", params={**_form(begin), "q": "wash"}).text
    form = _press(curator, {**_form(found), "q": ""}, "out", valve.public_id)

    assert _form(begin)["clip"] == [valve.public_id]
    assert ("Washing hands" in found, f'name="into" value="{valve.public_id}"' in found) == (True, False)
    assert "clip" not in form


def test_what_is_refused_is_still_in_the_form(browse: Browse, people: People, reel: str, valve: Clip) -> None:
    curator = browse(people.curator)
    form = _form(curator.get(f"/reels/{reel}/edit").text)

    saved = curator.post(f"/reels/{reel}", data={**form, "title": "Late shift"})
    stale = curator.post(f"/reels/{reel}", data={**form, "title": "Early shift"})
    nameless = curator.post("/reels", data={**form, "title": " ", "clip": [valve.public_id]})

    assert saved.status_code == 303
    assert (stale.status_code, 'value="Early shift"' in stale.text) == (412, True)
    assert "Somebody changed this meanwhile." in stale.text
    assert (nameless.status_code, "A reel&#39;s title is 1 to 80 characters long." in nameless.text) == (400, True)


def test_a_film_is_watched_downloaded_and_shown_on_a_screen(
    browse: Browse, people: People, services: Services, reel: str
) -> None:
    filmed(services, reel, people.curator)
    learner = browse(people.learner)

    page = learner.get(f"/reels/{reel}").text
    screen = learner.get(f"/reels/{reel}?screen").text
    listed = learner.get("/reels").text

    assert re.search(rf'<video controls [^>]*src="/api/v1/reels/{reel}/film.mp4\?film=\w+"', page)
    assert re.search(rf'href="/api/v1/reels/{reel}/film.mp4\?film=\w+" download', page)
    assert f'href="/reels/{reel}?screen"' in page
    assert ("/edit" in page, "Delete this reel" in page) == (False, False)
    assert re.search(r'<video muted autoplay playsinline [^>]*src="/api/v1/reels/', screen)
    assert "<nav" not in screen
    assert f'href="/reels/{reel}"' in listed


def test_home_leads_to_reels_once_there_is_one(
    browse: Browse, people: People, services: Services, valve: Clip, hands: Clip
) -> None:
    learner = browse(people.learner)

    before = learner.get("/").text
    reel = a_reel(services, people.curator, valve, hands)

    assert 'href="/reels"' not in before
    assert 'href="/reels"' in learner.get("/").text
    assert f'href="/reels/{reel}"' in learner.get("/reels").text


def test_how_far_it_is_and_how_long_it_takes(
    browse: Browse, people: People, services: Services, reel: str, clock: Clock
) -> None:
    making = begun(services, reel, people.curator)
    with services.store.transaction() as tx:
        reel_films.progress(tx, making, 0.25)
    clock.passes(minutes=1)

    page = browse(people.curator).get(f"/reels/{reel}").text

    assert '<progress max="1" value="0.250"' in page
    assert "About 3 minutes left." in page
    assert "working" in page


def test_what_is_left_out_is_named_to_curators_alone(
    browse: Browse, people: People, services: Services, reel: str, valve: Clip
) -> None:
    filmed(services, reel, people.curator)
    with services.store.transaction() as tx:
        clips.withdraw(tx, valve.id)

    curator = browse(people.curator).get(f"/reels/{reel}").text
    learner = browse(people.learner).get(f"/reels/{reel}").text

    assert "Being made anew without “Turning the valve”" in curator
    assert "left out: it is not published any more" in curator
    assert "nobody is shown the old film any more" in learner
    assert ("Turning the valve" in learner, "<video" in learner) == (False, False)


def test_letters_that_a_film_cannot_show_are_told_to_whoever_makes_it(
    browse: Browse, people: People, services: Services, valve: Clip
) -> None:
    reel = a_reel(services, people.curator, valve, title="Straße 東京")
    with services.store.transaction() as tx:
        clips.change(tx, valve.id, version=valve.version, now=services.now(), title="弁を回す")
        tx.execute("update clip set text = '弁をゆっくり回す。' where id = %s", [valve.id])
    wrong = {"at_ms": 1_000, "kind": "correction", "text": "Not so."}
    said = browse(people.learner).post(f"/api/v1/clips/{valve.public_id}/comments", json=wrong).json()["id"]
    right = {"words": "ゆっくり。", "version": "1", "outcome": "accepted"}
    browse(people.curator).post(f"/corrections/{said}", data=right)

    curator, learner = (browse(each).get(f"/reels/{reel}").text for each in (people.curator, people.learner))
    form = browse(people.curator).get(f"/reels/{reel}/edit").text

    for page in (curator, form):
        assert "A film cannot show these letters: 東京." in page
        assert "The card of “弁を回す” stays empty: a film cannot show 弁を回す." in page
        assert "The captions of “弁を回す” are in letters that a film cannot show." in page
        assert "What was corrected in “弁を回す” is in letters that a film cannot show" in page
    assert "A film cannot show" not in learner


def test_a_reel_is_deleted_after_it_was_asked(browse: Browse, people: People, reel: str) -> None:
    curator = browse(people.curator)

    asks = curator.get(f"/reels/{reel}").text
    done = curator.post(f"/reels/{reel}/deletion")

    assert "The reel and its film are gone at once" in asks
    assert (done.status_code, done.headers["location"]) == (303, "/reels")
    assert curator.get(f"/reels/{reel}").status_code == 404


def test_what_failed_can_be_tried_again(browse: Browse, people: People, services: Services, reel: str) -> None:
    making = begun(services, reel, people.curator)
    with services.store.transaction() as tx:
        reel_films.give_up(tx, making, services.now(), "reel_failed", "“Washing hands” has no picture.")
    curator = browse(people.curator)

    failed = curator.get(f"/reels/{reel}").text
    curator.post(f"/reels/{reel}/attempts")
    waits = curator.get(f"/reels/{reel}").text

    assert "“Washing hands” has no picture." in failed
    assert f'action="/reels/{reel}/attempts"' in failed
    assert f'action="/reels/{reel}/attempts"' not in waits


def test_a_curator_whose_spaces_keep_their_clips_is_told_where_that_is_said(browse: Browse, people: People) -> None:
    curator = browse(people.curator)

    assert 'href="/spaces"' in curator.get("/reels").text
    assert curator.get("/reels/new").status_code == 403
    assert "Clips of your spaces stay here." in curator.get("/reels/new").text


@pytest.mark.parametrize("who", ["learner", "expert"])
def test_who_curates_nothing_makes_no_reel(browse: Browse, people: People, reel: str, who: str) -> None:
    browser = browse(getattr(people, who))

    assert "When L&amp;D makes one film" not in browser.get("/reels").text
    assert browser.get("/reels/new").status_code == 403
    assert browser.get(f"/reels/{reel}/edit").status_code == 403


def test_a_recall_and_a_takedown_name_the_reels_on_their_pages(
    browse: Browse, people: People, services: Services, reel: str, made: Made, valve: Clip
) -> None:
    curator = browse(people.curator)
    path = f"/recordings/{made.id}/recalls"

    before = curator.get(path, params={"start": "0:02", "end": "0:04"}).text
    with services.store.transaction() as tx:
        recalls.make(tx, made.recording.id, Span(2_000, 4_000), "Wrong.", by=people.curator.id, now=services.now())
        shown = clips.clip(tx, valve.public_id, people.learner.id)
        takedowns.in_this(tx, shown, people.learner.id, clip_ms=0, words="", now=services.now(), backup_days=30)
    after, taken = curator.get(path).text, curator.get("/takedowns").text

    said = rf'made anew without, and shown to nobody until then:\s+<a href="/reels/{reel}" dir="auto">This week</a>\.'
    assert [bool(re.search(said, page)) for page in (before, after, taken)] == [True, True, True]


def _form(page: str) -> dict[str, str | list[str]]:
    """What a browser would send of the form of a reel, without pressing any of its buttons."""
    form: dict[str, str | list[str]] = {"shape": "landscape"}
    for name in ("once", "version", "space", "title"):
        if found := re.search(rf'name="{name}" value="([^"]*)"', page):
            form[name] = found[1]
    if 'name="captions" value="1" checked' in page:
        form["captions"] = "1"
    if chosen := re.findall(r'name="clip" value="([^"]*)"', page):
        form["clip"] = chosen
    if shape := re.search(r'name="shape" value="(\w+)" checked', page):
        form["shape"] = shape[1]
    return form


def _press(browser: TestClient, form: dict[str, str | list[str]], button: str, clip: str) -> dict[str, str | list[str]]:
    """What is in the form after a button that changes it."""
    page = browser.get("/reels/new", params={**form, button: clip})
    assert page.status_code == 200, page.text
    return _form(page.text)
