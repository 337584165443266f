"""What is let in: limits, and refusals in words that the person who filmed can act on."""

from dataclasses import dataclass

from domain.errors import Refused
from domain.media import Probe


@dataclass(frozen=True)
class Limits:
    """The most (and least) of a recording. The pictures' limits are what one worker's memory can take."""

    max_bytes: int = 8 * 1024**3  # half an hour of 4K from a phone
    max_duration_ms: int = 4 * 3_600_000
    min_duration_ms: int = 500  # less is a slip of the thumb
    max_pixels: int = 8192 * 4320  # a frame; the largest that phones and cameras film ("8K")
    max_fps: int = 240  # slow motion


def check_probe(probe: Probe, limits: Limits) -> None:
    """Raises Refused unless clips can be made of a file of which this is known.

    Codes: no_media, too_short, too_long, too_large_picture, too_many_frames. Sound alone and
    pictures alone are let in.
    """
    if not (probe.has_video or probe.has_audio):
        raise Refused(
            "There are neither pictures nor sound in this file that can be played. "
            "Play it on your phone: if it does not play there either, record it again.",
            code="no_media",
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
    if probe.has_video and probe.width * probe.height > limits.max_pixels:
        raise Refused(
            f"The picture is {probe.width} by {probe.height} pixels, more than can be shown. "
            "Film in 4K or less, or save the video in a smaller size.",
            code="too_large_picture",
        )
    if probe.has_video and probe.fps > limits.max_fps:
        raise Refused(
            f"This video has {round(probe.fps)} pictures a second, and at most {limits.max_fps} are let in. "
            "Film without high-speed mode, or save it with fewer.",
            code="too_many_frames",
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
