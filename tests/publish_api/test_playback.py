"""A clip as players ask for it: nothing outside its parts is named, nothing is made."""

import re

import pytest

from domain.clip import Clip
from domain.edge import Edge, EdgeFragment
from publish_api.services import Services
from store import edges, pictures
from store.edges import MadeEdge
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock
from tests.publish_api.material import Made


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody."""
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def path(clip: Clip) -> str:
    return f"/api/v1/clips/{clip.public_id}"


def test_a_learner_plays_a_clip_from_the_master_to_the_last_byte(ask: Ask, people: People, path: str) -> None:
    learner = ask(people.learner)
    master = learner.get(f"{path}/play.m3u8")

    video = learner.get(f"{path}/play/480.m3u8")
    pieces = [learner.get(url) for url in _urls(video.text)]
    init = learner.get(re.findall(r'MAP:URI="(.+)"', video.text)[0])
    sound = learner.get(_urls(learner.get(f"{path}/play/audio.m3u8").text)[0])

    assert master.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert master.headers["Cache-Control"] == "private, no-cache"
    assert "play/480.m3u8\n" in master.text
    assert 'URI="play/audio.m3u8"' in master.text
    assert 'URI="play/captions.m3u8"' in master.text
    assert [piece.text.split(" of ")[0] for piece in pieces] == [f"480 {n}" for n in (4, 5, 6, 7, 8, 9)]
    assert {piece.headers["Content-Type"] for piece in pieces} == {"video/mp4"}
    assert init.text == "init of 480"
    assert (sound.text.split(" of ")[0], sound.headers["Content-Type"]) == ("audio 4", "audio/mp4")


def test_a_moved_bound_is_in_the_next_playlist(ask: Ask, people: People, path: str) -> None:
    learner = ask(people.learner)
    before = learner.get(f"{path}/play/480.m3u8")

    ask(people.curator).patch(path, json={"end_ms": 12_000}, headers={"If-Match": '"1"'})
    after = learner.get(f"{path}/play/480.m3u8", headers={"If-None-Match": before.headers["ETag"]})
    same = learner.get(f"{path}/play/480.m3u8", headers={"If-None-Match": f'"x", W/{after.headers["ETag"]}'})

    assert (before.text.count("#EXTINF"), after.status_code, after.text.count("#EXTINF")) == (6, 200, 2)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["ETag"] == after.headers["ETag"]


def test_captions_hold_the_clips_words_in_the_clips_time(ask: Ask, people: People, path: str) -> None:
    captions = ask(people.learner).get(f"{path}/captions.vtt")

    assert captions.headers["Content-Type"].startswith("text/vtt")
    assert captions.text.startswith("WEBVTT\n\n00:00:00.400 --> ")
    assert " ".join(re.findall("^[A-Za-z. ]+$", captions.text, re.MULTILINE)) == "WEBVTT Then wash your hands."


def test_captions_follow_a_moved_bound_to_the_word(ask: Ask, people: People, path: str) -> None:
    ask(people.curator).patch(path, json={"start_ms": 14_000}, headers={"If-Match": '"1"'})

    text = ask(people.learner).get(f"{path}/captions.vtt").text

    assert text == "WEBVTT\n\n00:00:00.000 --> 00:00:05.800\nyour hands.\n"


def test_captions_of_the_playlist_keep_the_recordings_time(ask: Ask, people: People, path: str) -> None:
    learner = ask(people.learner)

    playlist = learner.get(f"{path}/play/captions.m3u8").text
    part = learner.get(f"{path}/play/captions-0.vtt").text

    assert playlist.splitlines()[-2] == "captions-0.vtt"
    assert part.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n00:00:08.400 --> ")
    assert learner.get(f"{path}/play/captions-1.vtt").status_code == 404


def test_the_poster_and_the_storyboard_show_the_clips_own_stills(
    ask: Ask, people: People, made: Made, path: str
) -> None:
    learner = ask(people.learner)

    poster = learner.get(f"{path}/poster.jpg")
    storyboard = learner.get(f"{path}/storyboard.vtt").text
    stills = [learner.get(url) for url in _urls(storyboard)]
    again = learner.get(f"{path}/poster.jpg", headers={"If-None-Match": poster.headers["ETag"]})

    assert poster.text == f"stills 6 of {made.id}"  # at 12.0 s: 4 s into a clip of 12 s
    assert poster.headers["Content-Type"] == "image/jpeg"
    assert [still.text.split(" of ")[0] for still in stills] == [f"stills {n}" for n in (4, 5, 6, 7, 8, 9)]
    assert storyboard.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n/m/")
    assert again.status_code == 304


def test_a_clip_without_a_still_inside_has_no_poster(ask: Ask, people: People, services: Services) -> None:
    begun = material.recording(services, people.expert, fragments=4)  # stills at 0, 2, 4 and 6 s
    owner = ask(people.expert)

    first, second = (owner.get(f"/api/v1/clips/{clip.public_id}/poster.jpg") for clip in begun.clips)

    assert (first.status_code, first.text) == (200, f"stills 1 of {begun.id}")
    assert (second.status_code, second.json()["error"]["code"]) == (404, "no_picture")


def test_no_picture_is_of_the_frame_before_a_bound(ask: Ask, people: People, services: Services, made: Made) -> None:
    with services.store.transaction() as tx:
        tx.execute("update listening set fps_num = 30000, fps_den = 1001")
    curator = ask(people.curator)
    # At 2 s frame 59 is on the screen, which the still shows; the bound means frame 60.
    for clip, end_ms in zip(made.clips, (4_500, 3_000), strict=True):
        bounds = {"start_ms": 2_000, "end_ms": end_ms}
        curator.patch(f"/api/v1/clips/{clip.public_id}", json=bounds, headers={"If-Match": '"1"'})

    longer, shorter = (f"/api/v1/clips/{clip.public_id}" for clip in made.clips)
    storyboard = curator.get(f"{longer}/storyboard.vtt").text
    posters = [curator.get(f"{path}/poster.jpg") for path in (longer, shorter)]
    with services.store.transaction() as tx:
        promised = pictures.pictured(tx, [clip.id for clip in made.clips])

    assert [curator.get(url).text for url in _urls(storyboard)] == [f"stills 2 of {made.id}"]
    assert posters[0].text == f"stills 2 of {made.id}"
    assert posters[1].json()["error"]["code"] == "no_picture"
    assert promised == {made.clips[0].id}


def test_a_bound_that_leaves_nothing_to_play_is_refused(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)

    short = curator.patch(path, json={"start_ms": 8_100, "end_ms": 8_500}, headers={"If-Match": '"1"'})

    assert (short.status_code, short.json()["error"]["code"]) == (400, "part_too_short")
    assert curator.get(path).json()["version"] == 1
    assert curator.get(f"{path}/play/480.m3u8").status_code == 200


def test_an_edge_is_served_like_a_fragment_and_so_is_an_initialisation_segment_of_its_own(
    ask: Ask, people: People, services: Services, made: Made, path: str
) -> None:
    ask(people.curator).patch(path, json={"start_ms": 7_000}, headers={"If-Match": '"1"'})
    learner = ask(people.learner)
    before = _urls(learner.get(f"{path}/play/480.m3u8").text)

    with services.store.transaction() as tx:
        lacking = edges.lacking(tx, made.recording.id)
        assert lacking is not None
        listed = {}
        for state in lacking.renditions:
            begin, ticks = 7 * state.rendition.timescale, state.rendition.timescale
            services.objects.put_bytes(f"media/e/{state.public_id}", b"the edge")
            listed[state.public_id] = MadeEdge(
                EdgeFragment(begin, ticks, 8, True), f"media/e/{state.public_id}", b"its own init"
            )
        edges.add(tx, lacking.rendering_id, lacking.edges[0], listed, services.now())
    text = learner.get(f"{path}/play/480.m3u8").text
    first, second = re.findall(r'MAP:URI="(.+)"', text)

    assert lacking.edges == (Edge(7 * 120_000, 8 * 120_000),)
    assert len(before) == 6
    assert _urls(text)[1:] == before
    assert learner.get(_urls(text)[0]).content == b"the edge"
    assert [learner.get(url).text for url in (first, second)] == ["its own init", "init of 480"]
    assert learner.get(_urls(text)[0][:-1] + "_").status_code == 404  # no MAC of 128 bits ends so


def test_parts_of_two_recordings_play_one_after_the_other(
    ask: Ask, people: People, services: Services, made: Made, path: str
) -> None:
    retake = material.recording(services, people.expert)
    parts = [
        {"recording": retake.id, "start_ms": 0, "end_ms": 4000},
        {"recording": made.id, "start_ms": 18_000, "end_ms": 20_000},
    ]
    ask(people.curator).patch(path, json={"parts": parts}, headers={"If-Match": '"1"'})
    learner = ask(people.learner)

    playlist = learner.get(f"{path}/play/270.m3u8").text
    pieces = [learner.get(url).text for url in _urls(playlist)]
    captions = learner.get(f"{path}/captions.vtt").text

    assert pieces == [f"270 0 of {retake.id}", f"270 1 of {retake.id}", f"270 9 of {made.id}"]
    assert playlist.count("#EXT-X-DISCONTINUITY") == 1
    assert playlist.count("#EXT-X-MAP") == 2
    assert captions.splitlines()[2].startswith("00:00:00.400 --> ")
    assert learner.get(f"{path}/play/captions-1.vtt").status_code == 200


def test_a_clip_of_what_is_not_rendered_yet_asks_for_a_moment(ask: Ask, people: People, services: Services) -> None:
    half = material.recording(services, people.expert, fragments=5)
    path = f"/api/v1/clips/{half.clips[1].public_id}"
    curator = ask(people.curator)

    answers = [curator.get(f"{path}/{each}") for each in ("play/480.m3u8", "storyboard.vtt", "captions.vtt")]

    assert [each.status_code for each in answers] == [503, 503, 200]
    assert answers[0].json()["error"]["code"] == "still_rendering"
    assert "00:00:00.400 --> " in answers[2].text


def test_media_addresses_are_the_same_for_everybody_and_for_a_day(
    ask: Ask, people: People, path: str, clock: Clock
) -> None:
    learner, expert = ask(people.learner), ask(people.expert)
    theirs, others = (_urls(client.get(f"{path}/play/480.m3u8").text) for client in (learner, expert))

    clock.passes(days=1)
    tomorrow = _urls(learner.get(f"{path}/play/480.m3u8").text)
    on_the_next_day = learner.get(theirs[0]).status_code
    clock.passes(days=1)
    two_days_later = learner.get(theirs[0]).status_code

    assert theirs == others
    assert set(theirs).isdisjoint(tomorrow)
    assert (on_the_next_day, two_days_later) == (200, 404)


def _urls(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("/m/")]
