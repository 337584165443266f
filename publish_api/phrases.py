"""A word or a few, wherever they are said in the recordings that somebody curates: counted first, then replaced.

In each recording it is a change like any other; all of them together are one act, taken back as one.
"""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from domain.errors import Conflict, Invalid, NotFound
from domain.ids import uuid7
from domain.permit import Act
from domain.phrase import MAX_PHRASE
from publish_api.access import Use, Viewer
from publish_api.answers import Id, Items, all_of, problems
from publish_api.schemas import API
from publish_api.transcript_schemas import SaidOut, WideReplacementIn, WideReplacementOut
from publish_api.transcripts import demanded, follow
from store import corrections

router = APIRouter(prefix=f"{API}/phrases", tags=["transcripts"])

Phrase = Annotated[str, Query(max_length=4 * MAX_PHRASE, description="A word or several, as whole words in any case.")]


@router.get("", summary="Which of the recordings you curate say it, and how often: the newest", responses=problems())
def said(services: Use, viewer: Viewer, q: Phrase) -> Items[SaidOut]:
    with services.store.transaction() as tx:
        return all_of(SaidOut.of(each) for each in corrections.said_in(tx, viewer.id, q))


@router.post(
    "/replacements",
    status_code=201,
    summary="Replace it in several recordings, all of them or none",
    description="412 where somebody has changed the words of one since they were counted: count again.",
    responses=problems(403, 404, 410, 412),
)
def replace(services: Use, viewer: Viewer, body: WideReplacementIn) -> WideReplacementOut:
    act, seen = uuid7(), {each.recording: each.version for each in body.recordings}
    if len(seen) != len(body.recordings):
        raise Invalid("Name each recording once.", code="invalid")
    with services.store.transaction() as tx:
        found = [demanded(tx, each, viewer, Act.CORRECT_TRANSCRIPT) for each in seen]
        corrections.lock(tx, [each.id for each in found])
        for each in found:
            before, after = corrections.say_instead(
                tx,
                each.id,
                body.find,
                body.instead,
                version=seen[each.public_id],
                by=viewer.id,
                now=services.now(),
                act=act,
            )
            follow(tx, each, before, after)
    return WideReplacementOut(id=act.hex, recordings=len(found))


@router.delete(
    "/replacements/{id}",
    summary="Take such a replacement back, in every recording",
    description="Where the same words were corrected again since, or it was taken back by itself, they stay as they"
    " are: `recordings` says in how many it was taken back. 409 `undone` where that is none.",
    responses=problems(403, 404, 409),
)
def undo(services: Use, viewer: Viewer, id_: Id) -> WideReplacementOut:
    with services.store.transaction() as tx:
        made = corrections.of_act(tx, UUID(id_)) if re.fullmatch("[0-9a-f]{32}", id_) else {}
        if not made:
            raise NotFound("There is no such replacement.")
        found = [demanded(tx, each, viewer, Act.CORRECT_TRANSCRIPT) for each in made]
        corrections.lock(tx, [each.id for each in found])
        taken_back = 0
        for each in found:
            try:
                before, after = corrections.undo(tx, each.id, made[each.public_id], by=viewer.id, now=services.now())
            except Conflict:
                continue  # nothing was written: it is refused before
            follow(tx, each, before, after)
            taken_back += 1
    if not taken_back:
        raise Conflict("Nothing of this is left to take back.", code="undone")
    return WideReplacementOut(id=id_, recordings=taken_back)
