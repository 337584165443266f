"""SIGKILL in the middle of a step: finished after a restart, nothing recorded as done is done twice."""

from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.journey.running import SMALL, Running


def test_workers_killed_while_they_render_and_transcribe_are_replaced_and_nothing_is_done_twice(
    running: Callable[..., Running], tip: Path
) -> None:
    server = running(extra=SMALL)
    expert = server.person("eva", "expert")
    recording = server.upload(tip, expert)
    server.until(lambda: server.step(recording, "transcribe")["state"] == "running", "words are being heard", 180)
    server.kill_worker("speech")
    before = server.until(lambda: _runs(server, recording), "a few fragments are listed", 180)
    server.kill_worker("media")
    kept = server.step(recording, "listen")

    server.ready(recording, expert)
    after = _runs(server, recording)
    transcript = expert.get(f"/api/v1/recordings/{recording}/transcript").json()

    assert [server.step(recording, name)["attempts"] for name in ("render", "transcribe")] == [2, 2]
    assert server.step(recording, "listen") == kept
    assert before <= after  # the very rows: same object, same time of writing
    assert _contiguous(server, recording)
    assert len(transcript["words"]) > 60


def test_a_server_killed_with_everything_in_hand_finishes_after_it_is_started_again(
    running: Callable[..., Running], tip: Path
) -> None:
    server = running(extra=SMALL)
    expert = server.person("eva", "expert")
    recording = server.upload(tip, expert)
    server.until(lambda: _runs(server, recording), "a few fragments are listed", 180)

    server.kill()
    server.start()
    found = server.ready(recording, expert)

    assert [s["state"] for s in found["steps"]] == ["done"] * 8
    assert _contiguous(server, recording)


def _runs(server: Running, recording: str) -> set[tuple[object, ...]]:
    """Every listed object, with the transaction that listed it."""
    with psycopg.connect(server.dsn) as connection:
        return set(
            connection.execute(
                "select f.rendition_id, f.first, f.object_key, f.xmin::text from fragment_run f"
                " join rendition n on n.id = f.rendition_id join rendering g on g.id = n.rendering_id"
                " join recording r on r.id = g.recording_id where r.public_id = %s and n.kind = 'video'",
                [recording],
            ).fetchall()
        )


def _contiguous(server: Running, recording: str) -> bool:
    """Whether every rendition's objects follow one another without a gap or an overlap."""
    with psycopg.connect(server.dsn) as connection:
        rows = connection.execute(
            "select n.name, f.first, cardinality(f.starts) from fragment_run f"
            " join rendition n on n.id = f.rendition_id join rendering g on g.id = n.rendering_id"
            " join recording r on r.id = g.recording_id where r.public_id = %s order by 1, 2",
            [recording],
        ).fetchall()
    ends: dict[str, int] = {}
    for name, first, count in rows:
        if first != ends.get(name, 0):
            return False
        ends[name] = first + count
    return bool(ends)
