"""Shapes on the wire: what leaves, what may enter, and how domain values become them.

Here those of people and recordings; those of clips are in clip_schemas.py, of comments in comment_schemas.py,
of what is said in transcript_schemas.py.

Times at a moment are whole milliseconds (`_ms`), times of day ISO 8601 in UTC, estimates seconds.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from domain.clip import Expertise, Level
from domain.estimate import Workload, estimates
from domain.person import Named, Person, Role
from domain.recording import Film, Recording, Status, Step, StepState
from domain.space import Member, Space
from domain.title import MAX_TITLE

API = "/api/v1"

# The database keeps milliseconds in 32 bits: 24 days.
Ms = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Title = Annotated[str, Field(max_length=MAX_TITLE)]


class Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class Ready(Out):
    """What leaves by the dozen. It is made of values that are as they should be, as mypy has read, and each of its
    fields is given; so nothing is looked through when it is made, which took longer than to write it down.
    """

    if not TYPE_CHECKING:

        def __init__(self, **values: Any) -> None:
            put = object.__setattr__
            put(self, "__dict__", values)
            put(self, "__pydantic_fields_set__", values.keys())
            put(self, "__pydantic_extra__", None)
            put(self, "__pydantic_private__", None)


class In(BaseModel):
    """What is sent to us. A field we do not know is a misspelling, and is said so."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HealthOut(Out):
    status: str


# People


class Visibility(StrEnum):
    """Who sees what is in a space."""

    MEMBERS = "members"
    EVERYBODY = "everybody"  # only members are in it


class SpaceOut(Ready):
    id: str
    name: str
    downloads: bool = Field(description="Its published clips can be taken along.")
    unfurls: bool = Field(description="Links to its published clips show their titles in a chat.")
    visibility: Visibility

    @classmethod
    def of(cls, space: Space) -> "SpaceOut":
        return cls(
            id=space.public_id,
            name=space.name,
            downloads=space.downloads,
            unfurls=space.unfurls,
            visibility=Visibility.EVERYBODY if space.seen_by_all else Visibility.MEMBERS,
        )


class PersonRef(Ready):
    id: str
    name: str

    @classmethod
    def of(cls, person: Person | Named) -> "PersonRef":
        return cls(id=person.public_id, name=person.name)


class PersonOut(Out):
    id: str
    name: str
    role: Role

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        return cls(id=person.public_id, name=person.name, role=person.role)


class MemberOut(PersonOut):
    curates: bool = Field(description="This space. Those who curate every space, and admins, need not be members.")

    @classmethod
    def in_space(cls, member: Member) -> "MemberOut":
        found = member.person
        return cls(id=found.public_id, name=found.name, role=found.role, curates=member.curates)


class SpaceIn(In):
    name: str
    visibility: Visibility = Visibility.MEMBERS


class SpaceChange(In):
    """What is left out stays."""

    name: str | None = None
    downloads: Annotated[bool | None, Field(strict=True)] = None
    unfurls: Annotated[bool | None, Field(strict=True)] = None
    visibility: Visibility | None = None


class SpaceRef(In):
    space: Annotated[str, Field(max_length=40)] = Field(description="Its id.")


class MemberIn(In):
    curates: Annotated[bool, Field(strict=True)]


class PersonInFull(PersonOut):
    """For the person, and for those who look after people."""

    login: str
    email: str | None
    curates_all: bool | None = Field(
        description="Of a curator: every space, or those where a membership says so. Null for others."
    )
    self_named: bool = Field(description="Typed their name at a brief's link: nobody has looked who that is.")

    @classmethod
    def of(cls, person: Person) -> "PersonInFull":
        return cls(
            id=person.public_id,
            name=person.name,
            role=person.role,
            login=person.login,
            email=person.email,
            curates_all=person.curates_all if person.role is Role.CURATOR else None,
            self_named=person.self_named,
        )


class PersonChange(In):
    role: Role | None = None
    curates_all: Annotated[bool | None, Field(strict=True)] = Field(
        default=None, description="Of a curator: every space, or those where a membership says so."
    )


class PersonIn(In):
    login: str
    name: str
    role: Role = Role.LEARNER
    email: str | None = Field(default=None, max_length=254)


class LinkOut(Out):
    url: str = Field(description="Good once.")
    code: str = Field(description="8 digits, to be typed with the login name where a link cannot be opened.")
    expires_at: datetime


class SessionIn(In):
    """A sign-in link's token, or a login name and the code."""

    token: str | None = Field(default=None, max_length=200)
    login: str | None = Field(default=None, max_length=200)
    code: str | None = Field(default=None, max_length=40)


# Recordings


class ErrorOut(Out):
    code: str
    message: str

    @classmethod
    def maybe(cls, code: str | None, message: str | None) -> "ErrorOut | None":
        return None if code is None else cls(code=code, message=message or "")


class StepOut(Out):
    name: str
    state: StepState
    progress: float = Field(description="0 to 1.")
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    estimate_s: float | None = Field(description="Seconds until it is done; null while nothing can be said.")
    error: ErrorOut | None

    @classmethod
    def of(cls, step: Step, estimate_s: float | None = None) -> "StepOut":
        return cls(
            name=step.name,
            state=step.state,
            progress=step.progress,
            attempts=step.attempts,
            started_at=step.started_at,
            finished_at=step.finished_at,
            estimate_s=estimate_s,
            error=ErrorOut.maybe(step.error_code, step.error_message),
        )


class BriefRef(Out):
    id: str
    title: str


class RecordingOut(Out):
    id: str
    title: str
    filename: str
    status: Status
    created_at: datetime
    duration_ms: int | None
    language: str | None
    language_in_doubt: bool = Field(
        description="The speech engine guessed it, and is not sure: say which it is, and have it heard again."
    )
    version: int
    speaker: PersonRef
    space: SpaceOut
    brief: BriefRef | None = Field(description="That it answers.")
    audience: str = Field(description="Whom it is for.")
    prerequisites: str = Field(description="What to know before.")
    kind: Expertise | None
    level: Level | None
    sha256: str | None = Field(description="Of the file as it was sent, once it is kept.")
    original_gone_at: datetime | None = Field(
        description="Since when the file as it was sent is kept no longer. What was made of it stays."
    )
    damaged_ms: int = Field(description="Of the file, how much cannot be read. The picture stands still there.")
    damaged_at_ms: int | None = Field(description="Where that begins. Null where there is nothing of it.")
    film: Film | None = Field(
        description="Of a tip whose sound came first: where its film is. Null for all others. `refused`: its film "
        "could not be used (`refusal` says why); what its sound has become stays."
    )
    same_as: str | None = Field(description="Refused as `already_here`: the recording that has these bytes.")
    refusal: ErrorOut | None
    steps: list[StepOut]
    play_url: str
    poster_url: str

    @classmethod
    def of(
        cls,
        recording: Recording,
        speaker: Person,
        space: Space,
        now: datetime,
        workload: Workload,
        brief: tuple[str, str] | None = None,
        same_as: str | None = None,
    ) -> "RecordingOut":
        """`brief`: public id and title of the one it answers; `same_as`: public id of the one it repeats."""
        here = f"{API}/recordings/{recording.public_id}"
        done_in = estimates(recording, now, workload)
        return cls(
            id=recording.public_id,
            title=recording.title,
            filename=recording.filename,
            status=recording.status,
            created_at=recording.created_at,
            duration_ms=recording.probe.duration_ms if recording.probe else None,
            language=recording.language,
            language_in_doubt=recording.language_in_doubt,
            version=recording.version,
            speaker=PersonRef.of(speaker),
            space=SpaceOut.of(space),
            brief=BriefRef(id=brief[0], title=brief[1]) if brief else None,
            audience=recording.audience,
            prerequisites=recording.prerequisites,
            kind=recording.kind,
            level=recording.level,
            sha256=recording.sha256.hex() if recording.sha256 else None,
            original_gone_at=recording.original_gone_at,
            damaged_ms=recording.probe.damaged_ms if recording.probe else 0,
            damaged_at_ms=recording.probe.damaged_at_ms if recording.probe and recording.probe.damaged_ms else None,
            film=recording.film,
            same_as=same_as,
            refusal=ErrorOut.maybe(recording.refusal_code, recording.refusal_message),
            steps=[StepOut.of(step, done_in.get(step.name)) for step in recording.steps],
            play_url=f"{here}/play.m3u8",
            poster_url=f"{here}/poster.jpg",
        )


class RecordingChange(In):
    title: Title
