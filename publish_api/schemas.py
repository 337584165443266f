"""Shapes on the wire: what leaves, what may enter, and how domain values become them.

Here those of people and recordings; those of clips and comments are in clip_schemas.py.

Times at a moment are whole milliseconds (`_ms`), times of day ISO 8601 in UTC, estimates seconds.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.media import Listening
from domain.person import Person, Role
from domain.recording import Recording, Status, Step, StepState
from domain.space import Member, Space
from domain.title import MAX_TITLE
from domain.transcript import Transcript

API = "/api/v1"

# The database keeps milliseconds in 32 bits: 24 days.
Ms = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Title = Annotated[str, Field(max_length=MAX_TITLE)]


class Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class In(BaseModel):
    """What is sent to us. A field we do not know is a misspelling, and is said so."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HealthOut(Out):
    status: str


# People


class SpaceOut(Out):
    id: str
    name: str

    @classmethod
    def of(cls, space: Space) -> "SpaceOut":
        return cls(id=space.public_id, name=space.name)


class PersonRef(Out):
    id: str
    name: str

    @classmethod
    def of(cls, person: Person) -> "PersonRef":
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


class MemberIn(In):
    curates: Annotated[bool, Field(strict=True)]


class PersonInFull(PersonOut):
    """For the person, and for those who look after people."""

    login: str
    email: str | None
    curates_all: bool | None = Field(
        description="Of a curator: every space, or those where a membership says so. Null for others."
    )

    @classmethod
    def of(cls, person: Person) -> "PersonInFull":
        return cls(
            id=person.public_id,
            name=person.name,
            role=person.role,
            login=person.login,
            email=person.email,
            curates_all=person.curates_all if person.role is Role.CURATOR else None,
        )


class PersonChange(In):
    curates_all: Annotated[bool, Field(strict=True)]


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
    def of(cls, step: Step, now: datetime) -> "StepOut":
        return cls(
            name=step.name,
            state=step.state,
            progress=step.progress,
            attempts=step.attempts,
            started_at=step.started_at,
            finished_at=step.finished_at,
            estimate_s=estimate_s(step, now),
            error=ErrorOut.maybe(step.error_code, step.error_message),
        )


def estimate_s(step: Step, now: datetime) -> float | None:
    """Seconds a running step still needs, if it goes on as fast as it went so far.

    None for its first twentieth: what a step does at its start is not what it does later.
    """
    if step.state is not StepState.RUNNING or step.started_at is None or not 0.05 < step.progress <= 1:
        return None
    gone = max((now - step.started_at).total_seconds(), 0)
    return round(gone * (1 - step.progress) / step.progress, 1)


class RecordingOut(Out):
    id: str
    title: str
    filename: str
    status: Status
    created_at: datetime
    duration_ms: int | None
    language: str | None
    version: int
    speaker: PersonRef
    space: SpaceOut
    refusal: ErrorOut | None
    steps: list[StepOut]
    play_url: str
    poster_url: str

    @classmethod
    def of(cls, recording: Recording, speaker: Person, space: Space, now: datetime) -> "RecordingOut":
        here = f"{API}/recordings/{recording.public_id}"
        return cls(
            id=recording.public_id,
            title=recording.title,
            filename=recording.filename,
            status=recording.status,
            created_at=recording.created_at,
            duration_ms=recording.probe.duration_ms if recording.probe else None,
            language=recording.language,
            version=recording.version,
            speaker=PersonRef.of(speaker),
            space=SpaceOut.of(space),
            refusal=ErrorOut.maybe(recording.refusal_code, recording.refusal_message),
            steps=[StepOut.of(step, now) for step in recording.steps],
            play_url=f"{here}/play.m3u8",
            poster_url=f"{here}/poster.jpg",
        )


class RecordingChange(In):
    title: Title


class WordOut(Out):
    text: str
    start_ms: int
    end_ms: int
    probability: float


class SentenceOut(Out):
    text: str
    start_ms: int
    end_ms: int


class PauseOut(Out):
    start_ms: int
    end_ms: int


class TranscriptOut(Out):
    language: str
    engine: str
    model: str
    words: list[WordOut]
    sentences: list[SentenceOut]
    pauses: list[PauseOut]
    keyframes: list[int] = Field(description="Milliseconds at which a clip can be cut without an encode.")

    @classmethod
    def of(cls, transcript: Transcript, listening: Listening | None) -> "TranscriptOut":
        return cls(
            language=transcript.language,
            engine=transcript.engine,
            model=transcript.model,
            words=[WordOut(**asdict(word)) for word in transcript.words],
            sentences=[SentenceOut(**asdict(sentence)) for sentence in transcript.sentences],
            pauses=[PauseOut(**asdict(pause)) for pause in listening.pauses] if listening else [],
            keyframes=list(listening.plan.key_ms) if listening else [],
        )
