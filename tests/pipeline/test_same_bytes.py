"""The same file sent twice: told so, not stored again, and used all the same by whoever wants it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from capture.intake import FinishedUpload, Intake
from capture.metadata import Metadata
from domain.errors import Refused
from domain.person import Person
from domain.recording import Recording, Status, StepState
from pipeline import housekeeping, journey
from pipeline.carry import TryLater, carry, try_again
from pipeline.originals import Originals
from pipeline.step import Outcome, Tools, Work
from pipeline.steps import STEPS
from pipeline.wiring import House
from store import recordings, spaces
from store.folder import Folder
from store.objects import Hashed
from store.postgres import Store, Tx
from tests.capture.staged import send
from tests.conftest import People

NOW = datetime(2031, 3, 12, 8, 0, tzinfo=UTC)
Send = Callable[..., Recording]


def no_queue(tx: Tx, step: str, recording_id: object) -> None:
    """Steps are carried by the tests."""


class Arrives:
    """An upload becomes the recording that a test has made for it."""

    def arrive(self, upload: FinishedUpload) -> str:
        return upload.metadata["title"]


@pytest.fixture
def tools(store: Store, objects: Folder, tmp_path: Path) -> Tools:
    intake = Intake(tmp_path / "staging", max_bytes=1000, arrivals=Arrives(), free_floor=0)
    originals = Originals(objects, tmp_path / "cache")
    return cast(Tools, SimpleNamespace(store=store, objects=objects, intake=intake, originals=originals))


@pytest.fixture
def send_file(tools: Tools, people: People) -> Send:
    """Somebody sends a file; the recording that it has become."""

    def send_file(data: bytes, by: Person | None = None, *, title: str = "Valves", space: str = "") -> Recording:
        by = by or people.expert
        intake = tools.intake
        upload = intake.create(by.id, len(data), Metadata("", {"title": title}))
        with tools.store.transaction() as tx:
            home = spaces.add_space(tx, space) if space else spaces.everyone_space(tx)
            arrived, _ = recordings.arrive(
                tx,
                upload_id=upload.id,
                space_id=home.id,
                uploader_id=by.id,
                speaker_id=by.id,
                title=title,
                filename="valves.mp4",
                media_type="video/mp4",
                byte_size=len(data),
                step_names=journey.NAMES,
            )
            tx.execute("update recording set created_at = %s where id = %s", [NOW, arrived.id])
        send(intake, upload.id, 0, data, by.id)
        return arrived

    return send_file


def keep(tools: Tools, recording: Recording) -> Recording:
    """After the step that keeps its original."""
    carry(tools, no_queue, "keep", recording.id, lambda: False, lambda: NOW)
    return now_is(tools, recording)


def now_is(tools: Tools, recording: Recording) -> Recording:
    with tools.store.transaction() as tx:
        return recordings.load(tx, recording.id)


def staged(tools: Tools, recording: Recording) -> bool:
    return tools.intake.path(recording.upload_id).exists()


def originals(objects: Folder) -> list[str]:
    """Whose: the internal ids."""
    return sorted(path.parent.parent.name for path in (objects.root / "recordings").glob("*/original/*"))


def test_what_somebody_has_sent_before_is_refused_by_name_and_not_stored_again(
    tools: Tools, objects: Folder, send_file: Send
) -> None:
    first = keep(tools, send_file(b"a tip", title="Bleed the brakes"))
    second = keep(tools, send_file(b"a tip"))

    assert (second.status, second.refusal_code, second.same_as) == (Status.REFUSED, "already_here", first.id)
    assert second.refusal_message == (
        "You have sent this very file before, as “Bleed the brakes”, on 12 March 2031. It is there, and nothing was "
        "stored twice. Open that one, or use this one all the same, until 18 March."
    )
    assert (second.original_key, originals(objects)) == (None, [first.id.hex])
    assert (staged(tools, first), staged(tools, second)) == (False, True)


def test_who_wants_it_all_the_same_has_it_all_the_same(tools: Tools, objects: Folder, send_file: Send) -> None:
    first = keep(tools, send_file(b"a tip"))
    second = keep(tools, send_file(b"a tip"))

    with tools.store.transaction() as tx:
        try_again(tx, second.id, no_queue)
    kept = keep(tools, second)

    assert (kept.refusal_code, kept.same_as, kept.despite) == (None, None, True)
    assert kept.sha256 == first.sha256
    assert originals(objects) == sorted([first.id.hex, second.id.hex])
    assert not staged(tools, second)


def test_other_bytes_and_other_peoples_are_no_repetition(tools: Tools, people: People, send_file: Send) -> None:
    keep(tools, send_file(b"a tip"))

    other_bytes = keep(tools, send_file(b"another"))
    other_person = keep(tools, send_file(b"a tip", people.curator))

    assert (other_bytes.refusal_code, other_person.refusal_code) == (None, None)


def test_what_was_deleted_or_could_not_be_used_may_be_sent_again(tools: Tools, send_file: Send) -> None:
    deleted, refused = keep(tools, send_file(b"a tip")), keep(tools, send_file(b"no film"))
    with tools.store.transaction() as tx:
        recordings.delete(tx, deleted.id, NOW)
        recordings.refuse(tx, refused.id, "no_media", "There is nothing to play in it.")

    assert keep(tools, send_file(b"a tip")).refusal_code is None
    assert keep(tools, send_file(b"no film")).refusal_code is None


def refuse(tools: Tools, recording: Recording) -> None:
    with tools.store.transaction() as tx:
        recordings.refuse(tx, recording.id, "too_short", "Record it again.")


def test_what_a_file_is_refused_for_holds_for_all_that_repeat_it_and_they_are_not_looked_at(
    tools: Tools, send_file: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_short(work: Work) -> Outcome:
        raise Refused("Record it again.", code="too_short")

    monkeypatch.setitem(STEPS, "look", too_short)
    slip, *repeated = (keep(tools, send_file(b"a slip")) for _ in range(4))
    other = keep(tools, send_file(b"a tip"))
    its_copy = keep(tools, send_file(b"a tip"))
    queued: list[object] = []

    carry(tools, lambda tx, step, id_: queued.append(id_), "look", slip.id, lambda: False, lambda: NOW)
    found = [now_is(tools, each) for each in repeated]

    assert [(each.refusal_code, each.refusal_message) for each in found] == [("too_short", "Record it again.")] * 3
    assert {step.error_code for each in found for step in each.steps if step.name == "keep"} == {"too_short"}
    assert queued == []
    assert (now_is(tools, other).refusal_code, now_is(tools, its_copy).refusal_code) == (None, "already_here")


def test_one_that_learns_of_the_first_just_while_that_is_refused_is_found_by_the_housekeeping(
    tools: Tools, send_file: Send
) -> None:
    slip = keep(tools, send_file(b"a slip"))
    again = keep(tools, send_file(b"a slip"))
    refuse(tools, slip)

    housekeeping.tidy(_house(tools, NOW))
    still_there = staged(tools, again)
    housekeeping.tidy(_house(tools, NOW + timedelta(days=8)))

    assert now_is(tools, again).refusal_code == "too_short"
    assert (still_there, staged(tools, again)) == (True, False)


def test_a_recording_in_another_space_is_not_named(tools: Tools, send_file: Send) -> None:
    keep(tools, send_file(b"a tip", title="For the board", space="Board"))

    second = keep(tools, send_file(b"a tip"))

    assert (second.refusal_message or "").startswith("You have sent this very file before, on 12 March 2031.")


def test_a_deleted_recording_is_named_nowhere_any_more(tools: Tools, send_file: Send) -> None:
    first = keep(tools, send_file(b"a tip", title="My secret"))
    second = keep(tools, send_file(b"a tip"))

    with tools.store.transaction() as tx:
        recordings.delete(tx, first.id, NOW)
    left = now_is(tools, second)

    assert (left.refusal_code, left.same_as) == ("already_here", None)
    assert "My secret" not in (left.refusal_message or "")


def test_of_two_that_come_at_the_same_moment_one_is_kept_and_one_refused(
    tools: Tools, objects: Folder, send_file: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [send_file(b"a tip"), send_file(b"a tip")]
    meet = threading.Barrier(2)
    put = Folder.put_file

    def put_together(home: Folder, key: str, path: Path, *, hashed: Hashed | None = None) -> None:
        put(home, key, path, hashed=hashed)
        meet.wait(20)  # neither has been noted as kept yet

    monkeypatch.setattr(Folder, "put_file", put_together)
    later: list[Recording] = []

    def keep_it(recording: Recording) -> None:
        try:
            keep(tools, recording)
        except TryLater:
            later.append(recording)

    at_once = [threading.Thread(target=keep_it, args=[each]) for each in both]
    for each in at_once:
        each.start()
    for each in at_once:
        each.join()
    monkeypatch.setattr(Folder, "put_file", put)
    (again,) = later
    ended = [keep(tools, each) if each is again else now_is(tools, each) for each in both]

    assert sorted(each.refusal_code or "kept" for each in ended) == ["already_here", "kept"]
    (kept,) = [each for each in ended if each.refusal_code is None]
    assert next(step for step in kept.steps if step.name == "keep").state is StepState.DONE
    assert originals(objects) == [kept.id.hex]


def test_bytes_that_nobody_wants_twice_go_after_a_week(tools: Tools, send_file: Send) -> None:
    first = keep(tools, send_file(b"a tip"))
    second = keep(tools, send_file(b"a tip"))

    housekeeping.tidy(_house(tools, NOW + timedelta(days=6)))
    waiting = staged(tools, second)
    housekeeping.tidy(_house(tools, NOW + timedelta(days=8)))

    with tools.store.transaction() as tx:
        try_again(tx, second.id, no_queue)
    tried = keep(tools, second)

    assert waiting
    assert not staged(tools, second)
    assert (tried.refusal_code, tried.same_as) == ("already_here", first.id)
    assert tried.refusal_message == (
        "You have sent this very file before, and that recording is there. This second one was kept until 18 March, "
        "and is gone since. Open that one; or send the file again, and use it then."
    )


def _house(tools: Tools, now: datetime) -> House:
    services = SimpleNamespace(store=tools.store, now=lambda: now)
    settings = SimpleNamespace(originals_days=0, backup_days=30)
    return cast(House, SimpleNamespace(tools=tools, services=services, settings=settings, enqueue=no_queue))
