"""What is heard, and what it costs: python -m benchmarks.speech [--runs 3] [--without-openai]

Word error rates and CPU against openai-whisper base, greedy, on the same sounds in turn, clean and beside a machine;
what is heard where nobody speaks; whether pauses are found where they are; and what the glossary does to its words.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import sounds
from benchmarks.measure import ROOT, Cost, Figure, Goal, Result, cost, in_turn, keep
from benchmarks.word_errors import Errors, difference, errors, own_words, total
from transcribe.pauses import find_pauses

SPEECH = ROOT.parent / "shared" / "media" / "speech"  # too large to be part of the tree
SAMPLE = ROOT / "pipeline" / "sample"
OWN_WORDS = ROOT / "benchmarks" / "own_words"
OPENAI = ROOT / ".venv" / "openai" / "bin" / "python"  # made by `make test-openai-whisper`
SNRS_DB = (20, 10, 5)
NOBODY_S = 120
CPU_LIMIT = 0.45
NOBODY_LIMIT_S = 2.0
OURS, THEIRS = "ours", "openai-whisper"


@dataclass(frozen=True)
class Spoken:
    """A sound and what is said in it. `real`: by a person."""

    name: str
    samples: sounds.Samples
    text: str
    real: bool


@dataclass(frozen=True)
class Heard:
    text: str
    cpu_s: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.speech", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without-openai", action="store_true", help="for a quick look: it takes most of the time")
    given = parser.parse_args(arguments)
    keep(measure(given.runs, openai=OPENAI.exists() and not given.without_openai))


def measure(runs: int, *, openai: bool) -> Result:
    spoken = speech()
    whom = {OURS: sys.executable, **({THEIRS: str(OPENAI)} if openai else {})}
    goals: list[Goal] = []
    figures: list[Figure] = []
    notes = [
        "Word error rates: every word of a group weighs the same; numbers, hyphens and capitals are made alike first. "
        "openai-whisper is the same base weights, greedy, as it comes. One thread each, models loaded before.",
        "English only: `benchmarks.languages` has others, of made voices.",
    ]
    if not openai:
        notes.append("openai-whisper is left out: `make test-openai-whisper` installs it.")
    if not SPEECH.is_dir():
        notes.append("Without the folder of real speech beside the tree: the sample recording alone, a made voice.")
    for who in (_rates(spoken, whom, runs), _nobody(whom), _found_pauses(), _glossary()):
        goals += who[0]
        figures += who[1]
    return Result(
        "speech",
        "Speech: what is heard, and what it costs",
        figures=tuple(figures),
        goals=tuple(goals),
        notes=tuple(notes),
    )


def speech() -> list[Spoken]:
    facts = json.loads((SAMPLE / "sample.json").read_text(encoding="utf-8"))
    said = " ".join(sentence["text"] for sentence in facts["sentences"])
    found = [Spoken("sample", sounds.read(SAMPLE / "sample.mp4"), said, real=False)]
    found += [
        Spoken(path.stem, sounds.read(path.with_suffix(".flac")), path.read_text(), real=True)
        for path in sorted(SPEECH.glob("*.txt"))
    ]
    for path in sorted(SPEECH.glob("synth*.json")):
        text = json.loads(path.read_text())["text"]
        found.append(Spoken(path.stem, sounds.read(path.with_name(f"{path.stem}_clean.flac")), text, real=False))
    return found


Part = tuple[list[Goal], list[Figure]]


def _rates(spoken: Sequence[Spoken], whom: Mapping[str, str], runs: int) -> Part:
    """CPU of all speech as one recording, so many runs in turn; errors of each sound once, then beside a machine."""
    whole = {"whole": np.concatenate([each.samples for each in spoken])}
    seconds = len(whole["whole"]) / sounds.RATE
    found = in_turn({who: lambda who=who: hear(who, whom[who], whole) for who in whom}, runs)  # type: ignore[misc]
    cpu = {who: tuple(each["whole"].cpu_s / seconds for each in found[who]) for who in whom}
    figures = [Figure(f"{who}: CPU a second of a recording of {seconds:.0f} s", "s", cpu[who]) for who in whom]
    clean = {who: hear(who, whom[who], {each.name: each.samples for each in spoken}) for who in whom}
    short = {who: sum(each.cpu_s for each in clean[who].values()) / seconds for who in whom}
    figures += [Figure(f"{who}: the same in {len(spoken)} short ones", "s", (short[who],)) for who in whom]
    groups = {
        "real": [each for each in spoken if each.real],
        "made voices": [each for each in spoken if not each.real],
    }
    wrong = {who: {s.name: errors(s.text, clean[who][s.name].text) for s in spoken} for who in whom}
    for group, those in groups.items():
        if those:
            figures += [_rate(f"{who}: {group}, clean", [wrong[who][s.name] for s in those]) for who in whom]
    for snr_db in SNRS_DB:
        noisy = {s.name: sounds.with_machine(s.samples, snr_db, seed) for seed, s in enumerate(spoken)}
        for who in whom:
            heard = hear(who, whom[who], noisy)
            for group, those in groups.items():
                if those:
                    each = [errors(s.text, heard[s.name].text) for s in those]
                    figures.append(_rate(f"{who}: {group}, a machine {snr_db} dB below", each))
    if THEIRS not in whom:
        return [], figures
    low, high = difference(list(wrong[OURS].values()), list(wrong[THEIRS].values()))
    ratio = median(cpu[OURS]) / median(cpu[THEIRS])
    figures.append(Figure("difference of the rates, all clean: ends of the 95 % interval", "points", (low, high)))
    return [
        Goal("words wrong, ours - theirs, lower end of the 95 % interval", low, 0.0, "points"),
        Goal("CPU against openai-whisper base, greedy", ratio, CPU_LIMIT, "x"),
    ], figures


def _nobody(whom: Mapping[str, str]) -> Part:
    """Two minutes each in which nobody speaks. The reference is not asked: it takes a minute of CPU for each."""
    made = {"silence": sounds.silence, "white noise": sounds.white, "pink noise": sounds.pink, "a tone": sounds.tone,
            "music": sounds.music}  # fmt: skip
    quiet = {name: make(NOBODY_S) for name, make in made.items()}
    quiet["a machine"] = sounds.machine(NOBODY_S * sounds.RATE, 5) * np.float32(sounds.LOUD)
    heard = hear(OURS, whom[OURS], quiet)
    figures = [Figure(f"{NOBODY_S} s of {name}: CPU", "s", (each.cpu_s,)) for name, each in heard.items()]
    return [
        Goal("words where nobody speaks, all of them together", sum(len(h.text.split()) for h in heard.values()), 0),
        Goal("CPU for 2 minutes of the worst of them", max(h.cpu_s for h in heard.values()), NOBODY_LIMIT_S, "s"),
    ], figures


def _found_pauses() -> Part:
    """Whether the middle of what is found as a pause lies in the pause that is there: where clips are cut."""
    counts: dict[str, tuple[int, int, int]] = {}
    for path in sorted(SPEECH.glob("synth*.json")):
        facts = json.loads(path.read_text())
        clean = sounds.read(path.with_name(f"{path.stem}_clean.flac"))
        variants = {"clean": clean, "noisy": sounds.read(path.with_name(f"{path.stem}_noisy.flac"))}
        variants |= {f"a machine {snr} dB below": sounds.with_machine(clean, snr, 0) for snr in SNRS_DB}
        for name, samples in variants.items():
            there = [(start * 1000, end * 1000) for _, start, end in facts["pauses"]]
            middles = [pause.middle_ms for pause in find_pauses(samples)]
            words = [(start * 1000, end * 1000) for _, start, end in facts["words"]]
            hit = sum(any(start < at < end for at in middles) for start, end in there)
            inside = sum(any(start + 30 < at < end - 30 for start, end in words) for at in middles)
            before = counts.get(name, (0, 0, 0))
            counts[name] = (before[0] + len(there), before[1] + hit, before[2] + inside)
    figures = []
    for name, (known, hit, inside) in counts.items():
        figures.append(Figure(f"pauses found, {name}", f"of {known}", (hit,)))
        figures.append(Figure(f"middles of pauses inside a word, {name}", "pauses", (inside,)))
    missed = [counts[name][0] - counts[name][1] for name in ("clean", "noisy") if name in counts]
    return [Goal("pauses not cut inside, clean and noisy", sum(missed), 0)] if counts else [], figures


def _glossary() -> Part:
    """Own words on the half of the set that nothing was chosen with, and what the glossary does to other speech."""
    halves = json.loads((OWN_WORDS / "words.json").read_text(encoding="utf-8"))
    every = [term for half in halves.values() for term in half["terms"]]
    goals: list[Goal] = []
    figures: list[Figure] = []
    for half, facts in halves.items():
        said = " ".join(facts["sentences"])
        clean = sounds.read(OWN_WORDS / f"{half.replace(' ', '_')}.opus")
        both = {"clean": clean, "a machine 10 dB below": sounds.with_machine(clean, 10, 1)}
        missed = {}
        for name, who, told in (("without", OURS, []), ("only mended", "mended", every), ("with it", OURS, every)):
            heard = hear(who, sys.executable, both, told)
            for how, each in heard.items():
                there, wrong, invented = own_words(facts["terms"], said, each.text)
                missed[how, name] = wrong
                called = f"glossary, {half}, {how}, {name}"
                figures.append(Figure(f"{called}: own words wrong", f"of {there}", (wrong,)))
                figures.append(Figure(f"{called}: own words invented", "words", (invented,)))
                figures.append(_rate(f"{called}: all", [errors(said, each.text)]))
        if half == "kept back":
            share = missed["clean", "with it"] / max(1, missed["clean", "without"])
            goals.append(Goal("own words wrong with the glossary, against without", share, 0.5, "x"))
    others = speech()
    heard = hear(OURS, sys.executable, {s.name: s.samples for s in others}, every)
    figures.append(_rate("speech without any of these words, told all of them", [
        errors(s.text, heard[s.name].text) for s in others
    ]))  # fmt: skip
    invented = sum(own_words(every, s.text, heard[s.name].text)[2] for s in others)
    return [*goals, Goal("own words invented in speech without any", invented, 0)], figures


def hear(who: str, python: str, sound: Mapping[str, sounds.Samples], terms: Sequence[str] = ()) -> dict[str, Heard]:
    """In a process of its own, so that nothing of it is loaded here."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name, samples in sound.items():
            np.save(folder / f"{name}.npy", samples)
        command = [python, "-m", "benchmarks.listening", who, made]
        if terms:
            (folder / "glossary.txt").write_text("\n".join(terms), encoding="utf-8")
            command.append(str(folder / "glossary.txt"))
        used: Cost = cost(command)
        print(f"    {who}: {used.cpu_s:.0f} s of CPU in all", flush=True)
        found = json.loads((folder / f"{who}.json").read_text(encoding="utf-8"))
    return {name: Heard(found[name]["text"], found[name]["cpu_s"]) for name in sound}


def _rate(what: str, each: Sequence[Errors]) -> Figure:
    found = total(each)
    return Figure(f"{what}: words wrong, of {found.words}", "%", (found.rate,))


if __name__ == "__main__":
    main()
