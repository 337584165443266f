"""A muted span is silent to the sample, and what is not muted is as it was: bytes, times and number of frames."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from domain.media import AUDIO_TIMESCALE, Kind, Rendition
from domain.span import Span
from tests.transcode.media import Joined, every, ffmpeg, pcm
from transcode.fragments import GrowingFile
from transcode.jail import Jail
from transcode.mute import muted
from transcode.probe import probe
from transcode.render import render
from transcode.repack import AAC_FRAME

PLAN = every(250, Fraction(25), 50)  # 10 s, a fragment every 2 s
AROUND_MS = 80  # beside a span: the fade, and the AAC frames that are encoded again

Sound = tuple[bytes, dict[int, bytes]]  # initialisation segment, fragments


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, jail: Jail) -> Sound:
    """Ten seconds that never rest: a gliding voice, hiss, and a knock four times a second, another on either side."""
    folder = tmp_path_factory.mktemp("sound")
    path = folder / "voice.wav"
    voice = "0.2*sin(2*PI*180*t+40*sin(2*PI*0.7*t))+0.1*sin(2*PI*1300*t)*gt(sin(2*PI*3*t)\\,0)"
    knock = "0.4*sin(2*PI*900*t)*exp(-60*mod(t\\,0.25))"
    left, right = f"{voice}+{knock}+0.02*(random(0)-0.5)", f"0.7*({voice})+0.5*{knock}+0.05*(random(1)-0.5)"
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc={left}|{right}:d=10:s=48000", path)
    landed = render(
        path, probe(path, jail), PLAN, (Rendition("audio", Kind.AUDIO),), loudness=None, jail=jail, work=folder
    )
    joined = Joined(landed)
    runs = [(run.run, run.data) for each in joined.batches for run in each.runs.values()]
    fragments = {}
    for run, data in runs:
        for number in range(run.first, run.end):
            offset, size = run.byte_range(number)
            fragments[number] = data[offset : offset + size]
    return joined.inits["audio"][1], fragments


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "wanted"),
    [
        (2_500, 2_900, {1}),
        (3_700, 4_300, {1, 2}),  # over a keyframe
        (4_010, 4_400, {1, 2}),  # the fragment before still sounds into it
        (0, 300, {0}),
        (9_500, 10_000, {4}),
    ],
)
def test_it_is_silent_within_and_the_same_without(
    sound: Sound, tmp_path: Path, start_ms: int, end_ms: int, wanted: set[int]
) -> None:
    init, fragments = sound
    span = Span(start_ms, end_ms)

    made = muted([span], init, near(fragments, wanted), wanted, work=tmp_path)

    was, now = frames(init, fragments, tmp_path), frames(init, {**fragments, **made}, tmp_path)
    before, after = heard(init, fragments), heard(init, {**fragments, **made})
    others = [number for number, (old, new) in enumerate(zip(was, now, strict=True)) if old != new]
    assert made.keys() == wanted
    assert len(after) == len(before)
    assert others[0] * AAC_FRAME >= samples(start_ms - AROUND_MS)
    assert (others[-1] + 1) * AAC_FRAME <= samples(end_ms + AROUND_MS)
    assert not after[samples(start_ms) + 2 * AAC_FRAME : samples(end_ms) - 2 * AAC_FRAME].any()
    assert level_db(after[samples(start_ms) : samples(end_ms)]) < level_db(before) - 40
    # What decoders make of hiss is another each time: 33 dB below everything here.
    for beside in (slice(0, samples(start_ms - 10)), slice(samples(end_ms + 10), None)):
        if before[beside].size:
            assert level_db(after[beside] - before[beside]) < level_db(before) - 25


def test_nothing_clicks_where_it_begins_and_ends(sound: Sound, tmp_path: Path) -> None:
    init, fragments = sound

    made = muted([Span(2_500, 2_900)], init, near(fragments, {1}), {1}, work=tmp_path)

    before, after = heard(init, fragments), heard(init, {**fragments, **made})
    around = slice(samples(2_440), samples(2_960))
    assert np.abs(np.diff(after[around])).max() <= np.abs(np.diff(before[around])).max()


def test_two_spans_in_one_fragment_are_both_silent(sound: Sound, tmp_path: Path) -> None:
    init, fragments = sound

    made = muted([Span(2_300, 2_400), Span(3_300, 3_450)], init, near(fragments, {1}), {1}, work=tmp_path)

    after = heard(init, {**fragments, **made})
    assert level_db(after[samples(2_310) : samples(2_390)]) < -50
    assert level_db(after[samples(3_310) : samples(3_440)]) < -50
    assert level_db(after[samples(2_500) : samples(3_200)]) > -20


def near(fragments: dict[int, bytes], wanted: set[int]) -> dict[int, bytes]:
    return {number: data for number, data in fragments.items() if min(wanted) - 1 <= number <= max(wanted) + 1}


def heard(init: bytes, fragments: dict[int, bytes]) -> np.ndarray:
    return pcm(init + b"".join(fragments[number] for number in sorted(fragments)))


def frames(init: bytes, fragments: dict[int, bytes], work: Path) -> list[bytes]:
    """The AAC frames of these fragments."""
    with (work / "sound.mp4").open("w+b") as file:
        file.write(init + b"".join(fragments[number] for number in sorted(fragments)))
        file.flush()
        growing = GrowingFile(file)
        found = []
        for written in growing.new():
            at = written.payload
            for size in written.sample_sizes:
                found.append(growing.read(at, size))
                at += size
    return found


def samples(ms: float) -> int:
    return max(0, round(ms * AUDIO_TIMESCALE / 1000))


def level_db(sound: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(sound.astype(float))) + 1e-12))
