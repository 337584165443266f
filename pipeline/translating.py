"""Recordings translated into English, where somebody has asked for it: the job, by the steps' own engine.

What is heard is shared among workers as words are (hearing.py), and becomes a caption track (store/tracks.py). Nothing
else of the recording changes.
"""

import logging
from collections.abc import Callable
from uuid import UUID

from domain.errors import Gone, Misconfigured, PassItOnError, Refused
from pipeline.carry import TryLater
from pipeline.hearing import hear_in_english
from pipeline.originals import Elsewhere
from pipeline.step import Stopped, Tools, Work
from store import media, recordings, tracks, transcripts
from store.postgres import Enqueue, Tx
from transcribe.translation import english_track, share_of

_MOST_TRIES = 5
_ENOUGH = 0.5  # of the time in which something is spoken; viewers are not offered less
_ELSEWHERE_S = 30  # until the original is kept, or another worker has translated it
_FAILED = "This recording could not be translated. Nothing is lost; try again, or tell whoever runs this server."
_TOO_LITTLE = (
    "The machine has words for less than half of what is said here, so its translation is not offered. Bring English"
    " captions as a file."
)

log = logging.getLogger(__name__)


def due(send: Callable[[Tx, UUID], None]) -> Enqueue:
    """What a store is given for the end of its transactions."""

    def enqueue(tx: Tx, job: str, recording_id: UUID) -> None:
        if job == tracks.TRANSLATE:
            send(tx, recording_id)

    return enqueue


def translate(tools: Tools, recording_id: UUID, stop: Callable[[], bool]) -> None:
    """Makes the track that is asked for, if one is. Raises Stopped, and TryLater when it is to go on later."""
    with tools.store.exclusive(f"{tracks.TRANSLATE} {recording_id}") as mine:
        with tools.store.transaction() as tx:
            track_id = tracks.asked(tx, recording_id)
            if track_id is None:
                return
            if not mine:
                raise TryLater(_ELSEWHERE_S)
            if (tries := tracks.began(tx, track_id)) > _MOST_TRIES:
                tracks.give_up(tx, track_id, _FAILED)
                return
        try:
            _make(tools, recording_id, track_id, stop)
        except (Stopped, Elsewhere) as early:
            with tools.store.transaction() as tx:
                tracks.uncount(tx, track_id)
            if isinstance(early, Stopped):
                raise
            raise TryLater(_ELSEWHERE_S) from early
        except Gone as gone:
            log.info("recording %s is not translated: %s", recording_id, gone.message)
        except (Misconfigured, Refused) as error:
            log.warning("recording %s is not translated: %s", recording_id, error.message)
            _give_up(tools, track_id, error.message)
        except Exception as error:
            log.exception("recording %s: translating it failed, time %d", recording_id, tries)
            if tries >= _MOST_TRIES:
                _give_up(tools, track_id, error.message if isinstance(error, PassItOnError) else _FAILED)
                return
            raise TryLater(10 * 2**tries) from error


def _make(tools: Tools, recording_id: UUID, track_id: UUID, stop: Callable[[], bool]) -> None:
    with tools.store.transaction() as tx:
        recording = recordings.load(tx, recording_id)
        said = transcripts.transcript(tx, recording_id)
        heard = media.listening(tx, recording_id)
    if said is None or heard is None or recording.deleted_at is not None:
        raise Gone("Nothing is written down of this recording any more.")
    work = Work(recording, tools, lambda fraction: None, stop)
    words = hear_in_english(work, track_id, said.language)
    made = english_track(words, said.sentences, heard.pauses, work.probe.duration_ms)
    if share_of(said.sentences, made) < _ENOUGH:
        raise Refused(_TOO_LITTLE, code="translated_too_little")
    with tools.store.transaction() as tx:
        tracks.finish(tx, recording_id, track_id, made)


def _give_up(tools: Tools, track_id: UUID, why: str) -> None:
    with tools.store.transaction() as tx:
        tracks.give_up(tx, track_id, why)
