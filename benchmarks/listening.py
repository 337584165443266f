"""What an engine hears in sounds, and the CPU seconds of each: python -m benchmarks.listening WHO FOLDER [GLOSSARY]

WHO is `ours`, as the product hears, or `openai-whisper`: the reference as it comes, base model, greedy, with its own
ways out of a loop. With `-in-english` behind it, it says in English what it hears. One thread each, the model loaded
before anything is counted. Reads FOLDER/*.npy, writes FOLDER/WHO.json: {name: {"text", "cpu_s"}}. With a glossary,
`ours` is told it; `mended` only has it applied to what was heard without.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from domain.glossary import Term, read_terms
from transcribe.weights import base_model
from transcribe.whisper import BASE, DEFAULT_CACHE, engine

Hear = Callable[[NDArray[np.float32]], str]


def ours(terms: tuple[Term, ...] = ()) -> Hear:
    ears = engine("faster-whisper")
    return lambda samples: " ".join(word.text for word in ears.transcribe(samples, terms=terms).words)


def ours_in_english() -> Hear:
    ears = engine("faster-whisper")
    return lambda samples: " ".join(word.text for word in ears.translate(samples).words)


def only_mended(terms: tuple[Term, ...]) -> Hear:
    from transcribe.faster_whisper import FasterWhisper
    from transcribe.glossary import mended

    ears = FasterWhisper(BASE, threads=1, cache=DEFAULT_CACHE)

    def hear(samples: NDArray[np.float32]) -> str:
        heard = ears.transcribe(samples)
        return " ".join(word.text for word in mended(heard.words, terms, ears._tokens, heard.language))

    return hear


def reference(task: str = "transcribe") -> Hear:
    from transcribe.openai_whisper import _loaded

    whisper = _loaded(str(base_model(DEFAULT_CACHE)), 1)
    return lambda samples: str(whisper.transcribe(samples, fp16=False, task=task)["text"])


def main(who: str, folder: Path, glossary: Path | None = None) -> None:
    terms = read_terms(glossary.read_text(encoding="utf-8")) if glossary else ()
    ways: dict[str, Callable[[], Hear]] = {
        "ours": lambda: ours(terms),
        "ours-in-english": ours_in_english,
        "mended": lambda: only_mended(terms),
        "openai-whisper": reference,
        "openai-whisper-in-english": lambda: reference("translate"),
    }
    hear = ways[who]()
    hear(np.zeros(1600, np.float32))  # what is loaded at the first call
    found = {}
    for path in sorted(folder.glob("*.npy")):
        samples = np.load(path)
        began = time.process_time()
        text = hear(samples)
        found[path.stem] = {"text": text, "cpu_s": time.process_time() - began}
    (folder / f"{who}.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(Path, sys.argv[3:]))
