# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""The same bytes twice: files that somebody has sent before. They are told so, and nothing is stored again."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from domain.recording import Recording
from store import steps
from store.claim import claim
from store.postgres import Tx, row, rows
from store.recordings import load, refuse
from store.sight import CURATES, OWN, OWN_FOR


def earlier(tx: Tx, recording: Recording, sha256: bytes) -> Recording | None:
    """What its uploader has kept here with the same bytes: the first that is neither deleted nor refused.

    Nor one whose original was let go: whoever wants it made anew is told to send the file again.

    From now until this transaction ends no other recording of theirs with these bytes gets past this
    line: of two that come at once, the second sees the first. Lock the recording's own row before.
    """
    name = f"same bytes {recording.uploader_id} {sha256.hex()}"
    tx.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    found = row(
        tx,
        "select id from recording where uploader_id = %s and sha256 = %s and id <> %s"
        " and deleted_at is null and original_gone_at is null and refusal_code is null order by id limit 1",
        [recording.uploader_id, sha256, recording.id],
    )
    return load(tx, found["id"]) if found else None


def note(tx: Tx, recording_id: UUID, same_as: UUID) -> None:
    """Which recording this one repeats. Raises Gone."""
    claim(tx, recording_id)
    tx.execute("update recording set same_as = %s where id = %s", [same_as, recording_id])


def pass_on(tx: Tx, now: datetime, *, of: UUID | None = None) -> None:
    """What a recording was refused for is what those that repeat it are refused for: same bytes, same answer.

    `of` one recording, or of all. Nothing of theirs is looked at for it: who sends one useless file a thousand times
    has it looked at once.
    """
    found = rows(
        tx,
        "select r.id, first.refusal_code as code, first.refusal_message as message"
        " from recording r join recording first on first.id = r.same_as"
        " where r.refusal_code = 'already_here' and r.deleted_at is null"
        " and first.refusal_code <> 'already_here' and (%(of)s::uuid is null or first.id = %(of)s)"
        " order by r.id for no key update of r skip locked",
        {"of": of},
    )
    for each in found:
        refuse(tx, each["id"], each["code"], each["message"])
        steps.fail(tx, each["id"], "keep", code=each["code"], message=each["message"], now=now)


def shown(
    tx: Tx, found: Iterable[Recording], viewer_id: UUID, *, briefs: Collection[UUID] | None = None
) -> dict[UUID, tuple[str, str]]:
    """Public id and name of what these repeat, by the id of what is repeated, as far as the viewer sees it.

    With `briefs` (`Person.briefs`, of a guest): among their own for these.
    """
    ids = list({each.same_as for each in found if each.same_as is not None and each.refusal_code is not None})
    if not ids:
        return {}
    whose = f"({OWN} or {CURATES})" if briefs is None else OWN_FOR
    seen = rows(
        tx,
        "select r.id, r.public_id, coalesce(nullif(r.title, ''), r.filename) as name from recording r"
        f" where r.id = any(%(ids)s) and r.deleted_at is null and {whose}",
        {"ids": ids, "viewer": viewer_id, "briefs": list(briefs or ())},
    )
    return {each["id"]: (each["public_id"], each["name"]) for each in seen}
