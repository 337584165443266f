# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What people have shared, about what, and whether it helped. Nobody is ranked: no list here is in order of numbers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.clip import Clip
from store.clip_rows import CLIP, SPEAKER, SPEAKER_ID, SPEAKS, clip_from
from store.paging import Page, after, cut_page, limited
from store.postgres import Tx, row, rows
from store.sight import LISTED_AMONG_MANY
from store.tags import TAGGED, TagUse, slug

LEAST = 5  # colleagues: of fewer no number is shown, for it would tell who they are
LOOKED_AT = 200  # clips of a tag, the newest: who speaks in them

# The clips that %(person)s speaks in.
_SHARED = f"""{LISTED_AMONG_MANY} and c.id in (
    select p.clip_id from clip_part p join recording r on r.id = p.recording_id where r.id in (
        select o.id from recording o where o.speaker_id = %(person)s
        union select n.recording_id from appearance n where n.person_id = %(person)s)
    and {SPEAKS} = %(person)s)"""


@dataclass(frozen=True)
class Expert:
    id: str  # public
    name: str


def shared(
    tx: Tx, person_id: UUID, viewer_id: UUID, *, cursor: str | None = None, limit: int = 30
) -> Page[Clip]:  # fmt: skip
    """Published clips that somebody speaks in, as far as the viewer sees them: the newest first.

    Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    last, last_id = after(cursor, datetime.fromisoformat, UUID) if cursor else (None, None)
    found = rows(
        tx,
        f"select {CLIP} from clip c where {_SHARED}"
        " and (%(last)s::timestamptz is null or (c.published_at, c.id) < (%(last)s, %(last_id)s))"
        " order by c.published_at desc, c.id desc limit %(limit)s",
        {"viewer": viewer_id, "person": person_id, "last": last, "last_id": last_id, "limit": limit + 1},
    )
    return cut_page(found, limit, clip_from, ["published_at", "id"])


def topics(tx: Tx, person_id: UUID, viewer_id: UUID, limit: int = 12) -> tuple[TagUse, ...]:
    """The tags of what somebody has shared, as far as the viewer sees it: those of the most clips first."""
    found = rows(
        tx,
        "select t.slug, t.label, count(*) as clips from clip c join clip_tag k on k.clip_id = c.id"
        f" join tag t on t.id = k.tag_id where {_SHARED} group by t.id order by clips desc, t.slug limit %(limit)s",
        {"viewer": viewer_id, "person": person_id, "limit": limit},
    )
    return tuple(TagUse(**each) for each in found)


def helped(tx: Tx, person_id: UUID, viewer_id: UUID) -> int | None:
    """How many colleagues said that what somebody shared was of use to them: a reaction, or “used it”.

    Counted in what the viewer sees, each colleague once; None below LEAST.
    """
    found = row(
        tx,
        f"with c as materialized (select c.id from clip c where {_SHARED})"
        " select count(distinct said.person_id) as people from ("
        "  select g.person_id from c join clip_reaction g on g.clip_id = c.id and g.kind in ('useful', 'learned')"
        "  union all select g.person_id from c join comment m on m.clip_id = c.id and m.deleted_at is null"
        "   and not m.draft join reaction g on g.comment_id = m.id and g.kind in ('helped', 'thanks')"
        "  union all select m.author_id from c join comment m on m.clip_id = c.id"
        "   where m.kind = 'used-it' and m.deleted_at is null and not m.draft) said"
        " where said.person_id <> %(person)s",
        {"viewer": viewer_id, "person": person_id},
    )
    return found["people"] if found and found["people"] >= LEAST else None


def about(tx: Tx, tag: str, viewer_id: UUID) -> tuple[TagUse | None, tuple[Expert, ...]]:
    """A tag, by a label or slug of it, and who shared something about it lately, by name.

    None, and nobody, where the viewer sees no clip that has it: whether there is such a tag is not told.
    """
    found = rows(
        tx,
        f"with shown as (select c.id, {SPEAKER_ID} as speaker_id, {SPEAKER} as speaker from clip c"
        f"  where {LISTED_AMONG_MANY} and {TAGGED} order by c.published_at desc, c.id desc limit %(limit)s),"
        " named as (select m.slug, m.label from tag t join tag m on m.id = coalesce(t.alias_of, t.id)"
        "  where t.slug = %(tag)s)"
        " select n.slug, n.label, s.speaker_id, s.speaker, count(*) as clips from shown s cross join named n"
        " group by 1, 2, 3, 4 order by lower(s.speaker), s.speaker_id",
        {"viewer": viewer_id, "tag": slug(tag), "limit": LOOKED_AT},
    )
    if not found:
        return None, ()
    use = TagUse(found[0]["slug"], found[0]["label"], sum(each["clips"] for each in found))
    return use, tuple(Expert(each["speaker_id"], each["speaker"]) for each in found if each["speaker_id"])
