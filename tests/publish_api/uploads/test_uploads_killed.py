"""SIGKILL for the server in the middle of an upload, and what clients find after its restart."""

import json
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from tusclient import client as tuspy

from tests.publish_api.uploads.uploading import ROOT, UPLOADS, Server, metadata, node, sha256, until

TUS_JS = ROOT / "node_modules" / "tus-js-client"


def test_a_kill_at_any_moment_loses_no_promised_byte(mortal: Server, tip: Path) -> None:
    data = tip.read_bytes()
    path = mortal.create(len(data), **{"Upload-Metadata": metadata(filename="tip.mp4")})
    promised, kills = 0, 0

    while promised < len(data):
        half = mortal.half_patch(path, promised, len(data) - promised, b"")
        target = promised + 9_000_000
        feeding = threading.Thread(target=_feed, args=[half, data[: target + 2_000_000], promised])
        feeding.start()
        until(lambda target=target: mortal.part(path).stat().st_size >= min(target, len(data)), "bytes come")
        mortal.kill()
        kills += 1
        half.close()
        feeding.join()
        mortal.start()
        offset = mortal.offset(path)
        assert offset >= promised
        promised = offset

    assert kills >= 2
    assert sha256(mortal.part(path)) == sha256(tip)
    assert mortal.head(path).headers["Recording-Id"]


def test_a_kill_after_the_last_byte_is_mended_by_the_next_start(mortal: Server) -> None:
    (mortal.folder / "down").touch()
    path = mortal.create(5)
    refused = mortal.patch(path, 0, b"abcde")

    mortal.kill()
    (mortal.folder / "down").unlink()
    mortal.start()

    assert refused.status_code == 503
    assert (mortal.folder / "arrived" / path.rsplit("/", 1)[1]).read_text() == "5  \n"


def test_a_kill_while_a_checksum_is_awaited_keeps_only_what_was_verified(mortal: Server) -> None:
    path = mortal.create(10_000_000)
    mortal.patch(path, 0, b"abc")
    half = mortal.connect(
        f"PATCH {path} HTTP/1.1\nHost: x\nAuthorization: Bearer eva\nTus-Resumable: 1.0.0\nUpload-Offset: 3\n"
        f"Content-Type: application/offset+octet-stream\nUpload-Checksum: sha1 {'A' * 27}=\nContent-Length: 9000000\n"
        "\n",
        b"X" * 5_000_000,
    )
    side = mortal.part(path).with_suffix(".side")
    until(lambda: side.exists() and side.stat().st_size > 4_000_000, "bytes wait aside")

    mortal.kill()
    half.close()
    mortal.start()

    assert mortal.offset(path) == 3
    assert mortal.part(path).read_bytes() == b"abc"


@pytest.mark.skipif(node() is None, reason="there is no node on this machine")
@pytest.mark.skipif(not TUS_JS.exists(), reason="tus-js-client is not in node_modules: npm ci")
@pytest.mark.parametrize("chunk", ["Infinity", "5000000"])
def test_tus_js_client_goes_on_after_the_server_was_killed(mortal: Server, tip: Path, chunk: str) -> None:
    script = Path(__file__).with_name("tus_upload.cjs")
    client = subprocess.Popen(
        [str(node()), str(script), mortal.url + UPLOADS, str(tip), chunk], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    until(lambda: _largest(mortal.staging) > 5_000_000, "the upload is on its way", 30)

    mortal.kill()
    mortal.start()
    said = client.communicate(timeout=60)[0]

    told = json.loads(said.splitlines()[-1])
    part = mortal.staging / f"{told['url'].rsplit('/', 1)[1]}.part"
    assert sha256(part) == sha256(tip)
    assert told["recording"].startswith("recording-of-")
    assert told["retries"] >= 1


def test_tuspy_goes_on_after_the_server_was_killed(mortal: Server, tip: Path) -> None:
    uploader = tuspy.TusClient(mortal.url + UPLOADS, headers={"Authorization": "Bearer eva"}).uploader(
        str(tip), chunk_size=2_000_000, metadata={"filename": "tip.mp4"}, retries=30, retry_delay=0.5
    )
    sending = threading.Thread(target=uploader.upload)
    sending.start()
    until(lambda: _largest(mortal.staging) > 5_000_000, "the upload is on its way", 30)

    mortal.kill()
    mortal.start()
    sending.join(60)

    path = uploader.url.removeprefix(mortal.url)
    assert uploader.offset == 20_000_000
    assert sha256(mortal.part(path)) == sha256(tip)
    assert mortal.head(path).headers["Recording-Id"]


def _feed(connection: object, data: bytes, at: int) -> None:
    """Sends these bytes, until the server is gone."""
    with suppress(OSError):
        while at < len(data):
            connection.sendall(data[at : at + 250_000])
            at += 250_000


def _largest(folder: Path) -> int:
    return max((path.stat().st_size for path in folder.glob("*.part")), default=0)
