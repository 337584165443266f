"""What both engines share: which one answers to a name, and what is believed of what they hear."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from domain.errors import Misconfigured
from domain.transcript import Word
from tests.transcribe.sound import ROOT
from transcribe import faster_whisper
from transcribe.whisper import Decoded, believable, demand_translates, engine, whole_words
from transcribe.windows import Piece, Window

TEN_SECONDS = Window((Piece(0, 0, 10_000, 10_000),))


def decoded(text: str, logprob: float = -0.3, no_speech: float = 0.0) -> Decoded:
    words = tuple(Word(t, i * 100, i * 100 + 100, 0.9) for i, t in enumerate(text.split()))
    return Decoded(words, logprob, no_speech)


def test_what_was_said_clearly_is_believed() -> None:
    assert believable(decoded("Lift the box with your legs."), TEN_SECONDS)


def test_what_is_unsure_and_sounds_like_nobody_is_not_believed() -> None:
    assert not believable(decoded("Thanks for watching.", logprob=-1.2, no_speech=0.8), TEN_SECONDS)


@pytest.mark.parametrize(("logprob", "no_speech"), [(-1.2, 0.3), (-0.4, 0.9)])
def test_one_doubt_alone_does_not_silence_anybody(logprob: float, no_speech: float) -> None:
    assert believable(decoded("Lift the box.", logprob, no_speech), TEN_SECONDS)


def test_more_words_than_anybody_can_say_in_a_cough_are_not_believed() -> None:
    cough = Window((Piece(0, 400, 700, 1100),))

    assert believable(decoded("Well, yes."), cough)
    assert not believable(decoded("so " * 40), cough)


def test_going_round_in_circles_is_noticed() -> None:
    assert decoded("you " * 60).loops
    assert not decoded("Lift slowly with your legs and hold the box close to your body.").loops


def test_saying_only_what_one_was_told_is_noticed() -> None:
    told = "Glossary: Loctite, X200, Torx, Kubernetes."

    assert decoded("Loctite, X200, Torx.").echoes(told)
    assert not decoded("Loctite and X200, Torx.").echoes(told)
    assert not decoded("Torx, Kubernetes.").echoes(told)
    assert not decoded("Lift the box.").echoes("")


def test_what_is_written_without_a_space_belongs_to_the_word_before() -> None:
    pieces = [
        Word(" It", 0, 100, 0.9),
        Word(" costs", 100, 300, 0.8),
        Word(" 3", 300, 500, 0.7),
        Word(".5", 500, 600, 0.6),
        Word("%", 600, 700, 0.9),
        Word(" ", 700, 700, 0.1),
        Word(" more.", 700, 900, 0.5),
    ]

    assert whole_words(pieces, "en") == (
        Word("It", 0, 100, 0.9),
        Word("costs", 100, 300, 0.8),
        Word("3.5%", 300, 700, 0.6),
        Word("more.", 700, 900, 0.5),
    )


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([(" States", 0, 400), (".To", 400, 600)], [("States.", 0, 400), ("To", 400, 600)]),
        ([(" States", 0, 400), (".", 400, 400), ("To", 500, 600)], [("States.", 0, 400), ("To", 500, 600)]),
        ([(" States.To", 0, 800)], [("States.", 0, 600), ("To", 600, 800)]),
        ([(" offen?«Dann", 0, 900)], [("offen?«", 0, 500), ("Dann", 500, 900)]),
    ],
)
def test_two_sentences_without_a_space_between_them_are_two_words(
    pieces: list[tuple[str, int, int]], words: list[tuple[str, int, int]]
) -> None:
    found = whole_words([Word(*each, 0.9) for each in pieces], "de")

    assert [(word.text, word.start_ms, word.end_ms) for word in found] == words


@pytest.mark.parametrize("text", ["Ph.D", "ASP.NET", "Console.WriteLine", "z.B.", "U.S.A.", "3.5", "passiton.example"])
def test_what_has_a_full_stop_inside_stays_a_word(text: str) -> None:
    assert [each.text for each in whole_words([Word(f" {text}", 0, 900, 0.9)], "en")] == [text]


def test_chinese_characters_stay_words_of_their_own() -> None:
    pieces = [Word("你", 0, 100, 0.9), Word("好", 100, 200, 0.9), Word(" API", 200, 400, 0.9)]

    assert [w.text for w in whole_words(pieces, "zh")] == ["你", "好", "API"]


def test_an_engine_nobody_knows_is_a_setting_to_change() -> None:
    with pytest.raises(Misconfigured, match="Set PASSITON_WHISPER_ENGINE to faster-whisper or") as refused:
        engine("loud-whisper")

    assert refused.value.code == "unknown_engine"


def test_a_model_that_is_not_here_is_not_downloaded(tmp_path: Path) -> None:
    script = (
        "import socket, sys\n"
        "from pathlib import Path\n"
        "def refuse(*_, **__): raise AssertionError('went to the network')\n"
        "socket.socket.connect = refuse\n"
        "from domain.errors import Misconfigured\n"
        "from transcribe.whisper import engine\n"
        "try: engine('faster-whisper', 'small', cache=Path(sys.argv[1]))\n"
        "except Misconfigured as error: print(error.code, error.message)\n"
    )
    env = {**os.environ, "HF_HOME": str(tmp_path / "empty"), "HF_HUB_CACHE": str(tmp_path / "empty")}

    told = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    ).stdout

    assert told.startswith("speech_model_missing The speech model 'small' is not on this machine. Fetch it once")


def test_a_model_that_was_fetched_before_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "models--mobiuslabsgmbh--faster-whisper-large-v3-turbo"
    fetched = home / "snapshots" / "abc"
    fetched.mkdir(parents=True)
    for name in ("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json", "vocabulary.json"):
        (fetched / name).touch()
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text("abc")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    assert faster_whisper._folder("large-v3-turbo", tmp_path) == fetched


class Card:
    """A WhisperModel that says where it was loaded, and of which each call may fail."""

    def __init__(self, folder: str, *, fails: str = "", **options: object) -> None:
        self.told = options
        self.fails = fails if options["device"] == "cuda" else ""
        self.model = SimpleNamespace(n_mels=80)
        if self.fails == "load":
            raise ValueError("Requested float16 compute type, but the target device does not support it")

    def encode(self, features: object) -> None:
        if self.fails == "encode":
            raise RuntimeError("Library libcublas.so.12 is not found or cannot be loaded")


@pytest.mark.parametrize(
    ("cards", "fails", "loaded"),
    [
        (0, "", ("cpu", "int8")),
        (1, "", ("cuda", "float16")),
        (1, "load", ("cpu", "int8")),
        (1, "encode", ("cpu", "int8")),
    ],
    ids=["no card", "a card", "a card too old", "a card without its libraries"],
)
def test_a_graphics_card_is_used_where_it_can_be(
    cards: int, fails: str, loaded: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: cards)
    monkeypatch.setattr("faster_whisper.WhisperModel", partial(Card, fails=fails))

    told = faster_whisper._loaded.__wrapped__("folder", 1).told

    assert (told["device"], told["compute_type"]) == loaded
    assert (told["cpu_threads"], told["local_files_only"]) == (1, True)


def test_a_folder_without_a_tokenizer_is_refused_because_the_library_would_fetch_one(tmp_path: Path) -> None:
    (tmp_path / "model.bin").touch()
    (tmp_path / "config.json").touch()

    with pytest.raises(Misconfigured, match=r"has no tokenizer\.json") as refused:
        engine("faster-whisper", str(tmp_path))

    assert refused.value.code == "speech_model_missing"


def test_listening_for_pauses_does_not_load_the_engines() -> None:
    script = (
        "import sys, numpy as np\n"
        "from transcribe.pauses import find_pauses\n"
        "import transcribe.whisper\n"
        "find_pauses(np.zeros(16_000, np.float32))\n"
        "print([m for m in ('ctranslate2', 'faster_whisper', 'torch', 'whisper') if m in sys.modules])\n"
    )

    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)

    assert told.stdout == "[]\n"


@pytest.mark.parametrize(
    ("model", "encoder", "decoder"),
    [
        ("large-v3-turbo", 0, 0),
        ("/models/faster-whisper-large-v3-turbo-ct2", 32, 4),
        ("/models/our-own", 32, 4),
        ("distil-large-v3", 32, 2),
        ("base.en", 6, 6),
    ],
)
def test_models_that_cannot_translate_are_known(model: str, encoder: int, decoder: int) -> None:
    with pytest.raises(Misconfigured, match="cannot translate: turbo") as refused:
        demand_translates(model, encoder_layers=encoder, decoder_layers=decoder)

    assert refused.value.code == "cannot_translate"


@pytest.mark.parametrize(("model", "layers"), [("base", 6), ("tiny", 4), ("large-v3", 32), ("/models/our-own", 0)])
def test_all_others_can(model: str, layers: int) -> None:
    demand_translates(model, encoder_layers=layers, decoder_layers=layers)
