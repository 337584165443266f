"""What the headers of an upload request mean."""

import base64
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture import tus
from capture.metadata import Metadata
from domain.errors import Conflict, Invalid, PassItOnError, Refused, TooLarge

MAX = 1000
BYTES = [(b"content-type", b"application/offset+octet-stream")]


def b64(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


@pytest.mark.parametrize("version", [None, b"", b"0.2.2", b"1.0", b"1.0.0, 1.0.0", b"1.0.0.0"])
def test_another_version_of_the_protocol_is_not_spoken(version: bytes | None) -> None:
    headers = [] if version is None else [(b"tus-resumable", version)]

    with pytest.raises(Invalid) as refused:
        tus.demand_version(headers)

    assert refused.value.code == "tus_version"
    assert tus.STATUS["tus_version"] == 412


def test_the_version_is_spoken() -> None:
    tus.demand_version([(b"tus-resumable", b"1.0.0")])


def test_a_creation_tells_length_and_metadata() -> None:
    raw = f"filename {b64('tip.mp4')},filetype {b64('video/mp4')},brief {b64('abc')}"

    creation = tus.read_creation([(b"upload-length", b"7"), (b"upload-metadata", raw.encode())], MAX)

    assert creation == tus.Creation(
        7, Metadata(raw, {"filename": "tip.mp4", "filetype": "video/mp4", "brief": "abc"}), None
    )


def test_a_creation_may_tell_its_length_later() -> None:
    creation = tus.read_creation([(b"upload-defer-length", b"1")], MAX)

    assert creation.length is None


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"upload-length", b"7"), (b"upload-defer-length", b"1")],
        [(b"upload-defer-length", b"true")],
        [(b"upload-defer-length", b"0"), (b"upload-length", b"7")],
    ],
)
def test_a_creation_has_either_a_length_or_none_yet(headers: tus.Headers) -> None:
    with pytest.raises(Invalid) as refused:
        tus.read_creation(headers, MAX)

    assert refused.value.code == "bad_length"


@pytest.mark.parametrize(
    "number",
    [
        b"",
        b"-1",
        b"+1",
        b"1.0",
        b"1e3",
        b"0x10",
        b"1_000",
        b" ",
        b"1 2",
        b"\xb2",
        "٣".encode(),
        b"9" * 19,
        b"nan",
        b"1\n",
    ],
)
@pytest.mark.parametrize("name", [b"upload-length", b"upload-offset", b"content-length"])
def test_a_number_is_plain_digits(name: bytes, number: bytes) -> None:
    offset = [] if name == b"upload-offset" else [(b"upload-offset", b"0")]

    with pytest.raises(Invalid) as refused:
        tus.read_patch([*BYTES, *offset, (name, number)])

    assert refused.value.code == ("bad_offset" if name == b"upload-offset" else "bad_length")


@pytest.mark.parametrize(
    "name", [b"upload-offset", b"upload-length", b"content-length", b"content-type", b"upload-checksum"]
)
def test_a_header_that_is_there_twice_is_refused(name: bytes) -> None:
    value = {b"content-type": BYTES[0][1], b"upload-checksum": f"md5 {b64(b'0' * 16)}".encode()}.get(name, b"0")
    once = dict([*BYTES, (b"upload-offset", b"0"), (name, value)])

    tus.read_patch(list(once.items()))
    with pytest.raises(Invalid) as refused:
        tus.read_patch([*once.items(), (name, value)])

    assert refused.value.code == "repeated_header"


def test_an_empty_file_is_refused_in_words_for_the_expert() -> None:
    with pytest.raises(Refused) as refused:
        tus.read_creation([(b"upload-length", b"0")], MAX)

    assert (refused.value.code, refused.value.message) == (
        "empty_file",
        "This file is empty. Record it again, or pick another file.",
    )


def test_a_file_as_long_as_is_let_in_is_let_in_and_a_longer_one_is_not() -> None:
    assert tus.read_creation([(b"upload-length", b"1000")], MAX).length == 1000
    with pytest.raises(TooLarge):
        tus.read_creation([(b"upload-length", b"1001")], MAX)


def test_uploads_are_not_joined() -> None:
    with pytest.raises(Invalid) as refused:
        tus.read_creation([(b"upload-length", b"7"), (b"upload-concat", b"partial")], MAX)

    assert refused.value.code == "no_concatenation"


def test_a_creation_with_bytes_says_so_in_its_content_type() -> None:
    headers = [(b"upload-length", b"7"), (b"content-length", b"7")]

    assert tus.read_creation([*headers, *BYTES], MAX).body == tus.Body(7)
    with pytest.raises(Invalid) as refused:
        tus.read_creation([*headers, (b"content-type", b"video/mp4")], MAX)

    assert refused.value.code == "wrong_media_type"


def test_a_creation_with_more_bytes_than_its_length_is_refused() -> None:
    with pytest.raises(TooLarge) as refused:
        tus.read_creation([(b"upload-length", b"7"), (b"content-length", b"8"), *BYTES], MAX)

    assert refused.value.code == "body_too_long"


def test_a_patch_without_a_length_of_its_body_is_empty_unless_it_is_chunked() -> None:
    headers = [*BYTES, (b"upload-offset", b"3")]

    assert tus.read_patch(headers) == tus.Patch(3, None, tus.Body(0))
    assert tus.read_patch([*headers, (b"transfer-encoding", b"chunked")]) == tus.Patch(3, None, tus.Body(None))


@pytest.mark.parametrize("content_type", [None, b"", b"text/plain", b"application/offset+octet-stream; charset=utf-8"])
def test_a_patch_of_another_content_type_is_refused(content_type: bytes | None) -> None:
    headers = [(b"upload-offset", b"0")] + ([] if content_type is None else [(b"content-type", content_type)])

    with pytest.raises(Invalid) as refused:
        tus.read_patch(headers)

    assert refused.value.code == "wrong_media_type"


def test_a_patch_without_an_offset_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        tus.read_patch(BYTES)

    assert refused.value.code == "bad_offset"


@pytest.mark.parametrize(("algorithm", "size"), [("sha1", 20), ("sha256", 32), ("md5", 16)])
def test_a_checksum_is_an_algorithm_and_a_digest(algorithm: str, size: int) -> None:
    digest = bytes(range(size))

    patch = tus.read_patch(
        [*BYTES, (b"upload-offset", b"0"), (b"upload-checksum", f"{algorithm} {b64(digest)}".encode())]
    )

    assert patch.body.checksum == tus.Checksum(algorithm, digest)


@pytest.mark.parametrize(
    "value",
    [b"", b"sha1", b"crc32 AAAA", b"sha1 !!!!", f"sha1 {b64(b'0' * 19)}".encode(), b"md5 \xff", b"SHA1 " + b"A" * 28],
)
def test_a_checksum_that_cannot_be_checked_is_refused(value: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        tus.read_patch([*BYTES, (b"upload-offset", b"0"), (b"upload-checksum", value)])

    assert refused.value.code == "bad_checksum"


@pytest.mark.parametrize("asked", [0, 4, 6, 10**17])
def test_bytes_go_on_where_the_upload_is_and_nowhere_else(asked: int) -> None:
    with pytest.raises(Conflict) as refused:
        tus.allow(tus.Patch(asked, None, tus.Body(1)), offset=5, length=10, max_bytes=MAX)

    assert refused.value.code == "wrong_offset"


def test_as_many_bytes_are_allowed_as_the_upload_lacks() -> None:
    allowed = tus.allow(tus.Patch(5, None, tus.Body(5)), offset=5, length=10, max_bytes=MAX)

    assert allowed == tus.Append(length=10, most=5, checksum=None)


def test_more_bytes_than_the_upload_lacks_are_refused() -> None:
    with pytest.raises(TooLarge) as refused:
        tus.allow(tus.Patch(5, None, tus.Body(6)), offset=5, length=10, max_bytes=MAX)

    assert refused.value.code == "body_too_long"


def test_uncounted_bytes_are_allowed_up_to_what_the_upload_lacks() -> None:
    allowed = tus.allow(tus.Patch(5, None, tus.Body(None)), offset=5, length=10, max_bytes=MAX)

    assert allowed.most == 5


def test_an_upload_without_a_length_yet_has_room_up_to_the_limit() -> None:
    allowed = tus.allow(tus.Patch(5, None, tus.Body(900)), offset=5, length=None, max_bytes=MAX)

    assert (allowed.length, allowed.most) == (None, 995)


def test_the_length_may_come_with_a_later_patch() -> None:
    allowed = tus.allow(tus.Patch(5, 9, tus.Body(4)), offset=5, length=None, max_bytes=MAX)

    assert (allowed.length, allowed.most) == (9, 4)


def test_the_length_may_come_alone_after_the_last_byte() -> None:
    allowed = tus.allow(tus.Patch(5, 5, tus.Body(0)), offset=5, length=None, max_bytes=MAX)

    assert (allowed.length, allowed.most) == (5, 0)


@pytest.mark.parametrize(
    ("length", "known", "error", "code"),
    [
        (4, None, Invalid, "bad_length"),  # less than is here
        (11, 10, Invalid, "bad_length"),  # it was 10
        (1001, None, TooLarge, "too_large"),
    ],
)
def test_a_length_that_cannot_be_is_refused(
    length: int, known: int | None, error: type[PassItOnError], code: str
) -> None:
    with pytest.raises(error) as refused:
        tus.allow(tus.Patch(5, length, tus.Body(0)), offset=5, length=known, max_bytes=MAX)

    assert refused.value.code == code


def test_the_same_length_may_be_said_again() -> None:
    assert tus.allow(tus.Patch(5, 10, tus.Body(0)), offset=5, length=10, max_bytes=MAX).length == 10


def test_the_answers_headers_say_how_an_upload_stands() -> None:
    expires = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)

    assert tus.state_headers(3, None, "filename YQ==", expires, None) == {
        "Upload-Offset": "3",
        "Upload-Expires": "Thu, 02 Jan 2031 03:04:05 GMT",
        "Upload-Defer-Length": "1",
        "Upload-Metadata": "filename YQ==",
    }
    assert tus.state_headers(7, 7, "", None, "rec") == {
        "Upload-Offset": "7",
        "Upload-Length": "7",
        "Recording-Id": "rec",
    }


_NAMES = st.sampled_from(
    [
        b"tus-resumable", b"upload-length", b"upload-defer-length", b"upload-offset", b"upload-metadata",
        b"upload-checksum", b"upload-concat", b"content-type", b"content-length", b"transfer-encoding",
    ]
)  # fmt: skip
_VALUES = st.one_of(
    st.binary(max_size=40),
    st.integers(-5, 2000).map(lambda n: str(n).encode()),
    st.sampled_from([BYTES[0][1], b"1.0.0", b"sha1 " + b"A" * 27 + b"=", b"filename YQ==", b"chunked"]),
)


@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=8), st.integers(0, 1000), st.none() | st.integers(1, 1000))
def test_no_headers_are_answered_with_anything_but_a_decision_or_an_error_of_ours(
    headers: list[tuple[bytes, bytes]], offset: int, length: int | None
) -> None:
    if length is not None and offset > length:
        offset = length

    with suppress(PassItOnError):
        creation = tus.read_creation(headers, MAX)
        assert creation.length is None or 1 <= creation.length <= MAX
        assert creation.body is None or creation.body.size is None or creation.body.size <= (creation.length or MAX)

    with suppress(PassItOnError):
        allowed = tus.allow(tus.read_patch(headers), offset=offset, length=length, max_bytes=MAX)
        assert 0 <= allowed.most <= MAX - offset
        assert allowed.length is None or offset + allowed.most == allowed.length
