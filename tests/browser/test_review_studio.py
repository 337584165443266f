"""What else the curator's desk knows: every field by key, a second pair of eyes, and what became of a clip."""

from playwright.sync_api import Page, expect

from domain.clip import Clip, Expertise, Level, Risk
from domain.person import Role
from store import clip_halves, clips
from store import people as stored_people
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Film, Shown, put_in


def test_every_field_has_a_key_and_an_earlier_state_is_had_again(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    expect(page.locator("pass-timeline canvas")).to_be_visible()

    page.keyboard.press("v")
    page.keyboard.press("v")
    page.keyboard.press("y")
    for key, words in (("h", "Nurses"), ("c", "Nothing"), ("q", "Do you wash your hands?")):
        page.keyboard.press(key)
        page.keyboard.type(words)
        page.keyboard.press("Escape")
    expect(page.get_by_text("Yes or no answers this.")).to_be_visible()
    page.get_by_role("button", name="When do you wash your hands?").click()
    expect(page.get_by_text("Yes or no answers this.")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.locator("[data-last]")).to_have_text("Saved")
    saved = _clip(house, shown)
    page.keyboard.press("H")
    page.get_by_role("button", name="Back to this").click()
    expect(page.get_by_text("went back to an earlier state")).to_be_visible()

    assert (saved.level, saved.kind, saved.audience) == (Level.INTERMEDIATE, Expertise.SKILL, "Nurses")
    assert (saved.prerequisites, saved.question) == ("Nothing", "When do you wash your hands?")
    back = _clip(house, shown)
    assert (back.level, back.kind, back.audience, back.question) == (None, None, "", "")


def test_a_matter_of_safety_is_proposed_by_one_and_published_by_another(
    house: House, shown: Shown, visit: Visit
) -> None:
    with house.services.store.transaction() as tx:
        second = stored_people.add_person(tx, login="cora", name="Cora Curator", role=Role.CURATOR)
    page = _open(house, shown, visit)
    page.get_by_text("Who looks after it").click()
    page.get_by_role("radio", name="A matter of safety").check()
    page.keyboard.press("Escape")

    page.keyboard.press("p")
    expect(page.get_by_text("Ask another curator to approve it first.")).to_be_visible()
    page.get_by_label("Who approves it").select_option("Cora Curator")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Cora Curator was asked to approve it")).to_be_visible()
    hers = visit(second, f"/review/{shown.clips[1].public_id}")
    expect(hers.get_by_text("Carl Curator asks for your approval.")).to_be_visible()
    hers.get_by_role("button", name="Approve and publish").click()
    expect(hers.get_by_text("Cora Curator approved it as it is")).to_be_visible()
    expect(hers.get_by_text("Published. People can find it now.")).to_be_visible()

    clip = _clip(house, shown)
    assert (clip.risk, clip.published_at is not None) == (Risk.SAFETY, True)


def test_what_was_changed_since_it_was_published_is_looked_at_by_key(house: House, shown: Shown, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        clips.change(tx, shown.clips[0].id, version=1, now=house.services.now(), title="Turning it")
    page = visit(house.people.curator, "/review?queue=changed")

    page.get_by_role("link", name="Turning it").click()
    expect(page.get_by_role("button", name="Looked at", exact=True)).to_be_enabled()
    page.keyboard.press("p")
    expect(page.get_by_text("has changed since it was published")).to_be_hidden()
    page.get_by_role("navigation", name="Waiting clips").get_by_role("link", name="Review").click()

    expect(page.get_by_text("Nobody else has changed a published clip")).to_be_visible()


def test_a_clip_becomes_two_and_one_again_by_key_and_each_is_undone(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    waiting = page.get_by_role("navigation", name="Waiting clips").get_by_role("listitem")
    last = page.locator("[data-last]")
    on = page.get_by_role("button", name="Next", exact=True)

    page.evaluate("document.querySelector('pass-player').seek(12000)")
    until(page, "document.querySelector('pass-cutter').moment?.at_ms === 12000")
    page.keyboard.press("X")
    expect(last).to_have_text("Split into two clips")
    expect(waiting).to_have_count(2)
    page.keyboard.press("u")
    expect(waiting).to_have_count(1)
    expect(last).to_have_text("Taken back: Split into two clips")
    page.evaluate("document.querySelector('pass-player').seek(12000)")
    until(page, "document.querySelector('pass-cutter').moment?.at_ms === 12000")
    page.keyboard.press("X")
    expect(waiting).to_have_count(2)
    split = _clip(house, shown).parts[0].span.end_ms
    page.keyboard.press("M")
    expect(last).to_have_text("Joined with the next clip")
    expect(waiting).to_have_count(1)
    expect(on).to_be_disabled()
    joined = _clip(house, shown).parts[0].span.end_ms
    page.keyboard.press("u")
    expect(waiting).to_have_count(2)
    expect(on).to_be_enabled()

    assert (split, joined, _clip(house, shown).parts[0].span.end_ms) == (12_000, 20_000, 12_000)


def test_a_join_is_taken_back_in_the_history_when_the_page_was_left_since(
    house: House, shown: Shown, visit: Visit
) -> None:
    with house.services.store.transaction() as tx:
        clip, by = clips.clip(tx, shown.clips[1].public_id, house.people.curator.id), house.people.curator.id
        now = house.services.now()
        other = clip_halves.split(
            tx, clip, recording=shown.recording.public_id, at_ms=12_000, title="Drying", version=1, by=by, now=now
        )
        pair = (clips.clip(tx, each, by) for each in (clip.public_id, other))
        clip_halves.join(tx, *pair, version=2, by=by, now=now)
    page = visit(house.people.curator, f"/review/{other}")
    expect(page.locator("[data-loading]")).to_be_hidden()

    page.keyboard.press("H")
    page.get_by_role("button", name="Take the join back").click()
    expect(page.get_by_role("link", name="Drying")).to_be_visible()
    expect(page.get_by_text("took the join with another back")).to_be_visible()

    assert _clip(house, shown).parts[0].span.end_ms == 12_000


def test_several_clips_are_chosen_and_tagged_by_key_and_it_is_undone(
    house: House, shown: Shown, tip: Film, visit: Visit
) -> None:
    other = put_in(house.services, tip, house.people.expert)
    page = visit(house.people.curator, "/review", size=PHONE)
    expect(page.get_by_role("link", name="New 3")).to_have_attribute("aria-current", "page")

    links = page.locator(".queue h3 a")
    for key in "jjkjj":
        page.keyboard.press(key)
    expect(links.nth(2)).to_be_focused()
    page.keyboard.press("j")  # there is none after the last
    expect(links.nth(2)).to_be_focused()
    page.get_by_label("Choose Washing hands").first.check()
    for clip in other.clips:
        page.locator(f'a[href="/review/{clip.public_id}"]').focus()
        page.keyboard.press("x")
    expect(page.get_by_text("3 clips chosen")).to_be_visible()
    page.get_by_label("Tag", exact=True).fill("Ward 3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Put “Ward 3” on 3 clips.")).to_be_visible()
    expect(page.get_by_text("hygiene, Ward 3")).to_have_count(2)
    tagged = _clip(house, shown).tags
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Took “Ward 3” off 3 clips.")).to_be_visible()

    assert tagged == ("hygiene", "Ward 3")
    assert _clip(house, shown).tags == ("hygiene",)


def _open(house: House, shown: Shown, visit: Visit) -> Page:
    page = visit(house.people.curator, f"/review/{shown.clips[1].public_id}")
    expect(page.locator("[data-loading]")).to_be_hidden()
    return page


def _clip(house: House, shown: Shown) -> Clip:
    with house.services.store.transaction() as tx:
        return clips.clip(tx, shown.clips[1].public_id, house.people.curator.id)
