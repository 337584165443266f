"""Words -> sentences.

A sentence ends at a full stop, question mark or exclamation mark. Not at every full stop: not after
an abbreviation, an initial or a number that goes on, and not where the next word goes on in lower
case. Where a transcript is written without punctuation, a pause of 0.6 s ends one; anywhere, one of
5 s does. What is then still longer than 30 s or 60 words is parted where it hurts least: at a
comma, at a long pause, near the middle.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from domain.transcript import Pause, Sentence, Word, joined

MOST_MS = 30_000
MOST_WORDS = 60
PAUSE_MS = 600  # ends a sentence where nobody wrote punctuation
LONG_PAUSE_MS = 5_000  # ends one anywhere: whoever goes on after it begins anew
BREATH_MS = 300  # decides where a full stop may be part of an abbreviation

_SPARSE = 40  # words to each final mark, above which a transcript counts as unpunctuated

_OPENING = "\"'“‘«([{¿¡"
_CLOSING = "\"'”’»)]}」』"
_FINAL = re.compile(rf"[.!?…。！？｡؟۔।][{re.escape(_CLOSING)}]*$")
_FULL_STOP = re.compile(rf"[.…][{re.escape(_CLOSING)}]*$")  # the marks that also do other work
_COMMA = re.compile(rf"[,;:،、，；：–—][{re.escape(_CLOSING)}]*$")
_ORDINAL = re.compile(r"\d{1,2}\.$")
_INITIALS = re.compile(r"(?!I\.)(?:[^\W\d_]\.)+$")  # "J.", "U.S.", but "I." is somebody

# Languages that write an ordinal with a full stop: "am 3. Mai".
_ORDINAL_STOP = "bs cs da de et fi hr hu is lv nn no pl sk sl sr tr"

# Their full stop never ends a sentence: what they stand before follows. English; German; French,
# Spanish, Italian and Dutch.
_INTRODUCE = (
    "mr mrs ms dr prof st vs e.g i.e cf ca approx "
    "hr fr z.b d.h bzw ggf evtl inkl zzgl vgl "
    "mme mlle p.ex sra srta dra sig dott ing bijv dhr mevr"
)
# Nor does theirs before a number: "No. 5", "Fig. 3", "Jan. 1". But: "The answer is no."
_BEFORE_NUMBERS = "no nos fig figs vol p pp nr abb art sec ch tel núm jan feb mar apr jun jul aug sep sept oct nov dec"
_ORDINALS_IN, _INTRODUCING, _NUMBERED = (
    frozenset(listed.split()) for listed in (_ORDINAL_STOP, _INTRODUCE, _BEFORE_NUMBERS)
)


def sentences(words: Sequence[Word], pauses: Sequence[Pause], language: str) -> tuple[Sentence, ...]:
    """All words, in order, as sentences that do not overlap.

    `words` in order of time; `pauses` of the recording; `language` ISO 639-1.
    """
    silences = _silences(words, pauses)
    whole: list[tuple[int, int]] = []
    start = 0
    sparse = sum(bool(_FINAL.search(w.text)) for w in words) * _SPARSE < len(words)
    for i in range(len(words)):
        ends = i + 1 == len(words) or _ends(words[i].text, words[i + 1].text, silences[i], language, sparse)
        if ends:
            whole.append((start, i + 1))
            start = i + 1
    parts = [part for a, b in whole for part in _parted(words, silences, a, b)]
    return _in_order([words[a:b] for a, b in parts], language)


def _ends(text: str, following: str, silence_ms: int, language: str, sparse: bool) -> bool:
    if silence_ms >= (PAUSE_MS if sparse else LONG_PAUSE_MS):
        return True
    if not _FINAL.search(text):
        return False
    if following[:1].islower() and (_FULL_STOP.search(text) or text[-1] in _CLOSING):
        return False
    if not _FULL_STOP.search(text):
        return True
    bare = text.rstrip(_CLOSING).lstrip(_OPENING)
    stem = bare.rstrip(".").lower()
    if stem in _INTRODUCING:
        return False
    if stem in _NUMBERED and following[:1].isdigit():
        return False
    unsure = _INITIALS.match(bare) or (language in _ORDINALS_IN and _ORDINAL.match(bare))
    return not unsure or silence_ms >= BREATH_MS


def _parted(words: Sequence[Word], silences: Sequence[int], a: int, b: int) -> list[tuple[int, int]]:
    """[a, b) as runs that are short enough, each parted where it hurts least."""
    if b - a < 2 or (b - a <= MOST_WORDS and words[b - 1].end_ms - words[a].start_ms <= MOST_MS):
        return [(a, b)]

    def worth(i: int) -> float:
        """Of ending a part with word i: a second of silence and a comma weigh the same; ends weigh nothing."""
        centred = min(i + 1 - a, b - i - 1) / (b - a)
        return centred * (0.2 + min(silences[i], 2000) / 1000 + bool(_COMMA.search(words[i].text)))

    cut = max(range(a, b - 1), key=worth) + 1
    return [*_parted(words, silences, a, cut), *_parted(words, silences, cut, b)]


def _silences(words: Sequence[Word], pauses: Sequence[Pause]) -> list[int]:
    """The longest pause after each word, in ms: by voice activity, or by the words where that knows none.

    A pause lies between two words when its middle lies between theirs: engines are 0.2 s wrong about
    where a word ends, but not about the order of things.
    """
    found = []
    at = 0
    for word, following in pairwise(words):
        left, right = word.middle_ms, following.middle_ms
        longest = following.start_ms - word.end_ms if not pauses else 0
        while at < len(pauses) and pauses[at].middle_ms < right:
            if pauses[at].middle_ms >= left:
                longest = max(longest, pauses[at].end_ms - pauses[at].start_ms)
            at += 1
        found.append(max(0, longest))
    return [*found, 0]


def _in_order(groups: Sequence[Sequence[Word]], language: str) -> tuple[Sentence, ...]:
    """Sentences with the times of their words, the later one giving way where two overlap."""
    found: list[Sentence] = []
    at = 0
    for group in groups:
        start = max(at, group[0].start_ms)
        end = max(start, *(w.end_ms for w in group))
        found.append(Sentence(joined([w.text for w in group], language), start, end))
        at = end
    return tuple(found)
