"""What a recording or a clip is called."""

from domain.errors import Invalid

MAX_TITLE = 200  # characters


def checked_title(title: str) -> str:
    """A title that a person gave, in one line already. Raises Invalid (`bad_title`)."""
    if not 1 <= len(title) <= MAX_TITLE:
        raise Invalid(f"A title is 1 to {MAX_TITLE} characters long.", code="bad_title")
    return title
