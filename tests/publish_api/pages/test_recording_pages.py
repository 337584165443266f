"""The expert's page: where a tip is, and whether it helped."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.comment import CommentKind
from domain.ids import uuid7
from domain.person import Person
from domain.recording import Recording
from publish_api import echo
from publish_api.services import Services
from store import beside, clips, comments, recordings, same_bytes, steps
from store.postgres import Tx
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.material import NOW, PROBE, STEPS, Made
from tests.publish_api.pages.conftest import Browse

USUAL_S = {"listen": 2, "render": 40, "transcribe": 100, "cut": 1}


def experienced(tx: Tx, who: Person) -> None:
    """A recording of 20 s has come all the way: that is how fast this machine is."""
    before = material.arrive(tx, who)
    recordings.looked(tx, before.id, PROBE)
    for name in STEPS:
        steps.begin(tx, before.id, name, NOW)
        steps.done(tx, before.id, name, NOW + timedelta(seconds=USUAL_S.get(name, 0)))


def say(services: Services, made: Made, who: Person, kind: CommentKind, text: str) -> str:
    with services.store.transaction() as tx:
        return comments.add(
            tx,
            clip=made.clips[0],
            author_id=who.id,
            recording_id=made.recording.id,
            at_ms=3_500,
            kind=kind,
            text=text,
            reply_to=None,
            now=services.now(),
        ).public_id


def test_before_a_step_begins_the_page_says_how_long_it_took_lately(
    services: Services, browse: Browse, people: People
) -> None:
    with services.store.transaction() as tx:
        experienced(tx, people.curator)
        arrived = material.arrive(tx, people.expert)
        recordings.looked(tx, arrived.id, PROBE)
        for name in ("keep", "look"):
            steps.done(tx, arrived.id, name, NOW)
        steps.begin(tx, arrived.id, "listen", NOW)

    page = browse(people.expert).get(f"/recordings/{arrived.public_id}/standing").text
    listed = browse(people.expert).get("/recordings").text

    assert "Clips in about 2 minutes." in page
    assert re.findall(r"<p>([\w ]+?) <span[^>]*>([^<]+)<", page) == [
        ("Listening for pauses", "a few seconds left"),
        ("Making it play on every phone", "done in about 40 seconds"),
        ("Writing down the words", "done in about 2 minutes"),
        ("Cutting it into clips", "done in about 2 minutes"),
    ]
    assert "Listening for pauses. Clips in about 2 minutes." in listed


def test_where_a_file_is_damaged_its_page_and_the_api_say_from_when_on_and_for_how_long(
    services: Services, browse: Browse, people: People, ask: Ask
) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
        recordings.looked(tx, arrived.id, replace(PROBE, damaged_at_ms=72_400, damaged_ms=6_200))

    page = browse(people.expert).get(f"/recordings/{arrived.public_id}").text
    told = ask(people.expert).get(f"/api/v1/recordings/{arrived.public_id}").json()

    assert "From 1:12 on, 7 seconds of this file cannot be read" in page
    assert (told["damaged_at_ms"], told["damaged_ms"]) == (72_400, 6_200)


def test_a_tip_behind_others_is_told_to_wait_longer(services: Services, browse: Browse, people: People) -> None:
    with services.store.transaction() as tx:
        experienced(tx, people.curator)
        for _ in range(5):
            arrived = material.arrive(tx, people.expert)
            recordings.looked(tx, arrived.id, PROBE)
            for name in ("keep", "look", "listen"):
                steps.done(tx, arrived.id, name, NOW)

    page = browse(people.expert).get(f"/recordings/{arrived.public_id}/standing").text

    assert "Clips in about 8 minutes." in page  # four times 100 s before it, and its own


def test_a_page_says_what_waits_for_an_answer_and_where_to_give_it(
    services: Services, browse: Browse, people: People, clock: Clock
) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)
    clock.passes(days=2)
    asked = say(services, made, people.learner, CommentKind.QUESTION, "Also <b>the blue</b> one?")
    say(services, made, people.curator, CommentKind.USED_IT, "Done.")

    page = browse(people.expert).get(f"/recordings/{made.id}").text
    listed = browse(people.expert).get("/recordings").text

    assert "Published: 1 of 2 clips" in page
    assert "Colleagues can find it; L&amp;D looks at the rest." in page.replace("L&D", "L&amp;D")
    assert re.search(r"First published <time[^>]*>2 days ago</time>", page)
    assert f'href="/clips/{clip.public_id}?t=3#reply-{asked}"' in page
    assert "Also &lt;b&gt;the blue&lt;/b&gt; one?" in page
    assert re.findall(r'<dt>([^<]+)</dt><dd class="figure">(\d+)</dd>', page) == [("used it", "1"), ("comments", "2")]
    assert "1 question waits" in listed
    assert "1 of 2 clips · used by 1 colleague" in listed


def test_where_nobody_has_said_anything_the_page_says_what_to_do(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    before = browse(people.expert).get(f"/recordings/{made.id}").text
    material.published(services, made, people.curator)

    after = browse(people.expert).get(f"/recordings/{made.id}").text

    assert "What colleagues said back" not in before
    assert "Ready: 2 clips" in before
    assert "Nobody has written anything yet. Send a clip’s link to someone who needs it" in after


def test_the_page_names_nobody_who_only_watched(services: Services, browse: Browse, people: People, ask: Ask) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)
    for path in ("", "/play.m3u8", "/captions.vtt"):
        assert ask(people.learner).get(f"/api/v1/clips/{clip.public_id}{path}").status_code == 200
    browse(people.learner).get(f"/clips/{clip.public_id}")

    page = browse(people.expert).get(f"/recordings/{made.id}").text
    echo = ask(people.expert).get(f"/api/v1/recordings/{made.id}/echo").text

    assert "Lea" not in page
    assert "Lea" not in echo


def test_many_questions_are_counted_and_the_oldest_are_shown(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)
    for number in range(23):
        say(services, made, people.learner, CommentKind.QUESTION, f"Question {number}?")

    page = browse(people.expert).get(f"/recordings/{made.id}").text

    assert page.count('class="asks"') == 20
    assert "Question 19?" in page
    assert "Question 20?" not in page
    assert "3 more wait in the clips." in page


def test_recordings_of_one_name_are_told_apart_by_how_they_begin_until_a_person_names_them(
    services: Services, browse: Browse, people: People
) -> None:
    unnamed, named = (material.recording(services, people.expert, title="How to bleed the brakes") for _ in range(2))
    with services.store.transaction() as tx:
        recordings.rename(tx, named.recording.id, title="Bleeding at the front", version=1)

    page = browse(people.expert).get("/recordings").text

    assert page.count(f'dir="auto">“{unnamed.clips[0].title}”</p>') == 1
    assert "Bleeding at the front" in page


def test_a_file_that_is_here_already_leads_to_the_recording_that_has_it(
    services: Services, browse: Browse, people: People
) -> None:
    with services.store.transaction() as tx:
        first, second = material.arrive(tx, people.expert), material.arrive(tx, people.expert)
        same_bytes.note(tx, second.id, first.id)
        recordings.refuse(tx, second.id, "already_here", "You have sent this very file before.")
        steps.fail(tx, second.id, "keep", code="already_here", message="Before.", now=services.now())
    browser = browse(people.expert)

    page = browser.get(f"/recordings/{second.public_id}/standing").text
    seen_by_curator = browse(people.curator).get(f"/recordings/{second.public_id}/standing").text
    pressed = browser.post(f"/recordings/{second.public_id}/attempts")

    assert "This file is here already" in page
    assert f'<a class="button main-action" href="/recordings/{first.public_id}">Open that one</a>' in page
    assert "Use this one all the same" in page
    assert "Try again" not in page
    assert "Putting it in a safe place" not in page
    assert f"/recordings/{first.public_id}" in seen_by_curator
    assert pressed.status_code == 303


def test_clips_that_wait_for_somebodys_consent_are_not_said_to_wait_for_review(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    with services.store.transaction() as tx:
        tx.execute(
            "update appearance set state = 'asked', how = null, said_at = null where recording_id = %s",
            [made.recording.id],
        )

    page = browse(people.expert).get(f"/recordings/{made.id}/standing").text

    assert "Before colleagues can find them, everybody in it has to agree." in page
    assert "L&D looks at them" not in page


def test_a_briefs_guest_sees_what_became_of_theirs_and_nobodys_words(
    services: Services, people: People, ask: Ask
) -> None:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)
    say(services, made, people.learner, CommentKind.QUESTION, "Also the blue one?")
    guest = replace(people.expert, brief_id=uuid7())

    with services.store.transaction() as tx:
        mine = clips.clips_of_recording(tx, made.recording.id, guest.id)
        waits = echo.waiting(tx, made.recording, mine, guest)
        heard = echo.echo_of(tx, made.recording.id, guest)

    assert waits == ()
    assert (heard.waiting, heard.comments, heard.published) == (1, 1, 1)


NAMES = {
    "markup": '<img src=x onerror=alert(1)>"><script>alert(2)</script>.mp4',
    "turned around": "tip\u202egpj.mp4\u2066",
    "several lines": "a\r\nSet-Cookie: b=c\u2028d\x0be.mp4",
    "unseen": "a\x00b\x07c\x1b[31md\x9be.mp4",
    "template": "{{ 7 * 7 }}{% raw %}.mp4",
    "endless": "n" * 500 + ".mp4",
    "half characters": "a\ud800b.mp4",
    "right to left": "نصيحة.mp4",
}
SHOWN = {
    "markup": "&lt;img src=x onerror=alert(1)&gt;&#34;&gt;&lt;script&gt;alert(2)&lt;/script&gt;.mp4",
    "turned around": "tipgpj.mp4",
    "several lines": "a Set-Cookie: b=c d e.mp4",
    "unseen": "abc[31mde.mp4",
    "template": "{{ 7 * 7 }}{% raw %}.mp4",
    "endless": "n" * 255,
    "half characters": "ab.mp4",
    "right to left": "نصيحة.mp4",
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_strangers_file_name_is_text_wherever_it_is_shown(
    kind: str, services: Services, browse: Browse, ask: Ask, people: People
) -> None:
    with services.store.transaction() as tx:
        arrived = _arrive(tx, people.expert, NAMES[kind], title="")
        refused = _arrive(tx, people.expert, NAMES[kind], title=NAMES[kind])
        recordings.refuse(tx, refused.id, "not_media", "This is not a video.")
    owner, curator = browse(people.expert), browse(people.curator)

    pages = {
        path: browser.get(path)
        for browser, path in (
            (owner, "/recordings"),
            (curator, "/recordings?whose=all"),
            (owner, f"/recordings/{arrived.public_id}"),
            (owner, f"/recordings/{refused.public_id}"),
        )
    }
    standing = owner.get(f"/recordings/{arrived.public_id}/standing")
    said = ask(people.expert).get(f"/api/v1/recordings/{arrived.public_id}")

    assert {answer.status_code for answer in (*pages.values(), standing, said)} == {200}
    for path, answer in pages.items():
        assert SHOWN[kind] in answer.text, path
        assert "<img src=x" not in answer.text, path
        assert "<script>" not in answer.text, path
        assert not set("\u202e\u2066\x00\x07\x1b\x9b\u2028\x0b") & set(answer.text), path
        assert answer.text.count("<title>") == 1, path
    assert "img src=x" not in standing.text
    assert said.json()["filename"] == _unescaped(SHOWN[kind])
    assert "\n" not in said.json()["filename"]


def _arrive(tx: Tx, who: Person, filename: str, *, title: str) -> Recording:
    made = material.arrive(tx, who, title=title)
    again, new = recordings.arrive(
        tx,
        upload_id=f"{made.upload_id}-named",
        space_id=made.space_id,
        uploader_id=who.id,
        speaker_id=who.id,
        title=title,
        filename=filename,
        media_type=filename,
        byte_size=12,
        step_names=STEPS,
    )
    assert new
    return again


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')


def test_a_recording_that_is_rendered_again_says_so_in_a_line(
    services: Services, browse: Browse, people: People
) -> None:
    shown = material.recording(services, people.expert)
    with services.store.transaction() as tx:
        wanted = beside.standing(tx, shown.recording.id).complete
        beside.begin(tx, shown.recording.id, wanted[:1], anew=True)

    page = browse(people.expert).get(f"/recordings/{shown.recording.public_id}").text

    assert "Its pictures are being made anew (0 %); it plays as it is until then" in page


def test_whose_recording_it_is_deletes_it_on_its_page(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    browser = browse(people.expert)
    path = f"/recordings/{made.recording.public_id}"

    offered = browser.get(path).text
    pressed = browser.post(f"{path}/deletion", follow_redirects=False)

    assert f'action="{path}/deletion"' in offered
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/recordings")
    assert browser.get(path).status_code == 410


def test_who_may_not_delete_is_neither_offered_it_nor_let(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)

    pressed = browse(people.learner).post(f"/recordings/{made.recording.public_id}/deletion")

    assert pressed.status_code == 404
    assert browse(people.expert).get(f"/recordings/{made.recording.public_id}").status_code == 200


def test_who_is_in_several_spaces_says_for_which_a_tip_is(browse: Browse, people: People, ward: Ward) -> None:
    inside, outside = (browse(person).get("/record").text for person in (ward.curator, people.expert))

    assert f'<option value="{ward.space.public_id}">Ward 3</option>' in inside
    assert '<option value="">All colleagues</option>' in inside
    assert 'name="space"' not in outside
