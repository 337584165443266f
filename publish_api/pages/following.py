"""What one follows, and the buttons for it where no script runs."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.follow import FollowKind
from publish_api import following as following_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.pages.sign_in import ours
from store import following, spaces

router = APIRouter(prefix="/following", include_in_schema=False)


@router.get("")
def listed(request: Request, services: Use, viewer: Viewer) -> Response:
    with services.store.transaction() as tx:
        found = following.following(tx, viewer.id)
        seen = spaces.spaces_of(tx, viewer.id)
    followed = {each.id for each in found}
    return page(
        request,
        "following.html",
        viewer=viewer,
        tags=[each for each in found if each.kind is FollowKind.TAG],
        people=[each for each in found if each.kind is FollowKind.PERSON],
        # All are there to be followed; in the one of everybody is all that is new, and home shows that anyway.
        spaces=[(space, space.public_id in followed) for space in seen if not space.everyone],
    )


@router.post("/{kind}/{id_:path}")
def change(
    services: Use,
    viewer: Viewer,
    kind: FollowKind,
    id_: str,
    on: Annotated[str, Form()] = "",
    back: Annotated[str, Form(max_length=400)] = "/following",
) -> Response:
    (following_api.follow if on == "yes" else following_api.unfollow)(services, viewer, kind, id_)
    return RedirectResponse(ours(back), 303)
