"""Questions that were asked without a name: who looked up whose they are, and why."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.comment import Comment, Unmasking, checked_why
from domain.deed import Deed, DeedAbout
from domain.errors import Invalid
from domain.ids import uuid7
from store import act_log
from store.postgres import Tx, rows
from store.text import one_line


def unmask(tx: Tx, asked: Comment, person_id: UUID, why: str, now: datetime) -> None:
    """From now on this person reads who asked. Each time is kept, and the asker is shown it.

    Raises Invalid (`not_masked`, or of the reason).
    """
    if not asked.masked or asked.reply_to is not None:
        raise Invalid("This was said under its author’s name: there is nothing to look up.", code="not_masked")
    tx.execute(
        "insert into unmasking (id, comment_id, person_id, why, made_at) values (%s, %s, %s, %s, %s)",
        [uuid7(), asked.id, person_id, checked_why(one_line(why)), now],
    )
    about, space_id = asked.public_id, asked.space_id
    act_log.note(tx, Deed.UNMASKED, DeedAbout.COMMENT, about, by=person_id, now=now, space_id=space_id, words=why)


def of(tx: Tx, comment_ids: Sequence[UUID]) -> dict[UUID, tuple[Unmasking, ...]]:
    """Of comments whose log the reader may see, the newest first."""
    made: dict[UUID, list[Unmasking]] = {}
    for each in rows(
        tx,
        "select u.comment_id, p.name as by, u.why, u.made_at from unmasking u join person p on p.id = u.person_id"
        " where u.comment_id = any(%s) order by u.id desc",
        [list(comment_ids)],
    ) if comment_ids else ():  # fmt: skip
        made.setdefault(each.pop("comment_id"), []).append(Unmasking(**each))
    return {key: tuple(each) for key, each in made.items()}
