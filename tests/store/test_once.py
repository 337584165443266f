"""Requests that are done once."""

import threading
from contextlib import suppress

import pytest

from domain.errors import Conflict
from store import once
from store.postgres import Store
from tests.conftest import People
from tests.store.things import NOW

KEY, REQUEST = b"k" * 32, b"r" * 32


def test_a_request_that_comes_while_the_first_is_at_work_waits_and_finds_what_it_made(
    store: Store, people: People
) -> None:
    found: list[str | None] = []

    def again() -> None:
        with store.transaction() as tx:
            found.append(once.begin(tx, people.learner.id, KEY, REQUEST, NOW))

    with store.transaction() as tx:
        first = once.begin(tx, people.learner.id, KEY, REQUEST, NOW)
        second = threading.Thread(target=again)
        second.start()
        once.made(tx, people.learner.id, KEY, "abc")
        during = list(found)
    second.join()

    assert (first, during, found) == (None, [], ["abc"])


def test_what_was_not_kept_was_not_sent(store: Store, people: People) -> None:
    with suppress(ZeroDivisionError), store.transaction() as tx:
        once.begin(tx, people.learner.id, KEY, REQUEST, NOW)
        raise ZeroDivisionError

    with store.transaction() as tx:
        assert once.begin(tx, people.learner.id, KEY, REQUEST, NOW) is None  # the first
        with pytest.raises(Conflict):
            once.begin(tx, people.learner.id, KEY, b"other" * 8, NOW)
