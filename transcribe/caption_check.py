"""Whether captions keep the trade's rules (caption_rules.py), rule by rule: how many do not, and the worst of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from transcribe.caption_breaks import reading_ms, width
from transcribe.caption_rules import (
    CHARACTERS_A_S,
    CLINGING,
    FINAL_MARKS,
    FLICKER_MS,
    GAP_MS,
    LEAST_MS,
    MOST_COLUMNS,
    MOST_LINES,
    MOST_MS,
)

_WORST = 3  # examples of a rule
_LONG_WORD = 12  # columns: such a word fills a line well enough


class Shown(Protocol):
    @property
    def start_ms(self) -> int: ...
    @property
    def end_ms(self) -> int: ...
    @property
    def lines(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Example:
    at_ms: int
    text: str  # as it is set, lines parted by " / "
    measured: str


@dataclass(frozen=True)
class Finding:
    """How many captions of all break a rule. `worst`: the worst of those first, a few."""

    rule: str
    says: str
    broken: int
    worst: tuple[Example, ...]


@dataclass(frozen=True)
class _Seen:
    """A caption between its neighbours. `clinging`: words of its language that belong to what follows them."""

    before: Shown | None
    cue: Shown
    behind: Shown | None
    clinging: frozenset[str]

    @property
    def shown_ms(self) -> int:
        return self.cue.end_ms - self.cue.start_ms

    @property
    def gap_ms(self) -> int | None:
        return self.behind.start_ms - self.cue.end_ms if self.behind else None


@dataclass(frozen=True)
class _Rule:
    """`excess`: by how much a caption breaks it, the more the worse; None: it does not."""

    name: str
    says: str
    excess: Callable[[_Seen], float | None]
    measured: Callable[[float], str]


def check(cues: Sequence[Shown], language: str = "en") -> tuple[Finding, ...]:
    """Every rule, broken or not. `cues` in order of time; of a `language` without a list no word clings to another."""
    clinging = CLINGING.get(language, frozenset())
    around = zip([None, *cues], cues, [*cues[1:], None], strict=False)
    seen = [_Seen(before, cue, behind, clinging) for before, cue, behind in around]
    found = []
    for rule in _RULES:
        broken = [
            (excess, Example(each.cue.start_ms, " / ".join(each.cue.lines), rule.measured(excess)))
            for each in seen
            if (excess := rule.excess(each)) is not None
        ]
        broken.sort(key=lambda each: -each[0])  # of equals the first in time
        found.append(Finding(rule.name, rule.says, len(broken), tuple(example for _, example in broken[:_WORST])))
    return tuple(found)


def _lines(seen: _Seen) -> float | None:
    return len(seen.cue.lines) if len(seen.cue.lines) > MOST_LINES else None


def _columns(seen: _Seen) -> float | None:
    widest = max(map(width, seen.cue.lines))
    return widest if widest > MOST_COLUMNS else None


def _fast(seen: _Seen) -> float | None:
    columns = sum(map(width, seen.cue.lines))
    return columns * 1000 / seen.shown_ms if reading_ms(columns) > seen.shown_ms else None


def _short(seen: _Seen) -> float | None:
    return -seen.shown_ms if seen.shown_ms < LEAST_MS else None


def _long(seen: _Seen) -> float | None:
    return seen.shown_ms if seen.shown_ms > MOST_MS else None


def _overlap(seen: _Seen) -> float | None:
    return -seen.gap_ms if seen.gap_ms is not None and seen.gap_ms < 0 else None


def _gap(seen: _Seen) -> float | None:
    return -seen.gap_ms if seen.gap_ms is not None and 0 <= seen.gap_ms < GAP_MS - 1 else None  # frames are fractions


def _flicker(seen: _Seen) -> float | None:
    return -seen.gap_ms if seen.gap_ms is not None and 2 * GAP_MS < seen.gap_ms < FLICKER_MS else None


def _clings(seen: _Seen) -> float | None:
    return sum(line.rsplit(" ", 1)[-1].lower() in seen.clinging for line in seen.cue.lines) or None


def _alone(seen: _Seen) -> float | None:
    """A word that is a line of two, or a caption, while its sentence is longer. Shorter ones are lonelier."""
    lines = seen.cue.lines
    before = (seen.before.lines[-1] if seen.before else ".", *lines)
    lonely = [
        width(line)
        for above, line in pairwise(before)
        if " " not in line and width(line) < _LONG_WORD and not (above.endswith(FINAL_MARKS) and _ends(seen, line))
    ]
    return _LONG_WORD - min(lonely) if lonely else None


def _ends(seen: _Seen, line: str) -> bool:
    """Whether a sentence ends with this line."""
    return line.endswith(FINAL_MARKS) or (seen.behind is None and line is seen.cue.lines[-1])


_RULES = (
    _Rule("lines", f"at most {MOST_LINES} lines", _lines, lambda x: f"{x:.0f} lines"),
    _Rule("columns", f"at most {MOST_COLUMNS} characters a line", _columns, lambda x: f"{x:.0f} characters"),
    _Rule("speed", f"at most {CHARACTERS_A_S} characters a second", _fast, lambda x: f"{x:.1f} a second"),
    _Rule("short", f"shown for {LEAST_MS / 1000:.2f} s at least", _short, lambda x: f"{-x / 1000:.2f} s"),
    _Rule("long", f"shown for {MOST_MS / 1000:.0f} s at most", _long, lambda x: f"{x / 1000:.2f} s"),
    _Rule("overlap", "gone before the next one comes", _overlap, lambda x: f"{x / 1000:.2f} s together"),
    _Rule("gap", f"{GAP_MS / 1000:.2f} s at least until the next one", _gap, lambda x: f"{-x / 1000:.2f} s"),
    _Rule("flicker", f"nor a gap of less than {FLICKER_MS / 1000:.2f} s", _flicker, lambda x: f"{-x / 1000:.2f} s"),
    _Rule("break", "no line ends with a word that belongs to the next", _clings, lambda x: f"{x:.0f} of its lines"),
    _Rule("alone", "no word left alone in a line or a caption", _alone, lambda x: "one word"),
)
