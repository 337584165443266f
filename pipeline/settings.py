"""The environment, read once into one frozen value. Nothing else in the tree reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from domain.clip import Lengths
from domain.errors import Misconfigured
from domain.media import Encoder

PREFIX = "PASSITON_"
SECRETS = frozenset(
    {"s3_access_key", "s3_secret_key", "database_url", "llm_api_key", "oidc_client_secret", "smtp_url", "secret_key"}
)
ADDRESS = "address"  # a file in data_dir: where it was served last


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
    encoders: tuple[Encoder, ...] = (Encoder.X264,)  # of those that work on a machine; svtav1 comes beside the others
    clip_seconds: tuple[int, int, int] = (20, 45, 120)  # the shortest clip, the usual one, the longest
    max_upload_bytes: int = 4 << 30
    max_duration_s: int = 2 * 3600
    quota_bytes: int = 50 << 30  # that one person may send in a day
    language: str | None = None  # spoken language; None: detected for each recording
    originals_days: int = 0  # after which the original of a recording that is ready goes; 0: never
    oidc_issuer: str | None = None  # None: no single sign-on, people sign in with links and codes
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None  # None: a public client, PKCE alone
    smtp_url: str | None = None  # smtp://, smtp+starttls:// or smtps://; None: no mail is sent
    mail_from: str | None = None  # None: passiton@ where public_url leads
    secret_key: str | None = None  # links in mails are signed with it; None: made once, in data_dir
    notice_days: int = 90  # for which what somebody was told of is in their inbox
    llm_base_url: str | None = None  # OpenAI-compatible, with /v1; None: no language model is used
    llm_model: str | None = None
    llm_api_key: str | None = None
    history_days: int = 180  # for which it is kept what a person watched, for that person alone; 0: not at all
    audit_days: int = 730  # for which it is kept who did what to whose words, clips and rights; 0: for ever
    backup_days: int = 30  # after which you delete backups: what people are told who take consent back

    @property
    def max_duration_ms(self) -> int:
        return self.max_duration_s * 1000

    @property
    def lengths(self) -> Lengths:
        """How long clips are, where nobody has said otherwise for a recording."""
        shortest, usual, longest = (seconds * 1000 for seconds in self.clip_seconds)
        return Lengths(shortest, longest, usual)


def read(environ: Mapping[str, str]) -> Settings:
    """The settings an environment describes. Raises Misconfigured and names the variable.

    Without PASSITON_PUBLIC_URL links lead to where this data_dir was served last.
    """
    given: dict[str, object] = {}
    for f in fields(Settings):
        name = PREFIX + f.name.upper()
        text = environ.get(name, "").strip()
        if text:
            given[f.name] = _value(name, f.name, text)
    settings = Settings(**given)  # type: ignore[arg-type]
    if "public_url" in given:
        return settings
    try:
        return replace(settings, public_url=(settings.data_dir / ADDRESS).read_text())
    except OSError:
        return settings


def unknown(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that look like settings and are none: most are misspelt."""
    known = {PREFIX + f.name.upper() for f in fields(Settings)} | {PREFIX + "TOKEN"}
    return tuple(sorted(name for name in environ if name.startswith(PREFIX) and name not in known))


def _value(variable: str, name: str, text: str) -> object:
    try:
        if name in {"max_upload_bytes", "max_duration_s", "backup_days", "quota_bytes", "notice_days"}:
            return _positive(text)
        if name in {"originals_days", "history_days", "audit_days"}:
            return _positive(text) if text != "0" else 0
        if name == "ladder":
            return ladder(text)
        if name == "encoders":
            return _encoders(variable, text)
        if name == "clip_seconds":
            return _lengths(variable, text)
    except ValueError:
        raise Misconfigured(f"{variable}={text} makes no sense: whole numbers above zero are needed.") from None
    if name == "data_dir":
        return Path(text).expanduser()
    if name == "public_url":
        return text.rstrip("/")
    return text


def _encoders(variable: str, text: str) -> tuple[Encoder, ...]:
    try:
        return tuple(dict.fromkeys(Encoder(each.strip()) for each in text.split(",")))
    except ValueError:
        known = ", ".join(Encoder)
        raise Misconfigured(f"{variable}={text} makes no sense: write some of {known}, with commas.") from None


def _lengths(variable: str, text: str) -> tuple[int, ...]:
    given = tuple(_positive(each) for each in text.split(","))
    if len(given) != 3 or list(given) != sorted(given):
        raise Misconfigured(
            f"{variable}={text} makes no sense: write three numbers of seconds that rise, like 20,45,120."
        )
    return given


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError(text)
    return number


def ladder(text: str) -> tuple[int, ...]:
    """ "1080,720" as numbers, greatest first. Raises ValueError."""
    return tuple(sorted({_positive(x) for x in text.split(",")}, reverse=True))
