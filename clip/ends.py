"""Where the first clip of a recording begins and the last one ends: what nobody wants to see is left out.

Long silence at an end is left out but for half of it, two seconds at most. A silence so long that it was looked
at stays as far as something moves in it: hands that begin to work before somebody speaks. A false start goes whole
("Okay, is it on? ... Right. So ...", "To change the, eh ... again: To change the blade ..."), and so does what is
said to the machine at the end ("How do I stop this?"): little is said, of nothing but the machine or once more right
after it, and a long pause parts it from the rest. Where that is not certain it stays, for a clip that loses a
sentence is worse than one that begins slowly.
"""

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from clip.sights import moving
from clip.terms import spoken, stems
from domain.seen import EDGE_MS, LONG_SILENCE_MS, QUIET_EDGE_MS, Seen
from domain.transcript import Pause, Sentence

SILENCE_MS = 1_000  # silence at an end of the recording, from which on half of it is left out
APART_MS = 1_500  # the pause that parts a false start from the rest, at least ...
APART = 2.0  # ... and at least so many times the usual one
LONGEST_MS = 8_000  # of a false start
_FEWEST_AGAIN = 3  # words that are said once more: "so the" says nothing

_EDGE_MS = 500  # sound and picture seldom end together: so near to an end a pause is at the end

# What is said to begin with, and says nothing.
_IDLE = {
    "en": "okay ok so right alright um uh uhm eh er erm hm hmm mm mhm well yeah yes no now good great fine wait and "
    "again sorry once more",
    "de": "okay ok so gut also ja nein äh ähm eh hm hmm mhm nun jetzt genau moment warte und noch mal nochmal einmal "
    "entschuldigung",
    "es": "vale ok okay bueno bien pues entonces a ver eh em ehm mm hm hmm sí no ya ahora venga espera esperad espere "
    "un momento y otra vez de nuevo perdón perdona perdonad disculpa claro así",
    "fr": "ok okay bon bien alors donc euh heu hum hm hmm mm ben bah voilà oui non et attends attendez encore une fois "
    "pardon désolé désolée maintenant d'accord c'est très",
}
# What is said to the machine.
_TO_MACHINE = {
    "en": (
        r"(?:is|are|am) (?:it|this|that|this thing|the camera|the thing|we|i) (?:on|off|live|running|recording|working|"
        r"going|filming)|(?:does|did|has) (?:it|this|that) (?:work|start|started|record|run)|can you hear me|"
        r"(?:start|go|try it|do it|do that|do this|begin) (?:again|over)|from the (?:top|beginning)|testing|test test|"
        r"one two(?: three)?|how do i (?:stop|turn|switch|end)|where (?:is|do i) (?:the button|stop|press|turn)|"
        r"(?:stop|end) (?:it|this|that|the recording|recording|here)|(?:turn|switch) (?:it|this|that|the camera) off|"
        r"now (?:it is|it's) (?:on|off|recording|running)"
    ),
    "de": (
        r"(?:ist|geht|nimmt) (?:es|das|die kamera|die aufnahme)(?: jetzt| schon)? (?:an|auf|los)|"
        r"(?<!so )(?<!wie )läuft (?:es|das|die kamera|die aufnahme)|"
        r"(?:bin|sind) (?:ich|wir)(?: jetzt| schon)? (?:drauf|drin|live|zu sehen|zu hören)|hört man mich|"
        r"(?:noch ?mal|nochmal) (?:von vorn|von vorne|neu|anfangen)|test test|eins zwei(?: drei)?|"
        r"wie (?:stoppe|beende|mache) ich|wo (?:ist der knopf|drücke ich)|(?:stopp|stoppen) (?:es|das)|"
        r"(?:es|das)(?: jetzt)? aus(?:machen|schalten)?"
    ),
    "es": (
        r"está (?:ya )?grabando|ya graba|graba (?:esto|ya)|(?:funciona|está encendid[oa]) (?:esto|la cámara|"
        r"el micro|el micrófono)|se (?:me|nos) (?:oye|ve|escucha)|"
        r"me (?:oyes|oís|oyen|ves|veis|ven)|(?:empiezo|empezamos|empezar) (?:otra vez|de nuevo)|"
        r"(?:vuelvo|volvemos) a empezar|desde el principio|probando|prueba prueba|uno dos(?: tres)?|"
        r"cómo (?:se )?(?:para|paro|apaga|apago|corta|corto|termina|termino)|"
        r"dónde (?:está el botón|se para|se apaga|le doy|pulso)|(?:paro|apago) esto|"
        r"(?:para|paro|apaga|apago|corta|corto) (?:la grabación|la cámara|de grabar)"
    ),
    "fr": (
        r"ça (?:enregistre|filme)|est-ce que ça (?:tourne|marche|fonctionne)|(?:la caméra|le micro) est (?:allumée?|en "
        r"marche)|"
        r"(?:on|vous|tu) (?:m'entend|m'entends|m'entendez|me voit|me vois|me voyez)|"
        r"(?:je|on) (?:recommence|reprends|reprend|refais|refait)|depuis le début|à zéro|test test|un deux(?: trois)?|"
        r"comment (?:j'arrête|on arrête|ça s'arrête|arrêter|j'éteins|on éteint)|"
        r"où (?:est le bouton|j'appuie|on appuie|est-ce qu'on appuie)|"
        r"(?:j'arrête|on arrête|j'éteins|on éteint|je coupe|on coupe) (?:là|la caméra|l'enregistrement)"
    ),
}
# Telling words that may stand beside it.
_MACHINE = {
    "en": "record camera phone microphone mic button light red run work start stop screen press hear test live film "
    "off turn switch thing again over top begin end",
    "de": "aufnahme aufnehmen kamera handy telefon mikrofon mikro knopf taste licht rot laufen läuft starten stopp "
    "stoppen drücken hören test live nimmt an aus vorn vorne los beenden ausmachen ausschalten",
    "es": "grabación grabar grabando graba cámara móvil teléfono micrófono micro botón luz rojo roja encender "
    "encendido encendida apagar apaga apagado apagada funcionar funciona funcionando marcha empezar empiezo "
    "empezamos vuelvo volvemos principio parar paro para cortar corta corto terminar pulsar pulso oye oís oyes oyen ve "
    "ves veis ven escucha prueba probando directo esto doy nuevo vez uno",
    "fr": "enregistrer enregistre enregistrement caméra téléphone portable micro bouton lumière rouge allumer allumé "
    "allumée éteindre éteins éteint tourner tourne filmer filme marcher marche fonctionne commencer recommencer "
    "recommence reprendre reprends reprend refais refait début zéro arrêter arrête appuyer appuie appuyez entend "
    "entends entendez voit vois voyez couper coupe test un direct là est-ce",
}


@dataclass(frozen=True)
class Ends:
    """Between which two moments clips lie, and which sentences: sentences[first:last]."""

    begins_ms: int
    ends_ms: int
    first: int
    last: int


def ends(
    sentences: Sequence[Sentence],
    pauses: Sequence[Pause],
    duration_ms: int,
    language: str,
    seen: Seen | None = None,
) -> Ends:
    """`sentences` and `pauses` in order of time; `seen` is what is seen where nobody speaks."""
    first = _false(sentences, pauses, language, head=True)
    last = len(sentences) - _false(sentences, pauses, language, head=False)
    if first >= last:  # nothing else is said
        first, last = 0, len(sentences)
    begins, ends_ms = 0, duration_ms
    if seen is not None:
        moves = moving(seen, duration_ms, EDGE_MS)
        if not sentences:
            return Ends(moves.start_ms, moves.end_ms, 0, 0)
        begins = moves.start_ms if moves.start_ms <= sentences[0].start_ms else 0
        ends_ms = moves.end_ms if moves.end_ms >= sentences[-1].end_ms else duration_ms
    for pause in pauses if sentences else ():
        leads, trails = pause.start_ms <= _EDGE_MS, pause.end_ms >= duration_ms - _EDGE_MS
        if _length(pause) <= SILENCE_MS or leads == trails or _looked_at(pause, seen):
            continue
        if leads and pause.middle_ms <= sentences[0].start_ms:
            begins = max(pause.middle_ms, pause.end_ms - QUIET_EDGE_MS)
        if trails and pause.middle_ms >= sentences[-1].end_ms:
            ends_ms = min(pause.middle_ms, pause.start_ms + QUIET_EDGE_MS)
    if first:
        pause = _between(sentences[first - 1], sentences[first], pauses)
        begins = pause.start_ms + QUIET_EDGE_MS if _looked_at(pause, seen) else pause.middle_ms
    if last < len(sentences):
        pause = _between(sentences[last - 1], sentences[last], pauses)
        ends_ms = pause.end_ms - QUIET_EDGE_MS if _looked_at(pause, seen) else pause.middle_ms
    return Ends(begins, ends_ms, first, last)


def _looked_at(pause: Pause, seen: Seen | None) -> bool:
    return seen is not None and _length(pause) >= LONG_SILENCE_MS


def _false(sentences: Sequence[Sentence], pauses: Sequence[Pause], language: str, *, head: bool) -> int:
    """How many sentences of this end are a false start, or its like: as many as can be."""
    if language not in _IDLE:
        return 0
    found = 0
    for n in range(1, len(sentences)):
        at = n if head else len(sentences) - n
        said, rest = (sentences[:at], sentences[at:]) if head else (sentences[at:], sentences[:at])
        if said[-1].end_ms - said[0].start_ms > LONGEST_MS:
            break
        if (_idle(said, rest, language) or (head and _anew(said, rest, language))) and _apart(sentences, at, pauses):
            found = n
    return found


def _apart(sentences: Sequence[Sentence], at: int, pauses: Sequence[Pause]) -> bool:
    """Whether the pause before a sentence is long beside the others."""
    usual = statistics.median(max(0, b.start_ms - a.end_ms) for a, b in pairwise(sentences))
    return _length(_between(sentences[at - 1], sentences[at], pauses)) >= max(APART_MS, APART * usual)


def _between(before: Sentence, after: Sentence, pauses: Sequence[Pause]) -> Pause:
    """The longest pause whose middle lies between two sentences; one without length where there is none."""
    there = [p for p in pauses if before.end_ms <= p.middle_ms <= after.start_ms]
    return max(there, key=_length, default=Pause(before.end_ms, before.end_ms))


def _length(pause: Pause) -> int:
    return pause.end_ms - pause.start_ms


def _anew(said: Sequence[Sentence], rest: Sequence[Sentence], language: str) -> bool:
    """Whether all of this is said once more, and then goes on."""
    idle = _IDLE[language].split()
    begun, then = (
        [word for word in spoken(" ".join(s.text for s in part)) if word not in idle] for part in (said, rest[:2])
    )
    return _FEWEST_AGAIN <= len(begun) < len(then) and then[: len(begun)] == begun


def _idle(said: Sequence[Sentence], rest: Sequence[Sentence], language: str) -> bool:
    """Whether this is about nothing, or about the machine alone, of which the rest does not speak."""
    words = spoken(" ".join(s.text for s in said))
    left = [word for word in words if word not in _IDLE[language].split()]
    if not left:
        return True
    if not re.search(rf"\b(?:{_TO_MACHINE[language]})\b", " ".join(words)):
        return False
    told, machine, *others = map(set, stems([" ".join(left), _MACHINE[language], *(s.text for s in rest)], language))
    return told <= machine and not any(told & other for other in others)
