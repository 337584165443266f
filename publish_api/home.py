"""What leads you on: what you stopped in the middle of, what is new of what you follow, what you could answer."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from domain.amends import Correction
from domain.clip import Clip
from domain.person import Person
from domain.watched import Watched
from publish_api.access import Use, Viewer
from publish_api.amends import CorrectionOut, as_corrections
from publish_api.answers import problems
from publish_api.clip_schemas import ClipOut
from publish_api.clips import as_shown
from publish_api.history import WatchedOut, as_watched
from publish_api.schemas import API, Out
from store import amends, home, watched
from store.home import Question
from store.postgres import Tx, plan_once

router = APIRouter(prefix=f"{API}/me", tags=["mine"])

GO_ON_WITH = 4  # clips
CORRECTED = 4  # clips


@dataclass(frozen=True)
class Home:
    going_on: tuple[Watched, ...]
    followed: tuple[Clip, ...]
    questions: tuple[Question, ...]
    corrected: tuple[Clip, ...] = ()
    corrections: tuple[Correction, ...] = ()


NOTHING = Home((), (), ())


class QuestionOut(Out):
    """Who asked is not said here."""

    id: str
    text: str
    asked_at: datetime
    clip: str
    clip_at_ms: int | None = Field(description="Null when its second is no longer part of the clip.")


class HomeOut(Out):
    going_on: list[WatchedOut] = Field(description="What you stopped in the middle of, the last first.")
    followed: list[ClipOut] = Field(description="New of what you follow, and not watched yet; the newest first.")
    questions: list[QuestionOut] = Field(
        description="Without an answer, about what you recorded, or what you have shared something about."
    )
    corrected: list[ClipOut] = Field(
        description="Of what you watched: a correction was accepted since. Gone when you watch it again."
    )
    corrections: list[CorrectionOut] = Field(description="That wait for your answer, about what you recorded.")


@router.get("/home", summary="What leads you on", responses=problems())
def shown(services: Use, viewer: Viewer) -> HomeOut:
    with services.store.transaction() as tx:
        found = of(tx, viewer, services.now())
        return HomeOut(
            going_on=as_watched(tx, found.going_on),
            followed=as_shown(found.followed),
            questions=[
                QuestionOut(
                    id=each.id,
                    text=each.text,
                    asked_at=each.asked_at,
                    clip=each.clip.public_id,
                    clip_at_ms=each.clip_ms,
                )
                for each in found.questions
            ],
            corrected=as_shown(found.corrected),
            corrections=as_corrections(tx, found.corrections, services.now()),
        )


def of(tx: Tx, viewer: Person, now: datetime) -> Home:
    """Five queries, however much there is."""
    plan_once(tx)
    return Home(
        going_on=watched.to_go_on_with(tx, viewer.id, GO_ON_WITH),
        followed=home.followed(tx, viewer.id, now),
        questions=home.questions(tx, viewer.id),
        corrected=watched.corrected(tx, viewer.id, CORRECTED),
        corrections=amends.own(tx, viewer.id),
    )
