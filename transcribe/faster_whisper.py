"""Whisper by faster-whisper (CTranslate2): the engine that is used.

int8 on the CPU, float16 where CTranslate2 can use a CUDA device. Windows are decoded eight at a time.
The batched pipeline takes the thresholds and the temperatures of Whisper's decoder as arguments and
silently ignores all but the first temperature; what it leaves out is done here.
"""

import functools
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from domain.errors import Invalid, Misconfigured
from domain.glossary import Term
from domain.track import ENGLISH
from domain.transcript import Pause, Word
from transcribe import SAMPLE_RATE
from transcribe.ctranslate2_weights import layers
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
from transcribe.windows import WINDOW_MS

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

log = logging.getLogger(__name__)

_BATCH = 8  # windows: memory for four minutes; more is no faster on a CPU
_SLOT = WINDOW_MS * SAMPLE_RATE // 1000  # samples from one window's start to the next
_FRAMES = WINDOW_MS // 10  # the pipeline counts in frames of 10 ms
_BEAM = 5


class FasterWhisper:
    name = "faster-whisper"

    def __init__(self, model: str, *, threads: int, cache: Path) -> None:
        from faster_whisper import BatchedInferencePipeline

        self.model = model
        self._folder = _folder(model, cache)
        self._whisper = _loaded(str(self._folder), threads)
        self._pipeline = BatchedInferencePipeline(self._whisper)

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
        encoder, decoder = layers(self._folder)
        demand_translates(self.model, encoder_layers=encoder, decoder_layers=decoder)
        return self._heard(samples, language, pauses, (), progress, task="translate")

    def _heard(
        self,
        samples: NDArray[np.float32],
        language: str | None,
        pauses: Sequence[Pause] | None,
        terms: Sequence[Term],
        progress: Progress,
        **options: Any,
    ) -> Heard:
        if language is not None and language not in self._whisper.supported_languages:
            raise Invalid(f"The speech engine does not know the language {language!r}.", code="unknown_language")
        todo = spoken_windows(samples, pauses)
        hinted, whole = hint(terms, self._tokens)
        words: list[Word] = []
        certainty = 1.0
        for first in range(0, len(todo), _BATCH):
            batch = todo[first : first + _BATCH]
            sounds = [window.sound(samples) for window in batch]
            told = hinted
            language, sure, decoded = self._decode(sounds, language, initial_prompt=told or None, **options)
            certainty = min(certainty, sure)
            if not whole:
                nearest = likeliest([word for each in decoded for word in each.words], terms, language)
                told, _ = hint(nearest, self._tokens)
                language, _, decoded = self._decode(sounds, language, initial_prompt=told)
            for window, sound, hypothesis in zip(batch, sounds, decoded, strict=True):
                best = self._surer(sound, language, hypothesis, told, **options)
                if believable(best, window):
                    words += mended(window.placed(best.words), terms, self._tokens, language)
            progress(batch[-1].end_ms * SAMPLE_RATE / 1000 / len(samples))
        progress(1.0)
        return Heard(language or UNKNOWN_LANGUAGE, tuple(words), certainty)

    def _decode(
        self, sounds: Sequence[NDArray[np.float32]], language: str | None, **options: Any
    ) -> tuple[str, float, list[Decoded]]:
        """The language, how sure that is (1 where it was told), and each window's words.

        Every window lies in its own 30 s of one array, so that times are exact.
        """
        together = np.zeros(len(sounds) * _SLOT, np.float32)
        clips = []
        for i, sound in enumerate(sounds):
            together[i * _SLOT : i * _SLOT + len(sound)] = sound
            start = i * _SLOT / SAMPLE_RATE
            clips.append({"start": start, "end": start + len(sound) / SAMPLE_RATE})
        segments, info = self._pipeline.transcribe(
            together,
            language=language,
            clip_timestamps=clips,
            batch_size=len(sounds),
            language_detection_segments=len(sounds),  # of which the first that leaves no doubt decides
            beam_size=_BEAM,
            word_timestamps=True,
            **options,
        )
        written = ENGLISH if options.get("task") == "translate" else info.language
        decoded = [Decoded((), 0.0, 0.0)] * len(sounds)
        for segment in segments:
            i = segment.seek // _FRAMES
            pieces = [
                Word(w.word, _ms(w.start) - i * WINDOW_MS, _ms(w.end) - i * WINDOW_MS, float(w.probability))
                for w in segment.words or ()
            ]
            words = decoded[i].words + whole_words(pieces, written)
            decoded[i] = Decoded(words, segment.avg_logprob, segment.no_speech_prob)
        return info.language, float(info.language_probability), decoded

    def _surer(self, sound: NDArray[np.float32], language: str, first: Decoded, told: str, **options: Any) -> Decoded:
        """A window that went round in circles, or that only says what it was told, decoded so that it cannot.

        Without a hint, and no three tokens twice. Whisper's own way out is to roll dice (temperatures);
        this one gives the same words each time.
        """
        if not first.loops and not first.echoes(told):
            return first
        _, _, (second,) = self._decode([sound], language, no_repeat_ngram_size=3, **options)
        better = not second.loops and second.logprob > first.logprob - 1.0
        return second if better or first.echoes(told) else first

    def _tokens(self, text: str) -> int:
        return len(self._whisper.hf_tokenizer.encode(f" {text}", add_special_tokens=False).ids)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _folder(model: str, cache: Path) -> Path:
    """Where the model's files are. Raises Misconfigured."""
    if model == BASE:
        return base_model(cache)
    folder = Path(model)
    if not folder.is_dir():
        folder = _fetched(model)
    # Without its own tokenizer the library would go and fetch one.
    missing = [name for name in ("model.bin", "config.json", "tokenizer.json") if not (folder / name).is_file()]
    if missing:
        raise Misconfigured(
            f"The speech model in {folder} has no {', '.join(missing)}. PASSITON_WHISPER_MODEL needs a folder "
            "with a Whisper model converted for CTranslate2.",
            code="speech_model_missing",
        )
    return folder


def _fetched(model: str) -> Path:
    """A model that somebody fetched before, by its name."""
    from faster_whisper.utils import download_model

    try:
        return Path(download_model(model, local_files_only=True))
    except (ValueError, OSError) as error:
        raise Misconfigured(
            f"The speech model {model!r} is not on this machine. Fetch it once with Python: "
            f"from faster_whisper import download_model; download_model({model!r}). Or set "
            "PASSITON_WHISPER_MODEL to base, or to a folder that holds a model.",
            code="speech_model_missing",
        ) from error


@functools.lru_cache(maxsize=1)  # a process works with one model; loading takes as long as 10 s of speech
def _loaded(folder: str, threads: int) -> "WhisperModel":
    import ctranslate2
    from faster_whisper import WhisperModel

    load = functools.partial(WhisperModel, folder, cpu_threads=threads, num_workers=1, local_files_only=True)
    if ctranslate2.get_cuda_device_count() > 0:
        try:
            model = load(device="cuda", compute_type="float16")
            model.encode(np.zeros((model.model.n_mels, 100), np.float32))  # cuBLAS and cuDNN are looked for now
            return model
        except (RuntimeError, ValueError) as error:  # they are not installed, or the card cannot count in float16
            log.warning("The graphics card cannot be used for speech, the processor is: %s", error)
    return load(device="cpu", compute_type="int8")
