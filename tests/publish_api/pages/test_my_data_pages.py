"""One's data, as a page."""

from pathlib import Path

from pipeline import person_data as packing
from publish_api.services import Services
from tests.conftest import People
from tests.publish_api.conftest import Clock
from tests.publish_api.pages.conftest import Browse


def test_the_page_packs_deletes_and_takes_back(
    browse: Browse, people: People, services: Services, clock: Clock, tmp_path: Path
) -> None:
    learner, here = browse(people.learner), f"/people/{people.learner.public_id}/data"
    account = learner.get("/account").text
    empty = learner.get(here).text
    asked = learner.post(f"{here}/exports")
    waits = learner.get(here).text
    packing.tidy(services.store, services.objects, tmp_path, clock, backup_days=30)
    ready = learner.get(here).text
    learner.post(f"{here}/erasure", data={"comments": "removed"})
    going = learner.get(here).text
    learner.post(f"{here}/erasure/end")
    staying = learner.get(here).text

    refused = browse(people.admin).post(f"/people/{people.admin.public_id}/data/erasure")

    assert f'href="{here}"' in account
    assert "Nothing is packed yet" in empty
    assert (asked.status_code, asked.headers["Location"]) == (303, here)
    assert "It is being made." in waits
    assert "data.zip" in ready
    assert ("Comments are deleted, too." in going, "Do not delete it" in going) == (True, True)
    assert "Do not delete it" not in staying
    assert (refused.status_code, "You are the only admin" in refused.text) == (400, True)
    assert browse(people.curator).get(here).status_code == 403
