"""Spans of recordings -> HLS playlists (RFC 8216, version 7) and a storyboard. Pure text.

A clip is a list of parts, each a span of a recording of which fragments are listed. Nothing is
encoded or copied to make one, and nothing that was cut away is ever sent: a part plays from the
first keyframe at or after its start to the last one at or before its end. Sound fragments are cut
where the pictures' are, so fragment n of the sound goes with fragment n of the picture; it begins
at most 10.7 ms (half an AAC frame) before or after it, which players bridge, and plays in sync,
because all times are recording time. Between parts stands a discontinuity, for their times have
nothing to do with each other.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from domain.errors import Invalid, Unavailable
from domain.media import AUDIO_TIMESCALE, Fragment, Kind, Rendering, RenditionState
from domain.span import Span
from transcode.keyframes import LONGEST_S

Piece = int | Literal["init"]
Url = Callable[[str, Piece], str]

_FIRST_CHOICE = 480  # players begin with the first picture listed: one that a phone loads at once
_HALF_AAC_FRAME_S = Fraction(512, AUDIO_TIMESCALE)
_ROUNDING_S = Fraction(1, 1000)  # bounds are whole milliseconds


@dataclass(frozen=True)
class Part:
    """A span of a recording, with what has been made of it. `fps` is the plan's.

    `url(public id of a rendition, piece)` is where a fragment (by number) or an init segment is served.
    """

    span: Span
    fps: Fraction
    rendering: Rendering
    url: Url


@dataclass(frozen=True)
class Captions:
    language: str  # ISO 639-1
    name: str  # as shown in the player's menu
    uri: str  # of a `captions` playlist


def names(parts: Sequence[Part]) -> tuple[str, ...]:
    """The renditions of a clip that have a media playlist: the first part's pictures, then "audio"."""
    pictures = [s.rendition.name for s in _pictures(parts[0].rendering)]
    return (*pictures, *(["audio"] if any(_sound(p.rendering) for p in parts) else []))


def master(parts: Sequence[Part], uri: Callable[[str], str], captions: Captions | None = None) -> str:
    """The playlist of playlists; `uri(name)` is where the media playlist of a rendition is.

    Raises Unavailable (`still_rendering`) while there is nothing to play.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    sounds = [s for s in (_sound(p.rendering) for p in parts) if s is not None]
    pictures = _pictures(parts[0].rendering)
    if not sounds and not pictures:
        raise _nothing_yet()
    groups = ""
    if sounds and pictures:
        lines.append(
            '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",'
            f'URI="{uri("audio")}"'
        )
        groups += ',AUDIO="audio"'
    if captions is not None:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="{captions.name}",LANGUAGE="{captions.language}",'
            f'DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI="{captions.uri}"'
        )
        groups += ',SUBTITLES="captions"'
    heard = max((s.bandwidth for s in sounds), default=0)
    for state in sorted(pictures, key=lambda s: (_side(s) > _FIRST_CHOICE, -_side(s))):
        name = state.rendition.name
        seen = max(p.bandwidth for p in (_picture(part.rendering, name) for part in parts) if p is not None)
        codecs = ",".join([state.codec, *sorted({s.codec for s in sounds})])
        lines += [
            f'#EXT-X-STREAM-INF:BANDWIDTH={seen + heard},CODECS="{codecs}",'
            f"RESOLUTION={state.rendition.width}x{state.rendition.height},"
            f"FRAME-RATE={float(parts[0].fps):.3f}{groups},CLOSED-CAPTIONS=NONE",
            uri(name),
        ]
    if not pictures:
        lines += [f'#EXT-X-STREAM-INF:BANDWIDTH={heard},CODECS="{sounds[0].codec}"{groups}', uri("audio")]
    return _text(lines)


def media(parts: Sequence[Part], name: str) -> str:
    """A clip's fragments of one rendition ("audio", or a picture's name), one a segment.

    Of a part that has no such picture, the next smaller one is taken, else its smallest. A part
    without sound is a gap in the sound's playlist. Raises Unavailable (`still_rendering`) when a
    part is not rendered to its end, Invalid (`part_too_short`) when no whole fragment lies in it.
    """
    segments: list[str] = []
    longest = Fraction(LONGEST_S)
    gaps = False
    for part in parts:
        chosen = fragments(part)
        if segments:
            segments.append("#EXT-X-DISCONTINUITY")
        state = _sound(part.rendering) if name == "audio" else _picture(part.rendering, name)
        if state is None:
            state, gap = _leading(part.rendering), ["#EXT-X-GAP"]
            gaps = True
        else:
            segments.append(_map(part.url, state))
            gap = []
        for fragment in state.fragments[chosen.start : chosen.stop]:
            segments += [*gap, *_segment(part.url, state, fragment)]
            longest = max(longest, _s(fragment.ticks, state))
    head = _head(longest, "VOD", version=8 if gaps else 7)
    return _text([*head, *segments, "#EXT-X-ENDLIST"])


def whole(rendering: Rendering, name: str, url: Url) -> str:
    """A whole recording's fragments of one rendition, while they grow in number and afterwards.

    While it grows, a line that was once there never changes, and neither does the target duration;
    and players are told to begin at the start, else they would begin near the end as with live
    television. Raises Unavailable (`still_rendering`) before the first fragment.
    """
    state = _sound(rendering) if name == "audio" else _picture(rendering, name)
    if state is None:
        raise _nothing_yet()
    longest = max(Fraction(LONGEST_S), *(_s(f.ticks, state) for f in state.fragments))
    lines = _head(longest, "VOD" if rendering.complete else "EVENT")
    if not rendering.complete:
        lines.append("#EXT-X-START:TIME-OFFSET=0")
    lines.append(_map(url, state))
    for fragment in state.fragments:
        lines += _segment(url, state, fragment)
    return _text([*lines, *(["#EXT-X-ENDLIST"] if rendering.complete else [])])


def captions(parts: Sequence[Part], uri: Callable[[int], str]) -> str:
    """The playlist of a clip's captions; `uri(i)` is where the WebVTT of part i is.

    Each WebVTT keeps recording time and says `X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000`.
    """
    lengths = [Fraction(span.length_ms, 1000) for span in shown(parts)]
    lines = _head(max(lengths), "VOD")
    for i, length in enumerate(lengths):
        lines += [*(["#EXT-X-DISCONTINUITY"] if i else []), f"#EXTINF:{float(length):.6f},", uri(i)]
    return _text([*lines, "#EXT-X-ENDLIST"])


def storyboard(parts: Sequence[Part]) -> str:
    """WebVTT in clip time: which still to show while someone moves along the clip.

    Only stills of moments that the parts show; a part without one has no cue.
    """
    lines, before = ["WEBVTT", ""], 0
    for part, span in zip(parts, shown(parts), strict=True):
        state = next((s for s in part.rendering.renditions if s.rendition.kind is Kind.STILLS), None)
        stills = [f for f in state.fragments if span.covers(f.start)] if state else []
        for i, still in enumerate(stills):
            assert state is not None
            start = still.start if i else span.start_ms
            end = stills[i + 1].start if i + 1 < len(stills) else span.end_ms
            lines.append(f"{_clock(before + start - span.start_ms)} --> {_clock(before + end - span.start_ms)}")
            lines += [part.url(state.public_id, still.number), ""]
        before += span.length_ms
    return "\n".join(lines)


def shown(parts: Sequence[Part]) -> tuple[Span, ...]:
    """What each part really plays, in whole milliseconds: from keyframe to keyframe inside its span."""
    spans = []
    for part in parts:
        chosen, state = fragments(part), _leading(part.rendering)
        first, last = state.fragments[chosen.start], state.fragments[chosen.stop - 1]
        spans.append(Span(round(_s(first.start, state) * 1000), round(_s(last.start + last.ticks, state) * 1000)))
    return tuple(spans)


def fragments(part: Part) -> range:
    """The numbers of the fragments that lie wholly within a part."""
    state = _leading(part.rendering)
    tolerance = 1 / (2 * part.fps) if state.rendition.kind is Kind.VIDEO else _HALF_AAC_FRAME_S + _ROUNDING_S
    # In ticks: every playlist of a clip looks through all of its recording's fragments.
    start = math.ceil((Fraction(part.span.start_ms, 1000) - tolerance) * state.rendition.timescale)
    end = math.floor((Fraction(part.span.end_ms, 1000) + tolerance) * state.rendition.timescale)
    inside = [f.number for f in state.fragments if start <= f.start and f.start + f.ticks <= end]
    last = state.fragments[-1]
    if not part.rendering.complete and last.start + last.ticks < end - 2 * tolerance * state.rendition.timescale:
        raise _nothing_yet()
    if not inside:
        raise Invalid(
            "A part of this clip is too short to be played: give it a second or two more.", code="part_too_short"
        )
    return range(inside[0], inside[-1] + 1)


def _leading(rendering: Rendering) -> RenditionState:
    """The rendition whose keyframes count: a picture, or the sound of a recording without one."""
    states = [*_pictures(rendering), *([sound] if (sound := _sound(rendering)) else [])]
    if not states:
        raise _nothing_yet()
    return states[0]


def _pictures(rendering: Rendering) -> list[RenditionState]:
    return [s for s in rendering.renditions if s.rendition.kind is Kind.VIDEO and s.fragments]


def _picture(rendering: Rendering, name: str) -> RenditionState | None:
    """The picture of a name, or the nearest below it, or the smallest."""
    states = sorted(_pictures(rendering), key=_side)
    below = [s for s in states if not name.isdecimal() or _side(s) <= int(name)]
    return below[-1] if below else next(iter(states), None)


def _sound(rendering: Rendering) -> RenditionState | None:
    return next((s for s in rendering.renditions if s.rendition.kind is Kind.AUDIO and s.fragments), None)


def _side(state: RenditionState) -> int:
    return min(state.rendition.width, state.rendition.height)


def _head(longest: Fraction, kind: str, version: int = 7) -> list[str]:
    return [
        "#EXTM3U",
        f"#EXT-X-VERSION:{version}",
        f"#EXT-X-TARGETDURATION:{math.ceil(longest)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{kind}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]


def _map(url: Url, state: RenditionState) -> str:
    return f'#EXT-X-MAP:URI="{url(state.public_id, "init")}"'


def _segment(url: Url, state: RenditionState, fragment: Fragment) -> Iterator[str]:
    yield f"#EXTINF:{float(_s(fragment.ticks, state)):.6f},"
    yield url(state.public_id, fragment.number)


def _s(ticks: int, state: RenditionState) -> Fraction:
    return Fraction(ticks, state.rendition.timescale)


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _nothing_yet() -> Unavailable:
    return Unavailable("This is still being made ready. It will play in a moment.", code="still_rendering")
