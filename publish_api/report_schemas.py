"""Shapes on the wire of reports, and of the log of what was done."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from domain.deed import Deed, DeedAbout, Entry
from domain.report import MAX_WORDS, Case, Outcome, Reason, Report, ReportAbout
from publish_api.comment_schemas import VoiceOut
from publish_api.schemas import In, Ms, Out

Words = Annotated[str, Field(max_length=4 * MAX_WORDS)]  # said in the product's words when over MAX_WORDS


class ReportIn(In):
    reason: Reason = Field(description="`wrong`: or dangerous; a comment of the kind `correction` reaches more people.")
    words: Words = Field(default="", description="In your own words; needed with `other`.")


class ClipReportIn(ReportIn):
    clip_at_ms: Ms | None = Field(default=None, description="The second that is meant, in the clip's time.")


class SettlementIn(In):
    outcome: Outcome = Field(description="A comment is `removed`, a clip `withdrawn`; either can be `dismissed`.")
    words: Words = Field(default="", description="Whoever reported it reads them; needed with `dismissed`.")


class ReportOut(Out):
    id: str
    about: ReportAbout
    thing: str = Field(description="The comment, or the clip.")
    clip: str
    clip_title: str
    reason: Reason
    words: str
    clip_at_ms: int | None
    made_at: datetime
    by: str = Field(description="For a moderator who has looked it up; else empty.")
    outcome: Outcome | None = Field(description="Null: it waits.")
    answer: str
    settled_at: datetime | None

    @classmethod
    def of(cls, report: Report) -> "ReportOut":
        return cls(
            id=report.public_id,
            about=report.about,
            thing=report.thing,
            clip=report.clip,
            clip_title=report.title,
            reason=report.reason,
            words=report.words,
            clip_at_ms=report.at_ms,
            made_at=report.made_at,
            by=report.by,
            outcome=report.outcome,
            answer=report.answer,
            settled_at=report.settled_at,
        )


class CaseOut(Out):
    about: ReportAbout
    thing: str = Field(description="The comment, or the clip.")
    clip: str
    clip_title: str
    clip_at_ms: int | None = Field(description="Null: of the whole clip, or of a second that it shows no more.")
    author: str = Field(description="Of the comment, or who speaks in the clip.")
    text: str = Field(description="Of the comment; also once it was removed, while it is kept.")
    voice: VoiceOut | None = Field(description="Of a comment that was spoken, while it stands.")
    own: bool = Field(description="Your own words: somebody else settles it.")
    stands: bool = Field(description="The comment is there, the clip is published.")
    removed_at: datetime | None
    kept_until: datetime | None = Field(description="Until when a removed comment can be given back.")
    reports: list[ReportOut]

    @classmethod
    def of(cls, case: Case, day: date) -> "CaseOut":
        """`day`, UTC: of the address of a sound."""
        return cls(
            about=case.about,
            thing=case.thing,
            clip=case.clip,
            clip_title=case.title,
            clip_at_ms=case.at_ms,
            author=case.author,
            text=case.text,
            voice=VoiceOut.of(case.voice, day) if case.voice else None,
            own=case.own,
            stands=case.stands,
            removed_at=case.removed_at,
            kept_until=case.kept_until,
            reports=[ReportOut.of(each) for each in case.reports],
        )


class EntryOut(Out):
    at: datetime
    by: str | None = Field(description="Null: the house, when something was due.")
    by_id: str | None
    act: Deed
    about: DeedAbout
    about_id: str
    whose: str | None = Field(description="Whose words, clip or rights; null also where a name is hidden.")
    whose_id: str | None
    space: str | None
    words: str

    @classmethod
    def of(cls, entry: Entry) -> "EntryOut":
        return cls(
            at=entry.at,
            by=entry.by,
            by_id=entry.by_id,
            act=entry.deed,
            about=entry.about,
            about_id=entry.about_id,
            whose=entry.whose,
            whose_id=entry.whose_id,
            space=entry.space,
            words=entry.words,
        )
