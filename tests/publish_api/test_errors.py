"""What is said when something cannot be done, and what every answer carries."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from domain import errors
from publish_api.app import create_app
from publish_api.errors import status_of
from publish_api.services import Services
from store.folder import Folder
from store.postgres import Store
from tests.conftest import People
from tests.publish_api.conftest import Ask


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Refused("."), 422),
        (errors.Invalid("."), 400),
        (errors.Invalid(".", code="version_needed"), 428),
        (errors.Unauthenticated("."), 401),
        (errors.Forbidden("."), 403),
        (errors.NotFound("."), 404),
        (errors.Gone("."), 410),
        (errors.Conflict("."), 409),
        (errors.Conflict(".", code="stale_version"), 412),
        (errors.TooLarge("."), 413),
        (errors.TooMany("."), 429),
        (errors.Unavailable("."), 503),
        (errors.Misconfigured("."), 500),
        (errors.PassItOnError("."), 500),
    ],
)
def test_every_error_has_its_status(error: errors.PassItOnError, status: int) -> None:
    assert status_of(error) == status


def test_no_error_of_the_domain_is_forgotten() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)}

    unknown = {kind.__name__ for kind in kinds - {errors.PassItOnError} if status_of(kind(".")) == 500}

    assert unknown == {"Misconfigured"}


def test_an_unknown_address_of_the_api_answers_in_the_house_form(ask: Ask, people: People) -> None:
    for path in ("/api/v1/nothing", "/api", "/api/", "/api/v2/clips", "/m/x"):
        answer = ask(people.learner).get(path)

        assert answer.status_code == 404, path
        assert answer.json() == {
            "error": {
                "code": "not_found",
                "message": "There is nothing here. Check the address, or go back to the start page.",
            }
        }


def test_a_wrong_method_answers_in_the_house_form(ask: Ask, people: People) -> None:
    answer = ask(people.learner).put("/api/v1/me")

    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET"


def test_outside_the_api_people_get_a_page(anybody: TestClient) -> None:
    answer = anybody.get("/nothing-here")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "There is nothing here." in answer.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "login is missing. name is missing."),
        ({"login": "a", "name": 1}, "name: input should be a valid string."),
        (
            {"login": "a", "name": "A", "role": "boss"},
            "role: input should be 'learner', 'expert', 'curator' or 'admin'.",
        ),
        ({"login": "a", "name": "A", "rank": 1}, "rank is not a field here."),
        ([], "The body is missing or has the wrong shape. Send a JSON object with Content-Type: application/json."),
    ],
)
def test_what_is_wrong_with_a_field_is_said_in_words(ask: Ask, people: People, body: object, words: str) -> None:
    answer = ask(people.curator).post("/api/v1/people", json=body)

    assert answer.status_code == 400
    assert answer.json() == {"error": {"code": "invalid", "message": words}}


def test_what_nobody_expected_is_logged_and_told_without_details(
    ask: Ask, people: People, services: Services, objects: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Folder):
        def size(self, key: str) -> int:
            raise ZeroDivisionError("a secret detail")

    app = create_app(replace(services, objects=Broken(objects.root)))

    with caplog.at_level(logging.ERROR):
        answer = TestClient(app).get("/readyz")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "secret" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "GET /readyz failed" in caplog.text
    assert "a secret detail" in caplog.text


def test_health_and_readiness(anybody: TestClient) -> None:
    assert anybody.get("/healthz").json() == {"status": "ok"}
    assert anybody.get("/readyz").json() == {"status": "ok"}


def test_a_server_without_its_database_lives_but_is_not_ready(services: Services) -> None:
    nowhere = Store("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1")
    nowhere._pool.timeout = 0.5
    client = TestClient(create_app(replace(services, store=nowhere)))

    alive, ready = client.get("/healthz"), client.get("/readyz")
    nowhere.close()

    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["error"]["code"]) == (503, "unavailable")


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/nothing", "/healthz", "/nothing", "/openapi.json", "/m/a/b/c"])
def test_every_answer_is_armoured(anybody: TestClient, path: str) -> None:
    headers = anybody.get(path).headers

    policy = dict(each.strip().split(" ", 1) for each in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "media-src": "'self' blob: data:",
        "worker-src": "'self' blob:",
        "img-src": "'self' blob: data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_needs_what_the_policy_forbids() -> None:
    templates = Path(__file__).resolve().parents[2] / "publish_api" / "pages" / "templates"
    pages = {path.name: path.read_text() for path in templates.rglob("*.html") if not path.name.startswith("mail_")}

    inline = {name for name, text in pages.items() if " style=" in text or "<style" in text or " onclick=" in text}

    assert pages
    assert inline == set()
