"""Renditions -> ffmpeg's arguments, built with ffmpeg-python. Pure: run by `transcode.render` and `transcode.sound`.

Everything is counted in *frames of the output grid*: frame k is shown at k / fps, with 0 at the
container's own start. Whole numbers, so that a run that begins in the middle cannot round
differently from one that began at 0. Seconds appear only in `-ss` (which may be vague, because
`trim` is exact) and in `-force_key_frames`.

The input is descriptor 3 and the outputs are 4, 5, ... in the order of the renditions; see
`transcode.jail`. Names of options are ffmpeg's: https://ffmpeg.org/ffmpeg-all.html.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import ffmpeg

from domain.media import AUDIO_TIMESCALE, VIDEO_TIMESCALE, KeyframePlan, Kind, Loudness, Probe, Rendition
from transcode.confine import DEMUXERS, FIRST_OUTPUT_FD, INPUT_FD, MAX_PIXELS

STILLS_EVERY_S = 2
LOUDNESS_LUFS = -16.0  # what phones and browsers are heard at without touching the volume (AES TD1008)
PEAK_DBTP = -1.0
HEARD_HZ = 16_000  # what voice activity and speech recognition listen to

_PREROLL_S = 1.0  # more than any distance between pts and dts: the mov demuxer seeks by dts
_MOST_GAIN_DB = 20.0  # a recording of nothing but a quiet room must not become a waterfall
_SILENCE_LUFS = -69.0  # ebur128 says -70 when everything is below its gate
_PRIMING = 1024  # samples: what an AAC encoder puts before the sound
_PRESET = "veryfast"

_JUMPING = ("mpegts", "ogg")  # formats whose timestamps may jump: `-ss` is no use in them, see also `_same_zero`

_HDR = {"hlg": "arib-std-b67", "pq": "smpte2084"}


def landing_s(probe: Probe, plan: KeyframePlan, first: int) -> float | None:
    """Where to seek to for frame `first`; None reads from the file's start.

    Not when it would land before the first picture: then there may be nothing to land on.
    """
    if any(name in probe.container for name in _JUMPING):
        return None
    seek = float(first / plan.fps) - _PREROLL_S
    return seek if seek > max(0.0, probe.begins_ms / 1000) else None


def video_arguments(
    probe: Probe,
    plan: KeyframePlan,
    renditions: Sequence[Rendition],
    *,
    first: int = 0,
    seek: bool = True,
    threads: int = 2,
) -> list[str]:
    """One decode -> every picture rendition (and stills), from the keyframe `first` to the plan's end."""
    landing = landing_s(probe, plan, first) if seek else None
    source = _input(
        # Without it a change of size or colour in the middle of a phone's file builds a new filter
        # graph, which counts its frames from 0 again.
        reinit_filter=0,
        threads=threads,
        # Frames from the landing keyframe on reach the fps filter, so the frame *before* the bound,
        # still on screen in a gap of a variable rate, is known. Exactness is trim's business.
        **({} if landing is None else {"noaccurate_seek": None, "ss": f"{landing:.6f}"}),
    )
    picture = _grid(source["V:0"], plan, first, sought=landing is not None)
    largest = renditions[0]
    if probe.hdr or probe.width > largest.width:
        # Once for all: scaling a 4K picture four times costs as much as encoding it at 480.
        picture = picture.filter("scale", largest.width, largest.height)
    if probe.hdr:
        picture = _tone_mapped(picture, probe.hdr)
    split = picture.filter_multi_output("split", len(renditions))
    force = ",".join(_forced_s(key, plan.fps) for key in plan.keys if key >= first)
    outputs = [
        _stills(split.stream(i), r, fd)
        if r.kind is Kind.STILLS
        else _encoded(split.stream(i), r, fd, force, plan.keys.index(first) + 1, threads)
        for i, (r, fd) in enumerate(zip(renditions, range(FIRST_OUTPUT_FD, 1000), strict=False))
    ]
    outputs += _same_zero(probe, source, f"a:{probe.audio_index}" if probe.has_audio else None)
    return _compiled(outputs, "error", filter_complex_threads=threads)


def audio_arguments(probe: Probe, plan: KeyframePlan, loudness: Loudness | None) -> list[str]:
    """The whole sound: AAC, stereo, at -16 LUFS, exactly as long as the picture."""
    samples = round(plan.frames * AUDIO_TIMESCALE / plan.fps)
    source = _input()
    sound = (
        source[f"a:{probe.audio_index}"]
        # What follows the end is not wanted, and the way there, perhaps years, would be filled with silence.
        .filter("atrim", end=f"{samples / AUDIO_TIMESCALE + 1:.3f}")
        # async=1 fills the gaps that a phone leaves when it stumbles, first_pts=0 the time before
        # the first sample: sound stays at its place in recording time.
        .filter("aresample", AUDIO_TIMESCALE, **{"async": 1, "first_pts": 0})
        .filter("aformat", channel_layouts="stereo")
    )
    for name, values in _levelling(loudness):
        sound = sound.filter(name, **values)
    # The encoder puts 1024 samples of its own before the sound, and without an edit list players
    # play them: clips would be heard 21 ms late. So the first 1024 are given up to make room.
    sound = sound.filter("apad").filter("atrim", start_sample=_PRIMING, end_sample=max(samples, _PRIMING + 1))
    sound = sound.filter("asetpts", "PTS-STARTPTS")
    output = ffmpeg.output(
        sound,
        f"pipe:{FIRST_OUTPUT_FD}",
        **{"c:a": "aac", "b:a": "96k", "f": "mp4", "use_editlist": 0, "flush_packets": 1, "frag_duration": 500_000},
        movflags="+empty_moov+default_base_moof",
        **_ANONYMOUS,
    )
    outputs = [output, *_same_zero(probe, source, "V:0" if probe.has_video else None)]
    return _compiled(outputs, "error", filter_complex_threads=1)


def hearing_arguments(probe: Probe, *, measured: bool = True) -> list[str]:
    """16 kHz mono s16le on standard output from recording time 0 on; `measured`: EBU R 128 in the last messages."""
    source = _input()
    # The end that the probe found: after it there may be a packet from another year, and the silence
    # until then would be filled in.
    sound = source[f"a:{probe.audio_index}"].filter("atrim", end=f"{probe.duration_ms / 1000:.3f}")
    outputs = []
    if measured:
        both = sound.filter_multi_output("asplit", 2)
        sound = both.stream(0)
        # As it will be played, in stereo: a mix of more channels has another loudness.
        loudness = (
            both.stream(1)
            .filter("aformat", channel_layouts="stereo", sample_rates=AUDIO_TIMESCALE)
            .filter("ebur128", peak="true", framelog="quiet")
        )
        outputs.append(ffmpeg.output(loudness, "pipe:2", f="null"))
    heard = sound.filter("aresample", HEARD_HZ, **{"async": 1, "first_pts": 0})
    outputs.insert(0, ffmpeg.output(heard, "pipe:1", f="s16le", ac=1))
    outputs += _same_zero(probe, source, "V:0" if probe.has_video else None)
    level = "info" if measured else "error"  # the measurement is a message of that level
    # One filter thread a core otherwise, and the stack of each counts as memory.
    return _compiled(outputs, level, filter_complex_threads=1)


def _input(**options: Any) -> Any:
    safety = {"protocol_whitelist": "fd", "fd": INPUT_FD, "format_whitelist": DEMUXERS, "max_pixels": MAX_PIXELS}
    return ffmpeg.input("fd:", **safety, **options)


def _same_zero(probe: Probe, source: Any, other: str | None) -> list[Any]:
    """An output of the other stream that writes nothing, for formats that need it.

    ffmpeg corrects the start of a format with jumping timestamps to that of the streams in use: the
    picture's run and the sound's would have different zeros. Copied, not decoded, it costs nothing.
    """
    if other is None or not any(name in probe.container for name in _JUMPING):
        return []
    return [ffmpeg.output(source[other], "pipe:2", f="null", c="copy")]


def _compiled(outputs: list[Any], level: str, **options: Any) -> list[str]:
    # -copyts -start_at_zero: timestamps stay absolute, and zero is the container's start whatever -ss says.
    flags = ["-hide_banner", "-nostdin", "-nostats", "-copyts", "-start_at_zero", "-v", level]
    for name, value in options.items():
        flags += [f"-{name}", str(value)]
    arguments: list[str] = ffmpeg.merge_outputs(*outputs).global_args(*flags).compile(cmd="ffmpeg")[1:]
    return arguments


def _grid(picture: Any, plan: KeyframePlan, first: int, *, sought: bool) -> Any:
    """Frames `first` to the plan's end, each at its number, none missing."""
    # From the file's start we say start_time=0: a picture that begins late is filled with its first
    # frame. After a seek we do not: it would fill a landing that is too late with repetitions and
    # hide it, while so it shows as missing frames and is noticed.
    start = {} if sought else {"start_time": 0}
    return (
        picture.filter("fps", fps=str(plan.fps), **start)
        # Sound that goes on after the last frame is heard over that frame.
        .filter("tpad", stop=-1, stop_mode="clone")
        .filter("trim", start_pts=first, end_pts=plan.frames)
    )


def _tone_mapped(picture: Any, hdr: str) -> Any:
    """HDR as a usual screen shows it. After scaling down: in 32-bit floats, every pixel costs."""
    return (
        # Stated, because zscale gives up on a frame that does not say what it is.
        picture.filter("setparams", color_primaries="bt2020", color_trc=_HDR[hdr], colorspace="bt2020nc")
        .filter("zscale", t="linear", npl=203)  # the brightness of paper in HDR (ITU-R BT.2408)
        .filter("format", "gbrpf32le")
        .filter("zscale", p="bt709")
        .filter("tonemap", "hable", desat=0)
        .filter("zscale", t="bt709", m="bt709", r="tv")
    )


def _encoded(picture: Any, rendition: Rendition, fd: int, force: str, fragment: int, threads: int) -> Any:
    picture = (
        # Numbers and not expressions on the input: a size that changes in the middle of the file
        # must not change the init segment. Pixels of other shapes are in those numbers already.
        picture.filter("scale", rendition.width, rendition.height, out_color_matrix="bt709", out_range="tv")
        .filter("setsar", "1")
        .filter("format", "yuv420p")
        # Colour is stated, not inherited: it is written into the init segment.
        .filter("setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709")
    )
    kbit = rendition.max_kbit
    return ffmpeg.output(
        picture,
        f"pipe:{fd}",
        **{"c:v": "libx264", "preset": _PRESET, "crf": rendition.crf, "maxrate": f"{kbit}k", "bufsize": f"{2 * kbit}k"},
        # Keyframes where we say and nowhere else; `-g` filling gaps made fragments of one frame.
        **{"g": 99_999, "sc_threshold": 0, "force_key_frames": force, "threads": threads, "fps_mode": "passthrough"},
        **{"f": "mp4", "video_track_timescale": VIDEO_TIMESCALE, "use_editlist": 0, "avoid_negative_ts": "disabled"},
        # frag_discont: without it a file's first decode time is 0 whatever its timestamps are.
        movflags="+frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets+frag_discont",
        fragment_index=fragment,
        # Without it a fragment of a small rendition waits 15 s and more in a 32 KiB buffer.
        flush_packets=1,
        **_ANONYMOUS,
    )


def _stills(picture: Any, rendition: Rendition, fd: int) -> Any:
    picture = (
        # round=up: picture n is the frame on screen at n * 2 s, not one from around it.
        picture.filter("fps", fps=str(Fraction(1, STILLS_EVERY_S)), round="up")
        .filter("scale", rendition.width, rendition.height, out_color_matrix="bt601", out_range="pc")  # JFIF
        .filter("setsar", "1")
        .filter("format", "yuvj420p")
    )
    # One thread: more would each keep a picture back.
    encoder = {"c:v": "mjpeg", "q:v": 5, "threads": 1, "fps_mode": "passthrough"}
    return ffmpeg.output(picture, f"pipe:{fd}", f="image2pipe", flush_packets=1, **encoder, **_ANONYMOUS)


# What removes the place where a video was filmed, the phone's name and the encoder's version.
_ANONYMOUS = {"map_metadata": -1, "map_chapters": -1, "fflags": "+bitexact"}


def _forced_s(key: int, fps: Fraction) -> str:
    # A quarter of a frame early: ffmpeg takes the first frame at or after the time, and a time that
    # was rounded upwards would take the next one.
    return f"{max(0.0, float((key - Fraction(1, 4)) / fps)):.4f}"


def _levelling(loudness: Loudness | None) -> list[tuple[str, dict[str, Any]]]:
    """The filters that bring a measured loudness to the target: as even as two passes of loudnorm, at a fifth."""
    if loudness is None or loudness.integrated_lufs <= _SILENCE_LUFS:
        return []
    gain = min(_MOST_GAIN_DB, LOUDNESS_LUFS - loudness.integrated_lufs)
    filters: list[tuple[str, dict[str, Any]]] = [("volume", {"volume": f"{gain:.2f}dB"})]
    if loudness.true_peak_dbtp + gain > PEAK_DBTP:
        # level: do not raise everything to the limit again. latency: no delay from looking ahead.
        limit = 10 ** (PEAK_DBTP / 20)
        filters.append(("alimiter", {"limit": f"{limit:.4f}", "level": 0, "latency": 1}))
    return filters
