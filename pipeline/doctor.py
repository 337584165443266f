"""`passiton doctor`: what this machine has, what is missing, and what to do about it."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields

from domain.errors import PassItOnError
from pipeline import wiring
from pipeline.settings import PREFIX, SECRETS, Settings, unknown

LOW_SPACE_BYTES = 5 << 30


@dataclass(frozen=True)
class Finding:
    what: str
    ok: bool
    says: str


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Tries each thing the product stands on, for real."""
    checks: dict[str, Callable[[Settings], str]] = {
        "python": lambda _: sys.version.split()[0],
        "disk": _disk,
        "database": _database,
        "objects": _objects,
        "ffmpeg": _ffmpeg,
        "jail": _jail,
        "speech": _speech,
    }
    return (
        tuple(_try(what, check, settings) for what, check in checks.items())
        + tuple(
            Finding(PREFIX + f.name.upper(), True, _shown(f.name, getattr(settings, f.name))) for f in fields(settings)
        )
        + tuple(
            Finding(name, False, "is set, and no setting has this name; docs/operating.md lists them")
            for name in unknown(os.environ)
        )
    )


def _try(what: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(what, True, check(settings))
    except PassItOnError as error:
        return Finding(what, False, error.message)
    except Exception as error:  # whatever is wrong with this machine is the answer, not a crash
        return Finding(what, False, f"{type(error).__name__}: {error}")


def _disk(settings: Settings) -> str:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free
    if free < LOW_SPACE_BYTES:
        raise OSError(f"only {free >> 20} MB are free under {settings.data_dir}; recordings need more")
    return f"{free >> 30} GB free under {settings.data_dir.resolve()}"


def _database(settings: Settings) -> str:
    with wiring.open_house(settings) as house, house.services.store.transaction() as tx:
        row = tx.execute("select current_setting('server_version')").fetchone()
    where = "PASSITON_DATABASE_URL" if settings.database_url else "embedded"
    return f"Postgres {row[0] if row else '?'}, {where}"


def _objects(settings: Settings) -> str:
    objects = wiring.object_store(settings)
    key = f"doctor/{os.getpid()}"
    objects.put_bytes(key, b"well")
    try:
        if objects.get_range(key, 0, 4) != b"well":
            raise OSError("what was written does not come back")
    finally:
        objects.delete([key])
    return settings.s3_endpoint or f"a folder, {settings.data_dir / 'objects'}"


def _ffmpeg(settings: Settings) -> str:
    import imageio_ffmpeg

    return f"version {imageio_ffmpeg.get_ffmpeg_version()}"


def _jail(settings: Settings) -> str:
    from transcode.jail import Jail

    walls = Jail().walls()
    missing = [name for name, stands in walls.items() if not stands]
    stands = "strangers' files are opened behind: " + ", ".join(name for name, stands in walls.items() if stands)
    return stands + (f" (this machine has no {', no '.join(missing)})" if missing else "")


def _speech(settings: Settings) -> str:
    engine = wiring.speech_engine(settings)()
    return f"{engine.name}, {engine.model}"


def _shown(name: str, value: object) -> str:
    if value is None:
        return "not set"
    return "set" if name in SECRETS else str(value)
