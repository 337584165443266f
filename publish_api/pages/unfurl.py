"""What a chat shows of a link to a clip. Its programs sign in nowhere: they are led to the page for signing in, which
says what this is, and nothing of the clip.

Where a space allows it (`unfurls`), a link that was copied from the clip's page carries a MAC, and the chat shows the
title to whoever reads the message; no picture, for who speaks agreed to be shown to those who sign in here. The MAC is
of the media key of what the clip begins with: nobody makes one who is not given it, and it is no longer good once the
clip is withdrawn, or seconds of it are recalled. What a chat has fetched until then it keeps.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from domain.clip import Clip
from publish_api.media import MAC_BYTES
from publish_api.services import Services
from store import unfurls
from store.postgres import Tx
from store.unfurls import Unfurled

_CLIP = re.compile(r"/clips/([0-9a-z]{16})")


@dataclass(frozen=True)
class Preview:
    """As Open Graph has it (ogp.me)."""

    title: str = "Pass It On"
    words: str = "A tip. Sign in to watch."


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
    mac = parse_qs(asked.query).get("u", [""])[0]
    if not mac:
        return Preview()
    with services.store.transaction() as tx:
        found = unfurls.unfurled(tx, clip[1])
    if found is None or not hmac.compare_digest(_mac(found).encode(), mac.encode()):
        return Preview()
    return Preview(found.title or "A tip", "A tip on Pass It On. Sign in to watch.")


def _mac(found: Unfurled) -> str:
    """128 bits as base64url without padding."""
    made = hmac.new(found.key, f"unfurl/{found.clip}".encode(), hashlib.sha256).digest()[:MAC_BYTES]
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
