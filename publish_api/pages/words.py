"""Times, lengths and counts as people say them. Pure; used by the templates as filters."""

from datetime import UTC, datetime

from domain.recording import Status

_ROLES = {"learner": "Learner", "expert": "Expert", "curator": "L&D", "admin": "Admin"}

_KINDS = {"skill": "Skill", "theory": "Theory", "strategy": "Strategy"}

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
    Status.WORKING: "Being made",
    Status.READY: "Ready",
    Status.REFUSED: "Could not be used",
    Status.FAILED: "Stopped",
    Status.DELETED: "Deleted",
}


def clock(ms: int) -> str:
    """0:42, 12:05, 1:02:03. Rounded down: a link to it never lands late."""
    minutes, seconds = divmod(max(ms, 0) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def length(ms: int) -> str:
    """For those who hear a page: "42 seconds", "2 minutes 5 seconds"."""
    minutes, seconds = divmod(round(ms / 1000), 60)
    said = [count(minutes, "minute")] if minutes else []
    if seconds or not minutes:
        said.append(count(seconds, "second"))
    return " ".join(said)


def count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def megabytes(size: int) -> str:
    """As phones show them: decimal."""
    return f"{size / 1e6:.1f} MB" if size < 1e7 else f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"


def ago(then: datetime, now: datetime) -> str:
    """When something happened, seen from `now` (both aware)."""
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return count(int(seconds // 60), "minute") + " ago"
    if seconds < 24 * 3600:
        return count(int(seconds // 3600), "hour") + " ago"
    days = int(seconds // (24 * 3600))
    if days < 7:
        return "yesterday" if days == 1 else f"{days} days ago"
    day = f"{then.day} {then:%B}"
    return f"on {day}" if then.year == now.year else f"on {day} {then.year}"


def moment(then: datetime) -> str:
    """To the minute, for whoever asks. Pages with JavaScript say it in the reader's own time zone."""
    then = then.astimezone(UTC)
    return f"{then.day} {then:%B %Y, %H:%M} UTC"


def day(then: datetime) -> str:
    """ "5 March 2031": for what lasts until some day."""
    then = then.astimezone(UTC)
    return f"{then.day} {then:%B %Y}"


def device(said: str) -> str:
    """What somebody holds, from what its browser says of itself (a stranger's text)."""
    return next((name for sign, name in _DEVICES if sign in said), "Some device")


def about(seconds: float) -> str:
    """An estimate, no more exact than it is: "a few seconds", "about 3 minutes"."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 45:
        return f"about {round(seconds / 10) * 10} seconds"
    if seconds < 90:
        return "about a minute"
    if seconds < 3600 * 1.5:
        return f"about {round(seconds / 60)} minutes"
    return f"about {round(seconds / 3600)} hours"


def initials(name: str) -> str:
    """The first letters of the first and the last name."""
    names = name.split()
    return "".join(n[0] for n in (names[:1] + names[1:][-1:])).upper()


def kind(name: str) -> str:
    """What sort of know-how it is."""
    return _KINDS.get(name, name.capitalize())


def role(name: str) -> str:
    return _ROLES.get(name, name.capitalize())
