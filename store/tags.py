# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Tags: a label as people write it, known by its slug, so that two spellings are one tag."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.clip import MAX_TAG, MAX_TAGS
from domain.errors import Invalid
from domain.ids import uuid7
from store.postgres import Tx, rows
from store.sight import SEES_SPACE
from store.text import one_line


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
        f" where c.published_at is not null and c.deleted_at is null and {SEES_SPACE}"
        " group by t.id order by clips desc, t.slug",
        {"viewer": viewer_id},
    )
    return tuple(TagUse(**each) for each in found)


def slug(label: str) -> str:
    """The same for every spelling of a tag: "Öl wechseln", "ÖL  Wechseln" and "öl-wechseln" are one."""
    return "-".join(unicodedata.normalize("NFKC", one_line(label)).casefold().replace("-", " ").split())


def checked_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """People's tags as kept: each once, empty ones left out. Raises Invalid (`bad_tags`)."""
    kept = _once(one_line(label) for label in labels)
    if len(kept) > MAX_TAGS or any(len(label) > MAX_TAG for label in kept):
        raise Invalid(f"A clip has at most {MAX_TAGS} tags of at most {MAX_TAG} characters each.", code="bad_tags")
    return kept


def fitting_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """The machine's tags as kept: what does not fit is left out."""
    return _once(label for label in map(one_line, labels) if len(label) <= MAX_TAG)[:MAX_TAGS]


def set_tags(tx: Tx, clip_id: UUID, labels: Sequence[str]) -> None:
    """Replaces a clip's tags. A tag that exists keeps the spelling it was first given."""
    slugs = {slug(label): label for label in labels}
    for each in sorted(slugs):  # in one order, or two transactions with the same new tags wait in a circle
        tx.execute(
            "insert into tag (id, slug, label) values (%s, %s, %s) on conflict (slug) do nothing",
            [uuid7(), each, slugs[each]],
        )
    tx.execute("delete from clip_tag where clip_id = %s", [clip_id])
    tx.execute(
        "insert into clip_tag (clip_id, tag_id, position)"
        " select %s, t.id, s.position from unnest(%s::text[]) with ordinality s (slug, position)"
        " join tag t on t.slug = s.slug",
        [clip_id, list(slugs)],
    )
    tx.execute(
        "update clip set tag_words = coalesce((select string_agg(t.label, ', ' order by k.position)"
        " from clip_tag k join tag t on t.id = k.tag_id where k.clip_id = clip.id), '') where id = %s",
        [clip_id],
    )


def _once(labels: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for label in labels:
        if name := slug(label):
            kept.setdefault(name, label)
    return tuple(kept.values())
