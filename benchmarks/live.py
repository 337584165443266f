"""How soon others see what somebody says, and how many can listen: python -m benchmarks.live

1. **Soon.** A learner has a clip's thread of 500 open (the stream of `/api/v1/events`); somebody else comments. From
   when the comment is sent until the piece of the page that the open page fetches then is there, with the comment in
   it: p95 of all.
2. **Many.** 500 people, each with a clip of their own open, on one process of the server: its memory (RSS) with them,
   less without, for each. Then a comment on one of those clips, until its listener is told.

On the rows of pages.py: 100,000 clips, 300,000 comments, 10,000 people.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from benchmarks.many_clips import CLIPS, HOUSE, Filled, filled
from benchmarks.measure import Figure, Goal, Result, keep, percentile
from benchmarks.pages import the_server
from benchmarks.watched import memory_bytes
from store import credentials, embedded_postgres
from store.postgres import Store

SOON_LIMIT_MS = 300.0
MEMORY_LIMIT_KB = 100.0
LISTENERS = 500
_PATIENCE_S = 60.0
_PAUSE_S = 1.1  # between comments of one person, who may write sixty a minute


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30, help="comments whose way is measured")
    parser.add_argument("--clips", type=int, default=CLIPS)
    given = parser.parse_args(arguments)
    try:
        made = filled(given.clips)
        keep(asyncio.run(measure(made, given.runs)))
    finally:
        embedded_postgres.stop(HOUSE / "postgres")


async def measure(made: Filled, comments: int) -> Result:
    tokens, clips = _people(made)
    with the_server(made) as (server, _):
        limits = httpx.Limits(max_connections=LISTENERS + 10)
        async with httpx.AsyncClient(base_url=server.url, timeout=_PATIENCE_S, limits=limits) as client:
            alone = await _seen(client, made.thread, tokens[0], tokens[1], comments)
            before = memory_bytes(server.pid)
            async with AsyncExitStack() as stack:
                for token, clip in zip(tokens, clips, strict=True):
                    await stack.enter_async_context(_listening(client, token, clip))
                each_kb = (memory_bytes(server.pid) - before) / LISTENERS / 1000
                among = await _seen(client, made.thread, tokens[0], tokens[1], comments)
    p95 = percentile(alone, 0.95)
    return Result(
        "live",
        f"How soon others see what somebody says, and {LISTENERS} who listen",
        (
            Figure("a comment until an open page shows it", "ms", tuple(alone)),
            Figure(f"the same while {LISTENERS} listen", "ms", tuple(among)),
            Figure("the same while they listen, p95", "ms", (percentile(among, 0.95),)),
            Figure("median", "ms", (statistics.median(alone),)),
            Figure("memory of the server for each listener", "kB", (each_kb,)),
        ),
        (
            Goal(f"a comment until an open page shows it, p95 of {comments}", p95, SOON_LIMIT_MS, "ms"),
            Goal(f"memory for each of {LISTENERS} listeners", each_kb, MEMORY_LIMIT_KB, "kB"),
        ),
        ("The server, its Postgres, and whoever asks share the machine's cores. A page is shown when it has come.",),
    )


def _people(made: Filled) -> tuple[list[str], list[str]]:
    """Tokens of learners, and a clip of everybody's for each."""
    store = Store(made.dsn)
    with store.transaction() as tx:
        who = tx.execute("select id from person where role = 'learner' order by id limit %s", [LISTENERS]).fetchall()
        clips = tx.execute(
            "select public_id from clip where space_id = (select id from space where everyone)"
            " and published_at is not null and public_id <> %s order by id limit %s", [made.thread, LISTENERS],
        ).fetchall()  # fmt: skip
        tokens = [credentials.new_api_token(tx, each[0], label="benchmark") for each in who]
    store.close()
    return tokens, [each[0] for each in clips]


async def _seen(client: httpx.AsyncClient, clip: str, learner: str, author: str, comments: int) -> list[float]:
    """Milliseconds from sending a comment until somebody else's page has it."""
    waits = []
    async with _listening(client, learner, clip) as heard:
        for number in range(comments):
            text = f"Comment {number} at {time.time_ns()}"
            began = time.perf_counter()
            sending = asyncio.create_task(
                client.post(f"/api/v1/clips/{clip}/comments", json={"text": text, "clip_at_ms": 0}, headers=_as(author))
            )
            while True:
                event, data = await asyncio.wait_for(anext(heard), _PATIENCE_S)
                if event == "comment":
                    shown = await client.get(f"/clips/{clip}/thread?of={data}", headers=_as(learner))
                    if text in shown.text:
                        break
            waits.append(1000 * (time.perf_counter() - began))
            (await sending).raise_for_status()
            await asyncio.sleep(_PAUSE_S)
    return waits


@asynccontextmanager
async def _listening(client: httpx.AsyncClient, token: str, clip: str) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
    """The events of an open page; the first has come when this is entered."""
    async with client.stream("GET", "/api/v1/events", params={"clip": clip}, headers=_as(token)) as answer:
        answer.raise_for_status()
        events = _events(answer)
        await anext(events)
        yield events


async def _events(answer: httpx.Response) -> AsyncIterator[tuple[str, str]]:
    """Each event's name, and the thread that it tells of."""
    name = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, line.partition('"thread":"')[2].partition('"')[0] or line.partition('"thread": "')[2][:16]


def _as(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


if __name__ == "__main__":
    main()
