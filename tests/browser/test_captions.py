"""Captions in another language: brought on the page of the words, chosen in the player of a clip that is open."""

from pathlib import Path

from playwright.sync_api import Page, expect

from domain.correction import Asked
from store import corrections
from tests.browser.conftest import House, Visit, until
from tests.browser.film import Shown

VIDEO = "document.querySelector('video')"
PLAYER = "document.querySelector('pass-player')"
ES = "1\n00:00:00,400 --> 00:00:07,600\nGira la válvula.\n\n2\n00:00:08,400 --> 00:00:18,000\nLuego lávate.\n"


def read(page: Page) -> list[str]:
    """Which captions are shown, and what they say now."""
    until(page, f"!{VIDEO}.seeking && {VIDEO}.readyState >= 2")
    shown = f"[...{VIDEO}.textTracks].filter((track) => track.mode === 'showing')"
    until(page, f"{shown}.every((track) => track.activeCues?.length)")
    said: list[str] = page.evaluate(
        f"{shown}.flatMap((track) => [track.label, ...[...track.activeCues].map((c) => c.text)])"
    )
    return said


def test_captions_in_another_language_are_chosen_in_an_open_player_and_stay_chosen(
    house: House, shown: Shown, visit: Visit, tmp_path: Path
) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    button = page.get_by_role("button", name="Captions", exact=True)
    items = page.get_by_role("menu", name="Captions").get_by_role("menuitemradio")
    until(page, f"{VIDEO}.readyState >= 2 && {PLAYER}.hasAttribute('listens')")
    page.evaluate(f"{PLAYER}.pause(); {PLAYER}.seek(1000)")
    assert read(page)[0] == "English"
    button.click()  # there is nothing to choose
    assert read(page) == []
    (tmp_path / "valve.srt").write_text(ES, encoding="utf-8")
    words = visit(house.people.expert, f"/recordings/{shown.recording.public_id}/words")
    words.get_by_label("A caption file").set_input_files(tmp_path / "valve.srt")
    words.get_by_label("Its language").select_option("Spanish")
    words.get_by_role("button", name="Add captions").click()
    expect(words.get_by_text("valve.srt, brought by Eva Expert")).to_be_visible()

    expect(button).to_have_attribute("aria-haspopup", "menu")
    button.click()
    expect(items).to_have_text(["Off", "English", "Spanish"])
    expect(items.first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    assert read(page) == ["Spanish", "Gira la válvula."]
    page.reload()
    until(page, f"{VIDEO}.readyState >= 2 && {PLAYER}.hasAttribute('listens')")
    page.evaluate(f"{PLAYER}.pause(); {PLAYER}.seek(1000)")
    assert read(page) == ["Spanish", "Gira la válvula."]
    button.press("c")
    assert read(page) == []
    button.press("c")

    words.get_by_role("button", name="Remove Spanish").click()
    expect(button).not_to_have_attribute("aria-haspopup", "menu")
    assert read(page)[0] == "English"


def test_who_wants_no_um_reads_none(house: House, shown: Shown, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        corrections.correct(
            tx, shown.recording.id, [Asked(0, text="Um, turn")], version=1, by=house.people.expert.id,
            now=house.services.now(),
        )  # fmt: skip
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    until(page, f"{VIDEO}.readyState >= 2")
    page.evaluate(f"{PLAYER}.pause(); {PLAYER}.seek(1000)")
    assert "Um, turn" in read(page)[1]

    page.get_by_role("button", name="Captions", exact=True).click()
    page.get_by_role("menuitemcheckbox", name="Leave out “um” and “er”").click()

    until(page, f"[...{VIDEO}.textTracks[0].cues ?? []].length")
    page.evaluate(f"{PLAYER}.seek(2000)")
    assert read(page)[1].startswith("Turn")
