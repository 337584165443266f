"""The glossary: how terms are written down, and which are likely."""

import pytest

from domain.errors import Invalid
from domain.glossary import MAX_HEARD, Term, letters, likely_first, once, read_terms


def test_all_ways_of_writing_a_term_are_one() -> None:
    assert {letters(text) for text in ("X 200", "X-200", "x200", " X.200 ")} == {"x200"}
    assert letters("Weiß-Müller Ærø") == "weissmulleraero"


def test_terms_are_read_one_a_line_with_what_is_heard_behind_a_colon() -> None:
    text = "Loctite:  lock tight, octite\n\n  Schrader   valve \nX200: ex 200; X two hundred,\n"

    assert read_terms(text) == (
        Term("Loctite", ("lock tight", "octite")),
        Term("Schrader valve"),
        Term("X200", ("ex 200", "X two hundred")),
    )


def test_what_is_heard_as_the_term_itself_or_twice_is_left_out() -> None:
    term = Term("X200", ("X 200", "ex 200", "Ex-200", "x-200")).checked()

    assert term == Term("X200", ("ex 200",))


@pytest.mark.parametrize(
    "line",
    ["…", ": lock tight", "a b c d e f", "x" * 61, "Loctite: " + "y" * 61, "Loctite: !?", "Loctite: a b c d e f"],
)
def test_what_is_no_term_is_refused_with_what_a_term_is(line: str) -> None:
    with pytest.raises(Invalid, match="a term is at most 5 words and 60 characters long, and has a letter") as refused:
        read_terms(line)

    assert refused.value.code == "bad_term"


def test_a_term_is_heard_in_a_few_ways_only() -> None:
    with pytest.raises(Invalid, match="in more than 8 ways: keep the usual"):
        Term("Loctite", tuple(f"octite {n}" for n in range(MAX_HEARD + 1))).checked()


def test_terms_that_are_named_in_what_a_recording_is_about_come_first() -> None:
    terms = (Term("Festo"), Term("X200"), Term("Sikaflex"))

    assert likely_first(terms, "Changing the filter of the X-200, with sikaflex") == (
        Term("X200"),
        Term("Sikaflex"),
        Term("Festo"),
    )
    assert likely_first(terms, "") == terms


def test_of_terms_that_are_written_alike_the_first_stays() -> None:
    assert once([Term("X200", ("ex 200",)), Term("Festo"), Term("X 200")]) == (Term("X200", ("ex 200",)), Term("Festo"))
