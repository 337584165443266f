"""Transport streams, which cannot be read from the middle on, and their packets in a file that can."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from domain.errors import Refused
from domain.media import Probe
from tests.transcode.media import Joined, every, ffmpeg, numbered, numbers, pcm, small
from transcode import remux
from transcode.command import landing_s, remuxed
from transcode.jail import Jail
from transcode.probe import probe
from transcode.render import render

PLAN = every(180, 30, 30)  # six seconds, a fragment a second
REORDERED = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", 2, "-pix_fmt", "yuv420p")


def stream(path: Path, *, after: tuple[object, ...] = (), **how: object) -> Path:
    film = numbered(path.with_suffix(".mp4"), 180, codec=REORDERED, **how)  # type: ignore[arg-type]
    ffmpeg("-i", film, "-c", "copy", *after, "-f", "mpegts", path)
    return path


def begun_in_the_middle(path: Path) -> Path:
    whole = stream(path.with_suffix(".whole.ts")).read_bytes()
    path.write_bytes(whole[188 * 60 :])  # a camera that was switched on while it was receiving
    return path


def with_a_hole(path: Path) -> Path:
    data = bytearray(stream(path).read_bytes())
    third = len(data) // 3 // 188 * 188
    data[third : third + 188 * 40] = bytes(188 * 40)
    path.write_bytes(data)
    return path


def scratched(path: Path) -> Path:
    data = bytearray(stream(path).read_bytes())
    for at in range(len(data) // 4, len(data) // 2, 997):
        data[at] ^= 0x55
    path.write_bytes(data)
    return path


def two_in_one(path: Path) -> Path:
    one = stream(path).read_bytes()
    path.write_bytes(one[: len(one) // 2 // 188 * 188] + one[: len(one) // 2 // 188 * 188])
    return path


STREAMS: dict[str, Callable[[Path], Path]] = {
    "plain": stream,
    "late picture": lambda path: stream(path, video_filter="setpts=PTS+0.31/TB"),
    "late sound": lambda path: stream(path, after=("-af", "asetpts=PTS+0.31/TB", "-c:a", "aac")),
    "no sound": lambda path: stream(path, sound=False),
    "counted on from far": lambda path: stream(path, after=("-output_ts_offset", 95_000)),
    "begun in the middle": begun_in_the_middle,
    "with a hole": with_a_hole,
}


@pytest.fixture(params=STREAMS, scope="module")
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return STREAMS[request.param](tmp_path_factory.mktemp("stream") / "stream.ts")


def rewritten(source: Path, found: Probe, jail: Jail) -> Path:
    target = source.with_name("remuxed")
    with target.open("wb") as file:
        remux.remux(source, found, file, jail)
    return target


def test_from_the_start_and_from_the_middle_of_the_other_it_is_what_it_was(
    source: Path, jail: Jail, work: Path
) -> None:
    found = probe(source, jail)
    renditions = small(54, sound=found.has_audio)
    other = rewritten(source, found, jail)

    def rendered(path: Path, known: Probe, listed: dict[str, int]) -> Joined:
        return Joined(render(path, known, PLAN, renditions, loudness=None, jail=jail, work=work, listed=listed))

    as_it_is = rendered(source, found, {})
    again = rendered(other, remuxed(found), {})
    from_the_middle = list(render(
            other, remuxed(found), PLAN, small(54, sound=False, stills=False),
            loudness=None, jail=jail, work=work, listed={"54": 3},
        ))  # fmt: skip

    assert remux.helps(found)
    assert landing_s(remuxed(found), PLAN, 90) is not None
    assert numbers(again.file("54")) == numbers(as_it_is.file("54"))
    assert again.starts == as_it_is.starts
    middle = b"".join(landed.runs["54"].data for landed in from_the_middle)
    assert numbers(from_the_middle[0].inits["54"][1] + middle) == numbers(as_it_is.file("54"))[90:]
    if found.has_audio:
        assert np.array_equal(pcm(again.file("audio")), pcm(as_it_is.file("audio")))


@pytest.mark.parametrize("made", [scratched, two_in_one], ids=lambda made: made.__name__)
def test_what_could_not_be_rewritten_as_it_is_is_refused_as_such(
    made: Callable[[Path], Path], tmp_path: Path, jail: Jail
) -> None:
    source = made(tmp_path / "stream.ts")

    with pytest.raises(Refused) as refused:
        rewritten(source, probe(source, jail), jail)

    assert refused.value.code == "cannot_remux"


def test_a_film_that_can_be_read_from_the_middle_on_is_left_alone(tmp_path: Path, jail: Jail) -> None:
    assert not remux.helps(probe(numbered(tmp_path / "film.mp4", 60), jail))
