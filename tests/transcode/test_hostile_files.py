"""Files that lie, swell or break: what becomes of them is said in words, whatever they say of themselves."""

import struct
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from capture.policy import Limits, check_probe
from domain.errors import Refused, Unavailable
from fuzz import bombs, ebml, lies, seeds
from fuzz.boxes import all_of, first, read, written
from transcode.confine import MAX_PIXELS
from transcode.jail import Jail, is_the_files_fault
from transcode.probe import probe
from transcode.sound import hear


def _file(folder: Path, ending: str, data: bytes) -> Path:
    path = folder / f"stranger.{ending}"
    path.write_bytes(data)
    return path


def _refused(path: Path, jail: Jail) -> str:
    """The code of the refusal, by the probe or by what is let in."""
    with pytest.raises(Refused) as refused:
        check_probe(probe(path, jail), Limits())
    return refused.value.code


def test_the_jail_can_stand_what_is_let_in() -> None:
    assert Limits().max_pixels <= MAX_PIXELS


def test_ten_hours_on_every_clock_over_a_second_of_pictures_are_a_second(tmp_path: Path, jail: Jail) -> None:
    tree = read(seeds.seed("silent"))
    for box in all_of(tree, b"mvhd", b"mdhd"):
        scale = struct.unpack_from(">I", box.contents, 12)[0]
        box.contents = box.contents[:16] + struct.pack(">I", scale * 36_000) + box.contents[20:]

    assert probe(_file(tmp_path, "mp4", written(tree)), jail).duration_ms == 1200


def test_a_last_picture_that_lasts_for_hours_is_refused_for_the_emptiness_after_it(tmp_path: Path, jail: Jail) -> None:
    _, data, _ = lies._last_frame_for_hours(Random(1))

    assert _refused(_file(tmp_path, "mp4", data), jail) == "mostly_empty"


def test_sound_in_pieces_an_hour_apart_is_refused(tmp_path: Path, jail: Jail) -> None:
    track, clusters = ebml.sound(20, gap_ms=3_600_000)

    assert _refused(_file(tmp_path, "mkv", ebml.film(track, clusters)), jail) == "mostly_empty"


def test_a_wav_that_declares_a_day_lasts_as_long_as_it_holds(tmp_path: Path, jail: Jail) -> None:
    data = seeds.seed("wav")
    at = data.index(b"data") + 4

    found = probe(_file(tmp_path, "wav", data[:at] + b"\xff\xff\xff\x7f" + data[at + 4 :]), jail)

    assert found.duration_ms == pytest.approx(1200, abs=50)


@pytest.mark.parametrize("bomb", [bombs._h264, bombs._vp8, bombs._vp9, bombs._jpegs, bombs._pngs])
def test_a_picture_larger_than_memory_is_refused_in_any_codec(
    bomb: Callable[[Random], bombs.Bomb], tmp_path: Path, jail: Jail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bombs, "_SIZES", ((16_384, 16_384),))
    ending, data, _ = bomb(Random(1))

    assert len(data) < 500_000
    assert _refused(_file(tmp_path, ending, data), jail) in {"too_large_picture", "cannot_decode"}


def test_hundreds_of_tracks_are_refused_and_not_looked_at(tmp_path: Path, jail: Jail) -> None:
    track, clusters = ebml.sound()
    tracks = b"".join(track.replace(ebml.number(b"\xd7", 1), ebml.number(b"\xd7", n)) for n in range(1, 301))

    assert _refused(_file(tmp_path, "mkv", ebml.film(tracks, clusters)), jail) == "too_many_tracks"


def test_attached_files_count_as_tracks(tmp_path: Path, jail: Jail) -> None:
    track, clusters = ebml.sound()
    carried = ebml.attached([(f"{n}.bin", "application/octet-stream", b"x") for n in range(64)])

    assert _refused(_file(tmp_path, "mkv", ebml.film(track, clusters, before=carried)), jail) == "too_many_tracks"


def test_ten_thousand_chapters_are_refused(tmp_path: Path, jail: Jail) -> None:
    track, clusters = ebml.sound()
    told = ebml.chapters(10_000)

    assert _refused(_file(tmp_path, "mkv", ebml.film(track, clusters, before=told)), jail) == "too_many_chapters"


def test_a_thousand_pictures_a_second_are_refused(tmp_path: Path, jail: Jail) -> None:
    source = _file(tmp_path, "mkv", bombs._film("32x32", 1000, 1500, "libx264"))

    assert _refused(source, jail) == "too_many_frames"


def test_a_sample_a_second_is_no_sound(tmp_path: Path, jail: Jail) -> None:
    track, clusters = ebml.sound(rate=1.0)

    assert _refused(_file(tmp_path, "mkv", ebml.film(track, clusters)), jail) == "cannot_decode"


def test_an_index_of_two_thousand_million_samples_is_refused_in_time(tmp_path: Path, jail: Jail) -> None:
    tree = read(seeds.seed("silent"))
    first(tree, b"stsz").contents = struct.pack(">III", 0, 1, 0x7FFFFFFF)

    with pytest.raises(Refused):
        probe(_file(tmp_path, "mp4", written(tree)), jail)


def test_sound_of_which_most_is_noise_is_refused_as_damaged(tmp_path: Path, jail: Jail) -> None:
    source = _file(tmp_path, "m4a", seeds.seed("m4a"))
    known = probe(source, jail)
    tree = read(seeds.seed("m4a"))
    sound = first(tree, b"mdat")
    sound.contents = Random(5).randbytes(len(sound.contents))
    source.write_bytes(written(tree))

    with pytest.raises(Refused) as refused:
        hear(source, known, jail)

    assert refused.value.code == "damaged"
    assert "exit status" in refused.value.__notes__[0]


def test_a_full_disk_is_not_taken_for_the_files_fault() -> None:
    error = Unavailable("This recording could not be worked through.", code="media_failed")
    error.add_note("exit status 228; it said: Error writing trailer: No space left on device")

    assert not is_the_files_fault(error)
