"""Where something was filmed, and with what, is in nothing that anybody is served.

A file is made with all that phones and browsers write into theirs, rendered for real, published, and every
address that its owner's or a learner's player and pages name is fetched and searched.
"""

import io
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from urllib.parse import urljoin

import av
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from domain.media import KeyframePlan
from domain.person import Person
from publish_api.services import Services
from tests.browser import film
from tests.browser.film import Film
from tests.conftest import People
from tests.publish_api.conftest import Ask
from tests.publish_api.material import PLAN
from tests.publish_api.pages.conftest import Browse
from tests.transcode.media import AAC, H264, ffmpeg
from transcode.download import Part, Track, join_mp4
from transcode.jail import Jail
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render

PLACE = "+48.1351+011.5820+519.000/"
FILMED = datetime(2027, 2, 3, 4, 5, 6, tzinfo=UTC)
APPLE = {
    "com.apple.quicktime.location.ISO6709": PLACE,
    "com.apple.quicktime.make": "Applelike",
    "com.apple.quicktime.model": "Telephone 15 Pro",
    "com.apple.quicktime.software": "99.4.1",
    "com.apple.quicktime.creationdate": "2027-02-03T05:05:06+0100",
    "com.apple.quicktime.content.identifier": "5AB0C0DE-1234",
}
PLAIN = {
    "location": PLACE,
    "location-eng": PLACE,
    "title": "Filmed at home",
    "artist": "Nora Nurse",
    "comment": "Ward of the third floor",
    "description": "Bed 12",
    "creation_time": FILMED.isoformat(),
    "encoder": "Camera of mine",
}
CREATED = int(FILMED.timestamp() + 2_082_844_800).to_bytes(4, "big")  # as headers count: in seconds since 1904
LOCI = struct.pack(">ii", int(11.5820 * 65536), int(48.1351 * 65536))
SECRETS = [
    b"48.1351", b"011.5820", b"Applelike", b"Telephone 15", b"99.4.1", b"5AB0C0DE", b"com.apple", b"2027-02-03",
    b"Filmed at home", b"Nora Nurse", b"third floor", b"Bed 12", b"Lens of mine", b"Chapter of mine",
    b"BrowserEngine", b"IMG_4711",
    CREATED, LOCI,
]  # fmt: skip


@dataclass(frozen=True)
class Made:
    path: Path
    secrets: frozenset[bytes]  # those that are in it: else searching for them would prove nothing


def iphone(folder: Path) -> Made:
    """A .mov with a place, a maker, a model, times, chapters and track names, as iPhones write them."""
    chapters = folder / "chapters.txt"
    chapters.write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=9000\ntitle=Chapter of mine\n", encoding="utf-8"
    )
    path = folder / "iphone.mov"
    names = ("-metadata:s:v:0", "handler_name=Lens of mine", "-metadata:s:v:0", f"creation_time={FILMED.isoformat()}")
    ffmpeg(
        *_moving(), "-i", chapters, "-map", "0", "-map", "1", "-map_chapters", "2",
        *H264, *AAC, *_tags({**APPLE, **PLAIN}), *names, "-movflags", "use_metadata_tags", path,
    )  # fmt: skip
    return _made(path)


def android(folder: Path) -> Made:
    """The place in ©xyz, as Android writes it (and older iPhones)."""
    path = folder / "android.mp4"
    ffmpeg(*_moving(), *H264, *AAC, *_tags(PLAIN), "-f", "mov", path)
    assert b"\xa9xyz" in path.read_bytes()
    return _made(path)


def old_phone(folder: Path) -> Made:
    """The place in loci, as 3GPP has it."""
    path = folder / "old.mp4"
    ffmpeg(*_moving(), *H264, *AAC, *_tags(PLAIN), path)
    return _made(path)


def browser(folder: Path) -> Made:
    """A .webm of a browser's recorder: the muxer's name, and tags."""
    path = folder / "recorded.webm"
    codecs = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")
    ffmpeg(*_moving(), *codecs, *_tags({**PLAIN, "encoder": ""}), path)
    data = path.read_bytes()
    [writer] = set(re.findall(rb"Lavf[\d.]{5,12}", data)) or [b""]
    path.write_bytes(data.replace(writer, b"BrowserEngine"[: len(writer)].ljust(len(writer), b"!")))
    return _made(path)


def _moving() -> tuple[str, ...]:
    picture = f"testsrc2=size=180x320:rate=25:duration={film.SECONDS}"
    sound = f"sine=frequency=330:sample_rate=48000:duration={film.SECONDS}"
    return ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound)


def _tags(tags: dict[str, str]) -> list[str]:
    return [part for key, value in tags.items() for part in ("-metadata", f"{key}={value}")]


def _made(path: Path) -> Made:
    data = path.read_bytes()
    return Made(path, frozenset(secret for secret in SECRETS if secret in data))


def rendered(made: Made, plan: KeyframePlan, folder: Path) -> Film:
    jail = Jail()
    found = probe(made.path, jail)
    renditions = ladder(found, (180,))
    return Film(
        made.path,
        found,
        plan,
        renditions,
        tuple(render(made.path, found, plan, renditions, loudness=None, jail=jail, work=folder, listed={})),
    )


@pytest.mark.parametrize(
    ("make", "holds"),
    [
        (iphone, {b"48.1351", b"Telephone 15", b"com.apple", b"5AB0C0DE", b"Lens of mine", b"Chapter of mine"}),
        (android, {b"48.1351", b"Filmed at home", CREATED}),
        (old_phone, {LOCI, b"Filmed at home", b"Nora Nurse", CREATED}),
        (browser, {b"48.1351", b"Nora Nurse", b"third floor"}),
    ],
)
def test_place_device_and_times_are_in_nothing_that_is_served(
    make: Callable[[Path], Made],
    holds: set[bytes],
    services: Services,
    people: People,
    browse: Browse,
    ask: Ask,
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)  # the jail's user reads it
    made = make(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    filmed = rendered(made, PLAN, work)
    shown = film.put_in(services, filmed, people.expert, title="Valves")
    film.publish(services, shown.clips[0], people.curator)
    with services.store.transaction() as tx:
        tx.execute("update recording set filename = 'IMG_4711.MOV' where id = %s", [shown.recording.id])

    learner = served(ask, browse, people.learner, shown)
    owner = served(ask, browse, people.expert, shown)
    taken = download(learner, tmp_path / "clip.mp4")

    assert made.secrets >= holds
    assert len([path for path in learner if path.startswith("/m/")]) >= 6
    assert {kind_of(data) for data in learner.values()} >= {"jpeg", "init", "fragment", "playlist", "captions", "page"}
    assert told(learner | {"download": taken}) == set()
    assert {secret for _, secret in told(owner)} == {b"IMG_4711"}  # one's own file name is for oneself
    for data in learner.values():
        if kind_of(data) == "jpeg":
            assert not Image.open(io.BytesIO(data)).getexif()


def told(files: dict[str, bytes]) -> set[tuple[str, bytes]]:
    return {(path, secret) for path, data in files.items() for secret in SECRETS if secret in data}


def served(ask: Ask, browse: Browse, who: Person, shown: film.Shown) -> dict[str, bytes]:
    """Everything that is named by what somebody may ask for, and its bytes."""
    api, pages = ask(who), browse(who)
    clip, recording = shown.clips[0].public_id, shown.recording.public_id
    starts = [
        *(f"/api/v1/clips/{clip}{rest}" for rest in ("", "/play.m3u8", "/captions.vtt", "/storyboard.vtt")),
        *(f"/api/v1/clips/{clip}{rest}" for rest in ("/poster.jpg", "/comments")),
        *("/api/v1/clips", "/api/v1/search?q=valve", "/api/v1/recordings", "/api/v1/tags"),
        *(f"/api/v1/recordings/{recording}{rest}" for rest in ("", "/echo", "/transcript", "/clips", "/play.m3u8")),
        f"/api/v1/recordings/{recording}/poster.jpg",
    ]
    found: dict[str, bytes] = {}
    _follow(api, starts, found)
    _follow(pages, ["/", f"/clips/{clip}", "/search?q=valve", "/recordings", f"/recordings/{recording}"], found)
    return found


def _follow(client: TestClient, starts: list[str], found: dict[str, bytes]) -> None:
    ahead = list(starts)
    while ahead:
        path = ahead.pop()
        if path in found:
            continue
        answer = client.get(path)
        if answer.status_code in {403, 404}:
            continue
        assert answer.status_code == 200, (path, answer.text)
        found[path] = answer.content
        if kind_of(answer.content) in {"playlist", "captions"}:
            named = re.findall(r'^[^#\s][^\s]*$|URI="([^"]+)"', answer.text, re.MULTILINE)
            lines = [line.split("#")[0] for line in answer.text.splitlines() if line.startswith(("/", "play/"))]
            ahead += [urljoin(path, each) for each in (*filter(None, named), *lines)]


def kind_of(data: bytes) -> str:
    begins = {
        b"\xff\xd8\xff": "jpeg", b"#EXTM3U": "playlist", b"WEBVTT": "captions", b"{": "json", b"\n<!doctype": "page",
        b"<!doctype": "page",
    }  # fmt: skip
    if data[4:8] in {b"ftyp", b"moof", b"styp"}:
        return "init" if data[4:8] == b"ftyp" else "fragment"
    return next((kind for begin, kind in begins.items() if data.startswith(begin)), "other")


def download(learner: dict[str, bytes], path: Path) -> bytes:
    """The clip as one file, from the very fragments that were served."""
    tracks = {}
    for playlist, text in learner.items():
        if "/play/" in playlist and playlist.endswith(".m3u8") and "/clips/" in playlist and b"EXT-X-MAP" in text:
            said = text.decode()
            [init] = re.findall(r'#EXT-X-MAP:URI="([^"]+)"', said)
            fragments = re.findall(r"^/m/\S+$", said, re.MULTILINE)
            tracks[playlist] = Track(learner[init], Fraction(0), lambda names=fragments: map(learner.get, names))
    picture = [t for name, t in tracks.items() if not name.endswith("audio.m3u8")]
    sound = [t for name, t in tracks.items() if name.endswith("audio.m3u8")]
    join_mp4([Part(Fraction(0), [picture[0], sound[0]])], path)
    with av.open(str(path)) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
    return path.read_bytes()
