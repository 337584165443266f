"""The vocabulary: what a term is, how lists of them are written, what stands above what."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.vocabulary import MAX_ALIASES, Term, above, as_tree, demand_no_circle, read_terms, slug, write_terms


def test_terms_are_read_one_a_line_with_other_names_parent_and_language() -> None:
    text = (
        "\ufeffterm,aliases,parent,language\nCrane, hoist | lifting  gear, Lifting, EN\n\n Lifting \nÖl wechseln,,,de\n"
    )

    assert read_terms(text) == (
        Term("Crane", ("hoist", "lifting gear"), "Lifting", "en"),
        Term("Lifting"),
        Term("Öl wechseln", (), "", "de"),
    )


def test_a_spreadsheet_that_parts_by_semicolons_is_read_too() -> None:
    assert read_terms('term;aliases;parent;language\nCrane;"hoist | winch";Lifting;') == (
        Term("Crane", ("hoist", "winch"), "Lifting"),
    )


def test_what_is_written_is_read_again() -> None:
    terms = (Term("Crane", ("hoist", "lifting gear"), "Lifting", "en"), Term("Lifting"), Term('The "big" one'))

    assert read_terms(write_terms(terms)) == terms


@given(st.text(max_size=300))
def test_whatever_is_typed_is_terms_or_is_refused(text: str) -> None:
    with suppress(Invalid):
        found = read_terms(text)
        assert read_terms(write_terms(found)) == found


@pytest.mark.parametrize(
    "line",
    [
        "-,,,",
        "x" * 61,
        "=1+1",
        "@home",
        "a|b",
        "Crane, -hoist",
        "Crane,,,english",
        "Crane, a, b, en, more",
        ".",
        "Crane, -..",
    ],
)
def test_what_is_no_term_is_refused(line: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_terms(line)

    assert refused.value.code == "bad_term"


def test_other_names_are_kept_once_and_never_the_label() -> None:
    assert Term("Crane", ("hoist", "crane", "Hoist", "winch")).checked() == Term("Crane", ("hoist", "winch"))
    with pytest.raises(Invalid, match="more than 20 other names"):
        Term("Crane", tuple(f"hoist {n}" for n in range(MAX_ALIASES + 1))).checked()


def test_every_spelling_has_one_slug() -> None:
    assert {slug(label) for label in ("Öl wechseln", "ÖL  Wechseln", "öl-wechseln")} == {"öl-wechseln"}


def test_no_term_stands_above_itself() -> None:
    parents = {"tower crane": "crane", "crane": "lifting", "lifting": None}

    demand_no_circle("tower crane", "lifting", parents)
    for term, parent in (("crane", "crane"), ("lifting", "tower crane"), ("crane", "tower crane")):
        with pytest.raises(Invalid, match="below itself") as refused:
            demand_no_circle(term, parent, parents)
        assert refused.value.code == "circle"


def test_a_circle_that_is_there_ends() -> None:
    assert above("a", {"a": "b", "b": "a"}) == ("b", "a")


def test_a_tree_is_drawn_from_above_by_the_alphabet() -> None:
    terms = [Term("Tower crane", parent="crane"), Term("Safety"), Term("crane", parent="Lifting"), Term("Lifting"),
             Term("Belt", parent="gone")]  # fmt: skip

    assert [(depth, term.label) for depth, term in as_tree(terms)] == [
        (0, "Belt"), (0, "Lifting"), (1, "crane"), (2, "Tower crane"), (0, "Safety"),
    ]  # fmt: skip
