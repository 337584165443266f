"""Objects in an S3-compatible store: the home of many machines.

Uses only what every such server has been seen to do right: put, multipart, get, head, list, delete of one
key. No tags, no ACLs, no conditional writes, no batch deletes: some servers ignore those, want other
checksums for them, or replace the object by the request's own text.

A store that hangs must not stop a server with it: of a process's threads only so many read at a time, and while none
of those comes back, whoever else asks is told so at once.

An upload that was cut off leaves unfinished parts behind, which cost space and are never seen: let the
bucket abort them after a day or two (AbortIncompleteMultipartUpload).
"""

import contextlib
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

from domain.errors import Misconfigured, NotFound, Unavailable
from store.objects import Hashed, check_key

_CHUNK = 1 << 20  # bytes
_PART_SIZE = 32 << 20  # bytes: 10,000 parts, the most a server takes, are 320 GB
_AT_ONCE = 4  # parts or deletes in flight
_READS = 20  # at once: half of the threads that a server answers with
_STUCK_S = 3.0  # without a read that could begin, all being at work: the store hangs
_READ_TIMEOUT_S, _READ_TRIES = 10, 2  # of viewers, who ask again themselves
_TIMEOUT_S, _TRIES = 60, 4
_NOT_THERE = {"NoSuchKey", "404", "NotFound"}
_SETTINGS = {"NoSuchBucket", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403", "InvalidBucketName"}


class S3:
    """Implements `store.objects.Objects`. boto3 is imported, and the connection made, with the first use."""

    def __init__(self, endpoint: str, bucket: str, region: str, access_key: str, secret_key: str) -> None:
        self.endpoint = endpoint
        self.bucket = bucket
        self._region = region
        self._keys = {"aws_access_key_id": access_key, "aws_secret_access_key": secret_key}
        self._making = threading.Lock()
        self._reads = threading.BoundedSemaphore(_READS)
        self._begun_s = 0.0  # when the newest read began

    def put_file(self, key: str, path: Path, *, hashed: Hashed | None = None) -> None:
        from boto3.s3.transfer import TransferConfig

        check_key(key)
        _check(hashed, path)
        transfer = TransferConfig(
            multipart_threshold=2 * _PART_SIZE, multipart_chunksize=_PART_SIZE, max_concurrency=_AT_ONCE
        )
        with self._asking():
            self._client.upload_file(str(path), self.bucket, key, Config=transfer)
        try:
            _check(hashed, path)  # again: it was read for the upload since
        except Unavailable:
            self._delete(key)
            raise
        self._check_size(key, path.stat().st_size)

    def put_bytes(self, key: str, data: bytes) -> None:
        with self._asking():
            self._client.put_object(Bucket=self.bucket, Key=check_key(key), Body=data)
        self._check_size(key, len(data))

    def get_range(self, key: str, offset: int, size: int) -> bytes:
        if size == 0:
            self.size(key)
            return b""
        with self._reading() as client:
            answer = client.get_object(
                Bucket=self.bucket, Key=check_key(key), Range=f"bytes={offset}-{offset + size - 1}"
            )
            with contextlib.closing(answer["Body"]) as body:
                # The header tells, not the status: some servers send a range with 200, some the whole object.
                sent = answer.get("ContentRange")
                if sent is None and answer["ResponseMetadata"]["HTTPStatusCode"] != 206:
                    _read(body, offset)
                elif sent is None or not sent.startswith(f"bytes {offset}-"):
                    raise Unavailable("The object store sent another range than we asked for.", code="short_object")
                data = b"".join(_read(body, size, keep=True))
        return data

    def fetch(self, key: str, path: Path) -> None:
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with self._asking():
                answer = self._client.get_object(Bucket=self.bucket, Key=check_key(key))
                with contextlib.closing(answer["Body"]) as body, aside.open("xb") as file:
                    while chunk := body.read(_CHUNK):
                        file.write(chunk)
                    if file.tell() != answer["ContentLength"]:
                        raise Unavailable(
                            "A stored object could not be read to its end. Try again.", code="short_object"
                        )
            aside.rename(path)
        finally:
            aside.unlink(missing_ok=True)

    def size(self, key: str) -> int:
        with self._reading() as client:
            return int(client.head_object(Bucket=self.bucket, Key=check_key(key))["ContentLength"])

    def local_path(self, key: str) -> Path | None:
        return None

    def delete(self, keys: Iterable[str]) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(self._delete, [check_key(key) for key in keys]):
                pass

    def delete_prefix(self, prefix: str) -> None:
        under = check_key(prefix) + "/"
        with self._asking():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=under)
            found = [each["Key"] for page in pages for each in page.get("Contents", ())]
        # Asked of the answer too: some servers leave out what they do not know of a question.
        self.delete(key for key in found if key.startswith(under))

    def _delete(self, key: str) -> None:
        with contextlib.suppress(NotFound), self._asking():
            self._client.delete_object(Bucket=self.bucket, Key=key)

    def _check_size(self, key: str, size: int) -> None:
        kept = self.size(key)
        if kept != size:
            raise Unavailable(f"The object store kept {kept} bytes of {size}. Try again.", code="short_object")

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Any]:
        if not self._reads.acquire(timeout=max(0.0, self._begun_s + _STUCK_S - time.monotonic())):
            raise _away()
        self._begun_s = time.monotonic()
        try:
            with self._asking():
                yield self._reader
        finally:
            self._reads.release()

    @property
    def _client(self) -> Any:
        with self._making:  # boto3 makes one client a time; a client itself is safe to share
            return self._made

    @property
    def _reader(self) -> Any:
        with self._making:
            return self._made_to_read

    @cached_property
    def _made(self) -> Any:
        return self._make(_TIMEOUT_S, _TRIES)

    @cached_property
    def _made_to_read(self) -> Any:
        return self._make(_READ_TIMEOUT_S, _READ_TRIES)

    def _make(self, timeout_s: int, tries: int) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self._region,
            **self._keys,
            config=Config(
                signature_version="s3v4",  # without it boto3 may sign by version 2
                # boto3's own checksums are headers and trailers that many servers do not know. The signature
                # covers the body's SHA-256 instead, over TLS too: a server that checks it keeps no damaged byte.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path", "payload_signing_enabled": True},
                connect_timeout=5,
                read_timeout=timeout_s,
                retries={"mode": "standard", "total_max_attempts": tries},
                max_pool_connections=32,
            ),
        )

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        """Translates boto3's errors."""
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as cause:
            code = cause.response.get("Error", {}).get("Code", "")
            if code in _NOT_THERE:
                raise NotFound("That object is not there.", code="no_object") from cause
            if code == "InvalidRange":
                raise Unavailable("A stored object is shorter than it should be.", code="short_object") from cause
            if code in _SETTINGS:
                raise Misconfigured(
                    f"The object store at {self.endpoint} answers {code} for the bucket {self.bucket}."
                    " Check PASSITON_S3_BUCKET and the keys."
                ) from cause
            raise Unavailable(f"The object store answers {code} at the moment. Nothing is lost; try again.") from cause
        except (BotoCoreError, Boto3Error) as cause:
            raise _away() from cause


def _away() -> Unavailable:
    return Unavailable("We cannot reach the object store at the moment. Nothing is lost; try again.")


def _check(hashed: Hashed | None, path: Path) -> None:
    if hashed is not None:
        with path.open("rb") as file:
            hashed.check(file.fileno())


def _read(body: Any, size: int, *, keep: bool = False) -> list[bytes]:
    """Reads exactly `size` bytes and returns them when they are wanted. Raises Unavailable when fewer come."""
    kept = []
    while size > 0:
        chunk = body.read(min(size, _CHUNK))
        if not chunk:
            raise Unavailable("A stored object is shorter than it should be.", code="short_object")
        size -= len(chunk)
        if keep:
            kept.append(chunk)
    return kept
