"""How loud a recording is when, in a byte for each tenth of a second."""

import numpy as np

from transcode.peaks import peaks


def test_each_tenth_of_a_second_is_as_loud_as_its_loudest_sample() -> None:
    samples = np.zeros(16_000 * 3 // 10 + 1, np.float32)  # 0.3 s, and one sample more
    samples[10] = -1.0  # full scale
    samples[1_600] = 0.0316228  # 30 dB below
    samples[3_199] = 0.01
    samples[-1] = 0.001  # 60 dB below

    assert list(peaks(samples)) == [255, 128, 0, 0]


def test_without_sound_there_is_nothing_to_draw() -> None:
    assert peaks(np.zeros(0, np.float32)) == b""


def test_an_hour_is_36_kilobytes() -> None:
    assert len(peaks(np.zeros(16_000 * 3_600, np.float32))) == 36_000
