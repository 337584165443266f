"""How much may be sent in a day: by one person, and for one brief."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from capture import quota, tus
from capture.metadata import Metadata
from domain.errors import TooMany
from tests.capture.staged import CARL, EVA, NO_METADATA, Desk, send, writer_of


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a staging folder: its bytes, and when it was last changed."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_what_a_person_has_begun_to_send_leaves_less_for_the_next(desk: Desk) -> None:
    intake = desk.intake(quota=10)
    first = intake.create(EVA, 6, NO_METADATA)
    send(intake, first.id, 0, b"a")

    with pytest.raises(TooMany) as refused:
        intake.create(EVA, 5, NO_METADATA)

    assert refused.value.code == "quota_reached"
    assert refused.value.message == (
        "You have sent as much as one person may in a day. What has arrived is safe; go on tomorrow, or ask whoever "
        "runs this server to let in more."
    )
    assert intake.create(EVA, 4, NO_METADATA).length == 4
    assert intake.create(CARL, 10, NO_METADATA).length == 10


def test_a_file_larger_than_the_quota_is_refused_before_its_first_byte(desk: Desk) -> None:
    intake = desk.intake(quota=10)

    with pytest.raises(TooMany):
        intake.create(EVA, 11, NO_METADATA)

    assert desk.files() == []


def test_an_upload_without_a_byte_does_not_count_and_is_counted_with_its_first(desk: Desk) -> None:
    intake = desk.intake(quota=10)
    first, second = intake.create(EVA, 6, NO_METADATA), intake.create(EVA, 6, NO_METADATA)
    send(intake, first.id, 0, b"a")
    before = contents(desk.folder)

    with writer_of(intake, second.id) as writer, pytest.raises(TooMany) as refused:
        writer.begin(tus.Patch(0, None, tus.Body(1)))

    assert refused.value.code == "quota_reached"
    assert contents(desk.folder) == before


def test_what_has_begun_may_be_finished(desk: Desk) -> None:
    intake = desk.intake(quota=10)
    upload = intake.create(EVA, 6, NO_METADATA)
    send(intake, upload.id, 0, b"ab")

    less = desk.intake(quota=3)

    assert send(less, upload.id, 2, b"cdef").finished


def test_of_an_upload_without_a_length_every_byte_is_counted(desk: Desk) -> None:
    intake = desk.intake(quota=10)
    other = intake.create(EVA, 4, NO_METADATA)
    send(intake, other.id, 0, b"a")
    upload = intake.create(EVA, None, NO_METADATA)
    send(intake, upload.id, 0, b"abcdef")

    with writer_of(intake, upload.id) as writer, pytest.raises(TooMany):
        writer.begin(tus.Patch(6, None, tus.Body(1)))

    assert intake.find(upload.id, EVA).offset == 6


def test_uncounted_bytes_beyond_the_quota_end_the_request_and_those_before_are_kept(desk: Desk) -> None:
    intake = desk.intake(quota=10)
    upload = intake.create(EVA, None, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(None)))
        writer.write(b"abcdefgh")
        with pytest.raises(TooMany):
            writer.write(b"ijk")
        writer.break_off()

    assert desk.bytes_of(upload.id) == b"abcdefgh"


def test_a_length_told_late_is_held_against_the_quota(desk: Desk) -> None:
    intake = desk.intake(quota=10)
    upload = intake.create(EVA, None, NO_METADATA)

    with writer_of(intake, upload.id) as writer, pytest.raises(TooMany):
        writer.begin(tus.Patch(0, 11, tus.Body(1)))

    assert intake.find(upload.id, EVA).length is None


def test_a_day_after_a_recording_was_kept_its_bytes_count_no_more(desk: Desk) -> None:
    intake = desk.intake(quota=10, remembers_for=timedelta(days=1))
    upload = intake.create(EVA, 10, NO_METADATA)
    send(intake, upload.id, 0, b"abcdefghij")
    intake.forget(upload.id)

    with pytest.raises(TooMany):
        intake.create(EVA, 1, NO_METADATA)
    desk.clock.pass_by(timedelta(days=1, seconds=1))

    assert intake.create(EVA, 10, NO_METADATA).length == 10


def test_a_cancelled_upload_gives_its_bytes_back(desk: Desk) -> None:
    intake = desk.intake(quota=10)
    upload = intake.create(EVA, 10, NO_METADATA)
    send(intake, upload.id, 0, b"a")

    with writer_of(intake, upload.id) as writer:
        intake.cancel(writer)

    assert intake.create(EVA, 10, NO_METADATA).length == 10


def test_what_another_process_has_taken_in_counts_too(desk: Desk) -> None:
    here, other_process = desk.intake(quota=10), desk.intake(quota=10)
    first = here.create(EVA, 6, NO_METADATA)
    other_process.create(CARL, 1, NO_METADATA)  # it has read the notes once

    send(here, first.id, 0, b"abcdef")

    with pytest.raises(TooMany):
        other_process.create(EVA, 5, NO_METADATA)


def test_many_small_files_are_as_many_as_one_person_may_send_and_for_a_brief_four_times_as_many(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MOST_UPLOADS", 2)
    intake = desk.intake(quota=1000)
    for_it = Metadata("", {"brief": "brakes"})
    for number in range(8):
        owner = UUID(int=10 + number // 2)
        send(intake, intake.create(owner, 1, for_it).id, 0, b"a", owner)

    with pytest.raises(TooMany) as of_person:
        intake.create(UUID(int=10), 1, NO_METADATA)
    with pytest.raises(TooMany) as of_brief:
        intake.create(EVA, 1, for_it)

    assert (of_person.value.code, of_brief.value.code) == ("quota_reached", "brief_quota_reached")
    assert intake.create(EVA, 1, NO_METADATA).length == 1


def test_however_many_names_are_typed_at_a_poster_a_brief_brings_what_four_may_send(desk: Desk) -> None:
    intake = desk.intake(quota=10)
    for_it, for_another = (Metadata("", {"brief": brief}) for brief in ("brakes", "clutches"))
    for each in range(10, 14):
        upload = intake.create(UUID(int=each), 10, for_it)
        send(intake, upload.id, 0, b"abcdefghij", UUID(int=each))

    with pytest.raises(TooMany) as refused:
        intake.create(EVA, 1, for_it)

    assert refused.value.code == "brief_quota_reached"
    assert refused.value.message == (
        "As much has been sent for this brief as may come for one in a day. What has arrived is safe; go on tomorrow, "
        "or tell whoever gave you the link."
    )
    assert intake.create(EVA, 10, for_another).length == 10
