"""One ffmpeg that decodes a recording once and writes every picture rendition of it, watched as it writes."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import BinaryIO, Self

from domain.media import VIDEO_TIMESCALE, Kind, Rendition
from transcode import stills
from transcode.command import video_arguments
from transcode.fragments import GrowingFile, Written
from transcode.order import Fault, Order

_MOST_SAID = 1 << 20  # of seams: 80 bytes each
# Of the decoder, the filters and each encoder. Four encoders keep more cores than that busy; more
# threads in each cost memory, and a little quality.
_THREADS = max(2, min(4, len(os.sched_getaffinity(0))))


class Pictures:
    """The fragments of some renditions from number `first` of the plan to its end, as far as they are written.

    `look` takes in what is new and raises Fault for the first fragment that is not as planned, and
    Unavailable when ffmpeg failed. `seams`: the MD5 of the first frame of a fragment, by its number.
    """

    def __init__(self, order: Order, renditions: Sequence[Rendition], *, first: int, seek: bool) -> None:
        self._order, self._first = order, first
        self.made = tuple(renditions)
        key = order.plan.keys[first]
        self.done = False
        self._stills: stills.StillFile | None = None
        self._growing: dict[str, GrowingFile] = {}
        self._written: dict[str, list[Written]] = {}
        self.seams: dict[int, str] = {}
        self._seams = {order.whole.keys[n]: n for n in order.seams if first <= n <= order.fragments}
        # An output without a single picture is an error to ffmpeg, now and then: in what is left there may be no still.
        stills_left = stills.before(order.plan.frames, order.plan) > stills.before(key, order.plan)
        seen = [r for r in renditions if r.kind is Kind.VIDEO or (r.kind is Kind.STILLS and stills_left)]
        with ExitStack() as stack:
            files = [stack.enter_context(order.growing_file()) for _ in range(len(seen) + bool(self._seams))]
            self._md5 = files[-1] if self._seams else None
            for rendition, file in zip(seen, files, strict=False):
                if rendition.kind is Kind.STILLS:
                    self._stills = stills.StillFile(file, stills.before(key, order.plan))
                else:
                    self._growing[rendition.name] = GrowingFile(file)
                    self._written[rendition.name] = []
            arguments = video_arguments(
                order.probe,
                order.plan,
                seen,
                first=key,
                seek=seek,
                threads=_THREADS,
                loudness=order.loudness,
                seen=tuple(self._seams),
            )
            self.run = stack.enter_context(order.jail.start(arguments, order.source, files, limits=order.limits))
            self._stack = stack.pop_all()

    def look(self) -> None:
        if self.done:
            return
        ended = not self.run.running()  # asked before reading, so that nothing is missed
        for name, growing in self._growing.items():
            for written in growing.new():
                self._check(name, written)
                self._written[name].append(written)
        if self._stills is not None:
            self._stills.look()
        if self._md5 is not None and len(self.seams) < len(self._seams):
            self._look_at_seams(self._md5)
        if ended:
            self.run.finish()
            self._check_end()
            self.done = True

    @property
    def fragments(self) -> int:
        """The number after the last fragment that every rendition has."""
        return self._first + min(len(written) for written in self._written.values())

    def fragment(self, name: str, number: int) -> tuple[int, int, bytes]:
        """(start, ticks, bytes) of a fragment by its number in the plan."""
        written = self._written[name][number - self._first]
        return written.start, written.ticks, self._growing[name].read(written.offset, written.size)

    def init(self, name: str) -> bytes:
        init = self._growing[name].init
        assert init is not None
        return init

    @property
    def stills(self) -> int:
        """The number after the last still that is there, or that there will ever be."""
        return (
            self._stills.end if self._stills is not None else stills.before(self._order.plan.frames, self._order.plan)
        )

    def still(self, number: int) -> bytes:
        assert self._stills is not None
        return self._stills.read(number)

    def knows_seam(self, number: int) -> bool:
        """Whether all is known of where a fragment begins: nothing, if no other render begins there."""
        return self.done or number in self.seams or number not in self._seams.values()

    def close(self) -> None:
        self._stack.close()

    def _look_at_seams(self, file: BinaryIO) -> None:
        """A line a frame: stream, decoding and presentation time, length, size, MD5."""
        said = os.pread(file.fileno(), _MOST_SAID, 0).decode("ascii", errors="replace")
        for line in said[: said.rfind("\n") + 1].splitlines():
            if not line.startswith("#"):
                fields = [field.strip() for field in line.split(",")]
                self.seams[self._seams[int(fields[2])]] = fields[5]

    def _check(self, name: str, written: Written) -> None:
        number = self._first + len(self._written[name])
        if number >= self._order.fragments:
            raise Fault(f"{name}: more fragments than keyframes")
        tick = VIDEO_TIMESCALE / self._order.plan.fps
        key, end = self._order.plan.keys[number], self._order.ends[number]
        if written.start != key * tick:
            raise Fault(f"{name}: fragment {number} starts at frame {float(written.start / tick)}, not {key}")
        if written.frames != end - key or written.ticks != (end - key) * tick:
            raise Fault(f"{name}: fragment {number} has {written.frames} frames, not {end - key}")
        if not written.sync:
            raise Fault(f"{name}: fragment {number} does not begin with a keyframe")

    def _check_end(self) -> None:
        if self.fragments != self._order.fragments:
            raise Fault(f"{self.fragments} fragments, not {self._order.fragments}")
        if self._stills is not None and self.stills < stills.before(self._order.plan.frames, self._order.plan):
            raise Fault(f"only {self.stills} stills")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
