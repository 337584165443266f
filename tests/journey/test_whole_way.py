"""From a phone's video to clips that play and are talked about: the real thing, once on each home of objects."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import av
import httpx
import pytest

from tests.burned_code import frame_number
from tests.conftest import S3Server
from tests.journey.running import SAMPLE, SMALL, Running

FPS = 30


@pytest.mark.parametrize(("home", "topics"), [("folder", 3), ("s3", 1)])
def test_a_recording_becomes_clips_that_play_are_trimmed_and_talked_about(
    home: str, topics: int, running: Callable[..., Running], tip: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server = running(extra=SMALL | _s3(request.getfixturevalue("s3_server")) if home == "s3" else {})
    curator, learner = server.person("carl", "curator"), server.person("lea", "learner")
    server.cli("people", "add", "eva", "--role", "expert", "--name", "Eva")
    expert = server.client(server.cli("token", "eva").strip())

    recording = server.upload(SAMPLE if topics == 3 else tip, expert)
    found = server.ready(recording, expert)
    clips = expert.get(f"/api/v1/recordings/{recording}/clips").json()["items"]

    assert {s["state"] for s in found["steps"]} == {"done"}
    assert len(clips) == topics
    assert any("label" in clip["text"].lower() for clip in clips)
    assert learner.get("/api/v1/clips").json()["items"] == []

    # The curator reviews, names and publishes one.
    first = curator.get("/api/v1/clips", params={"review": "true"}).json()["items"][0]
    named = _patch(curator, first, title="Clear a jam", tags=["Printer", "Line 3"])
    assert curator.put(f"/api/v1/clips/{first['id']}/publication").status_code in {200, 204}

    # The learner finds it by a word, watches it, and says something at a second of it.
    assert [c["id"] for c in learner.get("/api/v1/clips").json()["items"]] == [first["id"]]
    word = max(re.findall("[a-z]{5,}", first["text"].lower()), key=len)
    assert learner.get("/api/v1/search", params={"q": word}).json()["items"][0]["clip"]["id"] == first["id"]
    shown = _frames(_downloaded(learner, server.url, first["id"], tmp_path / "first.mp4"))
    assert shown[0] == _frame(named["start_ms"])
    assert shown[-1] == _frame(named["end_ms"]) - 1
    assert shown == list(range(shown[0], shown[-1] + 1))
    said = learner.post(
        f"/api/v1/clips/{first['id']}/comments",
        json={"at_ms": named["start_ms"] + 3000, "kind": "question", "text": "Also on the old one?"},
    ).json()
    curator.post(
        f"/api/v1/clips/{first['id']}/comments",
        json={"at_ms": named["start_ms"] + 3000, "kind": "answer", "text": "Yes.", "reply_to": said["id"]},
    ).raise_for_status()

    # A bound is moved to an earlier pause: live at the next play, same link, same thread.
    transcript = curator.get(f"/api/v1/recordings/{recording}/transcript").json()
    earlier = max(ms for ms in transcript["keyframes"] if ms < named["end_ms"] - 2000)
    moved = _patch(curator, named, end_ms=earlier)
    shown = _frames(_downloaded(learner, server.url, first["id"], tmp_path / "moved.mp4"))
    thread = learner.get(f"/api/v1/clips/{first['id']}/comments").json()["items"]
    captions = learner.get(f"/api/v1/clips/{first['id']}/captions.vtt").text

    assert moved["end_ms"] == earlier
    assert shown[-1] == _frame(earlier) - 1
    assert [(c["kind"], c["text"], c["clip_at_ms"]) for c in thread] == [
        ("question", "Also on the old one?", 3000),
        ("answer", "Yes.", 3000),
    ]
    assert captions.startswith("WEBVTT")

    # A bound between two pauses: a moment later the clip ends at the very frame, and so it is taken along.
    _patch(curator, moved, end_ms=earlier + 600)
    curator.patch(f"/api/v1/spaces/{moved['space']['id']}", json={"downloads": True}).raise_for_status()
    (tmp_path / "along.mp4").write_bytes(
        server.until(lambda: _taken_along(learner, first["id"]), "its edge is there", 60)
    )

    assert _frames(tmp_path / "along.mp4") == list(range(_frame(named["start_ms"]), _frame(earlier + 600)))

    # Withdrawn, it is gone at once, and so are the media URLs that a viewer kept.
    kept = _media_urls(learner, server.url, first["id"])
    curator.delete(f"/api/v1/clips/{first['id']}/publication").raise_for_status()
    assert learner.get(f"/api/v1/clips/{first['id']}").status_code == 404
    assert {httpx.get(url).status_code for url in kept} == {404}


def test_the_original_is_kept_bit_for_bit_and_plays_while_it_is_being_rendered(
    running: Callable[..., Running], tip: Path
) -> None:
    server = running(extra=SMALL)
    expert = server.person("eva", "expert")
    recording = server.upload(tip, expert)

    def growing() -> str | None:
        answer = expert.get(f"/api/v1/recordings/{recording}/play.m3u8")
        if answer.status_code != 200:
            return None
        playlist = _media_playlist(expert, server.url, answer)
        return playlist if "#EXTINF" in playlist else None

    playlist = server.until(growing, "the first fragment is listed", 180)
    state = server.step(recording, "render")["state"]
    server.ready(recording, expert)
    complete = _media_playlist(expert, server.url, expert.get(f"/api/v1/recordings/{recording}/play.m3u8"))
    [original] = (server.data / "objects" / "recordings").glob(f"*/original/{_sha256(tip)}")

    assert _sha256(original) == _sha256(tip)
    assert list((server.data / "staging").glob("*.part")) == []
    assert state == "running"
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in playlist
    assert "#EXT-X-ENDLIST" not in playlist
    assert "#EXT-X-ENDLIST" in complete
    assert complete.count("#EXTINF") > playlist.count("#EXTINF")


def _patch(client: httpx.Client, clip: dict[str, object], **changes: object) -> dict[str, int]:
    answer = client.patch(f"/api/v1/clips/{clip['id']}", json=changes, headers={"If-Match": f'"{clip["version"]}"'})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _taken_along(client: httpx.Client, clip: str) -> bytes | None:
    answer = client.get(f"/api/v1/clips/{clip}/download.mp4")
    return answer.content if answer.status_code == 200 else None


def _media_playlist(client: httpx.Client, base: str, master: httpx.Response) -> str:
    """The first video rendition's playlist."""
    assert master.status_code == 200, master.text
    lines = master.text.splitlines()
    uri = next(lines[i + 1] for i, line in enumerate(lines) if line.startswith("#EXT-X-STREAM-INF"))
    return client.get(httpx.URL(base).join(str(master.url)).join(uri)).raise_for_status().text


def _media_urls(client: httpx.Client, base: str, clip: str) -> list[str]:
    """The initialisation segment and the fragments, in order."""
    playlist = _media_playlist(client, base, client.get(f"/api/v1/clips/{clip}/play.m3u8"))
    [first] = re.findall(r'#EXT-X-MAP:URI="([^"]+)"', playlist)
    return [str(httpx.URL(base).join(uri)) for uri in (first, *re.findall("^[^#].*$", playlist, re.MULTILINE))]


def _downloaded(client: httpx.Client, base: str, clip: str, path: Path) -> Path:
    """What a player would see: fetched without any token, since media URLs carry their own right."""
    path.write_bytes(b"".join(httpx.get(url).raise_for_status().content for url in _media_urls(client, base, clip)))
    return path


def _frames(path: Path) -> list[int]:
    """The numbers burned into every frame, in the order shown."""
    with av.open(path) as container:
        return [frame_number(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def _frame(at_ms: int) -> int:
    return round(at_ms * FPS / 1000)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _s3(server: S3Server) -> dict[str, str]:
    return {
        "PASSITON_S3_ENDPOINT": server.endpoint,
        "PASSITON_S3_BUCKET": server.bucket,
        "PASSITON_S3_ACCESS_KEY": server.access_key,
        "PASSITON_S3_SECRET_KEY": server.secret_key,
    }
