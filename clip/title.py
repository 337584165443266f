"""One line that tells what a clip is about, as a draft of its title.

The sentence whose words tell most of the clip, freed of hesitation and of the ways speakers lead up
to what they say ("so today I want to talk about"), and shortened at a clause: where it announces the
matter, or stands on its own. Where it points elsewhere ("I put it there") its key phrases do better.
"""

import re
from collections import Counter
from collections.abc import Sequence

from clip.tag import tags
from clip.terms import spoken, stems
from domain.transcript import Sentence

MOST_WORDS = 12
MOST_CHARACTERS = 80
UNTITLED = "Untitled clip"

_MOST_SAID = 9  # words of a sentence that announces nothing: a longer one is told, not named
_KEYS = 3  # key phrases, of which a sentence has to say one
_LEAST_WORDS = 3  # a shorter clause says too little to stand for the sentence
_LEAST_PHRASE = 5  # words to keep when a sentence is broken where there is no clause, before "without" or "in"
_TELLING = 2  # telling words that a sentence needs to become a title
_EARLY = 0.35  # what being the first sentence is worth, falling by half with each third one
_ANNOUNCES = 1.2  # what "this is about" is worth
_POINTS_BACK = 0.5  # what is left of a sentence that only makes sense after another

# Said before the matter itself, in any order, again and again.
_FILLERS = {
    "en": (
        "okay|ok|so|and|but|now|alright|all right|well|um+|uh+|er+m?|hm+|yeah|yes|right|then|also|again|basically|"
        "actually|anyway|obviously|you know|i mean|you see|like|look|listen|hello|hi|hey|everyone|everybody|guys|"
        "good (?:morning|afternoon|evening)|"
        "folks|first of all|of course|by the way|in fact|finally|lastly|last but not least|"
        "(?:next|first|firstly|second|secondly|third|thirdly|last)(?=,)"
    ),
    "de": (
        "okay|ok|so|und|aber|also|nun|jetzt|gut|ja|na|äh+m?|hm+|genau|dann|eigentlich|halt|eben|hallo|leute|"
        "guten (?:morgen|tag|abend)|moin|servus|grüezi|zusammen|"
        "sozusagen|quasi|wie gesagt|übrigens|natürlich|schließlich|zum schluss|zu guter letzt"
    ),
    "es": (
        "vale|bueno|bien|pues|entonces|y|pero|ahora|ahora bien|eh+|em+|este|o sea|es decir|a ver|mira|miren|mirad|hola|"
        "claro|ya|sí|luego|después|además|primero|por último|finalmente|por cierto|buenos días|"
        "buenas(?: tardes| noches)?|a todos"
    ),
    "fr": (
        "bon|bah|ben|alors|donc|et|mais|maintenant|euh+|heu+|hein|voilà|ok|okay|bonjour|bonsoir|salut|à tous|oui|"
        "ensuite|puis|d['’]accord|d['’]abord|tout d['’]abord|enfin|pour finir|finalement|en fait|du coup|bref|au fait"
    ),
}
# Words to leave out wherever they are.
_HESITATIONS = {
    "en": r"um+|uh+|erm?|you know|i mean|sort of|kind of|basically|literally",
    "de": r"äh+m?|ähm+|sozusagen|quasi|irgendwie|halt",
    "es": r"eh+|em+|o sea|digamos",
    "fr": r"euh+|heu+|hein|genre|du coup",
}
# How speakers lead up to their matter. What follows is the title.
_ANNOUNCEMENTS = {
    "en": (
        r"(?:(?:in )?(?:this|the next|my next|my first|my second|my third|my last|another|one more|the first|the "
        r"second|the third|the last|today's|a quick|one) (?:\w+ )?(?:tip|one|thing|trick|video|clip|point|topic|"
        r"question|part|lesson)s?(?: (?!that )[\w'’]+){0,4}? (?:is|are|was)(?: about| on| that)?"
        r"|(?:today |here |next |now )*(?:i|we|let's|let us|let me)(?:'m|'re|'ll|'d)? ?(?:am |are |will |would |want |"
        r"wanna |like |just |going |gonna |to |need |have |quickly |briefly |really )*"
        r"(?:talk(?:ing)?|speak(?:ing)?|tell you|show you|walk you through|go over|cover|discuss|look at|"
        r"take a look at|learn|explain|start with|begin with)(?: a bit| a little| you)?"
        r"(?: about| on| with| into)?"
        r"|a (?:quick|short) (?:one|tip|word) (?:about|on)"
        r"|here(?:'s| is) (?:something|a tip|one thing) (?:about|on)"
        r"|(?:this|that|it) is (?:all )?about|here(?:'s| is)(?= (?:how|what|why))|my name is [A-Z]\w+(?: and)?)[,:]?\s+"
    ),
    "de": (
        r"(?:(?:heute |hier |jetzt )*(?:möchte|will|werde|wollen|möchten|werden|zeige|erkläre|sprechen|rede|reden)"
        r"(?: ich| wir)?(?: euch| ihnen| dir)?(?: heute| jetzt| kurz| mal)?(?: etwas)?(?: über| von)?"
        r"|(?:heute |jetzt )*geht es (?:um|darum)|es geht (?:um|darum)"
        r"|mein(?:e)? (?:erster|zweiter|dritter|nächster|letzter) (?:tipp|punkt) (?:ist|betrifft|handelt von)"
        r"|ein (?:kurzer|schneller) (?:tipp|hinweis) (?:zu|zum|zur))[,:]?\s+"
    ),
    "es": (
        r"(?:(?:(?:hoy|ahora|aquí|primero|luego|en este v[ií]deo),? )*(?:(?:les|os|te|le|nos) )?(?:voy a|vamos a|"
        r"quiero|queremos|quisiera|me gustaría) (?:ver|(?:hablar|mostrar|enseñar|explicar|contar)(?:les|os|te|le)?)"
        r"(?: un poco)?(?: de| sobre| acerca de)?"
        r"|(?:mi|el) (?:primer|segundo|tercer|próximo|siguiente|último) (?:consejo|truco|tema|punto) es(?: sobre)?"
        r"|(?:esto|este v[ií]deo) (?:trata|va) (?:de|sobre))[,:]?\s+"
    ),
    "fr": (
        r"(?:(?:(?:aujourd['’]hui|maintenant|ici|d['’]abord|ensuite|dans cette vidéo),? )*(?:je (?:vais|voudrais|veux)|"
        r"on va|nous allons|j['’]aimerais|laissez-moi)(?: vous| te)? (?:parler|montrer|expliquer|présenter|raconter|"
        r"dire|voir|regarder)(?: un peu)?(?: de| du| sur)?"
        r"|(?:mon|le|ma|la) (?:premier|première|deuxième|troisième|prochain|prochaine|dernier|dernière) (?:conseil|"
        r"astuce|point|sujet|question) (?:est|c['’]est)(?: de)?)[,:]?\s+"
    ),
}
# What is announced in the middle of an early sentence, unless it is what somebody does not know.
_HOW = {
    "en": r"(?<!know)(?<!knows)(?<!knew)(?<!sure)(?<!idea)(?<!forgot)(?<!understand)(?<!figure out)[,:]? "
    r"(?=how to \w+)",
}
_HOW_EARLY = 2  # sentences
# "Finally, washing hands": an item of a list is named.
_ITEM = {"en": r"(?:\w+ )?(?:finally|lastly|last but not least|next|first|second|third)(?:ly)?, (?=\w+ing\b)"}
# Sentences that begin so go on from one before.
_BACK = {
    "en": "it that that's it's this these those they he she them which because or otherwise also i we there yes no "
    "what's here here's you'll you've i've i'm we've we're they're there's",
    "de": "es das dies diese dieser er sie ihn ihm denn weil oder sonst auch ich wir da dort dabei dafür damit",
    "es": "eso esto esta este ese él ella lo porque o también yo nosotros ahí allí así se luego",
    "fr": "ça cela c'est ceci il elle ils elles car parce ou aussi je on nous là ici ensuite puis",
}
# What points at somebody or something that a title does not show.
_POINTING = {
    "en": "i we it this that there he she they me us him them these those here i'm i've i'll i'd you're you've you'll "
    "we're we've we'll it's that's there's they're he's she's something someone somebody",
    "de": "ich du wir ihr sie er es dies diese dieser dieses mir mich dir dich uns euch ihm ihn hier da dort damit "
    "dabei",
    "es": "yo tú él ella nosotros ellos ellas usted ustedes me te nos os lo les eso esto aquí ahí allí algo alguien",
    "fr": "je j'ai tu il elle on nous vous ils elles me te ça cela c'est ici là y quelque quelqu'un",
}
# But "how you lift it" does not.
_ASKING = {"en": "how what why when which where", "de": "wie was warum wann welche welcher welches wo",
    "es": "cómo qué cuándo cuál dónde por", "fr": "comment pourquoi quand quel quelle où"}  # fmt: skip
_AND = {"en": " and ", "de": " und ", "es": " y ", "fr": " et "}
# No title ends with one of these.
_CLINGS = {
    "en": "a an the and or but of to in on at by for from with as is are was were be that which who if than not my "
    "your his her its our their this these those so because when while then until before after without over under you "
    "i we they it",
    "de": "der die das den dem des ein eine einen einem einer und oder aber von zu im in am an auf mit für bei aus "
    "nach über unter vor dass wenn weil ist sind war nicht ich du wir ihr er sie es so dann bis",
    "es": "el la los las un una unos unas y e o u pero de del a al en con por para sin sobre que es son si no se lo "
    "su sus mi tu este esta cuando mientras hasta desde como porque",
    "fr": "le la les un une des du de et ou mais à au aux en dans avec par pour sans sur sous que qui est sont si ne "
    "se son sa ses mon ma ce cet cette quand comme car",
}

# Nor does a sentence: one that does was broken off.
_TORN = {
    "en": "a an the and or but of my your our their",
    "de": "ein eine einen einem einer und oder aber",
    "es": "el la los las un una y o pero de del con su",
    "fr": "le la les un une des du et ou mais de avec son sa",
}

_CLAUSE_END = re.compile(r"[,;:–—]$")
_TRIM = " \t,;:.…-–—\"'“”‘’«»"


def title(sentences: Sequence[Sentence], language: str = "en", others: Sequence[str] = ()) -> str:
    """A title of at most 12 words and 80 characters, with a capital and without a full stop; never empty.

    `others`: what is said in the recording's other clips.
    """
    texts = [_plain(s.text) for s in sentences]
    found = stems(texts, language)
    often = Counter(stem for words in found for stem in set(words))
    phrases = tags(" ".join(texts), others, language, most=_KEYS)
    keys = {stem for words in stems(phrases, language) for stem in words}
    best, named = (0.0, "", False), (0.0, "")  # of all sentences; of those that announce what comes
    for i, (text, all_words) in enumerate(zip(texts, found, strict=True)):
        short, announced = _line(text, language, early=i < _HOW_EARLY)
        telling = set(stems([short], language)[0]) if language in _FILLERS else set(all_words)
        if len(telling) < _TELLING or len(spoken(short)) < _LEAST_WORDS - announced:
            continue
        worth = sum(often[stem] ** 0.5 for stem in telling) / (len(spoken(short)) + 4) ** 0.7
        worth *= 1 + _EARLY * 2 ** (-i / 3) + _ANNOUNCES * announced
        if spoken(short)[0] in _BACK.get(language, "").split():
            worth *= _POINTS_BACK
        if worth > best[0]:
            best = (worth, short, (not keys or bool(keys & telling)) and _stands_alone(short, language))
        if announced and worth > named[0]:
            named = (worth, short)
    if best[2] or named[1]:
        return best[1] if best[2] else named[1]
    if len(texts) == 1 and best[1] and len(spoken(best[1])) <= _MOST_SAID:
        return best[1]  # "Turn the valve until it clicks": whatever it points at is there, or nowhere
    line = _of_phrases(phrases, " ".join(texts), language)
    return line if len(spoken(line)) > 1 else best[1] or line  # a single word says less than what points elsewhere


def _stands_alone(line: str, language: str) -> bool:
    if language not in _POINTING:
        return True
    words = spoken(line)
    asks = words[0] in _ASKING[language].split()
    return len(words) <= _MOST_SAID and (asks or not set(_POINTING[language].split()) & set(words))


def _plain(text: str) -> str:
    """On one line, without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _line(text: str, language: str, *, early: bool = False) -> tuple[str, bool]:
    """(a sentence as a title, whether it announces its matter). `early`: of the first ones."""
    asks = text.rstrip("\"'”’»)").endswith(("?", "？"))
    named = language in _ITEM and re.match(_ITEM[language], text, re.I) is not None
    text = _bare(text, language)
    announcement = re.match(_ANNOUNCEMENTS[language], text, re.I) if language in _ANNOUNCEMENTS else None
    if announcement is None and early and language in _HOW:
        announcement = re.search(_HOW[language], text, re.I)
    if announcement:
        text = _bare(text[announcement.end() :], language)
    whole = _shortened(text, language)
    ended = whole == text.strip(_TRIM + "!?？")
    asked = "?" if asks and ended and 0 < len(whole) < MOST_CHARACTERS else ""
    return _capital(whole) + asked, named or announcement is not None


def _bare(text: str, language: str) -> str:
    """Without hesitations, doubled words and what is only said to begin."""
    if language in _HESITATIONS:
        text = re.sub(rf",?\s*\b(?:{_HESITATIONS[language]})\b,?(?=\s|$)", "", text, flags=re.I)
    text = re.sub(r"\b(\w+)(?: \1\b)+", r"\1", text, flags=re.I).strip(_TRIM)
    if language in _FILLERS:
        text = re.sub(rf"^(?:(?:{_FILLERS[language]})(?:[,.!?…\s]+|$))+", "", text, flags=re.I)
        text = re.sub(rf"(?:[,.!?…]\s*(?:{_FILLERS[language]}))+$", "", text.strip(_TRIM), flags=re.I)
    return text.strip(_TRIM)


def _shortened(text: str, language: str) -> str:
    """The text when it fits; else up to its last clause that fits; else its first words."""
    words = text.split()
    kept: list[str] = []
    for word in words:
        if len(kept) == MOST_WORDS or len(" ".join([*kept, word])) > MOST_CHARACTERS:
            break
        kept.append(word)
    if not kept:  # one endless word, or a language without spaces
        return text[:MOST_CHARACTERS].strip(_TRIM)
    if len(kept) < len(words):
        clinging = _CLINGS.get(language, "").split()
        clauses = [i for i, word in enumerate(kept, start=1) if _CLAUSE_END.search(word) and i > _LEAST_WORDS]
        phrases = [i for i, word in enumerate(kept) if word.lower() in clinging and i >= _LEAST_PHRASE]
        if clauses or phrases:
            kept = kept[: (clauses or phrases)[-1]]
        while len(kept) > 1 and (kept[-1].lower().strip(_TRIM) in clinging or _is_filler(kept[-1], language)):
            kept.pop()
    while len(kept) > 1 and kept[-1].lower().strip(_TRIM) in _TORN.get(language, "").split():
        kept.pop()
    return " ".join(kept).strip(_TRIM + "!?？")


def _is_filler(word: str, language: str) -> bool:
    return re.fullmatch(_FILLERS.get(language, "(?!)"), word.strip(_TRIM), re.I) is not None


def _of_phrases(phrases: Sequence[str], text: str, language: str) -> str:
    """What is left where no sentence will do. Two things are named; a third is one too many to be read at a glance."""
    line = (
        _shortened(_AND.get(language, ", ").join(phrases[:2]), language)
        or _line(text, language)[0]
        or _shortened(text, language)
    )
    return _capital(line) or UNTITLED


def _capital(line: str) -> str:
    first = line[:1].upper()
    return first + line[1:] if len(first) == 1 else line  # "ß" would become two
