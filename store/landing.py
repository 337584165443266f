"""Where a link to a second of a clip leads that has become another, and what its viewers are told of recalls."""

from dataclasses import dataclass
from uuid import UUID

from domain.clip import Clip, Part, recording_time
from domain.errors import Gone, Invalid, NotFound
from domain.ids import is_public_id
from domain.recall import Notice, left_of, nearest
from domain.span import Span
from store import clips, recalled
from store.postgres import Tx, row, rows


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


@dataclass(frozen=True)
class Joined:
    """Where the link of a clip that was joined into another leads: to the other one's public id, and a millisecond."""

    clip: str
    clip_ms: int


def joined(tx: Tx, public_id: str, clip_ms: int, viewer_id: UUID) -> Joined | None:
    """Where a millisecond of a clip that was joined into another is now, or its beginning where it had no such.

    None when it was not, the viewer does not see the other one, or nothing of it is shown there any more.
    """
    if not is_public_id(public_id):
        return None
    found = row(
        tx,
        "with recursive way as (select id, joined_into, public_id from clip"
        "  where public_id = %(id)s and joined_into is not null"
        " union select c.id, c.joined_into, c.public_id from way join clip c on c.id = way.joined_into)"
        " select way.public_id, (select json_agg(json_build_array(p.recording_id, p.start_ms, p.end_ms)"
        "   order by p.position) from clip_part p join clip c on c.id = p.clip_id where c.public_id = %(id)s) as parts"
        " from way where way.joined_into is null",
        {"id": public_id},
    )
    if found is None or not found["parts"]:
        return None
    try:
        into = clips.clip(tx, found["public_id"], viewer_id)
    except (Gone, NotFound):
        return None
    was = tuple(Part(of, "", span) for of, span in recalled.parts_from(found["parts"]))
    part, at_ms = recording_time(was, clip_ms if clip_ms < sum(part.span.length_ms for part in was) else 0)
    here = nearest(into.parts, part.recording_id, at_ms)
    return None if here is None else Joined(into.public_id, here)
