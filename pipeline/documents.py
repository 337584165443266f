"""What the command line writes and reads as JSON: transcripts, clips, probes, manifests."""

import json
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from domain.clip import Proposal
from domain.errors import Refused
from domain.media import Listening, Probe, Rendering
from domain.transcript import Pause, Sentence, Transcript, Word
from transcode.keyframes import plan
from transcribe.sentences import sentences

MILLISECONDS = Fraction(1000)  # a grid of one frame a millisecond: bounds exactly where the pauses say
SHORTEST_PAUSE_MS = 160  # between words, where a transcript brings no pauses of its own


def probe_document(probe: Probe) -> dict[str, Any]:
    return {
        "container": probe.container,
        "duration_ms": probe.duration_ms,
        "width": probe.width,
        "height": probe.height,
        "rotation": probe.rotation,
        "mirrored": probe.mirrored,
        "fps": round(float(probe.fps), 3),
        "hdr": probe.hdr,
        "video_codec": probe.video_codec,
        "audio_codec": probe.audio_codec,
        "has_audio": probe.has_audio,
        "audio_channels": probe.audio_channels,
    }


def recording_document(probe: Probe, sha256: str, language: str | None) -> dict[str, Any]:
    """The manifest's `recording`: width and height as shown."""
    return {
        "duration_ms": probe.duration_ms,
        "width": probe.width,
        "height": probe.height,
        "rotation": probe.rotation,
        "fps": round(float(probe.fps), 3),
        "hdr": probe.hdr,
        "has_audio": probe.has_audio,
        "sha256": sha256,
        "language": language,
    }


def rendition_documents(rendering: Rendering) -> list[dict[str, Any]]:
    return [
        {
            "name": state.rendition.name,
            "codec": state.codec,
            "width": state.rendition.width,
            "height": state.rendition.height,
            "bandwidth": state.bandwidth,
            "fragments": len(state.fragments),
        }
        for state in rendering.renditions
    ]


def clip_documents(proposals: Sequence[Proposal]) -> list[dict[str, Any]]:
    return [
        {
            "start_ms": p.span.start_ms,
            "end_ms": p.span.end_ms,
            "title": p.title,
            "tags": list(p.tags),
            "text": p.text,
        }
        for p in proposals
    ]


def transcript_document(transcript: Transcript, pauses: Sequence[Pause]) -> dict[str, Any]:
    return {
        "language": transcript.language,
        "engine": transcript.engine,
        "model": transcript.model,
        "words": [
            {"text": w.text, "start_ms": w.start_ms, "end_ms": w.end_ms, "probability": round(w.probability, 3)}
            for w in transcript.words
        ],
        "sentences": [{"text": s.text, "start_ms": s.start_ms, "end_ms": s.end_ms} for s in transcript.sentences],
        "pauses": [{"start_ms": p.start_ms, "end_ms": p.end_ms} for p in pauses],
    }


def read_transcript(path: Path) -> tuple[Transcript, Listening]:
    """A transcript.json, and the pauses to cut at. Raises Refused when it is not one.

    Words or sentences are enough: pauses that are missing are taken from the gaps between them.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        words = tuple(_word(w) for w in document.get("words") or ())
        given = tuple(Sentence(str(s["text"]), *_times(s)) for s in document.get("sentences") or ())
        pauses = tuple(Pause(*_times(p)) for p in document.get("pauses") or ())
        language = str(document.get("language") or "en")
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Refused(
            f"{path.name} is not a transcript as `passiton transcribe --json` writes it.", code="bad_transcript"
        ) from error
    if not any([*(w.end_ms for w in words), *(s.end_ms for s in given)]):
        raise Refused(f"{path.name} holds no words and no sentences.", code="empty_transcript")
    pauses = pauses or (_gaps(words, SHORTEST_PAUSE_MS) if words else _gaps(given, 0))
    said = given or sentences(words, pauses, language)
    end_ms = max([*(w.end_ms for w in words), *(s.end_ms for s in said), *(p.end_ms for p in pauses)])
    engine, model = str(document.get("engine") or ""), str(document.get("model") or "")
    transcript = Transcript(language, engine, model, words or _as_words(said), said)
    return transcript, Listening(None, pauses, plan(pauses, end_ms, MILLISECONDS))


def _gaps(spoken: Sequence[Word | Sentence], shortest_ms: int) -> tuple[Pause, ...]:
    return tuple(
        Pause(a.end_ms, max(a.end_ms, b.start_ms)) for a, b in pairwise(spoken) if b.start_ms - a.end_ms >= shortest_ms
    )


def _as_words(said: Sequence[Sentence]) -> tuple[Word, ...]:
    """Sentences without words: each stands for itself, so that a clip's text is theirs."""
    return tuple(Word(s.text, s.start_ms, s.end_ms, 1.0) for s in said)


def _word(found: Any) -> Word:
    return Word(str(found["text"]), *_times(found), float(found.get("probability", 1.0)))


def _times(found: Any) -> tuple[int, int]:
    start, end = int(found["start_ms"]), int(found["end_ms"])
    if not 0 <= start <= end < 1 << 31:
        raise ValueError("times run forward from zero")
    return start, end
