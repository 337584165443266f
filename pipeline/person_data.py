"""People's data: packed for who asked, cleared away, deleted when that is due. Each from its row, by housekeeping.

A kill at any line leaves the row as it was, and the next round does it again: an object has the name of its row, and
is deleted before the row says that it is gone.
"""

import contextlib
import json
import logging
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.errors import NotFound
from domain.person_data import MAX_ORIGINAL, MAX_ORIGINALS, Export
from store import keys, person_data, personal, transcripts
from store.objects import Objects
from store.postgres import Row, Store, Tx

ABOUT = """This is what is held about you.

data.json: who you are here, what you said, what you sent and speak in with what was written down of it, where you are
shown and what you agreed to, what you watched, saved and follow, how you come in, and, under `rest`, every other row
that names you, by table and column. Of what you did to what is another's it says which and when.
originals/: the files that you sent, as far as they are still kept and not too large; data.json names them all.
voices/: what you said aloud in comments.

Whatever lacks here is not kept, or cannot be told without telling of somebody else.
"""
_UNSAFE = re.compile(r"[^\w. ()-]+")
_AT_ONCE = 1 << 20  # bytes

log = logging.getLogger(__name__)


def tidy(store: Store, objects: Objects, scratch: Path, now: Callable[[], datetime], *, backup_days: int) -> None:
    """One round: files that were there long enough go, deletions that are due are done, exports are packed.

    Of several machines one does it.
    """
    with store.exclusive("person data") as ours:
        if not ours:
            return
        _clear(store, objects, now())
        _erase(store, objects, now(), backup_days)
        with store.transaction() as tx:
            waiting = person_data.to_make(tx)
        for each in waiting:
            with _trouble_logged("an export"):
                _make(store, objects, scratch, each, now)


def _clear(store: Store, objects: Objects, now: datetime) -> None:
    with store.transaction() as tx:
        due = person_data.to_clear(tx, now)
    for each in due:
        with _trouble_logged("an export"):
            objects.delete([keys.export(each)])
            with store.transaction() as tx:
                person_data.cleared(tx, each, now)


def _erase(store: Store, objects: Objects, now: datetime, backup_days: int) -> None:
    with store.transaction() as tx:
        due = person_data.to_erase(tx, now)
    for each in due:
        with _trouble_logged("a deletion"), store.transaction() as tx:
            gone = person_data.erase(tx, each, now, backup_days)
            objects.delete([keys.export(export) for export in gone])


def _make(store: Store, objects: Objects, scratch: Path, export: Export, now: Callable[[], datetime]) -> None:
    with tempfile.TemporaryDirectory(prefix="export-", dir=scratch) as folder:
        path = Path(folder) / "data.zip"
        with store.snapshot() as tx:
            data, files = gathered(tx, export, now())
        pack(path, data, files, objects)
        size = path.stat().st_size
        objects.put_file(keys.export(export.id), path)
    with store.transaction() as tx:
        wanted = person_data.made(tx, export, size, now())
    if not wanted:  # their data were deleted meanwhile
        objects.delete([keys.export(export.id)])


def gathered(tx: Tx, export: Export, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """What data.json says, and the files beside it: their names there, and the keys of their objects."""
    alone, person_id = export.by_oneself, export.person_id
    recordings = personal.recordings(tx, person_id)
    said = personal.comments(tx, person_id, alone=alone)
    files = _originals(recordings) | _voices(said)
    named = {key: name for name, key in files.items()}
    data = {
        "made_at": now,
        "you": personal.profile(tx, person_id),
        "comments": [_comment(each, named) for each in said],
        "recordings": [_recording(tx, each, named) for each in recordings],
        "rest": personal.others(tx, person_id, alone=alone),
        "left_out_since_an_admin_asked": personal.left_out(alone=alone),
    }
    return data, files


def pack(path: Path, data: dict[str, Any], files: dict[str, str], objects: Objects) -> None:
    """Writes the ZIP. A file that is gone by now is left out."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", ABOUT)
        packed.writestr("data.json", json.dumps(data, default=_plain, ensure_ascii=False, indent=1))
        for name, key in files.items():
            try:
                _copy(packed, name, key, objects)
            except NotFound:
                log.info("a file went while it was packed: it is left out")


def _copy(packed: zipfile.ZipFile, name: str, key: str, objects: Objects) -> None:
    size = objects.size(key)
    as_it_is = zipfile.ZipInfo(name)  # a film is as small as it gets
    with packed.open(as_it_is, "w", force_zip64=True) as file:
        for at in range(0, size, _AT_ONCE):
            file.write(objects.get_range(key, at, min(_AT_ONCE, size - at)))


def _originals(recordings: list[Row]) -> dict[str, str]:
    files, total = {}, 0
    for each in recordings:
        size = each["byte_size"] or 0
        if each["sent_by_you"] and each["original_key"] and size <= MAX_ORIGINAL and total + size <= MAX_ORIGINALS:
            total += size
            name = _UNSAFE.sub("_", each["filename"])[-80:].lstrip(". ") or "recording"
            files[f"originals/{each['public_id']} {name}"] = each["original_key"]
    return files


def _voices(said: list[Row]) -> dict[str, str]:
    return {f"voices/{each['id']}.m4a": each["sound_key"] for each in said if each["sound_key"]}


def _comment(found: Row, named: dict[str, str]) -> dict[str, Any]:
    sound = {"file": named[found["sound_key"]]} if found["sound_key"] else {}
    return {
        key: value
        for key, value in (found | sound).items()
        if key != "sound_key" and (sound or not key.startswith("sound_"))
    }


def _recording(tx: Tx, found: Row, named: dict[str, str]) -> dict[str, Any]:
    transcript = transcripts.transcript(tx, found["id"])
    shown = {key: value for key, value in found.items() if key not in {"id", "original_key"}}
    return {
        **shown,
        "file": named.get(found["original_key"]),
        "transcript": [
            {"start_ms": each.start_ms, "end_ms": each.end_ms, "text": each.text} for each in transcript.sentences
        ]
        if transcript
        else [],
    }


@contextlib.contextmanager
def _trouble_logged(what: str) -> Iterator[None]:
    """One person's trouble keeps no other from their turn."""
    try:
        yield
    except Exception:  # whatever it is: its row says what is to be done
        log.exception("%s of a person's data failed; the next round tries again", what)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
