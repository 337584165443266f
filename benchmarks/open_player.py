"""A published clip is changed while somebody watches it: python -m benchmarks.open_player [--runs 5]

The goals, from the moment a curator sends the change: 95 of 100 times the API has answered within 50 ms, and within
500 ms the player that is open shows the clip as it is now, at the moment of the recording where it was. How soon one
that was withdrawn is stopped is told beside it.
"""

import argparse
import itertools
import re
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any
from urllib.parse import urljoin

import httpx
from playwright.sync_api import Page, sync_playwright

from benchmarks import burned
from benchmarks.chromium import launch
from benchmarks.first_frame import SECONDS, furnish
from benchmarks.house import served
from benchmarks.measure import Figure, Goal, Result, in_turn, keep, percentile
from domain.person import Role
from publish_api.access import COOKIE
from store import credentials

API_MS = 50.0
PLAYER_MS = 500.0
MOVES = 20  # a run
WITHDRAWN = 5  # a run
_SETTLED_S = 0.3  # between two changes, for the player to play
_FROM_MS = 12_000  # of the clip: where the player is, and stays within what is left
_PATIENCE_MS = 60_000

# When the picture that the player shows is one of the new clip: it is as long as that, and has been painted.
_CHANGED = """(length_ms) => new Promise((done) => {
    const video = document.querySelector("video");
    const player = document.querySelector("pass-player");
    const look = () => {
        if (Math.abs(video.duration * 1000 - length_ms) < 60 && video.readyState >= 2)
            video.requestVideoFrameCallback(() => done({ms: player.ms, paused: video.paused}));
        else setTimeout(look, 4);
    };
    look();
})"""
_LISTENS = """() => new Promise((done) => {
    const look = () => document.querySelector("pass-player[listens]") ? done() : setTimeout(look, 20);
    look();
})"""
_STOPPED = """() => new Promise((done) => {
    const player = document.querySelector("pass-player");
    const look = () => {
        if (player.hasAttribute("gone")) done(player.querySelector(".trouble").textContent);
        else setTimeout(look, 4);
    };
    look();
})"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.open_player", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args(arguments)
    keep(measure(given.runs))


def measure(runs: int) -> Result:
    with served("--no-worker") as house, sync_playwright() as playwright:
        _, clip, _ = furnish(house, burned.recording(0, SECONDS, fps=30, size=(854, 480)))
        _, curator = house.person("head", Role.CURATOR)
        learner, _ = house.somebody("learner", Role.LEARNER)
        with house.store.transaction() as tx:
            session = credentials.new_session(tx, learner.id, now=datetime.now(UTC))
        browser = launch(playwright)
        context = browser.new_context(base_url=house.url, service_workers="block")
        context.add_cookies([{"name": COOKIE, "value": session, "url": house.url}])
        context.set_default_timeout(_PATIENCE_MS)
        page = context.new_page()
        bench = _Bench(page, curator, clip)

        def moves() -> list[tuple[float, float]]:
            bench.open()
            return [bench.move() for _ in range(MOVES)]

        def withdrawals() -> list[float]:
            return [bench.withdraw() for _ in range(WITHDRAWN)]

        moved = in_turn({"moves": moves}, runs)["moves"]
        stopped = in_turn({"withdrawals": withdrawals}, runs)["withdrawals"]
        curator.close()
        browser.close()

    api = [[1000 * times[0] for times in each] for each in moved]
    shown = [[1000 * times[1] for times in each] for each in moved]
    gone = [1000 * each for run in stopped for each in run]
    answered, seen = (list(itertools.chain.from_iterable(each)) for each in (api, shown))
    return Result(
        name="open_player",
        title="A clip is changed while somebody watches it",
        goals=(
            Goal(
                f"bound moved: the API has answered, p95 of {len(answered)}", percentile(answered, 0.95), API_MS, "ms"
            ),
            Goal(f"and an open player shows it, p95 of {len(seen)}", percentile(seen, 0.95), PLAYER_MS, "ms"),
        ),
        figures=(
            Figure("bound moved: the API has answered, median of a run", "ms", tuple(map(median, api))),
            Figure("an open player shows it, median of a run", "ms", tuple(map(median, shown))),
            Figure("an open player shows it, slowest of a run", "ms", tuple(map(max, shown))),
            Figure("withdrawn: an open player has stopped", "ms", tuple(gone)),
        ),
        notes=(
            "From the moment the change is sent. Shown: the video lasts as long as the clip now does, goes on within a "
            "second of the moment of the recording where it was, and a picture of it has been painted "
            "(requestVideoFrameCallback); with what it takes to tell this program.",
            "Bounds are moved from keyframe to keyframe of a clip of 45 s of 480 lines, which plays meanwhile.",
        ),
    )


class _Bench:
    """One page with a player, one curator who changes its clip."""

    def __init__(self, page: Page, curator: httpx.Client, clip: str) -> None:
        self._page, self._curator = page, curator
        self._path = f"/api/v1/clips/{clip}"
        self._address = f"/clips/{clip}"
        shown = self._get()
        self._start, self._end = shown["start_ms"], shown["end_ms"]
        self._ends = itertools.cycle([self._nearest(self._end - 8_000), self._end])

    def open(self) -> None:
        self._page.goto(self._address)
        self._page.evaluate(_CHANGED, self._get()["length_ms"])
        self._page.evaluate("(ms) => document.querySelector('pass-player').play({from: ms})", _FROM_MS)
        self._page.evaluate(_LISTENS)

    def move(self) -> tuple[float, float]:
        """Seconds until the API has answered, and until the player shows it."""
        end = next(self._ends)
        self._page.evaluate("(ms) => document.querySelector('pass-player').seek(ms)", _FROM_MS)
        time.sleep(_SETTLED_S)
        change = {"start_ms": self._start, "end_ms": end}
        sent = _Sent(lambda: self._curator.patch(self._path, json=change, headers={"If-Match": "*"}))
        shown = self._page.evaluate(_CHANGED, end - self._start)
        seen = time.perf_counter()
        began, answered = sent.times()
        if abs(shown["ms"] - _FROM_MS) > 1000 * (seen - began + _SETTLED_S) + 1000 or shown["paused"]:
            raise SystemExit(f"The player went to {shown['ms']} ms, or stopped: it should go on near {_FROM_MS}.")
        return answered - began, seen - began

    def withdraw(self) -> float:
        """Seconds until a player that is open has stopped. It is published again afterwards."""
        self.open()
        sent = _Sent(lambda: self._curator.delete(f"{self._path}/publication"))
        said = self._page.evaluate(_STOPPED)
        seen = time.perf_counter()
        if "taken back" not in said:
            raise SystemExit(f"The player said: {said}")
        began, _ = sent.times()
        self._curator.put(f"{self._path}/publication").raise_for_status()
        return seen - began

    def _nearest(self, at_ms: int) -> int:
        """The keyframe nearest to a moment of the recording, in the clip as it is."""
        address = f"{self._path}/play.m3u8"
        master = self._curator.get(address).raise_for_status().text
        first = next(line for line in master.splitlines() if line and not line.startswith("#"))
        text = self._curator.get(urljoin(address, first)).raise_for_status().text
        ends = itertools.accumulate(float(length) for length in re.findall(r"#EXTINF:([\d.]+)", text))
        nearest: int = min((self._start + round(1000 * end) for end in ends), key=lambda end: abs(end - at_ms))
        return nearest

    def _get(self) -> dict[str, Any]:
        found: dict[str, Any] = self._curator.get(self._path).raise_for_status().json()
        return found


class _Sent:
    """A request on a thread of its own, sent a moment from now: this one waits for the browser meanwhile."""

    def __init__(self, send: Any) -> None:
        self._send = send
        self._times: list[float] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def times(self) -> tuple[float, float]:
        """When it was sent, and when it was answered."""
        self._thread.join()
        began, answered = self._times
        return began, answered

    def _run(self) -> None:
        time.sleep(0.05)
        self._times.append(time.perf_counter())
        self._send().raise_for_status()
        self._times.append(time.perf_counter())


if __name__ == "__main__":
    main()
