"""Who is heard or seen in a recording, whether they agree to be shown, and how that is taken back.

Consent is asked of people, not of files: the uploader, the one who speaks, and others who are to be
seen are recorded apart. A clip may be published when everybody who was named has agreed, somebody
who speaks is among them, and nobody's takedown is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.errors import Invalid
from domain.phrases import Say, english, phrase
from domain.reel import TouchedReel
from domain.span import Span

# Changes with the words in `terms`: what somebody agreed to can be looked up. 0: before any were shown.
TERMS_VERSION = 2

MAX_NAMED = 50  # people in one recording
MAX_NAME = 200  # characters
MAX_WORDS = 1000  # characters of a reason or a note
MAX_CUTS = 50  # runs of seconds that one takedown cuts out

# Stands above Send where people send what they speak in themselves.
SENDING_SAYS = phrase(
    "By sending it you agree that colleagues see clips of you once L&D has published them. "
    "You can take that back at any time: under your recordings, or by telling L&D."
)


class AppearsAs(StrEnum):
    SPEAKER = "speaker"
    SEEN = "seen"


class Consent(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"  # said no when asked
    WITHDRAWN = "withdrawn"  # said yes, and then no


class How(StrEnum):
    """How it was said."""

    SENT = "sent"  # the uploader speaks, and sent it under the sentence shown
    LINK = "link"  # by themselves, on a device of their own
    CURATOR = "curator"  # a curator noted it: a signed paper, a call


@dataclass(frozen=True)
class Appearance:
    """Somebody in a recording: a person with an account, or a bare name."""

    id: UUID
    public_id: str
    recording_id: UUID
    recording: str  # its public id
    person_id: UUID | None
    person: str | None  # public id
    name: str  # of the person, or as it was given: a stranger's text
    part: AppearsAs
    state: Consent
    how: How | None  # None while asked
    terms_version: int | None  # of the words shown when it was said; None while asked
    words: str  # what the curator noted with it
    asked_at: datetime
    said_at: datetime | None  # None while asked


class Reason(StrEnum):
    """Why something is taken down."""

    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    IN_THIS = "in-this"  # somebody who saw a clip says they are in it
    LEFT = "left"  # who speaks has left the company


class TakedownState(StrEnum):
    OPEN = "open"
    REMOVED = "removed"  # the recording was deleted
    CUT = "cut"  # some seconds are never shown again; the rest may be
    KEPT = "kept"  # it stays, for a stated reason


@dataclass(frozen=True)
class Touched:
    """A clip that a takedown took out of publication."""

    clip: str  # public id
    title: str
    published: bool  # again, by now


@dataclass(frozen=True)
class Takedown:
    """From the moment it is raised no clip of the recording is shown, until a curator has settled it."""

    id: UUID
    public_id: str
    recording_id: UUID
    recording: str | None  # its public id; None once it was deleted
    title: str  # of the recording, or of the clip where its reader may not see that
    reason: Reason
    state: TakedownState
    appearance_id: UUID | None
    about: str  # whose consent, or who has left; empty for "I am in this"
    raised_by: str  # name; empty when it came by a consent link
    at_ms: int | None  # of the recording: the second that was named
    words: str
    raised_at: datetime
    backup_days: int
    resolved_at: datetime | None
    resolved_by: str  # name; empty while open, and when the recording was deleted without it
    answer: str  # what the curator said
    cut: tuple[Span, ...]
    touched: tuple[Touched, ...]  # those that its reader may see
    reels: tuple[TouchedReel, ...] = ()  # that had them, and are made anew without; those that its reader may see

    @property
    def backups_clear_on(self) -> date:
        """By when backups hold nothing of it: counted from its removal; before that, the earliest day there can be."""
        since = self.resolved_at if self.state is TakedownState.REMOVED and self.resolved_at else self.raised_at
        return since.date() + timedelta(days=self.backup_days)


@dataclass(frozen=True)
class Term:
    question: str
    answer: str


class TakenBack(StrEnum):
    """With what, on the page where that is read."""

    UNDER_RECORDINGS = phrase("under your recordings")  # whoever sends it, a guest too, who sees no clips
    HERE = phrase("with the button on this page")  # whoever opened a consent link
    BESIDE_IT = phrase("with the button beside it on this page, with “I am in this” below any clip")  # whoever is named


def terms(
    audience: str | None, backup_days: int, originals_days: int = 0, *, by: TakenBack, say: Say = english
) -> tuple[Term, ...]:
    """Who will see it, for how long, how to take it back: the one place where it is put in words.

    `audience` is the name of the space whose people see its clips, None for everybody's;
    `originals_days` how long after its clips are ready the file that was sent is kept, 0 for as long as the
    recording. `say`: the language of whoever is asked.
    """
    space = say("the people of “%(space)s”", space=audience)
    who = say("all colleagues who sign in here") if audience is None else space
    sent = say(
        "The file that was sent is deleted %(days)s after its clips are ready; those stay.",
        days=_days(originals_days, say),
    )
    kept = say(
        "Until it is taken back or deleted. When who speaks in it leaves the company, its clips are taken out of view "
        "and L&D decides."
    )
    return (
        Term(
            say("Who will see this?"),
            say(
                "Clips of it, once L&D has published them: %(who)s. Before that, and in full: whoever sent it, whoever "
                "speaks in it, the people in L&D who look at recordings, and the admins.",
                who=who,
            ),
        ),
        Term(say("For how long?"), f"{kept} {sent}" if originals_days else kept),
        Term(
            say("How do I take it back?"),
            say(
                "At any time, and without a reason: %(by)s, or by telling somebody in L&D. From that moment no page "
                "shows a clip of it, and no new one can be published; a network cache may hold pieces for up to a day. "
                "L&D then removes the recording or cuts you out of it. When it is removed, backups hold nothing of it "
                "after %(days)s.",
                by=say(by.value),
                days=_days(backup_days, say),
            ),
        ),
    )


def checked_name(name: str) -> str:
    """A name in one line already. Raises Invalid (`bad_name`)."""
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid(f"A name is 1 to {MAX_NAME} characters long.", code="bad_name")
    return name


def checked_words(words: str) -> str:
    """Raises Invalid (`bad_words`)."""
    if len(words) > MAX_WORDS:
        raise Invalid(f"Say it in at most {MAX_WORDS} characters.", code="bad_words")
    return words


def checked_cuts(cuts: Sequence[Span], at_ms: int | None) -> tuple[Span, ...]:
    """The seconds that are never to be shown again. Raises Invalid (`bad_cut`)."""
    if not 1 <= len(cuts) <= MAX_CUTS:
        raise Invalid("Say which seconds are cut out: from where to where.", code="bad_cut")
    if at_ms is not None and not any(span.covers(at_ms) for span in cuts):
        raise Invalid("The second that was named is not among those cut out. Include it.", code="bad_cut")
    return tuple(sorted(cuts))


def lacking(part: AppearsAs, state: Consent) -> str:
    """Why a recording is not shown, as a sentence about one person in it, whose name is to be said at %(name)s."""
    return _LACKING[part, state]


_LACKING = {
    (AppearsAs.SPEAKER, Consent.ASKED): phrase("%(name)s, who speaks in it, has not agreed yet."),
    (AppearsAs.SPEAKER, Consent.DECLINED): phrase("%(name)s, who speaks in it, does not agree."),
    (AppearsAs.SPEAKER, Consent.WITHDRAWN): phrase("%(name)s, who speaks in it, has taken consent back."),
    (AppearsAs.SEEN, Consent.ASKED): phrase("%(name)s, who is to be seen in it, has not agreed yet."),
    (AppearsAs.SEEN, Consent.DECLINED): phrase("%(name)s, who is to be seen in it, does not agree."),
    (AppearsAs.SEEN, Consent.WITHDRAWN): phrase("%(name)s, who is to be seen in it, has taken consent back."),
}


def _days(number: int, say: Say) -> str:
    return say("1 day") if number == 1 else say("%(days)s days", days=number)
