"""A company's own words in what an engine heard: what is mended, and what is left alone."""

import pytest

from domain.glossary import Term
from domain.transcript import Word
from transcribe.glossary import hint, likeliest, mended

EVERYDAY = {
    *("lock", "tight", "the", "open", "to", "a", "talks", "cooper", "valve", "be", "may", "52", "it", "teams"),
    *("custom", "speech", "ex", "200", "use", "he", "percent"),
}
OWN = (
    Term("Loctite", ("lock tight",)),
    Term("X200"),
    Term("Kubernetes"),
    Term("Torx"),
    Term("IT"),
    Term("B52"),
    Term("ferrule"),
    Term("Schrader valve"),
    Term("Custom Speech"),
)


def tokens(text: str) -> int:
    """As engines count: an everyday word is one, another several."""
    return sum(1 if word.strip(",.:") in EVERYDAY else 2 for word in text.split())


def heard(text: str, *, sure: float = 0.6) -> tuple[Word, ...]:
    return tuple(Word(each, n * 500, n * 500 + 400, sure) for n, each in enumerate(text.split()))


def after(text: str, *, sure: float = 0.6, language: str = "en", terms: tuple[Term, ...] = OWN) -> str:
    return " ".join(w.text for w in mended(heard(text, sure=sure), terms, tokens, language))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Use octite here.", "Use Loctite here."),
        ("cubernetes restarts", "Kubernetes restarts"),
        ("the Kuber Netties, then", "the Kubernetes, then"),
        ("“Torks” bits", "“Torx” bits"),
        ("the shrader valve's cap", "the Schrader valve's cap"),
        ("the Shraider-Valve cap", "the Schrader valve cap"),
        ("Ferule first, then a feruel", "Ferrule first, then a ferrule"),
    ],
)
def test_a_near_miss_is_written_as_the_term(said: str, written: str) -> None:
    assert after(said) == written


@pytest.mark.parametrize("said", ["the X 200, then", "the x-200, then", "the x200, then"])
def test_a_code_is_written_in_one_way_however_sure_the_engine_was(said: str) -> None:
    assert after(said, sure=1.0) == "the X200, then"


def test_what_is_known_to_be_heard_is_mended_though_it_is_made_of_everyday_words() -> None:
    assert after("lock tight, please", sure=0.99) == "Loctite, please"


def test_a_term_of_everyday_words_gets_its_capitals() -> None:
    assert after("open custom speech now", sure=0.99) == "open Custom Speech now"


@pytest.mark.parametrize(
    "said",
    [
        "he talks to it",  # everyday words, though like Torx and IT
        "it may be 52 percent",  # sounds like B52
        "the X300 and the X2000",  # numbers have to agree
        "two Torxes, and X200s",  # a term that is bent is a term
        "Kubernetes and Loctite.",
        "something else entirely",
    ],
)
def test_what_was_said_clearly_stays_as_it_is(said: str) -> None:
    assert after(said, sure=0.95) == said


def test_the_surer_the_engine_was_the_nearer_a_miss_has_to_be() -> None:
    assert after("loxtide", sure=0.2) == "Loctite"
    assert after("loxtide", sure=0.97) == "loxtide"


def test_a_word_of_another_language_that_was_heard_surely_is_no_near_miss() -> None:
    terms = (Term("Etikett"),)

    assert after("fecha en la etiqueta para", sure=0.97, language="es", terms=terms) == "fecha en la etiqueta para"
    assert after("auf das Etiquette", language="de", terms=terms) == "auf das Etikett"


def test_a_term_is_said_in_one_breath_and_in_one_sentence() -> None:
    apart = (Word("X", 0, 300, 0.9), Word("200", 2_000, 2_300, 0.9))

    assert mended(apart, OWN, tokens, "en") == apart
    assert after("Take the X. 200 come later") == "Take the X. 200 come later"


def test_words_that_become_one_are_joined_in_time_with_their_lowest_probability() -> None:
    words = (Word("valve", 100, 400, 0.9), Word("X", 420, 500, 0.8), Word("200,", 520, 900, 0.7))

    assert mended(words, OWN, tokens, "en") == (Word("valve", 100, 400, 0.9), Word("X200,", 420, 900, 0.7))


def test_one_word_that_becomes_two_is_parted_by_their_letters() -> None:
    (first, second) = mended((Word("shradervalve.", 1_000, 2_400, 0.5),), OWN, tokens, "en")

    assert (first, second) == (Word("Schrader", 1_000, 1_800, 0.5), Word("valve.", 1_800, 2_400, 0.5))


def test_a_term_of_as_many_words_keeps_the_time_of_each() -> None:
    words = (Word("Shrader", 0, 500, 0.6), Word("valves", 700, 900, 0.7))

    assert [
        (w.text, w.start_ms, w.end_ms) for w in mended((words[0], Word("valve", 700, 900, 0.7)), OWN, tokens, "en")
    ] == [
        ("Schrader", 0, 500),
        ("valve", 700, 900),
    ]


def test_words_that_are_right_are_the_very_same() -> None:
    words = heard("Kubernetes needs a Schrader valve.", sure=0.4)

    assert mended(words, OWN, tokens, "en") == words


def test_without_terms_nothing_is_looked_at() -> None:
    words = heard("Use octite here.")

    assert mended(words, (), tokens, "en") == words
    assert mended((), OWN, tokens, "en") == ()


def test_languages_without_spaces_are_mended_only_where_the_letters_agree() -> None:
    terms = (Term("API网关"),)

    assert after("用 api 网 关 吧", language="zh", terms=terms) == "用 API网关 吧"
    assert after("用 apa 网 关 吧", language="zh", terms=terms) == "用 apa 网 关 吧"


def test_an_engine_is_told_the_first_terms_as_many_as_it_takes() -> None:
    assert hint(OWN[:3], tokens) == ("Glossary: Loctite, X200, Kubernetes.", True)
    assert hint(OWN, tokens, most=6) == ("Glossary: Loctite, X200.", False)
    assert hint((), tokens) == ("", True)


def test_terms_that_something_heard_comes_near_to_are_the_likeliest() -> None:
    words = heard("Use the shrader valve with lock pipe, said miss Calex.")
    terms = (Term("Grafana"), Term("X200"), Term("Loctite"), Term("Siemens"), Term("Schrader valve"))

    found = [term.text for term in likeliest(words, terms, "en")]

    assert found == ["Schrader valve", "Loctite", "Grafana", "X200", "Siemens"]
    assert likeliest((), terms, "en") == terms
    assert likeliest(words, (), "en") == ()
