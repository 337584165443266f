"""What a file is said to be, and why some cannot become clips."""

from fractions import Fraction
from pathlib import Path

import pytest

from domain.errors import Refused
from tests.transcode.media import AAC, H264, SINE, ffmpeg, numbered
from transcode.jail import Jail
from transcode.probe import grid_fps, probe, shown_size, turned

COLOUR = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=2")


def test_a_plain_video_is_described(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "plain.mp4", 90)

    known = probe(source, jail)

    assert known.container.startswith("mov,mp4")
    assert known.duration_ms == 3000
    assert (known.width, known.height) == (192, 108)
    assert (known.rotation, known.mirrored) == (0, False)
    assert known.fps == 30
    assert known.begins_ms == 0
    assert known.hdr is None
    assert (known.video_codec, known.audio_codec) == ("h264", "aac")
    assert (known.audio_index, known.audio_channels) == (0, 1)


@pytest.mark.parametrize(("transfer", "hdr"), [("arib-std-b67", "hlg"), ("smpte2084", "pq"), ("bt709", None)])
def test_high_dynamic_range_is_told_by_its_transfer_curve(
    transfer: str, hdr: str | None, tmp_path: Path, jail: Jail
) -> None:
    source = tmp_path / "hdr.mp4"
    tags = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc"
    ffmpeg(*COLOUR, "-vf", tags, "-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le", source)

    assert probe(source, jail).hdr == hdr


def test_a_picture_that_begins_after_the_sound_says_when(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "late.mp4", 30, video_filter="setpts=PTS+0.5/TB", audio=["-c:a", "aac", "-t", 2])

    known = probe(source, jail)

    assert known.begins_ms == 500
    assert known.duration_ms == 2000


def test_what_an_edit_list_leaves_out_does_not_count(tmp_path: Path, jail: Jail) -> None:
    plain = numbered(tmp_path / "plain.mp4", 90)
    cut = tmp_path / "cut.mp4"
    ffmpeg("-ss", 1.1, "-i", plain, "-c", "copy", cut)  # begins at a keyframe before, hidden by an edit list

    known = probe(cut, jail)

    assert known.duration_ms == pytest.approx(1900, abs=40)
    assert known.begins_ms == 0


def test_the_first_sound_that_can_be_decoded_counts(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "spatial.mp4"
    ffmpeg(
        *COLOUR, *SINE, *SINE, "-map", 0, "-map", 1, "-map", 2, "-t", 2, *H264, "-c:a:0", "ac3", "-c:a:1", "aac", source
    )
    # A phone's second sound format, unknown to everybody but the phone.
    source.write_bytes(source.read_bytes().replace(b"ac-3", b"apac"))

    known = probe(source, jail)

    assert known.audio_index == 1
    assert known.audio_codec == "aac"


def test_of_several_sounds_the_one_that_players_play_counts(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "two.mp4"
    chosen = ("-disposition:a:0", 0, "-disposition:a:1", "default")
    ffmpeg(*SINE, "-t", 1, "-map", 0, "-map", 0, "-map", 0, *AAC, "-ac:a:1", 2, *chosen, source)

    known = probe(source, jail)

    assert (known.audio_index, known.audio_channels) == (1, 2)


def test_sound_that_begins_late_is_not_taken_for_a_file_that_breaks_off(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "late.mkv"
    ffmpeg("-f", "lavfi", "-i", "color=s=64x36:d=8", "-itsoffset", 5, *SINE, "-t", 8, *H264, *AAC, source)

    known = probe(source, jail)

    assert known.has_audio
    assert known.duration_ms == pytest.approx(8000, abs=40)


def test_a_film_of_one_picture_is_read(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "one.mp4", 1, sound=False, codec=("-c:v", "libx264"))

    known = probe(source, jail)

    assert (known.width, known.height, known.duration_ms) == (192, 108, 33)


def test_a_video_whose_only_sound_cannot_be_decoded_has_no_sound(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "spatial.mp4"
    ffmpeg(*COLOUR, *SINE, "-t", 2, *H264, "-c:a", "ac3", source)
    source.write_bytes(source.read_bytes().replace(b"ac-3", b"apac"))

    known = probe(source, jail)

    assert not known.has_audio
    assert known.has_video


def test_a_video_without_sound_and_sound_without_video(tmp_path: Path, jail: Jail) -> None:
    silent = numbered(tmp_path / "silent.mp4", 30, sound=False)
    voice = tmp_path / "voice.wav"
    ffmpeg(*SINE, "-t", 1, voice)

    assert not probe(silent, jail).has_audio
    assert not probe(voice, jail).has_video
    assert probe(voice, jail).fps == 25


def test_a_tenth_of_a_second_is_a_video(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "blink.mp4", 3)

    assert probe(source, jail).duration_ms == 100


REFUSALS = {
    "empty_file": b"",
    "not_media": b"Dear colleagues, please find attached the video.\n" * 100,
}


@pytest.mark.parametrize(("code", "contents"), REFUSALS.items(), ids=REFUSALS)
def test_a_file_that_is_no_recording_is_refused(code: str, contents: bytes, tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "innocent.mp4"
    source.write_bytes(contents)

    with pytest.raises(Refused) as raised:
        probe(source, jail)

    assert raised.value.code == code


def test_a_playlist_named_like_a_video_is_refused(tmp_path: Path, jail: Jail) -> None:
    video = numbered(tmp_path / "video.mp4", 30)
    source = tmp_path / "innocent.mp4"
    source.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{video}\n#EXT-X-ENDLIST\n")

    with pytest.raises(Refused) as raised:
        probe(source, jail)

    assert raised.value.code == "not_media"


def test_a_still_picture_is_refused(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "photo.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x90", "-frames:v", 1, "-f", "image2", "-c:v", "mjpeg", source)

    with pytest.raises(Refused) as raised:
        probe(source, jail)

    assert raised.value.code == "not_media"


def test_a_video_whose_index_was_never_written_is_refused(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "video.mp4", 90)
    contents = source.read_bytes()
    source.write_bytes(contents[: contents.index(b"moov") - 4])

    with pytest.raises(Refused) as raised:
        probe(source, jail)

    assert raised.value.code == "truncated"
    assert "index is missing" in raised.value.message


@pytest.mark.parametrize("name", ["mp4", "mkv"])
def test_a_file_that_breaks_off_in_the_middle_says_where(name: str, tmp_path: Path, jail: Jail) -> None:
    front = ["-movflags", "+faststart"] if name == "mp4" else []
    source = numbered(tmp_path / f"video.{name}", 600, after=front)
    contents = source.read_bytes()
    source.write_bytes(contents[: len(contents) * 6 // 10])

    with pytest.raises(Refused) as raised:
        probe(source, jail)

    assert raised.value.code == "truncated"
    assert "of 0:20" in raised.value.message


def test_a_download_that_is_zeros_from_the_middle_on_is_refused(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "video.mp4", 600, after=["-movflags", "+faststart"])
    contents = source.read_bytes()
    half = len(contents) // 2
    source.write_bytes(contents[:half] + bytes(len(contents) - half))

    with pytest.raises(Refused) as raised:
        probe(source, jail)

    assert raised.value.code == "truncated"


def test_a_picture_in_an_unknown_format_is_refused(tmp_path: Path, jail: Jail) -> None:
    source = numbered(tmp_path / "video.mp4", 30)
    source.write_bytes(source.read_bytes().replace(b"avc1", b"zzz1"))

    with pytest.raises(Refused) as raised:
        probe(source, jail)

    assert raised.value.code == "cannot_decode"
    assert "pictures" in raised.value.message


def test_subtitles_alone_are_refused(tmp_path: Path, jail: Jail) -> None:
    words, source = tmp_path / "words.srt", tmp_path / "words.mkv"
    words.write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n")
    ffmpeg("-i", words, source)

    with pytest.raises(Refused) as raised:
        probe(source, jail)

    assert raised.value.code == "no_media"


@pytest.mark.parametrize(
    ("average", "moving", "fps"),
    [
        (29.97, 29.97, Fraction(30000, 1001)),
        (30.0, 30.0, Fraction(30)),
        (23.976, 23.976, Fraction(24000, 1001)),
        (24.0, 24.0, Fraction(24)),
        (59.94, 58.8, Fraction(60000, 1001)),
        (60.0, 62.5, Fraction(60)),  # times in whole milliseconds
        (119.88, 119.88, Fraction(60000, 1001)),
        (240.0, 240.0, Fraction(60)),
        (27.3, 30.0, Fraction(30)),  # a phone in the dark
        (24.0, 30.0, Fraction(30)),
        (3.1, 30.3, Fraction(30)),  # a screen on which little happens
        (8.7, 41.6, Fraction(48)),
        (30.0, 54.0, Fraction(60000, 1001)),
        (15.0, 15.0, Fraction(30)),
        (12.0, 12.0, Fraction(24)),
        (12.5, 12.5, Fraction(25)),
        (None, None, Fraction(25)),
    ],
)
def test_the_grid_is_a_standard_rate(average: float | None, moving: float | None, fps: Fraction) -> None:
    assert grid_fps(average, moving) == fps


def test_a_matrix_tells_how_a_picture_is_turned() -> None:
    one = 1 << 16

    assert turned(None) == (0, False)
    assert turned([one, 0, 0, 0, one, 0, 0, 0, 1 << 30]) == (0, False)
    assert turned([0, one, 0, -one, 0, 0, 0, 0, 1 << 30]) == (90, False)
    assert turned([-one, 0, 0, 0, -one, 0, 0, 0, 1 << 30]) == (180, False)
    assert turned([0, -one, 0, one, 0, 0, 0, 0, 1 << 30]) == (270, False)
    assert turned([0, one, 0, one, 0, 0, 0, 0, 1 << 30]) == (90, True)
    assert turned([-one, 0, 0, 0, one, 0, 0, 0, 1 << 30]) == (180, True)


def test_no_side_of_a_picture_gets_shorter_by_square_pixels() -> None:
    assert shown_size(1440, 1080, Fraction(4, 3), 0) == (1920, 1080)
    assert shown_size(720, 576, Fraction(16, 15), 0) == (768, 576)
    assert shown_size(720, 480, Fraction(8, 9), 0) == (720, 540)
    assert shown_size(1440, 1080, Fraction(4, 3), 90) == (1080, 1920)


def test_metadata_that_is_not_text_does_no_harm(tmp_path: Path, jail: Jail) -> None:
    source = tmp_path / "named.mp4"
    ffmpeg(*COLOUR, *SINE, "-t", 1, *H264, *AAC, "-metadata", "title=XXXXXXXX", source)
    source.write_bytes(source.read_bytes().replace(b"XXXXXXXX", b"\xff\xfe\x80\x81ab\xc3("))

    assert probe(source, jail).duration_ms == 1000
