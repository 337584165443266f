"""One decode for every rendition, fragments given out as they are written."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from domain.errors import Refused
from domain.media import KeyframePlan, Loudness
from tests.transcode.media import SINE, Joined, every, ffmpeg, numbered, numbers, pcm, pictures, small
from transcode import command
from transcode.jail import Jail
from transcode.probe import probe
from transcode.render import render
from transcode.sound import hear


@pytest.fixture(scope="module")
def six_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered(tmp_path_factory.mktemp("media") / "six.mp4", 180)


def test_every_rendition_shows_every_frame_once_and_in_its_place(six_seconds: Path, jail: Jail, work: Path) -> None:
    plan = KeyframePlan(Fraction(30), 180, (0, 30, 77, 120))

    got = Joined(
        render(six_seconds, probe(six_seconds, jail), plan, small(90, 54), loudness=None, jail=jail, work=work)
    )

    assert numbers(got.file("90")) == list(range(180))
    assert numbers(got.file("54")) == list(range(180))
    assert got.starts["90"] == got.starts["54"] == [0, 120_000, 308_000, 480_000]
    assert got.ticks["90"] == got.ticks["54"] == [120_000, 188_000, 172_000, 240_000]
    assert got.inits["90"][0] == "avc1.64000c"
    assert got.inits["audio"][0] == "mp4a.40.2"
    assert got.batches[-1].progress == 1.0


def test_each_fragment_can_be_decoded_alone(six_seconds: Path, jail: Jail, work: Path) -> None:
    plan = KeyframePlan(Fraction(30), 180, (0, 30, 77, 120))

    got = Joined(render(six_seconds, probe(six_seconds, jail), plan, small(90), loudness=None, jail=jail, work=work))

    sizes = [size for landed in got.batches if "90" in landed.runs for size in landed.runs["90"].run.sizes]
    third = got.data["90"][sum(sizes[:2]) : sum(sizes[:3])]
    assert numbers(got.inits["90"][1] + third) == list(range(77, 120))


def test_a_still_shows_what_is_on_screen_at_its_second(six_seconds: Path, jail: Jail, work: Path) -> None:
    got = Joined(
        render(
            six_seconds, probe(six_seconds, jail), every(180, 30, 60), small(90), loudness=None, jail=jail, work=work
        )
    )

    assert numbers(got.data["stills"]) == [0, 60, 120]
    assert got.starts["stills"] == [0, 2000, 4000]
    assert got.ticks["stills"] == [2000, 2000, 2000]


def test_a_still_of_an_uneven_rate_is_the_frame_before_its_second(tmp_path: Path, jail: Jail, work: Path) -> None:
    fps = Fraction(30000, 1001)
    source = numbered(tmp_path / "ntsc.mp4", 130, fps=fps)

    got = Joined(
        render(source, probe(source, jail), every(130, fps, 50), small(90), loudness=None, jail=jail, work=work)
    )

    assert numbers(got.file("90")) == list(range(130))
    assert numbers(got.data["stills"]) == [0, 59, 119]


def test_the_first_fragment_is_given_out_while_the_rest_is_still_being_made(
    tmp_path: Path, jail: Jail, work: Path
) -> None:
    source = numbered(tmp_path / "long.mp4", 2400)
    plan = every(2400, 30, 60)

    batches = list(render(source, probe(source, jail), plan, small(90), loudness=None, jail=jail, work=work))

    assert batches[0].runs["90"].run.first == 0
    assert batches[0].progress < 1  # how far it is by then is a matter of how busy the machine is
    assert all(len(b.runs["90"].run) >= 4 for b in batches[1:-1])
    assert list(work.iterdir()) == []


def test_a_run_that_was_ended_goes_on_where_it_was_and_the_joined_result_equals_an_unbroken_one(
    tmp_path: Path, jail: Jail, work: Path
) -> None:
    source = tmp_path / "lively.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=20", *SINE, "-t", 20, "-bf", 2, source)
    known, plan, lossless = probe(source, jail), every(600, 30, 50), small(90, 54, crf=0)
    whole = Joined(render(source, known, plan, lossless, loudness=None, jail=jail, work=work))
    batches = render(source, known, plan, lossless, loudness=None, jail=jail, work=work)
    first = [next(batches)]
    batches.close()
    listed = Joined(first).listed

    rest = list(render(source, known, plan, lossless, loudness=None, jail=jail, work=work, listed=listed))

    got = Joined(first, rest)
    assert 0 < listed["90"] < 12
    assert rest[0].runs["90"].run.first == listed["90"]
    assert np.array_equal(pictures(got.file("90"), 160, 90), pictures(whole.file("90"), 160, 90))
    assert np.array_equal(pictures(got.file("54"), 96, 54), pictures(whole.file("54"), 96, 54))
    assert got.data["stills"] == whole.data["stills"]
    assert got.data["audio"] == whole.data["audio"]
    assert got.inits == whole.inits


@pytest.mark.parametrize("landed", [1, 3, 7, 11])
def test_going_on_at_any_keyframe_gives_the_same_frames_and_the_same_init_segment(
    landed: int, tmp_path: Path, jail: Jail, work: Path
) -> None:
    # Two frames missing here and there, as a phone in the dark leaves them out.
    source = numbered(tmp_path / "vfr.mp4", 400, video_filter="setpts='(N+2*floor(N/37))/30/TB'", after=["-bf", 2])
    known = probe(source, jail)
    plan = every(420, 30, 35)
    whole = Joined(render(source, known, plan, small(90), loudness=None, jail=jail, work=work))
    listed = {"90": landed, "stills": -(-35 * landed // 60), "audio": 12}

    rest = list(render(source, known, plan, small(90), loudness=None, jail=jail, work=work, listed=listed))

    data = b"".join(b.runs["90"].data for b in rest)
    assert rest[0].runs["90"].run.first == landed
    assert rest[0].inits["90"] == whole.inits["90"]
    assert numbers(whole.inits["90"][1] + data) == numbers(whole.file("90"))[35 * landed :]
    assert "audio" not in rest[0].runs


def test_renditions_that_are_listed_to_different_lengths_are_filled_up(
    six_seconds: Path, jail: Jail, work: Path
) -> None:
    plan = every(180, 30, 30)
    listed = {"90": 4, "54": 2, "stills": 3, "audio": 1}

    batches = list(
        render(
            six_seconds,
            probe(six_seconds, jail),
            plan,
            small(90, 54),
            loudness=None,
            jail=jail,
            work=work,
            listed=listed,
        )
    )

    runs = {
        name: [(b.runs[name].run.first, b.runs[name].run.end) for b in batches if name in b.runs] for name in listed
    }
    assert runs["90"][0][0] == 4
    assert runs["90"][-1][1] == 6
    assert runs["54"][0][0] == 2
    assert runs["54"][-1][1] == 6
    assert runs["stills"] == []
    assert runs["audio"][0][0] == 1
    assert runs["audio"][-1][1] == 6


def test_nothing_is_done_when_all_is_listed(six_seconds: Path, jail: Jail, work: Path) -> None:
    listed = {"90": 6, "stills": 3, "audio": 6}

    batches = list(
        render(
            six_seconds,
            probe(six_seconds, jail),
            every(180, 30, 30),
            small(90),
            loudness=None,
            jail=jail,
            work=work,
            listed=listed,
        )
    )

    assert batches == []


def test_sound_is_the_same_bytes_each_time_it_is_made(six_seconds: Path, jail: Jail, work: Path) -> None:
    known, plan = probe(six_seconds, jail), every(180, 30, 40)
    loudness = Loudness(-21.8, -18.0)

    once = Joined(render(six_seconds, known, plan, small(54), loudness=loudness, jail=jail, work=work))
    again = Joined(render(six_seconds, known, plan, small(54), loudness=loudness, jail=jail, work=work))

    assert once.data["audio"] == again.data["audio"]
    assert once.inits["audio"] == again.inits["audio"]


def test_sound_fragments_are_cut_where_the_pictures_are(six_seconds: Path, jail: Jail, work: Path) -> None:
    plan = KeyframePlan(Fraction(30), 180, (0, 30, 77, 120))

    got = Joined(render(six_seconds, probe(six_seconds, jail), plan, small(54), loudness=None, jail=jail, work=work))

    keys_in_samples = [0, 48_000, 123_200, 192_000]
    assert len(got.starts["audio"]) == 4
    assert all(abs(a - b) <= 512 for a, b in zip(got.starts["audio"], keys_in_samples, strict=True))
    assert got.starts["audio"][-1] + got.ticks["audio"][-1] == 6 * 48_000


def test_a_sound_is_heard_at_its_own_millisecond(tmp_path: Path, jail: Jail, work: Path) -> None:
    beep = "aevalsrc='if(gte(t,2.5),sin(2*PI*1000*t),0)':d=4:s=48000"
    source = tmp_path / "beep.mp4"
    ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "color=s=64x36:r=30:d=4",
        "-f",
        "lavfi",
        "-i",
        beep,
        "-c:a",
        "pcm_s16le",
        "-f",
        "mov",
        source,
    )

    got = Joined(
        render(source, probe(source, jail), every(120, 30, 30), small(36), loudness=None, jail=jail, work=work)
    )

    heard = pcm(got.file("audio"))
    begins = int(np.argmax(np.abs(heard) > 0.25))
    assert abs(begins / 48 - 2500) < 3
    assert len(heard) == pytest.approx(4 * 48_000, abs=1024)


def test_a_quiet_recording_is_raised_to_the_usual_loudness(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = tmp_path / "quiet.mp4"
    ffmpeg(*SINE, "-f", "lavfi", "-i", "color=s=64x36:r=30:d=3", "-af", "volume=-12dB", "-t", 3, source)
    known = probe(source, jail)

    got = Joined(
        render(
            source,
            known,
            every(90, 30, 30),
            small(36),
            loudness=hear(source, known, jail).loudness,
            jail=jail,
            work=work,
        )
    )

    rendered = tmp_path / "rendered.mp4"
    rendered.write_bytes(got.file("audio"))
    loudness = hear(rendered, probe(rendered, jail), jail).loudness
    assert loudness is not None
    assert loudness.integrated_lufs == pytest.approx(-16.0, abs=0.3)


def test_a_picture_that_ends_before_the_sound_stands_still(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = numbered(tmp_path / "short.mp4", 60, audio=["-c:a", "aac", "-t", 4])
    known = probe(source, jail)

    got = Joined(render(source, known, every(120, 30, 60), small(54), loudness=None, jail=jail, work=work))

    assert known.duration_ms == 4000
    assert numbers(got.file("54")) == [*range(60), *[59] * 60]


def test_where_the_picture_stands_another_stretch_may_begin(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = numbered(tmp_path / "short.mp4", 45, audio=["-c:a", "aac", "-t", "4"])
    plan = every(120, 30, 15)

    got = Joined(
        render(source, probe(source, jail), plan, small(90), loudness=None, jail=jail, work=work, seams=(5, 7))
    )

    assert numbers(got.file("90")) == [*range(45), *[44] * 75]
    noted = {number: md5 for landed in got.batches for number, md5 in landed.seams.items()}
    assert noted.keys() == {5, 7}
    assert noted[5] == noted[7]


def test_a_picture_that_begins_late_is_its_first_frame_until_then(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = numbered(tmp_path / "late.mp4", 60, video_filter="setpts=PTS+1/TB", audio=["-c:a", "aac", "-t", 3])
    known = probe(source, jail)

    got = Joined(render(source, known, every(90, 30, 30), small(54), loudness=None, jail=jail, work=work))

    assert known.begins_ms == 1000
    assert numbers(got.file("54")) == [*[0] * 30, *range(60)]


def test_frames_of_a_variable_rate_stay_until_the_next_one(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = numbered(tmp_path / "vfr.mp4", 60, video_filter="setpts='(N+if(gte(N,20),15,0))/30/TB'", sound=False)
    known = probe(source, jail)

    got = Joined(render(source, known, every(75, 30, 25), small(54, sound=False), loudness=None, jail=jail, work=work))

    assert known.fps == 30
    assert numbers(got.file("54")) == [*range(20), *[19] * 15, *range(20, 60)]


def test_a_recording_of_sound_alone_is_rendered(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = tmp_path / "voice.m4a"
    ffmpeg(*SINE, "-t", 5, source)
    known = probe(source, jail)

    got = Joined(render(source, known, every(125, 25, 50), small(stills=False), loudness=None, jail=jail, work=work))

    assert not known.has_video
    assert got.listed == {"audio": 3}
    assert got.batches[-1].progress == 1.0


def test_a_very_short_recording_is_one_fragment(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = numbered(tmp_path / "blink.mp4", 3)

    got = Joined(render(source, probe(source, jail), every(3, 30, 30), small(54), loudness=None, jail=jail, work=work))

    assert got.listed == {"54": 1, "audio": 1, "stills": 1}
    assert numbers(got.file("54")) == [0, 1, 2]


def test_a_fault_after_a_seek_is_answered_by_reading_from_the_start(
    six_seconds: Path, jail: Jail, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, plan = probe(six_seconds, jail), every(180, 30, 30)
    # A landing behind the frame that is wanted, as in files whose index lies.
    monkeypatch.setattr(command, "_PREROLL_S", -1.0)

    rest = list(
        render(
            six_seconds,
            known,
            plan,
            small(54),
            loudness=None,
            jail=jail,
            work=work,
            listed={"54": 3, "stills": 2, "audio": 6},
        )
    )

    data = b"".join(b.runs["54"].data for b in rest)
    assert numbers(rest[0].inits["54"][1] + data) == list(range(90, 180))


def test_a_file_that_cannot_be_decoded_is_refused_and_keeps_what_ffmpeg_said(
    six_seconds: Path, tmp_path: Path, jail: Jail, work: Path
) -> None:
    known = probe(six_seconds, jail)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing that ffmpeg knows" * 100)

    with pytest.raises(Refused) as raised:
        list(render(broken, known, every(180, 30, 30), small(54), loudness=None, jail=jail, work=work))

    assert raised.value.code == "damaged"
    assert "Invalid data" in raised.value.__notes__[0]


def test_closing_the_generator_ends_ffmpeg(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = numbered(tmp_path / "long.mp4", 1200)
    batches = render(
        source, probe(source, jail), every(1200, 30, 60), small(90, 54), loudness=None, jail=jail, work=work
    )
    next(batches)
    running = _ffmpegs()

    batches.close()

    assert running
    assert not running & _ffmpegs()


def test_what_is_told_to_stop_lists_nothing_and_leaves_nothing_running(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = numbered(tmp_path / "long.mp4", 1200)
    known = probe(source, jail)
    before = _ffmpegs()

    batches = list(
        render(source, known, every(1200, 30, 60), small(90), loudness=None, jail=jail, work=work, stop=lambda: True)
    )

    assert batches == []
    assert _ffmpegs() <= before


def _ffmpegs() -> set[int]:
    """Our children that have become ffmpeg."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {int(c) for c in children if Path(f"/proc/{c}/cmdline").read_bytes().startswith(b"ffmpeg")}
