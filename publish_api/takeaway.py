"""What a clip plays, as one file: the same fragments and edges, to the frame, nothing encoded. For whoever has been let
have it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from domain.clip import Part as ClipPart
from domain.errors import Conflict, Unavailable
from domain.media import AUDIO_TIMESCALE, RenditionState
from publish_api import playback
from store import pieces
from store.objects import Objects
from store.pieces import Place
from store.postgres import Tx
from transcode import playlist
from transcode.download import Part, Track, join_mp4
from transcode.repack import AAC_FRAME, silence

_AT_ONCE = 500  # AAC frames of nothing, ten seconds


@dataclass(frozen=True)
class Listed:
    """A track of one part, before any of it is read."""

    init: bytes
    begins_s: Fraction
    places: tuple[Place, ...]
    silence: range = range(0)  # AAC frames of nothing, instead


@dataclass(frozen=True)
class ListedPart:
    length_s: Fraction
    tracks: tuple[Listed, ...]


def exact(tx: Tx, parts: Sequence[ClipPart], now: datetime) -> tuple[playlist.Part, ...]:
    """A clip's parts with what was made of their recordings. A file stays as it was taken: so it is not made before
    their edges are there. Raises Unavailable (`still_rendering`), and Conflict (`bound_not_exact`) where one of them
    could not be made.
    """
    playback.refuse_inexact(tx, parts)
    found = playback.with_media(tx, parts, now)
    if not all(playlist.exact(part) for part in found):
        raise Unavailable(
            "The first and last frames of this clip are still being made. Try again in a moment.",
            code="still_rendering",
        )
    return found


def film(tx: Tx, parts: Sequence[playlist.Part], name: str) -> list[ListedPart]:
    """Where a clip's bytes lie: the pictures of a name, and the sound. Raises Conflict (`different_encoders`)."""
    return [_both(tx, parts, part, playlist.picture(part.rendering, name)) for part in parts]


def sound(tx: Tx, parts: Sequence[playlist.Part]) -> list[ListedPart]:
    """The same of the sound alone. Raises Conflict (`different_encoders`)."""
    return [_both(tx, parts, part, None) for part in parts]


def fits(tx: Tx, parts: Sequence[playlist.Part], name: str) -> bool:
    """Whether all parts have a picture of a name, and the same initialisation segment: else no one file can have it."""
    states = [playlist.picture(part.rendering, name) for part in parts]
    known = pieces.inits(tx, [state.public_id for state in states if state is not None])
    return None not in states and len(known) == 1


def _both(tx: Tx, parts: Sequence[playlist.Part], part: playlist.Part, picture: RenditionState | None) -> ListedPart:
    """A part with its picture, if there is one, and its sound: nothing is heard of one without where another has some,
    as in its playlist.
    """
    own = listed(tx, part, picture, part.rendering.sound)
    other = next((each for each in parts if each.rendering.sound is not None), None)
    if part.rendering.sound is not None or other is None:
        return own
    (init,) = pieces.inits(tx, [other.rendering.sound.public_id]) if other.rendering.sound else (b"",)
    frames = range(*playlist.silent(part))
    begins_s = Fraction(frames.start * AAC_FRAME, AUDIO_TIMESCALE)
    return ListedPart(own.length_s, (*own.tracks, Listed(init, begins_s, (), frames)))


def listed(tx: Tx, part: playlist.Part, *states: RenditionState | None) -> ListedPart:
    """Where a part's bytes lie in these renditions. Raises Conflict (`different_encoders`)."""
    played = playlist.played(part)
    tracks = []
    for state in states:
        if state is None:
            continue
        begins, *others = playlist.pieces(part, state)
        if any(piece.init != "init" for piece in (begins, *others)):
            raise Conflict(
                "This recording was made with another encoder than its edges: they do not fit into one file.",
                code="different_encoders",
            )
        init, places = pieces.places(tx, state.public_id, played)
        tracks.append(Listed(init, Fraction(begins.start, state.rendition.timescale), places))
    return ListedPart((played.end - played.first) / part.plan.fps, tuple(tracks))


def join(parts: Sequence[ListedPart], objects: Objects, path: Path) -> None:
    """Writes the file. Raises Invalid (`different_recordings`), and NotFound when the bytes have gone meanwhile."""
    join_mp4(
        [Part(part.length_s, [Track(t.init, t.begins_s, _reader(objects, t)) for t in part.tracks]) for part in parts],
        path,
    )


def _reader(objects: Objects, track: Listed) -> Callable[[], Iterable[bytes]]:
    if track.silence:
        return lambda: (silence(at, min(_AT_ONCE, track.silence.stop - at)) for at in track.silence[::_AT_ONCE])
    return lambda: (objects.get_range(each.object_key, each.offset, each.size) for each in track.places)
