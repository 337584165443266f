"""Where a clip begins or ends between two keyframes: to the frame, in every rendition, and in step with its sound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from domain.edge import Edge, EdgeFragment, pieces, touched
from domain.media import Fragment, KeyframePlan, Kind, Rendering, Rendition, RenditionState
from domain.span import Span
from tests.transcode.media import Joined, every, ffmpeg, numbered, numbers, small
from transcode import playlist
from transcode.edges import Made, Source, make
from transcode.jail import Jail
from transcode.playlist import Part
from transcode.probe import probe
from transcode.render import render

FPS = Fraction(30_000, 1001)
PLAN = every(240, FPS, 60)  # a keyframe every 2.002 s of 8
BEEP_S = 5  # from then on


@dataclass(frozen=True)
class Rendered:
    """A recording whose pieces are files of their own, as they have addresses of their own."""

    folder: Path
    plan: KeyframePlan
    rendering: Rendering
    jail: Jail

    def source(self, state: RenditionState, numbers: Iterable[int]) -> Source:
        return Source(state.rendition, self.read(state, "init"), {n: self.read(state, n) for n in numbers})

    def read(self, state: RenditionState, piece: int | str) -> bytes:
        return Path(self.url(state.public_id, piece)).read_bytes()

    def url(self, rendition: str, piece: int | str) -> str:
        return f"{self.folder}/{rendition}-{piece}"

    def edge(self, edge: Edge, **changed: int) -> dict[str, Made]:
        """Makes an edge. `changed`: fields of the pictures' renditions, as another encoder would have them."""
        numbers = [number for number, _, _ in touched(self.plan, edge)]
        sources = [self.source(s, numbers) for s in (*self.rendering.pictures, self.rendering.sound) if s is not None]
        sources = [
            replace(s, rendition=replace(s.rendition, **changed)) if s.rendition.kind is Kind.VIDEO else s
            for s in sources
        ]
        return make(edge, self.plan, sources, jail=self.jail, work=self.folder)

    def part(self, start: int, end: int, **changed: int) -> Part:
        """Of frames, with its edges made."""
        span = Span(self.plan.ms(start), self.plan.ms(end))
        edges: dict[Edge, Mapping[str, EdgeFragment]] = {}
        for edge in pieces(self.plan, span).edges:
            made = self.edge(edge, **changed)
            for name, each in made.items():
                Path(self.url(name, edge.name)).write_bytes(each.data)
                if each.init is not None:
                    Path(self.url(name, f"{edge.name}-init")).write_bytes(each.init)
            edges[edge] = {
                name: EdgeFragment(each.start, each.ticks, len(each.data), each.init is not None)
                for name, each in made.items()
            }
        return Part(span, self.plan, self.rendering, self.url, edges)

    def seen(self, parts: list[Part], name: str) -> list[int]:
        """The numbers of the frames that a player shows."""
        copied = self.play(parts, name, "mkv", "-c", "copy")
        return numbers(copied)

    def heard(self, parts: list[Part]) -> np.ndarray:
        raw = self.play(parts, "audio", "raw", "-ac", 1, "-f", "f32le").read_bytes()
        return np.frombuffer(raw, np.float32)

    def play(self, parts: list[Part], name: str, suffix: str, *how: object) -> Path:
        listed = self.folder / "clip.m3u8"
        listed.write_text(playlist.media(parts, name))
        ffmpeg(
            "-allowed_extensions", "ALL", "-extension_picky", 0, "-i", listed, *how, listed.with_suffix(f".{suffix}")
        )
        return listed.with_suffix(f".{suffix}")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, jail: Jail) -> Rendered:
    """Eight seconds of numbered frames, silent until there is a beep."""
    folder = tmp_path_factory.mktemp("rendered")
    silent = numbered(folder / "silent.mp4", 240, fps=FPS, sound=False)
    beep = f"aevalsrc='if(gte(t,{BEEP_S}),sin(2*PI*1000*t),0)':d=8.1:s=48000"
    source = folder / "source.mp4"
    ffmpeg("-i", silent, "-f", "lavfi", "-i", beep, "-c:v", "copy", "-c:a", "aac", "-t", 8.008, source)
    return kept(folder, source, PLAN, small(90, 54, stills=False), jail)


def kept(folder: Path, source: Path, plan: KeyframePlan, renditions: tuple[Rendition, ...], jail: Jail) -> Rendered:
    got = Joined(render(source, probe(source, jail), plan, renditions, loudness=None, jail=jail, work=folder))
    states = []
    for r in renditions:
        sizes = [size for landed in got.batches if r.name in landed.runs for size in landed.runs[r.name].run.sizes]
        at, fragments = 0, []
        for n, size in enumerate(sizes):
            (folder / f"{r.name}-{n}").write_bytes(got.data[r.name][at : at + size])
            fragments.append(Fragment(n, got.starts[r.name][n], got.ticks[r.name][n], size))
            at += size
        codec, init = got.inits[r.name]
        (folder / f"{r.name}-init").write_bytes(init)
        states.append(RenditionState(r.name, r, codec, 100_000, tuple(fragments)))
    return Rendered(folder, plan, Rendering(True, tuple(states)), jail)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (31, 200),  # an edge at either end
        (60, 150),  # from a keyframe
        (90, 180),  # to one
        (70, 110),  # no keyframe inside
        (55, 122),  # edges too short to stand alone
        (57, 63),  # and nothing but those
        (200, 240),  # to the recording's end
    ],
)
def test_a_player_sees_exactly_the_frames_of_a_part(rendered: Rendered, start: int, end: int) -> None:
    part = rendered.part(start, end)

    assert rendered.seen([part], "90") == list(range(start, end))
    assert rendered.seen([part], "54") == list(range(start, end))


def test_parts_follow_each_other_to_the_frame(rendered: Rendered) -> None:
    parts = [rendered.part(70, 110), rendered.part(0, 60), rendered.part(185, 239)]

    shown = [number for part in parts for number in rendered.seen([part], "54")]

    assert shown == [*range(70, 110), *range(60), *range(185, 239)]
    assert playlist.media(parts, "54").count("#EXT-X-DISCONTINUITY") == 2


def test_edges_follow_the_initialisation_segment_of_their_rendition(rendered: Rendered) -> None:
    made = rendered.edge(Edge.of(70, 110, FPS))

    assert {name: each.init for name, each in made.items()} == {"90": None, "54": None, "audio": None}


def test_sound_is_cut_within_half_an_aac_frame_of_the_picture_and_without_a_gap(rendered: Rendered) -> None:
    part = rendered.part(31, 200)
    (picture, *_), sound = rendered.rendering.pictures, rendered.rendering.sound
    assert sound is not None

    seen, heard = (list(playlist.pieces(part, state)) for state in (picture, sound))

    assert all(a.start + a.ticks == b.start for cut in (seen, heard) for a, b in pairwise(cut))
    apart = [Fraction(a.start, 120_000) - Fraction(b.start, 48_000) for a, b in zip(seen, heard, strict=True)]
    assert max(abs(each) for each in apart) <= Fraction(512, 48_000)


def test_what_is_heard_at_an_edge_is_heard_at_its_frame(rendered: Rendered) -> None:
    part = rendered.part(130, 200)  # the beep comes 19.85 frames later

    sound = rendered.heard([part])

    begins_s = float(rendered.edge(pieces(PLAN, part.span).edges[0])["audio"].start / 48_000 - 130 / FPS)
    beep_s = int(np.argmax(np.abs(sound) > 0.25)) / 48_000 + begins_s
    assert beep_s == pytest.approx(float(BEEP_S - 130 / FPS), abs=0.005)
    assert len(sound) / 48_000 == pytest.approx(float(70 / FPS), abs=0.022)


def test_an_edge_of_another_encoder_brings_its_own_initialisation_segment(rendered: Rendered) -> None:
    part = rendered.part(55, 150, crf=40)

    assert "-init" in playlist.media([part], "90")
    assert rendered.seen([part], "90") == list(range(55, 150))


def test_a_recording_of_sound_alone_has_edges_of_sound(tmp_path: Path, jail: Jail) -> None:
    voice = tmp_path / "voice.m4a"
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=6", "-c:a", "aac", voice)
    rendered = kept(tmp_path, voice, every(150, 25, 50), (Rendition("audio", Kind.AUDIO),), jail)

    part = rendered.part(30, 130)

    assert len(rendered.heard([part])) / 48_000 == pytest.approx(4.0, abs=0.022)
    assert playlist.shown([part]) == (Span(1200, 5200),)
