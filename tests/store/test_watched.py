"""What a person watched: kept for them alone, for a while, and as long as they want it."""

import re
import threading
from datetime import timedelta
from pathlib import Path

from domain.clip import Clip
from domain.person import Person
from store import clips, watched
from store import people as stored_people
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import LATER, NOW, a_published_clip, a_recording

ROOT = Path(__file__).resolve().parents[2]


def test_the_last_is_first_and_a_clip_is_listed_once(store: Store, people: People) -> None:
    with store.transaction() as tx:
        first, second = two_clips(tx, people)
        stopped(tx, people.learner, first, 6_000)
        stopped(tx, people.learner, second, 6_000)
        watched.keep(
            tx, people.learner.id, first, first.parts[0].recording_id, 16_000, version=1, now=LATER
        )  # fmt: skip

        page = watched.history(tx, people.learner.id, limit=1)
        rest = watched.history(tx, people.learner.id, cursor=page.next, limit=1)

    assert [(each.clip.id, each.clip_ms, each.seen_at) for each in (*page.items, *rest.items)] == [
        (first.id, None, LATER),  # all but through
        (second.id, 6_000, NOW),
    ]
    assert rest.next is None


def test_what_one_goes_on_with_is_what_one_stopped_in_the_middle_of(store: Store, people: People) -> None:
    with store.transaction() as tx:
        middle, through = two_clips(tx, people)
        stopped(tx, people.learner, middle, 6_000)
        stopped(tx, people.learner, through, 19_000)

        found = watched.to_go_on_with(tx, people.learner.id, 10)

    assert [(each.clip.id, each.clip_ms, each.left_ms) for each in found] == [(middle.id, 6_000, 14_000)]


def test_a_clip_that_one_sees_no_more_is_not_listed_and_can_be_forgotten_all_the_same(
    store: Store, people: People
) -> None:
    with store.transaction() as tx:
        clip, _ = two_clips(tx, people)
        stopped(tx, people.learner, clip, 6_000)
        clips.withdraw(tx, clip.id)

        listed = watched.history(tx, people.learner.id).items
        watched.forget(tx, people.learner.id, clip.public_id)

        assert listed == watched.to_go_on_with(tx, people.learner.id, 10) == ()
        assert rows_of(tx) == 0


def test_nothing_is_kept_of_who_has_switched_it_off_and_nothing_stays(store: Store, people: People) -> None:
    with store.transaction() as tx:
        clip, other = two_clips(tx, people)
        for person in (people.learner, people.curator):
            stopped(tx, person, clip, 6_000)
        watched.set_kept(tx, people.learner.id, False)
        stopped(tx, people.learner, other, 6_000)

        assert watched.place(tx, clip, people.learner.id) == (False, None)
        assert watched.place(tx, clip, people.curator.id) == (True, 6_000)
        assert rows_of(tx) == 1

        watched.set_kept(tx, people.learner.id, True)
        assert watched.place(tx, clip, people.learner.id) == (True, None)


def test_what_a_player_says_while_it_is_being_switched_off_comes_too_late(store: Store, people: People) -> None:
    def say() -> None:
        with store.transaction() as tx:
            stopped(tx, people.learner, clip, 6_000)

    with store.transaction() as tx:
        clip, _ = two_clips(tx, people)
    player = threading.Thread(target=say)

    with store.transaction() as tx, store.glance() as looking:
        watched.set_kept(tx, people.learner.id, False)
        player.start()
        waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        while looking.execute(waits).fetchone() is None:
            assert player.is_alive()
    player.join()

    with store.transaction() as tx:
        assert rows_of(tx) == 0


def test_it_goes_when_its_days_are_over_or_its_person_has_left(store: Store, people: People) -> None:
    with store.transaction() as tx:
        old, new = two_clips(tx, people)
        stopped(tx, people.learner, old, 6_000)
        stopped(tx, people.expert, new, 6_000)
        watched.keep(tx, people.learner.id, new, new.parts[0].recording_id, 6_000, version=1, now=LATER)
        stored_people.leave(tx, people.expert.id, NOW)

        watched.sweep(tx, NOW + timedelta(days=180, minutes=1), 180)

        assert [each.clip.id for each in watched.history(tx, people.learner.id).items] == [new.id]
        assert rows_of(tx) == 1


def test_no_other_file_has_a_query_of_what_people_watched() -> None:
    reads = re.compile(r"\b(from|join|into|update|using)\s+watched\b")
    rooms = ("domain", "store", "publish_api", "pipeline", "reach")

    found = {
        str(path.relative_to(ROOT))
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if reads.search(path.read_text()) and "migrations" not in path.parts
    }

    assert found == {"store/watched.py"}


def two_clips(tx: Tx, who: People) -> tuple[Clip, Clip]:
    """Of 20 s each, published."""
    made = [a_recording(tx, who.expert, upload_id=f"upload-{n}") for n in (1, 2)]
    first, second = (a_published_clip(tx, each, who.curator, start_ms=0, end_ms=20_000) for each in made)
    return first, second


def stopped(tx: Tx, person: Person, clip: Clip, at_ms: int) -> None:
    watched.keep(tx, person.id, clip, clip.parts[0].recording_id, at_ms, version=1, now=NOW)


def rows_of(tx: Tx) -> int:
    found = tx.execute("select count(*) from watched").fetchone()
    assert found is not None
    return int(found[0])
