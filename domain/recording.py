"""A recording and the steps that turn it into clips."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.clip import Expertise, Level
from domain.media import Probe


class StepState(StrEnum):
    WAITING = "waiting"  # for the steps before it
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Step:
    """One step of a recording's way. `progress` runs from 0 to 1."""

    name: str
    state: StepState
    progress: float
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    error_code: str | None
    error_message: str | None


class Status(StrEnum):
    """Where a recording is, in one word."""

    WORKING = "working"
    READY = "ready"
    REFUSED = "refused"  # this file cannot become clips; says why
    FAILED = "failed"  # we could not; can be tried again
    DELETED = "deleted"


class Film(StrEnum):
    """What is known of the film of a tip whose sound has come first (see store/joining.py)."""

    AWAITED = "awaited"  # it is on a phone still
    GIVEN_UP = "given_up"  # its sound stays a voice tip; were it to come after all, it is welcome
    CAME = "came"  # and has taken the sound's place
    REFUSED = "refused"  # it came and could not be used (`refusal_message`); what the sound has become stays


DOUBTED = 0.5  # an engine that is less sure of the language than this has guessed


@dataclass(frozen=True)
class Recording:
    id: UUID
    public_id: str
    upload_id: str
    space_id: UUID
    uploader_id: UUID
    speaker_id: UUID
    title: str
    filename: str  # a stranger's text
    media_type: str  # a stranger's text
    byte_size: int
    created_at: datetime
    version: int
    media_key: bytes  # 32 bytes; media URLs are signed with it, withdrawal changes it
    language: str | None
    sha256: bytes | None
    original_key: str | None  # in the object store, once kept
    probe: Probe | None
    refusal_code: str | None
    refusal_message: str | None
    deleted_at: datetime | None
    steps: tuple[Step, ...] = ()
    brief_id: UUID | None = None  # that it answers
    audience: str = ""  # whom it is for
    prerequisites: str = ""  # what to know before
    kind: Expertise | None = None
    level: Level | None = None
    same_as: UUID | None = None  # refused: its uploader has sent these bytes before, as that recording
    despite: bool = False  # and wants this one all the same
    original_gone_at: datetime | None = None  # it was kept for as long as this server is set to keep originals
    named: bool = False  # a person gave it its title; else that is its brief's, or its file's name
    film: Film | None = None  # None: it never was two uploads
    film_bytes: int | None = None  # of one that is awaited, as the phone says
    language_certainty: float | None = None  # 0 to 1, of the engine that found it out; None: it was said

    @property
    def language_in_doubt(self) -> bool:
        """Whether somebody should say which language it is."""
        return self.language_certainty is not None and self.language_certainty < DOUBTED

    @property
    def status(self) -> Status:
        if self.deleted_at is not None:
            return Status.DELETED
        if self.film is Film.REFUSED:  # what hangs on its sound goes on
            return Status.READY
        if self.refusal_code is not None:
            return Status.REFUSED
        states = {s.state for s in self.steps}
        if StepState.FAILED in states:
            return Status.FAILED
        return Status.READY if states == {StepState.DONE} else Status.WORKING
