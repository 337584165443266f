# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""The vocabulary: terms that L&D keeps, of the tags that clips have.

A term is a row of `tag` with a public id; another name of it is a row that stands for it (`alias_of`), and on no clip;
every other row is a word that somebody, or the machine, has put on a clip. No row is ever deleted: what is on clips
may be put on one more at the same moment. Whoever changes the vocabulary is alone in it until the transaction ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.errors import Conflict, Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.vocabulary import MAX_TERMS, Term, above, demand_no_circle
from store.paging import MAX_LIMIT, Page, paged
from store.postgres import Row, Tx, row, rows
from store.sight import CURATES_CLIP, SEES_SPACE
from store.tags import TagUse, fitting_labels, rewrite, slug
from store.text import one_line

_LOCK = 0x766F636162  # "vocab"
_CLIPS = f"c.deleted_at is null and ((c.published_at is not null and {SEES_SPACE}) or {CURATES_CLIP})"
_TERM = """
    t.id, t.public_id, t.slug, t.label, t.language, t.version, p.label as parent,
    array(select a.label from tag a where a.alias_of = t.id order by a.slug) as aliases"""
_FROM = "from tag t left join tag p on p.id = t.parent_id"


_COUNTED = f"""
    select {_TERM}, coalesce(used.clips, 0) as clips {_FROM} left join (
        select k.tag_id, count(*) as clips from clip_tag k join clip c on c.id = k.clip_id where {_CLIPS}
        group by k.tag_id) used on used.tag_id = t.id
    where t.public_id is not null"""


@dataclass(frozen=True)
class Entry:
    id: UUID
    public_id: str
    slug: str
    term: Term
    version: int
    clips: int = 0  # that the viewer sees or curates


def entries(tx: Tx, viewer_id: UUID) -> tuple[Entry, ...]:
    """Every term, in the order of the alphabet."""
    return tuple(_entry(each) for each in rows(tx, f"{_COUNTED} order by t.slug", {"viewer": viewer_id}))


def page(tx: Tx, viewer_id: UUID, *, cursor: str | None = None, limit: int = MAX_LIMIT) -> Page[Entry]:
    """The same, a page at a time. Raises Invalid (`bad_cursor`)."""
    by = (("e.slug", str),)
    return paged(
        tx, "*", f"from ({_COUNTED}) e", {"viewer": viewer_id}, by=by, build=_entry, cursor=cursor, limit=limit
    )


def terms(tx: Tx) -> tuple[Term, ...]:
    """For suggestions: which clips have them is nobody's business there."""
    found = rows(tx, f"select {_TERM} {_FROM} where t.public_id is not null order by t.slug")
    return tuple(_entry(each).term for each in found)


def drafted(tx: Tx, labels: Iterable[str]) -> tuple[str, ...]:
    """The tags that the machine puts on a draft: none where there is a vocabulary, for then people choose."""
    kept = row(tx, "select 1 as one from tag where public_id is not null limit 1")
    return () if kept else fitting_labels(labels)


def words_in_use(tx: Tx, viewer_id: UUID, limit: int = 50) -> tuple[TagUse, ...]:
    """Tags of clips that the viewer sees or curates and that are no terms, the most used first."""
    found = rows(
        tx,
        "select t.slug, t.label, count(*) as clips from tag t join clip_tag k on k.tag_id = t.id"
        f" join clip c on c.id = k.clip_id where t.public_id is null and t.alias_of is null and {_CLIPS}"
        " group by t.id order by clips desc, t.slug limit %(limit)s",
        {"viewer": viewer_id, "limit": limit},
    )
    return tuple(TagUse(**each) for each in found)


def entry(tx: Tx, public_id: str, viewer_id: UUID | None = None) -> Entry:
    """Without a viewer its clips are not counted. Raises NotFound."""
    found = None
    if is_public_id(public_id):
        query = f"select {_TERM} {_FROM} where t.public_id is not null" if viewer_id is None else _COUNTED
        found = row(tx, f"{query} and t.public_id = %(id)s", {"id": public_id, "viewer": viewer_id})
    if found is None:
        raise NotFound("There is no such term in the vocabulary.")
    return _entry(found)


def add(tx: Tx, term: Term) -> Entry:
    """A word that is on clips already becomes a term on all of them.

    Raises Invalid (`bad_term`, `no_parent`, `circle`), Conflict (`term_taken`, `vocabulary_full`).
    """
    _alone(tx)
    term = _tidied(term)
    made = _keep(tx, term.label)
    _set(tx, made, term)
    _demand_room(tx)
    return entry(tx, made.public_id)


def change(
    tx: Tx,
    public_id: str,
    *,
    version: int,
    label: str | None = None,
    aliases: Sequence[str] | None = None,
    parent: str | None = None,
    language: str | None = None,
) -> Entry:
    """What is None stays; "" says none. All clips follow, and a name that it had is another name from now on.

    Raises NotFound, Conflict (`stale_version`, `term_taken`), Invalid (`bad_term`, `no_parent`, `circle`).
    """
    _alone(tx)
    known = entry(tx, public_id)
    _demand_version(known, version)
    term = _tidied(
        Term(
            known.term.label if label is None else label,
            known.term.aliases if aliases is None else tuple(aliases),
            known.term.parent if parent is None else parent,
            known.term.language if language is None else language or None,
        )
    )
    if term.label != known.term.label:
        _rename(tx, known, term.label)
        if slug(term.label) != known.slug:  # what people have in mind, or in a link, leads on
            term = replace(term, aliases=(*term.aliases, known.term.label)).checked()
    _set(tx, known, term)
    return entry(tx, public_id)


def merge(tx: Tx, public_id: str, into: str, *, version: int) -> Entry:
    """Makes a term another name of `into`, by its label: its clips, its names and what stands below it follow.

    Raises NotFound, Invalid (`no_parent`, `circle`), Conflict (`stale_version`).
    """
    _alone(tx)
    gone = entry(tx, public_id)
    _demand_version(gone, version)
    stays = _named(tx, into)
    if stays.id == gone.id:
        raise Invalid("A term cannot be merged with itself. Choose another one.", code="circle")
    # Who would end up above itself goes up instead.
    heirs = gone.term.parent if gone.term.label in _above(tx, stays.term.label) else stays.term.label
    tx.execute(
        "update tag set parent_id = (select id from tag where label = %s and public_id is not null),"
        " version = version + 1 where parent_id = %s",
        [heirs, gone.id],
    )
    tx.execute("update tag set alias_of = %s where alias_of = %s", [stays.id, gone.id])
    _become_alias(tx, gone.id, stays.id)
    rewrite(tx, stays.id)
    tx.execute("update tag set version = version + 1 where id = %s", [stays.id])
    return entry(tx, stays.public_id)


def remove(tx: Tx, public_id: str) -> None:
    """Clips keep the word; its other names are forgotten, and what stands below it moves up. Raises NotFound."""
    _alone(tx)
    gone = entry(tx, public_id)
    tx.execute(
        "update tag set version = version + 1, parent_id = (select parent_id from tag where id = %(id)s)"
        " where parent_id = %(id)s",
        {"id": gone.id},
    )
    tx.execute("update tag set alias_of = null where alias_of = %s", [gone.id])
    tx.execute(
        "update tag set public_id = null, parent_id = null, language = null, version = version + 1 where id = %s",
        [gone.id],
    )
    rewrite(tx, gone.id)


def take_in(tx: Tx, found: Iterable[Term]) -> int:
    """Adds terms, or changes those that are there; what one says nothing of stays. All or none; says how many.

    A parent may come in the same list, before or after. Raises as `add` does.
    """
    _alone(tx)
    checked = [_tidied(term) for term in found]
    made = [_there(tx, term.label) or _keep(tx, term.label) for term in checked]
    for known, term in zip(made, checked, strict=True):
        if term.label != known.term.label:  # in other capitals
            _rename(tx, known, term.label)
        now = entry(tx, known.public_id).term
        _set(
            tx,
            known,
            Term(term.label, term.aliases or now.aliases, term.parent or now.parent, term.language or now.language),
        )
    _demand_room(tx)
    return len(made)


def _alone(tx: Tx) -> None:
    tx.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def _tidied(term: Term) -> Term:
    names = [one_line(name) for name in term.aliases]
    return Term(
        one_line(term.label), tuple(name for name in names if name), one_line(term.parent), term.language
    ).checked()


def _keep(tx: Tx, label: str) -> Entry:
    """The word as a term. Raises Conflict (`term_taken`)."""
    tx.execute(
        "insert into tag (id, slug, label) values (%s, %s, %s) on conflict (slug) do nothing",
        [uuid7(), slug(label), label],
    )
    found = _free(tx, label)
    new = public_id()
    tx.execute("update tag set public_id = %s where id = %s", [new, found["id"]])
    made = entry(tx, new)
    if made.term.label != label:
        _rename(tx, made, label)
    return made


def _set(tx: Tx, known: Entry, term: Term) -> None:
    """Its names, what stands above it, and its language, as `term` says them. The label is there already."""
    _set_aliases(tx, known.id, term.aliases)
    parent_id = None
    if term.parent:
        try:
            parent = _named(tx, term.parent)
        except NotFound:
            raise Invalid(
                f"“{term.parent}” is not in the vocabulary. Add it first, or choose another parent.", code="no_parent"
            ) from None
        tree = rows(
            tx,
            "with recursive up as (select id, parent_id from tag where id = %s"
            " union select t.id, t.parent_id from tag t join up on t.id = up.parent_id)"
            " select id::text, parent_id::text from up",
            [parent.id],
        )
        demand_no_circle(str(known.id), str(parent.id), {each["id"]: each["parent_id"] for each in tree})
        parent_id = parent.id
    tx.execute(
        "update tag set parent_id = %s, language = %s, version = version + 1 where id = %s",
        [parent_id, term.language, known.id],
    )
    rewrite(tx, known.id)


def _rename(tx: Tx, known: Entry, label: str) -> None:
    if (new := slug(label)) != known.slug:
        other = row(tx, "select id, alias_of from tag where slug = %s", [new])
        if other is not None:
            if other["alias_of"] != known.id:
                other = _free(tx, label)
            # The two change places: a moment's name, for none may be there twice.
            tx.execute("update tag set slug = %s where id = %s", [other["id"].hex, other["id"]])
        tx.execute("update tag set slug = %s where id = %s", [new, known.id])
        if other is not None:
            tx.execute(
                "update tag set slug = %s, label = %s where id = %s", [known.slug, known.term.label, other["id"]]
            )
            _become_alias(tx, other["id"], known.id)
    tx.execute("update tag set label = %s where id = %s", [label, known.id])


def _set_aliases(tx: Tx, term_id: UUID, names: Iterable[str]) -> None:
    wanted = {slug(name): name for name in names}
    tx.execute("update tag set alias_of = null where alias_of = %s and not slug = any(%s)", [term_id, list(wanted)])
    for each, name in wanted.items():
        made = tx.execute(
            "insert into tag (id, slug, label, alias_of) values (%s, %s, %s, %s)"
            " on conflict (slug) do update set label = excluded.label where tag.alias_of = excluded.alias_of",
            [uuid7(), each, name, term_id],
        )
        if not made.rowcount:
            found = _free(tx, name)
            tx.execute("update tag set label = %s where id = %s", [name, found["id"]])
            _become_alias(tx, found["id"], term_id)


def _become_alias(tx: Tx, tag_id: UUID, of: UUID) -> None:
    """Another name from now on; clips that have it have the other."""
    tx.execute(
        "update tag set alias_of = %s, public_id = null, parent_id = null, language = null, version = version + 1"
        " where id = %s",
        [of, tag_id],
    )
    tx.execute(
        "update clip_tag k set tag_id = %(of)s where tag_id = %(id)s"
        " and not exists (select from clip_tag o where o.clip_id = k.clip_id and o.tag_id = %(of)s)",
        {"of": of, "id": tag_id},
    )
    tx.execute("delete from clip_tag where tag_id = %s", [tag_id])  # of clips that have both


def _free(tx: Tx, label: str) -> Row:
    """The row of a name that is no term's. Raises Conflict (`term_taken`)."""
    found = row(
        tx,
        "select t.id, t.public_id, o.label as stands_for from tag t left join tag o on o.id = t.alias_of"
        " where t.slug = %s for update of t",
        [slug(label)],
    )
    assert found is not None, "whoever asks has put it there"
    if found["stands_for"] is not None:
        raise Conflict(f"“{label}” is another name of “{found['stands_for']}” already.", code="term_taken")
    if found["public_id"] is not None:
        raise Conflict(f"“{label}” is in the vocabulary already. Change it there, or merge the two.", code="term_taken")
    return found


def _there(tx: Tx, label: str) -> Entry | None:
    found = row(tx, f"select {_TERM} {_FROM} where t.public_id is not null and t.slug = %s", [slug(label)])
    return _entry(found) if found else None


def _named(tx: Tx, name: str) -> Entry:
    """The term of this name, by its label or another. Raises NotFound."""
    found = row(
        tx,
        f"select {_TERM} {_FROM} where t.public_id is not null"
        " and t.id = (select coalesce(alias_of, id) from tag where slug = %s)",
        [slug(name)],
    )
    if found is None:
        raise NotFound(f"“{one_line(name)[:60]}” is not in the vocabulary. Choose one that is.")
    return _entry(found)


def _above(tx: Tx, label: str) -> tuple[str, ...]:
    """The labels of what stands above a term."""
    return above(label, {term.label: term.parent or None for term in terms(tx)})


def _demand_version(known: Entry, version: int) -> None:
    if known.version != version:
        raise Conflict("Somebody else changed this term meanwhile. Look at it again.", code="stale_version")


def _demand_room(tx: Tx) -> None:
    held = row(tx, "select count(*) as terms from tag where public_id is not null")
    if held and held["terms"] > MAX_TERMS:
        raise Conflict(
            f"A vocabulary holds at most {MAX_TERMS} terms. Merge or remove some that nobody uses.",
            code="vocabulary_full",
        )


def _entry(found: Row) -> Entry:
    return Entry(
        found["id"],
        found["public_id"],
        found["slug"],
        Term(found["label"], tuple(found["aliases"]), found["parent"] or "", found["language"]),
        found["version"],
        found.get("clips", 0),
    )
