"""The contract as machines read it: complete, and closed to strangers."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from publish_api.app import create_app
from publish_api.services import Services

# Who is asked nothing: what tus says it can do, and signing in and out.
OPEN = {("options", "/api/v1/uploads"), ("post", "/api/v1/sessions"), ("delete", "/api/v1/sessions")}
METHODS = {"get", "head", "post", "put", "patch", "delete", "options"}


@pytest.fixture
def contract(anybody: TestClient) -> dict[str, Any]:
    described: dict[str, Any] = anybody.get("/openapi.json").json()
    return described


def test_no_route_of_the_api_answers_a_stranger(anybody: TestClient, contract: dict[str, Any]) -> None:
    asked = [
        (method, path)
        for path, operations in contract["paths"].items()
        for method in METHODS & operations.keys()
        if path.startswith("/api/")
    ]

    tus = {"Tus-Resumable": "1.0.0"}
    answered = {
        (method, path): anybody.request(method, path.replace("{", "").replace("}", ""), headers=tus).status_code
        for method, path in asked
        if (method, path) not in OPEN
    }

    assert len(answered) >= 46
    assert {each for each, status in answered.items() if status != 401} == set()
    assert set(asked) >= OPEN


def test_what_needs_signing_in_says_so(contract: dict[str, Any]) -> None:
    unsaid = {
        (method, path)
        for path, operations in contract["paths"].items()
        for method, operation in operations.items()
        if path.startswith("/api/") and {"token": []} not in operation.get("security", [])
    }

    schemes = contract["components"]["securitySchemes"]
    assert (schemes["token"]["scheme"], schemes["session"]["name"]) == ("bearer", "passiton_session")
    assert {(method, path) for method, path in unsaid if "uploads" not in path} == OPEN - {
        ("options", "/api/v1/uploads")
    }


def test_every_route_says_what_it_answers_and_how_it_fails(contract: dict[str, Any]) -> None:
    lacking = []
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            good = [status for status in operation["responses"] if status.startswith("2")]
            described = all(
                operation["responses"][status].get("content") or status in {"204", "206"} or "uploads" in path
                for status in good
            )
            fails = "default" in operation["responses"] or "uploads" in path or path in {"/healthz", "/readyz"}
            if not (good and described and fails and operation.get("tags") and operation.get("summary")):
                lacking.append((method, path))

    assert lacking == []


def test_errors_are_described_in_the_house_form(contract: dict[str, Any]) -> None:
    failures = contract["paths"]["/api/v1/clips/{id}"]["patch"]["responses"]

    assert set(failures) == {"200", "400", "401", "403", "404", "410", "412", "428", "default"}
    assert failures["412"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "422" not in str(contract["paths"]["/api/v1/clips"])
    assert "HTTPValidationError" not in contract["components"]["schemas"]


def test_describing_it_needs_nothing_but_the_code(services: Services) -> None:
    assert create_app(services).openapi()["info"]["title"] == "Pass It On"
