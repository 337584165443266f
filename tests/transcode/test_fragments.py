"""Reading fragmented MP4 while it grows."""

from pathlib import Path

import pytest

from tests.transcode.media import H264, SINE, ffmpeg
from transcode.fragments import GrowingFile, boxes, codec, inside

FRAGMENTED = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4"]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("media") / "video.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=3", *H264, "-g", 25, *FRAGMENTED, path)
    return path.read_bytes()


def test_a_fragment_appears_with_its_last_byte(video: bytes, tmp_path: Path) -> None:
    path = tmp_path / "growing.mp4"
    ends = [end for kind, _, end in boxes(video, 0, len(video)) if kind == b"mdat"]

    with path.open("w+b", buffering=0) as file:
        growing = GrowingFile(file)
        file.write(video[: ends[0] - 1])
        before = growing.new()
        file.write(video[ends[0] - 1 : ends[0]])
        after = growing.new()
        file.write(video[ends[0] :])
        rest = growing.new()
        first = growing.read(after[0].offset, after[0].size)
        last = growing.new()

    assert before == []
    assert [(f.frames, f.sync, f.offset + f.size) for f in after] == [(25, True, ends[0])]
    assert [f.frames for f in rest] == [25, 25]
    assert growing.init is not None
    assert growing.init + first == video[: ends[0]]
    assert last == []


def test_what_arrives_byte_by_byte_is_read_the_same(video: bytes, tmp_path: Path) -> None:
    with (tmp_path / "whole.mp4").open("w+b", buffering=0) as file:
        file.write(video)
        whole = GrowingFile(file).new()

    found = []
    with (tmp_path / "slow.mp4").open("w+b", buffering=0) as file:
        growing = GrowingFile(file)
        for at in range(0, len(video), 37):
            file.write(video[at : at + 37])
            found += growing.new()

    assert found == whole


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["-f", "lavfi", "-i", "testsrc2=s=160x90:d=1", *H264, "-profile:v", "baseline"], "avc1.42c00b"),
        (
            ["-f", "lavfi", "-i", "testsrc2=s=1920x1080:d=0.1", *H264, "-preset", "veryfast"],
            "avc1.640028",
        ),
        ([*SINE, "-t", 1, "-c:a", "aac"], "mp4a.40.2"),
    ],
)
def test_codecs_have_the_names_that_playlists_use(arguments: list[object], name: str, tmp_path: Path) -> None:
    path = tmp_path / "one.mp4"
    ffmpeg(*arguments, *FRAGMENTED, path)
    contents = path.read_bytes()
    _, end = inside(contents, 0, len(contents), b"moov")

    assert codec(contents[:end]) == name


def test_a_box_that_is_smaller_than_its_head_is_refused() -> None:
    with pytest.raises(ValueError, match="smaller than its head"):
        list(boxes(b"\x00\x00\x00\x04moov\x00\x00", 0, 10))
