"""Sound first: two uploads of one tip, and one recording.

On a poor network a phone sends the sound of a tip at once, and its film when it can. Both uploads carry
the same `tip`, which is chance. The sound becomes a recording like any other. When the film comes, it
takes the sound's place in that recording: same address, title, answers, consent, comments, and whatever
people changed; all steps begin again. What was rendered of the sound plays until the film has something
to play (`renderings.let_leave`).

A film whose sound was deleted meanwhile is refused: it may be the last copy there is, and whoever has it decides.

    null: never two uploads      awaited --the film--> came --it is no good, its sound has become clips--> refused
                                 awaited --the person--> given_up --the film, after all--> came

A tip is looked for among its uploader's own, and for the same brief, alone: whoever learns somebody
else's gets an ordinary recording. Whatever a step found in the sound after the film has come is dropped
(`still`).

Times: a browser starts both recorders in one tick, but each counts from the first samples that it gets.
In Chromium 156 the sound in the film lies 0.0 ms beside the sound that came first, sample for sample (ten of
ten recordings, cross-correlated). So bounds and comments that people placed stay where they are.
"""

from uuid import UUID

from domain.errors import Gone
from domain.recording import Film, Recording
from store import media, renderings, steps
from store.claim import claim
from store.postgres import Tx, row, rows
from store.recordings import load
from store.text import clean, one_line


def of_tip(tx: Tx, uploader_id: UUID, tip: str, brief_id: UUID | None) -> Recording | None:
    """The recording of a tip, locked: this uploader's, for this brief, deleted or not.

    From now until this transaction ends no other upload of the tip gets past this line.
    """
    name = f"tip {uploader_id} {clean(tip)}"
    tx.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    found = row(
        tx,
        "select id from recording where uploader_id = %s and tip = %s and brief_id is not distinct from %s",
        [uploader_id, clean(tip), brief_id],
    )
    return load(tx, found["id"], lock=True) if found else None


def deleted(tx: Tx, uploader_id: UUID, tip: str, brief_id: UUID | None) -> bool:
    """Whether what had come of a tip was deleted."""
    found = row(
        tx,
        "select from recording where uploader_id = %s and tip = %s and brief_id is not distinct from %s"
        " and deleted_at is not null",
        [uploader_id, clean(tip), brief_id],
    )
    return found is not None


def note(tx: Tx, recording_id: UUID, tip: str, *, film: Film | None) -> None:
    """Which tip a new recording is of. A name that its uploader has used already is no name."""
    tx.execute(
        "update recording r set tip = %(tip)s, film = %(film)s where r.id = %(id)s and not exists ("
        " select from recording o where o.uploader_id = r.uploader_id and o.tip = %(tip)s)",
        {"id": recording_id, "tip": clean(tip), "film": film},
    )


def add_upload(tx: Tx, recording_id: UUID, upload_id: str) -> None:
    """An upload that its recording does not need: it is answered with the recording all the same."""
    tx.execute(
        "insert into joined_upload (upload_id, recording_id) values (%s, %s) on conflict do nothing",
        [clean(upload_id), recording_id],
    )


def take_place(
    tx: Tx, recording: Recording, *, upload_id: str, filename: str, media_type: str, byte_size: int
) -> Recording:
    """The film in place of its sound: every step waits. Call with the recording locked.

    The sound's original is kept until the film has been looked at, and goes with `spent`.
    """
    add_upload(tx, recording.id, recording.upload_id)
    tx.execute(
        "update recording set upload_id = %s, filename = %s, media_type = %s, byte_size = %s, film = 'came',"
        " film_bytes = null, sound_key = original_key, original_key = null, original_gone_at = null, sha256 = null,"
        " refusal_code = null, refusal_message = null, same_as = null where id = %s",
        [clean(upload_id), one_line(filename)[:255], one_line(media_type)[:100], byte_size, recording.id],
    )
    steps.reset_all(tx, recording.id)
    renderings.let_leave(tx, recording.id)
    media.forget_head(tx, recording.id)  # what was heard of the whole stays with what leaves
    tx.execute("delete from transcribed_stretch where recording_id = %s", [recording.id])
    return load(tx, recording.id)


def still(tx: Tx, recording: Recording) -> None:
    """Locks a recording for what a step found in its file. Raises Gone when it was deleted, or as `demand_same`."""
    claim(tx, recording.id)
    demand_same(tx, recording)


def demand_same(tx: Tx, recording: Recording) -> None:
    """Raises Gone (`film_came`) when a recording is of another file than when it was read."""
    if row(tx, "select from recording where id = %s and upload_id = %s", [recording.id, recording.upload_id]) is None:
        raise Gone("The film of this recording came while its sound was worked on.", code="film_came")


def waits(tx: Tx, recording_id: UUID, byte_size: int) -> None:
    """The film is on its phone, and has so many bytes. Nothing changes where none can come. Raises Gone."""
    claim(tx, recording_id)
    tx.execute(
        "update recording set film = 'awaited', film_bytes = %s where id = %s and film in ('awaited', 'given_up')",
        [byte_size, recording_id],
    )


def give_up(tx: Tx, recording_id: UUID) -> None:
    """The film will not come: the sound stays as a voice tip. Nothing changes where it has. Raises Gone."""
    claim(tx, recording_id)
    tx.execute(
        "update recording set film = 'given_up', film_bytes = null where id = %s and film = 'awaited'", [recording_id]
    )


def spent(tx: Tx) -> tuple[tuple[UUID, str], ...]:
    """(recording, key) of originals of sounds whose film is kept and fit for use."""
    found = rows(
        tx,
        "select r.id, r.sound_key from recording r where r.sound_key is not null and r.refusal_code is null"
        " and r.original_key is distinct from r.sound_key"
        " and exists (select from step s where s.recording_id = r.id and s.name = 'look' and s.state = 'done')",
    )
    return tuple((each["id"], each["sound_key"]) for each in found)


def forget_sound(tx: Tx, recording_id: UUID, key: str) -> None:
    """Its object is deleted: nothing leads to it any more. A second call changes nothing."""
    tx.execute("update recording set sound_key = null where id = %s and sound_key = %s", [recording_id, key])
