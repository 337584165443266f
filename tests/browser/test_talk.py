"""What one says over a range, to somebody, or without a name; and what colleagues make of it."""

from playwright.sync_api import Page, Route, expect

from domain.comment import ClipReaction, Comment, CommentKind
from store import answers, clips, comments
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown

PLAYER = "document.querySelector('pass-player')"


def _thread(house: House, shown: Shown) -> tuple[Comment, ...]:
    with house.services.store.transaction() as tx:
        return comments.thread(tx, shown.clips[0], house.people.learner.id)


def _begun(visit: Visit, house: House, shown: Shown, who: str = "learner") -> Page:
    page = visit(getattr(house.people, who), f"/clips/{shown.clips[0].public_id}", size=PHONE)
    until(page, f"{PLAYER}.hasAttribute('listens')")
    page.evaluate(f"{PLAYER}.pause()")
    return page


def test_a_question_over_a_range_to_a_colleague_without_a_name(house: House, shown: Shown, visit: Visit) -> None:
    page = _begun(visit, house, shown)
    text = page.get_by_label("Your comment")

    page.evaluate(f"{PLAYER}.seek(2000)")
    text.focus()
    page.get_by_role("button", name="Mark a range").click()
    page.get_by_role("button", name="Ends here").click()
    expect(page.locator("pass-composer .trouble")).to_contain_text("Play on to where it ends")
    page.evaluate(f"{PLAYER}.seek(4000)")
    page.get_by_role("button", name="Ends here").click()
    expect(page.get_by_label("Up to")).to_have_value("0:04")
    expect(page.locator("pass-composer .trouble")).to_be_hidden()
    text.focus()
    page.keyboard.type("Ask @exp")
    expect(page.get_by_role("option", name="Eva Expert @eva")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("about 0:03")
    page.get_by_role("radio", name="Question").check()
    page.get_by_role("checkbox", name="Without my name.").check()
    page.get_by_role("button", name="Send").last.click()

    said = page.locator(".thread .said")
    expect(said.locator(".text")).to_have_text("Ask @Eva Expert about 0:03")
    expect(said.locator(".masked")).to_contain_text("Asked without your name. Nobody has looked it up.")
    said.locator("a.at").click()
    until(page, f"{PLAYER}.ms >= 3990 && document.querySelector('video').paused")
    assert page.evaluate(f"{PLAYER}.ms") < 4_500  # it stops where the range ends
    said.get_by_role("link", name="0:03", exact=True).click()
    until(page, f"{PLAYER}.ms >= 3000 && {PLAYER}.ms < 3900")
    [kept] = _thread(house, shown)
    assert (kept.at_ms, kept.end_ms, kept.kind, kept.masked) == (2_000, 4_000, CommentKind.QUESTION, True)
    assert [each.login for each in kept.mentions] == ["eva"]

    curator = _begun(visit, house, shown, "curator")
    asked = curator.locator(".thread .said")
    expect(asked.locator(".author")).to_have_text("A colleague")
    asked.get_by_text("Look up who asked").click()
    asked.get_by_label("Why you have to know").fill("Somebody may be hurt.")
    asked.get_by_role("button", name="Look it up").click()
    expect(asked.locator(".author")).to_have_text("Lea Learner")
    expect(said.locator(".masked")).to_contain_text("Carl Curator looked up who asked just now: Somebody may be hurt.")


def test_a_range_that_is_marked_can_be_let_go(house: House, shown: Shown, visit: Visit) -> None:
    page = _begun(visit, house, shown)
    page.evaluate(f"{PLAYER}.seek(2000)")
    page.get_by_label("Your comment").fill("It turns twice.")
    page.evaluate(f"{PLAYER}.seek(5000)")

    page.get_by_role("button", name="Mark a range").click()
    expect(page.get_by_label("Up to")).to_have_value("0:05")  # the video had gone on since it was written
    page.get_by_role("button", name="No range").click()
    page.get_by_role("button", name="Send").last.click()

    expect(page.locator(".thread .said")).to_contain_text("It turns twice.")
    [kept] = _thread(house, shown)
    assert (kept.at_ms, kept.end_ms) == (2_000, None)


def test_a_range_without_an_end_is_sent_about_its_second_and_that_is_said(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = _begun(visit, house, shown)
    page.evaluate(f"{PLAYER}.seek(2000)")
    page.get_by_label("Your comment").fill("It turns twice.")
    page.evaluate(f"{PLAYER}.seek(2100)")  # a video that pauses goes on for a moment

    page.get_by_role("button", name="Mark a range").click()
    expect(page.get_by_label("Up to")).to_have_value("")
    page.get_by_role("button", name="Ends here").click()
    expect(page.locator("pass-composer .trouble")).to_contain_text("Play on to where it ends")
    page.get_by_role("button", name="Send").last.click()

    expect(page.locator("pass-toast")).to_have_text("Sent about 0:02 alone: the range had no end.")
    expect(page.locator(".thread .said a.at")).to_have_text("Play from 0:02")
    [kept] = _thread(house, shown)
    assert (kept.at_ms, kept.end_ms) == (2_000, None)


def test_who_asks_is_offered_to_send_it_as_a_question(house: House, shown: Shown, visit: Visit) -> None:
    page = _begun(visit, house, shown)
    text, offer = page.get_by_label("Your comment"), page.get_by_role("button", name="Ask it as a question")

    offered = {}
    for words in ("Why so slowly? ", "“Is it hot?”", "لماذا ببطء؟", "为什么这么慢？", "Was it 20°? It was.", "Slowly."):
        text.fill(words)
        offered[words.strip()] = offer.is_visible()
    text.fill("Why so slowly?")
    kept_a_comment = page.get_by_role("radio", name="Comment").is_checked()
    page.get_by_role("radio", name="Correction").check()
    expect(offer).to_be_hidden()  # who chose what it is knows
    page.get_by_role("radio", name="Comment").check()
    offer.click()
    expect(page.get_by_role("radio", name="Question")).to_be_checked()
    expect(offer).to_be_hidden()
    page.get_by_role("button", name="Send").last.click()

    expect(page.locator(".thread .said .kind")).to_contain_text("Question")
    assert list(offered.values()) == [True, True, True, True, False, False]
    assert kept_a_comment
    assert [each.kind for each in _thread(house, shown)] == [CommentKind.QUESTION]


def test_an_answer_is_chosen_and_a_clip_thought_useful_while_others_look(
    house: House, shown: Shown, visit: Visit
) -> None:
    people = house.people
    with house.services.store.transaction() as tx:
        for text, kind, who, root in (("Why?", "question", people.learner, None), ("So.", "answer", people.expert, 0)):
            said = comments.thread(tx, shown.clips[0], people.learner.id)
            comments.add(
                tx, clip=shown.clips[0], author_id=who.id, recording_id=shown.recording.id, at_ms=1_000,
                kind=CommentKind(kind), text=text, reply_to=None if root is None else said[root],
                now=house.services.now(),
            )  # fmt: skip
    asker, other = _begun(visit, house, shown), _begun(visit, house, shown, "expert")

    asker.get_by_role("button", name="Answers it").click()
    asker.get_by_role("button", name="Useful").click()

    for page in (asker, other):
        expect(page.locator(".replies .said .settled")).to_have_text("Chosen answer")
        expect(page.locator(".thread > .said > article .settled")).to_have_text("Answered")
        expect(page.get_by_role("button", name="Useful 1")).to_be_visible()
    asker.get_by_role("button", name="Have a question").click()
    expect(asker.get_by_label("Your comment")).to_be_focused()
    expect(asker.get_by_role("radio", name="Question")).to_be_checked()


def test_what_was_thought_before_a_page_listened_is_shown(house: House, shown: Shown, visit: Visit) -> None:
    clip, learner = shown.clips[0], house.people.learner
    page = visit(house.people.expert, "/", size=PHONE)

    def first_another(route: Route) -> None:
        with house.services.store.transaction() as tx:
            answers.react_to_clip(tx, clip.id, learner.id, ClipReaction.USEFUL, house.services.now())
        route.continue_()

    page.route("**/api/v1/events?clip=*", first_another)
    page.goto(f"/clips/{clip.public_id}")

    expect(page.get_by_role("button", name="Useful 1")).to_be_visible()


def test_what_one_wrote_before_is_read_in_its_place(house: House, shown: Shown, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        said = comments.add(
            tx, clip=shown.clips[0], author_id=house.people.expert.id, recording_id=shown.recording.id, at_ms=1_000,
            kind=CommentKind.COMMENT, text="Left.", reply_to=None, now=house.services.now(),
        )  # fmt: skip
        comments.edit(tx, said.id, "**Right.**", house.services.now())
    page = _begun(visit, house, shown)

    page.get_by_role("link", name="edited").click()
    expect(page.locator(".thread .before li").last).to_contain_text("Left.")
    page.get_by_role("link", name="edited").click()
    expect(page.locator(".thread .before")).to_have_count(0)
    expect(page.locator(".thread .text strong")).to_have_text("Right.")


def test_a_long_thread_comes_a_page_at_a_time_and_marks_all_of_it(house: House, shown: Shown, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        for n in range(60):
            last = comments.add(
                tx, clip=shown.clips[0], author_id=house.people.expert.id, recording_id=shown.recording.id,
                at_ms=6_000 + n, kind=CommentKind.CORRECTION, text=f"Number {n}", reply_to=None,
                now=house.services.now(),
            )  # fmt: skip
            answers.resolve(tx, last.id, house.people.expert.id, house.services.now()) if n < 59 else None
    page = _begun(visit, house, shown)
    said = page.locator(".thread > .said")
    expect(said).to_have_count(50)
    page.evaluate(f"{PLAYER}.seek(6100)")  # its page has not come, and it is over the picture all the same
    expect(page.locator("pass-player .over")).to_have_text("Correction, not answered yetEva Expert says: Number 59")

    expect(said).to_have_count(60)  # the video got there
    assert page.locator(".marks i").count() == 60
    linked = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}#c-{last.public_id}")
    expect(linked.locator(f"#c-{last.public_id}")).to_be_focused()
    plain = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", java_script_enabled=False)
    plain.get_by_role("link", name="Show more of the thread").click()
    expect(plain.locator(".thread > .said")).to_have_count(10)


def test_when_a_clip_ends_it_asks_and_what_one_thinks_is_said_there(house: House, shown: Shown, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        clips.change(tx, shown.clips[0].id, version=1, now=house.services.now(), question="What would you do first?")
    page = _begun(visit, house, shown)
    asked = page.get_by_text("What would you do first?").first
    expect(asked).to_be_hidden()

    page.evaluate(f"{PLAYER}.seek(7800); {PLAYER}.play()")
    expect(asked).to_be_visible()
    page.get_by_label("What you think").fill("Close the *other* valve.")
    page.get_by_role("button", name="Say it").click()

    expect(page.locator(".thread .said")).to_contain_text("Thought about it")
    expect(asked).to_be_hidden()
    [kept] = _thread(house, shown)
    assert (kept.kind, kept.at_ms) == (CommentKind.REFLECTION, 7_999)
    page.evaluate(f"{PLAYER}.seek(7800); {PLAYER}.play()")
    until(page, "document.querySelector('video').ended")
    expect(asked).to_be_hidden()
