"""The sounds of comments that were spoken, and how far the writing down of their words is.

A row is written before its object is put (`promise`), and deleted after that is (`cleared`): so a kill at any line
leaves nothing that no row knows, and `of_nobody` finds what is to go. A sound goes with the words of its comment, with
its recording, and with its speaker, whose name it is. While a moderator has removed the comment it is kept, and played
to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.comment import MAX_TEXT
from domain.errors import NotFound, TooMany
from domain.ids import is_public_id, public_id, uuid7
from domain.media import Kind
from domain.voice import MAX_AN_HOUR, Voice, VoiceState
from store import keys, moments
from store.media import Piece
from store.postgres import Tx, make_due, row, rows
from store.text import clean

VOICE = "voice"  # the job that writes one down, or clears one away
MAX_TRIES = 5
# The sound of the comment m, for whoever has been let see it.
SPOKEN = """(select json_build_array(v.public_id, v.state, v.length_ms, v.language, encode(o.media_key, 'hex'))
    from voice v join recording o on o.id = v.recording_id where v.comment_id = m.id and m.deleted_at is null)"""
_LONGEST = timedelta(days=1)  # from a promise until it is a comment; nobody is at it any more then


@dataclass(frozen=True)
class Promised:
    """A sound that is about to be kept under `key`, and to become a comment."""

    id: UUID
    key: str


@dataclass(frozen=True)
class Unwritten:
    """One whose words are wanted. `tries`: with this one."""

    recording_id: UUID
    key: str
    tries: int


def demand_room(tx: Tx, person_id: UUID, now: datetime) -> None:
    """Raises TooMany (`voices_paced`)."""
    lately = row(
        tx,
        "select count(*) as n from voice where person_id = %s and made_at > %s",
        [person_id, now - timedelta(hours=1)],
    )
    if lately is not None and lately["n"] >= MAX_AN_HOUR:
        raise TooMany("You have said much aloud within the hour. Write this one, or say it later.", code="voices_paced")


def promise(tx: Tx, recording_id: UUID, person_id: UUID, *, length_ms: int, byte_size: int, now: datetime) -> Promised:
    made = uuid7()
    tx.execute(
        "insert into voice (id, public_id, recording_id, person_id, length_ms, byte_size, made_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        [made, public_id(), recording_id, person_id, length_ms, byte_size, now],
    )
    return Promised(made, keys.voice(recording_id, made))


def become(tx: Tx, voice_id: UUID, comment_id: UUID) -> None:
    """What was promised is the sound of this comment, and its words are to be written down. Raises NotFound."""
    found = row(
        tx,
        "select v.recording_id, m.recording_id as about from voice v, comment m"
        " where v.id = %s and v.gone_at is null and v.comment_id is null and m.id = %s for update of v",
        [voice_id, comment_id],
    )
    if found is None or found["recording_id"] != found["about"]:
        raise NotFound("This sound is not here any more. Send it again.")
    tx.execute(
        "update voice set comment_id = %s, object_key = %s where id = %s",
        [comment_id, keys.voice(found["recording_id"], voice_id), voice_id],
    )
    make_due(tx, VOICE, voice_id)


def voice_from(found: Sequence[Any] | None) -> Voice | None:
    """From a column that is SPOKEN."""
    if found is None:
        return None
    id_, state, length_ms, language, media_key = found
    return Voice(id_, VoiceState(state), length_ms, language, bytes.fromhex(media_key))


def piece(tx: Tx, name: str) -> Piece:
    """The sound, for whoever shows a valid signature: no viewer is asked for. Raises NotFound."""
    found = None
    if is_public_id(name):
        found = row(
            tx,
            "select r.media_key, v.object_key, v.byte_size from voice v join comment m on m.id = v.comment_id"
            " join recording r on r.id = v.recording_id"
            " where v.public_id = %s and m.deleted_at is null and r.deleted_at is null and v.object_key is not null",
            [name],
        )
    if found is None:
        raise NotFound("There is no such sound.")
    return Piece(found["media_key"], Kind.AUDIO, None, found["object_key"], 0, found["byte_size"])


def begin(tx: Tx, voice_id: UUID) -> Unwritten | None:
    """One more try at its words; None when nobody waits for them."""
    found = row(
        tx,
        "update voice v set tries = v.tries + 1 from comment m where v.id = %s and v.state = 'waiting'"
        " and m.id = v.comment_id and m.deleted_at is null and m.text = ''"
        " returning v.recording_id, v.object_key as key, v.tries",
        [voice_id],
    )
    return None if found is None else Unwritten(**found)


def uncount(tx: Tx, voice_id: UUID) -> None:
    """It was no fault of the sound that this try came to nothing."""
    tx.execute("update voice set tries = tries - 1 where id = %s and tries > 0", [voice_id])


def write(tx: Tx, voice_id: UUID, words: str, language: str | None) -> None:
    """What was heard becomes the text of the comment; without words it is silent. What its author has written
    meanwhile stays. It names nobody: an @ that was heard is none that somebody typed.
    """
    words = clean(words).strip()[:MAX_TEXT]
    found = _held(tx, voice_id)
    if found is None:
        return
    state = VoiceState.WRITTEN if words else VoiceState.SILENT
    tx.execute("update voice set state = %s, language = %s where id = %s", [state, language, voice_id])
    times = moments.times(words, found["recording_id"], moments.parts_of(tx, found["clip_id"]))
    tx.execute(
        "update comment set text = %s, times_ms = %s, version = version + 1 where id = %s", [words, times, found["id"]]
    )


def give_up(tx: Tx, voice_id: UUID) -> None:
    """Its words will not come from us; its author can write them."""
    if (found := _held(tx, voice_id)) is not None:
        tx.execute("update voice set state = 'failed' where id = %s", [voice_id])
        tx.execute("update comment set version = version + 1 where id = %s", [found["id"]])


def written_by_hand(tx: Tx, comment_id: UUID) -> None:
    """Its author wrote what it says."""
    tx.execute("update voice set state = 'written' where comment_id = %s", [comment_id])


def waiting(tx: Tx) -> tuple[UUID, ...]:
    """Those whose words are wanted."""
    found = rows(
        tx,
        "select v.id from voice v join comment m on m.id = v.comment_id"
        " where v.state = 'waiting' and m.deleted_at is null order by v.id",
    )
    return tuple(each["id"] for each in found)


def forget(tx: Tx, comment_ids: Sequence[UUID], now: datetime) -> None:
    """The sounds of these comments are nobody's from now on, and cleared away in a moment."""
    _let_go(tx, "comment_id = any(%s)", list(comment_ids), now)


def forget_recording(tx: Tx, recording_id: UUID, now: datetime) -> None:
    """Whoever calls clears the recording's objects."""
    _let_go(tx, "recording_id = %s", recording_id, now)


def forget_speaker(tx: Tx, person_id: UUID, now: datetime) -> None:
    """A voice is a name: it goes also where the words stay."""
    _let_go(tx, "person_id = %s", person_id, now)


def unsaid(tx: Tx, voice_id: UUID, now: datetime) -> None:
    """What was promised does not become a comment."""
    _let_go(tx, "id = %s and comment_id is null", voice_id, now)


def of_nobody(tx: Tx, now: datetime) -> tuple[UUID, ...]:
    """Those that are gone, or were promised so long ago that nobody is at it any more."""
    found = rows(
        tx,
        "select id from voice where comment_id is null and (gone_at is not null or made_at < %s) order by id limit 500",
        [now - _LONGEST],
    )
    return tuple(each["id"] for each in found)


def to_clear(tx: Tx, voice_id: UUID, now: datetime) -> str | None:
    """The key of the object that is to be deleted now, if it is; its row is held until the transaction ends."""
    found = row(
        tx,
        "select recording_id from voice where id = %s and comment_id is null"
        " and (gone_at is not null or made_at < %s) for update",
        [voice_id, now - _LONGEST],
    )
    return None if found is None else keys.voice(found["recording_id"], voice_id)


def cleared(tx: Tx, voice_id: UUID) -> None:
    """Its object is deleted. Comes after: a kill in between deletes once more, which does no harm."""
    tx.execute("delete from voice where id = %s", [voice_id])


def _held(tx: Tx, voice_id: UUID) -> dict[str, UUID] | None:
    """The comment that waits for its words, held until the transaction ends; None when it does no more."""
    return row(
        tx,
        "select m.id, m.recording_id, m.clip_id from voice v join comment m on m.id = v.comment_id"
        " where v.id = %s and v.state = 'waiting' and m.deleted_at is null and m.text = '' for no key update of m",
        [voice_id],
    )


def _let_go(tx: Tx, which: str, of: object, now: datetime) -> None:
    gone = rows(
        tx,
        "update voice set comment_id = null, object_key = null, gone_at = %s"  # noqa: S608 - our own words
        f" where {which} and gone_at is null returning id",
        [now, of],
    )
    for each in gone:
        make_due(tx, VOICE, each["id"])
