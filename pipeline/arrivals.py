"""A finished upload becomes a recording, and sets off.

It enters from capture, which knows no database, and leaves as a row with its first job. Here is also what capture asks
of it before and afterwards: what an upload of theirs has become, and whether the film of a sound is still wanted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from capture.intake import FinishedUpload, Past
from domain.brief import Answers
from domain.errors import Gone, NotFound
from domain.recording import Film, Recording
from pipeline import journey
from pipeline.carry import Enqueue, begin_journey
from store import briefs, joining, recordings, spaces
from store.postgres import Store, Tx
from transcribe.whisper import BASE, hears


@dataclass(frozen=True)
class Arrivals:
    """Implements `capture.intake.Arrivals`: a row and its first job, in one transaction.

    Sound and film of one tip (`tip` in their metadata, and `part` of the sound) are one recording, in
    whichever order they come: see store/joining.py.
    """

    store: Store
    enqueue: Enqueue
    whisper_model: str = BASE

    def arrive(self, upload: FinishedUpload) -> str:
        with self.store.transaction() as tx:
            known = recordings.by_upload(tx, upload.upload_id)
            if known is not None:
                return known.public_id
            brief = briefs.of_public_id(tx, upload.metadata.get("brief", ""))
            tip, sound = upload.metadata.get("tip"), upload.metadata.get("part") == "sound"
            there = joining.of_tip(tx, upload.owner, tip, brief.id if brief else None) if tip else None
            if there is not None and (joined := self._join(tx, there, upload, sound=sound)):
                return joined
            said = Answers.said(upload.metadata, brief.answers if brief else None)
            recording, created = recordings.arrive(
                tx,
                upload_id=upload.upload_id,
                space_id=brief.space_id if brief else self._space(tx, upload),
                uploader_id=upload.owner,
                speaker_id=upload.owner,
                named=bool(upload.metadata.get("title")),
                title=upload.metadata.get("title") or (brief.title if brief else Path(upload.filename).stem),
                filename=upload.filename,
                media_type=upload.media_type,
                byte_size=upload.byte_size,
                step_names=journey.NAMES,
                brief_id=brief.id if brief else None,
                answers=said,
                speaker=upload.metadata.get("speaker", ""),
                terms=int(upload.metadata.get("terms", 0)),
            )
            if created:
                if tip:
                    joining.note(tx, recording.id, tip, film=Film.AWAITED if sound else None)
                if hears(self.whisper_model, upload.metadata.get("language", "")):
                    recordings.heard_language(tx, recording.id, upload.metadata["language"])
                begin_journey(tx, recording, self.enqueue)
            return recording.public_id

    def past(self, upload_id: str, owner: UUID) -> Past | None:
        """What an upload of theirs became. Of a sound whose film has come since, the size is the film's."""
        with self.store.transaction() as tx:
            found = recordings.by_upload(tx, upload_id)
            if found is None or found.uploader_id != owner:
                return None
            brief = briefs.load(tx, found.brief_id).public_id if found.brief_id else ""
            return Past(found.public_id, found.byte_size, brief)

    def demand(self, owner: UUID, metadata: Mapping[str, str]) -> None:
        """Raises Gone (`sound_deleted`) for a film whose sound was deleted: before more of it comes."""
        if not metadata.get("tip") or metadata.get("part") == "sound":
            return
        with self.store.transaction() as tx:
            brief = briefs.of_public_id(tx, metadata.get("brief", ""))
            if joining.deleted(tx, owner, metadata["tip"], brief.id if brief else None):
                raise _sound_deleted()

    def _join(self, tx: Tx, there: Recording, upload: FinishedUpload, *, sound: bool) -> str | None:
        """What came under a tip that is here: its film, or what is not needed. None: a recording of its own.

        Raises Gone (`sound_deleted`) for a film whose sound was deleted while its last bytes came.
        """
        if sound:
            joining.add_upload(tx, there.id, upload.upload_id)
        elif there.deleted_at is not None:
            raise _sound_deleted()
        elif there.film in {Film.AWAITED, Film.GIVEN_UP}:
            film = joining.take_place(
                tx,
                there,
                upload_id=upload.upload_id,
                filename=upload.filename,
                media_type=upload.media_type,
                byte_size=upload.byte_size,
            )
            begin_journey(tx, film, self.enqueue)
        else:
            return None
        return there.public_id

    def _space(self, tx: Tx, upload: FinishedUpload) -> UUID:
        wanted = upload.metadata.get("space")
        if wanted:
            try:
                return spaces.space_by_public_id(tx, wanted, upload.owner).id
            except NotFound:
                pass  # the space went while the bytes came: the tip is worth more than its place
        return spaces.everyone_space(tx).id


def _sound_deleted() -> Gone:
    return Gone(
        "The sound of this was deleted on the server, so its film was not taken. Send the film on its own, or throw "
        "it away.",
        code="sound_deleted",
    )
