"""How long originals are kept, and what a kill in the middle of their end leaves."""

import contextlib
import threading
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from capture.intake import Arrivals, Intake
from domain.errors import Gone, Misconfigured, NotFound, Unavailable
from domain.recording import Recording, Status, StepState
from pipeline import settings, worker
from pipeline.carry import try_again
from pipeline.housekeeping import tidy, tidy_copies
from pipeline.originals import Originals, clear_copies, let_go
from pipeline.wiring import House
from publish_api.services import Services
from store import credentials, media, originals, recordings, steps
from store.folder import Folder
from store.postgres import Store
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.material import NOW

LATER = NOW + timedelta(days=31)


@pytest.fixture
def recording(store: Store, objects: Folder, people: People) -> Recording:
    """Ready since NOW."""
    services = cast(Services, SimpleNamespace(store=store, objects=objects, now=lambda: NOW))
    return material.recording(services, people.expert).recording


@pytest.fixture
def copies(objects: Folder, tmp_path: Path) -> Originals:
    return Originals(objects, tmp_path / "cache")


def now_is(store: Store, recording: Recording) -> Recording:
    with store.transaction() as tx:
        return recordings.load(tx, recording.id)


def kept(objects: Folder, recording: Recording) -> bool:
    try:
        return objects.size(f"originals/{recording.public_id}") > 0
    except NotFound:
        return False


def test_the_original_goes_when_its_days_are_over_and_what_was_made_of_it_stays(
    store: Store, objects: Folder, copies: Originals, recording: Recording
) -> None:
    assert let_go(store, objects, copies, days=30, now=LATER) == 1

    left = now_is(store, recording)
    assert not kept(objects, recording)
    assert (left.original_key, left.original_gone_at, left.status) == (None, LATER, Status.READY)
    with store.transaction() as tx:
        for key in media.object_keys(tx, recording.id):
            assert objects.size(key) > 0


def test_a_day_before_nothing_goes(store: Store, objects: Folder, copies: Originals, recording: Recording) -> None:
    assert let_go(store, objects, copies, days=30, now=NOW + timedelta(days=29)) == 0

    assert kept(objects, recording)
    assert now_is(store, recording).original_gone_at is None


def test_by_default_originals_are_kept_for_good(
    store: Store, objects: Folder, copies: Originals, recording: Recording
) -> None:
    assert settings.read({}).originals_days == 0
    assert let_go(store, objects, copies, days=0, now=NOW + timedelta(days=9999)) == 0

    assert kept(objects, recording)


@pytest.mark.parametrize("state", [StepState.FAILED, StepState.RUNNING])
def test_what_is_not_ready_keeps_its_original(
    state: StepState, store: Store, objects: Folder, copies: Originals, recording: Recording
) -> None:
    with store.transaction() as tx:
        tx.execute("update step set state = %s where name = 'cut'", [state.value])

    assert let_go(store, objects, copies, days=30, now=LATER) == 0

    assert kept(objects, recording)


@pytest.mark.parametrize(("cut", "gone"), [(StepState.WAITING, 1), (StepState.RUNNING, 0)])
def test_what_was_refused_is_not_kept_for_ever_either(
    cut: StepState, gone: int, store: Store, objects: Folder, copies: Originals, recording: Recording
) -> None:
    with store.transaction() as tx:
        recordings.refuse(tx, recording.id, "too_long", "This recording is too long. Cut it.")
        tx.execute("update step set state = %s, finished_at = null where name = 'cut'", [cut.value])

    assert let_go(store, objects, copies, days=30, now=NOW + timedelta(days=29)) == 0
    assert let_go(store, objects, copies, days=30, now=LATER) == gone

    assert kept(objects, recording) == (gone == 0)


def test_a_kill_before_the_object_is_deleted_is_followed_up(
    store: Store, objects: Folder, copies: Originals, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(keys: Iterable[str]) -> None:
        raise Unavailable("killed here")

    with monkeypatch.context() as at_this_line:
        at_this_line.setattr(objects, "delete", killed)
        with pytest.raises(Unavailable):
            let_go(store, objects, copies, days=30, now=LATER)

    between = now_is(store, recording)
    assert kept(objects, recording)
    assert between.original_key == recording.original_key  # whoever comes next knows what to delete
    assert between.original_gone_at == LATER  # and nobody begins to work with it meanwhile
    assert let_go(store, objects, copies, days=30, now=LATER + timedelta(minutes=1)) == 1
    assert not kept(objects, recording)
    assert now_is(store, recording).original_key is None


def test_a_kill_after_the_object_is_deleted_is_followed_up_even_when_originals_are_kept_by_then(
    store: Store, objects: Folder, copies: Originals, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise psycopg.OperationalError("killed here")

    with monkeypatch.context() as at_this_line:
        at_this_line.setattr(originals, "forget", killed)
        with pytest.raises((psycopg.OperationalError, Unavailable)):
            let_go(store, objects, copies, days=30, now=LATER)

    assert not kept(objects, recording)
    assert let_go(store, objects, copies, days=0, now=LATER) == 1
    assert now_is(store, recording).original_key is None
    assert let_go(store, objects, copies, days=0, now=LATER) == 0


def test_without_its_original_a_recording_cannot_be_made_anew(
    store: Store, objects: Folder, copies: Originals, recording: Recording
) -> None:
    let_go(store, objects, copies, days=30, now=LATER)

    with pytest.raises(Gone) as refused, store.transaction() as tx:
        try_again(tx, recording.id, lambda tx, step, recording_id: None)
    with pytest.raises(Gone) as unread, copies.local(now_is(store, recording)):
        pass

    assert refused.value.code == unread.value.code == "original_gone"
    assert refused.value.message == (
        "The original of this recording was deleted on 06 June 2031, as this server is set to do. "
        "What was made of it stays; to make it anew, send the file again."
    )


def test_somebody_who_began_to_work_on_it_meanwhile_keeps_it(
    store: Store, objects: Folder, copies: Originals, recording: Recording
) -> None:
    with store.transaction() as tx:
        [due] = originals.due(tx, LATER)
        steps.reset(tx, recording.id, "cut")
        tx.execute("update step set state = 'queued' where name = 'cut'")

    with store.transaction() as tx:
        assert not originals.mark(tx, due, before=LATER, now=LATER)


class Elsewhere(Folder):
    """A folder that behaves as a store on another machine does."""

    def local_path(self, key: str) -> Path | None:
        return None


def test_a_copy_near_at_hand_goes_with_it(store: Store, objects: Folder, recording: Recording, tmp_path: Path) -> None:
    elsewhere = Elsewhere(objects.root)
    copies = Originals(elsewhere, tmp_path / "cache")
    with copies.local(recording) as copy:
        assert copy.read_bytes() == b"the original"

    let_go(store, elsewhere, copies, days=30, now=LATER)

    assert not copy.exists()


def test_a_copy_that_nobody_reads_is_dropped_in_time(objects: Folder, recording: Recording, tmp_path: Path) -> None:
    copies = Originals(Elsewhere(objects.root), tmp_path / "cache")
    with copies.local(recording) as copy:
        copies.drop_unused(copy.stat().st_mtime + 1)
        assert copy.exists()  # somebody reads it

    copies.drop_unused(copy.stat().st_mtime)
    assert copy.exists()
    copies.drop_unused(copy.stat().st_mtime + 1)
    assert not copy.exists()


def test_a_copy_of_what_was_deleted_goes_with_the_next_round(
    store: Store, objects: Folder, recording: Recording, people: People, tmp_path: Path
) -> None:
    copies = Originals(Elsewhere(objects.root), tmp_path / "cache")
    with store.transaction() as tx:
        tx.execute("update recording set sha256 = %s where id = %s", [b"\x01" * 32, recording.id])
    other = material.recording(
        cast(Services, SimpleNamespace(store=store, objects=objects, now=lambda: NOW)), people.expert
    ).recording
    with copies.local(now_is(store, recording)) as copy, copies.local(other) as others:
        half = copy.with_name(f".{copy.name}.5eed")  # what a worker that was killed left of one
        half.write_bytes(b"the or")
        now_s = copy.stat().st_mtime

        clear_copies(store, copies, now_s=now_s)
        before = [path.exists() for path in (copy, half, others)]
        with store.transaction() as tx:
            recordings.delete(tx, recording.id, NOW)
        clear_copies(store, copies, now_s=now_s)
        while_read = copy.exists()
    clear_copies(store, copies, now_s=now_s)

    assert before == [True, True, True]
    assert while_read
    assert [path.exists() for path in (copy, half, others)] == [False, False, True]


@pytest.mark.parametrize(("text", "days"), [("0", 0), ("30", 30)])
def test_the_setting_is_a_number_of_days(text: str, days: int) -> None:
    assert settings.read({"PASSITON_ORIGINALS_DAYS": text}).originals_days == days


def test_a_setting_that_makes_no_sense_is_said_so() -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.read({"PASSITON_ORIGINALS_DAYS": "-1"})

    assert "PASSITON_ORIGINALS_DAYS=-1" in refused.value.message


def test_a_machine_with_workers_alone_clears_its_copies_too(
    store: Store, objects: Folder, recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = Originals(Elsewhere(objects.root), tmp_path / "cache")
    with copies.local(recording) as copy:
        pass
    with store.transaction() as tx:
        recordings.delete(tx, recording.id, NOW)
    house = SimpleNamespace(tools=SimpleNamespace(store=store, originals=copies, scratch=tmp_path), dsn="", carry=None)
    cleared = threading.Event()
    monkeypatch.setattr(worker, "open_house", lambda _: contextlib.nullcontext(house))
    monkeypatch.setattr(worker, "tidy_copies", lambda its: (tidy_copies(its), cleared.set()))
    monkeypatch.setattr(worker.jobs, "work", lambda *_, **__: cleared.wait(20))

    worker.work(settings.Settings(), ("media",), slots=1, nice=0, tied=False)

    assert not copy.exists()


def test_the_round_that_is_made_every_minute_lets_them_go_and_what_has_expired(
    store: Store, objects: Folder, copies: Originals, recording: Recording, people: People, tmp_path: Path
) -> None:
    with store.transaction() as tx:
        credentials.new_session(tx, people.expert.id, now=NOW)
    intake = Intake(tmp_path / "staging", max_bytes=1, arrivals=cast(Arrivals, None))
    tools = SimpleNamespace(store=store, objects=objects, originals=copies, intake=intake)
    services = SimpleNamespace(store=store, now=lambda: LATER)

    tidy(cast(House, SimpleNamespace(tools=tools, services=services, settings=settings.Settings(originals_days=30))))

    assert not kept(objects, recording)
    with store.transaction() as tx:
        assert tx.execute("select count(*) from session").fetchone() == (0,)
