"""What a phone fetches before a clip plays: on one bar of signal every kilobyte is waited for."""

import re

import pytest
from fastapi.testclient import TestClient

from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.pages.conftest import Browse

LIMIT = 150_000  # bytes, packed as they travel


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_first_view_of_a_clip_weighs_less_than_150_kilobytes_without_media(
    language: str, services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator, 0)
    browser = browse(people.learner)
    browser.headers["Accept-Language"] = language

    page = browser.get(f"/clips/{made.clips[0].public_id}")
    wanted = {path.split("#")[0] for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)}
    weights = {path: _weight(browser, path) for path in wanted if "/touch-" not in path}  # that is for the home screen

    assert any(path.endswith("/vendor/hls.mjs") for path in weights)
    assert sum(weights.values()) + _weight(browser, page.url.path) < LIMIT


def _weight(browser: TestClient, path: str) -> int:
    """Bytes of a body as a browser gets it over HTTPS."""
    with browser.stream("GET", path, headers={"Accept-Encoding": "gzip, deflate, br"}) as answer:
        assert answer.status_code == 200
        return sum(len(part) for part in answer.iter_raw())
