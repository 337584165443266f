"""AV1 beside H.264: the same frames, cut at the same places; and encoders that are not there."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from domain.edge import Edge
from domain.media import Encoder, KeyframePlan, Kind, Probe, Rendition
from tests.transcode.media import Joined, numbered, numbers, small
from transcode import edges
from transcode.download import Part, Track, join_mp4
from transcode.encoders import trouble
from transcode.jail import Jail
from transcode.ladder import as_made, ladder
from transcode.probe import probe
from transcode.render import render

PLAN = KeyframePlan(Fraction(30), 180, (0, 30, 77, 120))
AV1 = Rendition("90-av1", Kind.VIDEO, 160, 90, 40, 300, Encoder.SVTAV1)
FILMED = Probe("mov", 1000, 1280, 720, 0, False, Fraction(30), 0, None, "h264", "aac", 0, 2)


@pytest.fixture(scope="module")
def six_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered(tmp_path_factory.mktemp("media") / "six.mp4", 180)


@pytest.fixture(scope="module")
def rendered(six_seconds: Path, tmp_path_factory: pytest.TempPathFactory) -> Joined:
    jail, work = Jail(), tmp_path_factory.mktemp("work")
    renditions = (*small(90, sound=False, stills=False), AV1)
    return Joined(render(six_seconds, probe(six_seconds, jail), PLAN, renditions, loudness=None, jail=jail, work=work))


def fragments(got: Joined, name: str) -> list[bytes]:
    sizes = [size for landed in got.batches if name in landed.runs for size in landed.runs[name].run.sizes]
    return [got.data[name][sum(sizes[:n]) : sum(sizes[: n + 1])] for n in range(len(sizes))]


def test_av1_has_every_frame_and_its_fragments_where_those_of_h264_are(rendered: Joined) -> None:
    assert numbers(rendered.file("90-av1")) == list(range(180))
    assert rendered.starts["90-av1"] == rendered.starts["90"] == [0, 120_000, 308_000, 480_000]
    assert rendered.ticks["90-av1"] == rendered.ticks["90"]
    assert rendered.inits["90-av1"][0] == "av01.0.00M.08"


def test_each_fragment_of_av1_can_be_decoded_alone(rendered: Joined) -> None:
    third = fragments(rendered, "90-av1")[2]

    assert numbers(rendered.inits["90-av1"][1] + third) == list(range(77, 120))


def test_what_was_killed_goes_on_with_the_same_initialisation_segment(
    six_seconds: Path, rendered: Joined, jail: Jail, work: Path
) -> None:
    listed = {"90-av1": 2}
    found = probe(six_seconds, jail)
    rest = [*render(six_seconds, found, PLAN, (AV1,), loudness=None, jail=jail, work=work, listed=listed)]

    init = rest[0].inits["90-av1"][1]
    assert init == rendered.inits["90-av1"][1]
    assert numbers(init + b"".join(landed.runs["90-av1"].data for landed in rest)) == list(range(77, 180))


def test_an_edge_follows_its_fragments_and_all_of_it_can_be_taken_along(
    rendered: Joined, jail: Jail, tmp_path: Path
) -> None:
    by_name = {rendition.name: rendition for rendition in (*small(90, sound=False, stills=False), AV1)}
    sources = [
        edges.Source(by_name[name], rendered.inits[name][1], {1: fragments(rendered, name)[1]}) for name in by_name
    ]

    made = edges.make(Edge.of(50, 77, PLAN.fps), PLAN, sources, jail=jail, work=tmp_path)["90-av1"]
    init, path = rendered.inits["90-av1"][1], tmp_path / "clip.mp4"
    data = [made.data, fragments(rendered, "90-av1")[2]]
    join_mp4([Part(Fraction(70, 30), [Track(init, Fraction(50, 30), lambda: data)])], path)

    assert made.init is None
    assert numbers(path) == list(range(50, 120))
    with av.open(str(path)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([n / 30 for n in range(70)], abs=0.001)


def test_every_size_comes_in_both_and_h264_first() -> None:
    made = ladder(FILMED, (720, 270), (Encoder.X264, Encoder.SVTAV1))

    assert made == (
        Rendition("720", Kind.VIDEO, 1280, 720, 23, 2600),
        Rendition("270", Kind.VIDEO, 480, 270, 26, 400),
        Rendition("720-av1", Kind.VIDEO, 1280, 720, 41, 1560, Encoder.SVTAV1),
        Rendition("270-av1", Kind.VIDEO, 480, 270, 44, 240, Encoder.SVTAV1),
        Rendition("audio", Kind.AUDIO),
        Rendition("stills", Kind.STILLS, 640, 360),
    )


def test_h264_by_another_encoder_is_as_good_and_stays() -> None:
    made = ladder(FILMED, (720,))

    assert as_made(ladder(FILMED, (720,), (Encoder.NVENC,)), made) == made
    assert as_made(ladder(FILMED, (480,), (Encoder.NVENC,)), made)[0].encoder is Encoder.NVENC


def test_an_encoder_is_tried_by_encoding(jail: Jail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcode.encoders._SVTAV1_PRESET", 99)

    assert trouble(Encoder.X264, jail) is None
    assert "preset" in str(trouble(Encoder.SVTAV1, jail))
