"""Renderings while they are made: opened, listed fragment by fragment, complete, and given up.

A recording has one *current* rendering, which grows and is then complete. It can have another beside it, of another
ladder or by another encoder, which nobody sees until it takes the current one's place (store/beside.py):

    growing --> complete --> superseded     leaving --> superseded: of a sound whose film has come (store/joining.py)
    beside ---> complete                    growing, beside --> superseded: given up

What is superseded is served to those who play it, for as long as its addresses are good, and then forgotten.
Reading for playback: store/media.py.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.errors import Conflict, Gone
from domain.ids import public_id, uuid7
from domain.media import Encoder, FragmentRun, Kind, Rendition
from store.claim import claim
from store.postgres import Tx, make_due, row, rows

EDGES = "edges"  # the job that makes those that clips lack
_MAX_EXPIRED = 5  # a round: an hour's rendering has a thousand objects


def open_rendering(tx: Tx, recording_id: UUID, renditions: Sequence[Rendition]) -> UUID:
    """The current rendering of a recording, or a new one of these renditions. Raises Gone."""
    claim(tx, recording_id)
    query = "select id from rendering where recording_id = %s and state in ('growing', 'complete')"
    current = row(tx, query, [recording_id])
    if current is not None:
        return UUID(str(current["id"]))
    return open_another(tx, recording_id, renditions, state="growing")


def open_another(tx: Tx, recording_id: UUID, renditions: Sequence[Rendition], *, state: str) -> UUID:
    """A new rendering, whichever there are. The recording is locked."""
    rendering_id = uuid7()
    tx.execute(
        "insert into rendering (id, recording_id, state) values (%s, %s, %s)", [rendering_id, recording_id, state]
    )
    with tx.cursor() as cursor:
        cursor.executemany(
            "insert into rendition (id, public_id, rendering_id, position, name, kind, width, height, crf, max_kbit,"
            " encoder) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                [
                    *(uuid7(), public_id(), rendering_id, position, r.name, r.kind, r.width, r.height, r.crf),
                    *(r.max_kbit, r.encoder),
                ]
                for position, r in enumerate(renditions)
            ],
        )
    return rendering_id


def is_growing(tx: Tx, recording_id: UUID) -> bool:
    query = "select from rendering where recording_id = %s and state = 'growing'"
    return row(tx, query, [recording_id]) is not None


def renditions(tx: Tx, rendering_id: UUID) -> tuple[Rendition, ...]:
    """What a rendering is to be made of, in the order of the ladder that it was opened with."""
    found = rows(
        tx,
        "select name, kind, width, height, crf, max_kbit, encoder from rendition where rendering_id = %s"
        " order by position",
        [rendering_id],
    )
    return tuple(
        Rendition(**{**each, "kind": Kind(each["kind"]), "encoder": Encoder(each["encoder"])}) for each in found
    )


def listed(tx: Tx, rendering_id: UUID) -> dict[str, int]:
    """How many fragments of each rendition lie there without a gap from the first."""
    ends: dict[str, int] = {}
    for each in rows(
        tx,
        "select n.name, f.first, cardinality(f.sizes) as fragments"
        " from rendition n left join fragment_run f on f.rendition_id = n.id"
        " where n.rendering_id = %s order by n.position, f.first",
        [rendering_id],
    ):
        end = ends.setdefault(each["name"], 0)
        if each["first"] == end:
            ends[each["name"]] = end + each["fragments"]
    return ends


def add_landed(
    tx: Tx,
    rendering_id: UUID,
    *,
    inits: Mapping[str, tuple[str, bytes]],
    runs: Mapping[str, tuple[FragmentRun, str]],
    seams: Mapping[int, str] | None = None,
) -> tuple[str, ...]:
    """Lists what a render has put in the object store. The keys that were not needed, and are nobody's.

    `inits`: rendition name -> codec and initialisation segment; raises Conflict (`init_differs`) when
    another was listed: its fragments would not play with ours, and this rendering is to be superseded.
    `runs`: name -> run and object key; a run whose fragments are all listed already is ignored, one that is
    listed in part raises Conflict (`run_overlaps`): two renders are at it, and this one should begin again at
    `listed`.
    `seams`: the first frame of some fragments (MD5), as this render saw them; raises Conflict (`seam_differs`)
    when the one that met it there saw another.
    The first run takes the place of a rendering that was `let_leave`.
    Raises Gone when the recording was deleted or rendered anew.
    """
    ids = _claim_rendering(tx, rendering_id)
    for fragment, md5 in (seams or {}).items():
        if not tx.execute(
            "insert into seam as s (rendering_id, fragment, md5) values (%s, %s, %s)"
            " on conflict (rendering_id, fragment) do update set md5 = excluded.md5 where s.md5 = excluded.md5",
            [rendering_id, fragment, md5],
        ).rowcount:
            raise Conflict(f"Two stretches do not fit where fragment {fragment} begins.", code="seam_differs")
    for name, (codec, init) in inits.items():
        if not tx.execute(
            "update rendition set codec = %(codec)s, init = %(init)s"
            " where id = %(id)s and (init is null or (init = %(init)s and codec = %(codec)s))",
            {"id": ids[name], "codec": codec, "init": init},
        ).rowcount:
            raise Conflict(f"Rendition {name} has begun with another initialisation segment.", code="init_differs")
    unlisted = []
    for name, (run, key) in runs.items():
        if _is_listed(tx, ids[name], run):
            unlisted.append(key)
        else:
            tx.execute(
                "insert into fragment_run (rendition_id, first, object_key, starts, ticks, sizes)"
                " values (%s, %s, %s, %s, %s, %s)",
                [ids[name], run.first, key, list(run.starts), list(run.ticks), list(run.sizes)],
            )
    if runs:
        tx.execute(
            "update rendering set state = 'superseded', superseded_at = now() where state = 'leaving'"
            " and recording_id = (select recording_id from rendering where id = %s)",
            [rendering_id],
        )
    return tuple(unlisted)


def complete_rendering(tx: Tx, rendering_id: UUID) -> bool:
    """Nothing will be added to it. Clips can now begin and end between its keyframes. A second call is False."""
    done = row(
        tx,
        "update rendering set state = 'complete' where id = %s and state = 'growing' returning recording_id",
        [rendering_id],
    )
    if done is not None:
        make_due(tx, EDGES, done["recording_id"])
    return done is not None


def has_failed(tx: Tx, recording_id: UUID, encoder: Encoder) -> bool:
    """Whether a rendering of a recording by this encoder was given up lately."""
    query = (
        "select from rendering g join rendition n on n.rendering_id = g.id"
        " where g.recording_id = %s and g.state = 'superseded' and n.encoder = %s limit 1"
    )
    return row(tx, query, [recording_id, encoder]) is not None


def supersede(tx: Tx, rendering_id: UUID) -> None:
    """Gives a rendering that is not complete up: the next `open_rendering` begins a new one.

    What it listed is served to those who play it.
    """
    tx.execute(
        "update rendering set state = 'superseded', superseded_at = now() where id = %s and state = 'growing'",
        [rendering_id],
    )


def let_leave(tx: Tx, recording_id: UUID) -> None:
    """Nothing is added to the current rendering any more; it plays until the next one has something to play.

    One that is made beside it is given up.
    """
    tx.execute(
        "update rendering set state = 'superseded', superseded_at = now() where recording_id = %s and state = 'beside'",
        [recording_id],
    )
    tx.execute(
        "update rendering set state = 'leaving' where recording_id = %s and state in ('growing', 'complete')",
        [recording_id],
    )


def expired(tx: Tx, before: datetime) -> tuple[str, ...]:
    """Forgets renderings that were superseded before a time; the keys of their objects, but for those that another
    rendering has taken over, to be deleted before this transaction ends: a kill leaves them with their rows.
    """
    # Nobody can take anything over from it any more: it has not been complete for a long time.
    found = tx.execute(
        "select id from rendering where superseded_at < %s order by superseded_at limit %s for update skip locked",
        [before, _MAX_EXPIRED],
    )
    ids = [rendering_id for (rendering_id,) in found]
    keys = tx.execute(
        "select e.object_key from rendition n join edge e on e.rendition_id = n.id where n.rendering_id = any(%(ids)s)"
        " union select v.object_key from rendition n join covered_fragment v on v.rendition_id = n.id"
        "   where n.rendering_id = any(%(ids)s)"
        " union (select f.object_key from rendition n join fragment_run f on f.rendition_id = n.id"
        "   where n.rendering_id = any(%(ids)s)"
        "   except select f.object_key from rendering gone join rendering g on g.recording_id = gone.recording_id"
        "   join rendition n on n.rendering_id = g.id join fragment_run f on f.rendition_id = n.id"
        "   where gone.id = any(%(ids)s) and g.id <> all(%(ids)s))",
        {"ids": ids},
    ).fetchall()
    tx.execute("delete from rendering where id = any(%s)", [ids])
    return tuple(key for (key,) in keys)


def _claim_rendering(tx: Tx, rendering_id: UUID) -> dict[str, UUID]:
    """The ids of a current rendering's renditions by name, its recording locked."""
    of = row(tx, "select recording_id from rendering where id = %s", [rendering_id])
    if of is not None:
        claim(tx, of["recording_id"])
    found = rows(
        tx,
        "select n.name, n.id from rendition n join rendering g on g.id = n.rendering_id"
        " where g.id = %s and g.state <> 'superseded'",
        [rendering_id],
    )
    if not found:
        raise Gone("This rendering was replaced by another, or its recording was deleted.")
    return {each["name"]: each["id"] for each in found}


def _is_listed(tx: Tx, rendition_id: UUID, run: FragmentRun) -> bool:
    """Whether all of a run's fragments are listed. Raises Conflict when only some are."""
    found = tx.execute(
        "select coalesce(sum(least(first + cardinality(sizes), %(end)s) - greatest(first, %(first)s)), 0)"
        " from fragment_run where rendition_id = %(id)s and first < %(end)s and first + cardinality(sizes) > %(first)s",
        {"id": rendition_id, "first": run.first, "end": run.end},
    ).fetchone()
    assert found is not None
    if found[0] not in (0, len(run)):
        raise Conflict("Another render has listed some of these fragments.", code="run_overlaps")
    return bool(found[0])
