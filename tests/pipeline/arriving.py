"""A recording that has just come, as the tests of steps begin with one."""

from domain.recording import Recording
from pipeline import journey
from store import recordings, spaces
from store.postgres import Tx
from tests.conftest import People


def arrived(tx: Tx, people: People) -> Recording:
    """The expert's, with every step of the journey waiting and no job for any."""
    found, _ = recordings.arrive(
        tx,
        upload_id="u1",
        space_id=spaces.everyone_space(tx).id,
        uploader_id=people.expert.id,
        speaker_id=people.expert.id,
        title="Valve",
        filename="valve.mp4",
        media_type="video/mp4",
        byte_size=1,
        step_names=journey.NAMES,
    )
    return found
