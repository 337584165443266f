"""A stranger who has read the description of the API and nothing else asks what it allows, and what it does not
(schemathesis): is every answer as it is described there?
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import hypothesis
import schemathesis
from fastapi import FastAPI
from fastapi.routing import RouteContext
from fastapi.testclient import TestClient
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from capture import tus
from publish_api.rights import routes_of
from tests.publish_api import asking
from tests.publish_api.household import Household, Member

# Not `positive_data_acceptance`: that a second lies in a clip, or a name is free, no schema says.
_CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@schemathesis.serializer(tus.CONTENT_TYPE.decode())
def _bytes(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


# tus says 412 where its version is missing; so does what was changed meanwhile.
_REFUSED = ["400", "401", "403", "404", "405", "409", "410", "412", "413", "415", "422", "428", "429"]
_CONFIG = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": _REFUSED}}})
STREAMS = {"/api/v1/events"}  # answers as long as somebody listens
DECODES = {"/api/v1/clips/{id}/download.mp4", "/api/v1/clips/{id}/download.m4a"}  # fragments, which are text here


def tried(client: TestClient, member: Member, house: Household, room: str, examples: int, seed: int = 0) -> list[str]:
    """What was wrong with the answers to so many requests of each kind, to every route of a room of the API."""
    wrong: dict[str, str] = {}
    contract = client.get("/openapi.json").json()
    ids = next(each for each in house.beside(member) if each.owner == member.name).ids
    routes = {re.sub(r":\w+}", "}", name): route for name, route in routes_of(cast(FastAPI, client.app))}
    for operation in _operations(contract, room):
        name = f"{operation.method.upper()} {operation.path}"
        try:
            operation.validate_response(_well_formed(client, member, routes[name], name, ids))
        except (AssertionError, BaseExceptionGroup) as failure:
            wrong[name] = f"{name}, well formed: {failure}"[:1500]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for case, answer in _asked(client, member, operation, mode, ids, examples, seed):
                try:
                    case.validate_response(answer, checks=_CHECKS)
                except AssertionError as failure:
                    what = f"{operation.label}, {mode.value}: {type(failure).__name__}"
                    wrong.setdefault(what, f"{what} {failure}")
                except BaseExceptionGroup as failures:
                    for each in failures.exceptions:
                        what = f"{operation.label}, {mode.value}: {type(each).__name__}"
                        wrong.setdefault(what, f"{what}: {failures}"[:1500])
    return list(wrong.values())


def _well_formed(client: TestClient, member: Member, route: RouteContext, name: str, ids: Mapping[str, str]) -> Any:
    """The answer to a request of which we know that it fits."""
    method, _, path = name.partition(" ")
    request = asking.request_of(route, ids)
    headers = {**request.pop("headers"), **member.headers}
    return client.request(method, asking.address(path, ids), headers=headers, **request)


def _operations(contract: dict[str, Any], room: str) -> Iterator[Any]:
    for result in schemathesis.openapi.from_dict(contract, config=_CONFIG).get_all_operations():
        operation = cast(Any, result).ok()
        if operation.path.split("/")[3:4] == [room] and operation.path not in STREAMS | DECODES:
            yield operation


def _asked(
    client: TestClient, member: Member, operation: Any, mode: GenerationMode, ids: Any, examples: int, seed: int
) -> list[tuple[Any, Any]]:
    answers: list[tuple[Any, Any]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:  # of something that is there
            for name, noun in asking.things_named(operation.path):
                case.path_parameters[name] = ids[noun]
            if len(answers) % 2:  # and of how it is now
                case.headers["If-Match"] = "*"
        client.cookies.clear()
        request = case.as_transport_kwargs(base_url="https://clips.example", headers=dict(member.headers))
        request.pop("cookies", None)
        if isinstance(request.get("data"), bytes):
            request["content"] = request.pop("data")
        answers.append((case, client.request(**request)))

    with contextlib.suppress(Unsatisfiable):  # nothing about it can be wrong
        one()
    return answers
