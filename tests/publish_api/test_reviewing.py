"""What waits for a curator over HTTP, and tags of several clips at once."""

import pytest

from domain.errors import Conflict
from domain.vocabulary import Term
from publish_api.services import Services
from store import clip_halves, clips, media, moving, spaces, vocabulary
from store import people as stored_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.material import Made
from tests.publish_api.reeling import a_reel


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


def test_what_waits_says_why_and_is_counted(ask: Ask, people: People, made: Made) -> None:
    curator = ask(people.curator)
    first = f"/api/v1/clips/{made.clips[0].public_id}"
    curator.patch(first, json={"risk": "safety", "assigned": people.curator.public_id}, headers={"If-Match": '"1"'})

    new = curator.get("/api/v1/review").json()["items"]
    mine = curator.get("/api/v1/review?queue=mine").json()["items"]
    numbers = curator.get("/api/v1/review/numbers").json()

    assert [each["clip"]["title"] for each in new] == ["Turning the valve", "Washing hands"]
    assert [each["code"] for each in new[0]["why"]] == ["assigned", "safety"]
    assert (new[1]["why"], new[1]["like"]) == ([], None)
    assert [each["clip"]["title"] for each in mine] == ["Turning the valve"]
    assert numbers["waiting"] == {"new": 2, "mine": 1, "first": 0, "changed": 0, "due": 0}
    assert ask(people.expert).get("/api/v1/review").status_code == 403
    assert curator.get("/api/v1/review?queue=none").status_code == 400


def test_tags_of_several_clips_change_in_one_act_and_what_stays_is_listed(
    ask: Ask, people: People, services: Services, made: Made, ward: Ward
) -> None:
    elsewhere = material.recording(services, people.expert)
    theirs = material.recording(services, ward.expert, space=ward.space)
    full = elsewhere.clips[1].public_id
    with services.store.transaction() as tx:
        vocabulary.add(tx, Term("Cleanliness", ("clean hands",)))
    curator, hers = ask(people.curator), ask(ward.curator)
    curator.patch(f"/api/v1/clips/{full}", json={"tags": [f"t{n}" for n in range(20)]}, headers={"If-Match": '"1"'})
    valve, washing = (clip.public_id for clip in made.clips)
    clips = [valve, washing, valve, full, "abcdefghijklmnop"]

    put_on = curator.post("/api/v1/clips/taggings", json={"clips": clips, "add": ["Clean Hands", "valve"]}).json()
    again = curator.post("/api/v1/clips/taggings", json={"clips": [valve], "add": ["cleanliness"]}).json()
    off = curator.post("/api/v1/clips/taggings", json={"clips": [valve, washing], "remove": ["clean hands"]}).json()
    not_hers = hers.post(
        "/api/v1/clips/taggings", json={"clips": [valve, theirs.clips[0].public_id], "add": ["x"]}
    ).json()

    assert sorted(put_on["changed"], key=lambda each: str(each["id"])) == sorted(
        [{"id": valve, "version": 2}, {"id": washing, "version": 2}], key=lambda each: str(each["id"])
    )
    assert {each["id"]: each["error"]["code"] for each in put_on["refused"]} == {
        full: "bad_tags",
        "abcdefghijklmnop": "not_found",
    }
    assert (again["changed"], again["unchanged"]) == ([], [valve])
    assert {each["version"] for each in off["changed"]} == {3}
    assert curator.get(f"/api/v1/clips/{washing}").json()["tags"] == ["hygiene", "valve"]
    assert [each["id"] for each in not_hers["changed"]] == [theirs.clips[0].public_id]
    assert [each["id"] for each in not_hers["refused"]] == [valve]
    assert curator.get(f"/api/v1/clips/{washing}/history").json()["items"][0]["act"] == "tagged"
    assert curator.post("/api/v1/clips/taggings", json={"clips": [valve]}).status_code == 400
    assert ask(people.expert).post("/api/v1/clips/taggings", json={"clips": [valve], "add": ["x"]}).status_code == 403


def test_a_clip_is_split_in_two_and_joined_again_and_what_was_said_shows_where_its_second_is(
    ask: Ask, people: People, made: Made
) -> None:
    curator, learner = ask(people.curator), ask(people.learner)
    washing = made.clips[1].public_id
    path = f"/api/v1/clips/{washing}"
    curator.put(f"{path}/publication")
    learner.post(f"{path}/comments", json={"text": "Which soap?", "at_ms": 15_000})
    curator.patch(path, json={"question": "Why?", "level": "beginner"}, headers={"If-Match": '"1"'})

    stale = curator.post(f"{path}/halves", json={"at_ms": 12_000}, headers={"If-Match": '"1"'})
    outside = curator.post(f"{path}/halves", json={"at_ms": 8_000}, headers={"If-Match": '"2"'})
    short = curator.post(f"{path}/halves", json={"at_ms": 8_100}, headers={"If-Match": '"2"'})
    split = curator.post(f"{path}/halves", json={"at_ms": 12_000}, headers={"If-Match": '"2"'})
    first, second = split.json()["first"], split.json()["second"]
    there = learner.get(f"/api/v1/clips/{second['id']}/comments").json()["items"]
    joined = curator.post(f"{path}/joins", json={"other": second["id"]}, headers={"If-Match": '"3"'}).json()

    assert (stale.status_code, outside.json()["error"]["code"]) == (412, "outside_clip")
    assert short.json()["error"]["code"] == "part_too_short"
    assert (split.status_code, first["id"], first["start_ms"], first["end_ms"]) == (201, washing, 8_000, 12_000)
    assert (second["start_ms"], second["end_ms"], second["tags"]) == (12_000, 20_000, ["hygiene"])
    assert (second["level"], second["question"]) == ("beginner", "")
    assert second["published_at"] == first["published_at"] is not None
    assert second["title"]
    assert [(each["text"], each["clip_at_ms"]) for each in there] == [("Which soap?", 3_000)]
    assert (joined["id"], joined["start_ms"], joined["end_ms"], joined["question"]) == (washing, 8_000, 20_000, "Why?")
    assert learner.get(f"/api/v1/clips/{second['id']}").status_code == 410
    assert [each["text"] for each in learner.get(f"{path}/comments").json()["items"]] == ["Which soap?"]
    acts = [each["act"] for each in curator.get(f"{path}/history").json()["items"]]
    assert acts == ["joined", "split", "changed", "published"]


def test_only_neighbours_that_people_see_alike_are_joined(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    curator = ask(people.curator)
    valve, washing = (clip.public_id for clip in made.clips)
    elsewhere = material.recording(services, people.expert)

    def join(clip: str, other: str | None = None) -> str:
        answer = curator.post(f"/api/v1/clips/{clip}/joins", json={"other": other}, headers={"If-Match": "*"})
        return str(answer.json().get("error", {}).get("code", answer.status_code))

    backwards, last = join(washing, valve), join(washing)
    stranger = join(valve, elsewhere.clips[1].public_id)
    curator.put(f"/api/v1/clips/{valve}/publication")
    unlike = join(valve)
    curator.put(f"/api/v1/clips/{washing}/publication")
    alike = join(valve)

    assert (backwards, last, stranger) == ("not_neighbours",) * 3
    assert (unlike, alike) == ("not_both_published", "200")
    assert curator.get(f"/api/v1/clips/{valve}").json()["tags"] == ["valve", "hygiene"]


def test_half_of_a_published_matter_of_safety_is_not_let_out_by_splitting_it(
    ask: Ask, people: People, made: Made
) -> None:
    curator, path = ask(people.curator), f"/api/v1/clips/{made.clips[1].public_id}"
    curator.put(f"{path}/publication")
    asked = {"risk": "safety", "assigned": people.admin.public_id}
    curator.patch(path, json=asked, headers={"If-Match": '"1"'})

    refused = curator.post(f"{path}/halves", json={"at_ms": 12_000}, headers={"If-Match": '"2"'})

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "approval_needed")
    assert curator.get(path).json()["end_ms"] == 20_000


def test_a_join_is_taken_back_and_both_clips_are_what_they_were(
    ask: Ask, people: People, services: Services, made: Made, clock: Clock
) -> None:
    curator, learner = ask(people.curator), ask(people.learner)
    valve, washing = (clip.public_id for clip in made.clips)
    path, other = f"/api/v1/clips/{valve}", f"/api/v1/clips/{washing}"
    for each in (other, path):
        curator.put(f"{each}/publication")
        clock.passes(minutes=5)
    curator.patch(other, json={"question": "Why?"}, headers={"If-Match": '"1"'})
    learner.put(f"{other}/reactions/useful")
    learner.put(f"/api/v1/me/saved/{washing}")
    learner.post(f"{other}/comments", json={"text": "Which soap?", "at_ms": 15_000})
    reel = f"/api/v1/reels/{a_reel(services, people.curator, *made.clips)}"

    def seen() -> list[object]:
        listed = {of: learner.get(f"/api/v1/{of}").json()["items"] for of in ("clips", "me/saved", "search?q=wash")}
        return [
            *({**learner.get(each).json(), "version": None} for each in (path, other)),
            *(learner.get(f"{each}/{of}").text for each in (path, other) for of in ("captions.vtt", "reactions")),
            [(each["text"], each["clip_at_ms"]) for each in learner.get(f"{other}/comments").json()["items"]],
            *([each.get("clip", each)["id"] for each in items] for items in listed.values()),
            [each["left_out"] for each in curator.get(reel).json()["clips"]],
        ]

    before = seen()
    joined = curator.post(f"{path}/joins", json={}, headers={"If-Match": '"1"'})
    away = learner.get("/api/v1/me/saved").json()["items"], curator.get(reel).json()["clips"][1]["left_out"]
    stale = curator.delete(f"{path}/joins", headers={"If-Match": '"1"'})
    unsaid = curator.delete(f"{path}/joins")
    parted = curator.delete(f"{path}/joins", headers={"If-Match": joined.headers["ETag"]})
    again = curator.delete(f"{path}/joins", headers={"If-Match": "*"})

    assert (stale.status_code, unsaid.status_code, parted.status_code) == (412, 428, 200)
    assert [parted.json()["first"]["id"], parted.json()["second"]["id"]] == [valve, washing]
    assert parted.headers["ETag"] == '"3"'
    assert away == ([], "deleted")
    assert seen() == before
    assert before[6:] == [[("Which soap?", 7_000)], [valve, washing], [washing], [washing], [None, None]]
    assert again.json()["error"]["code"] == "nothing_joined"
    for each in (path, other):
        acts = [line["act"] for line in curator.get(f"{each}/history").json()["items"]]
        assert acts[:2] == ["parted", "joined"]


def test_a_join_is_taken_back_only_while_it_is_the_last_that_became_of_the_clip(
    ask: Ask, people: People, made: Made
) -> None:
    curator = ask(people.curator)
    path = f"/api/v1/clips/{made.clips[0].public_id}"
    curator.post(f"{path}/joins", json={}, headers={"If-Match": "*"})
    curator.patch(path, json={"title": "Turning it"}, headers={"If-Match": "*"})

    refused = curator.delete(f"{path}/joins", headers={"If-Match": "*"})

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "changed_since")
    assert "Split it" in refused.json()["error"]["message"]
    assert curator.get(path).json()["end_ms"] == 20_000


def test_seconds_that_were_taken_out_since_do_not_come_back_with_a_clip(ask: Ask, people: People, made: Made) -> None:
    curator = ask(people.curator)
    path = f"/api/v1/clips/{made.clips[0].public_id}"
    curator.post(f"{path}/joins", json={}, headers={"If-Match": "*"})
    curator.post(
        f"/api/v1/recordings/{made.id}/recalls", json={"start_ms": 12_000, "end_ms": 14_000, "reason": "Wrong."}
    )

    refused = curator.delete(f"{path}/joins", headers={"If-Match": "*"})

    assert refused.json()["error"]["code"] == "changed_since"
    assert len(curator.get(path).json()["parts"]) == 2


def test_whoever_took_their_consent_back_since_is_shown_by_neither_clip(ask: Ask, people: People, made: Made) -> None:
    curator, speaker = ask(people.curator), ask(people.expert)
    valve, washing = (clip.public_id for clip in made.clips)
    for each in (valve, washing):
        curator.put(f"/api/v1/clips/{each}/publication")
    curator.post(f"/api/v1/clips/{valve}/joins", json={}, headers={"If-Match": "*"})
    theirs = speaker.get(f"/api/v1/recordings/{made.id}/appearances").json()["items"][0]["id"]
    speaker.delete(f"/api/v1/appearances/{theirs}/agreement")

    refused = curator.delete(f"/api/v1/clips/{valve}/joins", headers={"If-Match": "*"})

    assert refused.json()["error"]["code"] == "changed_since"
    assert ask(people.learner).get(f"/api/v1/clips/{washing}").status_code == 410


def test_joins_are_taken_back_one_after_the_other(ask: Ask, people: People, made: Made) -> None:
    curator = ask(people.curator)
    valve, washing = (clip.public_id for clip in made.clips)
    path = f"/api/v1/clips/{valve}"
    third = curator.post(f"/api/v1/clips/{washing}/halves", json={"at_ms": 14_000}, headers={"If-Match": "*"}).json()[
        "second"
    ]["id"]
    for _each in range(2):
        curator.post(f"{path}/joins", json={}, headers={"If-Match": "*"})

    first, then, nothing = (curator.delete(f"{path}/joins", headers={"If-Match": "*"}).json() for _each in range(3))

    assert (first["first"]["end_ms"], first["second"]["id"]) == (14_000, third)
    assert (then["first"]["end_ms"], then["second"]["id"], then["second"]["end_ms"]) == (8_000, washing, 14_000)
    assert nothing["error"]["code"] == "nothing_joined"


def test_what_was_published_or_withdrawn_while_it_is_joined_is_not_joined_as_it_was(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    """As it is when somebody has read both clips, and somebody else publishes one before they are joined."""
    valve, washing = made.clips
    curator = ask(people.curator)

    def join() -> str:
        with services.store.transaction() as tx, pytest.raises(Conflict) as refused:
            clip_halves.join(tx, valve, washing, version=valve.version, by=people.curator.id, now=services.now())
        return refused.value.code

    curator.put(f"/api/v1/clips/{washing.public_id}/publication")
    second_published = join()
    curator.delete(f"/api/v1/clips/{washing.public_id}/publication")
    curator.put(f"/api/v1/clips/{valve.public_id}/publication")

    assert (second_published, join()) == ("not_both_published", "not_both_published")
    assert ask(people.learner).get(f"/api/v1/clips/{valve.public_id}").json()["end_ms"] == 8_000


def test_a_join_is_taken_back_by_who_made_it_whoever_left_meanwhile_and_wherever_the_recording_is(
    ask: Ask, people: People, services: Services, ward: Ward, made: Made
) -> None:
    valve, washing = (f"/api/v1/clips/{clip.public_id}" for clip in made.clips)
    with services.store.transaction() as tx:
        for clip in made.clips:
            moving.move_clip(tx, clip.id, ward.space, by=people.admin.id, now=services.now())
        leaver = stored_people.add_person(tx, login="lenny", name="Lenny Leaver", role=people.learner.role)
        spaces.add_member(tx, ward.space.id, leaver.id)
        stored_people.scope_curator(tx, people.curator.id, curates_all=False)
        spaces.add_member(tx, ward.space.id, people.curator.id, curates=True)
    curator = ask(people.curator)
    chosen = {"owner": leaver.public_id, "assigned": people.curator.public_id}
    curator.patch(valve, json=chosen, headers={"If-Match": "*"})
    curator.post(f"{valve}/joins", json={}, headers={"If-Match": "*"})
    with services.store.transaction() as tx:
        spaces.remove_member(tx, ward.space.id, leaver.id)

    parted = curator.delete(f"{valve}/joins", headers={"If-Match": "*"})

    assert parted.status_code == 200
    assert parted.json()["first"]["owner"]["id"] == leaver.public_id
    assert curator.get(washing).json()["start_ms"] == 8_000


def test_taking_back_a_join_with_a_matter_of_safety_is_no_judgement(ask: Ask, people: People, made: Made) -> None:
    curator = ask(people.curator)
    valve, washing = (f"/api/v1/clips/{clip.public_id}" for clip in made.clips)
    curator.patch(washing, json={"risk": "safety"}, headers={"If-Match": "*"})
    curator.post(f"{valve}/joins", json={}, headers={"If-Match": "*"})
    curator.delete(f"{valve}/joins", headers={"If-Match": "*"})

    waits = curator.get("/api/v1/review").json()["items"]

    assert [curator.get(each).json()["risk"] for each in (valve, washing)] == ["none", "safety"]
    assert not [reason for each in waits for reason in each["why"] if reason["code"] == "lowered"]
    assert "lowered-class" not in ask(people.admin).get("/api/v1/audit").text


def test_seconds_that_are_out_are_out_of_what_was_joined_and_come_back_with_their_recall(
    ask: Ask, people: People, made: Made
) -> None:
    curator = ask(people.curator)
    valve, washing = (f"/api/v1/clips/{clip.public_id}" for clip in made.clips)

    def parts(clip: str) -> list[tuple[int, int]]:
        return [(each["start_ms"], each["end_ms"]) for each in curator.get(clip).json()["parts"]]

    made_recall = curator.post(
        f"/api/v1/recordings/{made.id}/recalls", json={"start_ms": 4_000, "end_ms": 6_000, "reason": "Wrong."}
    ).json()
    before = parts(valve), "Wrong." in curator.get(f"/clips/{made.clips[0].public_id}").text
    curator.post(f"{valve}/joins", json={}, headers={"If-Match": "*"})
    joined = parts(valve), "Wrong." in curator.get(f"/clips/{made.clips[0].public_id}").text
    curator.delete(f"{valve}/joins", headers={"If-Match": "*"})
    parted = parts(valve), "Wrong." in curator.get(f"/clips/{made.clips[0].public_id}").text
    curator.post(f"{valve}/joins", json={}, headers={"If-Match": "*"})
    curator.delete(f"/api/v1/recalls/{made_recall['id']}")

    assert before == parted == ([(0, 4_000), (6_000, 8_000)], True)
    assert joined == ([(0, 4_000), (6_000, 20_000)], True)
    assert parts(valve) == [(0, 20_000)]
    assert curator.get(washing).status_code == 410


def test_what_was_said_in_a_draft_goes_along_into_the_draft_it_is_joined_into_for_its_own_circle(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    curator, expert, learner = ask(people.curator), ask(people.expert), ask(people.learner)
    valve, washing = (f"/api/v1/clips/{clip.public_id}" for clip in made.clips)
    said = curator.post(f"{washing}/comments", json={"text": "Too quick.", "at_ms": 15_000, "draft": True}).json()["id"]

    def heard() -> list[list[str]]:
        return [[each["text"] for each in who.get(f"{valve}/comments").json()["items"]] for who in (curator, expert)]

    curator.post(f"{valve}/joins", json={}, headers={"If-Match": "*"})
    joined = heard(), expert.get(f"/api/v1/comments/{said}").status_code, curator.get(valve).json()["comments"]
    curator.delete(f"{valve}/joins", headers={"If-Match": "*"})
    parted = heard()
    curator.post(f"{valve}/joins", json={}, headers={"If-Match": "*"})
    curator.put(f"{valve}/publication")

    assert joined == ([["Too quick."], ["Too quick."]], 200, 1)
    assert parted == [[], []]
    assert [*heard(), learner.get(f"{valve}/comments").json()["items"]] == [[], [], []]
    assert [each["text"] for each in expert.get(f"{valve}/circle/comments").json()["items"]] == ["Too quick."]


def test_whoever_curates_one_of_two_spaces_does_not_part_what_was_joined_there(
    ask: Ask, people: People, services: Services, ward: Ward, made: Made
) -> None:
    valve, washing = made.clips
    with services.store.transaction() as tx:
        moving.move_clip(tx, washing.id, ward.space, by=people.admin.id, now=services.now())
        other = clips.clip(tx, washing.public_id, people.admin.id)
        clip_halves.join(tx, valve, other, version=valve.version, by=people.admin.id, now=services.now())
        stored_people.scope_curator(tx, people.curator.id, curates_all=False)
        spaces.add_member(tx, valve.space_id, people.curator.id, curates=True)
    path = f"/api/v1/clips/{valve.public_id}"

    refused = ask(people.curator).delete(f"{path}/joins", headers={"If-Match": "*"})
    there = ask(people.curator).get(path).json()["end_ms"]
    parted = ask(people.admin).delete(f"{path}/joins", headers={"If-Match": "*"})

    assert (refused.status_code, there, parted.status_code) == (404, 20_000, 200)
    assert ask(ward.curator).get(f"/api/v1/clips/{washing.public_id}").json()["space"]["id"] == ward.space.public_id


def test_a_recording_that_went_into_another_space_since_is_not_shown_out_of_it(
    ask: Ask, people: People, services: Services, ward: Ward, made: Made
) -> None:
    valve, washing = made.clips
    with services.store.transaction() as tx:
        moving.move_clip(tx, valve.id, ward.space, by=people.admin.id, now=services.now())
        shown = clips.clip(tx, valve.public_id, people.admin.id)
        clip_halves.join(tx, shown, washing, version=shown.version, by=people.admin.id, now=services.now())
        moving.move_recording(tx, made.recording.id, ward.space, by=people.admin.id, now=services.now())

    refused = ask(people.admin).delete(f"/api/v1/clips/{valve.public_id}/joins", headers={"If-Match": "*"})

    assert refused.json()["error"]["code"] == "part_of_other_space"


def test_the_link_of_a_joined_clip_leads_on_for_whoever_sees_what_it_is_part_of(
    ask: Ask, people: People, made: Made, services: Services
) -> None:
    curator, learner = ask(people.curator), ask(people.learner)
    valve, washing = (clip.public_id for clip in made.clips)
    path = f"/api/v1/clips/{valve}"
    curator.post(f"{path}/joins", json={}, headers={"If-Match": "*"})

    unseen = learner.get(f"/clips/{washing}")
    curator.put(f"{path}/publication")
    led = [learner.get(f"/clips/{washing}{at}").headers.get("Location") for at in ("", "?t=0:02.5", "?t=90")]
    studio = curator.get(f"/review/{washing}?queue=published")
    api = learner.get(f"/api/v1/clips/{washing}")
    curator.delete(path)

    assert unseen.status_code == 410
    assert led == [f"/clips/{valve}?t=8", f"/clips/{valve}?t=10.5", f"/clips/{valve}?t=8"]
    assert (studio.status_code, studio.headers["Location"]) == (303, f"/review/{valve}?queue=published")
    assert api.status_code == 410
    assert [learner.get(f"/clips/{washing}").status_code, curator.get(f"/review/{washing}").status_code] == [410, 410]


def test_how_loud_a_recording_is_is_for_those_who_cut_it(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    with services.store.transaction() as tx:
        media.save_peaks(tx, made.recording.id, bytes([0, 128, 255]))

    heard = ask(people.curator).get(f"/api/v1/recordings/{made.id}/waveform").json()

    assert heard == {"every_ms": 100, "peaks": "AID/"}
    assert ask(people.learner).get(f"/api/v1/recordings/{made.id}/waveform").status_code == 404
