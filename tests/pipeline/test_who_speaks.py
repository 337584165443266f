"""An upload that arrives says who speaks in it."""

from pathlib import Path
from uuid import UUID

import pytest

from capture.intake import FinishedUpload
from domain.consent import Consent
from pipeline.wiring import _Arrivals
from store import appearances, recordings
from store.postgres import Store, Tx
from tests.conftest import People


def _enqueue(tx: Tx, step: str, recording_id: UUID) -> None:
    """No queue is looked at here."""


@pytest.mark.parametrize(
    ("speaker", "name", "state"),
    [
        ("", "Eva Expert", Consent.AGREED),
        (" \t", "Eva Expert", Consent.AGREED),
        ("Ahmed Yilmaz", "Ahmed Yilmaz", Consent.ASKED),
        ("Eva Expert", "Eva Expert", Consent.ASKED),
        ("z" * 500, "z" * 200, Consent.ASKED),
    ],
)
def test_whoever_sends_their_own_tip_agrees_and_somebody_else_is_asked(
    speaker: str, name: str, state: Consent, store: Store, people: People
) -> None:
    upload = FinishedUpload(
        upload_id="u1",
        owner=people.expert.id,
        filename="tip.mp4",
        media_type="video/mp4",
        byte_size=3,
        path=Path("nowhere"),
        metadata={"speaker": speaker} if speaker else {},
    )
    arrivals = _Arrivals(store, _enqueue)

    first, again = arrivals.arrive(upload), arrivals.arrive(upload)

    with store.transaction() as tx:
        recording = recordings.recording(tx, first, people.expert.id)
        (found,) = appearances.of_recording(tx, recording.id)
    assert first == again
    assert (found.name, found.state) == (name, state)
    assert (recording.uploader_id, recording.speaker_id) == (people.expert.id, people.expert.id)
