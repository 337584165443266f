"""The sample recording is what the tests and `make run` take it for."""

import json
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.burned_code import HEIGHT, WIDTH, bits, frame_number

SAMPLE = Path(__file__).resolve().parents[2] / "pipeline" / "sample"
MEDIA = SAMPLE / "sample.mp4"


@cache
def described() -> dict[str, Any]:
    return json.loads((SAMPLE / "sample.json").read_text(encoding="utf-8"))


def upright(number: int) -> NDArray[np.uint8]:
    """One frame as shown."""
    with av.open(str(MEDIA)) as media:
        frame = next(islice(media.decode(video=0), number, None))
        return np.rot90(frame.to_ndarray(format="rgb24"), -1)


def drawn(number: int) -> NDArray[np.uint8]:
    """A grey picture that holds nothing but a code, three pixels a square."""
    strip = np.repeat(np.array([255 if bit else 0 for bit in bits(number)], np.uint8), 3)
    picture = np.full((160, 90, 3), 128, np.uint8)
    picture[156:160, 21:69] = strip[None, :, None]
    return picture


def test_the_sample_is_small_enough_to_be_cloned_by_everybody() -> None:
    assert MEDIA.stat().st_size < 3_000_000


def test_the_sample_is_stored_lying_and_shown_upright_as_a_phone_does_it() -> None:
    with av.open(str(MEDIA)) as media:
        video = media.streams.video[0]
        frame = next(media.decode(video))

        assert (video.codec_context.name, video.average_rate) == ("h264", 30)
        assert (frame.width, frame.height, frame.rotation) == (1280, 720, -90)
    assert upright(0).shape == (1280, 720, 3)


def test_the_sample_speaks_in_mono_at_48_khz() -> None:
    with av.open(str(MEDIA)) as media:
        audio = media.streams.audio[0].codec_context

        assert (audio.name, audio.sample_rate, audio.channels) == ("aac", 48_000, 1)


def test_the_description_agrees_with_the_file() -> None:
    with av.open(str(MEDIA)) as media:
        video = media.streams.video[0]
        video_ms = round(video.duration * video.time_base * 1000)
        frames = video.frames

    assert 80_000 <= described()["duration_ms"] <= 100_000
    assert described()["duration_ms"] == video_ms
    assert (described()["frames"], described()["width"], described()["height"]) == (frames, 720, 1280)


def test_sentences_and_pauses_lie_end_to_end_and_topics_hold_their_sentences() -> None:
    sentences, pauses, topics = described()["sentences"], described()["pauses"], described()["topics"]

    assert [(p["start_ms"], p["end_ms"]) for p in pauses] == [
        (a["end_ms"], b["start_ms"]) for a, b in pairwise(sentences)
    ]
    assert len(topics) == 3
    for number, topic in enumerate(topics):
        own = [s for s in sentences if s["topic"] == number]
        assert (topic["start_ms"], topic["end_ms"]) == (own[0]["start_ms"], own[-1]["end_ms"])
        assert 5 <= len(own) <= 8
        assert 25_000 <= topic["end_ms"] - topic["start_ms"] <= 35_000


def test_a_sentence_is_loud_and_the_pause_after_it_is_quiet_and_yet_not_dead() -> None:
    with av.open(str(MEDIA)) as media:
        # Each packet at the place its timestamp says, so that the encoder's priming does not shift what is heard.
        heard = np.zeros((described()["duration_ms"] + 1000) * 48, np.float32)
        for frame in media.decode(audio=0):
            samples = frame.to_ndarray()[0]
            place = round(frame.time * 48_000)
            heard[max(place, 0) : place + len(samples)] = samples[max(-place, 0) :]

    def level_db(start_ms: int, end_ms: int) -> float:
        return float(20 * np.log10(np.sqrt(np.mean(heard[start_ms * 48 : end_ms * 48] ** 2))))

    for sentence in described()["sentences"]:
        assert -30 < level_db(sentence["start_ms"], sentence["end_ms"]) < -10
    for pause in described()["pauses"]:
        assert -70 < level_db(pause["start_ms"] + 20, pause["end_ms"] - 20) < -50


def test_every_frame_carries_its_own_number() -> None:
    assert [frame_number(upright(n)) for n in (0, 100)] == [0, 100]


def test_a_code_is_read_from_a_picture_an_eighth_of_the_size() -> None:
    picture = drawn(2837)

    assert (picture.shape[1], picture.shape[0]) == (WIDTH // 8, HEIGHT // 8)
    assert frame_number(picture) == 2837


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_without_a_code_is_not_read_as_a_number(grey: int) -> None:
    picture = np.full((HEIGHT, WIDTH, 3), grey, np.uint8)

    with pytest.raises(ValueError, match=r"square|check bits"):
        frame_number(picture)


def test_two_frames_blended_are_not_read_as_a_number() -> None:
    blended = (drawn(100) // 2 + drawn(200) // 2).astype(np.uint8)

    with pytest.raises(ValueError, match="neither black nor white"):
        frame_number(blended)
