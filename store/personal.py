# ruff: noqa: S608 - what is put together is SQL of our own, names of tables and columns; every value is a parameter
"""Everything that the tables hold about a person: what an export shows of it, what a deletion takes.

`HELD` names each column that refers to a person, and what it means. One that is not in it, of a table that came later,
is exported as something that they did, and stays; a test says that it is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from store.postgres import Row, Tx, rows
from store.sight import SEES_CLIP


class Shown(StrEnum):
    WHOLE = "whole"  # the row is about them
    ALONE = "alone"  # the same; for them alone, not for an admin who asks in their stead
    DONE = "done"  # something that they did to what is another's: which and when, and no more
    NOT = "not"  # elsewhere in the export, or a matter of others


@dataclass(frozen=True)
class Held:
    shown: Shown
    goes: bool = False  # the row is deleted with their data


_WHOLE, _ALONE, _DONE, _NOT = (Held(shown) for shown in Shown)
_WHOLE_GOES, _ALONE_GOES, _, _NOT_GOES = (Held(shown, goes=True) for shown in Shown)

HELD: dict[str, Held] = {
    # how they come in
    "session.person_id": _WHOLE_GOES,
    "api_token.person_id": _WHOLE_GOES,
    "sign_in_link.person_id": _WHOLE_GOES,
    "sign_in_errand.person_id": _NOT_GOES,
    "sent_once.person_id": _NOT_GOES,
    "identity.person_id": _WHOLE_GOES,
    "pin.person_id": _WHOLE_GOES,
    "membership.person_id": _WHOLE_GOES,
    "brief_comer.person_id": _WHOLE_GOES,
    "brief_link.person_id": _WHOLE_GOES,
    "trust.person_id": _WHOLE_GOES,
    "clip_share.person_id": _WHOLE_GOES,
    # what they keep for themselves, and are told
    "watched.person_id": _ALONE_GOES,
    "saved.person_id": _ALONE_GOES,
    "follow.person_id": _ALONE_GOES,
    "follow.followed_id": _NOT_GOES,
    "notice.person_id": _ALONE_GOES,
    "notice.by_id": _NOT_GOES,
    "notice_wish.person_id": _WHOLE_GOES,
    "mail_wish.person_id": _WHOLE_GOES,
    "mailing.person_id": _NOT_GOES,
    # what they said: comments are in a list of their own
    "comment.author_id": _NOT,
    "voice.person_id": _NOT,  # what they said aloud, too; it goes when its sound is gone
    "reaction.person_id": _ALONE,  # counted, without a name
    "clip_reaction.person_id": _ALONE,
    "mention.person_id": _WHOLE_GOES,
    "report.by_id": _ALONE,
    "unmasking.person_id": _WHOLE,
    # recordings are in a list of their own
    "recording.uploader_id": _NOT,
    "recording.speaker_id": _NOT,
    "appearance.person_id": _WHOLE,
    "takedown.raised_by": _WHOLE,
    "consent_said.said_by": _WHOLE,
    "brief.author_id": _WHOLE,
    "reel.made_by": _WHOLE,
    "person_export.person_id": _WHOLE,
    "erasure.person_id": _WHOLE,
    "device.person_id": _NOT,  # a device is nobody
    # what they did as L&D, or as an admin
    "act_log.by_id": _DONE,
    "act_log.whose_id": _DONE,
    "amend.by": _DONE,
    "appearance.asked_by": _DONE,
    "appearance.said_by": _DONE,
    "brief_link.created_by": _DONE,
    "caption_track.person_id": _DONE,
    "clip.assigned_to": _DONE,
    "clip.changed_by": _DONE,
    "clip.lowered_by": _DONE,
    "clip.owner_id": _DONE,
    "clip.published_by": _DONE,
    "clip_approval.approved_by": _DONE,
    "clip_approval.asked_by": _DONE,
    "clip_approval.asked_of": _DONE,
    "clip_share.by": _DONE,
    "clip_version.by": _DONE,
    "comment.resolved_by": _DONE,
    "consent_link.made_by": _DONE,
    "cover.made_by": _DONE,
    "cover.removed_by": _DONE,
    "device.lent_by": _DONE,
    "erasure.asked_by": _DONE,
    "person_export.asked_by": _DONE,
    "pullback.by": _DONE,
    "recall.made_by": _DONE,
    "recall.undone_by": _DONE,
    "recall_clip.published_by": _DONE,
    "report.settled_by": _DONE,
    "sign_in_link.created_by": _DONE,
    "takedown.resolved_by": _DONE,
    "takedown_clip.published_by": _DONE,
    "transcript_change.person_id": _DONE,
    "trust.by": _DONE,
    "trust.ended_by": _DONE,
}
_COLUMNS = """
    select c.conrelid::regclass::text || '.' || a.attname as name from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = 'person'::regclass order by 1"""
# The columns of a table; of one that refers to something with a public id, to what.
_OF_TABLE = """
    select a.attname as name, format_type(a.atttypid, null) as type, (select f.confrelid::regclass::text
        from pg_constraint f where f.conrelid = a.attrelid and f.contype = 'f' and f.conkey = array[a.attnum]
            and exists (select from pg_attribute p where p.attrelid = f.confrelid and p.attname = 'public_id')
        limit 1) as leads
    from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum"""
_PLAIN = {
    "text", "text[]", "integer", "integer[]", "bigint", "boolean", "jsonb", "date", "double precision",
    "timestamp with time zone",
}  # fmt: skip
_INSIDE = {"bundle", "leads_to", "cues", "filename"}  # made of ids of our own, or another's
_WHEN = "timestamp with time zone"

_COMMENTS = f"""
    select m.public_id as id, c.public_id as clip, case when {SEES_CLIP} then c.title end as clip_title,
        r.public_id as recording, m.at_ms, m.end_ms,
        m.kind, coalesce(nullif(m.text, ''), k.text, '') as text, m.masked as without_a_name, m.created_at, m.edited_at,
        m.deleted_at, m.removed_at as removed_by_a_moderator_at, m.removed_why,
        coalesce(k.before, (select jsonb_agg(jsonb_build_object('text', v.text, 'written_at', v.written_at)
            order by v.version) from comment_version v where v.comment_id = m.id), '[]') as before,
        (select jsonb_object_agg(x.kind, x.n) from (select kind, count(*) as n from reaction
            where comment_id = m.id group by kind) x) as reactions,
        (select jsonb_agg(jsonb_build_object('by', p.name, 'why', u.why, 'at', u.made_at) order by u.made_at)
            from unmasking u join person p on p.id = u.person_id where u.comment_id = m.id) as looked_up_by,
        v.object_key as sound_key, v.length_ms as sound_ms, v.language as sound_language
    from comment m join clip c on c.id = m.clip_id join recording r on r.id = m.recording_id
    left join comment_kept k on k.comment_id = m.id left join voice v on v.comment_id = m.id
    where m.author_id = %(person)s and (%(alone)s or not m.masked) order by m.created_at, m.id"""
_RECORDINGS = """
    select r.id, r.public_id, r.title, r.filename, r.media_type, r.byte_size, r.language, r.created_at,
        r.uploader_id = %(person)s as sent_by_you, r.speaker_id = %(person)s as you_speak, r.original_key,
        (select coalesce(jsonb_agg(jsonb_build_object('id', c.public_id, 'title', c.title,
                'published_at', c.published_at) order by c.id), '[]') from clip c
            where c.deleted_at is null and c.id in (select clip_id from clip_part where recording_id = r.id)) as clips
    from recording r where %(person)s in (r.uploader_id, r.speaker_id) and r.deleted_at is null
    order by r.created_at, r.id"""


def columns(tx: Tx) -> tuple[str, ...]:
    """Every `table.column` that refers to a person."""
    return tuple(each["name"] for each in rows(tx, _COLUMNS))


def profile(tx: Tx, person_id: UUID) -> dict[str, Any]:
    return next(_rows(tx, "person.id", person_id, whole=True))


def comments(tx: Tx, person_id: UUID, *, alone: bool) -> list[Row]:
    """All that they said, with what it said before; `sound_key` is for who packs it. `alone`: also what they asked
    without a name.
    """
    return rows(tx, _COMMENTS, {"person": person_id, "viewer": person_id, "alone": alone})


def recordings(tx: Tx, person_id: UUID) -> list[Row]:
    """Those that they sent or speak in; `id` and `original_key` are for who packs them."""
    return rows(tx, _RECORDINGS, {"person": person_id})


def others(tx: Tx, person_id: UUID, *, alone: bool) -> dict[str, list[dict[str, Any]]]:
    """The rest, by `table.column`: rows as they are, without secrets, names of ours, and other people."""
    found = {}
    for name in columns(tx):
        shown = HELD.get(name, _DONE).shown
        if shown is Shown.NOT or (shown is Shown.ALONE and not alone):
            continue
        if of := list(_rows(tx, name, person_id, whole=shown is not Shown.DONE)):
            found[name] = of
    return found


def left_out(*, alone: bool) -> list[str]:
    """What an export that an admin asked for does not show."""
    if alone:
        return []
    return [*(name for name, held in HELD.items() if held.shown is Shown.ALONE), "comments asked without a name"]


def forget(tx: Tx, person_id: UUID) -> None:
    """Every row that goes with their data."""
    for name, held in HELD.items():
        if held.goes:
            table, _, column = name.partition(".")
            tx.execute(f"delete from {table} where {column} = %s", [person_id])


def _rows(tx: Tx, name: str, person_id: UUID, *, whole: bool) -> Iterator[dict[str, Any]]:
    table, _, column = name.partition(".")
    values = []
    for each in rows(tx, _OF_TABLE, [table]):
        if each["leads"] not in {None, "person"}:
            leads, key = each["leads"], each["name"]
            values.append(f'(select x.public_id from {leads} x where x.id = t."{key}") as "{key.removesuffix("_id")}"')
        elif each["name"] not in _INSIDE and each["type"] in (_PLAIN if whole else {_WHEN}):
            values.append(f't."{each["name"]}"')
    shown = ", ".join(values) or "true as there"
    for found in rows(tx, f"select {shown} from {table} t where t.{column} = %s", [person_id]):
        yield {key: value for key, value in found.items() if value is not None}
