"""What Chromium shows of a clip with bounds off the keyframes: every frame it should, none that it should not."""

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from domain.clip import Part, Proposal
from domain.media import Encoder, KeyframePlan, Kind, Rendition
from domain.span import Span
from pipeline.edges import make_lacking
from pipeline.step import Tools
from store import clips
from tests.browser import film
from tests.browser.conftest import House, Visit, until
from tests.transcode.media import BITS, numbered, small
from transcode.jail import Jail
from transcode.probe import probe
from transcode.render import render

FPS = 25
PLAN = KeyframePlan(Fraction(FPS), 250, (0, 75, 150, 200))
# No keyframe inside; two edges; two and a whole fragment between them; edges too short to stand alone.
PARTS = ((100, 140), (10, 90), (120, 245), (190, 205))
SHOWN = [frame for start, end in PARTS for frame in range(start, end)]
JOINS_MS = [1600, 4800, 9800]
HALF_AN_AAC_FRAME_S = 512 / 48_000


AV1 = Rendition("108-av1", Kind.VIDEO, 192, 108, 40, 400, Encoder.SVTAV1)


@pytest.fixture(scope="session", params=[(), (AV1,)], ids=["avc1", "av01"])
def numbered_tip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> film.Film:
    """Ten seconds that show the number of each frame, in H.264 alone or in AV1 beside it."""
    folder = tmp_path_factory.mktemp("numbered")
    folder.chmod(0o755)  # the jail's user reads it
    path = numbered(folder / "tip.mp4", PLAN.frames, fps=FPS)
    jail = Jail()
    found, ladder = probe(path, jail), (*small(108, stills=False), *request.param)
    landed = tuple(render(path, found, PLAN, ladder, loudness=None, jail=jail, work=folder))
    return film.Film(path, found, PLAN, ladder, landed)


@pytest.fixture(scope="session")
def silent_tip(tmp_path_factory: pytest.TempPathFactory) -> film.Film:
    folder = tmp_path_factory.mktemp("silent")
    folder.chmod(0o755)
    path = numbered(folder / "tip.mp4", PLAN.frames, fps=FPS, sound=False)
    jail = Jail()
    found, ladder = probe(path, jail), tuple(r for r in small(108, stills=False) if r.kind is Kind.VIDEO)
    landed = tuple(render(path, found, PLAN, ladder, loudness=None, jail=jail, work=folder))
    return film.Film(path, found, PLAN, ladder, landed)


def test_each_frame_of_each_part_is_shown_and_its_sound_with_it(
    house: House, numbered_tip: film.Film, visit: Visit, tmp_path: Path
) -> None:
    services = house.services
    recording = film.arrived(services, numbered_tip, house.people.expert)
    film.land(services, numbered_tip, recording)
    parts = [Part(recording.id, recording.public_id, Span(a * 1000 // FPS, b * 1000 // FPS)) for a, b in PARTS]
    with services.store.transaction() as tx:
        clips.propose(tx, recording, [Proposal(Span(0, 10_000), "Brakes", (), "")], "en")
        (clip,) = clips.clips_of_recording(tx, recording.id, house.people.expert.id)
        clips.change(tx, clip.id, version=1, now=services.now(), parts=parts)
        clips.publish(tx, clip.id, house.people.curator.id, services.now())
    tools = SimpleNamespace(store=services.store, objects=services.objects, jail=Jail(), scratch=tmp_path)
    make_lacking(cast(Tools, tools), recording.id, lambda: False, services.now)

    page = visit(house.people.learner, "/sign-in")
    page.add_init_script(LISTEN_IN)
    page.goto(f"/clips/{clip.public_id}")
    until(page, "document.querySelector('video').readyState >= 2")
    length_s = page.evaluate("document.querySelector('video').duration")
    looked_at = sorted({0, *range(0, len(SHOWN), 6), *_around_bounds(), len(SHOWN) - 1})
    seen = page.evaluate(LOOK, [looked_at, FPS, BITS])
    appended = page.evaluate("window.appended")
    gone_to = page.evaluate(SEEK, JOINS_MS)

    assert seen == [SHOWN[at] for at in looked_at]
    assert length_s == pytest.approx(len(SHOWN) / FPS, abs=0.03)
    picture, sound = (
        sorted({round(each["start"], 6) for each in appended if kind in each["type"]}) for kind in ("video", "audio")
    )
    assert len(picture) == len(sound) == 7
    assert all(join < at < join + 1000 / FPS for join, at in zip(JOINS_MS, gone_to, strict=True))
    codecs = {each["type"].partition("codecs=")[2][:4] for each in appended if "video" in each["type"]}
    assert codecs == {"av01" if AV1 in numbered_tip.renditions else "avc1"}
    assert max(abs(a - b) for a, b in zip(picture, sound, strict=True)) <= HALF_AN_AAC_FRAME_S + 0.001


def test_parts_without_sound_play_as_well_between_parts_with_sound(
    house: House, silent_tip: film.Film, visit: Visit, tip: film.Film
) -> None:
    services = house.services
    silent, told = (film.arrived(services, each, house.people.expert) for each in (silent_tip, tip))
    for each, recording in ((silent_tip, silent), (tip, told)):
        film.land(services, each, recording)
    parts = [
        Part(recording.id, recording.public_id, Span(0, end_ms))
        for recording, end_ms in ((silent, 3_000), (told, 4_000), (silent, 3_000))
    ]
    with services.store.transaction() as tx:
        clips.propose(tx, told, [Proposal(Span(0, 4_000), "Brakes", (), "")], "en")
        (clip,) = clips.clips_of_recording(tx, told.id, house.people.expert.id)
        clips.change(tx, clip.id, version=1, now=services.now(), parts=parts)
        clips.publish(tx, clip.id, house.people.curator.id, services.now())

    page = visit(house.people.learner, f"/clips/{clip.public_id}")
    page.evaluate("document.querySelector('video').muted = true")
    page.evaluate("document.querySelector('pass-player').play()")

    until(page, "document.querySelector('video').currentTime > 9.5")
    assert page.evaluate("document.querySelector('video').duration") == pytest.approx(10, abs=0.1)


def _around_bounds() -> list[int]:
    """Where one part follows another, or a fragment an edge: the last frame before, the first two after."""
    here, bounds = 0, []
    for start, end in PARTS:
        bounds += [here + at - start for at in (start, *(k for k in PLAN.keys if start < k < end), end)]
        here += end - start
    return [at for bound in bounds for at in (bound - 1, bound, bound + 1) if 0 <= at < here]


# When each segment begins that the player puts into its buffers.
LISTEN_IN = """
window.appended = [];
const add = MediaSource.prototype.addSourceBuffer;
MediaSource.prototype.addSourceBuffer = function (type) {
    const buffer = add.call(this, type);
    buffer.passType = type;
    return buffer;
};
const append = SourceBuffer.prototype.appendBuffer;
SourceBuffer.prototype.appendBuffer = function (data) {
    const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 20 < bytes.length && at < 4000; at++) {
        if (String.fromCharCode(...bytes.subarray(at, at + 4)) !== "tfdt") continue;
        const time = bytes[at + 4] ? Number(view.getBigUint64(at + 8)) : view.getUint32(at + 8);
        const scale = this.passType.startsWith("video") ? 120000 : 48000;
        window.appended.push({type: this.passType, start: time / scale + this.timestampOffset});
        break;
    }
    return append.call(this, data);
};
"""

# Where the player goes when it is asked for exactly these milliseconds.
SEEK = """joins => joins.map((ms) => {
    document.querySelector("pass-player").seek(ms);
    return document.querySelector("video").currentTime * 1000;
})"""

# The number that each of these frames of the clip shows.
LOOK = """async ([frames, fps, bits]) => {
    const video = document.querySelector("video");
    video.pause();
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const paper = canvas.getContext("2d", {willReadFrequently: true});
    const seen = [];
    for (const frame of frames) {
        const there = new Promise((done) => video.addEventListener("seeked", done, {once: true}));
        const painted = new Promise((done) => video.requestVideoFrameCallback(done));
        video.currentTime = (frame + 0.5) / fps;
        await Promise.all([there, painted]);
        paper.drawImage(video, 0, 0);
        let number = 0;
        for (let bit = 0; bit < bits; bit++) {
            const x = Math.floor(((bit + 0.5) * canvas.width) / bits);
            number = number * 2 + (paper.getImageData(x, canvas.height / 2, 1, 1).data[0] > 128 ? 1 : 0);
        }
        seen.push(number);
    }
    return seen;
}"""
