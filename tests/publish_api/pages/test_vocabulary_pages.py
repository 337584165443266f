"""The page of the vocabulary: terms added, changed, merged and taken out, and words on clips kept."""

import re

from publish_api.services import Services
from store import clips, vocabulary
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ward
from tests.publish_api.pages.conftest import Browse


def test_a_curator_adds_a_list_changes_a_term_merges_and_takes_out(
    services: Services, browse: Browse, people: People
) -> None:
    browser = browse(people.curator)

    empty = browser.get("/tags").text
    added = browser.post("/tags", data={"terms": "Crane, hoist, Lifting\r\nLifting\r\n<b>Belt</b>\r\nWinch"})
    page = browser.get("/tags").text
    ids = dict(re.findall(r'id="label-(\w+)" name="label" value="([^"]+)"', page))
    by_label = {label: id_ for id_, label in ids.items()}
    form = {"version": _version(page, by_label["Crane"]), "label": "Cranes", "aliases": "hoist; gear", "parent": ""}
    changed = browser.post(f"/tags/{by_label['Crane']}", data=form)
    stale = browser.post(f"/tags/{by_label['Crane']}", data=form)
    merged = browser.post(
        f"/tags/{by_label['Winch']}/merger", data={"version": _version(page, by_label["Winch"]), "into": "cranes"}
    )
    removed = browser.post(f"/tags/{by_label['Lifting']}/removal")
    with services.store.transaction() as tx:
        left = [(term.label, term.aliases, term.parent) for term in vocabulary.terms(tx)]

    assert "Begin with what people here would look for" in empty
    assert "&lt;b&gt;Belt&lt;/b&gt;" in page
    assert "also hoist" in page
    assert [each.status_code for each in (added, changed, merged, removed)] == [303] * 4
    assert (stale.status_code, "meanwhile" in stale.text) == (400, True)
    assert left == [("<b>Belt</b>", (), ""), ("Cranes", ("Crane", "gear", "hoist", "Winch"), "")]


def test_one_bad_line_keeps_what_was_typed_and_adds_nothing(browse: Browse, people: People) -> None:
    browser = browse(people.curator)

    refused = browser.post("/tags", data={"terms": "Belt\n=cmd()"})

    assert refused.status_code == 400
    assert "“=cmd()” cannot be in the vocabulary" in refused.text
    assert "Belt\n=cmd()</textarea>" in refused.text
    assert "/removal" not in browser.get("/tags").text


def test_a_word_on_clips_is_kept_with_one_press(services: Services, browse: Browse, people: People) -> None:
    material.recording(services, people.expert)
    browser = browse(people.curator)

    before = browser.get("/tags").text
    kept = browser.post("/tags/words", data={"word": "valve"})
    after = browser.get("/tags").text
    with services.store.transaction() as tx:
        on_clips = {use.label for use in clips.tags(tx, people.curator.id)}

    assert 'name="word" value="valve"' in before
    assert (kept.status_code, 'name="word" value="valve"' in after, 'value="valve"' in after) == (303, False, True)
    assert on_clips == set()  # nothing is published yet


def test_who_curates_one_space_reads_it_and_others_have_a_list_of_tags(
    browse: Browse, people: People, ward: Ward
) -> None:
    browse(people.curator).post("/tags", data={"terms": "Crane"})

    wanda = browse(ward.curator).get("/tags").text
    others = ["All tags" in browse(who).get("/tags").text for who in (people.learner, people.expert)]
    stolen = browse(ward.curator).post("/tags", data={"terms": "Belt"}).status_code

    assert ("Crane" in wanda, "<textarea" in wanda) == (True, False)
    assert (others, stolen) == ([True, True], 403)


def _version(page: str, term: str) -> str:
    found = re.search(
        rf'action="/tags/{term}" class="fields">\s*<input type="hidden" name="version" value="(\d+)"', page
    )
    assert found is not None
    return found.group(1)
