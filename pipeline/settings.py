"""The environment, read once into one frozen value. Nothing else in the tree reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from domain.errors import Misconfigured

PREFIX = "PASSITON_"
SECRETS = frozenset({"s3_access_key", "s3_secret_key", "database_url", "secret_key"})


@dataclass(frozen=True)
class Settings:
    """One field a setting; the variable is PASSITON_ and the field's name in capitals."""

    database_url: str | None = None  # None: embedded Postgres under data_dir
    data_dir: Path = Path("data")
    s3_endpoint: str | None = None  # None: objects are files under data_dir
    s3_bucket: str = "passiton"
    s3_region: str = "us-east-1"
    s3_access_key: str | None = None
    s3_secret_key: str | None = None
    public_url: str = "http://127.0.0.1:8000"
    whisper_engine: str = "faster-whisper"
    whisper_model: str = "base"
    ladder: tuple[int, ...] = (1080, 720, 480, 270)  # the shorter side of each video rendition
    max_upload_bytes: int = 4 << 30
    max_duration_s: int = 2 * 3600
    language: str | None = field(default=None)  # spoken language; None: detected for each recording

    @property
    def max_duration_ms(self) -> int:
        return self.max_duration_s * 1000


def read(environ: Mapping[str, str]) -> Settings:
    """The settings an environment describes. Raises Misconfigured and names the variable."""
    given: dict[str, object] = {}
    for f in fields(Settings):
        name = PREFIX + f.name.upper()
        text = environ.get(name, "").strip()
        if text:
            given[f.name] = _value(name, f.name, text)
    return Settings(**given)  # type: ignore[arg-type]


def _value(variable: str, name: str, text: str) -> object:
    try:
        if name in {"max_upload_bytes", "max_duration_s"}:
            return _positive(text)
        if name == "ladder":
            return ladder(text)
    except ValueError:
        raise Misconfigured(f"{variable}={text} makes no sense: whole numbers above zero are needed.") from None
    if name == "data_dir":
        return Path(text).expanduser()
    if name == "public_url":
        return text.rstrip("/")
    return text


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError(text)
    return number


def ladder(text: str) -> tuple[int, ...]:
    """ "1080,720" as numbers, greatest first. Raises ValueError."""
    return tuple(sorted({_positive(x) for x in text.split(",")}, reverse=True))
