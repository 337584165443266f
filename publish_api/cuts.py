"""A recording cut again, with other lengths: what would become of it, and doing so.

Clips that a person has changed, published or commented stay; the machine's other ones make room for new ones.
Cut again with the lengths it had before, a recording has the clips that it had before.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from clip import embed
from domain.clip import Clip, Lengths, Proposal
from domain.errors import Conflict
from domain.media import Listening
from domain.permit import Act, demand
from domain.person import Person
from domain.recall import Shown
from domain.recording import Recording
from domain.span import Span
from domain.transcript import Transcript
from publish_api.access import Use, Viewer
from publish_api.answers import Id, problems
from publish_api.schemas import API, In, Out
from publish_api.services import Services
from store import clips, media, proposed, recordings, sentence_vectors, transcripts
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/recordings/{{id}}/cut", tags=["recordings"])

# Shorter clips are crumbs, longer ones are no clips; and what can be asked for stays quick to find.
LEAST_MS, MOST_MS = 3_000, 3_600_000
_MS = {"ge": LEAST_MS, "le": MOST_MS}


@dataclass(frozen=True)
class Piece:
    """A stretch of a recording that is a clip, or would be one."""

    span: Span
    title: str
    tags: tuple[str, ...]
    clip: Clip | None  # that stays; None: it would be made


@dataclass(frozen=True)
class Cutting:
    """A recording as it is cut with these lengths."""

    recording: Recording
    limits: Lengths
    pieces: tuple[Piece, ...]


class LengthsIn(In):
    min_ms: Annotated[int, Field(strict=True, description="The shortest clip.", **_MS)]
    max_ms: Annotated[int, Field(strict=True, description="The longest clip.", **_MS)]
    target_ms: Annotated[int, Field(strict=True, description="The usual one.", **_MS)]


class PieceOut(Out):
    start_ms: int
    end_ms: int
    title: str
    tags: list[str]
    clip: str | None = Field(description="The one that stays as it is. Null: a draft that would be, or was, made.")


class CutOut(Out):
    min_ms: int
    max_ms: int
    target_ms: int
    pieces: list[PieceOut]

    @classmethod
    def of(cls, cutting: Cutting) -> "CutOut":
        limits = cutting.limits
        return cls(
            min_ms=limits.min_ms,
            max_ms=limits.max_ms,
            target_ms=limits.target_ms,
            pieces=[
                PieceOut(
                    start_ms=each.span.start_ms,
                    end_ms=each.span.end_ms,
                    title=each.title,
                    tags=list(each.tags),
                    clip=each.clip.public_id if each.clip else None,
                )
                for each in cutting.pieces
            ],
        )


@router.get(
    "",
    summary="How a recording would be cut with these lengths. Nothing is changed",
    description="Without lengths: with those that it has.",
    responses=problems(403, 404, 409, 410),
)
def previewed(
    services: Use,
    viewer: Viewer,
    id_: Id,
    min_ms: Annotated[int | None, Query(**_MS)] = None,
    max_ms: Annotated[int | None, Query(**_MS)] = None,
    target_ms: Annotated[int | None, Query(**_MS)] = None,
) -> CutOut:
    with services.store.transaction() as tx:
        now = lengths(tx, services, demanded(tx, id_, viewer))
    return CutOut.of(
        preview(services, viewer, id_, Lengths(min_ms or now.min_ms, max_ms or now.max_ms, target_ms or now.target_ms))
    )


@router.post(
    "",
    summary="Cut a recording again",
    description="The machine's drafts that nobody has touched are replaced; the others stay, and new ones fill what"
    " is left around them. The lengths are the recording's from now on. Undone by cutting with those it had before.",
    responses=problems(403, 404, 409, 410),
)
def made(services: Use, viewer: Viewer, id_: Id, body: LengthsIn) -> CutOut:
    return CutOut.of(cut_again(services, viewer, id_, Lengths(body.min_ms, body.max_ms, body.target_ms)))


def preview(services: Services, viewer: Person, public_id: str, limits: Lengths) -> Cutting:
    """Raises NotFound, Gone, Forbidden, and Conflict (`not_heard`) while its words are not written down."""
    with services.store.transaction() as tx:
        known = _known(tx, demanded(tx, public_id, viewer), viewer)
    return _cutting(services, known, limits)[0]


def cut_again(services: Services, viewer: Person, public_id: str, limits: Lengths) -> Cutting:
    """Raises as `preview` does."""
    preview(services, viewer, public_id, limits)  # what takes its time is remembered: below somebody may wait for us
    with services.store.transaction() as tx:
        found = recordings.load(tx, demanded(tx, public_id, viewer).id, lock=True)
        known = _known(tx, found, viewer)
        cutting, proposals = _cutting(services, known, limits)
        proposed.set_lengths(tx, found.id, limits)
        proposed.propose_around(tx, found, proposals, known.transcript.language if known.transcript.words else None)
    return cutting


def lengths(tx: Tx, services: Services, recording: Recording) -> Lengths:
    """How long its clips are to be."""
    return proposed.lengths(tx, recording.id) or services.lengths


def demanded(tx: Tx, public_id: str, viewer: Person) -> Recording:
    """The recording, when the viewer may cut it again. Raises NotFound, Gone, Forbidden."""
    found = recordings.recording(tx, public_id, viewer.id)
    stands = recordings.standing(tx, found.id, viewer.id)
    demand(viewer, Act.CUT_AGAIN, own=stands.own, curates=stands.curates)
    return found


@dataclass(frozen=True)
class _Known:
    """What a recording is cut by."""

    recording: Recording
    transcript: Transcript
    heard: Listening
    stays: tuple[Shown, ...]
    seen: dict[UUID, Clip]


def _known(tx: Tx, recording: Recording, viewer: Person) -> _Known:
    transcript, heard = transcripts.transcript(tx, recording.id), media.listening(tx, recording.id)
    if transcript is None or heard is None:
        raise Conflict(
            "The words of this recording are not written down yet. Cut it again in a minute.", code="not_heard"
        )
    _remember_meanings(tx, recording.id, transcript)
    made = clips.clips_of_recording(tx, recording.id, viewer.id)
    return _Known(recording, transcript, heard, proposed.staying(tx, recording.id), {clip.id: clip for clip in made})


def _remember_meanings(tx: Tx, recording_id: UUID, transcript: Transcript) -> None:
    """Gives clip.embed what a worker has reckoned of these sentences: `services.propose` asks it for them, and would
    reckon an hour of talk anew for seconds, while somebody waits.
    """
    if (meant := sentence_vectors.kept(tx, recording_id)) is not None:
        embed.unpack(*meant, [sentence.text for sentence in transcript.sentences])


def _cutting(services: Services, known: _Known, limits: Lengths) -> tuple[Cutting, tuple[Proposal, ...]]:
    kept = [span for _, span in known.stays]
    title = known.recording.title
    proposals = services.propose(known.transcript, known.heard, name=title, limits=limits, kept=kept)
    stay = [(span, known.seen[id_]) for id_, span in known.stays if id_ in known.seen]
    pieces = [
        *(Piece(span, clip.title, clip.tags, clip) for span, clip in stay),
        *(Piece(each.span, each.title, each.tags, None) for each in proposals),
    ]
    return Cutting(known.recording, limits, tuple(sorted(pieces, key=lambda piece: piece.span))), proposals
