"""How a recording is doing, in words for the person who waits for it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.echo import SILENCE, Echo
from domain.estimate import clips_in
from domain.media import Kind, Probe
from domain.recording import Film, Recording, Status, Step, StepState
from publish_api.pages import words
from publish_api.tongue import _, gettext, ngettext, phrase

# Step -> while it runs, when it is done. A name that is not here is shown as it is.
_STEPS = {
    "begin": (phrase("Listening to the beginning"), phrase("Beginning heard")),
    "head": (phrase("Making the beginning play"), phrase("Beginning plays")),
    "keep": (phrase("Putting it in a safe place"), phrase("In a safe place")),
    "look": (phrase("Looking at the picture and sound"), phrase("Picture and sound are fine")),
    "listen": (phrase("Listening for pauses"), phrase("Pauses found")),
    "render": (phrase("Making it play on every phone"), phrase("Plays on every phone")),
    "transcribe": (phrase("Writing down the words"), phrase("Words written down")),
    "cut": (phrase("Cutting it into clips"), phrase("Cut into clips")),
}
_SIGNS = {
    StepState.WAITING: "waiting",
    StepState.QUEUED: "waiting",
    StepState.RUNNING: "working",
    StepState.DONE: "check",
    StepState.FAILED: "correction",
}
# What makes a long recording play early: nothing is said of it unless it fails.
_QUIET = frozenset({"begin", "head"})
# The same file fails again in the same way. What is not here a second attempt may mend.
_UNUSABLE = frozenset({
    "cannot_decode", "damaged", "empty_file", "mostly_empty", "no_media", "not_media", "too_large_picture", "too_long",
    "too_many_channels", "too_many_chapters", "too_many_frames", "too_many_tracks", "too_short", "too_small_picture",
    "truncated", "upload_lost",
})  # fmt: skip
_HERE_ALREADY = "already_here"
_TOLD = {
    Status.REFUSED: frozenset({StepState.DONE, StepState.FAILED}),
    Status.FAILED: frozenset({StepState.DONE, StepState.RUNNING, StepState.FAILED}),
}
_ASK_FIRST = phrase(
    "Before colleagues can find them, everybody in it has to agree. Below you see who is still to be asked."
)
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
    begins: str  # what its first clip is called, where no person named it: many are called like their brief
    filename: str
    speaker: str
    unknown: bool  # to a curator: that name was typed at an open link
    language: str | None
    language_in_doubt: bool
    created_at: datetime
    version: int
    status: Status
    sign: str  # icon
    words: str
    headline: str
    advice: str
    line: str  # both of them for a list
    duration_ms: int | None
    shape: str
    plays: Kind | None  # pictures, or sound alone
    pictured: bool  # there is a poster
    film: str  # where its film is, in a sentence or two, while there is something to say of that
    film_awaited: bool
    damage: str  # what in the file could not be read, in a sentence; empty where all of it was
    may_retry: bool
    repeats: bool  # refused because it is here already
    repeated: str  # public id of the recording that has the same bytes, if the viewer sees it
    steps: tuple[StepShown, ...]
    echo: Echo
    original_gone_at: datetime | None = None  # the file as it was sent is kept no longer


def shown(
    recording: Recording,
    *,
    speaker: str,
    plays: Kind | None,
    pictured: bool = False,
    done_in: Mapping[str, float],
    echo: Echo = SILENCE,
    may_retry: bool = False,
    repeated: str = "",
    unasked: bool = False,
    theirs: bool = False,
    begins: str = "",
    unknown: bool = False,
) -> Shown:
    """`plays`: there is something to play already; `done_in`: seconds until a step is done, where known;
    `unasked`: nothing can be published before somebody in it has agreed; `theirs`: somebody else has sent it.
    """
    headline, advice = _said(recording, echo, done_in, unasked)
    return Shown(
        id=recording.public_id,
        name=name_of(recording.title, recording.filename),
        title=recording.title,
        begins="" if recording.named or begins == recording.title else begins,
        filename=recording.filename,
        speaker=speaker,
        unknown=unknown,
        language=recording.language,
        language_in_doubt=recording.language_in_doubt,
        created_at=recording.created_at,
        version=recording.version,
        status=recording.status,
        sign=_STATUS_SIGNS[recording.status],
        words=_status(recording, echo),
        headline=headline,
        advice=advice,
        line=_line(recording, echo, advice),
        duration_ms=recording.probe.duration_ms if recording.probe else None,
        shape=shape(recording.probe),
        plays=plays,
        pictured=pictured,
        film=_film(recording, theirs=theirs),
        film_awaited=recording.film is Film.AWAITED,
        damage=damage(recording.probe),
        may_retry=may_retry and _may_help(recording),
        repeats=recording.refusal_code == _HERE_ALREADY,
        repeated=repeated,
        steps=tuple(_step(s, recording.status, done_in.get(s.name)) for s in _told(recording)),
        echo=echo,
        original_gone_at=recording.original_gone_at,
    )


def _may_help(recording: Recording) -> bool:
    """Whether another attempt at the same file may end otherwise."""
    return recording.status is Status.FAILED or (
        recording.refusal_code is not None and recording.refusal_code not in _UNUSABLE
    )


def _status(recording: Recording, echo: Echo) -> str:
    if recording.refusal_code == _HERE_ALREADY:
        return _("Here already")
    return _("Published") if echo.published and recording.status is Status.READY else _(words.STATUS[recording.status])


def name_of(title: str, filename: str) -> str:
    return title or filename or _("Untitled recording")


def shape(probe: Probe | None) -> str:
    """How a page is laid out around a video of which not a byte is there yet."""
    return "portrait" if probe is not None and probe.height > probe.width else "landscape"


def damage(probe: Probe | None) -> str:
    """What is said of a file that is damaged in the middle and was rendered all the same."""
    if probe is None or not probe.damaged_ms:
        return ""
    return ngettext(
        "From %(time)s on, %(num)s second of this file cannot be read: the picture stands still there, or is wrong. "
        "If it plays on your phone, send it again from there; if not, leave that part out of the clips.",
        "From %(time)s on, %(num)s seconds of this file cannot be read: the picture stands still there, or is wrong. "
        "If it plays on your phone, send it again from there; if not, leave that part out of the clips.",
        -(-probe.damaged_ms // 1000),
        time=words.clock(probe.damaged_at_ms),
    )


def _told(recording: Recording) -> Iterable[Step]:
    """Where it has stopped nothing waits any more: the steps it never came to are left out."""
    if recording.refusal_code == _HERE_ALREADY or recording.film is Film.REFUSED:
        return ()  # nothing went wrong on its way, or it went further than the film that was refused
    told = _TOLD.get(recording.status, frozenset(StepState))
    return (s for s in recording.steps if s.state in told and (s.name not in _QUIET or s.state is StepState.FAILED))


def _step(step: Step, status: Status, done_in: float | None) -> StepShown:
    doing, done = _named(step)
    return StepShown(
        state=step.state.value,
        sign=_SIGNS[step.state],
        words=_(done if step.state is StepState.DONE else doing),
        left=_left(step, done_in),
        progress=step.progress,
        trouble=gettext(step.error_message or "") if status is not Status.REFUSED else "",
    )


def _named(step: Step) -> tuple[str, str]:
    return _STEPS.get(step.name, (step.name.capitalize(), step.name.capitalize()))


def _left(step: Step, done_in: float | None) -> str:
    if done_in is None:
        return ""
    about = words.about(done_in)
    return _("%(about)s left", about=about) if step.state is StepState.RUNNING else _("done in %(about)s", about=about)


def _said(recording: Recording, echo: Echo, done_in: Mapping[str, float], unasked: bool) -> tuple[str, str]:
    if recording.status is Status.REFUSED and recording.film is Film.CAME and recording.refusal_code != _HERE_ALREADY:
        return _("Its picture could not be used"), " ".join(
            [_refusal(recording), _("Its sound is here, and stays.")]
        ).strip()
    if recording.status is Status.REFUSED:
        here = recording.refusal_code == _HERE_ALREADY
        headline = _("This file is here already") if here else _("This file could not be used")
        return headline, _refusal(recording)
    if recording.status is Status.FAILED:
        return _("It stopped on the way"), _(
            "The recording itself is safe. Try again; if it stops once more, tell L&D."
        )
    if recording.status is Status.READY:
        if not echo.clips:
            return _("Nothing to cut here"), _("No clip could be made of it. It still plays here.")
        if not echo.published:
            ready = ngettext("Ready: %(num)s clip", "Ready: %(num)s clips", echo.clips)
            return ready, _(_ASK_FIRST) if unasked else _("L&D looks at them now; then colleagues can find them.")
        return _("Published: %(clips)s", clips=_published(echo)), _can_be_found(echo)
    if not _done(recording, "keep"):
        return _("Your tip has arrived"), _("It is being put in a safe place.")
    if not _done(recording, "look"):
        return _("Your tip is safe here"), _("We are looking at its picture and sound.")
    if echo.clips:  # the words were quicker than the pictures
        return _("Your tip is safe here"), ngettext(
            "It is cut into %(num)s clip, and still being made to play on every phone.",
            "It is cut into %(num)s clips, and still being made to play on every phone.",
            echo.clips,
        )
    left = clips_in(recording, done_in)
    soon = _("Clips in %(about)s.", about=words.about(left)) if left is not None else _("Clips in a few minutes.")
    return _("Your tip is safe here"), soon


def _refusal(recording: Recording) -> str:
    return gettext(recording.refusal_message or "")


def _film(recording: Recording, *, theirs: bool) -> str:
    if recording.film is Film.AWAITED:
        here = _("The words are here.") if _done(recording, "transcribe") else _("The sound is here.")
        where = _("the phone it was recorded with") if theirs else _("your phone")
        if recording.film_bytes:
            size = words.megabytes(recording.film_bytes)
            where = _("%(phone)s (%(size)s)", phone=where, size=size)
        # Whether that waits for Wi-Fi, for signal or for its owner, only the phone knows.
        comes = _("The picture is still on %(phone)s, and comes when that phone sends it.", phone=where)
        return f"{here} {comes}"
    if recording.film is Film.GIVEN_UP:
        return _("This is a voice tip: its picture does not come.")
    if recording.film is Film.REFUSED:
        return " ".join(
            [_("Its film came, and could not be used."), _refusal(recording), _("The sound and its clips stay.")]
        )
    if recording.film is Film.CAME and recording.status is Status.WORKING:
        return _("The picture has come. What people changed or wrote here stays as it is.")
    return ""


def _published(echo: Echo) -> str:
    """ "2 clips", "1 of 3 clips"."""
    if echo.published == echo.clips:
        return ngettext("%(num)s clip", "%(num)s clips", echo.clips)
    return ngettext("%(some)s of %(num)s clip", "%(some)s of %(num)s clips", echo.clips, some=echo.published)


def _can_be_found(echo: Echo) -> str:
    if echo.published == echo.clips:
        return ngettext("Colleagues can find it.", "Colleagues can find them.", echo.published)
    return ngettext(
        "Colleagues can find it; L&D looks at the rest.",
        "Colleagues can find them; L&D looks at the rest.",
        echo.published,
    )


def _line(recording: Recording, echo: Echo, advice: str) -> str:
    if recording.status is Status.WORKING:
        doing = next((_(_named(s)[0]) for s in reversed(recording.steps) if s.state is StepState.RUNNING), "")
        return f"{doing}. {advice}" if doing and _done(recording, "look") else advice
    if recording.status is not Status.READY:
        return advice
    if not echo.clips:
        return _("No clip could be made of it.")
    if recording.film is Film.AWAITED:
        return ngettext(
            "%(num)s clip, the picture is still on the phone",
            "%(num)s clips, the picture is still on the phone",
            echo.clips,
        )
    if recording.film is Film.REFUSED:
        clips = _published(echo) if echo.published else ngettext("%(num)s clip", "%(num)s clips", echo.clips)
        return _("%(clips)s; its film could not be used", clips=clips)
    if echo.published:
        return _published(echo)
    return ngettext("%(num)s clip, not published yet", "%(num)s clips, not published yet", echo.clips)


def _done(recording: Recording, name: str) -> bool:
    return all(s.state is StepState.DONE for s in recording.steps if s.name == name)
