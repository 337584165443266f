# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""How a takedown is settled: removed, cut or kept."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.consent import Reason, Takedown, TakedownState, checked_cuts, checked_words
from domain.deed import Deed
from domain.errors import Conflict, Invalid
from domain.span import Span
from store import act_log, circles
from store.approvals import demand_approved
from store.claim import LOCK, claim, lock_around
from store.clip_history import kept
from store.consent import demand_showable
from store.postgres import Tx, make_due, row, rows
from store.reel_films import REELS
from store.text import clean


def settle(
    tx: Tx,
    found: Takedown,
    state: TakedownState,
    *,
    by: UUID,
    now: datetime,
    answer: str = "",
    cut: Sequence[Span] = (),
) -> bool:
    """Settles a takedown; whether this call did. To be removed, the caller deletes the recording then.

    Cut: those seconds are never published again, and clips that show none of them may be. Kept: the
    clips it took out of publication are back, as far as nothing else keeps them. The same answer again
    changes nothing. Raises Conflict (`already_resolved` otherwise, `consent_missing` to keep what
    somebody does not agree to), Invalid (`bad_words`, `bad_cut`, `no_reason`), Gone.
    """
    answer = checked_words(clean(answer).strip())
    touched = rows(
        tx,
        "select distinct p.recording_id from takedown_clip b join clip_part p on p.clip_id = b.clip_id"
        " where b.takedown_id = %s",
        [found.id],
    )
    lock_around(tx, [found.recording_id, *(each["recording_id"] for each in touched)])
    now_is = row(tx, f"select state from takedown where id = %s {LOCK}", [found.id])
    assert now_is is not None
    if now_is["state"] != TakedownState.OPEN:
        if now_is["state"] == state:
            return False
        raise Conflict("Somebody settled this takedown already. Load the page again.", code="already_resolved")
    claim(tx, found.recording_id)
    spans = checked_cuts(cut, found.at_ms) if state is TakedownState.CUT else ()
    if state is TakedownState.OPEN:
        raise Invalid("A takedown is removed, cut or kept.", code="bad_resolution")
    if state is TakedownState.KEPT:
        _demand_keepable(tx, found, answer)
    tx.execute(
        "update takedown set state = %s, resolved_by = %s, resolved_at = %s, answer = %s, cut_starts_ms = %s,"
        " cut_ends_ms = %s where id = %s",
        [state, by, now, answer, [s.start_ms for s in spans], [s.end_ms for s in spans], found.id],
    )
    said = f"{state.value}: {answer}" if answer else state.value
    act_log.note_recording(tx, Deed.SETTLED_TAKEDOWN, found.recording_id, by=by, now=now, words=said)
    if state is TakedownState.KEPT:
        _publish_again(tx, found.id, by, now)
    return True


def _demand_keepable(tx: Tx, found: Takedown, answer: str) -> None:
    if not answer:
        raise Invalid("Say why it is kept: whoever asked reads it.", code="no_reason")
    said_no = row(
        tx,
        "select from appearance where id = %s and state in ('declined', 'withdrawn')",
        [found.appearance_id],
    )
    if found.reason in {Reason.WITHDRAWN, Reason.DECLINED} and said_no is not None:
        raise Conflict(
            f"{found.about or 'Who asked'} does not agree. It can be kept once they agree again.",
            code="consent_missing",
        )


def _publish_again(tx: Tx, takedown_id: UUID, by: UUID, now: datetime) -> None:
    """As it was published, with its place in the feed: those clips that nothing else keeps."""
    for each in rows(
        tx,
        "select c.id, b.published_at, b.published_by from takedown_clip b join clip c on c.id = b.clip_id"
        f" where b.takedown_id = %s and c.deleted_at is null and c.published_at is null order by c.id {LOCK} of c",
        [takedown_id],
    ):
        parts = rows(tx, "select recording_id, start_ms, end_ms from clip_part where clip_id = %s", [each["id"]])
        try:
            demand_showable(tx, [(p["recording_id"], p["start_ms"], p["end_ms"]) for p in parts])
            demand_approved(tx, each["id"])
        except Conflict:
            continue  # it waits for review, where it says what is missing
        with kept(tx, each["id"], "published", by, now):
            tx.execute(
                "update clip set published_at = %s, published_by = %s where id = %s",
                [each["published_at"], each["published_by"], each["id"]],
            )
        circles.end(tx, each["id"], now, shown=True)
        make_due(tx, REELS, each["id"])
