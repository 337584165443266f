"""Owners and reviewers, who looks after clips: an owner for what is said in it, a curator who is to look at it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.clip import checked_day
from domain.errors import Invalid
from domain.person import Person
from store.people import BEGINS, PERSON, beginning, typed
from store.postgres import Tx, row, rows

OFFERED = 50  # people to choose from; others are found by their name
_NOBODY = "Choose somebody who is in this space."
_NO_CURATOR = "Choose a curator of this space: who looks at clips can change and publish them."


@dataclass(frozen=True)
class Care:
    owner: Person | None  # who was named, or else who speaks first
    assigned: Person | None


def care_of(tx: Tx, clip_ids: Iterable[UUID]) -> dict[UUID, Care]:
    found = rows(
        tx,
        f"select k.clip_id, k.owner, k.assigned_to, {PERSON} from ("  # noqa: S608
        " select c.id as clip_id, c.assigned_to, coalesce(c.owner_id, (select r.speaker_id from clip_part p"
        "   join recording r on r.id = p.recording_id where p.clip_id = c.id order by p.position limit 1)) as owner"
        " from clip c where c.id = any(%s)) k"
        " left join lateral (select * from person where id = any(array[k.owner, k.assigned_to])) p on true",
        [list(clip_ids)],
    )
    cared = [(each.pop("clip_id"), each.pop("owner"), each.pop("assigned_to")) for each in found]
    named: dict[UUID | None, Person] = {}
    for each in found:
        if each["id"] is not None and each["id"] not in named:
            named[each["id"]] = typed(each)
    return {clip_id: Care(named.get(owner), named.get(assigned)) for clip_id, owner, assigned in cared}


def possible(
    tx: Tx, clip_id: UUID, *, curators: bool = False, besides: UUID | None = None, q: str = "", limit: int = OFFERED
) -> tuple[Person, ...]:
    """Who may own a clip, or with `curators` look at it: by name, so many at most; with `q` those whose name or login
    name goes on like that. Who came by a link and said a name is left out, and who `besides` is.
    """
    found = rows(
        tx,
        f"select {PERSON} from clip c join viewer_space v on v.space_id = c.space_id"  # noqa: S608
        " join person p on p.id = v.person_id where c.id = %(clip)s and (v.curates or not %(curators)s)"
        f" and not p.self_named and not p.device and p.id is distinct from %(besides)s and {BEGINS}"
        " order by lower(p.name), p.id limit %(limit)s",
        {"curators": curators, "clip": clip_id, "besides": besides, "begins": beginning(q), "limit": limit},
    )
    return tuple(typed(each) for each in found)


def demand_possible(tx: Tx, space_id: UUID, person_id: UUID, *, curates: bool = False) -> UUID:
    """Raises Invalid (`bad_owner`, `bad_reviewer`)."""
    found = row(
        tx,
        "select from viewer_space where space_id = %s and person_id = %s and (curates or not %s)",
        [space_id, person_id, curates],
    )
    if found is None:
        raise Invalid(_NO_CURATOR if curates else _NOBODY, code="bad_reviewer" if curates else "bad_owner")
    return person_id


def demand_day(tx: Tx, clip_id: UUID, day: date, today: date) -> date:
    """When somebody is to look at it again. One that it had before may come back whenever that is: who takes a change
    back says nothing new. Raises Invalid (`bad_day`).
    """
    had = row(
        tx,
        "select from clip_version where clip_id = %(id)s"
        " and %(day)s in (before ->> 'review_by', after ->> 'review_by') limit 1",
        {"id": clip_id, "day": day.isoformat()},
    )
    return day if had is not None else checked_day(day, today)
