"""Everything that a viewer can reach, walked: nothing of it is from outside the published parts.

Pages, lists, playlists and captions are read and followed, and every address of the API is tried with every name
that they give away; every picture is decoded, every sound heard, every word read.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi.testclient import TestClient

from domain.clip import Part
from domain.comment import CommentKind
from domain.cover import Box, Hidden
from domain.span import Span
from domain.track import TrackCue
from pipeline import edges
from pipeline.step import Tools
from publish_api.app import create_app
from publish_api.services import Services
from store import clips, comments, covers, credentials, recalls, spaces, tracks
from store.folder import Folder
from store.objects import Objects
from tests.browser.film import Film, Shown
from tests.conftest import People
from tests.publish_api import walked
from tests.publish_api.conftest import Ask
from transcode.jail import Jail

# Of the recording, what its published clips show, keyframes lying every 2 s. The first lost what was recalled, and
# what came after that was too short to stay.
SHOWN = (Span(2_000, 5_000), Span(9_000, 13_000), Span(15_000, 18_000))
RECALLED = Span(5_000, 5_400)
MUTED = Span(12_000, 12_500)
COVERED = Span(16_000, 16_400)  # all of the picture, which is then read as frame 0
WORDS = [word for word in walked.words_of(SHOWN).split() if word != "mike"]  # which is said from 12.1 s on
WORDS_OUTSIDE = set(walked.WORDS) - set(WORDS)
SECRET = "said of what nobody may see"
_LINK = re.compile(
    r"""(?:href|src|action|poster|URI|src)=["']([^"']+)["']|"(/[^"\s<>]+)"|^([^#<\s"]+\.(?:m3u8|vtt)|/\S+)$""", re.M
)


@pytest.fixture(scope="session")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Film:
    folder = tmp_path_factory.mktemp("counted")
    folder.chmod(0o755)  # the jail's user reads it
    return walked.shoot(folder)


@pytest.fixture
def shown(services: Services, people: People, counted: Film, tmp_path: Path) -> Shown:
    """Two clips published, one of two parts; a draft; one that was withdrawn. Some of it recalled, some muted, some
    covered, and all to be taken along; with the edges that they need.
    """
    spans = (Span(2_000, 6_000), Span(6_000, 8_000), Span(8_000, 10_000), Span(18_000, 20_000))
    made = walked.put_in(services, counted, people.expert, *spans)
    first, draft, second, withdrawn = made.clips
    with services.store.transaction() as tx:
        read = [
            TrackCue(s.start_ms, s.end_ms, (s.text,), Span(s.start_ms, s.end_ms)) for s in walked.TRANSCRIPT.sentences
        ]
        tracks.put(tx, made.recording.id, "es", read, filename="", by=people.expert.id, now=services.now())
        parts = [Part(made.recording.id, made.recording.public_id, span) for span in SHOWN[1:]]
        clips.change(tx, second.id, version=1, now=services.now(), parts=parts)
        for clip in (first, second, withdrawn):
            clips.publish(tx, clip.id, people.curator.id, services.now())
        clips.withdraw(tx, withdrawn.id)
        for clip, at_ms, text in ((first, 3_000, "said of what all see"), (draft, 7_000, SECRET)):
            comments.add(
                tx, clip=clip, author_id=people.curator.id, recording_id=made.recording.id, at_ms=at_ms,
                kind=CommentKind.QUESTION, text=text, reply_to=None, now=services.now(),
            )  # fmt: skip
        recalls.make(tx, made.recording.id, RECALLED, "Wrong.", by=people.curator.id, now=services.now())
        for hides in (Hidden(MUTED), Hidden(COVERED, Box(0, 0, 1000, 1000))):
            covers.make(tx, made.recording.id, hides, by=people.curator.id, now=services.now())
        spaces.allow_downloads(tx, made.recording.space_id, True)
    tools = SimpleNamespace(store=services.store, objects=services.objects, jail=Jail(), scratch=tmp_path)
    edges.make_lacking(cast(Tools, tools), made.recording.id, lambda: False, services.now)
    return replace(made, clips=(first, second, draft, withdrawn))


@dataclass
class Walk:
    """Everything that was answered with 200, by address, and every address that was refused."""

    client: TestClient
    answers: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def follow(self, *begin: str) -> None:
        waiting = list(begin)
        while waiting:
            url = waiting.pop()
            if url in self.answers or url in self.refused or url.startswith(("/static/", "/sign-")):
                continue
            answer = self.client.get(url)
            if answer.status_code != 200:
                self.refused[url] = answer.status_code
                continue
            self.answers[url] = answer
            if _is_text(answer):
                waiting += _links(url, answer.text)

    def of(self, media_type: str) -> dict[str, bytes]:
        return {u: a.content for u, a in self.answers.items() if a.headers["Content-Type"].startswith(media_type)}

    @property
    def texts(self) -> dict[str, str]:
        return {url: answer.text for url, answer in self.answers.items() if _is_text(answer)}


def test_a_viewer_finds_nothing_from_outside_the_published_parts(
    anybody: TestClient, ask: Ask, people: People, shown: Shown
) -> None:
    walk = _walked(ask(people.learner), anybody.get("/openapi.json").json(), shown)

    pictures = {url: walked.frames_ms(data) for url, data in walk.of("image/jpeg").items()}
    films = {url: walked.frames_ms(data) for url, data in _decodable(walk.of("video/mp4")).items()}
    heard = walk.of("audio/mp4") | {url: data for url, data in walk.of("video/mp4").items() if "/download" in url}
    sounds = {url: walked.steps_ms(data) for url, data in _decodable(heard).items()}
    read = " ".join(walk.texts.values())

    # It was no stroll: all that is published was seen, heard and read ...
    assert len(pictures) >= 5
    assert {ms for found in films.values() for ms in found} >= {2_000, 4_960, 9_000, 12_960, 15_000, 17_960}
    assert 0 in {ms for found in films.values() for ms in found}  # as covered frames are read
    assert {step for found in sounds.values() for step in found} >= {2_000, 4_500, 9_000, 12_500, 15_000, 17_500}
    assert all(re.search(rf"\b{word}\b", read) for word in WORDS)
    assert "said of what all see" in read
    # ... and nothing else.
    assert {url: found for url, found in {**pictures, **films}.items() if not all(map(_is_seen, found))} == {}
    assert {url: found for url, found in sounds.items() if not all(map(_is_heard, found))} == {}
    assert {url: said for url, text in walk.texts.items() if (said := _words_outside(url, text))} == {}
    assert {url for url, text in walk.texts.items() if SECRET in text} == set()
    hidden = [clip.public_id for clip in shown.clips[2:]]
    assert [url for url in walk.answers if any(each in url for each in (*hidden, shown.recording.public_id))] == []
    assert _guesses_that_are_there(walk, anybody) == {}


@pytest.mark.parametrize("home", ["folder", "s3"])
def test_pieces_and_ranges_of_them_are_the_same_wherever_the_bytes_are(
    request: pytest.FixtureRequest, services: Services, people: People, counted: Film, tmp_path: Path, home: str
) -> None:
    objects: Objects = Folder(tmp_path / "home") if home == "folder" else request.getfixturevalue("s3_server").home()
    elsewhere = replace(services, objects=objects)
    made = walked.put_in(elsewhere, counted, people.expert, Span(8_000, 12_000))
    expected = b"".join(landed.runs["54"].data for landed in counted.landed)
    with TestClient(create_app(elsewhere), base_url="https://clips.example") as client:
        with services.store.transaction() as tx:
            client.headers["Authorization"] = f"Bearer {credentials.new_api_token(tx, people.curator.id)}"
        playlist = client.get(f"/api/v1/clips/{made.clips[0].public_id}/play/54.m3u8").text
        url, *_ = re.findall("^/m/.+$", playlist, re.MULTILINE)
        whole, head = client.get(url), client.head(url)
        size = len(whole.content)
        ranges = ["0-", "0-0", "5-99", "-7", f"{size - 1}-{size + 9}", f"{size}-"]
        answers = [client.get(url, headers={"Range": f"bytes={each}"}) for each in ranges]

    assert whole.content in expected
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(size), b"")
    assert [each.status_code for each in answers] == [206, 206, 206, 206, 206, 416]
    assert [each.headers["Content-Range"] for each in answers] == [
        f"bytes {each}/{size}"
        for each in (f"0-{size - 1}", "0-0", "5-99", f"{size - 7}-{size - 1}", f"{size - 1}-{size - 1}", "*")
    ]
    data = whole.content
    assert [each.content for each in answers[:-1]] == [data, data[:1], data[5:100], data[-7:], data[-1:]]


def _walked(learner: TestClient, described: dict[str, Any], shown: Shown) -> Walk:
    """A learner's walk, through pages and API: their token opens both."""
    walk = Walk(learner)
    walk.follow("/", "/api/v1/clips", "/api/v1/search?q=clip", "/api/v1/tags", "/consent")
    walk.follow(*(f"{path}?q={word}" for path in ("/search", "/api/v1/search") for word in walked.WORDS))
    walk.follow(*_tried(described, walk, shown))
    return walk


def _guesses_that_are_there(walk: Walk, anybody: TestClient) -> dict[str, int]:
    """Media addresses made of those that were given out: with another MAC, of another rendition, another number."""
    given = [url for url in (*walk.answers, *walk.refused) if url.startswith("/m/")]
    nothing = anybody.get(f"/m/0123456789abcdef/0/{'A' * 22}")
    renditions = {url.split("/")[2] for url in given}
    guessed = set()
    for _, _, rendition, piece, mac in (url.split("/") for url in given):
        guessed.add(f"/m/{rendition}/{piece}/{mac[:-1]}{'A' if mac[-1] != 'A' else 'B'}")
        guessed |= {f"/m/{other}/{piece}/{mac}" for other in renditions - {rendition}}
        guessed |= {f"/m/{rendition}/{n}/{mac}" for n in ("init", "0", "5", "6", "9") if n != piece}
    answers = {url: anybody.get(url) for url in guessed}
    assert len(renditions) == 4
    return {url: each.status_code for url, each in answers.items() if each.content != nothing.content}


def _is_shown(ms: int) -> bool:
    return any(span.covers(ms) for span in SHOWN)


def _is_seen(ms: int) -> bool:
    return ms == 0 or (_is_shown(ms) and not COVERED.covers(ms))


def _is_heard(ms: int) -> bool:
    return _is_shown(ms) and not MUTED.covers(ms)


def _words_outside(url: str, text: str) -> set[str]:
    """Words of the recording that no published part has; but for the one that was looked for here."""
    asked = url.partition("?q=")[2]
    return {word for word in WORDS_OUTSIDE - {asked} if re.search(rf"\b{word}\b", text)}


def _decodable(found: dict[str, bytes]) -> dict[str, bytes]:
    """Fragments and edges behind the initialisation that they need; what is a file already as it is."""
    inits = {tuple(url.split("/")[2:4]): data for url, data in found.items() if "init/" in url}
    decodable = {}
    for url, data in found.items():
        if url.startswith("/m/") and "init/" not in url:
            _, _, rendition, piece, _ = url.split("/")
            data = inits.get((rendition, f"{piece}-init"), inits[(rendition, "init")]) + data
        if "init/" not in url:
            decodable[url] = data
    return decodable


def _is_text(answer: Any) -> bool:
    return not answer.headers["Content-Type"].startswith(("image/", "video/", "audio/"))


def _links(url: str, text: str) -> Iterator[str]:
    for found in _LINK.finditer(text):
        link = urlsplit(urljoin(url, html.unescape(next(filter(None, found.groups())))))
        if link.netloc in {"", "clips.example"} and link.path.startswith("/"):
            yield link.path + (f"?{link.query}" if link.query else "")


def _tried(described: dict[str, Any], walk: Walk, shown: Shown) -> Iterator[str]:
    """Every address that is read from, with every name that was given away, and those that were not."""
    given = set(re.findall(r"\b[0-9a-hjkmnp-tv-z]{16}\b", " ".join(walk.texts.values())))
    given |= {shown.recording.public_id, *(clip.public_id for clip in shown.clips)}
    others = {"name": ("108", "54", "audio", "stills", "captions"), "part": ("0", "1", "2"), "language": ("es",)}
    for path, operations in described["paths"].items():
        if "get" not in operations or path.startswith("/m/"):
            continue
        urls = [path.replace("{id}", each) for each in sorted(given)] if "{id}" in path else [path]
        for name, values in others.items():
            urls = [url.replace(f"{{{name}}}", value) for url in urls for value in values]
        yield from dict.fromkeys(url for url in urls if "{" not in url)
