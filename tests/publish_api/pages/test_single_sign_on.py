"""Signing in by a work account: at a real provider, and at one that lies."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from joserfc import jwk

from publish_api.access import COOKIE
from publish_api.quiet import masked
from publish_api.services import Services
from reach.oidc import Provider
from store import people as stored_people
from tests.conftest import People
from tests.publish_api.pages import providers
from tests.publish_api.pages.conftest import Browse
from tests.publish_api.pages.providers import BACK, CLIENT, NODE_MODULES, SECRET, Liar, another_key, signs_in_there
from tests.publish_api.served import served

With = Callable[[str], Services]

needs_npm = pytest.mark.skipif(
    not (NODE_MODULES / "oidc-provider").exists() or providers.node() is None,
    reason="oidc-provider is not installed (npm ci)",
)


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    with providers.real_provider() as issuer:
        yield issuer


@pytest.fixture
def liar() -> Liar:
    return Liar()


@pytest.fixture
def lies(liar: Liar, by: With) -> Iterator[Services]:
    """Our house, where the liar is the provider; the clock is the world's."""
    with providers.served(liar) as issuer:
        house = by(issuer)
        liar.now = int(house.now().timestamp())
        yield house


@pytest.fixture
def by(services: Services, anybody: TestClient) -> With:
    """`by(issuer)`: our house, with that provider, in place of what `anybody` is served. Real ones know one time."""

    def house(issuer: str) -> Services:
        provider = Provider(issuer, CLIENT, SECRET, BACK)
        made = replace(services, single_sign_on=provider, now=lambda: datetime.now(UTC))
        served(made)
        return made

    return house


@needs_npm
def test_a_newcomer_becomes_a_learner_and_is_the_same_person_the_next_time(real: str, by: With, browse: Browse) -> None:
    by(real)

    first = browse(None)
    back = _signs_in(first, "u-1", next_="/search?q=valve")
    again = browse(None)
    _signs_in(again, "u-1")

    assert (back.status_code, back.headers["location"]) == (303, "/search?q=valve")
    assert "HttpOnly" in back.headers["set-cookie"]
    me = first.get("/api/v1/me").json()
    assert (me["login"], me["name"], me["role"], me["email"]) == ("nina", "Nina New", "learner", "nina@works.example")
    assert again.get("/api/v1/me").json() == me


@needs_npm
def test_a_verified_address_joins_whoever_has_it_and_a_login_name_or_a_claimed_address_nobody(
    real: str, by: With, browse: Browse, people: People
) -> None:
    house = by(real)
    with house.store.transaction() as tx:
        tx.execute("update person set email = 'lea@works.example' where id = %s", [people.learner.id])

    lea, other = browse(None), browse(None)
    _signs_in(lea, "u-2")  # called "ada" there, as our admin is here
    _signs_in(other, "u-3")  # called "lea" there, with her address, which nobody has verified

    assert lea.get("/api/v1/me").json()["id"] == people.learner.public_id
    said = other.get("/api/v1/me").json()
    assert (said["name"], said["role"], said["email"]) == ("Not Lea", "learner", None)
    assert said["login"].startswith("lea-")


@needs_npm
def test_a_provider_that_says_little_is_enough(real: str, by: With, browse: Browse) -> None:
    by(real)
    browser = browse(None)

    _signs_in(browser, "u-4")

    me = browser.get("/api/v1/me").json()
    assert (me["login"], me["name"], me["email"]) == ("bjorn-unal", "Björn Ünal", None)


@needs_npm
def test_a_code_without_its_verifier_is_worth_nothing_at_the_provider(real: str, by: With, browse: Browse) -> None:
    by(real)
    mine, theirs = browse(None), browse(None)
    stolen = parse_qs(urlsplit(signs_in_there(_away(mine), "u-1")).query)["code"][0]
    state = parse_qs(urlsplit(_away(theirs)).query)["state"][0]

    answer = theirs.get("/single-sign-on/back", params={"code": stolen, "state": state})

    assert answer.status_code == 403
    assert "in a way that can be trusted" in answer.text
    assert COOKIE not in theirs.cookies


def test_the_browser_is_sent_with_a_state_a_nonce_and_a_challenge_and_nothing_of_it_is_in_the_database(
    lies: Services, browse: Browse
) -> None:
    browser = browse(None)

    asked = parse_qs(urlsplit(_away(browser)).query)

    assert asked["response_type"] == ["code"]
    assert (asked["client_id"], asked["redirect_uri"]) == ([CLIENT], [BACK])
    assert asked["scope"] == ["openid profile email"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    with lies.store.transaction() as tx:
        [kept] = tx.execute("select row_to_json(e)::text from sign_in_errand e").fetchall()
    secrets = [asked["state"][0], asked["nonce"][0], *browser.cookies.values()]
    assert not [each for each in secrets if each in kept[0]]


def test_the_way_back_is_good_once(lies: Services, liar: Liar, browse: Browse) -> None:
    browser = browse(None)
    back = liar.signs_in(_away(browser))
    kept = dict(browser.cookies)

    first = browser.get(back)
    browser.cookies.delete(COOKIE)
    again = browser.get(back, headers={"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())})

    assert (first.status_code, again.status_code) == (303, 401)
    assert "used before" in again.text
    assert len(liar.asked) == 1


def test_only_the_browser_that_was_sent_away_comes_back(lies: Services, liar: Liar, browse: Browse) -> None:
    back = liar.signs_in(_away(browse(None)))

    answer = browse(None).get(back)

    assert answer.status_code == 401
    assert "begun in another browser" in answer.text
    assert liar.asked == []


def test_who_stays_away_for_a_quarter_of_an_hour_begins_again(lies: Services, liar: Liar, browse: Browse) -> None:
    browser = browse(None)
    back = liar.signs_in(_away(browser))
    with lies.store.transaction() as tx:
        tx.execute("update sign_in_errand set expires_at = now()")

    assert browser.get(back).status_code == 401


def test_two_tabs_are_two_errands(lies: Services, liar: Liar, browse: Browse) -> None:
    browser = browse(None)
    first, second = _away(browser), _away(browser)

    answers = [browser.get(liar.signs_in(each)) for each in (first, second)]

    assert [answer.status_code for answer in answers] == [303, 303]


WRONG = {
    "a foreign nonce": {"nonce": "somebody else's"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another-client"},
    "two audiences, and the other one asked": {"aud": [CLIENT, "another"], "azp": "another"},
    "another issuer": {"iss": "https://elsewhere.example"},
    "over since two minutes": {"exp": -120},
    "not begun": {"iat": +120},
    "no end": {"exp": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a number for a subject": {"sub": 9},
    "a subject without end": {"sub": "s" * 256},
    "a subject that no database takes": {"sub": "u\x00"},
}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
def test_what_an_id_token_must_not_say(
    said: dict[str, object], lies: Services, liar: Liar, browse: Browse, people: People
) -> None:
    browser = browse(None)
    liar.claims = {
        name: liar.now + value if name in {"exp", "iat"} and isinstance(value, int) else value
        for name, value in said.items()
    }

    answer = browser.get(liar.signs_in(_away(browser)))

    assert answer.status_code == 403
    assert "in a way that can be trusted" in answer.text
    assert COOKIE not in browser.cookies
    assert _how_many(lies) == 4


@pytest.mark.parametrize("how", ["another key", "our secret", "unsigned", "no token"])
def test_what_is_not_signed_by_the_providers_own_key_says_nothing(
    how: str, lies: Services, liar: Liar, browse: Browse, people: People
) -> None:
    browser = browse(None)
    if how == "another key":
        liar.key = another_key("1")
    elif how == "our secret":
        liar.key, liar.header = jwk.OctKey.import_key(SECRET), {"alg": "HS256"}
        liar.about = {"id_token_signing_alg_values_supported": ["HS256", "none"]}
    elif how == "unsigned":
        liar.header = {"alg": "none"}
        liar.about = {"id_token_signing_alg_values_supported": ["none"]}
    else:
        liar.signed = lambda claims: None  # type: ignore[method-assign, assignment, return-value]

    answer = browser.get(liar.signs_in(_away(browser)))

    assert answer.status_code == 403
    assert COOKIE not in browser.cookies
    assert _how_many(lies) == 4


def test_keys_that_changed_since_are_asked_for_again(lies: Services, liar: Liar, browse: Browse) -> None:
    browser = browse(None)
    back = liar.signs_in(_away(browser))
    liar.key = another_key("2")
    liar.header, liar.published = {"alg": "ES256", "kid": "2"}, [liar.key]

    assert browser.get(back).status_code == 303


def test_what_is_said_of_somebody_else_counts_for_nobody(lies: Services, liar: Liar, browse: Browse) -> None:
    browser = browse(None)
    liar.userinfo = {"sub": "u-1", "email": "ada@works.example", "email_verified": True}

    assert browser.get(liar.signs_in(_away(browser))).status_code == 403


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_provider_that_is_down_is_said_so_and_links_and_codes_go_on(
    when: str, lies: Services, liar: Liar, browse: Browse
) -> None:
    browser = browse(None)
    if when == "before":
        liar.down = True
        answer = browser.get("/single-sign-on?next=/search")
    else:
        back = liar.signs_in(_away(browser))
        liar.down = True
        answer = browser.get(back)

    assert answer.status_code == 503
    assert "cannot be asked at the moment" in answer.text
    assert 'name="code"' in answer.text
    liar.down = False
    assert browser.get(liar.signs_in(_away(browser))).status_code == 303


def test_a_provider_that_says_it_is_another_one_signs_nobody_in(lies: Services, liar: Liar, browse: Browse) -> None:
    liar.about["issuer"] = "https://elsewhere.example"

    answer = browse(None).get("/single-sign-on")

    assert answer.status_code == 500
    assert "not set up rightly" in answer.text
    assert "elsewhere" not in answer.text


def test_what_came_back_from_another_provider_is_not_passed_on(lies: Services, liar: Liar, browse: Browse) -> None:
    browser = browse(None)

    answer = browser.get(liar.signs_in(_away(browser)) + "&iss=https://elsewhere.example")

    assert answer.status_code == 401
    assert liar.asked == []


def test_who_stopped_at_the_provider_is_not_signed_in(lies: Services, liar: Liar, browse: Browse) -> None:
    browser = browse(None)
    back = liar.signs_in(_away(browser)).replace("code=abc", "error=access_denied")

    answer = browser.get(back)

    assert answer.status_code == 401
    assert "you stopped there" in answer.text


@pytest.mark.parametrize("known", [True, False], ids=["signed in before", "known by the address alone"])
def test_who_has_left_does_not_come_in(known: bool, lies: Services, liar: Liar, browse: Browse, people: People) -> None:
    liar.claims = {"name": "Eva", "email": "eva@works.example", "email_verified": True}
    with lies.store.transaction() as tx:
        tx.execute("update person set email = 'eva@works.example' where id = %s", [people.expert.id])
    browser = browse(None)
    if known:
        browser.get(liar.signs_in(_away(browser)))
        browser.cookies.clear()
    with lies.store.transaction() as tx:
        stored_people.leave(tx, people.expert.id, lies.now())

    answer = browser.get(liar.signs_in(_away(browser)))

    assert answer.status_code == 403
    assert "Eva Expert has left" in answer.text
    assert COOKIE not in browser.cookies
    assert _how_many(lies) == 3


def test_two_who_share_an_address_are_told_apart_from_whoever_comes(
    lies: Services, liar: Liar, browse: Browse, people: People
) -> None:
    liar.claims = {"name": "Team", "email": "team@works.example", "email_verified": True}
    with lies.store.transaction() as tx:
        tx.execute("update person set email = 'team@works.example' where role in ('learner', 'admin')")
    browser = browse(None)

    browser.get(liar.signs_in(_away(browser)))

    assert browser.get("/api/v1/me").json()["name"] == "Team"
    assert _how_many(lies) == 5


def test_who_is_signed_in_has_their_work_account_let_them_in_too(
    lies: Services, liar: Liar, browse: Browse, people: People
) -> None:
    browser, elsewhere, mallory = browse(people.admin), browse(None), browse(people.learner)

    joined = browser.get(liar.signs_in(_away(browser, join=True)))
    elsewhere.get(liar.signs_in(_away(elsewhere)))
    taken = mallory.get(liar.signs_in(_away(mallory, join=True)))

    assert joined.status_code == 303
    assert elsewhere.get("/api/v1/me").json()["id"] == people.admin.public_id
    assert taken.status_code == 409
    assert mallory.get("/api/v1/me").json()["id"] == people.learner.public_id


def test_a_work_account_that_is_let_in_no_more_is_somebody_new(
    lies: Services, liar: Liar, browse: Browse, people: People
) -> None:
    liar.claims = {"preferred_username": "ada.l"}
    browser, elsewhere = browse(people.admin), browse(None)
    browser.get(liar.signs_in(_away(browser, join=True)))

    [known] = browser.get("/api/v1/me/work-accounts").json()["items"]
    parted = browser.post("/account/work-accounts")
    elsewhere.get(liar.signs_in(_away(elsewhere)))

    assert known["said"] == "ada.l"
    assert parted.status_code == 303
    assert browser.get("/api/v1/me/work-accounts").json()["items"] == []
    assert elsewhere.get("/api/v1/me").json()["login"] == "ada.l"


def test_another_sites_link_joins_nothing(lies: Services, browse: Browse, people: People) -> None:
    browser = browse(people.admin)

    answer = browser.get("/single-sign-on?join=yes", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_what_comes_back_is_not_written_down() -> None:
    assert masked("/single-sign-on/back?code=s3cr3t&state=s3cr3t&iss=x") == "/single-sign-on/back?code=-&state=-&iss=x"


def test_without_a_provider_nobody_reads_of_one(browse: Browse) -> None:
    browser = browse(None)

    assert browser.get("/single-sign-on").status_code == 404
    assert "work account" not in browser.get("/sign-in").text


def _away(browser: TestClient, *, next_: str = "/", join: bool = False) -> str:
    """Where the provider is, as our link leads there."""
    answer = browser.get("/single-sign-on", params={"next": next_, **({"join": "yes"} if join else {})})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def _signs_in(browser: TestClient, subject: str, next_: str = "/") -> Response:
    return browser.get(signs_in_there(_away(browser, next_=next_), subject))


def _how_many(services: Services) -> int:
    with services.store.transaction() as tx:
        return len(stored_people.list_people(tx))
