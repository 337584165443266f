# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Who is named in a comment. Rows, so that they can be told of it; only of people who may see the clip."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from domain import said
from domain.clip import Clip
from domain.comment import MAX_MENTIONS, MAX_MENTIONS_AN_HOUR, Mentioned
from domain.errors import Invalid, TooMany
from store.postgres import Tx, row, rows
from store.sight import CLIP_SEEN_BY_WHO, DRAFT_SEEN_BY_WHO
from store.text import one_line

_OFFERED = 8
# Who answers a brief by an open link sees no clip, though they are in the space of everybody; a device is nobody.
_MAY_SEE = f"who.left_at is null and not who.self_named and not who.device and {CLIP_SEEN_BY_WHO}"

# Who is named in the comment m, for whoever has been let see it.
NAMED = """(select json_agg(json_build_array(p.public_id, p.login, p.name) order by p.login)
    from mention x join person p on p.id = x.person_id where x.comment_id = m.id)"""


def note(tx: Tx, comment_id: UUID, clip_id: UUID, author_id: UUID, text: str, now: datetime) -> Sequence[UUID]:
    """Whom this text names, and nobody else; those are returned who were not named before. The others keep the moment
    of that.

    Raises Invalid (`too_many_mentions`), TooMany (`mentions_paced`).
    """
    found = _named(tx, comment_id, clip_id, author_id, text)
    if len(found) > MAX_MENTIONS:
        raise Invalid(
            f"That names {len(found)} colleagues. Name {MAX_MENTIONS} at most; the others read it here all the same.",
            code="too_many_mentions",
        )
    tx.execute("delete from mention where comment_id = %s and person_id <> all(%s)", [comment_id, found])
    before = {
        each["person_id"] for each in rows(tx, "select person_id from mention where comment_id = %s", [comment_id])
    }
    new = [each for each in found if each not in before]
    if new:
        _paced(tx, author_id, len(new), now)
    for person_id in new:
        tx.execute(
            "insert into mention (comment_id, person_id, created_at) values (%s, %s, %s)", [comment_id, person_id, now]
        )
    return new


def offered(tx: Tx, clip: Clip, typed: str, viewer_id: UUID) -> tuple[Mentioned, ...]:
    """Colleagues who may see the clip and whose name or login goes on like this: who speaks in it first, eight at most.

    Whoever asks has been let in to the clip before, and is not among them.
    """
    begins = one_line(typed).lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    found = rows(
        tx,
        "select who.public_id as id, who.login, who.name from person who, clip c"
        " where c.id = %(clip)s and who.id <> %(viewer)s and (who.login like %(begins)s || '%%'"
        "   or ' ' || folded(who.name) like '%% ' || folded(%(begins)s) || '%%')"
        f"  and {_MAY_SEE}"
        " order by exists (select from clip_part k join recording r on r.id = k.recording_id"
        "   where k.clip_id = c.id and r.speaker_id = who.id) desc, lower(who.name), who.login limit %(limit)s",
        {"clip": clip.id, "viewer": viewer_id, "begins": begins, "limit": _OFFERED},
    )
    return tuple(Mentioned(**each) for each in found)


def _named(tx: Tx, comment_id: UUID, clip_id: UUID, author_id: UUID, text: str) -> list[UUID]:
    """What was said in a draft names nobody else than who sees that, also when it is published by now."""
    typed = said.logins(text)
    if not typed:
        return []
    found = rows(
        tx,
        "select who.id from person who, clip c"
        f" where c.id = %(clip)s and who.login = any(%(logins)s) and who.id <> %(author)s and {_MAY_SEE}"
        " and (not exists (select from comment m where m.id = %(comment)s and m.draft)"
        f"  or {DRAFT_SEEN_BY_WHO})",
        {"comment": comment_id, "clip": clip_id, "logins": list(typed), "author": author_id},
    )
    return [each["id"] for each in found]


def _paced(tx: Tx, author_id: UUID, more: int, now: datetime) -> None:
    lately = row(
        tx,
        "select count(*) as n from mention x join comment m on m.id = x.comment_id"
        " where m.author_id = %s and x.created_at > %s",
        [author_id, now - timedelta(hours=1)],
    )
    assert lately is not None
    if lately["n"] + more > MAX_MENTIONS_AN_HOUR:
        raise TooMany(
            "You have named many colleagues within the hour. Say it without the @, or name them later.",
            code="mentions_paced",
        )
