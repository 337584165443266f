"""Briefs, links to them, and browsers that came by one."""

from datetime import timedelta

from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.brief import Answers, Brief, Wish
from domain.clip import Expertise, Level
from domain.person import Person
from domain.space import Space
from publish_api.services import Services
from store import brief_links, briefs, spaces
from store.brief_links import NewLink
from tests.publish_api.served import served

WISH = Wish(
    "How to bleed the brakes",
    "Two apprentices asked this week.",
    ("What do you do first?", "How do you know that it worked?"),
    Answers("apprentices", "how to jack a car up", Expertise.SKILL, Level.BEGINNER),
)


def a_brief(services: Services, by: Person, *, wish: Wish = WISH, space: Space | None = None) -> Brief:
    with services.store.transaction() as tx:
        home = space or spaces.everyone_space(tx)
        return briefs.make(tx, wish, space_id=home.id, author_id=by.id, now=services.now())


def a_link(services: Services, brief: Brief, by: Person, *, for_: Person | None = None, days: int = 30) -> NewLink:
    with services.store.transaction() as tx:
        return brief_links.make_link(
            tx,
            brief.id,
            person_id=for_.id if for_ else None,
            created_by=by.id,
            now=services.now(),
            lives_for=timedelta(days=days),
        )


def a_browser(services: Services, app: FastAPI | None = None) -> TestClient:
    return TestClient(
        app or served(services),
        base_url="https://clips.example",
        headers={"Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0)"},
        raise_server_exceptions=False,
        follow_redirects=False,
    )


def signed_in(services: Services, link: NewLink, name: str) -> Person:
    """Somebody new, whose device an open link has signed in."""
    with services.store.transaction() as tx:
        opened = brief_links.opened(tx, link.token, services.now())
        assert opened is not None
        person = brief_links.newcomer(tx, opened, name)
        brief_links.sign_in(tx, opened, person, now=services.now(), device="Mozilla/5.0 (iPhone)")
        return person


def come(services: Services, link: NewLink, *, name: str = "") -> TestClient:
    """A browser that has pressed the button of a link."""
    browser = a_browser(services)
    answer = browser.post(f"/brief/{link.token}", data={"name": name})
    assert answer.status_code == 303, answer.text
    return browser
