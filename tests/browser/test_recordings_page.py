"""The list of one's recordings, and what became of each: alive, and harmless whatever they are called."""

from playwright.sync_api import expect

from domain.comment import CommentKind
from store import clips, comments
from tests.browser import film
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Film, Shown
from tests.publish_api.material import arrive

NAME = '<img src=x onerror="document.title=1">\u202egpj.' + "n" * 300


def test_the_list_follows_a_recording_on_its_way(house: House, tip: Film, visit: Visit) -> None:
    recording = film.arrived(house.services, tip, house.people.expert)
    page = visit(house.people.expert, "/recordings", size=PHONE)
    card = page.locator(f"#r-{recording.public_id}")
    expect(card.get_by_text("Being made")).to_be_visible()
    expect(card.get_by_text("Making it play on every phone.")).to_be_visible()

    film.land(house.services, tip, recording)
    film.cut(house.services, recording)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(card.get_by_text("2 clips, not published yet")).to_be_visible()
    expect(card.get_by_role("link", name="Valves")).to_be_visible()


def test_what_is_published_and_asked_meanwhile_comes_to_the_open_page(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.expert, f"/recordings/{shown.recording.public_id}", size=PHONE)
    expect(page.get_by_role("heading", name="Published: 1 of 2 clips")).to_be_visible()
    expect(page.get_by_text("Nobody has written anything yet.")).to_be_visible()

    with house.services.store.transaction() as tx:
        clips.publish(tx, shown.clips[1].id, house.people.curator.id, house.services.now())
        comments.add(
            tx,
            clip=shown.clips[0],
            author_id=house.people.learner.id,
            recording_id=shown.recording.id,
            at_ms=3_000,
            kind=CommentKind.QUESTION,
            text="Also the blue one?",
            reply_to=None,
            now=house.services.now(),
        )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.get_by_role("heading", name="Published: 2 clips")).to_be_visible()
    expect(page.get_by_text("Also the blue one?")).to_be_visible()
    parts = page.evaluate("[...document.querySelectorAll('.standing [data-part]')].map((p) => p.dataset.part)")
    assert parts == ["headline", "steps", "echo", "clips"]


def test_an_answer_is_given_where_the_question_was_asked(house: House, shown: Shown, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        asked = comments.add(
            tx,
            clip=shown.clips[0],
            author_id=house.people.learner.id,
            recording_id=shown.recording.id,
            at_ms=3_000,
            kind=CommentKind.QUESTION,
            text="Also the blue one?",
            reply_to=None,
            now=house.services.now(),
        )
    page = visit(house.people.expert, f"/recordings/{shown.recording.public_id}", size=PHONE)

    page.get_by_role("link", name="Answer at 0:03").click()
    said = page.locator(f"#c-{asked.public_id}")
    until(page, "document.querySelector('pass-player').ms >= 3000")
    expect(said.get_by_placeholder("Your answer")).to_be_focused()
    expect(said.get_by_placeholder("Your answer")).to_be_in_viewport()
    page.keyboard.type("Yes, that one too.")
    said.get_by_role("button", name="Send").click()
    expect(said.locator(".replies .said[data-kind=answer]")).to_contain_text("Yes, that one too.")
    page.goto(f"/recordings/{shown.recording.public_id}")

    expect(page.get_by_role("heading", name="What colleagues said back")).to_be_visible()
    expect(page.get_by_text("Also the blue one?")).to_have_count(0)


def test_a_strangers_file_name_does_nothing_and_fits_the_screen(house: House, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        recording = arrive(tx, house.people.expert, title="")
        tx.execute("update recording set filename = %s where id = %s", [NAME, recording.id])
    asked: list[str] = []

    for path in ("/recordings", f"/recordings/{recording.public_id}"):
        page = visit(house.people.expert, path, size=PHONE)
        page.on("dialog", lambda dialog: asked.append(dialog.message))

        expect(page.get_by_text("<img src=x").first).to_be_visible()
        assert page.locator("img[src='x']").count() == 0
        assert page.title().endswith("· Pass It On")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert page.evaluate("document.querySelector('h1').getBoundingClientRect().height < 200")
    assert asked == []
