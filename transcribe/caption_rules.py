"""What captions are held to: the trade's rules, which differ little.

The Netflix Timed Text Style Guide (N), the BBC Subtitle Guidelines (B) and the DCMP Captioning Key (D) say:

    at most 2 lines of 42 columns       N; B: 68 % of the picture's width, about as much; D: 32, in television's letters
    shown for 5/6 s to 7 s              N; D: 40 frames to 6 s
    at most 20 characters a second      N, for adults; B: 160 to 180 words a minute; D: 225 where it is nearly verbatim
    2 frames until the next             N: one sees that it has changed
    or a second at least                B: what is shorter flickers, and reading needs the time; N closes 3 to 11 frames
    at most 1.5 s after its last word   B
    broken where one would breathe      N, B, D: behind a sentence, a clause, in a pause; not between "the" and its noun
    no word left alone                  in a cue, or in one of two lines

transcribe/captions.py makes captions by them, transcribe/caption_check.py measures whether a file keeps them.
"""

MOST_COLUMNS = 42
MOST_LINES = 2
LEAST_MS = 833
MOST_MS = 7_000
CHARACTERS_A_S = 20
GAP_MS = 67  # two frames at 30 a second
JOIN_MS = 1_000  # what is shorter is closed
FLICKER_MS = 480  # and what is shorter than this, twelve frames at 25 a second, is a fault
HANGS_MS = 1_500

CLAUSE_MARKS = (",", ";", ":", "،", "、", "，", "；", "：", "–", "—", ".", "!", "?", "…", "。", "！", "？")
FINAL_MARKS = (".", "!", "?", "…", "。", "！", "？")  # a sentence may end with it

# Articles, prepositions, conjunctions, auxiliaries and the like, which belong to what follows them: those that are said
# most. A line or a cue does not end with one.
_CLINGING = {
    "en": "a an the and or but nor of to in on at by for from with without as is are was were be been has have had will"
    " would can could should must may might do does did that which who whose if because when while than not no very my"
    " your his its our their this these those into onto over under between through",
    "de": "der die das den dem des ein eine einen einem einer eines und oder aber denn von zu zum zur im in ins am an"
    " auf mit ohne für bei aus nach über unter vor durch zwischen gegen dass weil wenn ob als nicht kein keine keinen"
    " sehr mein meine dein sein seine ihr ihre unser unsere ist sind war waren hat haben wird werden kann können muss"
    " müssen soll",
    "es": "el la los las un una unos unas y e o u pero de del a al en con sin por para entre sobre hasta desde que como"
    " si porque cuando no muy mi tu su sus nuestro nuestra este esta estos estas ese esa lo le les se me te nos es son"
    " era está están ha han hay puede debe",
    "fr": "le la les un une des du de et ou mais à au aux en dans sur sous avec sans pour par entre vers chez que qui"
    " dont comme si quand parce ne pas très mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet"
    " cette ces je tu il elle on nous vous ils elles se est sont a ont était peut doit",
}
CLINGING = {language: frozenset(words.split()) for language, words in _CLINGING.items()}
