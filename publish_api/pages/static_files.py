"""Stylesheets, modules and icons, under an address that changes whenever one of them does.

    /static/<version>/css/base.css

A module imports its neighbours by relative address, so that it gets them from the same version, and
everything can be kept by browsers for a year: on one bar of signal nothing is asked for twice. All of
it is held in memory, packed: about a megabyte.

What is written by ourselves is served without its comments and white space to browsers that take brotli, which
scripts/pack_own.mjs has made of it at set-up; as it is written where that has not been done, or was before a change.
"""

import gzip
import hashlib
import mimetypes
import posixpath
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from domain.errors import NotFound
from publish_api import tongue

FOLDER = Path(__file__).with_name("static")
_OWN = FOLDER / "vendor" / "packed"  # by what they were made of: scripts/pack_own.mjs
_HASH_LENGTH = 32
_FOREVER = "public, max-age=31536000, immutable"
_PACKED = frozenset({".css", ".js", ".mjs", ".svg"})
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript"}  # some systems' tables say otherwise, or nothing
_IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"';]*["'](\.[^"']+)["']""", re.MULTILINE)
_WORKER = re.compile(r"""new Worker\(new URL\(["'](\.[^"']+)["'], import\.meta\.url\)""")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class File:
    data: bytes
    packed: dict[str, bytes]  # by content coding, the smallest first
    media_type: str


@cache
def _files() -> dict[str, File]:
    """By path from the folder. Read once a process."""
    found = (p for p in sorted(FOLDER.rglob("*")) if p.is_file() and p.suffix != ".br")
    files = {str(p.relative_to(FOLDER)): _read(p, p.read_bytes()) for p in found}
    for language in tongue.languages():
        if language != tongue.ENGLISH:
            path = Path(words(language))
            files[str(path)] = _read(FOLDER / path, tongue.module(language).encode())
    return files


def words(language: str) -> str:
    """Where static/js/words.js finds its sentences in another language."""
    return f"words/{language}.js"


def _read(path: Path, data: bytes) -> File:
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = {}
    of_source = _OWN / f"{hashlib.sha256(data).hexdigest()[:_HASH_LENGTH]}.br"
    for made in (path.with_name(f"{path.name}.br"), of_source):  # a second's work: scripts/ did it at set-up
        if made.exists():
            packed["br"] = made.read_bytes()
    if path.suffix in _PACKED:
        packed["gzip"] = gzip.compress(data, mtime=0)
    return File(data, packed, media_type)


@cache
def version() -> str:
    """Of all files together."""
    seen = hashlib.sha256()
    for path, file in _files().items():
        seen.update(f"{path}\0{len(file.data)}\0".encode() + file.data)
    return seen.hexdigest()[:12]


def address(path: str) -> str:
    """Where a file of the static folder is: address("css/base.css")."""
    return f"/static/{version()}/{path}"


def text(path: str) -> str:
    """What is in a file of the static folder."""
    return _files()[path].data.decode()


@cache
def modules(*elements: str) -> tuple[str, ...]:
    """The addresses of these elements' modules and of all that they import or begin as workers, so that a page asks
    for them at once instead of finding out one after the other. The elements come first, in order.

    By the same list the service worker knows what a page needs without signal.
    """
    found = [f"js/{element}.js" for element in elements]
    for path in found:  # grows as it goes
        read = text(path) if path in _files() and not path.startswith("vendor/") else ""
        names = [*_IMPORT.findall(read), *_WORKER.findall(read)]
        beside = [posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in names]
        found += [each for each in dict.fromkeys(beside) if each not in found]
    return tuple(address(path) for path in found)


@router.api_route("/static/{path:path}", methods=["GET", "HEAD"])
def static_file(path: str, request: Request) -> Response:
    head, _, rest = path.partition("/")
    pinned = head == version()
    file = _files().get(rest if pinned else path)
    if file is None:
        raise NotFound("There is no such file. Load the page again.")
    headers = {"Cache-Control": _FOREVER if pinned else "no-cache", "Vary": "Accept-Encoding"}
    for coding, packed in file.packed.items():
        if takes(request, coding):
            return Response(packed, headers={**headers, "Content-Encoding": coding}, media_type=file.media_type)
    return Response(file.data, headers=headers, media_type=file.media_type)


def takes(request: Request, coding: str) -> bool:
    """Whether who asks can read this content coding ("gzip", "br"): RFC 9110, 12.5.3."""
    asked = (each.replace(" ", "").partition(";") for each in request.headers.get("accept-encoding", "").split(","))
    return any(name == coding and weight not in {"q=0", "q=0.0"} for name, _, weight in asked)
