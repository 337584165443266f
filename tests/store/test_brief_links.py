"""Links to a brief: whom they let in, for how long, and how they are taken back."""

import threading
from datetime import timedelta

import pytest

from domain.brief import Brief, Wish
from domain.errors import Forbidden, Invalid, NotFound, TooMany
from domain.person import Person, Role
from store import brief_links, briefs, credentials, spaces
from store import people as stored_people
from store.brief_links import NewLink, Opened
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import NOW

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def brief(store: Store, people: People) -> Brief:
    with store.transaction() as tx:
        return briefs.make(
            tx, Wish("Brakes"), space_id=spaces.everyone_space(tx).id, author_id=people.curator.id, now=NOW
        )


def a_link(tx: Tx, brief: Brief, people: People, person: Person | None = None) -> NewLink:
    return brief_links.make_link(
        tx, brief.id, person_id=person.id if person else None, created_by=people.curator.id, now=NOW
    )


def opened(tx: Tx, link: NewLink) -> Opened:
    found = brief_links.opened(tx, link.token, NOW)
    assert found is not None
    return found


def signed_in(tx: Tx, link: Opened, person: Person) -> str:
    return brief_links.sign_in(tx, link, person, now=NOW, device="Mozilla/5.0 (iPhone)")


def test_a_link_is_good_again_and_again_for_a_month(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        link = a_link(tx, brief, people, people.expert)

        found = [brief_links.opened(tx, link.token, NOW + 30 * DAY - after) for after in (30 * DAY, SECOND, 0 * DAY)]

    assert [each.person if each else None for each in found] == [people.expert, people.expert, None]
    assert [each.brief if each else None for each in found] == [brief, brief, None]


def test_the_database_does_not_hold_what_opens_a_door(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        link = a_link(tx, brief, people)
        session = signed_in(tx, opened(tx, link), people.expert)

        kept = str(tx.execute("select * from brief_link, session").fetchall())

    assert len(link.token) == 43  # 256 bits as base64url
    assert link.token not in kept
    assert len(link.typed) == 12
    assert link.typed not in kept
    assert session not in kept


def test_what_is_typed_off_a_poster_opens_the_link_however_it_is_typed(
    store: Store, people: People, brief: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief_links, "chance", lambda length: "k0m2q9x41t3v"[:length])
    with store.transaction() as tx:
        link = a_link(tx, brief, people)

        typed = ["k0m2q9x41t3v", "K0M2-Q9X4-1T3V", "kOm2 q9x4 lt3u", "k0m2.q9x4.it3v"]
        found = [brief_links.opened(tx, each, NOW) for each in typed]
        others = [brief_links.opened(tx, each, NOW) for each in ("k0m2q9x41t3w", "k0m2q9x41t3", "k0m2q9x41t3v" * 2)]
        late = brief_links.opened(tx, "k0m2q9x41t3v", NOW + 30 * DAY)

    assert link.typed == "k0m2q9x41t3v"
    assert [each.brief if each else None for each in found] == [brief] * 4
    assert [*others, late] == [None] * 4


def test_links_are_removed_a_month_after_they_have_expired_and_people_stay(
    store: Store, people: People, brief: Brief
) -> None:
    with store.transaction() as tx:
        link = opened(tx, a_link(tx, brief, people))
        gina = brief_links.newcomer(tx, link, "Gina")
        signed_in(tx, link, gina)

        removed = [brief_links.sweep(tx, NOW + (60 * DAY) - after) for after in (SECOND, 0 * DAY)]
        left = tx.execute("select (select count(*) from session), (select count(*) from brief_comer)").fetchone()

        assert removed == [0, 1]
        assert left == (1, 0)  # Gina may still look back
        assert stored_people.person_by_public_id(tx, gina.public_id) == gina


def test_a_session_of_a_link_is_for_its_brief_alone_and_others_are_not(
    store: Store, people: People, brief: Brief
) -> None:
    with store.transaction() as tx:
        link = opened(tx, a_link(tx, brief, people, people.admin))
        scoped, whole = signed_in(tx, link, people.admin), credentials.new_session(tx, people.admin.id, now=NOW)

        found = [credentials.person_of_session(tx, session, NOW) for session in (scoped, whole)]

    assert [(each.login, each.brief_id) for each in found if each] == [("ada", brief.id), ("ada", None)]


def test_a_session_ends_with_its_link(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        link = a_link(tx, brief, people, people.expert)
        session = signed_in(tx, opened(tx, link), people.expert)

        last = credentials.person_of_session(tx, session, NOW + 30 * DAY - SECOND)
        over = credentials.person_of_session(tx, session, NOW + 30 * DAY)

    assert last is not None
    assert over is None


def test_taking_a_link_back_signs_out_every_device_it_signed_in_and_no_other(
    store: Store, people: People, brief: Brief
) -> None:
    with store.transaction() as tx:
        link, other = a_link(tx, brief, people), a_link(tx, brief, people)
        sessions = [signed_in(tx, opened(tx, link), people.expert) for _ in range(2)]
        kept = signed_in(tx, opened(tx, other), people.expert)

        brief_links.revoke_link(tx, brief.id, link.public_id)
        found = [credentials.person_of_session(tx, session, NOW) for session in (*sessions, kept)]
        again = brief_links.opened(tx, link.token, NOW)

    assert [each is None for each in found] == [True, True, False]
    assert again is None


@pytest.mark.parametrize("end", ["taken back", "expired", "swept"])
def test_whoever_typed_a_name_looks_back_when_the_link_has_ended_for_a_year(
    end: str, store: Store, people: People, brief: Brief
) -> None:
    with store.transaction() as tx:
        link = a_link(tx, brief, people)
        gina = brief_links.newcomer(tx, opened(tx, link), "Gina")
        session = signed_in(tx, opened(tx, link), gina)
        before = credentials.person_of_session(tx, session, NOW)

        if end == "taken back":
            brief_links.revoke_link(tx, brief.id, link.public_id)
        if end == "swept":
            brief_links.sweep(tx, NOW + 60 * DAY)
        after, last, over = (
            credentials.person_of_session(tx, session, NOW + late) for late in (30 * DAY, 365 * DAY - SECOND, 365 * DAY)
        )

    assert [(each.id, each.brief_id, each.ended) for each in (before, after, last) if each] == [
        (gina.id, brief.id, False),
        (gina.id, brief.id, True),
        (gina.id, brief.id, True),
    ]
    assert over is None


def test_a_link_for_a_guest_by_name_ends_with_all_that_it_began(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        gina = brief_links.newcomer(tx, opened(tx, a_link(tx, brief, people)), "Gina")
        link = a_link(tx, brief, people, gina)
        session = signed_in(tx, opened(tx, link), gina)

        seen = credentials.person_of_session(tx, session, NOW)
        brief_links.revoke_link(tx, brief.id, link.public_id)
        after = credentials.person_of_session(tx, session, NOW)

    assert seen is not None
    assert seen.briefs == (brief.id,)  # and nothing of what she sent for another
    assert after is None


@pytest.mark.parametrize("known", ["a sign-in link", "its code", "a role"])
def test_who_is_known_has_a_way_in_of_their_own_and_looks_back_by_no_link(
    known: str, store: Store, people: People, brief: Brief
) -> None:
    with store.transaction() as tx:
        link = a_link(tx, brief, people)
        gina = brief_links.newcomer(tx, opened(tx, link), "Gina")
        session = signed_in(tx, opened(tx, link), gina)
        brief_links.revoke_link(tx, brief.id, link.public_id)

        if known == "a role":
            stored_people.change_role(tx, gina.id, Role.CURATOR)
        else:
            way_in = credentials.new_sign_in_link(tx, gina.id, now=NOW)
            before = credentials.person_of_session(tx, session, NOW)
            redeemed = (
                credentials.redeem_link(tx, way_in.token, NOW)
                if known == "a sign-in link"
                else credentials.redeem_code(tx, gina.login, way_in.code, NOW)
            )
            assert before is not None  # a link that waits to be used, or never is, takes nothing away
            assert redeemed is not None
            assert redeemed.self_named is False
        found = credentials.person_of_session(tx, session, NOW)

        assert stored_people.person_by_public_id(tx, gina.public_id).self_named is False
    assert gina.self_named is True
    assert found is None


def test_one_device_is_signed_out_alone(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        link = a_link(tx, brief, people)
        first, second = (signed_in(tx, opened(tx, link), people.expert) for _ in range(2))
        newest, oldest = brief_links.links(tx, brief.id, NOW)[0].devices

        brief_links.revoke_device(tx, brief.id, link.public_id, oldest.public_id)
        found = [credentials.person_of_session(tx, session, NOW) for session in (first, second)]
        left = brief_links.links(tx, brief.id, NOW)[0].devices

    assert [each is None for each in found] == [True, False]
    assert left == (newest,)


def test_a_device_where_a_name_was_typed_is_signed_out_of_sending_and_goes_on_by_the_link_as_the_same(
    store: Store, people: People, brief: Brief
) -> None:
    with store.transaction() as tx:
        link = a_link(tx, brief, people)
        gina = brief_links.newcomer(tx, opened(tx, link), "Gina")
        session = signed_in(tx, opened(tx, link), gina)
        ((device,),) = (each.devices for each in brief_links.links(tx, brief.id, NOW))

        brief_links.revoke_device(tx, brief.id, link.public_id, device.public_id)
        ended = credentials.person_of_session(tx, session, NOW)
        beside, left = brief_links.links(tx, brief.id, NOW)[0].devices, brief_links.devices_left(tx, brief.id, NOW)
        with pytest.raises(NotFound):
            brief_links.revoke_device(tx, brief.id, link.public_id, device.public_id)
        brief_links.go_on(tx, opened(tx, link), gina, session, now=NOW)
        back = credentials.person_of_session(tx, session, NOW)
        left_then = brief_links.devices_left(tx, brief.id, NOW)

    assert (device.stays, beside, left) == (True, (), (device,))
    assert ended is not None
    assert back is not None
    assert (ended.id, ended.ended, back.id, back.ended, left_then) == (gina.id, True, gina.id, False, ())


def test_a_device_whose_person_has_a_way_in_of_their_own_by_now_is_signed_out_for_good(
    store: Store, people: People, brief: Brief
) -> None:
    with store.transaction() as tx:
        link = a_link(tx, brief, people)
        gina = brief_links.newcomer(tx, opened(tx, link), "Gina")
        signed_in(tx, opened(tx, link), gina)
        stored_people.change_role(tx, gina.id, Role.EXPERT)
        ((device,),) = (each.devices for each in brief_links.links(tx, brief.id, NOW))

        brief_links.revoke_device(tx, brief.id, link.public_id, device.public_id)

        kept = tx.execute("select count(*) from session").fetchone()
    assert (device.stays, kept) == (False, (0,))


def test_a_link_of_another_brief_takes_nothing_back(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        other = briefs.make(tx, Wish("Clutch"), space_id=brief.space_id, author_id=people.curator.id, now=NOW)
        link = a_link(tx, brief, people)
        session = signed_in(tx, opened(tx, link), people.expert)
        (device,) = brief_links.links(tx, brief.id, NOW)[0].devices

        with pytest.raises(NotFound):
            brief_links.revoke_link(tx, other.id, link.public_id)
        with pytest.raises(NotFound):
            brief_links.revoke_device(tx, other.id, link.public_id, device.public_id)
        still = credentials.person_of_session(tx, session, NOW)

    assert still is not None


def test_links_are_listed_with_whom_they_are_for_and_what_they_signed_in(
    store: Store, people: People, brief: Brief
) -> None:
    with store.transaction() as tx:
        named, open_ = a_link(tx, brief, people, people.expert), a_link(tx, brief, people)
        gina = brief_links.newcomer(tx, opened(tx, open_), "Gina")
        signed_in(tx, opened(tx, open_), gina)

        first, second = brief_links.links(tx, brief.id, NOW)
        late = brief_links.links(tx, brief.id, NOW + 30 * DAY)

    assert (first.public_id, first.person) == (open_.public_id, None)
    assert [(each.person, each.device, each.since) for each in first.devices] == [("Gina", "Mozilla/5.0 (iPhone)", NOW)]
    assert (second.public_id, second.person, second.devices) == (named.public_id, "Eva Expert", ())
    assert late == ()


def test_whoever_opens_an_open_link_becomes_an_expert_of_that_name(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        link = opened(tx, a_link(tx, brief, people))

        comers = [brief_links.newcomer(tx, link, name) for name in (" Jörg  Öl ", "Jörg Öl", "李")]

    assert [each.name for each in comers] == ["Jörg Öl", "Jörg Öl", "李"]
    assert {each.role for each in comers} == {Role.EXPERT}
    assert [each.login.rpartition("-")[0] for each in comers] == ["jorg-ol", "jorg-ol", "guest"]


@pytest.mark.parametrize("name", ["", " \n", "\x00", "n" * 201])
def test_a_name_that_is_none_is_refused(store: Store, people: People, brief: Brief, name: str) -> None:
    with store.transaction() as tx, pytest.raises(Invalid) as refused:
        brief_links.newcomer(tx, opened(tx, a_link(tx, brief, people)), name)

    assert refused.value.code == "bad_name"


def test_a_link_for_somebody_lets_nobody_else_in(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        link = opened(tx, a_link(tx, brief, people, people.expert))

        with pytest.raises(Forbidden):
            signed_in(tx, link, people.learner)


def test_a_link_for_somebody_who_has_left_opens_nothing(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        link = a_link(tx, brief, people, people.expert)
        session = signed_in(tx, opened(tx, link), people.expert)
        stored_people.leave(tx, people.expert.id, NOW)

        found = brief_links.opened(tx, link.token, NOW)
        person = credentials.person_of_session(tx, session, NOW)
        listed = brief_links.links(tx, brief.id, NOW)

    assert (found, person, listed) == (None, None, ())


def test_a_link_fills_nobodys_house(
    store: Store, people: People, brief: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief_links, "MAX_DEVICES", 2)
    with store.transaction() as tx:
        link = opened(tx, a_link(tx, brief, people))
        for _ in range(2):
            signed_in(tx, link, people.expert)

        with pytest.raises(TooMany) as full:
            brief_links.newcomer(tx, link, "Gina")
        with pytest.raises(TooMany):
            signed_in(tx, link, people.expert)

    assert full.value.code == "link_full"


def test_signing_out_makes_no_room_for_ever_new_people(
    store: Store, people: People, brief: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief_links, "MAX_DEVICES", 2)
    with store.transaction() as tx:
        link = opened(tx, a_link(tx, brief, people))
        for name in ("Gina", "Hugo"):
            credentials.end_session(tx, signed_in(tx, link, brief_links.newcomer(tx, link, name)))

        with pytest.raises(TooMany):
            brief_links.newcomer(tx, link, "Ines")


def test_those_who_come_at_once_are_counted_one_after_the_other(
    store: Store, people: People, brief: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief_links, "MAX_DEVICES", 1)
    with store.transaction() as tx:
        link = opened(tx, a_link(tx, brief, people))
    start, outcomes = threading.Barrier(4), []

    def come() -> None:
        start.wait()
        try:
            with store.transaction() as tx:
                signed_in(tx, link, people.expert)
            outcomes.append("in")
        except TooMany:
            outcomes.append("full")

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["full", "full", "full", "in"]


def test_a_link_that_was_taken_back_meanwhile_signs_nobody_in(store: Store, people: People, brief: Brief) -> None:
    with store.transaction() as tx:
        made = a_link(tx, brief, people)
        link = opened(tx, made)
        brief_links.revoke_link(tx, brief.id, made.public_id)

        with pytest.raises(NotFound):
            signed_in(tx, link, people.expert)


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_link_lives_for_a_day_to_a_year(store: Store, people: People, brief: Brief, days: int) -> None:
    with store.transaction() as tx, pytest.raises(Invalid) as refused:
        brief_links.make_link(
            tx, brief.id, person_id=None, created_by=people.curator.id, now=NOW, lives_for=timedelta(days=days)
        )

    assert refused.value.code == "bad_days"


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\x00" * 43, "a" * 10_000])
def test_a_token_that_is_none_opens_nothing(store: Store, people: People, brief: Brief, token: str) -> None:
    with store.transaction() as tx:
        a_link(tx, brief, people)

        assert brief_links.opened(tx, token, NOW) is None
