# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Experts whom the curators of a space trust: they publish clips of their own first, and a curator looks after.

Everything else that stands between a clip and people holds all the same: consent, and for what is a matter of safety a
second curator. What a curator has pulled back, or withdrawn, a curator publishes again.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.circle import PulledBack, Trust, checked_word
from domain.deed import Deed, DeedAbout
from domain.errors import Conflict, Invalid
from domain.person import Person
from store import act_log, circles
from store.claim import claim_clip
from store.clip_changes import publish, withdraw
from store.people import PERSON, typed
from store.postgres import Tx, row, rows
from store.text import one_line

# The clip c: its space trusts %(viewer)s, who still sees into it.
_TRUSTED = """exists (select from trust t join viewer_space v on v.space_id = t.space_id and v.person_id = t.person_id
    where t.space_id = c.space_id and t.person_id = %(viewer)s and t.ended_at is null)"""
# The clip c is out of view: a curator of it, or at least none of its own people, took it back (`by`, `at`, `why`).
_TAKEN_BACK = """(
    select last.by, last.at, coalesce(word.why, '') as why
    from (select v.act, v.by, v.at from clip_version v where v.clip_id = c.id and v.act in ('published', 'withdrawn')
        order by v.number desc limit 1) last
    left join lateral (select b.why from pullback b where b.clip_id = c.id and b.at = last.at limit 1) word on true
    where c.published_at is null and last.act = 'withdrawn' and (word.why is not null
        or exists (select from viewer_space v where v.person_id = last.by and v.space_id = c.space_id and v.curates)
        or last.by not in (select x from clip_part p join recording r on r.id = p.recording_id
            cross join unnest(array[r.uploader_id, r.speaker_id]) x where p.clip_id = c.id and x is not null)))"""
_PULLED_BACK = f"exists {_TAKEN_BACK}"


def trusted(tx: Tx, space_id: UUID) -> tuple[Trust, ...]:
    """Whom a space trusts, by name."""
    found = rows(
        tx,
        f"select t.at, b.name as by, {PERSON} from trust t join person p on p.id = t.person_id"
        " left join person b on b.id = t.by where t.space_id = %s and t.ended_at is null and p.left_at is null"
        " order by lower(p.name), p.id",
        [space_id],
    )
    return tuple(Trust(at=each.pop("at"), by=each.pop("by"), person=typed(each)) for each in found)


def trust(tx: Tx, space_id: UUID, person: Person, *, by: UUID, now: datetime) -> None:
    """A second call changes nothing. Raises Invalid (`not_in_space`, `own_trust`)."""
    if person.id == by:
        raise Invalid("Another curator has to say that of you.", code="own_trust")
    sees = row(
        tx,
        "select from viewer_space v join person p on p.id = v.person_id"
        " where v.space_id = %s and p.id = %s and not p.device and not p.self_named",
        [space_id, person.id],
    )
    if sees is None:
        raise Invalid(f"{person.name} is not in this space. Let them in first.", code="not_in_space")
    begun = tx.execute(
        "insert into trust (space_id, person_id, by, at) values (%s, %s, %s, %s) on conflict do nothing",
        [space_id, person.id, by, now],
    ).rowcount
    if begun:
        _note(tx, Deed.TRUSTED, space_id, person.id, by, now)


def end(tx: Tx, space_id: UUID, person_id: UUID, *, by: UUID, now: datetime) -> None:
    """What they have published stays. A second call changes nothing."""
    ended = tx.execute(
        "update trust set ended_at = %s, ended_by = %s where space_id = %s and person_id = %s and ended_at is null",
        [now, by, space_id, person_id],
    ).rowcount
    if ended:
        _note(tx, Deed.ENDED_TRUST, space_id, person_id, by, now)


def _note(tx: Tx, deed: Deed, space_id: UUID, person_id: UUID, by: UUID, now: datetime) -> None:
    found = row(tx, "select public_id from person where id = %s", [person_id])
    about = found["public_id"] if found else ""
    act_log.note(tx, deed, DeedAbout.PERSON, about, by=by, now=now, whose=person_id, space_id=space_id)


def publishable(tx: Tx, clip_ids: Sequence[UUID], viewer_id: UUID) -> frozenset[UUID]:
    """Those drafts that their expert may publish, since they are trusted to."""
    found = rows(
        tx,
        f"select c.id from clip c where c.id = any(%(ids)s) and c.published_at is null and {_TRUSTED}"
        f" and {circles.ALL_OWN} and not {_PULLED_BACK}",
        {"ids": list(clip_ids), "viewer": viewer_id},
    )
    return frozenset(each["id"] for each in found)


def publish_first(tx: Tx, clip_id: UUID, person_id: UUID, now: datetime, *, version: int | None = None) -> None:
    """People see it from now on, and it waits for a curator to look. One that is published stays as it is.

    Raises Conflict (`not_trusted`, `pulled_back`) and whatever `publish` does.
    """
    claim_clip(tx, clip_id)  # who takes trust, or the clip, back meanwhile is waited for
    found = row(
        tx,
        f"select c.published_at, {_TRUSTED} and {circles.ALL_OWN} as trusted, {_PULLED_BACK} as pulled_back"
        " from clip c where c.id = %(id)s",
        {"id": clip_id, "viewer": person_id},
    )
    assert found is not None
    if found["published_at"] is not None:
        return
    if not found["trusted"]:
        raise Conflict(
            "A curator looks at your clips before people see them. They can say that you publish first.",
            code="not_trusted",
        )
    if found["pulled_back"]:
        raise Conflict(
            "A curator pulled this clip back. Talk about it with them: they publish it again.", code="pulled_back"
        )
    publish(tx, clip_id, person_id, now, version=version)
    tx.execute("update clip set first_at = %s where id = %s", [now, clip_id])


def pull_back(tx: Tx, clip_id: UUID, why: str, *, by: UUID, now: datetime) -> None:
    """Withdraws it, and whoever sent what it shows, or speaks in it, is told why. Raises Invalid, NotFound, Gone, and
    Conflict (`not_published`).
    """
    why = checked_word(one_line(why))
    if claim_clip(tx, clip_id)["published_at"] is None:
        raise Conflict("Nobody sees this clip any more: it was taken back already.", code="not_published")
    withdraw(tx, clip_id, by, now, deed=Deed.PULLED_BACK, why=why)
    tx.execute("insert into pullback (clip_id, by, at, why) values (%s, %s, %s, %s)", [clip_id, by, now, why])


def pulled_back(tx: Tx, clip_ids: Sequence[UUID]) -> dict[UUID, PulledBack]:
    """Of clips that their reader may read what became of: those that a curator has taken back, with a word or without,
    and nobody has published since.
    """
    found = rows(
        tx,
        f"select c.id as clip_id, p.name as by, b.at, b.why from clip c cross join lateral {_TAKEN_BACK} b"
        " left join person p on p.id = b.by where c.id = any(%s)",
        [list(clip_ids)],
    )
    return {each.pop("clip_id"): PulledBack(**each) for each in found}
