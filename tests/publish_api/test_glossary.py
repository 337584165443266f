"""A conversation about the glossary: who keeps it, and what a term is."""

from domain.glossary import Term
from publish_api.services import Services
from store import glossary
from tests.conftest import People
from tests.publish_api.conftest import Ask, Ward

GLOSSARY = "/api/v1/glossary"


def test_a_curator_adds_a_term_says_it_better_and_takes_it_out(ask: Ask, people: People) -> None:
    curator = ask(people.curator)

    added = curator.post(GLOSSARY, json={"text": " Loc  tite ", "heard": ["lock tight"]})
    better = curator.post(GLOSSARY, json={"text": "Loctite", "heard": ["lock tight", "octite"]})
    listed = curator.get(GLOSSARY).json()
    gone = [curator.delete(f"{GLOSSARY}/{added.json()['id']}").status_code for _ in range(2)]

    assert (added.status_code, added.json()["text"]) == (201, "Loc tite")
    assert better.json() == {**added.json(), "text": "Loctite", "heard": ["lock tight", "octite"]}
    assert listed == {"items": [better.json()], "next": None}
    assert gone == [204, 404]
    assert curator.get(GLOSSARY).json()["items"] == []


def test_what_is_no_term_is_refused(ask: Ask, people: People) -> None:
    curator = ask(people.curator)

    answers = [
        curator.post(GLOSSARY, json=body)
        for body in (
            {"text": "a b c d e f"},
            {"text": "\u202e"},
            {"text": "x" * 1000},
            {"text": "Festo", "heard": ["f"] * 100},
            {"text": "Festo", "colour": "blue"},
        )
    ]

    assert [answer.status_code for answer in answers] == [400] * 5
    assert answers[0].json()["error"]["code"] == "bad_term"


def test_the_glossary_is_for_those_who_curate(ask: Ask, people: People, services: Services, ward: Ward) -> None:
    with services.store.transaction() as tx:
        (mine,) = glossary.add(tx, ward.space.id, [Term("Heparin")])
    wanda = ask(ward.curator)
    for_all, for_ward = {"text": "Festo"}, {"text": "CareLink", "space": ward.space.public_id}

    added = {
        who.login: [ask(who).post(GLOSSARY, json=body).status_code for body in (for_all, for_ward)]
        for who in (people.learner, people.expert, ward.expert, ward.curator, people.curator)
    }
    everyones = next(each for each in ask(people.curator).get(GLOSSARY).json()["items"] if each["text"] == "Festo")
    listed = [ask(who).get(GLOSSARY).status_code for who in (None, people.learner, people.expert)]
    removed = [ask(who).delete(f"{GLOSSARY}/{mine.public_id}").status_code for who in (people.learner, ward.expert)]

    assert added == {
        "lea": [403, 404], "eva": [403, 404], "wes": [403, 403], "wanda": [403, 201], "carl": [201, 201],
    }  # fmt: skip
    assert [each["text"] for each in wanda.get(GLOSSARY).json()["items"]] == ["CareLink", "Heparin"]
    assert wanda.delete(f"{GLOSSARY}/{everyones['id']}").status_code == 404
    assert (listed, removed) == ([401, 403, 403], [403, 403])
