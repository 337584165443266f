"""What a two-minute tip weighs, and how long it takes at 1 Mbit/s: python -m soak.tips [--seconds 120]

Chromium records in the page on such a line, before a camera whose picture is hard to compress, and Send is pressed
as soon as Stop: once sent while it is recorded, once with "poor network" chosen, its sound first and its picture then.
Beside it, reckoned only: the same tip out of a phone's own camera.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import av
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from benchmarks import media
from benchmarks.house import House, served
from benchmarks.measure import Figure, Result, keep
from domain.person import Role
from soak import phone
from store.postgres import row

_CAMERA_BIT_S = 17_128_000  # 1080p at 30 frames a second as phones film it, and its sound
_LOOP_S = 10  # of what the false camera sees
_LOOK_EVERY_MS = 100
_PATIENCE = 5  # times as long as was recorded, and
_MORE_PATIENCE_S = 60


@dataclass(frozen=True)
class Tip:
    """Bytes; seconds after Stop was pressed, the last one after Record."""

    sound_bytes: int  # of a sound that came by itself
    film_bytes: int
    sound_s: float
    all_s: float
    total_s: float
    picture: str  # what it is
    browser: str

    def figures(self, mode: str) -> tuple[Figure, ...]:
        apart = [Figure(f"{mode}: its sound that arrived", "MB", (self.sound_bytes / 1e6,))] if self.sound_bytes else []
        return (
            *apart,
            Figure(f"{mode}: its film that arrived", "MB", (self.film_bytes / 1e6,)),
            Figure(f"{mode}: Stop pressed, to the sound on the server", "minutes", (self.sound_s / 60,)),
            Figure(f"{mode}: Stop pressed, to everything on the server", "minutes", (self.all_s / 60,)),
            Figure(f"{mode}: Record pressed, to everything on the server", "minutes", (self.total_s / 60,)),
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="soak.tips", description=__doc__)
    parser.add_argument("--seconds", type=int, default=120)
    keep(measure(parser.parse_args(arguments).seconds))


def measure(seconds: int) -> Result:
    with served("--no-worker") as house, sync_playwright() as playwright:
        streamed = _tip(house, playwright, "streamed", seconds, sound_first=False)
        apart = _tip(house, playwright, "apart", seconds, sound_first=True)
    camera_bytes = _CAMERA_BIT_S / 8 * seconds
    return Result(
        name="soak_tips",
        title=f"A tip of {seconds} s at 1 Mbit/s",
        goals=(),
        figures=(
            *streamed.figures("sent while it is recorded"),
            *apart.figures("poor network, sound first"),
            Figure("reckoned: a phone's camera, 1080p at 17 Mbit/s", "MB", (camera_bytes / 1e6,)),
            Figure("reckoned: the same at 1 Mbit/s", "minutes", (camera_bytes / phone.LINE_BYTES_S / 60,)),
        ),
        notes=(
            f"{apart.browser}, throttled by its own tools to {phone.LINE_BYTES_S} bytes/s and {phone.DELAY_MS} ms. "
            "A person takes a moment between Stop and Send; here it is none. Browser and server share the machine.",
            f"The false camera shows a test picture that moves, with noise over it. What arrived: {streamed.picture}; "
            f"sound first: {apart.picture}.",
            "Sent while it is recorded, the sound is in the film, and there with its last byte.",
            "Reckoned: 17 Mbit/s and 128 kbit/s of sound times the seconds, over the line. No file was made or sent. "
            "What a phone writes differs by model and by what is in the picture.",
        ),
    )


def _tip(house: House, playwright: Playwright, login: str, seconds: int, *, sound_first: bool) -> Tip:
    """One recorded by somebody new, sent at once, and waited for until all of it is there."""
    expert, client = house.person(login, Role.EXPERT)
    client.close()
    patience_s = _PATIENCE * seconds + _MORE_PATIENCE_S
    heard, seen = media.talk(seconds), media.hands(_LOOP_S)
    with phone.signed_in(house, expert, playwright, hears=heard, sees=seen) as context:
        page = phone.record_page(context, slow=True, sound_first=sound_first)
        began = time.time()
        phone.film(page, seconds)
        stopped = time.time()
        phone.stop(page)
        page.get_by_role("button", name="Send").click()
        first = _first(house, page, expert.id, patience_s)
        expect(page.get_by_role("heading", name="It is on the server")).to_be_visible(timeout=patience_s * 1000)
        ended = time.time()
        browser = phone.called(context)
    last = _recording(house, expert.id)
    assert last is not None
    return Tip(
        first["byte_size"] if sound_first else 0,
        last["byte_size"],
        first["created_at"].timestamp() - stopped,
        ended - stopped,
        ended - began,
        _picture(house, last["upload_id"]),
        browser,
    )


def _first(house: House, page: Page, expert_id: UUID, patience_s: float) -> dict[str, Any]:
    """The recording as soon as it is one: of the sound where that comes first, else of everything."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        found = _recording(house, expert_id)
        if found:
            return found
        page.wait_for_timeout(_LOOK_EVERY_MS)
    says = page.locator("[data-headline]").text_content()
    raise SystemExit(f"There is no recording, and the page says: {says}. Nothing was measured.")


def _recording(house: House, expert_id: UUID) -> dict[str, Any] | None:
    with house.store.transaction() as tx:
        return row(tx, "select byte_size, created_at, upload_id from recording where uploader_id = %s", [expert_id])


def _picture(house: House, upload_id: str) -> str:
    """Codec, size and frames a second of a film that arrived: whether the browser kept up with its camera."""
    with av.open(str(house.data / "staging" / f"{upload_id}.part")) as film:
        stream = film.streams.video[0]
        times = sorted(packet.pts for packet in film.demux(stream) if packet.pts is not None)
        assert stream.time_base is not None
        rate = (len(times) - 1) / float((times[-1] - times[0]) * stream.time_base)
        return f"{stream.codec_context.name} {stream.width} x {stream.height}, {rate:.1f} frames a second"


if __name__ == "__main__":
    main()
