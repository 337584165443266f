"""What the upload routes refuse, and that refusing leaves everything as it was."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from domain.person import Person
from publish_api import uploads
from publish_api.access import who
from store import spaces as stored_spaces
from store.postgres import Store
from tests.conftest import People
from tests.publish_api.uploads.server_app import app_on, by_login
from tests.publish_api.uploads.uploading import BYTES, CARL, EVA, LEA, UPLOADS, error, metadata, staged


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_who_is_not_known_gets_nothing_and_leaves_nothing(
    client: TestClient, create: Callable[..., str], tmp_path: Path, method: str
) -> None:
    path = create()
    before = staged(tmp_path)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Offset": "0", **BYTES}

    answer = client.request(method, UPLOADS if method == "POST" else path, headers=headers, content=b"EVIL!")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert staged(tmp_path) == before


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_a_learner_does_not_upload(client: TestClient, create: Callable[..., str], tmp_path: Path, method: str) -> None:
    path = create()
    before = staged(tmp_path)
    headers = {**LEA, "Upload-Length": "10", "Upload-Offset": "0", **BYTES}

    answer = client.request(method, UPLOADS if method == "POST" else path, headers=headers, content=b"EVIL!")

    assert answer.status_code == (403 if method == "POST" else 404)  # what is somebody else's is not there
    assert staged(tmp_path) == before


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_somebody_elses_upload_is_not_there(
    client: TestClient, create: Callable[..., str], tmp_path: Path, method: str
) -> None:
    path = create()
    before = staged(tmp_path)

    theirs = client.request(method, path, headers={**CARL, **BYTES, "Upload-Offset": "0"}, content=b"EVIL!")
    nobodys = client.request(
        method, f"{UPLOADS}/0123456789abcdef", headers={**CARL, **BYTES, "Upload-Offset": "0"}, content=b"EVIL!"
    )

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert staged(tmp_path) == before


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Upload-Offset": "5"}, (409, "wrong_offset")),
        ({"Upload-Offset": "-1"}, (400, "bad_offset")),
        ({"Upload-Offset": "x"}, (400, "bad_offset")),
        ({"Upload-Offset": "99999999999999999999"}, (400, "bad_offset")),
        ({"Upload-Offset": "٣".encode()}, (400, "bad_offset")),
        ({"Upload-Offset": ""}, (400, "bad_offset")),
        ({}, (400, "bad_offset")),
        ({"Upload-Offset": "0", "Content-Type": "text/plain"}, (415, "wrong_media_type")),
        ({"Upload-Offset": "0", "Tus-Resumable": "0.2.2"}, (412, "tus_version")),
        ({"Upload-Offset": "0", "Upload-Length": "11"}, (400, "bad_length")),
        ({"Upload-Offset": "0", "Upload-Checksum": "crc32 AAAA"}, (400, "bad_checksum")),
        ({"Upload-Offset": "0", "Upload-Checksum": f"sha1 {'A' * 27}="}, (460, "checksum_mismatch")),
    ],
)  # fmt: skip
def test_a_refused_patch_writes_nothing(
    client: TestClient,
    create: Callable[..., str],
    tmp_path: Path,
    headers: dict[str, str | bytes],
    expected: tuple[int, str],
) -> None:
    path = create()
    before = staged(tmp_path)

    answer = client.patch(path, headers={**EVA, **BYTES, **headers}, content=b"EVIL!")

    assert error(answer) == expected
    assert staged(tmp_path) == before
    assert client.head(path, headers=EVA).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Upload-Length": "1000001"}, (413, "too_large")),
        ({"Upload-Length": "0"}, (422, "empty_file")),
        ({"Upload-Length": "-1"}, (400, "bad_length")),
        ({"Upload-Length": "9" * 30}, (400, "bad_length")),
        ({"Upload-Length": "1.5"}, (400, "bad_length")),
        ({"Upload-Length": "²".encode("latin-1")}, (400, "bad_length")),
        ({}, (400, "bad_length")),
        ({"Upload-Length": "5", "Upload-Defer-Length": "1"}, (400, "bad_length")),
        ({"Upload-Length": "5", "Upload-Concat": "partial"}, (400, "no_concatenation")),
        ({"Upload-Concat": "final;/api/v1/uploads/a /api/v1/uploads/b"}, (400, "no_concatenation")),
        ({"Upload-Length": "5", "Upload-Metadata": "a " + "QUJD" * 10_000}, (400, "bad_metadata")),
        ({"Upload-Length": "5", "Upload-Metadata": "filename !!!,,,x y z"}, (400, "bad_metadata")),
        ({"Upload-Length": "5", "Upload-Metadata": "filename /v8="}, (400, "bad_metadata")),
        ({"Upload-Length": "5", "Tus-Resumable": ""}, (412, "tus_version")),
    ],
)
def test_a_refused_creation_leaves_nothing(
    client: TestClient, tmp_path: Path, headers: dict[str, str | bytes], expected: tuple[int, str]
) -> None:
    answer = client.post(UPLOADS, headers={**EVA, **headers})

    assert error(answer) == expected
    assert staged(tmp_path) == {}


def test_another_version_is_told_which_is_spoken(client: TestClient) -> None:
    answer = client.post(UPLOADS, headers={**EVA, "Tus-Resumable": "2.0.0", "Upload-Length": "5"})

    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize("name", ["Upload-Length", "Upload-Metadata", "Tus-Resumable", "Content-Type"])
def test_a_header_that_is_there_twice_leaves_nothing(client: TestClient, tmp_path: Path, name: str) -> None:
    headers = {**EVA, **BYTES, "Upload-Length": "5", "Upload-Metadata": metadata(filename="a")}

    answer = client.post(UPLOADS, headers=[*headers.items(), (name, headers[name])], content=b"abcde")

    assert error(answer) == (400, "repeated_header")
    assert staged(tmp_path) == {}


def test_too_much_data_is_refused_before_its_first_byte(
    client: TestClient, create: Callable[..., str], tmp_path: Path
) -> None:
    path = create(10)

    answer = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"a" * 50)

    assert error(answer) == (413, "body_too_long")
    assert staged(tmp_path)[f"{path.rsplit('/', 1)[1]}.part"] == b""


@pytest.mark.parametrize("many", [1, 40])
def test_too_much_chunked_data_is_taken_back_to_where_the_request_began(
    client: TestClient, create: Callable[..., str], tmp_path: Path, many: int
) -> None:
    path = create(200_000)
    client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"0123456789")

    def body() -> Iterator[bytes]:
        yield b"A" * 100_000
        for _ in range(many):
            yield b"B" * 150_000

    answer = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "10"}, content=body())
    rest = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "10"}, content=b"C" * 199_990)

    assert error(answer) == (413, "body_too_long")
    assert (rest.status_code, rest.headers["Upload-Offset"]) == (204, "200000")
    assert staged(tmp_path)[f"{path.rsplit('/', 1)[1]}.part"] == b"0123456789" + b"C" * 199_990


@pytest.mark.parametrize("chunked", [False, True])
def test_a_creation_with_too_much_data_leaves_nothing(client: TestClient, tmp_path: Path, chunked: bool) -> None:
    body = iter([b"x" * 50]) if chunked else b"x" * 50

    answer = client.post(UPLOADS, headers={**EVA, **BYTES, "Upload-Length": "5"}, content=body)

    assert error(answer) == (413, "body_too_long")
    assert staged(tmp_path) == {}


def test_a_creation_with_damaged_data_leaves_nothing(client: TestClient, tmp_path: Path) -> None:
    checksum = "sha256 " + base64.b64encode(hashlib.sha256(b"other").digest()).decode()

    answer = client.post(
        UPLOADS, headers={**EVA, **BYTES, "Upload-Length": "5", "Upload-Checksum": checksum}, content=b"abcde"
    )

    assert error(answer) == (460, "checksum_mismatch")
    assert staged(tmp_path) == {}


def test_an_upload_that_became_a_recording_cannot_be_cancelled(
    client: TestClient, create: Callable[..., str], tmp_path: Path
) -> None:
    path = create(5)
    client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"abcde")

    answer = client.delete(path, headers=EVA)

    assert error(answer) == (403, "already_arrived")
    assert staged(tmp_path)[f"{path.rsplit('/', 1)[1]}.part"] == b"abcde"


@pytest.mark.parametrize(
    "name",
    ["..%2Fvictim", "%2e%2e", ".creating", "abc.json", "%2e%2e%2fvictim.json", "%00", "a" * 5000, "%F0%9F%94%A7"],
)
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_tricks_in_the_address_lead_nowhere(client: TestClient, tmp_path: Path, name: str, method: str) -> None:
    victim = tmp_path / "victim.json"
    victim.write_text("{}")

    answer = client.request(method, f"{UPLOADS}/{name}", headers={**EVA, **BYTES, "Upload-Offset": "0"})

    assert answer.status_code in (404, 405)
    assert victim.read_text() == "{}"


def test_the_files_beside_an_upload_have_no_address(client: TestClient, create: Callable[..., str]) -> None:
    path = create()

    for suffix in (".json", ".part", "/..", "%2f..%2f"):
        assert client.delete(path + suffix, headers=EVA).status_code in (404, 405)
    assert client.head(path, headers=EVA).status_code == 200


def test_the_address_of_an_upload_is_a_path_whatever_host_was_claimed(client: TestClient) -> None:
    headers = {**EVA, "Upload-Length": "5", "X-Forwarded-Host": "evil.example", "Host": "evil.example"}

    answer = client.post(UPLOADS, headers=headers)

    assert answer.headers["Location"].startswith("/api/v1/uploads/")


def test_a_method_is_what_it_is(client: TestClient, create: Callable[..., str]) -> None:
    path = create()

    answer = client.post(path, headers={**EVA, "X-HTTP-Method-Override": "DELETE"})

    assert answer.status_code == 405
    assert client.head(path, headers=EVA).status_code == 200


def test_too_many_unfinished_uploads_and_a_full_disk_are_said_in_words(tmp_path: Path) -> None:
    headers = {**EVA, "Upload-Length": "5"}
    with TestClient(app_on(tmp_path, most_open=1)) as client:
        path = client.post(UPLOADS, headers=headers).headers["Location"]
        client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"a")
        many = client.post(UPLOADS, headers=headers)
    with TestClient(app_on(tmp_path, free_floor=2**62)) as client:
        full = client.post(UPLOADS, headers=headers)

    assert (error(many), error(full)) == ((429, "too_many_uploads"), (507, "no_room"))
    assert full.json()["error"]["message"].startswith("There is no room for more uploads at the moment.")


def test_who_is_asking_is_settled_before_a_byte_of_the_body_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    monkeypatch.setattr(uploads, "demand", lambda person, act: order.append(f"{person.login} asks to {act.value}"))

    def body() -> Iterator[bytes]:
        order.append("body")
        yield b"abcde"

    def asking(request: Request) -> Person:
        order.append("who")
        return by_login(request)

    app = app_on(tmp_path)
    app.dependency_overrides[who] = asking
    with TestClient(app) as client:
        client.post(UPLOADS, headers={**EVA, **BYTES, "Upload-Length": "5"}, content=body())

    assert order == ["who", "eva asks to upload a recording", "body"]


def test_an_upload_for_a_space_one_is_not_in_is_refused_before_its_bytes(
    store: Store, people: People, tmp_path: Path
) -> None:
    with store.transaction() as tx:
        ours = stored_spaces.add_space(tx, "Workshop")
        theirs = stored_spaces.add_space(tx, "Board")
        stored_spaces.add_member(tx, ours.id, people.expert.id)
    app = app_on(tmp_path, store=store)
    app.dependency_overrides[who] = lambda: people.expert
    headers = {**EVA, "Upload-Length": "5"}

    with TestClient(app) as client:
        mine = client.post(UPLOADS, headers={**headers, "Upload-Metadata": metadata(space=ours.public_id)})
        other = client.post(UPLOADS, headers={**headers, "Upload-Metadata": metadata(space=theirs.public_id)})

    assert (mine.status_code, other.status_code) == (201, 404)
