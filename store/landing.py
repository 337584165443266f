"""What viewers of a clip are told of recalls: that seconds are out, and where a link to one of them leads."""

from dataclasses import dataclass
from uuid import UUID

from domain.clip import Clip, Part, recording_time
from domain.errors import Invalid
from domain.recall import Notice, left_of, nearest
from domain.span import Span
from store import recalled
from store.postgres import Tx, rows


def notices(tx: Tx, clip_id: UUID) -> tuple[Notice, ...]:
    """What is said below a clip that has lost seconds, the newest first. Whoever asks has been let in to it."""
    return tuple(
        Notice(**each)
        for each in rows(
            tx,
            "select b.lost_ms, k.reason, k.made_at from recall_clip b join recall k on k.id = b.recall_id"
            " where b.clip_id = %s and k.undone_at is null and b.changed_at is null order by k.id desc",
            [clip_id],
        )
    )


@dataclass(frozen=True)
class Landing:
    """Where a link to a second leads: a millisecond of the clip as it is, and why the one it meant is out, if it is."""

    clip_ms: int
    reason: str | None = None


def landing(tx: Tx, clip: Clip, version: int, clip_ms: int) -> Landing:
    """Where a link leads that was made to a millisecond of the clip as it was in `version`.

    Of changes since then only recalls are known; without one the clip is taken as it is.
    """
    last = max(clip.length_ms - 1, 0)
    found = rows(
        tx,
        "select k.recording_id, k.start_ms, k.end_ms, k.reason, b.version, c.asked_parts as asked from clip c"
        " join recall_clip b on b.clip_id = c.id and b.changed_at is null join recall k on k.id = b.recall_id"
        " where c.id = %s and c.asked_parts is not null and k.undone_at is null order by k.id",
        [clip.id],
    )
    since = [each for each in found if each["version"] > version]
    if not since:
        return Landing(min(clip_ms, last))
    before: dict[UUID, list[Span]] = {}
    for each in found:
        if each["version"] <= version:
            before.setdefault(each["recording_id"], []).append(Span(each["start_ms"], each["end_ms"]))
    then = left_of(recalled.parts_from(found[0]["asked"]), before)
    try:
        part, at_ms = recording_time(tuple(Part(of, "", span) for of, span in then), clip_ms)
    except Invalid:
        return Landing(min(clip_ms, last))
    out = [e for e in since if e["recording_id"] == part.recording_id and e["start_ms"] <= at_ms < e["end_ms"]]
    here = nearest(clip.parts, part.recording_id, at_ms)
    return Landing(min(clip_ms, last) if here is None else here, out[-1]["reason"] if out else None)
