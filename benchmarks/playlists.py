"""Playlists, and a bound moved: python -m benchmarks.playlists [--runs 5]

Clips are spans, not files. The goals: the playlists of 30 clips in under 1 s; from a published clip's bound
being moved through the HTTP API until the new playlist is served, 95 of 100 times under 50 ms; and not one
byte of media written by either.
"""

import argparse
import itertools
import os
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

import httpx

from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, in_turn, keep, percentile
from domain.clip import Proposal
from domain.consent import TERMS_VERSION
from domain.media import FragmentRun, KeyframePlan, Kind, Listening, Probe, Rendition
from domain.person import Person, Role
from domain.span import Span
from domain.transcript import Pause, Sentence, Transcript, Word
from pipeline import journey
from publish_api import playback
from store import clips, media, recordings, renderings, spaces, transcripts
from store.folder import Folder
from transcode.keyframes import plan
from transcode.ladder import ladder

CLIPS = 30
CLIP_MS = 45_000
MOVES = 100
ALL_LIMIT_S = 1.0
MOVE_LIMIT_MS = 50.0
_PAUSE_EVERY_MS = 5_000
_PAUSE_MS = 400
_WORD_MS = 400
_RUN = 15  # fragments an object holds


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.playlists", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args(arguments)
    keep(measure(given.runs))


def measure(runs: int) -> Result:
    with served("--no-worker") as house:
        curator, client = house.person("curator", Role.CURATOR)
        ids, keyframes = furnish(house, curator)
        for clip in ids:
            client.put(f"/api/v1/clips/{clip}/publication").raise_for_status()
        mover = _Mover(client, ids, keyframes)
        before = _files(house.data / "objects")

        def all_playlists() -> list[float]:
            began = time.perf_counter()
            for clip in ids:
                _playlists(client, clip)
            return [time.perf_counter() - began]

        def moves() -> list[float]:
            return [mover.move() * 1000 for _ in range(MOVES)]

        def texts() -> list[float]:
            began = time.perf_counter()
            for clip in ids:
                _write(house, curator, clip)
            return [time.perf_counter() - began]

        for once in (all_playlists, texts, mover.move):
            once()
        taken = in_turn({"playlists": all_playlists, "texts": texts, "moves": moves}, runs)
        written = _written(before, _files(house.data / "objects"))
        client.close()

    listing = tuple(values[0] for values in taken["playlists"])
    worst = tuple(percentile(values, 0.95) for values in taken["moves"])
    return Result(
        name="playlists",
        title=f"Playlists of {CLIPS} clips, and a bound moved",
        goals=(
            Goal(f"all playlists of {CLIPS} clips, over HTTP (median)", median(listing), ALL_LIMIT_S, "s"),
            Goal(f"bound moved to new playlist served, p95 of {MOVES} (median)", median(worst), MOVE_LIMIT_MS, "ms"),
            Goal("media bytes written", written, 0, "bytes"),
        ),
        figures=(
            Figure(f"all playlists of {CLIPS} clips, over HTTP", "s", listing),
            Figure("the same texts, from the database without HTTP", "s", tuple(v[0] for v in taken["texts"])),
            Figure("bound moved to new playlist served, p95", "ms", worst),
            Figure("bound moved to new playlist served, median", "ms", tuple(median(v) for v in taken["moves"])),
        ),
        notes=(
            "All playlists of a clip: the master and every rendition's, over HTTP on one connection, one after the "
            f"other; {CLIPS * CLIP_MS // 60_000} minutes of recording with a keyframe in the middle of every pause.",
            "A move: PATCH with If-Match, then the master and one rendition's playlist, which has to be as long as "
            "the clip now is.",
        ),
    )


class _Mover:
    """Moves the end of one clip after the other to the keyframe before, and back."""

    def __init__(self, client: httpx.Client, ids: Sequence[str], keyframes: Sequence[int]) -> None:
        self._client = client
        self._ids = itertools.cycle(ids)
        self._keyframes = keyframes

    def move(self) -> float:
        """Seconds from the request until the new playlist is here."""
        clip = next(self._ids)
        shown = self._client.get(f"/api/v1/clips/{clip}").raise_for_status()
        start_ms, end_ms = shown.json()["start_ms"], shown.json()["end_ms"]
        inside = [k for k in self._keyframes if start_ms < k <= start_ms + CLIP_MS + 1_000]
        target = inside[-2] if end_ms >= inside[-1] else inside[-1]

        began = time.perf_counter()
        change = {"start_ms": start_ms, "end_ms": target}
        headers = {"If-Match": shown.headers["ETag"]}
        self._client.patch(f"/api/v1/clips/{clip}", json=change, headers=headers).raise_for_status()
        address = f"/api/v1/clips/{clip}/play.m3u8"
        playlist = _children(self._client.get(address).raise_for_status().text)[0]
        text = self._client.get(urljoin(address, playlist)).raise_for_status().text
        took = time.perf_counter() - began

        served_ms = 1000 * sum(float(x) for x in re.findall(r"#EXTINF:([\d.]+)", text))
        if abs(served_ms - (target - start_ms)) > 100:
            raise SystemExit(f"The playlist is {served_ms:.0f} ms long, the clip {target - start_ms} ms.")
        return took


def _playlists(client: httpx.Client, clip: str) -> None:
    address = f"/api/v1/clips/{clip}/play.m3u8"
    for child in _children(client.get(address).raise_for_status().text):
        client.get(urljoin(address, child)).raise_for_status()


def _write(house: House, viewer: Person, clip: str) -> None:
    now = datetime.now(UTC)
    with house.store.transaction() as tx:
        text = playback.master_of_clip(tx, clips.clip(tx, clip, viewer.id), now)
    for child in _children(text):
        with house.store.transaction() as tx:
            playback.media_of_clip(tx, clips.clip(tx, clip, viewer.id), Path(child).stem, now)


def _children(master: str) -> list[str]:
    """Addresses of the renditions' playlists in a master playlist, pictures first."""
    streams = [line for line in master.splitlines() if line and not line.startswith("#")]
    others = re.findall(r'#EXT-X-MEDIA:.*URI="([^"]+)"', master)
    if not streams:
        raise SystemExit("A clip's master playlist lists no pictures.")
    return list(dict.fromkeys([*streams, *others]))


def furnish(
    house: House, curator: Person, *, number: int = CLIPS, bytes_of: Callable[[Rendition], int] = lambda _: 1_000
) -> tuple[list[str], tuple[int, ...]]:
    """A rendered recording with so many proposed clips, and fragments of so many bytes, of chance; the clips' ids, and
    the recording's keyframes in milliseconds.
    """
    duration_ms = number * CLIP_MS
    probe = Probe("mov,mp4", duration_ms, 1920, 1080, 0, False, Fraction(30), 0, None, "h264", "aac", 0, 2)
    pauses = tuple(Pause(at, at + _PAUSE_MS) for at in range(_PAUSE_EVERY_MS, duration_ms, _PAUSE_EVERY_MS))
    keys = plan(pauses, duration_ms, probe.fps)
    renditions = ladder(probe)
    objects = Folder(house.data / "objects")
    with house.store.transaction() as tx:
        recording, _ = recordings.arrive(
            tx, upload_id="benchmark", space_id=spaces.everyone_space(tx).id, uploader_id=curator.id,
            speaker_id=curator.id, title="Benchmark", filename="benchmark.mp4", media_type="video/mp4",
            byte_size=1, step_names=journey.NAMES, terms=TERMS_VERSION,
        )  # fmt: skip
        recordings.looked(tx, recording.id, probe)
        media.save_listening(tx, recording.id, Listening(None, pauses, keys))
        rendering = renderings.open_rendering(tx, recording.id, renditions)
        for rendition in renditions:
            codec = {Kind.VIDEO: "avc1.640028", Kind.AUDIO: "mp4a.40.2", Kind.STILLS: "jpeg"}[rendition.kind]
            for run in _runs(rendition, keys, bytes_of(rendition)):
                key = f"media/benchmark/{rendition.name}/{run.first:06d}"
                objects.put_bytes(key, os.urandom(sum(run.sizes)))
                begins = {rendition.name: (codec, b"init")} if run.first == 0 else {}
                renderings.add_landed(tx, rendering, inits=begins, runs={rendition.name: (run, key)})
        renderings.complete_rendering(tx, rendering)
        transcripts.save_transcript(tx, recording.id, _transcript(duration_ms))
        spans = [Span(keys.nearest_ms(n * CLIP_MS), keys.nearest_ms((n + 1) * CLIP_MS)) for n in range(number)]
        proposals = [Proposal(span, f"Clip {n}", ("benchmark",), "words") for n, span in enumerate(spans)]
        clips.propose(tx, recording, proposals, "en")
        made = clips.clips_of_recording(tx, recording.id, curator.id)
    return [clip.public_id for clip in made], (*keys.key_ms, keys.duration_ms)


def _runs(rendition: Rendition, keys: KeyframePlan, size: int) -> list[FragmentRun]:
    """Fragment tables as a render would have left them: stills every 2 s, all else from keyframe to keyframe."""
    if rendition.kind is Kind.STILLS:
        bounds = [Fraction(at) for at in range(0, keys.duration_ms // 1000 + 1, 2)]
    else:
        bounds = [key / keys.fps for key in (*keys.keys, keys.frames)]
    ticks = [round(bound * rendition.timescale) for bound in bounds]
    runs = []
    for first in range(0, len(ticks) - 1, _RUN):
        starts = ticks[first : first + _RUN + 1]
        lengths = tuple(b - a for a, b in itertools.pairwise(starts))
        runs.append(FragmentRun(first, tuple(starts[: len(lengths)]), lengths, (size,) * len(lengths)))
    return runs


def _transcript(duration_ms: int) -> Transcript:
    words, sentences = [], []
    for start in range(0, duration_ms, _PAUSE_EVERY_MS):
        first = start + _PAUSE_MS
        said = [Word(f"word{at}", at, at + _WORD_MS, 0.9) for at in range(first, start + _PAUSE_EVERY_MS, _WORD_MS)]
        words += said
        sentences.append(Sentence(" ".join(w.text for w in said), said[0].start_ms, said[-1].end_ms))
    return Transcript("en", "benchmark", "none", tuple(words), tuple(sentences))


def _files(folder: Path) -> dict[Path, tuple[int, int]]:
    found = ((path, path.stat()) for path in folder.rglob("*") if path.is_file())
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in found}


def _written(before: dict[Path, tuple[int, int]], after: dict[Path, tuple[int, int]]) -> int:
    """Bytes of files that are new or were written to."""
    return sum(size for path, (size, at) in after.items() if before.get(path) != (size, at))


if __name__ == "__main__":
    main()
