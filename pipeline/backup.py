"""Everything in one folder, made while the house is open, and put into an empty place: `passiton backup`, `restore`.

    backup.json       when, by which version of the tables, how many objects; written last
    database.sql.gz   the database, at one moment
    objects/          what its rows name; not there where objects are in S3: that bucket is its owner's to save
    staging/          what had arrived at that moment and lay on this machine alone
    machine           this machine's name: jobs for what lies in staging/ bear it

Objects are never written twice, so they may be copied after that moment, while everything goes on. One that was
deleted meanwhile is in the backup no more than in the house.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from capture.staging import Staging
from domain.errors import Conflict, Refused
from pipeline import wiring
from pipeline.settings import Settings
from store import dump
from store.embedded_place import sync_folder
from store.objects import Objects, check_key
from store.postgres import Store, Tx, knows, row, rows

FORMAT = 1
_UNFINISHED = ".unfinished"  # behind the folder's name, until it is whole
_DATABASE, _OBJECTS, _STAGING, _MACHINE, _ABOUT = "database.sql.gz", "objects", "staging", "machine", "backup.json"
_LOOK_EVERY = 100  # objects

Say = Callable[[str, float], None]


@dataclass(frozen=True)
class Report:
    """What a backup holds, or a restore has put in its place."""

    recordings: int
    objects: int | None  # None: they are in S3, and stay there
    lost: tuple[str, ...] = ()  # keys that the database names, and where nothing is


def back_up(settings: Settings, folder: Path, now: datetime, say: Say) -> Report:
    """Writes a new folder, which is there when it is whole.

    Raises Conflict (`not_empty`, `backup_runs`) and Refused (`nothing_kept`).
    """
    if folder.exists():
        raise Conflict(f"There is a {folder} already. A backup goes into a new folder.", code="not_empty")
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        raise Refused(f"Nothing is kept in {settings.data_dir}. Set PASSITON_DATA_DIR.", code="nothing_kept")
    with _aside(folder) as aside, wiring.server(settings) as dsn:
        store = Store(dsn)
        try:
            report = _write(settings, store, aside, now, say)
        finally:
            store.close()
        os.sync()  # one for all: a backup may be of a million files
        aside.rename(folder)
        sync_folder(folder.parent)
    return report


def restore(settings: Settings, folder: Path, say: Say) -> Report:
    """Puts a backup where nothing is yet. After a kill the same again goes on: the database comes last, whole.

    Raises Refused (`no_backup`) and Conflict (`not_empty`).
    """
    about = _about(folder)
    if about["objects"] is not None and not (folder / _OBJECTS).is_dir():
        raise Refused(f"{folder / _OBJECTS} is missing: this backup is not whole.", code="no_backup")
    if about["objects"] is None and settings.s3_endpoint is None:
        raise Refused(
            f"This backup was made with objects in S3 ({about['bucket']}), and has none. Set PASSITON_S3_ENDPOINT and "
            "the settings beside it to where they are.",
            code="no_backup",
        )
    if not knows(about["tables"]):
        raise Refused("A newer version of Pass It On made this backup. Restore it with that one.", code="no_backup")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with wiring.server(settings) as dsn:
        if not dump.is_empty(dsn):
            raise Conflict(
                "Something is kept here already, and a backup is put into an empty place only: set PASSITON_DATA_DIR "
                "to a new folder, and PASSITON_DATABASE_URL, if it is set, to a new database.",
                code="not_empty",
            )
        if about["objects"] is not None:
            _put_objects(folder / _OBJECTS, wiring.object_store(settings), about["objects"], say)
        _put_staged(folder, settings.data_dir)
        say("database", 0.0)
        dump.load(dsn, folder / _DATABASE)
        say("database", 1.0)
    return Report(about["recordings"], about["objects"], tuple(about["lost"]))


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """An empty folder beside it, ours alone. What a kill has left of one is removed first."""
    aside = folder.with_name(folder.name + _UNFINISHED)
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(aside, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another backup is being written to {folder}.", code="backup_runs") from None
        for left in aside.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        try:
            yield aside
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    finally:
        os.close(lock)


def _write(settings: Settings, store: Store, aside: Path, now: datetime, say: Say) -> Report:
    apart = settings.s3_endpoint is not None
    keys = aside / "keys"
    with store.snapshot() as tx:
        seen = dump.exported(tx)
        _save_staged(tx, settings.data_dir, aside)
        say("database", 0.0)
        dump.dump(store.dsn, aside / _DATABASE, seen)
        say("database", 1.0)
        count = row(tx, "select count(*) as recordings from recording where deleted_at is null")
        version = row(tx, "select version_num from alembic_version")
        with keys.open("w") as file:
            total = 0 if apart else sum(1 for key in dump.named(tx) if file.write(key + "\n"))
    assert count is not None
    assert version is not None
    saved: int | None = None
    lost: tuple[str, ...] = ()
    if not apart:
        saved, lost = _save_objects(store, wiring.object_store(settings), keys, aside / _OBJECTS, total, say)
    keys.unlink()
    report = Report(count["recordings"], saved, lost)
    about = {
        "format": FORMAT, "made_at": now.isoformat(), "tables": version["version_num"],
        "recordings": report.recordings, "objects": report.objects, "lost": list(lost),
        "bucket": f"{settings.s3_bucket} at {settings.s3_endpoint}" if apart else None,
    }  # fmt: skip
    (aside / _ABOUT).write_text(json.dumps(about, indent=1) + "\n")
    return report


def _save_staged(tx: Tx, data: Path, aside: Path) -> None:
    """What is not in the object store yet. Of that, a moment later, it may be gone from here."""
    (aside / _STAGING).mkdir(mode=0o700)
    with suppress(FileNotFoundError):
        shutil.copyfile(data / _MACHINE, aside / _MACHINE)
    for each in rows(tx, "select upload_id from recording where original_key is null and deleted_at is null"):
        for suffix in (".part", ".json"):
            name = each["upload_id"] + suffix
            with suppress(FileNotFoundError):
                _link_or_copy(data / _STAGING / name, aside / _STAGING / name)


def _save_objects(
    store: Store, objects: Objects, keys: Path, folder: Path, total: int, say: Say
) -> tuple[int, tuple[str, ...]]:
    """Copies them: how many, and the keys of those that are gone and yet named."""
    folder.mkdir(mode=0o700)
    missing = set()
    with keys.open() as file:
        for number, line in enumerate(file):
            key = check_key(line.rstrip("\n"))
            source, target = objects.local_path(key), folder / key
            assert source is not None, "objects in S3 are not saved"
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                _link_or_copy(source, target)
            except FileNotFoundError:
                missing.add(key)
            if number % _LOOK_EVERY == 0:
                say("objects", number / total)
    if not missing:
        return total, ()
    with store.transaction() as tx:
        return total - len(missing), tuple(sorted(missing.intersection(dump.named(tx))))


def _put_objects(folder: Path, objects: Objects, total: int, say: Say) -> None:
    found = 0
    for path in folder.rglob("*"):
        if path.is_file():
            objects.put_file(check_key(path.relative_to(folder).as_posix()), path)
            found += 1
            if found % _LOOK_EVERY == 0:
                say("objects", found / total)
    if found != total:
        raise Refused(f"This backup had {total} objects, and has {found}: it is not whole.", code="no_backup")


def _put_staged(folder: Path, data: Path) -> None:
    staging = Staging(data / _STAGING)
    for path in (folder / _STAGING).iterdir():
        aside = staging.folder / f"{path.name}.new"
        shutil.copyfile(path, aside)
        aside.rename(staging.folder / path.name)
    with suppress(FileNotFoundError):
        shutil.copyfile(folder / _MACHINE, data / _MACHINE)
    os.sync()


def _about(folder: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((folder / _ABOUT).read_text())
        if about["format"] == FORMAT:
            return about
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise Refused(f"{folder} is no backup, or one of another version of Pass It On.", code="no_backup")


def _link_or_copy(source: Path, target: Path) -> None:
    """A link costs nothing, and is as good: what is linked here is never written to again."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
