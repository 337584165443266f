"""What became of a recording: counts of what was said, never of who watched."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Echo:
    """What colleagues made of a recording, as far as one viewer hears of it.

    What its own people (uploader, speaker) said is not counted: an echo comes from others.
    """

    clips: int = 0  # drafts, too
    published: int = 0  # of them
    since: datetime | None = None  # when the first of these was published
    waiting: int = 0  # questions and corrections that nobody has answered
    comments: int = 0
    used_it: int = 0  # people who said that they used it
    helped: int = 0  # reactions
    thanks: int = 0

    @property
    def silent(self) -> bool:
        return not (self.comments or self.used_it or self.helped or self.thanks)


SILENCE = Echo()
