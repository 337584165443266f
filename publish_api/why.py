"""Why a clip waits for a curator, in a sentence: for the page of what waits, and for programs."""

from collections.abc import Callable, Mapping

from domain.review import Reason, Waiting
from publish_api.tongue import _, dated, ngettext


def words(reason: Reason, waiting: Waiting) -> str:
    """`reason`: one that `domain.review.reasons` gives of it."""
    return _WORDS[reason](waiting)


def _safety(waiting: Waiting) -> str:
    if waiting.approved:
        return _("A matter of safety.")
    if waiting.clip.published_at:
        return _("A matter of safety that people see, and nobody has approved it as it is.")
    return _("A matter of safety: two people look at it.")


def _changed(waiting: Waiting) -> str:
    return _("Changed by %(who)s.", who=waiting.changed_by) if waiting.changed_by else _("Its words changed.")


def _due(waiting: Waiting) -> str:
    by = waiting.clip.review_by
    return _("To be looked at by %(day)s.", day=dated(by, "d MMMM y")) if by else ""


_WORDS: Mapping[Reason, Callable[[Waiting], str]] = {
    Reason.ASKED: lambda w: _("%(who)s asks for your approval.", who=w.asked_by or _("Somebody")),
    Reason.ASKED_OTHER: lambda w: _("%(who)s was asked to approve it.", who=w.asked_of),
    Reason.ASSIGNED: lambda w: _("You are to look at it."),
    Reason.OWNER: lambda w: _("You look after it."),
    Reason.CORRECTION: lambda w: ngettext(
        "A correction has no answer.", "%(num)s corrections have no answer.", w.corrections
    ),
    Reason.SAFETY: _safety,
    Reason.LOWERED: lambda w: _(
        "A matter of safety, until %(who)s said that it is none.", who=w.lowered_by or _("somebody")
    ),
    Reason.SEARCHED: lambda w: ngettext(
        "Searched for and not found: “%(query)s”, once.",
        "Searched for and not found: “%(query)s”, %(num)s times.",
        w.times,
        query=w.searched,
    ),
    Reason.BRIEF: lambda w: _("Answers the brief “%(brief)s”.", brief=w.brief),
    Reason.FIRST: lambda w: _(
        "%(who)s published it, and no curator has looked at it yet.", who=w.first_by or _("Somebody")
    ),
    Reason.CHANGED: _changed,
    Reason.DUE: _due,
}
