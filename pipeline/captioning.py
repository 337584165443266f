"""Captions on the command line: written from a transcript, or measured by the trade's rules."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from domain.errors import Invalid, Refused
from domain.span import Span
from domain.transcript import Transcript, Word, joined
from pipeline.documents import read_transcript
from transcribe import caption_files, captions
from transcribe.caption_check import Finding, check
from transcribe.fillers import without_fillers

_LONGEST_MS = 2**31 - 1


def write(path: Path, form: str, *, fillers: bool) -> str:
    """Captions of a transcript.json, as "vtt" or "srt"; "txt": its sentences, a line each. Raises Refused."""
    said, _ = read_transcript(path)
    if form == "txt":
        groups = captions.by_sentence(_words(said, fillers=fillers), said.sentences)
        return "".join(joined((word.text for word in group), said.language) + "\n" for group in groups)
    part = [(captioned(said, fillers=fillers), Span(0, _LONGEST_MS))]
    return captions.srt(part) if form == "srt" else captions.webvtt(part)


def captioned(said: Transcript, *, fillers: bool) -> tuple[captions.Cue, ...]:
    return captions.cues(_words(said, fillers=fillers), said.sentences, said.language)


def measure(path: Path, language: str | None) -> tuple[int, tuple[Finding, ...]]:
    """How many captions a file has, and what every rule says of them. What is no caption file is read as a transcript,
    and its captions are measured. Raises Refused.
    """
    if path.suffix == ".json":
        said, _ = read_transcript(path)
        cues: Sequence[Any] = captioned(said, fillers=True)
        return len(cues), check(cues, language or said.language)
    try:
        cues = caption_files.read(path.read_bytes())
    except Invalid as error:
        raise Refused(f"{path.name}: {error.message}", code=error.code) from error
    return len(cues), check(cues, language or "en")


def document(path: Path, count: int, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "file": str(path),
        "captions": count,
        "rules": [
            {
                "rule": each.rule,
                "says": each.says,
                "broken": each.broken,
                "worst": [{"at_ms": x.at_ms, "text": x.text, "measured": x.measured} for x in each.worst],
            }
            for each in findings
        ],
    }


def lines(path: Path, count: int, findings: Sequence[Finding]) -> list[str]:
    """In words."""
    said = [f"{path.name}: captions {count}, and how many of them break each rule:"]
    for each in findings:
        said.append(f"{each.broken:6}  {each.says}")
        said += [f"          {_clock(x.at_ms)}  {x.measured}: {x.text}" for x in each.worst]
    return said


def _words(said: Transcript, *, fillers: bool) -> tuple[Word, ...]:
    return said.words if fillers else without_fillers(said.words, said.language)


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02}.{ms % 1000 // 100}"
