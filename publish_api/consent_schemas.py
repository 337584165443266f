"""Shapes on the wire of consent, and of takedowns."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from domain.consent import (
    MAX_CUTS,
    MAX_NAME,
    MAX_WORDS,
    Appearance,
    AppearsAs,
    Consent,
    How,
    Reason,
    Takedown,
    TakedownState,
)
from publish_api.reel_schemas import TouchedReelOut
from publish_api.schemas import In, Ms, Out

Words = Annotated[str, Field(max_length=MAX_WORDS)]


class AppearanceIn(In):
    """A name, or the id of a person with an account; the latter is for those who curate."""

    name: Annotated[str, Field(max_length=MAX_NAME)] | None = None
    person: str | None = Field(default=None, max_length=40)
    part: AppearsAs = AppearsAs.SEEN


class AppearanceOut(Out):
    id: str
    recording: str
    name: str
    person: str | None = Field(description="Null for somebody without an account.")
    part: AppearsAs
    state: Consent
    how: How | None = Field(description="How it was said; null while they are asked.")
    terms_version: int | None = Field(description="Of the words that were shown; 0: before there were any.")
    words: str = Field(description="What a curator noted with it.")
    asked_at: datetime
    said_at: datetime | None

    @classmethod
    def of(cls, found: Appearance) -> "AppearanceOut":
        return cls(
            id=found.public_id,
            recording=found.recording,
            name=found.name,
            person=found.person,
            part=found.part,
            state=found.state,
            how=found.how,
            terms_version=found.terms_version,
            words=found.words,
            asked_at=found.asked_at,
            said_at=found.said_at,
        )


class AgreementIn(In):
    words: Words = Field(default="", description="What it rests on: a signed paper and where it is kept.")


class ConsentLinkOut(Out):
    url: str = Field(description="For them alone: whoever opens it speaks for them. Shown once.")


class TakedownIn(In):
    clip_at_ms: Ms = Field(default=0, description="Where in the clip.")
    words: Words = ""


class CutIn(In):
    start_ms: Ms
    end_ms: Ms


class ResolutionIn(In):
    state: TakedownState = Field(
        description="`removed`: the recording is deleted. `cut`: these seconds are never published again. "
        "`kept`: what was taken out of view is back."
    )
    words: Words = Field(default="", description="What whoever asked reads. Needed to keep it.")
    cut: Annotated[list[CutIn], Field(max_length=MAX_CUTS)] = Field(
        default_factory=list, description="Of `cut`: in the recording's time."
    )


class TouchedOut(Out):
    id: str
    title: str
    published: bool = Field(description="Again, by now.")


class TakedownOut(Out):
    id: str
    recording: str | None = Field(description="Null once it was deleted.")
    title: str
    reason: Reason
    state: TakedownState
    about: str = Field(description='Whose consent it is, or who has left; empty for "I am in this".')
    raised_by: str = Field(description="Empty when it came by a consent link.")
    at_ms: int | None = Field(description="The second that was named, in the recording's time.")
    words: str
    raised_at: datetime
    clips: list[TouchedOut] = Field(description="Taken out of publication; those that you may see.")
    reels: list[TouchedReelOut] = Field(description="That had them, and are made anew without; those that you see.")
    resolved_at: datetime | None
    resolved_by: str
    answer: str
    cut: list[CutIn]
    backups_clear_on: date = Field(
        description="By when backups hold nothing of it: counted from its removal; before that, the earliest day."
    )

    @classmethod
    def of(cls, found: Takedown) -> "TakedownOut":
        return cls(
            id=found.public_id,
            recording=found.recording,
            title=found.title,
            reason=found.reason,
            state=found.state,
            about=found.about,
            raised_by=found.raised_by,
            at_ms=found.at_ms,
            words=found.words,
            raised_at=found.raised_at,
            clips=[TouchedOut(id=each.clip, title=each.title, published=each.published) for each in found.touched],
            reels=[TouchedReelOut.of(each) for each in found.reels],
            resolved_at=found.resolved_at,
            resolved_by=found.resolved_by,
            answer=found.answer,
            cut=[CutIn(start_ms=each.start_ms, end_ms=each.end_ms) for each in found.cut],
            backups_clear_on=found.backups_clear_on,
        )
