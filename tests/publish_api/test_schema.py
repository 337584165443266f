"""The API is as it is described. More examples, and as others than an admin:
`PASSITON_TEST_EXAMPLES=100 PASSITON_TEST_MEMBER="a learner" .venv/bin/pytest tests/publish_api/test_schema.py`.
"""

import os

import pytest
from fastapi.testclient import TestClient

from publish_api.rights import RIGHTS
from tests.publish_api.described import tried
from tests.publish_api.household import Household

EXAMPLES = int(os.environ.get("PASSITON_TEST_EXAMPLES", "3"))  # of requests that fit, and as many that do not
MEMBER = os.environ.get("PASSITON_TEST_MEMBER", "an admin")
ROOMS = sorted({name.split("/")[3] for name in RIGHTS if "/api/v1/" in name})


@pytest.mark.parametrize("room", ROOMS)
def test_every_answer_is_as_it_is_described(room: str, house: Household, at_house: TestClient) -> None:
    [member] = [each for each in house.members if each.name == MEMBER]

    wrong = tried(at_house, member, house, room, EXAMPLES)

    assert not wrong, "\n\n".join(wrong)
