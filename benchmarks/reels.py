"""Several clips in one film, against the same by hand: python -m benchmarks.reels [--runs 5] [--seconds 30]

Three clips of 720p with sound and a caption every three seconds, in each shape: `transcode.reel`, which is moviepy
and a function for every frame, against one ffmpeg command that puts the same cards and captions, drawn beforehand,
between and over the same films, and encodes with the same settings. Every picture has to come to numpy and go back
again, in RGB; what that costs is the question. Beside it, in landscape: moviepy's own compositing, as documented.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median

import imageio_ffmpeg
import numpy as np
from PIL import Image

from benchmarks import media
from benchmarks.measure import Cost, Figure, Goal, Result, cost, in_turn, keep
from domain.reel import Caption, Shape
from transcode import reel
from transcode.reel import FPS, Scene, make_reel
from transcode.reel_cards import Overlay, Told, caption_overlay, clip_card, stage, title_card

CLIPS, CAPTION_S = 3, 3
WIDTH, HEIGHT = 1280, 720
LIMIT = 2.0
TITLE, CREDIT = "This week on line 4", "Ana Kovač"
SAID = ("Always close the blue valve before", "you open the vent.")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.reels", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=15, help="of each clip")
    given = parser.parse_args(arguments)
    keep(measure(given.runs, given.seconds))


def measure(runs: int, seconds: int) -> Result:
    film = clip(seconds)
    with tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-") as name:
        folder = Path(name)
        tasks = {}
        for shape in Shape:
            command = by_hand(shape, film, seconds, folder)
            tasks[f"{shape}: passiton"] = partial(_ours, shape, seconds, folder)
            tasks[f"{shape}: by hand"] = partial(cost, command)
        taken = in_turn(tasks, runs)
        print("  once: moviepy's own compositing, in landscape", flush=True)
        alone = _ours(Shape.LANDSCAPE, seconds, folder, "--composite")

    def cpu(shape: Shape, whose: str) -> list[float]:
        return [each.cpu_s for each in taken[f"{shape}: {whose}"]]

    figures = []
    for shape in Shape:
        ours, hand = cpu(shape, "passiton"), cpu(shape, "by hand")
        figures += [
            Figure(f"{shape}: CPU", "s", tuple(ours)),
            Figure(f"{shape}, by hand: CPU", "s", tuple(hand)),
            Figure(f"{shape}: ratio, run by run", "x", tuple(a / b for a, b in zip(ours, hand, strict=True))),
            Figure(f"{shape}: time", "s", tuple(each.wall_s for each in taken[f"{shape}: passiton"])),
            Figure(f"{shape}, by hand: time", "s", tuple(each.wall_s for each in taken[f"{shape}: by hand"])),
        ]
    figures.append(Figure("landscape, by moviepy's own compositing: CPU", "s", (alone.cpu_s,)))
    return Result(
        name="reels",
        title=f"A reel of {CLIPS} clips of {seconds} s, against one ffmpeg command",
        goals=tuple(
            Goal(
                f"{shape}: CPU against the command (ratio of medians)",
                median(cpu(shape, "passiton")) / median(cpu(shape, "by hand")),
                LIMIT,
                "x",
            )
            for shape in Shape
        ),
        figures=tuple(figures),
        notes=(
            "By hand cards and captions are PNG files made beforehand; here drawing them, and loading Python, counts.",
            "The same x264 and AAC settings, the same frames; by hand without the title beside a film.",
        ),
    )


def clip(seconds: int) -> Path:
    """A clip as our rendition of 720 lines would give it."""
    path = media.FOLDER / f"clip-{HEIGHT}-{seconds}s.mp4"
    if not path.exists():
        source, aside = media.recording(180), path.with_name(f"part-{path.name}")
        colours = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
        encoded = [
            "-vf",
            f"scale={WIDTH}:{HEIGHT}:out_color_matrix=bt709,{colours}",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
        ]
        encoded += ["-crf", "23", "-maxrate", "2600k", "-bufsize", "5200k", "-c:a", "aac", "-b:a", "96k", "-ac", "2"]
        cost([*_FFMPEG, "-i", str(source), "-t", str(seconds), *encoded, str(aside)])
        aside.rename(path)
    return path


def by_hand(shape: Shape, film: Path, seconds: int, folder: Path) -> list[str]:
    """The command, and the pictures that it takes."""
    inputs: list[str] = []
    graph: list[str] = []
    parts: list[str] = []
    count = 0

    def given(*arguments: str) -> int:
        nonlocal count
        inputs.extend(arguments)
        count += 1
        return count - 1

    def card(picture: Image.Image, name: str, words: str) -> None:
        path, frames = folder / f"{shape}-{name}.png", reel.card_frames(words)
        picture.save(path)
        number, length = given("-loop", "1", "-framerate", str(FPS), "-i", str(path)), frames / FPS
        graph.append(f"[{number}:v]trim=end_frame={frames},format=yuv420p,setsar=1[v{number}]")
        graph.append(f"anullsrc=r=48000:cl=stereo,atrim=duration={length}[a{number}]")
        parts.append(f"[v{number}][a{number}]")

    card(Image.fromarray(title_card(shape, TITLE, CLIPS)), "title", TITLE)
    for at, scene in enumerate(scenes(film, seconds), 1):
        told = Told(at, CLIPS, scene.title, scene.credit)
        card(Image.fromarray(clip_card(shape, told)), f"card-{at}", scene.title + scene.credit)
        where = stage(shape, WIDTH, HEIGHT, told)
        number, box = given("-i", str(scene.film)), where.film
        night = "color=0x12110f"
        graph.append(
            f"[{number}:v]fps={FPS},scale={box.width}:{box.height},setsar=1,"
            f"pad={shape.width}:{shape.height}:{box.left}:{box.top}:{night}[o{number}]"
        )
        last = f"[o{number}]"
        for each in scene.captions:
            overlay = caption_overlay(where, each.lines)
            path = folder / f"{shape}-{at}-{each.start_ms}.png"
            Image.fromarray(_rgba(overlay)).save(path)
            laid = given("-i", str(path))
            graph.append(
                f"{last}[{laid}:v]overlay={overlay.box.left}:{overlay.box.top}:"
                f"enable='between(t,{each.start_ms / 1000},{each.end_ms / 1000})'[o{laid}]"
            )
            last = f"[o{laid}]"
        graph.append(f"{last}trim=end_frame={seconds * FPS},format=yuv420p[v{number}]")
        graph.append(
            f"[{number}:a]aresample=48000,aformat=channel_layouts=stereo,apad,atrim=duration={seconds}[a{number}]"
        )
        parts.append(f"[v{number}][a{number}]")
    graph.append(f"{''.join(parts)}concat=n={len(parts)}:v=1:a=1[v][a]")
    encoded = ["-c:v", "libx264", "-preset", reel.PRESET, "-threads", "2", *reel.ENCODED, "-c:a", "aac", "-b:a", "96k"]
    return [
        *(*_FFMPEG, "-filter_complex_threads", "2", *inputs, "-filter_complex", ";".join(graph)),
        *("-map", "[v]", "-map", "[a]", *encoded, "-movflags", "faststart", str(folder / f"{shape}-by-hand.mp4")),
    ]


def scenes(film: Path, seconds: int) -> list[Scene]:
    captions = tuple(Caption(at * 1000, (at + CAPTION_S) * 1000 - 200, SAID) for at in range(0, seconds, CAPTION_S))
    return [Scene(film, seconds * 1000, f"Bleed pump {number}", CREDIT, captions) for number in range(1, CLIPS + 1)]


_FFMPEG = (imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y")


def _ours(shape: Shape, seconds: int, folder: Path, how: str = "--make") -> Cost:
    return cost([sys.executable, "-m", "benchmarks.reels", how, shape, str(seconds), str(folder / f"{shape}.mp4")])


def _make(shape: str, seconds: str, into: str) -> None:
    film = clip(int(seconds))
    make_reel(
        scenes(film, int(seconds)),
        Path(into),
        shape=Shape(shape),
        title=TITLE,
        progress=lambda share: None,
        stop=lambda: False,
    )


def _composite(shape: str, seconds: str, into: str) -> None:
    from moviepy import CompositeVideoClip, ImageClip, VideoFileClip, concatenate_videoclips

    size, length_s = Shape(shape), int(seconds)
    shown = [ImageClip(title_card(size, TITLE, CLIPS), duration=reel.card_frames(TITLE) / FPS)]
    for number, scene in enumerate(scenes(clip(length_s), length_s), 1):
        told = Told(number, CLIPS, scene.title, scene.credit)
        card = ImageClip(clip_card(size, told), duration=reel.card_frames(scene.title + scene.credit) / FPS)
        where = stage(size, WIDTH, HEIGHT, told)
        film = VideoFileClip(str(scene.film), target_resolution=(where.film.width, where.film.height))
        layers = [ImageClip(where.ground), film.with_position((where.film.left, where.film.top))]
        for each in scene.captions:
            overlay = caption_overlay(where, each.lines)
            caption = ImageClip(_rgba(overlay)).with_position((overlay.box.left, overlay.box.top))
            layers.append(caption.with_start(each.start_ms / 1000).with_end(each.end_ms / 1000))
        shown += [card, CompositeVideoClip(layers, size=(size.width, size.height)).with_duration(length_s)]
    concatenate_videoclips(shown).write_videofile(
        into, fps=FPS, codec="libx264", preset=reel.PRESET, threads=2, ffmpeg_params=reel.ENCODED, logger=None,
        audio_codec="aac", audio_bitrate="96k", audio_fps=48_000, temp_audiofile_path=str(Path(into).parent),
    )  # fmt: skip


def _rgba(overlay: Overlay) -> np.ndarray:
    shown = 256 - overlay.kept.astype(np.float32)
    colour = overlay.light / np.maximum(shown, 1)
    return np.concatenate([colour, shown * 255 / 256], axis=2).clip(0, 255).astype(np.uint8)


if __name__ == "__main__":
    if alone := {"--make": _make, "--composite": _composite}.get("".join(sys.argv[1:2])):
        alone(*sys.argv[2:])
    else:
        main()
