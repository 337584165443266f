"""One decode for every rendition, with the fragments given out while they are being written.

What enters: a file, its plan of keyframes, a ladder, and how much of it is listed already. What
leaves: batches of fragments (`Landed`), each ready to be put into one object a rendition and listed.

*A fragment is given out when every rendition has it*: the picture renditions, the stills that fall
into it, and the sound that belongs to it. So what is listed is always playable in every size, and a
run that was killed goes on at the first keyframe that is not listed yet. The sound is a run of its
own which always begins at the start (an AAC encoder that begins in the middle sounds different) and
costs little; its fragments are the same bytes each time, and those already listed are left out.

On a machine that is slow to render, the smallest picture is made first, to the end, with the stills and
the sound (`smallest_first`): it comes faster than it plays. Then the others, in one more decode.

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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from domain.errors import Unavailable
from domain.media import FragmentRun, KeyframePlan, Kind, Loudness, Probe, Rendition, Rest
from transcode import encoders, stills
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
    `seams`: fragment -> the MD5 of its first frame, where another render may meet this one.
    """

    inits: dict[str, tuple[str, bytes]]
    runs: dict[str, LandedRun]
    progress: float
    seams: dict[int, str] = field(default_factory=dict)


GoOn = Callable[[Sequence[Rendition], int], int]


def never() -> bool:
    return False


def smallest(renditions: Sequence[Rendition]) -> tuple[Rendition, ...]:
    """What is enough to play: of the pictures, in the order of the ladder, the last, and all that is no picture."""
    pictures = [r for r in renditions if r.kind is Kind.VIDEO]
    return tuple(r for r in renditions if r.kind is not Kind.VIDEO or r == pictures[-1])


def render(
    source: Path,
    probe: Probe,
    plan: KeyframePlan,
    renditions: Sequence[Rendition],
    *,
    loudness: Loudness | None,
    jail: Jail,
    work: Path,
    rest: Rest | None = None,
    until: int | None = None,
    listed: Mapping[str, int] | None = None,
    smallest_first: bool = False,
    seek: bool = True,
    seams: Sequence[int] = (),
    go_on: GoOn | None = None,
    stop: Callable[[], bool] = never,
) -> Iterator[Landed]:
    """Renders what is not listed yet; ends when all of it was given out, or when `stop` says so.

    `work` is a folder for growing files, on a disk with room for all renditions; they are removed.
    `rest`: the plan's head was heard, and perhaps given out, before the rest; `loudness` is the head's.
    `until`: only the fragments before this one; the plan may change after it.
    `seams`: fragments with which another render may begin. `go_on(renditions, fragment)` is asked before these
    pictures are made from that fragment on, and says up to which they are, itself if not at all; the sound is
    made to its end all the same. `seek` False reads from the file's start.
    `listed` is the number of contiguous fragments listed, by rendition name. Polls `stop` about
    twenty times a second. Closing the generator kills what runs. Raises Refused (`damaged`), Unavailable.
    """
    work.mkdir(parents=True, exist_ok=True)
    wanted = plan if until is None else plan.beginning(until)
    limits = Limits(
        wall_s=60 + _SLOWEST * plan.duration_ms / 1000,
        memory_bytes=min(jail.limits.memory_bytes, _memory(probe) + encoders.memory_bytes(renditions)),
        file_bytes=jail.limits.file_bytes,
    )
    order = Order(source, probe, wanted, plan, tuple(renditions), loudness, rest, jail, work, limits, tuple(seams))
    with ExitStack() as stack:
        rendering = _Rendering(order, dict(listed or {}), stack, smallest_first=smallest_first, seek=seek, go_on=go_on)
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

    def __init__(
        self,
        order: Order,
        listed: Mapping[str, int],
        stack: ExitStack,
        *,
        smallest_first: bool,
        seek: bool,
        go_on: GoOn | None,
    ) -> None:
        self._order, self._stack, self._smallest_first = order, stack, smallest_first
        self._go_on, self._limit, self._handed_over = go_on, order.fragments, False
        self._at = {r.name: min(listed.get(r.name, 0), order.fragments) for r in order.pictures}
        self._stills_at = listed.get(order.stills.name, 0) if order.stills else 0
        self._sound_given = min(listed.get(order.audio.name, 0), order.fragments) if order.audio else order.fragments
        self._seams_given: set[int] = set()
        self._any_given = False
        self._once_more = False
        self._given = order.fragments
        self._pictures: Pictures | None = None
        self._sound: Soundtrack | None = None
        self._begin_pictures(seek=seek)
        if self._sound_given < order.fragments:
            self._sound = stack.enter_context(Soundtrack(order))

    @property
    def given_out(self) -> bool:
        if self._sound_given < self._order.fragments:
            return False
        return self._handed_over or (self._given == self._order.fragments and not self._missing())

    def _begin_pictures(self, *, seek: bool = True) -> None:
        """Sets off a decode for the renditions that are to be made next, if any are."""
        if self._pictures is not None:
            self._pictures.close()
        made = self._missing()
        if not made:
            return
        self._given = self._limit = self._first_missing(made)
        if self._ends(made):
            return
        self._pictures = self._stack.enter_context(Pictures(self._order, made, first=self._given, seek=seek))

    def _ends(self, made: Sequence[Rendition]) -> bool:
        """Whether somebody else makes what would come next."""
        self._limit = self._go_on(made, self._limit) if self._go_on else self._order.fragments
        self._handed_over = self._limit == self._given
        return self._handed_over

    def _missing(self) -> tuple[Rendition, ...]:
        """What lacks something, as far as it is made in one go."""
        order = self._order
        pictures = [r for r in order.pictures if self._at[r.name] < order.fragments]
        if self._smallest_first and order.pictures and order.pictures[-1] in pictures:
            pictures = [order.pictures[-1]]
        if order.stills is None or self._stills_at >= self._stills_before(order.fragments):
            return tuple(pictures)
        return (*(pictures or order.pictures[-1:]), order.stills)

    @property
    def _making(self) -> Pictures | None:
        return None if self._handed_over else self._pictures

    def look(self) -> None:
        """Takes in what has been written meanwhile, and checks it."""
        if self._sound is not None:
            with _refused("sound"):
                self._sound.look()
        if self._making is not None:
            with _refused("pictures"):
                self._look_at_pictures(self._making)
            if self._given == self._order.fragments:
                if self._missing():
                    self._begin_pictures()
            elif self._given == self._limit and self._pictures is not None and self._ends(self._pictures.made):
                self._pictures.close()
        self._pace()

    def _pace(self) -> None:
        """Lets the sound wait for the pictures, or it would take a core from the first of them."""
        if self._sound is None or self._sound.done:
            return
        waits_for = self._given if self._making is not None and not self._making.done else self._order.fragments
        ready = self._sound_ready(self._sound)
        ahead = ready > waits_for and self._length_s(waits_for, ready) > _AHEAD_S
        self._sound.run.hold(ahead or ready == self._order.fragments)

    def _look_at_pictures(self, pictures: Pictures) -> None:
        try:
            pictures.look()
        except (Fault, ValueError, Unavailable) as error:
            if self._once_more or (isinstance(error, Unavailable) and not is_the_files_fault(error)):
                raise
            self._once_more = True
            self._begin_pictures(seek=False)

    def wait(self) -> None:
        """Until something may have been written: a moment, or until ffmpeg ends."""
        for part in (self._making, self._sound):
            if part is not None and not part.done:
                part.run.wait(_POLL_S)
                return

    def batch(self) -> Landed | None:
        """The next fragments that may be given out; None when there are none yet."""
        runs: dict[str, LandedRun] = {}
        if self._making is not None:
            runs |= self._picture_runs(self._making)
        if self._sound is not None:
            runs |= self._sound_run(self._sound, with_picture=bool(runs))
        if not runs:
            return None
        self._any_given = True
        return Landed(self._inits(runs), runs, self._progress(), self._new_seams())

    def _first_missing(self, made: Sequence[Rendition]) -> int:
        """The fragment to go on with: the first that one of these pictures lacks, or in which a still is missing."""
        order = self._order
        first = min(self._at[r.name] for r in made if r in order.pictures)
        if order.stills in made:
            missing = stills.frame(self._stills_at, order.plan)
            first = min(first, bisect_right(order.plan.keys, missing) - 1)
        return first

    def _picture_runs(self, pictures: Pictures) -> dict[str, LandedRun]:
        begin, end = self._given, self._presentable(pictures)
        runs = {}
        for r in pictures.made:
            if r == self._order.stills:
                first, last = max(self._stills_before(begin), self._stills_at), self._stills_before(end)
                if first < last:
                    shown = range(first, last)
                    runs[r.name] = _run(first, [(n * stills.TICKS, stills.TICKS, pictures.still(n)) for n in shown])
                    self._stills_at = last
            elif (first := max(begin, self._at[r.name])) < end:
                runs[r.name] = _run(first, [pictures.fragment(r.name, n) for n in range(first, end)])
                self._at[r.name] = end
        self._given = end
        return runs

    def _presentable(self, pictures: Pictures) -> int:
        """The number of the first fragment that may not be given out yet."""
        begin = self._given
        end = min(self._within(begin, pictures.fragments, _MOST_S), self._limit)
        if self._sound is not None and not self._sound.done:
            end = min(end, self._sound.fragments)
        while end > begin and not pictures.knows_seam(end):
            end -= 1
        while end > begin and self._order.stills in pictures.made and self._stills_before(end) > pictures.stills:
            end -= 1
        much = not self._any_given or end == self._limit or self._length_s(begin, end) >= _BATCH_S
        return end if end > begin and much else begin

    def _sound_run(self, sound: Soundtrack, *, with_picture: bool) -> dict[str, LandedRun]:
        """All the sound that is there; without a picture beside it, only when that is much."""
        assert self._order.audio is not None
        begin = self._sound_given
        end = self._within(begin, self._sound_ready(sound), _MOST_SOUND_S)
        if end <= begin:
            return {}
        if not with_picture:
            if self._making is not None and self._given < self._order.fragments:
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

    def _new_seams(self) -> dict[int, str]:
        known = {} if self._pictures is None else self._pictures.seams
        new = {n: md5 for n, md5 in known.items() if n <= self._given and n not in self._seams_given}
        self._seams_given |= new.keys()
        return new

    def _sound_ready(self, sound: Soundtrack) -> int:
        return min(sound.fragments, self._order.fragments)

    def _progress(self) -> float:
        ends = (0, *self._order.ends)
        done = [ends[at] for at in self._at.values()] or [ends[self._sound_given]]
        return sum(done) / len(done) / self._order.plan.frames

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
