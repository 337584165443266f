"""How an act is linked to the correction that it mends: whoever comes from one to mend it says so, and that is written
down with the act.

A route that may mend something asks for `mends: Mends`, and says `mends.note(...)` in the transaction of the act.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header

from domain.amends import Act, about, lost
from domain.clip import Clip, Part
from domain.comment import Comment, CommentKind
from domain.errors import Invalid
from domain.person import Person
from domain.span import Span
from publish_api.access import Use, Viewer
from store import comments, mended
from store.postgres import Tx

Named = Annotated[
    str | None,
    Header(
        alias="Correction",
        max_length=40,
        description="The id of the comment, a correction, that this mends: that is written down with it.",
    ),
]


@dataclass(frozen=True)
class Mending:
    """`correction`: a comment's public id; None: it mends none."""

    by: Person
    correction: str | None
    now: datetime

    def words(self, tx: Tx, recording_id: UUID) -> None:
        """What is written down of a recording was corrected. Raises NotFound, Invalid (`other_correction`)."""
        if said := self._said(tx, [recording_id]):
            self._note(tx, said, Act.WORDS)

    def recall(self, tx: Tx, recording_id: UUID, span: Span) -> None:
        """Seconds were taken out of every clip. Raises as above."""
        if said := self._said(tx, [recording_id]):
            self._note(tx, said, Act.RECALL)
            wrong = about(said.at_ms, said.end_ms)
            if span.start_ms < wrong.end_ms and wrong.start_ms < span.end_ms:
                mended.gone(tx, mended.covering(tx, said.id), [said.id], self.now)

    def clip(self, tx: Tx, clip: Clip, parts: Sequence[Part] | None) -> None:
        """A clip has other parts now: None, the ones it had. Raises as above."""
        said = self._said(tx, [part.recording_id for part in clip.parts]) if parts is not None else None
        if said is None or parts is None or tuple(parts) == clip.parts:
            return
        had = {part.recording_id for part in clip.parts}
        retaken = any(part.recording_id not in had for part in parts)
        self._note(tx, said, Act.RETAKE if retaken else Act.CUT, clip.id)
        if lost(clip.parts, parts, said.recording_id, about(said.at_ms, said.end_ms)):
            mended.gone(tx, [clip.id], [said.id], self.now)

    def withdrawn(self, tx: Tx, clip: Clip) -> None:
        """Raises as above."""
        if said := self._said(tx, [part.recording_id for part in clip.parts]):
            self._note(tx, said, Act.WITHDRAWN, clip.id)

    def _said(self, tx: Tx, recording_ids: Sequence[UUID]) -> Comment | None:
        if self.correction is None:
            return None
        said = comments.comment(tx, self.correction, self.by.id)
        if said.kind is not CommentKind.CORRECTION or said.reply_to or said.recording_id not in recording_ids:
            raise Invalid("That is no correction of what you change here.", code="other_correction")
        return said

    def _note(self, tx: Tx, said: Comment, act: Act, clip_id: UUID | None = None) -> None:
        mended.note_once(tx, said.id, act, by=self.by.id, now=self.now, clip_id=clip_id)


def mending(services: Use, viewer: Viewer, correction: Named = None) -> Mending:
    return Mending(viewer, correction, services.now())


Mends = Annotated[Mending, Depends(mending)]
