"""A conversation about people: who is here, how they get in, and who may ask."""

import pytest
from fastapi.testclient import TestClient

from domain.person import Role
from publish_api.services import Services
from store import people as stored_people
from tests.conftest import People
from tests.publish_api.conftest import Ask, Clock, Ward

OURS = {"Origin": "https://clips.example"}


def test_i_am_told_who_i_am(ask: Ask, people: People) -> None:
    answer = ask(people.learner).get("/api/v1/me")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.json() == {
        "id": people.learner.public_id,
        "name": "Lea Learner",
        "role": "learner",
        "login": "lea",
        "email": None,
        "curates_all": None,
        "self_named": False,
    }


def test_a_curator_adds_somebody_who_signs_in_with_the_link(anybody: TestClient, ask: Ask, people: People) -> None:
    curator = ask(people.curator)
    added = curator.post("/api/v1/people", json={"login": "Nora", "name": " Nora  Night ", "role": "expert"})
    link = curator.post(f"/api/v1/people/{added.json()['id']}/sign-in-links").json()
    token = link["url"].removeprefix("https://clips.example/sign-in/")

    signed_in = anybody.post("/api/v1/sessions", json={"token": token})
    me = anybody.get("/api/v1/me")

    assert added.status_code == 201
    assert (added.json()["login"], added.json()["name"], added.json()["role"]) == ("nora", "Nora Night", "expert")
    assert link["expires_at"] == "2031-05-07T07:08:00Z"
    assert len(link["code"]) == 8
    assert link["code"].isdecimal()
    assert signed_in.status_code == 201
    assert me.json()["login"] == "nora"


def test_the_cookie_is_for_our_site_over_https_and_not_for_scripts(
    anybody: TestClient, ask: Ask, people: People
) -> None:
    code = _link(ask, people)["code"]

    answer = anybody.post("/api/v1/sessions", json={"login": "lea", "code": f"{code[:4]} {code[4:]}"})

    attributes = {each.strip().lower() for each in answer.headers["Set-Cookie"].split(";")[1:]}
    assert answer.status_code == 201
    assert {"httponly", "secure", "samesite=lax", "path=/", "max-age=2592000"} <= attributes
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_link_signs_in_once_and_for_a_day(anybody: TestClient, ask: Ask, people: People, clock: Clock) -> None:
    used, old = (_link(ask, people)["url"].rsplit("/", 1)[1] for _ in range(2))
    first = anybody.post("/api/v1/sessions", json={"token": used})
    again = anybody.post("/api/v1/sessions", json={"token": used})
    clock.passes(hours=24, seconds=1)
    late = anybody.post("/api/v1/sessions", json={"token": old})

    assert [first.status_code, again.status_code, late.status_code] == [201, 401, 401]
    assert again.json()["error"]["code"] == late.json()["error"]["code"] == "bad_sign_in"


def test_after_five_wrong_codes_the_right_one_is_void(anybody: TestClient, ask: Ask, people: People) -> None:
    code = _link(ask, people)["code"]
    wrong = f"{(int(code) + 1) % 10**8:08}"

    tries = [anybody.post("/api/v1/sessions", json={"login": "lea", "code": wrong}).status_code for _ in range(5)]
    right = anybody.post("/api/v1/sessions", json={"login": "lea", "code": code})

    assert tries == [401] * 5
    assert right.status_code == 401


def test_signing_out_ends_the_session_everywhere(anybody: TestClient, ask: Ask, people: People) -> None:
    anybody.post("/api/v1/sessions", json={"login": "lea", "code": _link(ask, people)["code"]})
    stolen = anybody.cookies["passiton_session"]

    out = anybody.delete("/api/v1/sessions", headers=OURS)
    with_the_old_cookie = ask(None).get("/api/v1/me", headers={"Cookie": f"passiton_session={stolen}"})

    assert out.status_code == 204
    assert "passiton_session" not in anybody.cookies
    assert with_the_old_cookie.status_code == 401


def test_a_session_ends_after_thirty_days(anybody: TestClient, ask: Ask, people: People, clock: Clock) -> None:
    anybody.post("/api/v1/sessions", json={"login": "lea", "code": _link(ask, people)["code"]})

    clock.passes(days=30, seconds=-1)
    before = anybody.get("/api/v1/me")
    clock.passes(seconds=2)
    after = anybody.get("/api/v1/me")

    assert [before.status_code, after.status_code] == [200, 401]


def test_another_site_changes_nothing_with_somebodys_cookie(
    anybody: TestClient, ask: Ask, people: People, services: Services
) -> None:
    anybody.post("/api/v1/sessions", json={"login": "carl", "code": _link(ask, people, "curator")["code"]})
    body = {"login": "mallory", "name": "Mallory", "role": "learner"}

    foreign = [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://clips.example"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ]
    refused = [anybody.post("/api/v1/people", json=body, headers=headers) for headers in foreign]
    read = anybody.get("/api/v1/me", headers={"Sec-Fetch-Site": "cross-site"})
    ours = anybody.post("/api/v1/people", json=body, headers=OURS)

    assert [answer.status_code for answer in refused] == [403] * 5
    assert {answer.json()["error"]["code"] for answer in refused} == {"foreign_origin"}
    assert read.status_code == 200
    assert ours.status_code == 201


def test_another_site_signs_nobody_in(anybody: TestClient, ask: Ask, people: People) -> None:
    body = {"login": "lea", "code": _link(ask, people)["code"]}

    foreign = anybody.post("/api/v1/sessions", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    ours = anybody.post("/api/v1/sessions", json=body, headers={"Sec-Fetch-Site": "same-origin"})

    assert (foreign.status_code, ours.status_code) == (403, 201)
    assert "Set-Cookie" not in foreign.headers


def test_an_api_token_counts_before_the_cookie_and_needs_no_origin(
    anybody: TestClient, ask: Ask, people: People
) -> None:
    anybody.post("/api/v1/sessions", json={"login": "lea", "code": _link(ask, people)["code"]})

    wrong = anybody.get("/api/v1/me", headers={"Authorization": "Bearer pio_nothing"})
    right = ask(people.curator).post("/api/v1/people", json={"login": "ben", "name": "Ben"})

    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "bad_token")
    assert wrong.headers["WWW-Authenticate"] == "Bearer"
    assert right.status_code == 201


def test_only_those_who_look_after_people_see_all_of_them(ask: Ask, people: People) -> None:
    logins = [each["login"] for each in ask(people.curator).get("/api/v1/people").json()["items"]]
    refused = [ask(each).get("/api/v1/people").status_code for each in (people.learner, people.expert)]

    assert logins == ["ada", "carl", "eva", "lea"]
    assert refused == [403, 403]


def test_login_and_mail_are_for_the_person_and_curators(ask: Ask, people: People, services: Services) -> None:
    with services.store.transaction() as tx:
        nora = stored_people.add_person(tx, login="nora", name="Nora", role=Role.EXPERT, email="nora@example.org")
    path = f"/api/v1/people/{nora.public_id}"

    seen = {who: ask(who).get(path).json() for who in (nora, people.curator, people.learner)}

    for_all = {"id": nora.public_id, "name": "Nora", "role": "expert"}
    in_full = {**for_all, "login": "nora", "email": "nora@example.org", "curates_all": None, "self_named": False}
    assert seen[nora] == seen[people.curator] == in_full
    assert seen[people.learner] == for_all


def test_nobody_becomes_a_curator_or_an_admin_through_a_curator(ask: Ask, people: People) -> None:
    curator, admin = ask(people.curator), ask(people.admin)

    made = curator.post("/api/v1/people", json={"login": "max", "name": "Max", "role": "admin"})
    wider = curator.post("/api/v1/people", json={"login": "cora", "name": "Cora", "role": "curator"})
    let_in = curator.post(f"/api/v1/people/{people.admin.public_id}/sign-in-links")
    by_an_admin = admin.post("/api/v1/people", json={"login": "max", "name": "Max", "role": "admin"})

    assert [made.status_code, wider.status_code, let_in.status_code, by_an_admin.status_code] == [403, 403, 403, 201]


def test_a_learner_lets_nobody_in(ask: Ask, people: People) -> None:
    learner = ask(people.learner)

    added = learner.post("/api/v1/people", json={"login": "max", "name": "Max"})
    own_link = learner.post(f"/api/v1/people/{people.learner.public_id}/sign-in-links")

    assert [added.status_code, own_link.status_code] == [403, 403]


def test_who_has_left_gets_no_link_and_is_nobody(ask: Ask, people: People, services: Services, clock: Clock) -> None:
    learner = ask(people.learner)
    with services.store.transaction() as tx:
        stored_people.leave(tx, people.learner.id, clock())

    link = ask(people.curator).post(f"/api/v1/people/{people.learner.public_id}/sign-in-links")
    me = learner.get("/api/v1/me")

    assert (link.status_code, link.json()["error"]["code"]) == (410, "left")
    assert me.status_code == 401


def test_a_login_name_is_taken_once_and_checked(ask: Ask, people: People) -> None:
    curator = ask(people.curator)

    taken = curator.post("/api/v1/people", json={"login": "LEA", "name": "Lea"})
    bad = curator.post("/api/v1/people", json={"login": "a b", "name": "Lea"})

    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "login_taken")
    assert (bad.status_code, bad.json()["error"]["code"]) == (400, "bad_login")


def test_an_admin_says_what_a_curator_curates(ask: Ask, people: People, ward: Ward) -> None:
    path, admin = f"/api/v1/people/{people.curator.public_id}", ask(people.admin)

    before = admin.get(path).json()["curates_all"]
    narrowed = admin.patch(path, json={"curates_all": False})
    spaces = [each["name"] for each in ask(people.curator).get("/api/v1/spaces").json()["items"]]
    after = admin.get(path).json()["curates_all"]

    assert (before, narrowed.status_code, narrowed.json()["curates_all"], after) == (True, 200, False, False)
    assert spaces == ["Everyone"]


def test_nobody_but_an_admin_says_what_is_curated_and_only_of_curators(ask: Ask, people: People, ward: Ward) -> None:
    widened = {"curates_all": True}
    path = f"/api/v1/people/{ward.curator.public_id}"

    by_curators = [ask(each).patch(path, json=widened).status_code for each in (ward.curator, people.curator)]
    of_a_learner = ask(people.admin).patch(f"/api/v1/people/{people.learner.public_id}", json=widened)
    misspelt = ask(people.admin).patch(path, json={"curates_al": True})

    assert by_curators == [403, 403]
    assert (of_a_learner.status_code, of_a_learner.json()["error"]["code"]) == (400, "not_a_curator")
    assert misspelt.status_code == 400
    assert ask(people.admin).get(path).json()["curates_all"] is False


def test_a_curator_makes_a_learner_an_expert(ask: Ask, people: People) -> None:
    path = f"/api/v1/people/{people.learner.public_id}"

    changed = ask(people.curator).patch(path, json={"role": "expert"})

    assert (changed.status_code, changed.json()["role"]) == (200, "expert")
    assert ask(people.learner).get("/api/v1/me").json()["role"] == "expert"


@pytest.mark.parametrize(("who", "to"), [("learner", "curator"), ("admin", "learner"), ("curator", "admin")])
def test_nobody_gives_or_takes_a_role_they_could_not_bring_in(ask: Ask, people: People, who: str, to: str) -> None:
    person = getattr(people, who)

    changed = ask(people.curator).patch(f"/api/v1/people/{person.public_id}", json={"role": to})

    assert changed.status_code == 403
    assert ask(person).get("/api/v1/me").json()["role"] == who


def test_an_admin_does_not_give_up_the_role_by_themselves(ask: Ask, people: People) -> None:
    changed = ask(people.admin).patch(f"/api/v1/people/{people.admin.public_id}", json={"role": "learner"})

    assert (changed.status_code, changed.json()["error"]["code"]) == (400, "yourself")


def test_an_admin_says_that_somebody_has_left(ask: Ask, people: People) -> None:
    admin, learner = ask(people.admin), ask(people.learner)
    path = f"/api/v1/people/{people.learner.public_id}"

    by_a_curator = ask(people.curator).delete(path)
    before = learner.get("/api/v1/me")
    gone = [admin.delete(path).status_code for _ in range(2)]
    after = learner.get("/api/v1/me")

    assert (by_a_curator.status_code, before.status_code) == (403, 200)
    assert (gone, after.status_code) == ([204, 204], 401)
    assert [each["login"] for each in admin.get("/api/v1/people").json()["items"]] == ["ada", "carl", "eva"]


def test_an_admin_does_not_say_it_of_herself(ask: Ask, people: People) -> None:
    admin = ask(people.admin)

    answer = admin.delete(f"/api/v1/people/{people.admin.public_id}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "yourself")
    assert admin.get("/api/v1/me").status_code == 200


def _link(ask: Ask, people: People, whose: str = "learner") -> dict[str, str]:
    invited = getattr(people, whose).public_id
    made: dict[str, str] = ask(people.admin).post(f"/api/v1/people/{invited}/sign-in-links").json()
    return made


def test_who_signs_in_as_somebody_by_a_link_leaves_a_trace_they_see(
    anybody: TestClient, ask: Ask, people: People
) -> None:
    first = _link(ask, people)
    anybody.post("/api/v1/sessions", json={"token": first["url"].rpartition("/")[2]})
    before = [each["kind"] for each in ask(people.learner).get("/api/v1/notices").json()["items"]]

    second = _link(ask, people)
    anybody.post("/api/v1/sessions", json={"token": second["url"].rpartition("/")[2]})

    told = ask(people.learner).get("/api/v1/notices").json()["items"]
    assert before == []  # it was their first way in
    assert sorted(each["says"] for each in told) == [
        "A link that Ada Admin made has signed somebody in as you",
        "Ada Admin made a link that signs in as you",
    ]
    sessions = ask(people.learner).get("/api/v1/me/sessions").json()["items"]
    assert [each["let_in_by"] for each in sessions] == ["Ada Admin", "Ada Admin"]
    acts = ask(people.admin).get("/api/v1/audit").json()["items"]
    assert [(each["act"], each["whose"]) for each in acts] == [("made-sign-in-link", "Lea Learner")] * 2


def test_of_links_that_sign_in_as_oneself_one_is_always_told(ask: Ask, people: People) -> None:
    answer = ask(people.learner).put("/api/v1/me/ways", json={"ways": {"link": "nothing"}})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "always_told"


def test_who_may_not_is_sent_to_somebody_who_may(ask: Ask, people: People) -> None:
    path = f"/api/v1/people/{people.learner.public_id}"

    says = [
        ask(people.curator).patch(path, json={"role": "curator"}).json()["error"]["message"],
        ask(people.learner).get("/api/v1/people").json()["error"]["message"],
        ask(people.curator).delete(path + "/sessions").json()["error"]["message"],
    ]

    assert [each.partition("here. ")[2] for each in says] == [
        "Ask an admin.",
        "Ask a curator: they do it, or let you.",
        "Only the one whose it is may, or an admin.",
    ]
