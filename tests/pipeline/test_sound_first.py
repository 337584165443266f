"""The sound of a tip comes first, and its film takes its place: one recording, whatever comes in between."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest

from capture import tus
from capture.intake import FinishedUpload, Intake
from capture.metadata import Metadata
from domain.brief import Wish
from domain.errors import Gone
from domain.media import Probe
from domain.person import Person
from domain.recording import Film, Recording, Status, StepState
from domain.span import Span
from pipeline import housekeeping, journey
from pipeline.arrivals import Arrivals
from pipeline.carry import carry
from pipeline.step import Outcome, Tools, Work
from pipeline.steps import STEPS
from pipeline.wiring import House
from store import briefs, clips, media, recalls, recordings, renderings, spaces, steps, transcripts
from store.folder import Folder
from store.postgres import Store, Tx
from tests.capture.staged import send, writer_of
from tests.conftest import People
from tests.store.things import NOW, a_listening, a_rendering, a_run, proposal, some_clips, spoken

TIP = "AAAAAAAAAAAAAAAAAAAAAA"
SOUND, FILM = {"tip": TIP, "part": "sound"}, {"tip": TIP}


@dataclass
class Desk:
    """Where uploads arrive and steps are carried; `queue` is what was queued, in order."""

    store: Store
    people: People
    queue: list[str]

    def arrive(self, name: str, said: Mapping[str, str], by: Person | None = None) -> Recording:
        """An upload of four bytes, called `name` all over."""
        owner = (by or self.people.expert).id
        upload = FinishedUpload(name, owner, f"{name}.mp4", "video/mp4", 4, Path("/nowhere"), said)
        public_id = Arrivals(self.store, self._enqueue).arrive(upload)
        return self.now(public_id)

    def now(self, public_id: str) -> Recording:
        with self.store.transaction() as tx:
            [found] = tx.execute("select id from recording where public_id = %s", [public_id]).fetchall()
            return recordings.load(tx, found[0])

    def by_upload(self, name: str) -> Recording | None:
        with self.store.transaction() as tx:
            return recordings.by_upload(tx, name)

    def carry(self, recording: Recording, step: str, work: Callable[[Work], Outcome], **kept: object) -> None:
        tools = cast(Tools, SimpleNamespace(store=self.store))
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(STEPS, step, work)
            carry(tools, self._enqueue, step, recording.id, lambda: False, lambda: NOW, **kept)  # type: ignore[arg-type]

    def _enqueue(self, tx: Tx, step: str, recording_id: UUID) -> None:
        self.queue.append(step)


@pytest.fixture
def desk(store: Store, people: People) -> Desk:
    return Desk(store, people, [])


def fine(work: Work) -> Outcome:
    return Outcome(lambda tx: None)


def states(recording: Recording) -> set[StepState]:
    return {step.state for step in recording.steps}


def test_the_sound_is_a_recording_and_its_film_takes_its_place_in_it(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)
    with desk.store.transaction() as tx:
        recordings.rename(tx, sound.id, title="Bleeding the brakes", version=sound.version)
    desk.carry(sound, "keep", fine)
    desk.queue.clear()

    film = desk.arrive("film", FILM)

    assert (sound.film, film.film) == (Film.AWAITED, Film.CAME)
    assert (film.id, film.public_id, film.title) == (sound.id, sound.public_id, "Bleeding the brakes")
    assert (film.upload_id, film.filename) == ("film", "film.mp4")
    assert states(film) == {StepState.WAITING, StepState.QUEUED}
    assert set(desk.queue) == {name for name, stage in journey.STAGES.items() if not stage.after}


def test_whoever_asks_again_after_either_upload_is_told_of_the_one_recording(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)
    desk.arrive("film", FILM)
    desk.queue.clear()

    again = [desk.arrive("sound", SOUND), desk.arrive("film", FILM)]

    assert {each.id for each in again} == {sound.id}
    assert again[1].upload_id == "film"
    assert desk.queue == []


def test_a_sound_that_comes_after_its_film_is_not_needed(desk: Desk) -> None:
    film = desk.arrive("film", FILM)
    desk.queue.clear()

    late = desk.arrive("sound", SOUND)

    assert (late.id, late.upload_id, late.film) == (film.id, "film", None)
    assert desk.queue == []


def test_a_stranger_who_knows_the_tip_gets_a_recording_of_their_own(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)

    strange = desk.arrive("strange", FILM, desk.people.curator)

    assert strange.id != sound.id
    assert desk.now(sound.public_id) == sound


def test_a_guest_of_one_brief_cannot_reach_what_the_same_person_sent_elsewhere(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        everyone = spaces.everyone_space(tx).id
        asked = briefs.make(tx, Wish("Brakes"), space_id=everyone, author_id=desk.people.curator.id, now=NOW)
    sound = desk.arrive("sound", SOUND)

    for_a_brief = desk.arrive("film", {**FILM, "brief": asked.public_id})

    assert for_a_brief.id != sound.id
    assert desk.now(sound.public_id) == sound


def test_a_second_film_under_a_used_name_is_a_recording_of_its_own(desk: Desk) -> None:
    desk.arrive("sound", SOUND)
    film = desk.arrive("film", FILM)

    other = desk.arrive("other", FILM)

    assert other.id != film.id
    assert desk.now(film.public_id).upload_id == "film"


def test_a_film_whose_sound_was_deleted_is_refused_in_words_before_it_comes_and_after(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)
    with desk.store.transaction() as tx:
        recordings.delete(tx, sound.id, NOW)
    desk.queue.clear()
    arrivals, expert = Arrivals(desk.store, desk._enqueue), desk.people.expert.id

    with pytest.raises(Gone) as before:
        arrivals.demand(expert, FILM)
    with pytest.raises(Gone) as after:
        desk.arrive("film", FILM)
    on_its_own = desk.arrive("film", {})

    assert (before.value.code, after.value.code) == ("sound_deleted", "sound_deleted")
    assert "Send the film on its own, or throw it away." in after.value.message
    assert desk.now(sound.public_id).status is Status.DELETED
    assert on_its_own.id != sound.id
    arrivals.demand(expert, SOUND)
    arrivals.demand(desk.people.curator.id, FILM)


def test_a_sound_that_was_refused_is_forgiven_when_its_film_comes(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)
    with desk.store.transaction() as tx:
        recordings.refuse(tx, sound.id, "too_short", "Half a second.")

    assert desk.arrive("film", FILM).status is Status.WORKING


def test_what_people_touched_stays_and_what_the_machine_found_is_found_anew(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)
    with desk.store.transaction() as tx:
        media.save_listening(tx, sound.id, a_listening())
        transcripts.save_stretch(tx, sound.id, span=Span(0, 1000), language="en", words=())
        transcripts.save_transcript(tx, sound.id, spoken("Turn it left."))
        (clip,) = some_clips(tx, sound, proposal(0, 10_000))
        clips.change(tx, clip.id, version=clip.version, now=NOW, title="Left")

    film = desk.arrive("film", FILM)

    with desk.store.transaction() as tx:
        (kept,) = clips.clips_of_recording(tx, film.id, desk.people.expert.id)
        assert transcripts.stretches(tx, film.id) == {}
        assert clips.propose(tx, film, [proposal(0, 5_000)], "en") == 0
    assert (kept.title, kept.parts) == ("Left", clip.parts)


def test_what_was_recalled_of_the_sound_is_out_in_whole_frames_of_the_film(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)
    with desk.store.transaction() as tx:
        media.save_listening(tx, sound.id, a_listening())
        some_clips(tx, sound, proposal(0, 10_000))
        recalls.make(tx, sound.id, Span(3_040, 6_960), "Live wire.", by=desk.people.curator.id, now=NOW)
    film = desk.arrive("film", FILM)
    found = Probe("mov", 60_000, 480, 270, 0, False, Fraction(30), 0, None, "h264", None, None, 0)
    with desk.store.transaction() as tx:
        recordings.looked(tx, film.id, found)
    originals = SimpleNamespace(local=lambda recording: nullcontext(Path("/nowhere")))
    blind = SimpleNamespace(call=lambda name, path, spans, *more, **limits: [[] for _ in spans])
    tools = SimpleNamespace(store=desk.store, originals=originals, jail=blind)

    carry(cast(Tools, tools), desk._enqueue, "listen", film.id, lambda: False, lambda: NOW)

    with desk.store.transaction() as tx:
        (clip,) = clips.clips_of_recording(tx, film.id, desk.people.expert.id)
    assert [part.span for part in clip.parts] == [Span(0, 3_033), Span(6_967, 10_000)]


def test_the_sound_plays_until_the_film_has_something_to_play(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)
    with desk.store.transaction() as tx:
        media.save_listening(tx, sound.id, a_listening())
        renderings.complete_rendering(tx, a_rendering(tx, sound, a_run(0, 10, 10)))
        before = media.playable(tx, sound.id)

    film = desk.arrive("film", FILM)

    with desk.store.transaction() as tx:
        assert media.playable(tx, film.id) == before
        anew = a_rendering(tx, film)
        assert media.playable(tx, film.id) == before
        renderings.add_landed(
            tx,
            anew,
            inits={"720": ("avc1.640028", b"init")},
            runs={"720": (a_run(0, 7), "film/720/0")},
        )
        now = media.rendering(tx, film.id)
    assert now is not None
    assert (now.complete, len(now.renditions[0].fragments)) == (False, 1)


def test_a_job_of_the_sound_does_nothing_to_the_film(desk: Desk) -> None:
    desk.arrive("sound", SOUND)
    film = desk.arrive("film", FILM)

    desk.carry(film, "keep", fine, upload_id="sound")
    assert StepState.DONE not in states(desk.now(film.public_id))

    desk.carry(film, "keep", fine, upload_id="film")
    assert StepState.DONE in states(desk.now(film.public_id))


def test_a_step_that_ends_after_the_film_has_come_saves_nothing(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)
    did: list[str] = []

    def listen(work: Work) -> Outcome:
        desk.arrive("film", FILM)
        return Outcome(lambda tx: did.append("save"), lambda: did.append("then"), lambda: did.append("drop"))

    desk.carry(sound, "listen", listen)

    assert did == ["drop"]
    assert StepState.DONE not in states(desk.now(sound.public_id))


def test_a_step_that_fails_or_refuses_after_the_film_has_come_is_not_the_film_s_fault(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)

    def look(work: Work) -> Outcome:
        desk.arrive("film", FILM)
        raise ValueError("of the sound")

    desk.carry(sound, "look", look)

    assert desk.now(sound.public_id).status is Status.WORKING


def test_a_step_that_still_reports_is_ended_by_the_film(desk: Desk) -> None:
    sound = desk.arrive("sound", SOUND)
    came: list[str] = []

    def render(work: Work) -> Outcome:
        film = desk.arrive("film", FILM)
        with desk.store.transaction() as tx:
            steps.begin(tx, film.id, "render", NOW)
        work.report(0.5)
        came.append("never here")
        return Outcome(lambda tx: None)

    desk.carry(sound, "render", render)

    assert came == []
    assert max(step.progress for step in desk.now(sound.public_id).steps) == 0


@dataclass(frozen=True)
class Kept:
    """Real uploads on a real disk."""

    house: House
    intake: Intake
    objects: Folder

    def sent(self, owner: Person, said: Mapping[str, str], data: bytes) -> str:
        """The id of an upload that has arrived whole."""
        upload = self.intake.create(owner.id, len(data), Metadata("", said))
        send(self.intake, upload.id, 0, data, owner.id)
        return upload.id

    def keep(self, recording: Recording) -> None:
        def nothing(tx: Tx, step: str, recording_id: UUID) -> None: ...

        carry(self.house.tools, nothing, "keep", recording.id, lambda: False, lambda: NOW)

    def originals(self) -> list[bytes]:
        return sorted(path.read_bytes() for path in (self.objects.root / "recordings").glob("*/original/*"))


@pytest.fixture
def kept(desk: Desk, objects: Folder, tmp_path: Path) -> Kept:
    arrivals = Arrivals(desk.store, desk._enqueue)
    intake = Intake(tmp_path / "staging", max_bytes=1000, arrivals=arrivals, demand=arrivals.demand, free_floor=0)
    tools = SimpleNamespace(store=desk.store, objects=objects, intake=intake)
    house = SimpleNamespace(tools=tools, services=SimpleNamespace(store=desk.store))
    return Kept(cast(House, house), intake, objects)


def test_the_sound_s_original_goes_once_the_film_was_looked_at(desk: Desk, kept: Kept) -> None:
    expert = desk.people.expert
    sound = desk.by_upload(kept.sent(expert, SOUND, b"sound"))
    assert sound is not None
    kept.keep(sound)
    kept.sent(expert, FILM, b"film")
    kept.keep(sound)

    housekeeping._drop_sounds(kept.house)
    assert kept.originals() == [b"film", b"sound"]  # the film may be of no use

    with desk.store.transaction() as tx:
        steps.begin(tx, sound.id, "look", NOW)
        steps.done(tx, sound.id, "look", NOW)
    housekeeping._drop_sounds(kept.house)
    housekeeping._drop_sounds(kept.house)
    assert kept.originals() == [b"film"]


def test_deleting_it_in_between_takes_both_originals(desk: Desk, kept: Kept) -> None:
    sound = desk.by_upload(kept.sent(desk.people.expert, SOUND, b"sound"))
    assert sound is not None
    kept.keep(sound)
    kept.sent(desk.people.expert, FILM, b"film")
    kept.keep(sound)

    with desk.store.transaction() as tx:
        recordings.delete(tx, sound.id, NOW).clear(kept.objects)

    assert kept.originals() == []


def test_the_bytes_of_a_film_whose_sound_was_deleted_are_let_go_of(desk: Desk, kept: Kept) -> None:
    expert, intake = desk.people.expert, kept.intake
    sound = desk.by_upload(kept.sent(expert, SOUND, b"sound"))
    assert sound is not None
    begun, whole = (intake.create(expert.id, 4, Metadata("", FILM)) for _ in range(2))
    send(intake, begun.id, 0, b"fi", expert.id)
    with writer_of(intake, whole.id, expert.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(4)))
        with desk.store.transaction() as tx:
            recordings.delete(tx, sound.id, NOW)  # while the last bytes come
        writer.write(b"film")
        writer.end()
        with pytest.raises(Gone) as late:
            intake.settle(writer)

    with pytest.raises(Gone) as early:
        intake.take(begun.id, expert.id)

    assert (late.value.code, early.value.code) == ("sound_deleted", "sound_deleted")
    assert [each.upload_id for each in intake._staging.notes()] == [sound.upload_id]
    assert [path.stem for path in intake._staging.folder.glob("*.part")] == [sound.upload_id]
    with pytest.raises(Gone):
        intake.create(expert.id, 4, Metadata("", FILM))


def test_a_sound_that_is_being_kept_when_its_film_comes_leaves_nothing_behind(
    desk: Desk, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = desk.by_upload(kept.sent(desk.people.expert, SOUND, b"sound"))
    assert sound is not None
    keep = STEPS["keep"]

    def slowly(work: Work) -> Outcome:
        outcome = keep(work)
        if work.recording.film is Film.AWAITED:
            kept.sent(desk.people.expert, FILM, b"film")
        return outcome

    monkeypatch.setitem(STEPS, "keep", slowly)
    kept.keep(sound)
    kept.keep(sound)

    assert kept.originals() == [b"film"]
