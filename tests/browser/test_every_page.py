"""What holds on every page: readable by everybody, whole on every screen, nothing the policy forbids."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from domain.amends import Outcome
from domain.comment import CommentKind
from domain.follow import FollowKind
from domain.glossary import Term
from domain.identity import Identity
from domain.person import Person
from domain.report import Reason
from domain.span import Span
from domain.vocabulary import read_terms
from publish_api.services import Services
from store import (
    amends,
    answers,
    circles,
    clips,
    comments,
    credentials,
    devices,
    following,
    glossary,
    identities,
    mailing,
    missed,
    person_data,
    recalls,
    reports,
    saved,
    spaces,
    steps,
    trust,
    vocabulary,
    watched,
)
from store.postgres import Tx
from tests.browser import film
from tests.browser.conftest import DESK, PHONE, House, Visit
from tests.browser.film import Film, Shown
from tests.conftest import People
from tests.publish_api.briefing import a_brief, a_link, signed_in
from tests.publish_api.reeling import a_reel, filmed

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MAIN_PAGES = ["sign in", "feed", "search", "clip", "record", "recordings", "recording", "account", "editor"]
THEIR_WORDS = {"clip", "recording"}  # what they are called is what somebody has called them
ARABIC = re.compile("[\u0621-\u064a]")
TABLET = {"width": 820, "height": 1180}
Where = tuple[Person | None, str]

PAGES = [
    "sign in", "feed", "nothing tagged", "search", "narrowed",
    "nothing found", "searches", "clip", "said before", "record", "recordings", "recording",
    "at work", "failed", "review", "editor", "people", "missing", "offline", "briefs", "brief form", "brief",
    "brief link", "no brief", "taken out", "cut again", "spaces", "glossary", "vocabulary", "words",
    "reels", "reel", "reel form",
    "account", "space", "moving", "shared devices", "enrol",
    "watched", "saved", "following", "inbox", "told of", "person", "tag",
    "draft", "drafts", "said in draft", "published first",
    "report", "reports", "moderation", "audit", "data", "corrections", "correction",
]  # fmt: skip


@pytest.fixture
def place(house: House, tip: Film, shown: Shown) -> Callable[[str], Where]:
    """Who goes where to see a page, with something on it."""
    people, services = house.people, house.services
    working = film.arrived(services, tip, people.expert, title="Being made")
    film.land(services, tip, working, share=0.5)
    failed = film.arrived(services, tip, people.expert, title="A title that runs on and on " * 5)
    with services.store.transaction() as tx:
        steps.progress(tx, working.id, "render", 0.5)
        steps.fail(tx, failed.id, "render", code="full", message="The disk is full.", now=services.now())
        for kind in (CommentKind.QUESTION, CommentKind.CORRECTION, CommentKind.USED_IT):
            said = comments.add(
                tx,
                clip=shown.clips[0],
                author_id=people.learner.id,
                recording_id=shown.recording.id,
                at_ms=2_000,
                kind=kind,
                text="A" + "ndanother" * 12 + " word at 0:05:\n\n- https://example.com/" + "deep" * 40 + "\n- `code`",
                masked=kind is CommentKind.QUESTION,
                end_ms=5_000,
                reply_to=None,
                now=services.now(),
            )
        comments.edit(tx, said.id, "Said better.", services.now())
        answers.resolve(tx, said.id, people.curator.id, services.now())
        reports.report_comment(tx, said, people.expert.id, Reason.HURTFUL, "B" + "ad" * 60, services.now())
        person_data.ask_export(tx, people.expert, people.admin.id, services.now())
        gone, why = Span(13_000, 14_000), "W" + "rong" * 30
        spaces.allow_downloads(tx, shown.recording.space_id, True)
        glossary.add(tx, shown.recording.space_id, [Term("W" + "ord" * 19, ("L" + "ong" * 19, "lock tight"))])
        missed.note(tx, "S" + "ought" * 19, services.now())
        vocabulary.take_in(tx, read_terms("W" + "ord" * 13 + ", L" + "ong" * 13 + " | hoist, Lifting\nLifting"))
        ward = a_ward(tx, services, people)
        own(tx, services, people, shown)
        in_a_circle(tx, services, people, shown)
        wrong = corrected(tx, people, shown, services)
        recalls.make(tx, shown.recording.id, gone, why, by=people.curator.id, now=services.now())
    brief = a_brief(services, people.curator)
    link = a_link(services, brief, people.curator)
    signed_in(services, link, "Gina")
    reel = a_reel(services, people.curator, shown.clips[0], title="T" + "itle" * 19)
    filmed(services, reel, people.curator)
    places: dict[str, Where] = {
        "sign in": (None, "/sign-in"),
        "feed": (people.expert, "/"),
        "nothing tagged": (people.learner, "/tags/nothing"),
        "watched": (people.expert, "/watched"),
        "saved": (people.expert, "/saved"),
        "inbox": (people.expert, "/inbox"),
        "told of": (people.expert, "/inbox/settings"),
        "following": (people.expert, "/following"),
        "draft": (people.expert, f"/clips/{shown.clips[1].public_id}"),
        "drafts": (people.learner, "/drafts"),
        "said in draft": (people.expert, f"/clips/{shown.clips[0].public_id}/draft"),
        "published first": (people.curator, "/review?queue=first"),
        "person": (people.learner, f"/people/{people.expert.public_id}"),
        "tag": (people.learner, f"/tags/{shown.clips[0].tags[0]}"),
        "search": (people.learner, "/search?q=valve"),
        "narrowed": (people.learner, "/search?q=valve&language=en"),
        "nothing found": (people.expert, "/search?q=zebra"),
        "searches": (people.curator, "/searches"),
        "clip": (people.curator, f"/clips/{shown.clips[0].public_id}"),
        "said before": (people.expert, f"/comments/{said.public_id}/history"),
        "record": (people.expert, "/record"),
        "recordings": (people.curator, "/recordings?whose=all"),
        "recording": (people.expert, f"/recordings/{shown.recording.public_id}"),
        "at work": (people.expert, f"/recordings/{working.public_id}"),
        "failed": (people.expert, f"/recordings/{failed.public_id}"),
        "review": (people.curator, "/review"),
        "editor": (people.curator, f"/review/{shown.clips[1].public_id}"),
        "people": (people.admin, "/people"),
        "corrections": (people.curator, "/corrections"),
        "correction": (people.curator, f"/corrections/{wrong}"),
        "taken out": (people.curator, f"/recordings/{shown.recording.public_id}/recalls?start=0:02&end=0:09"),
        "cut again": (people.curator, f"/recordings/{shown.recording.public_id}/cut?was=20-45-120"),
        "words": (people.expert, f"/recordings/{shown.recording.public_id}/words"),
        "spaces": (people.admin, "/spaces"),
        "account": (people.learner, "/account"),
        "space": (people.admin, f"/spaces/{ward}"),
        "shared devices": (people.curator, "/shared-devices"),
        "enrol": (None, "/device"),
        "moving": (people.curator, f"/recordings/{shown.recording.public_id}/space"),
        "glossary": (people.curator, "/glossary"),
        "vocabulary": (people.curator, "/tags"),
        "reels": (people.curator, "/reels"),
        "reel": (people.curator, f"/reels/{reel}"),
        "reel form": (people.curator, f"/reels/{reel}/edit"),
        "report": (people.expert, f"/comments/{said.public_id}/report"),
        "reports": (people.expert, "/reports"),
        "data": (people.expert, f"/people/{people.expert.public_id}/data"),
        "moderation": (people.curator, "/moderation"),
        "audit": (people.admin, "/audit"),
        "missing": (people.learner, "/nowhere"),
        "offline": (None, "/offline"),
        "briefs": (people.curator, "/briefs"),
        "no brief": (people.learner, "/briefs"),
        "brief form": (people.curator, "/briefs/new"),
        "brief": (people.curator, f"/briefs/{brief.public_id}"),
        "brief link": (None, f"/brief/{link.token}"),
    }
    return places.__getitem__


def own(tx: Tx, services: Services, people: People, shown: Shown) -> None:
    """What the expert watched, saved and follows, and where mail is to go."""
    clip, now = shown.clips[0], services.now()
    watched.keep(tx, people.expert.id, clip, shown.recording.id, 6_000, version=clip.version, now=now)
    saved.save(tx, people.expert.id, clip.id, now)
    following.follow(tx, people.expert.id, FollowKind.TAG, clip.tags[0], now)
    following.follow(tx, people.expert.id, FollowKind.PERSON, people.curator.public_id, now)
    mailing.ask(tx, people.expert.id, "e" * 64 + "@example.org", now)


def in_a_circle(tx: Tx, services: Services, people: People, shown: Shown) -> None:
    """The second clip is a draft that is shared; something was said of the first before its expert published it."""
    (first, draft), now = shown.clips[:2], services.now()
    trust.trust(tx, first.space_id, people.expert, by=people.curator.id, now=now)
    for each in (people.learner, people.curator):
        circles.share(tx, draft.id, each, by=people.expert.id, now=now)
    clips.withdraw(tx, first.id, people.expert.id, now)
    comments.add(
        tx, clip=first, author_id=people.learner.id, recording_id=shown.recording.id, at_ms=4_000,
        kind=CommentKind.COMMENT, text="L" + "ouder" * 30, reply_to=None, in_draft=True, now=now,
    )  # fmt: skip
    trust.publish_first(tx, first.id, people.expert.id, now)


def corrected(tx: Tx, people: People, shown: Shown, services: Services) -> str:
    """A correction that was accepted: the public id of the comment."""
    said = comments.add(
        tx, clip=shown.clips[0], author_id=people.learner.id, recording_id=shown.recording.id, at_ms=3_000,
        kind=CommentKind.CORRECTION, text="N" + "ot" * 60, reply_to=None, now=services.now(),
    )  # fmt: skip
    amends.answer(tx, said, Outcome.ACCEPTED, "R" + "ight" * 60, by=people.expert.id, now=services.now())
    return said.public_id


def a_ward(tx: Tx, services: Services, people: People) -> str:
    """A space with somebody in it, and a device that shows it; and a learner with a token and a work account."""
    made = spaces.add_space(tx, "W" + "ard" * 19)
    spaces.add_member(tx, made.id, people.curator.id, curates=True)
    devices.lend(tx, "T" + "ablet" * 19, [made.id], by=people.curator.id, now=services.now())
    credentials.new_api_token(tx, people.learner.id, "S" + "helf" * 19)
    known = Identity("https://login.example", "u-1", email="l" + "ea" * 40 + "@works.example")
    identities.join(tx, known, people.learner.id, services.now())
    return made.public_id


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm ci)")
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_to_object_to(name: str, place: Callable[[str], Where], visit: Visit) -> None:
    who, path = place(name)
    found = []

    for scheme, size in (("light", PHONE), ("dark", DESK)):
        page = visit(who, path, size=size, color_scheme=scheme)
        page.evaluate(AXE.read_text())
        ran = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        found += [
            (scheme, v["id"], [(n["target"], n["failureSummary"]) for n in v["nodes"]]) for v in ran["violations"]
        ]

    assert found == []


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm ci)")
def test_in_arabic_pages_run_from_right_to_left(place: Callable[[str], Where], visit: Visit) -> None:
    found = []

    for name in MAIN_PAGES:
        who, path = place(name)
        page = visit(who, path, size=PHONE, locale="ar")
        page.evaluate(AXE.read_text())
        ran = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        found += [(name, v["id"], [n["target"] for n in v["nodes"]]) for v in ran["violations"]]
        found += [(name, size["width"], _overflow(page, size)) for size in (PHONE, DESK) if _overflow(page, size)]
        said = page.locator("h1").first.inner_text()
        found += [(name, "not in Arabic", said)] if not ARABIC.search(said) and name not in THEIR_WORDS else []
        assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"

    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_or_too_small_for_a_glove(name: str, place: Callable[[str], Where], visit: Visit) -> None:
    who, path = place(name)

    page = visit(who, path, size=PHONE)
    overflow = {size["width"]: _overflow(page, size) for size in (PHONE, TABLET, DESK)}
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    small = page.evaluate(TOO_SMALL)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    overflow["at 200 %"] = _overflow(page, PHONE)  # type: ignore[index]

    assert set(overflow.values()) == {0}, overflow
    assert small == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_heading_of_its_own_and_breaks_no_policy(
    name: str, place: Callable[[str], Where], house: House, visit: Visit
) -> None:
    who, path = place(name)
    page = visit(who, "/offline")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    page.goto(path)
    page.wait_for_load_state("networkidle") if name not in {"at work"} else page.wait_for_timeout(0)

    assert page.locator("h1").count() == 1 or name == "record"
    assert page.title().endswith("Pass It On")
    assert complaints == (
        ["Failed to load resource: the server responded with a status of 404 (Not Found)"] if name == "missing" else []
    )


def _overflow(page: Page, size: dict[str, int]) -> int:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    return int(page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"))


# What a finger is meant to hit, and cannot: the box, or the box that ::before draws around it. Links in
# running text are as high as the text; the pauses between the words have buttons that do the same.
TOO_SMALL = """() => [...document.querySelectorAll('button, a[href], summary, input:not([type=hidden]), textarea')]
    .filter((e) => e.checkVisibility() && !e.matches('.out-of-sight, .gap, p a:not(.at, .button, .tag), label input'))
    .map((e) => {
        const box = e.getBoundingClientRect();
        const around = getComputedStyle(e, '::before');
        const extra = around.position === 'absolute' ? 2 * Math.max(0, -parseFloat(around.top) || 0) : 0;
        const wide = e.matches('h2 a, h3 a') ? e.closest('.card, section, li') : null;
        return [e.outerHTML.slice(0, 120), Math.round(wide ? wide.getBoundingClientRect().height : box.height + extra)];
    })
    .filter(([, height]) => height < 48)"""
