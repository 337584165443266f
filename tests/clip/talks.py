"""Talks to cut: written out, or drawn by Hypothesis."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from domain.transcript import Pause, Sentence

OVEN = [
    "Today I want to talk about baking bread in a stone oven.",
    "Heat the oven with dry wood until the stones turn white.",
    "Sweep the ashes out of the oven before the bread goes in.",
    "The bread bakes on hot stones, so the crust of the bread gets dark.",
    "Leave the bread in the oven until the crust sounds hollow.",
]
BIKE = [
    "My second tip is how to clean a bicycle chain.",
    "Brush the chain with a little oil while you turn the pedals.",
    "Wipe the oil from the chain, or the chain collects sand.",
    "A clean chain makes the bicycle quiet and the pedals light.",
    "Check the chain and the pedals of your bicycle each month.",
]
TAX = [
    "Finally, a word about the tax form for the company car.",
    "Write down every trip with the company car on the form.",
    "The tax office wants the form before the end of March.",
    "If the company car is electric, the tax on the form is lower.",
    "Keep a copy of the tax form and of every trip for ten years.",
]


@dataclass(frozen=True)
class Talk:
    sentences: tuple[Sentence, ...]
    pauses: tuple[Pause, ...]
    duration_ms: int


def talk(texts: Sequence[str], sentence_ms: int = 5000, pause_ms: int = 400, lead_ms: int = 0) -> Talk:
    """Sentences of equal length with equal pauses between them, and silence at the start if wanted."""
    sentences = []
    pauses = [Pause(0, lead_ms)] if lead_ms else []
    at = lead_ms
    for text in texts:
        if sentences:
            pauses.append(Pause(at, at + pause_ms))
            at += pause_ms
        sentences.append(Sentence(text, at, at + sentence_ms))
        at += sentence_ms
    return Talk(tuple(sentences), tuple(pauses), at)


WORDS = ["bread", "oven", "chain", "oil", "form", "tax", "next", "so", "the", "it", "okay"]


@st.composite
def talks(draw: st.DrawFn, most: int = 40) -> Talk:
    """Any talk: sentences of 0.1 to 40 s; between some of them no pause, and some pauses inside them."""
    at = draw(st.sampled_from([0, 0, 500, 1500, 30_000]))
    pauses = [Pause(0, at)] if at else []
    sentences = []
    for _ in range(draw(st.integers(1, most))):
        length = draw(st.integers(100, 40_000))
        if length > 2000 and draw(st.booleans()):
            pauses.append(Pause(at + length // 2, at + length // 2 + 300))
        text = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)))
        sentences.append(Sentence(text + draw(st.sampled_from([".", "?", ""])), at, at + length))
        at += length
        silent = draw(st.sampled_from([0, 0, 200, 400, 900, 3000, 70_000]))
        if silent:
            pauses.append(Pause(at, at + silent))
            at += silent
    return Talk(tuple(sentences), tuple(pauses), at)
