"""Which terms fit a clip, and why."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clip.vocabulary import Said, Suggestion, suggest
from domain.vocabulary import Term
from tests.clip.talks import BIKE, OVEN, TAX

HOIST = (
    "Before you lift anything, look at the hoist from below.",
    "Check the hook of the hoist and the chain for cracks.",
    "Never stand under the load while the hoist is running.",
    "Lower the load slowly and lock the hoist.",
)
TERMS = (
    Term("Crane", ("hoist", "lifting gear")),
    Term("Bakery"),
    Term("Taxes", ("tax form",)),
    Term("Bicycle maintenance"),
    Term("Fire safety"),
)


def labels(found: tuple[Suggestion, ...]) -> list[str]:
    return [each.label for each in found if not each.new]


def phrases(found: tuple[Suggestion, ...]) -> list[str]:
    return [each.label for each in found if each.new]


def test_a_term_is_offered_by_its_label_where_another_name_is_said_and_says_how_often() -> None:
    found = suggest(Said(HOIST), TERMS)

    assert found[0].label == "Crane"
    assert found[0].why[0] == "Said 4 times: “hoist”."


def test_a_term_that_nobody_says_is_offered_for_what_it_means() -> None:
    found = suggest(Said(tuple(OVEN), (" ".join(BIKE), " ".join(TAX))), TERMS)

    assert labels(found) == ["Bakery"]
    assert found[0].why[0].startswith("Like what is said: “")


def test_what_the_brief_asks_for_is_offered_with_that_reason() -> None:
    said = Said(HOIST, asked="Fire safety in the hall. What do apprentices have to look at?")

    found = {each.label: each.why for each in suggest(said, TERMS)}

    assert "The brief asks for it." in found["Fire safety"]


def test_what_the_clip_has_is_not_offered_again_by_any_name() -> None:
    found = suggest(Said(HOIST), TERMS, has=["Hoist", "hook"])

    assert "Crane" not in labels(found)
    assert "hook" not in phrases(found)


def test_phrases_that_are_no_terms_yet_are_offered_as_new() -> None:
    found = suggest(Said(HOIST), TERMS)

    assert "load" in phrases(found)
    assert all("hoist" not in phrase for phrase in phrases(found))
    assert next(each for each in found if each.label == "load").why == ("Said twice: “load”.",)


def test_a_phrase_that_a_term_names_in_the_plural_is_that_term() -> None:
    found = suggest(Said(HOIST), [Term("Loads")])

    assert (labels(found), "load" in phrases(found)) == (["Loads"], False)


def test_the_wider_term_is_left_out_where_a_narrower_one_is_said() -> None:
    terms = [Term("Lifting"), Term("Hoist", (), "Equipment"), Term("Equipment", (), "Lifting")]

    assert labels(suggest(Said((*HOIST, "Lifting needs two.")), terms)) == ["Hoist"]


def test_a_wider_term_that_is_said_stays_where_a_narrower_one_is_only_like_it() -> None:
    said = Said(("Then wash your hands.", "Use enough soap."))
    terms = [Term("Hygiene routines", ("wash your hands",)), Term("Surgical scrub", (), "Hygiene routines")]

    assert labels(suggest(said, terms)) == ["Hygiene routines", "Surgical scrub"]


def test_terms_of_another_language_are_not_offered() -> None:
    german = Said(("Der Kran hebt die Last.", "Prüft den Kran vor jeder Schicht."), language="de")
    terms = [Term("Kran", language="de"), Term("Last", language="en")]

    found = suggest(german, terms)

    assert labels(found) == ["Kran"]
    assert found[0].why == ("Said twice: “Kran”.",)


def test_where_nothing_fits_no_term_is_offered() -> None:
    assert labels(suggest(Said(tuple(TAX)), [Term("Welding"), Term("Hygiene on the ward")])) == []


def test_where_nothing_is_said_nothing_is_offered() -> None:
    assert suggest(Said(()), TERMS) == ()
    assert suggest(Said(("…",)), TERMS) == ()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text(max_size=60), max_size=4),
    st.lists(st.text(min_size=1, max_size=20).filter(str.strip), max_size=6, unique_by=str.casefold),
    st.sampled_from(["de", "fi", "zh", ""]),
)
def test_whatever_is_said_at_most_five_terms_and_three_phrases_are_offered(
    sentences: list[str], terms: list[str], language: str
) -> None:
    found = suggest(Said(tuple(sentences), language=language), [Term(label) for label in terms])

    assert len(labels(found)) <= 5
    assert len(phrases(found)) <= 3
    assert all(each.why for each in found)
    assert len({each.label for each in found}) == len(found)
