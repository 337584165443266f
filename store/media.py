# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What was heard in a recording, and what was made of it, as players need it. How it is made: store/renderings.py."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from domain.cover import mutes_in, touches
from domain.edge import Edge, EdgeFragment, Edges
from domain.errors import NotFound
from domain.ids import is_public_id
from domain.media import (
    PEAK_MS,
    Encoder,
    Fragment,
    FragmentRun,
    KeyframePlan,
    Kind,
    Listening,
    Loudness,
    Rendering,
    Rendition,
    RenditionState,
    peak_bandwidth,
)
from domain.seen import Seen
from domain.span import Span
from domain.transcript import Pause
from store import covered
from store.claim import claim
from store.postgres import Row, Tx, row, rows
from store.remembered import Remembered

_MAX_NUMBER = 2**31 - 1  # of a fragment: what the column holds
# A complete rendering never changes, and every playlist asks for one: an hour has 6,000 fragments.
_made: Remembered[UUID, Rendering] = Remembered(64)
_plans: Remembered[tuple[UUID, Fraction], KeyframePlan] = Remembered(64)


@dataclass(frozen=True)
class Piece:
    """What one media URL shows: `init` itself, or `size` bytes at `offset` of the object `object_key`."""

    media_key: bytes
    kind: Kind
    init: bytes | None
    object_key: str | None
    offset: int
    size: int


@dataclass(frozen=True)
class Playable:
    """What a recording's playlists are written from. `plan` is None before the first fragment. `withheld`: the numbers
    of fragments that a cover touches, and that were not made anew yet; `own_inits`: those that were and do not follow
    their rendition's initialisation segment, by its public id.
    """

    rendering: Rendering
    plan: KeyframePlan | None
    edges: Edges
    media_key: bytes
    withheld: frozenset[int]
    own_inits: frozenset[tuple[str, int]]


def save_listening(tx: Tx, recording_id: UUID, listening: Listening, *, head: bool = False) -> None:
    """Kept once: the keyframes outlive every later model and ladder, so a second hearing changes nothing.

    `head`: only the beginning of a long recording has been heard; the whole is kept beside it. Raises Gone when
    the recording was deleted.
    """
    claim(tx, recording_id)
    loudness, plan, seen = listening.loudness, listening.plan, listening.seen
    tx.execute(
        "insert into listening (recording_id, integrated_lufs, true_peak_dbtp, pause_starts_ms, pause_ends_ms,"
        " fps_num, fps_den, frames, keyframes, head, changes_ms, still_starts_ms, still_ends_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (recording_id, head) do nothing",
        [
            recording_id,
            loudness and loudness.integrated_lufs,
            loudness and loudness.true_peak_dbtp,
            [pause.start_ms for pause in listening.pauses],
            [pause.end_ms for pause in listening.pauses],
            plan.fps.numerator,
            plan.fps.denominator,
            plan.frames,
            list(plan.keys),
            head,
            seen and list(seen.changes),
            seen and [still.start_ms for still in seen.stills],
            seen and [still.end_ms for still in seen.stills],
        ],
    )


def forget_listening(tx: Tx, recording_id: UUID) -> None:
    """The recording is of another file now: that is heard anew."""
    tx.execute("delete from listening where recording_id = %s and not head", [recording_id])


def forget_head(tx: Tx, recording_id: UUID) -> None:
    """The whole is not as its head promised: it is heard, and rendered, as if there had been none."""
    tx.execute("delete from listening where recording_id = %s and head", [recording_id])
    tx.execute(
        "update rendering set state = 'superseded', superseded_at = now() where recording_id = %s"
        " and state = 'growing'",
        [recording_id],
    )


def listening(tx: Tx, recording_id: UUID, *, head: bool = False) -> Listening | None:
    """Of the whole, or of its head."""
    found = row(
        tx,
        "select integrated_lufs, true_peak_dbtp, pause_starts_ms, pause_ends_ms, fps_num, fps_den, frames, keyframes,"
        " changes_ms, still_starts_ms, still_ends_ms from listening where recording_id = %s and head = %s",
        [recording_id, head],
    )
    if found is None:
        return None
    pauses = zip(found["pause_starts_ms"], found["pause_ends_ms"], strict=True)
    lufs = found["integrated_lufs"]
    return Listening(
        loudness=None if lufs is None else Loudness(lufs, found["true_peak_dbtp"]),
        pauses=tuple(Pause(start, end) for start, end in pauses),
        plan=KeyframePlan(Fraction(found["fps_num"], found["fps_den"]), found["frames"], tuple(found["keyframes"])),
        seen=None if found["changes_ms"] is None else Seen(tuple(found["changes_ms"]), _stills(found)),
    )


def save_peaks(tx: Tx, recording_id: UUID, peaks: bytes) -> None:
    """How loud it is when (transcode/peaks.py), beside what was heard of the whole."""
    tx.execute("update listening set peaks = %s where recording_id = %s and not head", [peaks, recording_id])


def peaks(tx: Tx, recording_id: UUID) -> bytes:
    """Nothing where it is muted. Empty where there is no sound, or nobody has made them."""
    found = row(
        tx,
        f"select peaks, {covered.hidden('recording_id')} as hidden from listening where recording_id = %s and not head",
        [recording_id],
    )
    made = bytearray(found["peaks"]) if found and found["peaks"] else bytearray()
    for span in mutes_in(covered.read(found["hidden"] if found else None)):
        quiet = range(span.start_ms // PEAK_MS, min(-(-span.end_ms // PEAK_MS), len(made)))
        made[quiet.start : quiet.stop] = bytes(len(quiet))
    return bytes(made)


def _stills(found: Row) -> tuple[Span, ...]:
    return tuple(Span(a, b) for a, b in zip(found["still_starts_ms"], found["still_ends_ms"], strict=True))


def playable(tx: Tx, recording_id: UUID, *, beside: bool = False) -> Playable | None:
    """The current rendering with all that playlists need beside it: one query once it is complete.

    `beside`: instead, the one that is to take its place.
    """
    current = row(
        tx,
        "select g.id, g.state, l.fps_num, l.fps_den, r.media_key, (select json_agg(json_build_array(n.public_id,"
        "   e.from_tick, e.to_tick, e.start, e.ticks, e.size, e.init is not null))"
        "   from rendition n join edge e on e.rendition_id = n.id where n.rendering_id = g.id) as edges,"
        f" {covered.hidden('r.id')} as hidden, (select json_agg(json_build_array(n.public_id,"
        "   v.number, v.init is not null))"
        "   from rendition n join covered_fragment v on v.rendition_id = n.id where n.rendering_id = g.id) as covered"
        " from rendering g"
        " join recording r on r.id = g.recording_id join listening l on l.recording_id = g.recording_id"
        " where g.recording_id = %s and g.state <> 'superseded' and (g.state = 'beside') = %s"
        # Before a film has been heard whole, its sound's hearing stands beside the film's head.
        " order by g.state = 'leaving' desc, l.head = (g.state <> 'leaving') desc limit 1",
        [recording_id, beside],
    )
    if current is None:
        return None
    made = _rendering(tx, current["id"], current["state"])
    edges: dict[Edge, dict[str, EdgeFragment]] = {}
    for rendition, from_tick, to_tick, start, ticks, size, own_init in current["edges"] or ():
        edges.setdefault(Edge(from_tick, to_tick), {})[rendition] = EdgeFragment(start, ticks, size, own_init)
    plan = _plan(current["id"], made, Fraction(current["fps_num"], current["fps_den"]))
    withheld = covered.withheld(made, covered.read(current["hidden"]), current["covered"])
    own_inits = frozenset((rendition, number) for rendition, number, own_init in current["covered"] or () if own_init)
    return Playable(made, plan, edges, current["media_key"], withheld, own_inits)


def rendering(tx: Tx, recording_id: UUID) -> Rendering | None:
    """The current one, as far as it has come: of each rendition the fragments without a gap from the first.

    In the order of the ladder; a rendition without fragments yet has no codec and no bandwidth.
    """
    current = row(
        tx,
        "select id, state from rendering where recording_id = %s and state not in ('beside', 'superseded')"
        " order by state = 'leaving' desc limit 1",
        [recording_id],
    )
    return None if current is None else _rendering(tx, current["id"], current["state"])


def begun(tx: Tx, recording_ids: Iterable[UUID]) -> dict[UUID, frozenset[tuple[str, Kind]]]:
    """Names and kinds of the renditions that have a first fragment by now, of many recordings at once."""
    found = rows(
        tx,
        "select g.recording_id, n.name, n.kind from (select distinct on (recording_id) recording_id, id from rendering"
        "   where recording_id = any(%s) and state not in ('beside', 'superseded')"
        "   order by recording_id, state = 'leaving' desc) g"
        " join rendition n on n.rendering_id = g.id"
        " where exists (select from fragment_run f where f.rendition_id = n.id and f.first = 0)",
        [list(recording_ids)],
    )
    of: dict[UUID, set[tuple[str, Kind]]] = {}
    for each in found:
        of.setdefault(each["recording_id"], set()).add((each["name"], Kind(each["kind"])))
    return {recording: frozenset(renditions) for recording, renditions in of.items()}


def piece(tx: Tx, rendition_public_id: str, number: int | None, *, init: bool = False) -> Piece:
    """Fragment `number` of a rendition, or with None its initialisation segment. Where a cover touches it, as it was
    made anew; with `init`, the initialisation segment that is then its own. Raises NotFound, also until it was.

    For whoever shows a valid signature: no viewer is asked for.
    """
    found = None
    if is_public_id(rendition_public_id) and 0 <= (number or 0) <= _MAX_NUMBER:
        found = row(
            tx,
            "select r.media_key, n.kind, n.init, f.object_key, f.size,"
            " coalesce((select sum(s) from unnest(f.before) s), 0) as start,"
            f" f.at, f.ticks, {covered.hidden('r.id')} as hidden, v.object_key as covered_key, v.size as covered_size,"
            " v.init as covered_init"
            " from rendition n"
            " join rendering g on g.id = n.rendering_id"
            " join recording r on r.id = g.recording_id"
            " left join lateral ("
            "   select object_key, sizes[%(number)s::int - first + 1] as size,"
            "     sizes[1 : %(number)s::int - first] as before,"
            "     starts[%(number)s::int - first + 1] as at, ticks[%(number)s::int - first + 1] as ticks"
            "   from fragment_run where rendition_id = n.id and first <= %(number)s::int"
            "   order by first desc limit 1) f on true"
            " left join covered_fragment v on v.rendition_id = n.id and v.number = %(number)s::int"
            " where n.public_id = %(rendition)s",
            {"rendition": rendition_public_id, "number": number},
        )
    if found is not None:
        key, kind = found["media_key"], Kind(found["kind"])
        if number is None and found["init"] is not None:
            return Piece(key, kind, found["init"], None, 0, len(found["init"]))
        if number is not None and found["size"] is not None:
            anew = touches(covered.read(found["hidden"]), kind, found["at"], found["ticks"])
            if anew and found["covered_key"] is None:
                raise NotFound("This piece of media is being made without what was covered.")
            if anew and init and found["covered_init"] is not None:
                return Piece(key, kind, found["covered_init"], None, 0, len(found["covered_init"]))
            if anew and not init:
                return Piece(key, kind, None, found["covered_key"], 0, found["covered_size"])
            if not init:
                return Piece(key, kind, None, found["object_key"], found["start"], found["size"])
    raise NotFound("There is no such piece of media.")


def object_keys(tx: Tx, recording_id: UUID) -> tuple[str, ...]:
    """Every object of a recording: its original, that of its sound, fragments, those made anew and edges of all its
    renderings.
    """
    found = tx.execute(
        "select original_key from recording where id = %(id)s and original_key is not null"
        " union select sound_key from recording where id = %(id)s and sound_key is not null"
        " union select f.object_key from rendering g"
        " join rendition n on n.rendering_id = g.id join fragment_run f on f.rendition_id = n.id"
        " where g.recording_id = %(id)s"
        " union select e.object_key from rendering g"
        " join rendition n on n.rendering_id = g.id join edge e on e.rendition_id = n.id"
        " where g.recording_id = %(id)s"
        " union select v.object_key from rendering g"
        " join rendition n on n.rendering_id = g.id join covered_fragment v on v.rendition_id = n.id"
        " where g.recording_id = %(id)s order by 1",
        {"id": recording_id},
    ).fetchall()
    return tuple(key for (key,) in found)


def new_media_key() -> bytes:
    """What signs a recording's media URLs: 32 bytes of chance."""
    return secrets.token_bytes(32)


def rotate_media_key(tx: Tx, recording_id: UUID) -> None:
    """Every media URL that was given out for a recording stops working at our server."""
    tx.execute("update recording set media_key = %s where id = %s", [new_media_key(), recording_id])


def _rendering(tx: Tx, rendering_id: UUID, state: str) -> Rendering:
    if (made := _made.get(rendering_id)) is not None:
        return made
    found = rows(
        tx,
        "select n.public_id, n.name, n.kind, n.width, n.height, n.crf, n.max_kbit, n.encoder, n.codec,"
        " f.first, f.starts, f.ticks, f.sizes"
        " from rendition n left join fragment_run f on f.rendition_id = n.id"
        " where n.rendering_id = %s order by n.position, f.first",
        [rendering_id],
    )
    states: dict[str, tuple[Rendition, str, list[Fragment]]] = {}
    for each in found:
        size, rate = (each["width"], each["height"]), (each["crf"], each["max_kbit"])
        rendition = Rendition(each["name"], Kind(each["kind"]), *size, *rate, Encoder(each["encoder"]))
        _, _, fragments = states.setdefault(each["public_id"], (rendition, each["codec"], []))
        if each["first"] == len(fragments):
            run = FragmentRun(each["first"], tuple(each["starts"]), tuple(each["ticks"]), tuple(each["sizes"]))
            fragments.extend(run)
    rendering = Rendering(
        complete=state in {"complete", "leaving"},
        renditions=tuple(
            RenditionState(name, rendition, codec, peak_bandwidth(fragments, rendition.timescale), tuple(fragments))
            for name, (rendition, codec, fragments) in states.items()
        ),
    )
    return _made.put(rendering_id, rendering) if rendering.complete else rendering


def _plan(rendering_id: UUID, rendering: Rendering, fps: Fraction) -> KeyframePlan | None:
    plan = _plans.get((rendering_id, fps)) or rendering.plan(fps)
    return _plans.put((rendering_id, fps), plan) if plan is not None and rendering.complete else plan
