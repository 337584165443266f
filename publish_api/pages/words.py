"""Times, lengths and counts as people say them. Pure; used by the templates as filters."""

from datetime import UTC, date, datetime

from domain.recording import Status
from domain.space import Space
from publish_api.tongue import _, dated, ngettext, phrase

_ROLES = {"learner": phrase("Learner"), "expert": phrase("Expert"), "curator": phrase("L&D"), "admin": phrase("Admin")}

_KINDS = {"skill": phrase("Skill"), "theory": phrase("Theory"), "strategy": phrase("Strategy")}

_LEVELS = {
    "beginner": phrase("Beginner"),
    "intermediate": phrase("Intermediate"),
    "advanced": phrase("Advanced"),
}

# The first that is found counts: an iPad says that it is a Mac, and Android that it is Linux.
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)

STATUS = {
    Status.WORKING: phrase("Being made"),
    Status.READY: phrase("Ready"),
    Status.REFUSED: phrase("Could not be used"),
    Status.FAILED: phrase("Stopped"),
    Status.DELETED: phrase("Deleted"),
}


def called(space: Space) -> str:
    """What people read as the name of a space: that of everybody has the same one everywhere."""
    return _("All colleagues") if space.everyone else space.name


def clock(ms: int) -> str:
    """0:42, 12:05, 1:02:03. Rounded down: a link to it never lands late."""
    minutes, seconds = divmod(max(ms, 0) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def length(ms: int) -> str:
    """For those who hear a page: "42 seconds", "2 minutes 5 seconds"."""
    minutes, seconds = divmod(round(ms / 1000), 60)
    said = [ngettext("%(num)s minute", "%(num)s minutes", minutes)] if minutes else []
    if seconds or not minutes:
        said.append(ngettext("%(num)s second", "%(num)s seconds", seconds))
    return " ".join(said)


def megabytes(size: int) -> str:
    """As phones show them: decimal."""
    if size < 1e9:
        return _("%(size)s MB", size=f"{size / 1e6:.1f}" if size < 1e7 else f"{size / 1e6:.0f}")
    return _("%(size)s GB", size=f"{size / 1e9:.1f}")


def ago(then: datetime, now: datetime) -> str:
    """When something happened, seen from `now` (both aware)."""
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", int(seconds // 60))
    if seconds < 24 * 3600:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", int(seconds // 3600))
    days = int(seconds // (24 * 3600))
    if days < 7:
        return _("yesterday") if days == 1 else ngettext("%(num)s day ago", "%(num)s days ago", days)
    return _("on %(day)s", day=dated(then, "d MMMM" if then.year == now.year else "d MMMM y"))


def moment(then: datetime) -> str:
    """To the minute, for whoever asks. Pages with JavaScript say it in the reader's own time zone."""
    return dated(then.astimezone(UTC), "d MMMM y, HH:mm") + " UTC"


def day(then: date) -> str:
    """ "5 March 2031": for what lasts until some day."""
    return dated(then.astimezone(UTC) if isinstance(then, datetime) else then, "d MMMM y")


def device(said: str) -> str:
    """What somebody holds, from what its browser says of itself (a stranger's text)."""
    return next((name for sign, name in _DEVICES if sign in said), _("Some device"))


def about(seconds: float) -> str:
    """An estimate, no more exact than it is: "a few seconds", "about 3 minutes"."""
    if seconds < 10:
        return _("a few seconds")
    if seconds < 45:
        tens = round(seconds / 10) * 10
        return ngettext("about %(num)s second", "about %(num)s seconds", tens)
    if seconds < 90:
        return _("about a minute")
    if seconds < 3600 * 1.5:
        return ngettext("about %(num)s minute", "about %(num)s minutes", round(seconds / 60))
    return ngettext("about %(num)s hour", "about %(num)s hours", round(seconds / 3600))


def initials(name: str) -> str:
    """The first letters of the first and the last name, whatever brackets or signs are before them."""
    letters = [letter for part in name.split() if (letter := next(filter(str.isalnum, part), ""))]
    return "".join(letters[:1] + letters[1:][-1:]).upper()


def kind(name: str) -> str:
    """What sort of know-how it is."""
    return _(_KINDS.get(name, name.capitalize()))


def level(name: str) -> str:
    """How much somebody has to know."""
    return _(_LEVELS.get(name, name.capitalize()))


def role(name: str) -> str:
    return _(_ROLES.get(name, name.capitalize()))
