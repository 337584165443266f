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
from domain.clip import USUAL, Limits, Proposal
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
        limits: Limits | None = None,
        kept: Sequence[Span] = (),
    ) -> tuple[Proposal, ...]: ...


class Drafting(Protocol):
    """Title, summary and question of a clip, and of what its recording's other clips say: as clip.drafter.extractive.

    It answers whatever happens, within half a minute.
    """

    def __call__(self, sentences: Sequence[Sentence], language: str, others: Sequence[str] = ()) -> Draft: ...


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
    scratch: Path | None = None  # for files that are gone once they are sent; None: where the system has them
    originals_days: int = 0  # after which the file that was sent is deleted; 0: with its recording
    propose: Propose = propose
    draft: Drafting = extractive
    lengths: Limits = USUAL  # of clips, where nobody has said otherwise for a recording
    meaning: Callable[[str], Sequence[float] | None] = meaning_of_query  # of what is searched for
    whisper_model: str = "base"  # not all of them can translate
