"""From what was heard to proposed clips: spans, titles, tags. Drafts, all of them."""

from collections.abc import Sequence
from itertools import pairwise

from clip import embed
from clip.cut import cut
from clip.tag import tags
from clip.title import title
from domain.clip import SHORTEST_PART_MS, Lengths, Proposal
from domain.media import Listening
from domain.seen import LONG_SILENCE_MS
from domain.span import Span
from domain.transcript import Pause, Sentence, Transcript, said_in


def propose(
    transcript: Transcript,
    heard: Listening,
    *,
    name: str = "",
    limits: Lengths | None = None,
    kept: Sequence[Span] = (),
) -> tuple[Proposal, ...]:
    """Clips of one recording, in order, every bound on a keyframe or an end of the recording.

    `kept` are spans of clips that stay: the others fill what is left around them, and where a kept one ends
    off a keyframe, the next begins there too. `name` is what the recording is called: the title of a clip in
    which nothing is said, with the time at which it begins where others come before it.
    """
    texts = [sentence.text for sentence in transcript.sentences]
    limits, pauses, plan = limits or Lengths(), _cuttable(heard), heard.plan
    cut_at_all = len(texts) > 1 and plan.duration_ms >= 2 * limits.min_ms
    vectors = embed.vectors(texts, transcript.language) if cut_at_all else None
    bounds = []
    for gap in _gaps(kept, plan.duration_ms):
        inside = [i for i, s in enumerate(transcript.sentences) if not kept or gap.covers(s.middle_ms)]
        if kept and not inside and (gap.length_ms < limits.min_ms or (texts and not _was_looked_at(gap, heard))):
            continue  # silence between clips is no clip
        spans = cut(
            [_within(transcript.sentences[i], gap) if kept else transcript.sentences[i] for i in inside],
            [Pause(p.start_ms - gap.start_ms, p.end_ms - gap.start_ms) for p in pauses],
            gap.length_ms,
            limits,
            transcript.language,
            None if vectors is None else vectors[inside],
            seen=heard.seen and heard.seen.within(gap),
        )
        at = [_snapped(span.start_ms, gap, heard) for span in spans] + [_snapped(spans[-1].end_ms, gap, heard)]
        at[0], at[-1] = (
            _outer(at[0], spans[0].start_ms, gap, heard, -1),
            _outer(at[-1], spans[-1].end_ms, gap, heard, 1),
        )
        if kept:  # a pause that lies in a clip that stays has its middle, and its keyframe, elsewhere
            at[0] = _outwards(spans[0].start_ms, gap, heard, -1)
            at[-1] = _outwards(spans[-1].end_ms, gap, heard, 1)
        bounds += [Span(a, b) for a, b in pairwise(at) if b - a >= SHORTEST_PART_MS or not kept]
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(bounds)), "clips never overlap"
    return described(transcript, bounds, name=name)


def described(
    transcript: Transcript, spans: Sequence[Span], *, name: str = "", others: Sequence[str] = ()
) -> tuple[Proposal, ...]:
    """These spans of one recording with what they would be called: also when what is said was corrected since.

    `others`: what is said in its other clips.
    """
    said = [said_in(transcript.words, span, transcript.language) for span in spans]
    return tuple(
        Proposal(
            span,
            _title(transcript, span, name, (*others, *(each for each in said if each != text))),
            tags(text, background=(*others, *said), language=transcript.language) if text else (),
            text,
        )
        for span, text in zip(spans, said, strict=True)
    )


def _cuttable(heard: Listening) -> tuple[Pause, ...]:
    """The pauses whose middle has a keyframe: a clip that begins or ends there costs no encode."""
    plan = heard.plan
    frame_ms = float(1000 / plan.fps)
    keys = (*plan.key_ms, plan.duration_ms)
    return tuple(p for p in heard.pauses if min(abs(p.middle_ms - k) for k in keys) <= frame_ms)


def _was_looked_at(silence: Span, heard: Listening) -> bool:
    """Whether it is known what is seen in it: hands at work, perhaps."""
    return heard.seen is not None and silence.length_ms >= LONG_SILENCE_MS


def _gaps(kept: Sequence[Span], duration_ms: int) -> list[Span]:
    """What no kept span covers. Less than the shortest part of a clip is nothing."""
    gaps, at = [], 0
    for span in sorted(kept):
        gaps.append((at, span.start_ms))
        at = max(at, span.end_ms)
    gaps.append((at, duration_ms))
    return [Span(a, b) for a, b in gaps if b - a >= (SHORTEST_PART_MS if kept else 1)]


def _within(sentence: Sentence, gap: Span) -> Sentence:
    """In the gap's own time, as far as it is said there: a person may have cut it in two."""
    start, end = max(sentence.start_ms, gap.start_ms), min(sentence.end_ms, gap.end_ms)
    return Sentence(sentence.text, start - gap.start_ms, end - gap.start_ms)


def _snapped(at_ms: int, gap: Span, heard: Listening) -> int:
    """A bound in the recording's time: on a keyframe, or where the gap ends."""
    if at_ms in {0, gap.length_ms}:
        return gap.start_ms + at_ms
    return min(max(heard.plan.nearest_ms(gap.start_ms + at_ms), gap.start_ms), gap.end_ms)


def _outer(snapped_ms: int, at_ms: int, gap: Span, heard: Listening, way: int) -> int:
    """A keyframe beside a first or last bound, but for rounding on its outer side: speech may be near."""
    near = abs(snapped_ms - gap.start_ms - at_ms) <= float(1000 / heard.plan.fps)
    return snapped_ms if near else _outwards(at_ms, gap, heard, way)


def _outwards(at_ms: int, gap: Span, heard: Listening, way: int) -> int:
    """The keyframe before a beginning (way -1) or after an end (1), within the gap: no word is lost to it."""
    at = gap.start_ms + at_ms
    there = [key for key in (gap.start_ms, *heard.plan.key_ms, gap.end_ms) if (key - at) * way >= 0]
    inside = [key for key in there if gap.start_ms <= key <= gap.end_ms]
    return min(inside, key=lambda key: abs(key - at))


def _title(transcript: Transcript, span: Span, name: str, others: Sequence[str]) -> str:
    inside = tuple(s for s in transcript.sentences if span.covers(s.middle_ms))
    if not inside and name:
        return name if span.start_ms < LONG_SILENCE_MS else f"{name}, {_clock(span.start_ms)}"
    return title(inside, transcript.language, others)


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
