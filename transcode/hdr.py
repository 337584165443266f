"""HDR as a usual screen shows it: ffmpeg's filters for it. Pure. Compared with the ITU's formulas by tests."""

from typing import Any

_TRANSFERS = {"hlg": "arib-std-b67", "pq": "smpte2084"}
_PAPER_NITS = 203  # what is white in HDR (ITU-R BT.2408), and as white as an SDR screen gets
_BRIGHTEST_NITS = 1000  # what phones grade for, and HLG is defined at; more is as bright as that
_MIDDLE_10 = 512  # of a colour difference of 10 bits: grey
_AS_IT_IS = 0.5  # of an SDR screen's light: what is darker stays as it was filmed (ITU-R BT.2390's knee is at 0.45)


def tone_mapped(picture: Any, hdr: str) -> Any:
    """`hdr` is "hlg" or "pq". To be done after scaling down: in 32-bit floats, every pixel costs.

    Faces and paper keep the light they were filmed in, as far as such a screen has it; what is brighter, the
    sky and lamps, is bent down to fit in above them.
    """
    if hdr == "hlg":
        # HLG's light is the scene's to the power of 1.2, to be taken of a pixel's brightness (ITU-R BT.2100).
        # zscale takes it of red, green and blue, which is much quicker and makes every colour 1.2 times as
        # strong. The signal is a logarithm of light: weakened there by as much, colours come out right.
        colour = f"{_MIDDLE_10}+(val-{_MIDDLE_10})/1.2"
        picture = picture.filter("format", "yuv420p10le").filter("lutyuv", u=colour, v=colour)
    return (
        # Stated, because zscale gives up on a frame that does not say what it is.
        picture.filter("setparams", color_primaries="bt2020", color_trc=_TRANSFERS[hdr], colorspace="bt2020nc")
        .filter("zscale", t="linear", npl=_PAPER_NITS)
        .filter("format", "gbrpf32le")
        .filter("zscale", p="bt709")
        .filter("tonemap", "mobius", param=_AS_IT_IS, peak=f"{_BRIGHTEST_NITS / _PAPER_NITS:.4f}", desat=0)
        .filter("zscale", t="bt709", m="bt709", r="tv")
    )
