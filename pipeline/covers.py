"""What covers touch, made anew: the part of the edges' job that comes first.

It asks what is lacking when it begins, and again after each run of fragments, so that it can be killed at any line. A
fragment that cannot be made is tried again, later each time, for as long as its cover stands: until then it is served
to nobody.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.cover import boxes_in, mutes_in
from domain.errors import Gone
from domain.media import Encoder, Kind, Rendition
from pipeline.step import Stopped, Tools
from store import covers, keys
from store.covers import Lacking, Made
from store.postgres import Tx
from transcode import cover, mute
from transcode.edges import Source


def is_lacking(tx: Tx, recording_id: UUID) -> bool:
    return covers.lacking(tx, recording_id) is not None


def make_lacking(tools: Tools, recording_id: UUID, stop: Callable[[], bool], now: Callable[[], datetime]) -> None:
    """Of every rendering that is played, or is to be. Whoever calls has the recording's edges alone. Raises Stopped."""
    while True:
        with tools.store.transaction() as tx:
            lacking = covers.lacking(tx, recording_id)
        if lacking is None:
            return
        if stop():
            raise Stopped
        try:
            _make(tools, lacking, now)
        except Gone:
            return


def encodable(rendition: Rendition, tools: Tools) -> Rendition:
    """By x264 where the card that has made the rest is not: then what is made has its own initialisation segment."""
    lost = rendition.encoder is Encoder.NVENC and Encoder.NVENC not in tools.encoders()
    return replace(rendition, encoder=Encoder.X264) if lost else rendition


def _make(tools: Tools, lacking: Lacking, now: Callable[[], datetime]) -> None:
    made = []
    for source, number, (init, data) in _encoded(tools, lacking):
        key = keys.covered(lacking.recording_id, lacking.rendering_id, source.rendition.name, number)
        tools.objects.put_bytes(key, data)
        made.append(Made(source.id, number, key, len(data), init))
    try:
        with tools.store.transaction() as tx:
            unlisted = covers.add(tx, lacking, made, now())
    except Gone:
        tools.objects.delete(each.object_key for each in made)
        raise
    tools.objects.delete(unlisted)


def _encoded(tools: Tools, of: Lacking) -> list[tuple[covers.Source, int, tuple[bytes | None, bytes]]]:
    """Rendition, number, and its own initialisation segment or None, with the fragment."""
    sources = [
        Source(
            encodable(source.rendition, tools),
            source.init,
            {n: tools.objects.get_range(at.object_key, at.offset, at.size) for n, at in source.places.items()},
        )
        for source in of.sources
    ]
    if of.kind is Kind.AUDIO:
        silent = [
            mute.muted(mutes_in(of.hidden), source.init, source.fragments, of.wanted, work=tools.scratch)
            for source in sources
        ]
        return [
            (known, number, (None, data))
            for known, made in zip(of.sources, silent, strict=True)
            for number, data in made.items()
        ]
    if of.kind is Kind.STILLS:
        boxes = [each for each in of.hidden if each.box is not None]
        return [
            (known, number, (None, cover.still(source.fragments[number], number, boxes)))
            for known, source in zip(of.sources, sources, strict=True)
            for number in of.wanted
        ]
    [number] = of.wanted
    made = cover.pictures(number, boxes_in(of.hidden, of.fps), of.fps, sources, jail=tools.jail, work=tools.scratch)
    return [(known, number, made[known.rendition.name]) for known in of.sources]
