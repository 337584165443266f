"""What the product is measured against: the same work as somebody would type it, without the product.

One ffmpeg command that makes every rendition in one decode; and faster-whisper in a script of a few lines,
which is this file when it is run: python -m benchmarks.by_hand SOUND MODEL
"""

import sys
from pathlib import Path

import imageio_ffmpeg

# Height of the picture: CRF, most kbit/s. The same numbers as transcode/ladder.py; process_cpu.py checks that.
RUNGS = {1080: (23, 5000), 720: (23, 2600), 480: (24, 1200), 270: (26, 400)}
PRESET = "veryfast"
STILLS_EVERY_S = 2
STILLS_HEIGHT = 360
SDR = (
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:desat=0,zscale=t=bt709:m=bt709:r=tv,"
    "format=yuv420p"
)
VIDEO_FILES = tuple(f"{height}.mp4" for height in RUNGS)


def ladder_command(source: Path, folder: Path, seconds: int, *, hlg: bool = False) -> list[str]:
    """Four renditions, the sound, and a still every two seconds, of a 16:9 recording, from one decode.

    Fragments of 1, 1, 2 and then 4 s, written as soon as they are whole, as for somebody who waits for
    the first one. HLG is brought to what a usual screen shows, as ffmpeg's documentation does it.
    """
    pictures = len(RUNGS) + 1
    graph = [f"[0:v]{SDR + ',' if hlg else ''}split={pictures}" + "".join(f"[in{i}]" for i in range(pictures))]
    for i, height in enumerate(RUNGS):
        width = 2 * round(height * 16 / 9 / 2)
        graph.append(f"[in{i}]scale={width}:{height},format=yuv420p[out{i}]")
    stills = f"fps=1/{STILLS_EVERY_S},scale=-2:{STILLS_HEIGHT},format=yuvj420p"
    graph.append(f"[in{pictures - 1}]{stills}[stills]")

    keyframes = ",".join(str(at) for at in [0, 1, 2, *range(4, seconds, 4)])
    fragmented = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-flush_packets", "1"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", "-threads", "2", "-i", str(source)]
    command += ["-filter_complex_threads", "2", "-filter_complex", ";".join(graph)]
    for i, (height, (crf, kbit)) in enumerate(RUNGS.items()):
        command += ["-map", f"[out{i}]", "-c:v", "libx264", "-preset", PRESET, "-threads", "2", "-crf", str(crf)]
        command += ["-maxrate", f"{kbit}k", "-bufsize", f"{2 * kbit}k", "-g", "99999", "-sc_threshold", "0"]
        command += ["-force_key_frames", keyframes, *fragmented, str(folder / f"{height}.mp4")]
    command += ["-map", "0:a:0", "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-ar", "48000"]
    command += ["-movflags", "+empty_moov+default_base_moof", "-frag_duration", "500000", "-flush_packets", "1"]
    command += [str(folder / "audio.mp4")]
    return [*command, "-map", "[stills]", "-c:v", "mjpeg", "-q:v", "5", str(folder / "still%04d.jpg")]


def listen(sound: str, model: str) -> int:
    """Words heard by faster-whisper as it comes: int8, batches of 8, its own voice activity, one thread."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
    segments, _ = BatchedInferencePipeline(whisper).transcribe(
        sound,
        batch_size=8,
        vad_filter=True,
        word_timestamps=True,  # the product needs them, and they cost
    )
    return sum(len(segment.words or ()) for segment in segments)


if __name__ == "__main__":
    print(listen(sys.argv[1], sys.argv[2]))
