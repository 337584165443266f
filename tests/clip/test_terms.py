"""The words that carry meaning."""

import sys
from concurrent.futures import ThreadPoolExecutor

from clip.terms import stem, stems


def test_words_of_grammar_and_hesitation_are_left_out_and_the_others_reduced_to_stems() -> None:
    assert stems(["Um, so you know, we’re cleaning the chains of these bicycles."], "en") == [
        ["clean", "chain", "bicycl"]
    ]


def test_german_has_its_own_list_and_stems() -> None:
    assert stems(["Also ich mache jetzt die Ketten sauber."], "de") == [["kett", "saub"]]


def test_in_a_language_without_a_list_words_of_most_sentences_are_left_out() -> None:
    texts = [f"para {noun} hay que limpiar" for noun in ["cadena", "freno", "rueda", "pedal", "sillín", "manillar"] * 2]

    found = stems(texts, "ca")

    assert found[0] == ["caden"]
    assert found[3] == ["ped"]


def test_what_french_writes_together_with_a_word_is_none_of_it() -> None:
    assert stems(["L’huile qu'on met, jusqu'au bouchon."], "fr") == [["huil", "bouchon"]]


def test_a_language_without_a_stemmer_keeps_its_words() -> None:
    assert stem("自転車", "ja") == "自転車"


def test_possessives_and_typewriter_apostrophes_are_the_same_word() -> None:
    assert stems(["the printer's lid", "the printer’s lid"], "en") == [["printer", "lid"]] * 2


def test_threads_do_not_mix_their_words() -> None:
    words = [f"{begun}cambiaremos" for begun in "abcdefghijklmnopqrstuvwxyz"]
    alone = [stem.__wrapped__(word, "es") for word in words]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda word: stem.__wrapped__(word, "es"), words * 20))
    finally:
        sys.setswitchinterval(usual)

    assert found == alone * 20
