"""The bell in the frame, and where a line of the inbox leads."""

from playwright.sync_api import expect

from domain.comment import CommentKind
from store import comments, notices
from tests.browser.conftest import House, Visit
from tests.browser.film import Shown


def test_the_bell_counts_at_once_what_is_unread_and_a_line_leads_to_the_comment(
    house: House, shown: Shown, visit: Visit
) -> None:
    people, services = house.people, house.services
    with services.store.transaction() as tx:
        notices.see_all(tx, people.expert.id, services.now())
    page = visit(people.expert, "/saved")
    bell = page.locator("pass-bell .count")
    expect(bell).to_be_hidden()

    with services.store.transaction() as tx:
        comments.add(
            tx, clip=shown.clips[0], author_id=people.learner.id, recording_id=shown.recording.id, at_ms=3_000,
            kind=CommentKind.QUESTION, text="Which valve?", reply_to=None, now=services.now(),
        )  # fmt: skip
    expect(bell).to_have_text("1 unread")
    page.get_by_role("link", name="Inbox").click()
    page.get_by_role("link", name="Lea Learner asked something about your clip").press("Enter")

    page.wait_for_url("**/clips/*?t=3*")
    expect(page.locator(":target")).to_be_focused()  # the answer is written there
    expect(page.get_by_text("Which valve?")).to_be_in_viewport()
    expect(bell).to_be_hidden()
