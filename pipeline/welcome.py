"""A first look: somebody to be, a link to sign in with, and a sample recording on its way."""

import time
from collections.abc import Callable
from pathlib import Path

import uvicorn

from domain.consent import TERMS_VERSION
from domain.person import Person, Role
from pipeline.upload import upload
from pipeline.wiring import House
from store import credentials, people, recordings

SAMPLE = Path(__file__).parent / "sample" / "sample.mp4"


def welcome(house: House, server: uvicorn.Server, at: str, say: Callable[[str], None]) -> None:
    """Prints a sign-in link; sends the sample the way a phone would, unless there are recordings.

    `at` is where this very server listens, whatever the outside calls it.
    """
    while not server.started:
        time.sleep(0.05)
    host = _somebody(house)
    say(f"Sign in: {sign_in_link(house, host)}")
    with house.services.store.transaction() as tx:
        known = recordings.own_recordings(tx, host.id, limit=1).items
        token = None if known else credentials.new_api_token(tx, host.id, label="sample recording")
    if token is None:
        return
    say("A sample recording is on its way; its clips will wait for you under Review in a minute or two.")
    try:
        # Nobody speaks in it: it is ours, and there is nobody to ask.
        said = {"title": "Three tips from the shop floor", "terms": str(TERMS_VERSION)}
        [sent] = upload([SAMPLE], at, token, metadata=said)
        if sent.error is not None:
            say(f"The sample could not be sent: {sent.error.message}")
    finally:
        with house.services.store.transaction() as tx:
            credentials.revoke_api_token(tx, token)


def sign_in_link(house: House, person: Person) -> str:
    with house.services.store.transaction() as tx:
        link = credentials.new_sign_in_link(tx, person.id, now=house.services.now())
    return f"{house.settings.public_url}/sign-in/{link.token}"


def _somebody(house: House) -> Person:
    with house.services.store.transaction() as tx:
        return people.person_by_login(tx, "admin") or people.add_person(
            tx, login="admin", name="Alex Admin", role=Role.ADMIN
        )
