"""What people follow, so that what is new of it comes to them."""

from dataclasses import dataclass
from enum import StrEnum

MOST = 500  # of one person: every page of theirs looks at all of them


class FollowKind(StrEnum):
    TAG = "tag"
    PERSON = "person"
    SPACE = "space"


@dataclass(frozen=True)
class Followed:
    """`id` is a tag's slug, or a public id."""

    kind: FollowKind
    id: str
    name: str
