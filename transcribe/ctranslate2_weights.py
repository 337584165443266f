"""CTranslate2's model files, read and renamed for openai-whisper.

Both engines run the same weights: the base model that comes with the product is stored once, in
CTranslate2's format (binary version 6: a list of named tensors), and turned into openai-whisper's
names and shapes when the second engine is loaded.
"""

import json
import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from domain.errors import Misconfigured

_VERSION = 6
_HEAD_WIDTH = 64  # numbers a head, in every Whisper
_BFLOAT16 = 5
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16, _BFLOAT16: np.uint16}

Tensors = dict[str, NDArray[Any]]

# A linear layer's tensors, and a norm's, as either side calls them.
_LINEAR = (("weight", "weight"), ("bias", "bias"))
_NORM = (("weight", "gamma"), ("bias", "beta"))


@dataclass(frozen=True)
class OpenAIWeights:
    """What openai-whisper needs to become this model. `tensors` are float32."""

    dimensions: Mapping[str, int]  # whisper.model.ModelDimensions
    tensors: Mapping[str, NDArray[np.float32]]
    alignment_heads: tuple[tuple[int, int], ...]  # (layer, head) that follow the sound; () if not known


def openai_weights(folder: Path) -> OpenAIWeights:
    """The model in `folder` (model.bin, config.json). Raises Misconfigured when it is none we can read."""
    try:
        with (folder / "model.bin").open("rb") as file:
            given = _read(file)
        heads = json.loads((folder / "config.json").read_text()).get("alignment_heads", [])
        tensors = {name: _float(given, source) for name, source in _names(given)}
        tensors |= dict(_split_attention(given))
        return OpenAIWeights(_dimensions(tensors), tensors, tuple((layer, head) for layer, head in heads))
    except (OSError, KeyError, ValueError, struct.error) as error:
        raise Misconfigured(
            f"The speech model in {folder} cannot be read as a Whisper model of CTranslate2 ({error}). "
            "Set PASSITON_WHISPER_MODEL to base, or to another folder.",
            code="speech_model_unreadable",
        ) from error


def layers(folder: Path) -> tuple[int, int]:
    """How many layers the encoder and the decoder of the model in `folder` have; (0, 0) if that cannot be read."""
    try:
        with (folder / "model.bin").open("rb") as file:
            names = [name for name, _, _, size in _variables(file) if file.seek(size, os.SEEK_CUR)]
        return _layers(names, "encoder"), _layers(names, "decoder")
    except (OSError, ValueError, struct.error):
        return 0, 0


def _read(file: BinaryIO) -> Tensors:
    tensors: Tensors = {}
    for name, shape, kind, size in _variables(file):
        values = np.frombuffer(file.read(size), _TYPES[kind])
        if kind == _BFLOAT16:
            values = (values.astype(np.uint32) << 16).view(np.float32)
        tensors[name] = values.reshape(shape)
    for _ in range(_number(file, "I")):
        alias, name = _string(file), _string(file)
        tensors.setdefault(alias, tensors[name])
    return tensors


def _variables(file: BinaryIO) -> Iterator[tuple[str, list[int], int, int]]:
    """(name, shape, type, bytes) of each tensor. The file stands before its bytes: whoever asks goes past them."""
    version = _number(file, "I")
    if version != _VERSION:
        raise ValueError(f"its format is version {version}, not {_VERSION}")
    _string(file)  # the name of the architecture
    _number(file, "I")  # and its revision
    for _ in range(_number(file, "I")):
        name = _string(file)
        shape = [_number(file, "I") for _ in range(_number(file, "B"))]
        yield name, shape, _number(file, "B"), _number(file, "I")


def _number(file: BinaryIO, code: str) -> int:
    value: int = struct.unpack(f"<{code}", file.read(struct.calcsize(code)))[0]
    return value


def _string(file: BinaryIO) -> str:
    return file.read(_number(file, "H"))[:-1].decode()  # ends with a zero byte


def _names(given: Tensors) -> Iterator[tuple[str, str]]:
    """(openai-whisper's name, CTranslate2's) of every tensor that only changes its name."""
    for side in ("encoder", "decoder"):
        for layer in range(_layers(given, side)):
            theirs, ours = f"{side}/layer_{layer}", f"{side}.blocks.{layer}"
            linears = {"attn.out": "self_attention/linear_1", "mlp.0": "ffn/linear_0", "mlp.2": "ffn/linear_1"}
            norms = {"attn_ln": "self_attention/layer_norm", "mlp_ln": "ffn/layer_norm"}
            if side == "decoder":
                linears |= {"cross_attn.query": "attention/linear_0", "cross_attn.out": "attention/linear_2"}
                norms |= {"cross_attn_ln": "attention/layer_norm"}
            for layout, table in ((_LINEAR, linears), (_NORM, norms)):
                for our, their in table.items():
                    yield from ((f"{ours}.{our}.{o}", f"{theirs}/{their}/{t}") for o, t in layout)
    for our, their in (("encoder.conv1", "encoder/conv1"), ("encoder.conv2", "encoder/conv2")):
        yield from ((f"{our}.{o}", f"{their}/{t}") for o, t in _LINEAR)
    for our, their in (("encoder.ln_post", "encoder/layer_norm"), ("decoder.ln", "decoder/layer_norm")):
        yield from ((f"{our}.{o}", f"{their}/{t}") for o, t in _NORM)
    for side in ("encoder", "decoder"):
        yield f"{side}.positional_embedding", f"{side}/position_encodings/encodings"
    yield "decoder.token_embedding.weight", "decoder/embeddings/weight"


def _split_attention(given: Tensors) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """CTranslate2 keeps query, key and value in one tensor; openai-whisper's key has no bias."""
    joined = [
        (f"{side}.blocks.{layer}.attn", f"{side}/layer_{layer}/self_attention/linear_0", ("query", "key", "value"))
        for side in ("encoder", "decoder")
        for layer in range(_layers(given, side))
    ] + [
        (f"decoder.blocks.{layer}.cross_attn", f"decoder/layer_{layer}/attention/linear_1", ("key", "value"))
        for layer in range(_layers(given, "decoder"))
    ]
    for ours, theirs, parts in joined:
        for layout in ("weight", "bias"):
            pieces = np.split(_float(given, f"{theirs}/{layout}"), len(parts))
            for part, piece in zip(parts, pieces, strict=True):
                if (part, layout) != ("key", "bias"):
                    yield f"{ours}.{part}.{layout}", piece


def _float(given: Tensors, name: str) -> NDArray[np.float32]:
    values = given[name]
    if values.dtype == np.int8:  # quantised: one scale for each row
        scale = given[f"{name}_scale"].astype(np.float32)
        return values.astype(np.float32) / scale.reshape(-1, *(1,) * (values.ndim - 1))
    return values.astype(np.float32)


def _layers(given: Iterable[str], side: str) -> int:
    return sum(name.startswith(f"{side}/layer_") and name.endswith("/ffn/linear_0/weight") for name in given)


def _dimensions(tensors: Mapping[str, NDArray[np.float32]]) -> dict[str, int]:
    audio_context, audio_state = tensors["encoder.positional_embedding"].shape
    text_context, text_state = tensors["decoder.positional_embedding"].shape
    return {
        "n_mels": tensors["encoder.conv1.weight"].shape[1],
        "n_vocab": tensors["decoder.token_embedding.weight"].shape[0],
        "n_audio_ctx": audio_context,
        "n_audio_state": audio_state,
        "n_audio_head": audio_state // _HEAD_WIDTH,
        "n_audio_layer": _blocks(tensors, "encoder"),
        "n_text_ctx": text_context,
        "n_text_state": text_state,
        "n_text_head": text_state // _HEAD_WIDTH,
        "n_text_layer": _blocks(tensors, "decoder"),
    }


def _blocks(tensors: Mapping[str, NDArray[np.float32]], side: str) -> int:
    return sum(name.startswith(f"{side}.blocks.") and name.endswith(".mlp.0.weight") for name in tensors)
