"""Several clips in one film, as it is seen and heard."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from domain.errors import Invalid, Unavailable
from domain.reel import Caption, Shape
from tests.transcode.media import AAC, H264, ffmpeg, numbered, numbers, pcm
from transcode import reel
from transcode.reel import Scene, make_cover, make_reel

TITLE, CARD = 6, 6  # frames of each, here
COUNTED, UPRIGHT, FLAT = TITLE + CARD, TITLE + CARD + 30 + CARD, TITLE + CARD + 30 + CARD + 15  # where films begin
RED, BLUE, GREEN, NIGHT = (200, 40, 40), (40, 40, 200), (40, 120, 60), (18, 17, 15)
NEAR = 10  # of 255: ffmpeg makes every picture that it turns into RGB darker by two, and here there are three


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """counted.mp4: a second of numbered frames and a tone. upright.mp4: red in a blue frame. flat.mp4: green."""
    folder = tmp_path_factory.mktemp("films")
    numbered(folder / "counted.mp4", 30)
    framed = f"color={_hex(BLUE)}:s=180x320:r=30,drawbox=10:10:160:300:{_hex(RED)}:fill"
    for name, picture in ("upright", framed), ("flat", f"color={_hex(GREEN)}:s=320x180:r=30"):
        bt709 = "scale=out_color_matrix=bt709,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
        ffmpeg("-f", "lavfi", "-i", picture, "-t", "0.5", "-vf", bt709, *H264, folder / f"{name}.mp4")
    return folder


@pytest.fixture(scope="module", autouse=True)
def _cards_of_a_fifth_of_a_second() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reel, "_MOST_MS", 200)
        yield


@pytest.fixture(scope="module")
def told() -> list[float]:
    """How far the reel was, as it was told while it was made."""
    return []


@pytest.fixture(scope="module")
def made(films: Path, told: list[float], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A title card; a card and 30 counted frames; a card, 15 upright frames, and 15 flat ones of the same clip."""
    path = tmp_path_factory.mktemp("reel") / "reel.mp4"
    said = Caption(100, 300, ("Close the blue valve first",))
    noted = Caption(400, 500, ("Not the red",))
    scenes = [
        Scene(films / "counted.mp4", 1000, "Bleed the pump", "Ana Kovač", ()),
        Scene(films / "upright.mp4", 500, "Übergabe: 100 % %{pts} \\N 'quoted'", "", (), (noted,)),
        Scene(films / "flat.mp4", 500, "", "", (said,)),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reel, "_LOOK_S", 0)
        assert _made(scenes, path, progress=told.append)
    return path


@pytest.fixture(scope="module")
def seen(made: Path) -> np.ndarray:
    """Every frame in a quarter of its size, (frames, 180, 320, 3)."""
    raw = ffmpeg("-i", made, "-vf", "scale=320:180:flags=area", "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    return np.frombuffer(raw, np.uint8).reshape(-1, 180, 320, 3)


def test_a_reel_plays_wherever_a_film_does(made: Path) -> None:
    contents = made.read_bytes()
    with av.open(str(made)) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]

        assert (picture.codec.name, picture.profile, picture.pix_fmt) == ("h264", "High", "yuv420p")
        assert (picture.width, picture.height, picture.average_rate, picture.frames) == (1280, 720, 30, 78)
        assert picture.codec_context.colorspace == 1  # BT.709
        assert (sound.codec.name, sound.rate, sound.layout.name) == ("aac", 48_000, "stereo")
        assert float(picture.duration * picture.time_base) == 2.6
        assert float(sound.duration * sound.time_base) == pytest.approx(2.6, abs=0.022)  # whole frames of AAC
        assert [round(frame.pts * frame.time_base * 30) for frame in file.decode(picture)] == list(range(78))
    assert contents.index(b"moov") < contents.index(b"mdat")


def test_a_film_is_shown_frame_by_frame_after_its_card(made: Path) -> None:
    shown = numbers(made)

    assert shown[COUNTED + 6 : COUNTED + 24] == list(range(6, 24))


def test_films_are_heard_at_their_time_and_cards_are_silent(made: Path) -> None:
    heard = np.abs(pcm(made.read_bytes()))
    begins = int(np.argmax(heard > 0.05)) / 48_000
    ends = (len(heard) - int(np.argmax(heard[::-1] > 0.05))) / 48_000

    assert begins == pytest.approx(COUNTED / 30, abs=0.005)
    assert ends == pytest.approx(COUNTED / 30 + 1, abs=0.005)
    assert heard[: int((COUNTED / 30 - 0.03) * 48_000)].max() < 0.001


def test_the_first_picture_is_the_title_card_in_full(seen: np.ndarray, made: Path) -> None:
    cover = made.with_name("cover.jpg")
    make_cover(cover, shape=Shape.LANDSCAPE, title="Week 47", clips=2)

    with Image.open(cover) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1280, 720))
        small = np.asarray(picture.resize((320, 180), Image.Resampling.BOX), np.int16)
    assert np.abs(small - seen[0]).mean() < 4


def test_an_upright_film_is_seen_whole_beside_its_title(seen: np.ndarray) -> None:
    picture = seen[UPRIGHT + 10]
    film, ground = picture[:, 16:117], picture[:, 120:]

    for edge in (film[1:3], film[-3:-1], film[:, 1:3], film[:, -3:-1]):
        assert np.allclose(edge.mean(axis=(0, 1)), BLUE, atol=NEAR)
    assert np.allclose(film[60:120, 30:70].mean(axis=(0, 1)), RED, atol=NEAR)
    assert np.allclose(np.median(ground, axis=(0, 1)), NIGHT, atol=NEAR)
    assert ground.max() > 150  # letters


def test_a_caption_is_on_the_picture_while_it_is_said_and_no_longer(seen: np.ndarray) -> None:
    letters = [int((picture.min(axis=2) > 170).sum()) for picture in seen[FLAT : FLAT + 15]]

    assert [count > 50 for count in letters] == [False] * 3 + [True] * 6 + [False] * 6
    assert np.allclose(seen[FLAT + 4][:130].mean(axis=(0, 1)), GREEN, atol=NEAR)


def test_a_note_is_over_the_head_of_the_film_at_its_second(seen: np.ndarray) -> None:
    letters = [int((picture[:45, 16:117].min(axis=2) > 170).sum()) for picture in seen[UPRIGHT : UPRIGHT + 15]]

    assert [count > 20 for count in letters] == [False] * 12 + [True] * 3


def test_a_clip_goes_on_in_another_size_without_a_card_or_a_fade(seen: np.ndarray) -> None:
    assert np.allclose(seen[FLAT - 1][60:120, 46:86].mean(axis=(0, 1)), RED, atol=NEAR)
    assert np.allclose(seen[FLAT][20:100].mean(axis=(0, 1)), GREEN, atol=NEAR)
    assert seen[FLAT + 14].mean() < seen[FLAT + 8].mean() / 2  # but it ends in one


@pytest.mark.parametrize("shape", [Shape.SQUARE, Shape.PORTRAIT])
def test_other_shapes_have_their_own_size(shape: Shape, films: Path, tmp_path: Path) -> None:
    assert _made([Scene(films / "flat.mp4", 100, "Flat", "", ())], tmp_path / "reel.mp4", shape=shape)

    with av.open(str(tmp_path / "reel.mp4")) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (shape.width, shape.height)


def test_a_film_that_ends_early_stands_still_until_its_time_is_over(
    films: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _made([Scene(films / "flat.mp4", 700, "Flat", "", ())], tmp_path / "reel.mp4")

    with av.open(str(tmp_path / "reel.mp4")) as file:
        assert file.streams.video[0].frames == COUNTED + 21
    assert capfd.readouterr().err == ""


def test_sound_that_begins_late_or_is_missing_leaves_silence(films: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.mp4"
    tone = ("-itsoffset", "0.4", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=0.3")
    ffmpeg("-i", films / "counted.mp4", *tone, "-map", "0:v", "-map", "1:a", "-c:v", "copy", *AAC, late)

    assert _made([Scene(late, 1000, "Late", "", ())], tmp_path / "reel.mp4")

    loud = np.flatnonzero(np.abs(pcm((tmp_path / "reel.mp4").read_bytes())) > 0.05) / 48_000
    assert (loud[0], loud[-1]) == pytest.approx((COUNTED / 30 + 0.4, COUNTED / 30 + 0.7), abs=0.01)


@pytest.mark.parametrize("asked", [1, 20])
def test_stopping_leaves_nothing_behind(
    asked: int, films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reel, "_LOOK_S", 0)
    answers = iter([False] * (asked - 1) + [True])
    scenes = [Scene(films / "flat.mp4", 500, "Bleed the pump", "", ())]

    assert _made(scenes, tmp_path / "reel.mp4", stop=lambda: next(answers)) is False

    assert list(tmp_path.iterdir()) == []
    assert _children() == []


def test_a_failure_in_the_middle_leaves_nothing_behind(
    films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reel, "_LOOK_S", 0)
    (tmp_path / "reel.mp4").write_bytes(b"the one before")

    def failing(share: float) -> None:
        if share > 0.5:
            raise RuntimeError("no database")

    with pytest.raises(RuntimeError):
        _made([Scene(films / "flat.mp4", 500, "Bleed", "", ())], tmp_path / "reel.mp4", progress=failing)

    assert [path.name for path in tmp_path.iterdir()] == ["reel.mp4"]
    assert (tmp_path / "reel.mp4").read_bytes() == b"the one before"
    assert _children() == []


@pytest.mark.parametrize("contents", [b"", b"no film at all"])
def test_what_is_no_film_is_said(contents: bytes, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(contents)

    with pytest.raises(Unavailable) as raised:
        _made([Scene(film, 1000, "Bleed the pump", "", ())], tmp_path / "reel.mp4")

    assert raised.value.code == "reel_failed"
    assert list(tmp_path.iterdir()) == [film]


def test_a_reel_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as raised:
        _made([], tmp_path / "reel.mp4")

    assert raised.value.code == "empty_reel"


def test_progress_only_rises_and_ends_at_one(made: Path, told: list[float]) -> None:
    assert told == sorted(told)
    assert len(set(told)) > 50
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert told[-2] < 1


def _made(
    scenes: list[Scene],
    into: Path,
    *,
    shape: Shape = Shape.LANDSCAPE,
    progress: Callable[[float], object] = lambda share: None,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    return make_reel(
        scenes, into, shape=shape, title="Week 47", progress=lambda share: progress(share) and None, stop=stop
    )


def _children() -> list[str]:
    """Programs that were started by this process and run yet, by name."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, fields = status.read_text().split("(", 1)[1].rsplit(")", 1)
        except FileNotFoundError:
            continue
        if int(fields.split()[1]) == os.getpid() and name.startswith("ffmpeg"):
            found.append(name)
    return found


def _hex(colour: tuple[int, int, int]) -> str:
    return "0x" + bytes(colour).hex()
