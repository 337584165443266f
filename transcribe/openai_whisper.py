"""Whisper by openai-whisper (PyTorch): the second engine, on the same weights as the first.

Slower, and not installed with the product, because it brings PyTorch. It is here for those who want
the reference decoder, and so that the port is known to fit more than one engine.
"""

import functools
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from domain.errors import Invalid, Misconfigured
from domain.glossary import Term
from domain.track import ENGLISH
from domain.transcript import Pause, Word
from transcribe import SAMPLE_RATE
from transcribe.ctranslate2_weights import openai_weights
from transcribe.glossary import hint, likeliest, mended
from transcribe.weights import base_model
from transcribe.whisper import (
    BASE,
    UNKNOWN_LANGUAGE,
    Decoded,
    Heard,
    Progress,
    believable,
    demand_translates,
    ignore,
    spoken_windows,
    whole_words,
)

if TYPE_CHECKING:
    from whisper.model import Whisper


class OpenAIWhisper:
    name = "openai-whisper"

    def __init__(self, model: str, *, threads: int, cache: Path) -> None:
        if importlib.util.find_spec("whisper") is None or importlib.util.find_spec("torch") is None:
            raise Misconfigured(
                "The second speech engine is not installed. Install the packages openai-whisper and torch "
                "beside the product, or set PASSITON_WHISPER_ENGINE to faster-whisper.",
                code="engine_missing",
            )
        self.model = model
        self._whisper = _loaded(str(base_model(cache) if model == BASE else _found(model)), threads)

    def transcribe(
        self,
        samples: NDArray[np.float32],
        *,
        language: str | None = None,
        pauses: Sequence[Pause] | None = None,
        terms: Sequence[Term] = (),
        progress: Progress = ignore,
    ) -> Heard:
        return self._heard(samples, language, pauses, terms, progress)

    def translate(
        self,
        samples: NDArray[np.float32],
        *,
        language: str | None = None,
        pauses: Sequence[Pause] | None = None,
        progress: Progress = ignore,
    ) -> Heard:
        of = self._whisper.dims
        demand_translates(self.model, encoder_layers=of.n_audio_layer, decoder_layers=of.n_text_layer)
        return self._heard(samples, language, pauses, (), progress, task="translate")

    def _heard(
        self,
        samples: NDArray[np.float32],
        language: str | None,
        pauses: Sequence[Pause] | None,
        terms: Sequence[Term],
        progress: Progress,
        task: str = "transcribe",
    ) -> Heard:
        from whisper.tokenizer import LANGUAGES

        if language is not None and language not in LANGUAGES:
            raise Invalid(f"The speech engine does not know the language {language!r}.", code="unknown_language")
        hinted, whole = hint(terms, self._tokens)
        words: list[Word] = []
        certainty = 1.0
        for window in spoken_windows(samples, pauses):
            sound, told = window.sound(samples), hinted
            if language is None:
                language, certainty = self._spoken(sound)
            language, decoded = self._decode(sound, language, told, task)
            if not whole:
                told, _ = hint(likeliest(decoded.words, terms, language), self._tokens)
                language, decoded = self._decode(sound, language, told, task)
            if decoded.echoes(told):
                language, decoded = self._decode(sound, language, "", task)
            if believable(decoded, window):
                words += mended(window.placed(decoded.words), terms, self._tokens, language)
            progress(window.end_ms * SAMPLE_RATE / 1000 / len(samples))
        progress(1.0)
        return Heard(language or UNKNOWN_LANGUAGE, tuple(words), certainty)

    def _spoken(self, sound: NDArray[np.float32]) -> tuple[str, float]:
        """The language, and how sure that is: its own `transcribe` finds it out in the same way, and tells half."""
        from whisper.audio import N_FRAMES, N_SAMPLES, log_mel_spectrogram, pad_or_trim

        if not self._whisper.is_multilingual:
            return ENGLISH, 1.0
        heard = pad_or_trim(log_mel_spectrogram(sound, self._whisper.dims.n_mels, padding=N_SAMPLES), N_FRAMES)
        _, likely = self._whisper.detect_language(heard.to(self._whisper.device))
        language = max(likely, key=likely.get)
        return language, float(likely[language])

    def _decode(self, sound: NDArray[np.float32], language: str, told: str, task: str) -> tuple[str, Decoded]:
        import torch

        torch.manual_seed(0)  # it rolls dice when it is unsure: let them fall the same way each time
        result = self._whisper.transcribe(
            sound,
            language=language,
            task=task,
            word_timestamps=True,
            condition_on_previous_text=False,  # one window's mistake must not be the next one's
            initial_prompt=told or None,
            carry_initial_prompt=bool(told),  # it may hear a window in several goes
            fp16=self._whisper.device.type == "cuda",
        )
        segments = result["segments"]
        pieces = [
            Word(w["word"], round(w["start"] * 1000), round(w["end"] * 1000), float(w["probability"]))
            for segment in segments
            for w in segment["words"]
        ]
        logprob = float(np.mean([s["avg_logprob"] for s in segments])) if segments else 0.0
        no_speech = float(np.mean([s["no_speech_prob"] for s in segments])) if segments else 0.0
        written = ENGLISH if task == "translate" else result["language"]
        return result["language"], Decoded(whole_words(pieces, written), logprob, no_speech)

    def _tokens(self, text: str) -> int:
        from whisper.tokenizer import get_tokenizer

        return len(get_tokenizer(self._whisper.is_multilingual).encode(f" {text}"))


def _found(model: str) -> Path:
    """A folder of CTranslate2, a checkpoint of openai-whisper, or one that it fetched before by name."""
    fetched = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "whisper" / f"{model}.pt"
    for path in (Path(model), fetched):
        if path.exists():
            return path
    raise Misconfigured(
        f"The speech model {model!r} is not on this machine. Fetch it once with Python: "
        f"import whisper; whisper.load_model({model!r}). Or set PASSITON_WHISPER_MODEL to base, or to a "
        "path of a model.",
        code="speech_model_missing",
    )


@functools.lru_cache(maxsize=1)
def _loaded(path: str, threads: int) -> "Whisper":
    import torch
    import whisper
    from whisper.model import ModelDimensions, Whisper

    torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if Path(path).is_file():
        # By a bare path it does not know which heads follow the sound; by the name of a model it does.
        model = whisper.load_model(path, device=device)
        heads = whisper._ALIGNMENT_HEADS.get(Path(path).stem)
        if heads is not None:
            model.set_alignment_heads(heads)
        return model
    weights = openai_weights(Path(path))
    model = Whisper(ModelDimensions(**weights.dimensions))
    model.load_state_dict({name: torch.from_numpy(values) for name, values in weights.tensors.items()})
    if weights.alignment_heads:
        mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
        for layer, head in weights.alignment_heads:
            mask[layer, head] = True
        model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
    return model.to(device).eval()
