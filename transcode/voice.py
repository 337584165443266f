"""What somebody said into a page's microphone -> one small AAC file of our own making, without anything else in it.

All of it in the jail: the file is a stranger's. It is decoded twice, once to know how long and how loud it is, which a
file may say otherwise, and once to encode it. Refusals, all `domain.errors.Refused`, in words for who spoke:
empty_file, no_sound, too_short, too_long, and those of `transcode.probe`.
"""

from pathlib import Path

from domain.errors import Refused, Unavailable
from domain.media import Probe
from domain.voice import MAX_BYTES, MAX_MS, MIN_MS, SLACK_MS
from transcode.command import voice_arguments
from transcode.jail import Jail, Limits, is_the_files_fault
from transcode.probe import probe
from transcode.sound import hear

_LONGEST_MS = MAX_MS + SLACK_MS
_LIMITS = Limits(wall_s=60.0, cpu_s=20.0, memory_bytes=512 << 20, file_bytes=2 * MAX_BYTES)


def remade(sent: Path, into: Path, jail: Jail) -> int:
    """Writes `into`; returns its length in milliseconds. Raises Refused, Unavailable."""
    try:
        found = probe(sent, jail)
        _check_length(found)
        heard = hear(sent, found, jail)
        _check_length(found, heard.duration_ms)
        with into.open("wb") as made:
            arguments = voice_arguments(found, heard.loudness, _LONGEST_MS)
            with jail.start(arguments, sent, [made], limits=_LIMITS) as run:
                run.finish()
    except Unavailable as error:
        if is_the_files_fault(error):
            raise _in_words("damaged") from error
        raise
    except Refused as refused:
        raise _in_words(refused.code) from refused
    return heard.duration_ms


def _check_length(found: Probe, heard_ms: int | None = None) -> None:
    length_ms = found.duration_ms if heard_ms is None else heard_ms
    if not found.has_audio:
        raise Refused("", code="no_sound")
    if length_ms > _LONGEST_MS:
        raise Refused("", code="too_long")
    if length_ms < MIN_MS:
        raise Refused("", code="too_short")


def _in_words(code: str) -> Refused:
    match code:
        case "empty_file":
            return Refused("Nothing was recorded. Say it again.", code=code)
        case "no_sound" | "no_media":
            return Refused("There is no sound in this. Say it again, or write it.", code="no_sound")
        case "too_short":
            return Refused("That was too short to hear anything. Say it again.", code=code)
        case "too_long":
            return Refused("That is longer than two minutes. Say it in two parts.", code=code)
    return Refused("This sound cannot be read. Record it again, or write what you wanted to say.", code=code)
