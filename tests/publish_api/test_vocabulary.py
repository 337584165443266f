"""A conversation about the vocabulary: who keeps it, and what becomes of terms."""

from tests.conftest import People
from tests.publish_api.conftest import Ask, Ward

HERE = "/api/v1/tags/vocabulary"


def test_a_curator_adds_a_term_changes_it_and_takes_it_out(ask: Ask, people: People) -> None:
    curator = ask(people.curator)

    added = curator.post(HERE, json={"label": " Crane ", "aliases": ["hoist"]})
    path = f"{HERE}/{added.json()['id']}"
    seen = curator.get(path)
    blind = curator.patch(path, json={"label": "Cranes"})
    changed = curator.patch(
        path, json={"label": "Cranes", "language": "en"}, headers={"If-Match": seen.headers["ETag"]}
    )
    late = curator.patch(path, json={"language": ""}, headers={"If-Match": seen.headers["ETag"]})
    listed = curator.get(HERE).json()["items"]
    gone = [curator.delete(path).status_code for _ in range(2)]

    assert (added.status_code, added.headers["ETag"], seen.headers["ETag"][:3]) == (201, '"2"', '"2.')
    assert (blind.status_code, late.status_code) == (428, 412)
    assert listed == [changed.json()]
    assert {**listed[0], "id": "", "version": 0} == {
        "id": "", "slug": "cranes", "label": "Cranes", "aliases": ["Crane", "hoist"], "parent": "", "language": "en",
        "version": 0, "clips": 0,
    }  # fmt: skip
    assert gone == [204, 404]
    assert curator.get(HERE).json()["items"] == []


def test_two_terms_are_merged(ask: Ask, people: People) -> None:
    curator = ask(people.curator)
    crane = curator.post(HERE, json={"label": "Crane"}).json()
    hoist = curator.post(HERE, json={"label": "Hoist", "parent": "crane"})

    merged = curator.post(
        f"{HERE}/{hoist.json()['id']}/merger", json={"into": "CRANE"}, headers={"If-Match": hoist.headers["ETag"]}
    )

    assert (merged.status_code, merged.json()["id"], merged.json()["aliases"]) == (200, crane["id"], ["Hoist"])
    assert [each["label"] for each in curator.get(HERE).json()["items"]] == ["Crane"]


def test_the_vocabulary_is_saved_as_a_table_and_taken_in_again(ask: Ask, people: People) -> None:
    curator = ask(people.curator)
    taken = curator.post(f"{HERE}/list", json={"terms": "Crane, hoist | winch, Lifting\nLifting"})

    table = curator.get(f"{HERE}.csv")
    again = curator.post(f"{HERE}/list", json={"terms": table.text})
    broken = curator.post(f"{HERE}/list", json={"terms": "Belt\n=cmd()"})

    assert (taken.json(), again.json()) == ({"terms": 2}, {"terms": 2})
    assert table.headers["Content-Type"].startswith("text/csv")
    assert table.text == "\ufeffterm,aliases,parent,language\r\nCrane,hoist | winch,Lifting,\r\nLifting,,,\r\n"
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "bad_term")
    assert len(curator.get(HERE).json()["items"]) == 2


def test_what_is_no_term_is_refused(ask: Ask, people: People) -> None:
    curator = ask(people.curator)

    answers = [
        curator.post(HERE, json=body)
        for body in (
            {"label": "\u202e"},
            {"label": "a,b"},
            {"label": "x" * 1000},
            {"label": "Crane", "aliases": ["x"] * 100},
            {"label": "Crane", "parent": "Nowhere"},
            {"label": "Crane", "colour": "blue"},
        )
    ]

    assert [answer.status_code for answer in answers] == [400] * 6
    assert [answer.json()["error"]["code"] for answer in answers[:2]] == ["bad_term", "bad_term"]
    assert answers[4].json()["error"]["code"] == "no_parent"


def test_the_vocabulary_is_for_those_who_curate_for_everybody(ask: Ask, people: People, ward: Ward) -> None:
    kept = ask(people.curator).post(HERE, json={"label": "Crane"}).json()
    path = f"{HERE}/{kept['id']}"

    read = {
        who.login: [ask(who).get(each).status_code for each in (HERE, f"{HERE}.csv", path)]
        for who in (people.learner, people.expert, ward.curator)
    }
    changed = {
        who.login: [
            ask(who).post(HERE, json={"label": "Belt"}).status_code,
            ask(who).post(f"{HERE}/list", json={"terms": "Belt"}).status_code,
            ask(who).patch(path, json={"label": "Belt"}, headers={"If-Match": "*"}).status_code,
            ask(who).post(f"{path}/merger", json={"into": "Belt"}, headers={"If-Match": "*"}).status_code,
            ask(who).delete(path).status_code,
        ]
        for who in (people.learner, people.expert, ward.curator)
    }

    assert read == {"lea": [403] * 3, "eva": [403] * 3, "wanda": [200] * 3}
    assert changed == {"lea": [403] * 5, "eva": [403] * 5, "wanda": [403] * 5}
    assert ask(None).get(HERE).status_code == 401
