"""What is known of a recording's pictures and sound, and of what was made from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from domain.seen import Seen
from domain.transcript import Pause

VIDEO_TIMESCALE = 120_000  # ticks a second: divides by 24, 25, 30, 50, 60 and their 1000/1001 kin
AUDIO_TIMESCALE = 48_000  # ticks a second: one a sample
STILLS_TIMESCALE = 1_000  # ticks a second: one a millisecond
PEAK_MS = 100  # for each there is a byte that says how loud it is: so a pause of 0.3 s, the shortest cut at, is seen


@dataclass(frozen=True)
class Probe:
    """What the file says of itself, checked by decoding. Width and height are as shown (rotated)."""

    container: str
    duration_ms: int
    width: int  # 0 without video, and so is height
    height: int
    rotation: int  # degrees clockwise that a player has to turn the coded picture: 0, 90, 180, 270
    mirrored: bool
    fps: Fraction  # of the output grid; 25 when there is no video
    begins_ms: int  # the first video frame's time
    hdr: str | None  # "hlg", "pq" or None
    video_codec: str | None
    audio_codec: str | None
    audio_index: int | None  # index among the file's *audio* streams of the one that is heard
    audio_channels: int
    filmed_fps: float = 0.0  # pictures a second as they lie in the file, on average; 0 without video
    tracks: int = 0  # of every kind: pictures, sound, captions, attached files
    chapters: int = 0
    gap_ms: int = 0  # the longest time in which the file brings neither a picture nor sound
    matrix_unsaid: bool = False  # whether the file leaves open how its colours are coded
    screen: bool = False  # filmed by no camera: letters, lines and flat areas
    damaged_at_ms: int = 0  # where what cannot be read begins, if ...
    damaged_ms: int = 0  # ... there is anything of that in it: how much, all in all
    interlaced: bool = False  # whether its frames are of two moments, one in every other line

    @property
    def has_video(self) -> bool:
        return self.video_codec is not None

    @property
    def has_audio(self) -> bool:
        return self.audio_index is not None


@dataclass(frozen=True)
class Loudness:
    """EBU R 128 integrated loudness (LUFS) and true peak (dBTP) of a whole recording."""

    integrated_lufs: float
    true_peak_dbtp: float


@dataclass(frozen=True)
class Rest:
    """How loud a recording is after its head, from `from_ms` on. None: not known yet, or nothing is heard there."""

    from_ms: int
    loudness: Loudness | None = None


@dataclass(frozen=True)
class KeyframePlan:
    """Where every rendition's keyframes lie: numbers of frames on one grid of `fps` frames a second.

    Frame k is shown at k / fps seconds of recording time. The first is 0, they rise, all are less
    than `frames`. Made once a recording from its pauses; outlives every later model and ladder.
    """

    fps: Fraction
    frames: int
    keys: tuple[int, ...]

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.keys, self.keys[1:], strict=False))
        if not self.keys or self.keys[0] != 0 or not rising or self.keys[-1] >= self.frames:
            raise ValueError("keyframes start at 0, rise, and lie within the recording")

    def ms(self, frame: int) -> int:
        """When a frame is shown, in whole milliseconds of recording time."""
        return round(frame * 1000 / self.fps)

    @property
    def key_ms(self) -> tuple[int, ...]:
        return tuple(self.ms(k) for k in self.keys)

    @property
    def duration_ms(self) -> int:
        return self.ms(self.frames)

    def beginning(self, fragments: int) -> "KeyframePlan":
        """The plan of its first fragments alone, as if the recording ended after them."""
        if fragments >= len(self.keys):
            return self
        return KeyframePlan(self.fps, self.keys[fragments], self.keys[:fragments])

    def nearest_ms(self, at_ms: int) -> int:
        """The keyframe, or the end, nearest to a time. Clips cut there cost no encode."""
        return min((*self.key_ms, self.duration_ms), key=lambda ms: (abs(ms - at_ms), ms))


@dataclass(frozen=True)
class Listening:
    """What hearing a recording once has told: how loud it is (None: no sound), its pauses, its keyframes.

    A long recording's head is heard before the rest. Of the head, the plan's last keyframe is where it ends,
    and `frames` what the file promises. Of the whole, `loudness` is then that of what comes after the head.
    `seen`: what long silences show; None where nobody has looked, since there are none, or nothing to see.
    """

    loudness: Loudness | None
    pauses: tuple[Pause, ...]
    plan: KeyframePlan
    seen: Seen | None = None


WAVEFORM = "waveform"  # the one picture of a recording that is sound alone, drawn from it


class Kind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    STILLS = "stills"  # one JPEG a fragment, every few seconds: posters and storyboard


TIMESCALES = {Kind.VIDEO: VIDEO_TIMESCALE, Kind.AUDIO: AUDIO_TIMESCALE, Kind.STILLS: STILLS_TIMESCALE}


class Encoder(StrEnum):
    """What encodes a picture. Every player shows what the first two make; AV1 comes beside it, for those who can."""

    X264 = "x264"
    NVENC = "nvenc"  # H.264 too, on a graphics card
    SVTAV1 = "svtav1"

    @property
    def codec(self) -> str:
        return "av1" if self is Encoder.SVTAV1 else "h264"


@dataclass(frozen=True)
class Rendition:
    """One encoding of a recording, as planned. Sizes are final numbers, never expressions."""

    name: str  # "1080", "720", ..., "1080-av1", ..., "audio", "stills"; WAVEFORM
    kind: Kind
    width: int = 0
    height: int = 0
    crf: int = 0
    max_kbit: int = 0
    encoder: Encoder = Encoder.X264

    @property
    def timescale(self) -> int:
        return TIMESCALES[self.kind]


@dataclass(frozen=True)
class Fragment:
    """One independently decodable run of frames, as a playlist needs it."""

    number: int  # of the rendition, from 0; for video also the number of the keyframe it starts with
    start: int  # presentation time of its first frame in recording time, in ticks of the rendition
    ticks: int
    size: int  # bytes


@dataclass(frozen=True)
class FragmentRun:
    """Consecutive fragments of one rendition that lie end to end in one object: a packed table.

    `starts` and `ticks` in ticks of the rendition's timescale, `sizes` in bytes. The first fragment
    begins at the object's first byte.
    """

    first: int
    starts: tuple[int, ...]
    ticks: tuple[int, ...]
    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.starts or not len(self.starts) == len(self.ticks) == len(self.sizes):
            raise ValueError("a run has one start, length and size for each of its fragments")

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[Fragment]:
        for i, (start, ticks, size) in enumerate(zip(self.starts, self.ticks, self.sizes, strict=True)):
            yield Fragment(self.first + i, start, ticks, size)

    @property
    def end(self) -> int:
        """The number of the fragment that would follow."""
        return self.first + len(self)

    def byte_range(self, number: int) -> tuple[int, int]:
        """(offset, size) of a fragment within the object."""
        i = number - self.first
        return sum(self.sizes[:i]), self.sizes[i]


@dataclass(frozen=True)
class RenditionState:
    """A rendition as far as it has been made: what playlists are written from.

    `codec` is an RFC 6381 string, `bandwidth` the peak in bit/s measured over the fragments so far.
    """

    public_id: str
    rendition: Rendition
    codec: str
    bandwidth: int
    fragments: tuple[Fragment, ...]  # the contiguous ones from the start


@dataclass(frozen=True)
class Rendering:
    """Everything made from a recording with one ladder, as far as it has come."""

    complete: bool
    renditions: tuple[RenditionState, ...]

    @property
    def pictures(self) -> tuple[RenditionState, ...]:
        """Those that have begun, in the order of the ladder.

        While they grow, those that have come furthest: a player that begins with another would have to wait.
        """
        begun = [s for s in self.renditions if s.rendition.kind is Kind.VIDEO and s.fragments]
        furthest = max((len(s.fragments) for s in begun), default=0)
        return tuple(s for s in begun if self.complete or len(s.fragments) == furthest)

    @property
    def sound(self) -> RenditionState | None:
        return next((s for s in self.renditions if s.rendition.kind is Kind.AUDIO and s.fragments), None)

    def plan(self, fps: Fraction) -> KeyframePlan | None:
        """Where the fragments begin that every rendition has, in frames of `fps`, and where the last one ends.

        A beginning of the recording's own plan, and all of it when the rendering is complete. None before the
        first fragment.
        """
        begun = [*self.pictures, *([self.sound] if self.sound else [])]
        if not begun:
            return None
        listed = begun[0].fragments[: min(len(state.fragments) for state in begun)]
        # Whole numbers, rounded half up: an hour has thousands. A fragment of sound alone begins up to 10.7 ms beside
        # its keyframe, which is less than half a frame of the 25 a second that are counted there.
        per_tick, half = 2 * fps.numerator, fps.denominator * begun[0].rendition.timescale
        keys = tuple((fragment.start * per_tick + half) // (2 * half) for fragment in listed)
        end = listed[-1].start + listed[-1].ticks
        return KeyframePlan(fps, (end * per_tick + half) // (2 * half), keys)


def peak_bandwidth(fragments: Sequence[Fragment], timescale: int) -> int:
    """The greatest bit rate of any one fragment, in bit/s, rounded up: HLS's BANDWIDTH. 0 without any."""
    return max((-(-f.size * 8 * timescale // f.ticks) for f in fragments if f.ticks), default=0)
