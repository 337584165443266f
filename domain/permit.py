"""Who may do what: one table.

A right holds *over a thing* in one of three ways: by ROLE alone, because the thing is one's OWN
(uploader or speaker of a recording, author of a comment), or because one CURATES the space it is
in. Admins hold all of them. Who came by a brief's link is a guest, whatever their role: they may send
recordings for that brief, and look after those; when the link has ended, take them back. What one may *see*
is not here: reads are filtered in SQL by viewer (`viewer_space` and the queries in store/).
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Forbidden
from domain.person import Person, Role


class Act(StrEnum):
    UPLOAD = "upload a recording"
    ANSWER_BRIEF = "answer a brief"
    ASK_EXPERTS = "ask experts for recordings"
    WRITE_BRIEF = "write a brief"
    LINK_BRIEF = "hand out links to a brief"
    NAME_PEOPLE = "say who is in a recording"
    ASK_CONSENT = "ask somebody whether they agree to be shown"
    SAY_CONSENT = "say that you agree to be shown"
    NOTE_CONSENT = "note what somebody said about being shown"
    TAKE_BACK_CONSENT = "take somebody's consent back"
    UNNAME_PEOPLE = "say that somebody is not in a recording"
    ASK_TAKEDOWN = "say that you are in a clip"
    SETTLE_TAKEDOWN = "settle a takedown"
    SAY_OF_FILM = "say whether the film of a recording comes"
    RETRY = "try a recording again"
    HEAR_AGAIN = "have a recording heard again"
    DELETE_RECORDING = "delete a recording"
    RECALL = "take seconds of a recording out of every clip"
    UNDO_RECALL = "give back what was taken out of every clip"
    READ_TRANSCRIPT = "read a whole recording's transcript"
    CHANGE_CAPTIONS = "bring captions to a recording, or take them away"
    TRANSLATE = "have a recording translated"
    CUT_AGAIN = "cut a recording again"
    CORRECT_TRANSCRIPT = "correct what is written down of a recording"
    EDIT_CLIP = "edit a clip"
    PUBLISH_CLIP = "publish a clip"
    REVIEW = "review clips"
    DOWNLOAD_CLIP = "take a clip along"  # where its space allows it
    MAKE_REEL = "make a reel"  # and change it, or delete it
    WATCH_REEL = "watch a reel"  # or take it along: where its space allows that
    COMMENT = "comment"
    EDIT_COMMENT = "edit a comment"
    DELETE_COMMENT = "delete a comment"
    RESOLVE_COMMENT = "resolve a comment"
    MAKE_SPACE = "make a space"
    CHANGE_MEMBERS = "change who is in a space"
    ALLOW_DOWNLOADS = "say whether clips of a space can be taken along"
    CHANGE_GLOSSARY = "change the glossary"
    CHANGE_VOCABULARY = "change the vocabulary"  # all spaces have one
    READ_MISSED = "read what was searched for and not found"
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
    Act.ANSWER_BRIEF: Rule(own=True, curates=True),  # one's own: one was given a link to it
    Act.ASK_EXPERTS: Rule(roles=frozenset({Role.CURATOR})),
    Act.WRITE_BRIEF: Rule(curates=True),
    Act.LINK_BRIEF: Rule(curates=True),
    Act.NAME_PEOPLE: Rule(own=True, curates=True),
    Act.ASK_CONSENT: Rule(own=True, curates=True),
    Act.SAY_CONSENT: Rule(own=True),  # one's own: it is about oneself
    Act.NOTE_CONSENT: Rule(curates=True),
    Act.TAKE_BACK_CONSENT: Rule(own=True, curates=True),  # as above
    Act.UNNAME_PEOPLE: Rule(curates=True),
    Act.ASK_TAKEDOWN: Rule(roles=_EVERYONE),
    Act.SETTLE_TAKEDOWN: Rule(curates=True),
    Act.SAY_OF_FILM: Rule(own=True),
    Act.RETRY: Rule(own=True, curates=True),
    Act.HEAR_AGAIN: Rule(own=True, curates=True),
    Act.DELETE_RECORDING: Rule(own=True, curates=True),
    Act.RECALL: Rule(own=True, curates=True),  # whoever may delete all of it
    Act.UNDO_RECALL: Rule(curates=True),  # what was dangerous stays out until L&D has looked at it
    Act.READ_TRANSCRIPT: Rule(own=True, curates=True),
    Act.CORRECT_TRANSCRIPT: Rule(own=True, curates=True),  # who spoke knows best what was said
    Act.CHANGE_CAPTIONS: Rule(own=True, curates=True),
    Act.TRANSLATE: Rule(curates=True),
    Act.CUT_AGAIN: Rule(curates=True),
    Act.EDIT_CLIP: Rule(curates=True),
    Act.PUBLISH_CLIP: Rule(curates=True),
    Act.DOWNLOAD_CLIP: Rule(roles=_EVERYONE),
    Act.MAKE_REEL: Rule(curates=True),
    Act.WATCH_REEL: Rule(roles=_EVERYONE),
    Act.REVIEW: Rule(roles=frozenset({Role.CURATOR})),  # which clips, SQL knows
    Act.COMMENT: Rule(roles=_EVERYONE),
    Act.EDIT_COMMENT: Rule(own=True),
    Act.DELETE_COMMENT: Rule(own=True, curates=True),
    Act.RESOLVE_COMMENT: Rule(own=True, curates=True),
    Act.MAKE_SPACE: Rule(),
    Act.CHANGE_MEMBERS: Rule(curates=True),
    Act.ALLOW_DOWNLOADS: Rule(curates=True),
    Act.CHANGE_GLOSSARY: Rule(curates=True),
    Act.CHANGE_VOCABULARY: Rule(curates=True),  # the space of everybody
    Act.READ_MISSED: Rule(roles=frozenset({Role.CURATOR})),
    Act.INVITE: Rule(roles=frozenset({Role.CURATOR})),
    Act.GRANT_RIGHTS: Rule(),
    Act.END_STAY: Rule(),
}

_GUESTS_MAY = frozenset({Act.UPLOAD, Act.ANSWER_BRIEF})
# Whom they have filmed can be asked, and what they said of themselves taken back, or all of it; and a file that was
# refused because it is here already can be used all the same.
_GUESTS_MAY_WITH_THEIR_OWN = frozenset({
    Act.NAME_PEOPLE, Act.ASK_CONSENT, Act.TAKE_BACK_CONSENT, Act.RETRY, Act.SAY_OF_FILM, Act.DELETE_RECORDING,
})  # fmt: skip

# Of their own, when their link has ended.
_FORMER_GUESTS_MAY = frozenset({Act.TAKE_BACK_CONSENT, Act.DELETE_RECORDING})

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
    if person.ended:
        return own and act in _FORMER_GUESTS_MAY
    if person.brief_id is not None:
        return act in _GUESTS_MAY or (own and act in _GUESTS_MAY_WITH_THEIR_OWN)
    rule = RULES[act]
    return person.role is Role.ADMIN or person.role in rule.roles or (rule.own and own) or (rule.curates and curates)


def demand(person: Person, act: Act, *, own: bool = False, curates: bool = False) -> None:
    """Raises Forbidden unless `person` may."""
    if not may(person, act, own=own, curates=curates):
        raise Forbidden(f"You may not {act.value} here. Ask a curator to do it.")
