"""What /openapi.json says of the upload routes: their headers cannot be read off their signatures."""

from typing import Any

from fastapi import Response

from capture import tus
from capture.metadata import MAX_METADATA
from domain.consent import TERMS_VERSION
from publish_api.answers import Problem

_REQUEST = {
    "Tus-Resumable": ("The protocol's version.", True, {"type": "string", "enum": [tus.VERSION]}),
    "Upload-Length": ("Bytes of the whole file.", False, {"type": "integer", "minimum": 1}),
    "Upload-Defer-Length": ("Instead of Upload-Length.", False, {"type": "string", "enum": ["1"]}),
    "Upload-Metadata": (
        "Pairs of a key and its value in base64, between commas. Keys: filename, filetype, language, title, "
        "space (its id), brief (the id of the one it answers), and what is answered: audience, prerequisites, "
        "kind (skill, theory, strategy), level (beginner, intermediate, advanced), each as the brief says it where it "
        "is left out, and none where it is empty; speaker (the name of somebody else "
        "who speaks, and is asked); terms (the version of the sentence about consent that was shown to whoever sends "
        f"what they speak in themselves, now {TERMS_VERSION}; without it they are asked). Sound sent before its "
        "film: tip in both (16 random bytes in base64url without padding), and part (sound) in the first; the film "
        "takes its place in the same recording.",
        False,
        {"type": "string", "maxLength": MAX_METADATA},
    ),
    "Upload-Offset": ("Bytes that are here already.", True, {"type": "integer", "minimum": 0}),
    "Upload-Checksum": (
        f"Of this request's bytes: {', '.join(tus.DIGEST_BYTES)}, a space, the digest in base64.",
        False,
        {"type": "string"},
    ),
}
_ANSWER = {
    "Location": "Path of the new upload.",
    "Upload-Offset": "Bytes that are here, for good.",
    "Upload-Length": "Bytes of the whole file.",
    "Upload-Defer-Length": "1 while the length is not known.",
    "Upload-Metadata": "As it was sent.",
    "Upload-Expires": "When the upload goes away if nothing more comes. Not there once all is here.",
    "Recording-Id": "Id of the recording that the finished upload has become.",
    "Tus-Version": "The protocol's versions.",
    "Tus-Extension": "What of the protocol is understood.",
    "Tus-Max-Size": "Most bytes of an upload.",
    "Tus-Checksum-Algorithm": "Checksums that are understood.",
}
_PROBLEMS = {
    400: "A header cannot be understood; the message says which.",
    401: "We do not know who is asking.",
    403: "You may not upload; or the upload is whole and has become a recording.",
    404: "Not there, or not yours: the two look the same.",
    409: "The offset is another. Ask with HEAD and go on from there.",
    410: "It was left for too long and is gone; or (sound_deleted) it is a film whose sound was deleted.",
    412: "Tus-Resumable is missing or names another version.",
    413: "Larger than is let in, or more bytes than Upload-Length leaves room for. Nothing of it was kept.",
    415: "The content type of bytes is application/offset+octet-stream.",
    422: "The file is empty.",
    423: "Another request writes to this upload. Try again in a few seconds.",
    429: "Too many unfinished uploads, or more bytes than one person may send in a day.",
    460: "The bytes are not those of the checksum. None of them was kept; send them again.",
    503: "Not at the moment; what has arrived is safe. Ask with HEAD and go on from there.",
    507: "The disk is full. What has arrived is safe; go on later.",
}
_BYTES = {"content": {tus.CONTENT_TYPE.decode(): {"schema": {"type": "string", "format": "binary"}}}}


def _route(
    status: int, means: str, *, takes: tuple[str, ...], gives: tuple[str, ...], fails: tuple[int, ...], body: bool
) -> dict[str, Any]:
    """Arguments for the route's decorator."""
    answers: dict[int | str, dict[str, Any]] = {
        status: {
            "description": means,
            "headers": {name: {"description": _ANSWER[name], "schema": {"type": "string"}} for name in gives},
        }
    }
    for problem in fails:
        answers[problem] = {"description": _PROBLEMS[problem], "model": Problem}
    answers["default"] = {"description": "Any other error.", "model": Problem}
    headers = [
        {"name": name, "in": "header", "description": says, "required": needed, "schema": schema}
        for name, (says, needed, schema) in _REQUEST.items()
        if name in takes
    ]
    extra: dict[str, Any] = {"parameters": headers}
    if body:
        extra["requestBody"] = _BYTES
    if not takes:
        extra["security"] = []
    return {"status_code": status, "response_class": Response, "responses": answers, "openapi_extra": extra}


OPTIONS = _route(
    204,
    "What this server can do.",
    takes=(),
    gives=("Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm"),
    fails=(),
    body=False,
)
POST = _route(
    201,
    "The upload has begun. Without Recording-Id although all bytes are here: ask with HEAD.",
    takes=(
        "Tus-Resumable",
        "Upload-Length",
        "Upload-Defer-Length",
        "Upload-Metadata",
        "Upload-Checksum",
    ),
    gives=("Location", "Upload-Offset", "Upload-Expires", "Recording-Id"),
    fails=(400, 401, 403, 404, 410, 412, 413, 415, 422, 429, 460, 503, 507),
    body=True,
)
HEAD = _route(
    200,
    "How far the upload has come.",
    takes=("Tus-Resumable",),
    gives=(
        "Upload-Offset",
        "Upload-Length",
        "Upload-Defer-Length",
        "Upload-Metadata",
        "Upload-Expires",
        "Recording-Id",
    ),
    fails=(400, 401, 403, 404, 410, 412, 423, 503),
    body=False,
)
PATCH = _route(
    204,
    "These bytes are here.",
    takes=("Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Checksum"),
    gives=("Upload-Offset", "Upload-Expires", "Recording-Id"),
    fails=(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 423, 429, 460, 503, 507),
    body=True,
)
DELETE = _route(
    204,
    "The upload is gone.",
    takes=("Tus-Resumable",),
    gives=(),
    fails=(400, 401, 403, 404, 410, 412, 423),
    body=False,
)
