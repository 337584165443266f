"""The words of a text that carry meaning, reduced to their stems.

Stop words are the words of grammar and of hesitation: they are said about everything, and so say
nothing about the topic. English and German have a list of their own below; in other languages words
that are in a third of all sentences count as such.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import snowballstemmer

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")

# Closed classes (articles, pronouns, auxiliaries, prepositions, conjunctions, adverbs of degree and
# place), then what English speech is filled with.
_ENGLISH = """
a an the this that these those some any no none each every all both either neither such other another same own
i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us our ours
ourselves they them their theirs themselves one ones who whom whose which what whatever someone somebody something
anyone anybody anything everyone everybody everything nobody nothing
am is are was were be been being do does did doing done have has had having will would shall should can could may
might must ought need dare used
about above across after against along among around as at before behind below beneath beside besides between beyond
by down during except for from in inside into like near of off on onto out outside over past per since than through
throughout till to toward towards under until up upon via with within without
and but or nor so yet if because although though while whereas unless when whenever where wherever why how whether
not only very too also just even still already again ever never always often sometimes usually here there then now
once twice more most much many few fewer less least enough quite rather almost about really actually basically
probably maybe perhaps however therefore thus else instead otherwise anyway together apart away back
i'm you're he's she's it's we're they're i've you've we've they've i'd you'd he'd she'd we'd they'd i'll you'll he'll
she'll it'll we'll they'll isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't won't wouldn't
shan't shouldn't can't cannot couldn't mightn't mustn't that's there's here's what's who's where's how's let's
ain't y'all gonna wanna gotta kinda sorta dunno cause 'cause
um uh uhm umm hm hmm mm mhm er erm ah oh eh okay ok yeah yes yep nope well right alright hey hi hello bye thanks
thank please sorry guess mean means kind sort lot lots bit thing things stuff way ways
go goes going gone went come comes coming came get gets getting got gotten let lets put puts make makes making made
take takes taking took taken give gives giving gave given want wants wanted know knows knew known think thinks
thinking thought say says saying said see sees seeing saw seen look looks looking looked tell tells telling told
talk talks talking talked happen happens happened try tries trying tried seem seems keep keeps
good bad big little nice new first second third last next two three
"""
_GERMAN = """
der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner dieser diese dieses diesen
diesem jener jede jeder jedes jeden jedem alle alles allen aller man jemand niemand etwas nichts welche welcher
welches wer wen wem was
ich mich mir mein meine meinen meinem meiner du dich dir dein deine deinen er ihn ihm sein seine seinen seinem seiner
sie ihr ihre ihren ihrem ihrer es wir uns unser unsere unseren euch euer eure sich selbst
bin bist ist sind seid war waren warst wäre wären gewesen habe hast hat haben habt hatte hatten hätte hätten gehabt
werde wirst wird werden wurde wurden würde würden geworden kann kannst können könnt konnte könnte könnten muss musst
müssen musste müsste soll sollen sollte sollten will willst wollen wollte möchte möchten darf dürfen mag mögen lassen
an am auf aus bei beim bis durch für gegen hinter in im ins mit nach neben ohne seit über um unter von vom vor
während wegen zu zum zur zwischen ab
und oder aber denn sondern doch weil dass ob wenn als wie wo wann warum wieso während obwohl damit bevor nachdem
nicht nur noch schon auch sehr so da dann dort hier jetzt nun mal immer nie wieder ganz gar etwa ungefähr also eben
halt ja nein na gut okay ok äh ähm hm mhm genau eigentlich vielleicht einfach natürlich irgendwie sozusagen quasi
daran darauf daraus dabei dafür davon davor dazu darum deshalb trotzdem außerdem sonst viel viele mehr wenig bisschen
geht gehen gehst ging kommt kommen komm macht machen mach gemacht sagt sagen sage gesagt sieht sehen gibt geben
heißt weiß wissen steht stehen liegt tut tun mache machst zwei drei erste ersten zweite zweiten nächste nächsten
ding dinge sache
"""
STOP_WORDS = {"en": frozenset(_ENGLISH.split()), "de": frozenset(_GERMAN.split())}

_COMMON = 1 / 3  # of all sentences, where a language has no list
_FEW = 12  # sentences, below which that cannot be told

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian",
    "nn": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def spoken(text: str) -> list[str]:
    """The words of a text in lower case, with typewriter apostrophes."""
    found = WORD.findall(text)
    return "\n".join(found).lower().replace("’", "'").split("\n") if found else []


def stop_words(texts: Sequence[str], language: str) -> frozenset[str]:
    """What to leave out of these texts."""
    listed = STOP_WORDS.get(language)
    if listed is not None:
        return listed
    if len(texts) < _FEW:
        return frozenset()
    seen = Counter(word for text in texts for word in set(spoken(text)))
    return frozenset(word for word, n in seen.items() if n > _COMMON * len(texts))


def stems(texts: Iterable[str], language: str) -> list[list[str]]:
    """For each text the stems of its telling words, in order."""
    texts = list(texts)
    left_out = stop_words(texts, language)
    return [[stem(word, language) for word in spoken(text) if len(word) > 1 and word not in left_out] for text in texts]


@functools.lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """What inflections of a word share: by Snowball, or the word itself in languages it does not know."""
    stemmer = _stemmer(language)
    return stemmer.stemWord(word.removesuffix("'s")) if stemmer else word


@functools.cache
def _stemmer(language: str) -> "snowballstemmer.stemmer | None":
    algorithm = _STEMMERS.get(language)
    return snowballstemmer.stemmer(algorithm) if algorithm else None
