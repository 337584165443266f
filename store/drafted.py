# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What the machine has called clips: title and tags are its own, and follow what is said, while they are still as it
drafted them. Whatever else stands there a person wrote, and it stays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.clip import Proposal
from domain.phrase import reworded, says
from domain.span import Span
from domain.title import MAX_TITLE
from store import vocabulary
from store.clip_history import kept
from store.postgres import Tx, make_due, rows
from store.reel_films import REELS
from store.tags import fitting_labels, set_tags, slug
from store.text import one_line

_SLUGS = """array(select t.slug from clip_tag k join tag t on t.id = k.tag_id
    where k.clip_id = c.id order by k.position)"""

Describe = Callable[..., Sequence[Proposal]]  # of spans; `others`: what is said in other clips
Swaps = Sequence[tuple[str, str]]  # words, and those that stand in their place now


@dataclass(frozen=True)
class Called:
    """A clip that shows a recording, from where to where of it. `settled`: a person has changed or published it, or it
    has several parts. `titled`, `tagged`: its title and its tags are the machine's.
    """

    id: UUID
    public_id: str
    span: Span
    text: str
    language: str
    title: str
    labels: tuple[str, ...]
    settled: bool
    titled: bool
    tagged: bool


def remember(tx: Tx, clip_id: UUID, *, titled: bool = True) -> None:
    """Tags, and the title if `titled`, are as the machine has drafted them."""
    tx.execute(
        f"update clip c set drafted_title = case when %s then c.title end, drafted_tags = {_SLUGS} where c.id = %s",
        [titled, clip_id],
    )


def forget(tx: Tx, clip_id: UUID) -> None:
    """Its words are gone for good."""
    tx.execute("update clip set drafted_title = null, drafted_tags = null where id = %s", [clip_id])


@dataclass(frozen=True)
class StillCalled:
    """A clip whose title a person wrote with words that are not said in it any more."""

    clip: str  # public id
    title: str


def follow(
    tx: Tx, recording_id: UUID, describe: Describe, said: Span | None = None, swaps: Swaps = ()
) -> tuple[StillCalled, ...]:
    """What is said in the recording, which is locked, or in a span of it, has changed, and the text of clips with it.

    Drafts are called anew. In what people know by its name already only the words that were swapped are. Returns the
    clips that a person has called by such a word; of one that was muted also where it is said once more.
    """
    found = _clips(tx, recording_id)
    reached = [
        each
        for each in found
        if said is None or (said.start_ms < each.span.end_ms and each.span.start_ms < said.end_ms)
    ]
    anew = [each for each in reached if not each.settled]
    others = [each.text for each in found if each not in anew]
    for each, new in zip(anew, describe([each.span for each in anew], others=others), strict=True):
        _redraft(tx, each, new)
    still = []
    muted = [swap for swap in swaps if not any(map(str.isalnum, swap[1]))]
    for each in reached:
        gone = [(old, new) for old, new in swaps if not says(each.text, old, each.language)]
        if each.settled and gone:
            _reword(tx, each, gone)
        if not each.titled and any(says(each.title, old, each.language) for old, _ in (*gone, *muted)):
            still.append(StillCalled(each.public_id, each.title))
    return tuple(still)


def _clips(tx: Tx, recording_id: UUID) -> list[Called]:
    found = rows(
        tx,
        "select c.id, c.public_id, p.start_ms, p.end_ms, c.text, coalesce(c.language, '') as language, c.title,"
        " array(select t.label from clip_tag k join tag t on t.id = k.tag_id"
        "   where k.clip_id = c.id order by k.position) as labels,"
        " c.touched_at is not null or c.published_at is not null"
        "   or 1 < (select count(*) from clip_part o where o.clip_id = c.id) as settled,"
        f" c.title is not distinct from c.drafted_title as titled,"
        f" c.drafted_tags is not distinct from {_SLUGS} as tagged"
        " from clip c join (select clip_id, min(start_ms) as start_ms, max(end_ms) as end_ms from clip_part"
        "   where recording_id = %s group by clip_id) p on p.clip_id = c.id"
        " where c.deleted_at is null order by p.start_ms, c.id",
        [recording_id],
    )
    return [
        Called(
            span=Span(each.pop("start_ms"), each.pop("end_ms")), labels=tuple(each.pop("labels")), **each
        )
        for each in found
    ]  # fmt: skip


def _redraft(tx: Tx, clip: Called, new: Proposal) -> None:
    # Who keeps a vocabulary has chosen that drafts have no tags; those that have some, keep having some.
    labels = fitting_labels(new.tags) if clip.labels else vocabulary.drafted(tx, new.tags)
    _call(tx, clip, one_line(new.title)[:MAX_TITLE], labels)


def _reword(tx: Tx, clip: Called, swaps: Swaps) -> None:
    title = one_line(reworded(clip.title, swaps, clip.language))[:MAX_TITLE]
    labels = fitting_labels(reworded(label, swaps, clip.language) for label in clip.labels)
    with kept(tx, clip.id, "reworded", None):
        _call(tx, clip, title, labels)


def _call(tx: Tx, clip: Called, title: str, labels: Sequence[str]) -> None:
    """As far as it is called what the machine called it."""
    retitled = clip.titled and title != clip.title
    retagged = clip.tagged and [*map(slug, labels)] != [*map(slug, clip.labels)]
    if retitled:
        tx.execute("update clip set title = %s where id = %s", [title, clip.id])
    if retagged:
        set_tags(tx, clip.id, labels)
    if retitled or retagged:
        tx.execute(
            "update clip c set version = version + 1,"
            " drafted_title = case when %s then c.title else drafted_title end,"
            f" drafted_tags = case when %s then {_SLUGS} else drafted_tags end where c.id = %s",
            [retitled, retagged, clip.id],
        )
        make_due(tx, REELS, clip.id)
