"""What Chromium shows and is fed of recordings whose pictures say which they are (burned.py).

A picture is read together with its own time: `new VideoFrame(video)` is one frame, its pixels and its timestamp, where
a canvas and `currentTime` may be a frame apart on a busy machine.
"""

import base64
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from playwright.sync_api import Browser, Page, Playwright

from benchmarks.burned import BARS, CHECK_BITS, FRAME_BITS
from publish_api.access import COOKIE

PATIENCE_MS = 120_000
_ARGUMENTS = ("--no-sandbox", "--autoplay-policy=no-user-gesture-required")  # started as root there is no sandbox


@dataclass(frozen=True)
class Look:
    """A frame that was shown. `name` is None where its code cannot be read."""

    at_s: float  # its own time
    name: int | None
    frame: int
    width: int

    @classmethod
    def of(cls, seen: dict[str, Any]) -> "Self":
        code = seen["code"]
        said = code >> CHECK_BITS
        good = ~(said ^ said >> 4 ^ said >> 8 ^ said >> 12) & 0xF == code & (1 << CHECK_BITS) - 1
        name = said >> FRAME_BITS if good else None
        return cls(seen["at"] / 1e6, name, said & (1 << FRAME_BITS) - 1, seen["width"])


def launch(playwright: Playwright, *arguments: str) -> Browser:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("There is no Chromium (Debian: chromium-headless-shell); nothing was measured.")
    return playwright.chromium.launch(executable_path=chromium, args=[*_ARGUMENTS, *arguments])


class Watched:
    """A page with a player, opened by whoever has the session."""

    def __init__(self, browser: Browser, url: str, session: str, path: str, script: str = "") -> None:
        self._context = browser.new_context(base_url=url, service_workers="block")
        self._context.set_default_timeout(PATIENCE_MS)
        self._context.add_cookies([{"name": COOKIE, "value": session, "url": url}])
        self.page: Page = self._context.new_page()
        self.page.add_init_script(_WATCH.replace("BARS", str(BARS)) + script)
        self.page.goto(path)
        self.page.evaluate("watch.ready()")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *of: object) -> None:
        self._context.close()

    @property
    def first(self) -> Look:
        """The first frame that was shown, before anybody looked for another."""
        return Look.of(self.page.evaluate("watch.first"))

    def at(self, times: Sequence[float]) -> list[Look]:
        """What is shown where one stops, one moment after the other."""
        return [Look.of(each) for each in self.page.evaluate("(times) => watch.at(times)", list(times))]

    def playing(self, start_s: float, end_s: float, *, switching: bool = False) -> list[Look]:
        """Every frame that was caught while it played. `switching`: through all qualities, another each second."""
        script = "([from, to, switching]) => watch.playing(from, to, switching)"
        seen = self.page.evaluate(script, [start_s, end_s, switching])
        return [Look.of(each) for each in seen]

    def last(self) -> Look:
        """What stands there when it has been played to its end."""
        return Look.of(self.page.evaluate("watch.last()"))

    def switched(self, times: Sequence[float]) -> list[Look]:
        """As `at`, in another quality each time, in turn, chosen as the player chooses it."""
        return [Look.of(each) for each in self.page.evaluate("(times) => watch.switched(times)", list(times))]

    def fed(self) -> list[tuple[float, bytes]]:
        """The sound that was put into its buffers: offset in seconds, bytes."""
        return [(each["offset"], base64.b64decode(each["bytes"])) for each in self.page.evaluate("watch.fed()")]

    def decoded(self, data: bytes, seconds: float) -> list[float]:
        """The beginning of a sound as this browser decodes it, at 48 kHz."""
        said = base64.b64encode(data).decode()
        found: list[float] = self.page.evaluate("([data, seconds]) => watch.decoded(data, seconds)", [said, seconds])
        return found


def stalls(browser: Browser, url: str, session: str, path: str, seconds: float) -> list[float]:
    """How long a page's player stood still, each time, from its first picture until it has played so far.

    It is begun as soon as there is one; the page is one that is still being rendered.
    """
    context = browser.new_context(base_url=url, service_workers="block")
    context.set_default_timeout(5 * PATIENCE_MS)
    context.add_cookies([{"name": COOKIE, "value": session, "url": url}])
    page = context.new_page()
    page.goto(path)
    found: list[float] = page.evaluate(_STALLS, seconds)
    context.close()
    return found


_STALLS = """async (seconds) => {
    const after = (ms) => new Promise((done) => setTimeout(done, ms));
    let player;
    while (!(player = document.querySelector("pass-player"))?.video) await after(20);
    const {video} = player;
    const stood = [];
    let since = null;
    let begun = false;
    video.addEventListener("playing", () => {
        if (since !== null) stood.push((performance.now() - since) / 1000);
        since = null;
        begun = true;
    });
    video.addEventListener("waiting", () => (since ??= begun ? performance.now() : null));
    player.play();
    while (video.currentTime < seconds) await after(50);
    return stood;
}"""

_WATCH = """
window.watch = (() => {
    const appended = [];
    const add = MediaSource.prototype.addSourceBuffer;
    MediaSource.prototype.addSourceBuffer = function (type) {
        const buffer = add.call(this, type);
        buffer.holds = type;
        return buffer;
    };
    const append = SourceBuffer.prototype.appendBuffer;
    SourceBuffer.prototype.appendBuffer = function (data) {
        const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
        if (this.holds.startsWith("audio")) appended.push({offset: this.timestampOffset, bytes: bytes.slice()});
        return append.call(this, data);
    };

    const canvas = new OffscreenCanvas(BARS * 8, 4);
    const paper = canvas.getContext("2d", {willReadFrequently: true});
    const video = () => document.querySelector("video");
    const player = () => document.querySelector("pass-player");
    const once = (event) => new Promise((done) => video().addEventListener(event, done, {once: true}));
    const painted = () => new Promise((done) => video().requestVideoFrameCallback(done));
    const after = (ms) => new Promise((done) => setTimeout(done, ms));

    function look() {
        const frame = new VideoFrame(video());
        const {displayWidth: width, displayHeight: height, timestamp: at} = frame;
        paper.drawImage(frame, 0, height * 0.2, width, height * 0.1, 0, 0, canvas.width, canvas.height);
        frame.close();
        const {data} = paper.getImageData(0, 2, canvas.width, 1);
        let code = 0;
        for (let bar = 0; bar < BARS; bar++) code = code * 2 + (data[(bar * 8 + 4) * 4] > 128 ? 1 : 0);
        return {code, at, width};
    }

    // What is shown is looked at when it has the time that was asked for; one that never has is given back as it is.
    async function stop(at) {
        const there = Promise.all([once("seeked"), painted()]);
        video().currentTime = at;
        await Promise.race([there, after(1000)]); // the same frame is not painted twice
        const until = performance.now() + 5000;
        for (;;) {
            const seen = look();
            const late = at - seen.at / 1e6;
            if ((!video().seeking && late >= 0 && late < 0.05) || performance.now() > until) return seen;
            await after(10);
        }
    }

    async function at(times) {
        video().pause();
        const seen = [];
        for (const time of times) seen.push(await stop(time));
        return seen;
    }

    // In order: hls.js numbers them by their bytes.
    const qualities = () => player().source.hls.levels.map((_, i) => i);

    async function switched(times) {
        video().pause();
        const seen = [];
        for (const [i, time] of times.entries()) {
            player().source.hls.nextLevel = qualities()[i % qualities().length];
            await after(300); // what was loaded is being forgotten: nobody chooses and moves at the same instant
            seen.push(await stop(time));
        }
        return seen;
    }

    async function playing(from, to, switching) {
        await at([from]);
        const seen = [];
        const over = new Promise((done) => {
            const next = () => {
                seen.push(look());
                if (video().currentTime >= to || video().ended) done();
                else video().requestVideoFrameCallback(next);
            };
            video().requestVideoFrameCallback(next);
            video().addEventListener("ended", done, {once: true});
        });
        let turn = 0;
        const another = () => (player().source.hls.nextLevel = qualities()[turn++ % qualities().length]);
        const timer = switching && setInterval(another, 1000);
        await video().play();
        await over;
        clearInterval(timer);
        video().pause();
        return seen;
    }

    async function last() {
        await at([video().duration - 1.5]);
        const ended = once("ended");
        await video().play();
        await ended;
        await after(100);
        return look();
    }

    async function decoded(data, seconds) {
        const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
        const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes.buffer);
        return [...sound.getChannelData(0).subarray(0, seconds * 48000)];
    }

    function coded(bytes) {
        let text = "";
        for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
        return btoa(text);
    }

    const self = {
        at, switched, playing, last, decoded,
        fed: () => appended.map(({offset, bytes}) => ({offset, bytes: coded(bytes)})),
        ready: async () => { while (video().readyState < 2 || !self.first) await after(20); },
    };
    addEventListener("DOMContentLoaded", () => video()?.requestVideoFrameCallback(() => (self.first = look())));
    return self;
})();
"""
