"""The pages of consent: a link on a phone of one's own, who is in a recording, and takedowns."""

import html
import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from domain.consent import SENDING_SAYS, TERMS_VERSION
from domain.person import Person
from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief
from tests.publish_api.conftest import Clock, Ward
from tests.publish_api.material import Made
from tests.publish_api.pages.conftest import Browse
from tests.publish_api.served import served


@pytest.fixture
def made(services: Services, people: People) -> Made:
    return material.recording(services, people.expert)


def consent_link(browse: Browse, people: People, made: Made, name: str = "Ahmed", part: str = "speaker") -> str:
    """As the expert gets it after naming somebody on the recording's page; the path alone."""
    browser = browse(people.expert)
    browser.post(f"/recordings/{made.id}/appearances", data={"name": name, "part": part})
    page = browser.get(f"/recordings/{made.id}").text
    (form,) = re.findall(r'action="(/appearances/[a-z0-9]{16}/link)"', page)
    return path_in(browser.post(form).text)


def path_in(page: str) -> str:
    (found,) = set(re.findall(r"https://clips.example(/consent/[\w-]{43})", page))
    return str(found)


def test_a_link_asks_on_a_phone_that_nobody_is_signed_in_on(browse: Browse, people: People, made: Made) -> None:
    path = consent_link(browse, people, made)
    phone = browse(None)

    asked = phone.get(path)

    assert asked.status_code == 200
    assert asked.headers["Cache-Control"] == "no-store"
    for words in ("Ahmed", "Valves", "Sent by <bdi>Eva Expert</bdi>", "Who will see this?", "For how long?", "I agree",
                  "I do not agree", "backups hold nothing of it after 30 days"):  # fmt: skip
        assert words in asked.text
    assert phone.get(f"{path}/poster.jpg").headers["Content-Type"] == "image/jpeg"


def test_a_consent_link_says_when_it_leads_nowhere_on_a_phone(
    browse: Browse, people: People, services: Services, made: Made
) -> None:
    browser = browse(people.expert)
    browser.post(f"/recordings/{made.id}/appearances", data={"name": "Ahmed", "part": "speaker"})
    (form,) = re.findall(r'action="(/appearances/[a-z0-9]{16}/link)"', browser.get(f"/recordings/{made.id}").text)

    well = browser.post(form).text
    served(replace(services, public_url="http://127.0.0.1:8000"))
    nowhere = browser.post(form).text

    assert ["It opens on this computer alone." in page for page in (well, nowhere)] == [False, True]


def test_who_speaks_agrees_from_where_it_says_that_they_have_not(
    services: Services, browse: Browse, people: People, made: Made
) -> None:
    with services.store.transaction() as tx:
        tx.execute(
            "update appearance set state = 'asked', how = null, terms_version = null, said_by = null, said_at = null"
            " where recording_id = (select id from recording where public_id = %s)",
            [made.id],
        )
    expert, page = browse(people.expert), f"/recordings/{made.id}"
    to_friend = f"/api/v1/clips/{made.clips[0].public_id}/circle/people/{people.learner.public_id}"

    before = expert.get(page).text
    [place] = re.findall(r'href="/consent#(a-[a-z0-9]{16})"', before)
    refused = [browse(who).put(to_friend).json()["error"]["message"] for who in (people.expert, people.curator)]
    listed = expert.get("/consent").text
    agreed = expert.post(f"/appearances/{place.removeprefix('a-')}/agreement")

    assert "Its clips cannot be published yet. You have not agreed yet." in before
    assert f'id="{place}"' in listed
    assert refused == [
        "This clip cannot be shared. You have not agreed yet. Agree on the recording's page.",
        "This clip cannot be shared. Eva Expert, who speaks in it, has not agreed yet. Ask on the recording's page.",
    ]
    assert agreed.headers["Location"] == f"{page}#appearances"
    assert "Say whether you agree" not in expert.get(page).text
    assert expert.put(to_friend).status_code == 200


def test_opening_the_link_changes_nothing(browse: Browse, people: People, made: Made) -> None:
    path = consent_link(browse, people, made)
    phone = browse(None)

    for _ in range(3):
        phone.get(path)
        phone.head(path)

    assert "has not agreed yet" in browse(people.expert).get(f"/recordings/{made.id}").text


def link_for_ahmed(browse: Browse, person: Person, made: Made) -> str:
    """Made after the first, by somebody who may."""
    browser = browse(person)
    (form,) = re.findall(r'action="(/appearances/[a-z0-9]{16}/link)"', browser.get(f"/recordings/{made.id}").text)
    return path_in(browser.post(form).text)


def test_they_agree_change_their_mind_and_the_same_link_says_so(
    browse: Browse, people: People, services: Services, clock: Clock, made: Made
) -> None:
    path = consent_link(browse, people, made)
    phone, clip = browse(None), f"/api/v1/clips/{made.clips[0].public_id}"
    curator = browse(people.curator)

    early = curator.put(f"{clip}/publication").status_code
    agreed = phone.post(path, data={"said": "yes"})
    after_yes = phone.get(path).text
    published = curator.put(f"{clip}/publication").status_code
    phone.post(path, data={"said": "no", "words": "I have thought about it."})
    after_no = phone.get(path).text
    gone = browse(people.learner).get(clip).status_code
    clock.passes(hours=1)
    of_the_sender, of_a_curator = (link_for_ahmed(browse, each, made) for each in (people.expert, people.curator))
    overturned = [phone.post(link, data={"said": "yes"}).status_code for link in (path, of_the_sender)]
    still_no = phone.get(path).text
    phone.post(of_a_curator, data={"said": "yes"})

    assert (early, agreed.status_code, agreed.headers["Location"]) == (409, 303, path)
    assert "You agree to be shown" in after_yes
    assert "Take it back" in after_yes
    assert published == 200
    assert "You took your consent back" in after_no
    assert "Out of view. L&amp;D has to settle it." in after_no
    assert gone == 404
    assert overturned == [403, 403]
    assert "You took your consent back" in still_no
    assert "ask L&amp;D for a new link" in still_no
    assert "You agree to be shown" in phone.get(path).text
    assert "I have thought about it." in curator.get("/takedowns").text


def test_a_no_of_somebody_with_an_account_is_undone_by_nobody_else(browse: Browse, people: People, made: Made) -> None:
    path = consent_link(browse, people, made)
    lea, nobody = browse(people.learner), browse(None)
    lea.post(path, data={"said": "yes"})  # and so it is Lea who was meant
    nobody.post(path, data={"said": "no"})

    asked = nobody.get(path).text
    overturned = nobody.post(path, data={"said": "yes"})
    still_no = nobody.get(path).text
    lea.post(path, data={"said": "yes"})

    assert "To agree after all, sign in as Lea Learner" in asked
    assert "I agree after all" not in asked
    assert overturned.status_code == 403
    assert "You took your consent back" in still_no
    assert "You agree to be shown" in nobody.get(path).text


def test_whoever_sent_it_cannot_answer_for_the_one_they_filmed(browse: Browse, people: People, made: Made) -> None:
    path = consent_link(browse, people, made)
    browser = browse(people.expert)

    page = browser.get(path).text
    pressed = browser.post(path, data={"said": "yes"})

    assert "You sent this recording, so you cannot answer for Ahmed." in page
    assert "I agree" not in page
    assert pressed.status_code == 403
    assert "Has not agreed yet" in browser.get(f"/recordings/{made.id}").text


def test_another_sites_page_cannot_answer(browse: Browse, people: People, made: Made) -> None:
    path = consent_link(browse, people, made)

    forged = browse(None).post(path, data={"said": "yes"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert forged.status_code == 403
    assert "has not agreed yet" in browse(people.expert).get(f"/recordings/{made.id}").text


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "%ed%a0%80"])
def test_a_link_that_never_was_asks_nothing(token: str, anybody: TestClient) -> None:
    answers = [
        anybody.get(f"/consent/{token}"),
        anybody.get(f"/consent/{token}/poster.jpg"),
        anybody.post(f"/consent/{token}", data={"said": "yes"}),
    ]

    assert {each.status_code for each in answers} == {404}


def test_a_removed_recording_says_so_to_who_asked_for_it(browse: Browse, people: People, made: Made) -> None:
    path = consent_link(browse, people, made)
    phone, curator = browse(None), browse(people.curator)
    phone.post(path, data={"said": "no"})
    (id_,) = set(re.findall(r"/takedowns/([a-z0-9]{16})/resolution", curator.get("/takedowns").text))

    removed = curator.post(f"/takedowns/{id_}/resolution", data={"state": "removed", "words": ""})
    page = phone.get(path).text

    assert removed.headers["Location"] == "/takedowns"
    assert "This recording was removed" in page
    assert '<time datetime="2031-06-05">5 June 2031</time>' in page
    assert phone.get(f"{path}/poster.jpg").status_code == 404
    assert phone.post(path, data={"said": "yes"}).status_code == 410


def test_the_code_leads_to_the_same_link_and_is_shown_once(browse: Browse, people: People, made: Made) -> None:
    browser = browse(people.expert)
    browser.post(f"/recordings/{made.id}/appearances", data={"name": "Ahmed"})
    (form,) = re.findall(r'action="(/appearances/[a-z0-9]{16}/link)"', browser.get(f"/recordings/{made.id}").text)

    page = browser.post(form)
    reloaded = browser.get(form)

    assert "Let <bdi>Ahmed</bdi> scan this with their phone" in page.text
    assert re.search(r'<div class="qr" role="img" aria-label="[^"]+"><svg [^>]*viewBox', page.text)
    assert "style=" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert (reloaded.status_code, reloaded.headers["Location"]) == (303, f"/recordings/{made.id}#appearances")


def test_a_speaker_takes_their_own_consent_back_on_the_recordings_page(
    browse: Browse, people: People, services: Services, made: Made
) -> None:
    material.published(services, made, people.curator)
    browser = browse(people.expert)
    page = browser.get(f"/recordings/{made.id}").text
    (form,) = re.findall(r'action="(/appearances/[a-z0-9]{16}/withdrawal)"', page)

    pressed = browser.post(form)
    after = browser.get(f"/recordings/{made.id}").text

    assert "You have agreed" in page
    assert pressed.status_code == 303
    assert "Its clips are out of view" in after
    assert "L&amp;D settles it." in after
    assert browse(people.learner).get(f"/clips/{made.clips[0].public_id}").status_code == 404
    assert "You took consent back" in after


def test_the_editor_and_the_review_list_say_who_has_not_agreed(browse: Browse, people: People, made: Made) -> None:
    consent_link(browse, people, made, name="Ahmed <b>", part="seen")
    curator = browse(people.curator)

    pages = [curator.get(path).text for path in ("/review", f"/review/{made.clips[0].public_id}")]

    for page in pages:
        assert "Ahmed &lt;b&gt;, who is to be seen in it, has not agreed yet." in page
        assert f'href="/recordings/{made.id}#appearances"' in page


def test_a_curator_notes_a_signed_paper(browse: Browse, people: People, made: Made) -> None:
    consent_link(browse, people, made)
    curator = browse(people.curator)
    page = curator.get(f"/recordings/{made.id}").text
    (form,) = re.findall(r'action="(/appearances/[a-z0-9]{16}/agreement)"', page)

    curator.post(form, data={"words": "Paper, folder 3"})

    assert "noted by L&amp;D" in curator.get(f"/recordings/{made.id}").text
    assert "Paper, folder 3" in curator.get(f"/recordings/{made.id}").text
    assert curator.put(f"/api/v1/clips/{made.clips[0].public_id}/publication").status_code == 200


def test_i_am_in_this_works_as_a_plain_form_and_is_followed_on_a_page_of_ones_own(
    browse: Browse, people: People, services: Services, made: Made
) -> None:
    clip = material.published(services, made, people.curator)
    learner = browse(people.learner)

    offered = learner.get(f"/clips/{clip.public_id}?t=3").text
    sent = learner.post(f"/clips/{clip.public_id}/takedowns", data={"at": "0:05", "words": "My face."})
    mine = learner.get("/consent").text
    theirs = browse(people.curator).get("/takedowns").text

    assert "I am in this" in offered
    assert 'name="at" value="0:03"' in offered
    assert sent.status_code == 303
    assert sent.headers["Location"].startswith("/consent#t-")
    assert "Turning the valve" in mine
    assert "Out of view. L&amp;D has to settle it." in mine
    for words in ("Lea Learner</b> says they are in it, at 0:05", "My face.", "Turning the valve"):
        assert words in theirs
    assert learner.get(f"/clips/{clip.public_id}").status_code == 404


def test_a_refused_answer_keeps_what_was_typed(browse: Browse, people: People, services: Services, made: Made) -> None:
    clip = material.published(services, made, people.curator)
    browse(people.learner).post(f"/clips/{clip.public_id}/takedowns", data={"at": "0:05"})
    curator = browse(people.curator)
    (id_,) = set(re.findall(r"/takedowns/([a-z0-9]{16})/resolution", curator.get("/takedowns").text))
    path = f"/takedowns/{id_}/resolution"

    backwards = curator.post(path, data={"state": "cut", "start": "0:06", "end": "0:04", "words": "Done <so>"})
    elsewhere = curator.post(path, data={"state": "cut", "start": "0:06", "end": "0:08"})
    odd = curator.post(path, data={"state": "eaten"})
    cut = curator.post(path, data={"state": "cut", "start": "0:04", "end": "0:06.5", "words": "You are out of it."})

    assert (backwards.status_code, elsewhere.status_code, odd.status_code) == (400, 400, 400)
    assert "Say from where to where it is cut out, like 0:12 to 0:20." in backwards.text
    assert 'value="Done &lt;so&gt;"' in backwards.text
    assert "The second that was named is not among those cut out." in elsewhere.text
    assert cut.status_code == 303
    assert "Cut: 0:04 to 0:06 is never shown again." in curator.get("/takedowns").text
    assert "You are out of it." in browse(people.learner).get("/consent").text


def test_a_takedown_that_somebody_else_has_settled_says_so(
    browse: Browse, people: People, services: Services, made: Made
) -> None:
    clip = material.published(services, made, people.curator)
    browse(people.learner).post(f"/clips/{clip.public_id}/takedowns", data={"at": "0:05"})
    curator, admin = browse(people.curator), browse(people.admin)
    (id_,) = set(re.findall(r"/takedowns/([a-z0-9]{16})/resolution", curator.get("/takedowns").text))

    first = curator.post(f"/takedowns/{id_}/resolution", data={"state": "kept", "words": "It is Tom."})
    second = admin.post(f"/takedowns/{id_}/resolution", data={"state": "cut", "start": "0:00", "end": "0:09"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert browse(people.learner).get(f"/clips/{clip.public_id}").status_code == 200


def test_empty_pages_say_what_they_are_for(browse: Browse, people: People) -> None:
    mine, waiting = browse(people.learner).get("/consent"), browse(people.curator).get("/takedowns")

    assert "You are in no recording" in mine.text
    assert "Nothing to settle" in waiting.text


def test_strangers_and_guests_see_nothing(
    anybody: TestClient, browse: Browse, people: People, ward: Ward, services: Services
) -> None:
    made = material.recording(services, ward.expert, space=ward.space)
    material.published(services, made, ward.curator)
    paths = ("/consent", "/takedowns", f"/recordings/{made.id}")
    raised = f"/clips/{made.clips[0].public_id}/takedowns"

    assert [anybody.get(path).headers.get("Location", "")[:8] for path in paths] == ["/sign-in"] * 3
    assert browse(people.learner).get("/takedowns").status_code == 403
    assert browse(people.learner).get(f"/recordings/{made.id}").status_code == 404
    assert browse(people.learner).post(raised, data={"at": "0:01"}).status_code == 404
    assert browse(people.expert).post(f"/recordings/{made.id}/appearances", data={"name": "X"}).status_code == 404
    assert browse(ward.learner).get(f"/clips/{made.clips[0].public_id}").status_code == 200


def test_the_sentence_of_consent_stands_above_send(browse: Browse, people: People) -> None:
    page = html.unescape(browse(people.expert).get("/record").text)

    assert SENDING_SAYS in page
    assert f'<input type="hidden" name="terms" value="{TERMS_VERSION}">' in page
    assert "Who will see this?" in page
    assert "without a reason: under your recordings" in page  # there is no button for it here


def test_who_will_see_it_is_everybody_or_the_people_of_the_briefs_space(
    browse: Browse, services: Services, people: People, ward: Ward
) -> None:
    briefs = (a_brief(services, people.curator), a_brief(services, ward.curator, space=ward.space))

    pages = [browse(people.curator).get(f"/record?brief={brief.public_id}").text for brief in briefs]

    assert ["all colleagues who sign in here" in page for page in pages] == [True, False]
    assert ["the people of “Ward 3”" in page for page in pages] == [False, True]


def test_days_follow_the_clock_of_the_removal(browse: Browse, people: People, made: Made, clock: Clock) -> None:
    path = consent_link(browse, people, made)
    browse(None).post(path, data={"said": "no"})
    clock.passes(days=10)
    curator = browse(people.curator)
    (id_,) = set(re.findall(r"/takedowns/([a-z0-9]{16})/resolution", curator.get("/takedowns").text))

    before = curator.get("/takedowns").text
    curator.post(f"/takedowns/{id_}/resolution", data={"state": "removed"})

    assert "5 June 2031" in before
    assert "at the earliest: 30 days after it is removed" in before
    assert "15 June 2031" in curator.get("/takedowns").text
