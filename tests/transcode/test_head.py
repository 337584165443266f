"""A long recording's head: planned and rendered before the rest is known, and a beginning of the whole."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.media import KeyframePlan, Loudness, Rest
from domain.transcript import Pause
from tests.transcode.media import AAC, Joined, ffmpeg, numbered, numbers, pcm, small
from transcode.jail import Jail
from transcode.keyframes import HEAD_MS, joined, plan, plan_head
from transcode.probe import glance, probe
from transcode.render import render
from transcode.sound import hear

HEAD = KeyframePlan(Fraction(30), 400, (0, 30, 75, 120))  # the file promises 400 frames
WHOLE = KeyframePlan(Fraction(30), 360, (0, 30, 75, 120, 200, 260, 330))
LOUD, QUIET = Loudness(-20.0, -17.0), Loudness(-30.0, -27.0)


@pytest.fixture(scope="module")
def twelve_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered(tmp_path_factory.mktemp("media") / "twelve.mp4", 360)


def test_a_head_and_what_is_rendered_after_it_are_one_recording(twelve_seconds: Path, jail: Jail, work: Path) -> None:
    known, rest = probe(twelve_seconds, jail), Rest(4000)

    first = list(
        render(
            twelve_seconds, known, HEAD, small(54), loudness=LOUD, rest=rest, until=3, jail=jail, work=work
        )
    )  # fmt: skip
    listed = Joined(first).listed
    then = render(
        twelve_seconds, known, WHOLE, small(54), loudness=LOUD, rest=replace(rest, loudness=QUIET), jail=jail,
        work=work, listed=listed,
    )  # fmt: skip

    got = Joined(first, then)
    assert listed == {"54": 3, "audio": 3, "stills": 2}
    assert numbers(got.file("54")) == list(range(360))
    assert got.starts["54"] == [k * 4000 for k in WHOLE.keys]
    assert [round(s / 1600) for s in got.starts["audio"]] == list(WHOLE.keys)
    assert got.starts["audio"][-1] + got.ticks["audio"][-1] == 12 * 48_000


def test_the_sound_of_the_head_is_the_same_bytes_whatever_is_said_of_the_rest(
    twelve_seconds: Path, jail: Jail, work: Path
) -> None:
    known, sound = probe(twelve_seconds, jail), small(stills=False)

    def heard(rest: Rest, keys: KeyframePlan, until: int | None = None) -> Joined:
        return Joined(
            render(twelve_seconds, known, keys, sound, loudness=LOUD, rest=rest, until=until, jail=jail, work=work)
        )

    head = heard(Rest(4000), HEAD, 3)
    whole = heard(Rest(4000, QUIET), WHOLE)

    samples = pcm(whole.file("audio")).reshape(-1)
    level = {at: 20 * np.log10(samples[at * 48_000 :][:48_000].std()) for at in (3, 5, 10)}
    assert whole.data["audio"].startswith(head.data["audio"])
    # 4 dB are put on the head (-20 to -16), and a second more of ten in which they become 14 with every second.
    assert level[5] - level[3] == pytest.approx(1.25, abs=0.2)
    assert level[10] - level[3] == pytest.approx(6.25, abs=0.4)


def test_a_rest_that_is_hardly_louder_keeps_the_gain_of_the_head(twelve_seconds: Path, jail: Jail, work: Path) -> None:
    known, sound = probe(twelve_seconds, jail), small(stills=False)
    rests = (Rest(4000, Loudness(-21.4, -17.0)), Rest(4000))

    made = [
        Joined(render(twelve_seconds, known, WHOLE, sound, loudness=LOUD, rest=rest, jail=jail, work=work))
        for rest in rests
    ]

    assert made[0].data["audio"] == made[1].data["audio"]


def test_the_smallest_picture_comes_first_where_that_is_asked_for(twelve_seconds: Path, jail: Jail, work: Path) -> None:
    known = probe(twelve_seconds, jail)

    got = Joined(
        render(
            twelve_seconds, known, WHOLE, small(90, 54), loudness=None, jail=jail, work=work, smallest_first=True
        )
    )  # fmt: skip

    begun = [next(i for i, b in enumerate(got.batches) if name in b.runs) for name in ("54", "audio", "stills", "90")]
    last = max(i for i, b in enumerate(got.batches) if "54" in b.runs)
    assert begun[:3] == [0, 0, 0]
    assert begun[3] > last
    assert numbers(got.file("90")) == numbers(got.file("54")) == list(range(360))
    assert got.listed == {"54": 7, "audio": 7, "stills": 6, "90": 7}
    assert [b.progress for b in got.batches] == sorted(b.progress for b in got.batches)


def test_a_glance_says_of_a_long_file_what_reading_it_says(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "long.mp4", 400)

    glanced, read = glance(source, jail, head_ms=4000), probe(source, jail)

    assert glanced is not None
    assert glanced == replace(read, gap_ms=0, filmed_fps=30.0)


@pytest.mark.parametrize(
    ("filters", "options"),
    [
        ("setpts='if(lt(N,100),N,2*N-100)/30/TB'", ["-bf", 0]),  # half as many pictures after the head
        ("null", ["-f", "matroska", "-live", 1]),  # no length
    ],
    ids=["a rate that changes", "no length"],
)
def test_a_glance_says_nothing_where_the_head_may_not_be_as_the_rest(
    filters: str, options: list[object], tmp_path: Path, jail: Jail
) -> None:
    source = numbered(tmp_path / "long", 300, sound=False, video_filter=filters, after=["-f", "mp4", *options])

    assert glance(source, jail, head_ms=3000) is None


def test_a_glance_at_no_film_says_nothing(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "poem.mp4"
    source.write_text("Es war, als hätt der Himmel die Erde still geküsst")

    assert glance(source, jail, head_ms=3000) is None


def test_only_the_head_of_a_long_sound_is_heard_and_only_the_rest_is_measured(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "steps.m4a"
    ffmpeg("-f", "lavfi", "-i", "aevalsrc='sin(2*PI*440*t)*if(lt(t,4),0.5,0.05)':d=12:s=48000", *AAC, source)
    known = probe(source, jail)

    head = hear(source, replace(known, duration_ms=4000), jail)
    rest = hear(source, known, jail, after_ms=4000)

    assert head.duration_ms == 4000
    assert rest.duration_ms >= 11_900
    assert head.loudness is not None
    assert rest.loudness is not None
    assert head.loudness.integrated_lufs - rest.loudness.integrated_lufs == pytest.approx(20, abs=0.5)


@st.composite
def silences(draw: st.DrawFn, until_ms: int = 300_000) -> tuple[Pause, ...]:
    """At least 160 ms each, with something said between them."""
    edges = draw(st.lists(st.integers(160, 9000), max_size=80))
    ends = [sum(edges[: i + 1]) for i in range(len(edges))]
    return tuple(Pause(a, b) for a, b in list(pairwise(ends))[::2] if b <= until_ms)


@given(silences(), st.sampled_from([Fraction(25), Fraction(30000, 1001), Fraction(60)]), st.integers(-8, 8))
def test_a_plan_begins_with_its_heads_keyframes_however_the_rest_was_heard(
    heard: tuple[Pause, ...], fps: Fraction, beside_ms: int
) -> None:
    begun = [Pause(p.start_ms, min(p.end_ms, HEAD_MS)) for p in heard if p.start_ms < HEAD_MS]
    head = plan_head(begun, 301_000, fps)
    again = [Pause(p.start_ms, p.end_ms + beside_ms) for p in heard]

    pauses = joined(begun, head.key_ms[-1], again)
    whole = plan(pauses, 300_000, fps, head)

    lengths = [b - a for a, b in pairwise((*whole.keys, whole.frames))]
    assert whole.keys[: len(head.keys)] == head.keys
    assert 75_000 <= head.key_ms[-1] <= HEAD_MS
    assert max(lengths) <= -(-4 * fps // 1)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(pauses))


def test_a_head_ends_in_the_longest_pause_of_its_end() -> None:
    pauses = [Pause(10_000, 14_000), Pause(76_000, 76_400), Pause(80_000, 81_000), Pause(85_000, 85_200)]

    head = plan_head(pauses, 600_000, Fraction(30))

    assert head.key_ms[-1] == 80_500
    assert head.duration_ms == 600_000
    assert 12_000 in head.key_ms
