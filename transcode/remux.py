"""A file that cannot be read from the middle on -> the same packets in one that can. Nothing is decoded.

A transport stream (MPEG-TS, AVCHD cameras write it) has no index, and times that may jump: a seek lands anywhere. Its
stretches would have to be read from the start, each.
"""

from pathlib import Path
from typing import BinaryIO

from domain.errors import Refused, Unavailable
from domain.media import Probe
from transcode.command import jumps, remuxing_arguments
from transcode.jail import Jail, Limits, is_the_files_fault

_WALL_S = 60.0
_SLOWEST_DISK = 5 << 20  # bytes a second, which are read and written


def helps(probe: Probe) -> bool:
    """Whether a recording can be made from the middle on only so."""
    return probe.has_video and jumps(probe)


def remux(source: Path, probe: Probe, target: BinaryIO, jail: Jail) -> None:
    """Raises Refused (`cannot_remux`) where packets are damaged, times jump, or the container is not for them."""
    limits = Limits(wall_s=_WALL_S + source.stat().st_size / _SLOWEST_DISK, file_bytes=jail.limits.file_bytes)
    try:
        with jail.start(remuxing_arguments(probe), source, [target], limits=limits) as run:
            run.finish()
    except Unavailable as error:
        if is_the_files_fault(error):
            raise Refused("This file cannot be rewritten.", code="cannot_remux") from error
        raise
