"""Sentences that are said in the language of whoever reads them, where that is known: publish_api/tongue.py."""

from typing import Protocol


class Say(Protocol):
    """Puts a sentence of ours, with its values at %(name)s, in the language of its reader."""

    def __call__(self, sentence: str, /, **values: object) -> str: ...


def phrase(sentence: str) -> str:
    """As it is: marks what is said later as a sentence to translate."""
    return sentence


def english(sentence: str, /, **values: object) -> str:
    return sentence % values if values else sentence
