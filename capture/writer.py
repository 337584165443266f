"""The one writer of an upload: appends what is allowed, verifies what has a checksum, takes back what is refused."""

import ctypes
import errno
import hashlib
import os
from dataclasses import replace
from io import FileIO
from types import TracebackType
from typing import Self

from capture import tus
from capture.metadata import Metadata, said_anew
from capture.quota import Allowance, demand_allowance
from capture.staging import Note, Staging
from domain.errors import Invalid, Unavailable

_COPY = 1 << 20  # bytes at a time
_WRITE_OUT = 1 << 20  # bytes that have come before the disk begins with them
_SYNC_FILE_RANGE_WRITE = 2  # include/uapi/linux/fs.h
_FALLOC_FL_KEEP_SIZE = 1  # include/uapi/linux/falloc.h
_libc = ctypes.CDLL(None)


class Writer:
    """Holds an upload's lock until closed. One call at a time; they may come from different threads.

    For each request with bytes: `begin`, `write` as they come, then `end` when all have come, or
    `break_off` when no more will. Until the upload is settled (intake.settle) no offset is promised.

    `allowance`: what quotas leave for all of the upload; None when it was counted before.
    """

    def __init__(
        self,
        staging: Staging,
        note: Note,
        part: FileIO,
        *,
        max_bytes: int,
        free_floor: int,
        allowance: Allowance | None,
    ) -> None:
        self.note = note
        self._staging = staging
        self._part = part
        self._max_bytes = max_bytes
        self._free_floor = free_floor
        self._allowance = allowance
        self._start = os.fstat(part.fileno()).st_size
        self._came = 0  # bytes of this request
        self._expected = 0  # bytes that it says will come
        self._reserved = 0  # of these, that have their room on the disk already
        self._written_out = 0  # up to here the disk has begun
        self._append = tus.Append(note.length, 0, None)
        self._side: FileIO | None = None

    def begin(self, patch: tus.Patch) -> None:
        """Raises all that can be said against a request before its first byte.

        See tus.allow, demand_allowance, no_room.
        """
        self._start = os.fstat(self._part.fileno()).st_size
        self._append = tus.allow(patch, offset=self._start, length=self.note.length, max_bytes=self._max_bytes)
        self._came = 0
        self._expected = patch.body.size or 0
        self._reserved = 0
        self._written_out = self._start
        self._demand_allowance(self._append.length or self._start + (patch.body.size or 0))
        self._demand_room((patch.body.size or 0) * (2 if self._append.checksum else 1))
        if self._append.checksum is not None:
            self._side = FileIO(self._staging.path(self.note.upload_id, ".side"), "w+")
            self._digest = hashlib.new(self._append.checksum.algorithm, usedforsecurity=False)

    def write(self, *data: bytes) -> None:
        """Raises TooLarge, having taken back all of this request; TooMany and Unavailable, having kept what came."""
        size = sum(len(chunk) for chunk in data)
        if self._came + size > self._append.most:
            self._take_back()
            raise tus.too_long(self._append.most)
        self._demand_allowance(self._start + self._came + size)
        if not self._came and self._side is None:
            self._reserve(self._expected)
        if self._came + size > self._reserved:  # the floor is for others: what is reserved is taken already
            self._demand_room(size)
        for chunk in data:
            if self._side is not None:
                self._digest.update(chunk)
                _write_all(self._side, chunk, self._came)
            else:
                _write_all(self._part, chunk, self._start + self._came)
            self._came += len(chunk)
        if self._side is None:
            self._begin_writing_out(self._start + self._came)

    def end(self) -> None:
        """All bytes of the request have come. Raises Invalid (`checksum_mismatch`), having kept none of them."""
        if self._side is not None:
            wanted = self._append.checksum
            if wanted is None or self._digest.digest() != wanted.digest:
                self._take_back()
                raise Invalid(
                    "These bytes were damaged on the way: their checksum is another. Nothing of them was kept; "
                    "send them again.",
                    code="checksum_mismatch",
                )
            self._append_side(self._side)
        self._keep_said()

    def break_off(self) -> None:
        """No more bytes will come. Those that did are kept, unless they had a checksum, now beyond checking.

        A length that came with bytes that did not all come counts bytes which their sender may lose
        before it comes again: it tells it anew with the rest (tus-js-client does so, too).
        """
        if self._side is not None:
            self._take_back()
            return
        if 0 < self._came < self._expected:
            os.ftruncate(self._part.fileno(), self._start + self._came)  # what was reserved for the rest
        if self._start + self._came == self._append.length:
            self._keep_said()

    def sync(self) -> None:
        """Returns when the bytes are on the disk for good. Raises Unavailable (`disk_failed`)."""
        try:
            os.fsync(self._part.fileno())
        except OSError as cause:
            # Which bytes are lost nobody can say, and the kernel tells only once: the next fsync would
            # succeed. The sender still has all of them, so none is promised any more. (A second name
            # is the object store's: it has synced these very bytes itself.)
            if os.fstat(self._part.fileno()).st_nlink == 1:
                os.ftruncate(self._part.fileno(), 0)
            raise Unavailable(
                "The server's disk could not keep what was sent, so this upload begins again. If that happens "
                "twice, tell whoever runs this server.",
                code="disk_failed",
            ) from cause

    def wanted(self) -> bool:
        """Whether somebody else asks for the upload. Let go soon: they wait."""
        return self._staging.is_wanted(self.note.upload_id)

    def change(self, note: Note) -> None:
        self._staging.save(note)
        self.note = note

    def drop(self) -> None:
        """Removes the upload."""
        self._staging.drop(self.note.upload_id)

    def close(self) -> None:
        self._drop_side()  # before the lock goes: the next writer may make its own
        self._part.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _reserve(self, size: int) -> None:
        """Has the file system find room for a long request at once: each write would look for some anew.

        The file's size, which is the offset, stays. Where that cannot be done, nothing is lost but time; for want of
        room, too: the write that finds none says so.
        """
        if size >= _WRITE_OUT:
            at, most = ctypes.c_int64(self._start), ctypes.c_int64(size)
            if _libc.fallocate(self._part.fileno(), _FALLOC_FL_KEEP_SIZE, at, most) == 0:
                self._reserved = size

    def _begin_writing_out(self, end: int) -> None:
        """Has the disk begin with the bytes before `end`, and does not wait for it.

        It promises nothing; `sync` does, and then finds little to do. The kernel by itself would gather
        gigabytes first.
        """
        if end - self._written_out >= _WRITE_OUT:
            at, size = ctypes.c_int64(self._written_out), ctypes.c_int64(end - self._written_out)
            _libc.sync_file_range(self._part.fileno(), at, size, _SYNC_FILE_RANGE_WRITE)
            self._written_out = end

    def _append_side(self, side: FileIO) -> None:
        """Copies verified bytes behind the others. A kill on the way leaves a true beginning of them."""
        copied = 0
        while copied < self._came:
            data = os.pread(side.fileno(), _COPY, copied)
            if not data:
                raise OSError(errno.EIO, "bytes that were put aside are gone")
            _write_all(self._part, data, self._start + copied)
            copied += len(data)
        self._drop_side()

    def _take_back(self) -> None:
        if os.fstat(self._part.fileno()).st_size != self._start:  # to cut at the very end would touch the file
            os.ftruncate(self._part.fileno(), self._start)
        self._came = 0
        self._append = replace(self._append, length=self.note.length, metadata=None)
        self._drop_side()

    def _drop_side(self) -> None:
        if self._side is not None:
            self._side.close()
            self._side = None
            self._staging.path(self.note.upload_id, ".side").unlink(missing_ok=True)

    def _keep_said(self) -> None:
        """What came with these bytes beside them; only now, because a refused request changes nothing."""
        note = replace(self.note, length=self._append.length)
        if self._append.metadata is not None:
            said = said_anew(Metadata(note.raw_metadata, note.metadata), self._append.metadata)
            note = replace(note, raw_metadata=said.raw, metadata=said.values)
        if note != self.note:
            self.change(note)

    def _demand_allowance(self, size: int) -> None:
        if self._allowance is not None:
            demand_allowance(size, self._allowance)

    def _demand_room(self, size: int) -> None:
        if self._staging.free_bytes() - size < self._free_floor:
            raise no_room()


def no_room() -> Unavailable:
    return Unavailable(
        "There is no room for more uploads at the moment. What has arrived is safe; go on later, "
        "and tell whoever runs this server.",
        code="no_room",
    )


def _write_all(file: FileIO, data: bytes, at: int) -> None:
    view = memoryview(data)
    try:
        while view:
            written = os.pwrite(file.fileno(), view, at)
            view, at = view[written:], at + written
    except OSError as cause:
        if cause.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_room() from cause
        raise
