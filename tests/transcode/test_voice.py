"""What somebody said into a page's microphone, made anew: one small file of our own, or a refusal in words."""

from pathlib import Path

import av
import pytest

from domain.errors import Refused
from tests.transcode.media import ffmpeg
from transcode.jail import Jail
from transcode.voice import remade

_TONE = ("-f", "lavfi", "-i", "sine=frequency=300:sample_rate=48000")


@pytest.fixture(scope="module")
def jail() -> Jail:
    return Jail()


def recorded(path: Path, *arguments: object) -> Path:
    ffmpeg(*_TONE, *arguments, path)
    path.parent.chmod(0o755)
    return path


def test_what_a_browser_records_becomes_aac_in_mono_without_anything_else_in_it(tmp_path: Path, jail: Jail) -> None:
    secret = "-metadata", "title=Ward 3", "-metadata", "location=+51.5-0.1/"
    sent = recorded(tmp_path / "sent.webm", "-t", 3, "-ac", 2, "-c:a", "libopus", *secret)

    length_ms = remade(sent, tmp_path / "made.m4a", jail)

    made = (tmp_path / "made.m4a").read_bytes()
    with av.open(str(tmp_path / "made.m4a")) as media:
        [stream] = media.streams
        codec, channels, rate = stream.codec_context.name, stream.codec_context.channels, stream.codec_context.rate
    assert abs(length_ms - 3_000) <= 40
    assert (codec, channels, rate) == ("aac", 1, 48_000)
    assert b"Ward 3" not in made
    assert b"51.5" not in made
    assert len(made) < 40_000


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(b""), "empty_file"),
        (lambda path: path.write_bytes(b"Not a sound at all, but words." * 100), "not_media"),
        (lambda path: path.write_bytes(b"#EXTM3U\nfile:///etc/passwd\n"), "not_media"),
        (lambda path: recorded(path, "-t", 0.1, "-f", "wav"), "too_short"),
        (lambda path: recorded(path, "-t", 127, "-ar", 8_000, "-f", "wav"), "too_long"),
        (lambda path: ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-f", "matroska", path), "no_sound"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words_for_who_spoke(
    tmp_path: Path, jail: Jail, make: object, code: str
) -> None:
    sent = tmp_path / "sent"
    make(sent)  # type: ignore[operator]
    tmp_path.chmod(0o755)

    with pytest.raises(Refused) as refused:
        remade(sent, tmp_path / "made.m4a", jail)

    assert refused.value.code == code
    assert refused.value.message
