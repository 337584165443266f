"""Which seconds of recordings are out while a recall stands, and what that leaves of clips.

Whoever makes a recall holds the recording's lock, and so does whoever writes parts: none misses the other.
How recalls come and go: store/recalls.py.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.errors import Conflict
from domain.recall import Shown, left_of
from domain.span import Span
from store import drafted
from store.postgres import Tx, row, rows
from store.tags import set_tags


def left(tx: Tx, parts: Sequence[Shown]) -> tuple[Shown, ...]:
    """What the recalls that stand leave of a clip's parts: none, perhaps."""
    return left_of(parts, standing(tx, [recording_id for recording_id, _ in parts]))


def standing(tx: Tx, recording_ids: Iterable[UUID]) -> dict[UUID, list[Span]]:
    """What is out of each of these recordings; those of which nothing is are left out."""
    found: dict[UUID, list[Span]] = {}
    for each in rows(
        tx,
        "select recording_id, start_ms, end_ms from recall where recording_id = any(%s) and undone_at is null"
        " order by recording_id, start_ms, id",
        [list(set(recording_ids))],
    ):
        found.setdefault(each["recording_id"], []).append(Span(each["start_ms"], each["end_ms"]))
    return found


def demand_not_recalled(tx: Tx, parts: Sequence[Shown]) -> None:
    """Whether a clip may have these parts. Raises Conflict (`recalled`)."""
    found = row(
        tx,
        "select k.start_ms, k.end_ms, k.reason from unnest(%s::uuid[], %s::int[], %s::int[])"
        " as p (recording_id, start_ms, end_ms) join recall k on k.recording_id = p.recording_id"
        " and k.undone_at is null and k.start_ms < p.end_ms and p.start_ms < k.end_ms order by k.start_ms limit 1",
        [
            [recording_id for recording_id, _ in parts],
            [span.start_ms for _, span in parts],
            [span.end_ms for _, span in parts],
        ],
    )
    if found is not None:
        raise Conflict(
            f"{_clock(found['start_ms'])} to {_clock(found['end_ms'])} of this recording were taken out of every clip:"
            f" “{found['reason']}” Leave them out, or give them back on the recording's page first.",
            code="recalled",
        )


def has_emptied(tx: Tx, recording_id: UUID) -> bool:
    """Whether a clip of the recording is gone until a recall is undone."""
    found = row(
        tx,
        "select id from clip where asked_parts @> %s and deleted_at is not null limit 1",
        [Jsonb([[str(recording_id)]])],
    )
    return found is not None


def list_below(tx: Tx, clip_id: UUID, asked: Sequence[Shown], shown: Sequence[Shown], *, version: int) -> None:
    """A clip shows less than it was asked to, for recalls that stand: each of them lists it, and gives it back."""
    tx.execute(
        "insert into recall_clip (recall_id, clip_id, version, lost_ms, published)"
        " select k.id, c.id, %(version)s, %(lost)s, c.published_at is not null"
        " from clip c cross join jsonb_array_elements(%(asked)s) p join recall k"
        "   on k.recording_id = (p->>0)::uuid and k.start_ms < (p->>2)::int and (p->>1)::int < k.end_ms"
        " where c.id = %(clip)s and k.undone_at is null"
        " on conflict (recall_id, clip_id) do update set changed_at = null",
        {
            "clip": clip_id,
            "version": version,
            "lost": length_ms(asked) - length_ms(shown),
            "asked": _as_json(asked),
        },
    )


def remember_asked(tx: Tx, clip_id: UUID, parts: Sequence[Shown]) -> None:
    tx.execute("update clip set asked_parts = %s where id = %s", [_as_json(parts), clip_id])


def asked_for(tx: Tx, clip_id: UUID) -> tuple[Shown, ...]:
    """What a clip was to show of which recalls that stand leave less; nothing: it shows all of that."""
    found = row(tx, "select asked_parts from clip where id = %s", [clip_id])
    return parts_from(found["asked_parts"]) if found else ()


def ask_for(tx: Tx, clip_id: UUID, asked: Sequence[Shown]) -> None:
    """A clip that shows what recalls leave of this is to show all of it, once they are undone. Nothing: as it is."""
    shown = left(tx, asked)
    if shown == tuple(asked):
        return
    remember_asked(tx, clip_id, asked)
    found = row(tx, "select version from clip where id = %s", [clip_id])
    list_below(tx, clip_id, asked, shown, version=found["version"] if found else 0)


def changed(tx: Tx, clip_id: UUID, now: datetime) -> None:
    """A person has made the clip what it is now: undoing a recall will leave it so."""
    tx.execute("update clip set asked_parts = null where id = %s and asked_parts is not null", [clip_id])
    tx.execute(
        "update recall_clip b set changed_at = %s from recall k"
        " where b.clip_id = %s and b.changed_at is null and k.id = b.recall_id and k.undone_at is null",
        [now, clip_id],
    )


def forget(tx: Tx, recording_id: UUID, now: datetime) -> None:
    """The recording is being deleted: nothing of it comes back, and clips that were gone lose their title."""
    held = Jsonb([[str(recording_id)]])
    for each in rows(
        tx, "select id, deleted_at from clip where asked_parts @> %s order by id for no key update", [held]
    ):
        if each["deleted_at"] is not None:
            tx.execute("update clip set title = '' where id = %s", [each["id"]])
            set_tags(tx, each["id"], ())
            drafted.forget(tx, each["id"])
        changed(tx, each["id"], now)
    tx.execute("delete from recall where recording_id = %s", [recording_id])


def parts_from(found: Iterable[Sequence[object]] | None) -> tuple[Shown, ...]:
    """Parts as Postgres gives them in JSON."""
    return tuple((UUID(str(of)), Span(int(str(start)), int(str(end)))) for of, start, end in found or ())


def length_ms(parts: Iterable[Shown]) -> int:
    return sum(span.length_ms for _, span in parts)


def _as_json(parts: Iterable[Shown]) -> Jsonb:
    return Jsonb([[str(recording_id), span.start_ms, span.end_ms] for recording_id, span in parts])


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02}.{ms % 1000 // 100}"
