"""Which files `passiton upload` sends: those it is given, and what looks like a recording in folders.

What a file really is the server finds out, in its jail. Here a suffix and the first bytes are enough to
leave out the spreadsheets, thumbnails and half copies that lie beside fifty videos.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset({
    ".3g2", ".3gp", ".aac", ".aif", ".aiff", ".amr", ".asf", ".avi", ".caf", ".flac", ".flv", ".m2ts", ".m4a", ".m4v",
    ".mka", ".mkv", ".mov", ".mp3", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".oga", ".ogg", ".ogv", ".opus", ".qt",
    ".ts", ".vob", ".wav", ".weba", ".webm", ".wma", ".wmv",
})  # fmt: skip
_HEAD = 200  # bytes that tell, at most: two packets of an MPEG transport stream with time codes
_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"moof", b"styp"})  # MP4 and MOV
_BEGINNINGS = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"RIFF", b"OggS", b"fLaC", b"ID3", b"FLV\x01", b"#!AMR", b"caff", b"FORM",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF: WMV, WMA
    b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3",  # MPEG program and video streams
    b"\x06\x0e\x2b\x34",  # MXF
)  # fmt: skip


@dataclass(frozen=True)
class ToSend:
    """`left_out`: what has a recording's suffix in a folder and does not begin as one."""

    files: tuple[Path, ...]
    left_out: tuple[Path, ...]


def to_send(paths: Iterable[Path]) -> ToSend:
    """Files as they were given, whatever they are; of folders, and folders in them, what looks like a recording.

    By name in each folder. Hidden files and folders, and links to folders, are passed over; what is
    there twice is sent once.
    """
    files: dict[Path, None] = {}
    left_out: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            files[path] = None
            continue
        for found in _walk(path):
            (files if looks_like_a_recording(found) else left_out)[found] = None
    return ToSend(tuple(files), tuple(left_out))


def looks_like_a_recording(path: Path) -> bool:
    """Whether it begins as one of the formats that phones, cameras and recorders write."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return True  # sent, and the reason why it cannot be read is told
    if head.startswith(_BEGINNINGS) or head[4:8] in _BOXES:
        return True
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0:  # MPEG audio, and AAC in ADTS
        return True
    return any(head[at : at + 1] == b"G" == head[at + step : at + step + 1] for at, step in ((0, 188), (4, 192)))


def _walk(folder: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(at) / name
