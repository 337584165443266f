"""The upload routes in the whole app: who is asking by cookie, from where, and how much."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from capture.intake import Intake
from publish_api.access import COOKIE
from publish_api.app import create_app
from publish_api.services import Services
from store import credentials
from tests.conftest import People
from tests.publish_api.conftest import Ask, Clock, NoArrivals
from tests.publish_api.uploads.uploading import BYTES, UPLOADS, error

TUS = {"Tus-Resumable": "1.0.0"}
OURS = {"Origin": "https://clips.example"}


@pytest.fixture
def signed_in(anybody: TestClient, services: Services, people: People) -> TestClient:
    """A browser of the expert's."""
    with services.store.transaction() as tx:
        session = credentials.new_session(tx, people.expert.id, now=services.now())
    anybody.cookies.set(COOKIE, session)
    return anybody


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    found = (path for path in (folder / "staging").iterdir() if path.name != ".creating")
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in found}


@pytest.mark.parametrize(
    "whence",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://clips.example.evil.example"},
        {"Origin": "http://clips.example"},
        {"Sec-Fetch-Site": "cross-site", **OURS},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "https://clips.example/record"},
    ],
)
def test_with_the_cookie_alone_another_sites_page_uploads_and_cancels_nothing(
    signed_in: TestClient, tmp_path: Path, whence: dict[str, str]
) -> None:
    path = signed_in.post(UPLOADS, headers={**TUS, **OURS, "Upload-Length": "10"}).headers["Location"]
    before = contents(tmp_path)

    answers = [
        signed_in.post(UPLOADS, headers={**TUS, **whence, "Upload-Length": "5"}),
        signed_in.post(UPLOADS, headers={**TUS, **whence, **BYTES, "Upload-Length": "5"}, content=b"EVIL!"),
        signed_in.patch(path, headers={**TUS, **whence, **BYTES, "Upload-Offset": "0"}, content=b"EVIL!"),
        signed_in.delete(path, headers={**TUS, **whence}),
    ]

    assert [error(answer) for answer in answers] == [(403, "foreign_origin")] * 4
    assert contents(tmp_path) == before


def test_a_page_left_open_sends_nothing_as_whoever_has_signed_in_since(
    signed_in: TestClient, people: People, tmp_path: Path
) -> None:
    own = {**TUS, **OURS, "Person-Id": people.expert.public_id}
    path = signed_in.post(UPLOADS, headers={**own, "Upload-Length": "10"}).headers["Location"]
    before = contents(tmp_path)
    others = {**own, "Person-Id": people.curator.public_id}

    answers = [
        signed_in.post(UPLOADS, headers={**others, "Upload-Length": "5"}),
        signed_in.patch(path, headers={**others, **BYTES, "Upload-Offset": "0"}, content=b"EVIL!"),
        signed_in.delete(path, headers=others),
    ]

    assert [error(answer) for answer in answers] == [(403, "somebody_else")] * 3
    assert signed_in.head(path, headers=others).status_code == 403  # not 404: the page would begin anew, as another
    assert contents(tmp_path) == before


def test_our_own_page_uploads_with_the_cookie(signed_in: TestClient) -> None:
    path = signed_in.post(UPLOADS, headers={**TUS, **OURS, "Upload-Length": "10"}).headers["Location"]

    sent = signed_in.patch(path, headers={**TUS, **OURS, **BYTES, "Upload-Offset": "0"}, content=b"01234")
    asked = signed_in.head(path, headers=TUS)

    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, "5")
    assert asked.headers["Upload-Offset"] == "5"


def test_another_site_is_told_by_no_header_that_it_may_upload_here(signed_in: TestClient) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"}

    answer = signed_in.options(UPLOADS, headers=headers)

    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_who_is_signed_out_in_the_middle_writes_no_more(
    signed_in: TestClient, services: Services, people: People, tmp_path: Path
) -> None:
    headers = {**TUS, **OURS}
    path = signed_in.post(UPLOADS, headers={**headers, "Upload-Length": "10"}).headers["Location"]
    with services.store.transaction() as tx:
        tx.execute("delete from session where person_id = %s", [people.expert.id])
    before = contents(tmp_path)

    answer = signed_in.patch(path, headers={**headers, **BYTES, "Upload-Offset": "0"}, content=b"01234")

    assert answer.status_code == 401
    assert contents(tmp_path) == before


@pytest.fixture
def little(services: Services, people: People, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    """The expert's program, where a person may send ten bytes in a day."""
    intake = Intake(tmp_path / "staging", max_bytes=1000, arrivals=NoArrivals(), now=clock, free_floor=0, quota=10)
    with services.store.transaction() as tx:
        token = credentials.new_api_token(tx, people.expert.id)
    with TestClient(create_app(replace(services, intake=intake)), base_url="https://clips.example") as client:
        client.headers.update({**TUS, "Authorization": f"Bearer {token}"})
        yield client


def test_more_than_a_person_may_send_in_a_day_is_refused_in_words_and_nothing_is_written(
    little: TestClient, tmp_path: Path
) -> None:
    path = little.post(UPLOADS, headers={"Upload-Length": "6"}).headers["Location"]
    little.patch(path, headers={**BYTES, "Upload-Offset": "0"}, content=b"0")
    before = contents(tmp_path)

    created = little.post(UPLOADS, headers={"Upload-Length": "5"})
    with_bytes = little.post(UPLOADS, headers={**BYTES, "Upload-Length": "5"}, content=b"01234")

    assert error(created) == error(with_bytes) == (429, "quota_reached")
    assert "What has arrived is safe; go on tomorrow" in created.json()["error"]["message"]
    assert contents(tmp_path) == before


def test_a_recording_sent_while_it_is_made_ends_where_the_quota_ends_and_keeps_what_came(little: TestClient) -> None:
    path = little.post(UPLOADS, headers={"Upload-Defer-Length": "1"}).headers["Location"]
    little.patch(path, headers={**BYTES, "Upload-Offset": "0"}, content=b"01234567")

    more = little.patch(path, headers={**BYTES, "Upload-Offset": "8"}, content=b"89X")
    rest = little.patch(path, headers={**BYTES, "Upload-Offset": "8"}, content=b"89")

    assert error(more) == (429, "quota_reached")
    assert (rest.status_code, rest.headers["Upload-Offset"]) == (204, "10")


def test_what_was_left_for_too_long_is_gone_and_takes_no_byte(
    ask: Ask, people: People, clock: Clock, tmp_path: Path
) -> None:
    expert = ask(people.expert)
    path = expert.post(UPLOADS, headers={**TUS, "Upload-Length": "5"}).headers["Location"]
    clock.passes(days=timedelta(days=7).days, seconds=1)
    before = contents(tmp_path)

    asked = expert.head(path, headers=TUS)
    sent = expert.patch(path, headers={**TUS, **BYTES, "Upload-Offset": "0"}, content=b"01234")

    assert asked.status_code == 410
    assert error(sent) == (410, "upload_expired")
    assert contents(tmp_path) == before
