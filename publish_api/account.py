"""One's own ways in: sessions, and tokens for programs."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from domain.errors import Invalid
from domain.permit import Act, demand, demand_scope
from domain.person import Person
from domain.scope import Scope, widened
from publish_api.access import COOKIE, Use, Viewer
from publish_api.answers import Id, Items, all_of, problems
from publish_api.schemas import API, In, Out
from publish_api.services import Services
from store import credentials, identities, people, ways_in
from store.postgres import Tx
from store.text import one_line

router = APIRouter(prefix=API, tags=["people"])

MAX_LABEL = 100  # characters
MOST_TOKENS = 50
MAX_DAYS = 366

SessionId = Annotated[str, Path(alias="session")]
TokenId = Annotated[str, Path(alias="token")]


class SessionOut(Out):
    id: str
    device: str = Field(description="What the browser said of itself.")
    created_at: datetime
    seen_at: datetime | None = Field(description="To five minutes.")
    current: bool = Field(description="The one that asks.")
    for_brief: bool = Field(description="A brief's link began it, and it is good for that alone.")
    let_in_by: str | None = Field(description="Who else made the sign-in link that began it: a name.")

    @classmethod
    def of(cls, session: ways_in.Session) -> "SessionOut":
        return cls(
            id=session.public_id,
            device=session.device,
            created_at=session.created_at,
            seen_at=session.seen_at,
            current=session.current,
            for_brief=session.for_brief,
            let_in_by=session.let_in_by,
        )


class TokenOut(Out):
    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None = Field(description="Null: it works until it is taken back.")
    used_at: datetime | None = Field(description="To the minute. Null: never.")

    @classmethod
    def of(cls, token: ways_in.Token) -> "TokenOut":
        return cls(
            id=token.public_id,
            name=token.label,
            scopes=list(token.scopes),
            created_at=token.created_at,
            expires_at=token.expires_at,
            used_at=token.used_at,
        )


class TokenMade(TokenOut):
    token: str = Field(description="Shown once: only a hash of it is kept.")


class TokenIn(In):
    name: Annotated[str, Field(max_length=MAX_LABEL)] = Field(description="What it is for: you will want to know.")
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] = Field(
        description="`read` comes with `write`, and both with `review` and `manage`."
    )
    days: Annotated[int | None, Field(strict=True, ge=1, le=MAX_DAYS)] = Field(
        default=90, description="After which it works no more; null: until it is taken back."
    )


class WorkAccountOut(Out):
    issuer: str
    said: str = Field(description="The address or name that it came with.")
    used_at: datetime

    @classmethod
    def of(cls, known: identities.Known) -> "WorkAccountOut":
        return cls(issuer=known.issuer, said=known.said, used_at=known.used_at)


@router.get("/me/sessions", summary="Where you are signed in", responses=problems())
def my_sessions(services: Use, viewer: Viewer, request: Request) -> Items[SessionOut]:
    with services.store.transaction() as tx:
        found = ways_in.sessions(tx, viewer.id, services.now(), current=request.cookies.get(COOKIE, ""))
    return all_of(SessionOut.of(each) for each in found)


@router.delete("/me/sessions", status_code=204, summary="Sign out everywhere but here", responses=problems(403))
def end_others(services: Use, viewer: Viewer, request: Request) -> None:
    demand(viewer, Act.END_SESSION, own=True)
    with services.store.transaction() as tx:
        ways_in.end_others(tx, viewer.id, request.cookies.get(COOKIE, ""))


@router.delete(
    "/me/sessions/{session}", status_code=204, summary="Sign one of your devices out", responses=problems(403, 404)
)
def end_session(services: Use, viewer: Viewer, session: SessionId) -> None:
    demand(viewer, Act.END_SESSION, own=True)
    with services.store.transaction() as tx:
        ways_in.end_session(tx, viewer.id, session)


@router.get(
    "/people/{id}/sessions",
    summary="Where a person is signed in",
    description="For admins, and for oneself.",
    responses=problems(403, 404),
)
def sessions(services: Use, viewer: Viewer, id_: Id) -> Items[SessionOut]:
    with services.store.transaction() as tx:
        person = _demanded(tx, viewer, id_)
        return all_of(SessionOut.of(each) for each in ways_in.sessions(tx, person.id, services.now()))


@router.delete(
    "/people/{id}/sessions",
    status_code=204,
    summary="Sign a person out everywhere",
    description="For admins: when a phone is lost. Their tokens and unused sign-in links end, too.",
    responses=problems(403, 404),
)
def end_all(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        ways_in.end_all(tx, _demanded(tx, viewer, id_).id, services.now())


@router.get("/me/tokens", summary="Your tokens for programs, newest first", responses=problems())
def my_tokens(services: Use, viewer: Viewer) -> Items[TokenOut]:
    with services.store.transaction() as tx:
        return all_of(TokenOut.of(each) for each in ways_in.tokens(tx, viewer.id))


@router.post(
    "/me/tokens",
    status_code=201,
    summary="Make a token for a program",
    description="It may do what you may, within its scopes. Asked for with a token, it gets no more than that one has.",
    responses=problems(403, 409),
)
def make_token(services: Use, viewer: Viewer, response: Response, body: TokenIn) -> TokenMade:
    response.headers["Cache-Control"] = "no-store"
    token, made = made_token(services, viewer, body)
    return TokenMade(**TokenOut.of(made).model_dump(), token=token)


@router.delete("/me/tokens/{token}", status_code=204, summary="Take a token back", responses=problems(403, 404))
def revoke_token(services: Use, viewer: Viewer, token: TokenId) -> None:
    demand(viewer, Act.MAKE_TOKEN, own=True)
    with services.store.transaction() as tx:
        ways_in.revoke(tx, viewer.id, token, services.now())


@router.get("/me/work-accounts", summary="Work accounts that let you in", responses=problems())
def work_accounts(services: Use, viewer: Viewer) -> Items[WorkAccountOut]:
    with services.store.transaction() as tx:
        return all_of(WorkAccountOut.of(each) for each in identities.known_by(tx, viewer.id))


@router.delete(
    "/me/work-accounts",
    status_code=204,
    summary="Let your work accounts in no more",
    description="The next time one comes, it is as the first time.",
    responses=problems(403),
)
def part(services: Use, viewer: Viewer) -> None:
    demand(viewer, Act.END_SESSION, own=True)
    with services.store.transaction() as tx:
        identities.part(tx, viewer.id)


def made_token(services: Services, viewer: Person, body: TokenIn) -> tuple[str, ways_in.Token]:
    """The token, shown once, and what is known of it. Raises Invalid, Forbidden."""
    demand(viewer, Act.MAKE_TOKEN, own=True)
    for scope in widened(body.scopes):
        if viewer.scopes is not None:
            demand_scope(viewer.scopes, scope)
    name = one_line(body.name)
    if not name:
        raise Invalid("Say what the token is for: in a year you will want to know.", code="bad_name")
    expires_at = services.now() + timedelta(days=body.days) if body.days else None
    with services.store.transaction() as tx:
        if len(ways_in.tokens(tx, viewer.id)) >= MOST_TOKENS:
            raise Invalid(f"You have {MOST_TOKENS} tokens. Take one back first.", code="too_many_tokens")
        token = credentials.new_api_token(tx, viewer.id, name, scopes=body.scopes, expires_at=expires_at)
        return token, ways_in.tokens(tx, viewer.id)[0]


def _demanded(tx: Tx, viewer: Person, public_id: str) -> Person:
    person = people.person_by_public_id(tx, public_id)
    demand(viewer, Act.END_SESSION, own=person.id == viewer.id)
    return person
