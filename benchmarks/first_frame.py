"""From opening a clip to its first frame on a cheap phone: python -m benchmarks.first_frame [--runs 5]

The goal: 2 s. The phone is Chromium with a quarter of this machine's speed, on 4 Mbit/s with 40 ms to the server.
Measured twice: by somebody who has never been here, and by somebody who has watched another clip before, so that
the page's own files are there. Then the clip of 45 s is played to its end, and what came over the network counted.
"""

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from benchmarks import media
from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, in_turn, keep
from domain.clip import Proposal
from domain.consent import TERMS_VERSION
from domain.media import Listening
from domain.person import Role
from domain.span import Span
from pipeline import journey
from publish_api.access import COOKIE
from store import clips, credentials, recordings, renderings, spaces
from store import media as stored
from store.folder import Folder
from transcode.jail import Jail
from transcode.keyframes import plan
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render
from transcode.sound import hear
from transcribe.pauses import find_pauses

LIMIT_S = 2.0
CLIP_MS = 45_000
SLOWER = 4
LATENCY_MS = 40
BYTES_PER_S = 4_000_000 // 8
SECONDS = 64
_FPS = 30
_OTHER_MS = 8_000  # the clip that was watched before
_PHONE = ViewportSize(width=360, height=800)
_PATIENCE_MS = 300_000
_ARGUMENTS = ("--no-sandbox", "--autoplay-policy=no-user-gesture-required")  # started as root there is no sandbox

# The page forbids eval, so that what it is asked for has to be there beforehand. Times count from the navigation.
_WATCH = """
addEventListener("DOMContentLoaded", () => {
    const video = document.querySelector("video");
    const shown = (done) => video.requestVideoFrameCallback((_, frame) => done(frame.presentationTime));
    window.firstFrame = new Promise(shown);
    window.end = new Promise((done) => video.addEventListener("ended", () => done(), {once: true}));
});
"""


@dataclass(frozen=True)
class Watched:
    first_frame_s: float
    page_mb: float  # what the page is made of, posters and playlists too
    media_mb: float  # fragments of pictures and sound
    lines: int  # of the picture at the end


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.first_frame", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args(arguments)
    keep(measure(given.runs))


def measure(runs: int) -> Result:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("There is no Chromium (Debian: chromium-headless-shell); nothing was measured.")
    with served("--no-worker") as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))
        other, clip, session = furnish(house)

        def visit(*before: str) -> Watched:
            return watch(browser, house.url, session, clip, before)

        visit()  # once, so that the server has everything in hand
        taken = in_turn({"never been here": visit, "been here": lambda: visit(other)}, runs)
        browser.close()

    goals, figures = [], []
    for who, watched in taken.items():
        first = Figure(f"{who}: from navigation to the first frame", "s", tuple(w.first_frame_s for w in watched))
        goals.append(Goal(first.what, first.median, LIMIT_S, "s"))
        figures += [
            first,
            Figure(f"{who}: the page and its files", "MB", tuple(w.page_mb for w in watched)),
            Figure(f"{who}: fragments of the whole clip", "MB", tuple(w.media_mb for w in watched)),
            Figure(f"{who}: the picture's shorter side at the end", "pixels", tuple(float(w.lines) for w in watched)),
        ]
    return Result(
        name="first_frame",
        title=f"A clip of {CLIP_MS // 1000} s on a cheap phone",
        goals=tuple(goals),
        figures=tuple(figures),
        notes=(
            f"Chromium, 360 x 800 at two pixels a point, its main thread {SLOWER} x slower; 4 Mbit/s, {LATENCY_MS} ms "
            "to each answer (DevTools protocol). Decoding and the player's worker are not slowed down.",
            "The first frame is the first one presented (requestVideoFrameCallback), counted from the navigation's "
            "beginning. Who has been here has watched another clip of the same recording.",
            "A moving test picture with noise over it, 1080p30, rendered as the house renders: worse to pack than what "
            "phones film.",
        ),
    )


def furnish(house: House, path: Path | None = None) -> tuple[str, str, str]:
    """Public ids of a short clip and of one of 45 s, and the session of somebody who may watch them.

    Of a recording of a minute at least, at 30 frames a second: of 1080p, unless another is given.
    """
    jail, path = Jail(), path or media.recording(180)
    found = probe(path, jail)
    heard = find_pauses(hear(path, found, jail).samples)
    keys = plan(heard, SECONDS * 1000, Fraction(_FPS))
    start = keys.nearest_ms(_OTHER_MS)
    spans = (Span(0, start), Span(start, keys.nearest_ms(start + CLIP_MS)))
    objects, renditions = Folder(house.data / "objects"), ladder(found)
    with tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-") as work:
        made = tuple(render(path, found, keys, renditions, loudness=None, jail=jail, work=Path(work)))
    person, _ = house.person("curator", Role.CURATOR)
    with house.store.transaction() as tx:
        recording, _ = recordings.arrive(
            tx, upload_id="benchmark", space_id=spaces.everyone_space(tx).id, uploader_id=person.id,
            speaker_id=person.id, title="Benchmark", filename="benchmark.mp4", media_type="video/mp4", byte_size=1,
            step_names=journey.NAMES, terms=TERMS_VERSION,
        )  # fmt: skip
        recordings.looked(tx, recording.id, found)
        stored.save_listening(tx, recording.id, Listening(None, tuple(heard), keys))
        rendering = renderings.open_rendering(tx, recording.id, renditions)
        for number, landed in enumerate(made):
            runs = {name: (run.run, f"media/benchmark/{name}/{number}") for name, run in landed.runs.items()}
            for name, (_, key) in runs.items():
                objects.put_bytes(key, landed.runs[name].data)
            renderings.add_landed(tx, rendering, inits=landed.inits, runs=runs)
        renderings.complete_rendering(tx, rendering)
        clips.propose(tx, recording, [Proposal(span, "Benchmark", (), "") for span in spans], "en")
        listed = clips.clips_of_recording(tx, recording.id, person.id)
        for clip in listed:
            clips.publish(tx, clip.id, person.id, datetime.now(UTC))
        return listed[0].public_id, listed[1].public_id, credentials.new_session(tx, person.id, now=datetime.now(UTC))


def watch(browser: Browser, url: str, session: str, clip: str, before: Sequence[str]) -> Watched:
    """A phone that has just been bought opens a clip, other clips before it, and plays it to its end."""
    context = browser.new_context(
        base_url=url, viewport=_PHONE, device_scale_factor=2, is_mobile=True, has_touch=True, service_workers="block"
    )
    context.set_default_timeout(_PATIENCE_MS)
    context.add_cookies([{"name": COOKIE, "value": session, "url": url}])
    page = context.new_page()
    page.add_init_script(_WATCH)
    phone = context.new_cdp_session(page)
    for each in before:
        page.goto(f"/clips/{each}")
        page.evaluate("window.firstFrame")
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    phone.send("Network.enable")
    phone.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_PER_S,
            "uploadThroughput": BYTES_PER_S // 4,
        },
    )
    addresses: dict[str, str] = {}
    received: dict[str, int] = {}
    phone.on("Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]}))
    phone.on("Network.loadingFinished", lambda e: received.update({e["requestId"]: e["encodedDataLength"]}))
    page.goto(f"/clips/{clip}", wait_until="commit")
    page.wait_for_load_state("domcontentloaded")
    first_frame_ms = float(page.evaluate("window.firstFrame"))
    page.evaluate("window.end")
    lines = page.evaluate(
        "Math.min(document.querySelector('video').videoWidth, document.querySelector('video').videoHeight)"
    )
    context.close()
    fragments = sum(size for request, size in received.items() if "/m/" in addresses.get(request, ""))
    return Watched(first_frame_ms / 1000, (sum(received.values()) - fragments) / 1e6, fragments / 1e6, int(lines))


if __name__ == "__main__":
    main()
