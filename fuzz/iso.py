"""MP4 and QuickTime files in which a box lies: about its size, its count, its times, its picture."""

import struct
from collections.abc import Callable
from random import Random

from fuzz import seeds
from fuzz.boxes import Box, all_of, every, first, read, written

Tree = list[Box]
_COUNTED = (b"stsz", b"stco", b"stts", b"ctts", b"stsc", b"stss", b"elst", b"sdtp", b"trun")
_ENORMOUS = (0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x10000000, 50_000_000)
_AGES = ((1 << 63) - 1, (1 << 64) - 1, 1 << 62, 1 << 40, 0)


def lying(random: Random, canary: str) -> tuple[str, bytes, str]:
    """(ending, file, what was done)"""
    lies = list(_LIES.items())
    what, lie = random.choice(lies)
    name = random.choice(("mp4", "mp4", "mov", "turned", "edited", "silent", "m4a", "hevc", "fragmented", "faststart"))
    if what in _OF_FRAGMENTS:
        name = "fragmented"
    tree = read(seeds.seed(name))
    try:
        told = lie(tree, random, canary)
    except IndexError:  # this seed has no such box
        name, tree = "mp4", read(seeds.seed("mp4"))
        told = lie(tree, random, canary)
    return seeds.ending(name), written(tree), f"{name}: {what} {told}"


def _size(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice([b for b in every(tree) if b.kind != b"ftyp"])
    box.size = random.choice((0, 1, 2, 7, 9, 0x7FFFFFFF, 0xFFFFFFFF, len(box.bytes()) - 4, len(box.bytes()) + 4))
    return f"{box.kind!r} says {box.size}"


def _long_size(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice(list(every(tree)))
    box.long = True
    box.size = random.choice((None, 0, 15, 1 << 32, 1 << 62, (1 << 63) - 1, (1 << 64) - 1))
    return f"{box.kind!r} says {box.size}"


def _nested(tree: Tree, random: Random, canary: str) -> str:
    """Boxes in boxes in boxes; the most of them with a size of nothing, which means "to the end"."""
    kind = random.choice((b"moov", b"trak", b"udta", b"meta", b"moof", b"ilst"))
    depth = random.choice((50, 2000, 20_000))
    bomb = struct.pack(">I4s", 0, kind) * depth if depth > 2000 else b""
    while len(bomb) < 8 * depth:
        bomb = Box(kind, bomb).bytes()
    first(tree, b"moov").boxes.insert(0, Box(random.choice((b"udta", b"trak", b"free")), bomb))
    return f"{kind!r}, {depth} deep"


def _crowded(tree: Tree, random: Random, canary: str) -> str:
    kind, count = random.choice((b"free", b"uuid", b"udta", b"\xa9nam", b"trak", b"stts", b"meta")), 40_000
    where = random.choice((first(tree, b"moov"), all_of(tree, b"trak")[0]))
    where.boxes.append(Box(b"udta", struct.pack(">I4s", 8, kind) * count))
    return f"{count} empty {kind!r} in {where.kind!r}"


def _count(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice(all_of(tree, *_COUNTED))
    count = random.choice(_ENORMOUS)
    if box.kind == b"stsz":
        size = random.choice((0, 1, 0x7FFFFFFF))  # one size for all of them needs no table: the cheapest index
        box.contents = box.contents[:4] + struct.pack(">II", size, count) + box.contents[12:]
        return f"stsz counts {count} samples of {size}"
    box.contents = box.contents[:4] + struct.pack(">I", count) + box.contents[8:]
    return f"{box.kind!r} counts {count}"


def _many_samples(tree: Tree, random: Random, canary: str) -> str:
    """Tables that agree with each other: so many samples of so few bytes."""
    count, size = random.choice((100_000, 3_000_000, 20_000_000)), random.choice((1, 2))
    stbl = first(tree, b"stbl")
    for box in stbl.boxes:
        if box.kind == b"stsz":
            box.contents = struct.pack(">III", 0, size, count)
        if box.kind == b"stts":
            box.contents = struct.pack(">IIII", 0, 1, count, random.choice((1, 512)))
        if box.kind == b"stsc":
            box.contents = struct.pack(">IIIII", 0, 1, 1, count, 1)
        if box.kind == b"stco":
            box.contents = struct.pack(">III", 0, 1, 48)
    stbl.boxes = [b for b in stbl.boxes if b.kind not in (b"ctts", b"stss")]
    return f"{count} samples of {size}"


def _long_life(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice(all_of(tree, b"mvhd", b"mdhd", b"tkhd"))
    age = random.choice(_AGES)
    rest = box.contents[4:]
    if box.contents[0] == 0:  # made a version 1, with 64 bits
        if box.kind == b"tkhd":
            created, changed, track, kept, _ = struct.unpack_from(">IIIII", rest)
            head = struct.pack(">QQIIQ", created, changed, track, kept, age)
            rest = rest[20:]
        else:
            created, changed, scale, _ = struct.unpack_from(">IIII", rest)
            head = struct.pack(">QQIQ", created, changed, scale, age)
            rest = rest[16:]
        box.contents = b"\x01" + box.contents[1:4] + head + rest
    return f"{box.kind!r} lasts {age}"


def _timescale(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice(all_of(tree, b"mvhd", b"mdhd"))
    scale = random.choice((0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF))
    box.contents = box.contents[:12] + struct.pack(">I", scale) + box.contents[16:]
    return f"{box.kind!r} has timescale {scale}"


def _deltas(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice(all_of(tree, b"stts"))
    delta = random.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 10_000_000))
    box.contents = box.contents[:12] + struct.pack(">I", delta) + box.contents[16:]
    return f"stts steps by {delta}"


def _offsets(tree: Tree, random: Random, canary: str) -> str:
    table = b"".join(
        struct.pack(">II", 1, random.choice((0, 1 << 31, 0xFFFFFFFF, random.getrandbits(32)))) for _ in range(18)
    )
    stbl = first(tree, b"stbl")
    stbl.boxes = [b for b in stbl.boxes if b.kind != b"ctts"]
    stbl.boxes.append(Box(b"ctts", struct.pack(">II", random.choice((0, 1 << 24)), 18) + table))
    return "ctts at random"


def _places(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice(all_of(tree, b"stco"))
    count = struct.unpack_from(">I", box.contents, 4)[0]
    to = random.choice((0, 0xFFFFFFFF, 0x7FFFFFFF, 4))
    box.contents = box.contents[:8] + struct.pack(">I", to) * count
    if random.random() < 0.5:
        box.kind = b"co64"
        box.contents = box.contents[:8] + struct.pack(">Q", to << 31) * count
    return f"chunks at {to}"


def _picture_size(tree: Tree, random: Random, canary: str) -> str:
    wide, high = random.choice(((65535, 65535), (65535, 1), (0, 0), (1, 1), (16384, 16384), (8000, 4000)))
    track, entry = first(tree, b"tkhd"), first(tree, b"stsd")
    if random.random() < 0.7:
        track.contents = track.contents[:-8] + struct.pack(">II", wide << 16, high << 16)
    entry.contents = entry.contents[:40] + struct.pack(">HH", wide, high) + entry.contents[44:]
    return f"{wide} x {high}"


def _matrix(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice(all_of(tree, b"tkhd", b"mvhd"))
    numbers = [
        random.choice((0, 1, 1 << 16, -(1 << 16), 1 << 30, -(1 << 31), random.getrandbits(31))) for _ in range(9)
    ]
    end = len(box.contents) - (8 if box.kind == b"tkhd" else 28)
    box.contents = box.contents[: end - 36] + struct.pack(">9i", *numbers) + box.contents[end:]
    return f"matrix {numbers}"


def _many_tracks(tree: Tree, random: Random, canary: str) -> str:
    count = random.choice((70, 200, 1500))
    moov = first(tree, b"moov")
    track = random.choice([b for b in moov.boxes if b.kind == b"trak"])
    moov.boxes += [track] * count
    return f"{count} times a track"


def _huge_words(tree: Tree, random: Random, canary: str) -> str:
    kind, size = (
        random.choice((b"udta", b"meta", b"\xa9cmt", b"\xa9xyz", b"ilst", b"XMP_")),
        random.choice((200_000, 8_000_000)),
    )
    where = first(tree, b"moov")
    where.boxes.append(Box(b"udta", Box(kind, bytes(4) + random.randbytes(1000) * (size // 1000)).bytes()))
    return f"{size} bytes of {kind!r}"


def _chapters(tree: Tree, random: Random, canary: str) -> str:
    count = random.choice((255, 10_000))
    listed = b"".join(struct.pack(">QB", n * 1_000, 9) + b"chapter x" for n in range(count))
    first(tree, b"moov").boxes.append(
        Box(b"udta", Box(b"chpl", struct.pack(">IIB", 1 << 24, 0, count & 255) + listed).bytes())
    )
    return f"{count} chapters"


def _edits(tree: Tree, random: Random, canary: str) -> str:
    count = random.choice((1, 3, 50_000))
    tracks = all_of(tree, b"trak")
    entries = b"".join(
        struct.pack(
            ">Iii",
            random.choice((0, 1, 0xFFFFFFFF, 500)),
            random.choice((-1, 0, -5, 1 << 30, 3)),
            random.choice((0, 1 << 16, -1)),
        )
        for _ in range(count)
    )
    track = random.choice(tracks)
    track.boxes = [b for b in track.boxes if b.kind != b"edts"]
    track.boxes.insert(1, Box(b"edts", boxes=[Box(b"elst", struct.pack(">II", 0, count) + entries)]))
    return f"{count} edits"


def _elsewhere(tree: Tree, random: Random, canary: str) -> str:
    """The samples are said to lie in another file: QuickTime allows it, and nobody may follow it."""
    box = random.choice(all_of(tree, b"dref"))
    where = random.choice((f"file://{canary}", canary, "http://127.0.0.1:1/x"))
    alias = bytes(150) + struct.pack(">hH", 2, len(where)) + where.encode() + struct.pack(">h", -1)
    entry = random.choice((Box(b"url ", bytes(4) + where.encode() + b"\x00"), Box(b"alis", bytes(4) + alias)))
    box.contents = struct.pack(">II", 0, 1) + entry.bytes()
    return f"samples in {entry.kind!r}"


def _format(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice(all_of(tree, b"stsd"))
    kind = random.choice(
        (b"encv", b"zzzz", b"jpeg", b"mp4v", b"hvc1", b"vp09", b"av01", b"raw ", b"rle ", b"text", b"tmcd", b"apch")
    )
    box.contents = box.contents[:12] + kind + box.contents[16:]
    return f"as {kind!r}"


def _torn(tree: Tree, random: Random, canary: str) -> str:
    parent = random.choice([b for b in every(tree) if b.boxes])
    gone = parent.boxes.pop(random.randrange(len(parent.boxes)))
    return f"without {gone.kind!r} in {parent.kind!r}"


def _moved(tree: Tree, random: Random, canary: str) -> str:
    parent = random.choice([b for b in every(tree) if len(b.boxes) > 1])
    random.shuffle(parent.boxes)
    return f"{parent.kind!r} in another order"


def _noise(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice([b for b in every(tree) if b.contents and b.kind != b"mdat"])
    at = random.randrange(len(box.contents))
    box.contents = (box.contents[:at] + random.randbytes(random.choice((1, 4, 16))) + box.contents[at + 4 :])[
        : len(box.contents)
    ]
    return f"noise in {box.kind!r} at {at}"


def _fragments(tree: Tree, random: Random, canary: str) -> str:
    box = random.choice(all_of(tree, b"trun", b"tfdt", b"tfhd", b"trex"))
    at = random.choice((4, 8, 12))
    number = random.choice((*_ENORMOUS, 0))
    box.contents = (box.contents[:at] + struct.pack(">I", number) + box.contents[at + 4 :])[: max(len(box.contents), 8)]
    return f"{box.kind!r} at {at}: {number}"


def _samples(tree: Tree, random: Random, canary: str) -> str:
    box = first(tree, b"mdat")
    made = bytearray(box.contents)
    for _ in range(random.choice((5, 100, 2000))):
        made[random.randrange(len(made))] = random.getrandbits(8)
    box.contents = bytes(made)
    return "noise in the pictures and the sound"


_Lie = Callable[[Tree, Random, str], str]
_LIES: dict[str, _Lie] = {
    "size": _size, "long size": _long_size, "nested": _nested, "crowded": _crowded, "count": _count,
    "samples": _many_samples, "age": _long_life, "timescale": _timescale, "deltas": _deltas, "offsets": _offsets,
    "places": _places, "picture": _picture_size, "matrix": _matrix, "tracks": _many_tracks, "words": _huge_words,
    "chapters": _chapters, "edits": _edits, "elsewhere": _elsewhere, "format": _format, "torn": _torn,
    "moved": _moved, "noise": _noise, "fragments": _fragments, "damaged": _samples,
}  # fmt: skip
_OF_FRAGMENTS = ("fragments",)
