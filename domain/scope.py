"""What an API token may be used for: no more than its person may do, and as little as a program needs."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"
    REVIEW = "review"
    MANAGE = "manage"


EVERYTHING = frozenset(Scope)

# In the words of the page where tokens are made.
SAYS: dict[Scope, str] = {
    Scope.READ: "Read what you see: clips, words, comments",
    Scope.WRITE: "Comment, react, and look after what is yours",
    Scope.UPLOAD: "Send recordings",
    Scope.REVIEW: "Change and publish what you curate",
    Scope.MANAGE: "Look after people, spaces, tokens and sessions",
}

_NEEDS = {
    Scope.WRITE: frozenset({Scope.READ}),
    Scope.REVIEW: frozenset({Scope.READ, Scope.WRITE}),
    Scope.MANAGE: frozenset({Scope.READ, Scope.WRITE}),
}


def widened(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """With those that others are no use without: nobody reviews what they cannot read."""
    asked = frozenset(scopes)
    return asked.union(*(_NEEDS.get(each, frozenset()) for each in asked))
