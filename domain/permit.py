"""Who may do what: one table.

A right holds *over a thing* in one of three ways: by ROLE alone, because the thing is one's OWN
(uploader or speaker of a recording, author of a comment), or because one CURATES the space it is
in. Admins hold all of them. Who came by a brief's link is a guest, whatever their role: they may send
recordings for that brief, and look after those; when the link has ended, take them back. An API token may be for some
of its person's rights alone: each takes a scope, too (that of the request is in publish_api/access.py). What one may
*see* is not here: reads are filtered in SQL by viewer (`viewer_space` and the queries in store/).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from domain.errors import Forbidden
from domain.person import Person, Role
from domain.scope import Scope


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
    COVER = "mute seconds of a recording, or cover a part of its picture"
    UNCOVER = "let what was muted or covered be heard or seen again"
    READ_TRANSCRIPT = "read a whole recording's transcript"
    CHANGE_CAPTIONS = "bring captions to a recording, or take them away"
    TRANSLATE = "have a recording translated"
    CUT_AGAIN = "cut a recording again"
    CORRECT_TRANSCRIPT = "correct what is written down of a recording"
    EDIT_CLIP = "edit a clip"
    PUBLISH_CLIP = "publish a clip"
    PUBLISH_FIRST = "publish a clip of your own"  # where a curator trusts one: store/trust.py
    PULL_BACK = "pull a clip back"
    SHARE_DRAFT = "share a draft"
    TRUST = "say who publishes first"
    APPROVE_CLIP = "approve a clip that is a matter of safety"
    READ_HISTORY = "read what became of a clip"
    REVIEW = "review clips"
    DOWNLOAD_CLIP = "take a clip along"  # where its space allows it
    MAKE_REEL = "make a reel"  # and change it, or delete it
    WATCH_REEL = "watch a reel"  # or take it along: where its space allows that
    KEEP_FOR_ONESELF = "keep what you watched, saved and follow"
    COMMENT = "comment"
    EDIT_COMMENT = "edit a comment"
    DELETE_COMMENT = "delete a comment"
    RESOLVE_COMMENT = "resolve a comment"
    ACCEPT_ANSWER = "choose the answer to a question"
    ANSWER_CORRECTION = "answer a correction"
    UNMASK = "look up who asked a question without their name"
    REACT = "react to what is shown and said"
    REPORT = "report what should not stand there"
    MODERATE = "settle a report, or give a removed comment back"
    READ_ACTS = "read who did what to whose words, clips and rights"
    MAKE_SPACE = "make a space"
    CHANGE_MEMBERS = "change who is in a space"
    CHANGE_SPACE = "rename a space, or say who sees into it"
    MOVE = "move something to another space"  # by who curates both
    ALLOW_DOWNLOADS = "say whether clips of a space can be taken along"
    CHANGE_GLOSSARY = "change the glossary"
    CHANGE_VOCABULARY = "change the vocabulary"  # all spaces have one
    READ_MISSED = "read what was searched for and not found"
    INVITE = "invite people"
    GRANT_RIGHTS = "bring in curators or admins, or say what a curator curates"
    END_STAY = "say that somebody has left"
    MAKE_TOKEN = "make a token for programs"  # noqa: S105 - and take it back
    END_SESSION = "sign a device out"
    TAKE_DATA = "take along everything held about somebody"
    ERASE = "have everything held about somebody deleted"  # and take that back
    SET_PIN = "set a PIN for shared devices"
    SET_MAIL = "say where mail for you goes"
    LEND_DEVICE = "lend a device to a space"  # and take it back


@dataclass(frozen=True)
class Rule:
    roles: frozenset[Role] = frozenset()
    own: bool = False
    curates: bool = False
    scope: Scope | None = None  # None: REVIEW for what one may since one curates, else WRITE

    def takes(self, *, own: bool) -> Scope:
        """The scope without which no token does it."""
        by_right = (self.own and own) or self.roles == _EVERYONE
        return self.scope or (Scope.WRITE if by_right else Scope.REVIEW)


_EVERYONE = frozenset(Role)

RULES: dict[Act, Rule] = {
    Act.UPLOAD: Rule(roles=frozenset({Role.EXPERT, Role.CURATOR}), scope=Scope.UPLOAD),
    Act.ANSWER_BRIEF: Rule(own=True, curates=True, scope=Scope.UPLOAD),  # one's own: one was given a link to it
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
    Act.COVER: Rule(own=True, curates=True),
    Act.UNCOVER: Rule(own=True, curates=True),  # one's own: one has muted it oneself
    Act.READ_TRANSCRIPT: Rule(own=True, curates=True),
    Act.CORRECT_TRANSCRIPT: Rule(own=True, curates=True),  # who spoke knows best what was said
    Act.CHANGE_CAPTIONS: Rule(own=True, curates=True),
    Act.TRANSLATE: Rule(curates=True),
    Act.CUT_AGAIN: Rule(curates=True),
    Act.EDIT_CLIP: Rule(curates=True),
    Act.PUBLISH_CLIP: Rule(curates=True),
    Act.PUBLISH_FIRST: Rule(own=True),
    Act.PULL_BACK: Rule(own=True, curates=True),  # at any time
    Act.SHARE_DRAFT: Rule(own=True, curates=True),
    Act.TRUST: Rule(curates=True),
    Act.APPROVE_CLIP: Rule(curates=True),  # another one than who proposed it: store/approvals.py
    Act.READ_HISTORY: Rule(own=True, curates=True),  # whoever speaks may know what was made of it
    Act.DOWNLOAD_CLIP: Rule(roles=_EVERYONE),
    Act.MAKE_REEL: Rule(curates=True),
    Act.WATCH_REEL: Rule(roles=_EVERYONE),
    Act.REVIEW: Rule(roles=frozenset({Role.CURATOR})),  # which clips, SQL knows
    Act.KEEP_FOR_ONESELF: Rule(roles=_EVERYONE),  # and nobody keeps it for others, or reads it
    Act.COMMENT: Rule(roles=_EVERYONE),
    Act.EDIT_COMMENT: Rule(own=True),
    Act.DELETE_COMMENT: Rule(own=True, curates=True),
    Act.RESOLVE_COMMENT: Rule(own=True, curates=True),
    Act.ACCEPT_ANSWER: Rule(own=True, curates=True),  # one's own: one asked, or speaks in the clip
    Act.ANSWER_CORRECTION: Rule(own=True, curates=True),  # one's own: of one's recording; to raise one is no right to
    Act.UNMASK: Rule(curates=True),  # as the page says it where one asks
    Act.REACT: Rule(roles=_EVERYONE),
    Act.REPORT: Rule(roles=_EVERYONE),
    Act.MODERATE: Rule(curates=True),  # but nobody about words of their own: store/reports.py
    Act.READ_ACTS: Rule(roles=frozenset({Role.CURATOR})),  # of which spaces, SQL knows
    Act.MAKE_SPACE: Rule(scope=Scope.MANAGE),
    Act.CHANGE_MEMBERS: Rule(curates=True, scope=Scope.MANAGE),
    Act.CHANGE_SPACE: Rule(scope=Scope.MANAGE),
    Act.MOVE: Rule(curates=True),
    Act.ALLOW_DOWNLOADS: Rule(curates=True),
    Act.CHANGE_GLOSSARY: Rule(curates=True),
    Act.CHANGE_VOCABULARY: Rule(curates=True),  # the space of everybody
    Act.READ_MISSED: Rule(roles=frozenset({Role.CURATOR})),
    Act.INVITE: Rule(roles=frozenset({Role.CURATOR}), scope=Scope.MANAGE),
    Act.GRANT_RIGHTS: Rule(scope=Scope.MANAGE),
    Act.END_STAY: Rule(scope=Scope.MANAGE),
    Act.MAKE_TOKEN: Rule(own=True, scope=Scope.MANAGE),
    Act.END_SESSION: Rule(own=True, scope=Scope.MANAGE),
    Act.TAKE_DATA: Rule(own=True, scope=Scope.MANAGE),
    Act.ERASE: Rule(own=True, scope=Scope.MANAGE),
    Act.SET_PIN: Rule(own=True, scope=Scope.MANAGE),
    Act.SET_MAIL: Rule(own=True, scope=Scope.MANAGE),
    Act.LEND_DEVICE: Rule(curates=True, scope=Scope.MANAGE),
}

_GUESTS_MAY = frozenset({Act.UPLOAD, Act.ANSWER_BRIEF})
# Whom they have filmed can be asked, and what they said of themselves taken back, or all of it; and a file that was
# refused because it is here already can be used all the same.
_GUESTS_MAY_WITH_THEIR_OWN = frozenset({
    Act.NAME_PEOPLE, Act.ASK_CONSENT, Act.TAKE_BACK_CONSENT, Act.RETRY, Act.SAY_OF_FILM, Act.DELETE_RECORDING,
})  # fmt: skip

# A device that a ward shares, while nobody has said who they are. Who has, looks after nobody and nothing there that
# Scope.MANAGE is for: whoever finds it unlocked is let in nowhere else.
_DEVICES_MAY = frozenset({Act.WATCH_REEL})

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
    if person.scopes is not None and RULES[act].takes(own=own) not in person.scopes:
        return False
    if person.device:
        return act in _DEVICES_MAY
    if person.shared and RULES[act].scope is Scope.MANAGE:
        return False
    if person.ended:
        return own and act in _FORMER_GUESTS_MAY
    if person.brief_id is not None:
        return act in _GUESTS_MAY or (own and act in _GUESTS_MAY_WITH_THEIR_OWN)
    rule = RULES[act]
    return person.role is Role.ADMIN or person.role in rule.roles or (rule.own and own) or (rule.curates and curates)


def demand(person: Person, act: Act, *, own: bool = False, curates: bool = False) -> None:
    """Raises Forbidden unless `person` may; `token_scope` where they may, and their token may not."""
    if person.scopes is not None and may(replace(person, scopes=None), act, own=own, curates=curates):
        demand_scope(person.scopes, RULES[act].takes(own=own))
    elif person.shared and RULES[act].scope is Scope.MANAGE:
        raise Forbidden("Not on a device that others use, too. Do it on one of your own.", code="shared_device")
    elif not may(person, act, own=own, curates=curates):
        raise Forbidden(f"You may not {act.value} here. {_who_may(RULES[act])}")


def _who_may(rule: Rule) -> str:
    """Whom to ask."""
    if rule.curates or rule.roles:
        return "Ask a curator: they do it, or let you."
    return "Only the one whose it is may, or an admin." if rule.own else "Ask an admin."


def demand_scope(has: frozenset[Scope], wanted: Scope) -> None:
    """Raises Forbidden (`token_scope`)."""
    if wanted not in has:
        raise Forbidden(
            f"This token was not made for that: it lacks “{wanted}”. Make one that has it, under Your account.",
            code="token_scope",
        )
