"""From an upload's last byte to the first fragment listed: python -m benchmarks.first_fragment [--runs 5]

The goals: for five minutes of 1080p, H.264 and HEVC with HLG, 1.3 x (raw ffmpeg to its first fragment of the
same ladder + the listen pass alone); for an hour not more than for five minutes; and a player that begins
then stands still once at most. Ours goes the whole way: upload, database, queue, object store, workers, with
the original being kept, read and heard on the other core meanwhile.
"""

import argparse
import base64
import itertools
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import httpx
import psycopg
from psycopg.rows import dict_row

from benchmarks import by_hand, media
from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, in_turn, keep
from benchmarks.player import stalls
from domain.media import VIDEO_TIMESCALE
from domain.person import Role
from transcode.jail import Jail
from transcode.probe import probe
from transcode.sound import hear
from transcribe.pauses import find_pauses

LIMIT = 1.3
LONGER = 1.0  # an hour, against five minutes
STALLS = 1
_SECONDS, _HOUR_S = 300, 3600
_PATIENCE_S = 600.0
_LOOK_EVERY_S = 0.005  # at files
_ASK_EVERY_S = 0.02  # the database: oftener, and asking would slow down what is measured
_WATCH_EVERY_S = 0.2
_CHUNK = 1 << 20
_TUS = {"Tus-Resumable": "1.0.0"}
_CODECS: dict[str, Callable[[int], Path]] = {
    "H.264": lambda seconds: (
        media.recording(seconds) if seconds < _HOUR_S else media.longer(media.recording(300), seconds)
    ),
    "HEVC HLG": media.hdr,
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.first_fragment", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--hours", type=int, default=3, help="runs of an hour's recording; 0 leaves it out")
    parser.add_argument("--watch", type=int, default=120, help="seconds that the player plays")
    given = parser.parse_args(arguments)
    keep(measure(given.runs, given.hours, given.watch))


def measure(runs: int, hours: int, watched_s: int) -> Result:
    jail = Jail()
    goals: list[Goal] = []
    figures: list[Figure] = []
    with served() as house, psycopg.connect(house.dsn, autocommit=True, row_factory=dict_row) as database:
        _, client = house.person("expert", Role.EXPERT)
        watch = Watch(house, client, database)
        # Once through every step, so that workers have loaded what they keep loaded.
        watch.whole_way(media.beginning(5))
        for codec, of_length in _CODECS.items():
            source = of_length(_SECONDS)
            found = probe(source, jail)

            def ours(path: Path = source) -> float:
                waited = -watch.upload(path) + watch.until_listed()
                watch.forget()
                return waited

            def ffmpeg(path: Path = source, hlg: bool = found.hdr is not None) -> float:
                return first_fragment(path, _SECONDS, hlg=hlg)

            def listen(path: Path = source, known: object = found) -> float:
                began = time.monotonic()
                find_pauses(hear(path, known, jail).samples)  # type: ignore[arg-type]
                return time.monotonic() - began

            listen()
            taken = in_turn({"ours": ours, "ffmpeg": ffmpeg, "listen": listen}, runs)
            ratio = median(taken["ours"]) / (median(taken["ffmpeg"]) + median(taken["listen"]))
            goals.append(Goal(f"{codec}: last byte to first fragment against ffmpeg + listening", ratio, LIMIT, "x"))
            figures += [
                Figure(
                    f"{codec}, 5 min: last byte to the first fragment of a picture and the sound",
                    "s",
                    tuple(taken["ours"]),
                ),
                Figure(
                    f"{codec}: ffmpeg by hand to its first fragment of every rendition", "s", tuple(taken["ffmpeg"])
                ),
                Figure(f"{codec}: listening to 5 min alone: decode, loudness, pauses", "s", tuple(taken["listen"])),
            ]
            if hours:
                long = of_length(_HOUR_S)
                hour = in_turn({f"ours, an hour of {codec}": lambda path=long: ours(path)}, hours)  # type: ignore[misc]
                values = tuple(itertools.chain.from_iterable(hour.values()))
                figures.append(Figure(f"{codec}, 1 h: the same", "s", values))
                goals.append(
                    Goal(f"{codec}: an hour against five minutes", median(values) / median(taken["ours"]), LONGER, "x")
                )
            watch.upload(source)
            waits = stalls(watch.playable_over(watched_s), watched_s)
            watch.forget()
            goals.append(Goal(f"{codec}: how often a player that begins then stands still", len(waits), STALLS))
            figures.append(Figure(f"{codec}: and for how long, all in all", "s", (sum(waits),)))
        client.close()
    return Result(
        name="first_fragment",
        title="First fragment of an upload, 1080p30 with speech",
        goals=tuple(goals),
        figures=tuple(figures),
        notes=(
            "Ours: from the moment the last byte is handed to the connection until the database lists fragment 0 "
            "of a picture and of the sound, asked every 20 ms; `passiton serve` on embedded defaults, warm. Where few "
            "cores make all renditions no faster than they play, the smallest picture comes first.",
            "By hand: one ffmpeg command, fragments of 1, 1, 2, 4, 4 ... s, until the first fragment of all four "
            "pictures and of the sound is whole on disk.",
            f"The player begins with the first fragment and asks for the playlist every 4 s, or 2 s after it heard of "
            f"nothing new (RFC 8216, 6.3.4), for the first {watched_s} s of the recording.",
        ),
    )


class Watch:
    """Sends one recording at a time, and looks in the database how far it is."""

    def __init__(self, house: House, client: httpx.Client, database: "psycopg.Connection[dict[str, object]]") -> None:
        self._house = house
        self._client = client
        self._database = database
        self.recording = ""

    def upload(self, path: Path) -> float:
        """Sends a file by tus; returns when its last byte was handed over."""
        name = base64.b64encode(path.name.encode()).decode()
        size = path.stat().st_size
        headers = {**_TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
        made = self._client.post("/api/v1/uploads", headers=headers).raise_for_status()
        last = [0.0]

        def body() -> Iterator[bytes]:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    last[0] = time.monotonic()
                    yield chunk

        headers = {**_TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        headers["Content-Length"] = str(size)
        sent = self._client.patch(made.headers["Location"], headers=headers, content=body()).raise_for_status()
        self.recording = sent.headers["Recording-Id"]
        return last[0]

    def until_listed(self) -> float:
        """When a first fragment of a picture, and of the sound, was found in the database."""
        query = (
            "select count(distinct n.kind) as kinds from recording r"
            " join rendering g on g.recording_id = r.id join rendition n on n.rendering_id = g.id"
            " join fragment_run f on f.rendition_id = n.id and f.first = 0"
            " where r.public_id = %s and n.kind in ('video', 'audio')"
        )
        deadline = time.monotonic() + _PATIENCE_S
        for look in itertools.count(1):
            if self._one(query)["kinds"] == 2:
                break
            if look % 100 == 0:
                self._still_well()
            if time.monotonic() > deadline:
                raise SystemExit("No fragment was listed; nothing was measured.")
            time.sleep(_ASK_EVERY_S)
        return time.monotonic()

    def playable_over(self, seconds: float) -> list[tuple[float, float]]:
        """When so many seconds of the recording could be played, each time it became more, to the end of `seconds`."""
        query = (
            "select coalesce(max(there), 0)::float8 as there from (select n.id,"
            "   (select sum(t) from fragment_run f, unnest(f.ticks) t where f.rendition_id = n.id) as there"
            "   from recording r join rendering g on g.recording_id = r.id join rendition n on n.rendering_id = g.id"
            "   where r.public_id = %s and n.kind = 'video') each"
        )
        self.until_listed()
        deadline = time.monotonic() + _PATIENCE_S + 10 * seconds
        listed: list[tuple[float, float]] = []
        while not listed or listed[-1][1] < seconds:
            there = float(str(self._one(query)["there"])) / VIDEO_TIMESCALE
            if not listed or there > listed[-1][1]:
                listed.append((time.monotonic(), there))
            if time.monotonic() > deadline:
                raise SystemExit("The recording did not get so far; nothing was measured.")
            time.sleep(_WATCH_EVERY_S)
        return listed

    def whole_way(self, path: Path) -> None:
        self.upload(path)
        deadline = time.monotonic() + _PATIENCE_S
        query = (
            "select count(*) as steps from step s join recording r on r.id = s.recording_id"
            " where r.public_id = %s and s.state <> 'done'"
        )
        while self._one(query)["steps"]:
            self._still_well()
            if time.monotonic() > deadline:
                raise SystemExit("The first recording did not get through; nothing was measured.")
            time.sleep(0.1)

    def forget(self) -> None:
        """Deletes the recording, and waits until nobody works on it any more."""
        self._client.delete(f"/api/v1/recordings/{self.recording}").raise_for_status()
        deadline = time.monotonic() + _PATIENCE_S
        busy = "select count(*) as jobs from procrastinate_jobs where status in ('todo', 'doing') and %s <> ''"
        while self._one(busy)["jobs"]:
            if time.monotonic() > deadline:
                raise SystemExit("A deleted recording is still being worked on; the next run would not be alone.")
            time.sleep(0.1)

    def _still_well(self) -> None:
        query = (
            "select coalesce(r.refusal_code, min(s.error_code)) as code from recording r"
            " join step s on s.recording_id = r.id where r.public_id = %s group by r.refusal_code"
        )
        code = self._one(query)["code"]
        if code:
            raise SystemExit(f"The recording did not get through ({code}); nothing was measured.")

    def _one(self, query: str) -> dict[str, object]:
        found = self._database.execute(query.encode(), [self.recording]).fetchone()
        assert found is not None
        return found


def first_fragment(source: Path, seconds: int, *, hlg: bool) -> float:
    """Seconds until ffmpeg by hand has one whole fragment of every picture and of the sound."""
    media.FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-") as folder:
        files = [Path(folder) / name for name in (*by_hand.VIDEO_FILES, "audio.mp4")]
        began = time.monotonic()
        process = subprocess.Popen(by_hand.ladder_command(source, Path(folder), seconds, hlg=hlg))
        try:
            while not all(_has_fragment(path) for path in files):
                if process.poll() not in (None, 0):
                    raise SystemExit(f"ffmpeg by hand ended with {process.returncode}.")
                time.sleep(_LOOK_EVERY_S)
            return time.monotonic() - began
        finally:
            process.kill()
            process.wait()


def _has_fragment(path: Path) -> bool:
    """Whether a growing MP4 holds one whole `mdat`: boxes are a length, a name, and contents."""
    if not path.exists():
        return False
    size = path.stat().st_size
    at = 0
    with path.open("rb") as file:
        while at + 8 <= size:
            file.seek(at)
            head = file.read(8)
            length = int.from_bytes(head[:4], "big")
            if head[4:] == b"mdat":
                return at + length <= size
            at += max(8, length)
    return False


if __name__ == "__main__":
    main()
