"""Shapes on the wire of briefs and their links."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.brief import DEFAULT_QUESTIONS, MAX_ANSWER, MAX_QUESTION, MAX_QUESTIONS, MAX_WANTED, Answers, Brief, Wish
from domain.clip import Expertise, Level
from domain.space import Space
from publish_api.schemas import In, Out, PersonRef, SpaceOut, Title
from store.brief_links import LIVES_FOR, MOST_DAYS, Device, Link

Question = Annotated[str, Field(max_length=MAX_QUESTION)]
Questions = Annotated[list[Question], Field(max_length=MAX_QUESTIONS)]
Wanted = Annotated[str, Field(max_length=MAX_WANTED)]
Answer = Annotated[str, Field(max_length=MAX_ANSWER)]


class BriefOut(Out):
    id: str
    title: str
    wanted: str = Field(description="What is wanted, and why: lines of text.")
    questions: list[str] = Field(description="To be shown one at a time while recording.")
    audience: str = Field(description="Whom it is for, where that is known already.")
    prerequisites: str = Field(description="What to know before.")
    kind: Expertise | None
    level: Level | None
    space: SpaceOut = Field(description="Where what is sent for it will be.")
    author: str
    version: int
    created_at: datetime
    closed_at: datetime | None
    recordings: int | None = Field(description="Sent for it, without refused ones; for those who curate its space.")
    refused: int | None = Field(description="Besides: what could not be used, or was here already. For the same.")

    @classmethod
    def of(cls, brief: Brief, space: Space, *, curates: bool) -> "BriefOut":
        return cls(
            id=brief.public_id,
            title=brief.title,
            wanted=brief.wanted,
            questions=list(brief.questions),
            audience=brief.audience,
            prerequisites=brief.prerequisites,
            kind=brief.kind,
            level=brief.level,
            space=SpaceOut.of(space),
            author=brief.author,
            version=brief.version,
            created_at=brief.created_at,
            closed_at=brief.closed_at,
            recordings=brief.recordings if curates else None,
            refused=brief.refused if curates else None,
        )


class BriefIn(In):
    title: Title
    wanted: Wanted = ""
    questions: Questions = Field(default=list(DEFAULT_QUESTIONS), description="Left out: those that fit most tips.")
    audience: Answer = ""
    prerequisites: Answer = ""
    kind: Expertise | None = None
    level: Level | None = None
    space: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="Its id. Left out: the space of everybody."
    )

    def wish(self) -> Wish:
        answers = Answers(self.audience, self.prerequisites, self.kind, self.level)
        return Wish(self.title, self.wanted, tuple(self.questions), answers)


class BriefChange(In):
    """What is left out stays."""

    title: Title | None = None
    wanted: Wanted | None = None
    questions: Questions | None = None
    audience: Answer | None = None
    prerequisites: Answer | None = None
    kind: Expertise | None = Field(default=None, description="null: none.")
    level: Level | None = Field(default=None, description="null: none.")

    def over(self, was: Wish) -> Wish:
        """The wish with these changes."""
        return Wish(
            was.title if self.title is None else self.title,
            was.wanted if self.wanted is None else self.wanted,
            was.questions if self.questions is None else tuple(self.questions),
            Answers(
                was.answers.audience if self.audience is None else self.audience,
                was.answers.prerequisites if self.prerequisites is None else self.prerequisites,
                self.kind if "kind" in self.model_fields_set else was.answers.kind,
                self.level if "level" in self.model_fields_set else was.answers.level,
            ),
        )


class BriefLinkIn(In):
    person: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="The id of the one it is for. Left out: whoever opens it and says a name."
    )
    days: Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS)] = LIVES_FOR.days


class BriefLinkMade(Out):
    id: str
    url: str = Field(description="Shown this once. Whoever has it can answer the brief.")
    typed_url: str = Field(description="Another one, short enough to be typed off paper. Shown this once.")
    qr_svg: str = Field(description="The first as a QR code: an SVG element.")
    expires_at: datetime


class BriefDeviceOut(Out):
    id: str
    person: PersonRef
    device: str = Field(description="What its browser said of itself.")
    since: datetime
    stays: bool = Field(description="Signed out, it still sees what was sent from it, and takes that back.")

    @classmethod
    def of(cls, device: Device) -> "BriefDeviceOut":
        person = PersonRef(id=device.person_public_id, name=device.person)
        return cls(id=device.public_id, person=person, device=device.device, since=device.since, stays=device.stays)


class BriefLinkOut(Out):
    id: str
    person: PersonRef | None = Field(description="Null: for whoever opens it.")
    created_at: datetime
    expires_at: datetime
    devices: list[BriefDeviceOut] = Field(description="That it has signed in, the newest first.")

    @classmethod
    def of(cls, link: Link) -> "BriefLinkOut":
        person = PersonRef(id=link.person_public_id, name=link.person or "") if link.person_public_id else None
        return cls(
            id=link.public_id,
            person=person,
            created_at=link.created_at,
            expires_at=link.expires_at,
            devices=[BriefDeviceOut.of(device) for device in link.devices],
        )
