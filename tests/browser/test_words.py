"""The words of a recording, corrected by keyboard, by thumb, and by two people at once."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from domain.correction import Asked
from domain.transcript import Sentence, Transcript, Word
from store import clips, corrections, transcripts
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Film, Shown, put_in

SAID = "Turn the Klueber valve slowly. Then wash Klueber off. Klueber’s valve is dry."
UNSURE = {2, 7, 10}


@pytest.fixture
def heard(house: House, shown: Shown) -> Shown:
    """The recording once more as an engine heard it that was not sure of some words: half a second each."""
    words = tuple(
        Word(text, 400 + i * 900, 900 + i * 900, 0.3 if i in UNSURE else 0.9) for i, text in enumerate(SAID.split())
    )
    bounds = ((0, 5), (5, 9), (9, 13))
    sentences = tuple(
        Sentence(" ".join(w.text for w in words[a:b]), words[a].start_ms, words[b - 1].end_ms) for a, b in bounds
    )
    with house.services.store.transaction() as tx:
        transcripts.save_transcript(tx, shown.recording.id, Transcript("en", "engine", "base", words, sentences))
    return shown


def said(house: House, shown: Shown) -> str:
    with house.services.store.transaction() as tx:
        found = transcripts.transcript(tx, shown.recording.id)
    assert found is not None
    return " / ".join(sentence.text for sentence in found.sentences)


def test_words_in_doubt_are_corrected_by_keyboard_alone_and_everywhere_at_once(
    house: House, heard: Shown, visit: Visit
) -> None:
    page = visit(house.people.curator, f"/recordings/{heard.recording.public_id}/words")
    expect(page.get_by_text("3 words to look at")).to_be_visible()
    page.get_by_role("button", name="To the first in doubt").focus()

    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Klueber (in doubt)").first).to_be_focused()
    page.keyboard.press("Space")
    until(page, "!document.querySelector('video').paused && document.querySelector('pass-player').ms >= 2200")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Instead of “Klueber”")).to_be_focused()
    page.keyboard.type("Klüber")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Klueber” is said 2 times more in this recording.")).to_be_visible()
    expect(page.get_by_role("button", name="Write “Klüber” there, too")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 word to look at")).to_be_visible()
    expect(page.get_by_role("button", name="valve (in doubt)")).to_be_focused()

    assert said(house, heard) == "Turn the Klüber valve slowly. / Then wash Klüber off. / Klüber’s valve is dry."
    page.evaluate("document.querySelector('pass-player').seek(15000)")
    page.get_by_role("button", name="Write where nobody speaks").press("Enter")
    page.keyboard.type("Press here.")
    page.keyboard.press("Enter")
    expect(page.locator(".mending .line").last).to_contain_text("0:15 Press here.")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".mending .line").last).to_contain_text("is dry.")
    page.get_by_role("button", name="slowly.").press("Enter")
    page.keyboard.type("fast.")
    page.get_by_role("button", name="Undo").press("Enter")  # the last thing done is what is typed
    expect(page.get_by_label("Instead of “slowly.”")).to_have_value("slowly.")
    page.get_by_label("Instead of “slowly.”").press("Escape")
    page.get_by_text("Who corrected what").press("Enter")
    changes = page.get_by_role("listitem").filter(has_text="Carl Curator")
    expect(changes).to_have_count(4)
    expect(changes.nth(1)).to_contain_text("“Press here.” was written where nobody speaks")
    expect(changes.nth(3)).to_contain_text("“Klueber” became “Klüber”")
    changes.nth(2).get_by_role("button", name="Take back").press("Enter")
    expect(page.get_by_text("Taken back: “Klueber” became “Klüber”")).to_be_visible()
    assert said(house, heard) == "Turn the Klüber valve slowly. / Then wash Klueber off. / Klueber’s valve is dry."


def test_what_was_corrected_is_read_over_a_newer_run_in_doubt_or_told_above_the_words(
    house: House, heard: Shown, visit: Visit
) -> None:
    with house.services.store.transaction() as tx:
        text = corrections.text(tx, heard.recording.id)
        asked = [Asked(2, text="Klüber"), Asked(4, text="fast.")]
        corrections.correct(
            tx, heard.recording.id, asked, version=text.version, by=house.people.curator.id, now=house.services.now()
        )
        words = text.transcript.words
        newer = (*words[:2], replace(words[2], text="clover", probability=0.9), words[3], *words[5:])
        transcripts.save_transcript(tx, heard.recording.id, replace(text.transcript, words=newer, sentences=()))

    page = visit(house.people.curator, f"/recordings/{heard.recording.public_id}/words")

    expect(page.get_by_role("button", name="Klüber (in doubt)")).to_be_visible()
    expect(page.get_by_text("1 correction finds no place in the words as they were heard last")).to_be_visible()


def test_silent_hands_get_one_typed_caption_after_the_other(house: House, shown: Shown, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        transcripts.save_transcript(tx, shown.recording.id, Transcript("en", "engine", "base", (), ()))
    page = visit(house.people.curator, f"/recordings/{shown.recording.public_id}/words")
    expect(page.get_by_text("Nobody speaks here, as far as we heard.")).to_be_visible()
    page.get_by_role("button", name="Write where nobody speaks").focus()

    for at_ms, text in ((2_000, "Loosen the nut."), (9_000, "Take it off.")):
        page.evaluate(f"document.querySelector('pass-player').seek({at_ms})")
        until(page, f"document.querySelector('pass-player').ms === {at_ms}")
        page.keyboard.press("Enter")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(page.locator(".mending .line").last).to_contain_text(text)
        expect(page.get_by_role("button", name="Write where nobody speaks")).to_be_focused()

    expect(page.locator(".mending .line")).to_contain_text(["0:02 Loosen the nut.", "0:09 Take it off."])
    assert said(house, shown) == "Loosen the nut. / Take it off."


def test_of_two_people_the_later_sees_what_the_other_wrote(house: House, heard: Shown, visit: Visit) -> None:
    path = f"/recordings/{heard.recording.public_id}/words"
    curator, expert = visit(house.people.curator, path), visit(house.people.expert, path)
    _open(expert, "slowly.").fill("gently.")
    _correct(curator, "slowly.", "softly.")
    _correct(curator, "dry.", "clean.")

    expert.keyboard.press("Enter")

    expect(expert.get_by_text("Carl Curator wrote “softly.” here meanwhile.")).to_be_visible()
    expect(expert.get_by_label("Instead of “softly.”")).to_have_value("gently.")
    assert said(house, heard).startswith("Turn the Klueber valve softly.")
    expert.get_by_role("button", name="Save").click()
    expect(expert.get_by_role("button", name="gently.")).to_be_visible()
    _correct(curator, "off.", "away.")  # what nobody else has touched needs no question
    assert said(house, heard) == "Turn the Klueber valve gently. / Then wash Klueber away. / Klueber’s valve is clean."


def test_a_name_is_mended_in_other_recordings_too_and_taken_back(
    house: House, heard: Shown, tip: Film, visit: Visit
) -> None:
    other = put_in(house.services, tip, house.people.expert, title="Taps")
    named = heard.clips[0]
    with house.services.store.transaction() as tx:
        clips.change(tx, named.id, version=named.version, now=house.services.now(), title="Why this valve sticks")
    page = visit(house.people.curator, f"/recordings/{heard.recording.public_id}/words")

    _correct(page, "valve", "tap")
    expect(page.get_by_text("Still called so by a person: Why this valve sticks")).to_be_visible()
    expect(page.get_by_text("“valve” is also said once in another recording: Taps.")).to_be_visible()
    page.get_by_role("status").get_by_role("button", name="Write “tap” there, too").click()
    expect(page.get_by_text("Written in 1 recording.")).to_be_visible()
    assert said(house, other) == "Turn the tap slowly. / Then wash your hands."
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back in 1 recording.")).to_be_visible()
    assert said(house, other) == "Turn the valve slowly. / Then wash your hands."


def test_a_thumb_joins_sentences_and_the_draft_in_the_editor_follows(house: House, heard: Shown, visit: Visit) -> None:
    page = visit(house.people.curator, f"/review/{heard.clips[0].public_id}", size=PHONE)
    page.get_by_text("Correct the words").tap()

    page.get_by_role("button", name="Then", exact=True).tap()
    page.get_by_role("button", name="Join with the sentence before").tap()
    expect(page.locator(".mending .line")).to_have_count(1)
    _open(page, "wash").fill("rinse")
    page.get_by_role("button", name="With the next word").tap()
    expect(page.get_by_label("Instead of “wash Klueber”")).to_have_value("rinse Klueber")
    page.get_by_role("button", name="Save", exact=True).first.tap()
    expect(page.locator("[data-script]")).to_contain_text("Then rinse Klueber off.")
    page.get_by_role("button", name="Undo").first.tap()
    expect(page.locator("[data-script]")).to_contain_text("Then wash Klueber off.")

    with house.services.store.transaction() as tx:
        clip = clips.clip(tx, heard.clips[0].public_id, house.people.curator.id)
    assert clip.text == "Turn the Klueber valve slowly. Then wash Klueber off."


def _open(page: Page, word: str) -> Locator:
    page.get_by_role("button", name=word, exact=True).click()
    return page.get_by_label(f"Instead of “{word}”")


def _correct(page: Page, word: str, instead: str) -> None:
    _open(page, word).fill(instead)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=instead, exact=True)).to_be_visible()


def test_a_name_is_muted_by_one_key_and_heard_again(house: House, heard: Shown, visit: Visit) -> None:
    page = visit(house.people.curator, f"/recordings/{heard.recording.public_id}/words")
    page.get_by_role("button", name="Klueber (in doubt)").first.focus()

    page.keyboard.press("m")

    expect(page.get_by_text("Muted in every clip. Titles, tags and comments stay")).to_be_visible()
    expect(page.locator(".mending .line").first).to_contain_text("Turn the […] valve")
    expect(page.get_by_role("button", name="[…]")).to_be_focused()
    page.get_by_text("Muted, or covered in the picture").press("Enter")
    line = page.locator("pass-covers li")
    expect(line).to_contain_text("0:02.2–0:02.7 Sound Carl Curator")
    expect(line).to_contain_text("Until then nobody is played these seconds.")
    assert said(house, heard).startswith("Turn the […] valve slowly.")

    page.get_by_role("button", name="Take it back: 0:02.2–0:02.7").press("Enter")

    expect(page.locator(".mending .line").first).to_contain_text("Turn the Klueber (in doubt) valve")
    expect(line).to_have_count(0)
    assert said(house, heard).startswith("Turn the Klueber valve slowly.")


def test_one_key_takes_back_what_was_done_last_in_the_words_or_beside_them(
    house: House, heard: Shown, visit: Visit
) -> None:
    page = visit(house.people.curator, f"/review/{heard.clips[0].public_id}")
    expect(page.locator("[data-script]")).to_contain_text("Turn the Klueber valve")
    level = page.get_by_role("group", name="Level")
    last = page.locator("pass-editor [data-last]")
    page.keyboard.press("v")
    page.keyboard.press("w")
    expect(page.get_by_role("button", name="Klueber (in doubt)").first).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("[data-script]")).to_contain_text("Turn the […] valve")
    expect(last).to_have_text("Muted in every clip")

    page.keyboard.press("u")

    expect(page.locator("[data-script]")).to_contain_text("Turn the Klueber valve")
    expect(last).to_have_text("Taken back: Muted in every clip")
    expect(level.get_by_role("radio", name="Beginner")).to_be_checked()
    page.keyboard.press("w")
    page.keyboard.press("m")
    expect(last).to_have_text("Muted in every clip")
    page.keyboard.press("Control+z")  # in the words, and no second time by the other key
    expect(last).to_have_text("Changed the level")

    page.keyboard.press("u")

    expect(level.get_by_role("radio", name="Any")).to_be_checked()
    assert said(house, heard).startswith("Turn the Klueber valve slowly.")


def test_a_title_that_says_a_muted_name_is_written_anew_in_the_same_place(
    house: House, heard: Shown, visit: Visit
) -> None:
    clip = heard.clips[0]
    with house.services.store.transaction() as tx:
        version = clips.clip(tx, clip.public_id, house.people.admin.id).version
        clips.change(tx, clip.id, version=version, now=house.services.now(), title="Klueber turns the valve")
    page = visit(house.people.curator, f"/recordings/{heard.recording.public_id}/words")
    page.get_by_role("button", name="Klueber (in doubt)").first.focus()

    page.keyboard.press("m")

    title = page.get_by_label("Title", exact=True)
    expect(title).to_be_focused()
    expect(title).to_have_value("Klueber turns the valve")
    title.fill("Turning the valve")
    page.keyboard.press("Enter")
    expect(title).to_have_count(0)
    with house.services.store.transaction() as tx:
        assert clips.clip(tx, clip.public_id, house.people.admin.id).title == "Turning the valve"


def test_a_part_of_the_picture_is_covered_by_keys_and_by_a_finger(house: House, heard: Shown, visit: Visit) -> None:
    page = visit(house.people.curator, f"/recordings/{heard.recording.public_id}/words", size=PHONE)
    until(page, "document.querySelector('video').readyState >= 2")
    page.evaluate("document.querySelector('pass-player').seek(4000)")
    page.get_by_text("Muted, or covered in the picture").press("Enter")
    page.get_by_role("button", name="Cover a part of the picture").press("Enter")
    box = page.get_by_role("button", name="What is covered: 35% from the left, 35% from the top, 30% wide, 30% high")
    expect(box).to_be_focused()

    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)

    expect(page.get_by_label("Left, in %")).to_have_value("34")
    expect(page.get_by_label("Right, in %")).to_have_value("66")
    page.get_by_label("Bottom, in %").fill("80")
    drawn = page.locator(".cover-box").bounding_box()
    frame = page.locator(".picture-frame").bounding_box()
    assert drawn
    assert frame
    assert round(drawn["height"] / frame["height"], 2) == 0.46

    page.mouse.move(drawn["x"] + 20, drawn["y"] + 20)
    page.mouse.down()
    page.mouse.move(drawn["x"] + 20 + frame["width"] / 10, drawn["y"] + 20)
    page.mouse.up()

    expect(page.get_by_label("Left, in %")).to_have_value(re.compile(r"4[34](\.\d)?"))
    page.get_by_role("button", name="Cover it in every clip").press("Enter")
    expect(page.locator("pass-covers li")).to_contain_text("0:04.0–0:06.0 Picture Carl Curator")
    expect(page.locator(".cover-box")).to_have_count(0)
