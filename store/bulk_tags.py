# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Tags put on, or taken off, several clips in one act."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.clip import MAX_TAGS
from store.claim import LOCK
from store.clip_changes import change
from store.postgres import Tx, rows
from store.tags import checked_labels, slug


@dataclass(frozen=True)
class Tagged:
    """Clips by id; `changed` with the version that each has now."""

    changed: dict[UUID, int]
    unchanged: tuple[UUID, ...]
    too_many: tuple[UUID, ...]  # they would have had more tags than a clip can have


def retag(
    tx: Tx, clip_ids: Iterable[UUID], *, add: Sequence[str], remove: Sequence[str], by: UUID, now: datetime
) -> Tagged:
    """What a clip has already is not put on again, what it has not is not taken off. Another name of a tag is that tag.
    Clips that are deleted are left out.

    Raises Invalid (`bad_tags`).
    """
    ids = sorted(set(clip_ids))
    added, off = _meant(tx, checked_labels(add)), _meant(tx, remove)
    # All recordings before the first clip, in the order in which every change locks them.
    tx.execute(
        "select from recording where id in (select recording_id from clip_part where clip_id = any(%s))"
        f" order by id {LOCK}",
        [ids],
    )
    held = rows(
        tx,
        "select c.id, c.version, array(select t.label from clip_tag k join tag t on t.id = k.tag_id"
        f" where k.clip_id = c.id order by k.position) as tags from clip c where c.id = any(%s)"
        f" and c.deleted_at is null order by c.id {LOCK} of c",
        [ids],
    )
    changed: dict[UUID, int] = {}
    unchanged, too_many = [], []
    for each in held:
        stays = {slug(label): label for label in each["tags"] if slug(label) not in off}
        labels = [*stays.values(), *(label for name, label in added.items() if name not in stays)]
        if labels == each["tags"]:
            unchanged.append(each["id"])
        elif len(labels) > MAX_TAGS:
            too_many.append(each["id"])
        else:
            change(tx, each["id"], version=each["version"], now=now, by=by, act="tagged", tags=labels)
            changed[each["id"]] = each["version"] + 1
    return Tagged(changed, tuple(unchanged), tuple(too_many))


def _meant(tx: Tx, labels: Sequence[str]) -> dict[str, str]:
    """The tags that these are names of, by their slugs; a word that is no tag yet stands for itself."""
    known = {
        each["slug"]: (each["meant"], each["label"])
        for each in rows(
            tx,
            "select t.slug, m.slug as meant, m.label from tag t join tag m on m.id = coalesce(t.alias_of, t.id)"
            " where t.slug = any(%s)",
            [[slug(label) for label in labels]],
        )
    }
    return dict(known.get(slug(label), (slug(label), label)) for label in labels)
