"""Where people reach this house, and for whom a link that begins with that address is any good."""

from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit


class Leads(StrEnum):
    EVERYWHERE = "everywhere"
    UNSAFELY = "unsafely"  # plain http: browsers then neither film in a page nor keep a tip until it is sent
    NOWHERE_ELSE = "nowhere else"  # every machine takes it for its own


def leads(url: str) -> Leads:
    """Where a link leads that begins with this address."""
    parts = urlsplit(url)
    if own(parts.hostname or ""):
        return Leads.NOWHERE_ELSE
    return Leads.EVERYWHERE if parts.scheme == "https" else Leads.UNSAFELY


def own(host: str) -> bool:
    """Whether every machine takes this name for itself."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
