"""The feed, the search, and the page of a clip, as different people get them."""

import re

from domain.clip import Part
from domain.comment import CommentKind
from domain.span import Span
from publish_api.services import Services
from store import clips, comments
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.pages.conftest import Browse


def test_the_feed_shows_what_is_published_and_nothing_else(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)

    page = browse(people.learner).get("/")

    assert page.status_code == 200
    assert "Turning the valve" in page.text
    assert "Washing hands" not in page.text


def test_before_there_is_a_picture_no_page_asks_for_one(services: Services, browse: Browse, people: People) -> None:
    begun = material.recording(services, people.expert, fragments=4)  # 8 s: the first clip, of two
    first, second = (material.published(services, begun, people.curator, n) for n in (0, 1))
    owner = browse(people.expert)
    posters = [f"/api/v1/clips/{clip.public_id}/poster.jpg" for clip in (first, second)]
    paths = ["/", "/search?q=valve", "/search?q=hands", f"/recordings/{begun.id}"]

    pages = [owner.get(path).text for path in (*paths, *(f"/clips/{clip.public_id}" for clip in (first, second)))]

    assert [tuple(poster in page for poster in posters) for page in pages] == [
        (True, False),
        (True, False),
        (False, False),
        (True, False),
        (True, False),
        (False, False),
    ]


def test_an_empty_feed_says_what_to_do_to_those_who_can(browse: Browse, people: People) -> None:
    expert, learner = browse(people.expert).get("/"), browse(people.learner).get("/")

    assert "Record the first tip" in expert.text
    assert "Record" not in learner.text


def test_an_empty_feed_leads_those_who_may_review_to_what_waits(
    services: Services, browse: Browse, people: People
) -> None:
    material.recording(services, people.expert)

    curator, expert = browse(people.curator).get("/").text, browse(people.expert).get("/").text

    assert "2 clips wait for you." in curator
    assert '<a class="button main-action large" href="/review">' in curator
    assert "wait for you" not in expert
    assert "Record the first tip" in expert


def test_older_clips_are_a_link_away(services: Services, browse: Browse, people: People) -> None:
    made = [material.recording(services, people.expert, fragments=0) for _ in range(16)]
    for recording in made:
        material.published(services, recording, people.curator, 0)
        material.published(services, recording, people.curator, 1)
    browser = browse(people.learner)

    first = browser.get("/").text
    [older] = re.findall(r'<a class="button" href="([^"]+)">Older clips', first)
    second = browser.get(older.replace("&amp;", "&")).text

    seen = [set(re.findall(r'<a href="/clips/(\w+)">', page)) for page in (first, second)]
    assert (len(seen[0]), len(seen[1])) == (30, 2)
    assert not seen[0] & seen[1]


def test_a_hit_leads_to_a_breath_before_the_second_where_it_is_said(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    with services.store.transaction() as tx:
        whole = (Part(made.recording.id, made.id, Span(0, 20_000)),)
        clips.change(tx, made.clips[0].id, version=1, now=services.now(), parts=whole)
    clip = material.published(services, made, people.curator)

    page, common, unsaid = (browse(people.learner).get("/search", params={"q": q}) for q in ("washing", "the", "tyre"))

    assert f'href="/clips/{clip.public_id}?t=7&amp;v=2"' in page.text
    assert "Then <mark>wash</mark> your hands." in page.text
    assert "Words as common as that are left out of a search" in common.text
    assert "Nobody has said anything about “tyre” yet" in unsaid.text


def test_what_people_write_is_text_and_never_markup(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert, title="<script>alert(1)</script>")
    with services.store.transaction() as tx:
        name = "<img src=x onerror=alert(1)>"
        clips.change(tx, made.clips[0].id, version=1, now=services.now(), title=name, tags=['"><b>tag'])
    clip = material.published(services, made, people.curator)
    _say(services, people, clip.public_id, "<i>Right</i> & proper")
    expert, curator = browse(people.expert), browse(people.curator)

    pages = [
        expert.get("/"),
        expert.get("/tags/%22%3E%3Cb%3Etag"),
        expert.get("/search", params={"q": "<b>valve</b>"}),
        expert.get(f"/clips/{clip.public_id}"),
        expert.get(f"/recordings/{made.id}"),
        curator.get(f"/review/{clip.public_id}"),
        curator.get("/review"),
    ]

    assert {page.status_code for page in pages} == {200}
    written = "".join(page.text for page in pages)
    assert [raw for raw in ("<script>alert", "<img src=x", "<b>tag", "<b>valve", "<i>Right") if raw in written] == []
    assert "&lt;i&gt;Right" in written


def test_a_clips_page_holds_no_word_of_what_was_cut_away(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)

    page = browse(people.learner).get(f"/clips/{clip.public_id}")

    assert ">slowly.</span>" in page.text
    assert "wash" not in page.text


def test_an_unpublished_clip_is_there_for_its_speaker_and_curators_alone(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    path = f"/clips/{made.clips[0].public_id}"

    assert browse(people.learner).get(path).status_code == 404
    assert "Not published" in browse(people.expert).get(path).text
    assert f'href="/review/{made.clips[0].public_id}"' not in browse(people.expert).get(path).text
    assert f'href="/review/{made.clips[0].public_id}"' in browse(people.curator).get(path).text


def test_a_clips_page_is_laid_out_for_its_picture_whoever_looks(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)

    page = browse(people.learner).get(f"/clips/{clip.public_id}").text

    assert '<main id="main" tabindex="-1" class="clip portrait">' in page


def test_a_link_into_nonsense_still_opens_the_clip(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)
    browser = browse(people.learner)

    odd, good = ("-3", "x", "9" * 20, "²", "6.²"), {"6": 6000, "3.7": 3700, "0:05": 5000}
    pages = {t: browser.get(f"/clips/{clip.public_id}", params={"t": t}) for t in (*odd, *good)}

    assert {page.status_code for page in pages.values()} == {200}
    assert [t for t, ms in good.items() if f' at="{ms}"' not in pages[t].text] == []
    assert " at=" not in pages["x"].text


def test_the_plain_form_says_something_at_a_second(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)
    browser = browse(people.learner)

    answer = browser.post(f"/clips/{clip.public_id}/comments", data={"at": "0:05", "kind": "question", "text": "Why?"})
    page = browser.get(answer.headers["location"])

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/clips/{clip.public_id}?t=5#c-")
    assert "Why?" in page.text
    with services.store.transaction() as tx:
        [said] = comments.thread(tx, clip, people.learner.id)
    assert (said.at_ms, said.kind.value) == (5_000, "question")


def test_a_refused_comment_keeps_what_was_typed(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)

    page = browse(people.learner).post(
        f"/clips/{clip.public_id}/comments", data={"at": "3:00", "kind": "correction", "text": "It is <left>."}
    )

    assert page.status_code == 400
    assert "It is &lt;left&gt;." in page.text
    assert 'value="correction" checked' in page.text
    assert 'value="3:00"' in page.text


def test_a_comment_from_another_sites_page_is_not_said(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)

    answer = browse(people.learner).post(
        f"/clips/{clip.public_id}/comments", data={"text": "Buy now"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    with services.store.transaction() as tx:
        assert comments.thread(tx, clip, people.learner.id) == ()


def test_the_thread_alone_is_the_thread_and_no_page(services: Services, browse: Browse, people: People) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)
    _say(services, people, clip.public_id, "Which way round?")

    piece = browse(people.learner).get(f"/clips/{clip.public_id}/thread")

    assert piece.status_code == 200
    assert "Which way round?" in piece.text
    assert "<html" not in piece.text


def _say(services: Services, people: People, clip_id: str, text: str) -> None:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, clip_id, people.learner.id)
        comments.add(
            tx,
            clip=clip,
            author_id=people.learner.id,
            recording_id=clip.parts[0].recording_id,
            at_ms=clip.parts[0].span.start_ms + 1_000,
            kind=CommentKind.QUESTION,
            text=text,
            reply_to=None,
            now=services.now(),
        )


def test_what_comes_next_is_the_same_recordings_next_published_clip(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    material.recording(services, people.expert)
    first, second = (clip.public_id for clip in made.clips)
    material.published(services, made, people.curator, 0)

    alone = browse(people.learner).get(f"/clips/{first}").text
    to_its_speaker = browse(people.expert).get(f"/clips/{first}").text
    material.published(services, made, people.curator, 1)
    followed = browse(people.learner).get(f"/clips/{first}").text
    last = browse(people.learner).get(f"/clips/{second}").text

    assert "Next: " not in alone + to_its_speaker + last
    assert "Washing hands" not in alone
    assert f'<a class="button next" href="/clips/{second}"' in followed


def test_a_time_in_a_comment_leads_to_the_same_words_after_the_clip_was_cut_anew(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator, 1)  # 8 s to 20 s
    _say(services, people, clip.public_id, "See 0:05, and 0:01, not 9:00.")
    with services.store.transaction() as tx:
        parts = [Part(made.recording.id, made.id, Span(10_000, 20_000))]
        clips.change(tx, clip.id, version=clip.version, now=services.now(), parts=parts)

    page = browse(people.learner).get(f"/clips/{clip.public_id}")

    text = re.search(r'<div class="text"[^>]*>(.*?)</div>', page.text)
    assert text is not None
    assert text[1] == (
        '<p>See <a href="?t=3" data-ms="3000" rel="nofollow ugc noopener noreferrer">0:05</a>, and 0:01, not 9:00.</p>'
    )
