"""What somebody is asked for, and whether they may answer it: a brief's guest, or anybody given a link to it."""

from datetime import datetime

from domain.brief import Brief
from domain.errors import Forbidden, NotFound
from domain.permit import Act, demand
from domain.person import Person
from store import briefs
from store.postgres import Tx


def the_brief(tx: Tx, viewer: Person, public_id: str, now: datetime) -> Brief:
    """A brief that the viewer may see; for a guest there is only their own. Raises NotFound.

    Who typed a name on this device has all that they came to by links that are still good: what waits there to be
    sent for the one goes out also after the link of another was opened.
    """
    if viewer.brief_id is None:
        return briefs.brief(tx, public_id, viewer.id, now)
    found = briefs.load(tx, viewer.brief_id)
    if found.public_id == public_id:
        return found
    if viewer.looks_back is None:
        raise briefs.nothing()
    return briefs.brief(tx, public_id, viewer.id, now)


def demand_answer(tx: Tx, viewer: Person, public_id: str, now: datetime) -> Brief:
    """The brief that the viewer may send a recording for.

    Raises Forbidden: `other_brief` for a guest who names another than theirs, or none; `brief_closed`. Else
    NotFound for one that the viewer may not see.
    """
    if viewer.brief_id is None:
        found = briefs.brief(tx, public_id, viewer.id, now)
        standing = briefs.standing(tx, found.id, viewer.id, now)
        demand(viewer, Act.ANSWER_BRIEF, own=standing.own, curates=standing.curates)
    else:
        found = demand_brief(tx, viewer, public_id, now)
    if found.closed_at is not None:
        raise closed()
    return found


def demand_brief(tx: Tx, guest: Person, public_id: str, now: datetime) -> Brief:
    """The brief that something of the guest's was made for. Raises Forbidden (`other_brief`), never NotFound: what is
    not there is forgotten by whoever asks, and this waits for another link.
    """
    try:
        return the_brief(tx, guest, public_id, now)
    except NotFound as error:
        raise Forbidden(
            "This is for another brief than the link you came by. It is kept; open a link to its brief on this device, "
            "and send it from there.",
            code="other_brief",
        ) from error


def closed() -> Forbidden:
    return Forbidden(
        "This brief is closed: nothing more is asked for, and this was not sent. Ask whoever gave you the link.",
        code="brief_closed",
    )
