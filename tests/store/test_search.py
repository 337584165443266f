"""Search: by words, in the clip's own language, down to the sentence that may be shown."""

import pytest

from domain.errors import Invalid
from domain.recording import Recording
from domain.span import Span
from store import clips, spaces
from store.postgres import Store, Tx
from store.search import CONFIGS, says_nothing
from tests.conftest import People
from tests.store.test_clips import part
from tests.store.things import NOW, a_recording, a_transcript, proposal, some_clips, spoken

SAID = "Open the valve slowly. Then let the brakes bleed. Never touch the red valve."


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        a_transcript(tx, recording, spoken(SAID))
        (clip,) = some_clips(tx, recording, proposal(0, 7500, "Bleeding a system", tags=["hydraulics"], text=SAID))
        clips.publish(tx, clip.id, people.curator.id, NOW)
        return recording


def titles(tx: Tx, people: People, q: str) -> list[str]:
    return [hit.clip.title for hit in clips.search(tx, people.learner.id, q).hits]


def test_a_search_lands_on_the_sentence_that_fits_best(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        (hit,) = clips.search(tx, people.learner.id, "bleeding brake").hits

    assert hit.sentence == "Then let the brakes bleed."
    assert (hit.recording, hit.at_ms, hit.clip_ms) == (recording.public_id, 2000, 2000)
    assert hit.headline == (
        ("Then let the ", False), ("brakes", True), (" ", False), ("bleed", True), (".", False),
    )  # fmt: skip


def test_words_in_the_title_or_the_tags_alone_lead_to_the_beginning(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        (by_title,) = clips.search(tx, people.learner.id, "systems").hits
        (by_tag,) = clips.search(tx, people.learner.id, "hydraulic").hits

    assert (by_title.sentence, by_title.at_ms, by_title.clip_ms) == ("", 0, 0)
    assert by_title.headline == (("Bleeding a ", False), ("system", True))
    assert (by_tag.sentence, by_tag.headline) == ("", (("Bleeding a system", False),))


def test_what_was_cut_away_is_neither_found_nor_shown(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        (clip,) = clips.feed(tx, people.learner.id).items
        # Cut in the middle of the last sentence: "Never touch" is left of it.
        clips.change(tx, clip.id, version=1, now=NOW, parts=[part(recording, 4500, 5500), part(recording, 2000, 3500)])

        cut_away = titles(tx, people, "red valve")
        (left,) = clips.search(tx, people.learner.id, "touch").hits
        (second,) = clips.search(tx, people.learner.id, "let").hits

    assert cut_away == []
    assert (left.sentence, left.at_ms, left.clip_ms) == ("Never touch", 4500, 0)
    assert (second.sentence, second.at_ms, second.clip_ms) == ("Then let the", 2000, 1000)


def test_a_part_that_begins_within_a_sentence_lands_where_it_begins(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        (clip,) = clips.feed(tx, people.learner.id).items
        clips.change(tx, clip.id, version=1, now=NOW, parts=[part(recording, 2400, 4500)])

        (hit,) = clips.search(tx, people.learner.id, "brakes").hits

    assert (hit.sentence, hit.at_ms, hit.clip_ms) == ("let the brakes bleed.", 2400, 0)


def test_what_people_type_into_search_boxes_works(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        assert titles(tx, people, '"red valve"') == ["Bleeding a system"]
        assert titles(tx, people, '"valve red"') == []
        assert titles(tx, people, "elephants or brakes") == ["Bleeding a system"]
        assert titles(tx, people, "brakes -red") == []


STRANGE = [
    *(
        "",
        " ",
        "the",
        "'",
        '"',
        '"""',
        "\\",
        "%",
        "_",
        "a & | ! b",
        ":*",
        "()",
        "<->",
        "brakes:A",
        "-",
        "or",
        "$$",
        "😀",
    ),
    *("\x00", "\ud800", "\x02brakes\x03", "' or 1=1 --", "x" * 20_000, "valve " * 5_000, "http://a/?b=c&d=e & f"),
]


def test_a_strangers_query_breaks_nothing(store: Store, people: People, recording: Recording) -> None:
    found = set()
    with store.transaction() as tx:
        for q in STRANGE:
            for hit in clips.search(tx, people.learner.id, q).hits:
                found.add(q)
                assert "".join(text for text, _ in hit.headline) in (hit.sentence, hit.clip.title)
            clips.feed(tx, people.learner.id, q=q)
            clips.feed(tx, people.learner.id, tag=q, space=q)

    assert found == {"brakes:A", "\x02brakes\x03"} | {q for q in STRANGE if q.startswith("valve")}


def test_the_best_comes_first_a_page_at_a_time(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        made = some_clips(
            tx,
            recording,
            proposal(0, 10, "Valves", tags=["valve"], text="valve"),
            proposal(10, 20, "Pumps", tags=["valve"], text="pump"),
            proposal(20, 30, "Pipes", text="a valve once"),
            proposal(30, 40, "Pipes too", text="a valve once"),
            proposal(40, 50, "Something else"),
        )
        for clip in made:
            clips.publish(tx, clip.id, people.curator.id, NOW)

        pages, cursor = [], None
        while True:
            page = clips.feed(tx, people.learner.id, q="valve", limit=1, cursor=cursor)
            pages += [clip.title for clip in page.items]
            if (cursor := page.next) is None:
                break
        searched = titles(tx, people, "valve")

    assert pages == ["Valves", "Pumps", "Pipes too", "Pipes"]
    assert searched == pages


def test_a_cursor_of_another_list_is_refused(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        other = a_recording(tx, people.expert, upload_id="2")
        for clip in some_clips(tx, other, proposal(0, 10), proposal(10, 20)):
            clips.publish(tx, clip.id, people.curator.id, NOW)
        cursor = clips.feed(tx, people.learner.id, limit=1).next

        with pytest.raises(Invalid):
            clips.feed(tx, people.learner.id, q="valve", cursor=cursor)


def test_a_clip_is_searched_in_its_own_language(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        said = "Zuerst die Räder abnehmen."
        a_transcript(tx, recording, spoken(said, language="de"))
        (clip,) = some_clips(tx, recording, proposal(0, 2000, "Reifenwechsel", text=said), language="de")
        clips.publish(tx, clip.id, people.curator.id, NOW)

        (hit,) = clips.search(tx, people.learner.id, "RAD").hits

    assert hit.sentence == "Zuerst die Räder abnehmen."
    assert ("Räder", True) in hit.headline


def test_a_language_without_a_stemmer_is_searched_word_by_word(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        (clip,) = some_clips(tx, recording, proposal(0, 2000, "Otwórz zawór", text="powoli"), language="pl")
        clips.publish(tx, clip.id, people.curator.id, NOW)

        assert titles(tx, people, "ZAWÓR") == ["Otwórz zawór"]


def test_the_database_knows_every_language_we_name(store: Store) -> None:
    with store.transaction() as tx:
        known = {name for (name,) in tx.execute("select cfgname from pg_ts_config").fetchall()}

    assert set(CONFIGS.values()) - known == set()


def test_a_search_finds_what_one_may_see(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        closed = a_recording(tx, people.expert, space_id=night.id)
        a_transcript(tx, closed, spoken("Nobody may know."))
        (clip,) = some_clips(tx, closed, proposal(0, 2000, "Secret", text="Nobody may know."))
        unpublished = clips.search(tx, people.curator.id, "nobody").hits
        clips.publish(tx, clip.id, people.curator.id, NOW)

        found = [
            len(clips.search(tx, who.id, "nobody").hits) for who in (people.learner, people.expert, people.curator)
        ]
        spaces.add_member(tx, night.id, people.learner.id)
        joined = len(clips.search(tx, people.learner.id, "nobody").hits)

    assert unpublished == ()
    assert found == [0, 0, 1]
    assert joined == 1


def test_a_span_of_nothing_said_has_no_sentence(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        (clip,) = clips.feed(tx, people.learner.id).items
        silent = part(recording, 20_000, 30_000)
        clips.change(tx, clip.id, version=1, now=NOW, parts=[silent])

        (hit,) = clips.search(tx, people.learner.id, "system").hits

    assert silent.span == Span(20_000, 30_000)
    assert (hit.sentence, hit.at_ms, hit.clip_ms, hit.clip.text) == ("", 20_000, 0, "")


def test_words_too_common_to_be_looked_for_are_told_from_those_that_nobody_said(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        said = {q: says_nothing(tx, people.learner.id, q) for q in ("the", "what is it?", "the valve", "der", "tyre")}
        tx.execute("update clip set search_config = 'german'")
        in_german = {q: says_nothing(tx, people.learner.id, q) for q in ("the", "der")}
        tx.execute("update clip set published_at = null")
        without_clips = says_nothing(tx, people.learner.id, "der")

    assert said == {"the": True, "what is it?": True, "the valve": False, "der": False, "tyre": False}
    assert in_german == {"the": True, "der": True}
    assert without_clips is False
