"""What S3 servers answer that is not as it should be, from a server that answers as it is told."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from domain.errors import Misconfigured, NotFound, Unavailable
from store.s3 import S3
from tests.conftest import S3Server

OBJECT = bytes(range(100))


class Server(HTTPServer):
    answer: tuple[int, dict[str, str], bytes]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def told() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def home(server: Server) -> S3:
    return S3(f"http://127.0.0.1:{server.server_port}", "clips", "us-east-1", "passiton01", "passitonsecret")


def test_a_server_that_honours_ranges_sends_no_byte_too_many(told: Server) -> None:
    told.answer = (206, {"Content-Range": "bytes 40-49/100", "Content-Length": "10"}, OBJECT[40:50])

    assert home(told).get_range("a/b", 40, 10) == OBJECT[40:50]


def test_a_server_that_ignores_ranges_sends_everything_and_we_cut(told: Server) -> None:
    told.answer = (200, {"Content-Length": "100"}, OBJECT)

    assert home(told).get_range("a/b", 40, 10) == OBJECT[40:50]


def test_while_the_reads_hang_whoever_else_asks_is_told_at_once(told: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.s3._READS", 1)
    monkeypatch.setattr("store.s3._STUCK_S", 0.1)
    asked, goes_on, s3, had = threading.Event(), threading.Event(), home(told), []

    class Hanging(Handler):
        def do_GET(self) -> None:
            asked.set()
            goes_on.wait(9)
            super().do_GET()

    told.RequestHandlerClass = Hanging
    told.answer = (206, {"Content-Range": "bytes 40-49/100", "Content-Length": "10"}, OBJECT[40:50])
    waits = threading.Thread(target=lambda: had.append(s3.get_range("a/b", 40, 10)))
    waits.start()
    asked.wait(9)

    try:
        with pytest.raises(Unavailable):
            s3.get_range("a/b", 40, 10)
    finally:
        goes_on.set()
        waits.join()

    assert [*had, s3.get_range("a/b", 40, 10)] == [OBJECT[40:50]] * 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            (206, {"Content-Range": "bytes 0-9/100", "Content-Length": "10"}, OBJECT[:10]), id="another range"
        ),
        pytest.param((206, {"Content-Length": "10"}, OBJECT[40:50]), id="a range that it does not name"),
        pytest.param(
            (206, {"Content-Range": "bytes 40-44/100", "Content-Length": "5"}, OBJECT[40:45]), id="too little"
        ),
        pytest.param((200, {"Content-Length": "45"}, OBJECT[:45]), id="an object that ends too early"),
        pytest.param((206, {"Content-Range": "bytes 40-49/100", "Content-Length": "10"}, OBJECT[40:45]), id="cut off"),
    ],
)
def test_bytes_that_are_not_those_asked_for_never_pass(told: Server, answer: tuple[int, dict[str, str], bytes]) -> None:
    told.answer = answer

    with pytest.raises(Unavailable):
        home(told).get_range("a/b", 40, 10)


def test_wrong_keys_are_a_setting_to_change(s3_server: S3Server) -> None:
    stranger = S3(s3_server.endpoint, s3_server.bucket, s3_server.region, "somebody01", "elses-secret")

    with pytest.raises(Misconfigured):
        stranger.put_bytes("a/b", b"x")


def test_a_bucket_that_is_not_there_is_a_setting_to_change(s3_server: S3Server) -> None:
    astray = S3(s3_server.endpoint, "elsewhere", s3_server.region, s3_server.access_key, s3_server.secret_key)

    with pytest.raises(Misconfigured) as refused:
        astray.put_bytes("a/b", b"x")

    assert "elsewhere" in refused.value.message


def test_a_server_that_is_away_is_no_reason_to_give_up(told: Server) -> None:
    home_of_nobody = S3("http://127.0.0.1:1", "clips", "us-east-1", "passiton01", "passitonsecret")

    with pytest.raises(Unavailable):
        home_of_nobody.size("a/b")


def test_more_objects_than_a_server_lists_at_once_go_with_their_prefix(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = s3_server.home()
    under = [f"many/{n}" for n in range(7)]
    for each in under:
        home.put_bytes(each, b"x")
    paginator = home._client.get_paginator("list_objects_v2")
    paginate = paginator.paginate
    monkeypatch.setattr(home._client, "get_paginator", lambda name: paginator)
    monkeypatch.setattr(paginator, "paginate", lambda **how: paginate(**how, PaginationConfig={"PageSize": 3}))

    home.delete_prefix("many")

    for each in under:
        with pytest.raises(NotFound):
            home.size(each)
