"""What is written down of what people do to others' words, clips and rights: who, when, where, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_WORDS = 300  # characters of what is said with a deed; longer ones are cut off


class Deed(StrEnum):
    REMOVED_COMMENT = "removed-comment"
    RESTORED_COMMENT = "restored-comment"
    DISMISSED_REPORT = "dismissed-report"
    READ_REPORTER = "read-reporter"
    UNMASKED = "unmasked"
    WITHDREW_CLIP = "withdrew-clip"
    LOWERED_CLASS = "lowered-class"
    PULLED_BACK = "pulled-back"
    TRUSTED = "trusted"
    ENDED_TRUST = "ended-trust"
    RECALLED = "recalled"
    UNDID_RECALL = "undid-recall"
    SETTLED_TAKEDOWN = "settled-takedown"
    CHANGED_ROLE = "changed-role"
    CHANGED_CURATING = "changed-curating"
    MADE_LINK = "made-sign-in-link"
    SAID_LEFT = "said-left"
    ASKED_EXPORT = "asked-export"
    FETCHED_EXPORT = "fetched-export"
    ASKED_ERASURE = "asked-erasure"
    STOPPED_ERASURE = "stopped-erasure"
    ERASED = "erased"


class DeedAbout(StrEnum):
    COMMENT = "comment"
    CLIP = "clip"
    RECORDING = "recording"
    REPORT = "report"
    PERSON = "person"
    SPACE = "space"


@dataclass(frozen=True)
class Entry:
    """One line of the log. Names are those of today."""

    at: datetime
    by: str | None  # a name; None: the house, when something was due
    by_id: str | None  # public
    deed: Deed
    about: DeedAbout
    about_id: str  # public
    whose: str | None  # the name of whose it is; None: nobody's, or a name that is hidden
    whose_id: str | None  # public
    space: str | None
    words: str
