"""The spaces that people share."""

from dataclasses import dataclass
from uuid import UUID

from domain.person import Person


@dataclass(frozen=True)
class Space:
    """Who sees a thing. Everybody is in the one space with `everyone` set."""

    id: UUID
    public_id: str
    name: str
    everyone: bool
    downloads: bool = False  # its published clips can be taken along


@dataclass(frozen=True)
class Member:
    person: Person
    curates: bool  # this space; counts for those whose role is curator
