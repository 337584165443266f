# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Recordings: what came from a phone, and where it is on its way."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.brief import Answers
from domain.clip import MAX_ANSWER, Expertise, Level
from domain.errors import Conflict, Gone, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.media import Probe
from domain.recording import DOUBTED, Film, Recording, Step, StepState
from domain.title import MAX_TITLE, checked_title
from store import consent, media, reel_films, sweeps, voices
from store.claim import LOCK, claim, lock_around
from store.clip_changes import follow_name, forget_recording
from store.paging import Page, after, cut_page, limited
from store.people import Standing
from store.postgres import Row, Tx, row, rows
from store.sight import CURATES, CURATES_CLIP, OWN, OWN_FOR, SEES_CLIP
from store.text import clean, one_line

_MAX_FILENAME = 255  # characters
_MAX_MEDIA_TYPE = 100  # characters
_COLUMNS = (
    "r.id, r.public_id, r.upload_id, r.space_id, r.uploader_id, r.speaker_id, r.title, r.filename, r.media_type,"
    " r.byte_size, r.created_at, r.version, r.media_key, r.language, r.sha256, r.original_key, r.probe,"
    " r.refusal_code, r.refusal_message, r.deleted_at, r.brief_id, r.audience, r.prerequisites, r.kind, r.level,"
    " r.same_as, r.despite, r.original_gone_at, r.named, r.film, r.film_bytes,"
    " r.language_certainty"
)


def arrive(
    tx: Tx,
    *,
    upload_id: str,
    space_id: UUID,
    uploader_id: UUID,
    speaker_id: UUID,
    title: str,
    filename: str,
    media_type: str,
    byte_size: int,
    step_names: Sequence[str],
    named: bool = False,
    brief_id: UUID | None = None,
    answers: Answers = Answers(),  # noqa: B008 - frozen
    speaker: str = "",
    terms: int = 0,
) -> tuple[Recording, bool]:
    """The recording of an upload, and whether this call made it, with a waiting step for each name.

    Any number of calls for one upload, at once or after each other, make one recording. Who speaks in what
    they sent has agreed to be shown where the sentence they saw was today's (`terms`, its version; 0: none);
    `named`: a person gave it its title. `speaker` is the name of somebody else who does, and is asked.
    """
    recording_id = uuid7()
    made = tx.execute(
        "insert into recording (id, public_id, upload_id, space_id, uploader_id, speaker_id, title, filename,"
        " media_type, byte_size, media_key, brief_id, audience, prerequisites, kind, level, named)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (upload_id) do nothing",
        [
            recording_id,
            public_id(),
            clean(upload_id),
            space_id,
            uploader_id,
            speaker_id,
            one_line(title)[:MAX_TITLE],
            one_line(filename)[:_MAX_FILENAME],
            one_line(media_type)[:_MAX_MEDIA_TYPE],
            byte_size,
            media.new_media_key(),
            brief_id,
            one_line(answers.audience)[:MAX_ANSWER],
            one_line(answers.prerequisites)[:MAX_ANSWER],
            answers.kind,
            answers.level,
            named,
        ],
    ).rowcount
    if made:
        with tx.cursor() as cursor:
            cursor.executemany(
                "insert into step (recording_id, name, position) values (%s, %s, %s)",
                [(recording_id, name, position) for position, name in enumerate(step_names)],
            )
        consent.arrived(tx, recording_id, uploader_id=uploader_id, speaker_id=speaker_id, speaker=speaker, terms=terms)
    found = by_upload(tx, upload_id)
    assert found is not None
    return found, bool(made)


def load(tx: Tx, recording_id: UUID, *, lock: bool = False) -> Recording:
    """For workers: whoever's it is, deleted or not. Raises NotFound.

    With `lock`, other steps of this recording wait until the transaction ends.
    """
    query = f"select {_COLUMNS} from recording r where r.id = %s {LOCK if lock else ''}"
    found = _built(tx, rows(tx, query, [recording_id]))
    if not found:
        raise NotFound("There is no such recording.")
    return found[0]


def recording(tx: Tx, public_id: str, viewer_id: UUID, *, briefs: Collection[UUID] | None = None) -> Recording:
    """One's own, or one in a space that one curates: else NotFound. Raises Gone when it was deleted.

    With `briefs` (`Person.briefs`, of a guest): one's own that answer one of these, and no others.
    """
    found: tuple[Recording, ...] = ()
    if is_public_id(public_id):
        query = f"select {_COLUMNS} from recording r where r.public_id = %(id)s and {_whose(briefs)}"
        found = _built(tx, rows(tx, query, {"id": public_id, "viewer": viewer_id, "briefs": list(briefs or ())}))
    if not found:
        raise NotFound("There is no such recording, or it is not yours to see.")
    if found[0].deleted_at is not None:
        raise Gone("This recording was deleted.")
    return found[0]


@dataclass(frozen=True)
class Named:
    """What a recording is called, for a list of its clips."""

    public_id: str
    title: str
    filename: str  # a stranger's text
    created_at: datetime
    brief: str  # the title of the one that it answers; empty when it answers none
    rendered: bool  # no more pictures of it will come
    doubted: str | None  # its language, where somebody should say which it is


def named(tx: Tx, recording_ids: Iterable[UUID], viewer_id: UUID) -> dict[UUID, Named]:
    """Those that the viewer sees, or of which they curate a clip."""
    found = rows(
        tx,
        "select r.id, r.public_id, r.title, r.filename, r.created_at, coalesce(b.title, '') as brief,"
        " not exists (select from step s where s.recording_id = r.id and s.name = 'render'"
        "   and s.state not in ('done', 'failed')) as rendered,"
        " case when r.language_certainty < %(doubted)s then r.language end as doubted"
        " from recording r left join brief b on b.id = r.brief_id"
        f" where r.id = any(%(ids)s) and ({OWN} or {CURATES} or exists (select from clip_part p"
        f" join clip c on c.id = p.clip_id where p.recording_id = r.id and c.deleted_at is null and {CURATES_CLIP}))",
        {"ids": list(set(recording_ids)), "viewer": viewer_id, "doubted": DOUBTED},
    )
    return {each.pop("id"): Named(**each) for each in found}


def by_unknown(tx: Tx, recording_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these that came by an open link from somebody who typed a name: for curators, who may know better."""
    found = rows(
        tx,
        "select r.id from recording r join person p on p.id = r.uploader_id where r.id = any(%s) and p.self_named",
        [list(set(recording_ids))],
    )
    return frozenset(each["id"] for each in found)


def probe_of_clip(tx: Tx, clip_id: UUID, viewer_id: UUID) -> Probe | None:
    """Of the recording that a clip begins with, for whoever sees the clip: its page is laid out by it."""
    found = row(
        tx,
        "select r.probe from clip c join clip_part p on p.clip_id = c.id join recording r on r.id = p.recording_id"
        f" where c.id = %(id)s and c.deleted_at is null and {SEES_CLIP} order by p.position limit 1",
        {"id": clip_id, "viewer": viewer_id},
    )
    return _probe(found["probe"]) if found else None


def by_upload(tx: Tx, upload_id: str) -> Recording | None:
    """What an upload has become, for whoever holds its secret name: deleted or not.

    It may be an upload that its recording was once made of, or one that came too late to be needed.
    """
    joined = "select recording_id from joined_upload where upload_id = %(upload)s"
    query = f"select {_COLUMNS} from recording r where r.upload_id = %(upload)s or r.id = ({joined})"
    found = _built(tx, rows(tx, query, {"upload": clean(upload_id)}))
    return found[0] if found else None


def own_recordings(
    tx: Tx, viewer_id: UUID, *, briefs: Collection[UUID] | None = None, cursor: str | None = None, limit: int = 30
) -> Page[Recording]:
    """Those one uploaded or speaks in, newest first, without deleted ones; with `briefs`, that answer one of these.

    Raises Invalid (`bad_cursor`).
    """
    return _page(tx, OWN if briefs is None else OWN_FOR, viewer_id, cursor, limit, briefs)


def curated_recordings(
    tx: Tx, viewer_id: UUID, *, brief_id: UUID | None = None, cursor: str | None = None, limit: int = 30
) -> Page[Recording]:
    """Those in spaces that one curates, newest first, without deleted ones; with `brief_id`, that answer it.

    Raises Invalid (`bad_cursor`).
    """
    if brief_id is None:
        return _page(tx, CURATES, viewer_id, cursor, limit)
    return _page(tx, f"{CURATES} and r.brief_id = any(%(briefs)s)", viewer_id, cursor, limit, [brief_id])


def recordings_of_bytes(
    tx: Tx,
    viewer_id: UUID,
    sha256: bytes,
    *,
    briefs: Collection[UUID] | None = None,
    cursor: str | None = None,
    limit: int = 30,
) -> Page[Recording]:
    """Those whose file has these bytes, one's own and in spaces that one curates, newest first, without deleted ones.

    With `briefs`: one's own that answer one of these. Raises Invalid (`bad_cursor`).
    """
    return _page(tx, f"{_whose(briefs)} and r.sha256 = %(sha256)s", viewer_id, cursor, limit, briefs, sha256)


def kept(tx: Tx, recording_id: UUID, *, sha256: bytes, original_key: str) -> None:
    """Its original is in the object store. Raises Gone."""
    claim(tx, recording_id)
    tx.execute(
        "update recording set sha256 = %s, original_key = %s, same_as = null where id = %s",
        [sha256, original_key, recording_id],
    )


def looked(tx: Tx, recording_id: UUID, probe: Probe) -> None:
    """Raises Gone."""
    claim(tx, recording_id)
    fields = {**asdict(probe), "fps": str(probe.fps)}
    tx.execute("update recording set probe = %s where id = %s", [Jsonb(fields), recording_id])


def heard_language(tx: Tx, recording_id: UUID, language: str) -> None:
    """Raises Gone."""
    claim(tx, recording_id)
    tx.execute("update recording set language = %s where id = %s", [language, recording_id])


def guessed_language(tx: Tx, recording_id: UUID, certainty: float) -> None:
    """How sure of it the engine is that found it out. Raises Gone."""
    claim(tx, recording_id)
    tx.execute("update recording set language_certainty = %s where id = %s", [certainty, recording_id])


def hear_anew(tx: Tx, recording_id: UUID, language: str | None) -> None:
    """What an engine has heard so far is forgotten; None: the language is found out again. Raises Gone."""
    claim(tx, recording_id)
    tx.execute("update recording set language = %s, language_certainty = null where id = %s", [language, recording_id])
    tx.execute("delete from transcribed_stretch where recording_id = %s", [recording_id])


def refuse(tx: Tx, recording_id: UUID, code: str, message: str) -> None:
    """This file cannot become clips; `message` is for the expert. Raises Gone.

    A film that came after its sound had become clips is refused alone: those stay as they are.
    """
    claim(tx, recording_id)
    tx.execute(
        "update recording set refusal_code = %(code)s, refusal_message = %(message)s,"
        " film = case when film = 'came' and %(code)s <> 'already_here' and exists (select from clip_part p"
        "   join clip c on c.id = p.clip_id where p.recording_id = recording.id and c.deleted_at is null)"
        "  then 'refused' else film end where id = %(id)s",
        {"code": code, "message": clean(message), "id": recording_id},
    )


def clear_refusal(tx: Tx, recording_id: UUID) -> None:
    """Whoever tries again what repeats another recording wants it all the same. Raises Gone.

    Which one it repeats is known until it is kept: its bytes may be gone already.
    """
    claim(tx, recording_id)
    tx.execute(
        "update recording set despite = despite or refusal_code is not distinct from 'already_here',"
        " refusal_code = null, refusal_message = null,"
        " film = case film when 'refused' then 'came' else film end where id = %s",
        [recording_id],
    )


def rename(tx: Tx, recording_id: UUID, *, title: str, version: int) -> Recording:
    """Its one clip is renamed with it, until a person has touched that.

    Raises Invalid, Gone, and Conflict (`stale_version`) when somebody changed it since `version`.
    """
    title = checked_title(one_line(title))
    if claim(tx, recording_id)["version"] != version:
        raise Conflict("Somebody else changed this recording meanwhile. Load it again.", code="stale_version")
    tx.execute(
        "update recording set title = %s, named = %s, version = version + 1 where id = %s",
        [title, title != "", recording_id],
    )
    follow_name(tx, recording_id, title)
    return load(tx, recording_id)


def delete(tx: Tx, recording_id: UUID, now: datetime) -> sweeps.Remains:
    """Leaves a tombstone. What it leaves among the objects, to be cleared in this transaction: it is named once.

    What was said and shown is gone at once: transcripts, media tables, names, its proposed clips. A clip
    that has other parts too keeps those, is withdrawn, and waits for a curator. Comments stay.
    A second call names nothing.
    """
    lock_around(tx, [recording_id])
    try:
        claim(tx, recording_id)
    except Gone:
        return sweeps.Remains()
    listed = media.object_keys(tx, recording_id) + reel_films.forget(tx, recording_id, now)
    remains = sweeps.leave(tx, recording_id, listed, now)
    voices.forget_recording(tx, recording_id, now)
    forget_recording(tx, recording_id, now)
    consent.forget(tx, recording_id, now)
    for table in ("rendering", "listening", "transcribed_stretch", "transcript", "caption_track", "cover"):
        tx.execute(f"delete from {table} where recording_id = %s", [recording_id])
    tx.execute(
        "update recording set deleted_at = %s, media_key = %s, title = '', filename = '', probe = null,"
        " audience = '', prerequisites = '', sha256 = null, original_key = null, sound_key = null,"
        " version = version + 1 where id = %s",
        [now, media.new_media_key(), recording_id],
    )
    # Those that repeat its bytes name it.
    tx.execute(
        "update recording set same_as = null, refusal_message = case when refusal_code = 'already_here' then %s"
        " else refusal_message end"
        " where same_as = %s",
        [
            "You had sent this file before, and that recording was deleted since. Use this one, or delete it too.",
            recording_id,
        ],
    )
    return remains


def standing(tx: Tx, recording_id: UUID, person_id: UUID) -> Standing:
    found = row(
        tx,
        f"select {OWN} as own, {CURATES} as curates from recording r where r.id = %(id)s",
        {"id": recording_id, "viewer": person_id},
    )
    return Standing(**found) if found else Standing(own=False, curates=False)


def _whose(briefs: Collection[UUID] | None) -> str:
    return f"({OWN} or {CURATES})" if briefs is None else OWN_FOR


def _page(
    tx: Tx,
    whose: str,
    viewer_id: UUID,
    cursor: str | None,
    limit: int,
    briefs: Collection[UUID] | None = None,
    sha256: bytes | None = None,
) -> Page[Recording]:
    limit = limited(limit)
    last = after(cursor, UUID)[0] if cursor else None
    found = rows(
        tx,
        f"select {_COLUMNS} from recording r where {whose} and r.deleted_at is null"
        " and (%(last)s::uuid is null or r.id < %(last)s) order by r.id desc limit %(limit)s",
        {"viewer": viewer_id, "last": last, "limit": limit + 1, "briefs": list(briefs or ()), "sha256": sha256},
    )
    steps = _steps(tx, [each["id"] for each in found])
    return cut_page(found, limit, lambda each: _recording(each, steps), ["id"])


def _built(tx: Tx, found: Sequence[Row]) -> tuple[Recording, ...]:
    steps = _steps(tx, [each["id"] for each in found])
    return tuple(_recording(each, steps) for each in found)


def _recording(found: Row, steps: dict[UUID, tuple[Step, ...]]) -> Recording:
    typed = {
        "probe": _probe(found["probe"]),
        "kind": Expertise(found["kind"]) if found["kind"] else None,
        "level": Level(found["level"]) if found["level"] else None,
        "film": Film(found["film"]) if found["film"] else None,
    }
    return Recording(**{**found, **typed}, steps=steps.get(found["id"], ()))


def _probe(fields: dict[str, Any] | None) -> Probe | None:
    return None if fields is None else Probe(**{**fields, "fps": Fraction(fields["fps"])})


def _steps(tx: Tx, recording_ids: Iterable[UUID]) -> dict[UUID, tuple[Step, ...]]:
    found: dict[UUID, tuple[Step, ...]] = {}
    for each in rows(
        tx,
        "select recording_id, name, state, progress, attempts, started_at, finished_at, error_code, error_message"
        " from step where recording_id = any(%s) order by recording_id, position, name",
        [list(recording_ids)],
    ):
        recording_id = each.pop("recording_id")
        step = Step(**{**each, "state": StepState(each["state"])})
        found[recording_id] = (*found.get(recording_id, ()), step)
    return found
