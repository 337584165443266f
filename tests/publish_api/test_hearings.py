"""A recording heard again, in the language that somebody says it is in."""

from domain.clip import Part
from domain.recording import StepState
from domain.span import Span
from domain.transcript import Sentence, Transcript, Word
from publish_api.services import Services
from store import clips, recordings, steps, transcripts
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Queued, Ward


def test_what_was_heard_in_the_wrong_language_is_heard_again(
    ask: Ask, people: People, services: Services, queued: Queued
) -> None:
    recording = material.recording(services, people.expert).recording
    with services.store.transaction() as tx:
        recordings.heard_language(tx, recording.id, "nl")
        transcripts.save_stretch(tx, recording.id, span=Span(0, 9), language="nl", words=[Word("een", 0, 9, 0.5)])
        for name in ("begin", "head"):
            steps.queue(tx, recording.id, name)
            steps.done(tx, recording.id, name, services.now())
    curator, path = ask(people.curator), f"/api/v1/recordings/{recording.public_id}"

    asked = curator.post(f"{path}/hearings", json={"language": "de"})
    shown = curator.get(path).json()
    meanwhile = curator.post(f"{path}/hearings", json={})
    with services.store.transaction() as tx:
        states, left = steps.states(tx, recording.id), transcripts.stretches(tx, recording.id)

    assert (asked.status_code, shown["language"]) == (202, "de")
    assert queued == [("transcribe", recording.id)]
    assert (states["render"], states["transcribe"], states["cut"]) == (
        StepState.DONE, StepState.QUEUED, StepState.WAITING,
    )  # fmt: skip
    assert left == {}
    assert (meanwhile.status_code, meanwhile.json()["error"]["code"]) == (409, "not_heard")


def test_a_language_that_the_engine_does_not_hear_is_refused_and_nothing_is_changed(
    ask: Ask, people: People, services: Services, queued: Queued
) -> None:
    recording = material.recording(services, people.expert).recording
    curator, path = ask(people.curator), f"/api/v1/recordings/{recording.public_id}"

    refused = [curator.post(f"{path}/hearings", json={"language": each}) for each in ("xx", "tlh", "yue")]
    shown = curator.get(path).json()
    asked = curator.post(f"{path}/hearings", json={"language": "deu"})

    assert {(each.status_code, each.json()["error"]["code"]) for each in refused} == {(422, "unknown_language")}
    assert (shown["language"], shown["status"]) == ("en", "ready")
    assert (asked.status_code, curator.get(path).json()["language"]) == (202, "de")


def test_it_is_asked_for_by_its_owner_and_those_who_curate_its_space(
    ask: Ask, people: People, services: Services, ward: Ward
) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, ward.expert, space=ward.space)
    path = f"/api/v1/recordings/{arrived.public_id}/hearings"
    who = (ward.expert, ward.curator, ward.learner, people.expert)

    asked = {each.login: ask(each).post(path, json={"language": "x" * 9}).status_code for each in who}
    answers = {each.login: ask(each).post(path, json={}).status_code for each in who}

    assert set(asked.values()) == {400}
    assert answers == {"wes": 409, "wanda": 409, "wilma": 404, "eva": 404}


def test_clips_are_in_the_language_in_which_their_first_part_was_heard_whoever_has_touched_them(
    ask: Ask, people: People, services: Services
) -> None:
    made, other = (material.recording(services, people.expert) for _ in range(2))
    clip = material.published(services, made, people.curator)
    with services.store.transaction() as tx:
        both = (
            Part(made.recording.id, made.id, Span(8_000, 12_000)),
            Part(other.recording.id, other.id, Span(0, 8_000)),
        )
        clips.change(tx, made.clips[1].id, version=1, now=services.now(), parts=both)
    learner = ask(people.learner)
    learner.post(f"/api/v1/clips/{clip.public_id}/comments", json={"at_ms": 500, "text": "Die Ventile!"})
    said = "Das Ventil langsam drehen. Die Ventile schließen."
    words = tuple(Word(text, 400 + n * 500, 800 + n * 500, 0.9) for n, text in enumerate(said.split()))

    for each in (other, made):
        with services.store.transaction() as tx:
            run = Transcript("de", "by hand", "none", words, (Sentence(said, 400, 3_800),))
            transcripts.save_transcript(tx, each.recording.id, run)
        languages = [
            ask(people.curator).get(f"/api/v1/clips/{each.public_id}").json()["language"] for each in made.clips
        ]
        assert languages == (["en", "en"] if each is other else ["de", "de"])

    (hit,) = learner.get("/api/v1/search?q=Ventil&language=de").json()["items"]
    assert hit["clip"]["id"] == clip.public_id
    assert 'srclang="de"' in learner.get(f"/clips/{clip.public_id}").text
    entry = ask(people.curator).get(f"/api/v1/clips/{clip.public_id}/history").json()["items"][0]
    assert entry["changes"] == [{"field": "language", "before": "en", "after": "de"}]
    with services.store.transaction() as tx:
        assert tx.execute("select distinct search_config::text from comment").fetchall() == [("german",)]
