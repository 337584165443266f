"""What people are told of: kinds of it, how each wants to be told, and how lines of an inbox are bundled. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

EVERY = timedelta(days=1)  # how often what comes `daily` comes at most


class NoticeKind(StrEnum):
    ANSWERED = "answered"  # a comment of theirs
    MENTIONED = "mentioned"
    QUESTION = "question"  # on a clip they speak in, or own
    CORRECTION = "correction"  # the same
    CORRECTED = "corrected"  # something they watched
    ACCEPTED = "accepted"  # an answer or a correction of theirs
    PUBLISHED = "published"  # clips of a recording of theirs
    HELPED = "helped"  # somebody found it useful, or used it
    FOLLOWED = "followed"  # something new of what they follow
    SHARED = "shared"  # a draft, with them
    FEEDBACK = "feedback"  # on a draft they shared or speak in
    PULLED_BACK = "pulled-back"  # a clip they speak in, or sent; with why, where somebody said that
    REVIEW = "review"  # asked of them
    LOWERED = "lowered"  # a clip they were to approve, or have: no matter of safety any more
    REPORT = "report"  # theirs was settled
    REMOVED = "removed"  # a comment of theirs, by a moderator
    REFUSED = "refused"  # a recording of theirs cannot be used
    EXPORT = "export"  # of their data is ready
    ERASURE = "erasure"  # of their data was asked for in their stead
    LINK = "link"  # that signs in as them was made by somebody else
    LINK_USED = "link-used"


class Way(StrEnum):
    """How somebody is told of a kind: in the mail means in the inbox, too."""

    NOTHING = "nothing"
    INBOX = "inbox"
    MAIL = "mail"


# Unless somebody chose otherwise. Mail goes only to who gave an address, confirmed it, and asked for digests.
DEFAULT = Way.MAIL

# Those that come together, once a day at most, however often it happens.
DAILY = frozenset({NoticeKind.HELPED, NoticeKind.FOLLOWED})
# Of which everybody is told, whatever they have chosen: who could sign in as somebody could choose for them.
ALWAYS = frozenset({NoticeKind.LINK, NoticeKind.LINK_USED})
# Those that are told again when they happen again, if the first was seen.
_AGAIN = frozenset({
    NoticeKind.REVIEW, NoticeKind.SHARED, NoticeKind.PULLED_BACK, NoticeKind.REFUSED, NoticeKind.CORRECTED,
    NoticeKind.REMOVED, NoticeKind.ERASURE, NoticeKind.LOWERED,
})  # fmt: skip


@dataclass(frozen=True)
class About:
    """What somebody is told of. A comment goes with the clip it was said in; `thing` is the public id of what is none
    of them, a report or an export, or of a comment that is there no more.
    """

    comment: UUID | None = None
    clip: UUID | None = None
    recording: UUID | None = None
    thing: str = ""

    def __post_init__(self) -> None:
        if self.comment is not None and self.clip is None:
            raise ValueError("a comment goes with the clip it was said in")


def bundle(kind: NoticeKind, about: About) -> str:
    """What notices of a kind that become one line have in common."""
    if kind is NoticeKind.FOLLOWED:
        return ""
    if kind is NoticeKind.PUBLISHED:
        return str(about.recording or about.clip or "")
    return str(about.clip or about.recording or about.thing)


def told_again(kind: NoticeKind) -> bool:
    return kind in _AGAIN


@dataclass(frozen=True)
class Notice:
    """A line of somebody's inbox: one or several that are bundled, as they may read them now."""

    id: str  # public, of the newest
    kind: NoticeKind
    count: int
    people: int  # who did it; 0: the house
    names: tuple[str, ...]  # of the last of them; none of who found something useful: colleagues see only how many
    at: datetime  # of the newest
    seen_at: datetime | None
    # What the newest is about, by public ids; empty: nothing of the kind.
    comment: str
    text: str  # of that comment; or why a clip was pulled back, if that was said
    clip: str
    recording: str
    thing: str
    titles: tuple[str, ...]  # of the clips, the newest first, three at most; or of the recording
