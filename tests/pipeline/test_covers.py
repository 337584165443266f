"""A word that is muted: at once in nothing that is served, then silent in all of it; and heard again."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from PIL import Image

from domain.clip import Clip
from domain.recording import Recording
from domain.transcript import Sentence, Transcript, Word
from pipeline import covers as pipeline_covers
from pipeline import edges
from store import beside, covers, renderings, transcripts
from store import edges as stored
from tests.pipeline.filmed import BEEP_S, Film, House
from tests.transcode.media import ffmpeg, pcm
from transcode.edges import Made, make

MUTED = {"start_ms": 7_200, "end_ms": 7_500}  # of the third fragment, from 6 to 8 s, in which a beep begins at 7
WITHIN, BESIDE = (7.25, 7.45), (7.6, 8.0)


def test_from_the_moment_on_no_old_address_works_and_no_new_one_is_given_out(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    old = addresses(house, clip, "audio")

    mute(house, recording)

    assert {house.client.get(each).status_code for each in old} == {404}
    for name in ("54", "audio"):
        assert b"still_rendering" in house.get(clip, f"play/{name}.m3u8", 503)
        assert house.client.get(f"/api/v1/recordings/{recording.public_id}/play/{name}.m3u8").status_code == 503
    assert house.get(clip, "download.mp4", 503)
    assert [each["ready"] for each in listed(house, recording)] == [False]


def test_a_clip_that_does_not_touch_it_plays_on(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (0, 150))

    mute(house, recording)

    assert house.seen(clip) == list(range(150))


def test_what_is_played_then_is_silent_there_and_as_long_as_it_was(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    before = heard(house, clip)

    mute(house, recording)
    house.work()

    after = heard(house, clip)
    assert len(after) == len(before)
    assert loud(before, *WITHIN)
    assert not loud(after, *WITHIN)
    assert loud(after, *BESIDE)
    assert house.seen(clip) == list(range(250))
    assert not loud(pcm(house.get(clip, "download.mp4")), *WITHIN)
    assert [each["ready"] for each in listed(house, recording)] == [True]


def test_an_edge_is_made_of_what_is_muted_and_the_one_from_before_is_gone(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (0, 185))  # 7.4 s
    house.work()
    old = addresses(house, clip, "audio")
    edges_before = {key for key in house.kept() if "/audio/e" in key}

    mute(house, recording)
    house.work()

    assert {house.client.get(each).status_code for each in old} == {404}
    assert house.seen(clip) == list(range(185))
    assert not loud(heard(house, clip), 7.25, 7.38)
    assert loud(heard(house, clip), BEEP_S + 0.02, 7.15)
    assert edges_before
    assert not edges_before & house.kept()


def test_an_edge_that_was_being_made_meanwhile_is_not_listed(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (0, 185))

    def slow(*args: Any, **options: Any) -> dict[str, Made]:
        monkeypatch.setattr(edges, "make", make)
        made = make(*args, **options)
        mute(house, recording)
        return made

    monkeypatch.setattr(edges, "make", slow)
    house.work()

    assert house.seen(clip) == list(range(185))
    assert not loud(heard(house, clip), 7.25, 7.38)


def test_it_is_heard_again_when_the_cover_is_taken_away(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    before = heard(house, clip)
    there = house.kept()
    cover = mute(house, recording)
    house.work()
    silent = addresses(house, clip, "audio")

    assert house.client.delete(f"/api/v1/covers/{cover}").status_code == 204
    house.work()

    assert np.array_equal(heard(house, clip), before)
    assert {house.client.get(each).status_code for each in silent} == {404}
    assert house.kept() == there
    assert [each["removed_by"] != "" for each in listed(house, recording)] == [True]


def test_a_worker_that_is_killed_leaves_nothing_that_does_not_come_right(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    mute(house, recording)
    job = house.queue[0]

    def dies(*_: object) -> None:
        raise KeyboardInterrupt  # as good as a kill

    for where, what in ((house.objects, "put_bytes"), (covers, "add"), (stored, "tell")):
        with monkeypatch.context() as patched:
            patched.setattr(where, what, dies)
            with pytest.raises(KeyboardInterrupt):
                edges.make_lacking(house.tools, job, lambda: False, lambda: house.now)
    house.work()

    assert not loud(heard(house, clip), *WITHIN)
    assert len([key for key in house.kept() if "/audio/c" in key]) == 2  # of which no row knows one, till it is swept

    house.client.delete(f"/api/v1/recordings/{recording.public_id}").raise_for_status()

    assert house.kept() == set()


def test_a_rendering_made_anew_takes_its_place_with_what_is_muted(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    mute(house, recording)
    house.work()
    with house.store.transaction() as tx:
        current = beside.standing(tx, recording.id).complete
        opened = beside.begin(tx, recording.id, current)
        refused = beside.take_place(tx, recording.id, opened)

    edges.make_lacking(house.tools, recording.id, lambda: False, lambda: house.now, beside=True)
    with house.store.transaction() as tx:
        taken = beside.take_place(tx, recording.id, opened)
        gone = renderings.expired(tx, house.now + timedelta(days=9))

    assert (refused, taken) == (False, True)
    assert not loud(heard(house, clip), *WITHIN)
    assert any("/audio/c" in key for key in gone)


def test_what_is_read_says_nothing_of_it_and_all_of_it_again(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    words = [("Mrs", 7_000, 7_200), ("Okafor", 7_200, 7_500), ("waits", 7_500, 8_000)]
    with house.store.transaction() as tx:
        transcripts.save_transcript(
            tx,
            recording.id,
            Transcript(
                "en",
                "test",
                "test",
                tuple(Word(text, start, end, 0.9) for text, start, end in words),
                (Sentence("Mrs Okafor waits", 7_000, 8_000),),
            ),
        )
    assert "Okafor" in said(house, recording, clip)

    cover = mute(house, recording)

    now = said(house, recording, clip)
    assert "Okafor" not in now
    assert "Mrs […] waits" in now
    assert house.client.get("/api/v1/search?q=Okafor").json()["items"] == []

    house.client.patch(
        f"/api/v1/recordings/{recording.public_id}/transcript",
        json={"edits": [{"first": 2, "text": "waited"}]},
        headers={"If-Match": "*"},
    ).raise_for_status()
    assert "Mrs […] waited" in said(house, recording, clip)

    house.client.delete(f"/api/v1/covers/{cover}")

    assert "Mrs Okafor waited" in said(house, recording, clip)


def test_the_history_of_a_clip_says_who_muted_it(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)

    mute(house, recording)

    newest = house.client.get(f"/api/v1/clips/{clip.public_id}/history").json()["items"][0]
    assert newest["act"] == "muted"
    assert newest["by"]


def mute(house: House, recording: Recording) -> str:
    answer = house.client.post(f"/api/v1/recordings/{recording.public_id}/covers", json=MUTED)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def listed(house: House, recording: Recording) -> list[dict[str, object]]:
    found: list[dict[str, object]] = house.client.get(f"/api/v1/recordings/{recording.public_id}/covers").json()[
        "items"
    ]
    return found


def addresses(house: House, clip: Clip, name: str) -> list[str]:
    lines = house.get(clip, f"play/{name}.m3u8").decode().splitlines()
    init = next(line.split('"')[1] for line in lines if "EXT-X-MAP" in line)
    return [init, *(line for line in lines if line.startswith("/m/"))]


def heard(house: House, clip: Clip) -> np.ndarray:
    answers = [house.client.get(each) for each in addresses(house, clip, "audio")]
    assert {answer.status_code for answer in answers} == {200}
    return pcm(b"".join(answer.content for answer in answers))


def loud(sound: np.ndarray, start_s: float, end_s: float) -> bool:
    return bool(np.abs(sound[round(start_s * 48_000) : round(end_s * 48_000)]).max() > 0.01)


def said(house: House, recording: Recording, clip: Clip) -> str:
    """All that can be read of it: as viewers, and as those who correct it."""
    api = f"/api/v1/recordings/{recording.public_id}"
    texts = [house.client.get(f"{api}/{what}").text for what in ("transcript", "transcript.vtt", "transcript/changes")]
    texts += [house.get(clip, what).decode() for what in ("captions.vtt", "")]
    texts.append(house.client.get(f"/clips/{clip.public_id}").text)
    return "\n".join(texts)


BOX = {"left": 250, "top": 0, "right": 750, "bottom": 500}
HIDDEN = {"start_ms": 6_400, "end_ms": 7_200, "box": BOX}  # frames 160 to 180


def test_a_covered_part_of_the_picture_is_black_for_its_span_and_the_rest_is_as_it_was(
    house: House, film: Film
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    before, heard_before = shown(house, clip), heard(house, clip)
    old = addresses(house, clip, "90")

    cover(house, recording, HIDDEN)
    refused = {house.client.get(each).status_code for each in old}
    house.get(clip, "play/90.m3u8", 503)
    house.work()

    after = shown(house, clip)
    inside, outside = parts(after)
    _, outside_before = parts(before)
    assert refused == {404}
    assert len(after) == len(before) == 250
    assert inside[160:180].max() <= 24  # black is 16, and a bit of it is lost in encoding
    assert inside[:158].max() > 100
    assert inside[182:].max() > 100
    assert all(psnr(now, was) > 28 for now, was in zip(outside[150:200], outside_before[150:200], strict=True))
    assert np.array_equal(after[:150], before[:150])
    assert np.array_equal(after[200:], before[200:])
    assert np.array_equal(heard(house, clip), heard_before)


def test_edges_stills_and_what_is_taken_along_are_covered_too(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (145, 250))  # 5.8 s
    house.work()

    cover(house, recording, {**HIDDEN, "start_ms": 5_900, "end_ms": 7_200})
    house.work()

    inside, _ = parts(shown(house, clip))
    stills = [line for line in house.get(clip, "storyboard.vtt").decode().splitlines() if line.startswith("/m/")]
    along, _ = parts(luma(house.get(clip, "download.mp4")))
    assert inside[3:35].max() <= 24
    assert inside[38:].max() > 100
    assert along[3:35].max() <= 24
    first, *_ = (picture(house.client.get(each).content) for each in stills)
    assert parts(first[None])[0].max() <= 10
    assert b"JFIF" in house.get(clip, "poster.jpg")


def test_pictures_of_another_encoder_than_the_rest_bring_what_players_need(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    encode = pipeline_covers.encodable
    monkeypatch.setattr(
        pipeline_covers, "encodable", lambda rendition, tools: replace(encode(rendition, tools), crf=40, max_kbit=90)
    )

    cover(house, recording, HIDDEN)
    house.work()

    lines = house.get(clip, "play/90.m3u8").decode().splitlines()
    inits = [line.split('"')[1] for line in lines if "EXT-X-MAP" in line]
    assert ["2-init" in each for each in inits] == [False, True, False]
    assert {house.client.get(each).status_code for each in inits} == {200}
    assert house.seen(clip)[:150] == list(range(150))
    whole = house.client.get(f"/api/v1/recordings/{recording.public_id}/play/90.m3u8").text
    assert whole.count("/2-init/") == 1


def cover(house: House, recording: Recording, what: dict[str, object]) -> str:
    answer = house.client.post(f"/api/v1/recordings/{recording.public_id}/covers", json=what)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def shown(house: House, clip: Clip) -> np.ndarray:
    """The frames of the largest rendition: how light each point is."""
    return luma(b"".join(house.client.get(each).content for each in addresses(house, clip, "90")))


def luma(film: bytes) -> np.ndarray:
    width, height = 160, 90
    raw = ffmpeg(
        "-i",
        "pipe:0",
        "-map",
        "0:v",
        "-vf",
        f"scale={width}:{height}",
        "-pix_fmt",
        "gray",
        "-f",
        "rawvideo",
        "-",
        stdin=film,
    )
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width)


def picture(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"))


def parts(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of frames, what lies within the box, and half of the rest: what lies below it."""
    _, height, width = frames.shape
    inside = frames[:, 1 : height // 2 - 1, width // 4 + 2 : width * 3 // 4 - 2]
    return inside, frames[:, height // 2 + 4 :, :]


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    apart = np.mean(np.square(one.astype(float) - other.astype(float)))
    return float(10 * np.log10(255**2 / max(apart, 1e-9)))
