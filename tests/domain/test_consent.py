"""Consent: what is promised in words, and what a takedown may say."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.consent import (
    SENDING_SAYS,
    AppearsAs,
    Consent,
    Reason,
    Takedown,
    TakedownState,
    TakenBack,
    checked_cuts,
    lacking,
    terms,
)
from domain.errors import Invalid
from domain.permit import Act, may
from domain.person import Person, Role
from domain.span import Span

RAISED = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
TAKEDOWN = Takedown(
    id=UUID(int=1), public_id="a" * 16, recording_id=UUID(int=2), recording="b" * 16, title="Valves",
    reason=Reason.WITHDRAWN, state=TakedownState.OPEN, appearance_id=UUID(int=3), about="Ahmed", raised_by="",
    at_ms=None, words="", raised_at=RAISED, backup_days=30, resolved_at=None, resolved_by="", answer="", cut=(),
    touched=(),
)  # fmt: skip
GUEST = Person(UUID(int=9), "g" * 16, "gus", "Gus", Role.CURATOR, brief_id=UUID(int=8))


def test_backups_are_clear_a_stated_number_of_days_after_the_removal() -> None:
    removed = replace(TAKEDOWN, state=TakedownState.REMOVED, resolved_at=datetime(2031, 5, 20, 23, 59, tzinfo=UTC))

    assert TAKEDOWN.backups_clear_on == date(2031, 6, 5)
    assert removed.backups_clear_on == date(2031, 6, 19)


def test_the_words_answer_three_questions_and_promise_what_is_set() -> None:
    everybody = terms(None, 30, by=TakenBack.UNDER_RECORDINGS)
    ward = terms("Ward 3", 1, originals_days=90, by=TakenBack.HERE)

    assert [each.question for each in everybody] == [
        "Who will see this?", "For how long?", "How do I take it back?",
    ]  # fmt: skip
    assert "all colleagues who sign in here" in everybody[0].answer
    assert "the people of “Ward 3”" in ward[0].answer
    assert "The file that was sent" not in everybody[1].answer
    assert "The file that was sent is deleted 90 days after its clips are ready" in ward[1].answer
    assert "reason: under your recordings, or by telling somebody in L&D." in everybody[2].answer
    assert "reason: with the button on this page, or by telling somebody in L&D." in ward[2].answer
    assert everybody[2].answer.endswith("backups hold nothing of it after 30 days.")
    assert ward[2].answer.endswith("backups hold nothing of it after 1 day.")
    assert "take that back at any time" in SENDING_SAYS


def test_who_is_missing_is_said_by_name_and_part() -> None:
    asked = lacking(AppearsAs.SPEAKER, Consent.ASKED)
    withdrawn = lacking(AppearsAs.SEEN, Consent.WITHDRAWN)

    assert asked % {"name": "Ahmed"} == "Ahmed, who speaks in it, has not agreed yet."
    assert withdrawn % {"name": "Somebody"} == "Somebody, who is to be seen in it, has taken consent back."


def test_a_cut_names_the_seconds_and_the_one_that_was_complained_of_is_among_them() -> None:
    assert checked_cuts([Span(5_000, 9_000), Span(0, 1_000)], 8_999) == (Span(0, 1_000), Span(5_000, 9_000))
    for cuts, at_ms in (([], None), ([Span(0, 5_000)], 5_000), ([Span(n, n + 1) for n in range(51)], None)):
        with pytest.raises(Invalid) as refused:
            checked_cuts(cuts, at_ms)
        assert refused.value.code == "bad_cut"


def test_a_guest_asks_for_consent_in_what_they_sent_and_settles_nothing() -> None:
    ours = (
        Act.NAME_PEOPLE, Act.ASK_CONSENT, Act.SAY_CONSENT, Act.NOTE_CONSENT, Act.TAKE_BACK_CONSENT, Act.UNNAME_PEOPLE,
        Act.ASK_TAKEDOWN, Act.SETTLE_TAKEDOWN,
    )  # fmt: skip

    allowed = [act for act in ours if may(GUEST, act, own=True, curates=True)]

    assert allowed == [Act.NAME_PEOPLE, Act.ASK_CONSENT, Act.TAKE_BACK_CONSENT]
    assert not may(GUEST, Act.TAKE_BACK_CONSENT, own=False, curates=True)
