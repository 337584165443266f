"""A clip that is being taken along hears at once that it may not be, wherever it is on its way."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domain.clip import Clip
from domain.media import Rendition
from domain.recording import Recording
from publish_api import downloads, leaving, takeaway
from tests.loops import run
from tests.pipeline.filmed import FPS, PLAN, SIDES, Film, House
from tests.publish_api.taking import Taken, taken
from tests.transcode.media import numbered, numbers, pcm, small
from transcode.probe import probe
from transcode.render import render

LEFT = [*range(75), *range(150, 250)]


@pytest.fixture
def recording(house: House, film: Film) -> Recording:
    return house.film(film)


@pytest.fixture
def clip(house: House, recording: Recording) -> Clip:
    return house.clip(recording)


def recall(house: House, recording: Recording) -> None:
    """Three seconds of it, from one keyframe to another."""
    body = {"start_ms": 3_000, "end_ms": 6_000, "reason": "It bursts."}
    assert house.client.post(f"/api/v1/recordings/{recording.public_id}/recalls", json=body).status_code == 201


def test_what_is_recalled_while_it_waits_for_its_turn_is_not_in_it(
    house: House, recording: Recording, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def turn() -> Iterator[None]:
        recall(house, recording)
        yield

    monkeypatch.setattr(downloads._TURNS, "mine", turn)

    data = house.get(clip, "download.mp4")

    assert numbers(data) == LEFT


@pytest.mark.parametrize("what", ["download.mp4", "download.m4a"])
def test_what_is_recalled_while_it_is_put_together_is_not_sent(
    house: House, recording: Recording, clip: Clip, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    join, joined = takeaway.join, []

    def slowly(parts: Any, objects: Any, path: Path) -> None:
        join(parts, objects, path)
        joined.append(path.parent.name)
        recall(house, recording)

    monkeypatch.setattr(takeaway, "join", slowly)

    answer = house.client.get(f"/api/v1/clips/{clip.public_id}/{what}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "clip_changed")
    assert [name.startswith("download-") for name in joined] == [True]
    assert list(tmp_path.glob("download-*")) == []


@pytest.mark.parametrize("how", ["recalled", "withdrawn", "signed out", "off"])
def test_it_stops_on_its_way_when_it_may_not_be_taken_along_any_more(
    house: House, recording: Recording, clip: Clip, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    monkeypatch.setattr(leaving, "_STEP", 1_000)
    monkeypatch.setattr(leaving, "_ASK_EVERY_S", -1.0)
    path, there = f"/api/v1/clips/{clip.public_id}/download.mp4", list[Path]()

    async def until_the_third_piece(got: Taken) -> None:
        there.extend(tmp_path.glob("download-*"))
        if len(got.body) < 3_000:
            return
        if how == "recalled":
            recall(house, recording)
        elif how == "withdrawn":
            house.client.delete(f"/api/v1/clips/{clip.public_id}/publication")
        with house.store.transaction() as tx:
            if how == "signed out":
                tx.execute("update api_token set revoked_at = now()")
            elif how == "off":
                tx.execute("update space set downloads = false")

    whole = run(taken(house.client, path))
    part = run(taken(house.client, path, until_the_third_piece))

    assert numbers(whole.body) == list(range(250))
    assert (part.status, part.body) == (200, whole.body[:3_000])
    assert there == []  # a kill would leave nothing of it either


def test_a_title_that_changes_meanwhile_breaks_nothing_off(
    house: House, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "_ASK_EVERY_S", -1.0)
    monkeypatch.setattr(leaving, "_STEP", 10_000)
    path, there = f"/api/v1/clips/{clip.public_id}", {"If-Match": "*"}

    async def renamed(got: Taken) -> None:
        assert house.client.patch(path, json={"title": f"From {len(got.body)}"}, headers=there).status_code == 200

    whole = run(taken(house.client, f"{path}/download.mp4", renamed))

    assert numbers(whole.body) == list(range(250))


def test_those_who_wait_for_their_turn_leave_threads_to_others(
    house: House, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads._TURNS, "_in_line", threading.BoundedSemaphore(1))

    with downloads._TURNS._in_line:
        busy = house.client.get(f"/api/v1/clips/{clip.public_id}/download.mp4")

    assert (busy.status_code, busy.json()["error"]["code"]) == (503, "busy")
    assert numbers(house.get(clip, "download.mp4")) == list(range(250))


@pytest.mark.parametrize(("what", "first"), [("download.mp4", 0), ("download.m4a", 1)])
def test_a_part_without_sound_is_silent_among_others(
    house: House, recording: Recording, clip: Clip, tmp_path: Path, what: str, first: int
) -> None:
    mute = house.film(_silent(house, tmp_path, SIDES), _without_sound(SIDES))
    spans = [(mute, 0, 3_000), (recording, 6_000, 8_000), (mute, 3_000, 6_000)][first:]
    _cut(house, clip, spans)

    data = house.get(clip, what)

    heard = np.abs(pcm(data))
    seconds = [float(heard[s * 48_000 :][:48_000].mean()) for s in range(round(len(heard) / 48_000))]
    lengths = [(end - start) // 1000 for _, start, end in spans]
    beep = sum(lengths[: [each is recording for each, *_ in spans].index(True)]) + 1
    assert len(seconds) == sum(lengths)
    assert [s for s, level in enumerate(seconds) if level > 0.1] == [beep]
    if what == "download.mp4":
        assert numbers(data) == [*range(75), *range(150, 200), *range(75, 150)]


def test_parts_of_other_sizes_are_one_film_in_a_reel_only_and_that_is_said(
    house: House, recording: Recording, clip: Clip, tmp_path: Path
) -> None:
    other = house.film(_silent(house, tmp_path, (72,)), _without_sound((72,)))
    _cut(house, clip, [(recording, 6_000, 8_000), (other, 0, 3_000)])

    piece = house.client.get(f"/clips/{clip.public_id}/along").text
    refused = house.client.get(f"/api/v1/clips/{clip.public_id}/download.mp4")

    assert "are of recordings with other sizes" in piece
    assert re.findall(r"download\.(\w+)", piece) == ["m4a"]
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "different_recordings")


def _without_sound(sides: tuple[int, ...]) -> tuple[Rendition, ...]:
    return small(*sides, sound=False)


def _silent(house: House, folder: Path, sides: tuple[int, ...]) -> Film:
    path, jail = numbered(folder / "mute.mp4", 250, fps=FPS, sound=False), house.tools.jail
    found = probe(path, jail)
    return path, tuple(render(path, found, PLAN, _without_sound(sides), loudness=None, jail=jail, work=folder))


def _cut(house: House, clip: Clip, spans: list[tuple[Recording, int, int]]) -> None:
    parts = [{"recording": each.public_id, "start_ms": start, "end_ms": end} for each, start, end in spans]
    answer = house.client.patch(f"/api/v1/clips/{clip.public_id}", json={"parts": parts}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


def test_the_rest_of_a_clip_is_taken_later(house: House, clip: Clip) -> None:
    path = f"/api/v1/clips/{clip.public_id}/download.mp4"
    whole = house.client.get(path)
    tag, wanted = whole.headers["ETag"], {"Range": "bytes=5000-"}

    rest = house.client.get(path, headers={**wanted, "If-Range": tag})
    other = house.client.get(path, headers={**wanted, "If-Range": '"another"'})
    same = house.client.get(path, headers={"If-None-Match": tag})

    assert (rest.status_code, rest.content) == (206, whole.content[5000:])
    assert (other.status_code, other.content) == (200, whole.content)
    assert (same.status_code, same.content) == (304, b"")
    assert rest.headers["Content-Disposition"] == whole.headers["Content-Disposition"]
