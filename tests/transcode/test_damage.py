"""Files that are damaged in the middle: what can be read is rendered, and where the rest is missing is known."""

from pathlib import Path
from random import Random

import pytest

from domain.errors import Refused
from tests.transcode.media import Joined, every, numbered, numbers, small
from transcode.jail import Jail
from transcode.probe import probe
from transcode.render import render

VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "400k", "-pix_fmt", "yuv420p")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=12:scenecut=0")


def _damaged(path: Path, *, share: float, noise: bool = False) -> Path:
    """Of its bytes, from the middle on, so many are lost."""
    contents = bytearray(path.read_bytes())
    start = len(contents) // 2
    length = int(len(contents) * share)
    contents[start : start + length] = Random(1).randbytes(length) if noise else bytes(length)
    path.write_bytes(contents)
    return path


@pytest.mark.parametrize("noise", [False, True], ids=["zeros", "noise"])
def test_pictures_stand_still_where_the_file_is_damaged_and_go_on_after_it(
    noise: bool, tmp_path: Path, jail: Jail, work: Path
) -> None:
    film = numbered(tmp_path / "film.mp4", 150, after=["-movflags", "+faststart"])
    source = _damaged(film, share=0.2, noise=noise)
    known = probe(source, jail)

    got = Joined(render(source, known, every(150, 30, 50), small(54), loudness=None, jail=jail, work=work))

    shown = numbers(got.file("54"))
    wrong = [place for place, number in enumerate(shown) if number != place]
    assert len(shown) == 150
    assert known.damaged_at_ms == pytest.approx(wrong[0] * 1000 / 30, abs=34)
    assert known.damaged_ms == pytest.approx(len(wrong) * 1000 / 30, abs=34)
    assert 20 < len(wrong) < 60


@pytest.mark.parametrize(
    ("ending", "codec"), [("webm", VP8), ("ts", ()), ("mp4", HEVC)], ids=["a browser's", "a camera's", "HEVC"]
)
def test_damage_is_found_in_every_container(ending: str, codec: tuple[str, ...], tmp_path: Path, jail: Jail) -> None:
    sound = ["-c:a", "libopus", "-t", 10] if ending == "webm" else []
    made = {"codec": codec} if codec else {}
    source = _damaged(numbered(tmp_path / f"film.{ending}", 300, audio=sound, **made), share=0.2)

    known = probe(source, jail)

    assert 1500 < known.damaged_ms < 3500
    assert 3500 < known.damaged_at_ms < 6000


def test_a_whole_file_is_not_called_damaged(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "film.mp4", 60, sound=False, video_filter="setpts='(N+if(gte(N,20),90,0))/30/TB'")

    assert probe(source, jail).damaged_ms == 0


def test_a_file_of_which_more_than_half_is_damaged_is_refused(tmp_path: Path, jail: Jail) -> None:
    film = numbered(tmp_path / "film.mp4", 150, after=["-movflags", "+faststart"])
    contents = bytearray(film.read_bytes())
    contents[len(contents) * 3 // 10 : len(contents) * 95 // 100] = bytes(
        len(contents) * 95 // 100 - len(contents) * 3 // 10
    )
    film.write_bytes(contents)

    with pytest.raises(Refused) as refused:
        probe(film, jail)

    assert refused.value.code == "damaged"
