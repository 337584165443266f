"""Matroska and WebM files that lie (RFC 8794, RFC 9559): elements of their own, and seeds with a wrong number."""

import functools
import re
import struct
import zlib
from collections.abc import Callable
from random import Random

from fuzz import seeds

# Element IDs (RFC 9559, section 5)
_EBML, _SEGMENT, _INFO, _SCALE, _DURATION = (
    b"\x1a\x45\xdf\xa3",
    b"\x18\x53\x80\x67",
    b"\x15\x49\xa9\x66",
    b"\x2a\xd7\xb1",
    b"\x44\x89",
)
_TRACKS, _ENTRY, _NUMBER, _TYPE, _CODEC, _CODEC_PRIVATE = (
    b"\x16\x54\xae\x6b",
    b"\xae",
    b"\xd7",
    b"\x83",
    b"\x86",
    b"\x63\xa2",
)
_VIDEO, _WIDE, _HIGH, _AUDIO, _RATE, _CHANNELS, _BITS = (
    b"\xe0",
    b"\xb0",
    b"\xba",
    b"\xe1",
    b"\xb5",
    b"\x9f",
    b"\x62\x64",
)
_CLUSTER, _TIME, _BLOCK = b"\x1f\x43\xb6\x75", b"\xe7", b"\xa3"
_ATTACHMENTS, _FILE, _FILE_NAME, _MIME, _DATA, _UID = (
    b"\x19\x41\xa4\x69",
    b"\x61\xa7",
    b"\x46\x6e",
    b"\x46\x60",
    b"\x46\x5c",
    b"\x46\xae",
)
_CHAPTERS, _EDITION, _ATOM, _ATOM_UID, _ATOM_START, _DISPLAY, _SAID = (
    b"\x10\x43\xa7\x70",
    b"\x45\xb9",
    b"\xb6",
    b"\x73\xc4",
    b"\x91",
    b"\x80",
    b"\x85",
)
_TAGS, _TAG, _SIMPLE, _TAG_NAME, _TAG_TEXT = b"\x12\x54\xc3\x67", b"\x73\x73", b"\x67\xc8", b"\x45\xa3", b"\x44\x87"
_ENCODINGS, _ENCODING, _COMPRESSION, _ALGORITHM, _SETTINGS = (
    b"\x6d\x80",
    b"\x62\x40",
    b"\x50\x34",
    b"\x42\x54",
    b"\x42\x55",
)
_UNKNOWN = b"\x01" + b"\xff" * 7


def element(identity: bytes, contents: bytes, size: int | None = None) -> bytes:
    """With a size of eight bytes, true unless `size` is given."""
    return identity + struct.pack(">Q", (1 << 56) | (len(contents) if size is None else size) % (1 << 56)) + contents


def number(identity: bytes, value: int) -> bytes:
    return element(identity, struct.pack(">Q", value % (1 << 64)))


def film(tracks: bytes, clusters: bytes, *, before: bytes = b"", scale: int = 1_000_000, info: bytes = b"") -> bytes:
    """A whole file of what is given."""
    head = element(_EBML, element(b"\x42\x82", b"matroska"))
    told = element(_INFO, number(_SCALE, scale) + info)
    return head + element(_SEGMENT, told + element(_TRACKS, tracks) + before + clusters)


def sound(
    count: int = 60, *, gap_ms: int = 20, rate: float = 8000.0, channels: int = 1, extra: bytes = b""
) -> tuple[bytes, bytes]:
    """(track, clusters) of PCM, 160 bytes a block."""
    audio = element(_AUDIO, element(_RATE, struct.pack(">d", rate)) + number(_CHANNELS, channels) + number(_BITS, 16))
    track = element(
        _ENTRY,
        number(_NUMBER, 1)
        + number(b"\x73\xc5", 1)
        + number(_TYPE, 2)
        + element(_CODEC, b"A_PCM/INT/LIT")
        + audio
        + extra,
    )
    clusters = b"".join(
        element(_CLUSTER, number(_TIME, n * gap_ms) + element(_BLOCK, b"\x81\x00\x00\x80" + bytes(range(160))))
        for n in range(count)
    )
    return track, clusters


def attached(files: list[tuple[str, str, bytes]]) -> bytes:
    """Attachments: (name, type, contents)."""
    return element(
        _ATTACHMENTS,
        b"".join(
            element(
                _FILE,
                element(_FILE_NAME, name.encode())
                + element(_MIME, mime.encode())
                + element(_DATA, data)
                + number(_UID, n + 1),
            )
            for n, (name, mime, data) in enumerate(files)
        ),
    )


def chapters(count: int, depth: int = 1) -> bytes:
    """One behind the other, each with `depth` in each other."""
    within = b""
    for _ in range(depth - 1):
        within = _chapter(1 << 32, within)
    return element(_CHAPTERS, element(_EDITION, b"".join(_chapter(n + 1, within) for n in range(count))))


def _chapter(identity: int, within: bytes) -> bytes:
    said = element(_DISPLAY, element(_SAID, b"chapter"))
    return element(_ATOM, number(_ATOM_UID, identity) + number(_ATOM_START, identity * 1_000) + said + within)


def lying(random: Random) -> tuple[str, bytes, str]:
    """(ending, file, what was done)"""
    data, told = random.choice(_LIES)(random)
    return random.choice(("webm", "mkv")), data, told


def _size(random: Random) -> tuple[bytes, str]:
    """The size of some element of a seed: unknown, enormous, nothing, or a byte too much."""
    name = random.choice(seeds.MATROSKA)
    data = seeds.seed(name)
    found = [
        m.end() for i in (_EBML, _SEGMENT, _INFO, _TRACKS, _CLUSTER, _TAGS) for m in re.finditer(re.escape(i), data)
    ]
    at = random.choice(found)
    length = 9 - data[at].bit_length() if data[at] else 8
    size = random.choice(
        (_UNKNOWN, b"\xff", b"\x80", b"\x01\x00\x00\x00\x7f\xff\xff\xff", b"\x01\x0f" + b"\xff" * 6, b"\x00")
    )
    return data[:at] + size + data[at + length :], f"{name}: the size at {at} is {size.hex()}"


def _value(random: Random) -> tuple[bytes, str]:
    """A number in a seed's head: width, height, scale, channels, rate, duration, track number."""
    name = random.choice(seeds.MATROSKA)
    data = seeds.seed(name)
    identity = random.choice((_WIDE, _HIGH, _SCALE, _CHANNELS, _RATE, _DURATION, _TYPE))
    start = data.index(_INFO)
    at = data.find(identity, start)
    if at < 0 or not data[at + len(identity)] & 0x80:
        return _size(random)
    length = data[at + len(identity)] & 0x7F
    begin = at + len(identity) + 1
    worst = (b"\xff" * length, bytes(length), b"\x7f" + b"\xff" * (length - 1), random.randbytes(length), _nan(length))
    value = random.choice(worst)
    return data[:begin] + value + data[begin + length :], f"{name}: element {identity.hex()} is {value.hex()}"


def _nan(length: int) -> bytes:
    return struct.pack(">d", float("nan")) if length == 8 else b"\x7f\xc0\x00\x00"[:length]


def _times(random: Random) -> tuple[bytes, str]:
    """Sound that lies hours apart, goes backwards, or has no clock."""
    gap = random.choice((3_600_000, 30_000, -5, 1 << 40))
    scale = random.choice((1_000_000, 1, 0, 1 << 60))
    track, clusters = sound(20, gap_ms=gap)
    return film(track, clusters, scale=scale), f"clusters {gap} ms apart at a scale of {scale}"


def _declared(random: Random) -> tuple[bytes, str]:
    duration = random.choice((3.6e7, float("inf"), float("nan"), -1.0, 1e300))
    track, clusters = sound()
    return film(
        track, clusters, info=element(_DURATION, struct.pack(">d", duration))
    ), f"says that it lasts {duration} ms"


def _sampled(random: Random) -> tuple[bytes, str]:
    rate = random.choice((1.0, 0.0, 4e9, float("nan"), -8000.0, 7999.9))
    channels = random.choice((1, 0, 255, 63, 1 << 31))
    track, clusters = sound(rate=rate, channels=channels)
    return film(track, clusters), f"{rate} Hz, {channels} channels"


def _deep(random: Random) -> tuple[bytes, str]:
    count, depth = random.choice(((10_000, 1), (1, 4_000), (100_000, 1), (50, 50)))
    track, clusters = sound()
    return film(track, clusters, before=chapters(count, depth)), f"{count} chapters, {depth} deep"


def _tagged(random: Random) -> tuple[bytes, str]:
    count = random.choice((20_000, 1))
    text = b"x" * (20_000_000 if count == 1 else 30)
    tags = element(
        _TAGS, element(_TAG, element(_SIMPLE, element(_TAG_NAME, b"NAME") + element(_TAG_TEXT, text))) * count
    )
    track, clusters = sound()
    return film(track, clusters, before=tags), f"{count} tags of {len(text)} bytes"


def _compressed(random: Random) -> tuple[bytes, str]:
    """Blocks that zlib blows up to a hundred megabytes, or a header that is put before each of them."""
    settings = (
        number(_ALGORITHM, 0) if random.random() < 0.5 else number(_ALGORITHM, 3) + element(_SETTINGS, bytes(1_000_000))
    )
    extra = element(_ENCODINGS, element(_ENCODING, element(_COMPRESSION, settings)))
    track, _ = sound(extra=extra)
    bomb = _blown_up()
    clusters = b"".join(
        element(_CLUSTER, number(_TIME, n * 20) + element(_BLOCK, b"\x81\x00\x00\x80" + bomb)) for n in range(20)
    )
    return film(track, clusters), "compressed blocks"


@functools.cache
def _blown_up() -> bytes:
    return zlib.compress(bytes(100_000_000), 9)


def _laced(random: Random) -> tuple[bytes, str]:
    """Blocks that say they hold 256 frames, with sizes that do not add up."""
    flags = random.choice((0x02, 0x04, 0x06))
    track, _ = sound()
    block = b"\x81\x00\x00" + bytes([0x80 | flags, 255]) + random.randbytes(300)
    return film(track, element(_CLUSTER, number(_TIME, 0) + element(_BLOCK, block) * 50)), f"lacing {flags}"


def _many_tracks(random: Random) -> tuple[bytes, str]:
    count = random.choice((65, 200, 3_000))
    track, clusters = sound()
    tracks = b"".join(track.replace(number(_NUMBER, 1), number(_NUMBER, n)) for n in range(1, count + 1))
    return film(tracks, clusters), f"{count} tracks"


_LIES: tuple[Callable[[Random], tuple[bytes, str]], ...] = (
    _size, _size, _value, _value, _value, _times, _declared, _sampled, _deep, _tagged, _compressed, _laced,
    _many_tracks,
)  # fmt: skip
