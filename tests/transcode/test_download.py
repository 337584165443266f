"""A clip to take along."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from domain.errors import Invalid
from tests.transcode.media import H264, Joined, every, ffmpeg, numbered, numbers, pcm, small
from transcode.download import Part, Track, join_mp4
from transcode.jail import Jail
from transcode.probe import probe
from transcode.render import render


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, jail: Jail) -> Joined:
    """Eight seconds of numbered frames with a beep from second 5 on."""
    folder = tmp_path_factory.mktemp("rendered")
    silent = numbered(folder / "silent.mp4", 240, sound=False)
    beep = "aevalsrc='if(gte(t,5),sin(2*PI*1000*t),0)':d=8:s=48000"
    source = folder / "source.mp4"
    ffmpeg("-i", silent, "-f", "lavfi", "-i", beep, *H264, "-c:a", "aac", source)
    return Joined(
        render(source, probe(source, jail), every(240, 30, 60), small(90, 54), loudness=None, jail=jail, work=folder)
    )


def part(rendered: Joined, first: int, end: int, name: str = "90") -> Part:
    def track(name: str, timescale: int) -> Track:
        sizes = [size for landed in rendered.batches if name in landed.runs for size in landed.runs[name].run.sizes]
        data = rendered.data[name][sum(sizes[:first]) : sum(sizes[:end])]
        pieces = [data[at : at + 1000] for at in range(0, len(data), 1000)]
        return Track(rendered.inits[name][1], Fraction(rendered.starts[name][first], timescale), lambda: pieces)

    return Part(Fraction(2 * (end - first)), [track(name, 120_000), track("audio", 48_000)])


def test_a_clip_has_its_frames_and_its_sound_at_their_time(rendered: Joined, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"

    join_mp4([part(rendered, 2, 4)], path)

    contents = path.read_bytes()
    assert numbers(path) == list(range(120, 240))
    assert contents.index(b"moov") < contents.index(b"mdat")
    assert int(np.argmax(np.abs(pcm(contents)) > 0.25)) / 48_000 == pytest.approx(1.0, abs=0.005)


def test_parts_follow_each_other(rendered: Joined, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"

    join_mp4([part(rendered, 2, 3), part(rendered, 0, 1)], path)

    assert numbers(path) == [*range(120, 180), *range(60)]
    assert len(pcm(path.read_bytes())) / 48_000 == pytest.approx(4.0, abs=0.03)


def test_different_renditions_do_not_go_into_one_file(rendered: Joined, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as raised:
        join_mp4([part(rendered, 2, 3), part(rendered, 0, 1, "54")], tmp_path / "clip.mp4")

    assert raised.value.code == "different_recordings"
