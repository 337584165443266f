"""What was said aloud in comments, written down by the steps' own engine; and sounds that are nobody's, cleared away.

The job of a sound asks what is to be done when it begins, and writes what it did in one transaction, so that it can be
killed at any line, and run any number of times.
"""

import logging
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from domain.errors import NotFound, Refused
from domain.transcript import Transcript, joined
from pipeline.carry import TryLater
from pipeline.step import Stopped, Tools
from store import glossary, recordings, voices
from store.objects import Objects
from store.postgres import Enqueue, Store, Tx
from store.voices import MAX_TRIES, VOICE, Unwritten
from transcode.probe import probe
from transcode.sound import hear
from transcribe.pauses import find_pauses
from transcribe.transcript import write_down

_SOON_S = 10  # until what another worker is at is looked at again

log = logging.getLogger(__name__)

__all__ = ["VOICE", "clear_away", "due", "work"]


def due(send: Callable[[Tx, UUID], None]) -> Enqueue:
    """What a store is given for the end of its transactions."""

    def enqueue(tx: Tx, job: str, voice_id: UUID) -> None:
        if job == VOICE:
            send(tx, voice_id)

    return enqueue


def work(tools: Tools, voice_id: UUID, stop: Callable[[], bool], now: Callable[[], datetime]) -> None:
    """Writes down what was said, or clears it away: whichever is due. Raises Stopped, TryLater."""
    with tools.store.exclusive(f"{VOICE} {voice_id}") as mine:
        if not mine:
            raise TryLater(_SOON_S)
        _clear(tools.store, tools.objects, voice_id, now())
        with tools.store.transaction() as tx:
            unwritten = voices.begin(tx, voice_id)
        if unwritten is None:
            return
        if unwritten.tries > MAX_TRIES:  # it ends its worker each time
            _give_up(tools, voice_id)
            return
        try:
            heard = _heard(tools, unwritten, stop)
        except Stopped:
            with tools.store.transaction() as tx:
                voices.uncount(tx, voice_id)
            raise
        except (NotFound, Refused) as error:
            log.warning("a voice cannot be written down: %s", error.message)
            _give_up(tools, voice_id)
        except Exception as error:
            log.exception("a voice could not be written down, try %d", unwritten.tries)
            if unwritten.tries >= MAX_TRIES:
                _give_up(tools, voice_id)
                return
            raise TryLater(_SOON_S * 2**unwritten.tries) from error
        else:
            words = joined((word.text for word in heard.words), heard.language)
            with tools.store.transaction() as tx:
                voices.write(tx, voice_id, words, heard.language if heard.words else None)


def clear_away(store: Store, objects: Objects, now: datetime) -> None:
    """Those whose job was lost, or that never became a comment."""
    with store.transaction() as tx:
        gone = voices.of_nobody(tx, now)
    for each in gone:
        _clear(store, objects, each, now)


def _clear(store: Store, objects: Objects, voice_id: UUID, now: datetime) -> None:
    with store.transaction() as tx:
        if (key := voices.to_clear(tx, voice_id, now)) is not None:
            objects.delete([key])
            voices.cleared(tx, voice_id)


def _heard(tools: Tools, unwritten: Unwritten, stop: Callable[[], bool]) -> Transcript:
    def report(_: float) -> None:
        if stop():
            raise Stopped

    with tools.store.transaction() as tx:
        terms = glossary.terms_for(tx, recordings.load(tx, unwritten.recording_id))
    with tempfile.TemporaryDirectory(prefix="voice-", dir=tools.scratch) as folder:
        path = Path(folder) / "voice.m4a"
        tools.objects.fetch(unwritten.key, path)
        sound = hear(path, probe(path, tools.jail), tools.jail, measured=False)
    pauses = find_pauses(sound.samples)
    return write_down(tools.engine(), sound.samples, pauses, sound.duration_ms, terms=terms, report=report)


def _give_up(tools: Tools, voice_id: UUID) -> None:
    with tools.store.transaction() as tx:
        voices.give_up(tx, voice_id)
