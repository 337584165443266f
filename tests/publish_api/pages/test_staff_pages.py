"""Recordings, review and people: who may see them, and what they say."""

import re

import pytest

from domain.person import Role
from publish_api.services import Services
from store import clips, credentials, recordings, steps
from store import people as stored_people
from store import spaces as stored_spaces
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief
from tests.publish_api.conftest import Clock, Ward
from tests.publish_api.pages.conftest import Browse


def test_ones_recordings_are_for_oneself_and_for_curators(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    path = f"/recordings/{made.id}"

    assert "Valves" in browse(people.expert).get("/recordings").text
    assert browse(people.expert).get(path).status_code == 200
    assert browse(people.learner).get(path).status_code == 404
    assert "Valves" not in browse(people.curator).get("/recordings").text
    assert "Valves" in browse(people.curator).get("/recordings?whose=all").text
    assert "Valves" not in browse(people.learner).get("/recordings?whose=all").text


def test_a_recording_says_where_it_is_and_how_long_it_takes(
    services: Services, browse: Browse, people: People, clock: Clock
) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
        for name in ("keep", "look", "listen"):
            steps.begin(tx, arrived.id, name, clock())
            steps.done(tx, arrived.id, name, clock())
        steps.begin(tx, arrived.id, "transcribe", clock())
        steps.progress(tx, arrived.id, "transcribe", 0.25)
    clock.passes(seconds=20)

    page = browse(people.expert).get(f"/recordings/{arrived.public_id}/standing").text

    assert "Your tip is safe here" in page
    assert "Clips in about a minute." in page
    assert "Writing down the words" in page
    assert 'value="0.250"' in page
    assert "about a minute left" in page
    assert "<html" not in page


def test_a_refusal_is_said_in_its_own_words_and_can_be_tried_again(
    services: Services, browse: Browse, people: People
) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
        steps.fail(tx, arrived.id, "look", code="no_moov", message="Its end is missing.", now=services.now())
        recordings.refuse(tx, arrived.id, "no_moov", "The end of this file is missing. Send it again.")
    browser = browse(people.expert)

    before = browser.get(f"/recordings/{arrived.public_id}").text
    pressed = browser.post(f"/recordings/{arrived.public_id}/attempts")
    after = browser.get(f"/recordings/{arrived.public_id}").text

    assert "The end of this file is missing. Send it again." in before
    assert pressed.status_code == 303
    assert "The end of this file is missing" not in after
    assert "Your tip has arrived" in after


def test_which_of_several_files_was_refused_is_said_where_they_are_called_alike(
    services: Services, browse: Browse, people: People
) -> None:
    with services.store.transaction() as tx:
        refused, _ = (material.arrive(tx, people.expert, title="Pump seal", filename=f) for f in ("a.mp4", "b.mp4"))
        recordings.refuse(tx, refused.id, "no_moov", "The end of this file is missing. Send it again.")

    page = browse(people.expert).get("/recordings").text

    assert ">a.mp4<" in page
    assert "b.mp4" not in page


@pytest.mark.parametrize(("code", "helps"), [("not_media", False), ("too_long", False), ("cannot_read", True)])
def test_another_attempt_is_offered_only_where_it_may_help(
    code: str, helps: bool, services: Services, browse: Browse, people: People
) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
        steps.fail(tx, arrived.id, "look", code=code, message="Not a video.", now=services.now())
        recordings.refuse(tx, arrived.id, code, "This is not a video.")

    page = browse(people.expert).get(f"/recordings/{arrived.public_id}/standing").text

    assert ("Try again" in page) is helps
    assert "Send another file" in page
    assert page.count("main-action") == 1
    assert page.index("main-action") < page.index("Try again" if helps else "Send another file")


def test_where_it_has_stopped_no_step_waits(services: Services, browse: Browse, people: People) -> None:
    with services.store.transaction() as tx:
        refused, failed = material.arrive(tx, people.expert), material.arrive(tx, people.expert)
        for arrived in (refused, failed):
            steps.begin(tx, arrived.id, "keep", services.now())
            steps.done(tx, arrived.id, "keep", services.now())
            steps.fail(tx, arrived.id, "look", code="not_media", message="Not a video.", now=services.now())
        recordings.refuse(tx, refused.id, "not_media", "This is not a video.")
    browser = browse(people.expert)

    pages = [browser.get(f"/recordings/{each.public_id}/standing").text for each in (refused, failed)]

    for page in pages:
        assert "In a safe place" in page
        assert "Looking at the picture and sound" in page
        assert "Listening for pauses" not in page
        assert "#waiting" not in page


def test_before_it_has_been_looked_at_nothing_is_promised(services: Services, browse: Browse, people: People) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
        steps.begin(tx, arrived.id, "keep", services.now())
        steps.done(tx, arrived.id, "keep", services.now())

    page = browse(people.expert).get(f"/recordings/{arrived.public_id}/standing").text

    assert "We are looking at its picture and sound." in page
    assert "Clips in" not in page


def test_a_recording_is_named_by_a_plain_form_unless_somebody_was_faster(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    version = str(made.recording.version)
    browser = browse(people.expert)

    first = browser.post(f"/recordings/{made.id}", data={"title": "Red valves", "version": version})
    second = browser.post(f"/recordings/{made.id}", data={"title": "Blue valves", "version": version})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Somebody changed this meanwhile" in second.text
    with services.store.transaction() as tx:
        assert recordings.load(tx, made.recording.id).title == "Red valves"


def test_a_recording_needs_a_title_and_the_page_says_so(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)

    page = browse(people.expert).post(f"/recordings/{made.id}", data={"title": " ", "version": "1"})

    assert page.status_code == 400
    assert "A title is 1 to 200 characters long." in page.text


def test_review_shows_what_waits_under_its_recording(services: Services, browse: Browse, people: People) -> None:
    first = material.recording(services, people.expert, title="Older")
    second = material.recording(services, people.expert, title="Newer")
    material.published(services, first, people.curator)

    page = browse(people.curator).get("/review").text

    assert 'New <b class="figure">3</b>' in page
    assert page.index(">Older<") < page.index(">Newer<")
    assert f"/review/{first.clips[0].public_id}" not in page
    assert page.count(f"/review/{second.clips[0].public_id}") == 1


def test_review_says_which_brief_is_answered_and_offers_no_picture_before_there_is_one(
    services: Services, browse: Browse, people: People
) -> None:
    brief = a_brief(services, people.curator)
    begun = material.recording(services, people.expert, fragments=4)  # 8 s: the first clip, of two
    with services.store.transaction() as tx:
        tx.execute("update recording set brief_id = %s where id = %s", [brief.id, begun.recording.id])
        tx.execute(
            "update step set state = 'running' where recording_id = %s and name = 'render'", [begun.recording.id]
        )
    curator = browse(people.curator)

    page = curator.get("/review").text
    pictures = [curator.get(f"/api/v1/clips/{clip.public_id}/poster.jpg").status_code for clip in begun.clips]
    with services.store.transaction() as tx:
        steps.done(tx, begun.recording.id, "render", services.now())
    none_comes = curator.get("/review").text

    first, second = page.split('<li class="card">')[1:]
    assert 'Answers “<span dir="auto">How to bleed the brakes</span>”' in page
    assert ("<img" in first, "Picture in a moment" in first) == (True, False)
    assert ("<img" in second, "Picture in a moment" in second) == (False, True)
    assert pictures == [200, 404]
    assert ("Picture in a moment" in none_comes, "No picture" in none_comes) == (False, True)


def test_review_counts_what_waits_on_all_its_pages(services: Services, browse: Browse, people: People) -> None:
    for _ in range(26):
        material.recording(services, people.expert, fragments=0)
    browser = browse(people.curator)

    first = browser.get("/review").text
    [more] = re.findall(r'href="(/review\?cursor=[^"]+)"', first)
    second = browser.get(more).text

    assert 'New <b class="figure">52</b>' in first
    assert "oldest" in first
    assert 'New <b class="figure">52</b>' in second
    assert "oldest" not in second


def test_a_curator_of_a_ward_reviews_its_clips_and_no_others(
    services: Services, browse: Browse, people: People, ward: Ward
) -> None:
    material.recording(services, people.expert, title="Of everybody")
    made = material.recording(services, ward.expert, space=ward.space, title="Of the ward")
    browser = browse(ward.curator)

    listed = browser.get("/review").text
    editor = browser.get(f"/review/{made.clips[0].public_id}")

    assert "Of the ward" in listed
    assert "Of everybody" not in listed
    assert 'New <b class="figure">2</b>' in listed
    assert "2 clips waiting" in editor.text


def test_what_waits_can_be_asked_for_alone(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)

    piece = browse(people.curator).get(f"/review/{made.clips[0].public_id}/queue")

    assert "1 clip waiting" in piece.text
    assert "Washing hands" in piece.text
    assert "Turning the valve" not in piece.text
    assert "<html" not in piece.text


def test_when_nothing_waits_review_says_so(browse: Browse, people: People) -> None:
    assert "Nothing waits" in browse(people.curator).get("/review").text


def test_the_editor_leads_to_the_clip_before_and_after(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    first, second = (clip.public_id for clip in made.clips)
    browser = browse(people.curator)

    at_first = browser.get(f"/review/{first}").text
    at_second = browser.get(f"/review/{second}").text

    assert f'previous="" next="{second}"' in at_first
    assert f'previous="{first}" next=""' in at_second


def test_a_deleted_clip_is_gone_from_its_editor(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    with services.store.transaction() as tx:
        clips.delete(tx, made.clips[0].id, services.now())

    assert browse(people.curator).get(f"/review/{made.clips[0].public_id}").status_code == 410


@pytest.mark.parametrize("path", ["/review", "/people"])
def test_review_and_people_are_for_curators(path: str, browse: Browse, people: People) -> None:
    found = {who.login: browse(who).get(path).status_code for who in (people.learner, people.expert, people.curator)}

    assert found == {"lea": 403, "eva": 403, "carl": 200}


def test_whoever_may_not_review_reads_so(browse: Browse, people: People) -> None:
    assert "You may not review clips here." in browse(people.learner).get("/review").text


def test_the_record_page_is_for_those_who_may_upload(browse: Browse, people: People) -> None:
    found = {who.login: browse(who).get("/record").status_code for who in (people.learner, people.expert)}

    assert found == {"lea": 403, "eva": 200}


def test_the_editor_is_for_curators_also_of_ones_own_clip(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)

    assert browse(people.expert).get(f"/review/{made.clips[0].public_id}").status_code == 403


def test_adding_a_person_shows_a_way_in_that_works_once(services: Services, browse: Browse, people: People) -> None:
    page = browse(people.curator).post("/people", data={"name": "Nia Night", "login": "Nia", "role": "learner"})
    [url] = re.findall(r'id="link-url" readonly value="([^"]+)"', page.text)

    signed_in = browse(None).post(url.removeprefix("https://clips.example"))

    assert page.headers["cache-control"] == "no-store"
    assert url.startswith("https://clips.example/sign-in/")
    assert signed_in.status_code == 303
    with services.store.transaction() as tx:
        found = stored_people.person_by_login(tx, "nia")
    assert found is not None
    assert (found.name, found.role) == ("Nia Night", Role.LEARNER)


def test_a_login_name_that_is_taken_keeps_what_was_typed(browse: Browse, people: People) -> None:
    page = browse(people.curator).post("/people", data={"name": "Lea Two", "login": "lea", "role": "expert"})

    assert page.status_code == 400
    assert "Somebody is called lea already" in page.text
    assert 'value="Lea Two"' in page.text
    assert 'value="expert" checked' in page.text


def test_a_curator_makes_no_link_that_signs_in_an_admin(services: Services, browse: Browse, people: People) -> None:
    browser = browse(people.curator)

    asked = browser.post(f"/people/{people.admin.public_id}/sign-in-links")
    made_one = browser.post("/people", data={"name": "Me", "login": "me2", "role": "admin"})

    assert (asked.status_code, made_one.status_code) == (403, 403)
    assert f"/people/{people.admin.public_id}/sign-in-links" not in browser.get("/people").text
    with services.store.transaction() as tx:
        assert stored_people.person_by_login(tx, "me2") is None


def test_a_code_is_shown_in_two_groups_and_signs_in(services: Services, browse: Browse, people: People) -> None:
    page = browse(people.admin).post(f"/people/{people.learner.public_id}/sign-in-links").text
    [code] = re.findall(r'<b class="code figure">(\d{4} \d{4})</b>', page)

    with services.store.transaction() as tx:
        person = credentials.redeem_code(tx, "lea", code, services.now())

    assert person is not None


def test_a_reloaded_link_page_makes_no_second_link(browse: Browse, people: People) -> None:
    answer = browse(people.admin).get(f"/people/{people.learner.public_id}/sign-in-links")

    assert (answer.status_code, answer.headers["location"]) == (303, "/people")


def test_an_admin_says_that_somebody_has_left_and_reads_first_what_goes_out_of_view(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator, 0)
    admin, curator, eva = browse(people.admin), browse(people.curator), browse(people.expert)
    path = f"/people/{people.expert.public_id}/leaving"
    before = admin.get("/people").text

    refused = curator.post(path).status_code
    said = admin.post(path)
    of_oneself = admin.post(f"/people/{people.admin.public_id}/leaving")

    assert "They speak in 1 recording: all clips of it go out of view now" in before
    assert f'action="{path}"' in before
    assert f'action="{path}"' not in curator.get("/people").text
    assert (refused, said.status_code, said.headers["location"]) == (403, 303, "/people")
    assert browse(people.learner).get(f"/api/v1/clips/{made.clips[0].public_id}").status_code == 404
    assert eva.get("/recordings").headers["location"].startswith("/sign-in")
    assert "Eva Expert" in curator.get("/takedowns").text
    assert "You cannot say this of yourself" in of_oneself.text


def test_of_many_people_fifty_are_shown_and_the_others_found_by_their_name(
    services: Services, browse: Browse, people: People
) -> None:
    made, curator = material.recording(services, people.expert), browse(people.curator)
    with services.store.transaction() as tx:
        tx.execute(
            "insert into person (id, public_id, login, name, role) select gen_random_uuid(), 'many' || n, 'many' || n,"
            " case n when 120 then 'Zoe 100% Zimmer' else 'Many Mirela ' || n end,"
            " case when n > 60 then 'curator' else 'learner' end from generate_series(1, 120) n"
        )
        home = stored_spaces.everyone_space(tx).public_id

    first = curator.get("/people").text
    found = curator.get("/people", params={"q": "zimm"}).text
    sign = curator.get("/people", params={"q": "%"}).text
    offered = browse(people.curator).get(f"/api/v1/clips/{made.clips[0].public_id}/possible?curators=true&q=zoe").json()
    editor = curator.get(f"/review/{made.clips[0].public_id}").text
    space = curator.get(f"/spaces/{home}").text

    assert first.count('class="initials"') <= 51  # and who looks
    assert 'name="q"' in first
    assert "More people" in first
    assert ("Zoe 100% Zimmer" in found, "Many Mirela" in found) == (True, False)
    assert "Nobody here has a name" in sign
    assert [each["name"] for each in offered["items"]] == ["Zoe 100% Zimmer"]
    assert editor.count("<option") < 250
    assert editor.count('<pass-who class="row" many') == 2
    assert space.count("Many Mirela") < 60
