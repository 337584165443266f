"""The picture of a recording of sound alone: its waveform, so that a voice is a film like any other on a screen. Pure.

A page of bars stands still, and what has been heard of it takes on the other colour, bar by bar from the left;
then comes the next page. A page lasts at most 24 s, and all of a recording's pages last alike. Hardly anything
moves from one frame to the next, so an hour of it is a few megabytes.

    sound -> one loudest sample a bar -> a page of bars, black and white       (once a page)
                                      AND a strip of colours: heard, to come   (once a frame)
                                      -> where there is neither, the night

Frame k is the same picture whatever frame the run begins with: pages and colours hang on the time alone.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import ffmpeg

from domain.media import KeyframePlan
from transcode.resample import Samples

PAGE_S = 24
BARS = 72  # on a page: three a second at the least, so that a pause between sentences is seen
SIDE = 720  # pixels: it is drawn at no more, for there is nothing smaller to see in it
# The player's own colours on its own night (static/css/tokens.css), the same in every theme.
NIGHT, HEARD, TO_COME = 0x12110F, 0x6FD2C2, 0x5B564C

_HZ = 8000
DRAWN = Samples(_HZ, 1, "pcm_s16le")
_ACROSS = 80  # bars that would fill the picture from edge to edge
_TALLEST = 0.5  # of the picture's height
_LOW = 0.008  # of the picture's height: a bar in silence
_QUANTUM = 2  # pixels: colours are kept for two by two of them, and bars have sharp edges


def drawn(sound: Any, plan: KeyframePlan, width: int, height: int, gain_db: float, grid: Any) -> Any:
    """A stream of pictures from one of sound. `gain_db` makes a whisper's bars as tall as a shout's.

    `grid` puts a stream of pictures on the plan's frames, those that are wanted. `width` and `height` are even.
    """
    page = _Page.of(plan, width, height)
    bars = (
        sound.filter("volume", f"{gain_db:.2f}dB")
        # showwaves gives a page out when the next but one begins, and one that is empty before the first.
        .filter("apad", pad_len=page.samples * BARS * 3)
        # full: as bright for one loud sample as for many.
        .filter(
            "showwaves",
            s=f"{BARS}x{page.tallest}",
            n=page.samples,
            mode="cline",
            scale="lin",
            draw="full",
            colors="white",
        )
        .filter("trim", start_frame=1)
        .filter("setpts", "N")
        .filter("format", "rgba")
        .filter("extractplanes", "r")
        .filter("scale", page.pitch * BARS, page.tallest, flags="neighbor")
        .filter("drawbox", 0, (page.tallest - page.low) // 2, "iw", page.low, "white", "fill")
        .filter("pad", width, height, page.left, (height - page.tallest) // 2 // 2 * 2, "black")
        # All bits where there is a bar and none elsewhere, in the planes of colour too; drawbox's white is less.
        .filter("lut", c0="if(gt(val,127),255,0)")
        .filter_multi_output("split", 2)
    )
    colour = bars.stream(1).filter("scale", width // 2, height // 2, flags="neighbor")
    pages = ffmpeg.filter([bars.stream(0), colour], "mergeplanes", "0x001010", "yuv420p")
    both = grid(pages).filter_multi_output("split", 2)
    strip = both.stream(1).filter("scale", width, 2 * _QUANTUM, flags="neighbor")
    colours = strip.filter("geq", **page.colours(plan.fps)).filter("scale", width, height, flags="neighbor")
    night = dict(zip(("y", "u", "v"), (f"if(val,val,{part})" for part in _yuv(NIGHT)), strict=True))
    return (
        ffmpeg.filter([both.stream(0), colours], "blend", all_mode="and")
        .filter("lutyuv", **night)
        .filter("setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709")
    )


@dataclass(frozen=True)
class _Page:
    """Measures in pixels, but for `samples`: how many at 8 kHz make a bar."""

    samples: int
    pitch: int  # from one bar to the next
    bar: int
    left: int
    tallest: int
    low: int

    @classmethod
    def of(cls, plan: KeyframePlan, width: int, height: int) -> "_Page":
        length_s = plan.frames / plan.fps
        pages = max(1, math.ceil(length_s / PAGE_S))
        pitch = _even(Fraction(width, _ACROSS))
        bar = max(_QUANTUM, _even(Fraction(pitch * 5, 8)))
        return cls(
            samples=math.ceil(length_s / pages * _HZ / BARS),
            pitch=pitch,
            bar=bar,
            left=_even(Fraction(width - pitch * BARS + pitch - bar, 2)),
            tallest=_even(Fraction(height) * Fraction(_TALLEST)),
            low=_even(Fraction(height) * Fraction(_LOW)),
        )

    def colours(self, fps: Fraction) -> dict[str, str]:
        """geq's expressions for the strip: the colour of each column, nothing between the bars."""
        length_s = f"{self.samples * BARS}/{_HZ}"
        # A page is put on the frame that is nearest to its time: half a frame, and both turn over together.
        heard = f"mod(T+{Fraction(1, 2) / fps},{length_s})/({length_s})*{self.pitch * BARS}"
        expressions = {}
        for plane, done, rest in zip(("lum", "cb", "cr"), _yuv(HEARD), _yuv(TO_COME), strict=True):
            at = f"({'X' if plane == 'lum' else 'X*2'}-{self.left})"
            before = self.pitch * _ACROSS  # a remainder of less than nothing would be one
            in_a_bar = f"lt(mod({at}+{before},{self.pitch}),{self.bar})"
            # By whole pairs of columns, or a bar would have one colour's light and the other's tint.
            expressions[plane] = f"if({in_a_bar},if(lt({at},{_QUANTUM}*floor({heard}/{_QUANTUM})),{done},{rest}),0)"
        return expressions


def _even(length: Fraction) -> int:
    return max(_QUANTUM, _QUANTUM * round(length / _QUANTUM))


def _yuv(rgb: int) -> tuple[int, int, int]:
    """8 bits of each, limited range (ITU-R BT.709)."""
    red, green, blue = (part / 255 for part in rgb.to_bytes(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    cb, cr = (blue - luma) / 1.8556, (red - luma) / 1.5748
    return round(16 + 219 * luma), round(128 + 224 * cb), round(128 + 224 * cr)
