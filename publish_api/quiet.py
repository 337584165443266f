"""Keeps what opens doors out of the access log: media MACs, tokens of links that sign in, brief, ask for consent or end
mail, and what comes back from single sign-on.
"""

import logging
import re

_SECRET = re.compile(
    r"(?P<before>/m/[^/?\s]+/[^/?\s]+/|/sign-in/|/brief/|/b/|/consent/|/mail/confirm/|/mail/stop/|[?&](?:token|code|state)=)[^/?&\s]+",
    re.IGNORECASE,
)


def masked(path: str) -> str:
    """A request's path and query as it may be written down."""
    return _SECRET.sub(r"\g<before>-", path)


class Quiet(logging.Filter):
    """For uvicorn's access log, whose arguments hold the path. Changes records, drops none."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(masked(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


def install() -> None:
    """Quiets uvicorn's access log, now and after uvicorn has set up its logging. Safe to call again."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(f, Quiet) for f in log.filters):
        log.addFilter(Quiet())
