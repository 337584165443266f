"""What runs on a stranger's file gets at nothing but that file, and lives no longer than we do."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import transcode.jail
from domain.errors import Unavailable
from tests.transcode.media import ffmpeg, numbered
from transcode.confine import DEMUXERS
from transcode.jail import Jail, Limits

ROOT = Path(__file__).resolve().parents[2]
PRISONER = "tests.transcode.prisoner"
SAFE = ["-hide_banner", "-nostdin", "-v", "error", "-protocol_whitelist", "fd", "-fd", "3"]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered(tmp_path_factory.mktemp("media") / "video.mp4", 60)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A file that everybody on this machine may read."""
    note = tmp_path / "note.txt"
    note.write_text("the combination is 1-2-3-4-5")
    note.chmod(0o644)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return note


def test_it_reads_the_file_it_was_given(note: Path, jail: Jail) -> None:
    assert jail.call(f"{PRISONER}:read_input", note) == "the combination is 1-2-3-4-5"


def test_it_cannot_reach_even_this_machine_by_network(note: Path, jail: Jail) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = jail.call(f"{PRISONER}:try_to_connect", note, server.getsockname()[1])

    assert answer == "PermissionError"


def test_it_cannot_open_another_file_though_everybody_may_read_it(note: Path, jail: Jail) -> None:
    if not jail.walls()["files"]:
        pytest.skip("this kernel has no Landlock")

    assert jail.call(f"{PRISONER}:try_to_read", note, str(note)) == "PermissionError"


def test_it_cannot_write_a_file_anywhere(note: Path, jail: Jail) -> None:
    if not jail.walls()["files"]:
        pytest.skip("this kernel has no Landlock")

    answer = jail.call(f"{PRISONER}:try_to_write", note, f"{tempfile.gettempdir()}/escaped-{os.getpid()}")

    assert answer == "PermissionError"


def test_it_cannot_signal_its_parent(note: Path, jail: Jail) -> None:
    assert jail.call(f"{PRISONER}:try_to_kill", note, os.getpid()) == "PermissionError"


def test_it_has_neither_our_environment_nor_our_descriptors(
    note: Path, jail: Jail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSITON_SECRET_KEY", "do not tell")
    with note.open() as ours:
        os.set_inheritable(ours.fileno(), True)

        seen = jail.call(f"{PRISONER}:look_around", note)

    assert set(seen["environment"]) <= {"LC_CTYPE"}  # Python's own, when the locale is C
    assert seen["descriptors"] == [0, 1, 2, 3]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_as_root_it_becomes_a_user_of_its_own(note: Path, jail: Jail) -> None:
    seen = jail.call(f"{PRISONER}:look_around", note)

    assert 61_184 <= seen["user"] <= 65_519
    assert seen["groups"] == []


def test_it_cannot_have_more_memory_than_it_was_allowed(note: Path, jail: Jail) -> None:
    limits = Limits(memory_bytes=256 << 20)

    answer = jail.call(f"{PRISONER}:try_to_fill_memory", note, 512 << 20, limits=limits)

    assert answer == "MemoryError"


def test_it_ends_when_its_time_is_up(note: Path, jail: Jail) -> None:
    begun = time.monotonic()

    with pytest.raises(Unavailable) as raised:
        jail.call(f"{PRISONER}:never_end", note, limits=Limits(wall_s=0.5))

    assert raised.value.code == "too_slow"
    assert time.monotonic() - begun < 5


def test_what_stands_still_is_ended_long_before(note: Path, jail: Jail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcode.jail, "_STANDS_STILL_S", 1.5)

    with pytest.raises(Unavailable) as raised:
        jail.call(f"{PRISONER}:stand_still", note, limits=Limits(wall_s=300))

    assert raised.value.code == "stuck"


def test_what_is_made_to_stand_still_is_not_ended_for_it(
    video: Path, jail: Jail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcode.jail, "_STANDS_STILL_S", 0.2)

    with jail.start([*SAFE, "-re", "-i", "fd:", "-f", "null", "-"], video) as run:
        _until_it_is_ffmpeg(run.pid)
        run.hold(True)
        held = [run.wait(0.1) for _ in range(6)]

    assert held == [True] * 6


def test_what_went_wrong_inside_is_kept_for_those_who_run_the_server(note: Path, jail: Jail) -> None:
    with pytest.raises(Unavailable) as raised:
        jail.call(f"{PRISONER}:go_wrong", note)

    assert raised.value.code == "media_failed"
    assert "RuntimeError: what went wrong" in raised.value.__notes__[0]
    assert "Traceback" not in raised.value.message


def test_ffmpeg_seeks_in_its_input_and_writes_to_what_it_was_handed(video: Path, tmp_path: Path, jail: Jail) -> None:
    written = tmp_path / "copy.mkv"

    with (
        written.open("wb") as file,
        jail.start([*SAFE, "-i", "fd:", "-c", "copy", "-f", "matroska", "pipe:4"], video, [file]) as run,
    ):
        run.finish()

    assert b"moov" in video.read_bytes()[-4000:]  # the index is at the end: it had to seek
    assert len(ffmpeg("-i", written, "-map", "0:v", "-c", "copy", "-f", "framemd5", "-").splitlines()) > 60


def test_ffmpeg_has_an_empty_environment(video: Path, jail: Jail) -> None:
    with jail.start([*SAFE, "-re", "-i", "fd:", "-f", "null", "-"], video) as run:
        _until_it_is_ffmpeg(run.pid)

        environment = subprocess.run(["cat", f"/proc/{run.pid}/environ"], capture_output=True, check=False).stdout

    assert environment == b""


def test_ffmpeg_cannot_follow_a_script_to_another_file(video: Path, tmp_path: Path, jail: Jail) -> None:
    if not jail.walls()["files"]:
        pytest.skip("this kernel has no Landlock")
    script = tmp_path / "innocent.mp4"
    script.write_text(f"ffconcat version 1.0\nfile 'file:{video}'\n")
    careless = ["-hide_banner", "-v", "error", "-f", "concat", "-safe", "0", "-protocol_whitelist", "fd,file"]
    outside = ffmpeg("-f", "concat", "-safe", 0, "-i", script, "-f", "framemd5", "-")

    with jail.start([*careless, "-fd", "3", "-i", "fd:", "-f", "framemd5", "-"], script) as run:
        output = b"".join(run.output())
        with pytest.raises(Unavailable) as raised:
            run.finish()

    assert len(outside) > 1000  # it would have worked without the walls
    assert b"0, " not in output
    assert "Permission denied" in raised.value.__notes__[0]


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{video}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{video}'\n",
    ],
)
def test_ffmpeg_does_not_even_try_to_read_a_playlist(text: str, video: Path, tmp_path: Path, jail: Jail) -> None:
    playlist = tmp_path / "innocent.mp4"
    playlist.write_text(text.format(video=video))

    arguments = [*SAFE, "-format_whitelist", DEMUXERS, "-i", "fd:", "-f", "null", "-"]
    with jail.start(arguments, playlist) as run, pytest.raises(Unavailable) as raised:
        run.finish()

    assert "Permission denied" not in raised.value.__notes__[0]


def test_an_output_cannot_grow_beyond_its_limit(video: Path, tmp_path: Path, jail: Jail) -> None:
    limits = Limits(file_bytes=100_000)

    arguments = [*SAFE, "-i", "fd:", "-f", "rawvideo", "pipe:4"]
    with (
        (tmp_path / "huge.avi").open("wb") as file,
        jail.start(arguments, video, [file], limits=limits) as run,
        pytest.raises(Unavailable),
    ):
        run.finish()

    assert (tmp_path / "huge.avi").stat().st_size <= 100_000


def test_it_dies_with_its_parent(video: Path) -> None:
    arguments = [*SAFE, "-re", "-stream_loop", "-1", "-i", "fd:", "-f", "null", "-"]
    script = (
        "import sys; from pathlib import Path; from transcode.jail import Jail\n"
        f"run = Jail().start({arguments!r}, Path({str(video)!r}))\n"
        "print(run.pid, flush=True); run.wait(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    watch = os.pidfd_open(child)
    _until_it_is_ffmpeg(child)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    ended, _, _ = select.select([watch], [], [], 5)
    os.close(watch)
    parent.stdout.close()
    assert ended


def test_an_ordinary_user_without_landlock_is_told_to_start_it_as_root() -> None:
    limits = dict.fromkeys(("cpu_s", "memory_bytes", "file_bytes"), 1 << 30)
    without = (
        "import os; from transcode import confine;"
        "confine.os.geteuid = lambda: 1000; confine._forbid_files = lambda program, card: False;"
        f"confine.confine({{'limits': {limits}, 'parent': os.getppid()}}, None)"
    )

    done = subprocess.run([sys.executable, "-c", without], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "this kernel has no Landlock" in done.stderr
    assert "as root" in done.stderr


@pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("setpriv") is None, reason="root is needed to become an ordinary user"
)
def test_all_of_it_holds_for_an_ordinary_user() -> None:
    # The one capability lets it enter the folder with our Python where that is root's own; the jail takes it away.
    capability = [f"--{kind}-caps=-all,+dac_read_search" for kind in ("inh", "ambient")]
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, 1000, 1000)
        become = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", *capability]
        tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={home}/pytest", __file__]

        done = subprocess.run(
            [*become, *tests],
            cwd=ROOT,
            env={"HOME": home, "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def _until_it_is_ffmpeg(pid: int) -> None:
    deadline = time.monotonic() + 10
    while not Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ffmpeg"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
