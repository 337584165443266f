"""The command line as scripts use it: one JSON document, exit codes, refusals in words."""

import json
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from typer.testing import CliRunner

from domain.consent import SENDING_SAYS, TERMS_VERSION
from domain.errors import Refused
from domain.scope import Scope
from pipeline import cli
from pipeline.journey import NAMES
from pipeline.sending import Sending
from pipeline.upload import Uploaded
from store import credentials, ways_in
from store.postgres import Store
from tests.conftest import People

SAMPLE = Path(__file__).resolve().parents[2] / "pipeline" / "sample" / "sample.mp4"


def passiton(*arguments: object) -> tuple[int, str, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)], capture_output=True, text=True, timeout=300
    )
    return ran.returncode, ran.stdout, ran.stderr


def in_json(*arguments: object) -> tuple[int, Any]:
    code, out, err = passiton(*arguments, "--json")
    assert "Traceback" not in err
    return code, json.loads(out)


def film(path: Path, *arguments: object) -> Path:
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments), path], check=True, timeout=60
    )
    return path


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good, bad and odd files, some seconds each."""
    folder = tmp_path_factory.mktemp("media")
    picture = ("-f", "lavfi", "-i", "testsrc2=s=180x320:r=25:d=4")
    tone = ("-f", "lavfi", "-i", "sine=330:d=4")
    film(folder / "no_sound.mp4", *picture, "-pix_fmt", "yuv420p")
    film(folder / "no_speech.mp4", *picture, *tone, "-pix_fmt", "yuv420p", "-shortest")
    film(folder / "sound_only.m4a", *tone)
    film(folder / "short.mp4", "-f", "lavfi", "-i", "testsrc2=s=180x320:r=25:d=0.1", "-pix_fmt", "yuv420p")
    whole = (folder / "no_speech.mp4").read_bytes()
    (folder / "no_index.mp4").write_bytes(whole[: len(whole) // 2])
    faststart = film(folder / "front.mp4", "-i", folder / "no_speech.mp4", "-c", "copy", "-movflags", "+faststart")
    (folder / "cut_off.mp4").write_bytes(faststart.read_bytes()[: len(whole) // 2])
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "text.mp4").write_text("Dear all, the video follows.\n" * 50)
    (folder / "playlist.mp4").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n")
    return folder


def test_every_bad_file_is_refused_in_words_and_the_good_one_beside_them_is_not(media: Path, tmp_path: Path) -> None:
    bad = ["empty.mp4", "text.mp4", "playlist.mp4", "no_index.mp4", "cut_off.mp4", "short.mp4", "missing.mp4"]

    code, document = in_json(
        "process", media / "no_sound.mp4", *[media / b for b in bad], "--out", tmp_path / "out", "--ladder", "180"
    )
    good, *refused = document["items"]

    assert code == 3
    assert len(good["clips"]) == 1
    assert {Path(r["file"]).name: r["error"]["code"] for r in refused} == {
        "empty.mp4": "empty_file",
        "text.mp4": "not_media",
        "playlist.mp4": "not_media",
        "no_index.mp4": "truncated",
        "cut_off.mp4": "truncated",
        "short.mp4": "too_short",
        "missing.mp4": "no_such_file",
    }
    assert all(len(r["error"]["message"]) > 20 for r in refused)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["no_sound"]


@pytest.mark.parametrize(
    ("name", "renditions"),
    [
        ("no_sound.mp4", ["180", "stills"]),
        ("no_speech.mp4", ["180", "audio", "stills"]),
        ("sound_only.m4a", ["waveform", "audio", "stills"]),
    ],
)
def test_a_recording_without_words_or_picture_is_one_clip(
    name: str, renditions: list[str], media: Path, tmp_path: Path
) -> None:
    code, manifest = in_json("process", media / name, "--out", tmp_path, "--ladder", "180")
    folder = tmp_path / Path(name).stem

    assert code == 0
    assert [r["name"] for r in manifest["renditions"]] == renditions
    # The steps of the journey in their order, but for those that need a server.
    assert list(manifest["timings"]) == [step for step in NAMES if step not in {"begin", "head", "keep"}]
    [clip] = manifest["clips"]
    assert (clip["start_ms"], clip["end_ms"]) == (0, manifest["recording"]["duration_ms"])
    assert clip["text"] == ""
    assert clip["title"]
    assert (folder / "clips" / "0" / "index.m3u8").read_text().startswith("#EXTM3U")
    assert json.loads((folder / "transcript.json").read_text())["words"] == []
    assert (folder / "poster.jpg").exists() == ("stills" in renditions)


def test_a_probe_says_how_the_picture_is_shown() -> None:
    code, document = in_json("probe", SAMPLE)

    assert code == 0
    assert (document["width"], document["height"], document["rotation"]) == (720, 1280, 90)
    assert document["has_audio"] is True


def test_a_refused_probe_is_an_error_document_with_exit_code_3(media: Path) -> None:
    code, document = in_json("probe", media / "text.mp4")

    assert code == 3
    assert document["error"]["code"] == "not_media"


def test_a_transcript_that_was_written_down_with_our_own_words_can_be_cut(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("PrintHead: print head\n", encoding="utf-8")
    _, transcript = in_json("transcribe", SAMPLE, "--language", "en", "--glossary", tmp_path / "words.txt")
    path = tmp_path / "transcript.json"
    path.write_text(json.dumps(transcript))

    code, document = in_json("cut", path)
    truth = json.loads(SAMPLE.with_suffix(".json").read_text())

    assert code == 0
    assert set(transcript) == {"language", "engine", "model", "words", "sentences", "pauses"}
    assert "PrintHead" in [word["text"].strip(".,") for word in transcript["words"]]
    assert len(document["clips"]) == len(truth["topics"])
    for clip, topic in zip(document["clips"], truth["topics"], strict=True):
        assert clip["start_ms"] <= topic["start_ms"]
        assert clip["end_ms"] >= topic["end_ms"]


@pytest.mark.parametrize(
    ("glossary", "code"), [(None, "no_such_file"), (b"\xff\xfe\x00", "bad_glossary"), (b"a b c d e f", "bad_term")]
)
def test_a_glossary_that_is_none_is_said_before_anything_is_heard(
    glossary: bytes | None, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "words.txt"
    if glossary is not None:
        path.write_bytes(glossary)

    exit_code, document = in_json("transcribe", SAMPLE, "--glossary", path)

    assert exit_code != 0
    assert document["error"]["code"] == code


def test_sentences_alone_are_enough_to_cut(tmp_path: Path) -> None:
    path = tmp_path / "spoken.json"
    path.write_text(
        json.dumps(
            {
                "sentences": [
                    {"text": f"Tighten screw {i} by hand.", "start_ms": i * 4000, "end_ms": i * 4000 + 3000}
                    for i in range(30)
                ]
            }
        )
    )

    code, document = in_json("cut", path, "--min", 20, "--max", 60, "--target", 30)
    spans = [(c["start_ms"], c["end_ms"]) for c in document["clips"]]

    assert code == 0
    assert all(20_000 <= end - start <= 60_000 for start, end in spans)
    assert spans[0][0] == 0
    assert all(a[1] == b[0] for a, b in pairwise(spans))


def test_one_sentence_of_a_millisecond_is_one_clip(tmp_path: Path) -> None:
    path = tmp_path / "spoken.json"
    path.write_text('{"sentences": [{"text": "a", "start_ms": 0, "end_ms": 1}]}')

    code, document = in_json("cut", path)

    assert code == 0
    assert [(c["start_ms"], c["end_ms"]) for c in document["clips"]] == [(0, 1)]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"words": [{"text": "a"}]}', '{"words": 3}', "{}", "[" * 100_000])
def test_what_is_no_transcript_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "no.json"
    path.write_text(text)

    code, document = in_json("cut", path)

    assert code == 3
    assert document["error"]["code"] in {"bad_transcript", "empty_transcript"}


@pytest.mark.parametrize(
    "arguments",
    [("proces",), ("process",), ("cut", "x.json", "--min", "60", "--max", "20"), ("work", "--slots", "0")],
)
def test_a_command_used_wrongly_exits_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"sentences": [{"text": "a", "start_ms": 0, "end_ms": 1}]}')

    code, out, err = passiton(*[str(tmp_path / a) if a == "x.json" else a for a in arguments])

    assert code == 2
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "command",
    [
        "serve",
        "work",
        "migrate",
        "doctor",
        "process",
        "probe",
        "transcribe",
        "cut",
        "upload",
        "people",
        "token",
        "render-again",
    ],
)
def test_every_command_explains_itself(command: str) -> None:
    code, out, _ = passiton(command, "--help")

    assert code == 0
    assert "Usage" in out


@pytest.mark.parametrize(
    ("options", "sent", "told"),
    [
        ([], {}, "asked before anything is published"),
        (["--speaker", "Ahmed Yilmaz"], {"speaker": "Ahmed Yilmaz"}, "asked before anything is published"),
        (["--i-speak"], {"terms": str(TERMS_VERSION)}, SENDING_SAYS),
    ],
)
def test_an_upload_agrees_for_whoever_sends_it_only_when_they_say_that_they_speak(
    options: list[str], sent: dict[str, str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, str]] = []

    def send(*_: object, metadata: dict[str, str]) -> Sending:
        given.append({key: value for key, value in metadata.items() if value})
        return Sending((), ())

    monkeypatch.setattr("pipeline.sending.send", send)

    ran = CliRunner().invoke(cli.app, ["upload", "a.mp4", "--server", "http://x", "--token", "t", *options])

    assert ran.exit_code == 0
    assert given == [sent]
    assert told in ran.output


@pytest.mark.parametrize(
    ("given", "leads_to"),
    [(None, "http://127.0.0.1:8731"), ("", "http://127.0.0.1:8731"), ("https://tips.example", "https://tips.example")],
)
def test_links_lead_to_the_port_that_is_served_unless_an_address_is_given(
    given: str | None, leads_to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[str] = []
    monkeypatch.setattr("pipeline.serve.serve", lambda settings, **_: served.append(settings.public_url))
    monkeypatch.delenv("PASSITON_PUBLIC_URL", raising=False)
    if given is not None:
        monkeypatch.setenv("PASSITON_PUBLIC_URL", given)

    ran = CliRunner().invoke(cli.app, ["serve", "--port", "8731", "--data", str(tmp_path)])

    assert ran.exit_code == 0
    assert served == [leads_to]


def test_an_upload_says_the_same_of_one_file_and_of_two() -> None:
    one, two = Uploaded(Path("a.mp4"), "abcdefghjkmnpqrs"), Uploaded(Path("b.mp4"), None, Refused("No.", code="no"))

    alone, together = Sending((one,), ()).document(alone=True), Sending((one, two), ()).document(alone=False)

    assert together["items"] == [
        {"file": "a.mp4", "already": False, "recording": "abcdefghjkmnpqrs"},
        {"file": "b.mp4", "already": False, "error": {"code": "no", "message": "No."}},
    ]
    assert alone["items"] == together["items"][:1]
    assert (alone["recording"], alone["summary"]["sent"]) == ("abcdefghjkmnpqrs", 1)


def test_an_upload_to_nobody_says_so(media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    code, document = in_json("upload", media / "missing.mp4", "--server", "http://127.0.0.1:9", "--token", "pio_none")

    assert code in {1, 3}
    assert document["error"]["message"]


def test_a_token_is_made_for_what_it_is_needed_for(
    store: Store, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSITON_DATABASE_URL", store.dsn)
    monkeypatch.setenv("PASSITON_DATA_DIR", str(tmp_path))

    some = CliRunner().invoke(
        cli.app, ["token", "lea", "--scope", "upload", "--scope", "write", "--days", "7", "--json"]
    )
    every = CliRunner().invoke(cli.app, ["token", "lea"])
    none = CliRunner().invoke(cli.app, ["token", "lea", "--scope", "everything"])
    with store.transaction() as tx:
        newest, first = ways_in.tokens(tx, people.learner.id)
        known = credentials.person_of_api_token(tx, json.loads(some.stdout)["token"], first.created_at)

    assert (first.scopes, newest.scopes) == (("read", "write", "upload"), tuple(Scope))
    assert first.expires_at is not None
    assert round((first.expires_at - first.created_at) / timedelta(days=1)) == 7
    assert (newest.expires_at, newest.label) == (None, "command line")
    assert known is not None
    assert known.login == "lea"
    assert every.stdout.startswith("pio_")
    assert none.exit_code == 2
