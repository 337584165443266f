"""Who may do what: one table.

A right holds *over a thing* in one of three ways: by ROLE alone, because the thing is one's OWN
(uploader or speaker of a recording, author of a comment), or because one CURATES the space it is
in. Admins hold all of them. What one may *see* is not here: reads are filtered in SQL by viewer
(`viewer_space` and the queries in store/).
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Forbidden
from domain.person import Person, Role


class Act(StrEnum):
    UPLOAD = "upload a recording"
    RETRY = "try a recording again"
    DELETE_RECORDING = "delete a recording"
    READ_TRANSCRIPT = "read a whole recording's transcript"
    EDIT_CLIP = "edit a clip"
    PUBLISH_CLIP = "publish a clip"
    REVIEW = "review clips"
    COMMENT = "comment"
    EDIT_COMMENT = "edit a comment"
    DELETE_COMMENT = "delete a comment"
    RESOLVE_COMMENT = "resolve a comment"
    MAKE_SPACE = "make a space"
    CHANGE_MEMBERS = "change who is in a space"
    INVITE = "invite people"
    GRANT_RIGHTS = "bring in curators or admins, or say what a curator curates"
    END_STAY = "say that somebody has left"


@dataclass(frozen=True)
class Rule:
    roles: frozenset[Role] = frozenset()
    own: bool = False
    curates: bool = False


_EVERYONE = frozenset(Role)

RULES: dict[Act, Rule] = {
    Act.UPLOAD: Rule(roles=frozenset({Role.EXPERT, Role.CURATOR})),
    Act.RETRY: Rule(own=True, curates=True),
    Act.DELETE_RECORDING: Rule(own=True, curates=True),
    Act.READ_TRANSCRIPT: Rule(own=True, curates=True),
    Act.EDIT_CLIP: Rule(curates=True),
    Act.PUBLISH_CLIP: Rule(curates=True),
    Act.REVIEW: Rule(roles=frozenset({Role.CURATOR})),  # which clips, SQL knows
    Act.COMMENT: Rule(roles=_EVERYONE),
    Act.EDIT_COMMENT: Rule(own=True),
    Act.DELETE_COMMENT: Rule(own=True, curates=True),
    Act.RESOLVE_COMMENT: Rule(own=True, curates=True),
    Act.MAKE_SPACE: Rule(),
    Act.CHANGE_MEMBERS: Rule(curates=True),
    Act.INVITE: Rule(roles=frozenset({Role.CURATOR})),
    Act.GRANT_RIGHTS: Rule(),
    Act.END_STAY: Rule(),
}

# What it takes to give somebody a way in, by who that is: a link for an admin makes one an admin, and
# a curator of one space who could bring in a curator of all would be one.
TO_BRING_IN: dict[Role, Act] = {
    Role.LEARNER: Act.INVITE,
    Role.EXPERT: Act.INVITE,
    Role.CURATOR: Act.GRANT_RIGHTS,
    Role.ADMIN: Act.GRANT_RIGHTS,
}


def may(person: Person, act: Act, *, own: bool = False, curates: bool = False) -> bool:
    """Whether `person` may; `own` and `curates` say how they stand to the thing acted on."""
    rule = RULES[act]
    return person.role is Role.ADMIN or person.role in rule.roles or (rule.own and own) or (rule.curates and curates)


def demand(person: Person, act: Act, *, own: bool = False, curates: bool = False) -> None:
    """Raises Forbidden unless `person` may."""
    if not may(person, act, own=own, curates=curates):
        raise Forbidden(f"You may not {act.value} here. Ask a curator to do it, or to change your role.")
