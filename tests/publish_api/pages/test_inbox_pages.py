"""The inbox, by pages and by the API: what is told, where it leads, and what one wants to hear."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from domain.clip import Clip
from domain.notice import About, NoticeKind
from publish_api.services import Services
from store import notices
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock
from tests.publish_api.pages.conftest import Browse
from tests.publish_api.served import served


@pytest.fixture
def clip(services: Services, people: People) -> Clip:
    """From 8 to 20 s of the expert's recording; nobody has anything unread."""
    clip = material.published(services, material.recording(services, people.expert), people.curator, 1)
    with services.store.transaction() as tx:
        notices.see_all(tx, people.expert.id, services.now())
    return clip


def say(client: TestClient, clip: Clip, text: str, **more: object) -> str:
    body = {"kind": "question", "text": text, "clip_at_ms": 3_500, **more}
    return str(client.post(f"/api/v1/clips/{clip.public_id}/comments", json=body).json()["id"])


def test_a_line_leads_to_the_very_comment_and_second_and_is_read_then(
    browse: Browse, ask: Ask, people: People, clip: Clip
) -> None:
    asked = say(ask(people.learner), clip, "Why not with <b>both</b> hands?")
    browser = browse(people.expert)
    before, page = browser.get("/").text, browser.get("/inbox").text
    line = browser.get("/api/v1/notices").json()["items"][0]

    led = browser.get(line["path"])

    assert '<span class="count">1<span class="out-of-sight"> unread</span></span>' in before
    assert f'<a href="{line["path"]}">Lea Learner asked something about your clip</a>' in page
    assert "Why not with &lt;b&gt;both&lt;/b&gt; hands?" in page
    assert "Washing hands" in page
    assert led.headers["Location"] == f"/clips/{clip.public_id}?t=3&v={clip.version}#reply-{asked}"
    assert '<span class="count"></span>' in browser.get("/").text
    assert browser.get("/api/v1/notices").json()["unread"] == 0
    assert browse(people.admin).get(line["path"]).status_code == 404


def test_lines_are_bundled_and_all_that_one_saw_can_be_marked_as_read(
    services: Services, browse: Browse, ask: Ask, people: People, clip: Clip, clock: Clock
) -> None:
    for person in (people.learner, people.curator, people.admin):
        say(ask(person), clip, "Why?")
        clock.passes(minutes=1)
    browser = browse(people.expert)
    page = browser.get("/inbox").text
    until = page.split('name="until" value="')[1].split('"')[0]
    with services.store.transaction() as tx:  # while one reads
        notices.tell(tx, NoticeKind.EXPORT, [people.expert.id], About(thing="x"), now=services.now())

    assert "Ada Admin and 2 others asked something about your clip" in page
    assert browser.post("/inbox/seen", data={"until": until}).status_code == 303
    found = browser.get("/api/v1/notices").json()
    assert [(each["kind"], each["count"], each["seen_at"] is None) for each in found["items"][:2]] == [
        ("export", 1, True),
        ("question", 3, False),
    ]
    assert found["items"][0]["says"] == "The copy of your data is ready"


def test_programs_read_choose_and_mark_as_read(ask: Ask, people: People, clip: Clip) -> None:
    eva = ask(people.expert)
    say(ask(people.learner), clip, "Why?")
    [line] = eva.get("/api/v1/notices", params={"limit": 1}).json()["items"]

    seen = eva.put(f"/api/v1/notices/{line['id']}/seen")
    chosen = eva.put("/api/v1/me/ways", json={"ways": {"question": "nothing", "answered": "inbox"}}).json()["ways"]
    say(ask(people.learner), clip, "And why?")
    wrong = [
        eva.put("/api/v1/me/ways", json={"ways": {"gossip": "mail"}}),
        eva.put("/api/v1/me/mail/rhythm", json={"rhythm": "daily", "zone": "../etc/passwd"}),
        eva.put("/api/v1/me/mail/address", json={"address": "eva@example.org"}),
    ]

    assert (seen.status_code, eva.get("/api/v1/notices").json()["unread"]) == (204, 0)
    assert (chosen["question"], chosen["answered"], chosen["mentioned"]) == ("nothing", "inbox", "mail")
    assert [each.json()["error"]["code"] for each in wrong] == ["invalid", "bad_zone", "no_mail"]
    assert eva.put("/api/v1/notices/seen", json={}).status_code == 204


def test_an_empty_inbox_says_what_comes_there_and_one_without_any_has_no_bell(browse: Browse, people: People) -> None:
    assert "Nothing to tell you" in browse(people.learner).get("/inbox").text
    assert "pass-bell" not in browse(None).get("/sign-in").text


def test_where_mail_is_sent_one_says_where_to_and_how_often(services: Services, people: People, browse: Browse) -> None:
    without = browse(people.learner).get("/inbox/settings").text
    cookies = browse(people.learner).cookies
    with TestClient(
        served(replace(services, sends_mail=True, mail_secret=b"x")), base_url="https://clips.example",
        headers={"Sec-Fetch-Site": "same-origin"}, cookies=cookies, follow_redirects=False,
    ) as browser:  # fmt: skip
        bad = browser.post("/inbox/settings/address", data={"address": "lea"})
        good = browser.post("/inbox/settings/address", data={"address": "lea@example.org"})
        again = browser.post("/inbox/settings/address", data={"address": "other@example.org"})
        often = browser.post("/inbox/settings/rhythm", data={"rhythm": "weekly", "hour": "7", "zone": "Europe/Berlin"})
        ways = browser.post("/inbox/settings", data={"question": "inbox", "helped": "nothing", "x": "y"})
        page = browser.get("/inbox/settings").text
        mine = browser.get("/api/v1/me/mail").json()
        browser.post("/inbox/settings/no-address")
        forgotten = browser.get("/api/v1/me/mail").json()
        empty = browser.get("/inbox/settings").text
        at_once = {"address": "lea@example.org", "rhythm": "daily", "hour": "6", "zone": "Europe/Berlin"}
        browser.post("/inbox/settings/address", data=at_once)
        anew = browser.get("/api/v1/me/mail").json()

    assert "This server sends no mail" in without
    assert "by mail</option>" not in without
    assert [each.status_code for each in (bad, good, again, often, ways)] == [400, 303, 400, 303, 303]
    assert "That is no mail address." in bad.text
    assert "A mail is on its way to <b" in page
    assert (mine["address"], mine["confirmed"], mine["rhythm"], mine["hour"], mine["zone"]) == (
        "lea@example.org", False, "weekly", 7, "Europe/Berlin",
    )  # fmt: skip
    assert (forgotten["address"], forgotten["rhythm"]) == (None, "off")
    assert all(words in empty for words in ("Choose how often", "Every day", "Every Monday"))
    assert "No mail</option>" not in empty
    assert (anew["address"], anew["rhythm"], anew["hour"]) == ("lea@example.org", "daily", 6)
