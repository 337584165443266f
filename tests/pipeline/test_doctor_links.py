"""What `passiton doctor` says of links that people open on their phones."""

from dataclasses import replace
from pathlib import Path

from domain.brief import Wish
from pipeline.doctor import CHECKS, examined
from pipeline.settings import Settings
from store import brief_links, briefs, spaces
from store.postgres import Store
from tests.conftest import People
from tests.store.things import NOW


def test_the_first_minute_on_ones_own_machine_is_no_fault_and_its_end_is_said() -> None:
    said = examined("address", CHECKS["address"], Settings(public_url="http://127.0.0.1:8000"))

    assert said.ok
    assert "this machine alone opens" in said.says
    assert "PASSITON_PUBLIC_URL" in said.says


def test_links_that_no_phone_opens_are_a_fault_once_some_were_made(
    store: Store, people: People, tmp_path: Path
) -> None:
    settings = Settings(database_url=store.dsn, data_dir=tmp_path)
    first_minute = examined("links", CHECKS["links"], settings)
    with store.transaction() as tx:
        space = spaces.everyone_space(tx)
        brief = briefs.make(tx, Wish("Brakes"), space_id=space.id, author_id=people.curator.id, now=NOW)
        brief_links.make_link(tx, brief.id, person_id=None, created_by=people.curator.id, now=NOW)

    made = examined("links", CHECKS["links"], settings)
    mended = examined("links", CHECKS["links"], replace(settings, public_url="https://tips.example.com"))

    assert (first_minute.ok, first_minute.says) == (True, "none made for phones yet")
    assert (made.ok, "1 made for phones so far" in made.says) == (False, True)
    assert (mended.ok, mended.says) == (True, "those to briefs and for consent lead to https://tips.example.com")
