"""The upload routes on real servers and real sockets: broken connections, rivals, real clients."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from tusclient import client as tuspy

from tests.publish_api.uploads.uploading import BYTES, EVA, UPLOADS, Server, answered, sha256, until


def test_what_came_before_the_connection_broke_is_kept(server: Server) -> None:
    path = server.create(10_000_000)

    connection = server.half_patch(path, 0, 10_000_000, b"a" * 3_000_000)
    until(lambda: server.part(path).stat().st_size >= 2_000_000, "the server writes what comes")
    connection.close()

    offset = server.offset(path)
    assert 2_000_000 <= offset <= 3_000_000
    assert server.part(path).stat().st_size == offset
    rest = server.patch(path, offset, b"a" * (10_000_000 - offset))
    assert rest.headers["Recording-Id"]


def test_a_creation_whose_connection_broke_leaves_nothing(server: Server) -> None:
    before = set(server.staging.iterdir())

    connection = server.connect(
        f"POST {UPLOADS} HTTP/1.1\nHost: x\nAuthorization: Bearer eva\nTus-Resumable: 1.0.0\nUpload-Length: 5000000\n"
        "Content-Type: application/offset+octet-stream\nContent-Length: 5000000\n\n",
        b"a" * 3_000_000,
    )
    until(lambda: set(server.staging.glob("*.part")) - before, "the upload begins")
    connection.close()

    until(lambda: set(server.staging.iterdir()) == before, "nothing of it is left")


@pytest.mark.parametrize("newcomer", ["HEAD", "PATCH", "DELETE"])
def test_a_newcomer_ends_a_stalled_request_soon_and_nobody_else_waits(server: Server, newcomer: str) -> None:
    path = server.create(10_000_000)
    stalled = server.half_patch(path, 0, 10_000_000, b"a" * 1_000_000)
    until(lambda: server.part(path).stat().st_size == 1_000_000, "the first writer stalls")

    began = time.monotonic()
    answers: list[httpx.Response] = []
    headers = {**EVA, **BYTES, "Upload-Offset": "1000000"}
    content = b"b" * 1000 if newcomer == "PATCH" else None
    asking = threading.Thread(
        target=lambda: answers.append(httpx.request(newcomer, server.url + path, headers=headers, content=content))
    )
    asking.start()
    pings = []
    while asking.is_alive():
        pinged = time.monotonic()
        assert server.client.get(f"{server.url}/ping").status_code == 200
        pings.append(time.monotonic() - pinged)
    took = time.monotonic() - began
    told = answered(stalled)
    stalled.close()

    assert took < 30  # a quarter of a second on a quiet machine; left alone the first would stall for a minute
    assert max(pings) < 5
    assert answers[0].status_code == {"HEAD": 200, "PATCH": 204, "DELETE": 204}[newcomer]
    assert answers[0].headers.get("Upload-Offset") == {"HEAD": "1000000", "PATCH": "1001000", "DELETE": None}[newcomer]
    assert told.startswith("HTTP/1.1 423")


def test_a_client_that_comes_back_on_a_new_connection_goes_on_where_it_was(server: Server) -> None:
    path = server.create(4_000_000)
    stalled = server.half_patch(path, 0, 4_000_000, b"a" * 1_500_000)
    until(lambda: server.part(path).stat().st_size == 1_500_000, "the first writer stalls")

    offset = server.offset(path)
    rest = server.patch(path, offset, b"b" * (4_000_000 - offset))
    with suppress(OSError):  # the old connection wakes up: the server has closed it, or throws this away
        stalled.sendall(b"X" * 1_000_000)
    stalled.close()

    assert rest.headers["Upload-Offset"] == "4000000"
    assert server.part(path).read_bytes() == b"a" * 1_500_000 + b"b" * 2_500_000


def test_a_writer_in_one_process_is_ended_by_a_newcomer_in_another(server: Server) -> None:
    other = Server(server.folder)
    other.start()
    try:
        path = server.create(10_000_000)
        stalled = server.half_patch(path, 0, 10_000_000, b"a" * 1_000_000)
        until(lambda: server.part(path).stat().st_size == 1_000_000, "the first writer stalls")

        began = time.monotonic()
        answer = other.patch(path, 1_000_000, b"b" * 9_000_000)
        took = time.monotonic() - began

        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "10000000")
        assert answered(stalled).startswith("HTTP/1.1 423")
        assert took < 30
        assert server.head(path).headers["Recording-Id"] == answer.headers["Recording-Id"]
        assert server.part(path).read_bytes() == b"a" * 1_000_000 + b"b" * 9_000_000
        stalled.close()
    finally:
        other.stop()


def test_many_rivals_for_one_upload_never_mix_their_bytes(server: Server) -> None:
    path = server.create(2_000_000)
    statuses: set[int] = set()

    def rival(letter: bytes) -> None:
        while (at := server.head(path)).headers.get("Upload-Offset", "0") != "2000000":
            offset = int(at.headers.get("Upload-Offset", 0))
            size = min(200_000, 2_000_000 - offset)
            answer = httpx.patch(
                server.url + path, headers={**EVA, **BYTES, "Upload-Offset": str(offset)}, content=letter * size
            )
            statuses.add(answer.status_code)

    rivals = [threading.Thread(target=rival, args=[bytes([65 + n])]) for n in range(4)]
    for thread in rivals:
        thread.start()
    for thread in rivals:
        thread.join(60)

    data = server.part(path).read_bytes()
    assert len(data) == 2_000_000
    assert statuses <= {204, 409, 423}
    assert (server.folder / "arrived" / path.rsplit("/", 1)[1]).read_text().count("\n") == 1


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for which a second without a byte is too long."""
    server = Server(tmp_path_factory.mktemp("impatient"), stall_s=1)
    server.start()
    yield server
    server.stop()


def test_a_connection_that_goes_quiet_is_ended_and_what_came_is_kept(impatient: Server) -> None:
    path = impatient.create(10_000_000)
    quiet = impatient.half_patch(path, 0, 10_000_000, b"a" * 1_000_000)

    told = answered(quiet)
    quiet.close()

    assert told.startswith("HTTP/1.1 503")
    assert impatient.offset(path) == 1_000_000


def test_a_slow_client_is_not_a_quiet_one(impatient: Server) -> None:
    path = impatient.create(6)
    slow = impatient.half_patch(path, 0, 6, b"")
    for sent in range(6):  # 1.5 s in all
        slow.sendall(b"a")
        until(lambda sent=sent: impatient.part(path).stat().st_size == sent + 1, "each byte is written")
        time.sleep(0.25)  # this is the slowness under test

    assert answered(slow).startswith("HTTP/1.1 204")
    slow.close()


def test_a_body_in_chunks_of_every_size_arrives_as_it_was_sent(server: Server) -> None:
    sizes = [1, 70_000, 2, 1, 300_000, 65_536, 65_537, 3, 1_200_000, *[1] * 500, 100_000]
    sent = random.Random(7).randbytes(sum(sizes))
    path = server.create(len(sent))
    framed, at = b"", 0
    for size in sizes:
        framed += b"%x\r\n" % size + sent[at : at + size] + b"\r\n"
        at += size

    connection = server.connect(
        f"PATCH {path} HTTP/1.1\nHost: x\nAuthorization: Bearer eva\nTus-Resumable: 1.0.0\nUpload-Offset: 0\n"
        "Content-Type: application/offset+octet-stream\nTransfer-Encoding: chunked\n\n",
        framed + b"0\r\n\r\n",
    )
    told = answered(connection)
    connection.close()

    assert told.startswith("HTTP/1.1 204")
    assert server.part(path).read_bytes() == sent


def test_requests_that_come_on_each_others_heels_are_answered_in_turn(server: Server) -> None:
    path = server.create(900_000)
    head = "Host: x\nAuthorization: Bearer eva\nTus-Resumable: 1.0.0\n"
    patch = f"PATCH {path} HTTP/1.1\n{head}Content-Type: application/offset+octet-stream\nContent-Length: 300000\n"

    both = b"".join(
        f"{patch}Upload-Offset: {offset}\n\n".replace("\n", "\r\n").encode() + letter * 300_000
        for offset, letter in ((0, b"a"), (300_000, b"b"))
    )
    connection = server.connect(f"HEAD {path} HTTP/1.1\n{head}\n", both)
    told = ""
    while told.count("\r\n\r\n") < 3 and (more := connection.recv(65536)):
        told += more.decode()
    connection.close()

    assert [line for line in told.split("\r\n") if line.startswith("HTTP/1.1 ")] == [
        "HTTP/1.1 200 OK",
        "HTTP/1.1 204 No Content",
        "HTTP/1.1 204 No Content",
    ]
    assert server.part(path).read_bytes() == b"a" * 300_000 + b"b" * 300_000


def test_who_wants_another_protocol_gets_none_and_harms_nobody(server: Server) -> None:
    path = server.create(10)

    connection = server.connect(
        f"PATCH {path} HTTP/1.1\nHost: x\nAuthorization: Bearer eva\nTus-Resumable: 1.0.0\nUpload-Offset: 0\n"
        "Content-Type: application/offset+octet-stream\nConnection: Upgrade\nUpgrade: websocket\n"
        "Content-Length: 5\n\n",
        b"EVIL!",
    )

    assert server.offset(path) == 0
    assert server.client.get(f"{server.url}/ping").status_code == 200
    connection.close()
    assert server.part(path).read_bytes() == b""


def test_a_client_that_waits_to_be_let_in_is_refused_before_it_sends(server: Server) -> None:
    waiting = server.connect(
        f"POST {UPLOADS} HTTP/1.1\nHost: x\nTus-Resumable: 1.0.0\nUpload-Length: 5000000\nExpect: 100-continue\n"
        "Content-Type: application/offset+octet-stream\nContent-Length: 5000000\n\n"
    )

    assert answered(waiting).startswith("HTTP/1.1 401")
    waiting.close()


def test_gigabytes_are_not_sent_for_nothing(server: Server) -> None:
    path = server.create(100_000_000)

    refused = answered(server.half_patch(path, 5, 90_000_000, b"a" * 1000))
    small = answered(server.half_patch(path, 5, 1000, b"a" * 1000))

    assert refused.startswith("HTTP/1.1 409")
    assert "connection: close" in refused.lower()
    assert small.startswith("HTTP/1.1 409")
    assert "connection: close" not in small.lower()


@pytest.mark.parametrize(
    "framing",
    ["Content-Length: 5\nContent-Length: 6", "Content-Length: 5\nTransfer-Encoding: chunked", "Content-Length: -5"],
)
def test_a_body_framed_in_two_ways_is_not_read(server: Server, framing: str) -> None:
    path = server.create(100)

    answer = answered(
        server.connect(
            f"PATCH {path} HTTP/1.1\nHost: x\nAuthorization: Bearer eva\nTus-Resumable: 1.0.0\nUpload-Offset: 0\n"
            f"Content-Type: application/offset+octet-stream\n{framing}\n\nEVIL!"
        )
    )

    assert answer.startswith("HTTP/1.1 400")
    assert server.part(path).read_bytes() == b""


def test_tuspy_uploads_in_pieces_with_checksums(server: Server, tip: Path) -> None:
    uploader = tuspy.TusClient(server.url + UPLOADS, headers={"Authorization": "Bearer eva"}).uploader(
        str(tip), chunk_size=5_000_000, upload_checksum=True, metadata={"filename": "tip.mp4"}
    )

    uploader.upload()

    path = uploader.url.removeprefix(server.url)
    assert sha256(server.part(path)) == sha256(tip)
    assert server.head(path).headers["Recording-Id"]
