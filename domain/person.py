"""People."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.errors import Invalid

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")


class Role(StrEnum):
    """What a person is here for. Who may do what: domain/permit.py."""

    LEARNER = "learner"
    EXPERT = "expert"
    CURATOR = "curator"
    ADMIN = "admin"


@dataclass(frozen=True)
class Person:
    id: UUID
    public_id: str
    login: str
    name: str
    role: Role
    email: str | None = None  # people on the shop floor have none
    left_at: datetime | None = None
    curates_all: bool = True  # of a curator: every space, or those where a membership says so
    brief_id: UUID | None = None  # signed in by a brief's link: a guest, here for that brief alone
    asked: bool = False  # signed in, and given a link to a brief: there is something for them under Briefs


def login_name(text: str) -> str:
    """The login name as kept: lower case, checked. Raises Invalid."""
    login = text.strip().lower()
    if not _LOGIN.match(login):
        raise Invalid(
            "A login name is 1 to 63 letters, digits, dots, dashes or underscores, and begins with a letter or digit.",
            code="bad_login",
        )
    return login
