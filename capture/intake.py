"""Uploads, from the first request to the day they are kept elsewhere: what may happen to one, and when."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path
from typing import Protocol
from uuid import UUID

from capture.metadata import Metadata
from capture.quota import Allowance, allowance, demand_allowance
from capture.staging import Note, Staging
from capture.writer import Writer, no_room
from domain.errors import Conflict, Forbidden, Gone, NotFound, PassItOnError, TooMany, Unavailable
from domain.ids import is_public_id, public_id

log = logging.getLogger(__name__)

_ORPHANS_AFTER = timedelta(hours=1)
_SWEEP_EVERY = timedelta(minutes=10)
_PATIENCE_S = 30.0
_POLL_S = 0.05


@dataclass(frozen=True)
class FinishedUpload:
    """All bytes are on this machine's disk at `path`. Name, type and metadata are a stranger's text."""

    upload_id: str
    owner: UUID
    filename: str
    media_type: str
    byte_size: int
    path: Path
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class Past:
    """What an upload became that is noted here no more. `brief`: public id of the one it was sent for, or empty."""

    recording: str
    byte_size: int
    brief: str = ""


class Arrivals(Protocol):
    """Makes finished uploads recordings."""

    def arrive(self, upload: FinishedUpload) -> str:
        """The public id of the recording that this upload is.

        Called at least once for each, by any thread or process, and again after every doubt: the
        same upload_id is the same recording for ever. On a later call `path` may be gone already.
        What it raises is a reason to ask again later; the bytes stay. But for Gone: nothing is to be made of it.
        """
        ...


@dataclass(frozen=True)
class Upload:
    """How an upload stands. `recording`: the public id of what it has become, once it has."""

    id: str
    offset: int
    length: int | None
    metadata: Metadata
    expires_at: datetime | None  # None: it will not, all of it is here
    recording: str | None

    @property
    def finished(self) -> bool:
        return self.offset == self.length


class Intake:
    """Takes uploads in, on one folder of local disk that several server processes may share.

    All methods block (they touch the disk); call them in threads. `max_bytes` of one upload,
    `most_open` unfinished uploads a person, `free_floor` bytes that the disk always keeps free.
    An upload without news expires after `lives_for`; one that was kept elsewhere is remembered for
    `remembers_for`, and found by `past(upload_id, owner)` after that: a phone may come back much later
    and would send all of it again. `demand(owner, metadata)` raises Gone for an upload of which
    nothing would be made: what has come of it goes. `quota` bytes a person and day: see capture/quota.py.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int,
        arrivals: Arrivals,
        past: Callable[[str, UUID], Past | None] = lambda upload_id, owner: None,
        demand: Callable[[UUID, Mapping[str, str]], None] = lambda owner, metadata: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lives_for: timedelta = timedelta(days=7),
        remembers_for: timedelta = timedelta(days=1),
        most_open: int = 20,
        free_floor: int = 1024**3,
        quota: int = 50 * 1024**3,
    ) -> None:
        self.max_bytes = max_bytes
        self._staging = Staging(folder)
        self._arrivals = arrivals
        self._past = past
        self._demand = demand
        self._now = now
        self._lives_for = lives_for
        self._remembers_for = remembers_for
        self._most_open = most_open
        self._free_floor = free_floor
        self._quota = quota
        self._swept_at = now()

    def create(self, owner: UUID, length: int | None, metadata: Metadata) -> Upload:
        """A new upload without bytes.

        Raises TooMany (`too_many_uploads`, `quota_reached`), Unavailable (`no_room`), Gone (as `demand` does).
        """
        self._demand(owner, metadata.values)
        if self._now() - self._swept_at > _SWEEP_EVERY:
            self.sweep()
        with self._staging.one_at_a_time():
            demand_allowance(max(length or 0, 1), self._allowance(owner, metadata.values))
            if self._staging.free_bytes() - (length or 0) < self._free_floor:
                raise no_room()
            notes = (note for note in self._staging.notes() if note.owner == owner)
            unfinished = [note for note in notes if not self._is_finished(note)]
            if len(unfinished) >= self._most_open and not self._drop_an_empty_one(unfinished):
                raise TooMany(
                    f"You have {self._most_open} unfinished uploads. Finish or cancel one of them first.",
                    code="too_many_uploads",
                )
            note = Note(public_id(), owner, length, metadata.raw, metadata.values, self._now() + self._lives_for)
            self._staging.add(note)
        return self._upload(note)

    def find(self, upload_id: str, owner: UUID) -> Upload:
        """How an upload stands, without promising its offset.

        Raises NotFound (also for somebody else's), Gone (`upload_expired`).
        """
        return self._upload(self._note(upload_id, owner))

    def take(self, upload_id: str, owner: UUID, *, ask: bool = True) -> Writer | Upload | None:
        """One try, at once, to make the caller the upload's only writer; the Writer is to be closed.

        An Upload: it has become a recording, there is nothing to write. None: somebody else writes
        and has been asked to let go; try again soon. Raises as `find` does, and as `settle` does.
        """
        note = self._note(upload_id, owner)
        if note.over:
            return self._with_recording(note)
        try:
            part = self._staging.lock(upload_id)
        except FileNotFoundError as cause:
            note = self._note(upload_id, owner)  # again: its bytes may be kept elsewhere since
            if not note.over:
                raise _nothing_there() from cause
            return self._with_recording(note)
        if part is None:
            if ask:
                self._staging.want(upload_id)
            return None
        try:
            self._staging.tidy(upload_id)
            note = self._note(upload_id, owner)  # again: whoever held the lock may have changed it
            if not note.over:
                self._demand_wanted(note)
                return self._writer(note, part)
        except BaseException:
            part.close()
            raise
        part.close()
        return self._with_recording(note)

    def settle(self, writer: Writer) -> Upload:
        """Puts what was written on the disk for good, so that its offset can be promised.

        An upload that is whole becomes a recording. Raises Unavailable (`not_arrived`) when that
        cannot be at the moment: nothing is lost, ask again; and Gone when nothing is to be made of it: its
        bytes are gone.
        """
        writer.sync()
        if not self._is_finished(writer.note):
            renewed = self._now() + self._lives_for
            if renewed - writer.note.expires_at > self._lives_for / 100:  # not a note for every request
                writer.change(replace(writer.note, expires_at=renewed))
        elif writer.note.recording is None:
            try:
                writer.change(replace(writer.note, recording=self._arrive(writer.note)))
            except Gone:
                writer.drop()
                raise
        return self._upload(writer.note)

    def cancel(self, writer: Writer) -> None:
        """Removes an upload and its bytes. Raises Forbidden once it is whole: then they are a recording's."""
        if self._is_finished(writer.note):
            raise already_arrived()
        writer.drop()

    def path(self, upload_id: str) -> Path:
        """Where the bytes of a finished upload lie, until `forget`."""
        return self._staging.path(upload_id)

    def arrived(self) -> tuple[str, ...]:
        """Uploads that became recordings and whose bytes still lie here: what a kill before `forget` leaves."""
        return tuple(note.upload_id for note in self._staging.notes() if note.recording is not None and not note.kept)

    def forget(self, upload_id: str) -> None:
        """Removes the bytes, which are kept elsewhere now. The upload is remembered for a client that asks again.

        Fine to call again, and for uploads that are not known. Waits for a request that holds the
        upload; raises Conflict (`upload_busy`) when that takes longer than an arrival may.
        """
        for _ in range(int(_PATIENCE_S / _POLL_S)):
            note = self._staging.note(upload_id)
            if note is None or note.kept:
                return
            try:
                lock = self._staging.lock(upload_id)
            except FileNotFoundError:  # another call was quicker, or somebody has removed the file
                note = self._staging.note(upload_id)
                if note is not None and not note.kept:
                    self._staging.save(replace(note, kept=True, expires_at=self._now() + self._remembers_for))
                return
            if lock is not None:
                with lock:
                    note = self._staging.note(upload_id) or note
                    self._staging.save(replace(note, kept=True, expires_at=self._now() + self._remembers_for))
                    self._staging.drop_bytes(upload_id)
                return
            time.sleep(_POLL_S)
        raise busy()

    def recover(self) -> int:
        """At start-up, and whenever there is time: uploads that are whole and became nothing become recordings.

        Returns how many did. Those that cannot now, or that a request is at work on, wait for the
        next call or for their client to ask.
        """
        arrived = 0
        for note in list(self._staging.notes()):
            try:
                arrived += self._recovered(note)
            except PassItOnError:
                pass
            except OSError:  # of one file: the others are not to wait for it
                log.warning("upload %s cannot be looked at", note.upload_id, exc_info=True)
        self.sweep()
        return arrived

    def _recovered(self, note: Note) -> bool:
        if note.over or not self._is_finished(note):
            return False
        writer = self.take(note.upload_id, note.owner, ask=False)
        if not isinstance(writer, Writer):
            return False
        with writer:
            return self.settle(writer).recording is not None

    def sweep(self) -> None:
        """Removes what has expired, and what a kill has left half made or half removed."""
        now = self._swept_at = self._now()
        for note in list(self._staging.notes()):
            try:
                self._sweep_one(note, now)
            except OSError:  # of one file: the others are not to wait for it
                log.warning("upload %s cannot be swept", note.upload_id, exc_info=True)
        self._staging.drop_orphans(now - _ORPHANS_AFTER)

    def _sweep_one(self, note: Note, now: datetime) -> None:
        if note.kept:
            self._staging.drop_bytes(note.upload_id)
            if note.expires_at < now:
                self._staging.drop(note.upload_id)
        elif self._is_expired(note, now):
            try:
                lock = self._staging.lock(note.upload_id)
            except FileNotFoundError:  # no bytes: nobody can be writing them
                self._staging.drop(note.upload_id)
                return
            if lock is not None:
                with lock:
                    # Again: a request may have renewed it before the lock was ours.
                    if (fresh := self._staging.note(note.upload_id)) and self._is_expired(fresh, now):
                        self._staging.drop(note.upload_id)

    def _demand_wanted(self, note: Note) -> None:
        """Call with the upload's lock."""
        try:
            self._demand(note.owner, note.metadata)
        except Gone:
            self._staging.drop(note.upload_id)
            raise

    def _writer(self, note: Note, part: FileIO) -> Writer:
        counted = note.length is not None and self._staging.size(note.upload_id) != 0
        return Writer(
            self._staging,
            note,
            part,
            max_bytes=self.max_bytes,
            free_floor=self._free_floor,
            allowance=None if counted else self._allowance(note.owner, note.metadata, besides=note.upload_id),
        )

    def _allowance(self, owner: UUID, metadata: Mapping[str, str], *, besides: str = "") -> Allowance:
        return allowance(self._staging, owner, self._quota, brief=metadata.get("brief", ""), besides=besides)

    def _drop_an_empty_one(self, unfinished: Sequence[Note]) -> bool:
        """Makes room by the oldest upload without a byte: it stays behind where the answer to a creation was lost."""
        for note in sorted(unfinished, key=lambda note: note.expires_at):
            with suppress(FileNotFoundError):
                lock = self._staging.lock(note.upload_id) if self._staging.size(note.upload_id) == 0 else None
                if lock is not None:
                    with lock:
                        if self._staging.size(note.upload_id) == 0:
                            self._staging.drop(note.upload_id)
                            return True
        return False

    def _note(self, upload_id: str, owner: UUID) -> Note:
        note = self._staging.note(upload_id)
        if note is None or (note.kept and note.expires_at < self._now()):
            note = self._past_note(upload_id, owner)
        if note is None or note.owner != owner:
            raise _nothing_there()
        if self._is_expired(note, self._now()):
            raise Gone("This upload was left for too long and is gone. Start it again.", code="upload_expired")
        return note

    def _past_note(self, upload_id: str, owner: UUID) -> Note | None:
        if not is_public_id(upload_id) or (past := self._past(upload_id, owner)) is None:
            return None
        said = {"brief": past.brief} if past.brief else {}
        return Note(upload_id, owner, past.byte_size, "", said, self._now(), past.recording, kept=True)

    def _is_finished(self, note: Note) -> bool:
        return note.over or (note.length is not None and self._staging.size(note.upload_id) == note.length)

    def _is_expired(self, note: Note, now: datetime) -> bool:
        """What is whole does not expire: it has been promised."""
        return note.expires_at < now and not self._is_finished(note)

    def _upload(self, note: Note) -> Upload:
        finished = self._is_finished(note)
        offset = note.length if finished else self._staging.size(note.upload_id)
        return Upload(
            note.upload_id,
            offset or 0,
            note.length,
            Metadata(note.raw_metadata, note.metadata),
            None if finished else note.expires_at,
            note.recording,
        )

    def _with_recording(self, note: Note) -> Upload:
        """Of an upload that is over. Its note lacks the recording where a kill came between arriving and noting."""
        if note.recording is None:
            note = replace(note, recording=self._arrive(note))
            self._staging.save(note)
        return self._upload(note)

    def _arrive(self, note: Note) -> str:
        assert note.length is not None
        finished = FinishedUpload(
            note.upload_id,
            note.owner,
            note.metadata.get("filename", ""),
            note.metadata.get("filetype", ""),
            note.length,
            self.path(note.upload_id),
            note.metadata,
        )
        try:
            return self._arrivals.arrive(finished)
        except Gone:
            raise
        except Exception as cause:
            # Whatever it was, it is not the client's doing, and the client hears a sentence only:
            # the reason is for whoever runs the server.
            log.warning("upload %s is whole and could not become a recording", note.upload_id, exc_info=True)
            raise Unavailable(
                "Your recording is safe here, but we cannot go on with it at the moment. "
                "There is nothing you have to do; ask again in a minute.",
                code="not_arrived",
            ) from cause


def busy() -> Conflict:
    return Conflict("Another request is still writing to this upload. Try again in a few seconds.", code="upload_busy")


def already_arrived() -> Forbidden:
    return Forbidden(
        "This upload is whole and has become a recording. Delete the recording instead.", code="already_arrived"
    )


def _nothing_there() -> NotFound:
    return NotFound("There is no such upload. Start it again.", code="upload_not_found")
