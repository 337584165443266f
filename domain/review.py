"""What a curator looks at first, and why: how much a clip is needed, and how careful one has to be with it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.clip import Clip

# What each counts in the order of the queue. A judgement, not a measurement: somebody who asked and found nothing
# counts each time, up to ten; something wrong that people see counts more than anything else.
SEARCHED, MOST_SEARCHED = 2, 20
BRIEF = 10
CORRECTION, MOST_CORRECTIONS = 15, 30
SAFETY = 8
LIKE_ANOTHER = -12  # people can find that one meanwhile

# Cosine of two clips' vectors, from which on one is said to be much like the other. Of nine short talks on a shop
# floor, two that were told again in other words were at 0.89 and 0.94 of the first, two on neighbouring subjects at
# 0.66 at most.
ALIKE = 0.82


class Queue(StrEnum):
    NEW = "new"  # not published
    MINE = "mine"  # waits for this person: as its owner, or asked to look at it or to approve it
    FIRST = "first"  # published by its expert, and no curator has looked at it since
    CHANGED = "changed"  # since it was published or looked at, by somebody else; or of safety, and not looked at
    DUE = "due"  # somebody wanted to look at it again by today
    PUBLISHED = "published"  # all of them, the newest first


@dataclass(frozen=True)
class Like:
    """Another clip; its public id."""

    id: str
    title: str
    published: bool


@dataclass(frozen=True)
class Waiting:
    """A clip that waits for a curator, and what speaks for looking at it. Names; empty or None: nothing of the kind."""

    clip: Clip
    searched: str = ""  # what was searched for and not found, and is in it
    times: int = 0
    brief: str = ""  # the title of an open one that its recording answers
    corrections: int = 0  # that nobody has answered
    like: Like | None = None
    asked_by: str | None = None  # to approve it as it is
    asked_of: str | None = None
    asked_of_viewer: bool = False
    approved: bool = False
    assigned_to_viewer: bool = False
    owned_by_viewer: bool = False
    changed_at: datetime | None = None
    changed_by: str | None = None
    first_by: str | None = None  # published it before a curator looked
    lowered_by: str | None = None  # said that it is no matter of safety any more


class Reason(StrEnum):
    """Why a clip stands in a queue, in the order in which it is said: publish_api/why.py has the words.

    What concerns this person first, then what is urgent. What it is like is said by itself.
    """

    ASKED = "asked"
    ASKED_OTHER = "asked-other"
    ASSIGNED = "assigned"
    OWNER = "owner"
    CORRECTION = "correction"
    SAFETY = "safety"
    LOWERED = "lowered"
    SEARCHED = "searched"
    BRIEF = "brief"
    FIRST = "first"
    CHANGED = "changed"
    DUE = "due"


def reasons(waiting: Waiting, today: date) -> tuple[Reason, ...]:
    clip = waiting.clip
    holds = {
        Reason.ASKED: waiting.asked_of_viewer,
        Reason.ASKED_OTHER: waiting.asked_of is not None and not waiting.asked_of_viewer,
        Reason.ASSIGNED: waiting.assigned_to_viewer,
        Reason.OWNER: waiting.owned_by_viewer,
        Reason.CORRECTION: waiting.corrections > 0,
        Reason.SAFETY: clip.risk.wants_approval,
        Reason.LOWERED: waiting.lowered_by is not None,
        Reason.SEARCHED: waiting.times > 0,
        Reason.BRIEF: bool(waiting.brief),
        Reason.FIRST: waiting.first_by is not None,
        Reason.CHANGED: clip.published_at is not None and waiting.changed_at is not None,
        Reason.DUE: clip.review_by is not None and clip.review_by <= today,
    }
    return tuple(reason for reason in Reason if holds[reason])
