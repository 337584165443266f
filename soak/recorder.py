"""The recorder in the page, measured: python -m soak.recorder [--rounds 20] [--seed N]

Chromium records with its own false camera and microphone for a random time. In every other round Stop is pressed:
how long until the server has the last byte? In the others the whole browser is killed (SIGKILL) and started again on
the same profile: does the page offer what was recorded, and how much of it is missing once it is sent?
"""

import argparse
import os
import random
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import av
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, keep
from domain.person import Person, Role
from soak import phone
from store.postgres import row

STOP_LIMIT_S = 1.0
LOST_LIMIT_S = 3.0
_SHORTEST_S, _LONGEST_S = 3.0, 20.0
_PATIENCE_MS = 60_000


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="soak.recorder", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    given = parser.parse_args(arguments)
    keep(measure(given.rounds, given.seed))


def measure(rounds: int, seed: int) -> Result:
    chance = random.Random(seed)
    stopped, lost, recorded = [], [], []
    unoffered = 0
    with served("--no-worker") as house, sync_playwright() as playwright:
        expert, client = house.person("expert", Role.EXPERT)
        client.close()
        for number in range(rounds):
            seconds = chance.uniform(_SHORTEST_S, _LONGEST_S)
            with tempfile.TemporaryDirectory(prefix="passiton-phone-", ignore_cleanup_errors=True) as profile:
                if number % 2 == 0:
                    stopped.append(_stopped(house, expert, playwright, Path(profile), seconds))
                    print(
                        f"{number + 1} of {rounds}: stopped after {seconds:.1f} s, all there {stopped[-1]:.2f} s later"
                    )
                    continue
                found = _killed(house, expert, playwright, Path(profile), seconds)
                recorded.append(found[0])
                unoffered += found[1] is None
                lost.append(found[0] - (found[1] or 0.0))
                print(f"{number + 1} of {rounds}: killed at {found[0]:.1f} s, {lost[-1]:.2f} s of it missing")
    return Result(
        name="soak_recorder",
        title=f"The recorder in the page: {len(stopped)} x Stop, {len(lost)} x the browser killed",
        goals=(
            Goal("Stop pressed, until the page says that all is there, slowest", max(stopped), STOP_LIMIT_S, "s"),
            Goal("missing after the browser was killed, most of all rounds", max(lost), LOST_LIMIT_S, "s"),
            Goal("recordings that were not offered again", unoffered, 0),
        ),
        figures=(
            Figure("Stop pressed, until the page says so", "s", tuple(stopped)),
            Figure("recorded when the browser was killed", "s", tuple(recorded)),
            Figure("of that missing in what arrived", "s", tuple(lost)),
        ),
        notes=(
            "Over loopback, without a throttle: what the page itself takes, and the server.",
            f"Missing: what the page's clock showed at the kill, less the length of what arrived. Seed {seed}.",
        ),
    )  # fmt: skip


def _stopped(house: House, expert: Person, playwright: Playwright, profile: Path, seconds: float) -> float:
    with phone.signed_in(house, expert, playwright, profile=profile) as context:
        page = _recording(context, seconds)
        began = time.monotonic()
        phone.stop(page)
        expect(page.get_by_text("All of it is on the server")).to_be_visible(timeout=_PATIENCE_MS)
        took = time.monotonic() - began
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="It is on the server")).to_be_visible(timeout=_PATIENCE_MS)
    return took


def _killed(
    house: House, expert: Person, playwright: Playwright, profile: Path, seconds: float
) -> tuple[float, float | None]:
    """(seconds recorded, seconds that arrived); None when nothing was offered."""
    with phone.signed_in(house, expert, playwright, profile=profile) as context:
        page = _recording(context, seconds)
        recorded_ms = float(page.evaluate("document.querySelector('pass-recorder').recorder.elapsed"))
        _kill(profile)
    with phone.signed_in(house, expert, playwright, profile=profile) as context:
        page = context.new_page()
        page.goto("/record")
        try:
            expect(page.get_by_text("Your recording was interrupted.")).to_be_visible(timeout=_PATIENCE_MS)
        except AssertionError:
            return recorded_ms / 1000, None
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="It is on the server")).to_be_visible(timeout=_PATIENCE_MS)
    return recorded_ms / 1000, _length_s(house)


def _recording(context: BrowserContext, seconds: float) -> Page:
    page = phone.record_page(context)
    phone.film(page, seconds)
    return page


def _kill(profile: Path) -> None:
    """Every process of the browser on this profile, at once."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            said = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in said:
            os.kill(int(entry.name), signal.SIGKILL)


def _length_s(house: House) -> float:
    """Of the newest upload that arrived."""
    with house.store.transaction() as tx:
        newest = row(tx, "select upload_id from recording order by created_at desc limit 1")
    assert newest is not None
    last = 0.0
    with av.open(str(house.data / "staging" / f"{newest['upload_id']}.part")) as film:
        for packet in film.demux(film.streams.video[0]):
            if packet.pts is not None and packet.time_base is not None:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return last


if __name__ == "__main__":
    main()
