"""Where somebody goes on who stopped in a clip."""

from uuid import UUID

import pytest

from domain.clip import Part
from domain.span import Span
from domain.watched import goes_on

TALK, RETAKE = UUID(int=1), UUID(int=2)
PARTS = (Part(TALK, "talk", Span(10_000, 30_000)), Part(RETAKE, "retake", Span(0, 10_000)))


@pytest.mark.parametrize(
    ("recording", "at_ms", "clip_ms"),
    [
        (TALK, 16_000, 6_000),
        (RETAKE, 2_000, 22_000),
        (TALK, 15_000, None),  # hardly begun
        (RETAKE, 5_000, None),  # all but through
        (TALK, 9_999, None),  # no longer part of it
        (UUID(int=3), 16_000, None),
    ],
)
def test_one_goes_on_in_the_middle_and_begins_at_the_start_else(
    recording: UUID, at_ms: int, clip_ms: int | None
) -> None:
    assert goes_on(PARTS, recording, at_ms) == clip_ms
