"""What is no recording and pretends to be one: playlists that point elsewhere, documents, two files in one."""

import functools
import io
import struct
import zipfile
import zlib
from random import Random

from fuzz import ebml, seeds
from fuzz.boxes import Box, read, written

Disguise = tuple[str, bytes, str]
"""(ending, file, what it is)"""


def playlist(random: Random, canary: str, film: str, port: int) -> Disguise:
    """A list of other places in the words of some format, under the name of that format or of a video."""
    web = f"http://127.0.0.1:{port}/"
    where = random.choice((
        f"file://{canary}", canary, f"file:{film}", film, "file:///etc/passwd", "/etc/passwd", f"{web}a.ts", f"{web}key",
        f"tcp://127.0.0.1:{port}", f"rtmp://127.0.0.1:{port}/a", f"rtp://127.0.0.1:{port}", f"udp://127.0.0.1:{port}",
        f"concat:{film}|{canary}", f"subfile,,start,0,end,0,,:{film}", f"crypto:{film}", f"cache:{web}", f"async:{film}",
        "data:text/plain;base64,SGVsbG8=", "pipe:0", "fd:", "fd:3", "/proc/self/environ", "/dev/zero", f"unix:{canary}",
        f"ftp://127.0.0.1:{port}/x", f"gopher://127.0.0.1:{port}/x", f"tee:{canary}", f"md5:{canary}", f"prompeg:rtp://127.0.0.1:{port}",
        "ipfs:x", f"tls://127.0.0.1:{port}", f"httpproxy://127.0.0.1:{port}", f"hls+{web}l.m3u8", f"mmsh://127.0.0.1:{port}/",
    ))  # fmt: skip
    own, text = random.choice((
        ("m3u8", f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{where}\n#EXT-X-ENDLIST\n"),
        ("m3u8", f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:9\n#EXT-X-MAP:URI=\"{where}\"\n#EXTINF:9,\nx.m4s\n#EXT-X-ENDLIST\n"),
        ("m3u8", f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI=\"{where}\"\n#EXTINF:9,\n{film}\n#EXT-X-ENDLIST\n"),
        ("m3u8", f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{where}\n"),
        ("m3u8", f"#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",URI=\"{where}\"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\n{where}\n"),
        ("ffconcat", f"ffconcat version 1.0\nfile '{where}'\n"),
        ("ffconcat", f"ffconcat version 1.0\noption safe 0\nfile '{where}'\noutpoint 1\nfile_packet_meta url {where}\n"),
        ("txt", f"file {where}\nfile {film}\n"),
        ("mpd", f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT9S"><Period><AdaptationSet contentType="video"><Representation id="1" bandwidth="1"><BaseURL>{where}</BaseURL></Representation></AdaptationSet></Period></MPD>'),
        ("sdp", f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:{where}\n"),
        ("xspf", f'<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>{where}</location></track></trackList></playlist>'),
        ("pls", f"[playlist]\nFile1={where}\nNumberOfEntries=1\n"),
        ("asx", f'<asx version="3.0"><entry><ref href="{where}"/></entry></asx>'),
        ("ram", f"{where}\n"),
        ("smil", f'<smil><body><video src="{where}"/></body></smil>'),
        ("ism", f'<SmoothStreamingMedia MajorVersion="2" Duration="1"><StreamIndex Type="video" Url="{where}"/></SmoothStreamingMedia>'),
        ("imf", f'<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>{where}</Id></CompositionPlaylist>'),
        ("sub", f"{{0}}{{25}}{where}\n"), ("ass", f"[Script Info]\nTitle: {where}\n[Events]\nDialogue: 0,0:00:00.00,0:00:09.00,x,,0,0,0,,{where}\n"),
        ("txt", f"testsrc=d=3\nmovie={where}\n"),
        ("png", f"{where}"), ("mlv", f"MLVI{where}"),
    ))  # fmt: skip
    data = text.encode()
    dressed = random.random()
    if dressed < 0.15:  # behind the head of a video, for who looks at the first bytes only
        data = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 512) + data
    elif dressed < 0.25:
        data = b"\x47" + b"\xff" * 187 + data
    elif dressed < 0.35:
        data += seeds.seed("mp4")
    elif dressed < 0.45:
        data = bytes([0xEF, 0xBB, 0xBF]) + data
    return random.choice((own, "mp4", "mp4", "mov", "webm", "ts", "mp3")), data, f"{own} to {where}"


def document(random: Random, port: int, canary: str) -> Disguise:
    kinds = list(_documents(port, canary).items())
    own, data = random.choice(kinds)
    return random.choice((own, own, "mp4", "webm", "jpg")), data, f"a {own}"


@functools.cache
def _documents(port: int, canary: str) -> dict[str, bytes]:
    web = f"http://127.0.0.1:{port}/x"
    return {
        "svg": f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file://{canary}">]><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="{web}"/><text>&x;</text></svg>'.encode(),
        "pdf": f"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI({web})>>>>endobj\ntrailer<</Root 1 0 R>>\n".encode(),
        "html": f"<!doctype html><script src={web}></script><img src={web} onerror=alert(1)>".encode(),
        "zip": _zipped(),
        "json": b'{"a":' * 50_000,
        "xml": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]><l>&j;</l>",
        "exe": b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\x00\x00" + bytes(2000),
        "elf": b"\x7fELF\x02\x01\x01" + bytes(5000),
        "sh": b"#!/bin/sh\ntouch /tmp/pwned\n",
        "txt": b"Dear colleagues, please find attached the video.\n" * 200,
        "jpg": seeds.seed("jpeg"),
        "nothing": b"\x00",
        "zeros": bytes(300_000),
        "noise": bytes((n * 7919 >> 3) & 0xFF for n in range(50_000)),
        "ps": f"%!PS\n({canary}) (r) file 100 string readstring pop show\n".encode(),
        "mvg": f"push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 '{web}'\npop graphic-context".encode(),
        "rtf": b"{\\rtf1{\\object\\objupdate}}",
        "tar": b"../../../etc/passwd".ljust(257, b"\x00") + b"ustar  \x00" + bytes(500),
        "gz": zlib.compress(bytes(10_000_000)),
    }


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("../../evil.txt", (2020, 1, 1, 0, 0, 0)), b"evil")
        archive.writestr(zipfile.ZipInfo("bomb", (2020, 1, 1, 0, 0, 0)), bytes(20_000_000))
    return out.getvalue()


def polyglot(random: Random, port: int, canary: str) -> Disguise:
    """A recording that is something else as well. As a recording it is fine, and may be taken as one."""
    papers = _documents(port, canary)
    own = random.choice(("html", "pdf", "zip", "svg", "sh", "xml"))
    carrier = random.choice(("mp4", "mov", "vp8", "wav", "mp3", "mkv"))
    data = seeds.seed(carrier)
    if random.random() < 0.5:
        return seeds.ending(carrier), data + papers[own], f"{carrier} and, at its end, {own}"
    if carrier in ("mp4", "mov"):
        tree = read(data)
        index = next(box for box in tree if box.kind == b"moov")
        index.boxes.append(Box(b"udta", Box(random.choice((b"\xa9cmt", b"\xa9nam", b"uuid")), papers[own]).bytes()))
        return seeds.ending(carrier), written([*tree, Box(b"free", papers[own])]), f"{carrier} with {own} inside"
    return random.choice((own, "mp4")), papers[own] + data, f"{own} and, after it, {carrier}"


def attachment(random: Random, port: int, canary: str) -> Disguise:
    """A recording that carries files: fonts, pictures, programs, or one by one more than anybody can count."""
    papers = _documents(port, canary)
    what = random.choice(("fonts", "many", "large", "names", "papers", "covers"))
    files = {
        "fonts": [("a.ttf", "application/x-truetype-font", b"\x00\x01\x00\x00" + b"\xff" * 5000)] * 3,
        "many": [(f"{n}.bin", "application/octet-stream", b"x") for n in range(random.choice((65, 3000)))],
        "large": [("large.bin", "application/octet-stream", bytes(30_000_000))],
        "names": [
            ("../../../../tmp/pwned", "text/plain", b"x"),
            ("a\x00b", "text/html", b"x"),
            ("x" * 60_000, "", b""),
        ],
        "papers": [(f"a.{kind}", "text/html", data) for kind, data in papers.items()],
        "covers": [
            ("cover.png", "image/png", seeds.seed("jpeg")),
            ("cover.jpg", "image/jpeg", b"\xff\xd8\xff\xc0" + bytes(100)),
        ],
    }[what]
    track, clusters = ebml.sound()
    return "mkv", ebml.film(track, clusters, before=ebml.attached(files)), f"attached {what}"
