# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What a person follows: tags, people, spaces. For that person alone.

Whoever follows a tag follows what stands below it, too, and the tag it was merged into.
"""

from datetime import datetime
from uuid import UUID

from domain.errors import Conflict, Invalid, NotFound
from domain.follow import MOST, Followed, FollowKind
from domain.ids import is_public_id
from store.people import person_by_public_id
from store.postgres import Tx, row, rows
from store.sight import LISTED_AMONG_MANY
from store.spaces import space_by_public_id
from store.tags import TAGGED, slug

_COLUMNS = {FollowKind.TAG: "tag_id", FollowKind.PERSON: "followed_id", FollowKind.SPACE: "space_id"}


def follow(tx: Tx, viewer_id: UUID, kind: FollowKind, id_: str, now: datetime) -> None:
    """By a tag's label or slug, or a public id. A second call changes nothing.

    Raises NotFound for what they do not see, Invalid (`yourself`), Conflict (`follows_enough`).
    """
    target = _seen(tx, viewer_id, kind, id_)
    if target == viewer_id:
        raise Invalid("That is you. Follow colleagues, and what is new of them comes to you.", code="yourself")
    others = f"select count(*) as follows from follow where person_id = %s and {_COLUMNS[kind]} is distinct from %s"
    held = row(tx, others, [viewer_id, target])
    if held and held["follows"] >= MOST:
        raise Conflict(f"You follow {MOST} already. Follow something no more first.", code="follows_enough")
    tx.execute(
        f"insert into follow (person_id, {_COLUMNS[kind]}, followed_at) values (%s, %s, %s) on conflict do nothing",
        [viewer_id, target, now],
    )


def unfollow(tx: Tx, person_id: UUID, kind: FollowKind, id_: str) -> None:
    """Also what they do not see any more. A second call changes nothing."""
    table = {FollowKind.TAG: "tag", FollowKind.PERSON: "person", FollowKind.SPACE: "space"}[kind]
    same = "t.slug = %(id)s" if kind is FollowKind.TAG else "t.public_id = %(id)s"
    wanted = f"select {'coalesce(t.alias_of, t.id)' if kind is FollowKind.TAG else 't.id'} from {table} t where {same}"
    found = f"f.{_COLUMNS[kind]} in ({wanted})"
    if kind is FollowKind.TAG:  # one that has been merged since is followed under its old name, too
        found = f"(select coalesce(t.alias_of, t.id) from tag t where t.id = f.tag_id) in ({wanted})"
    tx.execute(
        f"delete from follow f where f.person_id = %(person)s and {found}",
        {"person": person_id, "id": slug(id_) if kind is FollowKind.TAG else id_},
    )


def following(tx: Tx, viewer_id: UUID) -> tuple[Followed, ...]:
    """What the viewer follows and can see today: tags, then people, then spaces, by name."""
    found = rows(
        tx,
        "select distinct 'tag' as kind, m.slug as id, m.label as name from follow f join tag t on t.id = f.tag_id"
        " join tag m on m.id = coalesce(t.alias_of, t.id) where f.person_id = %(viewer)s"
        " union all select 'person', p.public_id, p.name from follow f join person p on p.id = f.followed_id"
        " where f.person_id = %(viewer)s and p.left_at is null"
        " union all select 'space', s.public_id, s.name from follow f join space s on s.id = f.space_id"
        " join viewer_space v on v.space_id = s.id and v.person_id = f.person_id where f.person_id = %(viewer)s",
        {"viewer": viewer_id},
    )
    order = {kind: place for place, kind in enumerate(FollowKind)}
    made = [Followed(FollowKind(each["kind"]), each["id"], each["name"]) for each in found]
    return tuple(sorted(made, key=lambda each: (order[each.kind], each.name.casefold(), each.id)))


def _seen(tx: Tx, viewer_id: UUID, kind: FollowKind, id_: str) -> UUID:
    """Raises NotFound."""
    if kind is FollowKind.SPACE:
        return space_by_public_id(tx, id_, viewer_id).id
    if kind is FollowKind.PERSON:
        person = person_by_public_id(tx, id_) if is_public_id(id_) else None
        if person is None or person.left_at is not None:
            raise NotFound("There is nobody with that id.")
        return person.id
    found = row(
        tx,
        "select coalesce(t.alias_of, t.id) as id from tag t where t.slug = %(tag)s and exists (select from clip c"
        f" where {LISTED_AMONG_MANY} and {TAGGED})",
        {"viewer": viewer_id, "tag": slug(id_)},
    )
    if found is None:
        raise NotFound("None of the clips that you see has that tag.")
    return UUID(str(found["id"]))
