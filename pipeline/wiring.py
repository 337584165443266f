"""The only place where real things meet: rooms on one floor know each other only here."""

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from capture.intake import Intake
from capture.policy import Limits
from domain.errors import Misconfigured
from domain.media import Encoder, Probe, Rendition
from pipeline import again, edges, hearing, jobs, journey, reels, rendering, translating, voices
from pipeline.arrivals import Arrivals
from pipeline.carry import Enqueue, carry, try_again
from pipeline.drafting import drafting
from pipeline.originals import Originals
from pipeline.settings import Settings
from pipeline.step import Tools
from publish_api.services import Services
from store import embedded_postgres, recordings, spaces, steps, tracks
from store.folder import Folder
from store.objects import Objects
from store.postgres import Store, Tx, migrate
from store.s3 import S3
from transcode import encoders
from transcode.jail import Jail
from transcode.voice import remade
from transcribe.whisper import Engine, engine

if TYPE_CHECKING:
    from reach.oidc import Provider

HALF_WRITTEN_S = 3600.0  # an object that has been half-written for so long is what a kill left
KEEP_QUEUE = "keep."  # and the machine's name: only it can read its staging files


@dataclass(frozen=True)
class House:
    """Everything that runs, put together."""

    settings: Settings
    dsn: str
    machine: str
    tools: Tools
    services: Services
    carry: jobs.Carry
    enqueue: Enqueue
    render_again: Callable[[Tx, UUID], None]  # queues the job
    make_reel: Callable[[Tx, UUID], None]  # queues the job, unless there is one
    translate: Callable[[Tx, UUID], None]  # queues the job
    write_down: Callable[[Tx, UUID], None]  # queues the job of a voice

    def wanted(self, probe: Probe) -> tuple[Rendition, ...]:
        """What a recording is to be made of, as the settings say."""
        return rendering.wanted(self.tools, probe)

    @property
    def keep_queue(self) -> str:
        return KEEP_QUEUE + self.machine


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """A database whose tables are up to date; an embedded server ends with the last who use it."""
    with server(settings) as dsn:
        prepare(dsn)
        yield dsn


@contextmanager
def server(settings: Settings) -> Iterator[str]:
    """A database as it is, empty perhaps."""
    if settings.database_url:
        yield settings.database_url
        return
    with embedded_postgres.in_use(settings.data_dir / "postgres") as dsn:
        yield dsn


def prepare(dsn: str) -> None:
    """Brings the tables, ours and the queue's, up to date."""
    migrate(dsn)
    jobs.apply_schema(dsn)


@contextmanager
def open_house(settings: Settings) -> Iterator[House]:
    """Wires everything on a database that is there. Raises Misconfigured with what to change."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with database(settings) as dsn:
        store = Store(dsn)
        try:
            with store.transaction() as tx:
                spaces.everyone_space(tx)
            yield _house(settings, dsn, store)
        finally:
            store.close()


def _house(settings: Settings, dsn: str, store: Store) -> House:
    data = settings.data_dir.resolve()
    machine = machine_name(data)
    queue = jobs.Jobs()

    def enqueue(tx: Tx, step: str, recording_id: UUID) -> None:
        recording = recordings.load(tx, recording_id)
        place = journey.STAGES[step].queue or KEEP_QUEUE + machine
        first = journey.goes_first(step, recording)
        before = steps.before(tx, recording)
        queue.enqueue(tx, step, recording_id, recording.upload_id, queue=place, urgent=first, before=before)

    def make_edges(tx: Tx, recording_id: UUID) -> None:
        queue.enqueue(tx, edges.EDGES, recording_id, None, queue=edges.QUEUE, urgent=True)

    def call_help(tx: Tx, recording_id: UUID, workers: int) -> None:
        for _ in range(workers):
            queue.enqueue(tx, rendering.HELP, recording_id, None, queue=journey.MEDIA, idle=True)

    def call_ears(tx: Tx, recording_id: UUID, workers: int) -> None:
        for _ in range(workers):
            queue.enqueue(tx, hearing.HEAR, recording_id, None, queue=journey.SPEECH, idle=True)

    def render_again(tx: Tx, recording_id: UUID) -> None:
        queue.enqueue(tx, again.AGAIN, recording_id, None, queue=journey.MEDIA, last=True)

    def make_reel(tx: Tx, reel_id: UUID) -> None:
        for each in jobs.without(tx, reels.REEL, [reel_id]):
            queue.enqueue(tx, reels.REEL, each, None, queue=reels.QUEUE)

    def translate(tx: Tx, recording_id: UUID) -> None:
        queue.enqueue(tx, tracks.TRANSLATE, recording_id, None, queue=journey.SPEECH, idle=True)

    def write_down(tx: Tx, voice_id: UUID) -> None:
        queue.enqueue(tx, voices.VOICE, voice_id, None, queue=journey.SPEECH, urgent=True)

    def others_wait() -> bool:
        with store.transaction() as tx:
            return jobs.waiting(tx, [journey.MEDIA, edges.QUEUE])

    due = (edges.due(make_edges), reels.due(make_reel), translating.due(translate), voices.due(write_down))

    def enqueue_due(tx: Tx, job: str, about: UUID) -> None:
        for each in due:
            each(tx, job, about)

    store.enqueue = enqueue_due

    def retry(tx: Tx, recording_id: UUID) -> None:
        try_again(tx, recording_id, enqueue)

    objects = object_store(settings)
    arrivals = Arrivals(store, enqueue, settings.whisper_model)
    intake = Intake(
        data / "staging",
        max_bytes=settings.max_upload_bytes,
        arrivals=arrivals,
        past=arrivals.past,
        demand=arrivals.demand,
        now=now,
        quota=settings.quota_bytes,
    )
    jail = Jail()
    tools = Tools(
        store=store,
        objects=objects,
        intake=intake,
        originals=Originals(objects, data / "cache" / "originals", staging=intake.path),
        jail=jail,
        scratch=scratch_folder(data),
        engine=speech_engine(settings),
        limits=Limits(max_duration_ms=settings.max_duration_ms),
        heights=settings.ladder,
        language=settings.language,
        encoders=working_encoders(settings, jail),
        lengths=settings.lengths,
        call_help=call_help,
        call_ears=call_ears,
        call_again=render_again,
        others_wait=others_wait,
    )
    services = Services(
        store=store,
        objects=objects,
        intake=intake,
        try_again=retry,
        public_url=settings.public_url,
        max_upload_bytes=settings.max_upload_bytes,
        max_duration_ms=settings.max_duration_ms,
        now=now,
        backup_days=settings.backup_days,
        originals_days=settings.originals_days,
        history_days=settings.history_days,
        audit_days=settings.audit_days,
        scratch=tools.scratch,
        lengths=settings.lengths,
        whisper_model=settings.whisper_model,
        draft=drafting(settings),
        sends_mail=settings.smtp_url is not None,
        mail_secret=secret_key(settings),
        single_sign_on=single_sign_on(settings),
        remake_voice=partial(remade, jail=jail),
    )

    # What a job beside the steps does, by its name: with the recording it is about, or the reel, or the voice.
    beside: dict[str, Callable[[UUID, Callable[[], bool]], None]] = {
        edges.EDGES: lambda recording_id, stop: edges.make_lacking(tools, recording_id, stop, now),
        rendering.HELP: partial(rendering.help_render, tools),
        hearing.HEAR: partial(hearing.hear_along, tools),
        tracks.TRANSLATE: partial(translating.translate, tools),
        again.AGAIN: lambda recording_id, stop: again.render_again(tools, recording_id, stop, now),
        reels.REEL: lambda reel_id, stop: reels.make(tools, reel_id, stop, now),
        voices.VOICE: lambda voice_id, stop: voices.work(tools, voice_id, stop, now),
    }

    def carry_on(step: str, recording_id: UUID, stop: Callable[[], bool], upload_id: str | None = None) -> None:
        if step in beside:
            beside[step](recording_id, stop)
        else:
            carry(tools, enqueue, step, recording_id, stop, now, upload_id=upload_id)

    return House(
        settings, dsn, machine, tools, services, carry_on, enqueue, render_again, make_reel, translate, write_down
    )


def now() -> datetime:
    return datetime.now(UTC)


def object_store(settings: Settings) -> Objects:
    """S3 where an endpoint is set, else a folder. Raises Misconfigured."""
    if settings.s3_endpoint is None:
        folder = Folder(settings.data_dir.resolve() / "objects")
        folder.sweep(before_s=time.time() - HALF_WRITTEN_S)
        return folder
    if not (settings.s3_access_key and settings.s3_secret_key):
        raise Misconfigured("PASSITON_S3_ENDPOINT is set: set PASSITON_S3_ACCESS_KEY and PASSITON_S3_SECRET_KEY too.")
    return S3(
        endpoint=settings.s3_endpoint,
        bucket=settings.s3_bucket,
        region=settings.s3_region,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
    )


def single_sign_on(settings: Settings) -> "Provider | None":
    """The provider that the settings name. Asks nothing yet. Raises Misconfigured."""
    if not (settings.oidc_issuer or settings.oidc_client_id or settings.oidc_client_secret):
        return None
    if not (settings.oidc_issuer and settings.oidc_client_id):
        raise Misconfigured("For single sign-on set both PASSITON_OIDC_ISSUER and PASSITON_OIDC_CLIENT_ID, or neither.")
    from publish_api.pages.single_sign_on import BACK
    from reach.oidc import Provider  # a quarter of a second to import

    back = settings.public_url + BACK
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, back)


def secret_key(settings: Settings) -> bytes:
    """What links in mails are signed with: as it is set, or made once and kept. Several machines need it set."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data_dir / "secret"
    fresh = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        fresh.touch(0o600, exist_ok=False)
        with fresh.open("w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_bytes()


def working_encoders(settings: Settings, jail: Jail) -> Callable[[], tuple[Encoder, ...]]:
    """Those asked for that work on this machine, and x264; tried when first asked for, by really encoding."""

    def working() -> tuple[Encoder, ...]:
        others = [each for each in settings.encoders if each is not Encoder.X264]
        return (*[each for each in others if encoders.trouble(each, jail) is None], Encoder.X264)

    return cache(working)


def speech_engine(settings: Settings) -> Callable[[], Engine]:
    """The engine, loaded when it is first asked for and kept."""
    return cache(lambda: engine(settings.whisper_engine, settings.whisper_model))


def scratch_folder(data: Path) -> Path:
    folder = data / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def machine_name(data: Path) -> str:
    """This machine's own name, made once and kept with its staging files."""
    path = data / "machine"
    try:
        with path.open("x") as file:
            file.write(secrets.token_hex(4))
    except FileExistsError:
        pass
    return path.read_text().strip()
