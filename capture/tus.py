"""tus 1.0 as rules: a request's headers in, a decision out. Nothing here reads a clock or a file.

The protocol: https://tus.io/protocols/resumable-upload (core, creation, creation-with-upload,
creation-defer-length, termination, expiration, checksum). What a client may not do is raised as one
of domain.errors; STATUS says which codes have an HTTP status of their own. Everything about a
request that can be refused before its first byte is refused here, so that refusing writes nothing.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from capture.metadata import Metadata, read_metadata
from domain.errors import Conflict, Invalid, Refused, TooLarge

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,expiration,checksum"
DIGEST_BYTES = {"sha1": 20, "sha256": 32, "md5": 16}
CONTENT_TYPE = b"application/offset+octet-stream"

# Statuses of this protocol, by error code; every other error has the one its class has everywhere.
# Browsers' tus clients give up on 4xx except 409 and 423, and try 5xx again. So what passes by
# itself (a lock, a stall, a full disk, a database that is away) is 423 or 5xx, and what only a
# person can change is another 4xx (docs/decisions/0025-an-upload-taken-over-is-locked.md).
STATUS = {
    "tus_version": 412,
    "wrong_media_type": 415,
    "upload_busy": 423,
    "upload_taken_over": 423,
    "checksum_mismatch": 460,
    "upload_stalled": 503,
    "not_arrived": 503,
    "disk_failed": 503,
    "no_room": 507,
}

_NUMBER = re.compile(rb"[0-9]{1,18}\Z")

Headers = Sequence[tuple[bytes, bytes]]  # as ASGI gives them: names in lower case


@dataclass(frozen=True)
class Checksum:
    algorithm: str  # a key of DIGEST_BYTES
    digest: bytes


@dataclass(frozen=True)
class Body:
    """What a request says of the bytes that follow. `size` None: they come in chunks, uncounted."""

    size: int | None
    checksum: Checksum | None = None


@dataclass(frozen=True)
class Creation:
    """A new upload. `length` None: told with a later PATCH. `body` None: no bytes come with it."""

    length: int | None
    metadata: Metadata
    body: Body | None


@dataclass(frozen=True)
class Patch:
    """More bytes for an upload, and perhaps its length and what is said of it, as asked for."""

    offset: int
    length: int | None
    body: Body
    metadata: Metadata | None = None  # None: nothing is said anew


@dataclass(frozen=True)
class Append:
    """More bytes for an upload, as allowed: at most `most`. `length` is the upload's from now on."""

    length: int | None
    most: int
    checksum: Checksum | None
    metadata: Metadata | None = None


def demand_version(headers: Headers) -> None:
    """Raises Invalid (`tus_version`) unless the client speaks this version."""
    if _one(headers, b"tus-resumable") != VERSION.encode():
        raise Invalid(f"Send the header Tus-Resumable: {VERSION}.", code="tus_version")


def read_creation(headers: Headers, max_bytes: int) -> Creation:
    """Raises Invalid, Refused (`empty_file`), TooLarge."""
    if _one(headers, b"upload-concat") is not None:
        raise Invalid("Uploads cannot be joined here. Send the file as one upload.", code="no_concatenation")
    length = _number(headers, b"upload-length", "bad_length")
    deferred = _one(headers, b"upload-defer-length")
    if deferred not in (None, b"1") or (length is None) == (deferred is None):
        raise Invalid("Send either Upload-Length, in bytes, or Upload-Defer-Length: 1.", code="bad_length")
    _check_length(length, max_bytes)
    raw = (_one(headers, b"upload-metadata") or b"").decode("latin-1")

    body = _read_body(headers)
    if body.size == 0:
        return Creation(length, read_metadata(raw), None)
    _demand_content_type(headers)
    _check_size(body, max_bytes if length is None else length)
    return Creation(length, read_metadata(raw), body)


def read_patch(headers: Headers) -> Patch:
    """Raises Invalid."""
    _demand_content_type(headers)
    offset = _number(headers, b"upload-offset", "bad_offset")
    if offset is None:
        raise Invalid("Send Upload-Offset: how many bytes are here already.", code="bad_offset")
    length = _number(headers, b"upload-length", "bad_length")
    raw = _one(headers, b"upload-metadata")
    return Patch(offset, length, _read_body(headers), None if raw is None else read_metadata(raw.decode("latin-1")))


def allow(patch: Patch, *, offset: int, length: int | None, max_bytes: int) -> Append:
    """What of `patch` may be written to an upload that has `offset` of `length` bytes.

    Raises Conflict (`wrong_offset`), Invalid, Refused (`empty_file`), TooLarge.
    """
    if patch.offset != offset:
        raise Conflict(
            f"This upload is at byte {offset}, not {patch.offset}. Ask with HEAD and go on from there.",
            code="wrong_offset",
        )
    if length is None and patch.length is not None:
        _check_length(patch.length, max_bytes)
        if patch.length < offset:
            raise Invalid(f"{offset} bytes are here already; Upload-Length cannot be less.", code="bad_length")
        length = patch.length
    elif patch.length not in (None, length):
        raise Invalid("The length of this upload is known already and cannot change.", code="bad_length")
    most = (max_bytes if length is None else length) - offset
    _check_size(patch.body, most)
    return Append(length, most, patch.body.checksum, patch.metadata)


def too_long(most: int) -> TooLarge:
    """The error for a body with more bytes than there is room for in its upload."""
    return TooLarge(
        f"Only {most} more bytes belong to this upload, and this request has more. Nothing of it was kept.",
        code="body_too_long",
    )


def options_headers(max_bytes: int) -> dict[str, str]:
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(max_bytes),
        "Tus-Checksum-Algorithm": ",".join(DIGEST_BYTES),
    }


def state_headers(
    offset: int, length: int | None, metadata: str, expires_at: datetime | None, recording: str | None
) -> dict[str, str]:
    """How an upload stands, for the answer to HEAD. `expires_at` None: it does not."""
    return {
        **progress_headers(offset, expires_at, recording),
        **({"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}),
        **({"Upload-Metadata": metadata} if metadata else {}),
    }


def progress_headers(offset: int, expires_at: datetime | None, recording: str | None) -> dict[str, str]:
    """How far an upload has come, for the answers to POST and PATCH. `expires_at` is aware, UTC."""
    return {
        "Upload-Offset": str(offset),
        **({"Upload-Expires": format_datetime(expires_at, usegmt=True)} if expires_at else {}),
        **({"Recording-Id": recording} if recording else {}),
    }


def _one(headers: Headers, name: bytes) -> bytes | None:
    """The header's value. Two of them are two opinions, and a proxy before us may hold the other."""
    values = [value for key, value in headers if key == name]
    if len(values) > 1:
        raise Invalid(f"Send the header {name.decode().title()} once.", code="repeated_header")
    return values[0].strip(b" \t") if values else None


def _number(headers: Headers, name: bytes, code: str) -> int | None:
    value = _one(headers, name)
    if value is None:
        return None
    if not _NUMBER.match(value):
        raise Invalid(f"{name.decode().title()} is a number of bytes in plain digits.", code=code)
    return int(value)


def _read_body(headers: Headers) -> Body:
    size = _number(headers, b"content-length", "bad_length")
    if size is None and not any(key == b"transfer-encoding" for key, _ in headers):
        size = 0  # HTTP: without either header no body follows
    return Body(size, _read_checksum(_one(headers, b"upload-checksum")))


def _read_checksum(value: bytes | None) -> Checksum | None:
    if value is None:
        return None
    algorithm, _, encoded = value.decode("latin-1").partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != DIGEST_BYTES.get(algorithm, -1):
        names = ", ".join(DIGEST_BYTES)
        raise Invalid(f"Upload-Checksum is one of {names}, a space, and the digest in base64.", code="bad_checksum")
    return Checksum(algorithm, digest)


def _demand_content_type(headers: Headers) -> None:
    if (_one(headers, b"content-type") or b"").lower() != CONTENT_TYPE:
        raise Invalid(f"Bytes of an upload have Content-Type: {CONTENT_TYPE.decode()}.", code="wrong_media_type")


def _check_length(length: int | None, max_bytes: int) -> None:
    if length == 0:
        raise Refused("This file is empty. Record it again, or pick another file.", code="empty_file")
    if length is not None and length > max_bytes:
        raise TooLarge(
            f"This file has {length / 1e6:,.0f} MB and at most {max_bytes / 1e6:,.0f} MB are let in. "
            "Film shorter pieces, or with a smaller picture."
        )


def _check_size(body: Body, most: int) -> None:
    if body.size is not None and body.size > most:
        raise too_long(most)
