"""The words of a text that carry meaning, reduced to their stems.

Stop words are the words of grammar and of hesitation: they are said about everything, and so say
nothing about the topic. Some languages have a list of their own below; in others words that are in a
third of all sentences count as such.
"""

import functools
import re
import threading
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
_SPANISH = """
el la los las lo un una unos unas este esta esto estos estas ese esa eso esos esas aquel aquella aquello aquellos
aquellas algún alguno alguna algunos algunas algo alguien ningún ninguno ninguna nada nadie todo toda todos todas cada
otro otra otros otras mismo misma mismos mismas tal tales cualquier cualquiera ambos ambas
yo me mí mi mis mío mía tú te ti tu tus tuyo tuya él ella ello ellos ellas se sí su sus suyo suya nosotros nosotras nos
nuestro nuestra nuestros nuestras vosotros vosotras os vuestro vuestra usted ustedes le les conmigo contigo consigo
quien quienes cual cuales cuyo cuya qué quién quiénes cuál cuáles
soy eres es somos sois son era eras éramos eran fui fue fuimos fueron sea sean ser sido siendo será serán sería serían
estoy estás está estamos estáis están estaba estaban estuvo esté estén estar estado estando
he has ha hemos habéis han había habían haya hayan haber habido hay hubo habrá habría
voy vas va vamos vais van iba iban ir ido yendo vaya vayan puedo puedes puede podemos podéis pueden podía podían poder
podrá podría debo debes debe debemos deben debería deber tengo tienes tiene tenemos tenéis tienen tenía tenían tener
tenga tengan tendrá quiero quieres quiere queremos quieren querer quisiera hago haces hace hacemos hacen hacer hecho
haciendo haga hagan suele suelen
a al ante bajo con contra de del desde durante en entre excepto hacia hasta mediante para por según sin so sobre tras
y e ni o u que pero sino aunque mientras porque pues como si cuando donde cómo cuándo dónde cuánto cuánta cuántos
cuántas adonde apenas
no muy más menos mucho mucha muchos muchas poco poca pocos pocas tan tanto tanta tantos tantas bastante demasiado casi
solo sólo también tampoco ya aún todavía siempre nunca jamás vez veces aquí ahí allí acá allá ahora entonces luego
después antes primero segundo tercero último última hoy ayer mañana además incluso así bien mal mejor peor quizá quizás
bueno buena buenos buenas vale claro pues eh em este ah oh mm hola gracias favor cosa cosas tipo manera forma
digo dices dice decimos dicen decir dicho veo ves ve vemos ven ver visto mira mirad miren doy da damos dan dar pongo
pone ponemos ponen poner puesto ponga pongan saber sabe sabemos saben creo parece llega llegar pasa pasar deja dejar
deje dejen
mostrar mostrarles mostraros mostrarte enseñar enseñarles explicar explicarles hablar hablarles contar contarles
uno dos tres
"""
_FRENCH = """
le la les l un une des du au aux ce cet cette ces cela ça ceci celui celle ceux celles quelque quelques certain certaine
certains certaines aucun aucune nul nulle chaque tout toute tous toutes autre autres même mêmes tel telle tels telles
plusieurs personne rien quelqu quelqu'un chacun chacune
je j me m moi mon ma mes mien tu t te toi ton ta tes il elle on ils elles se s soi son sa ses sien lui leur leurs eux
nous notre nos vous votre vos en y
qui que qu quoi dont lequel laquelle lesquels lesquelles quel quelle quels quelles où
suis es est sommes êtes sont étais était étions étaient été étant fut furent sera serai seront serait seraient soit
soient être ai as a avons avez ont avais avait avions avaient eu ayant aura auront aurait ait aient avoir
vais vas va allons allez vont aller allait ira iront peux peut pouvons pouvez peuvent pouvait pouvoir pourra pourrait
puisse dois doit devons devez doivent devait devoir devra devrait veux veut voulons voulez veulent vouloir voudrais
voudrait fais fait faisons faites font faisait faire fera ferait fasse faut fallait faudra faudrait
à de d avec sans sous sur dans par pour vers chez contre entre depuis pendant avant après dès jusque jusqu jusqu'à
derrière devant malgré selon hors parmi via
et ou ni mais or car donc si comme quand lorsque lorsqu puisque puisqu parce quoique afin tandis comment pourquoi
combien
ne n pas plus moins très trop peu assez beaucoup tant tellement aussi encore déjà toujours jamais souvent parfois
presque seulement surtout plutôt ici là y voici voilà maintenant alors puis ensuite enfin d'abord abord aujourd'hui
aujourd hui hier demain hors bien mal mieux pire ainsi peut-être oui non si c c'est
euh heu hum ben bah hein bon bonne bons bonnes voilà quoi ouais ok d'accord accord bonjour salut merci chose choses
genre sorte façon fois petit petite petits petites premier première deuxième troisième dernier dernière
dis dit disons dites disent dire vois voit voyons voyez voient voir vu regarde regardez regarder mets met mettons mettez
mettent mettre mis mettez prends prend prenons prenez prennent prendre pris laisse laissez laisser laissons laissent
sais sait savons savez savent savoir crois croit semble vient viens venez venir arrive arriver passe passer donne
donner donnez
montrer montre montrez expliquer explique parler parle présenter présente raconter
deux trois quatre
"""
STOP_WORDS = {
    language: frozenset(words.split())
    for language, words in {"en": _ENGLISH, "de": _GERMAN, "es": _SPANISH, "fr": _FRENCH}.items()
}
# What French writes before a vowel together with its word: "l'huile", "qu'on".
_ELIDED = re.compile(r"\b([cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu)['’](?=\w)", re.I)

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


def parted(text: str, language: str) -> str:
    """A text in which words stand apart that are written together."""
    return _ELIDED.sub(r"\1 ", text) if language == "fr" else text


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
    texts = [parted(text, language) for text in texts]
    left_out = stop_words(texts, language)
    return [[stem(word, language) for word in spoken(text) if len(word) > 1 and word not in left_out] for text in texts]


@functools.lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """What inflections of a word share: by Snowball, or the word itself in languages it does not know."""
    if language not in _STEMMERS:
        return word
    if language not in _own.stemmers:
        _own.stemmers[language] = snowballstemmer.stemmer(_STEMMERS[language])
    stemmed: str = _own.stemmers[language].stemWord(word.removesuffix("'s"))
    return stemmed


class _OfThread(threading.local):
    """A stemmer keeps the word that it is at: shared by two threads it mixes their words, or fails."""

    def __init__(self) -> None:
        self.stemmers: dict[str, snowballstemmer.stemmer] = {}


_own = _OfThread()
