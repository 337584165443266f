"""Which renditions are made of a recording."""

from dataclasses import replace
from fractions import Fraction

import pytest

from domain.media import Kind, Probe, Rendition
from transcode.ladder import ladder, quality

FILMED = Probe("mov", 1000, 1920, 1080, 0, False, Fraction(30), 0, None, "h264", "aac", 0, 2)


def test_a_landscape_video_gets_every_rung_and_its_sound_and_stills() -> None:
    assert ladder(FILMED) == (
        Rendition("1080", Kind.VIDEO, 1920, 1080, 23, 5000),
        Rendition("720", Kind.VIDEO, 1280, 720, 23, 2600),
        Rendition("480", Kind.VIDEO, 854, 480, 24, 1200),
        Rendition("270", Kind.VIDEO, 480, 270, 26, 400),
        Rendition("audio", Kind.AUDIO),
        Rendition("stills", Kind.STILLS, 640, 360),
    )


def test_portrait_stays_portrait() -> None:
    made = ladder(replace(FILMED, width=1080, height=1920))

    assert [(r.name, r.width, r.height) for r in made if r.kind is not Kind.AUDIO] == [
        ("1080", 1080, 1920),
        ("720", 720, 1280),
        ("480", 480, 854),
        ("270", 270, 480),
        ("stills", 360, 640),
    ]


def test_nothing_is_made_larger_than_it_is() -> None:
    made = ladder(replace(FILMED, width=640, height=360))

    assert [(r.name, r.width, r.height) for r in made] == [
        ("270", 480, 270),
        ("audio", 0, 0),
        ("stills", 480, 270),
    ]


def test_a_picture_below_the_lowest_rung_keeps_its_own_even_size() -> None:
    made = ladder(replace(FILMED, width=161, height=121))

    assert [(r.name, r.width, r.height) for r in made] == [
        ("120", 160, 120),
        ("audio", 0, 0),
        ("stills", 160, 120),
    ]


def test_a_silent_video_has_no_sound_rendition() -> None:
    made = ladder(replace(FILMED, audio_codec=None, audio_index=None, audio_channels=0), (270,))

    assert [r.name for r in made] == ["270", "stills"]


def test_sound_alone_gets_one_picture_that_is_wide_and_not_too_large() -> None:
    voice = replace(FILMED, width=0, height=0, video_codec=None)

    assert [(r.name, r.width, r.height) for r in ladder(voice)] == [
        ("waveform", 1280, 720),
        ("audio", 0, 0),
        ("stills", 640, 360),
    ]
    assert ladder(voice, (480, 270))[0].height == 480


def test_a_screen_that_is_hardly_larger_than_the_highest_rung_keeps_every_pixel() -> None:
    phone = replace(FILMED, width=1170, height=2532, screen=True)
    laptop = replace(FILMED, width=1440, height=900, screen=True)
    wall = replace(FILMED, width=3840, height=2160, screen=True)

    assert [r.name for r in ladder(phone)] == ["1170", "720", "480", "270", "audio", "stills"]
    assert (ladder(phone)[0].width, ladder(phone)[0].height) == (1170, 2532)
    assert [r.name for r in ladder(laptop)] == ["900", "720", "480", "270", "audio", "stills"]
    assert [r.name for r in ladder(wall)] == ["1080", "720", "480", "270", "audio", "stills"]


def test_a_screen_is_given_more_bits_than_a_film_of_its_size() -> None:
    film, screen = ladder(FILMED)[0], ladder(replace(FILMED, screen=True))[0]

    assert (film.crf, film.max_kbit) == (23, 5000)
    assert (screen.crf, screen.max_kbit) == (19, 7500)


@pytest.mark.parametrize(
    ("minutes", "fps", "largest"),
    [(30, 30, "1080"), (31, 30, "720"), (15, 60, "1080"), (16, 60, "720"), (120, 60, "720")],
)
def test_long_recordings_end_at_720(minutes: int, fps: int, largest: str) -> None:
    long = replace(FILMED, duration_ms=minutes * 60_000, fps=Fraction(fps))

    assert ladder(long)[0].name == largest
    assert ladder(replace(long, screen=True))[0].name == "1080"
    assert ladder(long, (1080,))[0].name == "1080"


def test_rungs_of_ones_own_are_given_bits_between_those_of_the_known_ones() -> None:
    assert quality(540) == (23, 1549)
    assert quality(360) == (24, 715)
    assert quality(180) == (26, 193)
