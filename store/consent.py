# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Whether a clip may be shown: who in its recordings has not agreed, and what was taken down.

Whoever changes what is asked about here holds the recording's lock, and so does whoever publishes:
none of the two misses the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.consent import MAX_NAME, TERMS_VERSION, AppearsAs, Consent, How, lacking
from domain.errors import Conflict
from domain.ids import public_id, uuid7
from domain.phrases import Say, english, phrase
from store.claim import LOCK
from store.postgres import Row, Tx, row, rows
from store.text import one_line

# Who said no stands in nobody's way once the seconds that show them are cut out for good.
_IN_THE_WAY = """
    a.state = 'asked' or (a.state <> 'agreed'
        and not exists (select from takedown t where t.appearance_id = a.id and t.state = 'cut'))"""


@dataclass(frozen=True)
class Obstacle:
    """Why no clip of a recording may be published."""

    code: str
    sentence: str  # with %(name)s, where it is about somebody
    name: str | None = None  # empty: nobody knows it
    asked: UUID | None = None  # of whom it waits to say something

    def words(self, say: Say = english, to: UUID | None = None) -> str:
        """`say`: the language of whoever reads it; `to`: who that is, if somebody here."""
        if self.waits_for(to):
            return say("You have not agreed yet.")
        return say(self.sentence) if self.name is None else say(self.sentence, name=self.name or say("Somebody"))

    def waits_for(self, person_id: UUID | None) -> bool:
        return person_id is not None and self.asked == person_id


def arrived(
    tx: Tx, recording_id: UUID, *, uploader_id: UUID, speaker_id: UUID, speaker: str = "", terms: int = 0
) -> None:
    """Names who speaks in a recording that has just come.

    Sending what one speaks in oneself, below the sentence that says so, is agreeing: `terms` is the version of
    the sentence that was shown, 0 for none, and whoever was shown another than today's is asked. `speaker` is the
    name of somebody else who does: they are asked. So is who has left meanwhile: leaving takes consent
    along, also from what arrives later (`takedowns.of_those_who_left`).
    """
    name = one_line(speaker)[:MAX_NAME]  # shortened, never refused: a tip is worth more than a name
    # Shared with nobody who changes it: leaving waits for this recording, or this sees that they have left.
    here = row(tx, "select from person where id = %s and left_at is null for share", [speaker_id]) is not None
    appearance_id = uuid7()
    agreed = not name and speaker_id == uploader_id and terms == TERMS_VERSION and here
    tx.execute(
        "insert into appearance (id, public_id, recording_id, person_id, name, part, state, how, terms_version,"
        " asked_by, said_by, said_at) values (%(id)s, %(public_id)s, %(recording)s, %(person)s, %(name)s,"
        " %(part)s, %(state)s, %(how)s, %(terms)s, %(uploader)s, %(said_by)s, case when %(agreed)s then now() end)",
        {
            "id": appearance_id,
            "public_id": public_id(),
            "recording": recording_id,
            "person": None if name else speaker_id,
            "name": name,
            "part": AppearsAs.SPEAKER,
            "state": Consent.AGREED if agreed else Consent.ASKED,
            "how": How.SENT if agreed else None,
            "terms": TERMS_VERSION if agreed else None,
            "uploader": uploader_id,
            "said_by": uploader_id if agreed else None,
            "agreed": agreed,
        },
    )
    if agreed:
        put_on_record(tx, appearance_id)


def put_on_record(tx: Tx, appearance_id: UUID) -> None:
    """What they have just said: it stays when they say something else later."""
    tx.execute(
        "insert into consent_said (id, appearance_id, state, how, terms_version, said_by, said_at)"
        " select %s, id, state, how, terms_version, said_by, said_at from appearance where id = %s",
        [uuid7(), appearance_id],
    )


def forget(tx: Tx, recording_id: UUID, now: datetime) -> None:
    """The recording is being deleted: names that were given for it go, and what was asked of it is settled.

    Consent links stay, so that whoever has one can read that it is gone.
    """
    tx.execute("update appearance set name = '', words = '' where recording_id = %s", [recording_id])
    tx.execute(
        "update takedown set state = 'removed', resolved_at = %s where recording_id = %s and state = 'open'",
        [now, recording_id],
    )


def obstacles(tx: Tx, recording_ids: Iterable[UUID]) -> dict[UUID, tuple[Obstacle, ...]]:
    """Why nothing of these recordings may be published; those of which it may be are left out."""
    found: dict[UUID, list[Obstacle]] = {}
    for each in rows(
        tx,
        "select a.recording_id, 1 as sort, a.asked_at, a.id, coalesce(p.name, a.name) as name, a.part, a.state,"
        " a.person_id from appearance a left join person p on p.id = a.person_id"
        f" where a.recording_id = any(%(ids)s) and ({_IN_THE_WAY})"
        " union all select r.id, 2, null, null, null, null, null, null from recording r"
        f" where r.id = any(%(ids)s) and not exists (select from appearance a where a.recording_id = r.id and"
        f"   ({_IN_THE_WAY} or (a.part = 'speaker' and a.state = 'agreed')))"
        " union all select t.recording_id, 3, null, null, null, null, null, null from takedown t"
        " where t.recording_id = any(%(ids)s) and t.state = 'open' group by t.recording_id"
        " order by sort, asked_at, id",
        {"ids": list(set(recording_ids))},
    ):
        found.setdefault(each["recording_id"], []).append(_obstacle(each))
    return {recording_id: tuple(each) for recording_id, each in found.items()}


def demand_showable(
    tx: Tx, parts: Sequence[tuple[UUID, int, int]], *, what: str = "published", by: UUID | None = None
) -> None:
    """Whether a clip of these parts (recording, start and end in milliseconds) may be shown; `what` would show it, and
    `by` is who asks.

    Raises Conflict: `consent_missing` and who has not agreed, `takedown_open`, `cut_out` for seconds that
    were cut out at somebody's wish.
    """
    ids = [part[0] for part in parts]
    # Held already, unless the clip's parts have changed while its caller waited for those that it had.
    tx.execute(f"select from recording where id = any(%s) order by id {LOCK}", [ids])
    found = [each for of_one in obstacles(tx, ids).values() for each in of_one]
    if found:
        said = " ".join(dict.fromkeys(each.words(to=by) for each in found))
        code = min((each.code for each in found), key=("consent_missing", "takedown_open").index)
        do = "Agree" if any(each.waits_for(by) for each in found) else "Ask"
        todo = f"{do} on the recording's page." if code == "consent_missing" else "Settle it under Takedowns first."
        raise Conflict(f"This clip cannot be {what}. {said} {todo}", code=code)
    cut = row(
        tx,
        "select t.id from unnest(%s::uuid[], %s::int[], %s::int[]) as p (recording_id, start_ms, end_ms)"
        " join takedown t on t.recording_id = p.recording_id and t.state = 'cut'"
        " cross join unnest(t.cut_starts_ms, t.cut_ends_ms) as c (start_ms, end_ms)"
        " where p.start_ms < c.end_ms and c.start_ms < p.end_ms limit 1",
        [ids, [part[1] for part in parts], [part[2] for part in parts]],
    )
    if cut is not None:
        raise Conflict(
            "This clip shows seconds that were cut out because somebody in them asked. Move its bounds past them.",
            code="cut_out",
        )


def _obstacle(found: Row) -> Obstacle:
    if found["sort"] == 3:
        return Obstacle("takedown_open", phrase("A takedown of it is open."))
    if found["sort"] == 2:
        return Obstacle("consent_missing", phrase("Nobody who speaks in it has agreed."))
    state = Consent(found["state"])
    asked = found["person_id"] if state is Consent.ASKED else None
    return Obstacle("consent_missing", lacking(AppearsAs(found["part"]), state), found["name"], asked)
