"""From sentences to clips, as drafts: where to cut, which tags, what title.

What enters: the sentences of a recording, its pauses and its length. What leaves: spans in whole
milliseconds of recording time, tags and titles as text. What it never touches: sound, files, the
database, the network. Everything here is a function of its arguments: the same recording is cut the
same way on every machine. A curator changes the drafts later.

    propose.py   all of it: a transcript and its pauses -> proposed clips
    cut.py       the spans: a best segmentation under limits     cohesion.py  how well words belong together
    cues.py      how a sentence that opens a topic begins        terms.py     the words that carry meaning
    sights.py    where to cut by what is seen                    ends.py      what is left out at both ends
    tag.py       key phrases                                     title.py     one line that tells what it is
    vocabulary.py  which terms of the vocabulary fit             level.py     for whom, and what sort: from the brief
    drafter.py   what a language model is asked, and whether its answer will do

Which tables a language needs, of all these files: docs/languages.md.
"""
