"""Something wrong was said: whoever watched it is told, and whoever watches now reads what is right, at its second."""

from playwright.sync_api import expect

from domain.comment import CommentKind
from store import comments
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown

RIGHT = "Open it a quarter turn at most."
PLAYER = "document.querySelector('pass-player')"


def test_what_an_expert_accepts_is_told_to_who_watched_and_shown_over_the_picture_at_its_second(
    house: House, shown: Shown, visit: Visit
) -> None:
    clip, people = shown.clips[0], house.people
    learner = visit(people.learner, "/", size=PHONE)
    with learner.expect_response(lambda answer: "/me/history/" in answer.url and answer.ok):
        learner.goto(f"/clips/{clip.public_id}")
    learner.goto("/")
    with house.services.store.transaction() as tx:
        said = comments.add(
            tx, clip=clip, author_id=people.admin.id, recording_id=shown.recording.id, at_ms=3_000,
            kind=CommentKind.CORRECTION, text="Not slowly.", reply_to=None, now=house.services.now(),
        )  # fmt: skip
    meanwhile = visit(people.curator, f"/clips/{clip.public_id}")
    until(meanwhile, f"{PLAYER}.hasAttribute('listens')")
    meanwhile.evaluate(f"{PLAYER}.pause(); {PLAYER}.seek(1000)")

    expert = visit(people.expert, "/", size=PHONE)
    expert.get_by_role("link", name="Not slowly.").tap()
    expert.get_by_label("Your answer").fill(RIGHT)
    expert.get_by_role("button", name="Accept it").tap()
    expect(expert.get_by_role("heading", name="Mend it")).to_be_visible()
    expect(expert.get_by_role("link", name="Take the seconds out of every clip")).to_have_attribute(
        "href", f"/recordings/{shown.recording.public_id}/recalls?start=0%3A00&end=0%3A03"
        f"&reason=Open+it+a+quarter+turn+at+most.&correction={said.public_id}",
    )  # fmt: skip

    expect(meanwhile.locator("pass-amends li")).to_contain_text(f"Corrected at 0:03 {RIGHT}")  # without loading it
    meanwhile.evaluate(f"{PLAYER}.seek(4000)")
    banner = meanwhile.locator("pass-player .over", has_text=RIGHT)
    expect(banner).to_be_visible()
    meanwhile.evaluate(f"{PLAYER}.seek(2000)")
    expect(banner).to_have_count(0)

    learner.reload()
    told = learner.get_by_role("region", name="Something you watched has been corrected")
    expect(told).to_contain_text(RIGHT)
    told.get_by_role("link", name=clip.title).tap()
    expect(learner.locator("pass-player .over", has_text=RIGHT)).to_be_visible()
    expect(learner.locator("pass-transcript .note")).to_contain_text(RIGHT)
    until(learner, f"{PLAYER}.hasAttribute('begun')")
    learner.evaluate(f"{PLAYER}.pause()")
    learner.goto("/")
    expect(told).to_have_count(0)
