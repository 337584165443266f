"""A recording whose pictures or sound cannot be decoded: said as what it is, the file's fault and nobody else's.

The probe decodes a few frames only, so a file can look well and break in the middle. Trying again would
end in the same place; the person who filmed can do something about it.
"""

from typing import Literal

from domain.errors import Refused


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
