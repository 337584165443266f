"""What is let in."""

from dataclasses import replace
from fractions import Fraction

import pytest

from capture.policy import Limits, check_probe
from domain.errors import Refused
from domain.media import Probe

PHONE = Probe(
    container="mov,mp4,m4a,3gp,3g2,mj2",
    duration_ms=90_000,
    width=1080,
    height=1920,
    rotation=90,
    mirrored=False,
    fps=Fraction(30),
    begins_ms=0,
    hdr=None,
    video_codec="h264",
    audio_codec="aac",
    audio_index=0,
    audio_channels=2,
)
LIMITS = Limits(max_duration_ms=30 * 60_000, max_pixels=3840 * 2160, max_fps=120)


@pytest.mark.parametrize(
    "probe",
    [
        PHONE,
        replace(PHONE, audio_codec=None, audio_index=None, audio_channels=0),
        replace(PHONE, video_codec=None, width=0, height=0),
        replace(PHONE, duration_ms=500),
        replace(PHONE, duration_ms=30 * 60_000),
        replace(PHONE, width=2160, height=3840),
        replace(PHONE, filmed_fps=123.4),
        replace(PHONE, tracks=64, chapters=1000, audio_channels=16, gap_ms=600_000),
    ],
    ids=[
        "from a phone",
        "silent",
        "sound alone",
        "half a second",
        "as long",
        "as large",
        "as fast as a camera rounds",
        "as rich as is let in",
    ],
)
def test_a_recording_is_let_in(probe: Probe) -> None:
    check_probe(probe, LIMITS)


@pytest.mark.parametrize(
    ("probe", "code", "message"),
    [
        (
            replace(PHONE, video_codec=None, audio_codec=None, audio_index=None),
            "no_media",
            "There are neither pictures nor sound in this file that can be played. "
            "Play it on your phone: if it does not play there either, record it again.",
        ),
        (
            replace(PHONE, duration_ms=100),
            "too_short",
            "This recording lasts 0.1 seconds, too short to say anything. "
            "Record it again, or check that the whole file was picked.",
        ),
        (
            replace(PHONE, duration_ms=91 * 60_000 + 1),
            "too_long",
            "This recording lasts 1 hour and 32 minutes, and at most 30 minutes are let in. "
            "Cut it in parts and upload each of them.",
        ),
        (
            replace(PHONE, width=7680, height=4320),
            "too_large_picture",
            "The picture is 7680 by 4320 pixels, more than can be shown. "
            "Film in 4K or less, or save the video in a smaller size.",
        ),
        (
            replace(PHONE, filmed_fps=240.0),
            "too_many_frames",
            "This video has 240 pictures a second, and at most 120 are let in. "
            "Film without high-speed mode, or save it with fewer.",
        ),
        (
            replace(PHONE, width=16_000, height=16),
            "too_large_picture",
            "The picture is 16000 by 16 pixels, more than can be shown. "
            "Film in 4K or less, or save the video in a smaller size.",
        ),
        (
            replace(PHONE, width=640, height=2),
            "too_small_picture",
            "The picture is 640 by 2 pixels, too small to show anything. "
            "Check that the right file was picked, or send the sound alone.",
        ),
        (
            replace(PHONE, tracks=65),
            "too_many_tracks",
            "There are 65 tracks and attachments in this file, and at most 64 are let in. "
            "Export it with one picture and one sound track, and send that.",
        ),
        (
            replace(PHONE, chapters=10_000),
            "too_many_chapters",
            "There are 10000 chapters in this file, and at most 1000 are let in. "
            "Export it without chapters, and send that.",
        ),
        (
            replace(PHONE, audio_channels=64),
            "too_many_channels",
            "The sound has 64 channels, and at most 16 are let in. Export it in stereo, and send that.",
        ),
        (
            replace(PHONE, duration_ms=36_000_000, gap_ms=35_997_000),
            "mostly_empty",
            "For 10 hours this file holds neither a picture nor sound, so the length it states cannot be right. "
            "Open it on your phone, save it anew (trimming a second off does that), and send that.",
        ),
    ],
)
def test_a_recording_is_refused_in_words_that_say_what_to_do(probe: Probe, code: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        check_probe(probe, LIMITS)

    assert (refused.value.code, refused.value.message) == (code, message)


def test_a_length_just_over_the_limit_does_not_read_as_the_limit() -> None:
    with pytest.raises(Refused) as refused:
        check_probe(replace(PHONE, duration_ms=60_001), Limits(max_duration_ms=60_000))

    assert "lasts 61 seconds, and at most 60 seconds" in refused.value.message


def test_hundreds_of_tracks_are_refused_for_their_number_even_when_none_was_looked_at() -> None:
    unread = replace(PHONE, tracks=3000, video_codec=None, audio_codec=None, audio_index=None)

    with pytest.raises(Refused) as refused:
        check_probe(unread, Limits())

    assert refused.value.code == "too_many_tracks"


@pytest.mark.parametrize("size", [(3840, 2160), (4096, 2160), (4000, 3000), (3840, 3360), (2160, 3840)])
def test_4k_of_every_phone_and_action_camera_is_let_in(size: tuple[int, int]) -> None:
    check_probe(replace(PHONE, width=size[0], height=size[1]), Limits())


def test_8k_is_not_let_in() -> None:
    with pytest.raises(Refused):
        check_probe(replace(PHONE, width=7680, height=4320), Limits())
