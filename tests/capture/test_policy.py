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
        replace(PHONE, fps=Fraction(120)),
    ],
    ids=["from a phone", "silent", "sound alone", "half a second", "as long", "as large", "as fast as is let in"],
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
            replace(PHONE, fps=Fraction(240)),
            "too_many_frames",
            "This video has 240 pictures a second, and at most 120 are let in. "
            "Film without high-speed mode, or save it with fewer.",
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
