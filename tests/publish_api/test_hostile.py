"""Input that nobody means well with: it is refused or taken as text, and never a 500."""

import json

import pytest
from fastapi.testclient import TestClient

from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.material import Made

SQL = "'; drop table clip; --"
ODD_IDS = [
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "a" * 5_000,
    "%F0%28%8C%28",
    "0123456789ABCDEF",
    "0123456789abcde%0a",
    "%27%3B%20drop%20table%20clip",
    "00000000-0000-0000-0000-000000000000",
    "٠١٢٣٤٥٦٧٨٩abcdef",
]


@pytest.fixture
def made(people: People, services: Services) -> Made:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)
    return made


@pytest.fixture
def curator(ask: Ask, people: People) -> TestClient:
    return ask(people.curator)


@pytest.mark.parametrize("odd", ODD_IDS)
def test_an_odd_id_is_the_id_of_nothing(curator: TestClient, odd: str) -> None:
    read = [
        curator.get(f"/api/v1/{each}")
        for each in (
            f"clips/{odd}",
            f"clips/{odd}/play.m3u8",
            f"clips/{odd}/comments",
            f"recordings/{odd}",
            f"recordings/{odd}/transcript",
            f"comments/{odd}",
            f"people/{odd}",
        )
    ]
    written = [
        curator.patch(f"/api/v1/clips/{odd}", json={"title": "x"}, headers={"If-Match": "*"}),
        curator.put(f"/api/v1/clips/{odd}/publication"),
        curator.delete(f"/api/v1/recordings/{odd}"),
        curator.put(f"/api/v1/comments/{odd}/reactions/thanks"),
        curator.post(f"/api/v1/people/{odd}/sign-in-links"),
    ]

    assert {answer.status_code for answer in (*read, *written)} <= {404, 405}
    assert {answer.json()["error"]["code"] for answer in read} <= {"not_found", "method_not_allowed"}


def test_ids_in_bodies_and_queries_are_the_ids_of_nothing(curator: TestClient, made: Made) -> None:
    path = f"/api/v1/clips/{made.clips[0].public_id}"
    for odd in ("\x00", "../..", SQL, "ä" * 40):
        part = {"recording": odd, "start_ms": 0, "end_ms": 10}
        patched = curator.patch(path, json={"parts": [part]}, headers={"If-Match": "*"})
        replied = curator.post(f"{path}/comments", json={"reply_to": odd, "text": "x"})
        placed = curator.post(f"{path}/comments", json={"recording": odd, "at_ms": 1, "text": "x"})
        listed = curator.get("/api/v1/clips", params={"space": odd, "tag": odd})

        assert [patched.status_code, replied.status_code, placed.status_code] == [404, 404, 400]
        assert (listed.status_code, listed.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    "q", ["", " ", SQL, "\x00", "a & b | !c", "(((", '"', "%", "\\", "-", "or or or", "🙂", "x" * 500, "<->"]
)
def test_whatever_is_looked_for_is_words(curator: TestClient, made: Made, q: str) -> None:
    found = curator.get("/api/v1/search", params={"q": q})
    listed = curator.get("/api/v1/clips", params={"q": q})

    assert (found.status_code, listed.status_code) == (200, 200)
    assert found.json()["items"] == []


def test_looking_for_nothing_lists_the_newest(curator: TestClient, made: Made) -> None:
    titles = [
        [each["title"] for each in curator.get("/api/v1/clips", params={"q": q}).json()["items"]] for q in ("", " \t")
    ]

    assert titles == [["Turning the valve"], ["Turning the valve"]]


def test_a_question_longer_than_a_page_is_refused(curator: TestClient) -> None:
    answer = curator.get("/api/v1/search", params={"q": "x" * 501})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")


@pytest.mark.parametrize("cursor", ["x", "%00", "W10=", "WyJhIl0=", "eyJhIjoxfQ==", "[" * 900, "ä", "bnVsbA==", "-1"])
@pytest.mark.parametrize("path", ["clips", "clips?review=true", "clips?q=valve", "recordings", "recordings?curated=1"])
def test_a_cursor_that_is_none_is_refused(curator: TestClient, path: str, cursor: str) -> None:
    answer = curator.get(f"/api/v1/{path}{'&' if '?' in path else '?'}cursor={cursor}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1e9", "", "ten", "9" * 30])
def test_a_limit_that_is_none_is_refused(curator: TestClient, limit: str) -> None:
    assert curator.get("/api/v1/clips", params={"limit": limit}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe\xfa",
        b'{"text": "\xc3\x28", "at_ms": 1}',
        b'{"text": "a", "at_ms": 1e3}',
        b'{"text": "a", "at_ms": NaN}',
        b'{"text": "a", "at_ms": Infinity}',
        b'{"text": "a", "at_ms": -1}',
        b'{"text": "a", "at_ms": 2147483648}',
        b'{"text": "a", "at_ms": ' + b"9" * 5_000 + b"}",
        b'{"text": ["a"], "at_ms": 1}',
        b'{"text": {"$ne": null}, "at_ms": 1}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
    ids=range(17),
)
def test_a_body_that_is_not_what_it_should_be_is_refused_in_words(curator: TestClient, made: Made, body: bytes) -> None:
    answer = curator.post(
        f"/api/v1/clips/{made.clips[0].public_id}/comments",
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
    assert answer.json()["error"]["message"].endswith(".")


def test_a_form_is_not_taken_for_json(curator: TestClient, made: Made) -> None:
    path = f"/api/v1/clips/{made.clips[0].public_id}/comments"

    plain = curator.post(path, content=b'{"text": "a", "at_ms": 1}', headers={"Content-Type": "text/plain"})
    form = curator.post(path, data={"text": "a", "at_ms": "1"})

    assert [plain.status_code, form.status_code] == [400, 400]


def test_a_huge_body_is_refused_before_it_is_read(curator: TestClient, made: Made) -> None:
    path = f"/api/v1/clips/{made.clips[0].public_id}/comments"
    body = json.dumps({"text": "x" * 1_000_000, "at_ms": 1}).encode()
    pulled = 0

    def pieces() -> object:
        nonlocal pulled
        for at in range(0, len(body), 100_000):
            pulled += 1
            yield body[at : at + 100_000]

    headers = {"Content-Type": "application/json"}
    declared = curator.post(path, content=body, headers=headers)
    streamed = curator.post(path, content=pieces(), headers=headers)  # type: ignore[arg-type]

    assert [declared.status_code, streamed.status_code] == [413, 413]
    assert declared.json()["error"]["code"] == streamed.json()["error"]["code"] == "too_large"


def test_nul_and_half_characters_in_text_are_left_out(curator: TestClient, made: Made) -> None:
    path = f"/api/v1/clips/{made.clips[0].public_id}"

    said = curator.post(f"{path}/comments", json={"text": "a\x00b", "at_ms": 1})
    halves = curator.post(
        f"{path}/comments",
        content=rb'{"text": "a\ud800b", "at_ms": 1}',
        headers={"Content-Type": "application/json"},
    )
    titled = curator.patch(path, json={"title": "a\x00b", "tags": ["c\x00d", "\x00"]}, headers={"If-Match": "*"})

    assert (said.status_code, said.json()["text"]) == (201, "ab")
    assert halves.status_code == 400 or halves.json()["text"] == "ab"
    assert (titled.status_code, titled.json()["title"], titled.json()["tags"]) == (200, "ab", ["cd"])


def test_text_that_looks_like_code_is_text(curator: TestClient, made: Made) -> None:
    path = f"/api/v1/clips/{made.clips[0].public_id}"
    odd = f"<script>alert(1)</script> {SQL} %s {{0}} \\"

    curator.patch(path, json={"title": odd}, headers={"If-Match": "*"})
    said = curator.post(f"{path}/comments", json={"text": odd, "at_ms": 1}).json()

    assert curator.get(path).json()["title"] == odd
    assert said["text"] == odd


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer pio_",
        f"Bearer {SQL}",
        "Bearer " + "x" * 10_000,
        "Basic YTpi",
        "bearer\tpio_x",
        "Bearer pio_ä",
    ],
)
def test_a_token_that_is_none_lets_nobody_in(anybody: TestClient, header: str) -> None:
    answer = anybody.get("/api/v1/me", headers={"Authorization": header.encode()})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"login": "lea"},
        {"token": ""},
        {"login": "lea", "code": ""},
        {"login": "\x00", "code": "12345678"},
        {"login": SQL, "code": SQL},
        {"token": "\x00"},
        {"token": "x" * 201},
        {"login": "lea", "code": "١٢٣٤٥٦٧٨"},
    ],
)
def test_a_sign_in_that_is_none_lets_nobody_in(anybody: TestClient, people: People, body: dict[str, str]) -> None:
    answer = anybody.post("/api/v1/sessions", json=body)

    assert answer.status_code in {400, 401}
    assert "Set-Cookie" not in answer.headers


def test_an_odd_origin_is_not_ours(anybody: TestClient, ask: Ask, people: People) -> None:
    code = ask(people.admin).post(f"/api/v1/people/{people.curator.public_id}/sign-in-links").json()["code"]
    anybody.post("/api/v1/sessions", json={"login": "carl", "code": code})
    body = {"login": "mallory", "name": "Mallory"}

    odd = [
        {"Origin": "https://clips.example.evil.example"},
        {"Origin": "https://evil.example/clips.example"},
        {"Origin": "https://clips.example@evil.example"},
        {"Origin": "http://clips.example"},
        {"Origin": "https://", "Host": ""},
        {"Origin": "file://"},
        {"Origin": "https://[clips.example"},
    ]

    assert [anybody.post("/api/v1/people", json=body, headers=headers).status_code for headers in odd] == [403] * 7


def test_nul_in_an_address_finds_nothing(people: People, ask: Ask) -> None:
    learner = ask(people.learner)
    parameters = ("q", "tag", "space", "language", "person")

    found = [learner.get(f"/api/v1/search?{name}=a%00b") for name in parameters]
    paths = [learner.get(f"/api/v1/{noun}/0123456789%00abcdef").status_code for noun in ("clips", "people", "reels")]

    assert [(each.status_code, each.json()["items"]) for each in found[:3]] == [(200, [])] * 3
    assert ({each.status_code for each in found}, paths) == ({200}, [404] * 3)
