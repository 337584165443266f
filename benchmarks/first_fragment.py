"""From an upload's last byte to the first fragment listed: python -m benchmarks.first_fragment [--runs 5]

The goal, for a recording of up to five minutes, is 1.5 x (raw ffmpeg to its first fragment of the same
ladder + the listen pass alone). Ours goes the whole way: upload, database, queue, object store, workers,
with the words being written down on the other core meanwhile.
"""

import argparse
import base64
import itertools
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import httpx
import psycopg
from psycopg.rows import dict_row

from benchmarks import by_hand, media
from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, in_turn, keep
from domain.person import Role
from transcode.jail import Jail
from transcode.probe import probe
from transcode.sound import hear
from transcribe.pauses import find_pauses

LIMIT = 1.5
_PATIENCE_S = 300.0
_LOOK_EVERY_S = 0.005  # at files
_ASK_EVERY_S = 0.02  # the database: oftener, and asking would slow down what is measured
_CHUNK = 1 << 20
_TUS = {"Tus-Resumable": "1.0.0"}
_STEPS = ("keep", "look", "listen")  # before the render


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.first_fragment", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=300, help="length of the recording")
    given = parser.parse_args(arguments)
    keep(measure(given.runs, given.seconds))


def measure(runs: int, seconds: int) -> Result:
    source = media.recording(seconds)
    jail = Jail()
    found = probe(source, jail)
    steps: dict[str, list[float]] = {name: [] for name in _STEPS}

    with served() as house, psycopg.connect(house.dsn, autocommit=True, row_factory=dict_row) as database:
        _, client = house.person("expert", Role.EXPERT)
        watch = _Watch(house, client, database)
        # Once through every step, so that workers have loaded what they keep loaded.
        watch.whole_way(media.beginning(5))

        def product() -> float:
            began = watch.upload(source)
            waited = watch.until_listed() - began
            for name, length_s in watch.steps().items():
                steps[name].append(length_s)
            watch.forget()
            return waited

        def ffmpeg() -> float:
            return first_fragment(source, seconds)

        def listen() -> float:
            began = time.monotonic()
            find_pauses(hear(source, found, jail).samples)
            return time.monotonic() - began

        listen()
        taken = in_turn({"ours": product, "ffmpeg": ffmpeg, "listen": listen}, runs)
        client.close()

    ratio = median(taken["ours"]) / (median(taken["ffmpeg"]) + median(taken["listen"]))
    return Result(
        name="first_fragment",
        title=f"First fragment of an upload, {seconds} s of 1080p30 H.264 with speech",
        goals=(Goal("last byte to first fragment against ffmpeg + listening (ratio of medians)", ratio, LIMIT, "x"),),
        figures=(
            Figure("last byte to first fragment of every rendition listed", "s", tuple(taken["ours"])),
            Figure("ffmpeg by hand to its first fragment of every rendition", "s", tuple(taken["ffmpeg"])),
            Figure("listening alone: decode, loudness, pauses", "s", tuple(taken["listen"])),
            *(Figure(f"of ours, the step {name}", "s", tuple(values)) for name, values in steps.items()),
        ),
        notes=(
            "Ours: from the moment the last byte is handed to the connection until the database lists fragment 0 "
            "of every rendition, asked every 20 ms; `passiton serve` on embedded defaults, warm.",
            "By hand: one ffmpeg command, fragments of 1, 1, 2, 4, 4 ... s, until the first fragment of all four "
            "pictures and of the sound is whole on disk.",
        ),
    )


class _Watch:
    """Sends one recording at a time, and looks in the database how far it is."""

    def __init__(self, house: House, client: httpx.Client, database: "psycopg.Connection[dict[str, object]]") -> None:
        self._house = house
        self._client = client
        self._database = database
        self._recording = ""

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
        self._recording = sent.headers["Recording-Id"]
        return last[0]

    def until_listed(self) -> float:
        """When the first fragment of every rendition was found in the database."""
        query = (
            "select count(*) as renditions, count(f.rendition_id) as begun from recording r"
            " join rendering g on g.recording_id = r.id join rendition n on n.rendering_id = g.id"
            " left join fragment_run f on f.rendition_id = n.id and f.first = 0 where r.public_id = %s"
        )
        deadline = time.monotonic() + _PATIENCE_S
        for look in itertools.count(1):
            found = self._one(query)
            if found["renditions"] and found["begun"] == found["renditions"]:
                break
            if look % 100 == 0:
                self._still_well()
            if time.monotonic() > deadline:
                raise SystemExit("No fragment was listed; nothing was measured.")
            time.sleep(_ASK_EVERY_S)
        return time.monotonic()

    def steps(self) -> dict[str, float]:
        found = self._database.execute(
            "select s.name, extract(epoch from s.finished_at - s.started_at)::float8 as length_s"
            " from step s join recording r on r.id = s.recording_id where r.public_id = %s and s.name = any(%s)",
            [self._recording, list(_STEPS)],
        ).fetchall()
        return {str(each["name"]): float(str(each["length_s"])) for each in found}

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
        self._client.delete(f"/api/v1/recordings/{self._recording}").raise_for_status()
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
        found = self._database.execute(query.encode(), [self._recording]).fetchone()
        assert found is not None
        return found


def first_fragment(source: Path, seconds: int) -> float:
    """Seconds until ffmpeg by hand has one whole fragment of every picture and of the sound."""
    media.FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-") as folder:
        files = [Path(folder) / name for name in (*by_hand.VIDEO_FILES, "audio.mp4")]
        began = time.monotonic()
        process = subprocess.Popen(by_hand.ladder_command(source, Path(folder), seconds))
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
