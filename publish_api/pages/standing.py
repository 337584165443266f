"""How a recording is doing, in words for the person who waits for it. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.media import Probe
from domain.recording import Recording, Status, Step, StepState
from publish_api.pages import words

# Step -> while it runs, when it is done. A name that is not here is shown as it is.
_STEPS = {
    "keep": ("Putting it in a safe place", "In a safe place"),
    "look": ("Looking at the picture and sound", "Picture and sound are fine"),
    "listen": ("Listening for pauses", "Pauses found"),
    "render": ("Making it play on every phone", "Plays on every phone"),
    "transcribe": ("Writing down the words", "Words written down"),
    "cut": ("Cutting it into clips", "Cut into clips"),
}
_SIGNS = {
    StepState.WAITING: "waiting",
    StepState.QUEUED: "waiting",
    StepState.RUNNING: "working",
    StepState.DONE: "check",
    StepState.FAILED: "correction",
}
# The same file fails again in the same way. What is not here a second attempt may mend.
_UNUSABLE = frozenset({
    "cannot_decode", "empty_file", "no_media", "not_media", "too_large_picture", "too_long", "too_many_frames",
    "too_short", "truncated", "upload_lost",
})  # fmt: skip
_TOLD = {
    Status.REFUSED: frozenset({StepState.DONE, StepState.FAILED}),
    Status.FAILED: frozenset({StepState.DONE, StepState.RUNNING, StepState.FAILED}),
}
_STATUS_SIGNS = {
    Status.WORKING: "working",
    Status.READY: "check",
    Status.REFUSED: "correction",
    Status.FAILED: "correction",
    Status.DELETED: "delete",
}


@dataclass(frozen=True)
class StepShown:
    state: str
    sign: str  # icon
    words: str
    left: str
    progress: float
    trouble: str


@dataclass(frozen=True)
class Shown:
    """A recording as its page and the lists show it."""

    id: str
    name: str  # title, else file name
    title: str
    filename: str
    speaker: str
    language: str | None
    created_at: datetime
    version: int
    status: Status
    sign: str  # icon
    words: str
    headline: str
    advice: str
    duration_ms: int | None
    shape: str
    plays: bool
    may_retry: bool
    unusable: bool  # refused for what the file itself is: another one helps, another attempt does not
    steps: tuple[StepShown, ...]


def shown(
    recording: Recording,
    *,
    speaker: str,
    plays: bool,
    estimate_s: Callable[[Step], float | None],
    clips: int = 0,
    published: int = 0,
    may_retry: bool = False,
) -> Shown:
    """`plays`: there is something to play already; `estimate_s`: seconds until a step is done, if known."""
    headline, advice = _said(recording, clips, published, estimate_s)
    return Shown(
        id=recording.public_id,
        name=name_of(recording.title, recording.filename),
        title=recording.title,
        filename=recording.filename,
        speaker=speaker,
        language=recording.language,
        created_at=recording.created_at,
        version=recording.version,
        status=recording.status,
        sign=_STATUS_SIGNS[recording.status],
        words=words.STATUS[recording.status],
        headline=headline,
        advice=advice,
        duration_ms=recording.probe.duration_ms if recording.probe else None,
        shape=shape(recording.probe),
        plays=plays,
        may_retry=may_retry and recording.status in {Status.FAILED, Status.REFUSED},
        unusable=recording.refusal_code in _UNUSABLE,
        steps=tuple(_step(s, recording.status, estimate_s) for s in _told(recording)),
    )


def name_of(title: str, filename: str) -> str:
    return title or filename or "Untitled recording"


def shape(probe: Probe | None) -> str:
    """How a page is laid out around a video of which not a byte is there yet."""
    if probe is None:
        return "landscape"
    if not probe.has_video:
        return "sound"
    return "portrait" if probe.height > probe.width else "landscape"


def _told(recording: Recording) -> Iterable[Step]:
    """Where it has stopped nothing waits any more: the steps it never came to are left out."""
    told = _TOLD.get(recording.status, frozenset(StepState))
    return (s for s in recording.steps if s.state in told)


def _step(step: Step, status: Status, estimate_s: Callable[[Step], float | None]) -> StepShown:
    doing, done = _STEPS.get(step.name, (step.name.capitalize(), step.name.capitalize()))
    estimate = estimate_s(step) if step.state is StepState.RUNNING else None
    return StepShown(
        state=step.state.value,
        sign=_SIGNS[step.state],
        words=done if step.state is StepState.DONE else doing,
        left=f"{words.about(estimate)} left" if estimate is not None else "",
        progress=step.progress,
        trouble=(step.error_message or "") if status is not Status.REFUSED else "",
    )


def _said(
    recording: Recording, clips: int, published: int, estimate_s: Callable[[Step], float | None]
) -> tuple[str, str]:
    if recording.status is Status.REFUSED:
        return "This file could not be used", recording.refusal_message or ""
    if recording.status is Status.FAILED:
        return "It stopped on the way", "The recording itself is safe. Try again; if it stops once more, tell L&D."
    if recording.status is Status.READY:
        if not clips:
            return "Nothing to cut here", "No clip could be made of it. It still plays here."
        return f"Ready: {words.count(clips, 'clip')}", _published(clips, published)
    if not _done(recording, "keep"):
        return "Your tip has arrived", "It is being put in a safe place."
    if not _done(recording, "look"):
        return "Your tip is safe here", "We are looking at its picture and sound."
    left = _clips_in(recording, estimate_s)
    return "Your tip is safe here", f"Clips in {words.about(left)}." if left is not None else "Clips in a few minutes."


def _published(clips: int, published: int) -> str:
    if not published:
        return "L&D looks at them now; then colleagues can find them."
    if published < clips:
        return f"{published} of {clips} published; L&D looks at the rest."
    return "Published: colleagues can find them."


def _done(recording: Recording, name: str) -> bool:
    return all(s.state is StepState.DONE for s in recording.steps if s.name == name)


def _clips_in(recording: Recording, estimate_s: Callable[[Step], float | None]) -> float | None:
    """Clips hang on the words alone: the rest of the rendering goes on beside them."""
    for step in recording.steps:
        if step.name == "transcribe" and step.state is StepState.RUNNING:
            return estimate_s(step)
    return None
