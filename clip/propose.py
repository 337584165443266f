"""From what was heard to proposed clips: spans, titles, tags. Drafts, all of them."""

from itertools import pairwise

from clip.cut import Limits, cut
from clip.tag import tags
from clip.title import title
from domain.clip import Proposal
from domain.media import Listening
from domain.span import Span
from domain.transcript import Pause, Transcript, said_in


def propose(
    transcript: Transcript, heard: Listening, *, name: str = "", limits: Limits | None = None
) -> tuple[Proposal, ...]:
    """Clips of one recording, in order, every bound on a keyframe or an end of the recording.

    `name` is what the recording is called: the title of its one clip when nothing is said in it.
    """
    plan = heard.plan
    spans = cut(transcript.sentences, _cuttable(heard), plan.duration_ms, limits, transcript.language)
    bounds = [Span(plan.nearest_ms(s.start_ms), plan.nearest_ms(s.end_ms)) for s in spans]
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(bounds)), "clips never overlap"
    texts = [said_in(transcript.words, span, transcript.language) for span in bounds]
    return tuple(
        Proposal(
            span,
            _title(transcript, span, name),
            tags(text, background=texts, language=transcript.language) if text else (),
            text,
        )
        for span, text in zip(bounds, texts, strict=True)
    )


def _cuttable(heard: Listening) -> tuple[Pause, ...]:
    """The pauses whose middle has a keyframe: a clip that begins or ends there costs no encode."""
    plan = heard.plan
    frame_ms = float(1000 / plan.fps)
    keys = (*plan.key_ms, plan.duration_ms)
    return tuple(p for p in heard.pauses if min(abs(p.middle_ms - k) for k in keys) <= frame_ms)


def _title(transcript: Transcript, span: Span, name: str) -> str:
    inside = tuple(s for s in transcript.sentences if span.covers(s.middle_ms))
    if not inside and name:
        return name
    return title(inside, transcript.language)
