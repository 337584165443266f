# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Reports of comments and clips, and how they are settled.

Who moderates a space reads them, grouped by what they are about; who reported, only after looking that up, which is
written down. Who reported something reads what became of it.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from domain.clip import Clip
from domain.comment import Comment
from domain.deed import Deed, DeedAbout
from domain.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany
from domain.ids import is_public_id, public_id, uuid7
from domain.notice import About, NoticeKind
from domain.report import (
    MAX_WAITING,
    Case,
    Outcome,
    Reason,
    Report,
    ReportAbout,
    Reported,
    checked_answer,
    checked_report,
)
from store import act_log, comments, notices, removals
from store.clip_changes import withdraw
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, row, rows
from store.sight import AUTHOR, OWN_CLIP, SEES_CLIP
from store.text import clean
from store.voices import SPOKEN, voice_from

_FROM = """from report x left join comment m on m.id = x.comment_id
    join clip c on c.id = coalesce(x.clip_id, m.clip_id)"""
_CURATED = """coalesce(m.space_id, c.space_id) = any(array(
    select v.space_id from viewer_space v where v.person_id = %(viewer)s and v.curates))"""
# Whose words the report `x` is about, %(viewer)s': said by them, or in a recording that they sent or speak in.
_OWN = f"case when m.id is not null then m.author_id = %(viewer)s else {OWN_CLIP} end"
_REPORT = f"""x.public_id, case when m.id is null then 'clip' else 'comment' end as about,
    coalesce(m.public_id, c.public_id) as thing, c.public_id as clip,
    case when {SEES_CLIP} then c.title else '' end as title,
    x.reason, x.words, x.at_ms, x.made_at, x.outcome, x.answer, x.settled_at"""
_THING = "coalesce(x.comment_id, x.clip_id)"
# Where the comment `m` is in the clip `c`, in the clip's time.
_CLIP_MS = """(select m.at_ms - p.start_ms + coalesce((select sum(b.end_ms - b.start_ms)::int from clip_part b
        where b.clip_id = p.clip_id and b.position < p.position), 0)
    from clip_part p where p.clip_id = c.id and p.recording_id = m.recording_id and m.at_ms >= p.start_ms
        and m.at_ms < p.end_ms order by p.position limit 1)"""


def report_comment(tx: Tx, said: Comment, person_id: UUID, reason: Reason, words: str, now: datetime) -> str:
    """The report's public id. Raises Invalid (`own_words`, or of the words), Gone, Conflict (`reported_already`),
    TooMany.
    """
    if said.deleted_at is not None:
        raise Gone("This comment is gone already.")
    if said.author_id == person_id:
        raise Invalid("These are your own words. Take them back, or edit them.", code="own_words")
    return _add(tx, person_id, reason, words, now, comment_id=said.id)


def report_clip(
    tx: Tx, clip: Clip, person_id: UUID, reason: Reason, words: str, now: datetime, *, at_ms: int | None = None
) -> str:
    """As `report_comment`; `at_ms`: in the clip's time."""
    return _add(tx, person_id, reason, words, now, clip_id=clip.id, at_ms=at_ms)


def _add(
    tx: Tx,
    person_id: UUID,
    reason: Reason,
    words: str,
    now: datetime,
    *,
    comment_id: UUID | None = None,
    clip_id: UUID | None = None,
    at_ms: int | None = None,
) -> str:
    words = checked_report(reason, clean(words))
    waiting = row(tx, "select count(*) as n from report where by_id = %s and outcome is null", [person_id])
    if waiting is not None and waiting["n"] >= MAX_WAITING:
        raise TooMany(
            f"{MAX_WAITING} of your reports wait already. Talk to somebody in L&D directly.", code="too_many_reports"
        )
    name = public_id()
    added = tx.execute(
        "insert into report (id, public_id, comment_id, clip_id, by_id, reason, words, at_ms, made_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        [uuid7(), name, comment_id, clip_id, person_id, reason.value, words, at_ms, now],
    )
    if not added.rowcount:
        raise Conflict(
            "You have reported this, and it waits to be looked at. You read what becomes of it under Your reports.",
            code="reported_already",
        )
    return name


def own(tx: Tx, viewer_id: UUID, *, cursor: str | None = None, limit: int = 30) -> Page[Report]:
    """What one has reported, the newest first. Raises Invalid (`bad_cursor`)."""
    limit = limited(limit)
    found = rows(
        tx,
        f"select x.id, {_REPORT} {_FROM} where x.by_id = %(viewer)s"
        " and (%(last)s::uuid is null or x.id < %(last)s) order by x.id desc limit %(limit)s",
        {"viewer": viewer_id, "last": after(cursor, UUID)[0] if cursor else None, "limit": limit + 1},
    )
    return cut_page(found, limit, _report, ["id"])


def one_of_own(tx: Tx, public_id: str, viewer_id: UUID) -> Report:
    """Raises NotFound."""
    found = row(
        tx,
        f"select {_REPORT} {_FROM} where x.public_id = %(id)s and x.by_id = %(viewer)s",
        {"id": public_id, "viewer": viewer_id},
    )
    if found is None:
        raise NotFound("There is no such report, or it is not yours to see.")
    return _report(found)


def cases(tx: Tx, viewer_id: UUID, *, settled: bool = False, cursor: str | None = None, limit: int = 20) -> Page[Case]:
    """What was reported in the spaces that the viewer moderates: what waits, the longest waiting first; or what is
    settled, the latest reported first. Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    which, order, behind = ("not null", "desc", "<") if settled else ("null", "asc", ">")
    found = rows(
        tx,
        f"select thing, at from (select {_THING} as thing, (array_agg(x.id order by x.id {order}))[1] as at {_FROM}"
        f" where x.outcome is {which} and {_CURATED} group by 1) each"
        f" where %(last)s::uuid is null or at {behind} %(last)s order by at {order} limit %(limit)s",
        {"viewer": viewer_id, "last": after(cursor, UUID)[0] if cursor else None, "limit": limit + 1},
    )
    built = _cases(tx, [each["thing"] for each in found[:limit]], viewer_id, which)
    return cut_page(found, limit, lambda each: built[each["thing"]], ["at"])


def waiting(tx: Tx, viewer_id: UUID) -> int:
    """How many things wait, of all that `cases` lists."""
    found = row(
        tx,
        f"select count(distinct {_THING}) as things {_FROM} where x.outcome is null and {_CURATED}",
        {"viewer": viewer_id},
    )
    return int(found["things"]) if found else 0


def reported(tx: Tx, public_id: str, viewer_id: UUID) -> Reported:
    """What a report is about, in a space that the viewer moderates: else NotFound."""
    found = None
    if is_public_id(public_id):
        found = row(
            tx,
            f"select x.comment_id, c.id as clip_id, {_OWN} as own {_FROM} where x.public_id = %(id)s and {_CURATED}",
            {"id": public_id, "viewer": viewer_id},
        )
    if found is None:
        raise NotFound("There is no such report, or it is not yours to see.")
    return Reported(**found)


def settle(tx: Tx, public_id: str, viewer_id: UUID, outcome: Outcome, *, answer: str, now: datetime) -> None:
    """Settles all that waits about the same thing, does what was decided, and tells who reported it.

    What is gone already is not removed again. Raises NotFound, Forbidden (`own_words`), Conflict (`already_settled`),
    Invalid (of the answer).
    """
    about = reported(tx, public_id, viewer_id)
    answer = checked_answer(outcome, ReportAbout.COMMENT if about.comment_id else ReportAbout.CLIP, clean(answer))
    if about.own:
        raise Forbidden("This is about words of your own. Somebody else settles it.", code="own_words")
    clip_id = None if about.comment_id else about.clip_id
    open_ones = rows(
        tx,
        "select id, public_id, by_id from report where comment_id is not distinct from %s"
        " and clip_id is not distinct from %s and outcome is null order by id for update",
        [about.comment_id, clip_id],
    )
    if public_id not in {each["public_id"] for each in open_ones}:
        raise Conflict("Somebody settled this report already. Load the page again.", code="already_settled")
    _do(tx, about, outcome, public_id, viewer_id, answer, now)
    tx.execute(
        "update report set outcome = %s, answer = %s, settled_by = %s, settled_at = %s where id = any(%s)",
        [outcome.value, answer, viewer_id, now, [each["id"] for each in open_ones]],
    )
    for each in open_ones:
        told = About(thing=each["public_id"])
        notices.tell(tx, NoticeKind.REPORT, [each["by_id"]], told, by=viewer_id, now=now)


def read_reporter(tx: Tx, public_id: str, viewer_id: UUID, now: datetime) -> None:
    """From now on this moderator reads who reported it. Written down, once. Raises NotFound."""
    reported(tx, public_id, viewer_id)
    if act_log.done(tx, Deed.READ_REPORTER, public_id, viewer_id):
        return
    found = row(tx, f"select coalesce(m.space_id, c.space_id) as space_id {_FROM} where x.public_id = %s", [public_id])
    assert found is not None
    act_log.note(tx, Deed.READ_REPORTER, DeedAbout.REPORT, public_id, by=viewer_id, now=now, space_id=found["space_id"])


def _do(tx: Tx, about: Reported, outcome: Outcome, public_id: str, viewer_id: UUID, answer: str, now: datetime) -> None:
    found = row(
        tx,
        "select m.public_id as comment, m.deleted_at, m.masked, m.author_id, c.deleted_at as clip_deleted_at,"
        " coalesce(m.space_id, c.space_id) as space_id from clip c left join comment m on m.id = %s where c.id = %s",
        [about.comment_id, about.clip_id],
    )
    assert found is not None
    if outcome is Outcome.REMOVED and found["deleted_at"] is None:
        with suppress(NotFound):  # no clip shows it any more
            said = comments.comment(tx, found["comment"], viewer_id)
            removals.remove(tx, said, by=viewer_id, why=answer, now=now)
    elif outcome is Outcome.WITHDRAWN and found["clip_deleted_at"] is None:
        withdraw(tx, about.clip_id, viewer_id, now, why=answer)
    elif outcome is Outcome.DISMISSED:
        whose = None if found["masked"] else found["author_id"]
        act_log.note(
            tx,
            Deed.DISMISSED_REPORT,
            DeedAbout.REPORT,
            public_id,
            by=viewer_id,
            now=now,
            whose=whose,
            space_id=found["space_id"],
            words=answer,
        )


def _cases(tx: Tx, things: Sequence[UUID], viewer_id: UUID, which: str) -> dict[UUID, Case]:
    """By the ids of the comments and clips."""
    values = {"things": list(things), "viewer": viewer_id}
    told: dict[UUID, list[Report]] = {}
    for each in rows(
        tx,
        f"select {_THING} as id, {_REPORT}, case when exists (select from act_log l where l.about_id = x.public_id"
        f"   and l.act = '{Deed.READ_REPORTER}' and l.by_id = %(viewer)s) then who.name else '' end as by"
        f" {_FROM} join person who on who.id = x.by_id where {_THING} = any(%(things)s) and x.outcome is {which}"
        " order by x.id",
        values,
    ):
        told.setdefault(each["id"], []).append(_report(each))
    found = rows(
        tx,
        f"select distinct on ({_THING}) {_THING} as id, case when m.id is null then 'clip' else 'comment' end as about,"
        " coalesce(m.public_id, c.public_id) as thing, c.public_id as clip, c.title,"
        f" case when m.id is not null then {_CLIP_MS} else x.at_ms end as at_ms,"
        f" case when m.id is not null then {AUTHOR} else coalesce(speaker.name, '') end as author,"
        f" coalesce(nullif(m.text, ''), kept.text, '') as text, {SPOKEN} as voice,"
        f" coalesce({_OWN}, false) as own, m.removed_at, kept.kept_until,"
        " case when m.id is null then c.published_at is not null and c.deleted_at is null"
        "  else m.deleted_at is null end as stands"
        f" {_FROM} left join person a on a.id = m.author_id left join comment_kept kept on kept.comment_id = m.id"
        " left join lateral (select s.name from clip_part p join recording r on r.id = p.recording_id"
        "   join person s on s.id = r.speaker_id where p.clip_id = c.id order by p.position limit 1) speaker on true"
        f" where {_THING} = any(%(things)s) order by {_THING}, x.id",
        values,
    )
    return {
        each.pop("id"): Case(
            **{**each, "about": ReportAbout(each["about"]), "voice": voice_from(each["voice"])},
            reports=tuple(told[thing]),
        )
        for each in found
        for thing in [each["id"]]
    }


def _report(found: Row) -> Report:
    outcome = found["outcome"]
    return Report(
        **{"by": ""}
        | {key: value for key, value in found.items() if key != "id"}
        | {
            "about": ReportAbout(found["about"]),
            "reason": Reason(found["reason"]),
            "outcome": None if outcome is None else Outcome(outcome),
        }
    )
