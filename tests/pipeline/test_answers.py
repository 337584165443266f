"""What an expert answers to a brief, from the upload's metadata into the recording."""

import base64
from pathlib import Path
from uuid import UUID

import pytest

from capture.intake import FinishedUpload, Intake, Past
from domain.brief import Answers, Brief, Wish
from domain.clip import Expertise, Level
from domain.recording import Recording
from pipeline.arrivals import Arrivals
from publish_api.services import Services
from store import briefs, recordings, spaces
from store.folder import Folder
from store.postgres import Store, Tx
from tests.conftest import People
from tests.publish_api.briefing import a_link, come
from tests.store.things import NOW


@pytest.fixture
def brief(store: Store, people: People) -> Brief:
    """In a ward's own space, which the expert is not in."""
    with store.transaction() as tx:
        ward = spaces.add_space(tx, "Ward 3")
        wish = Wish("Brakes", answers=Answers("apprentices", "jacks", Expertise.SKILL, Level.BEGINNER))
        return briefs.make(tx, wish, space_id=ward.id, author_id=people.curator.id, now=NOW)


def arrived(store: Store, people: People, **metadata: str) -> Recording:
    def enqueue(tx: Tx, step: str, recording_id: UUID) -> None: ...

    upload = FinishedUpload("upload-1", people.expert.id, "tip.mp4", "video/mp4", 1, Path("/nowhere"), metadata)
    public_id = Arrivals(store, enqueue).arrive(upload)
    with store.transaction() as tx:
        return recordings.recording(tx, public_id, people.expert.id)


def test_a_recording_for_a_brief_is_in_its_space_and_says_what_the_expert_did_not(
    store: Store, people: People, brief: Brief
) -> None:
    recording = arrived(store, people, brief=brief.public_id, audience="everybody", level="advanced")

    assert (recording.title, recording.brief_id, recording.space_id) == ("Brakes", brief.id, brief.space_id)
    assert (recording.audience, recording.prerequisites) == ("everybody", "jacks")
    assert (recording.kind, recording.level) == (Expertise.SKILL, Level.ADVANCED)


def test_i_cannot_say_is_kept_against_what_the_brief_says(store: Store, people: People, brief: Brief) -> None:
    recording = arrived(store, people, brief=brief.public_id, audience="", level="")

    assert (recording.audience, recording.prerequisites) == ("", "jacks")
    assert (recording.kind, recording.level) == (Expertise.SKILL, None)


def test_what_an_upload_became_is_found_for_who_sent_it_and_nobody_else(
    store: Store, people: People, brief: Brief
) -> None:
    recording = arrived(store, people, brief=brief.public_id)
    arrivals = Arrivals(store, lambda tx, step, recording_id: None)

    found = arrivals.past("upload-1", people.expert.id)

    assert found == Past(recording.public_id, 1, brief.public_id)
    assert arrivals.past("upload-1", people.curator.id) is arrivals.past("upload-2", people.expert.id) is None


@pytest.mark.parametrize("named", ["", "0123456789abcdef", "../x"])
def test_a_brief_that_is_none_costs_the_tip_nothing(store: Store, people: People, named: str) -> None:
    recording = arrived(store, people, brief=named, audience="everybody", kind="magic", level="wizard")

    assert (recording.brief_id, recording.audience, recording.kind, recording.level) == (None, "everybody", None, None)


def test_what_a_guest_sends_by_the_link_arrives_with_the_brief_and_is_theirs_to_see(
    store: Store, people: People, brief: Brief, objects: Folder, tmp_path: Path
) -> None:
    def enqueue(tx: Tx, step: str, recording_id: UUID) -> None: ...

    services = Services(
        store=store,
        objects=objects,
        intake=Intake(tmp_path / "staging", max_bytes=1_000, arrivals=Arrivals(store, enqueue), now=lambda: NOW),
        try_again=lambda tx, recording_id: None,
        public_url="https://clips.example",
        max_upload_bytes=1_000,
        max_duration_ms=7_200_000,
        now=lambda: NOW,
    )
    gina = come(services, a_link(services, brief, people.curator), name="Gina")

    sent = gina.post(
        "/api/v1/uploads",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "3",
            "Upload-Metadata": f"brief {_b64(brief.public_id)},audience {_b64('night shift')}",
            "Content-Type": "application/offset+octet-stream",
        },
        content=b"tip",
    )
    said = gina.get(f"/api/v1/recordings/{sent.headers['Recording-Id']}").json()
    page = gina.get(f"/recordings/{sent.headers['Recording-Id']}")

    assert sent.status_code == 201
    assert (said["brief"]["title"], said["space"]["name"], said["speaker"]["name"]) == ("Brakes", "Ward 3", "Gina")
    assert (said["audience"], said["prerequisites"], said["kind"]) == ("night shift", "jacks", "skill")
    assert page.status_code == 200


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
