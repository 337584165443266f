"""Where nobody speaks."""

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from faster_whisper.vad import VadOptions, get_speech_timestamps

from domain.transcript import Pause
from tests.transcribe.sound import ROOT, SHARED, chords, noise, read, sample, sample_facts, silence
from transcribe.pauses import find_pauses

SPEECH = SHARED / "speech"


def test_every_pause_of_the_sample_is_found_and_its_middle_is_silent() -> None:
    true = [(p["start_ms"], p["end_ms"]) for p in sample_facts()["pauses"]]

    middles = [p.middle_ms for p in find_pauses(sample())]

    assert len(true) == 21
    assert [(a, b) for a, b in true if not any(a < m < b for m in middles)] == []


def test_silence_at_both_ends_is_a_pause_from_the_first_to_the_last_millisecond() -> None:
    samples = np.concatenate([silence(2), sample()[11_000:131_000], silence(3)])

    pauses = find_pauses(samples)

    assert pauses[0].start_ms == 0
    assert 1900 <= pauses[0].end_ms <= 2200
    assert pauses[-1].end_ms == len(samples) // 16
    assert 2800 <= pauses[-1].end_ms - pauses[-1].start_ms <= 3500


def test_pauses_come_in_order_apart_from_each_other_and_none_is_shorter_than_160_ms() -> None:
    pauses = find_pauses(sample())

    assert all(a.end_ms < b.start_ms for a, b in pairwise(pauses))
    assert min(p.end_ms - p.start_ms for p in pauses) >= 160


@pytest.mark.parametrize("nobody", [silence(5), noise(5), chords(5)], ids=["silence", "noise", "music"])
def test_where_nobody_speaks_one_pause_lies_over_everything(nobody: np.ndarray) -> None:
    assert find_pauses(nobody) == (Pause(0, 5000),)


def test_no_sound_has_no_pauses() -> None:
    assert find_pauses(silence(0)) == ()


def test_broken_samples_are_silence_and_spoil_nothing_after_them() -> None:
    broken = np.concatenate([np.full(16_000, np.nan, np.float32), sample()[:160_000]])

    assert find_pauses(broken)[1:] == find_pauses(np.concatenate([silence(1), sample()[:160_000]]))[1:]


def test_a_recording_a_thousand_times_quieter_has_the_same_number_of_pauses() -> None:
    loud = sample()[:320_000]

    quiet = find_pauses(loud * np.float32(0.001))

    assert len(quiet) == len(find_pauses(loud))


def test_a_click_in_a_pause_is_not_speech() -> None:
    samples = silence(4)
    samples[32_000:32_400] = 0.9

    assert find_pauses(samples) == (Pause(0, 4000),)


def test_the_seams_between_blocks_are_not_heard() -> None:
    """The model's memory goes from one block of 33 s to the next: as if it had heard all at once."""
    # There a silence is as long as from its first 32 ms to the beginning of its last.
    options = VadOptions(min_silence_duration_ms=160 - 32, speech_pad_ms=0, min_speech_duration_ms=100)

    at_once = get_speech_timestamps(sample(), options)
    pauses = find_pauses(sample())

    assert len(sample()) > 2 * 33 * 16_000
    silences = [(a["end"] // 16, b["start"] // 16) for a, b in pairwise(at_once)]
    assert silences == [(p.start_ms, p.end_ms) for p in pauses[1:-1]]


def test_twenty_minutes_are_heard_in_the_memory_of_half_a_minute() -> None:
    script = (
        "import resource, numpy as np\n"
        "from transcribe.pauses import find_pauses\n"
        "find_pauses(np.zeros(16_000, np.float32))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "find_pauses(np.zeros(20 * 60 * 16_000, np.float32))\n"  # zeros take no memory until they are written
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )

    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)

    assert int(told.stdout) < 60  # MB; all at once it would be 300


@pytest.mark.skipif(not SPEECH.is_dir(), reason="needs ../shared/media/speech")
@pytest.mark.parametrize(("kind", "least"), [("clean", 33), ("noisy", 32)])
def test_of_33_known_pauses_in_read_speech_nearly_all_are_found(kind: str, least: int) -> None:
    found = 0
    for path in sorted(SPEECH.glob(f"synth*_{kind}.flac")):
        true = json.loads(path.with_name(f"{path.stem.split('_')[0]}.json").read_text())["pauses"]
        middles = [p.middle_ms / 1000 for p in find_pauses(read(path))]
        found += sum(any(a < m < b for m in middles) for _, a, b in true)

    assert found >= least
