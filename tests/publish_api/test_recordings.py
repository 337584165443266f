"""A conversation about recordings: how far they have come, and what their owners do with them."""

import re
from datetime import timedelta

from domain.estimate import estimate_s
from domain.media import Listening
from domain.seen import Seen
from domain.span import Span
from domain.transcript import Transcript
from publish_api.services import Services
from store import media, recordings, steps, transcripts
from store.folder import Folder
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Queued, Ward
from tests.publish_api.material import NOW


def test_a_recording_says_how_far_it_has_come(ask: Ask, people: People, services: Services, clock: Clock) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert, title="Valves")
        steps.queue(tx, arrived.id, "keep")
        steps.begin(tx, arrived.id, "keep", NOW)
        steps.progress(tx, arrived.id, "keep", 0.25)
    clock.passes(seconds=10)

    answer = ask(people.expert).get(f"/api/v1/recordings/{arrived.public_id}")

    said = answer.json()
    assert answer.headers["ETag"].startswith('"1.')
    assert {k: said[k] for k in ("title", "filename", "status", "duration_ms", "language", "version", "refusal")} == {
        "title": "Valves",
        "filename": "valves.mp4",
        "status": "working",
        "duration_ms": None,
        "language": None,
        "version": 1,
        "refusal": None,
    }
    assert said["speaker"] == {"id": people.expert.public_id, "name": "Eva Expert"}
    assert said["space"]["name"] == "Everyone"
    assert [each["name"] for each in said["steps"]] == ["keep", "look", "listen", "render", "transcribe", "cut"]
    assert said["steps"][0] == {
        "name": "keep",
        "state": "running",
        "progress": 0.25,
        "attempts": 1,
        "started_at": "2031-05-06T07:08:00Z",
        "finished_at": None,
        "estimate_s": 30.0,
        "error": None,
    }
    assert said["steps"][1]["estimate_s"] is None


def test_nothing_is_estimated_from_a_steps_first_twentieth(people: People, services: Services) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
        steps.begin(tx, arrived.id, "keep", NOW)
        steps.progress(tx, arrived.id, "keep", 0.05)
        early = recordings.load(tx, arrived.id).steps[0]
        steps.progress(tx, arrived.id, "keep", 0.0625)
        later = recordings.load(tx, arrived.id).steps[0]

    after = NOW + timedelta(seconds=4)
    assert estimate_s(early, after) is None
    assert estimate_s(later, after) == 60.0
    assert estimate_s(later, NOW - timedelta(seconds=1)) == 0.0


def test_a_refusal_is_said_in_words_and_can_be_tried_again(
    ask: Ask, people: People, services: Services, queued: Queued
) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
        steps.done(tx, arrived.id, "keep", NOW)
        steps.begin(tx, arrived.id, "look", NOW)
        steps.fail(tx, arrived.id, "look", code="no_video", message="There is no picture in it.", now=NOW)
        recordings.refuse(tx, arrived.id, "no_video", "There is no picture in it. Film it again.")
    owner, path = ask(people.expert), f"/api/v1/recordings/{arrived.public_id}"

    before = owner.get(path).json()
    again = owner.post(f"{path}/attempts")
    after = owner.get(path).json()

    assert before["status"] == "refused"
    assert before["refusal"] == {"code": "no_video", "message": "There is no picture in it. Film it again."}
    assert before["steps"][1]["error"] == {"code": "no_video", "message": "There is no picture in it."}
    assert again.status_code == 202
    assert (after["status"], after["refusal"]) == ("working", None)
    assert (after["steps"][1]["state"], after["steps"][1]["error"]) == ("queued", None)
    assert ("look", arrived.id) in queued


def test_a_finished_recording_shows_words_pauses_and_keyframes_to_its_owner(
    ask: Ask, people: People, services: Services
) -> None:
    made = material.recording(services, people.expert)

    said = ask(people.expert).get(f"/api/v1/recordings/{made.id}/transcript").json()

    assert (said["language"], said["engine"], said["model"]) == ("en", "by hand", "none")
    assert said["words"][0] == {"text": "Turn", "start_ms": 400, "end_ms": 2200, "probability": 0.9}
    assert said["sentences"][1] == {"text": "Then wash your hands.", "start_ms": 8400, "end_ms": 18800}
    assert said["pauses"][1] == {"start_ms": 7800, "end_ms": 8200}
    assert said["keyframes"] == [0, 2000, 4000, 6000, 8000, 10000, 12000, 14000, 16000, 18000]
    assert said["frame_rate"] == 25


def test_of_silent_work_it_shows_where_it_can_be_cut(ask: Ask, people: People, services: Services) -> None:
    seen = Seen((9_000,), (Span(12_000, 16_000),))
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)
        media.save_listening(tx, arrived.id, Listening(None, material.PAUSES, material.PLAN, seen))
        transcripts.save_transcript(tx, arrived.id, Transcript("en", "by hand", "none", (), ()))

    said = ask(people.expert).get(f"/api/v1/recordings/{arrived.public_id}/transcript").json()

    assert (said["words"], said["places"]) == ([], [9_000, 13_000, 14_000, 15_000])


def test_a_recording_without_words_yet_says_so(ask: Ask, people: People, services: Services) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)

    answer = ask(people.expert).get(f"/api/v1/recordings/{arrived.public_id}/transcript")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_words")


def test_the_clips_of_a_recording_come_in_its_order(ask: Ask, people: People, services: Services) -> None:
    made = material.recording(services, people.expert)

    items = ask(people.expert).get(f"/api/v1/recordings/{made.id}/clips").json()["items"]

    assert [(each["title"], each["start_ms"]) for each in items] == [("Turning the valve", 0), ("Washing hands", 8000)]


def test_ones_own_recordings_come_a_page_at_a_time(ask: Ask, people: People, services: Services) -> None:
    with services.store.transaction() as tx:
        for title in ("one", "two", "three"):
            material.arrive(tx, people.expert, title=title)
        material.arrive(tx, people.curator, title="not hers")
    owner = ask(people.expert)

    first = owner.get("/api/v1/recordings", params={"limit": 2}).json()
    second = owner.get("/api/v1/recordings", params={"limit": 2, "cursor": first["next"]}).json()

    assert [each["title"] for each in first["items"]] == ["three", "two"]
    assert ([each["title"] for each in second["items"]], second["next"]) == (["one"], None)


def test_curators_list_the_recordings_of_their_spaces(ask: Ask, people: People, services: Services, ward: Ward) -> None:
    with services.store.transaction() as tx:
        material.arrive(tx, people.expert, title="for all")
        material.arrive(tx, ward.expert, space=ward.space, title="for the ward")

    titles = {
        who.login: [each["title"] for each in ask(who).get("/api/v1/recordings?curated=true").json()["items"]]
        for who in (people.curator, ward.curator, people.expert)
    }

    assert titles == {"carl": ["for the ward", "for all"], "wanda": ["for the ward"], "eva": []}


def test_a_recording_is_named_by_whoever_has_seen_its_newest_version(
    ask: Ask, people: People, services: Services
) -> None:
    made = material.recording(services, people.expert)
    owner, path = ask(people.expert), f"/api/v1/recordings/{made.id}"

    blind = owner.patch(path, json={"title": "Valve"})
    named = owner.patch(path, json={"title": " The  valve "}, headers={"If-Match": '"1"'})
    stale = owner.patch(path, json={"title": "Valves!"}, headers={"If-Match": '"1"'})
    empty = owner.patch(path, json={"title": " "}, headers={"If-Match": '"2"'})

    assert (blind.status_code, blind.json()["error"]["code"]) == (428, "version_needed")
    assert (named.status_code, named.json()["title"], named.headers["ETag"]) == (200, "The valve", '"2"')
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "stale_version")
    assert (empty.status_code, empty.json()["error"]["code"]) == (400, "bad_title")


def test_deleting_leaves_a_tombstone_and_no_bytes(
    ask: Ask, people: People, services: Services, objects: Folder
) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)
    with services.store.transaction() as tx:
        keys = media.object_keys(tx, made.recording.id)
    owner, path = ask(people.expert), f"/api/v1/recordings/{made.id}"

    deleted = owner.delete(path)

    assert deleted.status_code == 204
    assert len(keys) == 5
    assert not any(path.is_file() for path in objects.root.rglob("*"))
    assert [owner.get(f"{path}{rest}").status_code for rest in ("", "/transcript", "/play.m3u8", "/poster.jpg")] == [
        410
    ] * 4
    assert owner.delete(path).status_code == 410
    assert ask(people.learner).get(f"/api/v1/clips/{clip.public_id}/play.m3u8").status_code == 410
    assert owner.get("/api/v1/recordings").json()["items"] == []


def test_what_cannot_be_deleted_is_not_said_to_be(
    ask: Ask, people: People, services: Services, objects: Folder
) -> None:
    made = material.recording(services, people.expert)
    folder = objects.root / "renditions" / made.id / "480"
    (folder / "0").rename(folder / "away")
    (folder / "0").mkdir()  # no file system lets a folder be removed as a file is

    path = f"/api/v1/recordings/{made.id}"
    failed = ask(people.expert).delete(path)
    (folder / "0").rmdir()
    again = ask(people.expert).delete(path)

    assert failed.status_code in {500, 503}
    assert again.status_code == 204


def test_a_recording_plays_while_it_is_rendered(ask: Ask, people: People, services: Services) -> None:
    made = material.recording(services, people.expert, fragments=3)
    owner, path = ask(people.expert), f"/api/v1/recordings/{made.id}"

    master = owner.get(f"{path}/play.m3u8")
    growing = owner.get(f"{path}/play/480.m3u8")
    with services.store.transaction() as tx:
        material.render(tx, services, made.recording, 10)
    whole = owner.get(f"{path}/play/480.m3u8", headers={"If-None-Match": growing.headers["ETag"]})
    unchanged = owner.get(f"{path}/play/480.m3u8", headers={"If-None-Match": whole.headers["ETag"]})

    assert master.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert [line for line in master.text.splitlines() if line.endswith(".m3u8")] == ["play/480.m3u8", "play/270.m3u8"]
    assert 'URI="play/audio.m3u8"' in master.text
    assert growing.headers["Cache-Control"] == "private, no-cache"
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in growing.text
    assert "#EXT-X-ENDLIST" not in growing.text
    assert growing.text.count("#EXTINF") == 3
    assert (whole.status_code, whole.text.count("#EXTINF")) == (200, 10)
    assert whole.text.endswith("#EXT-X-ENDLIST\n")
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_before_its_first_fragment_a_recording_asks_for_a_moment(ask: Ask, people: People, services: Services) -> None:
    arrived = material.recording(services, people.expert, fragments=0)

    answer = ask(people.expert).get(f"/api/v1/recordings/{arrived.id}/play.m3u8")

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "still_rendering")
    assert answer.headers["Retry-After"] == "5"


def test_only_renditions_that_exist_can_be_asked_for(ask: Ask, people: People, services: Services) -> None:
    made = material.recording(services, people.expert)
    path = f"/api/v1/recordings/{made.id}/play"

    found = [ask(people.expert).get(f"{path}/{n}.m3u8").status_code for n in ("audio", "1080", "stills", "../270")]

    assert found == [200, 404, 404, 404]


def test_the_poster_is_the_still_nearest_to_a_third(ask: Ask, people: People, services: Services) -> None:
    made = material.recording(services, people.expert)

    poster = ask(people.expert).get(f"/api/v1/recordings/{made.id}/poster.jpg")

    assert poster.headers["Content-Type"] == "image/jpeg"
    assert poster.text == f"stills 3 of {made.id}"  # at 6.0 s of 20 s


def test_the_storyboard_of_a_whole_recording_is_for_its_owner_and_for_curators(
    ask: Ask, people: People, services: Services
) -> None:
    made = material.recording(services, people.expert, fragments=3)
    material.published(services, made, people.curator)
    path = f"/api/v1/recordings/{made.id}/storyboard.vtt"

    found = {who.login: ask(who).get(path).status_code for who in (people.expert, people.curator, people.learner)}
    growing = ask(people.expert).get(path).text
    still = ask(people.expert).get(re.findall("^/m/.+$", growing, re.MULTILINE)[1])

    assert found == {"eva": 200, "carl": 200, "lea": 404}
    assert re.findall("^(.+) --> (.+)$", growing, re.MULTILINE) == [
        ("00:00:00.000", "00:00:02.000"),
        ("00:00:02.000", "00:00:04.000"),
        ("00:00:04.000", "00:00:06.000"),
    ]
    assert still.text == f"stills 1 of {made.id}"
