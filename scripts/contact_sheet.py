"""Shows what becomes of files: `python -m scripts.contact_sheet FOLDER --out DIR [--ladder 720]`.

For every file in the folder a page, DIR/<name>.png: the poster, frames as the file itself holds them, and below
each what was rendered of it at the same second. Look at them: which way is up, are faces the colour of faces, is
a circle round. A file that is refused gets a page with the reason. Needs nothing but the product itself.
"""

import argparse
import subprocess
import tempfile
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw, ImageFont

from domain.errors import Refused
from domain.media import Kind, Probe
from transcode import stills
from transcode.jail import Jail
from transcode.keyframes import plan
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render
from transcode.sound import hear

FRAMES = 6
CELL = 260  # pixels, the longer side of a frame on the page
GAP = 14
PAPER, INK = "#fbfaf7", "#1e1c18"  # as in static/css/tokens.css


@dataclass(frozen=True)
class Sheet:
    says: tuple[str, ...]
    poster: Image.Image | None
    pairs: tuple[tuple[float, Image.Image | None, Image.Image | None], ...]  # second, in the file, rendered


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="scripts.contact_sheet", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ladder", type=int, default=720, help="the rung to look at (default 720)")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    for source in sorted(path for path in given.folder.iterdir() if path.is_file()):
        page = given.out / f"{source.name}.png"
        draw(source.name, _sheet(source, given.ladder)).save(page)
        print(page)


def _sheet(source: Path, side: int) -> Sheet:
    jail = Jail()
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = probe(source, jail)
            return _rendered(source, found, side, jail, Path(folder))
        except Refused as refused:
            return Sheet((f"Refused ({refused.code}): {refused.message}",), None, ())


def _rendered(source: Path, found: Probe, side: int, jail: Jail, folder: Path) -> Sheet:
    keys, renditions = plan([], found.duration_ms, found.fps), ladder(found, (side,))
    loudness = hear(source, found, jail).loudness
    film, pictures = folder / "film.mp4", list[bytes]()
    with film.open("wb") as file:
        for landed in render(
            source, found, keys, renditions, loudness=loudness, jail=jail, work=folder / "work", listed={}
        ):
            if not file.tell():
                file.write(landed.inits[renditions[0].name][1])
            if renditions[0].name in landed.runs:
                file.write(landed.runs[renditions[0].name].data)
            run = landed.runs.get(Kind.STILLS)
            at = 0
            for size in run.run.sizes if run else ():
                assert run is not None
                pictures.append(run.data[at : at + size])
                at += size
    poster = min(range(len(pictures)), key=lambda n: abs(n * stills.TICKS - found.duration_ms / 3))
    seconds = [found.duration_ms / 1000 * (n + 0.5) / FRAMES for n in range(FRAMES)]
    begun = found.begins_ms / 1000
    return Sheet(
        _facts(found, f"{renditions[0].width} x {renditions[0].height}"),
        Image.open(BytesIO(pictures[poster])),
        tuple((s, _frame(source, max(s, begun)) if found.has_video else None, _frame(film, s)) for s in seconds),
    )


def _facts(found: Probe, size: str) -> tuple[str, ...]:
    turned = f"turned by {found.rotation}" + (", mirrored" if found.mirrored else "")
    return (
        f"{found.video_codec or 'no picture'}, {found.audio_codec or 'no sound'}, in {found.container}, "
        f"{found.duration_ms / 1000:.2f} s, {found.tracks} tracks",
        f"{found.width} x {found.height} as shown, {turned}, filmed at {found.filmed_fps:.2f}, "
        f"from {found.begins_ms} ms on, {found.hdr or 'no HDR'}{', a screen' if found.screen else ''}"
        f"{f', {found.damaged_ms} ms damaged' if found.damaged_ms else ''}",
        f"rendered as {size} at {float(found.fps):.2f} a second",
    )


def _frame(path: Path, second: float) -> Image.Image | None:
    """What is on screen then. None where the file cannot be sought in."""
    small = f"scale={CELL}:{CELL}:force_original_aspect_ratio=decrease"
    shown = ("-map", "0:V:0", "-frames:v", "1", "-vf", small, "-c:v", "png", "-f", "image2pipe", "-")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", f"{second:.3f}", "-i", str(path), *shown]
    data = subprocess.run(command, capture_output=True, check=False).stdout
    return Image.open(BytesIO(data)) if data else None


def draw(name: str, sheet: Sheet) -> Image.Image:
    large, small = ImageFont.load_default(22), ImageFont.load_default(15)
    page = Image.new("RGB", ((CELL + GAP) * (FRAMES + 1) + GAP, 2 * (CELL + GAP) + 190), PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((GAP, GAP), name, INK, large)
    lines = [line for text in sheet.says for line in textwrap.wrap(text, 200)]
    for number, line in enumerate(lines):
        pen.text((GAP, 48 + 20 * number), line, INK, small)
    top = 130
    if sheet.poster is not None:
        pen.text((GAP, top), "poster", INK, small)
        sheet.poster.thumbnail((CELL, CELL))
        page.paste(sheet.poster, (GAP, top + 22))
    for column, (second, before, after) in enumerate(sheet.pairs, 1):
        left = GAP + column * (CELL + GAP)
        for row, (what, picture) in enumerate((("in the file", before), ("rendered", after))):
            at = top + row * (CELL + GAP + 22)
            pen.text((left, at), f"{second:.2f} s, {what}", INK, small)
            if picture is not None:
                page.paste(picture, (left, at + 22))
    return page


if __name__ == "__main__":
    main()
