"""Every way out of the jail that we know of, tried: once as root, where that is who runs this, and once as not."""

import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from domain.errors import Unavailable
from tests.transcode.prisoner import FAMILIES
from transcode.jail import Jail, Limits, is_the_files_fault

ROOT = Path(__file__).resolve().parents[2]
PRISONER = "tests.transcode.prisoner"
ORDINARY_USER = 1000


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of ours that nobody else may read, in folders that everybody may pass."""
    secret = tmp_path / "secret.txt"
    secret.write_text("for our eyes only")
    secret.chmod(0o600)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return secret


@pytest.fixture
def given(tmp_path: Path) -> Path:
    given = tmp_path / "given.mp4"
    given.write_text("a stranger's file")
    return given


@pytest.fixture
def landlocked(jail: Jail) -> None:
    if not jail.walls()["files"]:
        pytest.skip("this kernel has no Landlock")


def test_it_gets_no_socket_of_any_family(given: Path, jail: Jail) -> None:
    answers = jail.call(f"{PRISONER}:try_to_talk", given)

    assert len(answers) == 3 * len(FAMILIES) + 1
    assert set(answers.values()) == {"PermissionError"}


@pytest.mark.usefixtures("landlocked")
def test_it_cannot_read_what_only_we_may_read(given: Path, secret: Path, jail: Jail) -> None:
    assert jail.call(f"{PRISONER}:try_to_read", given, str(secret)) == "PermissionError"


@pytest.mark.usefixtures("landlocked")
@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "/proc/1/environ", "/dev/zero", "/dev/tty"])
def test_it_cannot_read_what_everybody_may_read(path: str, given: Path, jail: Jail) -> None:
    assert jail.call(f"{PRISONER}:try_to_read", given, path) in {"PermissionError", "FileNotFoundError"}


@pytest.mark.usefixtures("landlocked")
@pytest.mark.parametrize(("encoder", "read"), [("h264_nvenc", b"a card"), ("libx264", b"")])
def test_the_graphics_card_is_open_to_what_encodes_on_it_and_to_nothing_else(
    encoder: str, read: bytes, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.NamedTemporaryFile() as card:  # where the jail's user gets to
        card.write(b"a card")
        card.flush()
        Path(card.name).chmod(0o644)
        monkeypatch.setattr("transcode.jail._CARD", (card.name, "/dev/no such card"))
        reading = ["-v", "error", "-f", "u8", "-ar", "8000", "-i", f"file:{card.name}", "-metadata", f"by={encoder}"]

        with Jail().start([*reading, "-f", "u8", "pipe:1"], given) as run:
            assert b"".join(run.output()) == read


@pytest.mark.usefixtures("landlocked")
def test_it_cannot_read_its_parents_memory_or_environment(given: Path, jail: Jail) -> None:
    for name in ("environ", "mem", "maps"):
        path = f"/proc/{os.getpid()}/{name}"

        assert jail.call(f"{PRISONER}:try_to_read", given, path) == "PermissionError"


@pytest.mark.usefixtures("landlocked")
def test_it_cannot_meddle_with_our_process_or_our_files(given: Path, jail: Jail, tmp_path: Path) -> None:
    ours = tmp_path / "ours.txt"
    ours.write_text("as it was")
    ours.chmod(0o640)
    before = (ours.stat().st_mtime_ns, resource.getrlimit(resource.RLIMIT_NOFILE))

    answers = jail.call(f"{PRISONER}:try_to_meddle", given, os.getpid(), str(ours))

    assert answers.pop("length of the input") == "OSError"  # it is open for reading
    assert set(answers.values()) == {"PermissionError"}
    assert ours.read_text() == "as it was"
    assert stat.S_IMODE(ours.stat().st_mode) == 0o640
    assert (ours.stat().st_mtime_ns, resource.getrlimit(resource.RLIMIT_NOFILE)) == before
    assert given.read_text() == "a stranger's file"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["given.mp4", "ours.txt"]


def test_it_may_have_threads_and_no_children(given: Path, jail: Jail) -> None:
    answers = jail.call(f"{PRISONER}:try_to_multiply", given)

    assert answers == {
        "fork": "PermissionError",
        "spawn": "PermissionError",
        "clone3": "Function not implemented",  # so that the C library takes clone, whose flags can be seen
        "thread": "done",
    }


def test_it_cannot_choose_to_outlive_its_parent(given: Path, jail: Jail) -> None:
    assert jail.call(f"{PRISONER}:try_to_outlive", given) == "Operation not permitted"


def test_its_limits_are_those_that_were_ordered(given: Path, jail: Jail) -> None:
    limits = Limits(wall_s=7.0, memory_bytes=300 << 20, file_bytes=1000)

    seen = jail.call(f"{PRISONER}:limits", given, limits=limits)

    cpu_s = 7 * (os.cpu_count() or 1) + 1
    assert seen == {
        "RLIMIT_CORE": [0, 0],
        "RLIMIT_NOFILE": [256, 256],
        "RLIMIT_CPU": [cpu_s, cpu_s + 5],
        "RLIMIT_DATA": [300 << 20, 300 << 20],
        "RLIMIT_FSIZE": [1000, 1000],
    }


def test_what_uses_the_processor_for_too_long_is_ended_however_busy_the_machine_is(given: Path, jail: Jail) -> None:
    with pytest.raises(Unavailable) as raised:
        jail.call(f"{PRISONER}:never_end", given, limits=Limits(wall_s=120, cpu_s=1))

    assert raised.value.code == "too_much_work"
    assert is_the_files_fault(raised.value)


def test_nothing_of_it_is_left_when_its_time_is_up(given: Path, jail: Jail) -> None:
    before = _children()

    with pytest.raises(Unavailable):
        jail.call(f"{PRISONER}:try_to_use_processor", given, limits=Limits(wall_s=0.5))

    assert _children() <= before


def test_a_kill_from_outside_is_not_taken_for_the_files_fault(given: Path, jail: Jail) -> None:
    arguments = ["-hide_banner", "-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"]

    with jail.start(arguments, given) as run:
        run.kill()
        with pytest.raises(Unavailable) as raised:
            run.finish()

    assert raised.value.code == "interrupted"


@pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("setpriv") is None, reason="root is needed to become an ordinary user"
)
def test_all_of_it_holds_for_an_ordinary_user() -> None:
    # The one capability lets it enter the folder with our Python where that is root's own; the jail takes it away.
    capability = [f"--{kind}-caps=-all,+dac_read_search" for kind in ("inh", "ambient")]
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, ORDINARY_USER, ORDINARY_USER)
        become = ["setpriv", f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_USER}", "--clear-groups", *capability]
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


def _children() -> set[str]:
    """Of this process, those that run: what other tests have ended may not have been waited for yet."""
    tasks = Path("/proc/self/task").iterdir()
    found = {child for task in tasks for child in (task / "children").read_text().split()}
    return {child for child in found if ") Z " not in Path(f"/proc/{child}/stat").read_text()}
