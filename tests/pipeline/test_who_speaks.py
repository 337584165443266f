"""An upload that arrives says who speaks in it."""

from pathlib import Path
from uuid import UUID

import pytest

from capture.intake import FinishedUpload
from domain.consent import TERMS_VERSION, Consent
from pipeline.arrivals import Arrivals
from store import appearances, recordings
from store.postgres import Store, Tx
from tests.conftest import People


def _enqueue(tx: Tx, step: str, recording_id: UUID) -> None:
    """No queue is looked at here."""


TODAY = {"terms": str(TERMS_VERSION)}


@pytest.mark.parametrize(
    ("metadata", "name", "state"),
    [
        (TODAY, "Eva Expert", Consent.AGREED),
        ({**TODAY, "speaker": " \t"}, "Eva Expert", Consent.AGREED),
        ({}, "Eva Expert", Consent.ASKED),
        ({"terms": str(TERMS_VERSION - 1)}, "Eva Expert", Consent.ASKED),
        ({"terms": str(TERMS_VERSION + 1)}, "Eva Expert", Consent.ASKED),
        ({**TODAY, "speaker": "Ahmed Yilmaz"}, "Ahmed Yilmaz", Consent.ASKED),
        ({**TODAY, "speaker": "Eva Expert"}, "Eva Expert", Consent.ASKED),
        ({**TODAY, "speaker": "z" * 500}, "z" * 200, Consent.ASKED),
    ],
)
def test_whoever_sends_their_own_tip_below_todays_sentence_agrees_and_everybody_else_is_asked(
    metadata: dict[str, str], name: str, state: Consent, store: Store, people: People
) -> None:
    upload = FinishedUpload(
        upload_id="u1",
        owner=people.expert.id,
        filename="tip.mp4",
        media_type="video/mp4",
        byte_size=3,
        path=Path("nowhere"),
        metadata=metadata,
    )
    arrivals = Arrivals(store, _enqueue)

    first, again = arrivals.arrive(upload), arrivals.arrive(upload)

    with store.transaction() as tx:
        recording = recordings.recording(tx, first, people.expert.id)
        (found,) = appearances.of_recording(tx, recording.id)
    assert first == again
    assert (found.name, found.state) == (name, state)
    assert found.terms_version == (TERMS_VERSION if state is Consent.AGREED else None)
    assert (recording.uploader_id, recording.speaker_id) == (people.expert.id, people.expert.id)
