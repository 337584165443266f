"""What you follow: tags, people and spaces. Yours alone: nobody is told who follows them, or how many."""

from typing import Annotated

from fastapi import APIRouter, Path

from domain.follow import Followed, FollowKind
from domain.permit import Act, demand
from publish_api.access import Use, Viewer
from publish_api.answers import Items, all_of, problems
from publish_api.schemas import API, Out
from store import following

router = APIRouter(prefix=f"{API}/me/following", tags=["mine"])

Target = Annotated[str, Path(alias="id", max_length=200, description="A tag's slug or label; else an id.")]


class FollowedOut(Out):
    kind: FollowKind
    id: str
    name: str

    @classmethod
    def of(cls, followed: Followed) -> "FollowedOut":
        return cls(kind=followed.kind, id=followed.id, name=followed.name)


@router.get("", summary="What you follow: tags, people, spaces", responses=problems())
def listed(services: Use, viewer: Viewer) -> Items[FollowedOut]:
    with services.store.transaction() as tx:
        return all_of(FollowedOut.of(each) for each in following.following(tx, viewer.id))


@router.put("/{kind}/{id:path}", status_code=204, summary="Follow something", responses=problems(403, 404, 409))
def follow(services: Use, viewer: Viewer, kind: FollowKind, id_: Target) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    with services.store.transaction() as tx:
        following.follow(tx, viewer.id, kind, id_, services.now())


@router.delete("/{kind}/{id:path}", status_code=204, summary="Follow something no more", responses=problems(403))
def unfollow(services: Use, viewer: Viewer, kind: FollowKind, id_: Target) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    with services.store.transaction() as tx:
        following.unfollow(tx, viewer.id, kind, id_)
