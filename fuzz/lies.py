"""Heads that declare one thing over a body that holds another: lengths, counts and clocks of the simple formats."""

import struct
from collections.abc import Callable
from random import Random

from fuzz import seeds
from fuzz.boxes import Box, all_of, first, read, written

Lie = tuple[str, bytes, str]
"""(ending, file, what was done)"""


def lying(random: Random) -> Lie:
    return random.choice(_LIES)(random)


def _wav_length(random: Random) -> Lie:
    data = seeds.seed("wav")
    at = data.index(b"data") + 4
    size = random.choice((0xFFFFFFFF, 0x7FFFFFFF, 0, 1))
    return (
        "wav",
        data[:4] + struct.pack("<I", size) + data[8:at] + struct.pack("<I", size) + data[at + 4 :],
        f"data of {size}",
    )


def _wav_format(random: Random) -> Lie:
    data = seeds.seed("wav")
    at = data.index(b"fmt ") + 8
    kind = random.choice((1, 3, 0x11, 0x55, 0xFFFE, 0xFFFF))
    channels = random.choice((0, 1, 2, 17, 64, 255, 65535))
    rate = random.choice((0, 1, 8000, 48_000, 384_000, 0xFFFFFFFF))
    bits = random.choice((0, 1, 8, 16, 64, 65535))
    block = random.choice((0, 1, channels * bits // 8 & 0xFFFF))
    told = struct.pack("<HHIIHH", kind, channels, rate, rate * block & 0xFFFFFFFF, block, bits)
    return "wav", data[:at] + told + data[at + 16 :], f"format {kind}, {channels} channels, {rate} Hz, {bits} bits"


def _flac_total(random: Random) -> Lie:
    data = bytearray(seeds.seed("flac"))
    data[21] = data[21] & 0xF0 | 0x0F
    data[22:26] = random.choice((b"\xff" * 4, bytes(4), b"\x00\x00\x00\x01"))
    return "flac", bytes(data), "another number of samples"


def _flac_rate(random: Random) -> Lie:
    data = bytearray(seeds.seed("flac"))
    data[18:21] = random.choice((bytes(3), b"\x00\x00\x12", b"\xff\xff\xff"))
    return "flac", bytes(data), "another rate"


def _mp3_frames(random: Random) -> Lie:
    data = seeds.seed("mp3")
    at = data.find(b"Xing") if b"Xing" in data else data.find(b"Info")
    frames = random.choice((0xFFFFFFFF, 0, 1_500_000))
    return "mp3", data[: at + 8] + struct.pack(">I", frames) + data[at + 12 :], f"{frames} frames"


def _mp3_tag(random: Random) -> Lie:
    size = random.choice((0x7F7F7F7F, 0x00000001))
    frame = b"APIC" + struct.pack(">IH", random.choice((0xFFFFFFF, 3)), 0) + b"\x00image/png\x00\x03\x00" + bytes(2000)
    return "mp3", b"ID3\x04\x00\x00" + struct.pack(">I", size) + frame + seeds.seed("mp3"), f"a tag of {size:x}"


def _ogg_clock(random: Random) -> Lie:
    data = bytearray(seeds.seed("ogg"))
    last = data.rindex(b"OggS")
    granule = random.choice((1 << 62, (1 << 64) - 1, 48_000 * 36_000, 0))
    data[last + 6 : last + 14] = struct.pack("<Q", granule)
    return "ogg", bytes(data), f"granule {granule}"  # its checksum is wrong now, as a liar's would not be: see below


def _ogg_clock_signed(random: Random) -> Lie:
    ending, data, told = _ogg_clock(random)
    made = bytearray(data)
    last = made.rindex(b"OggS")
    made[last + 22 : last + 26] = bytes(4)
    made[last + 22 : last + 26] = struct.pack("<I", _ogg_checksum(bytes(made[last:])))
    return ending, bytes(made), told + ", with a right checksum"


def _ogg_checksum(page: bytes) -> int:
    """RFC 3533, 6: CRC-32 with the polynomial 0x04c11db7, from 0, not reflected."""
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C11DB7 if register & 0x80000000 else 0)) & 0xFFFFFFFF
    return register


def _ts_clock(random: Random) -> Lie:
    """A transport stream whose second half is from another time: hours later, or before."""
    data = seeds.seed("ts")
    packets = [bytearray(data[at : at + 188]) for at in range(0, len(data) - 187, 188)]
    jump = random.choice((90_000 * 3600, 90_000 * 36_000, -90_000, 1 << 32))
    for packet in packets[len(packets) // 2 :]:
        head = packet.find(b"\x00\x00\x01")
        if packet[1] & 0x40 and 0 < head < 150 and packet[head + 7] & 0x80:
            at = head + 9
            stamp = (
                (packet[at] >> 1 & 7) << 30
                | packet[at + 1] << 22
                | packet[at + 2] >> 1 << 15
                | packet[at + 3] << 7
                | packet[at + 4] >> 1
            )
            stamp = (stamp + jump) % (1 << 33)
            packet[at] = packet[at] & 0xF1 | stamp >> 29 & 0x0E
            packet[at + 1 : at + 5] = struct.pack(">HH", stamp >> 14 & 0xFFFE | 1, stamp << 1 & 0xFFFE | 1)
    return "ts", b"".join(packets), f"half of it {jump / 90_000:.0f} s later"


def _avi_head(random: Random) -> Lie:
    data = bytearray(seeds.seed("avi"))
    at = data.index(b"avih") + 8
    where = random.choice((0, 16, 24, 32, 36))  # microseconds a frame, frames, streams, width, height
    number = random.choice((0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 65_535))
    data[at + where : at + where + 4] = struct.pack("<I", number)
    head = data.index(b"strh") + 8
    if random.random() < 0.5:
        data[head + 20 : head + 28] = struct.pack(
            "<II", random.choice((0, 1, 0xFFFFFFFF)), random.choice((0, 1, 1_000_000))
        )
    return "avi", bytes(data), f"avih at {where}: {number}"


def _ten_hours(random: Random) -> Lie:
    """Every clock of an MP4 says ten hours; the samples are those of a second."""
    tree = read(seeds.seed(random.choice(("mp4", "silent"))))
    for box in all_of(tree, b"mvhd", b"mdhd"):
        scale = struct.unpack_from(">I", box.contents, 12)[0]
        box.contents = box.contents[:16] + struct.pack(">I", min(0xFFFFFFFF, scale * 36_000)) + box.contents[20:]
    for box in all_of(tree, b"elst"):
        box.contents = box.contents[:8] + struct.pack(">I", 36_000_000) + box.contents[12:]
    return "mp4", written(tree), "ten hours on every clock"


def _last_frame_for_hours(random: Random) -> Lie:
    """The table of times agrees with the clocks: the last picture lasts for hours."""
    tree = read(seeds.seed("silent"))
    hours = random.choice((1, 10))
    stts, scale = first(tree, b"stts"), struct.unpack_from(">I", first(tree, b"mdhd").contents, 12)[0]
    count, delta = struct.unpack_from(">II", stts.contents, 8)
    stts.contents = struct.pack(">IIIIII", 0, 2, count - 1, delta, 1, scale * 3600 * hours)
    for box in all_of(tree, b"mvhd", b"mdhd"):
        own = struct.unpack_from(">I", box.contents, 12)[0]
        box.contents = box.contents[:16] + struct.pack(">I", own * 3600 * hours) + box.contents[20:]
    for box in all_of(tree, b"trak"):
        box.boxes = [b for b in box.boxes if b.kind != b"edts"]
    return "mp4", written(tree), f"a last picture of {hours} hours"


def _two_heads(random: Random) -> Lie:
    """Two indexes; or the index of one file over the samples of another."""
    tree, other = read(seeds.seed("mp4")), read(seeds.seed(random.choice(("silent", "m4a", "hevc"))))
    if random.random() < 0.5:
        return "mp4", written([*tree, *other]), "two files in one"
    mixed: list[Box] = [first(other, b"moov") if box.kind == b"moov" else box for box in tree]
    return "mp4", written(mixed), "another file's index"


_LIES: tuple[Callable[[Random], Lie], ...] = (
    _wav_length, _wav_format, _wav_format, _flac_total, _flac_rate, _mp3_frames, _mp3_tag, _ogg_clock,
    _ogg_clock_signed, _ts_clock, _ts_clock, _avi_head, _avi_head, _ten_hours, _last_frame_for_hours, _two_heads,
)  # fmt: skip
