# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What leads a person on: what is new of what they follow, and questions that they could answer.

One query each, however many rows they find; what people stopped in the middle of is in store/watched.py.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.clip import Clip, clip_time
from store.clip_rows import CLIP, PUBLISHED, SPEAKS, clip_from
from store.comments import UNANSWERED
from store.postgres import Tx, rows
from store.sight import HEARS, IN_SEEN_SPACE, OUT, OWN, SEES_CLIP
from store.watched import UNSEEN

NEW = timedelta(days=60)  # after which it is old, seen or not
LOOKED_AT = 300  # questions that nobody has answered, the newest: among them one looks for those one could answer

# First what is new at all, which an index says by itself; then which of that has a tag, a person or a space that is
# followed. The other way round, all that somebody ever shared would be looked at.
_FOLLOWED = f"""
with recursive wanted as (
    select coalesce(t.alias_of, t.id) as id from follow f join tag t on t.id = f.tag_id where f.person_id = %(viewer)s
    union select t.id from tag t join wanted w on t.parent_id = w.id),
new as materialized (
    select c.id, c.space_id, c.published_at from clip c
    where c.published_at > %(since)s and c.deleted_at is null and {IN_SEEN_SPACE}),
spoken as materialized (
    select n.id, p.recording_id from (
        select o.id from follow f join recording o on o.speaker_id = f.followed_id where f.person_id = %(viewer)s
        union select a.recording_id from follow f join appearance a on a.person_id = f.followed_id
        where f.person_id = %(viewer)s) o
    join clip_part p on p.recording_id = o.id join new n on n.id = p.clip_id),
found as (
    select n.id from new n join follow f on f.space_id = n.space_id where f.person_id = %(viewer)s
    union select k.clip_id from wanted w join clip_tag k on k.tag_id = w.id
    union select s.id from spoken s join recording r on r.id = s.recording_id
        where {SPEAKS} in (select f.followed_id from follow f where f.person_id = %(viewer)s)),
chosen as materialized (
    select c.id from new c join found on found.id = c.id where {UNSEEN}
    order by c.published_at desc, c.id desc limit %(limit)s)
select {PUBLISHED} from chosen join clip c on c.id = chosen.id order by c.published_at desc, c.id desc"""

_OPEN = "m.kind = 'question' and m.reply_to is null and m.resolved_at is null and m.deleted_at is null"
_QUESTIONS = f"""
with mine as (select r.id, r.uploader_id, r.speaker_id from recording r where r.deleted_at is null and {OWN}),
known as (
    select distinct k.tag_id from mine join clip_part p on p.recording_id = mine.id
    join clip c on c.id = p.clip_id join clip_tag k on k.clip_id = c.id
    where {OUT}),
asked as (
    select m.id from mine join comment m on m.recording_id = mine.id where {_OPEN}
    union
    select m.id from (
        select m.id, m.clip_id from comment m where {_OPEN} order by m.created_at desc, m.id desc limit {LOOKED_AT}) m
    where exists (select from clip_tag k join known on known.tag_id = k.tag_id where k.clip_id = m.clip_id))
select {CLIP}, m.public_id as comment_id, m.text as question, m.created_at as asked_at, m.recording_id, m.at_ms
from asked join comment m on m.id = asked.id join recording r on r.id = m.recording_id
join clip c on c.id = m.clip_id left join comment root on root.id = m.reply_to
where {UNANSWERED} and m.author_id <> %(viewer)s and c.deleted_at is null and {SEES_CLIP} and {HEARS}
order by m.created_at desc, m.id desc limit %(limit)s"""


@dataclass(frozen=True)
class Question:
    """That nobody has answered; who asked is not said here."""

    id: str  # public, of the comment
    text: str
    asked_at: datetime
    clip: Clip  # where it was asked
    clip_ms: int | None  # in the clip as it is; None: that second is no longer part of it


def followed(tx: Tx, viewer_id: UUID, now: datetime, limit: int = 6) -> tuple[Clip, ...]:
    """Clips of the last weeks with a tag, by a person or in a space that the viewer follows, and has not watched yet.

    The newest first.
    """
    found = rows(tx, _FOLLOWED, {"viewer": viewer_id, "since": now - NEW, "limit": limit})
    return tuple(map(clip_from, found))


def questions(tx: Tx, viewer_id: UUID, limit: int = 5) -> tuple[Question, ...]:
    """Questions without an answer in what the viewer sent or speaks in; and of the newest of all, those in clips with
    a tag that the viewer's own clips have, too. The newest first.
    """
    return tuple(
        Question(
            id=each["comment_id"],
            text=each["question"],
            asked_at=each["asked_at"],
            clip=(clip := clip_from(each)),
            clip_ms=clip_time(clip.parts, each["recording_id"], each["at_ms"]),
        )
        for each in rows(tx, _QUESTIONS, {"viewer": viewer_id, "limit": limit})
    )
