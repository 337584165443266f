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
    unfurls: bool = False  # links to its published clips show their titles in a chat
    open: bool = False  # all colleagues see into it, though only some are in it

    @property
    def seen_by_all(self) -> bool:
        return self.everyone or self.open


@dataclass(frozen=True)
class Member:
    person: Person
    curates: bool  # this space; counts for those whose role is curator
