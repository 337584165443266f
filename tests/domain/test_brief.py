"""What a brief may say, what is made of a stranger's answers, and what its guests may do."""

import pytest

from domain.brief import DEFAULT_QUESTIONS, Answers, Wish
from domain.clip import Expertise, Level
from domain.errors import Forbidden, Invalid
from domain.ids import uuid7
from domain.permit import Act, demand, may
from domain.person import Person, Role


def test_what_a_stranger_answers_is_kept_as_far_as_it_makes_sense() -> None:
    said = Answers.said({"audience": "a" * 301, "kind": "skill", "level": "wizard", "x": "y"})

    assert said == Answers(audience="a" * 300, prerequisites="", kind=Expertise.SKILL, level=None)


def test_where_the_expert_said_nothing_the_brief_speaks() -> None:
    asked = Answers("apprentices", "jacks", Expertise.SKILL, Level.BEGINNER)

    assert Answers.said({"audience": "everybody", "kind": "magic", "level": "advanced"}, asked) == Answers(
        "everybody", "jacks", Expertise.SKILL, Level.ADVANCED
    )


def test_where_the_expert_said_that_there_is_none_the_brief_is_silent() -> None:
    asked = Answers("apprentices", "jacks", Expertise.SKILL, Level.BEGINNER)

    assert Answers.said({"audience": "", "prerequisites": "", "kind": "", "level": ""}, asked) == Answers()


def test_empty_questions_are_left_out() -> None:
    assert Wish("Brakes", questions=("", "Why?", "")).checked().questions == ("Why?",)


def test_every_default_question_fits_on_a_phone() -> None:
    assert Wish("Brakes").checked().questions == DEFAULT_QUESTIONS
    assert max(len(question) for question in DEFAULT_QUESTIONS) <= 120


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish(""), "bad_title"),
        (Wish("t" * 201), "bad_title"),
        (Wish("Brakes", "w" * 2001), "bad_brief"),
        (Wish("Brakes", questions=("?",) * 13), "bad_brief"),
        (Wish("Brakes", questions=("?" * 301,)), "bad_brief"),
        (Wish("Brakes", answers=Answers(audience="a" * 301)), "answer_too_long"),
        (Wish("Brakes", answers=Answers(prerequisites="a" * 301)), "answer_too_long"),
    ],
)
def test_a_brief_that_is_too_long_is_refused(wish: Wish, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        wish.checked()

    assert refused.value.code == code


@pytest.mark.parametrize("role", list(Role))
def test_a_guest_may_send_recordings_and_look_after_them_and_nothing_else_whatever_their_role(role: Role) -> None:
    guest = Person(uuid7(), "p", "gina", "Gina", role, brief_id=uuid7())

    allowed = [{act for act in Act if may(guest, act, own=own, curates=True)} for own in (False, True)]

    of_their_own = {
        Act.NAME_PEOPLE, Act.ASK_CONSENT, Act.TAKE_BACK_CONSENT, Act.RETRY, Act.SAY_OF_FILM, Act.DELETE_RECORDING,
    }  # fmt: skip
    assert allowed == [{Act.UPLOAD, Act.ANSWER_BRIEF}, {Act.UPLOAD, Act.ANSWER_BRIEF, *of_their_own}]
    with pytest.raises(Forbidden):
        demand(guest, Act.COMMENT, own=True, curates=True)
