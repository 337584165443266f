"""Spans of recordings -> HLS playlists (RFC 8216, version 7) and a storyboard. Pure text.

A clip is a list of parts, each a span of a recording of which fragments are listed. Nothing that was
cut away is ever sent: a part plays whole fragments from keyframe to keyframe, and at a bound between two
keyframes an edge (domain/edge.py), a fragment of its own with the frames that are missing. Until that is
there, the part plays from the first keyframe inside, or to the last; one without a keyframe inside comes with its
edge, and the others play meanwhile. Edges lie end to end with the fragments
on the recording's time line and follow the same initialisation segment, so nothing marks where they begin.
Sound is cut where the pictures are, at most 10.7 ms (half an AAC frame) before or after, which players
bridge; it plays in sync, because all times are recording time. Between parts stands a discontinuity, for
their times have nothing to do with each other.
"""

import math
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from domain.edge import Edge, Edges, Pieces, frames, shows_still, there
from domain.errors import Unavailable
from domain.media import AUDIO_TIMESCALE, Fragment, KeyframePlan, Kind, Rendering, RenditionState
from domain.span import Span
from transcode.keyframes import LONGEST_S
from transcode.repack import AAC_FRAME

Piece = int | str
"""A fragment's number, "init", an edge's name, or the one or the other with "-init" behind it."""
Url = Callable[[str, Piece], str]

SILENCE = "silence"
"""In place of a rendition's public id: AAC frames of nothing, in pieces named "s12-199" (the first, the one after)."""

_FIRST_CHOICE = 480  # players begin with the first picture listed: one that a phone loads at once


@dataclass(frozen=True)
class Part:
    """A span of a recording, with what has been made of it; `plan` is the rendering's.

    `url(public id of a rendition, piece)` is where a piece is served. Fragments that are `withheld`, by number, are
    being made anew: what shows one of them does not play until they are. `own_inits`: those that need an
    initialisation segment of their own, with the public id of their rendition.
    """

    span: Span
    plan: KeyframePlan
    rendering: Rendering
    url: Url
    edges: Edges = field(default_factory=dict)
    withheld: frozenset[int] = frozenset()
    own_inits: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class Captions:
    language: str | None  # ISO 639; None where nobody has said
    name: str  # as shown in the player's menu: another for each
    uri: str  # of a `captions` playlist


def names(parts: Sequence[Part]) -> tuple[str, ...]:
    """The renditions of a clip that have a media playlist: the first part's pictures, then "audio"."""
    pictures = [s.rendition.name for s in _pictures(parts)]
    return (*pictures, *(["audio"] if any(p.rendering.sound for p in parts) else []))


def master(parts: Sequence[Part], uri: Callable[[str], str], captions: Sequence[Captions] = ()) -> str:
    """The playlist of playlists; `uri(name)` is where the media playlist of a rendition is. Of captions the first are
    shown where nobody has chosen.

    Raises Unavailable (`still_rendering`) while there is nothing to play.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    sounds = [s for s in (p.rendering.sound for p in parts) if s is not None]
    pictures = _pictures(parts)
    if not sounds and not pictures:
        raise _nothing_yet()
    groups = ""
    if sounds and pictures:
        lines.append(
            '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",'
            f'URI="{uri("audio")}"'
        )
        groups += ',AUDIO="audio"'
    for at, each in enumerate(captions):
        language = f'LANGUAGE="{each.language}",' if each.language else ""
        lines.append(
            f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="{each.name}",{language}'
            f'DEFAULT={"NO" if at else "YES"},AUTOSELECT=YES,FORCED=NO,URI="{each.uri}"'
        )
    if captions:
        groups += ',SUBTITLES="captions"'
    heard = max((s.bandwidth for s in sounds), default=0)
    for state in sorted(pictures, key=lambda s: (_codec(s) != "h264", _side(s) > _FIRST_CHOICE, -_side(s))):
        name = state.rendition.name
        shown_by = [p for p in (picture(part.rendering, name) for part in parts) if p is not None]
        seen = max(p.bandwidth for p in shown_by)
        codecs = ",".join([*dict.fromkeys(p.codec for p in shown_by), *sorted({s.codec for s in sounds})])
        lines += [
            f'#EXT-X-STREAM-INF:BANDWIDTH={seen + heard},CODECS="{codecs}",'
            f"RESOLUTION={state.rendition.width}x{state.rendition.height},"
            f"FRAME-RATE={float(parts[0].plan.fps):.3f}{groups},CLOSED-CAPTIONS=NONE",
            uri(name),
        ]
    if not pictures:
        lines += [f'#EXT-X-STREAM-INF:BANDWIDTH={heard},CODECS="{sounds[0].codec}"{groups}', uri("audio")]
    return _text(lines)


def media(parts: Sequence[Part], name: str) -> str:
    """A clip's fragments and edges of one rendition ("audio", or a picture's name), one a segment.

    Of a part that has no such picture, the next smaller one is taken, else its smallest. Of a part without sound
    silence is heard: a gap (EXT-X-GAP) would be honest, and players stand still at it. Raises Unavailable
    (`still_rendering`) when a part is not rendered to its end, or nothing of any can be played before its edges are
    there.
    """
    segments: list[str] = []
    longest = Fraction(LONGEST_S)
    for part, span in zip(parts, shown(parts), strict=True):
        if span is None:
            continue
        if segments:
            segments.append("#EXT-X-DISCONTINUITY")
        state = part.rendering.sound if name == "audio" else picture(part.rendering, name)
        if state is None and name == "audio":
            segments += _silence(part, parts)
            continue
        if state is None:
            raise _nothing_yet()
        init = None
        for piece in pieces(part, state):
            if piece.init != init:
                segments.append(_map(part.url, state, piece.init))
                init = piece.init
            segments += _segment(part.url, state, piece)
            longest = max(longest, _s(piece.ticks, state))
    return _text([*_head(longest, "VOD"), *segments, "#EXT-X-ENDLIST"])


def _silence(part: Part, parts: Sequence[Part]) -> Iterator[str]:
    """The sound of a part that has none, behind the initialisation segment of one that has."""
    sounds = [(each.url, each.rendering.sound) for each in parts if each.rendering.sound is not None]
    if not sounds:
        raise _nothing_yet()
    yield _map(*sounds[0])
    for first, end in _silent(part):
        yield f"#EXTINF:{(end - first) * AAC_FRAME / AUDIO_TIMESCALE:.6f},"
        yield part.url(SILENCE, f"s{first}-{end}")


def silent(part: Part) -> tuple[int, int]:
    """The AAC frames, from the first to the one after the last, that are heard as nothing where a part has no sound."""
    bounds = list(_silent(part))
    return bounds[0][0], bounds[-1][1]


def _silent(part: Part) -> Iterator[tuple[int, int]]:
    """The same of each of its pieces: sound is cut where the pictures are."""
    leading = _leading(part.rendering)
    for piece in pieces(part, leading):
        bounds_s = (_s(ticks, leading) for ticks in (piece.start, piece.start + piece.ticks))
        first, end = (round(at * AUDIO_TIMESCALE / AAC_FRAME) for at in bounds_s)
        yield first, end


def whole(rendering: Rendering, name: str, url: Url, own_inits: Container[tuple[str, int]] = frozenset()) -> str:
    """A whole recording's fragments of one rendition, while they grow in number and afterwards.

    While it grows, a line that was once there never changes, and neither does the target duration;
    and players are told to begin at the start, else they would begin near the end as with live
    television. Raises Unavailable (`still_rendering`) before the first fragment.
    """
    state = rendering.sound if name == "audio" else picture(rendering, name)
    if state is None:
        raise _nothing_yet()
    # To the nearest second (RFC 8216, 4.3.3.1): sound is cut a frame of its own beside the picture, and so the longest
    # fragments, of four seconds, are sometimes a hundredth longer.
    longest = max(LONGEST_S, *(math.floor(_s(f.ticks, state) + Fraction(1, 2)) for f in state.fragments))
    lines = _head(Fraction(longest), "VOD" if rendering.complete else "EVENT")
    if not rendering.complete:
        lines.append("#EXT-X-START:TIME-OFFSET=0")
    init = None
    for piece in (_fragment(state, fragment, own_inits) for fragment in state.fragments):
        if piece.init != init:
            lines.append(_map(url, state, piece.init))
            init = piece.init
        lines += _segment(url, state, piece)
    return _text([*lines, *(["#EXT-X-ENDLIST"] if rendering.complete else [])])


def captions(parts: Sequence[Part], uri: Callable[[int], str]) -> str:
    """The playlist of a clip's captions; `uri(i)` is where the WebVTT of part i is.

    Each WebVTT keeps recording time and says `X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000`.
    """
    lengths = {i: Fraction(span.length_ms, 1000) for i, span in enumerate(shown(parts)) if span is not None}
    lines: list[str] = []
    for i, length in lengths.items():
        lines += [*(["#EXT-X-DISCONTINUITY"] if lines else []), f"#EXTINF:{float(length):.6f},", uri(i)]
    return _text([*_head(max(lengths.values()), "VOD"), *lines, "#EXT-X-ENDLIST"])


def storyboard(parts: Sequence[Part]) -> str:
    """WebVTT in clip time: which still to show while someone moves along the clip.

    Only stills of moments that the parts show; a part without one has no cue.
    """
    lines, before = ["WEBVTT", ""], 0
    for part, span in zip(parts, shown(parts), strict=True):
        if span is None:
            continue
        state = next((s for s in part.rendering.renditions if s.rendition.kind is Kind.STILLS), None)
        stills = [f for f in state.fragments if shows_still(span, part.plan.fps, f.start)] if state else []
        for i, still in enumerate(stills):
            assert state is not None
            start = still.start if i else span.start_ms
            end = stills[i + 1].start if i + 1 < len(stills) else span.end_ms
            if start == end:  # of a frame that begins less than a millisecond before the end
                continue
            lines.append(f"{_clock(before + start - span.start_ms)} --> {_clock(before + end - span.start_ms)}")
            lines += [part.url(state.public_id, still.number), ""]
        before += span.length_ms
    return "\n".join(lines)


def shown(parts: Sequence[Part]) -> tuple[Span | None, ...]:
    """What each part really plays, in whole milliseconds; None of one that is nothing without its edge, which is not
    there yet. Raises Unavailable (`still_rendering`) where that is all of them.
    """
    found = [(part.plan, _playing(part)) for part in parts]
    if not any(shown for _, shown in found):
        raise _nothing_yet()
    return tuple(None if shown is None else Span(plan.ms(shown.first), plan.ms(shown.end)) for plan, shown in found)


def played(part: Part) -> Pieces:
    """The pieces of a part that can be played now. Raises Unavailable (`still_rendering`)."""
    found = _playing(part)
    if found is None:
        raise _nothing_yet()
    return found


def _playing(part: Part) -> Pieces | None:
    """None while nothing of a part can be played without its edge. Raises Unavailable (`still_rendering`)."""
    begun = [state.public_id for state in (*part.rendering.pictures, part.rendering.sound) if state is not None]

    def has(edge: Edge) -> bool:
        return part.edges.get(edge, {}).keys() >= set(begun)

    beyond = part.span.end_ms - part.plan.duration_ms > 2000 / part.plan.fps  # rounding, and a little more
    if beyond and not part.rendering.complete:
        raise _nothing_yet()
    found = there(part.plan, part.span, has)
    if found is not None and not part.withheld.isdisjoint(found.whole):
        raise _nothing_yet()
    return found


def exact(part: Part) -> bool:
    """Whether a part plays to the very frames of its bounds, all of its edges being there."""
    found = _playing(part)
    return found is not None and (found.first, found.end) == frames(part.plan, part.span)


@dataclass(frozen=True)
class Segment:
    """A piece of a rendition, in ticks of recording time; `init` is the piece that a player needs before it."""

    piece: Piece
    start: int
    ticks: int
    init: Piece = "init"


def pieces(part: Part, state: RenditionState) -> Iterator[Segment]:
    """What a part plays of one of its renditions, end to end. Raises Unavailable (`still_rendering`)."""
    found = played(part)
    if found.head:
        yield _edge(part, state, found.head)
    for fragment in state.fragments[found.whole.start : found.whole.stop]:
        yield _fragment(state, fragment, part.own_inits)
    if found.tail:
        yield _edge(part, state, found.tail)


def _fragment(state: RenditionState, fragment: Fragment, own_inits: Container[tuple[str, int]]) -> Segment:
    number = fragment.number
    init = f"{number}-init" if (state.public_id, number) in own_inits else "init"
    return Segment(number, fragment.start, fragment.ticks, init)


def _edge(part: Part, state: RenditionState, edge: Edge) -> Segment:
    made = part.edges[edge][state.public_id]
    return Segment(edge.name, made.start, made.ticks, f"{edge.name}-init" if made.own_init else "init")


def _leading(rendering: Rendering) -> RenditionState:
    """Whose times count: a picture's, or those of the sound of a recording without one."""
    begun = [*rendering.pictures, *([rendering.sound] if rendering.sound else [])]
    if not begun:
        raise _nothing_yet()
    return begun[0]


def picture(rendering: Rendering, name: str) -> RenditionState | None:
    """The picture of a name, or the nearest below it by the same codec, or the smallest."""
    side, _, codec = name.partition("-")
    states = sorted((s for s in rendering.pictures if _codec(s) == (codec or "h264")), key=_side)
    below = [s for s in states if not side.isdecimal() or _side(s) <= int(side)]
    return below[-1] if below else next(iter(states), None)


def _pictures(parts: Sequence[Part]) -> list[RenditionState]:
    """The first part's, by codecs that all parts have: another in the middle is more than a player can be asked."""
    others = [{_codec(s) for s in part.rendering.pictures} for part in parts[1:] if part.rendering.pictures]
    return [s for s in parts[0].rendering.pictures if all(_codec(s) in codecs for codecs in others)]


def _codec(state: RenditionState) -> str:
    return state.rendition.encoder.codec


def _side(state: RenditionState) -> int:
    return min(state.rendition.width, state.rendition.height)


def _head(longest: Fraction, kind: str) -> list[str]:
    return [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{math.ceil(longest)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{kind}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]


def _map(url: Url, state: RenditionState, init: Piece = "init") -> str:
    return f'#EXT-X-MAP:URI="{url(state.public_id, init)}"'


def _segment(url: Url, state: RenditionState, segment: Segment) -> Iterator[str]:
    yield f"#EXTINF:{float(_s(segment.ticks, state)):.6f},"
    yield url(state.public_id, segment.piece)


def _s(ticks: int, state: RenditionState) -> Fraction:
    return Fraction(ticks, state.rendition.timescale)


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _nothing_yet() -> Unavailable:
    return Unavailable("This is still being made ready. It will play in a moment.", code="still_rendering")
