"""`passiton doctor`: what this machine has, what is missing, and what to do about it."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from importlib import metadata

from domain.address import Leads, leads
from domain.errors import Misconfigured, PassItOnError
from domain.media import Encoder
from pipeline import again, digests, wiring
from pipeline.settings import PREFIX, SECRETS, Settings, unknown
from store import beside, keys, recordings

LOW_SPACE_BYTES = 5 << 30


@dataclass(frozen=True)
class Finding:
    what: str
    ok: bool
    says: str


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Tries each thing the product stands on, for real."""
    return (
        tuple(examined(what, check, settings) for what, check in CHECKS.items())
        + tuple(
            Finding(PREFIX + f.name.upper(), True, _shown(f.name, getattr(settings, f.name))) for f in fields(settings)
        )
        + tuple(
            Finding(name, False, "is set, and no setting has this name; docs/operating.md lists them")
            for name in unknown(os.environ)
        )
    )


def examined(what: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(what, True, check(settings))
    except PassItOnError as error:
        return Finding(what, False, error.message)
    except Exception as error:  # whatever is wrong with this machine is the answer, not a crash
        return Finding(what, False, f"{type(error).__name__}: {error}")


def _address(settings: Settings) -> str:
    where = leads(settings.public_url)
    if where is Leads.UNSAFELY:
        raise OSError(
            f"{settings.public_url} is not https: phones will neither record in the page nor keep a tip until it is "
            "sent, and cookies travel in the open. Put a proxy with a certificate in front"
        )
    if where is Leads.NOWHERE_ELSE:
        return (
            f"{settings.public_url}, which this machine alone opens: fine for trying it out. Before somebody is to open"
            " a link on a phone, set PASSITON_PUBLIC_URL to an address that phones reach"
        )
    return f"{settings.public_url}, as PASSITON_PUBLIC_URL says"


def _links(settings: Settings) -> str:
    if leads(settings.public_url) is not Leads.NOWHERE_ELSE:
        return f"those to briefs and for consent lead to {settings.public_url}"
    with wiring.open_house(settings) as house, house.services.store.transaction() as tx:
        row = tx.execute("select (select count(*) from brief_link) + (select count(*) from consent_link)").fetchone()
    if row and row[0]:
        raise OSError(
            f"{row[0]} made for phones so far, and at {settings.public_url} this machine alone opens them. Set"
            " PASSITON_PUBLIC_URL to an address that phones reach, then make them anew"
        )
    return "none made for phones yet"


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


def _renditions(settings: Settings) -> str:
    report = again.Report()
    with wiring.open_house(settings) as house, house.services.store.transaction() as tx:
        for recording_id in beside.recordings(tx).values():
            again.examine(tx, recordings.load(tx, recording_id), house.wanted, report)
    return " ".join(report.lines())


def _objects(settings: Settings) -> str:
    objects = wiring.object_store(settings)
    key = keys.trial()
    objects.put_bytes(key, b"well")
    try:
        if objects.get_range(key, 0, 4) != b"well":
            raise OSError("what was written does not come back")
    finally:
        objects.delete([key])
        objects.delete_prefix(key)  # has to be allowed too: what a recording has left is listed
    return settings.s3_endpoint or f"a folder, {settings.data_dir / 'objects'}"


def _ffmpeg(settings: Settings) -> str:
    import imageio_ffmpeg

    brought = os.environ.get("IMAGEIO_FFMPEG_EXE") or f"pinned by imageio-ffmpeg {metadata.version('imageio-ffmpeg')}"
    return f"version {imageio_ffmpeg.get_ffmpeg_version()}, {brought}"


def _encoders(settings: Settings) -> str:
    from transcode import encoders
    from transcode.jail import Jail

    trouble = {encoder: encoders.trouble(encoder, Jail()) for encoder in Encoder}
    said = "; ".join(
        f"{encoder}{' (asked for)' if encoder in settings.encoders else ''} "
        + ("works" if why is None else f"does not work here: {why}")
        for encoder, why in trouble.items()
    )
    if any(trouble[encoder] for encoder in settings.encoders):
        raise Misconfigured(f"{said}. What does not work is left out; x264 does without it.")
    return said


def _jail(settings: Settings) -> str:
    from transcode.jail import Jail

    walls = Jail().walls()
    missing = [name for name, stands in walls.items() if not stands]
    stands = "strangers' files are opened behind: " + ", ".join(name for name, stands in walls.items() if stands)
    return stands + (f" (this machine has no {', no '.join(missing)})" if missing else "")


def _speech(settings: Settings) -> str:
    engine = wiring.speech_engine(settings)()
    return f"{engine.name}, {engine.model}"


def _embeddings(_: Settings) -> str:
    from clip import embed

    if embed.vectors(["So."], "en") is None:
        return "not installed: clips are cut by their words alone"
    return f"all-MiniLM-L6-v2, for {', '.join(sorted(embed.LANGUAGES))}; others are cut by their words alone"


def _single_sign_on(settings: Settings) -> str:
    provider = wiring.single_sign_on(settings)
    return provider.check() if provider else "not set: people sign in with links and codes"


def _mail(settings: Settings) -> str:
    post = digests.post_of(settings)
    return post.check() if post else "not set: what people are told is in their inboxes"


def _shown(name: str, value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, tuple):
        return ",".join(str(each) for each in value)
    return "set" if name in SECRETS else str(value)


CHECKS: dict[str, Callable[[Settings], str]] = {
    "python": lambda _: sys.version.split()[0],
    "address": _address,
    "links": _links,
    "disk": _disk,
    "database": _database,
    "renditions": _renditions,
    "objects": _objects,
    "ffmpeg": _ffmpeg,
    "encoders": _encoders,
    "jail": _jail,
    "speech": _speech,
    "embeddings": _embeddings,
    "single sign-on": _single_sign_on,
    "mail": _mail,
}
