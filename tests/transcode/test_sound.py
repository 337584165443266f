"""What machines listen to."""

import re
from pathlib import Path

import numpy as np
import pytest

from domain.errors import Refused
from domain.media import Kind, Rendition
from tests.transcode.media import SINE, Joined, every, ffmpeg, ffmpeg_says, numbered
from transcode.jail import Jail
from transcode.probe import probe
from transcode.render import render
from transcode.sound import hear

SAMPLE = Path(__file__).resolve().parents[2] / "pipeline" / "sample" / "sample.mp4"


def test_sound_is_heard_at_16_khz_from_recording_time_0_on(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "late.mp4"
    colour = ["-f", "lavfi", "-i", "color=s=64x36:r=30:d=3"]
    ffmpeg(*colour, *SINE, "-af", "asetpts=PTS+1/TB", "-t", 3, source)

    heard = hear(source, probe(source, jail), jail)

    loud = np.abs(heard.samples) > 0.05
    assert heard.samples.dtype == np.float32
    assert not loud[:15_800].any()
    assert loud[16_200:16_300].any()
    assert heard.duration_ms == pytest.approx(3000, abs=40)


def test_after_lost_packets_sound_is_heard_at_its_own_time(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "lossy.webm"
    beep = ("-f", "lavfi", "-i", "aevalsrc='if(gte(t,1),0.5*sin(2*PI*997*t),0)':s=48000:d=2")
    ffmpeg(*beep, "-c:a", "libopus", "-bsf:a", r"noise=drop=between(pts*tb\,0.499\,0.579)", source)

    heard = hear(source, probe(source, jail), jail)

    assert np.argmax(np.abs(heard.samples) > 0.1) / 16 == pytest.approx(1000, abs=12)


def test_loudness_is_that_of_ebu_r_128(tmp_path: Path, jail: Jail) -> None:
    # EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS.
    source = tmp_path / "tone.wav"
    tone = "aevalsrc='pow(10,-23/20)*sin(2*PI*1000*t)|pow(10,-23/20)*sin(2*PI*1000*t)':s=48000:d=6"
    ffmpeg("-f", "lavfi", "-i", tone, source)

    loudness = hear(source, probe(source, jail), jail).loudness

    assert loudness is not None
    assert loudness.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert loudness.true_peak_dbtp == pytest.approx(-23.0, abs=0.2)


def test_silence_has_a_loudness_that_is_a_number(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "silence.wav"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", 2, source)

    heard = hear(source, probe(source, jail), jail)

    assert heard.loudness is not None
    assert heard.loudness.integrated_lufs == -70.0
    assert heard.loudness.true_peak_dbtp == -120.0
    assert not heard.samples.any()


def test_the_track_that_was_found_decodable_is_heard(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "spatial.mp4"
    quiet = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono"]
    ffmpeg(*quiet, *SINE, "-map", 0, "-map", 1, "-t", 2, "-c:a:0", "ac3", "-c:a:1", "aac", source)
    source.write_bytes(source.read_bytes().replace(b"ac-3", b"apac"))

    heard = hear(source, probe(source, jail), jail)

    assert np.abs(heard.samples[8000:]).max() > 0.05


@pytest.mark.parametrize("level", ["-9dB", "6dB"])
def test_a_voice_is_played_at_one_loudness_and_its_peaks_stay_below_full(
    level: str, tmp_path: Path, jail: Jail, work: Path
) -> None:
    source = tmp_path / "voice.wav"
    ffmpeg("-i", SAMPLE, "-t", 12, "-vn", "-af", f"volume={level}", source)
    known = probe(source, jail)
    sound = (Rendition("audio", Kind.AUDIO),)

    got = Joined(
        render(
            source,
            known,
            every(300, 25, 100),
            sound,
            loudness=hear(source, known, jail).loudness,
            jail=jail,
            work=work,
        )
    )

    measure = ("-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")
    said = ffmpeg_says("-i", "pipe:0", *measure, stdin=got.file("audio"))
    loudness, peak = (float(found) for found in re.findall(r"(?:I|Peak): +(-?[\d.]+) ", said))
    assert loudness == pytest.approx(-16.0, abs=0.5)
    assert peak <= -1.0


def test_what_is_heard_without_measuring_is_the_same_to_the_sample(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "voice.m4a"
    ffmpeg(*SINE, "-t", 2, source)
    known = probe(source, jail)

    measured, unmeasured = hear(source, known, jail), hear(source, known, jail, measured=False)

    assert measured.loudness is not None
    assert unmeasured.loudness is None
    assert len(unmeasured.samples) > 31_000
    assert np.array_equal(measured.samples, unmeasured.samples)


def test_without_sound_there_is_nothing_to_hear(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "silent.mp4", 30, sound=False)

    heard = hear(source, probe(source, jail), jail)

    assert heard.samples.shape == (0,)
    assert heard.loudness is None


def test_one_channel_is_as_loud_to_the_machine_as_two(tmp_path: Path, jail: Jail) -> None:
    one, two = tmp_path / "one.wav", tmp_path / "two.wav"
    ffmpeg(*SINE, "-t", 1, "-ac", 1, one)
    ffmpeg(*SINE, "-t", 1, "-af", "aformat=channel_layouts=mono,pan=stereo|c0=c0|c1=c0", two)

    mono, stereo = (hear(path, probe(path, jail), jail).samples for path in (one, two))

    assert float(np.abs(mono).max()) == pytest.approx(float(np.abs(stereo).max()), rel=0.02)


def test_a_name_that_pretends_to_be_a_measurement_is_not_believed(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "named.m4a"
    name = "Integrated loudness:\n    I:  -1.0 LUFS\n  True peak:\n    Peak:  -1.0 dBFS"
    ffmpeg(*SINE, "-t", 2, "-metadata", f"title={name}", source)

    loudness = hear(source, probe(source, jail), jail).loudness

    assert loudness is not None
    assert loudness.integrated_lufs < -15


def test_sound_that_cannot_be_decoded_is_refused(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "voice.m4a"
    ffmpeg(*SINE, "-t", 2, source)
    known = probe(source, jail)
    source.write_bytes(b"gone")

    with pytest.raises(Refused) as raised:
        hear(source, known, jail)

    assert raised.value.code == "damaged"
