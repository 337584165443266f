"""HDR on a usual screen, against a picture of the same light worked out in numpy from the ITU's formulas.

The picture is painted in light: greys and colours as an SDR screen shows them, white at 203 nits as ITU-R BT.2408
has it, and beside them a lamp of 1000. It is coded as phones do, HLG and PQ (ITU-R BT.2100), and rendered. What
must come out is that light bent into what an SDR screen has, by the curve of ITU-R BT.2390-11, 5.4.1, which is
not the one that the product uses: two ways to the same picture.
"""

from pathlib import Path

import numpy as np
import pytest

from tests.transcode.media import Joined, every, ffmpeg
from transcode.jail import Jail
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render

PAPER, LAMP = 203.0, 1000.0  # nits
TOLERANCE = 9  # of 255, for every patch and channel
PATCH = 24

# As an SDR screen shows them, 0 to 255.
PAINTED = (
    *((v, v, v) for v in (0, 32, 64, 96, 128, 160, 192, 224, 255)),
    (198, 148, 124),  # skin
    (92, 56, 42),  # skin in the shade
    (60, 90, 160),
    (70, 120, 60),
    (170, 50, 50),
    (220, 180, 60),
)
BRIGHTER = ((400, 400, 400), (700, 700, 700), (LAMP, LAMP, LAMP), (400, 340, 240), (700, 630, 525))  # nits; warm lamps
NEUTRAL = 2  # of 255: so far the channels of a grey may be apart
# What makes a file of this curve HDR10: the screen it was graded on, and the brightest light in it.
HDR10 = "hdr10=1:max-cll=1000,203:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"

_2020_FROM_709 = np.array(  # ITU-R BT.2087
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)


@pytest.mark.parametrize("transfer", ["hlg", "pq"])
def test_hdr_looks_as_the_light_did(transfer: str, tmp_path: Path, jail: Jail, work: Path) -> None:
    light = np.array([[(v / 255) ** 2.4 * PAPER for v in rgb] for rgb in PAINTED] + [[*rgb] for rgb in BRIGHTER])
    source = _filmed(light, transfer, tmp_path / "hdr.mp4")
    known = probe(source, jail)

    got = Joined(render(source, known, every(6, 30, 6), ladder(known), loudness=None, jail=jail, work=work))

    assert known.hdr == transfer
    shown = _patches(got.file(ladder(known)[0].name), len(light))
    assert shown == pytest.approx(_on_an_sdr_screen(light), abs=TOLERANCE)
    assert np.ptp(shown[np.ptp(light, axis=1) == 0], axis=1).max() <= NEUTRAL


def _filmed(light: np.ndarray, transfer: str, path: Path) -> Path:
    wide = light @ _2020_FROM_709.T
    signal = {"hlg": _hlg, "pq": _pq}[transfer](wide)
    luma = signal @ [0.2627, 0.6780, 0.0593]
    cb, cr = (signal[:, 2] - luma) / 1.8814, (signal[:, 0] - luma) / 1.4746
    planes = np.round([64 + 876 * luma, 512 + 896 * cb, 512 + 896 * cr]).astype("<u2")
    picture = np.repeat(np.repeat(planes[:, None, :], PATCH, axis=1), PATCH, axis=2)
    size = f"{picture.shape[2]}x{picture.shape[1]}"
    raw = ("-f", "rawvideo", "-pix_fmt", "yuv444p10le", "-s", size, "-r", 30, "-i", "pipe:0")
    name = {"hlg": "arib-std-b67", "pq": "smpte2084"}[transfer]
    tags = f"setparams=color_primaries=bt2020:color_trc={name}:colorspace=bt2020nc:range=tv,format=yuv420p10le"
    options = ":".join(("log-level=none:pools=1", *([HDR10] if transfer == "pq" else [])))
    coded = ("-c:v", "libx265", "-crf", 4, "-x265-params", options, "-tag:v", "hvc1")
    ffmpeg(*raw, "-vf", tags, *coded, path, stdin=picture.tobytes() * 6)
    return path


def _hlg(nits: np.ndarray) -> np.ndarray:
    """ITU-R BT.2100, table 5: the OOTF backwards (gamma 1.2 at 1000 nits), then the OETF."""
    brightness = np.maximum(nits @ [0.2627, 0.6780, 0.0593], 1e-9)[:, None] / LAMP
    scene = np.clip(brightness ** (1 / 1.2 - 1) * nits / LAMP, 0, 1)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c)


def _pq(nits: np.ndarray) -> np.ndarray:
    """ITU-R BT.2100, table 4: the EOTF backwards."""
    light = (np.clip(nits, 0, None) / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * light) / (1 + 18.6875 * light)) ** 78.84375


def _pq_nits(signal: np.ndarray) -> np.ndarray:
    root = signal ** (1 / 78.84375)
    return 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)


def _on_an_sdr_screen(nits: np.ndarray) -> np.ndarray:
    """ITU-R BT.2390-11, 5.4.1, from 1000 nits to paper's 203, by each colour's largest part; then BT.1886."""
    largest = nits.max(axis=1, keepdims=True)
    e1, most = _pq(largest) / _pq(np.array(LAMP)), _pq(np.array(PAPER)) / _pq(np.array(LAMP))
    knee = 1.5 * most - 0.5
    t = (e1 - knee) / (1 - knee)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most
    light = _pq_nits(np.where(e1 < knee, e1, bent) * _pq(np.array(LAMP)))
    shown = nits * light / np.maximum(largest, 1e-9)
    return 255 * (np.clip(shown / PAPER, 0, 1)) ** (1 / 2.4)


def _patches(data: bytes, number: int) -> np.ndarray:
    """The middle of each patch, as a screen of today shows it."""
    raw = ffmpeg("-i", "pipe:0", "-frames:v", 1, "-pix_fmt", "rgb24", "-f", "rawvideo", "-", stdin=data)
    picture = np.frombuffer(raw, np.uint8).reshape(-1, number * PATCH, 3).astype(float)
    return np.array([picture[8:16, n * PATCH + 8 : n * PATCH + 16].mean(axis=(0, 1)) for n in range(number)])
