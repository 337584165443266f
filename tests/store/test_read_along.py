"""Search by what is read along: captions in another language lead to their second, as far as a clip shows them."""

from dataclasses import replace
from typing import Any

import pytest

from domain.clip import Clip, Part
from domain.correction import Asked
from domain.cover import Hidden
from domain.errors import Gone
from domain.person import Person
from domain.span import Span
from domain.track import TrackCue, written
from store import (
    clip_halves,
    clips,
    corrections,
    covers,
    read_along,
    recalls,
    recordings,
    spaces,
    tracks,
    transcripts,
    typeahead,
    wording,
)
from store.postgres import Store, Tx
from store.search import says_nothing
from tests.conftest import People
from tests.store.test_finding import said, search, titles
from tests.store.things import LATER, NOW
from transcribe.captions import webvtt

# A word each half a second.
GERMAN = "Öffne das Ventil. Warte kurz ab. Drehe langsam zu."


def cue(start_ms: int, end_ms: int, *lines: str, of: Span | None = None) -> TrackCue:
    return TrackCue(start_ms, end_ms, lines, of or Span(start_ms, end_ms))


ENGLISH = (
    cue(0, 1_500, "Open the valve."),
    cue(1_500, 3_000, "Wait for the", "pressure to fall."),
    cue(3_000, 4_500, "Close it slowly."),
)


@pytest.fixture
def tx(store: Store) -> Any:
    with store.transaction() as tx:
        yield tx


@pytest.fixture
def clip(tx: Tx, people: People) -> Clip:
    """Spoken in German, with English captions."""
    clip = said(tx, people, GERMAN, "Ventile", language="de")
    bring(tx, clip, people)
    return clip


def bring(tx: Tx, clip: Clip, people: People, cues: tuple[TrackCue, ...] = ENGLISH, language: str = "en") -> None:
    tracks.put(tx, recording_of(clip), language, cues, filename="", by=people.expert.id, now=NOW)


def translate(tx: Tx, clip: Clip, people: People, *cues: TrackCue) -> None:
    tracks.ask(tx, recording_of(clip), by=people.curator.id, now=NOW)
    track_id = tracks.asked(tx, recording_of(clip))
    assert track_id is not None
    tracks.finish(tx, recording_of(clip), track_id, cues)


def recording_of(clip: Clip) -> Any:
    return clip.parts[0].recording_id


def cut(tx: Tx, clip: Clip, *spans: tuple[int, int]) -> None:
    parts = [Part(recording_of(clip), clip.parts[0].recording, Span(*span)) for span in spans]
    clips.change(tx, clip.id, version=clip.version, now=NOW, parts=parts)


def kept(tx: Tx) -> list[list[str]]:
    """What search reads of captions."""
    return [sentences for (sentences,) in tx.execute("select sentences from clip_read order by clip_id, language")]


def finds(tx: Tx, person: Person, *asked: str) -> list[bool]:
    return [bool(titles(tx, person, q)) for q in asked]


# To the second


def test_words_that_are_read_along_lead_to_the_caption_that_answers(tx: Tx, people: People, clip: Clip) -> None:
    (hit,) = search(tx, people.learner, "how does the pressure fall").hits

    assert (hit.clip.public_id, hit.sentence, hit.language) == (clip.public_id, "Wait for the pressure to fall.", "en")
    assert (hit.recording, hit.at_ms, hit.clip_ms, hit.remark) == (clip.parts[0].recording, 1_500, 1_500, None)
    assert [text for text, found in hit.headline if found] == ["pressure", "fall"]


def test_what_is_said_is_found_as_before_and_says_its_language(tx: Tx, people: People, clip: Clip) -> None:
    (hit,) = search(tx, people.learner, "langsames Drehen").hits

    assert (hit.sentence, hit.language, hit.clip_ms) == ("Drehe langsam zu.", "de", 3_000)


def test_a_clip_stands_once_and_what_is_said_goes_before_a_caption_that_holds_no_more(tx: Tx, people: People) -> None:
    clip = said(tx, people, "Das Ventil zuerst. Die Pumpe steht dann.", "Ventile", language="de")
    bring(tx, clip, people, (cue(0, 1_500, "Das Ventil zuerst"), cue(1_500, 3_500, "Pumpe neben Ventil")), "de")

    by_one, by_both = search(tx, people.learner, "Pumpe"), search(tx, people.learner, "Pumpe Ventil")

    assert [(hit.sentence, hit.clip_ms) for hit in by_one.hits] == [("Die Pumpe steht dann.", 1_500)]
    assert [(hit.sentence, hit.clip_ms) for hit in by_both.hits] == [("Pumpe neben Ventil", 1_500)]
    assert (by_one.clips, by_both.clips) == (1, 1)


def test_a_name_that_is_said_and_read_along_leads_to_its_clip_once(tx: Tx, people: People) -> None:
    clip = said(tx, people, "Nimm den Stutzen.", "Anschlüsse", language="de")
    bring(tx, clip, people, (cue(0, 1_500, "Use the Stutzen."),))  # which English does not stem as German does

    found = search(tx, people.learner, "stutzen")

    assert [(hit.sentence, hit.language) for hit in found.hits] == [("Nimm den Stutzen.", "de")]
    assert len(typeahead.suggestions(tx, people.learner.id, "stutzen")) == 1


def test_a_clip_counts_by_the_language_in_which_it_holds_most(tx: Tx, people: People) -> None:
    clip = said(tx, people, "Nimm den Stutzen.", "In captions", language="de")
    bring(tx, clip, people, (cue(0, 1_500, "Grease the Stutzen, grease it."),))
    said(tx, people, "Once the pump stands still, grease the Stutzen and wait for a while.", "Said")

    assert titles(tx, people.learner, "grease stutzen") == ["In captions", "Said"]


def test_a_caption_of_a_later_part_leads_to_its_second_in_the_clip(tx: Tx, people: People, clip: Clip) -> None:
    cut(tx, clip, (3_000, 4_500), (1_500, 3_000))

    (hit,) = search(tx, people.learner, "pressure").hits

    assert (hit.at_ms, hit.clip_ms) == (1_500, 1_500)
    assert kept(tx) == [["Close it slowly.", "Wait for the pressure to fall."]]


def test_somebody_who_types_is_offered_what_is_read_along(tx: Tx, people: People, clip: Clip) -> None:
    offered = typeahead.suggestions(tx, people.learner.id, "the press")

    assert [(each.text, each.clip_ms) for each in offered] == [("Wait for the pressure to fall.", 1_500)]


def test_phrases_and_what_must_not_be_there_hold_for_captions_too(tx: Tx, people: People, clip: Clip) -> None:
    asked = ['"open the valve"', '"valve pressure"', "valve -pressure", "valve -pump", "valve -langsam", "-pump"]

    assert finds(tx, people.learner, *asked) == [True, False, False, True, False, True]
    (hit,) = search(tx, people.learner, '"close it"').hits
    assert (hit.sentence, hit.clip_ms) == ("Close it slowly.", 3_000)


def test_a_language_without_a_stemmer_is_found_as_it_is_written(tx: Tx, people: People, clip: Clip) -> None:
    bring(tx, clip, people, (cue(0, 1_500, "Otwórz zawór."),), "pl")

    (hit,) = search(tx, people.learner, "zawór").hits

    assert (hit.sentence, hit.language) == ("Otwórz zawór.", "pl")


# No word more than is shown


def test_captions_that_were_removed_lead_nowhere(tx: Tx, people: People, clip: Clip) -> None:
    tracks.remove(tx, recording_of(clip), "en")

    assert finds(tx, people.learner, "pressure", '"the valve"', "Ventil") == [False, False, True]
    assert kept(tx) == []


def test_another_file_takes_the_words_of_the_one_before(tx: Tx, people: People, clip: Clip) -> None:
    bring(tx, clip, people, (cue(0, 1_500, "Open the tap."),))

    assert finds(tx, people.learner, "valve", "pressure", "tap") == [False, False, True]


def test_a_caption_that_a_bound_cuts_leads_nowhere_until_the_clip_shows_it(tx: Tx, people: People, clip: Clip) -> None:
    cut(tx, clip, (0, 2_000))
    short = finds(tx, people.learner, "valve", "pressure", "slowly", '"pressure to fall"')
    cut(tx, replace(clip, version=clip.version + 1), (0, 3_000))

    assert short == [True, False, False, False]
    assert finds(tx, people.learner, "valve", "pressure", "slowly") == [True, True, False]


def test_a_word_that_is_written_in_behind_a_clip_takes_the_caption_that_stands_for_it(tx: Tx, people: People) -> None:
    clip = said(tx, people, "Öffne das Ventil. Warte.", "Ventile", language="de")
    cut(tx, clip, (0, 1_500))
    bring(tx, clip, people, (cue(0, 1_700, "Open the valve."),))
    before = finds(tx, people.learner, "valve")
    asked = [Asked(3, text="Warte doch noch etwas.")]  # one word of which is over before the caption is

    corrections.correct(tx, recording_of(clip), asked, version=1, by=people.curator.id, now=NOW)

    assert (before, finds(tx, people.learner, "valve")) == ([True], [False])


def test_a_caption_over_what_is_muted_leads_nowhere_while_it_is(tx: Tx, people: People, clip: Clip) -> None:
    cut(tx, clip, (0, 2_900))  # in the middle of the second caption's last word, and before the mute
    name, _ = covers.make(tx, recording_of(clip), Hidden(Span(2_950, 3_000)), by=people.curator.id, now=NOW)
    muted = finds(tx, people.learner, "valve", "pressure")
    of = covers.cover(tx, name, people.curator.id)
    covers.remove(tx, of.id, by=people.curator.id, now=LATER)

    assert muted == [True, False]
    assert finds(tx, people.learner, "valve", "pressure") == [True, True]


def test_a_caption_over_recalled_seconds_leads_nowhere(tx: Tx, people: People, clip: Clip) -> None:
    recalls.make(tx, recording_of(clip), Span(1_500, 2_000), "Wrong.", by=people.curator.id, now=NOW)

    assert finds(tx, people.learner, "valve", "pressure", "slowly") == [True, False, True]


def test_who_may_not_see_a_clip_finds_nothing_by_its_captions(tx: Tx, people: People) -> None:
    night = spaces.add_space(tx, "Night shift")
    closed = said(tx, people, GERMAN, "Geheim", language="de", space_id=night.id)
    bring(tx, closed, people)
    wording.count_words(tx, NOW)
    asked = ["pressure", "presure", '"the valve"', "open the valve", "pressure -pump"]

    assert finds(tx, people.learner, *asked) == [False] * 5
    assert typeahead.suggestions(tx, people.learner.id, "press") == ()
    assert finds(tx, people.admin, *asked) == [True] * 5


def test_a_withdrawn_clip_is_not_found_by_its_captions(tx: Tx, people: People, clip: Clip) -> None:
    clips.withdraw(tx, clip.id)

    assert finds(tx, people.learner, "pressure") == [False]


@pytest.mark.parametrize("spans", [[(0, 4_500)], [(250, 1_400)], [(700, 3_100)], [(2_900, 4_400), (0, 1_300)]])
def test_search_reads_just_what_can_be_read(spans: list[tuple[int, int]], tx: Tx, people: People, clip: Clip) -> None:
    more = (*ENGLISH, cue(1_200, 1_800, "All the while."), cue(4_500, 6_000, "Thank you."))
    bring(tx, clip, people, tuple(sorted(more, key=lambda each: each.start_ms)))
    covers.make(tx, recording_of(clip), Hidden(Span(0, 200)), by=people.curator.id, now=NOW)
    cut(tx, clip, *spans)

    heard = transcripts.transcript(tx, recording_of(clip))
    (track,) = read_along.ready(tx, [recording_of(clip)])
    assert heard is not None
    cues = written(read_along.cues(tx, track.id), heard.words)
    shown = webvtt([(cues, Span(*span)) for span in spans])
    blocks = [" ".join(block.splitlines()[1:]) for block in shown.split("\n\n")[1:]]
    assert kept(tx) == [[text.strip() for text in blocks if text.strip() != "[…]"]]


# Machine translations


def test_a_translation_is_found_when_it_is_there_and_no_more_while_it_is_made_anew(tx: Tx, people: People) -> None:
    clip = said(tx, people, GERMAN, "Ventile", language="de")
    translate(tx, clip, people, cue(0, 1_500, "Open the valve."))
    first = finds(tx, people.learner, "valve", "tap")

    tracks.ask(tx, recording_of(clip), by=people.curator.id, now=LATER)
    between = finds(tx, people.learner, "valve", "tap")
    track_id = tracks.asked(tx, recording_of(clip))
    assert track_id is not None
    tracks.finish(tx, recording_of(clip), track_id, [cue(0, 1_500, "Open the tap.")])

    assert (first, between) == ([True, False], [False, False])
    assert finds(tx, people.learner, "valve", "tap") == [False, True]


def test_what_is_said_goes_before_what_a_machine_has_translated(tx: Tx, people: People) -> None:
    said(tx, people, "Mind the valve when you open the pump room in the morning.", "Said")
    for title, by in (("By machine", translate), ("By hand", None)):
        clip = said(tx, people, GERMAN, title, language="de")
        cues = (cue(0, 1_500, "Valve, valve, valve."),)
        bring(tx, clip, people, cues) if by is None else translate(tx, clip, people, *cues)

    found = titles(tx, people.learner, "valve")

    assert sorted(found[:2]) == ["By hand", "Said"]
    assert found[2:] == ["By machine"]


# With its clip and its recording


def test_nothing_of_what_was_read_along_is_left_of_a_deleted_clip(tx: Tx, people: People, clip: Clip) -> None:
    clips.delete(tx, clip.id, NOW)
    bring(tx, clip, people)

    assert kept(tx) == []
    with pytest.raises(Gone):
        clips.clip(tx, clip.public_id, people.learner.id)


def test_nothing_of_it_is_left_of_a_deleted_recording(tx: Tx, people: People, clip: Clip) -> None:
    other = said(tx, people, "Nimm die Pumpe.", "Pumpen", language="de")
    bring(tx, other, people, (cue(0, 1_500, "Take the pump."),))
    both = [*other.parts, *clip.parts]
    clips.change(tx, other.id, version=other.version, now=NOW, parts=both)

    recordings.delete(tx, recording_of(clip), NOW)

    assert kept(tx) == [["Take the pump."]]


def test_both_halves_of_a_clip_are_found_by_their_own_captions(tx: Tx, people: People, clip: Clip) -> None:
    clip_halves.split(
        tx, clip, recording=clip.parts[0].recording, at_ms=3_000, title="Danach", version=clip.version,
        by=people.curator.id, now=NOW,
    )  # fmt: skip

    assert titles(tx, people.learner, "pressure") == ["Ventile"]
    assert titles(tx, people.learner, "slowly") == ["Danach"]


# What search knows of words


def test_words_of_captions_are_counted_and_found_in_spite_of_a_slip(tx: Tx, people: People, clip: Clip) -> None:
    wording.count_words(tx, NOW)

    assert tx.execute("select clips from known_word where word = 'pressure'").fetchone() == (1,)
    assert finds(tx, people.learner, "presure") == [True]


def test_words_that_say_nothing_in_captions_say_nothing_to_whoever_reads_them(tx: Tx, people: People) -> None:
    said(tx, people, "Open the valve.", "Valves")
    night = spaces.add_space(tx, "Night shift")
    closed = said(tx, people, "Open the door.", "Doors", space_id=night.id)
    bring(tx, closed, people, (cue(0, 1_500, "Öffne die Tür."),), "de")

    assert not says_nothing(tx, people.learner.id, "was ist das")
    assert says_nothing(tx, people.admin.id, "was ist das")


def test_captions_from_before_they_were_kept_for_search_are_kept_now(tx: Tx, people: People, clip: Clip) -> None:
    said(tx, people, "Without any.", "Without")
    tx.execute("delete from clip_read")
    without = finds(tx, people.learner, "pressure")

    made = [tracks.keep_lacking(tx, 100), tracks.keep_lacking(tx, 100)]

    assert made == [1, 0]
    assert (without, finds(tx, people.learner, "pressure")) == ([False], [True])


def test_captions_of_which_a_clip_shows_nothing_are_not_kept_again_and_again(
    tx: Tx, people: People, clip: Clip
) -> None:
    cut(tx, clip, (2_000, 2_500))

    assert tracks.keep_lacking(tx, 100) == 0
    assert kept(tx) == [[]]


def test_a_file_of_nothing_but_rare_words_is_kept_as_far_as_it_is_looked_through(
    tx: Tx, people: People, clip: Clip
) -> None:
    """Every word of half a megabyte another, and each a part of a longer one: more than a tsvector holds."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    rare = [a + b + c for a in letters for b in letters for c in letters]
    rare += [f"{word}{n}" for n in range(4) for word in rare]
    lines = ["-".join(rare[at : at + 25]) for at in range(0, len(rare), 25)]

    bring(tx, clip, people, tuple(cue(0, 1_500, line) for line in lines))

    assert finds(tx, people.learner, rare[0], rare[-1]) == [True, False]
    assert wording.count_words(tx, NOW) is True
