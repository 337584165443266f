"""What the sentences of a recording mean, as clip.embed packs it: reckoned once, by the worker that cuts it."""

from uuid import UUID

from store.postgres import Tx, row

_NEWEST = "(select id from transcript where recording_id = %(recording)s order by version desc limit 1)"


def keep(tx: Tx, recording_id: UUID, digests: bytes, vectors: bytes) -> None:
    """Beside the engine's newest run. Without one nothing is kept."""
    tx.execute(
        f"update transcript set sentence_digests = %(digests)s, sentence_vectors = %(vectors)s where id = {_NEWEST}",  # noqa: S608
        {"recording": recording_id, "digests": digests, "vectors": vectors},
    )


def kept(tx: Tx, recording_id: UUID) -> tuple[bytes, bytes] | None:
    found = row(
        tx,
        f"select sentence_digests, sentence_vectors from transcript where id = {_NEWEST}",  # noqa: S608
        {"recording": recording_id},
    )
    if found is None or found["sentence_digests"] is None:
        return None
    return found["sentence_digests"], found["sentence_vectors"]
