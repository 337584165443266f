"""What somebody is told of, in a sentence: for the inbox, for mails and for programs."""

from collections.abc import Callable, Mapping

from domain.notice import Notice, NoticeKind, Way
from publish_api.tongue import _, ngettext, phrase

# As a person would say which kinds there are, when they choose.
KINDS: Mapping[NoticeKind, str] = {
    NoticeKind.ANSWERED: phrase("Somebody answers what I said"),
    NoticeKind.MENTIONED: phrase("Somebody names me"),
    NoticeKind.ACCEPTED: phrase("My answer is chosen, or my correction accepted"),
    NoticeKind.QUESTION: phrase("A question about a clip of mine"),
    NoticeKind.CORRECTION: phrase("A correction of a clip of mine"),
    NoticeKind.HELPED: phrase("Somebody found useful what I shared (once a day at most)"),
    NoticeKind.PUBLISHED: phrase("Clips of my recordings can be seen"),
    NoticeKind.REFUSED: phrase("A recording of mine could not be used"),
    NoticeKind.FOLLOWED: phrase("Something new of what I follow (once a day at most)"),
    NoticeKind.CORRECTED: phrase("Something that I watched was corrected"),
    NoticeKind.SHARED: phrase("Somebody shares a draft with me"),
    NoticeKind.FEEDBACK: phrase("Somebody comments on a draft that I shared or speak in"),
    NoticeKind.PULLED_BACK: phrase("A curator pulls a clip of mine back"),
    NoticeKind.REMOVED: phrase("A moderator removes what I said"),
    NoticeKind.REVIEW: phrase("Somebody asks me to look at a clip"),
    NoticeKind.LOWERED: phrase("A clip that I was to approve is said to be no matter of safety"),
    NoticeKind.REPORT: phrase("What I reported was looked at"),
    NoticeKind.EXPORT: phrase("The copy of my data is ready"),
    NoticeKind.ERASURE: phrase("An admin asks for my data to be deleted"),
    NoticeKind.LINK: phrase("Somebody makes a link that signs in as me"),
    NoticeKind.LINK_USED: phrase("A link that somebody made for me is used"),
}
WAYS: Mapping[Way, str] = {
    Way.NOTHING: phrase("Not at all"),
    Way.INBOX: phrase("In the inbox"),
    Way.MAIL: phrase("In the inbox and by mail"),
}

_BY: Mapping[NoticeKind, str] = {
    NoticeKind.ANSWERED: phrase("%(who)s answered you"),
    NoticeKind.MENTIONED: phrase("%(who)s named you"),
    NoticeKind.ACCEPTED: phrase("%(who)s accepted what you said"),
    NoticeKind.QUESTION: phrase("%(who)s asked something about your clip"),
    NoticeKind.CORRECTION: phrase("%(who)s says that something in your clip is not right"),
    NoticeKind.SHARED: phrase("%(who)s shared a draft with you"),
    NoticeKind.FEEDBACK: phrase("%(who)s commented on a draft that you shared or speak in"),
    NoticeKind.PULLED_BACK: phrase("%(who)s pulled your clip back"),
    NoticeKind.ERASURE: phrase("%(who)s asked for your data to be deleted"),
    NoticeKind.REVIEW: phrase("%(who)s asks you to look at a clip"),
    NoticeKind.LOWERED: phrase("%(who)s says that a clip is no matter of safety any more"),
    NoticeKind.LINK: phrase("%(who)s made a link that signs in as you"),
    NoticeKind.LINK_USED: phrase("A link that %(who)s made has signed somebody in as you"),
}
_BY_NOBODY: Mapping[NoticeKind, str] = {
    NoticeKind.REFUSED: phrase("A recording of yours could not be used"),
    NoticeKind.CORRECTED: phrase("Something you watched was corrected"),
    NoticeKind.REMOVED: phrase("A moderator removed what you said"),
    NoticeKind.REPORT: phrase("What you reported was looked at"),
    NoticeKind.EXPORT: phrase("The copy of your data is ready"),
}
_COUNTED: Mapping[NoticeKind, Callable[[Notice], str]] = {
    NoticeKind.HELPED: lambda n: ngettext(
        "%(num)s colleague found useful what you shared", "%(num)s colleagues found useful what you shared", n.people
    ),
    NoticeKind.PUBLISHED: lambda n: ngettext(
        "%(num)s clip of your recording can be seen now", "%(num)s clips of your recording can be seen now", n.count
    ),
    NoticeKind.FOLLOWED: lambda n: ngettext(
        "%(num)s new clip of what you follow", "%(num)s new clips of what you follow", n.count
    ),
}


def headline(notice: Notice) -> str:
    """Without a full stop, and without what it is about."""
    if counted := _COUNTED.get(notice.kind):
        return counted(notice)
    if notice.kind in _BY_NOBODY:
        return _(_BY_NOBODY[notice.kind])
    return _(_BY[notice.kind], who=_who(notice))


def _who(notice: Notice) -> str:
    if not notice.names:
        return _("Somebody")
    first, others = notice.names[0], notice.people - 1
    if others < 1:
        return first
    if others == 1 and len(notice.names) == 2:
        return _("%(one)s and %(other)s", one=first, other=notice.names[1])
    return ngettext("%(name)s and %(num)s other", "%(name)s and %(num)s others", others, name=first)
