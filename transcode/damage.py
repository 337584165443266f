"""A recording whose pictures or sound cannot be decoded: said as what it is, the file's fault and nobody else's.

The probe decodes a few frames only, so a file can look well and break in the middle. Trying again would
end in the same place; the person who filmed can do something about it.

Pictures that are damaged in the middle are found by their packets, each of which is read by the probe anyway and
has a form that noise and zeros have not.
"""

from collections.abc import Callable
from typing import Any, Literal

from domain.errors import Refused

Check = Callable[[Any], bool]
"""Whether a packet (PyAV's) makes sense."""


def refusal(what: Literal["sound", "pictures"], cause: Exception | None = None) -> Refused:
    """Refused (`damaged`), with the notes of its cause for whoever runs the server."""
    verb = "is" if what == "sound" else "are"
    refused = Refused(
        f"The {what} in this file {verb} damaged, and too much of it cannot be read. Play it on your phone: if it "
        "plays there, save it anew (trimming a second off does that) and send that; if not, record it again.",
        code="damaged",
    )
    for note in getattr(cause, "__notes__", ()):
        refused.add_note(note)
    return refused


def packet_check(codec: Any) -> Check:
    """How packets of this codec (PyAV's context) are told from noise and from zeros."""
    head = bytes(codec.extradata or b"")
    name = codec.codec.canonical_name
    # ISO/IEC 14496-15: the length of the lengths is said in the configuration. Without one there are none.
    if name == "h264" and len(head) > 4 and head[0] == 1:
        return lambda packet: _units_fill(memoryview(packet), (head[4] & 3) + 1)
    if name == "hevc" and len(head) > 21 and head[0] == 1:
        return lambda packet: _units_fill(memoryview(packet), (head[21] & 3) + 1)
    if name == "vp9":
        return lambda packet: packet.size == 0 or memoryview(packet)[0] >> 6 == 2  # frame_marker
    return lambda packet: packet.size == 0 or any(memoryview(packet)[:64])


def _units_fill(packet: memoryview, length: int) -> bool:
    """Whether a packet is units, each behind its length, to its end (ISO/IEC 14496-15, 5.3.3.1)."""
    at, end = 0, len(packet)
    any_unit = end == 0
    while at + length <= end:
        size = int.from_bytes(packet[at : at + length])
        at += length
        if size and at < end:
            if packet[at] & 0x80:  # forbidden_zero_bit
                return False
            any_unit = True
        at += size
    return any_unit and at <= end  # what is left may be too little for a length: some encoders fill up
