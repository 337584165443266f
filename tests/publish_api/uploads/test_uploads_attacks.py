"""Attacks on a served upload over raw sockets: after each, the staging folder is as it was, to the byte."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from tests.publish_api.uploads.uploading import BYTES, EVA, UPLOADS, Server, answered, until

_EVA = "Authorization: Bearer eva\nTus-Resumable: 1.0.0\n"
_OF_BYTES = "Content-Type: application/offset+octet-stream\n"


@pytest.fixture
def prey(server: Server) -> str:
    """The path of an upload of ten bytes, of which five are here."""
    path = server.create(10)
    server.patch(path, 0, b"01234")
    return path


def contents(server: Server) -> dict[str, tuple[bytes, int, int]]:
    """Every staging file: its bytes, when it was last changed, and which file it is."""
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in server.staging.iterdir()
        if path.suffix in (".part", ".json", ".side")
    }


def status_of(server: Server, request: str, body: bytes = b"") -> int:
    """The status that a request is answered with; 0 when the connection is closed without an answer."""
    connection = server.connect(request, body)
    try:
        head = answered(connection)
    except ConnectionResetError:
        head = ""
    connection.close()
    return int(head.split(" ")[1]) if head else 0


@pytest.mark.parametrize(
    "headers",
    [
        # who is asking
        f"Tus-Resumable: 1.0.0\nUpload-Offset: 5\n{_OF_BYTES}Content-Length: 5",
        f"Authorization: bearer\nTus-Resumable: 1.0.0\nUpload-Offset: 5\n{_OF_BYTES}Content-Length: 5",
        f"Authorization: Basic ZXZh\nTus-Resumable: 1.0.0\nUpload-Offset: 5\n{_OF_BYTES}Content-Length: 5",
        f"Authorization: Bearer carl\nTus-Resumable: 1.0.0\nUpload-Offset: 5\n{_OF_BYTES}Content-Length: 5",
        f"Authorization: Bearer carl\n{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 5",
        # which protocol
        f"Authorization: Bearer eva\nUpload-Offset: 5\n{_OF_BYTES}Content-Length: 5",
        f"Authorization: Bearer eva\nTus-Resumable: 1.0.0, 1.0.0\nUpload-Offset: 5\n{_OF_BYTES}Content-Length: 5",
        # where to
        f"{_EVA}{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: 0\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: 6\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: -5\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: +5\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: 0x5\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: 5.0\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: 5_\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: 5, 5\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: 5\nUpload-Offset: 5\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: 18446744073709551621\n{_OF_BYTES}Content-Length: 5",
        # how much
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 6",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: -1",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 99999999999999999999999",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 5\nContent-Length: 4",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 5\nTransfer-Encoding: chunked",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Transfer-Encoding: gzip, chunked, identity",
        f"{_EVA}Upload-Offset: 5\nUpload-Length: 5\n{_OF_BYTES}Content-Length: 5",
        f"{_EVA}Upload-Offset: 5\nUpload-Length: 11\n{_OF_BYTES}Content-Length: 5",
        # of what
        f"{_EVA}Upload-Offset: 5\nContent-Length: 5",
        f"{_EVA}Upload-Offset: 5\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 5",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Type: video/mp4\nContent-Length: 5",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 5\nUpload-Checksum: sha1",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 5\nUpload-Checksum: md5 AAAA",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 5\nUpload-Checksum: md5 {'A' * 22}==",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 5\nUpload-Checksum: SHA1 {'A' * 27}=",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 5\nUpload-Checksum: ../../etc/passwd AAAA",
        # what HTTP does not allow
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length: 5\nX-Odd: \x00",
        f"{_EVA}Upload-Offset: 5\n{_OF_BYTES}Content-Length : 5\nBad Name: x",
    ],
)
def test_a_patch_that_is_refused_leaves_the_folder_as_it_was(server: Server, prey: str, headers: str) -> None:
    before = contents(server)

    status = status_of(server, f"PATCH {prey} HTTP/1.1\nHost: x\n{headers}\n\n", b"EVIL!!")

    assert 400 <= status < 500
    assert contents(server) == before
    assert server.offset(prey) == 5


@pytest.mark.parametrize(
    "headers",
    [
        "Upload-Length: 18446744073709551617",
        "Upload-Length: 1e3",
        "Upload-Length: 5\nUpload-Length: 6",
        "Upload-Length: 5\nUpload-Defer-Length: 0",
        "Upload-Defer-Length: 2",
        "Upload-Defer-Length: true",
        "Upload-Length: 5\nUpload-Concat: partial",
        "Upload-Concat: final;/api/v1/uploads/a",
        "Upload-Length: 5\nUpload-Metadata: filename",
        "Upload-Length: 5\nUpload-Metadata: filename YQ==,filename Yg==",
        "Upload-Length: 5\nUpload-Metadata: filename YQ==\nUpload-Metadata: title Yg==",
        "Upload-Length: 5\nUpload-Metadata: " + ",".join(f"k{n} YQ==" for n in range(33)),
        "Upload-Length: 5\nUpload-Metadata: space Li4vLi4vZXRj",
        f"Upload-Length: 5\n{_OF_BYTES}Upload-Checksum: crc32 AAAAAA==",
    ],
)
def test_a_creation_that_is_refused_leaves_the_folder_as_it_was(server: Server, prey: str, headers: str) -> None:
    before = contents(server)

    status = status_of(server, f"POST {UPLOADS} HTTP/1.1\nHost: x\n{_EVA}{headers}\nContent-Length: 5\n\n", b"EVIL!")

    assert 400 <= status < 500
    assert contents(server) == before


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "TRACE", "CONNECT", "LOCK", "M-SEARCH", "PROPFIND"])
def test_a_method_that_is_not_spoken_changes_nothing(server: Server, prey: str, method: str) -> None:
    before = contents(server)

    override = "X-HTTP-Method-Override: DELETE\nX-HTTP-Method: DELETE\nX-Method-Override: DELETE\n"
    status = status_of(
        server,
        f"{method} {prey}?_method=DELETE HTTP/1.1\nHost: x\n{_EVA}{override}Upload-Offset: 5\nContent-Length: 5\n\n",
        b"EVIL!",
    )

    assert 400 <= status < 500
    assert contents(server) == before


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../uploads", "%2e%2e%2f%2e%2e", "..%5c..", ".creating", "*", "~", "%00", "\xe9", "0" * 4000],
)
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_an_address_that_is_none_of_ours_leads_to_no_file(server: Server, prey: str, method: str, name: str) -> None:
    before = contents(server)
    request = f"{method} {UPLOADS}/{name} HTTP/1.1\nHost: x\n{_EVA}{_OF_BYTES}Upload-Offset: 5\nContent-Length: 5\n\n"

    status = status_of(server, request, b"EVIL!")

    assert status == 307 or 400 <= status < 500  # 307: to the address without its last slash, which takes no bytes
    assert contents(server) == before


def test_a_request_hidden_in_the_body_of_a_refused_one_is_not_heard(server: Server, prey: str) -> None:
    hidden = f"DELETE {prey} HTTP/1.1\r\nHost: x\r\n{_EVA}\r\n".replace("\n", "\r\n").replace("\r\r", "\r").encode()
    before = contents(server)

    connection = server.connect(
        f"PATCH {prey} HTTP/1.1\nHost: x\n{_EVA}{_OF_BYTES}Upload-Offset: 9\nContent-Length: {len(hidden)}\n\n", hidden
    )
    refused = answered(connection)
    connection.close()

    assert refused.startswith("HTTP/1.1 409")
    assert server.head(prey).status_code == 200
    assert contents(server) == before


def test_of_a_body_whose_chunks_stop_making_sense_no_byte_is_taken_for_another(server: Server) -> None:
    path = server.create(100)

    status = status_of(
        server,
        f"PATCH {path} HTTP/1.1\nHost: x\n{_EVA}{_OF_BYTES}Upload-Offset: 0\nTransfer-Encoding: chunked\n\n",
        b"5\r\n01234\r\nFFFFFFFFFFFFFFFFF\r\nEVIL!",
    )

    assert status in (0, 400, 503)
    until(lambda: server.part(path).read_bytes() in (b"", b"01234"), "the request has ended")
    assert server.head(path).headers["Upload-Offset"] in ("0", "5")


def test_a_bomb_that_claims_to_be_compressed_is_stored_as_it_came(server: Server) -> None:
    path = server.create(20)

    answer = server.patch(path, 0, b"\x1f\x8b" + b"\x00" * 18, **{"Content-Encoding": "gzip"})

    assert answer.status_code == 204
    assert server.part(path).read_bytes() == b"\x1f\x8b" + b"\x00" * 18


def test_a_creation_from_thirty_sides_at_once_begins_no_more_than_are_allowed(tmp_path_factory: object) -> None:
    server = Server(tmp_path_factory.mktemp("crowd"), most_open=5)  # type: ignore[attr-defined]
    server.start()
    try:
        statuses: list[int] = []

        def create() -> None:
            headers = {**EVA, **BYTES, "Upload-Length": "10"}
            statuses.append(httpx.post(server.url + UPLOADS, headers=headers, content=b"01234").status_code)

        crowd = [threading.Thread(target=create) for _ in range(30)]
        for each in crowd:
            each.start()
        for each in crowd:
            each.join()

        assert set(statuses) <= {201, 423, 429, 503, 404}
        assert len(list(server.staging.glob("*.json"))) <= 5
    finally:
        server.stop()


def test_the_last_byte_and_the_question_whether_it_came_make_one_recording(server: Server) -> None:
    path = server.create(10)
    server.patch(path, 0, b"01234")
    told: set[str] = set()

    def last() -> None:
        answer = httpx.patch(server.url + path, headers={**EVA, **BYTES, "Upload-Offset": "5"}, content=b"56789")
        told.update(filter(None, [answer.headers.get("Recording-Id")]))

    def ask() -> None:
        answer = httpx.head(server.url + path, headers=EVA)
        told.update(filter(None, [answer.headers.get("Recording-Id")]))

    crowd = [threading.Thread(target=act) for act in (last, ask, last, ask, last, ask)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()

    assert told == {f"recording-of-{path.rsplit('/', 1)[1]}"}
    assert server.part(path).read_bytes() == b"0123456789"
    assert (server.folder / "arrived" / path.rsplit("/", 1)[1]).read_text().count("\n") == 1


def test_answers_of_people_who_are_not_known_cost_no_memory(server: Server, prey: str) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 1_000_000

    before = contents(server)
    with suppress(httpx.TransportError):  # closed while we still send
        answer = httpx.post(server.url + UPLOADS, headers={"Tus-Resumable": "1.0.0"}, content=endless())
        assert answer.status_code == 401

    assert contents(server) == before
    assert server.client.get(f"{server.url}/ping").status_code == 200
