"""How times, lengths and counts are said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domain.space import Space
from publish_api.pages import words

NOW = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ms", "said"), [(0, "0:00"), (999, "0:00"), (42_900, "0:42"), (725_000, "12:05"), (3_723_000, "1:02:03")]
)
def test_a_time_is_rounded_down(ms: int, said: str) -> None:
    assert words.clock(ms) == said


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "0 seconds"),
        (1_000, "1 second"),
        (42_400, "42 seconds"),
        (60_000, "1 minute"),
        (125_000, "2 minutes 5 seconds"),
    ],
)
def test_a_length_is_said_in_full(ms: int, said: str) -> None:
    assert words.length(ms) == said


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=1, hours=3), "yesterday"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=30), "on 6 April"),
        (timedelta(days=400), "on 1 April 2030"),
        (timedelta(seconds=-5), "just now"),
    ],
)
def test_the_past_is_said_as_people_do(gone: timedelta, said: str) -> None:
    assert words.ago(NOW - gone, NOW) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "a few seconds"),
        (31, "about 30 seconds"),
        (60, "about a minute"),
        (200, "about 3 minutes"),
        (5_000, "about 83 minutes"),
        (9_000, "about 2 hours"),
    ],
)
def test_an_estimate_is_no_more_exact_than_it_is(seconds: float, said: str) -> None:
    assert words.about(seconds) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Lea Learner", "LL"),
        ("Madonna", "M"),
        ("Anna Maria de Souza", "AS"),
        ("Ahmed <b>Öz</b>", "AB"),
        ("Kim (Nights) ☀", "KN"),
        ("☀", ""),
        ("", ""),
    ],
)
def test_initials_are_of_the_first_and_the_last_name(name: str, said: str) -> None:
    assert words.initials(name) == said


@pytest.mark.parametrize(
    ("browser", "said"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15", "iPhone"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36", "Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", "Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Linux"),
        ("<script>alert(1)</script>", "Some device"),
        ("", "Some device"),
    ],
)
def test_a_device_is_called_by_what_people_call_it(browser: str, said: str) -> None:
    assert words.device(browser) == said


def test_a_day_is_said_with_its_year() -> None:
    assert words.day(NOW) == "6 May 2031"


def test_the_space_of_everybody_has_one_name_whatever_the_store_calls_it() -> None:
    ward = Space(uuid4(), "ward", "Ward 3", everyone=False)

    assert [words.called(space) for space in (ward, replace(ward, name="Everyone", everyone=True))] == [
        "Ward 3",
        "All colleagues",
    ]
