"""Talking at a second: said, answered, thanked for, changed, taken back, settled."""

from playwright.sync_api import expect

from domain.comment import Comment, CommentKind
from domain.person import Person
from store import answers, comments
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown

AT = "document.querySelector('pass-player').ms"


def test_a_comment_sticks_to_the_second_where_typing_began(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=PHONE)
    until(page, f"{AT} > 1000")

    page.get_by_label("Your comment").fill("Clockwise?")
    began = page.evaluate(AT)
    page.get_by_role("radio", name="Question").check()
    page.get_by_role("button", name="Send").last.click()

    said = page.locator(".thread .said")
    expect(said).to_contain_text("Clockwise?")
    expect(said.locator("a.at")).to_have_text(f"Play from 0:0{began // 1000}")
    assert page.evaluate("document.querySelector('video').paused") is True
    expect(page.get_by_label("Your comment")).to_have_value("")
    [kept] = _thread(house, shown)
    assert (kept.kind, kept.text) == (CommentKind.QUESTION, "Clockwise?")
    assert abs(kept.at_ms - began) < 500
    assert page.locator(".marks i").count() == 1


def test_what_was_typed_stays_when_there_is_no_signal(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    page.get_by_label("Your comment").fill("Mind the gasket.")

    page.context.set_offline(True)
    page.get_by_role("button", name="Send").last.click()
    expect(page.locator("pass-composer [role=alert]")).to_contain_text("No signal")
    typed = page.get_by_label("Your comment").input_value()
    page.context.set_offline(False)
    page.get_by_role("button", name="Send").last.click()

    assert typed == "Mind the gasket."
    expect(page.locator(".thread .said")).to_contain_text("Mind the gasket.")


def test_a_half_typed_comment_is_still_there_after_a_reload(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")

    page.get_by_label("Your comment").fill("Half a thou")
    page.reload()

    expect(page.get_by_label("Your comment")).to_have_value("Half a thou")


def test_a_question_is_answered_and_the_answer_thanked_for(house: House, shown: Shown, visit: Visit) -> None:
    _say(house, shown, house.people.learner, 2_000, CommentKind.QUESTION, "Clockwise?")
    page = visit(house.people.expert, f"/clips/{shown.clips[0].public_id}")

    page.get_by_text("Reply", exact=False).first.click()
    page.get_by_placeholder("Your answer").fill("Yes, clockwise.")
    page.locator("details.reply").get_by_role("button", name="Send").click()
    expect(page.locator(".replies .said")).to_contain_text("Yes, clockwise.")
    asker = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    asker.locator(".replies").get_by_role("button", name="Thanks").click()

    expect(asker.locator(".replies").get_by_role("button", name="Thanks 1")).to_have_attribute("aria-pressed", "true")
    root, answer = _thread(house, shown)
    assert (answer.kind, answer.reply_to, answer.reactions) == (CommentKind.ANSWER, root.public_id, {"thanks": 1})


def test_one_changes_and_takes_back_ones_own_words_only(house: House, shown: Shown, visit: Visit) -> None:
    _say(house, shown, house.people.learner, 2_000, CommentKind.COMMENT, "Left, not rigth.")
    _say(house, shown, house.people.expert, 3_000, CommentKind.COMMENT, "Mine.")
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    mine, others = page.locator(".thread > .said").first, page.locator(".thread > .said").last

    mine.get_by_role("button", name="Edit").click()
    page.get_by_label("Your words").fill("Left, not right.")
    page.locator("pass-thread").get_by_role("button", name="Save").click()
    expect(mine.locator(".text")).to_have_text("Left, not right.")
    expect(mine).to_contain_text("edited")
    page.on("dialog", lambda dialog: dialog.accept())
    mine.get_by_role("button", name="Take back").click()

    expect(page.locator(".thread > .said")).to_have_count(1)
    assert others.get_by_role("button", name="Edit").count() == 0
    assert [c.text for c in _thread(house, shown) if not c.deleted_at] == ["Mine."]


def test_a_correction_shows_over_the_picture_until_whoever_raised_it_says_that_it_was_none(
    house: House, shown: Shown, visit: Visit
) -> None:
    _say(house, shown, house.people.learner, 2_000, CommentKind.CORRECTION, "It is the red valve.")
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}?t=3")
    until(page, f"{AT} >= 3000")
    page.get_by_role("button", name="Pause").click()
    over = page.locator("pass-player .over")
    expect(over).to_have_text("Correction, not answered yetLea Learner says: It is the red valve.")

    page.get_by_role("button", name="Mark as settled").click()

    expect(page.locator(".settled")).to_be_visible()
    expect(over).to_be_hidden()
    assert _thread(house, shown)[0].resolved_at is not None


def test_however_much_is_corrected_at_a_second_the_picture_stays_in_sight(
    house: House, shown: Shown, visit: Visit
) -> None:
    first = _say(house, shown, house.people.learner, 2_000, CommentKind.CORRECTION, "خطأ " * 900)
    for n in range(5):
        _say(house, shown, house.people.expert, 2_100, CommentKind.CORRECTION, f"And {n}.")
    page = visit(house.people.expert, f"/clips/{shown.clips[0].public_id}?t=3", size=PHONE)
    over = page.locator("pass-player .over")
    expect(over).to_contain_text("and 5 more")

    lines = over.locator("[dir=auto]").evaluate(
        "(words) => words.clientHeight / parseFloat(getComputedStyle(words).lineHeight)"
    )
    assert lines < 2.1
    assert over.locator("[dir=auto]").evaluate("(words) => words.matches(':dir(rtl)')")
    page.get_by_role("button", name="Pause").tap()
    over.get_by_role("link").tap()
    expect(page.locator(f"#c-{first.public_id}")).to_be_in_viewport()


def test_what_others_say_appears_while_one_writes(house: House, shown: Shown, visit: Visit) -> None:
    """Said, edited, answered, settled and taken back elsewhere, while a reply is half written here."""
    first = _say(house, shown, house.people.expert, 1_000, CommentKind.COMMENT, "First.")
    asked = _say(house, shown, house.people.curator, 3_000, CommentKind.QUESTION, "Third?")
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    until(page, "document.querySelector('pass-player').hasAttribute('listens')")
    page.locator("details.reply summary").first.click()
    reply = page.get_by_placeholder("Your reply").first
    reply.fill("Not yet sent")
    lis = page.locator(".thread > .said")
    told = page.locator("pass-thread + [role=status]")

    _say(house, shown, house.people.curator, 2_000, CommentKind.COMMENT, "Second.")
    expect(lis.nth(1)).to_contain_text("Second.")
    expect(told).to_have_text("New comment by Carl Curator at 0:02.")
    _say(house, shown, house.people.expert, 3_000, CommentKind.ANSWER, "So.", reply_to=asked)
    expect(lis.nth(2).locator(".replies .said")).to_contain_text("So.")
    expect(told).to_have_text("New answer by Eva Expert at 0:03.")
    with house.services.store.transaction() as tx:
        comments.edit(tx, first.id, "First of all.", house.services.now())
        answers.resolve(tx, asked.id, house.people.curator.id, house.services.now())
    expect(lis.first.locator("article .text")).to_have_text("First of all.")
    expect(lis.nth(2).locator(".settled")).to_be_visible()
    with house.services.store.transaction() as tx:
        comments.delete(tx, first.id, house.services.now())
    expect(lis).to_have_count(3)  # somebody writes there

    expect(reply).to_have_value("Not yet sent")
    expect(reply).to_be_focused()
    assert page.locator(".marks i").count() == 3


def test_tabs_of_one_browser_share_a_stream_and_hand_it_on(house: House, shown: Shown, visit: Visit) -> None:
    path = f"/clips/{shown.clips[0].public_id}"
    first = visit(house.people.learner, "/offline")
    with first.expect_request(lambda request: "/api/v1/events?" in request.url and "notices" in request.url):
        first.goto(path)  # the bell listens after the first view
    streams: list[str] = []
    first.context.on("request", lambda request: "/api/v1/events?" in request.url and streams.append(request.url))
    second = first.context.new_page()
    second.goto(path)
    until(second, "document.querySelector('pass-player').hasAttribute('listens') && customElements.get('pass-bell')")
    of_two = len(streams)

    _say(house, shown, house.people.expert, 1_000, CommentKind.COMMENT, "To both.")
    for page in (first, second):
        expect(page.locator(".thread .said")).to_contain_text("To both.")
    first.close()
    _say(house, shown, house.people.expert, 2_000, CommentKind.COMMENT, "To the other.")

    expect(second.locator(".thread .said").last).to_contain_text("To the other.")
    assert (of_two, len(streams)) == (0, 1)


def test_without_scripts_one_reads_and_comments_all_the_same(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", java_script_enabled=False)

    page.get_by_label("Second of the clip").fill("0:04")
    page.get_by_label("Your comment").fill("Old browser here.")
    page.get_by_role("button", name="Send").last.click()

    expect(page.locator(".thread .said")).to_contain_text("Old browser here.")
    assert [(c.text, c.at_ms) for c in _thread(house, shown)] == [("Old browser here.", 4_000)]
    expect(page.get_by_text("Turn the valve slowly.")).to_be_visible()


def _say(
    house: House, shown: Shown, who: Person, at_ms: int, kind: CommentKind, text: str, reply_to: Comment | None = None
) -> Comment:
    with house.services.store.transaction() as tx:
        return comments.add(
            tx,
            clip=shown.clips[0],
            author_id=who.id,
            recording_id=shown.recording.id,
            at_ms=at_ms,
            kind=kind,
            text=text,
            reply_to=reply_to,
            now=house.services.now(),
        )


def _thread(house: House, shown: Shown) -> tuple[Comment, ...]:
    with house.services.store.transaction() as tx:
        return comments.thread(tx, shown.clips[0], house.people.curator.id)
