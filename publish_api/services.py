"""What publish_api is given: everything that touches the world. Made in pipeline/wiring.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from capture.intake import Intake
from clip.drafter import Draft, extractive
from clip.meaning import meaning_of_query
from clip.propose import propose
from domain.clip import USUAL, Lengths, Proposal
from domain.errors import Unavailable
from domain.identity import Identity
from domain.media import Listening
from domain.span import Span
from domain.transcript import Sentence, Transcript
from store.objects import Objects
from store.postgres import Store, Tx


class TryAgain(Protocol):
    """Queues again, in the caller's transaction, every step of a recording that failed or was refused."""

    def __call__(self, tx: Tx, recording_id: UUID) -> None: ...


class Propose(Protocol):
    """Clips of what was heard, around those that are kept: as clip.propose.propose."""

    def __call__(
        self,
        transcript: Transcript,
        heard: Listening,
        *,
        name: str = "",
        limits: Lengths | None = None,
        kept: Sequence[Span] = (),
    ) -> tuple[Proposal, ...]: ...


class Drafting(Protocol):
    """Title, summary and question of a clip, and of what its recording's other clips say: as clip.drafter.extractive.

    It answers whatever happens, within half a minute.
    """

    def __call__(self, sentences: Sequence[Sentence], language: str, others: Sequence[str] = ()) -> Draft: ...


class RemakeVoice(Protocol):
    """What was recorded, as a file of our own making: as transcode.voice.remade, in the jail."""

    def __call__(self, sent: Path, into: Path) -> int:
        """Writes `into`; its length in milliseconds. Raises Refused, Unavailable."""
        ...


def _no_ears(sent: Path, into: Path) -> int:
    raise Unavailable("This server takes no voice at the moment. Write it instead.", code="no_voices")


class SingleSignOn(Protocol):
    """A provider of single sign-on, with us as its client: as reach.oidc.Provider. Threads share it."""

    issuer: str

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent. Raises Unavailable, Misconfigured."""
        ...

    def identity(self, code: str, *, nonce: str, verifier: str, now: datetime) -> Identity:
        """Who came back with this code. Raises Unavailable, Forbidden (`sso_refused`), Misconfigured."""
        ...


@dataclass(frozen=True)
class Services:
    store: Store
    objects: Objects
    intake: Intake
    try_again: TryAgain
    public_url: str  # as people reach it, without a slash at the end
    max_upload_bytes: int
    max_duration_ms: int  # of a recording that is let in
    now: Callable[[], datetime]  # aware, UTC
    backup_days: int = 30  # after which no backup holds what was removed: what people are told
    history_days: int = 180  # for which it is kept what a person watched; 0: not at all
    sends_mail: bool = False  # whether a mail server is set
    mail_secret: bytes | None = None  # links in mails are signed with it; None: none of them is any good
    audit_days: int = 730  # for which it is kept who did what to whose words, clips and rights; 0: for ever
    scratch: Path | None = None  # for files that are gone once they are sent; None: where the system has them
    originals_days: int = 0  # after which the file that was sent is deleted; 0: with its recording
    propose: Propose = propose
    draft: Drafting = extractive
    lengths: Lengths = USUAL  # of clips, where nobody has said otherwise for a recording
    meaning: Callable[[str], Sequence[float] | None] = meaning_of_query  # of what is searched for
    whisper_model: str = "base"  # not all of them can translate
    single_sign_on: SingleSignOn | None = None  # None: links and codes alone
    remake_voice: RemakeVoice = _no_ears
