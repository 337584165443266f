"""The page of the glossary: several terms added at once, and taken out again."""

import re

from publish_api.services import Services
from store import glossary
from tests.conftest import People
from tests.publish_api.conftest import Ward
from tests.publish_api.pages.conftest import Browse


def test_a_curator_adds_several_terms_and_removes_one(services: Services, browse: Browse, people: People) -> None:
    browser = browse(people.curator)

    empty = browser.get("/glossary").text
    added = browser.post("/glossary", data={"terms": "Loctite: lock tight, octite\r\nX200\r\n\r\n<b>Festo</b>"})
    page = browser.get("/glossary").text
    removal = re.findall(r"/glossary/[\w-]+/removal", page)[0]
    removed = browser.post(removal)
    with services.store.transaction() as tx:
        left = [entry.term.text for entry in glossary.entries(tx, people.curator.id)]

    assert "Begin with the names of your machines" in empty
    assert (added.status_code, added.headers["location"]) == (303, "/glossary")
    assert "instead of lock tight, octite" in page
    assert "&lt;b&gt;Festo&lt;/b&gt;" in page
    assert (removed.status_code, removed.headers["location"]) == (303, "/glossary")
    assert left == ["Loctite", "X200"]


def test_one_bad_line_keeps_what_was_typed_and_adds_nothing(browse: Browse, people: People) -> None:
    browser = browse(people.curator)

    refused = browser.post("/glossary", data={"terms": "Festo\na b c d e f"})

    assert refused.status_code == 400
    assert "“a b c d e f” cannot be in the glossary" in refused.text
    assert "Festo\na b c d e f</textarea>" in refused.text
    assert "/removal" not in browser.get("/glossary").text


def test_the_page_is_for_those_who_curate_and_names_their_spaces(browse: Browse, people: People, ward: Ward) -> None:
    wanda, carl = browse(ward.curator), browse(people.curator)

    mine = wanda.get("/glossary").text
    all_ = carl.get("/glossary").text
    others = [browse(who).get("/glossary").status_code for who in (people.learner, people.expert)]
    stolen = wanda.post("/glossary", data={"terms": "Festo"}).status_code

    assert ("Ward 3" in mine, "All colleagues" in mine) == (True, False)
    assert ("Ward 3" in all_, "All colleagues" in all_) == (True, True)
    assert (others, stolen) == ([403, 403], 403)
