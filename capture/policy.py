"""What is let in: limits, and refusals in words that the person who filmed can act on.

Every limit on a stranger's file is a field of `Limits`, with where its number comes from. What the jail
itself can stand (`transcode.confine.MAX_PIXELS`, the time and memory of `transcode.probe`) lies above
them: a test holds the two together. Which containers are opened at all: `transcode.confine.DEMUXERS`.
"""

from dataclasses import dataclass
from datetime import date

from domain.errors import Refused
from domain.media import Probe

_ROUNDED_FPS = 1.05  # a camera's 240 is not always 240


@dataclass(frozen=True)
class Limits:
    """The most (and least) of a recording."""

    max_duration_ms: int = 2 * 3_600_000  # of this one the setting MAX_DURATION_S decides
    min_duration_ms: int = 500  # less is a slip of the thumb
    # 4K in every shape that phones and action cameras film (3840 x 2160 to 4:3 and 8:7). A decoder may hold
    # twenty pictures, 20 MB each: this is what keeps a worker under 1 GiB. 8K would take four times as much.
    max_pixels: int = 4096 * 3360
    max_side: int = 6144  # pixels; three screens side by side are 5760. Every rendition of a strip is a strip
    min_side: int = 16  # pixels: one block of every codec; smaller pictures show nothing
    max_fps: int = 240  # on average; slow motion
    max_tracks: int = 64  # a phone's spatial video has nine, a field recorder 32
    max_chapters: int = 1000  # a talk has twenty
    max_channels: int = 16  # third-order Ambisonics, the most that a microphone records
    max_gap_ms: int = 600_000  # a still screen is recorded every few seconds; times that jump are wrong times


def already_here(name: str, day: date, until: date) -> Refused:
    """For a file that its uploader has sent before. `name`: of that recording; empty where it is not to be told.

    `until`: the last day on which this one can still be used.
    """
    said = f", as “{name}”" if name else ""
    return Refused(
        f"You have sent this very file before{said}, on {day.day} {day:%B %Y}. It is there, and nothing was stored "
        f"twice. Open that one, or use this one all the same, until {until.day} {until:%B}.",
        code="already_here",
    )


def second_gone(until: date) -> Refused:
    """For such a file when somebody wants it all the same, and its bytes have waited for that long enough."""
    return Refused(
        f"You have sent this very file before, and that recording is there. This second one was kept until "
        f"{until.day} {until:%B}, and is gone since. Open that one; or send the file again, and use it then.",
        code="already_here",
    )


def check_probe(probe: Probe, limits: Limits) -> None:
    """Raises Refused unless clips can be made of a file of which this is known.

    Codes: too_many_tracks, too_many_chapters, too_many_channels, no_media, too_large_picture,
    too_small_picture, too_many_frames, mostly_empty, too_short, too_long. Sound alone and pictures
    alone are let in.
    """
    _check_parts(probe, limits)
    if not (probe.has_video or probe.has_audio):
        raise Refused(
            "There are neither pictures nor sound in this file that can be played. "
            "Play it on your phone: if it does not play there either, record it again.",
            code="no_media",
        )
    if probe.has_video:
        _check_picture(probe, limits)
    _check_length(probe, limits)


def _check_parts(probe: Probe, limits: Limits) -> None:
    if probe.tracks > limits.max_tracks:
        raise Refused(
            f"There are {probe.tracks} tracks and attachments in this file, and at most {limits.max_tracks} are let "
            "in. Export it with one picture and one sound track, and send that.",
            code="too_many_tracks",
        )
    if probe.chapters > limits.max_chapters:
        raise Refused(
            f"There are {probe.chapters} chapters in this file, and at most {limits.max_chapters} are let in. "
            "Export it without chapters, and send that.",
            code="too_many_chapters",
        )
    if probe.audio_channels > limits.max_channels:
        raise Refused(
            f"The sound has {probe.audio_channels} channels, and at most {limits.max_channels} are let in. "
            "Export it in stereo, and send that.",
            code="too_many_channels",
        )


def _check_picture(probe: Probe, limits: Limits) -> None:
    if probe.width * probe.height > limits.max_pixels or max(probe.width, probe.height) > limits.max_side:
        raise Refused(
            f"The picture is {probe.width} by {probe.height} pixels, more than can be shown. "
            "Film in 4K or less, or save the video in a smaller size.",
            code="too_large_picture",
        )
    if min(probe.width, probe.height) < limits.min_side:
        raise Refused(
            f"The picture is {probe.width} by {probe.height} pixels, too small to show anything. "
            "Check that the right file was picked, or send the sound alone.",
            code="too_small_picture",
        )
    if probe.filmed_fps > limits.max_fps * _ROUNDED_FPS:
        raise Refused(
            f"This video has {round(probe.filmed_fps)} pictures a second, and at most {limits.max_fps} are let in. "
            "Film without high-speed mode, or save it with fewer.",
            code="too_many_frames",
        )


def _check_length(probe: Probe, limits: Limits) -> None:
    if probe.gap_ms > limits.max_gap_ms:
        raise Refused(
            f"For {_in_words(probe.gap_ms)} this file holds neither a picture nor sound, so the length it states "
            "cannot be right. Open it on your phone, save it anew (trimming a second off does that), and send that.",
            code="mostly_empty",
        )
    if probe.duration_ms < limits.min_duration_ms:
        raise Refused(
            f"This recording lasts {probe.duration_ms / 1000:.1f} seconds, too short to say anything. "
            "Record it again, or check that the whole file was picked.",
            code="too_short",
        )
    if probe.duration_ms > limits.max_duration_ms:
        raise Refused(
            f"This recording lasts {_in_words(probe.duration_ms)}, and at most {_in_words(limits.max_duration_ms)} "
            "are let in. Cut it in parts and upload each of them.",
            code="too_long",
        )


def _in_words(ms: int) -> str:
    """Rounded up, so that what is over a limit never reads as the limit."""
    if ms <= 120_000:
        return f"{-(-ms // 1000)} seconds"
    hours, rest = divmod(-(-ms // 60_000), 60)
    said = [
        *([f"{hours} hour{'s' * (hours != 1)}"] if hours else []),
        *([f"{rest} minute{'s' * (rest != 1)}"] if rest else []),
    ]
    return " and ".join(said)
