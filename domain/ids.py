"""Two kinds of names: UUIDv7 inside (they sort by time), random public ids in URLs."""

import secrets
import time
from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_READ_AS = str.maketrans("ilou", "110v", "- .")  # as Crockford says; where a u was typed, a v was meant


def uuid7(now_ms: int | None = None, randomness: int | None = None) -> UUID:
    """A UUID version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, 12 of the millisecond's fraction, 62 random.

    The fraction (6.2, method 3) makes two that one process makes within a millisecond sort by time too.
    `now_ms` and `randomness` (74 bits are used, the fraction's among them) are for tests.
    """
    now_ns = time.time_ns() if now_ms is None else now_ms * 1_000_000
    if randomness is None:
        randomness = now_ns % 1_000_000 * 4096 // 1_000_000 << 62 | secrets.randbits(62)
    value = (now_ns // 1_000_000 & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (randomness >> 62 & 0xFFF) << 64
    value |= 0b10 << 62 | randomness & (1 << 62) - 1
    return UUID(int=value)


def public_id() -> str:
    """16 characters, 80 random bits: nobody guesses one, everybody can read one aloud."""
    return chance(16)


def is_public_id(text: str) -> bool:
    return len(text) == 16 and all(c in _ALPHABET for c in text)


def chance(length: int) -> str:
    """So many characters, five random bits each, that can be read aloud and typed."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def as_typed(text: str, length: int) -> str | None:
    """What `chance` made, from what somebody typed off paper: capitals, groups, look-alikes. None: it is none."""
    meant = text.lower().translate(_READ_AS) if len(text) <= 2 * length else ""
    return meant if len(meant) == length and all(c in _ALPHABET for c in meant) else None
