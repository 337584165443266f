"""What a player is given: playlists, captions, posters, of a clip or of a whole recording.

Who asks has been let in before. What leaves names only pieces that lie in the parts asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from domain.clip import Clip, Part, clip_time
from domain.errors import NotFound, Unavailable
from domain.media import Kind, Rendering
from domain.recording import Recording
from domain.span import Span
from publish_api.media import media_url
from store import media, transcripts
from store.postgres import Tx
from transcode import playlist
from transcode.playlist import Captions
from transcribe import captions

HLS = "application/vnd.apple.mpegurl"
VTT = "text/vtt"
_CAPTIONS = "captions"  # the playlist beside those of the renditions


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
    return playlist.master(_with_media(tx, whole(recording), now), _beside)


def media_of_recording(tx: Tx, recording: Recording, name: str, now: datetime) -> str:
    """As far as it has been rendered; grows. Raises Unavailable (`still_rendering`), NotFound."""
    part = _with_media(tx, whole(recording), now)[0]
    return playlist.whole(part.rendering, _known(name, [part]), part.url)


def master_of_clip(tx: Tx, clip: Clip, now: datetime) -> str:
    """Raises Unavailable (`still_rendering`)."""
    spoken = Captions(clip.language, "Captions", _beside(_CAPTIONS)) if clip.language and clip.text else None
    return playlist.master(_with_media(tx, clip.parts, now), _beside, spoken)


def media_of_clip(tx: Tx, clip: Clip, name: str, now: datetime) -> str:
    """Raises Unavailable (`still_rendering`), NotFound."""
    parts = _with_media(tx, clip.parts, now)
    if name == _CAPTIONS:
        return playlist.captions(parts, lambda i: f"{_CAPTIONS}-{i}.vtt")
    return playlist.media(parts, _known(name, parts))


def storyboard_of_clip(tx: Tx, clip: Clip, now: datetime) -> str:
    """Raises Unavailable (`still_rendering`)."""
    return playlist.storyboard(_with_media(tx, clip.parts, now))


def captions_of_clip(tx: Tx, clip: Clip, now: datetime) -> str:
    """WebVTT in the time of what is played."""
    try:
        spans = playlist.shown(_with_media(tx, clip.parts, now))
    except Unavailable:  # nothing is played yet: as it will be
        spans = tuple(part.span for part in clip.parts)
    cues = _cues(tx, clip)
    parts = [(cues[part.recording_id], span) for part, span in zip(clip.parts, spans, strict=True)]
    return captions.webvtt(parts)


def captions_of_part(tx: Tx, clip: Clip, number: int, now: datetime) -> str:
    """WebVTT of one part in its recording's time, for the captions playlist. Raises Unavailable, NotFound."""
    spans = playlist.shown(_with_media(tx, clip.parts, now))
    if not 0 <= number < len(spans):
        raise NotFound("This clip has fewer parts.")
    said = captions.within(_cues(tx, clip)[clip.parts[number].recording_id], spans[number])
    return captions.webvtt([(said, Span(0, spans[number].end_ms))], hls=True)


def check_playable(tx: Tx, parts: Sequence[Part], now: datetime) -> None:
    """Raises Invalid (`part_too_short`) for parts of which nothing could be shown."""
    with suppress(Unavailable):  # that is seen when they have been rendered
        playlist.shown(_with_media(tx, parts, now))


def poster(tx: Tx, parts: tuple[Part, ...]) -> Still:
    """The still inside these parts that is nearest to a third of them. Raises NotFound when none lies inside."""
    rendered = {part.recording_id: media.rendering(tx, part.recording_id) for part in parts}
    third = sum(part.span.length_ms for part in parts) // 3
    found = min(_stills(parts, rendered), key=lambda still: (abs(still[0] - third), still[0]), default=None)
    if found is None:
        raise NotFound("There is no picture of this.", code="no_picture")
    return found[1]


def _stills(parts: tuple[Part, ...], rendered: Mapping[UUID, Rendering | None]) -> Iterable[tuple[int, Still]]:
    """Every still inside the parts, and when in them it is shown, in milliseconds."""
    for recording_id, rendering in rendered.items():
        for state in rendering.renditions if rendering else ():
            for fragment in state.fragments if state.rendition.kind is Kind.STILLS else ():
                at_ms = clip_time(parts, recording_id, fragment.start)
                if at_ms is not None:
                    yield at_ms, Still(state.public_id, fragment.number)


def _with_media(tx: Tx, parts: Sequence[Part], now: datetime) -> tuple[playlist.Part, ...]:
    """The parts with what was made of their recordings. Raises Unavailable (`still_rendering`)."""
    day = now.astimezone(UTC).date()
    made = {recording_id: _made(tx, recording_id) for recording_id in {part.recording_id for part in parts}}
    found = [(part.span, made[part.recording_id]) for part in parts]
    return tuple(playlist.Part(span, each.fps, each.rendering, _url(each.media_key, day)) for span, each in found)


def _made(tx: Tx, recording_id: UUID) -> media.Playable:
    made = media.playable(tx, recording_id)
    if made is None:
        raise _nothing_yet()
    return made


def _url(media_key: bytes, day: date) -> Callable[[str, playlist.Piece], str]:
    return lambda rendition, piece: media_url(media_key, rendition, str(piece), day)


def _cues(tx: Tx, clip: Clip) -> Mapping[UUID, Sequence[captions.Cue]]:
    """What is said in each of a clip's recordings, whole: to be cut to the clip before it leaves."""
    found: dict[UUID, Sequence[captions.Cue]] = {}
    for recording_id in {part.recording_id for part in clip.parts}:
        said = transcripts.transcript(tx, recording_id)
        found[recording_id] = captions.cues(said.words, said.sentences, said.language) if said else ()
    return found


def _beside(name: str) -> str:
    """Where a media playlist is, seen from the master playlist."""
    return f"play/{name}.m3u8"


def _known(name: str, parts: Sequence[playlist.Part]) -> str:
    if name not in playlist.names(parts):
        raise NotFound("There is no such rendition. The master playlist names those there are.")
    return name


def _nothing_yet() -> Unavailable:
    return Unavailable("This is still being made ready. It will play in a moment.", code="still_rendering")
