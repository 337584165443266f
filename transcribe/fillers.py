"""The sounds of somebody who looks for a word, left out.

Nothing that is also a word is among them: not "like", "also" or "este", for who leaves those out changes what was said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from domain.transcript import Word, core, parted
from transcribe.caption_rules import FINAL_MARKS

_FILLERS = {
    "en": "um umm uh uhh uhm erm er ehm hm hmm mm mmm mhm",
    "de": "äh ähm ähh öh öhm ehm hm hmm mhm",
    "es": "eh ehm em mm mmm hm hmm",
    "fr": "euh heu euhm hum hm hmm mm",
    "it": "ehm eh uhm mm hm hmm",
    "nl": "eh ehm uh uhm hm hmm",
    "pt": "hã hum ahn eh mm hmm",
}
FILLERS = {language: frozenset(words.split()) for language, words in _FILLERS.items()}


def without_fillers(words: Sequence[Word], language: str) -> tuple[Word, ...]:
    """What was said without its fillers; all of it in a language whose fillers we do not know.

    The first word that is left of a sentence is written large as the filler before it was, and the last one takes the
    mark that ended the sentence.
    """
    listed = FILLERS.get(language, frozenset())
    kept: list[Word] = []
    large = False
    for word in words:
        if core(word.text) in listed:
            begins = not kept or kept[-1].text.endswith(FINAL_MARKS)
            large |= begins and parted(word.text)[1][:1].isupper()
            if not begins and word.text.endswith(FINAL_MARKS):
                kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip(",;:–—") + word.text[-1])
            continue
        kept.append(replace(word, text=_large(word.text)) if large else word)
        large = False
    return tuple(kept)


def _large(text: str) -> str:
    before, inside, behind = parted(text)
    return f"{before}{inside[:1].upper()}{inside[1:]}{behind}"


def has_fillers(texts: Iterable[str], language: str) -> bool:
    """Whether there is anything to leave out of these words."""
    listed = FILLERS.get(language, frozenset())
    return any(core(text) in listed for text in texts)
