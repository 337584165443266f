"""What is read along with recordings and clips: the caption tracks that are ready, and their cues.

What can be read with a clip is copied beside it for search, a row a language (`clip_read`), as its sentences are
(`clip_said`): written again wherever they are, and where a track comes, goes or is another (store/tracks.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.cover import MUTED, is_muted
from domain.recall import Shown
from domain.span import Span
from domain.track import Made, TrackCue, written
from domain.transcript import Word, joined
from store import covered
from store.postgres import Tx, row, rows
from store.remembered import Remembered
from store.search import config

# Of a clip, in one language, counted from its beginning: two hours of speech. A file of nothing but rare words would
# else be more than Postgres looks through.
_MOST = 100_000  # characters

_cues: Remembered[UUID, tuple[TrackCue, ...]] = Remembered(64)


@dataclass(frozen=True)
class Ready:
    """A track that can be shown."""

    id: UUID
    recording_id: UUID
    language: str
    made: Made


def ready(tx: Tx, recording_ids: Iterable[UUID]) -> tuple[Ready, ...]:
    """Those of these recordings that can be shown, by language."""
    found = rows(
        tx,
        "select id, recording_id, language, made from caption_track where recording_id = any(%s) and cues is not null"
        " order by language, recording_id",
        [list(set(recording_ids))],
    )
    return tuple(Ready(each["id"], each["recording_id"], each["language"], Made(each["made"])) for each in found)


def cues(tx: Tx, track_id: UUID) -> tuple[TrackCue, ...]:
    """In recording time, in order; none where the track has gone, or is not ready. One in which something is said that
    is muted (store/covers.py) says nothing: which of its words that is nobody knows.
    """
    found, mutes = _whole(tx, track_id), covered.mutes_beside(tx, track_id)
    return tuple(replace(cue, lines=(MUTED,)) if _touches(cue, mutes) else cue for cue in found) if mutes else found


def _touches(cue: TrackCue, spans: Sequence[Span]) -> bool:
    return is_muted(spans, cue.start_ms, cue.end_ms) or is_muted(spans, cue.of.start_ms, cue.of.end_ms)


def _whole(tx: Tx, track_id: UUID) -> tuple[TrackCue, ...]:
    if (known := _cues.get(track_id)) is not None:
        return known
    found = row(tx, "select cues from caption_track where id = %s and cues is not null", [track_id])
    if found is None:
        return ()
    made = (TrackCue(start, end, tuple(lines), Span(*of)) for start, end, lines, of in found["cues"])
    return _cues.put(track_id, tuple(made))


def around(tx: Tx, recording_id: UUID, span: Span) -> Span:
    """A span of a recording with the cues that touch it: whether they are shown hangs on every word of it."""
    near = [cue for track in ready(tx, [recording_id]) for cue in _whole(tx, track.id) if _touches(cue, [span])]
    first = min((min(cue.start_ms, cue.of.start_ms) for cue in near), default=span.start_ms)
    last = max((max(cue.end_ms, cue.of.end_ms) for cue in near), default=span.end_ms)
    return Span(min(span.start_ms, first), max(span.end_ms, last))


def keep(tx: Tx, clip_id: UUID, parts: Sequence[Shown], heard: Callable[[UUID], Sequence[Word]]) -> None:
    """What can be read with a clip of these parts, again: a row for each language, also where the clip shows no cue of
    its track. `heard`: the words of a recording.
    """
    tx.execute("delete from clip_read where clip_id = %s", [clip_id])
    there = ready(tx, [recording_id for recording_id, _ in parts])
    for language in sorted({each.language for each in there}):
        tracks = {each.recording_id: each for each in there if each.language == language}
        shown = list(_shown(tx, parts, tracks, heard))
        tx.execute(
            "insert into clip_read (clip_id, language, machine, sentences, parts, starts_ms, search_config, search)"
            " values (%(clip)s, %(language)s, %(machine)s, %(sentences)s, %(parts)s, %(starts)s, %(config)s,"
            "  to_tsvector(%(config)s::regconfig, array_to_string(%(sentences)s::text[], ' ')))",
            {
                "clip": clip_id,
                "language": language,
                "machine": any(each.made is Made.MACHINE for each in tracks.values()),
                "sentences": [text for text, _, _ in shown],
                "parts": [part for _, part, _ in shown],
                "starts": [at for _, _, at in shown],
                "config": config(language),
            },
        )


def _shown(
    tx: Tx, parts: Sequence[Shown], tracks: Mapping[UUID, Ready], heard: Callable[[UUID], Sequence[Word]]
) -> Iterator[tuple[str, int, int]]:
    """Each cue as it is read in the clip: text, number of the part, and when, in the part's recording."""
    left = _MOST
    for number, (recording_id, span) in enumerate(parts):
        if (track := tracks.get(recording_id)) is None:
            continue
        for whole in written(cues(tx, track.id), heard(recording_id)):
            if whole.lines == (MUTED,) or (cue := whole.within(span)) is None:
                continue
            text = joined(cue.lines, track.language)
            if (left := left - len(text)) < 0:
                return
            yield text, number, cue.start_ms
