"""What a chat shows of a link to a clip. Its programs sign in nowhere: they are led to the page for signing in, which
says what this is, and nothing of the clip.

Where a space allows it (`unfurls`), a link that was copied from the clip's page carries a MAC, and the chat shows the
title to whoever reads the message; no picture, for who speaks agreed to be shown to those who sign in here. The MAC is
of the media key of what the clip begins with: nobody makes one who is not given it, and it is no longer good once the
clip is withdrawn, or seconds of it are recalled. What a chat has fetched until then it keeps.

Every link to a clip shows our own sign, and the second that the link itself says.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from domain.clip import Clip
from publish_api.media import MAC_BYTES
from publish_api.pages.words import clock
from publish_api.services import Services
from store import unfurls
from store.postgres import Tx
from store.unfurls import Unfurled

# Of scripts/make_icons.py. Not the address that pages use, which ends with a release: chats fetch it again much later.
_ICON, _SIDE = "/static/icons/maskable-512.png", 512  # on paper to its edges, for chats that are dark
_CLIP = re.compile(r"/clips/([0-9a-z]{16})")
_SECOND = re.compile(r"0*[1-9][0-9]{0,4}")  # as js/pass-copy.js writes it: a link to the beginning says none


@dataclass(frozen=True)
class Preview:
    """As Open Graph has it (ogp.me)."""

    picture: str  # its address
    title: str
    words: str
    side: int = _SIDE


def link_mac(tx: Tx, clip: Clip) -> str | None:
    """What a link to a clip carries, for whoever has been let see the clip; None where nothing may be shown of it."""
    found = unfurls.unfurled(tx, clip.public_id)
    return _mac(found) if found else None


def preview(services: Services, path: str) -> Preview | None:
    """Of the address that somebody is led back to once they have signed in; None of what is no clip."""
    asked = urlsplit(path)
    clip = _CLIP.fullmatch(asked.path)
    if clip is None:
        return None
    given = {name: values[0] for name, values in parse_qs(asked.query).items()}
    found = _shown(services, clip[1], given.get("u", ""))
    seconds = given.get("t", "")
    second = f", from {clock(int(seconds) * 1000)}" if _SECOND.fullmatch(seconds) else ""
    picture = services.public_url + _ICON
    if found is None:
        return Preview(picture, "Pass It On", f"A tip{second}. Sign in to watch.")
    return Preview(picture, found.title or "A tip", f"A tip on Pass It On{second}. Sign in to watch.")


def _shown(services: Services, clip: str, mac: str) -> Unfurled | None:
    if not mac:
        return None
    with services.store.transaction() as tx:
        found = unfurls.unfurled(tx, clip)
    return found if found and hmac.compare_digest(_mac(found).encode(), mac.encode()) else None


def _mac(found: Unfurled) -> str:
    """128 bits as base64url without padding."""
    made = hmac.new(found.key, f"unfurl/{found.clip}".encode(), hashlib.sha256).digest()[:MAC_BYTES]
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
