"""Recordings: arriving once, seen by whom, and deleted for good."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from uuid import uuid4

import pytest

from domain.clip import Part
from domain.errors import Conflict, Gone, Invalid, NotFound, Unavailable
from domain.media import Probe
from domain.recording import Recording, Status
from domain.span import Span
from store import clips, comments, media, recordings, renderings, spaces, steps, transcripts
from store import people as store_people
from store.postgres import Store
from store.sweeps import Remains
from tests.conftest import People
from tests.store.things import (
    LADDER,
    NOW,
    a_listening,
    a_recording,
    a_rendering,
    a_run,
    a_transcript,
    proposal,
    some_clips,
    spoken,
)

PROBE = Probe(
    container="mov",
    duration_ms=61_234,
    width=1080,
    height=1920,
    rotation=90,
    mirrored=False,
    fps=Fraction(30000, 1001),
    begins_ms=21,
    hdr="hlg",
    video_codec="hevc",
    audio_codec="aac",
    audio_index=0,
    audio_channels=2,
)


def recorded(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        return a_recording(tx, people.expert, steps=["keep", "look", "listen"])


def seen_by(store: Store, recording: Recording, viewer_id: object) -> bool:
    with store.transaction() as tx:
        try:
            recordings.recording(tx, recording.public_id, viewer_id)  # type: ignore[arg-type]
        except NotFound:
            return False
        return True


def test_an_upload_arrives_with_its_steps_in_order_and_waiting(store: Store, people: People) -> None:
    recording = recorded(store, people)

    assert (recording.title, recording.filename, recording.byte_size) == (
        "How to bleed the brakes", "IMG_0042.MOV", 1_000_000,
    )  # fmt: skip
    assert [(step.name, step.state, step.attempts) for step in recording.steps] == [
        ("keep", "waiting", 0), ("look", "waiting", 0), ("listen", "waiting", 0),
    ]  # fmt: skip
    assert recording.status is Status.WORKING
    assert len(recording.media_key) == 32


def test_an_upload_that_arrives_twice_is_one_recording(store: Store, people: People) -> None:
    first = recorded(store, people)

    with store.transaction() as tx:
        again, made = recordings.arrive(
            tx,
            upload_id="upload-1",
            space_id=first.space_id,
            uploader_id=people.learner.id,
            speaker_id=people.learner.id,
            title="Another",
            filename="other.mp4",
            media_type="video/mp4",
            byte_size=5,
            step_names=["keep", "more"],
        )

    assert not made
    assert again == first


def test_an_upload_that_arrives_from_eight_sides_at_once_is_one_recording(store: Store, people: People) -> None:
    start = threading.Barrier(8)

    def arrive() -> tuple[str, bool]:
        with store.transaction() as tx:
            space = spaces.everyone_space(tx)
            start.wait()
            found, made = recordings.arrive(
                tx,
                upload_id="upload-1",
                space_id=space.id,
                uploader_id=people.expert.id,
                speaker_id=people.expert.id,
                title="",
                filename="",
                media_type="",
                byte_size=1,
                step_names=["keep", "look"],
            )
            return found.public_id, made

    with ThreadPoolExecutor(8) as pool:
        found = [each.result() for each in [pool.submit(arrive) for _ in range(8)]]

    with store.transaction() as tx:
        counted = tx.execute("select (select count(*) from recording), (select count(*) from step)").fetchone()
    assert len({public_id for public_id, _ in found}) == 1
    assert sorted(made for _, made in found) == [False] * 7 + [True]
    assert counted == (1, 2)


def test_strangers_text_is_kept_without_what_the_database_refuses(store: Store, people: People) -> None:
    with store.transaction() as tx:
        found, _ = recordings.arrive(
            tx,
            upload_id="u",
            space_id=spaces.everyone_space(tx).id,
            uploader_id=people.expert.id,
            speaker_id=people.expert.id,
            title="a\x00b\ud800\n c",
            filename="<script>\x00.mp4" + "x" * 300,
            media_type="video/mp4\x00",
            byte_size=2**40,
            step_names=[],
        )

    assert found.title == "ab c"
    assert found.filename.startswith("<script>.mp4xxx")
    assert len(found.filename) == 255
    assert found.media_type == "video/mp4"
    assert found.byte_size == 2**40


def test_a_recording_is_for_who_uploaded_who_speaks_and_who_curates(store: Store, people: People) -> None:
    with store.transaction() as tx:
        colleague = store_people.add_person(tx, login="col", name="Col League", role=people.expert.role)
        recording = a_recording(tx, people.learner, speaker=people.expert)

    viewers = (people.learner, people.expert, people.curator, people.admin, colleague)

    assert [seen_by(store, recording, viewer.id) for viewer in viewers] == [True, True, True, True, False]
    assert not seen_by(store, recording, uuid4())


def test_a_scoped_curator_sees_the_recordings_of_those_spaces_alone(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        store_people.scope_curator(tx, people.curator.id, curates_all=False)
        spaces.add_member(tx, night.id, people.curator.id, curates=True)
        spaces.add_member(tx, night.id, people.learner.id)
        open_to_all = a_recording(tx, people.expert, upload_id="1")
        closed = a_recording(tx, people.expert, upload_id="2", space_id=night.id)

    assert not seen_by(store, open_to_all, people.curator.id)
    assert seen_by(store, closed, people.curator.id)
    assert not seen_by(store, closed, people.learner.id)


def test_who_has_left_sees_nothing_of_their_own(store: Store, people: People) -> None:
    recording = recorded(store, people)

    with store.transaction() as tx:
        store_people.leave(tx, people.expert.id, NOW)

    assert not seen_by(store, recording, people.expert.id)
    with store.transaction() as tx:
        assert recordings.own_recordings(tx, people.expert.id).items == ()
        standing = recordings.standing(tx, recording.id, people.expert.id)
    assert (standing.own, standing.curates) == (False, False)


def test_how_people_stand_to_a_recording(store: Store, people: People) -> None:
    recording = recorded(store, people)

    with store.transaction() as tx:
        found = {
            person.login: recordings.standing(tx, recording.id, person.id)
            for person in (people.learner, people.expert, people.curator, people.admin)
        }

    assert {login: (s.own, s.curates) for login, s in found.items()} == {
        "lea": (False, False), "eva": (True, False), "carl": (False, True), "ada": (False, True),
    }  # fmt: skip


@pytest.mark.parametrize("strange", ["", "\x00", "x" * 16, "%", "0000000000000000", "../../etc", "' or 1=1"])
def test_an_id_that_was_never_given_is_not_found(store: Store, people: People, strange: str) -> None:
    with store.transaction() as tx, pytest.raises(NotFound):
        recordings.recording(tx, strange, people.admin.id)


def test_what_was_found_out_about_a_recording_is_kept(store: Store, people: People) -> None:
    recording = recorded(store, people)

    with store.transaction() as tx:
        recordings.kept(tx, recording.id, sha256=b"\x01" * 32, original_key="o/abc")
        recordings.looked(tx, recording.id, PROBE)
        recordings.heard_language(tx, recording.id, "de")
        found = recordings.load(tx, recording.id)

    assert (found.sha256, found.original_key, found.language) == (b"\x01" * 32, "o/abc", "de")
    assert found.probe == PROBE


def test_the_shape_of_a_clip_is_known_to_whoever_sees_the_clip(store: Store, people: People) -> None:
    recording = recorded(store, people)
    viewers = (people.learner, people.expert, people.curator)
    with store.transaction() as tx:
        recordings.looked(tx, recording.id, PROBE)
        (clip,) = some_clips(tx, recording, proposal(0, 10_000))

        waiting = [recordings.probe_of_clip(tx, clip.id, who.id) for who in viewers]
        clips.publish(tx, clip.id, people.curator.id, NOW)
        published = [recordings.probe_of_clip(tx, clip.id, who.id) for who in viewers]

    assert waiting == [None, PROBE, PROBE]
    assert published == [PROBE, PROBE, PROBE]


def test_a_recording_is_named_to_who_sees_it_or_curates_a_clip_of_it(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        nurse = store_people.add_person(tx, login="nina", name="Nina Nurse", role=people.curator.role)
        store_people.scope_curator(tx, nurse.id, curates_all=False)
        spaces.add_member(tx, night.id, nurse.id, curates=True)
        closed = a_recording(tx, people.expert, upload_id="1", space_id=night.id)
        retake = a_recording(tx, people.curator, upload_id="2")
        (clip,) = some_clips(tx, closed, proposal(0, 10_000))
        asked = [closed.id, retake.id]
        viewers = (people.learner, people.expert, people.curator, nurse)

        before = [recordings.named(tx, asked, who.id).keys() for who in viewers]
        a_transcript(tx, retake, spoken("Close the tap gently."))
        part = replace(clip.parts[0], recording_id=retake.id, recording=retake.public_id, span=Span(0, 2000))
        clips.change(tx, clip.id, version=clip.version, now=NOW, parts=[part])
        after = recordings.named(tx, asked, nurse.id)

    assert before == [set(), {closed.id}, {closed.id, retake.id}, {closed.id}]
    assert after.keys() == {closed.id, retake.id}
    assert (after[retake.id].public_id, after[retake.id].title) == (retake.public_id, "How to bleed the brakes")


def test_a_refusal_says_why_until_it_is_cleared(store: Store, people: People) -> None:
    recording = recorded(store, people)

    with store.transaction() as tx:
        recordings.refuse(tx, recording.id, "no_media", "There is no picture and no sound in this file\x00.")
        refused = recordings.load(tx, recording.id)
        recordings.clear_refusal(tx, recording.id)
        cleared = recordings.load(tx, recording.id)

    assert refused.status is Status.REFUSED
    assert (refused.refusal_code, refused.refusal_message) == (
        "no_media", "There is no picture and no sound in this file.",
    )  # fmt: skip
    assert cleared.status is Status.WORKING


def test_a_title_is_changed_by_whoever_has_seen_the_last_one(store: Store, people: People) -> None:
    recording = recorded(store, people)

    with store.transaction() as tx:
        changed = recordings.rename(tx, recording.id, title="  Brakes,  bled ", version=1)
    with store.transaction() as tx, pytest.raises(Conflict) as stale:
        recordings.rename(tx, recording.id, title="Another", version=1)
    with store.transaction() as tx, pytest.raises(Invalid):
        recordings.rename(tx, recording.id, title=" \x00 ", version=2)

    assert (changed.title, changed.version) == ("Brakes, bled", 2)
    assert stale.value.code == "stale_version"


def test_ones_own_recordings_come_newest_first_a_page_at_a_time(store: Store, people: People) -> None:
    with store.transaction() as tx:
        made = [a_recording(tx, people.expert, upload_id=f"u{n}", steps=["keep"]) for n in range(5)]
        a_recording(tx, people.learner, upload_id="hers", speaker=people.expert)
        a_recording(tx, people.learner, upload_id="not hers")
        recordings.delete(tx, made[1].id, NOW)

        first = recordings.own_recordings(tx, people.expert.id, limit=3)
        second = recordings.own_recordings(tx, people.expert.id, limit=3, cursor=first.next)

    assert [r.upload_id for r in first.items] == ["hers", "u4", "u3"]
    assert [r.upload_id for r in second.items] == ["u2", "u0"]
    assert second.next is None
    assert [step.name for step in first.items[1].steps] == ["keep"]


def test_a_curator_lists_the_recordings_of_curated_spaces(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        a_recording(tx, people.expert, upload_id="open")
        a_recording(tx, people.expert, upload_id="closed", space_id=night.id)
        spaces.add_member(tx, night.id, people.learner.id)

        seen = {
            person.login: [r.upload_id for r in recordings.curated_recordings(tx, person.id).items]
            for person in (people.curator, people.admin, people.learner, people.expert)
        }

    assert seen == {"carl": ["closed", "open"], "ada": ["closed", "open"], "lea": [], "eva": []}


@pytest.mark.parametrize("cursor", ["x", "\x00", "é", "bnVsbA==", "W10=", "WyJhIl0=", "WzFd", "W" * 5000])
def test_a_cursor_we_did_not_give_is_refused(store: Store, people: People, cursor: str) -> None:
    with store.transaction() as tx, pytest.raises(Invalid) as refused:
        recordings.own_recordings(tx, people.expert.id, cursor=cursor)

    assert refused.value.code == "bad_cursor"


def everything_about(store: Store, people: People) -> Recording:
    """A recording with media, words, a clip and a comment."""
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        recordings.kept(tx, recording.id, sha256=b"\x01" * 32, original_key=f"{recording.public_id}/original")
        recordings.looked(tx, recording.id, PROBE)
        media.save_listening(tx, recording.id, a_listening())
        a_rendering(tx, recording, a_run(0, 10, 20), a_run(2, 30))
        transcripts.save_stretch(tx, recording.id, span=Span(0, 1000), language="en", words=())
        a_transcript(tx, recording, spoken("Open the valve slowly."))
        (clip,) = some_clips(tx, recording, proposal(0, 10_000, "Secret valve", text="valve", tags=["valve"]))
        clips.publish(tx, clip.id, people.curator.id, NOW)
        comments.add(
            tx, clip=clip, author_id=people.learner.id, recording_id=recording.id, at_ms=5, kind="question",
            text="Which valve?", reply_to=None, now=NOW,
        )  # fmt: skip
        return recording


def test_a_deleted_recording_leaves_a_tombstone_and_names_its_objects_once(store: Store, people: People) -> None:
    recording = everything_about(store, people)

    with store.transaction() as tx:
        [(rendering,)] = tx.execute("select id from rendering").fetchall()
        remains = recordings.delete(tx, recording.id, NOW)
        again = recordings.delete(tx, recording.id, NOW)
        left = recordings.load(tx, recording.id)

    key = recording.public_id
    prefixes = (f"recordings/{recording.id.hex}", f"originals/{key}", f"media/{rendering.hex}")
    assert remains == Remains((f"{key}/720/0", f"{key}/720/2", f"{key}/original"), prefixes)
    assert again == Remains()
    assert left.status is Status.DELETED
    assert (left.title, left.filename, left.probe, left.sha256, left.original_key) == ("", "", None, None, None)
    assert left.media_key != recording.media_key


def test_nothing_of_what_was_said_is_left_of_a_deleted_recording(store: Store, people: People) -> None:
    recording = everything_about(store, people)

    with store.transaction() as tx:
        recordings.delete(tx, recording.id, NOW)
        found = tx.execute(
            "select (select count(*) from transcript), (select count(*) from transcribed_stretch),"
            " (select count(*) from listening), (select count(*) from rendering), (select count(*) from rendition),"
            " (select count(*) from fragment_run), (select count(*) from clip_tag),"
            " (select count(*) from clip_said), (select count(*) from clip_meaning),"
            " (select string_agg(title || text || tag_words || search::text, '') from clip)"
        ).fetchone()
        shown = clips.search(tx, people.learner.id, "valve").hits

    assert found == (0, 0, 0, 0, 0, 0, 0, 0, 0, "")
    assert shown == ()


def test_a_deleted_recording_and_its_clips_are_gone_for_who_could_see_them(store: Store, people: People) -> None:
    recording = everything_about(store, people)
    with store.transaction() as tx:
        (clip,) = clips.feed(tx, people.learner.id).items
        recordings.delete(tx, recording.id, NOW)

    with store.transaction() as tx:
        with pytest.raises(Gone):
            recordings.recording(tx, recording.public_id, people.expert.id)
        with pytest.raises(NotFound):
            recordings.recording(tx, recording.public_id, people.learner.id)
        with pytest.raises(Gone):
            clips.clip(tx, clip.public_id, people.learner.id)


def test_no_step_writes_anything_for_a_deleted_recording(store: Store, people: People) -> None:
    recording = everything_about(store, people)
    with store.transaction() as tx:
        rendering_id = renderings.open_rendering(tx, recording.id, LADDER)
        recordings.delete(tx, recording.id, NOW)

    def refused(write: object, *args: object, **named: object) -> bool:
        with store.transaction() as tx, pytest.raises(Gone):
            write(tx, *args, **named)  # type: ignore[operator]
        return True

    assert refused(recordings.kept, recording.id, sha256=b"", original_key="x")
    assert refused(recordings.looked, recording.id, PROBE)
    assert refused(recordings.heard_language, recording.id, "de")
    assert refused(recordings.refuse, recording.id, "code", "message")
    assert refused(recordings.rename, recording.id, title="x", version=2)
    assert refused(media.save_listening, recording.id, a_listening())
    assert refused(renderings.open_rendering, recording.id, LADDER)
    assert refused(renderings.add_landed, rendering_id, inits={}, runs={"720": (a_run(3, 9), "k")})
    assert refused(transcripts.save_stretch, recording.id, span=Span(0, 9), language="en", words=())
    assert refused(transcripts.save_transcript, recording.id, spoken("Words that were deleted."))
    assert refused(clips.propose, recording, [proposal(0, 9)], "en")


def test_a_clip_with_another_recordings_part_keeps_it_and_waits_for_a_curator(store: Store, people: People) -> None:
    first = everything_about(store, people)
    with store.transaction() as tx:
        other = a_recording(tx, people.curator, upload_id="retake")
        a_transcript(tx, other, spoken("Close the tap gently."))
        (clip,) = clips.feed(tx, people.learner.id).items
        retake = replace(clip.parts[0], recording_id=other.id, recording=other.public_id, span=Span(0, 2000))
        clips.change(tx, clip.id, version=clip.version, now=NOW, parts=[clip.parts[0], retake])
        both = clips.clip(tx, clip.public_id, people.curator.id)

        recordings.delete(tx, first.id, NOW)
        left = clips.clip(tx, clip.public_id, people.curator.id)
        key = recordings.load(tx, other.id).media_key

    assert both.text == "Open the valve slowly. Close the tap gently."
    assert [part.recording for part in left.parts] == [other.public_id]
    assert left.text == "Close the tap gently."
    assert left.published_at is None
    assert left.version == both.version + 1
    assert key != other.media_key  # whoever was given its addresses may not see it any more


def test_two_steps_that_end_together_see_each_other(store: Store, people: People) -> None:
    recording = recorded(store, people)
    saw: list[int] = []
    start = threading.Barrier(2)

    def end(name: str) -> None:
        start.wait()
        with store.transaction() as tx:
            media.save_listening(tx, recording.id, a_listening())
            steps.done(tx, recording.id, name, NOW)
            loaded = recordings.load(tx, recording.id, lock=True)
            saw.append(sum(step.state == "done" for step in loaded.steps))

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(end, name) for name in ("keep", "look")]:
            each.result()

    assert sorted(saw) == [1, 2]


def test_a_recording_that_is_deleted_while_a_clip_changes_ends_no_one_in_a_deadlock(
    store: Store, people: People
) -> None:
    refused: list[Exception] = []

    def one(act: object) -> None:
        try:
            with store.transaction() as tx:
                act(tx)  # type: ignore[operator]
        except (Gone, Conflict):
            pass
        except Unavailable as error:
            refused.append(error)

    for n in range(10):
        with store.transaction() as tx:
            retake = a_recording(tx, people.expert, upload_id=f"r{n}")  # its lock comes before the other's
            recording = a_recording(tx, people.expert, upload_id=f"u{n}")
            (clip,) = some_clips(tx, recording, proposal(0, 10_000))
            parts = (*clip.parts, Part(retake.id, retake.public_id, Span(0, 1000)))
            clips.change(tx, clip.id, version=1, now=NOW, parts=parts)
            clips.publish(tx, clip.id, people.curator.id, NOW)
        acts = [
            lambda tx, r=recording: recordings.delete(tx, r.id, NOW),
            lambda tx, c=clip, p=parts: clips.change(tx, c.id, version=2, now=NOW, title="T", parts=p),
            lambda tx, c=clip: clips.withdraw(tx, c.id),
            lambda tx, c=clip: clips.delete(tx, c.id, NOW),
        ]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, acts))

    assert refused == []
