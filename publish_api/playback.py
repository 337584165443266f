"""What a player is given: playlists, captions, posters, of a clip or of a whole recording.

Who asks has been let in before. What leaves names only pieces that lie in the parts asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

from domain.clip import Clip, Part
from domain.edge import shows_still
from domain.errors import Conflict, NotFound, Unavailable
from domain.media import Kind, Rendering
from domain.recording import Recording
from domain.span import Span
from publish_api import readings
from publish_api.media import media_url
from publish_api.readings import SPOKEN
from store import edges, media
from store.postgres import Tx
from transcode import playlist
from transcode.playlist import Captions
from transcribe import captions

HLS = "application/vnd.apple.mpegurl"
VTT = "text/vtt"


@dataclass(frozen=True)
class Still:
    rendition: str  # public id
    number: int


def whole(recording: Recording) -> tuple[Part, ...]:
    """A whole recording as the parts of a clip. Raises Unavailable (`still_rendering`) before it was looked at."""
    if recording.probe is None:
        raise _nothing_yet()
    return (Part(recording.id, recording.public_id, Span(0, recording.probe.duration_ms)),)


def master_of_recording(tx: Tx, recording: Recording, now: datetime) -> str:
    """Raises Unavailable (`still_rendering`)."""
    return playlist.master(with_media(tx, whole(recording), now), _beside)


def storyboard_of_recording(tx: Tx, recording: Recording, now: datetime) -> str:
    """In recording time, as far as it has been rendered. Raises Unavailable (`still_rendering`)."""
    (part,) = with_media(tx, whole(recording), now)
    return playlist.storyboard([replace(part, span=Span(0, part.plan.duration_ms))])


def media_of_recording(tx: Tx, recording: Recording, name: str, now: datetime) -> str:
    """As far as it has been rendered; grows. Raises Unavailable (`still_rendering`), also while a part of it is being
    made anew, and NotFound.
    """
    part = with_media(tx, whole(recording), now)[0]
    if part.withheld:
        raise _nothing_yet()
    return playlist.whole(part.rendering, known(name, [part]), part.url, part.own_inits)


def master_of_clip(tx: Tx, clip: Clip, now: datetime) -> str:
    """Raises Unavailable (`still_rendering`), Conflict (`bound_not_exact`)."""
    read = [each for each in readings.readings(tx, clip) if each.track or clip.text]
    listed = [Captions(each.language, each.label, _beside(each.name)) for each in read]
    with _or_never(tx, clip.parts):
        return playlist.master(with_media(tx, clip.parts, now), _beside, listed)


def media_of_clip(tx: Tx, clip: Clip, name: str, now: datetime) -> str:
    """Raises Unavailable (`still_rendering`), Conflict (`bound_not_exact`), NotFound."""
    parts = with_media(tx, clip.parts, now)
    with _or_never(tx, clip.parts):
        if name.startswith(SPOKEN):
            of = readings.named(tx, clip, name)
            return playlist.captions(parts, lambda i: f"{of.name}-{i}.vtt")
        return playlist.media(parts, known(name, parts))


def played_of_clip(tx: Tx, clip: Clip, now: datetime) -> tuple[Span | None, ...]:
    """What of each part is played now: up to the pause inside, where an edge is lacking; None where that is nothing.
    Raises Unavailable.
    """
    return playlist.shown(with_media(tx, clip.parts, now))


def storyboard_of_clip(tx: Tx, clip: Clip, now: datetime) -> str:
    """Raises Unavailable (`still_rendering`)."""
    return playlist.storyboard(with_media(tx, clip.parts, now))


def captions_of_part(tx: Tx, clip: Clip, number: int, now: datetime, language: str | None = None) -> str:
    """WebVTT of one part in its recording's time, for the captions playlist: of the track of a language, or what is
    said. Raises Unavailable, NotFound.
    """
    read = readings.in_language(tx, clip, language)
    spans = playlist.shown(with_media(tx, clip.parts, now))
    if not 0 <= number < len(spans):
        raise NotFound("This clip has fewer parts.")
    played = spans[number]
    if played is None:
        raise _nothing_yet()
    cues = readings.cues(tx, clip, read)[clip.parts[number].recording_id]
    return captions.webvtt([(captions.within(cues, played), Span(0, played.end_ms))], hls=True)


def poster(tx: Tx, parts: tuple[Part, ...]) -> Still:
    """The still inside these parts, to the frame, that is nearest to a third of them: as store/pictures.py finds one.

    Raises NotFound when none lies inside.
    """
    made = {part.recording_id: media.playable(tx, part.recording_id) for part in parts}
    third = sum(part.span.length_ms for part in parts) // 3
    found = min(_stills(parts, made), key=lambda still: (abs(still[0] - third), still[0]), default=None)
    if found is None:
        raise NotFound("There is no picture of this.", code="no_picture")
    return found[1]


def pictured(rendering: Rendering | None) -> bool:
    """Whether there is a picture of a whole recording by now."""
    found = rendering.renditions if rendering else ()
    return any(state.fragments for state in found if state.rendition.kind is Kind.STILLS)


def _stills(parts: tuple[Part, ...], made: Mapping[UUID, media.Playable | None]) -> Iterable[tuple[int, Still]]:
    """Every still inside the parts, and when in them it is shown, in milliseconds."""
    before = 0
    for part in parts:
        found = made[part.recording_id]
        if found is not None and found.plan is not None:
            for state in found.rendering.renditions:
                for still in state.fragments if state.rendition.kind is Kind.STILLS else ():
                    if shows_still(part.span, found.plan.fps, still.start):
                        yield before + still.start - part.span.start_ms, Still(state.public_id, still.number)
        before += part.span.length_ms


def with_media(tx: Tx, parts: Sequence[Part], now: datetime) -> tuple[playlist.Part, ...]:
    """The parts with what was made of their recordings. Raises Unavailable (`still_rendering`)."""
    day = now.astimezone(UTC).date()
    made = {recording_id: _made(tx, recording_id, day) for recording_id in {part.recording_id for part in parts}}
    return tuple(made[part.recording_id](part.span) for part in parts)


def said(
    tx: Tx, clip: Clip, now: datetime, *, language: str | None = None, fillers: bool = True
) -> list[captions.Part]:
    """Each part's cues, and what is played of it: of the track of a language, or what is said. Raises NotFound."""
    read = readings.in_language(tx, clip, language)
    spans: tuple[Span | None, ...]
    try:
        spans = playlist.shown(with_media(tx, clip.parts, now))
    except Unavailable:  # nothing is played yet: as it will be
        spans = tuple(part.span for part in clip.parts)
    cues = readings.cues(tx, clip, read, fillers=fillers)
    return [(cues[part.recording_id], span) for part, span in zip(clip.parts, spans, strict=True) if span]


def _made(tx: Tx, recording_id: UUID, day: date) -> Callable[[Span], playlist.Part]:
    """What makes parts of a recording."""
    made = media.playable(tx, recording_id)
    if made is None or made.plan is None:
        raise _nothing_yet()
    url = _url(made.media_key, day)
    return partial(
        playlist.Part,
        plan=made.plan,
        rendering=made.rendering,
        url=url,
        edges=made.edges,
        withheld=made.withheld,
        own_inits=made.own_inits,
    )


def _url(media_key: bytes, day: date) -> Callable[[str, playlist.Piece], str]:
    return lambda rendition, piece: media_url(media_key, rendition, str(piece), day)


@contextmanager
def _or_never(tx: Tx, parts: Sequence[Part]) -> Iterator[None]:
    """Where what is lacking will not come, that is said instead: a part between two keyframes is an edge alone."""
    try:
        yield
    except Unavailable:
        refuse_inexact(tx, parts)
        raise


def refuse_inexact(tx: Tx, parts: Sequence[Part]) -> None:
    """Raises Conflict (`bound_not_exact`) where an edge of these parts could not be made."""
    if edges.inexact(tx, [(part.recording_id, part.span) for part in parts]):
        raise Conflict(
            "A bound of this clip could not be made exact. Move it to the nearest pause in the editor.",
            code="bound_not_exact",
        )


def _beside(name: str) -> str:
    """Where a media playlist is, seen from the master playlist."""
    return f"play/{name}.m3u8"


def known(name: str, parts: Sequence[playlist.Part]) -> str:
    if name not in playlist.names(parts):
        raise NotFound("There is no such rendition. The master playlist names those there are.")
    return name


def _nothing_yet() -> Unavailable:
    return Unavailable("This is still being made ready. It will play in a moment.", code="still_rendering")
