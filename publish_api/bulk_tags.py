"""Tags of several clips at once."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from domain.clip import MAX_TAG, MAX_TAGS
from domain.errors import Invalid, PassItOnError
from domain.permit import Act
from publish_api.access import Use, Viewer
from publish_api.answers import ProblemDetail, problems
from publish_api.clip_schemas import ClipId
from publish_api.clips import demanded
from publish_api.schemas import API, In, Out
from store import bulk_tags

router = APIRouter(prefix=API, tags=["clips"])

MOST = 100  # clips in one act: what a page lists

_Tags = Annotated[list[Annotated[str, Field(max_length=MAX_TAG)]], Field(max_length=MAX_TAGS)]


class TaggingIn(In):
    clips: Annotated[list[ClipId], Field(min_length=1, max_length=MOST)]
    add: _Tags = Field(default_factory=list)
    remove: _Tags = Field(default_factory=list)


class ClipVersionOut(Out):
    id: str
    version: int


class NotTaggedOut(Out):
    id: str
    error: ProblemDetail


class TaggingOut(Out):
    changed: list[ClipVersionOut]
    unchanged: list[str] = Field(description="They were so already.")
    refused: list[NotTaggedOut] = Field(description="Those that could not be changed, each with why.")


@router.post(
    "/clips/taggings",
    summary="Put tags on several clips, or take them off, in one act",
    description="Each clip's version moves. What you may not change, or is not there, is listed and stays as it is; if"
    " that is so of all, the answer says why of the first.",
    responses=problems(403, 404, 410),
)
def tag(services: Use, viewer: Viewer, body: TaggingIn) -> TaggingOut:
    if not body.add and not body.remove:
        raise Invalid("Say which tags to put on or to take off.", code="bad_tags")
    refused: dict[str, PassItOnError] = {}
    with services.store.transaction() as tx:
        named = {}
        for public_id in dict.fromkeys(body.clips):
            try:
                named[demanded(tx, public_id, viewer, Act.EDIT_CLIP).id] = public_id
            except PassItOnError as problem:
                refused[public_id] = problem
        if not named:
            raise next(iter(refused.values()))
        done = bulk_tags.retag(tx, named, add=body.add, remove=body.remove, by=viewer.id, now=services.now())
    for clip_id in done.too_many:
        words = f"It would have more than {MAX_TAGS} tags. Take some off first."
        refused[named[clip_id]] = Invalid(words, code="bad_tags")
    return TaggingOut(
        changed=[ClipVersionOut(id=named[clip_id], version=version) for clip_id, version in done.changed.items()],
        unchanged=[named[clip_id] for clip_id in done.unchanged],
        refused=[
            NotTaggedOut(id=public_id, error=ProblemDetail(code=problem.code, message=problem.message))
            for public_id, problem in refused.items()
        ],
    )
