"""Renditions -> ffmpeg's arguments, built with ffmpeg-python. Pure: run by `transcode.render` and `transcode.sound`.

Everything is counted in *frames of the output grid*: frame k is shown at k / fps, with 0 at the
container's own start. Whole numbers, so that a run that begins in the middle cannot round
differently from one that began at 0. Seconds appear only in `-ss` (which may be vague, because
`trim` is exact) and in `-force_key_frames`.

The input is descriptor 3 and the outputs are 4, 5, ... in the order of the renditions; see
`transcode.jail`. Names of options are ffmpeg's: https://ffmpeg.org/ffmpeg-all.html.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import ffmpeg

from domain.cover import Box
from domain.media import AUDIO_TIMESCALE, VIDEO_TIMESCALE, KeyframePlan, Kind, Loudness, Probe, Rendition, Rest
from transcode import encoders, waveform
from transcode.confine import DEMUXERS, FIRST_OUTPUT_FD, INPUT_FD, MAX_PIXELS
from transcode.hdr import tone_mapped
from transcode.loudness import gain_db, levelling, levelling_twice
from transcode.resample import Samples, decoded, decoding, resampled

STILLS_EVERY_S = 2
HEARD_HZ = 16_000  # what voice activity and speech recognition listen to
SOUND_BITS = 96_000  # a second
VOICE_BITS = 56_000  # a second, of one voice in mono

_PREROLL_S = 1.0  # more than any distance between pts and dts: the mov demuxer seeks by dts
_PRIMING = 1024  # samples: what an AAC encoder puts before the sound
_PLAYED = Samples(AUDIO_TIMESCALE, 2, "pcm_f32le")
_SPOKEN = Samples(AUDIO_TIMESCALE, 1, "pcm_f32le")
_HEARD = Samples(HEARD_HZ, 1, "pcm_s16le")
_JUMPING = ("mpegts", "ogg")  # formats whose timestamps may jump: `-ss` is no use in them, see also `_same_zero`
_REMUXED = "mov"

_HD = 720  # lines: from there on colours of which nothing is said are BT.709's, below BT.601's, as browsers have it
_ANOTHER_SHAPE = 0.08  # from one shape to another is more; rounding is less


def jumps(probe: Probe) -> bool:
    """Whether the file is of a format that cannot be read from the middle on."""
    return any(name in probe.container for name in _JUMPING)


def landing_s(probe: Probe, plan: KeyframePlan, first: int) -> float | None:
    """Where to seek to for frame `first`; None reads from the file's start.

    Not when it would land before the first picture: then there may be nothing to land on; nor where
    the picture is drawn from the sound, from its start on.
    """
    if not probe.has_video or jumps(probe):
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
    loudness: Loudness | None = None,
    seen: Sequence[int] = (),
    boxes: Sequence[tuple[int, int, Box]] = (),
) -> list[str]:
    """One decode -> every picture rendition (and stills), from the keyframe `first` to the plan's end.

    `loudness` counts where the picture is drawn from the sound. Of the frames in `seen`, from `first` on, the MD5
    as decoded goes to one more output, after the renditions': whoever renders the stretch next to this one sees
    the same, unless a seek has changed times. `boxes`: parts of the picture that are black from one of the frames
    that come out up to another.
    """
    landing = landing_s(probe, plan, first) if seek else None
    source = _input(
        # Without it a change of size or colour in the middle of a phone's file builds a new filter
        # graph, which counts its frames from 0 again. With it sound that changes would be an error.
        **({"reinit_filter": 0} if probe.has_video else {}),
        threads=threads,
        # Frames from the landing keyframe on reach the fps filter, so the frame *before* the bound,
        # still on screen in a gap of a variable rate, is known. Exactness is trim's business.
        **({} if landing is None else {"noaccurate_seek": None, "ss": f"{landing:.6f}"}),
    )
    largest = max(renditions, key=lambda r: r.width)
    decoded = source["V:0"].filter_multi_output("split", 2) if seen else None
    if probe.has_video:
        picture = _filmed(
            decoded.stream(0) if decoded else source["V:0"], probe, plan, largest, first, sought=landing is not None
        )
    else:
        picture = _drawn(source, probe, plan, largest, first, loudness)
    for begin, end, box in boxes:
        picture = _covered(picture, largest, box, begin, end)
    split = picture.filter_multi_output("split", len(renditions))
    force = ",".join(_forced_s(key, plan.fps) for key in plan.keys if key >= first)
    outputs = [
        _stills(split.stream(i), r, fd)
        if r.kind is Kind.STILLS
        else _encoded(split.stream(i), r, fd, force, plan.keys.index(first) + 1, threads)
        for i, (r, fd) in enumerate(zip(renditions, range(FIRST_OUTPUT_FD, 1000), strict=False))
    ]
    if decoded is not None:
        frames = decoded.stream(1).filter("fps", fps=str(plan.fps), **({"start_time": 0} if landing is None else {}))
        # As in `_grid`: a stretch may begin where the last frame stands, and without a frame here ffmpeg ends early.
        frames = frames.filter("tpad", stop=-1, stop_mode="clone")
        frames = frames.filter("trim", start_pts=min(seen), end_pts=max(seen) + 1)
        frames = frames.filter("select", "+".join(f"eq(pts,{frame})" for frame in seen)).filter("format", "yuv420p")
        fd = FIRST_OUTPUT_FD + len(renditions)
        outputs.append(ffmpeg.output(frames, f"pipe:{fd}", f="framemd5", fps_mode="passthrough", flush_packets=1))
    outputs += _same_zero(probe, source, f"a:{probe.audio_index}" if probe.has_audio else None)
    arguments = _compiled(outputs, "error", filter_complex_threads=threads)
    return arguments if probe.has_video else decoding(arguments, _track(probe), [waveform.DRAWN], len(outputs))


def audio_arguments(probe: Probe, plan: KeyframePlan, loudness: Loudness | None, rest: Rest | None = None) -> list[str]:
    """The whole sound: AAC, stereo, at -16 LUFS, exactly as long as the picture.

    With `rest`, `loudness` is that of the head alone: the head's bytes are the same whatever is said of the rest.
    """
    samples = round(plan.frames * AUDIO_TIMESCALE / plan.fps)
    source = _input()
    sound = resampled(source, _PLAYED, samples / AUDIO_TIMESCALE + 1)
    for name, values in levelling(loudness) if rest is None else levelling_twice(loudness, rest):
        sound = sound.filter(name, **values)
    # The encoder puts 1024 samples of its own before the sound, and without an edit list players
    # play them: clips would be heard 21 ms late. So the first 1024 are given up to make room.
    sound = sound.filter("apad").filter("atrim", start_sample=_PRIMING, end_sample=max(samples, _PRIMING + 1))
    sound = sound.filter("asetpts", "PTS-STARTPTS")
    output = ffmpeg.output(
        sound,
        f"pipe:{FIRST_OUTPUT_FD}",
        **{
            "c:a": "aac",
            "b:a": SOUND_BITS,
            "f": "mp4",
            "use_editlist": 0,
            "flush_packets": 1,
            "frag_duration": 500_000,
        },
        movflags="+empty_moov+default_base_moof",
        **_ANONYMOUS,
    )
    outputs = [output, *_same_zero(probe, source, "V:0" if probe.has_video else None)]
    return decoding(_compiled(outputs, "error", filter_complex_threads=1), _track(probe), [_PLAYED], len(outputs))


def voice_arguments(probe: Probe, loudness: Loudness | None, longest_ms: int) -> list[str]:
    """The sound of somebody who speaks, small: AAC, mono, at -16 LUFS, in an MP4 of its own."""
    sound = resampled(_input(), _SPOKEN, longest_ms / 1000)
    for name, values in levelling(loudness):
        sound = sound.filter(name, **values)
    encoder = {"c:a": "aac", "b:a": VOICE_BITS, "f": "mp4", "fd": FIRST_OUTPUT_FD}
    outputs = [ffmpeg.output(sound, "fd:", **encoder, **_ANONYMOUS)]
    return decoding(_compiled(outputs, "error", filter_complex_threads=1), _track(probe), [_SPOKEN], len(outputs))


def hearing_arguments(probe: Probe, *, measured: bool = True, after_ms: int = 0) -> list[str]:
    """16 kHz mono s16le on standard output from recording time 0 on; `measured`: EBU R 128 in the last messages.

    The measure is of what comes after `after_ms`.
    """
    source = _input()
    end_s = probe.duration_ms / 1000  # as the probe found it
    outputs, kinds = [ffmpeg.output(resampled(source, _HEARD, end_s), "pipe:1", f="s16le")], [_HEARD]
    if measured:
        # As it will be played, in stereo: a mix of more channels has another loudness.
        kinds.append(_PLAYED)
        loudness = (
            decoded(source, 1)
            .filter("atrim", **({"start": f"{after_ms / 1000:.3f}"} if after_ms else {}), end=f"{end_s:.3f}")
            .filter("ebur128", peak="true", framelog="quiet")
        )
        outputs.append(ffmpeg.output(loudness, "pipe:2", f="null"))
    outputs += _same_zero(probe, source, "V:0" if probe.has_video else None)
    level = "info" if measured else "error"  # the measurement is a message of that level
    # One filter thread a core otherwise, and the stack of each counts as memory.
    return decoding(_compiled(outputs, level, filter_complex_threads=1), _track(probe), kinds, len(outputs))


def remuxing_arguments(probe: Probe) -> list[str]:
    """The picture and the sound that are used, packet by packet, into a container that can be read from the middle on.

    Times stay what they are from the file's zero on, and so do packets before the first keyframe: without them
    (`copyinkf`) a file that begins in the middle would begin later, and its zero with it.
    """
    source = _input()
    streams = [source["V:0"], *([source[f"a:{probe.audio_index}"]] if probe.has_audio else [])]
    # Not `pipe:`, since the index is written at the end, and its place noted at the beginning.
    options = {"fd": FIRST_OUTPUT_FD, "f": _REMUXED, "c": "copy", "copyinkf": None, "video_track_timescale": 90_000}
    output = ffmpeg.output(*streams, "fd:", avoid_negative_ts="disabled", **options, **_ANONYMOUS)
    # -xerror: else it leaves out what is damaged, and sets times right that go backwards.
    return ["-xerror", *_compiled([output], "error")]


def remuxed(probe: Probe) -> Probe:
    """What is known of the file that `remuxing_arguments` write."""
    return replace(probe, container=_REMUXED)


def _track(probe: Probe) -> str:
    return f"0:a:{probe.audio_index}"


def _input(**options: Any) -> Any:
    safety = {"protocol_whitelist": "fd", "fd": INPUT_FD, "format_whitelist": DEMUXERS, "max_pixels": MAX_PIXELS}
    return ffmpeg.input("fd:", **safety, **options)


def _same_zero(probe: Probe, source: Any, other: str | None) -> list[Any]:
    """An output of the other stream that writes nothing, for formats that need it.

    ffmpeg corrects the start of a format with jumping timestamps to that of the streams in use: the
    picture's run and the sound's would have different zeros. Copied, not decoded, it costs nothing.
    """
    if other is None or not jumps(probe):
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


def _filmed(picture: Any, probe: Probe, plan: KeyframePlan, largest: Rendition, first: int, *, sought: bool) -> Any:
    if probe.interlaced:
        picture = _of_one_moment(picture)
    picture = _fitted(_grid(picture, plan, first, sought=sought), largest)
    if probe.matrix_unsaid and min(probe.width, probe.height) >= _HD:
        picture = picture.filter("setparams", colorspace="bt709")
    if probe.hdr or probe.width > largest.width:
        # Once for all: scaling a 4K picture four times costs as much as encoding it at 480.
        picture = picture.filter("scale", largest.width, largest.height)
    return tone_mapped(picture, probe.hdr) if probe.hdr else picture


def _covered(picture: Any, largest: Rendition, box: Box, begin: int, end: int) -> Any:
    """Black, and not a blur or a mosaic, which can be undone. Before anything is scaled: so nothing of it is left at
    the box's edges. By whole pairs of lines and columns, for so colours are kept.
    """
    picture = picture.filter("scale", largest.width, largest.height)
    left, right = 2 * (largest.width * box.left // 2000), 2 * -(-largest.width * box.right // 2000)
    top, bottom = 2 * (largest.height * box.top // 2000), 2 * -(-largest.height * box.bottom // 2000)
    return picture.filter(
        "drawbox", left, top, right - left, bottom - top, "black", "fill", enable=f"between(n,{begin},{end - 1})"
    )


def _of_one_moment(picture: Any) -> Any:
    """Frames whose every other line is of another moment, as one frame of one moment each; others pass untouched.

    Comes before there is a grid: each is made with the help of the frame before it and the one after, and after
    a seek these are there as well (`_PREROLL_S`).
    """
    # The size of the first frame: bwdif would read beyond one that is smaller.
    return picture.filter("scale", "iw", "ih", interl=-1).filter("bwdif", mode="send_frame", deint="interlaced")


def _fitted(picture: Any, largest: Rendition) -> Any:
    """Pictures of another shape than the recording's are made small enough to be seen whole, on black.

    A phone that is turned while a browser records goes from landscape to portrait in the middle of the file.
    All other pictures pass untouched: what is made of them has numbers for a size, and would stretch these.
    """
    shape = largest.width / largest.height
    as_ever = f"lt(abs(dar/{shape:.6f}-1),{_ANOTHER_SHAPE})"
    even = "2*floor({}/2)"  # pad can do nothing else
    across = f"if({as_ever},{even.format('iw')},min({largest.width},2*floor({largest.height}*dar/2)))"
    down = f"if({as_ever},{even.format('ih')},min({largest.height},2*floor({largest.width}/dar/2)))"
    width, height = f"if({as_ever},iw,{largest.width})", f"if({as_ever},ih,{largest.height})"
    # eval: at every change, not only at the first picture.
    return picture.filter("scale", across, down, eval="frame").filter(
        "pad", width, height, "(ow-iw)/2", "(oh-ih)/2", eval="frame"
    )


def _drawn(
    source: Any, probe: Probe, plan: KeyframePlan, largest: Rendition, first: int, loudness: Loudness | None
) -> Any:
    return waveform.drawn(
        resampled(source, waveform.DRAWN, plan.duration_ms / 1000),
        plan,
        largest.width,
        largest.height,
        gain_db(loudness),
        lambda pages: _grid(pages, plan, first, sought=False),
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
    return ffmpeg.output(
        picture,
        f"pipe:{fd}",
        **encoders.options(rendition, threads),
        **{"force_key_frames": force, "fps_mode": "passthrough"},
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
