"""Consent as it is kept: who is asked when, and what no clip is ever published with."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest

from domain.clip import Clip, Part
from domain.consent import TERMS_VERSION, AppearsAs, Consent, How, Reason, TakedownState
from domain.errors import Conflict, Gone, Invalid, NotFound, PassItOnError
from domain.recording import Recording
from domain.span import Span
from store import appearances, clips, people, recordings, settling, takedowns
from store.postgres import Store, Tx, migrate, row, rows
from tests.conftest import People
from tests.store.things import LATER, NOW, a_recording, proposal, some_clips

DAYS = 30
# Whether the database holds a published clip that may not be: of a recording where somebody has not agreed,
# where nobody who speaks has, of which a takedown is open, or with seconds that were cut out.
UNLAWFUL = """
    select c.id from clip c join clip_part p on p.clip_id = c.id
    where c.published_at is not null and c.deleted_at is null and (
        exists (select from appearance a where a.recording_id = p.recording_id and a.state <> 'agreed'
            and not exists (select from takedown t where t.appearance_id = a.id and t.state = 'cut'))
        or not exists (select from appearance a where a.recording_id = p.recording_id
            and a.part = 'speaker' and a.state = 'agreed')
        or exists (select from takedown t where t.recording_id = p.recording_id and t.state = 'open')
        or exists (select from takedown t, unnest(t.cut_starts_ms, t.cut_ends_ms) x (s, e)
            where t.recording_id = p.recording_id and t.state = 'cut' and p.start_ms < x.e and x.s < p.end_ms))"""


def two_clips(tx: Tx, people: People, upload_id: str = "upload-1") -> tuple[Recording, Clip, Clip]:
    recording = a_recording(tx, people.expert, upload_id=upload_id)
    first, second = some_clips(tx, recording, proposal(0, 10_000), proposal(10_000, 20_000, "Second"))
    return recording, first, second


def published(tx: Tx) -> list[str]:
    return [each["title"] for each in rows(tx, "select title from clip where published_at is not null order by title")]


def test_sending_what_one_speaks_in_is_agreeing(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        (found,) = appearances.of_recording(tx, recording.id)

    assert (found.name, found.part, found.state, found.how) == (
        "Eva Expert", AppearsAs.SPEAKER, Consent.AGREED, How.SENT,
    )  # fmt: skip
    assert (found.person_id, found.terms_version) == (people.expert.id, TERMS_VERSION)


def test_who_was_filmed_by_somebody_else_is_asked_and_the_uploader_is_not_named(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, _ = recordings.arrive(
            tx,
            upload_id="u",
            space_id=a_recording(tx, people.expert).space_id,
            uploader_id=people.expert.id,
            speaker_id=people.expert.id,
            title="",
            filename="a.mp4",
            media_type="",
            byte_size=1,
            step_names=[],
            speaker="  Ahmed\x00 \n Yilmaz" + "z" * 300,
        )
        (found,) = appearances.of_recording(tx, recording.id)

    assert found.name.startswith("Ahmed Yilmazzz")
    assert len(found.name) == 200
    assert (found.state, found.person_id, found.how) == (Consent.ASKED, None, None)
    assert recording.speaker_id == people.expert.id


def test_a_clip_is_not_published_before_everybody_in_it_agrees(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, clip, _ = two_clips(tx, people)
        asked = appearances.add(tx, recording.id, part=AppearsAs.SEEN, by=people.expert.id, now=NOW, name="Ahmed")

        with pytest.raises(Conflict) as refused:
            clips.publish(tx, clip.id, people.curator.id, NOW)
        appearances.agree(tx, appearances.by_id(tx, asked), how=How.LINK, now=NOW)
        clips.publish(tx, clip.id, people.curator.id, NOW)

        assert refused.value.code == "consent_missing"
        assert "Ahmed, who is to be seen in it, has not agreed yet." in refused.value.message
        assert published(tx) == ["Bleeding brakes"]


def test_naming_somebody_takes_published_clips_back_until_they_agree(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, clip, _ = two_clips(tx, people)
        clips.publish(tx, clip.id, people.curator.id, NOW)
        before = recordings.load(tx, recording.id).media_key

        appearances.add(tx, recording.id, part=AppearsAs.SEEN, by=people.expert.id, now=NOW, name="Ahmed")

        assert published(tx) == []
        assert recordings.load(tx, recording.id).media_key != before


def test_a_published_clip_takes_in_no_recording_of_somebody_who_has_not_agreed(store: Store, people: People) -> None:
    with store.transaction() as tx:
        _, clip, _ = two_clips(tx, people)
        other, _, _ = two_clips(tx, people, "upload-2")
        appearances.add(tx, other.id, part=AppearsAs.SPEAKER, by=people.expert.id, now=NOW, name="Ahmed")
        clips.publish(tx, clip.id, people.curator.id, NOW)
        shown = clips.clip(tx, clip.public_id, people.curator.id)
    parts = [*shown.parts, Part(other.id, other.public_id, Span(0, 5_000))]

    with pytest.raises(Conflict) as refused, store.transaction() as tx:
        clips.change(tx, clip.id, version=shown.version, now=NOW, parts=parts)
    with store.transaction() as tx:
        after = clips.clip(tx, clip.public_id, people.curator.id)
        clips.withdraw(tx, clip.id)
        clips.change(tx, clip.id, version=after.version, now=NOW, parts=parts)

    assert refused.value.code == "consent_missing"
    assert (len(after.parts), after.published_at) == (1, NOW)


def test_taking_consent_back_withdraws_every_clip_and_opens_a_takedown(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, first, second = two_clips(tx, people)
        for clip in (first, second):
            clips.publish(tx, clip.id, people.curator.id, NOW)
        (mine,) = appearances.of_recording(tx, recording.id)

        appearances.refuse(tx, mine, how=How.LINK, now=LATER, backup_days=DAYS, by=people.expert.id, words="Please.")
        appearances.refuse(tx, mine, how=How.LINK, now=LATER, backup_days=DAYS, by=people.expert.id)

        (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
        assert published(tx) == []
        assert (opened.reason, opened.state, opened.about) == (Reason.WITHDRAWN, TakedownState.OPEN, "Eva Expert")
        assert (opened.words, opened.raised_by, opened.raised_at) == ("Please.", "Eva Expert", LATER)
        assert [(each.title, each.published) for each in opened.touched] == [
            ("Bleeding brakes", False), ("Second", False),
        ]  # fmt: skip
        with pytest.raises(Conflict) as refused:
            clips.publish(tx, first.id, people.curator.id, NOW)
        assert refused.value.code == "consent_missing"
        assert "Eva Expert, who speaks in it, has taken consent back." in refused.value.message


def test_declining_opens_a_takedown_also_when_nothing_is_published(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, _, _ = two_clips(tx, people)
        asked = appearances.add(tx, recording.id, part=AppearsAs.SEEN, by=people.expert.id, now=NOW, name="Ahmed")

        appearances.refuse(tx, appearances.by_id(tx, asked), how=How.LINK, now=NOW, backup_days=DAYS)

        (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
        assert appearances.by_id(tx, asked).state is Consent.DECLINED
        assert (opened.reason, opened.about, opened.raised_by, opened.touched) == (Reason.DECLINED, "Ahmed", "", ())


def test_what_was_said_stays_on_record_when_something_else_is_said(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        (mine,) = appearances.of_recording(tx, recording.id)
        appearances.agree(tx, mine, how=How.CURATOR, now=NOW, by=people.curator.id)  # agreed already: says nothing new
        appearances.refuse(tx, mine, how=How.LINK, now=NOW, backup_days=DAYS)
        appearances.refuse(tx, mine, how=How.LINK, now=NOW, backup_days=DAYS)
        appearances.agree(tx, mine, how=How.CURATOR, now=LATER, by=people.curator.id)

        said = rows(
            tx, "select appearance_id, state, how, terms_version, said_by, said_at from consent_said order by id"
        )

    assert {each["appearance_id"] for each in said} == {mine.id}
    assert {each["terms_version"] for each in said} == {TERMS_VERSION}
    assert [(each["state"], each["how"], each["said_by"], each["said_at"]) for each in said] == [
        ("agreed", "sent", people.expert.id, mine.said_at),
        ("withdrawn", "link", None, NOW),
        ("agreed", "curator", people.curator.id, LATER),
    ]


@pytest.mark.parametrize("broken", ["take_down", "withdraw_all"])
def test_what_breaks_in_the_middle_of_taking_back_changes_nothing(
    broken: str, store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.transaction() as tx:
        recording, clip, _ = two_clips(tx, people)
        clips.publish(tx, clip.id, people.curator.id, NOW)
        (mine,) = appearances.of_recording(tx, recording.id)
    killed = _then_the_connection_breaks(takedowns.withdraw_all if broken == "withdraw_all" else takedowns.take_down)
    monkeypatch.setattr(takedowns if broken == "withdraw_all" else appearances, broken, killed)

    with pytest.raises(PassItOnError), store.transaction() as tx:
        appearances.refuse(tx, mine, how=How.LINK, now=NOW, backup_days=DAYS)

    with store.transaction() as tx:
        (after,) = appearances.of_recording(tx, recording.id)
        assert after.state is Consent.AGREED
        assert published(tx) == ["Bleeding brakes"]
        assert takedowns.curated_takedowns(tx, people.curator.id).items == ()
        assert recordings.load(tx, recording.id).media_key == recording.media_key


def _then_the_connection_breaks(act: Callable[..., object]) -> Callable[..., object]:
    """Does it, and then the server ends the connection, as a kill would."""

    def killed(tx: Tx, *args: object, **values: object) -> object:
        act(tx, *args, **values)
        return tx.execute("select pg_terminate_backend(pg_backend_pid())")

    return killed


def test_kept_only_after_they_agree_again_and_then_as_it_was(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, first, _ = two_clips(tx, people)
        clips.publish(tx, first.id, people.curator.id, NOW)
        (mine,) = appearances.of_recording(tx, recording.id)
        appearances.refuse(tx, mine, how=How.LINK, now=LATER, backup_days=DAYS)
        (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
        keep = {"by": people.curator.id, "now": LATER, "answer": "They changed their mind."}

        with pytest.raises(Conflict) as refused:
            settling.settle(tx, opened, TakedownState.KEPT, **keep)
        appearances.agree(tx, mine, how=How.LINK, now=LATER)
        with pytest.raises(Conflict) as still_open:
            clips.publish(tx, first.id, people.curator.id, LATER)
        with pytest.raises(Invalid) as unsaid:
            settling.settle(tx, opened, TakedownState.KEPT, by=people.curator.id, now=LATER, answer=" ")
        settled = settling.settle(tx, opened, TakedownState.KEPT, **keep)

        back = clips.clip(tx, first.public_id, people.learner.id)
        assert (refused.value.code, still_open.value.code, unsaid.value.code) == (
            "consent_missing", "takedown_open", "no_reason",
        )  # fmt: skip
        assert settled
        assert back.published_at == NOW


def test_two_open_takedowns_of_a_recording_give_its_clips_back_with_the_last(store: Store, people: People) -> None:
    with store.transaction() as tx:
        _, first, _ = two_clips(tx, people)
        clips.publish(tx, first.id, people.curator.id, NOW)
        clip = clips.clip(tx, first.public_id, people.learner.id)
        raised = [
            takedowns.in_this(tx, clip, who.id, clip_ms=1_000, words="", now=LATER, backup_days=DAYS)
            for who in (people.learner, people.expert, people.learner)
        ]
        one, two = takedowns.curated_takedowns(tx, people.curator.id).items

        settling.settle(tx, one, TakedownState.KEPT, by=people.curator.id, now=LATER, answer="It is a doll.")
        between = published(tx)
        settling.settle(tx, two, TakedownState.KEPT, by=people.curator.id, now=LATER, answer="It is a doll.")

        assert raised[0] == raised[2]
        assert [each.title for each in two.touched] == ["Bleeding brakes"]
        assert (between, published(tx)) == ([], ["Bleeding brakes"])


def test_seconds_that_were_cut_are_never_published_again_and_the_rest_is(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, first, second = two_clips(tx, people)
        for clip in (first, second):
            clips.publish(tx, clip.id, people.curator.id, NOW)
        seen = clips.clip(tx, first.public_id, people.learner.id)
        takedowns.in_this(tx, seen, people.learner.id, clip_ms=7_000, words="", now=LATER, backup_days=DAYS)
        (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
        curator = {"by": people.curator.id, "now": LATER}

        with pytest.raises(Invalid):
            settling.settle(tx, opened, TakedownState.CUT, cut=[Span(0, 7_000)], **curator)
        settling.settle(tx, opened, TakedownState.CUT, cut=[Span(6_000, 10_000)], **curator)
        clips.publish(tx, second.id, people.curator.id, LATER)
        with pytest.raises(Conflict) as refused:
            clips.publish(tx, first.id, people.curator.id, LATER)
        version = clips.clip(tx, first.public_id, people.curator.id).version
        shorter = [Part(recording.id, recording.public_id, Span(0, 6_000))]
        clips.change(tx, first.id, version=version, now=LATER, parts=shorter)
        clips.publish(tx, first.id, people.curator.id, LATER)
        longer = [Part(recording.id, recording.public_id, Span(0, 6_001))]
        with pytest.raises(Conflict) as again:
            clips.change(tx, first.id, version=version + 1, now=LATER, parts=longer)

        assert (refused.value.code, again.value.code) == ("cut_out", "cut_out")
        assert published(tx) == ["Bleeding brakes", "Second"]


def test_the_only_speakers_no_is_not_got_around_by_a_cut(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, _, second = two_clips(tx, people)
        (mine,) = appearances.of_recording(tx, recording.id)
        appearances.refuse(tx, mine, how=How.LINK, now=LATER, backup_days=DAYS)
        (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
        settling.settle(
            tx, opened, TakedownState.CUT, by=people.curator.id, now=LATER, cut=[Span(0, 1)], answer="One frame."
        )

        with pytest.raises(Conflict) as refused:
            clips.publish(tx, second.id, people.curator.id, LATER)

        assert refused.value.code == "consent_missing"


def test_who_leaves_takes_their_own_consent_along_and_nobody_elses(store: Store, people: People) -> None:
    with store.transaction() as tx:
        _, spoken, _ = two_clips(tx, people)
        filmed, seen, _ = two_clips(tx, people, "filmed")
        named = appearances.add(
            tx, filmed.id, part=AppearsAs.SPEAKER, by=people.curator.id, now=NOW, person_id=people.learner.id
        )
        appearances.agree(tx, appearances.by_id(tx, named), how=How.LINK, now=NOW)
        for clip in (spoken, seen):
            clips.publish(tx, clip.id, people.curator.id, NOW)

        takedowns.leave(tx, people.learner.id, people.admin.id, LATER, DAYS)
        takedowns.leave(tx, people.learner.id, people.admin.id, LATER, DAYS)

        (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
        still = rows(tx, "select public_id from clip where published_at is not null")
        assert (opened.reason, opened.about, opened.raised_by) == (Reason.LEFT, "Lea Learner", "Ada Admin")
        assert opened.recording == filmed.public_id
        assert [each["public_id"] for each in still] == [spoken.public_id]
        assert people_left(tx, people) == ["lea"]


def test_what_arrives_after_its_speaker_has_left_is_nobodys_to_publish_until_a_curator_notes_consent(
    store: Store, people: People
) -> None:
    with store.transaction() as tx:
        takedowns.leave(tx, people.expert.id, people.admin.id, NOW, DAYS)
        recording = a_recording(tx, people.expert)
        clips.propose(tx, recording, [proposal(0, 10_000)], "en")
        (clip,) = clips.clips_of_recording(tx, recording.id, people.curator.id)
        (mine,) = appearances.of_recording(tx, recording.id)

        with pytest.raises(Conflict) as at_once:
            clips.publish(tx, clip.id, people.curator.id, LATER)
        opened = [takedowns.of_those_who_left(tx, LATER, DAYS) for _ in range(2)]
        (waits,) = takedowns.curated_takedowns(tx, people.curator.id).items
        settling.settle(tx, waits, TakedownState.KEPT, by=people.curator.id, now=LATER, answer="We need it.")
        with pytest.raises(Conflict) as kept:
            clips.publish(tx, clip.id, people.curator.id, LATER)
        appearances.agree(tx, mine, how=How.CURATOR, now=LATER, by=people.curator.id, words="Signed on paper.")
        clips.publish(tx, clip.id, people.curator.id, LATER)

        assert mine.state is Consent.ASKED
        assert (at_once.value.code, kept.value.code) == ("consent_missing", "consent_missing")
        assert opened == [1, 0]
        assert (waits.reason, waits.about, waits.recording) == (Reason.LEFT, "Eva Expert", recording.public_id)
        assert takedowns.of_those_who_left(tx, LATER, DAYS) == 0
        assert published(tx) == ["Bleeding brakes"]


def test_what_arrives_while_its_speaker_leaves_is_taken_down_or_asked_for(store: Store, people: People) -> None:
    arrived, left = threading.Event(), threading.Event()

    def leave() -> None:
        arrived.wait()
        with store.transaction() as tx:
            takedowns.leave(tx, people.expert.id, people.admin.id, NOW, DAYS)
        left.set()

    with ThreadPoolExecutor(1) as pool:
        leaving = pool.submit(leave)
        with store.transaction() as tx:
            recording, _, _ = two_clips(tx, people)
            arrived.set()
            waited = not left.wait(0.3)  # leaving waits for this transaction
        leaving.result()

    with store.transaction() as tx:
        (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
        assert waited
        assert (opened.reason, opened.recording) == (Reason.LEFT, recording.public_id)


def people_left(tx: Tx, who: People) -> list[str]:
    found = people.people_by_id(tx, [p.id for p in (who.learner, who.expert, who.curator, who.admin)])
    return [p.login for p in found.values() if p.left_at is not None]


def test_the_recording_becomes_its_speakers_when_a_person_agrees(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, _ = recordings.arrive(
            tx,
            upload_id="u",
            space_id=a_recording(tx, people.expert).space_id,
            uploader_id=people.expert.id,
            speaker_id=people.expert.id,
            title="Filmed",
            filename="",
            media_type="",
            byte_size=1,
            step_names=[],
            speaker="Lea",
        )
        (clip,) = some_clips(tx, recording, proposal(0, 5_000))
        (asked,) = appearances.of_recording(tx, recording.id)
        before = clip.speaker
        token = appearances.new_link(tx, asked, people.expert.id, NOW)

        by_link = appearances.by_link(tx, token)
        appearances.agree(
            tx, by_link.appearance, how=How.LINK, now=NOW, by=people.learner.id, person_id=people.learner.id
        )

        assert (before, recording.speaker_id) == ("Lea", people.expert.id)
        assert recordings.load(tx, recording.id).speaker_id == people.learner.id
        assert recordings.recording(tx, recording.public_id, people.learner.id).id == recording.id
        assert clips.clip(tx, clip.public_id, people.learner.id).speaker == "Lea Learner"


def test_a_consent_link_is_kept_as_a_hash_and_outlives_the_recording(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, _, _ = two_clips(tx, people)
        asked = appearances.add(tx, recording.id, part=AppearsAs.SEEN, by=people.expert.id, now=NOW, name="Ahmed")
        found = appearances.by_id(tx, asked)
        tokens = {appearances.new_link(tx, found, people.expert.id, NOW) for _ in range(2)}
        kept = str(rows(tx, "select * from consent_link"))

        recordings.delete(tx, recording.id, LATER)

        assert len(tokens) == 2
        for token in tokens:
            assert len(token) == 43
            assert token not in kept
            after = appearances.by_link(tx, token)
            assert (after.deleted, after.title, after.appearance.name) == (True, "", "")
        with pytest.raises(NotFound):
            appearances.by_link(tx, "x" * 43)
        with pytest.raises(NotFound):
            appearances.by_link(tx, "\ud800")
        with pytest.raises(Gone):
            appearances.agree(tx, found, how=How.LINK, now=LATER)


def test_deleting_a_recording_settles_what_was_asked_of_it(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, _, _ = two_clips(tx, people)
        (mine,) = appearances.of_recording(tx, recording.id)
        appearances.refuse(tx, mine, how=How.LINK, now=NOW, backup_days=DAYS, by=people.expert.id)

        recordings.delete(tx, recording.id, LATER)

        (settled,) = takedowns.curated_takedowns(tx, people.curator.id, resolved=True).items
        (hers,) = takedowns.own_takedowns(tx, people.expert.id)
        assert (settled.state, settled.resolved_at, settled.recording) == (TakedownState.REMOVED, LATER, None)
        assert hers.backups_clear_on == (LATER + timedelta(days=DAYS)).date()
        assert takedowns.curated_takedowns(tx, people.curator.id).items == ()


def test_two_curators_at_once_settle_a_takedown_once(store: Store, people: People) -> None:
    with store.transaction() as tx:
        _, first, _ = two_clips(tx, people)
        clips.publish(tx, first.id, people.curator.id, NOW)
        clip = clips.clip(tx, first.public_id, people.learner.id)
        takedowns.in_this(tx, clip, people.learner.id, clip_ms=0, words="", now=NOW, backup_days=DAYS)
    start = threading.Barrier(2)

    def settle(state: TakedownState) -> str:
        with store.transaction() as tx:
            (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
            start.wait()
            settling.settle(tx, opened, state, by=people.curator.id, now=LATER, answer="Because.", cut=[Span(0, 1_000)])
        return "settled"

    def tried(state: TakedownState) -> str:
        try:
            return settle(state)
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(tried, (TakedownState.KEPT, TakedownState.CUT)))

    assert said == ["already_resolved", "settled"]


def test_publishing_and_taking_back_at_once_never_leave_a_clip_published(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, clip, _ = two_clips(tx, people)
        (mine,) = appearances.of_recording(tx, recording.id)
    start = threading.Barrier(2)

    def publish() -> None:
        with suppress(Conflict), store.transaction() as tx:
            start.wait()
            clips.publish(tx, clip.id, people.curator.id, NOW)

    def refuse() -> None:
        with store.transaction() as tx:
            start.wait()
            appearances.refuse(tx, mine, how=How.LINK, now=NOW, backup_days=DAYS)

    def agree() -> None:
        with store.transaction() as tx:
            appearances.agree(tx, mine, how=How.LINK, now=NOW)
            (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
            settling.settle(tx, opened, TakedownState.KEPT, by=people.curator.id, now=NOW, answer="Again.")
            clips.withdraw(tx, clip.id)

    for _ in range(10):
        with ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(publish), pool.submit(refuse)]:
                each.result()
        with store.transaction() as tx:
            assert rows(tx, UNLAWFUL) == []
            assert published(tx) == []
        agree()


@pytest.mark.parametrize("seed", range(8))
def test_whatever_people_do_no_clip_is_published_that_may_not_be(seed: int, store: Store, people: People) -> None:
    """A walk of random acts over two recordings and five clips, one of which shows both."""
    chance = random.Random(seed)
    with store.transaction() as tx:
        one, two = two_clips(tx, people), two_clips(tx, people, "upload-2")
    recordings_, five = (one[0], two[0]), (one[1], one[2], two[1], two[2])
    crew = (people.learner, people.expert, people.curator, people.admin)
    done: list[str] = []

    def some_appearance(tx: Tx) -> appearances.Appearance:
        return chance.choice([a for r in recordings_ for a in appearances.of_recording(tx, r.id)])

    def publish(tx: Tx) -> None:
        clips.publish(tx, chance.choice(five).id, people.curator.id, NOW)

    def move(tx: Tx) -> None:
        clip = clips.clip(tx, chance.choice(five).public_id, people.curator.id)
        parts = []
        for recording in chance.sample(recordings_, chance.choice((1, 2))):
            start = chance.randrange(0, 18_000)
            parts.append(Part(recording.id, recording.public_id, Span(start, start + 2_000)))
        clips.change(tx, clip.id, version=clip.version, now=NOW, parts=parts)

    def name(tx: Tx) -> None:
        appearances.add(
            tx,
            chance.choice(recordings_).id,
            part=chance.choice(list(AppearsAs)),
            by=people.curator.id,
            now=NOW,
            name=f"Somebody {chance.randrange(3)}",
        )

    def agree(tx: Tx) -> None:
        appearances.agree(tx, some_appearance(tx), how=How.LINK, now=NOW)

    def refuse(tx: Tx) -> None:
        appearances.refuse(tx, some_appearance(tx), how=How.LINK, now=NOW, backup_days=DAYS)

    def unname(tx: Tx) -> None:
        appearances.remove(tx, some_appearance(tx))

    def in_this(tx: Tx) -> None:
        clip = clips.clip(tx, chance.choice(five).public_id, people.curator.id)
        takedowns.in_this(tx, clip, chance.choice(crew).id, clip_ms=0, words="", now=NOW, backup_days=DAYS)

    def settle(tx: Tx) -> None:
        opened = chance.choice(takedowns.curated_takedowns(tx, people.curator.id).items)
        at = opened.at_ms or 0
        state = chance.choice((TakedownState.CUT, TakedownState.KEPT, TakedownState.KEPT))
        settling.settle(tx, opened, state, by=people.curator.id, now=NOW, answer="Because.", cut=[Span(at, at + 500)])

    acts = (publish, publish, publish, publish, move, name, agree, agree, agree, agree, refuse, unname, in_this, settle,
            settle, settle)  # fmt: skip
    for _ in range(120):
        act = chance.choice(acts)
        with suppress(PassItOnError, IndexError), store.transaction() as tx:
            act(tx)
            done.append(act.__name__)
        with store.transaction() as tx:
            assert rows(tx, UNLAWFUL) == [], done

    assert {"publish", "refuse", "settle", "move"} <= set(done)


def test_recordings_from_before_are_their_speakers_with_consent(store: Store, postgres_dsn: str) -> None:
    from tests.databases import with_database

    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute("create database consent_before")
    dsn = with_database(postgres_dsn, "consent_before")
    try:
        migrate(dsn, to="0002")
        with psycopg.connect(dsn) as old:
            old.execute(
                "insert into person (id, public_id, login, name, role)"
                " values (gen_random_uuid(), 'p', 'eva', 'Eva', 'expert');"
                "insert into space (id, public_id, name, everyone) values (gen_random_uuid(), 's', 'Everyone', true);"
                "insert into recording (id, public_id, upload_id, space_id, uploader_id, speaker_id, byte_size,"
                " media_key, deleted_at) select gen_random_uuid(), n::text, n::text, s.id, p.id, p.id, 1, '\\x00',"
                " case when n = 3 then now() end from person p, space s, generate_series(1, 3) n"
            )

        migrate(dsn)

        with psycopg.connect(dsn) as new:
            found = new.execute(
                "select r.public_id, a.part, a.state, a.how, a.terms_version, length(a.public_id),"
                " a.said_at = r.created_at, a.person_id = r.speaker_id"
                " from appearance a join recording r on r.id = a.recording_id order by 1"
            ).fetchall()
            on_record = new.execute("select state, how, terms_version from consent_said").fetchall()
        assert on_record == [("agreed", "sent", 0)] * 2
        assert found == [
            ("1", "speaker", "agreed", "sent", 0, 16, True, True),
            ("2", "speaker", "agreed", "sent", 0, 16, True, True),
        ]
    finally:
        with psycopg.connect(postgres_dsn, autocommit=True) as admin:
            admin.execute("drop database consent_before with (force)")


def test_nobody_is_named_twice_and_no_more_than_fit(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, _, _ = two_clips(tx, people)
        add = {"part": AppearsAs.SEEN, "by": people.expert.id, "now": NOW}
        for n in range(49):
            appearances.add(tx, recording.id, name=f"Number {n}", **add)  # type: ignore[arg-type]

        refused = []
        for values in ({"name": "number  48"}, {"person_id": people.expert.id}, {"name": "One more"}, {"name": " "}):
            with pytest.raises((Conflict, Invalid)) as each:
                appearances.add(tx, recording.id, **values, **add)  # type: ignore[arg-type]
            refused.append(each.value.code)

        assert refused == ["named_already", "named_already", "too_many_named", "bad_name"]


def test_who_was_named_by_mistake_goes_off_the_list_unless_they_asked_for_something(
    store: Store, people: People
) -> None:
    with store.transaction() as tx:
        recording, clip, _ = two_clips(tx, people)
        (speaker,) = appearances.of_recording(tx, recording.id)
        asked = appearances.add(tx, recording.id, part=AppearsAs.SEEN, by=people.expert.id, now=NOW, name="Ahmed")
        ahmed = appearances.by_id(tx, asked)
        appearances.refuse(tx, ahmed, how=How.LINK, now=NOW, backup_days=DAYS)

        with pytest.raises(Conflict) as refused:
            appearances.remove(tx, ahmed)
        (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
        settling.settle(
            tx, opened, TakedownState.CUT, by=people.curator.id, now=NOW, cut=[Span(15_000, 16_000)], answer=""
        )
        appearances.remove(tx, ahmed)
        clips.publish(tx, clip.id, people.curator.id, NOW)
        appearances.remove(tx, speaker)

        assert refused.value.code == "takedown_open"
        assert published(tx) == []
        assert row(tx, UNLAWFUL) is None
