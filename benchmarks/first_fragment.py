"""From an upload's last byte to the first fragment listed: python -m benchmarks.first_fragment [--runs 5]

Three results, one of them by itself with --only:

five    for five minutes of 1080p, H.264 and HEVC with HLG, 1.3 x (raw ffmpeg to its first fragment of the same
        ladder + the listen pass alone)
hour    for an hour not more than for five minutes
stalls  a player that begins then stands still once at most: in Chromium, and by the times at which fragments came

Ours goes the whole way: upload, database, queue, object store, workers, with the original being kept, read and heard
on the other core meanwhile.
"""

import argparse
import base64
import itertools
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

import httpx
import psycopg
from playwright.sync_api import sync_playwright
from psycopg.rows import dict_row

from benchmarks import by_hand, chromium, media
from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, in_turn, keep
from benchmarks.player import stalls
from domain.media import VIDEO_TIMESCALE
from domain.person import Role
from store import credentials
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
_OURS = (
    "Ours: from the moment the last byte is handed to the connection until the database lists fragment 0 "
    "of a picture and of the sound, asked every 20 ms; `passiton serve` on embedded defaults, warm. Where few "
    "cores make all renditions no faster than they play, the smallest picture comes first."
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.first_fragment", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--hours", type=int, default=3, help="runs of an hour's recording; 0 leaves it out")
    parser.add_argument("--watch", type=int, default=40, help="seconds that the player plays")
    parser.add_argument("--only", choices=("five", "hour", "stalls"))
    given = parser.parse_args(arguments)
    with served() as house, psycopg.connect(house.dsn, autocommit=True, row_factory=dict_row) as database:
        person, client = house.person("expert", Role.EXPERT)
        watch = Watch(house, client, database)
        # Once through every step, so that workers have loaded what they keep loaded.
        watch.whole_way(media.beginning(5))
        if given.only in {None, "five"}:
            keep(five(watch, given.runs))
        if given.only == "hour" or (given.only is None and given.hours):
            keep(hour(watch, given.hours or 1))
        if given.only in {None, "stalls"}:
            with house.store.transaction() as tx:
                session = credentials.new_session(tx, person.id, now=datetime.now(UTC))
            keep(stand_still(watch, house.url, session, given.watch))
        client.close()


def five(watch: "Watch", runs: int) -> Result:
    jail = Jail()
    goals: list[Goal] = []
    figures: list[Figure] = []
    for codec, of_length in _CODECS.items():
        source = of_length(_SECONDS)
        found = probe(source, jail)

        def ffmpeg(path: Path = source, hlg: bool = found.hdr is not None) -> float:
            return first_fragment(path, _SECONDS, hlg=hlg)

        def listen(path: Path = source, known: object = found) -> float:
            began = time.monotonic()
            find_pauses(hear(path, known, jail).samples)  # type: ignore[arg-type]
            return time.monotonic() - began

        listen()
        tasks: dict[str, Callable[[], float]] = {
            "ours": partial(watch.first, source),
            "ffmpeg": ffmpeg,
            "listen": listen,
        }
        taken = in_turn(tasks, runs)
        ratio = median(taken["ours"]) / (median(taken["ffmpeg"]) + median(taken["listen"]))
        goals.append(Goal(f"{codec}: last byte to first fragment against ffmpeg + listening", ratio, LIMIT, "x"))
        figures += [
            Figure(f"{codec}: last byte to the first fragment of a picture and the sound", "s", tuple(taken["ours"])),
            Figure(f"{codec}: ffmpeg by hand to its first fragment of every rendition", "s", tuple(taken["ffmpeg"])),
            Figure(f"{codec}: listening alone: decode, loudness, pauses", "s", tuple(taken["listen"])),
        ]
    by_hand_notes = (
        "By hand: one ffmpeg command, fragments of 1, 1, 2, 4, 4 ... s, until the first fragment of all four "
        "pictures and of the sound is whole on disk."
    )
    title = "First fragment of an upload, 5 min of 1080p30 with speech"
    return Result("first_fragment", title, tuple(figures), tuple(goals), (_OURS, by_hand_notes))


def hour(watch: "Watch", runs: int) -> Result:
    goals: list[Goal] = []
    figures: list[Figure] = []
    for codec, of_length in _CODECS.items():
        lengths = {"5 min": of_length(_SECONDS), "an hour": of_length(_HOUR_S)}
        taken = in_turn({length: partial(watch.first, path) for length, path in lengths.items()}, runs)
        ratio = median(taken["an hour"]) / median(taken["5 min"])
        goals.append(Goal(f"{codec}: an hour against five minutes", ratio, LONGER, "x"))
        figures += [
            Figure(f"{codec}, {length}: last byte to the first fragment", "s", tuple(values))
            for length, values in taken.items()
        ]
    notes = (_OURS, "The hour is the same recording again and again, its packets as they are: 3 to 4 GB.")
    title = "First fragment of an upload, an hour against five minutes"
    return Result("first_fragment_hour", title, tuple(figures), tuple(goals), notes)


def stand_still(watch: "Watch", url: str, session: str, seconds: int) -> Result:
    goals: list[Goal] = []
    figures: list[Figure] = []
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for codec, of_length in _CODECS.items():
            source = of_length(_SECONDS)
            watch.upload(source)
            watch.until_listed()
            seen = chromium.stalls(browser, url, session, f"/recordings/{watch.recording}", seconds)
            watch.forget()
            watch.upload(source)
            counted = stalls(watch.playable_over(seconds), seconds)
            watch.forget()
            what = f"{codec}: how often a player that begins then stands still"
            goals += [Goal(f"{what}, in Chromium", len(seen), STALLS), Goal(f"{what}, counted", len(counted), STALLS)]
            figures += [
                Figure(f"{codec}: and for how long, all in all, in Chromium", "s", (sum(seen),)),
                Figure(f"{codec}: and for how long, all in all, counted", "s", (sum(counted),)),
            ]
            print(f"  {codec}: {seen} in Chromium, {counted} counted", flush=True)
        browser.close()
    notes = (
        f"Chromium opens the recording's page when the first fragment is listed, and plays {seconds} s of it at once; "
        "it decodes on the cores that render meanwhile. Counted: `waiting` after the first picture.",
        "Counted: a player that begins with the first fragment and asks for the playlist every 4 s, or 2 s after it "
        "heard of nothing new (RFC 8216, 6.3.4), on the times at which fragments were listed.",
    )
    title = "A player that begins when the first fragment is listed"
    return Result("first_fragment_stalls", title, tuple(figures), tuple(goals), notes)


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

    def first(self, path: Path) -> float:
        """Seconds from a file's last byte to its first fragment. It is deleted afterwards."""
        waited = -self.upload(path) + self.until_listed()
        self.forget()
        return waited

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
