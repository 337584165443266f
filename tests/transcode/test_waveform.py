"""Sound alone has a picture: its waveform, of which what has been heard is in another colour."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from domain.media import Loudness, Probe, Rendition
from tests.transcode.media import Joined, every, ffmpeg, pictures
from transcode import waveform
from transcode.jail import Jail
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render

SIZE = (640, 360)
LOUD = Loudness(-16.0, -1.0)  # as it is to be played: the picture is drawn with no gain
NIGHT, HEARD, TO_COME = 30, 180, 90  # brightness, about


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty seconds: two pages. Silent but for the third quarter of the first page."""
    path = tmp_path_factory.mktemp("sound") / "voice.wav"
    ffmpeg("-f", "lavfi", "-i", "aevalsrc='0.8*sin(2*PI*440*t)*between(t,7.6,11.2)':s=16000:d=30", path)
    return path


@pytest.fixture(scope="module")
def film(voice: Path, tmp_path_factory: pytest.TempPathFactory) -> Joined:
    known, jail = probe(voice, Jail()), Jail()
    work = tmp_path_factory.mktemp("work")
    return Joined(render(voice, known, every(750, 25, 100), _drawing(known), loudness=LOUD, jail=jail, work=work))


@pytest.fixture(scope="module")
def shown(film: Joined) -> np.ndarray:
    return pictures(film.file("waveform"), *SIZE)


def test_a_voice_is_a_film_with_a_still_every_two_seconds(film: Joined, shown: np.ndarray) -> None:
    assert film.listed == {"waveform": 8, "audio": 8, "stills": 15}
    assert len(shown) == 750


def test_bars_are_as_tall_as_the_sound_is_loud(shown: np.ndarray) -> None:
    tall = (shown[0] > TO_COME - 30).sum(axis=0)

    assert _bars(tall) == pytest.approx([2] * 36 + [144] * 18 + [2] * 18, abs=4)


def test_sound_that_changes_is_drawn_where_it_is_heard(tmp_path: Path, jail: Jail, work: Path) -> None:
    source, halves = tmp_path / "voice.ts", (tmp_path / "0.ts", tmp_path / "1.ts")
    tone = "aevalsrc='0.8*sin(2*PI*440*t)*between(t,2.05,2.95)':s=48000:d=6"
    for half, at, kind in zip(halves, (0, 6), (("-ac", 1), ("-ac", 2, "-ar", 44_100)), strict=True):
        ffmpeg("-f", "lavfi", "-i", tone, "-c:a", "aac", *kind, "-muxdelay", 0, "-output_ts_offset", at, half)
    source.write_bytes(b"".join(half.read_bytes() for half in halves))
    known = probe(source, jail)

    got = Joined(render(source, known, every(300, 25, 100), _drawing(known), loudness=LOUD, jail=jail, work=work))

    picture = pictures(got.file("waveform"), *SIZE)[0]
    tall = _bars((picture > TO_COME - 30).sum(axis=0)) > 20
    assert np.flatnonzero(tall).tolist() == [*range(12, 18), *range(48, 54)]  # six a second


def test_what_was_heard_has_another_colour_and_the_next_page_begins_anew(shown: np.ndarray) -> None:
    middle = shown[:, SIZE[1] // 2]

    heard = [int((_bars(line) > (HEARD + TO_COME) / 2).sum()) for line in middle[[0, 100, 374, 375, 625, 749]]]
    assert heard == pytest.approx([0, 19, 72, 0, 48, 72], abs=1)
    assert (shown[600] > TO_COME - 30).sum(axis=0).max() <= 6


def test_an_hour_of_it_is_a_few_megabytes_even_without_loss(film: Joined) -> None:
    assert len(film.data["waveform"]) * 120 < 20_000_000


def test_going_on_in_the_middle_draws_the_same_pictures(
    voice: Path, film: Joined, shown: np.ndarray, jail: Jail, work: Path
) -> None:
    known = probe(voice, jail)
    listed = {"waveform": 5, "stills": 10, "audio": 8}

    rest = list(
        render(voice, known, every(750, 25, 100), _drawing(known), loudness=LOUD, jail=jail, work=work, listed=listed)
    )

    data = b"".join(landed.runs["waveform"].data for landed in rest)
    again = pictures(film.inits["waveform"][1] + data, *SIZE)
    assert rest[0].inits["waveform"] == film.inits["waveform"]
    assert np.array_equal(again, shown[500:])


def _drawing(known: Probe) -> tuple[Rendition, ...]:
    """Without loss, so that it can be compared to the bit."""
    return tuple(replace(r, crf=0) for r in ladder(known, (360,)))


def _bars(line: np.ndarray) -> np.ndarray:
    """One value for each bar, taken from its middle."""
    pitch = SIZE[0] // 80
    left = (SIZE[0] - pitch * waveform.BARS) // 2
    return np.array([line[left + n * pitch + 3] for n in range(waveform.BARS)])
