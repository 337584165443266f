"""How a sentence that opens a topic begins, and how one does that goes on with it.

A number for each opening: about the logarithm of how much more often a first sentence of a topic
begins so than any other sentence does. Positive opens, negative goes on. Rounded to halves and kept
between -2 and 2, because they come from few talks; those marked by no talk come from what the words
do in the language (a pronoun points back, "next" announces).
"""

from clip.terms import spoken

WITHIN = 6  # words: a phrase counts as an opening when it begins so early

# First words of a sentence.
_FIRST = {
    "en": {
        2.0: "next firstly secondly thirdly finally lastly",
        1.5: "alright hello hi welcome another today first second third",
        1.0: "okay ok now last hopefully",
        0.5: "so actually when suppose imagine most",
        -0.5: "i you we that's it's the a there this these if in and then",
        -1.0: "but he she they it that those or also yeah yes no not to of with for just like right",
        -1.5: "because which who where whose him her them its their than otherwise instead too either",
    },
    "de": {
        2.0: "nächstens erstens zweitens drittens schließlich zuletzt",
        1.5: "hallo willkommen heute nächster nächste nächstes zweiter zweite",
        1.0: "okay ok jetzt nun kommen",
        0.5: "also wenn stellt",
        -0.5: "ich du wir der die das ein eine dann und",
        -1.0: "aber er sie es oder auch ja nein nicht zu von mit für genau",
        -1.5: "weil denn welcher welche welches deren dessen sonst stattdessen",
    },
    "es": {
        2.0: "finalmente siguiente próximo próxima",
        1.5: "hola bienvenidos bienvenidas bienvenido buenos buenas hoy primero primera segundo segunda tercero",
        1.0: "vale ok ahora bueno otro otra",
        0.5: "entonces cuando imaginad imagina imaginen",
        -0.5: "yo tú el la los las un una esto este esta estos estas y en es hay si luego después",
        -1.0: "pero él ella ellos ellas eso ese esa o también además sí no para con de como",
        -1.5: "porque donde quien lo le les su sus sino tampoco así",
    },
    "fr": {
        2.0: "finalement enfin premièrement deuxièmement troisièmement",
        1.5: "bonjour bonsoir salut bienvenue aujourd'hui d'abord premier première deuxième second seconde troisième",
        1.0: "ok okay bon maintenant",
        0.5: "alors donc quand lorsque imaginez imagine",
        -0.5: "je vous nous on le la les un une ce cette ces c'est si il dans et puis ensuite",
        -1.0: "mais elle ils elles ça cela ou aussi oui non pas à de pour avec comme",
        -1.5: "car parce où qui dont lequel laquelle sinon lui leur son sa ses",
    },
}

# Phrases near a sentence's beginning.
_PHRASES = {
    "en": {
        2.0: (
            "my next,the next,next up,next thing,the other thing,another thing,one more,"
            "let's move,moving on,move on,switch to,my second,my third,my last,my first,"
            "my name is,next question,next tip,second tip,another tip,last tip"
        ),
        1.5: (
            "all right,let's talk,talk about,going to talk,i want to,want to show,take a look,let's look,"
            "let's start,to start,to begin,begin with,here is something,here's something,a quick one,"
            "when it comes to,as for,the question,have a question,couple of questions,in this,in summary,"
            "to sum up,that's it,the last,the second,the third"
        ),
        1.0: "let me,let's,going to,how do,how to,why do,what is,what are,what about,the way,if you want",
        -1.0: "that is why,that's why,this is why,for example,for instance,in other words,that means",
    },
    "de": {
        2.0: "als nächstes,kommen wir zu,noch ein,eine weitere,ein weiterer,mein name ist,nächster tipp,zweiter tipp",
        1.5: "fangen wir,zum schluss,als erstes,ich möchte,möchte ich,ich will euch,schauen wir,die frage,es geht um",
        1.0: "zeige ich,zeig ich,lass uns,lasst uns,wie kann,was ist,wenn ihr,wenn man",
        -1.0: "zum beispiel,das heißt,deshalb,deswegen,das bedeutet",
    },
    "es": {
        2.0: (
            "por último,para terminar,lo siguiente,el siguiente,la siguiente,otra cosa,mi nombre es,me llamo,pasemos a,"
            "pasamos a,vamos con,mi primer,mi segundo,mi segunda,mi último,mi última,segundo consejo,último consejo"
        ),
        1.5: (
            "en primer lugar,en segundo lugar,para empezar,voy a enseñar,voy a mostrar,voy a explicar,voy a hablar,"
            "vamos a hablar,vamos a ver,quiero enseñar,quiero mostrar,quiero hablar,hablemos de,la pregunta,en resumen,"
            "en cuanto a,eso es todo,el segundo,la segunda,el tercer,la tercera,el último,la última,en este vídeo"
        ),
        1.0: "voy a,vamos a,cómo se,qué es,si queréis,si quieres,si quieren",
        -1.0: "por eso,por ejemplo,es decir,o sea,en otras palabras,eso significa,así que",
    },
    "fr": {
        2.0: (
            "pour finir,pour terminer,le suivant,la suivante,autre chose,autre conseil,autre astuce,je m'appelle,"
            "mon nom est,passons à,passons au,passons aux,on passe à,mon premier,ma première,mon deuxième,ma deuxième,"
            "mon dernier,ma dernière,dernier conseil,dernière astuce"
        ),
        1.5: (
            "tout d'abord,en premier,pour commencer,je vais vous,je voudrais vous,je vais parler,on va parler,"
            "on va voir,nous allons voir,parlons de,la question,en résumé,quant à,c'est tout,le deuxième,la deuxième,"
            "le troisième,la troisième,le dernier,la dernière,dans cette vidéo"
        ),
        1.0: "je vais,on va,nous allons,comment faire,qu'est-ce que,si vous voulez,si tu veux",
        -1.0: "par exemple,c'est pourquoi,c'est pour ça,autrement dit,c'est-à-dire,ça veut dire,cela veut dire",
    },
}

_FIRST_WEIGHT = {
    language: {word: weight for weight, words in table.items() for word in words.split()}
    for language, table in _FIRST.items()
}
# By the first word: most words begin no phrase.
_PHRASE_WEIGHT: dict[str, dict[str, list[tuple[list[str], float]]]] = {}
for _language, _table in _PHRASES.items():
    for _weight, _phrases in _table.items():
        for _phrase in _phrases.split(","):
            _begun = _PHRASE_WEIGHT.setdefault(_language, {}).setdefault(_phrase.split()[0], [])
            _begun.append((_phrase.split(), _weight))


def opening(sentence: str, language: str = "en") -> float:
    """How much a sentence sounds like the first of a topic, about -3 to 4; 0 in other languages."""
    words = spoken(sentence)
    first = _FIRST_WEIGHT.get(language, {}).get(words[0], 0.0) if words else 0.0
    known = _PHRASE_WEIGHT.get(language, {})
    start = words[:WITHIN]
    phrases = [
        weight
        for at, word in enumerate(start)
        for phrase, weight in known.get(word, ())
        if start[at : at + len(phrase)] == phrase
    ]
    return first + max(phrases, default=0.0) + min(0.0, min(phrases, default=0.0))
