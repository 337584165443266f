"""From sound to words, sentences and captions.

What enters: 16 kHz mono sound as float32 samples between -1 and 1. What leaves: pauses, words with
times, sentences, caption cues and WebVTT text, in whole milliseconds of recording time. What it
never touches: files of strangers, the database, the network. Speech models come from packages that
are installed, or from a folder that an operator names; nothing is downloaded.

    pauses.py          where nobody speaks (voice activity)
    stretches.py       a long recording as jobs of a few minutes, parted in pauses
    transcript.py      the stretches one after the other -> a Transcript
    whisper.py         the port `Engine`, and which engine answers to a name
    faster_whisper.py  the engine that is used      openai_whisper.py  the second one
    windows.py         the half minutes both engines listen to, and words placed in recording time
    glossary.py        a company's own words: told to an engine, and mended in what it heard
    weights.py         the base model, joined from the packages that carry it
    ctranslate2_weights.py  the same weights, read for the second engine
    sentences.py       words -> sentences           captions.py  words -> cues -> WebVTT
    caption_rules.py   what captions are held to      caption_breaks.py  where they are broken
    caption_check.py   whether they keep the rules    caption_files.py   files that people bring
    fillers.py         "um" and "er", left out        translation.py     words in English -> a caption track
"""

SAMPLE_RATE = 16_000  # samples a second; what both Silero and Whisper were trained on
