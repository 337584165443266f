"""What colleagues said back: whether a recording's clips can be found, what waits for an answer, what it was good for.

Counts of what was said and of who said that they used it; never of who watched, and never by person.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from domain.clip import Clip, clip_time
from domain.comment import Comment, CommentKind
from domain.echo import SILENCE, Echo
from domain.person import Person
from domain.recording import Recording
from publish_api import recordings as recordings_api
from publish_api.access import Returning, Use
from publish_api.answers import Id, problems
from publish_api.schemas import API, Out
from store import clips, comments
from store.echoes import echoes
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/recordings", tags=["recordings"])


@dataclass(frozen=True)
class Waiting:
    """A question or correction that nobody has answered, and where to answer it."""

    id: str
    kind: CommentKind
    text: str
    author: str
    created_at: datetime
    clip: str
    clip_at_ms: int | None  # None: its second is in no clip any more
    url: str


class WaitingOut(Out):
    id: str
    kind: CommentKind
    text: str
    author: str
    created_at: datetime
    clip: str = Field(description="Where it can be answered.")
    clip_at_ms: int | None = Field(description="In that clip's time; null when the clip no longer shows its second.")
    url: str = Field(description="The page at that second.")


class PublishedOut(Out):
    id: str
    title: str
    published_at: datetime
    url: str


class EchoOut(Out):
    """What others said, not what the uploader and the speaker said themselves."""

    published: list[PublishedOut] = Field(description="Clips of it that colleagues can find.")
    since: datetime | None = Field(description="When the first of them was published.")
    waiting: int = Field(description="Questions and corrections that nobody has answered.")
    questions: list[WaitingOut] = Field(description="Those that wait, the oldest first, at most 20.")
    comments: int
    used_it: int = Field(description="People who said that they used it.")
    helped: int = Field(description="Reactions to what was said.")
    thanks: int = Field(description="Reactions to what was said.")


@router.get(
    "/{id}/echo",
    summary="What colleagues said back",
    description="For its owner and curators. By a brief's link: the numbers without the words.",
    responses=problems(404, 410),
)
def echo(services: Use, viewer: Returning, id_: Id) -> EchoOut:
    with services.store.transaction() as tx:
        found = recordings_api.seen(tx, id_, viewer)
        made = clips.clips_of_recording(tx, found.id, viewer.id)
        heard = echo_of(tx, found.id, viewer)
        waits = waiting(tx, found, made, viewer)
    return EchoOut(
        published=[
            PublishedOut(id=c.public_id, title=c.title, published_at=c.published_at, url=f"/clips/{c.public_id}")
            for c in made
            if c.published_at is not None
        ],
        since=heard.since,
        waiting=heard.waiting,
        questions=[WaitingOut(**asdict(each)) for each in waits],
        comments=heard.comments,
        used_it=heard.used_it,
        helped=heard.helped,
        thanks=heard.thanks,
    )


def echo_of(tx: Tx, recording_id: UUID, viewer: Person) -> Echo:
    return echoes(tx, [recording_id], viewer.id).get(recording_id, SILENCE)


def waiting(tx: Tx, recording: Recording, made: Sequence[Clip], viewer: Person) -> tuple[Waiting, ...]:
    """What waits for an answer about a recording, with the second where to give it. `made`: its clips.

    None for a brief's guest: a link that is passed on shows nobody's words.
    """
    if viewer.brief_id is not None:
        return ()
    return tuple(_placed(each, made) for each in comments.unanswered(tx, recording.id, viewer.id))


def _placed(said: Comment, made: Sequence[Clip]) -> Waiting:
    """In the clip where it was said, unless only others still show its second."""
    shows = {c.public_id: at for c in made if (at := clip_time(c.parts, said.recording_id, said.at_ms)) is not None}
    clip = said.clip if said.clip in shows else next(iter(shows), said.clip)
    at_ms = shows.get(clip)
    # A correction is answered beside it, not in the thread.
    there = "reply" if said.kind is CommentKind.QUESTION else "c"
    return Waiting(
        id=said.public_id,
        kind=said.kind,
        text=said.text,
        author=said.author,
        created_at=said.created_at,
        clip=clip,
        clip_at_ms=at_ms,
        url=f"/clips/{clip}{'' if at_ms is None else f'?t={at_ms // 1000}'}#{there}-{said.public_id}",
    )
