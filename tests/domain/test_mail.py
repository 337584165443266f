"""When digests come, which addresses are any good, and what the links in mails say."""

from datetime import UTC, datetime

import pytest

from domain.errors import Invalid
from domain.mail import (
    DIGEST,
    Rhythm,
    checked_address,
    checked_zone,
    confirm_token,
    confirms,
    next_digest,
    read_stop_token,
    stop_token,
)

NOW = datetime(2026, 3, 28, 6, 30, tzinfo=UTC)  # a Saturday; the night after, clocks in Berlin go forward
EVA, SECRET = "0123456789abcdef", b"a secret"


@pytest.mark.parametrize(
    ("rhythm", "hour", "zone", "next_at"),
    [
        (Rhythm.DAILY, 8, "Europe/Berlin", datetime(2026, 3, 28, 7, 0, tzinfo=UTC)),
        (Rhythm.DAILY, 7, "Europe/Berlin", datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),
        (Rhythm.DAILY, 2, "Europe/Berlin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # there is no two o'clock
        (Rhythm.DAILY, 6, "UTC", datetime(2026, 3, 29, 6, 0, tzinfo=UTC)),
        (Rhythm.WEEKLY, 8, "Europe/Berlin", datetime(2026, 3, 30, 6, 0, tzinfo=UTC)),
        (Rhythm.WEEKLY, 8, "Pacific/Auckland", datetime(2026, 3, 29, 19, 0, tzinfo=UTC)),
        (Rhythm.DAILY, 8, "Gone/Since", datetime(2026, 3, 28, 8, 0, tzinfo=UTC)),
        (Rhythm.OFF, 8, "UTC", None),
    ],
)
def test_a_digest_comes_at_the_hour_of_clocks_there(
    rhythm: Rhythm, hour: int, zone: str, next_at: datetime | None
) -> None:
    assert next_digest(rhythm, hour, zone, NOW) == next_at


@pytest.mark.parametrize("zone", ["words", "../../etc/passwd", "/etc/localtime", "Europe", "", "a\x00", "UTC" * 30])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(Invalid, match="no such time zone"):
        checked_zone(zone)


@pytest.mark.parametrize("address", ["eva@example.org", "e.v+tips@mail.example", "eva@localhost"])
def test_a_mail_address_is_kept_as_it_was_typed(address: str) -> None:
    assert checked_address(f" {address}\n") == address


def test_a_link_says_what_it_ends_and_for_whom_and_no_other_is_believed() -> None:
    token = stop_token(SECRET, EVA, DIGEST)
    others = (
        stop_token(b"another", EVA, DIGEST),
        token.replace(EVA, EVA[::-1]),
        token.replace(DIGEST, "answered"),
        stop_token(SECRET, EVA, "gossip"),
        stop_token(SECRET, "eva", DIGEST),
        confirm_token(SECRET, EVA, "eva@example.org", NOW),
        *("", ".", "..", "é", token[:-1], token + "="),
    )

    assert read_stop_token(SECRET, token) == (EVA, DIGEST)
    assert read_stop_token(SECRET, stop_token(SECRET, EVA, "answered")) == (EVA, "answered")
    assert [read_stop_token(SECRET, each) for each in others] == [None] * len(others)


def test_a_confirmation_is_of_one_address_and_one_question() -> None:
    token = confirm_token(SECRET, EVA, "eva@example.org", NOW)

    assert confirms(SECRET, token, EVA, "eva@example.org", NOW)
    assert not confirms(SECRET, token, EVA, "eva@example.com", NOW)
    assert not confirms(SECRET, token, EVA, "eva@example.org", NOW.replace(second=1))
    assert not confirms(SECRET, token, EVA[::-1], "eva@example.org", NOW)
