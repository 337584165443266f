"""The file as it was sent is nobody's to fetch: no route gives it out, and none says where it lies."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute

from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.material import Made

_NUMBERS = {"number": "0", "n": "0", "name": "480", "cursor": ""}


@pytest.fixture
def made(services: Services, people: People) -> Made:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)
    return made


@pytest.mark.parametrize("who", ["expert", "curator", "admin", "learner", None])
def test_no_route_gives_out_an_original_or_says_where_it_is(
    who: str | None, services: Services, people: People, made: Made, ask: Ask
) -> None:
    client = ask(getattr(people, who) if who else None)
    paths = [*_paths(cast(FastAPI, client.app).routes, made), *_media(client, made)]

    answers = {path: client.get(path) for path in paths}

    assert len(paths) > 60
    assert len([a for a in answers.values() if a.status_code == 200]) >= (40 if who in ("expert", "curator") else 5)
    for path, answer in answers.items():
        assert answer.status_code < 500, path
        assert b"the original" not in answer.content, path
        assert b"originals/" not in answer.content.replace(b"static/", b""), path
        assert "originals/" not in str(answer.headers), path


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "POST"])
def test_the_place_of_an_original_is_no_address(
    method: str, services: Services, people: People, made: Made, ask: Ask
) -> None:
    client = ask(people.admin)
    key = made.recording.original_key
    assert key is not None
    for path in (f"/{key}", f"/m/{key}", f"/static/../{key}", f"/static/%2e%2e/objects/{key}", f"/api/v1/{key}"):
        answer = client.request(method, path)

        assert answer.status_code in (403, 404, 405), path
        assert b"the original" not in answer.content


def _paths(routes: Sequence[BaseRoute], made: Made) -> Iterator[str]:
    """Every address that can be asked for, with the recording and with its clips in the places of ids."""
    for route in routes:
        if (router := getattr(route, "original_router", None)) is not None:
            yield from _paths(router.routes, made)
        elif isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            for identity in (made.id, *(clip.public_id for clip in made.clips)):
                yield re.sub(r"{(\w+)(:\w+)?}", partial(_value, identity), route.path)


def _value(identity: str, placeholder: re.Match[str]) -> str:
    return _NUMBERS.get(placeholder[1], identity)


def _media(client: TestClient, made: Made) -> Iterator[str]:
    """The fragments and stills that the playlists list."""
    for path in (f"/api/v1/recordings/{made.id}/play/{name}.m3u8" for name in ("480", "audio")):
        answer = client.get(path)
        if answer.status_code == 200:
            yield from re.findall(r"/m/[\w/.-]+", answer.text)
