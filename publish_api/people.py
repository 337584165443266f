"""People, their sign-in links and sessions."""

from fastapi import APIRouter, Request, Response

from domain.deed import Deed, DeedAbout
from domain.errors import Gone, Invalid, Unauthenticated
from domain.permit import TO_BRING_IN, Act, demand, may
from domain.person import Person, Role
from publish_api.access import COOKIE, Use, Viewer, begin_session, forget, refuse_other_sites, remember
from publish_api.answers import Beginning, Cursor, Id, Items, Limit, page_of, problems
from publish_api.guesses import limits_of
from publish_api.schemas import API, LinkOut, PersonChange, PersonIn, PersonInFull, PersonOut, SessionIn
from store import act_log, credentials, people, takedowns
from store.paging import MAX_LIMIT
from store.postgres import Tx

router = APIRouter(prefix=API, tags=["people"])


@router.get("/me", summary="Who you are", responses=problems())
def me(viewer: Viewer) -> PersonInFull:
    return PersonInFull.of(viewer)


@router.get("/people", summary="Everybody, by name", responses=problems(403))
def everybody(
    services: Use, viewer: Viewer, q: Beginning = "", cursor: Cursor = None, limit: Limit = MAX_LIMIT
) -> Items[PersonInFull]:
    demand(viewer, Act.INVITE)
    with services.store.transaction() as tx:
        return page_of(people.page(tx, q=q, cursor=cursor, limit=limit), PersonInFull.of)


@router.get(
    "/people/{id}",
    summary="A person",
    description="Login name and e-mail address are for the person, and for those who invite people.",
    responses=problems(404),
)
def person(services: Use, viewer: Viewer, id_: Id) -> PersonInFull | PersonOut:
    with services.store.transaction() as tx:
        found = people.person_by_public_id(tx, id_)
    in_full = found.id == viewer.id or may(viewer, Act.INVITE)
    return PersonInFull.of(found) if in_full else PersonOut.of(found)


@router.post("/people", status_code=201, summary="Add a person", responses=problems(403, 409))
def add_person(services: Use, viewer: Viewer, body: PersonIn) -> PersonInFull:
    demand(viewer, TO_BRING_IN[body.role])
    with services.store.transaction() as tx:
        added = people.add_person(tx, login=body.login, name=body.name, role=body.role, email=body.email)
    return PersonInFull.of(added)


@router.patch(
    "/people/{id}",
    summary="Change what a person is here for, or what a curator curates",
    responses=problems(403, 404, 410),
)
def change_person(services: Use, viewer: Viewer, id_: Id, body: PersonChange) -> PersonInFull:
    demand(viewer, Act.INVITE if body.curates_all is None else Act.GRANT_RIGHTS)
    with services.store.transaction() as tx:
        found = demand_here(people.person_by_public_id(tx, id_))
        if body.role is not None:
            _change_role(tx, viewer, found, body.role, services)
            found = people.person_by_public_id(tx, id_)
        if body.curates_all is not None:
            demand_curator(found)
            people.scope_curator(tx, found.id, curates_all=body.curates_all)
            _note(
                tx, Deed.CHANGED_CURATING, viewer, found, services, "every space" if body.curates_all else "some spaces"
            )
        return PersonInFull.of(people.person_by_public_id(tx, id_))


@router.delete(
    "/people/{id}",
    status_code=204,
    summary="Say that a person has left",
    description="Nothing signs them in any more. What they wrote stays, under their name; clips of what they speak in"
    " are out of view, each with a takedown that a curator settles.",
    responses=problems(403, 404),
)
def end_stay(services: Use, viewer: Viewer, id_: Id) -> None:
    demand(viewer, Act.END_STAY)
    with services.store.transaction() as tx:
        left = people.person_by_public_id(tx, id_)
        if left.id == viewer.id:  # so that an admin is left
            raise Invalid("You cannot say this of yourself. Ask another admin to do it.", code="yourself")
        takedowns.leave(tx, left.id, viewer.id, services.now(), services.backup_days)


@router.post(
    "/people/{id}/sign-in-links",
    status_code=201,
    summary="Make a link that signs a person in, once",
    description="It is written down who made it. Who has been signed in before is told in their inbox that you made it,"
    " and when it is used.",
    responses=problems(403, 404, 410),
)
def add_sign_in_link(services: Use, viewer: Viewer, id_: Id) -> LinkOut:
    demand(viewer, Act.INVITE)
    with services.store.transaction() as tx:
        invited = people.person_by_public_id(tx, id_)
        demand(viewer, TO_BRING_IN[invited.role])
        demand_here(invited)
        link = credentials.new_sign_in_link(tx, invited.id, now=services.now(), created_by=viewer.id)
        _note(tx, Deed.MADE_LINK, viewer, invited, services, "")
    url = f"{services.public_url}/sign-in/{link.token}"
    return LinkOut(url=url, code=link.code, expires_at=link.expires_at)


@router.post(
    "/sessions",
    status_code=201,
    summary="Sign in: sets the session cookie",
    description="Send the token of a sign-in link, or a login name and the 8-digit code that came with the link.",
    responses=problems(403, 429),
)
def sign_in(services: Use, request: Request, response: Response, body: SessionIn) -> PersonInFull:
    refuse_other_sites(request)
    limits_of(request).sign_in(request, body.login or "")
    with services.store.transaction() as tx:
        signed_in = _redeemed(tx, services, body)
        session = begin_session(tx, request, signed_in) if signed_in else None
    if signed_in is None or session is None:  # raised out here: a wrong code has to stay counted
        raise Unauthenticated(
            "That did not sign you in: it was used before, is older than a day, or was mistyped. Ask for a new link.",
            code="bad_sign_in",
        )
    limits_of(request).signed_in(request, body.login or "")
    remember(response, services, session)
    response.headers["Cache-Control"] = "no-store"
    return PersonInFull.of(signed_in)


@router.delete("/sessions", status_code=204, summary="Sign out", responses=problems(403))
def sign_out(services: Use, request: Request, response: Response) -> None:
    refuse_other_sites(request)
    with services.store.transaction() as tx:
        credentials.end_session(tx, request.cookies.get(COOKIE, ""))
    forget(response)


def demand_here(found: Person) -> Person:
    """Raises Gone (`left`)."""
    if found.left_at is not None:
        raise Gone(f"{found.name} has left. If they are back, add them with another login name.", code="left")
    return found


def demand_curator(found: Person) -> Person:
    """Raises Invalid (`not_a_curator`): rights over spaces count for curators alone."""
    if found.role is not Role.CURATOR:
        raise Invalid(f"{found.name} is not a curator, so there is nothing to curate.", code="not_a_curator")
    return found


def _change_role(tx: Tx, viewer: Person, found: Person, role: Role, services: Use) -> None:
    demand(viewer, TO_BRING_IN[found.role])
    demand(viewer, TO_BRING_IN[role])
    if found.id == viewer.id:  # so that an admin is left
        raise Invalid("You cannot change your own role. Ask another admin to do it.", code="yourself")
    people.change_role(tx, found.id, role)
    if role is not found.role:
        _note(tx, Deed.CHANGED_ROLE, viewer, found, services, f"{found.role.value} to {role.value}")


def _note(tx: Tx, deed: Deed, viewer: Person, whose: Person, services: Use, words: str) -> None:
    about, now = whose.public_id, services.now()
    act_log.note(tx, deed, DeedAbout.PERSON, about, by=viewer.id, now=now, whose=whose.id, words=words)


def _redeemed(tx: Tx, services: Use, body: SessionIn) -> Person | None:
    if body.token:
        return credentials.redeem_link(tx, body.token, services.now())
    if body.login and body.code:
        return credentials.redeem_code(tx, body.login, body.code, services.now())
    raise Invalid("Send a link's token, or a login name and a code.")
