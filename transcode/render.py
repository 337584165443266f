"""One decode for every rendition, with the fragments given out while they are being written.

What enters: a file, its plan of keyframes, a ladder, and how much of it is listed already. What
leaves: batches of fragments (`Landed`), each ready to be put into one object a rendition and listed.

*A fragment is given out when every rendition has it*: the picture renditions, the stills that fall
into it, and the sound that belongs to it. So what is listed is always playable in every size, and a
run that was killed goes on at the first keyframe that is not listed yet. The sound is a run of its
own which always begins at the start (an AAC encoder that begins in the middle sounds different) and
costs little; its fragments are the same bytes each time, and those already listed are left out.

The end: the grid is filled to exactly `plan.frames`. A picture that ends before that (sound that
goes on, a container that rounds) stands still; one that would go on is cut there; the sound is as
long as the picture. So every fragment has the length that the plan says, the last one too. That a
file breaks off is found by the probe, which has read all of its packets when the plan is made.

Checked before anything is given out: each fragment begins at its keyframe with a frame that can be
decoded alone, and has as many frames as the plan says. A fault in the pictures is answered by reading
from the file's start once more; the second is the file's own, and it is Refused (`damaged`).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from domain.errors import Unavailable
from domain.media import FragmentRun, KeyframePlan, Loudness, Probe, Rendition
from transcode import stills
from transcode.damage import refusal
from transcode.fragments import codec
from transcode.jail import Jail, Limits, is_the_files_fault
from transcode.order import Fault, Order
from transcode.pictures import Pictures
from transcode.soundtrack import Soundtrack

_POLL_S = 0.05
_BATCH_S = 8  # seconds of picture in one object, but for the first and the last
_MOST_S = 32  # seconds in one batch when the caller is slower than the encoders: it is held in memory
_MOST_SOUND_S = 300  # of sound, in the same way
_AHEAD_S = 2 * _BATCH_S  # that the sound may be before the pictures: enough for the next batch
_SLOWEST = 60  # times real time that rendering may take
# What ffmpeg may have: its threads' stacks and four encoders, then a decoder that holds twenty pictures and
# filters that hold some more, in HDR with floats.
_MEMORY_BYTES = 5 << 28
_MEMORY_A_PIXEL = 160


@dataclass(frozen=True)
class LandedRun:
    """Fragments that lie end to end in `data`, beginning at its first byte."""

    run: FragmentRun
    data: bytes


@dataclass(frozen=True)
class Landed:
    """A batch that may be listed at once. `inits`: rendition name -> (codec, init segment).

    `inits` names every rendition of `runs` but the stills, which have none. `progress` from 0 to 1.
    """

    inits: dict[str, tuple[str, bytes]]
    runs: dict[str, LandedRun]
    progress: float


def never() -> bool:
    return False


def render(
    source: Path,
    probe: Probe,
    plan: KeyframePlan,
    renditions: Sequence[Rendition],
    *,
    loudness: Loudness | None,
    jail: Jail,
    work: Path,
    listed: Mapping[str, int] | None = None,
    stop: Callable[[], bool] = never,
) -> Iterator[Landed]:
    """Renders what is not listed yet; ends when all of it was given out, or when `stop` says so.

    `work` is a folder for growing files, on a disk with room for all renditions; they are removed.
    `listed` is the number of contiguous fragments listed, by rendition name. Polls `stop` about
    twenty times a second. Closing the generator kills what runs. Raises Refused (`damaged`), Unavailable.
    """
    work.mkdir(parents=True, exist_ok=True)
    limits = Limits(
        wall_s=60 + _SLOWEST * plan.duration_ms / 1000,
        memory_bytes=min(jail.limits.memory_bytes, _memory(probe)),
        file_bytes=jail.limits.file_bytes,
    )
    order = Order(source, probe, plan, tuple(renditions), loudness, jail, work, limits)
    with ExitStack() as stack:
        rendering = _Rendering(order, dict(listed or {}), stack)
        while not stop():
            rendering.look()
            landed = rendering.batch()
            if landed is not None:
                yield landed
            elif rendering.given_out:
                return
            else:
                rendering.wait()


def _memory(probe: Probe) -> int:
    return _MEMORY_BYTES + _MEMORY_A_PIXEL * probe.width * probe.height * (2 if probe.hdr else 1)


class _Rendering:
    """What runs, and how much of it has been given out. Everything in numbers of the plan's fragments."""

    def __init__(self, order: Order, listed: Mapping[str, int], stack: ExitStack) -> None:
        self._order, self._listed, self._stack = order, listed, stack
        self._any_given = False
        self._once_more = False
        self._given = self._first_missing() if order.pictures else order.fragments
        self._sound_given = listed.get(order.audio.name, 0) if order.audio else order.fragments
        self._pictures: Pictures | None = None
        self._sound: Soundtrack | None = None
        if self._given < order.fragments:
            self._pictures = stack.enter_context(Pictures(order, first=self._given, seek=True))
        if self._sound_given < order.fragments:
            self._sound = stack.enter_context(Soundtrack(order))

    @property
    def given_out(self) -> bool:
        return self._given == self._sound_given == self._order.fragments

    def look(self) -> None:
        """Takes in what has been written meanwhile, and checks it."""
        if self._sound is not None:
            with _refused("sound"):
                self._sound.look()
        if self._pictures is not None:
            with _refused("pictures"):
                self._look_at_pictures(self._pictures)
        self._pace()

    def _pace(self) -> None:
        """Lets the sound wait for the pictures, or it would take a core from the first of them."""
        if self._sound is None or self._sound.done:
            return
        waits_for = self._given if self._pictures is not None and not self._pictures.done else self._order.fragments
        ready = self._sound.fragments
        self._sound.run.hold(ready > waits_for and self._length_s(waits_for, ready) > _AHEAD_S)

    def _look_at_pictures(self, pictures: Pictures) -> None:
        try:
            pictures.look()
        except (Fault, ValueError, Unavailable) as error:
            if self._once_more or (isinstance(error, Unavailable) and not is_the_files_fault(error)):
                raise
            self._once_more = True
            pictures.close()
            self._pictures = self._stack.enter_context(Pictures(self._order, first=self._given, seek=False))

    def wait(self) -> None:
        """Until something may have been written: a moment, or until ffmpeg ends."""
        for part in (self._pictures, self._sound):
            if part is not None and not part.done:
                part.run.wait(_POLL_S)
                return

    def batch(self) -> Landed | None:
        """The next fragments that may be given out; None when there are none yet."""
        runs: dict[str, LandedRun] = {}
        if self._pictures is not None:
            runs |= self._picture_runs(self._pictures)
        if self._sound is not None:
            runs |= self._sound_run(self._sound, with_picture=bool(runs))
        if not runs:
            return None
        self._any_given = True
        return Landed(self._inits(runs), runs, self._progress())

    def _first_missing(self) -> int:
        """The fragment to go on with: the first that a picture rendition lacks, or in which a still is missing."""
        order = self._order
        first = min(self._listed.get(r.name, 0) for r in order.pictures)
        if order.stills is not None:
            missing = stills.frame(self._listed.get(order.stills.name, 0), order.plan)
            if missing < order.plan.frames:
                first = min(first, bisect_right(order.plan.keys, missing) - 1)
        return first

    def _picture_runs(self, pictures: Pictures) -> dict[str, LandedRun]:
        begin, end = self._given, self._presentable(pictures)
        runs = {}
        for r in self._order.pictures:
            first = max(begin, self._listed.get(r.name, 0))
            if first < end:
                runs[r.name] = _run(first, [pictures.fragment(r.name, n) for n in range(first, end)])
        if self._order.stills is not None:
            name = self._order.stills.name
            first = max(self._stills_before(begin), self._listed.get(name, 0))
            if first < self._stills_before(end):
                shown = range(first, self._stills_before(end))
                runs[name] = _run(first, [(n * stills.TICKS, stills.TICKS, pictures.still(n)) for n in shown])
        self._given = end
        return runs

    def _presentable(self, pictures: Pictures) -> int:
        """The number of the first fragment that may not be given out yet."""
        begin = self._given
        end = self._within(begin, pictures.fragments, _MOST_S)
        if self._sound is not None and not self._sound.done:
            end = min(end, self._sound.fragments)
        while end > begin and self._order.stills is not None and self._stills_before(end) > pictures.stills:
            end -= 1
        much = not self._any_given or end == self._order.fragments or self._length_s(begin, end) >= _BATCH_S
        return end if end > begin and much else begin

    def _sound_run(self, sound: Soundtrack, *, with_picture: bool) -> dict[str, LandedRun]:
        """All the sound that is there; without a picture beside it, only when that is much."""
        assert self._order.audio is not None
        begin = self._sound_given
        end = self._within(begin, sound.fragments, _MOST_SOUND_S)
        if end <= begin:
            return {}
        if not with_picture:
            if self._given < self._order.fragments:
                return {}
            if self._any_given and end < self._order.fragments and self._length_s(begin, end) < _BATCH_S:
                return {}
        self._sound_given = end
        return {self._order.audio.name: _run(begin, [sound.fragment(n) for n in range(begin, end)])}

    def _inits(self, runs: Mapping[str, LandedRun]) -> dict[str, tuple[str, bytes]]:
        inits = {}
        for r in self._order.pictures:
            if self._pictures is not None and r.name in runs:
                inits[r.name] = self._pictures.init(r.name)
        if self._sound is not None and self._order.audio is not None and self._order.audio.name in runs:
            inits[self._order.audio.name] = self._sound.init
        return {name: (codec(init), init) for name, init in inits.items()}

    def _progress(self) -> float:
        number = self._given if self._order.pictures else self._sound_given
        return (0, *self._order.ends)[number] / self._order.plan.frames

    def _within(self, begin: int, end: int, most_s: int) -> int:
        """The end of at most so many seconds from `begin` on, but at least of one fragment."""
        while end > begin + 1 and self._length_s(begin, end) > most_s:
            end -= 1
        return end

    def _length_s(self, begin: int, end: int) -> float:
        plan = self._order.plan
        return float((self._order.ends[end - 1] - plan.keys[begin]) / plan.fps)

    def _stills_before(self, fragment: int) -> int:
        return stills.before((0, *self._order.ends)[fragment], self._order.plan)


def _run(first: int, fragments: Sequence[tuple[int, int, bytes]]) -> LandedRun:
    starts, ticks, data = zip(*fragments, strict=True)
    return LandedRun(FragmentRun(first, starts, ticks, tuple(len(d) for d in data)), b"".join(data))


@contextmanager
def _refused(what: Literal["sound", "pictures"]) -> Iterator[None]:
    """What a file is to blame for becomes a refusal: it would end in the same way however often it is tried."""
    try:
        yield
    except (Fault, ValueError) as fault:
        fault.add_note(f"{what}: {fault}")
        raise refusal(what, fault) from fault
    except Unavailable as error:
        if is_the_files_fault(error):
            raise refusal(what, error) from error
        raise
