"""Other languages than English: python -m benchmarks.languages [--without-openai]

The same sixteen sentences in German, Spanish and French, spoken by made voices, clean and beside a machine: words
heard wrong, and how near the English captions come to what a person wrote (chrF, Popovic 2015, by sacrebleu: 0 to 100).
Beside openai-whisper base, greedy, on the same sounds. Nobody says which language it is.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence

from sacrebleu import corpus_chrf

from benchmarks import sounds
from benchmarks.measure import ROOT, Figure, Goal, Result, keep
from benchmarks.speech import OPENAI, OURS, SNRS_DB, THEIRS, hear
from benchmarks.word_errors import Errors, errors, total

SAID = ROOT / "benchmarks" / "other_languages" / "sentences.json"
NAMES = {"de": "German", "es": "Spanish", "fr": "French"}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.languages", description=__doc__)
    parser.add_argument("--runs", type=int, help="Taken and ignored: what is heard is the same every time.")
    parser.add_argument("--without-openai", action="store_true", help="for a quick look: it takes most of the time")
    given = parser.parse_args(arguments)
    whom = {OURS: sys.executable}
    if OPENAI.exists() and not given.without_openai:
        whom[THEIRS] = str(OPENAI)
    keep(measure(whom))


def measure(whom: Mapping[str, str]) -> Result:
    said = json.loads(SAID.read_text(encoding="utf-8"))
    spoken = {language: sounds.read(SAID.with_name(f"{language}.opus")) for language in NAMES}
    figures: list[Figure] = []
    clean: dict[str, list[Errors]] = {}
    near: dict[str, float] = {}
    for who, python in whom.items():
        for how, heard in _heard(who, python, spoken).items():
            wrong = {language: errors(" ".join(said[language]), heard[language]) for language in NAMES}
            clean.setdefault(who, list(wrong.values()))
            figures += [
                Figure(f"{who}: {NAMES[language]}, {how}: words wrong, of {each.words}", "%", (each.rate,))
                for language, each in wrong.items()
            ]
        english = hear(f"{who}-in-english", python, spoken)
        scores = [corpus_chrf([english[one].text], [[" ".join(said["english"])]]).score for one in NAMES]
        near[who] = sum(scores) / len(scores)
        figures += [
            Figure(f"{who}: {NAMES[language]} said in English", "chrF", (score,))
            for language, score in zip(NAMES, scores, strict=True)
        ]
    return Result(
        name="languages",
        title="Other languages: what is heard, and what is said of it in English",
        figures=tuple(figures),
        goals=_goals(clean, near),
        notes=(
            "Voices: SVOX Pico's, small and plain, as nobody speaks. What counts is the difference between the two.",
            "Spanish is of Spain; no numbers are said; one set of sentences, so that languages can be compared.",
            *(() if THEIRS in whom else ("openai-whisper is left out: `make test-openai-whisper` installs it.",)),
        ),
    )


def _heard(who: str, python: str, spoken: Mapping[str, sounds.Samples]) -> dict[str, dict[str, str]]:
    """{how: {language: what was heard}}, clean first."""
    sounded = {"clean": spoken} | {
        f"a machine {snr} dB below": {name: sounds.with_machine(each, snr, 1) for name, each in spoken.items()}
        for snr in SNRS_DB
    }
    return {how: {name: h.text for name, h in hear(who, python, those).items()} for how, those in sounded.items()}


def _goals(clean: Mapping[str, Sequence[Errors]], near: Mapping[str, float]) -> tuple[Goal, ...]:
    if THEIRS not in clean:
        return ()
    return (
        Goal("words wrong, clean, all three, ours against theirs", _rate(clean[OURS]) / _rate(clean[THEIRS]), 1.0, "x"),
        Goal("said in English, mean of three, ours against theirs", near[OURS] / near[THEIRS], 1.0, "x", at_least=True),
    )


def _rate(each: Sequence[Errors]) -> float:
    return total(each).rate


if __name__ == "__main__":
    main()
