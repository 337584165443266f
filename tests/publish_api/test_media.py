"""Media addresses: who has one has the piece; nobody makes one up."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from publish_api import media as media_route
from publish_api import quiet
from publish_api.app import create_app
from publish_api.media import byte_range, media_url, sign
from publish_api.services import Services
from store import media
from store.folder import Folder
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.material import Made

TODAY = date(2031, 5, 6)
EXPECTED_MAC = "BYLdcxchB_Enb9GVRqZaNA"


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


def test_the_mac_is_half_an_hmac_of_rendition_piece_and_day() -> None:
    # printf '0123456789abcdef/7/2031-05-06' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b..0b -binary \
    # | head -c 16 | base64 | tr +/ -_
    assert sign(b"\x0b" * 32, "0123456789abcdef", "7", TODAY) == EXPECTED_MAC
    assert media_url(b"\x0b" * 32, "0123456789abcdef", "7", TODAY) == f"/m/0123456789abcdef/7/{EXPECTED_MAC}"


def test_a_piece_needs_nobody_to_be_signed_in_and_can_be_kept_for_a_day(
    anybody: TestClient, services: Services, made: Made
) -> None:
    answer = anybody.get(_url(services, made, "270", "3"))

    assert answer.text == f"270 3 of {made.id}"
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Cache-Control"] == "public, max-age=86400, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "Set-Cookie" not in answer.headers


def test_head_says_how_long_a_piece_is_without_reading_it(
    anybody: TestClient, services: Services, made: Made, objects: Folder
) -> None:
    url = _url(services, made, "480", "0")
    with services.store.transaction() as tx:
        objects.delete(media.object_keys(tx, made.recording.id))

    head, get = anybody.head(url), anybody.get(url)

    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "25", b"")
    assert get.status_code == 503


def test_every_mac_but_todays_and_yesterdays_looks_like_nothing(
    anybody: TestClient, services: Services, made: Made
) -> None:
    rendition, key = _rendition(services, made, "480"), made.recording.media_key
    good, nothing = sign(key, rendition, "0", TODAY), anybody.get(f"/m/0123456789abcdef/0/{'A' * 22}")

    statuses = {
        mac: anybody.get(f"/m/{rendition}/0/{mac}")
        for mac in (
            good[:-1],
            good + "A",
            good.swapcase(),
            sign(key, rendition, "1", TODAY),
            sign(bytes(32), rendition, "0", TODAY),
            sign(key, rendition, "0", date(2031, 5, 7)),
            sign(key, rendition, "0", date(2031, 5, 4)),
            "ä",
            "-",
        )
    }

    assert {answer.status_code for answer in statuses.values()} == {404}
    assert {answer.content for answer in statuses.values()} == {nothing.content}
    assert anybody.get(f"/m/{rendition}/0/{good}").status_code == 200
    assert anybody.get(f"/m/{rendition}/0/{sign(key, rendition, '0', date(2031, 5, 5))}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "clips/{clip}/publication", None),
        ("DELETE", "clips/{clip}", None),
        ("POST", "clips/{clip}/takedowns", {"words": "I am in this."}),
        ("POST", "recordings/{recording}/recalls", {"start_ms": 0, "end_ms": 1_000, "reason": "Wrong."}),
        ("DELETE", "recordings/{recording}", None),
    ],
)
def test_what_was_taken_back_is_refused_at_once(
    ask: Ask, anybody: TestClient, people: People, services: Services, made: Made, method: str, path: str, body: object
) -> None:
    clip = material.published(services, made, people.curator)
    urls = [_url(services, made, name, "3") for name in ("480", "audio", "stills")]
    before = [anybody.get(url).status_code for url in urls]

    taken_back = ask(people.curator).request(
        method, f"/api/v1/{path.format(clip=clip.public_id, recording=made.id)}", json=body
    )

    assert taken_back.is_success
    assert (before, [anybody.get(url).status_code for url in urls]) == ([200] * 3, [404] * 3)


@pytest.mark.parametrize(
    "piece",
    [
        "10",
        "-1",
        "00",
        "٣",
        "2147483648",
        "999999999999",
        "init.mp4",
        "1e3",
        "%00",
        "e0-4800",
        "e4800-0",
        "e0-4800-init",
        "e00-1",
        "e0-٣",
        "e0-9999999999999999999",
    ],
)
def test_a_piece_that_does_not_exist_is_not_there_even_signed(
    anybody: TestClient, services: Services, made: Made, piece: str
) -> None:
    answer = anybody.get(_url(services, made, "480", piece))

    assert answer.status_code == 404


def test_stills_have_no_init_segment(anybody: TestClient, services: Services, made: Made) -> None:
    assert anybody.get(_url(services, made, "stills", "init")).status_code == 404
    assert anybody.get(_url(services, made, "stills", "0")).headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-", (0, 10)),
        ("bytes=0-0", (0, 1)),
        ("bytes=3-5", (3, 3)),
        ("bytes=3-99", (3, 7)),
        ("bytes=9-", (9, 1)),
        ("bytes=-4", (6, 4)),
        ("bytes=-99", (0, 10)),
        ("bytes=5-3", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("bytes=a-b", None),
        ("bytes=٣-٤", None),
        ("items=0-1", None),
    ],
)
def test_one_range_of_bytes_is_understood_and_the_rest_passed_over(
    header: str | None, expected: tuple[int, int] | None
) -> None:
    assert byte_range(header, 10) == expected


def test_ranges_of_a_piece(anybody: TestClient, services: Services, made: Made) -> None:
    url = _url(services, made, "480", "0")
    whole = anybody.get(url).content

    part = anybody.get(url, headers={"Range": "bytes=4-7"})
    of_init = anybody.get(_url(services, made, "480", "init"), headers={"Range": "bytes=-3"})
    outside = anybody.get(url, headers={"Range": "bytes=25-"})
    empty = anybody.get(url, headers={"Range": "bytes=-0"})
    conditional = anybody.get(url, headers={"Range": "bytes=4-7", "If-Range": '"x"'})
    of_this = anybody.get(url, headers={"Range": "bytes=4-7", "If-Range": part.headers["ETag"]})
    several = anybody.get(url, headers={"Range": "bytes=0-1,4-7"})
    head = anybody.head(url, headers={"Range": "bytes=4-7"})

    assert (part.status_code, part.content) == (206, whole[4:8])
    assert part.headers["Content-Range"] == "bytes 4-7/25"
    assert part.headers["Content-Length"] == "4"
    assert (of_init.content, of_init.headers["Content-Range"]) == (b"480", "bytes 8-10/11")
    assert (outside.status_code, outside.headers["Content-Range"]) == (416, "bytes */25")
    assert outside.json()["error"]["code"] == "bad_range"
    assert empty.status_code == 416
    assert (conditional.status_code, conditional.content) == (200, whole)
    assert (of_this.status_code, of_this.content) == (206, whole[4:8])
    assert (several.status_code, several.content) == (200, whole)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "25", b"")


def test_a_long_piece_is_read_a_part_at_a_time(
    anybody: TestClient, services: Services, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = _url(services, made, "480", "0")
    whole = anybody.get(url)
    read: list[int] = []
    get_range = Folder.get_range

    def noted(self: Folder, key: str, offset: int, size: int) -> bytes:
        read.append(size)
        return get_range(self, key, offset, size)

    monkeypatch.setattr(Folder, "get_range", noted)
    monkeypatch.setattr(media_route, "CHUNK", 10)

    again = anybody.get(url)
    part = anybody.get(url, headers={"Range": "bytes=3-13"})

    assert (again.content, again.headers["Content-Length"], again.headers["ETag"]) == (
        whole.content,
        "25",
        whole.headers["ETag"],
    )
    assert (part.content, part.headers["Content-Length"]) == (whole.content[3:14], "11")
    assert read == [10, 10, 5, 10, 1]


def test_who_has_a_piece_already_is_told_so(anybody: TestClient, services: Services, made: Made) -> None:
    url = _url(services, made, "480", "0")
    tags = [anybody.get(each).headers["ETag"] for each in (url, _url(services, made, "480", "1"))]

    same, other = (anybody.get(url, headers={"If-None-Match": f'"x", W/{tag}'}) for tag in tags)

    assert tags[0] != tags[1]
    assert (same.status_code, same.content, same.headers["Cache-Control"]) == (
        304,
        b"",
        "public, max-age=86400, immutable",
    )
    assert (other.status_code, len(other.content)) == (200, 25)


def test_an_object_store_that_is_away_is_said_so(anybody: TestClient, services: Services, made: Made) -> None:
    url = _url(services, made, "480", "0")
    with services.store.transaction() as tx:
        key = next(key for key in media.object_keys(tx, made.recording.id) if "/480/" in key)
    services.objects.delete([key])
    gone = anybody.get(url)
    services.objects.put_bytes(key, b"short")
    short = anybody.get(url)

    assert (gone.status_code, gone.json()["error"]["code"]) == (503, "no_object")
    assert (short.status_code, short.json()["error"]["code"]) == (503, "short_object")
    assert gone.headers["Cache-Control"] == short.headers["Cache-Control"] == "no-store"


def test_no_mac_is_written_to_the_access_log(
    services: Services, made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    url = _url(services, made, "480", "0")
    server = uvicorn.Server(uvicorn.Config(create_app(services), lifespan="off"))

    with _serving(server) as address:
        answer = httpx.get(f"{address}{url}")

    written = capsys.readouterr().out
    assert answer.status_code == 200
    assert f'"GET {url.rsplit("/", 1)[0]}/- HTTP/1.1" 200' in written
    assert url.rsplit("/", 1)[1] not in written


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/sign-in/abc_DEF-123", "/sign-in/-"),
        ("/sign-in?next=%2F&code=12345678", "/sign-in?next=%2F&code=-"),
        ("/sign-in?token=abc&next=/", "/sign-in?token=-&next=/"),
        ("/api/v1/clips/0123456789abcdef?q=token", "/api/v1/clips/0123456789abcdef?q=token"),
        ("/m/0123456789abcdef/init/abc", "/m/0123456789abcdef/init/-"),
    ],
)
def test_what_is_written_of_a_path(path: str, written: str) -> None:
    assert quiet.masked(path) == written


@contextmanager
def _serving(server: uvicorn.Server) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"  # what connects early waits in its queue
    finally:
        server.should_exit = True
        thread.join()


def _rendition(services: Services, made: Made, name: str) -> str:
    with services.store.transaction() as tx:
        rendering = media.rendering(tx, made.recording.id)
    assert rendering is not None
    return next(state.public_id for state in rendering.renditions if state.rendition.name == name)


def _url(services: Services, made: Made, name: str, piece: str) -> str:
    return media_url(made.recording.media_key, _rendition(services, made, name), piece, TODAY)
