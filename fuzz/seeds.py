"""Small recordings that everything else is made of, rendered by our own ffmpeg: half a second to a second each."""

import functools
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg

WIDTH, HEIGHT = 96, 64
SECONDS = 1.2
# What a phone says of itself and of its owner. It must not be in anything that we make of the file.
PRIVATE = b"+48.1374+011.5755/"
OWNER = b"Telephone of Wilhelmina"

_PICTURE = ("-f", "lavfi", "-i", f"testsrc2=s={WIDTH}x{HEIGHT}:r=15")
_TONE = ("-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000")
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "8", "-threads", "1")
_H265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1:frame-threads=1")
_AAC = ("-c:a", "aac", "-b:a", "48k")
_TAGS = ("-metadata", f"location={PRIVATE.decode()}", "-metadata", f"artist={OWNER.decode()}")
_VPX = ("-pix_fmt", "yuv420p", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "100k", "-threads", "1")

# name -> (ending, ffmpeg's arguments after the inputs); "picture" and "tone" are the inputs' letters
_MADE: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "mp4": ("mp4", "pt", (*_H264, *_AAC, *_TAGS)),
    "faststart": ("mp4", "pt", (*_H264, *_AAC, *_TAGS, "-movflags", "+faststart")),
    "fragmented": ("mp4", "pt", (*_H264, *_AAC, "-movflags", "+frag_keyframe+empty_moov+default_base_moof")),
    "silent": ("mp4", "p", (*_H264, *_TAGS)),
    "mov": ("mov", "pt", (*_H264, "-c:a", "pcm_s16le", *_TAGS)),
    "png": ("mov", "p", ("-c:v", "png", "-t", "0.4")),
    "hevc": ("mp4", "p", (*_H265, "-tag:v", "hvc1")),
    "avi": ("avi", "pt", ("-c:v", "mjpeg", "-q:v", "9", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le", *_TAGS)),
    "vp8": ("webm", "pt", ("-c:v", "libvpx", *_VPX, "-c:a", "libopus", "-b:a", "32k", *_TAGS)),
    "vp9": ("webm", "pt", ("-c:v", "libvpx-vp9", *_VPX, "-c:a", "libopus", "-b:a", "32k", *_TAGS)),
    "live": ("webm", "pt", ("-c:v", "libvpx", *_VPX, "-c:a", "libopus", "-b:a", "32k", "-live", "1")),
    "mkv": ("mkv", "pt", (*_H264, "-c:a", "flac", *_TAGS)),
    "ts": ("ts", "pt", (*_H264, *_AAC)),
    "wav": ("wav", "t", ("-c:a", "pcm_s16le", *_TAGS)),
    "flac": ("flac", "t", ("-c:a", "flac", *_TAGS)),
    "mp3": ("mp3", "t", ("-c:a", "libmp3lame", *_TAGS)),
    "ogg": ("ogg", "t", ("-c:a", "libopus", "-b:a", "32k", *_TAGS)),
    "m4a": ("m4a", "t", (*_AAC, *_TAGS)),
    "caf": ("caf", "t", ("-c:a", "pcm_s16be",)),
    "adts": ("aac", "t", (*_AAC,)),
    "jpeg": ("jpg", "p", ("-frames:v", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p")),
}  # fmt: skip
_DERIVED = {
    "turned": ("mp4", ("-display_rotation", "90"), ()),
    "edited": ("mp4", ("-ss", "0.4"), ()),
}
NAMES = (*_MADE, *_DERIVED)
ISO = ("mp4", "faststart", "fragmented", "silent", "mov", "hevc", "m4a", "turned", "edited")
MATROSKA = ("vp8", "vp9", "live", "mkv")


def ending(name: str) -> str:
    return _MADE[name][0] if name in _MADE else _DERIVED[name][0]


@functools.cache
def seed(name: str) -> bytes:
    """A whole, well-made file. The same bytes each time, on one version of ffmpeg."""
    if name in _DERIVED:
        suffix, before, after = _DERIVED[name]
        with tempfile.NamedTemporaryFile(suffix=".mp4") as plain:
            Path(plain.name).write_bytes(seed("mp4"))
            return rendered(suffix, *before, "-i", plain.name, "-c", "copy", *after)
    suffix, inputs, arguments = _MADE[name]
    given = (*(_PICTURE if "p" in inputs else ()), *(_TONE if "t" in inputs else ()))
    return rendered(suffix, *given, "-t", str(SECONDS), *arguments)


def rendered(suffix: str, *arguments: str) -> bytes:
    """What ffmpeg writes into a file of this ending."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"made.{suffix}"
        exact = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-v", "error", "-y", *arguments, *exact, str(path)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=120)
        return path.read_bytes()
