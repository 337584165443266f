"""The upload routes, as a client talks to them."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from tests.publish_api.uploads.uploading import BYTES, EVA, UPLOADS, error, metadata, staged


def test_anybody_may_ask_what_the_server_can_do(client: TestClient) -> None:
    answer = client.options(UPLOADS)

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == (
        "creation,creation-with-upload,creation-defer-length,termination,expiration,checksum"
    )
    assert answer.headers["Tus-Max-Size"] == "1000000"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"


def test_an_upload_from_the_first_request_to_the_recording(client: TestClient, tmp_path: Path) -> None:
    told = metadata(filename="../../tip.mp4", filetype="video/mp4", title="Öl")
    created = client.post(UPLOADS, headers={**EVA, "Upload-Length": "7", "Upload-Metadata": told})
    path = created.headers["Location"]

    first = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"abcd")
    asked = client.head(path, headers=EVA)
    last = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "4"}, content=b"efg")
    after = client.head(path, headers=EVA)

    upload_id = path.removeprefix("/api/v1/uploads/")
    assert (created.status_code, created.headers["Upload-Offset"]) == (201, "0")
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "4")
    assert (asked.status_code, asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (200, "4", "7")
    assert asked.headers["Upload-Metadata"] == told
    assert asked.headers["Upload-Expires"].endswith("GMT")
    assert "Recording-Id" not in asked.headers
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, "7")
    assert last.headers["Recording-Id"] == after.headers["Recording-Id"] == f"recording-of-{upload_id}"
    assert "Upload-Expires" not in after.headers
    for answer in (created, first, asked, last, after):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert (tmp_path / "arrived" / upload_id).read_text() == "7 tip.mp4 video/mp4\n"


def test_an_upload_in_one_request(client: TestClient) -> None:
    answer = client.post(UPLOADS, headers={**EVA, **BYTES, "Upload-Length": "5"}, content=b"abcde")

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "5")
    assert answer.headers["Recording-Id"] == f"recording-of-{answer.headers['Location'].rsplit('/', 1)[1]}"


def test_an_upload_whose_length_comes_last(client: TestClient) -> None:
    path = client.post(UPLOADS, headers={**EVA, "Upload-Defer-Length": "1"}).headers["Location"]
    client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"abc")

    asked = client.head(path, headers=EVA)
    last = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "3", "Upload-Length": "4"}, content=b"d")

    assert (asked.headers["Upload-Defer-Length"], "Upload-Length" in asked.headers) == ("1", False)
    assert "Recording-Id" in last.headers


def test_what_is_said_of_an_upload_is_said_anew_with_its_last_bytes_and_what_it_is_stays(client: TestClient) -> None:
    first = metadata(filename="tip.webm", speaker="Sam", title="Valve", audience="All", x="y")
    headers = {**EVA, **BYTES}
    path = client.post(UPLOADS, headers={**EVA, "Upload-Defer-Length": "1", "Upload-Metadata": first}).headers[
        "Location"
    ]
    client.patch(path, headers={**headers, "Upload-Offset": "0"}, content=b"abc")
    late = {"Upload-Offset": "3", "Upload-Metadata": metadata(filename="evil.exe", brief="b", terms="3", title="Pump")}

    damaged = client.patch(
        path,
        headers={**headers, **late, "Upload-Checksum": f"sha1 {base64.b64encode(bytes(20)).decode()}"},
        content=b"d",
    )
    before = client.head(path, headers=EVA).headers["Upload-Metadata"]
    client.patch(path, headers={**headers, **late, "Upload-Length": "4"}, content=b"d")

    assert (damaged.status_code, before) == (460, first)
    after = client.head(path, headers=EVA)
    assert after.headers["Upload-Metadata"] == metadata(filename="tip.webm", x="y", terms="3", title="Pump")
    assert "Recording-Id" in after.headers


def test_chunked_data_that_fits_is_kept(client: TestClient, create: Callable[..., str]) -> None:
    path = create(6)

    answer = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=iter([b"abc", b"def"]))

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "6")


def test_data_with_its_checksum_is_kept(client: TestClient, create: Callable[..., str]) -> None:
    path = create(5)
    checksum = "md5 " + base64.b64encode(hashlib.md5(b"abcde").digest()).decode()

    answer = client.patch(
        path, headers={**EVA, **BYTES, "Upload-Offset": "0", "Upload-Checksum": checksum}, content=b"abcde"
    )

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5")


def test_a_cancelled_upload_takes_no_more(client: TestClient, create: Callable[..., str], tmp_path: Path) -> None:
    path = create(5)

    cancelled = client.delete(path, headers=EVA)
    after = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"abcde")

    assert (cancelled.status_code, error(after)) == (204, (404, "upload_not_found"))
    assert staged(tmp_path) == {}


def test_while_recordings_cannot_be_made_the_bytes_stay_and_the_client_asks_again(
    client: TestClient, create: Callable[..., str], tmp_path: Path
) -> None:
    path = create(5)
    (tmp_path / "down").touch()

    last = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"abcde")
    asked = client.head(path, headers=EVA)
    again = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "5"})
    (tmp_path / "down").unlink()
    then = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "5"})

    assert error(last) == (503, "not_arrived")
    assert (asked.status_code, again.status_code) == (503, 503)
    assert (then.status_code, then.headers["Upload-Offset"]) == (204, "5")
    assert "Recording-Id" in then.headers


def test_a_creation_with_all_bytes_is_kept_while_recordings_cannot_be_made(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "down").touch()
    created = client.post(UPLOADS, headers={**EVA, **BYTES, "Upload-Length": "5"}, content=b"abcde")
    (tmp_path / "down").unlink()

    asked = client.head(created.headers["Location"], headers=EVA)

    assert (created.status_code, created.headers["Upload-Offset"]) == (201, "5")
    assert "Recording-Id" not in created.headers
    assert "Recording-Id" in asked.headers


def test_a_client_that_asks_again_after_the_bytes_were_kept_elsewhere_is_told_the_recording(
    client: TestClient, create: Callable[..., str], tmp_path: Path
) -> None:
    path = create(5)
    first = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"abcde")
    client.app.state.services.intake.forget(path.rsplit("/", 1)[1])

    asked = client.head(path, headers=EVA)
    again = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "5"})
    wrong = client.patch(path, headers={**EVA, **BYTES, "Upload-Offset": "0"}, content=b"abcde")

    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == ("5", "5")
    assert first.headers["Recording-Id"] == asked.headers["Recording-Id"] == again.headers["Recording-Id"]
    assert error(wrong) == (409, "wrong_offset")
    assert not list(tmp_path.glob("staging/*.part"))


def test_openapi_tells_the_headers_and_answers(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    one = paths["/api/v1/uploads/{upload_id}"]
    assert set(paths[UPLOADS]) == {"options", "post"}
    assert set(one) == {"head", "patch", "delete"}
    assert {p["name"] for p in one["patch"]["parameters"]} == {
        "upload_id", "Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Checksum",
    }  # fmt: skip
    assert set(one["head"]["responses"]["200"]["headers"]) == {
        "Upload-Offset", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Expires", "Recording-Id",
    }  # fmt: skip
    assert {"204", "409", "413", "423", "460", "503", "507"} <= set(one["patch"]["responses"])
    assert "application/offset+octet-stream" in paths[UPLOADS]["post"]["requestBody"]["content"]
