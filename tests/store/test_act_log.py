"""What was done stays written down."""

from datetime import timedelta

import psycopg
import pytest

from domain.deed import Deed, DeedAbout
from store import act_log
from store.postgres import Store
from tests.conftest import People
from tests.store.things import NOW


@pytest.mark.parametrize("change", ["update act_log set words = 'nothing'", "delete from act_log"])
def test_no_line_is_changed_or_deleted(store: Store, people: People, change: str) -> None:
    with store.transaction() as tx:
        act_log.note(tx, Deed.SAID_LEFT, DeedAbout.PERSON, "0" * 16, by=people.admin.id, now=NOW, words="Moved.")

    with pytest.raises(psycopg.errors.RaiseException, match="stays written down"), store.transaction() as tx:
        tx.execute(change)

    with store.transaction() as tx:
        assert [each.words for each in act_log.page(tx, people.admin.id).items] == ["Moved."]


def test_only_what_is_older_than_the_house_keeps_it_goes(store: Store, people: People) -> None:
    with store.transaction() as tx:
        for days in (800, 10):
            then = NOW - timedelta(days=days)
            act_log.note(tx, Deed.ERASED, DeedAbout.PERSON, "0" * 16, by=None, now=then, words=str(days))

    with store.transaction() as tx:
        kept_for_ever = act_log.sweep(tx, NOW, 0)
        gone = act_log.sweep(tx, NOW, 730)
        left = [each.words for each in act_log.page(tx, people.admin.id).items]

    assert (kept_for_ever, gone, left) == (0, 1, ["10"])
