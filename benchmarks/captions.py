"""Whether captions keep the trade's rules: python -m benchmarks.captions

Ours, of the made recordings and of the real speech where that is at hand, measured rule by rule as `passiton captions
--check` does; beside them the same words filled into lines as they come, which is how `whisper --word_timestamps True
--max_line_width 42 --max_line_count 2` writes captions.
"""

from collections.abc import Sequence

from benchmarks.measure import Figure, Goal, Result, keep
from benchmarks.speech import speech
from domain.span import Span
from domain.track import TrackCue
from domain.transcript import Transcript, Word
from transcribe.caption_check import check
from transcribe.captions import cues
from transcribe.pauses import find_pauses
from transcribe.transcript import write_down
from transcribe.whisper import engine

COLUMNS, LINES = 42, 2
OURS, FILLED = "ours", "filled as they come"
HARD = ("lines", "columns", "long", "overlap", "gap", "flicker")  # nothing that is said can excuse these


def main() -> None:
    keep(measure())


def measure() -> Result:
    ears = engine("faster-whisper")
    broken: dict[tuple[str, str], int] = {}
    counts = {OURS: 0, FILLED: 0}
    words = 0
    for spoken in speech():
        said = write_down(ears, spoken.samples, find_pauses(spoken.samples), len(spoken.samples) // 16, language="en")
        words += len(said.words)
        for who, shown in ((OURS, cues(said.words, said.sentences, said.language)), (FILLED, filled(said))):
            counts[who] += len(shown)
            for finding in check(shown):
                broken[who, finding.rule] = broken.get((who, finding.rule), 0) + finding.broken
    figures = [
        Figure(f"{who}, of {counts[who]} captions: break “{rule}”", "captions", (number,))
        for (who, rule), number in broken.items()
    ]
    return Result(
        "captions",
        "Captions: are the trade's rules kept?",
        figures=tuple(figures),
        goals=(
            Goal(
                "captions of ours that break a rule that nothing said can excuse", sum(broken[OURS, r] for r in HARD), 0
            ),
        ),
        notes=(
            f"{words} words. The rules and where they come from: transcribe/caption_rules.py.",
            "What is said faster than 20 characters a second cannot be shown slower while every word is kept.",
        ),
    )


def filled(said: Transcript) -> list[TrackCue]:
    """Line after line as full as it can be, two a caption, shown from its first word to the end of its last."""
    found: list[TrackCue] = []
    lines: list[list[Word]] = []

    def done() -> None:
        if lines:
            start, end = lines[0][0].start_ms, lines[-1][-1].end_ms
            found.append(TrackCue(start, end, tuple(_text(line) for line in lines), Span(start, end)))
            lines.clear()

    for word in said.words:
        if lines and len(_text([*lines[-1], word])) <= COLUMNS:
            lines[-1].append(word)
            continue
        if len(lines) == LINES:
            done()
        lines.append([word])
    done()
    return found


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


if __name__ == "__main__":
    main()
