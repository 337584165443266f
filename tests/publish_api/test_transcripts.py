"""Corrections over HTTP: read, made, taken back, and what follows them.

The recording says, in words 0 to 7: "Turn the valve slowly. Then wash your hands."
"""

from typing import Any

import pytest

from clip.propose import described
from domain.clip import Proposal
from domain.span import Span
from domain.transcript import Sentence, Transcript, Word
from domain.vocabulary import Term
from publish_api.services import Services
from store import clips, recordings, transcripts, vocabulary
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made

SPOKEN = (
    "Grease the bearing with Klueber grease every week.",
    "Klueber grease keeps the bearing dry.",
    "Wipe the Klueber grease off before you measure it.",
)


@pytest.fixture
def made(services: Services, people: People) -> Made:
    return material.recording(services, people.expert)


def path(made: Made, rest: str = "") -> str:
    return f"/api/v1/recordings/{made.id}/transcript{rest}"


def seen(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def words(answer: Any) -> str:
    return " ".join(word["text"] for word in answer.json()["words"])


def edit(**fields: Any) -> dict[str, Any]:
    return {"edits": [fields]}


def test_a_correction_is_answered_with_the_words_as_they_are_now(ask: Ask, people: People, made: Made) -> None:
    expert = ask(people.expert)
    first = expert.get(path(made))

    answer = expert.patch(path(made), json=edit(first=2, text="wheel"), headers=seen(1))

    assert (first.headers["ETag"][:3], first.json()["version"], first.json()["unsure"]) == ('"1.', 1, [])
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert words(answer) == "Turn the wheel slowly. Then wash your hands."
    assert answer.json()["by_hand"] == [2]
    assert answer.json()["words"][2] == {"text": "wheel", "start_ms": 4000, "end_ms": 5800, "probability": 1.0}
    assert answer.json()["pauses"] == first.json()["pauses"]


def test_captions_of_clips_and_of_the_whole_recording_follow(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    clip = material.published(services, made, people.curator)
    curator = ask(people.curator)

    curator.patch(path(made), json=edit(first=2, text="wheel"), headers=seen(1))
    curator.patch(path(made), json=edit(first=4, begins=False), headers=seen(2))

    learner = ask(people.learner)
    shown = learner.get(f"/api/v1/clips/{clip.public_id}/captions.vtt").text
    assert [line for line in shown.split("\n") if "-->" not in line] == [
        *("WEBVTT", "", "Turn the wheel", "", "slowly.", ""),
    ]
    assert '<span data-ms="4000">wheel</span>' in learner.get(f"/clips/{clip.public_id}").text
    assert learner.get("/api/v1/search?q=wheel").json()["items"][0]["sentence"] == "Turn the wheel slowly."
    assert "wheel" in ask(people.expert).get(path(made, ".vtt")).text
    assert "00:00:00,400 --> " in ask(people.expert).get(path(made, ".srt")).text


def test_without_the_version_that_was_seen_nothing_is_changed(ask: Ask, people: People, made: Made) -> None:
    expert = ask(people.expert)

    unsaid = expert.patch(path(made), json=edit(first=2, text="wheel"))
    expert.patch(path(made), json=edit(first=2, text="tap"), headers=seen(1))
    late = expert.patch(path(made), json=edit(first=2, text="wheel"), headers=seen(1))

    assert (unsaid.status_code, unsaid.json()["error"]["code"]) == (428, "version_needed")
    assert (late.status_code, late.json()["error"]["code"]) == (412, "stale_version")
    assert words(expert.get(path(made))) == "Turn the tap slowly. Then wash your hands."


def test_only_the_speaker_and_curators_of_the_space_may(
    ask: Ask, people: People, ward: Ward, services: Services
) -> None:
    theirs = material.recording(services, ward.expert, space=ward.space)
    material.published(services, theirs, ward.curator)

    def tried(person: Any) -> list[int]:
        client = ask(person)
        return [
            client.patch(path(theirs), json=edit(first=0, text="Twist"), headers={"If-Match": "*"}).status_code,
            client.post(
                path(theirs, "/replacements"), json={"find": "wash", "instead": "rinse"}, headers={"If-Match": "*"}
            ).status_code,
            client.get(path(theirs, "/changes")).status_code,
            client.delete(path(theirs, "/changes/2")).status_code,
            client.get(path(theirs, ".vtt")).status_code,
            client.get(f"/recordings/{theirs.id}/words").status_code,
        ]

    assert tried(ward.learner) == tried(people.expert) == [404] * 6
    assert tried(ward.curator) == [200, 200, 200, 200, 200, 200]
    assert tried(ward.expert)[0] == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"edits": []}, "invalid"),
        ({"edits": [{"first": 0, "count": 0, "text": "x"}]}, "invalid"),
        ({"edits": [{"first": 0, "text": "x" * 3000}]}, "invalid"),
        ({"edits": [{"first": 0, "text": "x" * 501}]}, "bad_edit"),
        ({"edits": [{"first": 2**31, "text": "x"}]}, "invalid"),
        ({"edits": [{"first": 8, "text": "x"}]}, "bad_edit"),
        ({"edits": [{"first": 3, "count": 2, "text": "x"}]}, "bad_edit"),
        ({"edits": [{"first": 0, "begins": "yes"}]}, "invalid"),
        ({"edits": [{"first": 0, "text": "x", "at": 3}]}, "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused(ask: Ask, people: People, made: Made, body: Any, code: str) -> None:
    answer = ask(people.expert).patch(path(made), json=body, headers=seen(1))

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_what_cannot_be_seen_is_taken_out_of_what_is_typed(ask: Ask, people: People, made: Made) -> None:
    answer = ask(people.expert).patch(path(made), json=edit(first=2, text="whe\u0000el \u202e<b>\n"), headers=seen(1))

    assert words(answer) == "Turn the wheel <b> slowly. Then wash your hands."
    assert "&lt;b&gt;" in ask(people.expert).get(path(made, ".vtt")).text


def test_a_word_is_replaced_everywhere_and_taken_back_as_one(ask: Ask, people: People, made: Made) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    expert.patch(path(made), json=edit(first=1, text="your"), headers=seen(1))

    answer = curator.post(path(made, "/replacements"), json={"find": "YOUR", "instead": "the"}, headers=seen(2))
    nowhere = curator.post(path(made, "/replacements"), json={"find": "you", "instead": "we"}, headers=seen(3))
    listed = expert.get(path(made, "/changes")).json()["items"]
    back = expert.delete(path(made, "/changes/3"))

    assert words(answer) == "Turn the valve slowly. Then wash the hands."
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (400, "not_said")
    assert [(each["version"], each["by"]["name"]) for each in listed] == [(3, "Carl Curator"), (2, "Eva Expert")]
    assert listed[0]["edits"] == [
        {"at_ms": 2200, "old": "your", "new": "the", "begins": None, "placed": True},
        {"at_ms": 13600, "old": "your", "new": "the", "begins": None, "placed": True},
    ]
    assert words(back) == "Turn your valve slowly. Then wash your hands."
    again = expert.delete(path(made, "/changes/3"))
    assert (again.status_code, again.json()["error"]["code"]) == (409, "undone")
    assert expert.delete(path(made, "/changes/9")).status_code == 404


def test_hands_at_work_get_captions_that_are_typed(ask: Ask, people: People, services: Services, made: Made) -> None:
    with services.store.transaction() as tx:
        transcripts.save_transcript(tx, made.recording.id, Transcript("en", "by hand", "none", (), ()))
    expert = ask(people.expert)
    clip = material.published(services, made, people.curator)
    said = {"typed": [{"start_ms": 4000, "end_ms": 7000, "text": "Turn it until it clicks."}]}

    answer = expert.patch(path(made), json=said, headers=seen(2))
    late = {"typed": [{"start_ms": 19_000, "end_ms": 20_001, "text": "Done."}]}
    refused = expert.patch(path(made), json=late, headers=seen(3))

    assert words(answer) == "Turn it until it clicks."
    captions = ask(people.learner).get(f"/api/v1/clips/{clip.public_id}/captions.vtt").text
    assert captions == "WEBVTT\n\n00:00:04.000 --> 00:00:08.000\nTurn it until it clicks.\n"
    (hit,) = ask(people.learner).get("/api/v1/search?q=clicks").json()["items"]
    assert (hit["sentence"], hit["at_ms"]) == ("Turn it until it clicks.", 4000)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "span_after_end")
    (past,) = expert.get(path(made, "/changes")).json()["items"]
    assert (past["edits"][0]["old"], past["edits"][0]["at_ms"]) == ("", 4000)
    assert words(expert.delete(path(made, "/changes/3"))) == ""


def test_a_draft_of_silent_work_is_called_by_what_is_typed_in_it(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    drafts = [Proposal(Span(0, 8_000), "Valves", (), ""), Proposal(Span(8_000, 20_000), "Valves", (), "")]
    with services.store.transaction() as tx:
        transcripts.save_transcript(tx, made.recording.id, Transcript("en", "by hand", "none", (), ()))
        clips.propose(tx, made.recording, drafts, None)
    said = {"typed": [{"start_ms": 9_000, "end_ms": 12_000, "text": "Turn it until it clicks."}]}

    ask(people.expert).patch(path(made), json=said, headers=seen(2))

    items = ask(people.curator).get(f"/api/v1/recordings/{made.id}/clips").json()["items"]
    assert items[0]["title"] == "Valves"
    assert "clicks" in items[1]["title"].lower()


def test_a_correction_that_finds_no_place_in_a_new_run_is_shown(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    ask(people.expert).patch(path(made), json=edit(first=2, text="wheel"), headers=seen(1))
    run = Transcript("en", "by hand", "new", (Word("Silence.", 400, 900, 0.2),), (Sentence("Silence.", 400, 900),))

    with services.store.transaction() as tx:
        transcripts.save_transcript(tx, made.recording.id, run)

    said = ask(people.expert).get(path(made)).json()
    assert said["unplaced"] == [{"version": 2, "at_ms": 4000, "old": "valve", "new": "wheel"}]
    assert (said["version"], said["unsure"]) == (3, [0])
    assert ask(people.expert).get(path(made, "/changes")).json()["items"][0]["edits"][0]["placed"] is False


def greased(services: Services, people: People) -> Made:
    """Three clips, called as the machine calls them."""
    words, found, at = [], [], 400
    for sentence in SPOKEN:
        begin = at
        for text in sentence.split():
            words.append(Word(text, at, at + 300, 0.9))
            at += 320
        found.append(Sentence(sentence, begin, at - 20))
        at += 900
    run = Transcript("en", "by hand", "none", tuple(words), tuple(found))
    spans = [Span(s.start_ms - 400, s.end_ms + 400) for s in found]
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
        recordings.looked(tx, arrived.id, material.PROBE)
        transcripts.save_transcript(tx, arrived.id, run)
        clips.propose(tx, recordings.load(tx, arrived.id), described(run, spans, name="Valves"), "en")
        of = clips.clips_of_recording(tx, arrived.id, people.expert.id)
    assert ["klueber" in clip.title.lower() for clip in of] == [True, True, True]
    assert ["Klueber grease" in clip.tags for clip in of] == [True, True, True]
    return Made(arrived, of)


def called(ask: Ask, people: People, made: Made) -> list[tuple[str, str]]:
    found = ask(people.expert).get(f"/api/v1/recordings/{made.id}/clips").json()["items"]
    return [(each["title"], " ".join(each["tags"])) for each in found]


def correct_the_name(ask: Ask, people: People, made: Made) -> Any:
    said = {"find": "Klueber", "instead": "Klüber"}
    return ask(people.expert).post(path(made, "/replacements"), json=said, headers={"If-Match": "*"})


def test_titles_and_tags_that_no_person_wrote_follow(ask: Ask, people: People, services: Services) -> None:
    made = greased(services, people)
    with services.store.transaction() as tx:
        clips.change(tx, made.clips[1].id, version=1, now=services.now(), title="Why Klueber", tags=["klueber"])

    answer = correct_the_name(ask, people, made).json()

    assert answer["still_called"] == [{"clip": made.clips[1].public_id, "title": "Why Klueber"}]
    first, second, third = called(ask, people, made)
    assert second == ("Why Klueber", "klueber")
    assert all("klüber" in each.lower() and "klueber" not in each.lower() for each in (*first, *third))


def test_drafts_follow_whatever_became_of_the_clips_beside_them(ask: Ask, people: People, services: Services) -> None:
    made = greased(services, people)
    with services.store.transaction() as tx:
        clips.delete(tx, made.clips[1].id, services.now())
        vocabulary.add(tx, Term("Pumps"))

    correct_the_name(ask, people, made)

    assert all(
        "klüber" in each.lower() and "klueber" not in each.lower() for c in called(ask, people, made) for each in c
    )


def test_of_what_people_know_by_its_name_only_the_corrected_words_change(
    ask: Ask, people: People, services: Services
) -> None:
    made = greased(services, people)
    before = called(ask, people, made)
    clip = material.published(services, made, people.curator)

    correct_the_name(ask, people, made)
    now = called(ask, people, made)
    entry = ask(people.curator).get(f"/api/v1/clips/{clip.public_id}/history").json()["items"][0]
    ask(people.expert).delete(path(made, "/changes/2"))

    assert now[0][0] == before[0][0].replace("Klueber", "Klüber")
    assert now[0][1].lower() == before[0][1].lower().replace("klueber", "klüber")
    assert (entry["act"], entry["by"], [each["field"] for each in entry["changes"]]) == (
        "reworded", None, ["title", "tags"],
    )  # fmt: skip
    assert called(ask, people, made)[0] == before[0]


def test_a_word_that_is_still_said_in_a_clip_stays_in_its_title(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    with services.store.transaction() as tx:
        clips.propose(
            tx, made.recording, [Proposal(Span(0, 20_000), "Turn the valve", (), "Turn the valve slowly.")], "en"
        )
        (clip,) = clips.clips_of_recording(tx, made.recording.id, people.expert.id)
        clips.publish(tx, clip.id, people.curator.id, services.now())
    expert = ask(people.expert)

    expert.patch(path(made), json=edit(first=6, text="the"), headers=seen(1))
    expert.patch(path(made), json=edit(first=1, text="that"), headers=seen(2))
    still = called(ask, people, made)
    expert.patch(path(made), json=edit(first=2, text="wheel"), headers=seen(3))

    assert still == [("Turn the valve", "")]
    assert called(ask, people, made) == [("Turn the wheel", "")]
