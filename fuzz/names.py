"""Names as files never should have: given to the real tus route, and to the folder that `process` writes into."""

from random import Random

from fuzz import seeds
from fuzz.boxes import Box

_NAMES = (
    "../../../../tmp/pwned.mp4", "..\\..\\windows\\system32\\x.mp4", "/etc/passwd", "C:\\con.mp4", "...mp4", "..mp4",
    ".", "..", ".mp4", "a\x00b.mp4", "%00.mp4", "%2e%2e%2f.mp4", "line\nbreak.mp4", "\r\nSet-Cookie: a=b.mp4",
    "\t \t.mp4",
    "\u202e4pm.exe", "\u2066rtl\u2069.mp4", "x" * 500 + ".mp4", "\U0001f469\u200d\U0001f52c" * 60 + ".mp4", "-rf.mp4",
    "--help.mp4", "-i /etc/passwd.mp4", "$(touch pwned).mp4", "`id`.mp4", "; rm -rf ~.mp4", "| nc 127.0.0.1 1.mp4",
    "<script>alert(1)</script>.mp4", "\"><img src=x onerror=alert(1)>.mp4", "'; drop table recording; --.mp4",
    "{{7*7}}${7*7}<%=7*7%>.mp4", "file:///etc/passwd.mp4", "http://127.0.0.1/x.mp4", "concat:a|b.mp4", "pipe:0", "fd:3",
    "subfile,,start,0,end,9,,:x.mp4", "%d.mp4", "%03d.mp4", "*.mp4", "[a-z].mp4", "~root.mp4", "\ufeffbom.mp4",
    "e\u0301" * 100 + ".mp4", "nul", "\x7f\x1b[2J.mp4", "\ud7ff\ue000.mp4", "", " ", "a" * 255, ".passiton-x.mp4",
    "manifest.json",
)  # fmt: skip


def named(random: Random, turn: int) -> tuple[str, bytes, str]:
    """(name, a small recording, what is odd): one after the other, then two put together."""
    name = _NAMES[turn] if turn < len(_NAMES) else random.choice(_NAMES) + random.choice(_NAMES)
    its_own = Box(b"free", random.randbytes(16)).bytes()  # or it would be a file that was sent before
    return name, seeds.seed(random.choice(("m4a", "silent"))) + its_own, repr(name[:60])


def on_disk(name: str) -> str:
    """The nearest that a file can be called: no slash, no NUL, 255 bytes."""
    near = name.replace("/", "\u2215").replace("\x00", "")
    while len(near.encode("utf-8", "replace")) > 255:
        near = near[1:]
    return near if near.strip(".") else f"{near}.mp4"
