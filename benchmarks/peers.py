"""Command lines of peers, as their documentation and sources give them, for benchmarks.ladder_cpu.

PeerTube (packages/ffmpeg: default transcoding profile, HLS, storyboard, thumbnail, as of version 7): one run of
ffmpeg a resolution, then one for the storyboard and one for the thumbnail; one thread a run, its default
setting. moviepy: a run a size, which is this file when it is run: python -m benchmarks.peers SOURCE OUT HEIGHT
"""

import sys
from pathlib import Path

import imageio_ffmpeg

from benchmarks.by_hand import PRESET, RUNGS

FPS = 30
# Bits a pixel that PeerTube aims at, by resolution; a size between two takes the smaller one's.
_BITS_A_PIXEL = {1080: 0.10, 720: 0.11, 480: 0.12, 360: 0.15, 240: 0.17, 144: 0.19}
_STORYBOARD_S = 1  # seconds a sprite stands for, of a recording of a few minutes
_SPRITES = 100  # at most 10 x 10 on its sheet


def peertube(source: Path, folder: Path, seconds: int) -> list[list[str]]:
    """Its sequence of runs for a 16:9 recording of `seconds` at 30 frames a second with AAC sound."""
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"]
    runs = []
    for height in RUNGS:
        aimed = int(height * height * 16 / 9 * FPS * next(b for h, b in _BITS_A_PIXEL.items() if h <= height))
        run = [*ffmpeg, "-i", str(source), "-threads", "1", "-movflags", "faststart", "-max_muxing_queue_size", "1024"]
        run += ["-map_metadata", "-1", "-pix_fmt", "yuv420p", "-acodec", "copy", "-vcodec", "libx264"]
        run += ["-vf", f"scale=w=-2:h={height}", "-preset", "veryfast", "-maxrate:v", str(aimed)]
        run += ["-bufsize:v", str(2 * aimed), "-b_strategy", "1", "-bf", "16", "-r", str(FPS), "-g:v", str(2 * FPS)]
        run += ["-hls_time", "4", "-hls_list_size", "0", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"]
        run += ["-hls_segment_filename", str(folder / f"{height}.mp4"), "-hls_flags", "single_file", "-f", "hls"]
        runs.append([*run, str(folder / f"{height}.m3u8")])
    every = max(_STORYBOARD_S, -(-seconds // _SPRITES))
    sprites = f"setpts=N/round(FRAME_RATE)/TB,select='not(mod(t,{every}))',scale=192:108,tile=layout=10x10"
    sheet = ["-filter_complex", sprites, "-frames:v", "1", "-q:v", "2", str(folder / "storyboard.jpg")]
    runs.append([*ffmpeg, "-threads", "1", "-i", str(source), *sheet])
    thumbnail = ["-vf", "thumbnail=50", "-frames:v", "1", str(folder / "thumbnail.jpg")]
    runs.append([*ffmpeg, "-threads", "1", "-ss", str(seconds / 2), "-i", str(source), *thumbnail])
    return runs


def moviepy(source: Path, folder: Path) -> list[list[str]]:
    """One run a size; encoded with our own settings, so that what differs is how the pictures come there."""
    return [
        [sys.executable, "-m", "benchmarks.peers", str(source), str(folder / f"{height}.mp4"), str(height)]
        for height in RUNGS
    ]


def _by_moviepy(source: str, target: str, height: int) -> None:
    from moviepy import VideoFileClip

    crf, kbit = RUNGS[height]
    rate = ["-crf", str(crf), "-maxrate", f"{kbit}k", "-bufsize", f"{2 * kbit}k"]
    with VideoFileClip(source) as film:
        film.resized(height=height).write_videofile(
            target, codec="libx264", audio_codec="aac", preset=PRESET, ffmpeg_params=rate, logger=None
        )


if __name__ == "__main__":
    _by_moviepy(sys.argv[1], sys.argv[2], int(sys.argv[3]))
