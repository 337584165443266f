"""Files as phones, browsers and cameras make them, and what must become of each. One file, one line.

To add one of your own making, add an `Odd` to MADE: the options that make it from a test card with ffmpeg, and
how the rendered picture and sound must be. To add a real one, put it into ../shared/media/phone and a line into
REAL; tests for files that are not there are skipped.

The *card* is a second and a half of 192 x 108 at 30 frames a second: four corners, from 1 (dark) to 4 (light)

    1 2      a box in the middle that is white from 0.5 to 0.7 s, else black,
    3 4      and a tone that is three times as loud from 0.5 to 0.7 s.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.transcode.media import AAC, H264, HEIGHT, SINE, WIDTH, ffmpeg

CARD_S, SIGNAL_S = 1.5, 0.5
_LATER_S = 6  # where the card's beginning lasts so much longer
_REST_S = 60  # as long as the card is
Options = Sequence[object]
Make = Callable[[Mapping[str, Path], Path], None]

_GREYS = "if(lt(Y,H/2),if(lt(X,W/2),40,90),if(lt(X,W/2),140,190))"
_BOX = "drawbox=iw/2-20:ih/2-20:40:40:black:fill"
_FLASH = f"drawbox=iw/2-20:ih/2-20:40:40:white:fill:enable='between(n,{int(SIGNAL_S * 30)},{int(SIGNAL_S * 30) + 5})'"
_TONE = f"aevalsrc='sin(2*PI*997*t)*if(between(t,{SIGNAL_S},0.7),0.3,0.1)':s=48000"
_HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1:frame-threads=1")
_VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "400k", "-pix_fmt", "yuv420p")
_OPUS = ("-c:a", "libopus", "-b:a", "48k")
# A bar that runs across the card below its middle, filmed as 25 frames of two fields a second, the upper one first.
_BAR = "if(between(mod(X+9*W-600*T,W),0,16)*between(Y,80,92),235,lum(X,Y))"
FIELDS = f"fps=50,geq=lum='{_BAR}':cb=128:cr=128,tinterlace=interleave_top,setfield=tff"
INTERLACED = (*H264, "-flags", "+ilme+ildct", "-x264opts", "tff=1")
_NTSC = Fraction(30000, 1001)
_LIVE = ("-live", "1", "-f", "webm")
_BROWSER_MP4 = ("-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4")


@dataclass(frozen=True)
class Odd:
    """`size` and `fps` of the largest rendition there is, `corners` as they must stand (read like words).

    `signal_ms`: when the box must turn white; None: there is no card to be seen. `late_ms`: how much after
    it the tone must be louder; None: no sound. `duration_ms` of the recording. `lufs` None: so quiet that it is
    raised as far as it may be, and no further. `screen`: whether it is taken for one; None: either.
    """

    name: str
    make: Make | str  # or its name in ../shared/media/phone
    ending: str = "mp4"
    size: tuple[int, int] = (WIDTH, HEIGHT)
    fps: Fraction | int = 30
    duration_ms: int = 1500
    corners: str | None = "1234"
    signal_ms: int | None = 500
    late_ms: int | None = 0
    hdr: str | None = None
    damaged_ms: int = 0
    lufs: float | None = -16.0
    screen: bool | None = None


def cards(folder: Path, *, moving_s: float | None = None) -> dict[str, Path]:
    """The card as it was drawn, "card", and as a phone would have coded it, "phone". Others hold parts of it.

    `moving_s`: so many seconds of a picture that is another in each frame, for whoever compares them.
    """
    made = {"card": folder / "card.mkv", "phone": folder / "phone.mp4", "cover": folder / "cover.png"}
    grey = f"color=s={WIDTH}x{HEIGHT}:r=30:d={CARD_S},geq=lum='{_GREYS}':cb=128:cr=128,{_BOX},{_FLASH},format=yuv420p"
    if moving_s is not None:
        grey = f"testsrc2=s={WIDTH}x{HEIGHT}:r=30:d={moving_s}"
    tone = f"{_TONE}:d={moving_s or CARD_S}"
    pictures = ("-f", "lavfi", "-i", grey, "-f", "lavfi", "-i", tone)
    ffmpeg(*pictures, "-c:v", "ffv1", "-c:a", "pcm_s16le", made["card"])
    ffmpeg("-i", made["card"], *H264, "-g", 6, "-bf", 2, *AAC, made["phone"])
    ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", 1, made["cover"])
    return made


def _card(*after: object, before: Options = ()) -> Make:
    """The card coded anew."""
    return lambda has, out: _run(*before, "-i", has["card"], *after, out)


def _phone(*after: object, before: Options = ()) -> Make:
    """The phone's file with other words around the same pictures."""
    return lambda has, out: _run(*before, "-i", has["phone"], "-c", "copy", *after, out)


def _run(*arguments: object) -> None:
    ffmpeg(*arguments)


def _turned(degrees: int, *, mirrored: bool = False) -> Make:
    """A player has to turn it clockwise, then mirror it left to right. ffmpeg's option turns the other way."""
    flip = ("-display_hflip",) if mirrored else ()
    return _phone(before=("-display_rotation", (360 - degrees) % 360, *flip))


def _lossy(packets: int) -> Make:
    """Sound without some of its packets of 20 ms, a while before the tone gets louder."""
    lost = f"noise=drop=between(pts*tb,0.199,{0.199 + 0.02 * packets:.3f})"
    return _card(*_VP8, *_OPUS, "-bsf:a", lost.replace(",", r"\,"))


def _with_cover(has: Mapping[str, Path], out: Path) -> None:
    first = ("-i", has["cover"], "-i", has["phone"], "-map", 0, "-map", 1)
    ffmpeg(*first, "-c", "copy", "-disposition:v:0", "attached_pic", out)


def _song(has: Mapping[str, Path], out: Path) -> None:
    sound = ("-i", has["phone"], "-i", has["cover"], "-map", "0:a", "-map", "1:v")
    ffmpeg(*sound, "-c", "copy", "-disposition:v:0", "attached_pic", out)


def _two_pictures(has: Mapping[str, Path], out: Path) -> None:
    second = ("-f", "lavfi", "-i", f"testsrc2=s=320x180:r=30:d={CARD_S}")
    ffmpeg("-i", has["phone"], *second, "-map", "0:v", "-map", "1:v", "-map", "0:a", *H264, *AAC, out)


def _unknown_sound(has: Mapping[str, Path], out: Path, *, alone: bool = False) -> None:
    """A phone's second sound format, which nobody but the phone decodes, before the usual one."""
    usual = () if alone else ("-map", "0:a")
    codecs = ("-c:v", "copy", "-c:a:0", "ac3", "-c:a:1", "aac")
    ffmpeg("-i", has["phone"], *SINE, "-map", "0:v", "-map", "1:a", *usual, "-t", CARD_S, *codecs, out)
    out.write_bytes(out.read_bytes().replace(b"ac-3", b"apac"))


def turned_while_filming(has: Mapping[str, Path], out: Path) -> None:
    """A browser's recording of a phone that was turned upright after three tenths of a second."""
    parts = [out.with_name(f"{n}.webm") for n in (0, 1)]
    upright = f"scale=60:34,pad=60:{WIDTH * 60 // HEIGHT // 2 * 2}:0:36"
    for part, at, length, shape in ((parts[0], 0, 0.3, "null"), (parts[1], 0.3, _REST_S, upright)):
        ffmpeg("-ss", at, "-i", has["card"], "-t", length, "-an", "-vf", shape, *_VP8, part)
    listed = out.with_suffix(".txt")
    listed.write_text("".join(f"file '{part}'\n" for part in parts))
    sound = ("-i", has["phone"], "-map", "0:v", "-map", "1:a")
    ffmpeg("-f", "concat", "-safe", 0, "-i", listed, *sound, "-c:v", "copy", *_OPUS, *_LIVE, out)


def _two_streams(first: Options, second: Options, *, later_s: int = 0) -> Make:
    """Two transport streams one behind the other, as a camera writes them that changes its mind.

    `later_s`: so much longer its first three tenths of a second last, more quietly.
    """

    def make(has: Mapping[str, Path], out: Path) -> None:
        halves = [out.with_name(f"{n}.ts") for n in (0, 1)]
        longer = ("-vf", "loop=-1:9", "-af", "aloop=-1:14400,volume=0.5") if later_s else ()
        cut = ((halves[0], 0, later_s + 0.3, (*longer, *first)), (halves[1], 0.3, _REST_S, second))
        for half, at, length, how in cut:
            coded = (*H264, *AAC, "-muxdelay", 0, "-output_ts_offset", at and at + later_s)
            ffmpeg("-ss", at, "-i", has["card"], "-t", length, *coded, *how, half)
        out.write_bytes(b"".join(half.read_bytes() for half in halves))

    return make


_LATER: dict[str, Any] = {"duration_ms": 1500 + 1000 * _LATER_S, "signal_ms": 500 + 1000 * _LATER_S}

MADE = (
    # ---- how the phone was held
    Odd("as it is", _phone()),
    Odd("turned by 90", _turned(90), size=(HEIGHT, WIDTH), corners="3142"),
    Odd("turned by 180", _turned(180), corners="4321"),
    Odd("turned by 270", _turned(270), size=(HEIGHT, WIDTH), corners="2413"),
    Odd("mirrored", _turned(0, mirrored=True), corners="2143"),
    Odd("turned by 90 and mirrored", _turned(90, mirrored=True), size=(HEIGHT, WIDTH), corners="1324"),
    Odd("turned by 180 and mirrored", _turned(180, mirrored=True), corners="3412"),
    Odd("turned by 270 and mirrored", _turned(270, mirrored=True), size=(HEIGHT, WIDTH), corners="4231"),
    # ---- shapes of pictures
    Odd("oblong pixels", _card("-vf", "scale=132:108,setsar=16/11", *H264, *AAC)),
    Odd("odd size", _card("-vf", "scale=161:121,setsar=1", *_VP8, *_OPUS), "webm", size=(160, 120)),
    Odd("every value used", _card("-vf", "scale=out_range=pc,format=yuvj420p", *H264[:4], *AAC)),
    Odd("ten bits", _card(*_HEVC, "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", *AAC)),
    Odd("ProRes", _card("-c:v", "prores_ks", "-profile:v", 0, "-c:a", "pcm_s16le"), "mov"),
    Odd("an old phone", _card("-c:v", "mpeg4", "-q:v", 4, *AAC), "3gp"),
    Odd("an old camera", _card("-c:v", "mjpeg", "-q:v", 4, "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le"), "avi"),
    Odd("interlaced", _card("-vf", FIELDS, *INTERLACED, "-an"), "ts", fps=25, signal_ms=520, late_ms=None),
    # ---- times
    Odd("frames left out", _card("-vf", "select='not(between(n,20,30))'", "-fps_mode", "vfr", *H264, *AAC)),
    Odd("60 a second", _card("-vf", "fps=60", *H264, *AAC), fps=60),
    Odd("120 a second", _card("-vf", "fps=120", *H264, *AAC), fps=60),
    Odd("240 a second", _card("-vf", "fps=240", *H264, *AAC), fps=60),
    Odd("slow motion", _card("-vf", "setpts=2*PTS", "-an", *H264), duration_ms=3000, signal_ms=1000, late_ms=None),
    Odd("NTSC", _card("-vf", "fps=30000/1001", *H264, *AAC), fps=_NTSC, duration_ms=1502),
    Odd("begun in the middle", _phone(before=("-ss", 0.25)), duration_ms=1250, signal_ms=250),
    Odd("picture late", _card("-vf", "setpts=PTS+0.4/TB", *H264, *AAC), duration_ms=1900, signal_ms=900, late_ms=-400),
    Odd("a packet of sound lost", _lossy(packets=1), "webm"),
    Odd("packets of sound lost", _lossy(packets=4), "webm"),
    Odd("sound late", _card("-af", "asetpts=PTS+0.4/TB", *H264, *AAC), duration_ms=1900, late_ms=400),
    # ---- what else is in the file
    Odd("cover before the film", _with_cover),
    Odd("two pictures", _two_pictures),
    Odd("time code", _phone("-timecode", "01:00:00:00"), "mov"),
    Odd("without sound", _phone("-an"), late_ms=None),
    Odd("sound alone", _phone("-vn"), "m4a", size=(320, 180), fps=25, corners=None, signal_ms=None),
    Odd("a song with its cover", _song, "m4a", size=(320, 180), fps=25, corners=None, signal_ms=None),
    Odd("two channels", _phone("-c:a", "aac", "-ac", 2)),
    Odd("six channels", _phone("-c:a", "aac", "-ac", 6)),
    Odd("sound that nobody decodes, then sound", _unknown_sound),
    Odd("sound that nobody decodes", lambda has, out: _unknown_sound(has, out, alone=True), late_ms=None),
    # ---- browsers
    Odd("no duration", _card(*_VP8, *_OPUS, *_LIVE), "webm"),
    # What an encoder puts before the sound is not marked in such files: 21 ms more of it, and 7 ms.
    Odd("no duration, MP4", _card(*H264, "-bf", 0, *AAC, *_BROWSER_MP4), signal_ms=521),
    Odd("no duration, MP4 with Opus", _card(*H264, "-bf", 0, *_OPUS, *_BROWSER_MP4), signal_ms=507, fps=_NTSC),
    Odd("turned while filming", turned_while_filming, "webm"),
    # ---- changes in the middle
    Odd("another size", _two_streams(("-an",), ("-an", "-vf", "scale=384:216")), "ts", late_ms=None),
    Odd("another sound", _two_streams((), ("-ac", 2, "-ar", 44_100), later_s=_LATER_S), "ts", **_LATER),
    Odd("fewer channels", _two_streams(("-ac", 6), ("-ac", 1), later_s=_LATER_S), "ts", **_LATER),
)

_PLAIN: dict[str, Any] = {"corners": None, "signal_ms": None}  # no card is to be seen in them
_SILENT: dict[str, Any] = {**_PLAIN, "late_ms": None, "screen": False}
_QUIET: dict[str, Any] = {**_PLAIN, "lufs": None, "screen": False}

REAL = (
    Odd("a screen", "cursed_vfr.mp4", size=(392, 180), fps=48, duration_ms=8726, **{**_SILENT, "screen": True}),
    Odd("270", "h264_rotated_270.mp4", size=(180, 320), fps=_NTSC, duration_ms=4972, **{**_QUIET, "lufs": -16.0}),
    Odd(
        "Dolby Vision 8.4",
        "iphone_hevc_dv84_rotated_editlist.mp4",
        size=(180, 320),
        fps=_NTSC,
        duration_ms=2548,
        hdr="hlg",
        **_QUIET,
    ),
    Odd("Chrome", "mediarecorder_chrome57.webm", size=(240, 180), duration_ms=7612, **_QUIET),
    Odd("HLG", "pixel_hlg10.mp4", size=(320, 180), duration_ms=300, hdr="hlg", **_QUIET),
    Odd("motion photo", "pixel_two_hevc_tracks_vfr.mp4", size=(180, 240), duration_ms=2101, **_SILENT),
    Odd("mirrored", "rotated_and_mirrored.mp4", size=(180, 270), fps=_NTSC, duration_ms=1067, **_QUIET),
    Odd("odd", "vp9_odd_dimensions.webm", size=(160, 120), fps=_NTSC, duration_ms=1001, **_SILENT),
)
