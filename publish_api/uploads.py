"""tus 1.0 under /api/v1/uploads: recordings come in here, in pieces, over bad networks.

The rules are capture.tus, the bytes are capture.intake's; here are only requests and answers. Who is
asking is settled before a byte of a body is read. These routes are async because a body is: it
comes in over minutes, and whatever touches disk or database is called in a thread.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import quote
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from capture import tus
from capture.intake import Intake, Upload, already_arrived, busy
from capture.metadata import Metadata
from capture.writer import Writer
from domain.errors import Conflict, PassItOnError, Unavailable
from domain.permit import Act, demand
from domain.person import Person
from publish_api import upload_docs as docs
from publish_api.access import Guest, Returning, Use
from publish_api.asked import demand_answer, demand_brief
from publish_api.errors import status_of
from publish_api.services import Services
from publish_api.tongue import gettext
from store import spaces

PATH = "/api/v1/uploads"

_PIECE = 1 << 20  # bytes written at a time
_TICK_S = 0.25  # what has come is written, and others' wishes are heard, at least this often
_STALL_S = 60.0  # without a byte; a phone that comes back later resumes on a new connection
_PATIENCE_S = 5.0  # with another request that has been asked to let go
_DRAIN = 16 << 20  # bytes of a refused body that are read and thrown away, so that the answer is seen


class _TusRoute(APIRoute):
    """What every answer here has in common: the version, errors with the protocol's own statuses."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                if request.method != "OPTIONS":
                    tus.demand_version(request.headers.raw)
                response = await handle(request)
            except PassItOnError as error:
                response = _refusal(request, error)
            response.headers["Tus-Resumable"] = tus.VERSION
            response.headers["Cache-Control"] = "no-store"
            return response

        return answer


router = APIRouter(prefix=PATH, tags=["uploads"], route_class=_TusRoute)

# Uploads begin one after the other (capture/intake.py): hundreds at once would wait in threads that others need.
_BEGINNING = CapacityLimiter(4)


@router.options("", **docs.OPTIONS)
async def abilities(services: Use) -> Response:
    """What this server can do, for anybody."""
    return Response(status_code=204, headers=tus.options_headers(services.intake.max_bytes))


@router.post("", **docs.POST)
async def create(request: Request, viewer: Guest, services: Use) -> Response:
    """Begins an upload, perhaps with its first bytes."""
    creation = tus.read_creation(request.headers.raw, services.intake.max_bytes)
    upload = await to_thread.run_sync(_begin, services, viewer, creation, limiter=_BEGINNING)
    if creation.body is not None:
        upload = await _first_bytes(request, services.intake, upload.id, viewer.id, creation.body)
    progress = tus.progress_headers(upload.offset, upload.expires_at, upload.recording)
    return Response(status_code=201, headers={"Location": f"{PATH}/{upload.id}", **progress})


@router.head("/{upload_id}", **docs.HEAD)
async def state(upload_id: str, viewer: Returning, services: Use) -> Response:
    """How far an upload has come. Ends another request that is still writing to it.

    Also for a guest whose link has ended: they learn that what they sent has arrived. Here a refusal has no body:
    what it would say is in the headers Problem-Code and Problem-Message, percent-encoded UTF-8.
    """
    if viewer.ended:
        taken = await _take(services.intake, upload_id, viewer.id)
    else:
        taken = await _take_theirs(services, upload_id, viewer)
    if isinstance(taken, Writer):
        async with _held(taken):
            upload = await run_in_threadpool(services.intake.settle, taken)
    else:
        upload = taken
    headers = tus.state_headers(upload.offset, upload.length, upload.metadata.raw, upload.expires_at, upload.recording)
    return Response(status_code=200, headers=headers)


@router.patch("/{upload_id}", **docs.PATCH)
async def append(upload_id: str, request: Request, viewer: Guest, services: Use) -> Response:
    """More bytes. Those that came before a connection broke are kept.

    With Upload-Metadata, what was said of who speaks (speaker, terms), the title, the space, and the answers to a
    brief is replaced once all bytes of this request are here; what is left out is taken back. So what was sent while
    it was recorded becomes a recording with what was said of it afterwards.
    """
    patch = tus.read_patch(request.headers.raw)
    if patch.metadata is not None:
        await run_in_threadpool(_demand_space, services, viewer, patch.metadata)
    taken = await _take_theirs(services, upload_id, viewer)
    if isinstance(taken, Writer):
        async with _held(taken):
            await _pour(request, taken, patch)
            upload = await run_in_threadpool(services.intake.settle, taken)
    else:
        upload = taken
        tus.allow(patch, offset=upload.offset, length=upload.length, max_bytes=services.intake.max_bytes)
    progress = tus.progress_headers(upload.offset, upload.expires_at, upload.recording)
    return Response(status_code=204, headers=progress)


@router.delete("/{upload_id}", **docs.DELETE)
async def cancel(upload_id: str, viewer: Returning, services: Use) -> Response:
    """Gives an unfinished upload up, and removes its bytes.

    Also for a guest whose link has ended, or who has come by another since: what they sent they take back.
    """
    taken = await _take(services.intake, upload_id, viewer.id)
    if not isinstance(taken, Writer):
        raise already_arrived()
    async with _held(taken):
        await run_in_threadpool(services.intake.cancel, taken)
    return Response(status_code=204)


def _begin(services: Services, viewer: Person, creation: tus.Creation) -> Upload:
    """An upload for whoever may begin one: from then on it is theirs, and nobody else's."""
    brief = creation.metadata.values.get("brief")
    if brief is None and viewer.brief_id is None:
        demand(viewer, Act.UPLOAD)
    else:
        with services.store.transaction() as tx:
            demand_answer(tx, viewer, brief or "", services.now())
    _demand_space(services, viewer, creation.metadata)
    return services.intake.create(viewer.id, creation.length, creation.metadata)


def _demand_space(services: Services, viewer: Person, metadata: Metadata) -> None:
    """Before minutes of upload, not after; and what was meant for few goes to nobody else. Raises NotFound."""
    if (space := metadata.values.get("space")) is not None:
        with services.store.transaction() as tx:
            spaces.space_by_public_id(tx, space, viewer.id)


async def _first_bytes(request: Request, intake: Intake, upload_id: str, owner: UUID, body: tus.Body) -> Upload:
    """Creation-with-upload: all of the body, or no upload, because its client does not know its address yet."""
    writer = await _take(intake, upload_id, owner)
    assert isinstance(writer, Writer)
    async with _held(writer):
        try:
            await _pour(request, writer, tus.Patch(0, None, body))
        except BaseException:
            writer.drop()  # the names; the bytes go when it is closed
            raise
        # Whole, but it could not become a recording yet: the client has to learn the address all
        # the same, or it would send everything again. It asks there.
        with suppress(Unavailable):
            return await run_in_threadpool(intake.settle, writer)
        return await run_in_threadpool(intake.find, upload_id, owner)


@asynccontextmanager
async def _held(writer: Writer) -> AsyncIterator[None]:
    """Lets go of an upload at the end. In a thread: to let go of gigabytes that were given up takes a while."""
    try:
        yield
    finally:
        try:
            await run_in_threadpool(writer.close)
        finally:
            writer.close()  # had we been cancelled on the way to the thread


async def _take_theirs(services: Services, upload_id: str, viewer: Person) -> Writer | Upload:
    """As `_take` does; a brief's guest gets what was begun for that brief alone, also of their own."""
    if viewer.brief_id is not None:
        await run_in_threadpool(_demand_for_brief, services, upload_id, viewer)
    return await _take(services.intake, upload_id, viewer.id)


def _demand_for_brief(services: Services, upload_id: str, guest: Person) -> None:
    brief = services.intake.find(upload_id, guest.id).metadata.values.get("brief", "")
    with services.store.transaction() as tx:
        demand_brief(tx, guest, brief, services.now())


async def _take(intake: Intake, upload_id: str, owner: UUID) -> Writer | Upload:
    """Raises Conflict (`upload_busy`) when another request does not let go in time."""
    until = time.monotonic() + _PATIENCE_S
    while (taken := await run_in_threadpool(intake.take, upload_id, owner)) is None:
        if time.monotonic() > until:
            raise busy()
        await asyncio.sleep(_TICK_S / 5)
    return taken


async def _pour(request: Request, writer: Writer, patch: tus.Patch) -> None:
    """Writes the body as it comes. Raises what `Writer` does, and for a body without an end keeps what came.

    Such bodies are Unavailable (`upload_stalled`) or, when another request asks for the upload,
    Conflict (`upload_taken_over`).
    """
    await run_in_threadpool(writer.begin, patch)
    body = _Body(request)
    try:
        while not body.over:
            piece = await body.piece()
            wanted = await run_in_threadpool(_write, writer, *piece)
            if body.over:
                break
            if body.broken or body.quiet_s > _STALL_S:
                raise _stalled()
            if wanted:
                raise _taken_over()
        await run_in_threadpool(writer.end)
    except PassItOnError:
        await run_in_threadpool(writer.break_off)
        raise
    finally:
        await body.close()


def _write(writer: Writer, *piece: bytes) -> bool:
    """Writes, and says whether somebody else asks for the upload."""
    if piece:
        writer.write(*piece)
    return writer.wanted()


class _Body:
    """A request's body, in pieces of what came within a tick. While one is written, the next comes."""

    def __init__(self, request: Request) -> None:
        self.over = False
        self.broken = False  # the client is gone
        self.quiet_s = 0.0  # for so long nothing came, while we waited for it
        self._chunks = request.stream()
        self._came: list[bytes] = []
        self._coming: asyncio.Task[bool] | None = None

    async def piece(self) -> list[bytes]:
        """Chunks of at most about _PIECE bytes; none when none came. Sets `over` and `broken`."""
        # The task outlives the tick: to cancel it would lose the chunk it is about to get.
        self._coming = self._coming or asyncio.create_task(self._gather())
        done, _ = await asyncio.wait({self._coming}, timeout=_TICK_S)
        piece, self._came = self._came, []
        if done:
            coming, self._coming = self._coming, None
            try:
                self.over = coming.result()
            except ClientDisconnect:
                self.broken = True
            else:
                if not self.over:
                    self._coming = asyncio.create_task(self._gather())
        self.quiet_s = 0.0 if piece else self.quiet_s + _TICK_S
        return piece

    async def close(self) -> None:
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait({self._coming})
        await self._chunks.aclose()

    async def _gather(self) -> bool:
        """Takes chunks until they are a piece, or the last has come: then true."""
        size = 0
        async for chunk in self._chunks:
            self._came.append(chunk)
            size += len(chunk)
            if size >= _PIECE:
                return False
        return True


def _refusal(request: Request, error: PassItOnError) -> Response:
    status = tus.STATUS.get(error.code) or status_of(error)
    message = gettext(error.message)
    response = JSONResponse({"error": {"code": error.code, "message": message}}, status)
    if request.method == "HEAD":
        response.headers.update({"Problem-Code": error.code, "Problem-Message": quote(message)})
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 412:
        response.headers["Tus-Version"] = tus.VERSION
    if _much_may_follow(request):
        response.headers["Connection"] = "close"  # else gigabytes would be sent for nothing
    return response


def _much_may_follow(request: Request) -> bool:
    size = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or len(size) > 9 or not size.isdecimal() or int(size) > _DRAIN


def _stalled() -> Unavailable:
    return Unavailable(
        "The connection went quiet. What has arrived is kept; ask with HEAD and go on from there.",
        code="upload_stalled",
    )


def _taken_over() -> Conflict:
    return Conflict(
        "Another request goes on with this upload, so this one has ended. What it brought is kept.",
        code="upload_taken_over",
    )
