"""Search by more than words: slips, accents, meaning, comments, briefs; narrowed down; and only what one may see."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.brief import Wish
from domain.clip import Clip, Expertise, Level
from domain.comment import CommentKind
from domain.person import Person
from store import briefs, clips, comments, finding, meanings, missed, spaces, typeahead, wording
from store.finding import ANY, CHOICES, Found, Wanted
from store.postgres import Store, Tx
from store.typeahead import Kind
from tests.conftest import People
from tests.store.things import LATER, NOW, a_recording, a_transcript, proposal, some_clips, spoken

EAST = (1.0,) + (0.0,) * 383
NORTH = (0.0, 1.0) + (0.0,) * 382
EASTERLY = (0.8, 0.6) + (0.0,) * 382


@pytest.fixture
def tx(store: Store) -> Any:
    with store.transaction() as tx:
        yield tx


def said(tx: Tx, people: People, text: str, title: str = "A title", **more: Any) -> Clip:
    """A published clip in which this is said, half a second a word."""
    language, by = more.pop("language", "en"), more.pop("by", people.expert)
    recording = a_recording(tx, by, upload_id=f"{title} {text}", **more)
    a_transcript(tx, recording, spoken(text, language=language))
    end_ms = 500 * len(text.split())
    (clip,) = some_clips(tx, recording, proposal(0, end_ms, title, text=text), language=language)
    clips.publish(tx, clip.id, people.curator.id, NOW)
    return clips.clip(tx, clip.public_id, people.admin.id)


def search(tx: Tx, person: Person, q: str, **more: Any) -> Found:
    return finding.search(tx, person.id, q, now=NOW, **more)


def titles(tx: Tx, person: Person, q: str, **more: Any) -> list[str]:
    return [hit.clip.title for hit in search(tx, person, q, **more).hits]


def mean(tx: Tx, clip: Clip, vector: tuple[float, ...], *sketches: tuple[float, ...]) -> None:
    """Says what a clip means, and each of its sentences."""
    (due,) = [each for each in meanings.due(tx, 100) if each.clip_id == clip.id]
    bits = ["".join("1" if x > 0 else "0" for x in each) for each in sketches]
    assert meanings.keep(tx, due, vector, bits)


# Words as they are also written


def test_a_slip_finds_what_was_meant(tx: Tx, people: People) -> None:
    said(tx, people, "Check the hydraulic pump. Then go home.")
    before = titles(tx, people.learner, "hydrolic")

    wording.count_words(tx, NOW)

    (hit,) = search(tx, people.learner, "hydrolic").hits
    assert before == []
    assert (hit.sentence, hit.clip_ms) == ("Check the hydraulic pump.", 0)
    assert ("hydraulic", True) in hit.headline


def test_two_letters_the_wrong_way_round_are_a_slip_in_short_words_too(tx: Tx, people: People) -> None:
    said(tx, people, "The crane lifts it.")
    said(tx, people, "Take the label off.", "Labels")
    wording.count_words(tx, NOW)

    assert titles(tx, people.learner, "lable") == ["Labels"]
    assert len(titles(tx, people.learner, "crnae")) == 1


def test_a_word_that_the_engine_misheard_once_is_a_slip_too(tx: Tx, people: People) -> None:
    said(tx, people, "Buy hydrolic oil.", "Misheard")
    for n in range(11):
        said(tx, people, f"Buy hydraulic oil, number {n}.", f"Heard {n}")
    wording.count_words(tx, NOW)

    assert len(titles(tx, people.learner, "hydrolic")) == 12


def test_accents_and_compounds_are_found_without_them(tx: Tx, people: People) -> None:
    said(tx, people, "Im Café steht sie.", "Ort", language="de")
    said(tx, people, "Die Hydraulikpumpe zuerst.", "Reihenfolge", language="de")
    wording.count_words(tx, NOW)

    assert titles(tx, people.learner, "cafe") == ["Ort"]
    assert titles(tx, people.learner, "PUMPE") == ["Reihenfolge"]


def test_a_slip_finds_a_title_at_once(tx: Tx, people: People) -> None:
    said(tx, people, "Like this.", "Changing the hydraulic oil")

    (hit,) = search(tx, people.learner, "hydrolic oil").hits

    assert (hit.sentence, hit.clip_ms) == ("", 0)


def test_of_many_words_the_rare_ones_count(tx: Tx, people: People) -> None:
    for n in range(8):
        said(tx, people, f"Please check the machine on line {n}.", f"Line {n}")
    said(tx, people, "Grease the gearbox.", "Gearbox")
    wording.count_words(tx, NOW)

    found = titles(tx, people.learner, "please check the gearbox of my machine")

    assert found[0] == "Gearbox"


def test_what_holds_too_little_of_a_question_is_no_answer(tx: Tx, people: People) -> None:
    said(tx, people, "Open the window.", "Window")
    said(tx, people, "Tighten the belt with a wrench.", "Belt")
    wording.count_words(tx, NOW)

    assert titles(tx, people.learner, "tighten belt wrench window") == ["Belt"]


def test_what_holds_all_of_a_question_comes_first_in_whatever_language(tx: Tx, people: People) -> None:
    for n in range(3):
        mean(tx, said(tx, people, f"Switch the machine {n} on.", f"Machine {n}"), EAST)
    said(tx, people, "Il faut nettoyer la machine.", "Entretien", language="fr")
    wording.count_words(tx, NOW)

    found = titles(tx, people.learner, "nettoyer la machine", meaning=EAST)

    assert (found[0], len(found)) == ("Entretien", 4)


def test_what_says_nothing_finds_nothing_by_what_a_clip_means_that_one_may_see_or_not(tx: Tx, people: People) -> None:
    mean(tx, said(tx, people, "Switch it on."), EAST)
    some_clips(tx, a_recording(tx, people.expert, upload_id="draft"), proposal(0, 500, "Entwurf"), language="de")

    assert [titles(tx, people.learner, q, meaning=EAST) for q in ("the", "what is it", "power")] == [
        [],
        [],
        ["A title"],
    ]


def test_words_that_are_nowhere_any_more_are_forgotten_at_the_next_count(tx: Tx, people: People) -> None:
    clip = said(tx, people, "Say Xylophone.")
    counted = [wording.count_words(tx, NOW), wording.count_words(tx, NOW + timedelta(minutes=59))]
    clips.delete(tx, clip.id, NOW)
    counted.append(wording.count_words(tx, NOW + timedelta(minutes=61)))

    assert counted == [True, False, True]
    assert tx.execute("select count(*) from known_word").fetchone() == (0,)


def test_whoever_types_quotes_or_a_minus_wants_just_that(tx: Tx, people: People) -> None:
    clip = said(tx, people, "Check the hydraulic pump.", "Hydraulics")
    mean(tx, clip, EAST, EAST)
    wording.count_words(tx, NOW)

    assert [titles(tx, people.learner, q, meaning=EAST) for q in ('"hydrolic"', "pump -check", "pump-house")] == [
        [], [], ["Hydraulics"],
    ]  # fmt: skip


# Meaning


def test_a_clip_is_found_by_its_meaning_at_the_sentence_that_is_nearest(tx: Tx, people: People) -> None:
    clip = said(tx, people, "First this. Then that.", "Bleeding brakes")
    far = said(tx, people, "Quite another thing.", "Tax forms")
    mean(tx, clip, EASTERLY, (-1.0, *EAST[1:]), EAST)
    mean(tx, far, NORTH, NORTH)

    (hit,) = search(tx, people.learner, "let the air out", meaning=EAST).hits

    assert (hit.clip.title, hit.sentence, hit.clip_ms) == ("Bleeding brakes", "Then that.", 1000)
    assert hit.headline == (("Then that.", False),)


def test_a_clip_that_reads_differently_is_not_found_by_what_it_meant(tx: Tx, people: People) -> None:
    clip = said(tx, people, "First this. Then that.", "Bleeding brakes")
    mean(tx, clip, EAST, EAST, EAST)
    before = titles(tx, people.learner, "air", meaning=EAST)

    clips.change(tx, clip.id, version=1, now=NOW, title="Something else")
    after = titles(tx, people.learner, "air", meaning=EAST)

    assert (before, after) == (["Bleeding brakes"], [])
    assert [each.title for each in meanings.due(tx, 100)] == ["Something else"]


def test_a_meaning_made_of_words_that_have_changed_meanwhile_is_not_kept(tx: Tx, people: People) -> None:
    clip = said(tx, people, "First this. Then that.")
    (due,) = meanings.due(tx, 100)

    clips.change(tx, clip.id, version=1, now=NOW, title="Something else")

    assert meanings.keep(tx, due, EAST, ()) is False
    assert meanings.keep(tx, replace(due, title="Something else"), None, ()) is True
    assert meanings.due(tx, 100) == []


def test_clips_from_before_sentences_were_kept_get_theirs(tx: Tx, people: People) -> None:
    said(tx, people, "First this. Then tighten.")
    tx.execute("delete from clip_said")
    without = search(tx, people.learner, "tighten").hits[0].clip_ms

    made = [meanings.keep_lines_lacking(tx, 100), meanings.keep_lines_lacking(tx, 100)]

    assert made == [1, 0]
    assert (without, search(tx, people.learner, "tighten").hits[0].clip_ms) == (0, 1000)


def test_what_two_ways_lead_to_comes_before_what_one_does(tx: Tx, people: People) -> None:
    said(tx, people, "The pump, the pump, the pump.", "Words alone")
    both = said(tx, people, "Mind the pump.", "Both")
    mean(tx, both, EAST, EAST)
    other = said(tx, people, "It drips.", "Meaning alone")
    mean(tx, other, EASTERLY, EAST)

    assert titles(tx, people.learner, "pump", meaning=EAST)[0] == "Both"
    assert set(titles(tx, people.learner, "pump", meaning=EAST)) == {"Both", "Words alone", "Meaning alone"}


# Comments


def comment(tx: Tx, clip: Clip, author: Person, text: str, at_ms: int = 1000) -> str:
    return comments.add(
        tx, clip=clip, author_id=author.id, recording_id=clip.parts[0].recording_id, at_ms=at_ms,
        kind=CommentKind.COMMENT, text=text, reply_to=None, now=NOW,
    ).public_id  # fmt: skip


def test_a_comment_leads_to_its_second_and_says_whose_it_is(tx: Tx, people: People) -> None:
    clip = said(tx, people, "First this. Then that.")
    said_id = comment(tx, clip, people.expert, "Mind the gaskets there.")

    (hit,) = search(tx, people.learner, "gasket").hits

    assert (hit.clip.public_id, hit.at_ms, hit.clip_ms) == (clip.public_id, 1000, 1000)
    assert hit.headline == (("Mind the ", False), ("gaskets", True), (" there.", False))
    assert hit.remark is not None
    assert (hit.remark.id, hit.remark.author) == (said_id, "Eva Expert")


def test_what_is_said_in_the_clip_goes_before_what_is_said_about_it(tx: Tx, people: People) -> None:
    clip = said(tx, people, "First the gasket. Then that.")
    comment(tx, clip, people.expert, "Which gasket?")

    (hit,) = search(tx, people.learner, "gasket").hits

    assert (hit.sentence, hit.remark) == ("First the gasket.", None)


def test_a_comment_that_was_taken_back_or_is_for_others_is_not_found(tx: Tx, people: People) -> None:
    clip = said(tx, people, "First this. Then that.")
    night = spaces.add_space(tx, "Night shift")
    closed = said(tx, people, "Same place.", "Closed", space_id=night.id)
    gone = comment(tx, clip, people.expert, "Mind the gaskets.")
    comment(tx, closed, people.admin, "Never lend the ladder.", at_ms=0)

    found = (
        titles(tx, people.learner, "gaskets"),
        titles(tx, people.learner, "ladder"),
        titles(tx, people.admin, "ladder"),
    )
    comments.delete(tx, comments.comment(tx, gone, people.learner.id).id, LATER)

    assert found == (["A title"], [], ["Closed"])
    assert titles(tx, people.learner, "gaskets") == []


def test_a_comment_outside_todays_parts_still_leads_to_its_clip(tx: Tx, people: People) -> None:
    clip = said(tx, people, "First this. Then that.")
    comment(tx, clip, people.expert, "Mind the gaskets.", at_ms=1500)
    part = replace(clip.parts[0], span=replace(clip.parts[0].span, end_ms=1000))

    clips.change(tx, clip.id, version=1, now=NOW, parts=[part])

    (hit,) = search(tx, people.learner, "gasket").hits
    assert (hit.at_ms, hit.clip_ms) == (1500, None)


# Briefs


def test_who_may_read_a_brief_finds_by_it_what_answers_it(tx: Tx, people: People) -> None:
    wish = Wish("Why does the compressor rattle")
    brief = briefs.make(tx, wish, space_id=spaces.everyone_space(tx).id, author_id=people.curator.id, now=NOW)
    clip = said(tx, people, "First this. Then that.")
    tx.execute("update recording set brief_id = %s where id = %s", [brief.id, clip.parts[0].recording_id])

    assert titles(tx, people.curator, "compressor rattles") == ["A title"]
    assert titles(tx, people.learner, "compressor rattles") == []


def test_what_a_brief_asked_for_is_found_in_the_clip(tx: Tx, people: People) -> None:
    clip = said(tx, people, "First this. Then that.")
    clips.change(tx, clip.id, version=1, now=NOW, audience="Apprentice welders", prerequisites="torque basics")

    assert titles(tx, people.learner, "welder") == ["A title"]
    assert titles(tx, people.learner, "torque") == ["A title"]


# Narrowed down


def test_a_search_is_narrowed_down_by_what_the_clips_are(tx: Tx, people: People) -> None:
    home = spaces.everyone_space(tx)
    first = said(tx, people, "Mind the pump.", "First")
    second = said(tx, people, "Achte auf die pump.", "Second", language="de", by=people.curator)
    clips.change(tx, first.id, version=1, now=NOW, tags=["Pumps"], level=Level.BEGINNER, kind=Expertise.SKILL)
    clips.change(tx, second.id, version=1, now=NOW, tags=["Pumps", "Seals"], level=Level.ADVANCED)

    found = search(tx, people.learner, "pump")
    narrowed = {
        wanted: titles(tx, people.learner, "pump", wanted=wanted)
        for wanted in (
            Wanted(tag="seals"), Wanted(level=Level.BEGINNER), Wanted(kind=Expertise.SKILL), Wanted(language="de"),
            Wanted(person="Carl Curator"), Wanted(space=home.public_id), Wanted(space="nowhere"), Wanted(tag="odd"),
            Wanted(level=Level.BEGINNER, language="de"),
        )
    }  # fmt: skip

    assert [(each.facet, each.label, each.clips) for each in found.choices] == [
        ("kind", "skill", 1), ("language", "de", 1), ("language", "en", 1), ("level", "advanced", 1),
        ("level", "beginner", 1), ("person", "Carl Curator", 1), ("person", "Eva Expert", 1),
        ("space", "Everyone", 2), ("tag", "Pumps", 2), ("tag", "Seals", 1),
    ]  # fmt: skip
    assert [set(each) for each in narrowed.values()] == [
        {"Second"}, {"First"}, {"First"}, {"Second"}, {"Second"}, {"First", "Second"}, set(), set(), set(),
    ]  # fmt: skip


def test_of_many_tags_those_with_the_most_clips_are_offered_and_the_one_that_is_wanted(tx: Tx, people: People) -> None:
    labels = [f"tag {chr(97 + n)}" for n in range(CHOICES + 2)]
    for title, tags in (("First", labels), ("Second", labels[-2:-1])):
        clip = said(tx, people, "The pump hums.", title)
        clips.change(tx, clip.id, version=clip.version, now=NOW, tags=tags)

    def offered(wanted: Wanted) -> list[tuple[str, int]]:
        return [(each.label, each.clips) for each in search(tx, people.learner, "pump", wanted=wanted).choices
                if each.facet == "tag"]  # fmt: skip

    assert offered(ANY) == [(labels[-2], 2), *((label, 1) for label in labels[: CHOICES - 1])]
    assert offered(Wanted(tag="Tag J")) == [(labels[-1], 1), *((label, 1) for label in labels[: CHOICES - 1])]


def test_without_words_a_search_lists_the_newest_of_what_is_wanted(tx: Tx, people: People) -> None:
    first, second = said(tx, people, "One.", "First"), said(tx, people, "Two.", "Second")
    said(tx, people, "Three.", "Third", by=people.curator)
    tx.execute("update clip set published_at = %s where id = %s", [LATER, first.id])

    assert titles(tx, people.learner, "", wanted=Wanted(person="Eva Expert")) == [first.title, second.title]
    assert titles(tx, people.learner, "") == []


# Only what one may see


def test_no_way_leads_to_what_somebody_may_not_see(tx: Tx, people: People) -> None:
    night = spaces.add_space(tx, "Night shift")
    closed = said(tx, people, "The centrifuge explodes.", "Centrifuge secrets", space_id=night.id)
    clips.change(tx, closed.id, version=1, now=NOW, tags=["Centrifuges"])
    waiting = a_recording(tx, people.expert, upload_id="waiting")
    a_transcript(tx, waiting, spoken("The centrifuge explodes."))
    (draft,) = some_clips(
        tx, waiting, proposal(0, 1500, "Centrifuge draft", tags=["Centrifuges"], text="The centrifuge")
    )
    for clip in (closed, draft):
        mean(tx, clip, EAST, EAST)
    comment(tx, closed, people.admin, "About the centrifuge.", at_ms=0)
    wording.count_words(tx, NOW)

    asked = ["centrifuge", "centrifuges", "centrifuje", '"centrifuge explodes"', "something quite different"]
    by_person = {
        who.login: [(len(found.hits), found.choices) for q in asked if (found := search(tx, who, q, meaning=EAST))]
        for who in (people.learner, people.expert)
    }
    wanted = [Wanted(tag="centrifuges"), Wanted(space=night.public_id)]
    listed = [search(tx, people.learner, "", wanted=each) for each in wanted]
    typed = [
        typeahead.suggestions(tx, people.learner.id, q) for q in ("ce", "centri", "centrifuge e", "the centr", "ev")
    ]

    assert by_person == {"lea": [(0, ())] * 5, "eva": [(0, ())] * 5}
    assert listed == [Found((), (), 0)] * 2
    assert typed == [()] * 5
    assert len(search(tx, people.admin, "centrifuge", meaning=EAST).hits) == 1


def test_seconds_that_were_cut_away_are_found_in_no_way(tx: Tx, people: People) -> None:
    clip = said(tx, people, "Open the valve. Never touch the centrifuge.")
    mean(tx, clip, EAST, NORTH, EAST)
    wording.count_words(tx, NOW)
    part = replace(clip.parts[0], span=replace(clip.parts[0].span, end_ms=1500))

    clips.change(tx, clip.id, version=1, now=NOW, parts=[part])

    asked = ["centrifuge", "centrifuje", '"the centrifuge"', "spins round"]
    assert [titles(tx, people.learner, q, meaning=EAST) for q in asked] == [[]] * 4
    assert typeahead.suggestions(tx, people.learner.id, "centri") == ()
    assert tx.execute("select sentences from clip_said").fetchall() == [(["Open the valve."],)]


# While somebody types


def test_what_somebody_may_be_typing(tx: Tx, people: People) -> None:
    clip = said(tx, people, "First this. Then let the brakes bleed.", "Bleeding a system")
    named = said(tx, people, "Nothing much.", "Brake pads")
    clips.change(tx, named.id, version=1, now=NOW, tags=["Brakes", "100 %_sure\\"])

    offered = {q: [(s.kind, s.text, s.clip_ms) for s in typeahead.suggestions(tx, people.learner.id, q)]
               for q in ("b", "br", "let the bra", "ÉVÀ", "100 %", "%", "sys", "'; --")}  # fmt: skip

    assert offered == {
        "b": [],
        "br": [(Kind.TITLE, "Brake pads", 0), (Kind.TAG, "Brakes", 0)],
        "let the bra": [(Kind.SAID, "Then let the brakes bleed.", 1000)],
        "ÉVÀ": [(Kind.PERSON, "Eva Expert", 0)],
        "100 %": [(Kind.TAG, "100 %_sure\\", 0)],
        "%": [],
        "sys": [(Kind.TITLE, "Bleeding a system", 0)],
        "'; --": [],
    }
    (said_there,) = typeahead.suggestions(tx, people.learner.id, "let the bra")
    assert (said_there.clip, said_there.title, said_there.version) == (clip.public_id, "Bleeding a system", 1)


# What nobody found


def test_what_nobody_found_is_counted_by_its_words_alone(tx: Tx) -> None:
    for q, at in (
        ("Café  crème", NOW),
        ("cafe creme", LATER),
        ("zebra", NOW),
        ("x" * 101, NOW),
        ("?", NOW),
        ("-sander", NOW),
    ):
        missed.note(tx, q, at)

    listed = missed.listed(tx)
    missed.sweep(tx, NOW + missed.KEPT + timedelta(days=1))

    assert [(each.query, each.times) for each in listed] == [("cafe creme", 2), ("zebra", 1)]
    assert [name for (name,) in tx.execute("select column_name from information_schema.columns where table_name"
            " = 'search_missed' order by ordinal_position").fetchall()] == ["query", "day", "times"]  # fmt: skip
    assert missed.listed(tx) == ()


def test_what_is_taken_care_of_is_listed_no_more(tx: Tx) -> None:
    missed.note(tx, "Zebra", NOW)

    missed.answer(tx, "zebra")

    assert missed.listed(tx) == ()
