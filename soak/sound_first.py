"""Sound first, measured: python -m soak.sound_first [--seconds 120]

Chromium records in the page with its own false camera and a talk before its microphone, on a line of
1 Mbit/s, with "poor network" chosen. Stop is pressed, then "Keep until Wi-Fi": when is the sound on the
server, when are its words and draft clips, while the picture still waits on the phone? What whole films
weigh and take on such a line says soak.tips.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from playwright.sync_api import Page, Playwright, sync_playwright

from benchmarks import media
from benchmarks.house import House, served
from benchmarks.measure import Figure, Result, keep
from domain.person import Person, Role
from soak import phone
from store.postgres import row

_WARM_S = 8  # of a first tip, after which workers have loaded what they keep loaded
_PATIENCE_S = 300.0
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True)
class Tip:
    """Seconds after stop was pressed; bytes."""

    sound_s: float
    words_s: float
    clips_s: float
    sound_bytes: int
    film_bytes: int
    browser: str


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="soak.sound_first", description=__doc__)
    parser.add_argument("--seconds", type=int, default=120)
    keep(measure(parser.parse_args(arguments).seconds))


def measure(seconds: int) -> Result:
    with served() as house, sync_playwright() as playwright:
        expert, client = house.person("expert", Role.EXPERT)
        _tip(house, expert, client, playwright, _WARM_S)
        tip = _tip(house, expert, client, playwright, seconds)
        client.close()
    return Result(
        name="soak_sound_first",
        title=f"A tip of {seconds} s at 1 Mbit/s, its sound first",
        goals=(),
        figures=(
            Figure("its sound", "MB", (tip.sound_bytes / 1e6,)),
            Figure("stop pressed, to the sound on the server", "s", (tip.sound_s,)),
            Figure("stop pressed, to its words", "s", (tip.words_s,)),
            Figure("stop pressed, to its draft clips", "s", (tip.clips_s,)),
            Figure("its picture, which waits on the phone", "MB", (tip.film_bytes / 1e6,)),
        ),
        notes=(
            f"{tip.browser}, throttled by its own tools to {phone.LINE_BYTES_S} bytes/s and {phone.DELAY_MS} ms. A "
            "person takes a moment between Stop and Keep; here it is none. Browser, server, workers share the machine.",
            "The false camera's picture is easily compressed: what a real film weighs and takes is in soak_tips.",
        ),
    )


def _tip(house: House, expert: Person, client: httpx.Client, playwright: Playwright, seconds: int) -> Tip:
    """Recorded, kept for Wi-Fi, and waited for until its draft clips are there."""
    known = {each["id"] for each in _recordings(client)}
    with phone.signed_in(house, expert, playwright, hears=media.talk(seconds)) as context:
        page = phone.record_page(context, slow=True, sound_first=True)
        phone.film(page, seconds)
        stopped = time.time()
        phone.stop(page)
        page.get_by_role("button", name="Keep until Wi-Fi").click()
        found = _ready(client, page, known)
        browser = phone.called(context)
    with house.store.transaction() as tx:
        weighs = row(tx, "select byte_size, film_bytes from recording where public_id = %s", [found["id"]])
    assert weighs is not None
    steps = {step["name"]: datetime.fromisoformat(step["finished_at"]).timestamp() for step in found["steps"]}
    return Tip(
        datetime.fromisoformat(found["created_at"]).timestamp() - stopped,
        steps["transcribe"] - stopped,
        steps["cut"] - stopped,
        weighs["byte_size"],
        weighs["film_bytes"] or 0,
        browser,
    )


def _ready(client: httpx.Client, page: Page, known: set[str]) -> dict[str, Any]:
    """The recording that is new, once every step of it is done."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        page.wait_for_timeout(_LOOK_EVERY_S * 1000)  # the browser's events are heard meanwhile
        for each in _recordings(client):
            if each["id"] not in known and each["film"] == "awaited" and each["status"] == "ready":
                return each
    raise SystemExit("The sound did not become clips; nothing was measured.")


def _recordings(client: httpx.Client) -> list[dict[str, Any]]:
    return list(client.get("/api/v1/recordings").json()["items"])


if __name__ == "__main__":
    main()
