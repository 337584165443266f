"""What people changed, laid over what an engine wrote down."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.correction import (
    Asked,
    Change,
    Text,
    Typed,
    Unplaced,
    demand_undoable,
    edits_of,
    read,
    undone,
)
from domain.errors import Conflict, Invalid
from domain.span import Span
from domain.transcript import Sentence, Transcript, Word

RUN, NEXT_RUN = UUID(int=1), UUID(int=2)


def spoken(text: str, *, start_ms: int = 0, word_ms: int = 500, p: float = 0.9) -> Transcript:
    """Each word takes 500 ms, with 100 ms between two; a full stop ends a sentence."""
    texts = text.split()
    words = tuple(
        Word(word, start_ms + i * (word_ms + 100), start_ms + i * (word_ms + 100) + word_ms, p)
        for i, word in enumerate(texts)
    )
    found: list[Sentence] = []
    begun: list[Word] = []
    for word in words:
        begun.append(word)
        if word.text.endswith(".") or word is words[-1]:
            found.append(Sentence(" ".join(w.text for w in begun), begun[0].start_ms, begun[-1].end_ms))
            begun = []
    return Transcript("en", "engine", "base", words, tuple(found))


def corrected(run: Transcript, *asked: Asked) -> Text:
    return read(2, RUN, run, [Change(2, RUN, edits_of(run, asked))])


def said(text: Text) -> list[str]:
    return [sentence.text for sentence in text.transcript.sentences]


def times(text: Text) -> list[tuple[str, int, int]]:
    return [(word.text, word.start_ms, word.end_ms) for word in text.transcript.words]


def test_a_word_is_changed_and_keeps_its_time() -> None:
    run = spoken("Turn the valve slowly. Then wait.", p=0.3)

    text = corrected(run, Asked(2, text="wheel"))

    assert said(text) == ["Turn the wheel slowly.", "Then wait."]
    assert times(text)[2] == ("wheel", 1200, 1700)
    assert text.transcript.words[2].probability == 1.0
    assert (text.by_hand, text.unplaced) == (frozenset({2}), ())
    assert text.transcript.sentences[1] is run.sentences[1]


def test_several_words_in_place_of_one_share_its_time_by_their_length() -> None:
    text = corrected(spoken("Grease nipple now."), Asked(0, text="Use the"))

    assert times(text) == [("Use", 0, 250), ("the", 250, 500), ("nipple", 600, 1100), ("now.", 1200, 1700)]


def test_one_word_in_place_of_several_takes_all_their_time() -> None:
    text = corrected(spoken("Open the work shop door."), Asked(2, 2, "workshop"))

    assert times(text)[2] == ("workshop", 1200, 2300)
    assert said(text) == ["Open the workshop door."]


def test_a_word_that_is_left_out_leaves_the_others_where_they_are() -> None:
    text = corrected(spoken("So turn the um valve. Wait."), Asked(0, text=""), Asked(3, text=""))

    assert times(text)[:3] == [("turn", 600, 1100), ("the", 1200, 1700), ("valve.", 2400, 2900)]
    assert said(text) == ["turn the valve.", "Wait."]


def test_a_sentence_that_is_left_out_is_gone() -> None:
    text = corrected(spoken("Turn it. Um. Then wait."), Asked(2, text=""))

    assert said(text) == ["Turn it.", "Then wait."]


def test_a_word_put_in_takes_the_gap_and_where_there_is_none_a_share_of_the_one_before() -> None:
    gap = corrected(spoken("Turn the valve."), Asked(1, text="the red"))
    none = corrected(spoken("Turn the valve.", word_ms=600), Asked(2, text="valve. Slowly"))

    assert times(gap)[1:3] == [("the", 600, 1100), ("red", 1100, 1200)]
    assert times(none)[2:] == [("valve.", 1400, 1700), ("Slowly", 1700, 2000)]


def test_a_word_can_be_put_before_the_first() -> None:
    text = corrected(spoken("Turn it. Wait."), Asked(2, text="Then Wait."))

    assert said(text) == ["Turn it.", "Then Wait."]
    assert times(text)[2:] == [("Then", 1200, 1427), ("Wait.", 1427, 1700)]


def test_a_sentence_is_parted_and_joined() -> None:
    run = spoken("Turn the valve then wait. Go on.")

    parted = corrected(run, Asked(3, begins=True))
    joined = corrected(run, Asked(5, begins=False))

    assert said(parted) == ["Turn the valve", "then wait.", "Go on."]
    assert [(s.start_ms, s.end_ms) for s in parted.transcript.sentences[:2]] == [(0, 1700), (1800, 2900)]
    assert said(joined) == ["Turn the valve then wait. Go on."]
    assert parted.by_hand == joined.by_hand == frozenset()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([Asked(6)], "numbered from 0"),
        ([Asked(-1, text="x")], "numbered from 0"),
        ([Asked(3, 2, "x")], "Join the sentences first"),
        ([Asked(1, 2, "x"), Asked(2, text="y")], "about the same word"),
        ([Asked(0, begins=False)], "no sentence before"),
        ([Asked(1, text="", begins=True)], "left out"),
        ([Asked(1, text="x" * 501)], "at most 500"),
    ],
)
def test_what_cannot_be_is_refused_in_words(asked: list[Asked], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        edits_of(spoken("Turn the valve slowly. Then wait."), asked)


def test_what_changes_nothing_is_no_edit() -> None:
    run = spoken("Turn it. Wait.")

    assert edits_of(run, [Asked(0, text=" Turn "), Asked(2, begins=True), Asked(1)]) == ()


def test_a_change_that_was_undone_does_not_hold_until_its_undoing_is_undone() -> None:
    made = [Change(2, RUN, (), None), Change(3, RUN, (), 2), Change(4, RUN, (), 3)]

    assert undone(made[:2]) == {2}
    assert undone(made) == {3}


def test_what_others_built_upon_cannot_be_undone_before_theirs() -> None:
    run = spoken("Turn the walve slowly.")
    first = Change(2, RUN, edits_of(run, [Asked(2, text="valve")]))
    second = Change(3, RUN, edits_of(read(2, RUN, run, [first]).transcript, [Asked(2, text="wheel")]))
    both = [first, second]
    text = read(3, RUN, run, both)

    demand_undoable(text, run, both, 3)
    with pytest.raises(Conflict) as refused:
        demand_undoable(text, run, both, 2)

    assert refused.value.code == "built_upon"


def test_an_undoing_is_not_taken_back_over_what_was_written_since() -> None:
    run = spoken("Turn the walve slowly.")
    first = Change(2, RUN, edits_of(run, [Asked(2, text="valve")]))
    taken_back = Change(3, RUN, (), 2)
    other = Change(4, RUN, edits_of(run, [Asked(2, text="wheel")]))
    made = [first, taken_back, other]

    with pytest.raises(Conflict) as refused:
        demand_undoable(read(4, RUN, run, made), run, made, 3)

    assert refused.value.code == "built_upon"


# Another run of an engine


def over(run: Transcript, change: Change) -> Text:
    return read(3, NEXT_RUN, run, [change])


def change(run: Transcript, *asked: Asked) -> Change:
    return Change(2, RUN, edits_of(run, asked))


def test_a_new_run_that_hears_the_same_is_corrected_the_same_where_its_words_are() -> None:
    made = change(spoken("Use Klueber on the bearing."), Asked(1, text="Klüber"))

    text = over(spoken("So use klueber, on the bearing.", start_ms=-420), made)

    assert said(text) == ["So use Klüber on the bearing."]
    assert times(text)[2] == ("Klüber", 780, 1280)
    assert text.unplaced == ()


def test_a_new_run_that_has_learnt_it_is_left_as_it_is() -> None:
    made = change(spoken("Use the grease on it."), Asked(1, text="the red"), Asked(4, text="them."))

    text = over(spoken("Use the red grease on them."), made)

    assert said(text) == ["Use the red grease on them."]
    assert (text.by_hand, text.unplaced) == (frozenset(), ())


def test_what_a_person_wrote_stands_over_other_words_of_a_new_run_and_is_in_doubt() -> None:
    made = change(spoken("Press Country Slash Language. Then wait."), Asked(1, 3, text="country/language."))

    text = over(spoken("Press country-slash language here. Then wait.", start_ms=300), made)

    assert said(text) == ["Press country/language. here.", "Then wait."]
    assert [word.probability for word in text.transcript.words] == [0.9, 0.0, 0.9, 0.9, 0.9]
    assert (text.by_hand, text.unplaced) == (frozenset({1}), ())


def test_whoever_corrects_what_is_in_doubt_has_settled_it() -> None:
    made = change(spoken("Use Klueber on it."), Asked(1, text="Klüber"))
    run = spoken("Use clover on it.")
    settled = Change(3, NEXT_RUN, edits_of(over(run, made).transcript, [Asked(1, text="Klüber NBU")]))

    text = read(4, NEXT_RUN, run, [made, settled])

    assert said(text) == ["Use Klüber NBU on it."]
    assert {word.probability for word in text.transcript.words} == {0.9, 1.0}


def test_what_was_built_upon_what_is_in_doubt_is_in_doubt_too() -> None:
    run = spoken("Use Klueber on it.")
    first = change(run, Asked(1, text="Klüber"))
    then = Change(3, RUN, edits_of(read(2, RUN, run, [first]).transcript, [Asked(1, text="Kluber")]))

    text = read(4, NEXT_RUN, spoken("Use clover on it."), [first, then])

    assert [(word.text, word.probability) for word in text.transcript.words][1] == ("Kluber", 0.0)


def test_what_finds_no_place_in_a_new_run_is_listed() -> None:
    run = spoken("Use Klueber on um it.")
    made = change(run, Asked(1, text="Klüber"), Asked(3, text=""))
    heard = spoken("Use clover on the it.")
    elsewhen = replace(heard, words=(heard.words[0], *heard.words[2:]), sentences=())

    text = over(elsewhen, made)

    assert said(text) == ["Use on the it."]
    assert [(each.version, each.edit) for each in text.unplaced] == [(2, each) for each in made.edits]


def test_one_correction_does_not_take_what_another_beside_it_wrote_for_its_own() -> None:
    made = change(spoken("oil valve"), Asked(0, text="valve"), Asked(1, text="oil"))

    assert said(over(spoken("oil pump"), made)) == ["valve oil"]


def test_the_same_word_said_elsewhere_is_not_taken_for_it() -> None:
    made = change(spoken("Turn the valve. Close the valve. Open the walve."), Asked(8, text="valve."))

    text = over(spoken("Turn the valve. Close the valve. Open the walve."), made)

    assert said(text) == ["Turn the valve.", "Close the valve.", "Open the valve."]


def test_a_word_left_out_stays_left_out_and_is_not_missed_where_it_was_not_heard() -> None:
    made = change(spoken("So turn um it."), Asked(2, text=""))

    assert said(over(spoken("So turn um it."), made)) == ["So turn it."]
    gap = spoken("So turn it.")
    words = (*gap.words[:2], Word("it.", 1800, 2300, 0.9))
    silent = over(replace(gap, words=words, sentences=(Sentence("So turn it.", 0, 2300),)), made)
    assert (said(silent), silent.unplaced) == (["So turn it."], ())


def test_where_sentences_begin_is_kept_too() -> None:
    run = spoken("Turn the valve then wait. Go on.")
    made = change(run, Asked(3, begins=True), Asked(5, begins=False))

    text = over(replace(run, model="small"), made)

    assert said(text) == ["Turn the valve", "then wait. Go on."]


# Where nobody speaks

SILENT = Transcript("en", "engine", "base", (), ())


def typed(run: Transcript, start_ms: int, end_ms: int, text: str) -> Change:
    return Change(2, RUN, edits_of(run, (), [Typed(Span(start_ms, end_ms), text)]))


def test_words_for_a_silent_time_are_a_sentence_of_their_own() -> None:
    run = spoken("Turn it. Then wait.", start_ms=0)
    between = replace(run, words=(*run.words[:2], *(word.later(5000) for word in run.words[2:])), sentences=())
    later = replace(between, sentences=(Sentence("Turn it.", 0, 1100), Sentence("Then wait.", 6200, 7300)))

    text = read(2, RUN, later, [typed(later, 2000, 4000, "Until it clicks.")])
    alone = read(2, RUN, SILENT, [typed(SILENT, 2000, 4000, " Press  here. ")])

    assert said(text) == ["Turn it.", "Until it clicks.", "Then wait."]
    assert times(text)[2:5] == [("Until", 2000, 2705), ("it", 2705, 3058), ("clicks.", 3058, 4000)]
    assert (said(alone), alone.by_hand) == (["Press here."], frozenset({0, 1}))


def test_nothing_is_put_over_what_is_said_nor_twice_at_once() -> None:
    run = spoken("Turn it.")

    for at, words in (((900, 2000), "Look"), ((2000, 3000), "  "), ((2000, 3000), "x" * 501)):
        with pytest.raises(Invalid):
            typed(run, *at, words)
    with pytest.raises(Invalid):
        edits_of(run, (), [Typed(Span(2000, 3000), "Look"), Typed(Span(2500, 3500), "Here")])


def test_a_new_run_that_hears_something_there_leaves_what_was_typed_unplaced() -> None:
    made = typed(SILENT, 500, 2000, "Press here.")

    assert said(over(SILENT, made)) == ["Press here."]
    assert over(spoken("Press here."), made).unplaced == ()
    assert over(spoken("Something else."), made).unplaced == (Unplaced(2, made.edits[0]),)


WORDS = st.lists(st.sampled_from(["oil", "the", "valve.", "Turn", "um", "Klueber,"]), min_size=1, max_size=12)


@given(WORDS, st.data())
def test_undoing_gives_back_what_was_and_no_word_is_out_of_order(texts: list[str], data: st.DataObject) -> None:
    run = spoken(" ".join(texts))
    changes: list[Change] = []
    text = read(1, RUN, run, [])
    for _ in range(3):
        words = text.transcript.words
        if not words:
            break
        at = data.draw(st.integers(0, len(words) - 1))
        instead = data.draw(st.sampled_from(["", "oil", "the oil", f"{words[at].text} red", f"red {words[at].text}"]))
        edits = edits_of(text.transcript, [Asked(at, text=instead)])
        changes.append(Change(len(changes) + 2, RUN, edits))
        text = read(changes[-1].version, RUN, run, changes)
        assert text.unplaced == ()
        starts = [word.start_ms for word in text.transcript.words]
        assert starts == sorted(starts)
        joined = " ".join(word.text for word in text.transcript.words)
        assert " ".join(sentence.text for sentence in text.transcript.sentences) == joined

    back = [Change(10 + i, RUN, (), each.version) for i, each in enumerate(reversed(changes))]

    assert read(20, RUN, run, [*changes, *back]).transcript == run


@given(
    st.lists(st.sampled_from(["", "a", "a b", "a b c"]), min_size=1, max_size=8),
    st.lists(st.sampled_from(["same", "other", "two", "none"]), min_size=8, max_size=8),
    st.integers(-700, 700),
)
def test_over_another_run_each_correction_shows_or_is_told(instead: list[str], heard: list[str], later_ms: int) -> None:
    run = spoken(" ".join(f"old{n}" for n in range(len(instead))))
    written = [" ".join(f"{part}{n}" for part in texts.split()) for n, texts in enumerate(instead)]
    changes = [Change(n + 2, RUN, edits_of(run, [Asked(n, text=text)])) for n, text in enumerate(written)]
    words: list[Word] = []
    for n, (word, how) in enumerate(zip(run.words, heard, strict=False)):
        middle = (word.start_ms + word.end_ms) // 2
        words += {
            "same": [word],
            "other": [replace(word, text=f"new{n}")],
            "two": [replace(word, text=f"x{n}", end_ms=middle), replace(word, text=f"y{n}", start_ms=middle)],
            "none": [],
        }[how]
    other = replace(run, words=tuple(word.later(later_ms) for word in words), sentences=())

    text = read(20, NEXT_RUN, other, changes)

    told = {each.version for each in text.unplaced}
    shown = f" {' '.join(word.text for word in text.transcript.words)} "
    for n, texts in enumerate(written):
        assert n + 2 in told or (f" {texts} " in shown if texts else f" old{n} " not in shown)
