"""Keyframes, renditions and the tables of their fragments."""

import os
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Conflict, Gone, NotFound
from domain.media import FragmentRun, Kind, Loudness
from domain.recording import Recording
from domain.seen import Seen
from domain.span import Span
from store import beside, media, recordings, renderings
from store.postgres import Store
from tests.conftest import People
from tests.store.things import LADDER, a_listening, a_recording, a_rendering, a_run


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        return a_recording(tx, people.expert)


def test_what_was_heard_comes_back_exactly(store: Store, recording: Recording) -> None:
    heard = replace(a_listening(), loudness=Loudness(-23.456789012, -1.1))

    with store.transaction() as tx:
        assert media.listening(tx, recording.id) is None
        media.save_listening(tx, recording.id, heard)

        assert media.listening(tx, recording.id) == heard


@pytest.mark.parametrize("seen", [Seen(), Seen((4_000, 9_000), (Span(10_000, 20_000),))])
def test_what_was_seen_comes_back_and_nothing_seen_is_not_nobody_looked(
    store: Store, recording: Recording, seen: Seen
) -> None:
    with store.transaction() as tx:
        media.save_listening(tx, recording.id, replace(a_listening(), seen=seen))

        assert media.listening(tx, recording.id) == replace(a_listening(), seen=seen)


def test_silence_has_no_loudness(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        media.save_listening(tx, recording.id, a_listening())

        found = media.listening(tx, recording.id)

    assert found is not None
    assert found.loudness is None


def test_the_first_keyframes_stay_whoever_hears_it_again(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        media.save_listening(tx, recording.id, a_listening(60_000))
        media.save_listening(tx, recording.id, a_listening(59_000))

        assert media.listening(tx, recording.id) == a_listening(60_000)


def test_a_rendering_is_opened_once(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        first = renderings.open_rendering(tx, recording.id, LADDER)
        second = renderings.open_rendering(tx, recording.id, LADDER[:1])
        found = media.rendering(tx, recording.id)

    assert first == second
    assert found is not None
    assert not found.complete
    assert [(r.rendition, r.codec, r.bandwidth, r.fragments) for r in found.renditions] == [
        (LADDER[0], "", 0, ()), (LADDER[1], "", 0, ()),
    ]  # fmt: skip


def test_without_a_rendering_there_is_none(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        assert media.rendering(tx, recording.id) is None


def test_only_fragments_without_a_gap_from_the_first_are_listed(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        rendering_id = a_rendering(tx, recording, a_run(0, 100, 200), a_run(5, 600))
        gapped = media.rendering(tx, recording.id)
        counted = renderings.listed(tx, rendering_id)
        a_rendering(tx, recording, a_run(2, 300, 400, 500))
        closed = media.rendering(tx, recording.id)

    assert gapped is not None
    assert closed is not None
    assert [(f.number, f.start, f.size) for f in gapped.renditions[0].fragments] == [(0, 0, 100), (1, 120_000, 200)]
    assert counted == {"720": 2, "audio": 0}
    assert [f.size for f in closed.renditions[0].fragments] == [100, 200, 300, 400, 500, 600]


def test_bandwidth_is_the_peak_rounded_up(store: Store, recording: Recording) -> None:
    # 1000 bytes in 1 s are 8000 bit/s; 1001 bytes in 40,001 ticks of 1/120000 s are 24,023.4 bit/s.
    run = FragmentRun(0, (0, 120_000), (120_000, 40_001), (1000, 1001))

    with store.transaction() as tx:
        a_rendering(tx, recording, run)
        found = media.rendering(tx, recording.id)

    assert found is not None
    assert found.renditions[0].bandwidth == 24_024


def test_a_rendering_is_complete_when_it_is_said_to_be(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        rendering_id = a_rendering(tx, recording, a_run(0, 1))
        renderings.complete_rendering(tx, rendering_id)
        renderings.complete_rendering(tx, rendering_id)
        found = media.rendering(tx, recording.id)

    assert found is not None
    assert found.complete


def test_a_run_that_lands_twice_is_listed_once(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        a_rendering(tx, recording, a_run(0, 10, 20, 30))
        rendering_id = a_rendering(tx, recording, a_run(0, 10, 20, 30))
        a_rendering(tx, recording, a_run(1, 20))
        found = media.rendering(tx, recording.id)

        assert renderings.listed(tx, rendering_id) == {"720": 3, "audio": 0}
    assert found is not None
    assert [f.size for f in found.renditions[0].fragments] == [10, 20, 30]


@pytest.mark.parametrize("run", [a_run(2, 30, 40), a_run(0, 1, 2, 3, 4)], ids=["its tail", "all and more"])
def test_a_second_render_that_lists_other_pieces_has_to_begin_again(
    store: Store, recording: Recording, run: FragmentRun
) -> None:
    with store.transaction() as tx:
        a_rendering(tx, recording, a_run(0, 10, 20, 30))

    with store.transaction() as tx, pytest.raises(Conflict) as refused:
        a_rendering(tx, recording, run)

    assert refused.value.code == "run_overlaps"


def test_another_initialisation_segment_is_refused_whole(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        rendering_id = a_rendering(tx, recording, a_run(0, 10))

    with store.transaction() as tx, pytest.raises(Conflict) as refused:
        renderings.add_landed(
            tx, rendering_id, inits={"720": ("avc1.640028", b"INIT")}, runs={"720": (a_run(1, 20), "other/1")}
        )

    assert refused.value.code == "init_differs"
    with store.transaction() as tx:
        assert renderings.listed(tx, rendering_id) == {"720": 1, "audio": 0}


def test_a_rendering_that_was_given_up_is_begun_anew_and_its_pieces_are_still_there(
    store: Store, recording: Recording
) -> None:
    with store.transaction() as tx:
        given_up = a_rendering(tx, recording, a_run(0, 10))
        before = media.rendering(tx, recording.id)

    with store.transaction() as tx:
        renderings.supersede(tx, given_up)
        anew = renderings.open_rendering(tx, recording.id, LADDER)

    assert anew != given_up
    assert before is not None
    with store.transaction() as tx:
        assert renderings.listed(tx, anew) == {"720": 0, "audio": 0}
        assert media.piece(tx, before.renditions[0].public_id, 0).size == 10


def test_a_rendering_that_is_complete_is_not_given_up(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        complete = a_rendering(tx, recording, a_run(0, 10))
        renderings.complete_rendering(tx, complete)

    with store.transaction() as tx:
        renderings.supersede(tx, complete)

    with store.transaction() as tx:
        assert renderings.open_rendering(tx, recording.id, LADDER) == complete


def test_a_piece_is_found_by_its_number(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        a_rendering(tx, recording, a_run(0, 100, 200), a_run(2, 300, 400, 500))
        found = media.rendering(tx, recording.id)
        assert found is not None
        name = found.renditions[0].public_id

        pieces = [media.piece(tx, name, number) for number in range(5)]
        init = media.piece(tx, name, None)

    key = recording.public_id
    assert [(p.object_key, p.offset, p.size) for p in pieces] == [
        (f"{key}/720/0", 0, 100),
        (f"{key}/720/0", 100, 200),
        (f"{key}/720/2", 0, 300),
        (f"{key}/720/2", 300, 400),
        (f"{key}/720/2", 700, 500),
    ]
    assert {(p.media_key, p.kind, p.init) for p in pieces} == {(recording.media_key, Kind.VIDEO, None)}
    assert (init.init, init.size, init.object_key) == (b"init", 4, None)


@pytest.mark.parametrize("number", [-1, 2, 7, 2**31 - 1, 2**31, 2**70])
def test_a_piece_that_was_never_listed_is_not_found(store: Store, recording: Recording, number: int) -> None:
    with store.transaction() as tx:
        a_rendering(tx, recording, a_run(0, 100, 200), a_run(5, 1))
        found = media.rendering(tx, recording.id)
        assert found is not None

        with pytest.raises(NotFound):
            media.piece(tx, found.renditions[0].public_id, number)
        with pytest.raises(NotFound):
            media.piece(tx, found.renditions[1].public_id, None)
        with pytest.raises(NotFound):
            media.piece(tx, "\x00", 0)


def test_a_recordings_objects_are_its_original_and_its_fragments(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        before = media.object_keys(tx, recording.id)
        recordings.kept(tx, recording.id, sha256=b"", original_key="o/1")
        a_rendering(tx, recording, a_run(0, 1), a_run(1, 1))
        after = media.object_keys(tx, recording.id)

    assert before == ()
    assert sorted(after) == sorted(["o/1", f"{recording.public_id}/720/0", f"{recording.public_id}/720/1"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_order_runs_land_in_every_piece_is_where_its_bytes_are(
    store: Store, people: People, data: st.DataObject
) -> None:
    sizes = data.draw(st.lists(st.integers(1, 50), min_size=1, max_size=12))
    cuts = sorted({0, len(sizes), *data.draw(st.lists(st.integers(0, len(sizes)), max_size=4))})
    runs = [a_run(a, *sizes[a:b]) for a, b in pairwise(cuts)]
    whole = b"".join(bytes([n]) * size for n, size in enumerate(sizes))
    objects = {}

    with store.transaction() as tx:
        recording = a_recording(tx, people.expert, upload_id=os.urandom(8).hex())
        for run in data.draw(st.permutations(runs)):
            a_rendering(tx, recording, run)
            before = sum(sizes[: run.first])
            objects[f"{recording.public_id}/720/{run.first}"] = whole[before : before + sum(run.sizes)]
        found = media.rendering(tx, recording.id)
        assert found is not None
        pieces = [media.piece(tx, found.renditions[0].public_id, n) for n in range(len(sizes))]

    read = [objects[p.object_key or ""][p.offset : p.offset + p.size] for p in pieces]
    assert read == [bytes([n]) * size for n, size in enumerate(sizes)]
    assert [f.size for f in found.renditions[0].fragments] == sizes


def test_what_is_made_beside_is_nobodys_until_it_takes_the_others_place(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        media.save_listening(tx, recording.id, a_listening())
        complete = a_rendering(tx, recording, a_run(0, 10, 20, 30))
        renderings.complete_rendering(tx, complete)
        opened = beside.begin(tx, recording.id, LADDER[:1], anew=True)
        playing = media.rendering(tx, recording.id)
        renderings.add_landed(
            tx, opened, inits={"720": ("avc1.640028", b"INIT")}, runs={"720": (a_run(0, 1, 1, 1), "media/new")}
        )
        progress = beside.progress(tx, recording.id)

        assert beside.take_place(tx, recording.id, opened)
        with pytest.raises(Gone):
            beside.take_place(tx, recording.id, opened)
        after = media.rendering(tx, recording.id)

    assert playing is not None
    assert after is not None
    assert progress == 1.0
    assert [f.size for f in playing.renditions[0].fragments] == [10, 20, 30]
    assert [f.size for f in after.renditions[0].fragments] == [1, 1, 1]
    assert after.complete


def test_what_is_made_beside_goes_when_the_recording_gets_another_file(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        renderings.complete_rendering(tx, a_rendering(tx, recording, a_run(0, 10)))
        opened = beside.begin(tx, recording.id, LADDER)
        renderings.let_leave(tx, recording.id)

    with store.transaction() as tx, pytest.raises(Gone):
        renderings.add_landed(tx, opened, inits={}, runs={"720": (a_run(5, 1), "media/late")})
