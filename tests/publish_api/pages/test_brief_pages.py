"""Briefs as pages: written by a curator, opened by an expert, all as plain forms."""

import html
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from domain.brief import DEFAULT_QUESTIONS, Brief
from domain.person import Role
from publish_api.access import COOKIE
from publish_api.services import Services
from store import brief_links, briefs, recordings
from store import people as stored_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief, a_link, come
from tests.publish_api.conftest import Clock, Ward
from tests.publish_api.pages.conftest import Browse
from tests.publish_api.served import served


@pytest.fixture
def curator(browse: Browse, people: People) -> TestClient:
    return browse(people.curator)


@pytest.fixture
def brief(services: Services, people: People) -> Brief:
    return a_brief(services, people.curator)


def test_a_curator_without_briefs_is_told_what_they_are_for(curator: TestClient) -> None:
    page = curator.get("/briefs").text

    assert "Ask for what is missing" in page
    assert 'href="/briefs/new"' in page


def test_the_form_begins_with_the_questions_that_fit_most_tips(curator: TestClient) -> None:
    page = html.unescape(curator.get("/briefs/new").text)

    assert [question in page for question in DEFAULT_QUESTIONS] == [True] * 7
    assert page.count('name="question"') == 9  # and two to be added where no script runs


def test_a_brief_is_written_with_a_plain_form(services: Services, curator: TestClient, people: People) -> None:
    made = curator.post(
        "/briefs",
        data={
            "title": "Bleeding brakes",
            "wanted": "Two asked.\r\nThis week.",
            "question": ["Why?", "", "How?"],
            "audience": "apprentices",
            "prerequisites": "",
            "kind": "skill",
            "level": "",
        },
    )
    page = html.unescape(curator.get(made.headers["location"]).text)

    with services.store.transaction() as tx:
        (kept,) = briefs.briefs(tx, people.curator.id, services.now()).items
    assert (made.status_code, made.headers["location"]) == (303, f"/briefs/{kept.public_id}")
    assert (kept.wanted, kept.questions, kept.kind, kept.level) == (
        "Two asked.\nThis week.",
        ("Why?", "How?"),
        "skill",
        None,
    )
    assert "Two asked." in page
    assert "No recordings yet" in page
    assert "No link works at the moment" in page


def test_what_was_typed_is_kept_when_it_is_refused(curator: TestClient) -> None:
    refused = curator.post(
        "/briefs", data={"title": "", "wanted": "Kept <b>", "question": ["Why me?"], "kind": "magic"}
    )

    assert refused.status_code == 400
    assert "A title is 1 to 200 characters long." in refused.text
    assert "Kept &lt;b&gt;" in refused.text
    assert "Why me?" in refused.text


def test_a_brief_is_changed_and_a_change_that_crossed_another_is_not_lost(
    services: Services, curator: TestClient, brief: Brief
) -> None:
    form = curator.get(f"/briefs/{brief.public_id}/edit").text
    saved = curator.post(f"/briefs/{brief.public_id}", data={"title": "Mine", "question": ["A?"], "version": "1"})
    crossed = curator.post(f"/briefs/{brief.public_id}", data={"title": "Theirs", "version": "1"})

    with services.store.transaction() as tx:
        kept = briefs.load(tx, brief.id)
    assert 'name="version" value="1"' in form
    assert saved.status_code == 303
    assert (kept.title, kept.questions, kept.audience) == ("Mine", ("A?",), "")
    assert crossed.status_code == 409
    assert 'value="Theirs"' in crossed.text


def test_what_was_sent_for_a_brief_is_counted_as_far_as_it_can_be_used_and_listed(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    usable, damaged, twice, other = (material.recording(services, people.expert) for _ in range(4))
    with services.store.transaction() as tx:
        for each in (usable, damaged, twice):
            tx.execute("update recording set brief_id = %s where id = %s", [brief.id, each.recording.id])
        recordings.refuse(tx, damaged.recording.id, "damaged", "It breaks off.")
        recordings.refuse(tx, twice.recording.id, "already_here", "You have sent this very file before.")
    curator = browse(people.curator)

    page, said = curator.get(f"/briefs/{brief.public_id}").text, curator.get(f"/api/v1/briefs/{brief.public_id}").json()
    (path,) = re.findall(r'<a href="(/recordings[^"]+)">1 recording</a><span>2 refused</span>', page)
    listed = curator.get(path).text
    expert = browse(people.expert).get(f"/recordings?brief={brief.public_id}").text

    assert (said["recordings"], said["refused"]) == (1, 2)
    assert [each.id in listed for each in (usable, damaged, twice, other)] == [True, True, True, False]
    assert "What was sent for it" in listed
    assert f'href="/briefs/{brief.public_id}"' in listed
    assert (other.id in expert, "What was sent for it" in expert) == (True, False)  # theirs, as ever


def test_only_the_spaces_one_curates_are_offered(browse: Browse, ward: Ward) -> None:
    page = browse(ward.curator).get("/briefs/new").text

    assert ward.space.public_id in page
    assert "All colleagues" not in page


def test_a_link_is_shown_once_as_a_poster_that_says_what_to_do(
    services: Services, curator: TestClient, brief: Brief
) -> None:
    poster = curator.post(f"/briefs/{brief.public_id}/links", data={"person": "", "days": "7"})
    reloaded = curator.get(f"/briefs/{brief.public_id}/links")
    page = curator.get(f"/briefs/{brief.public_id}").text

    (url,) = set(re.findall(r"https://clips\.example/brief/[\w-]{43}", poster.text))
    assert poster.headers["cache-control"] == "no-store"
    assert "<svg " in poster.text
    assert "How to bleed the brakes" in poster.text
    (typed,) = set(re.findall(r">(clips\.example/b/[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})<", poster.text))
    assert "How to bleed the brakes" in curator.get(typed.removeprefix("clips.example")).text
    assert "Point your phone’s camera at the square" in poster.text
    assert "until 13 May 2031" in poster.text
    assert (reloaded.status_code, reloaded.headers["location"]) == (303, f"/briefs/{brief.public_id}")
    assert url.rsplit("/", 1)[1] not in page
    assert "Not opened on any device yet." in page


def test_the_same_form_sent_again_makes_no_second_link(services: Services, curator: TestClient, brief: Brief) -> None:
    path = f"/briefs/{brief.public_id}/links"
    forms = [curator.get(f"/briefs/{brief.public_id}").text for _ in range(2)]
    first, second = (re.findall(r'name="once" value="([^"]+)"', form)[0] for form in forms)

    made = curator.post(path, data={"once": first})
    reloaded = curator.post(path, data={"once": first})
    another = curator.post(path, data={"once": second})

    with services.store.transaction() as tx:
        listed = brief_links.links(tx, brief.id, services.now())
    assert (made.status_code, another.status_code) == (200, 200)
    assert (reloaded.status_code, reloaded.headers["location"]) == (303, f"/briefs/{brief.public_id}#links")
    assert {link.public_id for link in listed} == {first, second}


def test_devices_are_listed_and_signed_out(
    services: Services, curator: TestClient, brief: Brief, people: People
) -> None:
    link = a_link(services, brief, people.curator)
    gina = come(services, link, name="Gina <i>")
    page = curator.get(f"/briefs/{brief.public_id}").text
    (end,) = re.findall(r'action="(/briefs/[^"]+/devices/[^"]+/end)"', page)

    ended = curator.post(end)
    after = curator.get(f"/briefs/{brief.public_id}").text
    sees = gina.get("/recordings")
    (for_good,) = re.findall(r'action="(/briefs/[^"]+/devices/[^"]+/end)"', after)
    curator.post(for_good)

    assert "Gina &lt;i&gt;" in page
    assert "iPhone" in page
    assert "What <bdi>Gina &lt;i&gt;</bdi> sent can still be seen and taken back there." in page
    assert ended.status_code == 303
    assert gina.get("/record").headers["location"].startswith("/sign-in")
    assert "Not opened on any device yet." in after
    assert "sees nothing of what <bdi>Gina &lt;i&gt;</bdi> sent" in after.split("Still signed in</h2>")[1]
    assert (sees.status_code, "or this device was signed out" in sees.text) == (200, True)
    assert gina.get("/recordings").headers["location"].startswith("/sign-in")
    assert "Still signed in" not in curator.get(f"/briefs/{brief.public_id}").text


def test_a_device_that_can_come_back_by_its_own_link_is_signed_out_with_one_press(
    services: Services, curator: TestClient, brief: Brief, people: People
) -> None:
    expert = come(services, a_link(services, brief, people.curator, for_=people.expert))
    page = curator.get(f"/briefs/{brief.public_id}").text
    (end,) = re.findall(r'action="(/briefs/[^"]+/devices/[^"]+/end)"', page)

    curator.post(end)

    assert "can still be seen and taken back there" not in page
    assert expert.get("/recordings").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("typed", "for_"),
    [
        ("eva", "Eva Expert"),
        (" EVA  expert ", "Eva Expert"),
        ("learn", "Lea Learner"),  # in nobody else's name
        ("", "whoever opens it"),
        (" ", "whoever opens it"),
    ],
)
def test_whom_a_link_is_for_is_found_by_what_one_knows_of_them(
    curator: TestClient, brief: Brief, people: People, typed: str, for_: str
) -> None:
    made = curator.post(f"/briefs/{brief.public_id}/links", data={"person": typed})

    assert made.status_code == 200
    assert for_ in re.sub("<[^>]+>", "", made.text.split("A link for")[1].split("</h1>")[0])


def test_a_name_that_fits_nobody_or_several_makes_no_link_and_keeps_what_was_typed(
    services: Services, curator: TestClient, brief: Brief, people: People
) -> None:
    with services.store.transaction() as tx:
        stored_people.add_person(tx, login="eva2", name="Eva Expert", role=Role.EXPERT)
    path = f"/briefs/{brief.public_id}/links"

    nobody = curator.post(path, data={"person": "Zoë <b>", "days": "7"})
    several = curator.post(path, data={"person": "Eva Expert"})

    with services.store.transaction() as tx:
        made = brief_links.links(tx, brief.id, services.now())
    assert (nobody.status_code, several.status_code, made) == (400, 400, ())
    assert "Nobody here is called “Zoë &lt;b&gt;”." in nobody.text
    assert 'value="Zoë &lt;b&gt;"' in nobody.text
    assert '<option value="7" selected>' in nobody.text
    assert "Several people can be meant: Eva Expert (eva), Eva Expert (eva2)." in several.text


def test_whoever_typed_a_colleagues_name_at_a_poster_is_not_offered_in_their_place(
    services: Services, curator: TestClient, brief: Brief, people: People
) -> None:
    come(services, a_link(services, brief, people.curator), name="Eva Expert")
    with services.store.transaction() as tx:
        (self_named,) = (each for each in stored_people.list_people(tx) if each.self_named)

    offered = re.findall(r'<option value="([^"]+)">Eva Expert', curator.get(f"/briefs/{brief.public_id}").text)
    by_name = curator.post(f"/briefs/{brief.public_id}/links", data={"person": "Eva Expert"})
    by_login = curator.post(f"/briefs/{brief.public_id}/links", data={"person": self_named.login})

    with services.store.transaction() as tx:
        newest, older, _ = brief_links.links(tx, brief.id, services.now())
    assert offered == ["eva"]
    assert (by_name.status_code, older.person_public_id) == (200, people.expert.public_id)
    assert (by_login.status_code, newest.person_public_id) == (200, self_named.public_id)


def test_of_very_many_people_no_list_is_drawn(
    services: Services, curator: TestClient, brief: Brief, people: People
) -> None:
    with services.store.transaction() as tx:
        for number in range(200):
            stored_people.add_person(tx, login=f"p{number}", name=f"Person {number}", role=Role.LEARNER)

    page = curator.get(f"/briefs/{brief.public_id}").text
    made = curator.post(f"/briefs/{brief.public_id}/links", data={"person": "Person"})

    assert "Person 1" not in page
    assert "Person 0 (p0)" in made.text
    assert "and 192 more. Type the login name" in made.text


@pytest.mark.parametrize(
    ("public_url", "says"),
    [
        ("http://127.0.0.1:8000", "It opens on this computer alone."),
        ("https://localhost", "It opens on this computer alone."),
        ("http://tips.example.com", "is not secure (http)"),
        ("https://tips.example.com", None),
    ],
)
def test_a_poster_says_when_its_code_leads_nowhere_on_a_phone(
    services: Services, curator: TestClient, brief: Brief, public_url: str, says: str | None
) -> None:
    served(replace(services, public_url=public_url))

    poster = curator.post(f"/briefs/{brief.public_id}/links", headers={"Origin": public_url}).text

    said = [words for words in ("It opens on this computer alone.", "is not secure (http)") if words in poster]
    assert said == ([says] if says else [])


def test_taking_a_link_back_is_one_press(services: Services, curator: TestClient, brief: Brief, people: People) -> None:
    link = a_link(services, brief, people.curator)

    pressed = curator.post(f"/briefs/{brief.public_id}/links/{link.public_id}/end")

    assert pressed.status_code == 303
    assert "No link works at the moment" in curator.get(f"/briefs/{brief.public_id}").text


def test_briefs_are_in_the_way_of_curators_alone(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    in_places = {
        person.login: 'href="/briefs"' in browse(person).get("/").text
        for person in (people.learner, people.expert, people.curator, people.admin)
    }
    expert = browse(people.expert)

    assert in_places == {"lea": False, "eva": False, "carl": True, "ada": True}
    assert expert.get("/briefs/new").status_code == 403
    assert expert.get(f"/briefs/{brief.public_id}").status_code == 404
    assert "Nothing is asked of you" in expert.get("/briefs").text


def test_briefs_are_in_the_way_of_those_who_were_asked_while_their_link_is_good(
    services: Services, browse: Browse, people: People, brief: Brief, clock: Clock
) -> None:
    a_link(services, brief, people.curator, for_=people.expert, days=7)
    poster = a_link(services, brief, people.curator, days=14)
    learner, other = browse(people.learner), browse(people.expert)
    learner.post(f"/brief/{poster.token}")  # goes on as who they are

    asked = ['href="/briefs"' in each.get("/").text for each in (learner, other)]
    clock.passes(days=8)
    a_week_on = ['href="/briefs"' in each.get("/").text for each in (learner, other)]

    assert (asked, a_week_on) == ([True, True], [True, False])


def test_what_was_asked_of_an_expert_is_listed_for_them(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    a_link(services, brief, people.curator, for_=people.expert)

    page = browse(people.expert).get("/briefs").text

    assert f'href="/record?brief={brief.public_id}"' in page
    assert "recordings" not in page.split("</main>")[0].split("<ul class=")[1]


def test_opening_a_link_changes_nothing_and_says_what_is_wanted(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    link = a_link(services, brief, people.curator)

    opened = [browse(None).get(f"/brief/{link.token}") for _ in range(3)]

    with services.store.transaction() as tx:
        (listed,) = brief_links.links(tx, brief.id, services.now())
        everybody = stored_people.list_people(tx)
    assert [page.status_code for page in opened] == [200, 200, 200]
    assert opened[0].headers["cache-control"] == "no-store"
    assert "How to bleed the brakes" in opened[0].text
    assert "Two apprentices asked this week." in opened[0].text
    assert "until 5 June 2031" in opened[0].text
    assert not any("set-cookie" in page.headers for page in opened)
    assert listed.devices == ()
    assert len(everybody) == 4


def test_pressing_the_button_signs_this_device_in_for_the_brief(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    browser, link = browse(None), a_link(services, brief, people.curator, for_=people.expert)

    pressed = browser.post(f"/brief/{link.token}")
    again = browse(None).post(f"/brief/{link.token}")

    assert (pressed.status_code, pressed.headers["location"]) == (303, f"/record?brief={brief.public_id}")
    assert {"HttpOnly", "SameSite=lax", "Secure"} <= set(pressed.headers["set-cookie"].split("; "))
    assert "How to bleed the brakes" in browser.get(f"/api/v1/briefs/{brief.public_id}").text
    assert browser.get("/record").status_code == 200
    assert again.status_code == 303  # on another device: the same link, as often as one likes


def test_an_open_link_asks_for_a_name_and_the_same_device_keeps_its_person(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    browser, link = browse(None), a_link(services, brief, people.curator)

    nameless = browser.post(f"/brief/{link.token}", data={"name": " "})
    browser.post(f"/brief/{link.token}", data={"name": "Gina"})
    back = browser.get(f"/brief/{link.token}").text
    again = browser.post(f"/brief/{link.token}")
    browser.post(f"/brief/{link.token}", data={"name": "Hugo"})

    assert nameless.status_code == 400
    assert "Type your name first" in nameless.text
    assert 'Go on as <span dir="auto">Gina</span>' in back
    assert (again.status_code, "set-cookie" in again.headers) == (303, False)
    with services.store.transaction() as tx:
        (listed,) = brief_links.links(tx, brief.id, services.now())
        names = [person.name for person in stored_people.list_people(tx)]
    assert [each.person for each in listed.devices] == ["Hugo"]  # Gina's session ended where Hugo's began
    assert (names.count("Gina"), names.count("Hugo")) == (1, 1)


def test_a_button_that_is_pressed_twice_lets_one_person_in(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    link = a_link(services, brief, people.curator)
    form = browse(None).get(f"/brief/{link.token}").text
    (once,) = re.findall(r'name="once" value="([^"]+)"', form)
    presses = [browse(None), browse(None)]  # the second is sent before the answer to the first has come
    start = threading.Barrier(2)

    def press(browser: TestClient) -> int:
        start.wait()
        return browser.post(f"/brief/{link.token}", data={"name": "Gina", "once": once}).status_code

    with ThreadPoolExecutor(2) as pool:
        pressed = list(pool.map(press, presses))
    presses[1].post(f"/brief/{link.token}", data={"name": "Gina Green", "once": once})  # came back, and mended it
    other = browse(None).post(f"/brief/{link.token}", data={"name": "Gina", "once": "another form"})

    with services.store.transaction() as tx:
        names = [person.name for person in stored_people.list_people(tx)]
    assert (pressed, other.status_code) == ([303, 303], 303)
    assert (names.count("Gina"), names.count("Gina Green")) == (2, 1)
    assert presses[0].get("/record").status_code == 200


def test_inside_a_chat_app_the_way_out_is_shown(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    page = browse(None).get(f"/brief/{a_link(services, brief, people.curator).token}").text

    assert "<pass-inside" in page
    assert "/js/pass-inside.js" in page


@pytest.mark.parametrize("named", [True, False])
def test_whoever_is_signed_in_already_keeps_their_session_and_goes_straight_to_the_brief(
    named: bool, services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    browser = browse(people.learner)
    link = a_link(services, brief, people.curator, for_=people.learner if named else None)

    pressed = browser.post(f"/brief/{link.token}")

    assert (pressed.headers["location"], "set-cookie" in pressed.headers) == (f"/record?brief={brief.public_id}", False)
    assert browser.get(pressed.headers["location"]).status_code == 200
    assert browser.get("/").status_code == 200


def test_a_link_for_somebody_else_says_so_and_replaces_who_was_signed_in(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    browser, link = browse(people.curator), a_link(services, brief, people.curator, for_=people.expert)
    before = browser.cookies[COOKIE]

    opened = browser.get(f"/brief/{link.token}").text
    browser.post(f"/brief/{link.token}")
    with_the_old_one = browse(None)
    with_the_old_one.cookies.set(COOKIE, before)

    assert "Going on signs them out here" in opened
    assert browser.get("/review").status_code == 403
    assert with_the_old_one.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("token", ["x", "%00", "a" * 43, "%ED%A0%80", "..%2fx"])
def test_a_link_that_is_none_says_what_to_do(browse: Browse, people: People, token: str) -> None:
    answers = [browse(None).get(f"/brief/{token}"), browse(None).post(f"/brief/{token}", data={"name": "Gina"})]

    assert {answer.status_code for answer in answers} <= {404, 405}
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_another_sites_page_signs_nobody_in(services: Services, browse: Browse, people: People, brief: Brief) -> None:
    link = a_link(services, brief, people.curator)

    answer = browse(None).post(f"/brief/{link.token}", data={"name": "Gina"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_closed_brief_lets_nobody_new_in_and_shows_the_others_what_they_sent(
    services: Services, browse: Browse, people: People, brief: Brief
) -> None:
    open_, named = a_link(services, brief, people.curator), a_link(services, brief, people.curator, for_=people.expert)
    gina = come(services, open_, name="Gina")
    with services.store.transaction() as tx:
        briefs.close(tx, brief.id, services.now())

    stranger, expert = browse(None), browse(None)
    page = stranger.get(f"/brief/{open_.token}").text
    refused = stranger.post(f"/brief/{open_.token}", data={"name": "Hugo"})

    assert "This brief is closed" in page
    assert 'name="name"' not in page
    assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
    assert gina.post(f"/brief/{open_.token}").headers["location"] == "/recordings"
    assert expert.post(f"/brief/{named.token}").headers["location"] == "/recordings"
    assert expert.get("/recordings").status_code == 200


def test_a_guest_can_sign_in_as_more_than_that(services: Services, people: People, brief: Brief) -> None:
    guest = come(services, a_link(services, brief, people.curator), name="Gina")

    assert "Login name" in guest.get("/sign-in").text
