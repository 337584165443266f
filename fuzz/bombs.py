"""Little files that become a lot: pictures larger than memory, frames without number, hours of silence."""

import functools
import struct
import zlib
from collections.abc import Callable
from random import Random

from fuzz import seeds
from fuzz.boxes import first, read, written

Bomb = tuple[str, bytes, str]
"""(ending, file, what it becomes)"""

_FILMED = 24  # pictures a second of what only looks like a film
# What is just let in, and what is not.
_SIZES = (
    (16_384, 16_384),
    (4_096, 3_344),
    (6_144, 2_224),
    (6_144, 1_024),
    (16_000, 16),
    (16, 16_000),
    (32_768, 32_768),
    (8_192, 4_320),
)


def bomb(random: Random, turn: int) -> Bomb:
    """The `turn`-th: all of them have theirs."""
    return _BOMBS[turn % len(_BOMBS)](random)


def _h264(random: Random) -> Bomb:
    """Another picture size, and as many pictures to keep as may be, in the parameters; the slices stay as they are."""
    wide, high = random.choice(_SIZES)
    tree = read(seeds.seed("silent"))
    entry = first(tree, b"stsd")
    at = entry.contents.index(b"avcC") + 10
    (length,) = struct.unpack_from(">H", entry.contents, at)
    sps = _sps(wide, high, random.choice((1, 16))).ljust(length, b"\x00")
    entry.contents = entry.contents[: at + 2] + sps + entry.contents[at + 2 + length :]
    if random.random() < 0.5:
        entry.contents = entry.contents[:40] + struct.pack(">HH", wide & 0xFFFF, high & 0xFFFF) + entry.contents[44:]
    return "mp4", written(tree), f"H.264 of {wide} x {high}"


def _sps(wide: int, high: int, kept: int) -> bytes:
    """A sequence parameter set of the baseline profile (ITU-T H.264, 7.3.2.1)."""
    bits = "".join(
        (
            *(_golomb(n) for n in (0, 0, 2, kept)),
            "0",
            *(_golomb(n) for n in (wide // 16 - 1, high // 16 - 1)),
            "11001",  # frames only, 8x8 inference, no cropping, no more to say, the end
        )
    )
    bits += "0" * (-len(bits) % 8)
    return b"\x67\x42\xc0\x3e" + int(bits, 2).to_bytes(len(bits) // 8, "big")


def _golomb(number: int) -> str:
    digits = f"{number + 1:b}"
    return "0" * (len(digits) - 1) + digits


def _vp8(random: Random) -> Bomb:
    wide, high = (min(16_383, n) for n in random.choice(_SIZES))
    data = seeds.seed("vp8")
    made = data.replace(
        b"\x9d\x01\x2a" + struct.pack("<HH", seeds.WIDTH, seeds.HEIGHT),
        b"\x9d\x01\x2a" + struct.pack("<HH", wide, high),
    )
    return "webm", made, f"VP8 of {wide} x {high}"


def _vp9(random: Random) -> Bomb:
    wide, high = random.choice(_SIZES)
    data = bytearray(seeds.seed("vp9"))
    at = data.find(b"\x49\x83\x42")
    while at >= 0:
        # Colour in 4 bits, then width and height, less one, in 16 bits each (VP9, 6.2).
        first_byte, size = data[at + 3] & 0xF0, (wide - 1) % 65_536 << 16 | (high - 1) % 65_536
        data[at + 3 : at + 8] = ((first_byte >> 4) << 36 | size << 4 | data[at + 7] & 0x0F).to_bytes(5, "big")
        at = data.find(b"\x49\x83\x42", at + 3)
    return "webm", bytes(data), f"VP9 of {wide} x {high}"


def _jpegs(random: Random) -> Bomb:
    wide, high = random.choice(((65_500, 65_500), *_SIZES))
    data = bytearray(seeds.seed("avi"))
    at = data.find(b"\xff\xc0\x00\x11")
    while at >= 0:
        data[at + 5 : at + 9] = struct.pack(">HH", high & 0xFFFF, wide & 0xFFFF)
        at = data.find(b"\xff\xc0\x00\x11", at + 4)
    return "avi", bytes(data), f"JPEGs of {wide} x {high}"


def _pngs(random: Random) -> Bomb:
    wide, high = random.choice(_SIZES)
    data = bytearray(seeds.seed("png"))
    at = data.find(b"IHDR")
    while at >= 0:
        data[at + 4 : at + 12] = struct.pack(">II", wide, high)
        data[at + 17 : at + 21] = struct.pack(">I", zlib.crc32(data[at : at + 17]))
        at = data.find(b"IHDR", at + 4)
    return "mov", bytes(data), f"PNGs of {wide} x {high}"


def _black(random: Random) -> Bomb:
    """Well-made, and as large as is let in, or more: the memory that it takes is what is looked at."""
    size, codec = random.choice(
        (
            ("4096x3344", "libx264"),
            ("3840x2160", "libx264"),
            ("8192x4320", "libx264"),
            ("4096x2160", "libx265"),
            ("4096x3300", "png"),
        )
    )
    return (
        "mp4" if codec != "png" else "mov",
        _film(size, _FILMED, 14, codec),
        f"fourteen black pictures of {size}, {codec}",
    )


def _fast(random: Random) -> Bomb:
    rate, frames = random.choice(((1000, 3000), (240, 700), (10_000, 2500), (120, 300)))
    return "mkv", _film("32x32", rate, frames, "libx264"), f"{rate} pictures a second"


def _many(random: Random) -> Bomb:
    return "mkv", _film("16x16", 100, 10_000, "libx264"), "10,000 tiny pictures"


def _slow(random: Random) -> Bomb:
    return "mkv", _film("64x64", random.choice((1, 4)) / 100, 3, "libx264"), "a picture a minute"


@functools.cache
def _film(size: str, rate: float, frames: int, codec: str) -> bytes:
    suffix = "mov" if codec == "png" else "mp4" if rate == _FILMED else "mkv"
    how = {
        "libx264": ("-preset", "ultrafast", "-refs", "16", "-threads", "1"),
        "libx265": ("-preset", "ultrafast", "-x265-params", "log-level=none"),
        "png": (),
    }[codec]
    pixels = () if codec == "png" else ("-pix_fmt", "yuv420p")
    return seeds.rendered(
        suffix, "-f", "lavfi", "-i", f"color=black:s={size}:r={rate}", "-frames:v", str(frames), "-c:v", codec,
        *how, *pixels,
    )  # fmt: skip


def _silence(random: Random) -> Bomb:
    minutes = random.choice((4, 40, 600))
    return "flac", _quiet(minutes), f"{minutes} minutes of silence"


@functools.cache
def _quiet(minutes: int) -> bytes:
    return seeds.rendered(
        "flac",
        "-f",
        "lavfi",
        "-i",
        "anullsrc=r=8000:cl=mono",
        "-t",
        str(60 * minutes),
        "-c:a",
        "flac",
        "-frame_size",
        "16384",
    )


def _channels(random: Random) -> Bomb:
    count = random.choice((8, 16, 17, 64, 255))
    head = struct.pack("<HHIIHH", 1, count, 48_000, 96_000 * count, 2 * count, 16)
    body = bytes(96_000 * count)
    riff = b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(body)) + body
    return "wav", b"RIFF" + struct.pack("<I", len(riff)) + riff, f"{count} channels"


def _growing_picture(random: Random) -> Bomb:
    """A transport stream that begins small and goes on large."""
    large = random.choice(("1920x1080", "4096x2160", "8192x4320"))
    return "ts", seeds.seed("ts") + _second(large), f"{large} after {seeds.WIDTH}x{seeds.HEIGHT}"


@functools.cache
def _second(size: str) -> bytes:
    return seeds.rendered(
        "ts", "-f", "lavfi", "-i", f"color=black:s={size}:r=10", "-frames:v", "3", "-c:v", "libx264",
        "-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p",
    )  # fmt: skip


def _pictures_alone(random: Random) -> Bomb:
    """What a picture viewer would die of, named as a video or as it is."""
    kind = random.choice(("png", "gif", "apng"))
    wide, high = 50_000, 50_000
    if kind == "gif":
        frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02\x4c\x01\x00"
        data = b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + bytes(6) + frame * 5_000 + b"\x3b"
    else:
        row = zlib.compressobj(1)
        packed = b"".join([row.compress(bytes(wide // 8 + 1) * 500) for _ in range(high // 500)]) + row.flush()
        control = _chunk(b"acTL", struct.pack(">II", 1 << 30, 0)) if kind == "apng" else b""
        head = _chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 1, 0, 0, 0, 0))
        data = b"\x89PNG\r\n\x1a\n" + head + control + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")
    return random.choice((kind, "mp4")), data, f"a {kind} of 50,000 x 50,000"


def _chunk(kind: bytes, contents: bytes) -> bytes:
    return struct.pack(">I", len(contents)) + kind + contents + struct.pack(">I", zlib.crc32(kind + contents))


_BOMBS: tuple[Callable[[Random], Bomb], ...] = (
    _h264, _vp8, _vp9, _jpegs, _pngs, _black, _fast, _many, _slow, _silence, _channels, _growing_picture,
    _pictures_alone, _h264, _vp8, _vp9, _jpegs, _pngs,
)  # fmt: skip
