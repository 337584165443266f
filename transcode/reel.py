"""Clips -> one film of them that plays by itself, with title cards and captions burnt in.

    title card, then for every clip: its card, its film      each drawn and encoded alike, a piece at a time
      -> the pieces as they are, and all sound in one track  `transcode.reel_join`

So no more than one film is open at once, however many there are. moviepy reads the films at the size they are shown
in and writes the pieces. What is between is one function a piece that answers for every frame and touches no more
than it has to: moviepy's own compositing takes floats, masks and copies of whole pictures for a caption's two lines.

What is read are files of our own making, not strangers' files: so this runs here, and not in the jail. Titles and
captions are strangers' text; they are drawn as pictures and are never part of a command.
"""

import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path

import av
import numpy as np
from PIL import Image

from domain.errors import Invalid, Unavailable
from domain.reel import Caption, Shape
from transcode.reel_cards import (
    NIGHT,
    Overlay,
    Picture,
    Stage,
    Told,
    caption_font,
    caption_overlay,
    clip_card,
    stage,
    title_card,
)
from transcode.reel_join import Piece, join
from transcode.reel_text import pages

FPS = 30  # what phones film and screens show

_FADE = 6  # frames, to and from the night: 0.2 s, so that one tip is seen to end and another to begin
_LEAST_MS, _LETTER_MS, _MOST_MS = 2_000, 45, 4_500  # a card's time: as captions are read, and a moment to look up
_LOOK_S = 1.0
_JOINING = 0.04  # of the work

# As our renditions are encoded, a little finer: letters show what is spared first. A keyframe every two seconds, for
# whoever drags the slider in a chat.
PRESET, _THREADS = "veryfast", 2
ENCODED = ["-crf", "21", "-maxrate", "4M", "-bufsize", "8M", "-profile:v", "high", "-g", str(2 * FPS)]
# moviepy hands over RGB and says nothing of the colours it becomes: BT.709's, and written into the file.
_COLOURS = [
    "-vf",
    "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuv420p,"
    "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709",
]
_JPEG_QUALITY = 88

Drawn = Callable[[int], Picture]  # the picture of a piece's frame; good until the next is asked for


@dataclass(frozen=True)
class Scene:
    """A clip of a reel. `film` is an MP4 of our own making, landscape or portrait, with sound or without."""

    film: Path
    length_ms: int
    title: str  # empty: the clip before it goes on, in a film of another size
    credit: str  # who shows it; empty: nobody is named
    captions: tuple[Caption, ...]
    notes: tuple[Caption, ...] = ()  # over the film's head: what is not right in it


def make_reel(
    scenes: Sequence[Scene],
    into: Path,
    *,
    shape: Shape,
    title: str,
    progress: Callable[[float], None],
    stop: Callable[[], bool],
) -> bool:
    """Writes `into`, an MP4 with H.264 at 30 frames a second and AAC, the index in front.

    False: stop() said so, and nothing has been written. `progress` (0 to 1) and `stop` are called about once a
    second, and may take their time. Works in a folder of its own beside `into`, which only a SIGKILL leaves there.
    Raises Invalid (`empty_reel`), and Unavailable (`reel_failed`) when a film cannot be read or the disk is full.
    """
    if not scenes:
        raise Invalid("Put a clip into this reel first.", code="empty_reel")
    with tempfile.TemporaryDirectory(prefix="reel-", dir=into.parent) as folder:
        try:
            shots = _shots(scenes, shape, title)
            watch = _Watch(sum(shot.frames for shot in shots), progress, stop)
            pieces = [_made(shot, Path(folder, f"{number}.mp4"), watch) for number, shot in enumerate(shots)]
            whole = Path(folder, "whole.mp4")
            join(pieces, whole, fps=FPS, looked=watch.look)
        except _Stopped:
            return False
        except (OSError, av.FFmpegError) as error:
            raise Unavailable(
                "This reel could not be made. The clips are safe; try again.", code="reel_failed"
            ) from error
        whole.replace(into)
    progress(1.0)
    return True


def make_cover(into: Path, *, shape: Shape, title: str, clips: int) -> None:
    """Writes the picture that stands for a reel, its title card, as a JPEG of the shape's size."""
    aside = into.with_name(f"part-{into.name}")
    Image.fromarray(title_card(shape, title, clips)).save(aside, "JPEG", quality=_JPEG_QUALITY)
    aside.replace(into)


@dataclass(frozen=True)
class _Shot:
    """A piece that is to be made. `drawn` opens what it needs, and closes it again."""

    frames: int
    drawn: Callable[[], AbstractContextManager[Drawn]]
    film: Path | None = None


class _Stopped(Exception):
    pass


class _Watch:
    """Counts frames, tells how far it is, and asks whether to go on."""

    def __init__(self, frames: int, progress: Callable[[float], None], stop: Callable[[], bool]) -> None:
        self._frames, self._progress, self._stop = frames, progress, stop
        self._done = 0
        self._looked = time.monotonic()

    def frame(self) -> None:
        self._done += 1
        if time.monotonic() - self._looked >= _LOOK_S:
            self.look()

    def look(self) -> None:
        self._looked = time.monotonic()
        if self._stop():
            raise _Stopped
        self._progress(min(1.0, self._done / self._frames) * (1 - _JOINING))


def _shots(scenes: Sequence[Scene], shape: Shape, title: str) -> list[_Shot]:
    clips: list[list[Scene]] = []
    for scene in scenes:
        if scene.title or not clips:
            clips.append([scene])
        else:
            clips[-1].append(scene)
    # A reel begins with a full picture and not with a fade: chats show a film's first frame until it is played.
    shots = [_card(lambda: title_card(shape, title, len(clips)), title, fade_in=False)]
    for number, (first, *further) in enumerate(clips, 1):
        told = Told(number, len(clips), first.title, first.credit)
        shots.append(_card(partial(clip_card, shape, told), first.title + first.credit))
        last = len(further)
        shots += [
            _played(scene, shape, told, fade_in=at == 0, fade_out=at == last)
            for at, scene in enumerate((first, *further))
        ]
    return shots


def _card(picture: Callable[[], Picture], text: str, *, fade_in: bool = True) -> _Shot:
    frames = card_frames(text)

    @contextmanager
    def drawn() -> Iterator[Drawn]:
        card = picture()
        yield lambda k: _faded(card.copy(), k if fade_in else frames, frames - 1 - k)

    return _Shot(frames, drawn)


def card_frames(text: str) -> int:
    """As long as it takes to read."""
    return _frames(min(_MOST_MS, max(_LEAST_MS, _LEAST_MS // 2 + len(text) * _LETTER_MS)))


def _played(scene: Scene, shape: Shape, told: Told, *, fade_in: bool, fade_out: bool) -> _Shot:
    frames = max(1, _frames(scene.length_ms))

    @contextmanager
    def drawn() -> Iterator[Drawn]:
        from moviepy import VideoFileClip  # half a second: only where a reel is made

        across, down, last = _size(scene.film)
        where = stage(shape, across, down, told)
        captions, notes = _written(scene.captions, scene, where), _written(scene.notes, scene, where.above)
        canvas = where.ground.copy()
        size = (where.film.width, where.film.height)
        with VideoFileClip(str(scene.film), audio=False, target_resolution=size) as film:

            def draw(k: int) -> Picture:
                canvas[:] = where.ground
                # Past its last frame moviepy would say so on standard error, for each frame.
                canvas[where.film.inside] = film.get_frame(min(k / FPS, last / film.fps))
                for written in (captions.at(k), notes.at(k)):
                    if written:
                        written.onto(canvas)
                return _faded(canvas, k if fade_in else frames, frames - 1 - k if fade_out else frames)

            yield draw

    return _Shot(frames, drawn, scene.film)


def _written(what: Sequence[Caption], scene: Scene, where: Stage) -> "_Captions":
    return _Captions(pages(what, scene.length_ms, caption_font(), where.words.width), where)


class _Captions:
    """Draws each when its time comes, and keeps no more than that one."""

    def __init__(self, shown: Sequence[Caption], where: Stage) -> None:
        self._shown, self._where = shown, where
        self._begins = [_frames(caption.start_ms) for caption in shown]
        self._drawn: tuple[int, Overlay] | None = None

    def at(self, k: int) -> Overlay | None:
        number = bisect_right(self._begins, k) - 1
        if number < 0 or k >= _frames(self._shown[number].end_ms):
            return None
        if self._drawn is None or self._drawn[0] != number:
            self._drawn = number, caption_overlay(self._where, self._shown[number].lines)
        return self._drawn[1]


def _made(shot: _Shot, path: Path, watch: _Watch) -> Piece:
    from moviepy import VideoClip

    watch.look()
    with shot.drawn() as draw:

        def frame(t: float) -> Picture:
            watch.frame()
            return draw(round(t * FPS))

        # moviepy cuts off what is left of a frame: half a one more, and rounding cannot lose the last.
        VideoClip(frame, duration=(shot.frames + 0.5) / FPS).write_videofile(
            str(path),
            fps=FPS,
            codec="libx264",
            preset=PRESET,
            threads=_THREADS,
            audio=False,
            ffmpeg_params=[*ENCODED, *_COLOURS],
            logger=None,
        )
    return Piece(path, shot.frames, shot.film)


def _size(film: Path) -> tuple[int, int, float]:
    """(width, height, number of the last frame, infinite where the file does not say)."""
    with av.open(str(film)) as source:
        if not source.streams.video:
            raise OSError(f"no picture in {film.name}")
        track = source.streams.video[0]
        return track.width, track.height, track.frames - 1 if track.frames else inf


def _faded(picture: Picture, after: int, before: int) -> Picture:
    """In place: the picture, `after` frames from the beginning and `before` its end, on its way out of the night."""
    share = (min(after, before) + 1) / (_FADE + 1)
    if share < 1:
        night = np.array(NIGHT, np.float32)
        picture[:] = night + (picture - night) * np.float32(share)
    return picture


def _frames(ms: int) -> int:
    return round(ms * FPS / 1000)
