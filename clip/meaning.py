"""What a clip is about, as a vector near those of questions it answers; and of each of its sentences a sketch of one.

The clip's vector is the mean of its title's and its sentences', each counting by its words: so the end of a long clip
counts as much as its beginning, and sentences that were embedded to cut the recording are known already. A sketch keeps
of each number only whether it is positive: enough to say which sentence of a clip is nearest a question, in a sixteenth
of the bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clip.embed import vectors


@dataclass(frozen=True)
class Meaning:
    """`vector` of length one; of each sentence a sketch, of as many 0 and 1."""

    vector: tuple[float, ...]
    sketches: tuple[str, ...]


def meaning(title: str, sentences: Sequence[str], language: str | None) -> Meaning | None:
    """None where no model knows the language, or nothing is said and nothing named.

    Raises Misconfigured as `clip.embed.vectors`.
    """
    texts = [text for text in (title.strip(), *sentences) if text]
    found = vectors(texts, language or "") if texts else None
    if found is None:
        return None
    mean = np.array([len(text.split()) for text in texts], np.float32) @ found
    length = float(np.linalg.norm(mean))
    sketches = found[len(texts) - len(sentences) :]
    return Meaning(
        tuple(float(x) for x in mean / max(length, 1e-9)),
        tuple("".join("1" if x > 0 else "0" for x in each) for each in sketches),
    )


def meaning_of_query(q: str) -> tuple[float, ...] | None:
    """Of what somebody typed, who did not say in which language: taken for English. None where there is no model."""
    found = vectors([q], "en")
    return None if found is None else tuple(float(x) for x in found[0])
