"""People."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.errors import Invalid
from domain.scope import Scope

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
    # Of a guest on the device where they typed their name: what they have sent something for before.
    looks_back: tuple[UUID, ...] | None = None
    ended: bool = False  # a guest whose link has: what they sent they still see and take back, and nothing more
    self_named: bool = False  # typed the name at an open link: nobody has looked who that is
    scopes: frozenset[Scope] | None = None  # of the API token that asks, for this request; None: it is limited by none
    device: bool = False  # a device that a ward shares, while nobody says who they are: it watches
    shared: bool = False  # signed in on such a device
    language: str | None = None  # they want to read pages and mails in; None: they have not said
    link_id: UUID | None = field(default=None, compare=False)  # of the sign-in link that has just been used
    asked: bool = False  # signed in, and given a link to a brief: there is something for them under Briefs

    @property
    def briefs(self) -> tuple[UUID, ...] | None:
        """Of a guest: those that what they may see was sent for. None for everybody else."""
        return None if self.brief_id is None else (self.brief_id, *(self.looks_back or ()))


@dataclass(frozen=True)
class Named:
    """A person, as far as others read who it is."""

    public_id: str
    name: str


def login_name(text: str) -> str:
    """The login name as kept: lower case, checked. Raises Invalid."""
    login = text.strip().lower()
    if not _LOGIN.match(login):
        raise Invalid(
            "A login name is 1 to 63 letters, digits, dots, dashes or underscores, and begins with a letter or digit.",
            code="bad_login",
        )
    return login
