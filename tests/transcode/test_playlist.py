"""Spans -> HLS text."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from domain.edge import Edge, EdgeFragment
from domain.errors import Unavailable
from domain.media import Encoder, Fragment, KeyframePlan, Kind, Rendering, Rendition, RenditionState
from domain.span import Span
from tests.transcode.media import Joined, every, ffmpeg, numbered, numbers, small
from transcode.jail import Jail
from transcode.playlist import Captions, Part, captions, exact, master, media, names, shown, storyboard, whole
from transcode.probe import probe
from transcode.render import render

KEYS_S = (0, 1, 2, 4, 8, 11)  # and the end is 12


def state(name: str, kind: Kind, width: int = 0, height: int = 0, *, bandwidth: int, until: int = 6) -> RenditionState:
    rendition = Rendition(name, kind, width, height)
    ends = (*KEYS_S[1:], 12)
    fragments = tuple(
        Fragment(n, start * rendition.timescale, (end - start) * rendition.timescale, 1000)
        for n, (start, end) in enumerate(zip(KEYS_S, ends, strict=True))
    )
    codec = {Kind.VIDEO: "avc1.640028", Kind.AUDIO: "mp4a.40.2", Kind.STILLS: ""}[kind]
    return RenditionState(f"id{name}", rendition, codec, bandwidth, fragments[:until])


def stills() -> RenditionState:
    fragments = tuple(Fragment(n, n * 2000, 2000, 900) for n in range(6))
    return RenditionState("idstills", Rendition("stills", Kind.STILLS, 640, 360), "", 0, fragments)


def recording(*, until: int = 6, complete: bool = True, sound: bool = True) -> Rendering:
    seen = (
        state("1080", Kind.VIDEO, 1920, 1080, bandwidth=5_000_000, until=until),
        state("480", Kind.VIDEO, 854, 480, bandwidth=1_200_000, until=until),
        state("270", Kind.VIDEO, 480, 270, bandwidth=400_000, until=until),
    )
    heard = (state("audio", Kind.AUDIO, bandwidth=100_000, until=until),) if sound else ()
    return Rendering(complete, (*seen, *heard, stills()))


def url(rendition: str, piece: int | str) -> str:
    return f"/m/{rendition}/{piece}"


def part(start_ms: int, end_ms: int, rendering: Rendering | None = None) -> Part:
    rendering = rendering or recording()
    plan = rendering.plan(Fraction(30)) or KeyframePlan(Fraction(30), 30, (0,))
    return Part(Span(start_ms, end_ms), plan, rendering, url)


def test_a_clip_is_the_fragments_between_its_bounds() -> None:
    assert media([part(2000, 8000)], "480") == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-TARGETDURATION:4\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:VOD\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MAP:URI="/m/id480/init"\n'
        "#EXTINF:2.000000,\n"
        "/m/id480/2\n"
        "#EXTINF:4.000000,\n"
        "/m/id480/3\n"
        "#EXT-X-ENDLIST\n"
    )


def test_the_sound_of_a_clip_is_the_fragments_of_the_same_numbers() -> None:
    listed = [line for line in media([part(2000, 8000)], "audio").splitlines() if line.startswith("/m/")]

    assert listed == ["/m/idaudio/2", "/m/idaudio/3"]


def test_nothing_that_was_cut_away_is_listed() -> None:
    listed = [line for line in media([part(1100, 10_900)], "270").splitlines() if line.startswith("/m/")]

    assert listed == ["/m/id270/2", "/m/id270/3"]
    assert shown([part(1100, 10_900)]) == (Span(2000, 8000),)


def test_a_bound_half_a_frame_off_its_keyframe_still_means_it() -> None:
    assert shown([part(2016, 7985)]) == (Span(2000, 8000),)
    assert shown([part(2018, 8000)]) == (Span(4000, 8000),)


def test_between_parts_stands_a_discontinuity_with_an_init_segment_of_its_own() -> None:
    other = replace(recording(), renditions=tuple(replace(s, public_id="b") for s in recording().renditions[1:2]))

    assert media([part(1000, 2000), part(8000, 11_000, other)], "480").splitlines()[6:] == [
        '#EXT-X-MAP:URI="/m/id480/init"',
        "#EXTINF:1.000000,",
        "/m/id480/1",
        "#EXT-X-DISCONTINUITY",
        '#EXT-X-MAP:URI="/m/b/init"',
        "#EXTINF:3.000000,",
        "/m/b/4",
        "#EXT-X-ENDLIST",
    ]


def test_a_part_without_that_size_is_shown_in_the_next_smaller_one() -> None:
    without_1080 = Rendering(True, recording().renditions[1:])
    only_1080 = Rendering(True, recording().renditions[:1])

    assert "/m/id480/1" in media([part(1000, 2000), part(1000, 2000, without_1080)], "1080")
    assert "/m/id1080/1" in media([part(1000, 2000, only_1080)], "270")


def test_of_a_part_without_sound_silence_is_heard_as_long_as_its_picture() -> None:
    text = media([part(1000, 2000, recording(sound=False)), part(1000, 2000)], "audio")

    assert text.splitlines()[6:] == [
        '#EXT-X-MAP:URI="/m/idaudio/init"',
        "#EXTINF:1.002667,",  # 47 AAC frames, from the 47th of recording time on
        "/m/silence/s47-94",
        "#EXT-X-DISCONTINUITY",
        '#EXT-X-MAP:URI="/m/idaudio/init"',
        "#EXTINF:1.000000,",
        "/m/idaudio/1",
        "#EXT-X-ENDLIST",
    ]


def test_captions_are_listed_a_language_each_and_the_first_are_shown() -> None:
    listed = [Captions(None, "Captions", "captions.m3u8"), Captions("es", "Spanish", "captions-es.m3u8")]

    text = master([part(0, 12_000)], lambda name: f"{name}.m3u8", listed)

    assert [line for line in text.splitlines() if "TYPE=SUBTITLES" in line] == [
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="Captions",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,'
        'URI="captions.m3u8"',
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="Spanish",LANGUAGE="es",DEFAULT=NO,AUTOSELECT=YES,'
        'FORCED=NO,URI="captions-es.m3u8"',
    ]
    assert text.count('SUBTITLES="captions"') == text.count("#EXT-X-STREAM-INF")


def test_the_master_playlist_begins_with_what_a_phone_loads_at_once() -> None:
    text = master([part(0, 12_000)], lambda name: f"{name}.m3u8", [Captions("en", "English", "captions.m3u8")])

    stream = 'FRAME-RATE=30.000,AUDIO="audio",SUBTITLES="captions",CLOSED-CAPTIONS=NONE'
    assert text == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",'
        'URI="audio.m3u8"\n'
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,'
        'FORCED=NO,URI="captions.m3u8"\n'
        f'#EXT-X-STREAM-INF:BANDWIDTH=1300000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=854x480,{stream}\n'
        "480.m3u8\n"
        f'#EXT-X-STREAM-INF:BANDWIDTH=500000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=480x270,{stream}\n'
        "270.m3u8\n"
        f'#EXT-X-STREAM-INF:BANDWIDTH=5100000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,{stream}\n'
        "1080.m3u8\n"
    )
    assert names([part(0, 12_000)]) == ("1080", "480", "270", "audio")


def in_both(*sides: int) -> Rendering:
    """A recording in H.264, and of these sizes in AV1 too."""
    first, *rest = recording().renditions
    made = [state(f"{side}-av1", Kind.VIDEO, side * 16 // 9, side, bandwidth=300_000) for side in sides]
    av1 = [replace(s, rendition=replace(s.rendition, encoder=Encoder.SVTAV1), codec="av01.0.04M.08") for s in made]
    return Rendering(True, (first, *rest[:2], *av1, *rest[2:]))


def test_av1_is_offered_after_all_of_h264() -> None:
    text = master([part(0, 4000, in_both(1080, 480, 270))], lambda name: f"{name}.m3u8")

    order = [line for line in text.splitlines() if line.endswith(".m3u8")]
    assert order == ["480.m3u8", "270.m3u8", "1080.m3u8", "480-av1.m3u8", "270-av1.m3u8", "1080-av1.m3u8"]
    assert 'BANDWIDTH=400000,CODECS="av01.0.04M.08,mp4a.40.2",RESOLUTION=480x270' in text


def test_av1_is_offered_where_all_parts_have_it_and_a_part_stays_in_it() -> None:
    both, other, plain = (part(0, 4000, made) for made in (in_both(1080, 270), in_both(480), recording()))

    assert names([both, other]) == ("1080", "480", "270", "1080-av1", "270-av1", "audio")
    assert names([both, plain]) == names([plain, both]) == ("1080", "480", "270", "audio")
    assert "/m/id480-av1/init" in media([both, other], "1080-av1")
    assert "/m/id480-av1/init" in media([both, other], "270-av1")  # the smallest it has


def test_a_recording_of_sound_alone_has_one_stream() -> None:
    voice = Rendering(True, (state("audio", Kind.AUDIO, bandwidth=100_000),))

    text = master([part(0, 12_000, voice)], lambda name: f"{name}.m3u8")

    assert text.splitlines()[3:] == ['#EXT-X-STREAM-INF:BANDWIDTH=100000,CODECS="mp4a.40.2"', "audio.m3u8"]
    assert "/m/idaudio/5" in media([part(0, 12_000, voice)], "audio")


def test_a_fragment_that_is_a_hundredth_longer_does_not_change_the_target_duration() -> None:
    made = recording(until=5, complete=False)
    frame_s = Fraction(1024, 48_000)
    sound = replace(made.renditions[3], fragments=tuple(
        Fragment(n, round(n * 188 * frame_s * 48_000), 188 * 1024, 900) for n in range(2)
    ))  # fmt: skip

    text = whole(Rendering(False, (*made.renditions[:3], sound)), "audio", url)

    assert "#EXTINF:4.010667," in text
    assert "#EXT-X-TARGETDURATION:4\n" in text


def test_a_stream_names_what_each_of_its_parts_is_coded_in() -> None:
    other = recording()
    high = tuple(replace(s, codec="avc1.64002a") if s.codec.startswith("avc1") else s for s in other.renditions)

    text = master([part(0, 4000), part(0, 4000, Rendering(True, high))], lambda name: f"{name}.m3u8")

    assert 'CODECS="avc1.640028,avc1.64002a,mp4a.40.2"' in text


def test_a_growing_recording_begins_at_its_start_and_changes_no_line() -> None:
    early = whole(recording(until=3, complete=False), "270", url)
    later = whole(recording(until=5, complete=False), "270", url)

    assert early == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-TARGETDURATION:4\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:EVENT\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-START:TIME-OFFSET=0\n"
        '#EXT-X-MAP:URI="/m/id270/init"\n'
        "#EXTINF:1.000000,\n"
        "/m/id270/0\n"
        "#EXTINF:1.000000,\n"
        "/m/id270/1\n"
        "#EXTINF:2.000000,\n"
        "/m/id270/2\n"
    )
    assert later.startswith(early)


def test_a_finished_recording_says_so() -> None:
    text = whole(recording(), "270", url)

    assert "#EXT-X-PLAYLIST-TYPE:VOD\n" in text
    assert "#EXT-X-START" not in text
    assert text.endswith("/m/id270/5\n#EXT-X-ENDLIST\n")


def test_a_clip_of_what_is_not_rendered_yet_comes_later() -> None:
    growing = recording(until=3, complete=False)

    with pytest.raises(Unavailable) as raised:
        media([part(2000, 8000, growing)], "270")

    assert raised.value.code == "still_rendering"
    assert "/m/id270/1" in media([part(0, 2000, growing)], "270")


def test_nothing_at_all_comes_later_too() -> None:
    empty = recording(until=0, complete=False)

    for write in (
        lambda: master([part(0, 2000, empty)], str),
        lambda: whole(empty, "270", url),
        lambda: media([part(0, 2000, empty)], "audio"),
    ):
        with pytest.raises(Unavailable):
            write()


def test_a_part_between_two_keyframes_comes_with_its_edge() -> None:
    with pytest.raises(Unavailable) as raised:
        media([part(4500, 7500)], "270")

    assert raised.value.code == "still_rendering"
    assert shown([with_edges(part(4500, 7500), (4500, 7500))]) == (Span(4500, 7500),)


def test_edges_stand_before_and_after_the_fragments() -> None:
    one = with_edges(part(3000, 9000), (3000, 4000), (8000, 9000))

    assert media([one], "480").splitlines()[6:] == [
        '#EXT-X-MAP:URI="/m/id480/init"',
        "#EXTINF:1.000000,",
        "/m/id480/e360000-480000",
        "#EXTINF:4.000000,",
        "/m/id480/3",
        "#EXTINF:1.000000,",
        "/m/id480/e960000-1080000",
        "#EXT-X-ENDLIST",
    ]
    assert (shown([one]), exact(one)) == ((Span(3000, 9000),), True)


def test_until_an_edge_is_there_its_bound_lies_at_the_keyframe_inside() -> None:
    one = with_edges(part(3000, 9000), (8000, 9000))

    assert (shown([one]), exact(one)) == ((Span(4000, 9000),), False)


def test_a_part_that_is_nothing_without_its_edge_comes_with_it_and_the_others_play_meanwhile() -> None:
    parts = [part(2000, 4000), part(4500, 7500), part(0, 1000)]

    pieces = [line for line in media(parts, "270").splitlines() if line.startswith(("/", "#EXT-X-DISC"))]
    words = [line for line in captions(parts, lambda i: f"words-{i}.vtt").splitlines() if line.endswith(".vtt")]

    assert shown(parts) == (Span(2000, 4000), None, Span(0, 1000))
    assert pieces == ["/m/id270/2", "#EXT-X-DISCONTINUITY", "/m/id270/0"]
    assert words == ["words-0.vtt", "words-2.vtt"]
    assert not exact(parts[1])
    assert storyboard(parts) == storyboard([parts[0], parts[2]])


def test_an_edge_that_one_rendition_lacks_is_not_there() -> None:
    one = with_edges(part(3000, 8000), (3000, 4000))
    ((edge, made),) = one.edges.items()
    half = replace(one, edges={edge: {name: each for name, each in made.items() if name != "id270"}})

    assert shown([half]) == (Span(4000, 8000),)


def test_an_edge_that_follows_no_other_initialisation_segment_brings_its_own() -> None:
    one = with_edges(part(3000, 9000), (3000, 4000), (8000, 9000), own_init=True)

    assert [line for line in media([one], "480").splitlines() if "MAP" in line or line.startswith("/")] == [
        '#EXT-X-MAP:URI="/m/id480/e360000-480000-init"',
        "/m/id480/e360000-480000",
        '#EXT-X-MAP:URI="/m/id480/init"',
        "/m/id480/3",
        '#EXT-X-MAP:URI="/m/id480/e960000-1080000-init"',
        "/m/id480/e960000-1080000",
    ]


def with_edges(one: Part, *spans: tuple[int, int], own_init: bool = False) -> Part:
    """With these edges in every rendition; times in milliseconds."""
    states = [s for s in one.rendering.renditions if s.rendition.kind is not Kind.STILLS]
    edges = {
        Edge(start * 120, end * 120): {
            s.public_id: EdgeFragment(
                start * s.rendition.timescale // 1000, (end - start) * s.rendition.timescale // 1000, 900, own_init
            )
            for s in states
        }
        for start, end in spans
    }
    return replace(one, edges=edges)


def test_captions_are_one_segment_a_part() -> None:
    text = captions([part(1000, 4000), part(8000, 11_000)], lambda i: f"{i}.vtt")

    assert text.splitlines()[6:] == [
        "#EXTINF:3.000000,",
        "0.vtt",
        "#EXT-X-DISCONTINUITY",
        "#EXTINF:3.000000,",
        "1.vtt",
        "#EXT-X-ENDLIST",
    ]


def test_a_storyboard_shows_only_moments_of_the_clip_in_the_clips_time() -> None:
    text = storyboard([part(1000, 8000), part(8000, 11_000)])

    assert text == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:03.000\n/m/idstills/1\n\n"
        "00:00:03.000 --> 00:00:05.000\n/m/idstills/2\n\n"
        "00:00:05.000 --> 00:00:07.000\n/m/idstills/3\n\n"
        "00:00:07.000 --> 00:00:09.000\n/m/idstills/4\n\n"
        "00:00:09.000 --> 00:00:10.000\n/m/idstills/5\n"
    )


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, jail: Jail) -> tuple[Path, Rendering]:
    """Eight seconds, rendered, with every piece as a file."""
    folder = tmp_path_factory.mktemp("rendered")
    source = numbered(folder / "source.mp4", 240)
    renditions = small(90, 54)
    got = Joined(
        render(source, probe(source, jail), every(240, 30, 60), renditions, loudness=None, jail=jail, work=folder)
    )
    states = []
    for r in renditions:
        sizes = [size for landed in got.batches if r.name in landed.runs for size in landed.runs[r.name].run.sizes]
        at, fragments = 0, []
        for n, size in enumerate(sizes):
            (folder / f"{r.name}-{n}").write_bytes(got.data[r.name][at : at + size])
            fragments.append(Fragment(n, got.starts[r.name][n], got.ticks[r.name][n], size))
            at += size
        codec, init = got.inits.get(r.name, ("", b""))
        (folder / f"{r.name}-init").write_bytes(init)
        states.append(RenditionState(r.name, r, codec, 100_000, tuple(fragments)))
    return folder, Rendering(True, tuple(states))


def test_a_player_sees_exactly_the_frames_of_the_parts(rendered: tuple[Path, Rendering]) -> None:
    folder, rendering = rendered
    parts = [
        Part(Span(start, end), every(240, 30, 60), rendering, lambda name, piece: f"{folder}/{name}-{piece}")
        for start, end in ((4000, 6000), (0, 4000))
    ]
    playlist = folder / "clip.m3u8"

    playlist.write_text(media(parts[:1], "54"))
    one = numbers_of(playlist)
    playlist.write_text(media(parts[1:], "90"))
    other = numbers_of(playlist)

    assert one == list(range(120, 180))
    assert other == list(range(120))


def test_a_player_hears_as_long_as_it_sees(rendered: tuple[Path, Rendering]) -> None:
    folder, rendering = rendered
    one = Part(Span(2000, 6000), every(240, 30, 60), rendering, lambda name, piece: f"{folder}/{name}-{piece}")
    playlist = folder / "sound.m3u8"

    playlist.write_text(media([one], "audio"))

    raw = ffmpeg("-allowed_extensions", "ALL", "-extension_picky", 0, "-i", playlist, "-ac", 1, "-f", "s16le", "-")
    assert len(raw) / 2 / 48_000 == pytest.approx(4.0, abs=0.022)


def numbers_of(playlist: Path) -> list[int]:
    copied = playlist.with_suffix(".mkv")
    ffmpeg("-allowed_extensions", "ALL", "-extension_picky", 0, "-i", playlist, "-c", "copy", copied)
    return numbers(copied)
