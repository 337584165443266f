"""Shapes on the wire of recalls."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.recall import MAX_REASON, Became, Reach, Recall
from publish_api.reel_schemas import TouchedReelOut
from publish_api.schemas import In, Ms, Out


class RecallIn(In):
    """In the recording's time: [start_ms, end_ms)."""

    start_ms: Ms
    end_ms: Ms
    reason: Annotated[str, Field(max_length=4 * MAX_REASON, description="In one line: colleagues read it.")]


class TouchedClipOut(Out):
    id: str
    title: str
    space: str
    published: bool = Field(description="When the seconds were taken out; of a preview, now.")
    lost_ms: int
    became: Became = Field(
        description="`shorter`; `gone`: nothing was left, and its address says why; `changed`: somebody has changed it"
        " since, so that giving the seconds back leaves it as it is; `back`: it was undone."
    )


class ReachOut(Out):
    clips: list[TouchedClipOut] = Field(description="Those that you may see.")
    hidden_clips: int = Field(description="In spaces that you do not see.")
    spaces: int
    comments: int = Field(description="About these seconds. Clips show them as about an earlier version.")
    reels: list[TouchedReelOut] = Field(description="With one of the clips, made anew. Those that you see.")
    hidden_reels: int = Field(description="In spaces that you do not see.")

    @classmethod
    def of(cls, reach: Reach) -> "ReachOut":
        return cls(
            clips=[
                TouchedClipOut(
                    id=each.clip,
                    title=each.title,
                    space=each.space,
                    published=each.published,
                    lost_ms=each.lost_ms,
                    became=each.became,
                )
                for each in reach.clips
            ],
            hidden_clips=reach.hidden,
            spaces=reach.spaces,
            comments=reach.comments,
            reels=[TouchedReelOut.of(each) for each in reach.reels],
            hidden_reels=reach.hidden_reels,
        )


class RecallOut(Out):
    id: str
    recording: str
    start_ms: int
    end_ms: int
    reason: str
    made_by: str
    made_at: datetime
    undone_by: str = Field(description="Empty while it stands.")
    undone_at: datetime | None
    touched: ReachOut

    @classmethod
    def of(cls, found: Recall) -> "RecallOut":
        return cls(
            id=found.public_id,
            recording=found.recording,
            start_ms=found.span.start_ms,
            end_ms=found.span.end_ms,
            reason=found.reason,
            made_by=found.made_by,
            made_at=found.made_at,
            undone_by=found.undone_by,
            undone_at=found.undone_at,
            touched=ReachOut.of(found.reach),
        )
