"""Taking a clip along: where its space allows it, under a name that does no harm. The files: test_edges.py."""

import re

import pytest

from domain.clip import Clip
from publish_api.downloads import file_name
from publish_api.services import Services
from store import spaces
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made

EVERY = ("mp4", "m4a", "srt", "vtt", "txt")


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def allowed(services: Services, clip: Clip) -> None:
    with services.store.transaction() as tx:
        spaces.allow_downloads(tx, clip.space_id, True)


def test_nothing_leaves_a_space_that_has_not_allowed_it(ask: Ask, people: People, clip: Clip) -> None:
    answers = [ask(people.admin).get(f"/api/v1/clips/{clip.public_id}/download.{each}") for each in EVERY]
    heads = [ask(people.admin).head(f"/api/v1/clips/{clip.public_id}/download.{each}") for each in EVERY]

    assert [(a.status_code, a.json()["error"]["code"]) for a in answers] == [(403, "downloads_off")] * 5
    assert [head.status_code for head in heads] == [403] * 5


def test_whoever_curates_a_space_allows_it_and_nobody_else(ask: Ask, people: People, ward: Ward) -> None:
    path = f"/api/v1/spaces/{ward.space.public_id}"

    refused = ask(ward.learner).patch(path, json={"downloads": True})
    hidden = ask(people.learner).patch(path, json={"downloads": True})
    done = ask(ward.curator).patch(path, json={"downloads": True})

    assert (refused.status_code, hidden.status_code, done.status_code) == (403, 404, 200)
    assert done.json() == {
        "id": ward.space.public_id, "name": "Ward 3", "downloads": True, "visibility": "members", "unfurls": False,
    }  # fmt: skip


@pytest.mark.usefixtures("allowed")
def test_the_words_of_a_clip_in_three_forms(ask: Ask, people: People, clip: Clip) -> None:
    learner = ask(people.learner)

    srt, vtt, text = (learner.get(f"/api/v1/clips/{clip.public_id}/download.{each}") for each in EVERY[2:])

    assert srt.text.startswith("1\n00:00:00,400 --> 00:00:0")
    assert vtt.text.startswith("WEBVTT\n\n00:00:00.400 --> 00:00:0")
    assert text.text == "Then wash your hands.\n"
    assert srt.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Washing%20hands.srt"


@pytest.mark.usefixtures("allowed")
def test_head_says_what_would_come_and_nothing_is_put_together(
    ask: Ask, people: People, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publish_api.downloads._joined", None)
    learner, path = ask(people.learner), f"/api/v1/clips/{clip.public_id}/download."

    mp4, m4a, srt, vtt, text = (learner.head(path + each) for each in EVERY)
    known = learner.get(f"{path}mp4", headers={"If-None-Match": mp4.headers["etag"]})

    assert [each.status_code for each in (mp4, m4a, srt, vtt, text, known)] == [200] * 5 + [304]
    assert (mp4.headers["content-type"], m4a.headers["content-type"]) == ("video/mp4", "audio/mp4")
    assert (mp4.headers["accept-ranges"], mp4.headers["content-disposition"][-4:]) == ("bytes", ".mp4")
    assert "content-length" not in mp4.headers


@pytest.mark.usefixtures("allowed")
def test_what_was_corrected_goes_along_with_the_words(ask: Ask, people: People, clip: Clip) -> None:
    learner = ask(people.learner)
    body = {"at_ms": 12_000, "kind": "correction", "text": "That is too short."}
    said = learner.post(f"/api/v1/clips/{clip.public_id}/comments", json=body).json()["id"]
    before = learner.get(f"/clips/{clip.public_id}/along").text
    ask(people.expert).put(
        f"/api/v1/comments/{said}/resolution",
        json={"outcome": "accepted", "words": "Half a minute --> and <soap>."},
        headers={"If-Match": '"1"'},
    )

    srt, vtt, text = (learner.get(f"/api/v1/clips/{clip.public_id}/download.{each}").text for each in EVERY[2:])
    page = learner.get(f"/clips/{clip.public_id}/along").text

    assert "00:00:04,000 --> 00:00:10,000\nCorrected: Half a minute → and <soap>.\n" in srt
    assert "00:00:04.000 --> 00:00:10.000\nCorrected: Half a minute --&gt; and &lt;soap&gt;.\n" in vtt
    assert text == "Then wash your hands.\n\nCorrected: Half a minute --> and <soap>.\n"
    assert ("was corrected" in before, "was corrected" in page) == (False, True)


@pytest.mark.usefixtures("allowed")
def test_a_draft_is_not_taken_along(ask: Ask, people: People, made: Made) -> None:
    answer = ask(people.curator).get(f"/api/v1/clips/{made.clips[0].public_id}/download.txt")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_published")


@pytest.mark.usefixtures("allowed")
def test_a_clip_that_one_does_not_see_is_not_there(ask: Ask, services: Services, people: People, ward: Ward) -> None:
    theirs = material.published(services, material.recording(services, ward.expert, space=ward.space), people.admin)

    answers = [ask(people.learner).get(f"/api/v1/clips/{theirs.public_id}/download.{each}") for each in EVERY]

    assert {a.status_code for a in answers} == {404}


@pytest.mark.usefixtures("allowed")
def test_a_picture_that_the_clip_does_not_have_is_not_there(ask: Ask, people: People, clip: Clip) -> None:
    path = f"/api/v1/clips/{clip.public_id}/download.mp4"

    answers = [ask(people.learner).get(path, params={"quality": each}) for each in ("1080", "stills", "audio", "../x")]

    assert {a.status_code for a in answers} == {404}


@pytest.mark.usefixtures("allowed")
def test_the_page_offers_what_its_viewer_may_take_along(
    ask: Ask, people: People, services: Services, clip: Clip
) -> None:
    learner, page = ask(people.learner), f"/clips/{clip.public_id}"

    offered = learner.get(page).text
    with services.store.transaction() as tx:
        spaces.allow_downloads(tx, clip.space_id, False)
    withheld, piece = learner.get(page).text, learner.get(f"{page}/along").text

    links = re.findall(r'href="/api/v1/clips/[^/]+/download\.([^"]+)" download', offered)
    assert links == ["mp4?quality=480", "mp4?quality=270", "m4a", "srt", "vtt", "txt"]
    assert "Take it along" not in withheld
    assert "This clip can no longer be taken along." in piece


@pytest.mark.usefixtures("allowed")
def test_while_an_edge_is_being_made_the_page_offers_the_words_and_says_why(
    ask: Ask, people: People, clip: Clip
) -> None:
    path = f"/clips/{clip.public_id}"
    ask(people.curator).patch(f"/api/v1{path}", json={"start_ms": 9_000}, headers={"If-Match": f'"{clip.version}"'})

    piece = ask(people.learner).get(f"{path}/along").text

    assert "are still being made" in piece
    assert re.findall(r"download\.(\w+)", piece) == ["srt", "vtt", "txt"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("How to bleed the brakes", "How to bleed the brakes.mp4"),
        ("../../etc/passwd", "etc passwd.mp4"),
        ('a"; rm -rf ~ #\r\nSet-Cookie: x', "a rm -rf Set-Cookie x.mp4"),
        ("CON", "Clip CON.mp4"),
        ("\u202egpj.exe", "gpj exe.mp4"),
        ("...", "Clip.mp4"),
        ("", "Clip.mp4"),
        ("Bremsen entlüften: 3 Schritte", "Bremsen entlüften 3 Schritte.mp4"),
        ("ブレーキの整備", "Clip ブレーキの整備.mp4"),
        ("ü " * 100, "ü " * 59 + "ü.mp4"),
    ],
)
def test_a_strangers_title_makes_a_harmless_name(title: str, name: str) -> None:
    assert file_name(title, ".mp4") == name
