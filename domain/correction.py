"""What people changed in the words of a recording, laid over what an engine wrote down.

A run of an engine is never changed. What is read is the newest run with every change that holds laid over it, in
their order. An edit says what stood there and what stands there now. It is found again by time and by what stood
there, never by a number, so that it can be laid over the next run, too: where that run has what the edit wrote, there
is nothing left to do. Where it has neither, what a person wrote stands in the place of what is heard at that time now,
marked as in doubt; where that cannot be, the edit finds no place, and is listed as such. None is ever dropped.

A change is undone by a later one that names it, which can be undone like any other.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

from domain.errors import Conflict, Invalid
from domain.span import Span
from domain.transcript import UNSURE, Sentence, Transcript, Word, core, joined, sentence_starts

MAX_TEXT = 500  # characters that stand for a word or a few
MAX_COUNT = 100  # words that are replaced as one
SLACK_MS = 1_000  # by so much two runs may differ about when a word begins
_LEAST_MS = 80  # of a gap, for each word that is put into it; a shorter one holds none
_MOST_MS = 300  # and so much of it each of them takes


@dataclass(frozen=True)
class Edit:
    """A run of words that gives way to another.

    `old`: as they stood. `new`: what stands there instead; empty: nothing. `begins`: whether a sentence begins with the
    first of them; None: as before. Where nothing stood, `at` is when the new ones are read, as a sentence of their own.
    """

    old: tuple[Word, ...]
    new: tuple[str, ...]
    begins: bool | None = None
    at: Span | None = None

    @property
    def at_ms(self) -> int:
        return self.at.start_ms if self.at else self.old[0].start_ms

    @property
    def rewords(self) -> bool:
        return self.new != tuple(word.text for word in self.old)


@dataclass(frozen=True)
class Change:
    """What one person did at once. `version`: that it made of the text; `run`: over which it was made."""

    version: int
    run: UUID
    edits: tuple[Edit, ...]
    undoes: int | None = None  # another's version; it has no edits then


@dataclass(frozen=True)
class Unplaced:
    version: int  # of its change
    edit: Edit


@dataclass(frozen=True)
class Text:
    """What is read. `by_hand`: the numbers of the words that a person wrote: of probability 1, and 0 where a newer run
    heard neither them nor what they stood for.
    """

    version: int
    run: UUID
    transcript: Transcript
    by_hand: frozenset[int] = frozenset()
    unplaced: tuple[Unplaced, ...] = ()


@dataclass(frozen=True)
class Asked:
    """An edit as somebody sees it: `count` words from number `first` on become `text`; None: they stay as they are."""

    first: int
    count: int = 1
    text: str | None = None
    begins: bool | None = None


@dataclass(frozen=True)
class Typed:
    """Words for a time in which nothing is heard: what hands do is said by nobody."""

    at: Span
    text: str


@dataclass(frozen=True)
class _Spoken:
    word: Word
    begins: bool
    by: int | None = None  # the version of the change that wrote it

    @property
    def in_doubt(self) -> bool:
        return self.by is not None and self.word.probability < UNSURE


@dataclass(frozen=True)
class _Place:
    """Words that an edit is about. `stands`: they are as it wrote them; `guessed`: only their time says that it is."""

    first: int
    count: int
    stands: bool = False
    guessed: bool = False


def edits_of(transcript: Transcript, asked: Sequence[Asked], typed: Sequence[Typed] = ()) -> tuple[Edit, ...]:
    """What is asked for as edits, without those that change nothing.

    Raises Invalid (`bad_edit`).
    """
    starts = sentence_starts(transcript)
    ordered = sorted(asked, key=lambda each: each.first)
    if any(a.first + a.count > b.first for a, b in pairwise(ordered)):
        raise Invalid("Two of these edits are about the same word. Send them as one.", code="bad_edit")
    found = (_edit(transcript, starts, each) for each in ordered)
    times = sorted(each.at for each in typed)
    if any(a.end_ms > b.start_ms for a, b in pairwise(times)):
        raise Invalid("Two of these are to be read at the same time. Leave them time.", code="bad_edit")
    return (*(edit for edit in found if edit is not None), *(_typed(transcript, each) for each in typed))


def _typed(transcript: Transcript, typed: Typed) -> Edit:
    if not typed.text.split() or len(typed.text) > MAX_TEXT:
        raise Invalid(f"Write what is to be read there, in 1 to {MAX_TEXT} characters.", code="bad_edit")
    if any(word.start_ms < typed.at.end_ms and word.end_ms > typed.at.start_ms for word in transcript.words):
        raise Invalid("Something is said at that time. Correct those words, or choose a silent time.", code="bad_edit")
    return Edit((), tuple(typed.text.split()), at=typed.at)


def _edit(transcript: Transcript, starts: Mapping[int, int], asked: Asked) -> Edit | None:
    words, first, last = transcript.words, asked.first, asked.first + asked.count
    if first < 0 or not 1 <= asked.count <= MAX_COUNT or last > len(words):
        raise Invalid(f"There are {len(words)} words, numbered from 0. These are not all among them.", code="bad_edit")
    if any(at in starts for at in range(first + 1, last)):
        raise Invalid("These words are of two sentences. Join the sentences first.", code="bad_edit")
    if asked.text is not None and len(asked.text) > MAX_TEXT:
        raise Invalid(f"What stands there instead can have at most {MAX_TEXT} characters.", code="bad_edit")
    old = words[first:last]
    texts = tuple(word.text for word in old)
    edit = Edit(old, texts if asked.text is None else tuple(asked.text.split()))
    if asked.begins is None or asked.begins == (first in starts):
        return edit if edit.rewords else None
    if first == 0:
        raise Invalid("There is no sentence before the first one to join it with.", code="bad_edit")
    if asked.begins and words[first - 1].start_ms >= words[first].start_ms:
        raise Invalid("These two words were heard as one, so no sentence can begin between them.", code="bad_edit")
    if not edit.new:
        raise Invalid("No sentence begins with words that are left out.", code="bad_edit")
    return replace(edit, begins=asked.begins)


def undone(changes: Sequence[Change]) -> frozenset[int]:
    """Versions of those that were undone, of all of a recording's in their order. The undoing of one can be, too."""
    found: set[int] = set()
    for change in reversed(changes):
        if change.undoes is not None and change.version not in found:
            found.add(change.undoes)
    return frozenset(found)


def demand_undoable(text: Text, run: Transcript, changes: Sequence[Change], version: int) -> None:
    """Raises Conflict: `built_upon` when what stands on this change would lose its place, `undone` when it was undone.

    `text` is `run` with `changes`, which are all of them.
    """
    undo = Change(text.version + 1, text.run, (), version)
    if version in undone(changes):
        raise Conflict("This was undone before.", code="undone")
    without = read(text.version + 1, text.run, run, [*changes, undo])
    if not set(without.unplaced) <= set(text.unplaced):
        raise Conflict(
            "Somebody has changed these words again since. Undo that first, or correct them as they are now.",
            code="built_upon",
        )


def read(version: int, run_id: UUID, run: Transcript, changes: Sequence[Change]) -> Text:
    """What is read: `run` with those of all `changes` that hold."""
    gone = undone(changes)
    holds = [change for change in changes if change.edits and change.version not in gone]
    if not holds:
        return Text(version, run_id, run)
    starts = sentence_starts(run)
    line = [_Spoken(word, at in starts) for at, word in enumerate(run.words)]
    unplaced = tuple(
        Unplaced(change.version, edit)
        for change in holds
        for edit in change.edits
        if not _laid(line, edit, change.version, exact=change.run == run_id)
    )
    return Text(
        version=version,
        run=run_id,
        transcript=replace(run, words=tuple(each.word for each in line), sentences=_sentences(run, line)),
        by_hand=frozenset(at for at, each in enumerate(line) if each.by is not None),
        unplaced=unplaced,
    )


def changed(before: Transcript, after: Transcript) -> Span | None:
    """From where to where something else is said, or the same in other sentences; None: nowhere."""
    if before.sentences == after.sentences and before.words == after.words:
        return None
    was, now = list(before.sentences), list(after.sentences)
    while was and now and was[0] == now[0]:
        del was[0], now[0]
    while was and now and was[-1] == now[-1]:
        del was[-1], now[-1]
    other = [*was, *now] or [*before.sentences, *after.sentences]
    start, end = min(each.start_ms for each in other), max(each.end_ms for each in other)
    return Span(start, max(end, start + 1))


def _laid(line: list[_Spoken], edit: Edit, by: int, *, exact: bool) -> bool:
    """Lays an edit over the words; whether it found its place. `exact`: it was made over this very run."""
    if edit.at is not None:
        return _put_in(line, edit.at, edit.new, by, exact=exact)
    found = _exactly(line, edit) if exact else _where(line, edit, by) or _meanwhile(line, edit)
    if found is None:
        return not exact and not edit.new and not _heard(line, edit)  # this run has left it out by itself
    at, count = found.first, found.count
    was = line[at : at + count]
    now = was
    if not found.stands:
        now = _written(was, edit.new, by, line[at + count].word.start_ms if at + count < len(line) else None)
    if found.guessed or any(each.in_doubt for each in was):
        sure = 1.0 if exact else 0.0  # who corrects it over this run has looked at it
        now = [replace(each, by=by, word=replace(each.word, probability=sure)) for each in now]
    if now:
        now[0] = replace(now[0], begins=was[0].begins if edit.begins is None or at == 0 else edit.begins)
    elif was[0].begins and at + count < len(line):
        line[at + count] = replace(line[at + count], begins=True)
    line[at : at + count] = now
    return True


def _put_in(line: list[_Spoken], at: Span, texts: Sequence[str], by: int, *, exact: bool) -> bool:
    """Puts words into a silent time; whether it is one. Where another run has heard them, they are there."""
    first = bisect_left(line, at.start_ms, key=lambda each: each.word.start_ms)
    if any(each.word.start_ms < at.end_ms and each.word.end_ms > at.start_ms for each in line):
        heard = {
            core(each.word.text) for each in line if abs(each.word.middle_ms - at.start_ms) <= at.length_ms + SLACK_MS
        }
        return not exact and heard.issuperset(core(text) for text in texts)
    made = _shared(texts, by, at.start_ms, at.end_ms)
    made[0] = replace(made[0], begins=True)
    if first < len(line):
        line[first] = replace(line[first], begins=True)
    line[first:first] = made
    return True


def _exactly(line: Sequence[_Spoken], edit: Edit) -> _Place | None:
    """The very words that it was made on."""
    start, count = edit.old[0].start_ms, len(edit.old)
    at = bisect_left(line, start, key=lambda each: each.word.start_ms)
    while at < len(line) and line[at].word.start_ms == start:
        if _same(line[at : at + count], edit.old):
            return _Place(at, count)
        at += 1
    return None


def _where(line: Sequence[_Spoken], edit: Edit, by: int) -> _Place | None:
    """The words that it is about, by what they are and roughly when; none that the same change has written."""
    start, end = edit.old[0].start_ms, max(word.end_ms for word in edit.old)
    low = bisect_left(line, start - SLACK_MS, key=lambda each: each.word.start_ms)
    high = bisect_left(line, start + SLACK_MS + 1, key=lambda each: each.word.start_ms)
    sides = [(tuple(word.text for word in edit.old), False)] if edit.rewords else []
    sides += [(edit.new, True)] if edit.new else []
    options = []
    for texts, stands in sides:
        cores = [core(text) for text in texts]
        for at in range(low, high):
            there = line[at : at + len(cores)]
            if [core(each.word.text) for each in there] == cores and all(each.by != by for each in there):
                apart = min(abs(there[0].word.start_ms - start), abs(there[-1].word.end_ms - end))
                # Of two that begin or end at the same word, the longer: "oil" is also found in "the oil".
                options.append((apart, -len(cores), stands, at))
    if not options:
        return None
    _, count, stands, at = min(options)
    return _Place(at, -count, stands)


def _meanwhile(line: Sequence[_Spoken], edit: Edit) -> _Place | None:
    """What is heard now while the old words were said, less what a person wrote, unless it is that which was corrected.

    None where nothing is left of it, and where the edit wrote no words that could be marked.
    """
    if not edit.rewords or not edit.new:
        return None
    start, end = edit.old[0].start_ms, max(word.end_ms for word in edit.old)
    old = {core(word.text) for word in edit.old}
    last = bisect_left(line, end, key=lambda each: each.word.start_ms)
    while last and line[last - 1].word.middle_ms >= end:
        last -= 1
    first = last
    while first and line[first - 1].word.middle_ms >= start:
        first -= 1
    kept = [at for at in range(first, last) if line[at].by is not None and core(line[at].word.text) not in old]
    while first in kept:
        first += 1
    while first < last and last - 1 in kept:
        last -= 1
    if first == last or any(first < at < last for at in kept):
        return None
    return _Place(first, last - first, guessed=True)


def _same(there: Sequence[_Spoken], old: Sequence[Word]) -> bool:
    return [(e.word.text, e.word.start_ms, e.word.end_ms) for e in there] == [
        (word.text, word.start_ms, word.end_ms) for word in old
    ]


def _heard(line: Sequence[_Spoken], edit: Edit) -> bool:
    start, end = edit.old[0].start_ms, edit.old[-1].end_ms
    return any(start <= each.word.middle_ms < max(end, start + 1) for each in line)


def _written(was: Sequence[_Spoken], texts: Sequence[str], by: int, next_ms: int | None) -> list[_Spoken]:
    """These words with other texts. What stays at either end keeps its times; `next_ms`: when the word after begins."""
    most = min(len(was), len(texts))
    head = next((i for i in range(most) if was[i].word.text != texts[i]), most)
    tail = next((i for i in range(most - head) if was[-1 - i].word.text != texts[-1 - i]), most - head)
    gone, come = was[head : len(was) - tail], texts[head : len(texts) - tail]
    before, after = list(was[:head]), list(was[len(was) - tail :])
    if len(gone) == len(come):
        made = [_by_hand(text, by, each.word.start_ms, each.word.end_ms) for text, each in zip(come, gone, strict=True)]
        made = [replace(new, begins=old.begins) for new, old in zip(made, gone, strict=True)]
    elif gone:
        made = _shared(come, by, gone[0].word.start_ms, max(each.word.end_ms for each in gone))
    elif before:
        limit = after[0].word.start_ms if after else next_ms
        at = before[-1].word.end_ms
        if limit is not None and limit - at >= _LEAST_MS * len(come):
            made = _shared(come, by, at, min(limit, at + _MOST_MS * len(come)))
        else:  # no time of their own: that of the word before is theirs, too
            last = before.pop()
            times = _shared([last.word.text, *come], by, last.word.start_ms, last.word.end_ms)
            before.append(replace(last, word=replace(last.word, end_ms=times[0].word.end_ms)))
            made = times[1:]
    else:
        first = after[0]
        times = _shared([*come, first.word.text], by, first.word.start_ms, first.word.end_ms)
        after[0] = replace(first, begins=False, word=replace(first.word, start_ms=times[-1].word.start_ms))
        made = times[:-1]
    return [*before, *made, *after]


def _by_hand(text: str, by: int, start_ms: int, end_ms: int) -> _Spoken:
    return _Spoken(Word(text, start_ms, end_ms, 1.0), begins=False, by=by)


def _shared(texts: Sequence[str], by: int, start_ms: int, end_ms: int) -> list[_Spoken]:
    """Words one after another in this time, each as long as it is written."""
    whole = sum(len(text) + 1 for text in texts)
    found, letters, at = [], 0, start_ms
    for text in texts:
        letters += len(text) + 1
        until = start_ms + (end_ms - start_ms) * letters // whole
        found.append(_by_hand(text, by, at, until))
        at = until
    return found


def _sentences(run: Transcript, line: Sequence[_Spoken]) -> tuple[Sentence, ...]:
    """Those of the run where nothing has changed, and the others anew."""
    starts = [*sentence_starts(run).items()] if run.sentences else []
    bounds = zip(starts, [*(at for at, _ in starts[1:]), len(run.words)], strict=False)
    known = {run.words[at:until]: run.sentences[number] for (at, number), until in bounds}
    groups: list[list[Word]] = []
    for each in line:
        if each.begins or not groups:
            groups.append([])
        groups[-1].append(each.word)
    ends = [*(group[0].start_ms for group in groups[1:]), None]
    return tuple(
        known.get(tuple(group)) or _sentence(group, end, run.language) for group, end in zip(groups, ends, strict=False)
    )


def _sentence(words: Sequence[Word], until_ms: int | None, language: str) -> Sentence:
    start, end = words[0].start_ms, max(word.end_ms for word in words)
    end = end if until_ms is None else min(end, until_ms)
    return Sentence(joined((word.text for word in words), language), start, max(start, end))
