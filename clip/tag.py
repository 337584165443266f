"""Key phrases of a clip, as drafts of its tags.

Taken from what was said, nothing is made up. A phrase is one to three telling words in a row. In the
manner of RAKE (Rose et al. 2010) phrases end at stop words and punctuation; in that of YAKE (Campos
et al. 2020) a word weighs more when it is said often, early, in several sentences, as a name, and by
what tells this clip from the others of its recording. Phrases want to be things: a word behind an
article is one, a word behind "to" or before an article is rather something that is done.
"""

import functools
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from clip.terms import STOP_WORDS, WORD, parted, stem, stop_words

LONGEST = 3  # words
PHRASE = 0.8  # what each further word of a phrase is worth: "print head" tells more than "print"
MOST_CHARACTERS = 40

# Telling words that make no tag of their own, and no end of one.
_VAGUE = {
    "en": (
        "minute hour second day week month year time today tomorrow yesterday people person guy everyone example case "
        "part point fact place reason idea problem question answer side end start begin help need use work show ask "
        "find call turn move set run leave stay feel hear become follow bring hold change easy hard important "
        "different great sure able possible better best worse worst fine nice early late half exactly tip trick "
        "couple bunch top neat true false quick simple specific suppose realize free full real main actual current "
        "previous recent normal somehow long short deeper further later extra"
    ),
    "de": (
        "minute stunde sekunde tag woche monat jahr zeit heute morgen gestern leute mensch person beispiel fall teil "
        "punkt stelle grund idee problem frage antwort seite ende anfang hilfe art weise tipp trick moment dank "
        "kollege kollegin aufmerksamkeit"
    ),
    "es": "minuto hora segundo día semana mes año tiempo momento persona gente ejemplo caso parte punto lugar idea "
    "problema pregunta respuesta lado final principio ayuda truco consejo paso vídeo video nuevo nueva nuevos nuevas "
    "pequeño pequeña gran grande buen bueno buena mejor primer último última",
    "fr": "minute heure seconde jour semaine mois an année temps moment gens exemple cas partie point endroit idée "
    "problème question réponse côté fin début aide astuce conseil étape vidéo nouveau nouveaux nouvelle nouvelles "
    "petit petite grand grande bon bonne gros grosse vieux vieille meilleur meilleure premier première dernier "
    "dernière",
}
# Words for numbers, which no tag begins or ends with.
_NUMBERS = {
    "en": "number zero four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen eighteen "
    "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million percent",
    "de": "zahl vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert tausend "
    "million prozent",
    "es": "número cuatro cinco seis siete ocho nueve diez veinte treinta cien mil millón por ciento",
    "fr": "numéro cinq six sept huit neuf dix vingt trente cent mille million pourcent",
}

# What stands before a thing, and what before something that is done.
_BEFORE_THINGS = {
    "en": "a an the this that these those my your his her its our their some any no each every another of in on with "
    "for from at by into about without",
    "es": "el la los las un una unos unas al del este esta estos estas ese esa esos esas mi mis tu tus su sus nuestro "
    "nuestra nuestros nuestras cada otro otra otros otras mismo misma con sin algún alguna nuevo nueva nuevos nuevas "
    "pequeño pequeña gran grande buen buena mejor primer último última",
    "fr": "le la les l un une des du au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur "
    "leurs chaque autre autres même avec sans quelques plusieurs nouveau nouveaux nouvelle nouvelles petit petite "
    "grand grande bon bonne gros grosse vieux vieille meilleur meilleure premier première dernier dernière",
}
_BEFORE_ACTS = {
    "en": "to i you we they he she it who will would can could should must may might don't doesn't didn't can't won't "
    "shouldn't never always not please let's it's is are was were be been",
    "es": "se me te nos os le les no que yo tú él ella usted ustedes ellos ellas nosotros para a y",
    "fr": "se s me m te t ne n nous vous je j tu il elle on ils elles pour à qui et pas y en",
}
# Before these a last word is rather something that is done: "raises the", "wipe it".
_AFTER_ACTS = {
    "en": "a an the my your his her its our their this these those it them him me us you",
    "es": "el la los las un una unos unas este esta su sus",
    "fr": "le la les l un une des ce cet cette ces votre vos",
}
# Languages in which a thing nearly always has a word before it that says so; ends of what is rather done, or how.
_DONE = {
    "es": re.compile(r"mente$|(?:[aei]r|ando|iendo)(?:se|lo|la|los|las)?$"),
    "fr": re.compile(r"(?:[^i]er|ez)$|-(?:le|la|les)$"),
}
_THINGS, _ACTS, _AFTER = (
    {language: frozenset(words.split()) for language, words in table.items()}
    for table in (_BEFORE_THINGS, _BEFORE_ACTS, _AFTER_ACTS)
)
_VAGUE_STEMS, _NUMBER_STEMS = (
    {language: frozenset(stem(word, language) for word in words.split()) for language, words in table.items()}
    for table in (_VAGUE, _NUMBERS)
)

_BREAK = re.compile(r"[.!?…。！？;:,()\[\]\"“”«»]|\s[-–—]\s")
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+")


@dataclass(frozen=True)
class _Word:
    surface: str
    stem: str
    begins: bool  # a sentence: its capital says nothing


@dataclass(frozen=True)
class _Phrase:
    words: tuple[_Word, ...]
    sentence: int
    before: str  # the stop word it follows, "" after punctuation
    after: str


def tags(text: str, background: Sequence[str] = (), language: str = "en", most: int = 5) -> tuple[str, ...]:
    """The key phrases of `text`, the most telling first: as many as `most`, fewer when little was said.

    `background` are the texts of the recording's clips (this one may be among them). Lower case, but
    for names and abbreviations; none says again what one before it says. None in a language whose words
    of grammar are not known (clip/terms.py): it is they that say where a phrase ends.
    """
    if language not in STOP_WORDS:
        return ()
    phrases = _phrases(text, language)
    others = [_phrases(other, language) for other in background if other != text]
    names = _names(phrases, language)
    weights = _weights(phrases, others, names, language)
    scored: dict[tuple[str, ...], tuple[float, str]] = {}
    times = Counter(tuple(w.stem for w in p.words) for p in phrases)
    for phrase in phrases:
        key = tuple(w.stem for w in phrase.words)
        if key in scored or not _usable(phrase, names, language, times[key]):
            continue
        score = sum(weights[s] for s in key) / len(key)
        score *= (1 + PHRASE * (len(key) - 1)) * (1 + 0.5 * math.log(times[key]))
        scored[key] = (score, " ".join(names.get(w.stem) or w.surface.lower() for w in phrase.words))
    chosen: list[tuple[str, ...]] = []
    for key in sorted(scored, key=lambda key: (-scored[key][0], key)):
        said = {s for other in chosen for s in other}
        if len(chosen) < most and not said.intersection(key):
            chosen.append(key)
    return tuple(scored[key][1] for key in chosen)


@functools.lru_cache(maxsize=1024)  # each text is the background of all others of its recording
def _phrases(text: str, language: str) -> tuple[_Phrase, ...]:
    """Every run of up to three telling words between stop words and punctuation."""
    found: list[_Phrase] = []
    sentences = _SENTENCE.split(parted(text, language))
    left_out = stop_words(sentences, language)
    for number, sentence in enumerate(sentences):
        begins = True
        for clause in _BREAK.split(sentence):
            run: list[_Word] = []
            before = ""
            for surface in [*WORD.findall(clause), ""]:
                plain = surface.lower().replace("’", "'")
                if surface and len(surface) > 1 and plain not in left_out:
                    run.append(_Word(surface, stem(plain, language), begins))
                else:
                    found += _runs(run, number, before, plain)
                    run, before = [], plain
                begins = False
    return tuple(found)


def _runs(run: Sequence[_Word], sentence: int, before: str, after: str) -> Iterator[_Phrase]:
    for length in range(1, min(LONGEST, len(run)) + 1):
        for i in range(len(run) - length + 1):
            left = before if i == 0 else run[i - 1].surface.lower()
            right = after if i + length == len(run) else run[i + length].surface.lower()
            yield _Phrase(tuple(run[i : i + length]), sentence, left, right)


def _names(phrases: Sequence[_Phrase], language: str) -> dict[str, str]:
    """stem -> how it is written, for names and abbreviations: what has a capital inside a sentence.

    German gives every noun its capital, so there all of them keep it.
    """
    inside: dict[str, Counter[str]] = {}
    for phrase in phrases:
        if len(phrase.words) == 1:
            word = phrase.words[0]
            if not word.begins or any(c.isupper() for c in word.surface[1:]):
                inside.setdefault(word.stem, Counter())[word.surface] += 1
    written = {s: max(forms.items(), key=lambda form: (form[1], form[0]))[0] for s, forms in inside.items()}
    return {s: form for s, form in written.items() if form != form.lower()}


def _weights(
    phrases: Sequence[_Phrase], others: Sequence[Sequence[_Phrase]], names: dict[str, str], language: str
) -> dict[str, float]:
    """How much each stem tells of this text."""
    single = [p for p in phrases if len(p.words) == 1]
    elsewhere = Counter(s for other in others for s in {w.stem for p in other for w in p.words})
    likely = _things(phrases, others, language)
    sentences = max((p.sentence for p in single), default=0) + 1
    weights = {}
    for s in {p.words[0].stem for p in single}:
        places = [(i, p.sentence) for i, p in enumerate(single) if p.words[0].stem == s]
        spread = len({sentence for _, sentence in places})
        weight = math.log(1 + len(places)) * (1 + math.log((1 + len(others)) / (1 + elsewhere[s])))
        weight *= 1 + 0.5 * math.log(spread) / math.log(1 + sentences)
        weight *= 1 + 0.3 * math.exp(-places[0][0] / 20)
        weight *= likely.get(s, 1.0)
        weight *= 1.3 if s in names and language != "de" else 1.0
        weights[s] = weight * (0.4 if s in _VAGUE_STEMS.get(language, ()) else 1.0)
    return weights


def _things(phrases: Sequence[_Phrase], others: Sequence[Sequence[_Phrase]], language: str) -> dict[str, float]:
    """stem -> 0.25 to 2.25: whether the whole recording uses it rather for a thing or for something done."""
    if language not in _THINGS:
        return {}
    signs: dict[str, list[float]] = {}
    for phrase in chain(phrases, *others):
        if len(phrase.words) == 1:
            thing = phrase.before in _THINGS[language]
            act = phrase.before in _ACTS[language] or phrase.after in _AFTER.get(language, ())
            # Instructions begin with what is to be done: "Lift slowly", "Open the lid".
            signs.setdefault(phrase.words[0].stem, []).append(thing - max(act, 0.5 * phrase.words[0].begins))
    return {s: (1 + 0.5 * (sum(seen) - 0.5) / (len(seen) + 0.5)) ** 2 for s, seen in signs.items()}


def _usable(phrase: _Phrase, names: dict[str, str], language: str, times: int) -> bool:
    stems = [w.stem for w in phrase.words]
    if len(set(stems)) < len(stems) or len(" ".join(w.surface for w in phrase.words)) > MOST_CHARACTERS:
        return False
    first, last = phrase.words[0], phrase.words[-1]
    numbers = _NUMBER_STEMS.get(language, ())
    if last.stem in _VAGUE_STEMS.get(language, ()) or first.stem in numbers or last.stem in numbers:
        return False
    if not any(c.isalpha() for c in last.surface) or not any(c.isalpha() for c in first.surface):
        return False
    if language == "en" and last.surface.lower().endswith(("ly", "'s", "’s")):
        return False
    if language == "en" and last.surface.endswith("ed") and phrase.before not in _THINGS["en"]:
        return False  # "implemented": what was done, not a thing. "Rendering" may be one, and people look for it
    if language in _DONE:
        if phrase.before not in _THINGS[language] or any(
            _DONE[language].search(w.surface.lower()) for w in phrase.words
        ):
            return False
        # "The group turns" looks like "the hydraulic press": said twice, it is rather what something is called.
        return len(stems) == 1 or times > 1
    if len(stems) > 1 and language in _ACTS:
        # A phrase has to be bounded like a thing: not "water raises (the)", not "(to) wipe clean".
        return phrase.after not in _AFTER.get(language, ()) and phrase.before not in _ACTS[language]
    if language == "de":
        # Things have capitals. What stands before one bends with its article ("das rote Licht"), and engines write it
        # large at times; what is called by two words is called so twice.
        attribute = bool(phrase.after) and stem(phrase.after, language) in names
        return all(s in names for s in stems) and not attribute and (len(stems) == 1 or times > 1)
    return True
