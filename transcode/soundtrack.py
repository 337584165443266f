"""One ffmpeg that makes a recording's sound rendition, watched as it writes."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from transcode.command import audio_arguments
from transcode.fragments import GrowingFile
from transcode.order import Fault, Order
from transcode.repack import Packed, SoundCutter


class Soundtrack:
    """All of the sound from the start on, a fragment for every keyframe, as far as it is written.

    `look` takes in what is new; it raises Fault when there are fewer or more fragments than
    keyframes, and Unavailable when ffmpeg failed.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self.done = False
        self._packed: list[Packed] = []
        arguments = audio_arguments(order.probe, order.whole, order.loudness, order.rest)
        with ExitStack() as stack:
            file = stack.enter_context(order.growing_file())
            self._growing = GrowingFile(file)
            self._cutter = SoundCutter(self._growing, order.whole)
            self.run = stack.enter_context(order.jail.start(arguments, order.source, [file], limits=order.limits))
            self._stack = stack.pop_all()

    def look(self) -> None:
        if self.done:
            return
        ended = not self.run.running()
        self._packed += self._cutter.new()
        if ended:
            self.run.finish()
            self._packed += self._cutter.rest()
            if self.fragments != len(self._order.whole.keys):
                raise Fault(f"sound: {self.fragments} fragments, not {len(self._order.whole.keys)}")
            self.done = True

    @property
    def fragments(self) -> int:
        return len(self._packed)

    def fragment(self, number: int) -> tuple[int, int, bytes]:
        """(start, ticks, bytes) of a fragment."""
        packed = self._packed[number]
        return packed.start, packed.ticks, packed.data

    @property
    def init(self) -> bytes:
        assert self._growing.init is not None
        return self._growing.init

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
