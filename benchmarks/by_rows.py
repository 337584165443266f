"""What our pages are measured against: the same rows by one query each, as FastAPI writes them, and nothing else.

Nobody is asked who they are, and nothing is filtered by it; but which clips a search finds, and of that what they say
and could be narrowed down to, is found as we do: python -m benchmarks.by_rows DSN VIEWER PORT
"""

import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from clip.meaning import meaning_of_query
from store import finding

_CLIP = """
    select c.public_id as id, c.title, c.level, c.language, c.text, c.version, c.published_at, c.audience, c.kind,
        s.name as speaker, array(select t.label from clip_tag k join tag t on t.id = k.tag_id where k.clip_id = c.id
            order by k.position) as tags, r.public_id as recording, p.start_ms, p.end_ms,
        (select count(*) from comment m where m.clip_id = c.id and m.deleted_at is null) as comments
    from ({}) c join clip_part p on p.clip_id = c.id join recording r on r.id = p.recording_id
    join person s on s.id = r.speaker_id"""
_COMMENTS = """
    select m.public_id as id, m.at_ms, m.kind, m.text, a.name as author, a.public_id as author_id, m.created_at,
        m.edited_at, root.public_id as reply_to
    from comment m join clip c on c.id = m.clip_id join person a on a.id = m.author_id
    left join comment root on root.id = m.reply_to
    where c.public_id = %s and m.deleted_at is null order by m.at_ms, m.created_at, m.id limit 50"""


def rows_of(dsn: str, viewer: UUID) -> FastAPI:
    pool = ConnectionPool(dsn, min_size=1, max_size=10, open=True)
    app = FastAPI()

    def asked(query: str, *values: object) -> list[dict[str, Any]]:
        with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    @app.get("/clips")
    def clips() -> list[dict[str, Any]]:
        newest = "select * from clip where published_at is not null and deleted_at is null"
        newest += " order by published_at desc, id desc limit 30"
        return asked(_CLIP.format(newest))

    @app.get("/search")
    def search(q: str) -> list[dict[str, Any]]:
        with pool.connection() as connection:
            best = finding.search(connection, viewer, q, 20, now=datetime.now(UTC), meaning=meaning_of_query(q))
        return asked(_CLIP.format("select * from clip where id = any(%s)"), [hit.clip.id for hit in best.hits])

    @app.get("/clips/{id_}")
    def clip(id_: str) -> list[dict[str, Any]]:
        return asked(_CLIP.format("select * from clip where public_id = %s"), id_)

    @app.get("/clips/{id_}/comments")
    def comments(id_: str) -> list[dict[str, Any]]:
        return asked(_COMMENTS, id_)

    return app


if __name__ == "__main__":
    dsn, who, port = sys.argv[1:]
    uvicorn.run(rows_of(dsn, UUID(who)), host="127.0.0.1", port=int(port), access_log=False, log_level="warning")
