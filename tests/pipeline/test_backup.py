"""Everything that is kept, saved while the house is open, and put where nothing was."""

import gzip
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from capture.intake import Intake
from domain.errors import Conflict, PassItOnError, Refused
from pipeline.backup import Report, back_up, restore
from pipeline.cli import app
from pipeline.settings import Settings
from publish_api.app import create_app
from publish_api.services import Services
from store import credentials, dump, recordings
from store.folder import Folder
from store.postgres import Store
from tests.conftest import People
from tests.databases import with_database
from tests.publish_api import material
from tests.publish_api.material import Made

NOW = datetime(2031, 3, 12, 8, 0, tzinfo=UTC)


def say_nothing(what: str, fraction: float) -> None: ...


def services_on(store: Store, data: Path) -> Services:
    return Services(
        store=store,
        objects=Folder(data / "objects"),
        intake=Intake(data / "staging", max_bytes=1_000, arrivals=None),  # type: ignore[arg-type]
        try_again=lambda tx, recording_id: None,
        public_url="https://clips.example",
        max_upload_bytes=1_000,
        max_duration_ms=7_200_000,
        now=lambda: NOW,
    )


@pytest.fixture
def house(store: Store, database_dsn: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_dsn, data_dir=tmp_path / "house")


@pytest.fixture
def made(store: Store, house: Settings, people: People) -> Made:
    """A recording whose first clip is published."""
    house.data_dir.mkdir()
    (house.data_dir / "machine").write_text("deadbeef")
    services = services_on(store, house.data_dir)
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)
    return made


@pytest.fixture
def empty(postgres_dsn: str, tmp_path: Path) -> Iterator[Settings]:
    """Nothing yet: a new database, and a data folder that is not there."""
    name = f"restored_{tmp_path.name}_{tmp_path.parent.name}".replace("-", "_")[-60:]
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(f'create database "{name}"')
        yield Settings(database_url=with_database(postgres_dsn, name), data_dir=tmp_path / "elsewhere")
        admin.execute(f'drop database "{name}" with (force)')


def playing(store: Store, data: Path, people: People, made: Made) -> list[str]:
    """What a learner's player gets of the published clip: a playlist of 480 lines, and the bytes of its fragments."""
    client = TestClient(create_app(services_on(store, data)), base_url="https://clips.example")
    with store.transaction() as tx:
        client.headers["Authorization"] = f"Bearer {credentials.new_api_token(tx, people.learner.id)}"
    clip = f"/api/v1/clips/{made.clips[0].public_id}"
    playlist = client.get(f"{clip}/play/480.m3u8").text
    return [client.get(line).text for line in playlist.splitlines() if line.startswith("/m/")]


def test_what_was_saved_plays_where_nothing_was(
    store: Store, house: Settings, people: People, made: Made, empty: Settings, tmp_path: Path
) -> None:
    saved = back_up(house, tmp_path / "saved", NOW, say_nothing)
    shutil.rmtree(house.data_dir)

    put = restore(empty, tmp_path / "saved", say_nothing)
    elsewhere = Store(empty.database_url or "")
    played = playing(elsewhere, empty.data_dir, people, made)
    with elsewhere.transaction() as tx:
        found = recordings.recording(tx, made.id, people.expert.id)
        arrived_again = material.arrive(tx, people.expert)
    elsewhere.close()

    assert saved == put == Report(recordings=1, objects=5)
    assert played == [f"480 {n} of {made.id}" for n in range(4)]
    assert (found.title, [step.state for step in found.steps]) == ("Valves", [s.state for s in made.recording.steps])
    assert arrived_again.title == "Valves"
    assert (empty.data_dir / "machine").read_text() == "deadbeef"
    assert [path.name for path in tmp_path.glob("saved*")] == ["saved"]


def test_what_has_arrived_and_is_not_in_the_object_store_yet_is_saved_from_where_it_lies(
    store: Store, house: Settings, people: People, made: Made, empty: Settings, tmp_path: Path
) -> None:
    with store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
    staged = house.data_dir / "staging" / f"{arrived.upload_id}.part"
    staged.write_bytes(b"its bytes")

    back_up(house, tmp_path / "saved", NOW, say_nothing)
    restore(empty, tmp_path / "saved", say_nothing)

    assert (empty.data_dir / "staging" / staged.name).read_bytes() == b"its bytes"


@pytest.mark.usefixtures("made")
def test_a_backup_never_takes_the_place_of_another_and_a_killed_ones_rest_is_cleared(
    house: Settings, tmp_path: Path
) -> None:
    left = tmp_path / "saved.unfinished" / "objects"
    left.mkdir(parents=True)
    (left / "half").write_text("of it")

    back_up(house, tmp_path / "saved", NOW, say_nothing)
    with pytest.raises(Conflict) as refused:
        back_up(house, tmp_path / "saved", NOW, say_nothing)

    assert refused.value.code == "not_empty"
    assert not (tmp_path / "saved" / "objects" / "half").exists()
    assert not (tmp_path / "saved.unfinished").exists()


def test_a_backup_is_put_into_an_empty_place_alone(house: Settings, made: Made, tmp_path: Path) -> None:
    back_up(house, tmp_path / "saved", NOW, say_nothing)
    before = sorted(house.data_dir.rglob("*"))

    with pytest.raises(Conflict) as refused:
        restore(house, tmp_path / "saved", say_nothing)

    assert refused.value.code == "not_empty"
    assert sorted(house.data_dir.rglob("*")) == before


@pytest.mark.usefixtures("made")
def test_a_restore_that_broke_off_has_left_an_empty_database_and_goes_on(
    house: Settings, empty: Settings, tmp_path: Path
) -> None:
    back_up(house, tmp_path / "saved", NOW, say_nothing)
    whole = tmp_path / "saved" / "database.sql.gz"
    kept = whole.read_bytes()
    text = gzip.decompress(kept)
    broken = (text[: len(text) // 2], text[: text.index(b"COPY public.clip ") + 200], text + b"select 1 / 0;")

    for each in broken:  # the input ends among statements, or among rows; or something is wrong in it
        whole.write_bytes(gzip.compress(each)[:-8])  # as when we are killed: it does not end, it stops
        with pytest.raises((PassItOnError, EOFError)):
            restore(empty, tmp_path / "saved", say_nothing)
        assert dump.is_empty(empty.database_url or "")
    whole.write_bytes(kept)

    assert restore(empty, tmp_path / "saved", say_nothing) == Report(1, 5)


def test_an_object_that_is_gone_is_told_unless_it_was_deleted_meanwhile(
    house: Settings, made: Made, tmp_path: Path
) -> None:
    (gone,) = (house.data_dir / "objects").glob(f"renditions/{made.id}/270/*")
    gone.unlink()

    report = back_up(house, tmp_path / "saved", NOW, say_nothing)

    assert (report.objects, report.lost) == (4, (f"renditions/{made.id}/270/0",))


@pytest.mark.usefixtures("made")
def test_where_objects_are_in_s3_the_database_is_saved_and_asks_for_them(
    house: Settings, empty: Settings, tmp_path: Path
) -> None:
    s3 = {"s3_endpoint": "https://s3.example", "s3_access_key": "a", "s3_secret_key": "s"}
    settings = Settings(database_url=house.database_url, data_dir=house.data_dir, **s3)  # type: ignore[arg-type]

    report = back_up(settings, tmp_path / "saved", NOW, say_nothing)
    with pytest.raises(Refused) as refused:
        restore(empty, tmp_path / "saved", say_nothing)

    assert report == Report(1, None)
    assert "objects in S3 (passiton at https://s3.example)" in refused.value.message


def test_the_commands_say_what_they_did_and_end_badly_where_something_was_lost(
    house: Settings, made: Made, tmp_path: Path
) -> None:
    environment = {"PASSITON_DATABASE_URL": house.database_url, "PASSITON_DATA_DIR": str(house.data_dir)}
    (gone,) = (house.data_dir / "objects").glob(f"renditions/{made.id}/270/*")

    well = CliRunner().invoke(app, ["backup", str(tmp_path / "saved")], env=environment)
    gone.unlink()
    badly = CliRunner().invoke(app, ["backup", str(tmp_path / "later"), "--json"], env=environment)

    assert (well.exit_code, well.stdout) == (0, f"Saved in {tmp_path / 'saved'}. Recordings: 1. Objects: 5.\n")
    assert badly.exit_code == 1
    assert json.loads(badly.stdout) == {"recordings": 1, "objects": 4, "lost": [f"renditions/{made.id}/270/0"]}


@pytest.mark.usefixtures("made")
def test_a_backup_of_a_newer_version_is_refused_before_anything_is_put(
    house: Settings, empty: Settings, tmp_path: Path
) -> None:
    back_up(house, tmp_path / "saved", NOW, say_nothing)
    about = tmp_path / "saved" / "backup.json"
    about.write_text(json.dumps({**json.loads(about.read_text()), "tables": "9999"}))

    with pytest.raises(Refused) as refused:
        restore(empty, tmp_path / "saved", say_nothing)

    assert "newer version" in refused.value.message
    assert not empty.data_dir.exists()


def test_where_nothing_is_kept_nothing_is_begun(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        back_up(Settings(data_dir=tmp_path / "wrong"), tmp_path / "saved", NOW, say_nothing)

    assert refused.value.code == "nothing_kept"
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_backup_is_refused(empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "backup.json").write_text('{"format": 99}')

    for folder in (tmp_path / "nowhere", tmp_path / "other"):
        with pytest.raises(Refused) as refused:
            restore(empty, folder, say_nothing)
        assert refused.value.code == "no_backup"


def test_every_column_that_names_an_object_is_known(store: Store) -> None:
    with store.transaction() as tx:
        columns = tx.execute(
            "select table_name, column_name from information_schema.columns"
            r" where table_schema = 'public' and data_type = 'text' and column_name like '%\_key'"
        ).fetchall()

    assert sorted(columns) == sorted(dump.KEY_COLUMNS)
