"""What is told when something changes, and who hears it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.clip import Clip, Part
from domain.comment import CommentKind
from domain.consent import Reason
from domain.person import Person
from domain.span import Span
from store import clips, comments, credentials, events, recalls, recordings, takedowns, transcripts
from store import people as store_people
from store.events import Events
from store.postgres import Store, Tx
from tests.conftest import People
from tests.hearing import PATIENCE_S, is_told
from tests.loops import run
from tests.store.things import NOW, a_published_clip, a_recording, spoken


def cut_anew(tx: Tx, clip: Clip, by: Person) -> None:
    [part] = clip.parts
    clips.change(
        tx, clip.id, version=clip.version, now=NOW, parts=[Part(part.recording_id, part.recording, Span(0, 5_000))]
    )


def recall(tx: Tx, clip: Clip, by: Person) -> None:
    recalls.make(tx, clip.parts[0].recording_id, Span(1_000, 2_000), "Wrong.", by=by.id, now=NOW)


def take_down(tx: Tx, clip: Clip, by: Person) -> None:
    takedowns.take_down(
        tx, clip.parts[0].recording_id, reason=Reason.IN_THIS, now=NOW, backup_days=30, raised_by=by.id, words="Me."
    )


def say_it_otherwise(tx: Tx, clip: Clip, by: Person) -> None:
    transcripts.save_transcript(tx, clip.parts[0].recording_id, spoken("Open the valve."))


def comment(tx: Tx, clip: Clip, by: Person) -> None:
    comments.add(
        tx, clip=clip, author_id=by.id, recording_id=clip.parts[0].recording_id, at_ms=0, kind=CommentKind.COMMENT,
        text="Thanks.", reply_to=None, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (cut_anew, True),
        (recall, True),
        (take_down, True),
        (say_it_otherwise, True),
        (lambda tx, clip, by: clips.withdraw(tx, clip.id), True),
        (lambda tx, clip, by: clips.delete(tx, clip.id, NOW), True),
        (lambda tx, clip, by: recordings.delete(tx, clip.parts[0].recording_id, NOW), True),
        (comment, False),
        (lambda tx, clip, by: clips.publish(tx, clip.id, by.id, NOW), False),  # it is published
    ],
)
def test_a_clip_tells_of_whatever_changes_what_is_seen_of_it(
    store: Store, people: People, act: Callable[[Tx, Clip, Person], None], told: bool
) -> None:
    with store.transaction() as tx:
        clip = a_published_clip(tx, a_recording(tx, people.expert), people.curator)

    def change() -> None:
        with store.transaction() as tx:
            act(tx, clip, people.curator)

    assert is_told(store, events.clip_topic(clip.public_id), change) is told


def test_what_was_not_kept_is_not_told(store: Store, people: People) -> None:
    with store.transaction() as tx:
        clip = a_published_clip(tx, a_recording(tx, people.expert), people.curator)

    def change_and_fail() -> None:
        with suppress(ZeroDivisionError), store.transaction() as tx:
            clips.withdraw(tx, clip.id)
            raise ZeroDivisionError

    assert is_told(store, events.clip_topic(clip.public_id), change_and_fail) is False


def test_who_signs_out_or_leaves_is_told_of(store: Store, people: People) -> None:
    with store.transaction() as tx:
        session = credentials.new_session(tx, people.learner.id, now=NOW)

    def does(act: Callable[[Tx, UUID], None]) -> Callable[[], None]:
        def do() -> None:
            with store.transaction() as tx:
                act(tx, people.learner.id)

        return do

    topic = events.person_topic(people.learner.public_id)
    assert is_told(store, topic, does(lambda tx, _: credentials.end_session(tx, session)))
    assert is_told(store, topic, does(lambda tx, person: store_people.leave(tx, person, NOW)))
    assert not is_told(store, topic, does(lambda tx, person: store_people.leave(tx, person, NOW)))


def test_who_listens_is_let_go_and_leaves_nothing_behind(store: Store) -> None:
    async def listen() -> tuple[int, int, bool]:
        ears = Events(store.dsn)
        async with ears.hear("a", "b") as told:
            during = ears.listeners("a")
            await asyncio.wait_for(told.wait(), PATIENCE_S)
            told.clear()
            ears.close()
            await asyncio.wait_for(told.wait(), PATIENCE_S)
        return during, ears.listeners("a"), ears.closed

    assert run(listen()) == (1, 0, True)


def test_a_connection_that_broke_is_made_again_and_everybody_looks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = psycopg.AsyncConnection.connect
    troubles = [psycopg.InterfaceError("no socket"), psycopg.InternalError("a broken page"), OSError("no such host")]

    async def connect_at_last(*args: Any, **options: Any) -> Any:
        if troubles:
            raise troubles.pop()
        return await connect(*args, **options)

    async def listen() -> bool:
        ears = Events(store.dsn)
        async with ears.hear("a") as told:
            await asyncio.wait_for(told.wait(), PATIENCE_S)
            told.clear()
            with store.transaction() as tx:
                ended = tx.execute(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                    " where query = 'listen passiton' and datname = current_database()"
                ).fetchone()
            assert ended == (1,)
            monkeypatch.setattr(psycopg.AsyncConnection, "connect", connect_at_last)
            await asyncio.wait_for(told.wait(), PATIENCE_S)
            told.clear()
            with store.transaction() as tx:
                events.tell(tx, "a")
            await asyncio.wait_for(told.wait(), PATIENCE_S)
            return True

    monkeypatch.setattr(events, "_AGAIN_S", 0)
    assert run(listen())
    assert troubles == []
