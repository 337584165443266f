# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Tags: a label as people write it, known by its slug, so that two spellings are one tag.

Some are terms of the vocabulary, and have other names, which lead to them: store/vocabulary.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.clip import MAX_TAG, MAX_TAGS
from domain.errors import Invalid
from domain.ids import uuid7
from domain.vocabulary import is_name
from domain.vocabulary import slug as slug_of
from store.paging import MAX_LIMIT, Page, paged
from store.postgres import Tx, rows
from store.sight import LISTED, LISTED_AMONG_MANY
from store.text import one_line

# The clip c has the tag of the slug %(tag)s, by this name or another, or one that stands below it.
TAGGED = """c.id in (
    with recursive wanted as (
        select coalesce(t.alias_of, t.id) as id from tag t where t.slug = %(tag)s
        union select t.id from tag t join wanted w on t.parent_id = w.id)
    select k.clip_id from clip_tag k join wanted w on w.id = k.tag_id)"""


# What search reads of the tags of the row `clip`: their names, also the other ones.
_WORDS = """coalesce((select string_agg(t.label, ', ' order by k.position, t.alias_of is not null, t.slug)
    from clip_tag k join tag t on k.tag_id in (t.id, t.alias_of) where k.clip_id = clip.id), '')"""


@dataclass(frozen=True)
class TagUse:
    slug: str
    label: str
    clips: int  # that the viewer sees


def tags(tx: Tx, viewer_id: UUID) -> tuple[TagUse, ...]:
    """The tags of published clips that the viewer sees, the most used first."""
    found = rows(
        tx,
        "select t.slug, t.label, count(*) as clips"
        " from tag t join clip_tag k on k.tag_id = t.id join clip c on c.id = k.clip_id"
        f" where {LISTED}"
        " group by t.id order by clips desc, t.slug",
        {"viewer": viewer_id},
    )
    return tuple(TagUse(**each) for each in found)


def page(tx: Tx, viewer_id: UUID, *, cursor: str | None = None, limit: int = MAX_LIMIT) -> Page[TagUse]:
    """The same, a page at a time. Raises Invalid (`bad_cursor`)."""
    return paged(
        tx,
        "t.slug, t.label, count(*) as clips",
        "from tag t join clip_tag k on k.tag_id = t.id join clip c on c.id = k.clip_id"
        f" where {LISTED_AMONG_MANY} group by t.id",
        {"viewer": viewer_id},
        by=(("-count(*)", int), ("t.slug", str)),
        build=lambda found: TagUse(**found),
        cursor=cursor,
        limit=limit,
    )


def slug(label: str) -> str:
    """As domain.vocabulary.slug, of a stranger's text."""
    return slug_of(one_line(label))


def checked_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """People's tags as kept: each once, those that name nothing left out. Raises Invalid (`bad_tags`)."""
    kept = _once(one_line(label) for label in labels)
    if len(kept) > MAX_TAGS or any(len(label) > MAX_TAG for label in kept):
        raise Invalid(f"A clip has at most {MAX_TAGS} tags of at most {MAX_TAG} characters each.", code="bad_tags")
    return kept


def fitting_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """The machine's tags as kept: what does not fit is left out."""
    return _once(label for label in map(one_line, labels) if len(label) <= MAX_TAG)[:MAX_TAGS]


def set_tags(tx: Tx, clip_id: UUID, labels: Sequence[str]) -> None:
    """Replaces a clip's tags. A tag that exists keeps the spelling it has; another name of one is that one."""
    slugs = {slug(label): label for label in labels}
    for each in sorted(slugs):  # in one order, or two transactions with the same new tags wait in a circle
        tx.execute(
            "insert into tag (id, slug, label) values (%s, %s, %s) on conflict (slug) do nothing",
            [uuid7(), each, slugs[each]],
        )
    tx.execute("delete from clip_tag where clip_id = %s", [clip_id])
    tx.execute(
        "insert into clip_tag (clip_id, tag_id, position)"
        " select %s, coalesce(t.alias_of, t.id), min(s.position)"
        " from unnest(%s::text[]) with ordinality s (slug, position) join tag t on t.slug = s.slug group by 2",
        [clip_id, list(slugs)],
    )
    tx.execute(f"update clip set tag_words = {_WORDS} where id = %s", [clip_id])


def rewrite(tx: Tx, tag_id: UUID) -> None:
    """A tag has other names: what search reads of the clips that have it follows."""
    held = "select clip_id from clip_tag where tag_id = %s"
    tx.execute(f"select from clip where id in ({held}) order by id for no key update", [tag_id])
    tx.execute(f"update clip set tag_words = {_WORDS} where id in ({held})", [tag_id])


def _once(labels: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for label in labels:
        if is_name(name := slug(label)):
            kept.setdefault(name, label)
    return tuple(kept.values())
