"""Where every object lies: its key, and nowhere else.

Names are made of internal ids, of what a thing is, and of chance: no name, title or address of anybody is in them.
All that was made of a recording, and the file itself, lies under one prefix, so that nothing of it can be forgotten
when it is deleted, listed or not (store/sweeps.py). A reel's film shows several recordings: it lies apart, and its
row is written before it is (store/reel_films.py).

Keys that are written in rows stay valid: before there was the prefix they were `originals/...` and `media/...`.
"""

import os
import secrets
from uuid import UUID

from domain.edge import Edge


def of_recording(recording_id: UUID) -> str:
    """The prefix of all that a recording has."""
    return f"recordings/{recording_id.hex}"


def original(recording_id: UUID, sha256: bytes) -> str:
    """By what it is: a step that runs twice puts the same object twice."""
    return f"{of_recording(recording_id)}/original/{sha256.hex()}"


def fragments(recording_id: UUID, rendering_id: UUID, rendition: str, first: int) -> str:
    """For a run of fragments, never twice the same: whoever has put one may delete it, for nobody else names it."""
    return f"{_rendition(recording_id, rendering_id, rendition)}/{first:06d}-{_chance()}"


def edge(recording_id: UUID, rendering_id: UUID, rendition: str, edge: Edge) -> str:
    """As `fragments`: never twice the same."""
    return f"{_rendition(recording_id, rendering_id, rendition)}/{edge.name}-{_chance()}"


def covered(recording_id: UUID, rendering_id: UUID, rendition: str, number: int) -> str:
    """A fragment that was made anew, for a cover. As `fragments`: never twice the same."""
    return f"{_rendition(recording_id, rendering_id, rendition)}/c{number:06d}-{_chance()}"


def voice(recording_id: UUID, voice_id: UUID) -> str:
    """Of what was said aloud about it. By its row, which is written first."""
    return f"{of_recording(recording_id)}/voices/{voice_id.hex}.m4a"


def before_the_prefix(public_id: str, rendering_ids: list[UUID]) -> tuple[str, ...]:
    """The prefixes under which older versions put what was made of a recording."""
    return (f"originals/{public_id}", *(f"media/{rendering_id.hex}" for rendering_id in rendering_ids))


def is_of_one(name: str) -> bool:
    """Of what a recording has: whether this is the key of one object, and no prefix, which has two elements."""
    return name.count("/") > 1


def film(film_id: UUID) -> str:
    return f"reels/{film_id.hex}.mp4"


def cover(film_id: UUID) -> str:
    return f"reels/{film_id.hex}.jpg"


def export(export_id: UUID) -> str:
    """Of everything held about a person. By its row: made twice, the same object is put twice."""
    return f"exports/{export_id.hex}.zip"


def trial() -> str:
    """For `passiton doctor`, which deletes it at once."""
    return f"doctor/{os.getpid()}/{_chance()}"


def _rendition(recording_id: UUID, rendering_id: UUID, rendition: str) -> str:
    return f"{of_recording(recording_id)}/{rendering_id.hex}/{rendition}"


def _chance() -> str:
    return secrets.token_hex(8)
