"""Everything that can be said to somebody who asked for what cannot be.

    PassItOnError
    ├── Refused          this file cannot become clips; the expert can do something about it
    ├── Invalid          the request does not make sense
    ├── Unauthenticated  we do not know who is asking
    ├── Forbidden        we know, and they may not
    ├── NotFound         not there, or not theirs: the two look the same
    ├── Gone             was there, and was deleted
    ├── Conflict         somebody else changed it meanwhile
    ├── TooLarge         more than is let in
    ├── TooMany          too often, try later
    ├── Unavailable      we cannot at the moment; nothing is lost, try again
    └── Misconfigured    whoever runs the server has to change a setting

`code` never changes once released: clients compare it. `message` is one or two sentences for the
person who reads it: what was wrong, what to do next. The HTTP status of each is in
publish_api/errors.py, the exit code in pipeline/terminal.py.
"""


class PassItOnError(Exception):
    """Root of all errors that carry a message for their reader."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class Refused(PassItOnError):
    code = "refused"


class Invalid(PassItOnError):
    code = "invalid"


class Unauthenticated(PassItOnError):
    code = "unauthenticated"


class Forbidden(PassItOnError):
    code = "forbidden"


class NotFound(PassItOnError):
    code = "not_found"


class Gone(PassItOnError):
    code = "gone"


class Conflict(PassItOnError):
    code = "conflict"


class TooLarge(PassItOnError):
    code = "too_large"


class TooMany(PassItOnError):
    """`retry_after_s`: when there is room again, where that is known."""

    code = "too_many"

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: int | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class Unavailable(PassItOnError):
    code = "unavailable"


class Misconfigured(PassItOnError):
    code = "misconfigured"
