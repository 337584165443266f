"""Captions that people bring, a language each: shown with clips at once, and never more than those show.

The recording lasts 20 s; the second clip runs from 8 to 20 s: "Then wash your hands."
"""

import re
from dataclasses import replace
from typing import Any

import pytest

from domain.clip import Clip, Part
from domain.span import Span
from publish_api.services import Services
from store import clips, recalls, tracks, transcripts
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import TRANSCRIPT, Made

ES = """WEBVTT

00:00.400 --> 00:07.900
<i>Gira la válvula</i>
despacio.

00:08.300 --> 00:19.500
Luego lávate las manos.
"""


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody."""
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def here(made: Made) -> str:
    return f"/api/v1/recordings/{made.id}"


@pytest.fixture
def path(clip: Clip) -> str:
    return f"/api/v1/clips/{clip.public_id}"


def spoken_in(services: Services, made: Made, language: str) -> None:
    with services.store.transaction() as tx:
        transcripts.save_transcript(tx, made.recording.id, replace(TRANSCRIPT, language=language))


def test_what_an_expert_brings_is_shown_with_the_clip_at_once_in_its_time(
    ask: Ask, people: People, here: str, path: str
) -> None:
    brought = ask(people.expert).put(f"{here}/captions/es?filename=valve.vtt", content=ES, headers=VTT)
    learner = ask(people.learner)
    master = learner.get(f"{path}/play.m3u8").text
    listed = learner.get(f"{path}/captions").json()["items"]

    assert (brought.status_code, brought.json()["ready"], brought.json()["by_name"]) == (200, True, "Eva Expert")
    assert re.findall(r'NAME="(.*?)",LANGUAGE="(.*?)",DEFAULT=(YES|NO).*URI="(.*?)"', master) == [
        ("English", "en", "YES", "play/captions.m3u8"),
        ("Spanish", "es", "NO", "play/captions-es.m3u8"),
    ]
    assert [(each["language"], each["label"], each["spoken"]) for each in listed] == [
        ("en", "English", True),
        ("es", "Spanish", False),
    ]
    assert learner.get(listed[1]["url"]).text == ("WEBVTT\n\n00:00:00.300 --> 00:00:11.500\nLuego lávate las manos.\n")
    assert learner.get(f"{path}/play/captions-es.m3u8").text.splitlines()[-2] == "captions-es-0.vtt"
    assert learner.get(f"{path}/play/captions-es-0.vtt").text == (
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n"
        "00:00:08.300 --> 00:00:19.500\nLuego lávate las manos.\n"
    )
    assert "Then wash" in learner.get(f"{path}/captions.vtt").text


def test_a_cue_that_says_what_was_recalled_is_gone_with_it(
    ask: Ask, people: People, services: Services, made: Made, here: str, path: str
) -> None:
    ask(people.expert).put(f"{here}/captions/es", content=ES, headers=VTT)
    with services.store.transaction() as tx:
        recalls.make(
            tx, made.recording.id, Span(9_000, 10_000), "Not so.", by=people.curator.id, now=services.now()
        )  # in the middle of what the cue says

    learner = ask(people.learner)

    assert learner.get(f"{path}/captions.vtt?language=es").text == "WEBVTT\n"
    assert "lávate" not in learner.get(f"{path}/play/captions-es-0.vtt").text


def test_a_clip_that_was_withdrawn_gives_out_none(ask: Ask, people: People, here: str, path: str) -> None:
    ask(people.expert).put(f"{here}/captions/es", content=ES, headers=VTT)

    ask(people.curator).delete(f"{path}/publication")

    learner = ask(people.learner)
    answers = [learner.get(f"{path}/{each}").status_code for each in ("captions", "captions.vtt?language=es")]
    assert answers == [404, 404]


def test_a_part_without_a_track_is_read_as_it_is_spoken_where_that_is_the_language(
    ask: Ask, people: People, services: Services, clip: Clip, path: str
) -> None:
    spanish = material.recording(services, people.expert)
    spoken_in(services, spanish, "es")
    with services.store.transaction() as tx:
        tracks.put(tx, clip.parts[0].recording_id, "es", [], filename="", by=people.expert.id, now=services.now())
        parts = [*clip.parts, Part(spanish.recording.id, spanish.id, Span(0, 8_000))]
        clips.change(tx, clip.id, version=clip.version, now=services.now(), parts=parts)

    text = ask(people.learner).get(f"{path}/captions.vtt?language=es").text

    assert re.findall("^[A-Za-z].*", text, re.MULTILINE) == ["WEBVTT", "Turn the", "valve slowly."]
    assert text.startswith("WEBVTT\n\n00:00:12.400 --> ")


def test_files_that_are_no_captions_of_it_are_refused_in_words(ask: Ask, people: People, here: str) -> None:
    expert = ask(people.expert)

    def refused(body: Any, language: str = "es", content_type: str = "text/vtt") -> tuple[int, str]:
        answer = expert.put(f"{here}/captions/{language}", content=body, headers={"Content-Type": content_type})
        return answer.status_code, answer.json()["error"]["code"]

    assert refused(b"") == refused(b"", content_type="application/json") == (400, "captions_unreadable")
    assert refused(b"{}", content_type="application/json") == (400, "captions_unreadable")
    assert refused(b"PK\x03\x04\x00") == (400, "captions_not_text")
    assert refused("1\n00:00:21,000 --> 00:00:22,000\nOf another.\n", content_type="application/x-subrip") == (
        400,
        "captions_outside",
    )
    assert refused(b"x" * 600_000) == (400, "captions_too_large")
    assert refused(b"x" * 1_100_000)[0] == 413
    assert {refused(ES, each) for each in ("spanish", "xx", "zzz", "und")} == {(400, "bad_language")}
    assert expert.get(f"{here}/captions").json() == {"items": [], "next": None}


def test_a_language_is_there_once_whichever_of_its_codes_is_said(ask: Ask, people: People, here: str) -> None:
    expert = ask(people.expert)

    said = [expert.put(f"{here}/captions/{each}", content=ES, headers=VTT) for each in ("deu", "de-AT", "DE", "es")]
    listed = expert.get(f"{here}/captions").json()["items"]
    answers = [
        expert.get(f"{here}/captions/ger.vtt").status_code,
        expert.delete(f"{here}/captions/deu").status_code,
        expert.get(f"{here}/captions/de.vtt").status_code,
    ]

    assert [each.json()["language"] for each in said] == ["de", "de", "de", "es"]
    assert [each["language"] for each in listed] == ["de", "es"]
    assert answers == [200, 204, 404]


def test_they_are_for_the_owner_and_those_who_curate(ask: Ask, people: People, services: Services, ward: Ward) -> None:
    made = material.recording(services, ward.expert, space=ward.space)
    path = f"/api/v1/recordings/{made.id}/captions/es"
    who = (ward.expert, ward.curator, ward.learner, people.expert)

    brought = {each.login: ask(each).put(path, content=ES, headers=VTT).status_code for each in who}
    read = {each.login: ask(each).get(f"{path}.srt").status_code for each in who}
    removed = {each.login: ask(each).delete(path).status_code for each in who}

    assert brought == {"wes": 200, "wanda": 200, "wilma": 404, "eva": 404}
    assert read == {"wes": 200, "wanda": 200, "wilma": 404, "eva": 404}
    assert removed == {"wes": 204, "wanda": 404, "wilma": 404, "eva": 404}  # the first has taken them away


def test_a_whole_track_is_given_back_as_a_file_to_be_bettered(ask: Ask, people: People, here: str) -> None:
    curator = ask(people.curator)
    curator.put(f"{here}/captions/es", content=ES, headers=VTT)

    back = curator.get(f"{here}/captions/es.vtt").text

    assert back == ES.replace("<i>", "").replace("</i>", "").replace("\n00:", "\n00:00:").replace("> 00:", "> 00:00:")


def test_only_those_who_curate_have_it_translated_and_only_what_is_not_english(
    ask: Ask, people: People, services: Services, made: Made, here: str
) -> None:
    expert, curator = ask(people.expert), ask(people.curator)

    english = curator.post(f"{here}/translations")
    spoken_in(services, made, "de")
    answers = [each.post(f"{here}/translations") for each in (expert, curator, curator)]
    waits = curator.get(f"{here}/captions/en.vtt")

    assert (english.status_code, english.json()["error"]["code"]) == (409, "english_already")
    assert [each.status_code for each in answers] == [403, 202, 409]
    assert (answers[1].json()["made"], answers[1].json()["ready"]) == ("machine", False)
    assert (waits.status_code, waits.json()["error"]["code"]) == (409, "being_translated")


def test_a_machines_translation_says_so_where_it_is_chosen(
    ask: Ask, people: People, services: Services, made: Made, path: str
) -> None:
    spoken_in(services, made, "de")
    with services.store.transaction() as tx:
        tracks.ask(tx, made.recording.id, by=people.curator.id, now=services.now())
        asked = tracks.asked(tx, made.recording.id)
        assert asked is not None
        tracks.finish(tx, made.recording.id, asked, [])

    listed = ask(people.learner).get(f"{path}/captions").json()["items"]

    assert [each["label"] for each in listed][1:] == ["English, translated by machine"]


def test_words_that_were_typed_where_nobody_speaks_are_in_the_playlist_too(
    ask: Ask, people: People, services: Services, clip: Clip, path: str
) -> None:
    with services.store.transaction() as tx:
        tx.execute("update clip set language = null where id = %s", [clip.id])

    master = ask(people.learner).get(f"{path}/play.m3u8").text

    assert 'GROUP-ID="captions",NAME="Captions",DEFAULT=YES' in master


def test_fillers_are_left_out_for_whoever_asks(ask: Ask, people: People, here: str, path: str) -> None:
    curator = ask(people.curator)
    words = [{"first": 4, "text": "Um, then"}]
    curator.patch(f"{here}/transcript", json={"edits": words}, headers={"If-Match": '"1"'})

    every, without = (curator.get(f"{path}/captions.vtt{query}").text for query in ("", "?fillers=false"))

    assert ("Um, then" in every, "Um" in without, "Then wash" in without) == (True, False, True)


VTT = {"Content-Type": "text/vtt"}
