"""Why a clip waits for a curator, in the language of whoever reads it."""

from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask


def test_why_a_clip_waits_is_said_in_the_language_of_the_page_and_to_programs_in_english(
    ask: Ask, people: People, services: Services
) -> None:
    made = material.recording(services, people.expert)
    curator, arabic = ask(people.curator), {"Accept-Language": "ar"}
    first = f"/api/v1/clips/{made.clips[0].public_id}"
    curator.patch(first, json={"risk": "safety", "assigned": people.curator.public_id}, headers={"If-Match": '"1"'})

    page = curator.get("/review", headers=arabic).text
    told = curator.get("/api/v1/review", headers=arabic).json()["items"][0]["why"]

    assert '<li class="assigned" dir="auto">عليك أن تنظر فيه.</li>' in page
    assert '<li class="safety" dir="auto">مسألة سلامة: ينظر فيه شخصان.</li>' in page
    assert told == [
        {"code": "assigned", "words": "You are to look at it."},
        {"code": "safety", "words": "A matter of safety: two people look at it."},
    ]
