"""Mail that people asked for, to a real mail server: when it comes, what is in it, and what ends it."""

import contextlib
import email
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from capture.intake import Intake
from domain.clip import Clip
from domain.comment import CommentKind
from domain.errors import Misconfigured
from domain.mail import DIGEST, MailWish, Rhythm, stop_token
from domain.notice import About, NoticeKind, Way
from domain.person import Person
from pipeline import digests, wiring
from pipeline.settings import Settings
from publish_api.services import Services
from reach.mail import Down, Post, Server
from store import clips, comments, mailing, notices
from store import people as stored_people
from store.folder import Folder
from store.postgres import Store
from tests.conftest import People
from tests.ports import free_port
from tests.publish_api.served import served
from tests.store.things import a_published_clip, a_recording

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECRET = b"a secret of tests"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Office:
    """What the mail server was given, in order."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder

    @property
    def mail(self) -> list[EmailMessage]:
        found = sorted(self.folder.glob("*.eml"))
        return [email.message_from_bytes(path.read_bytes(), EmailMessage, policy=default) for path in found]

    def burn(self) -> None:
        for path in self.folder.glob("*.eml"):
            path.unlink()


@contextlib.contextmanager
def opened(folder: Path, certificate: Path | None = None) -> Iterator[Office]:
    folder.mkdir()
    port = free_port()
    argv = [sys.executable, "-m", "tests.pipeline.post_office", str(port), str(folder)]
    with subprocess.Popen([*argv, *([str(certificate)] if certificate else [])]) as process:
        try:
            while process.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.02)  # there is nothing to wait for but the port
            yield Office(port, folder)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def one_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened(tmp_path_factory.mktemp("post") / "office") as office:
        yield office


@pytest.fixture
def office(one_office: Office) -> Office:
    one_office.burn()
    return one_office


@dataclass
class House:
    """A clip of Eva's that people see, and what the clock says."""

    services: Services
    people: People
    clip: Clip
    post: Post
    now: datetime

    def passes(self, time: timedelta) -> None:
        self.now += time

    def sends(self, post: Post | None = None) -> None:
        digests.send_due(self.services, post or self.post)

    def asks(self, who: Person, text: str) -> str:
        """Somebody asks Eva something; the comment's public id."""
        with self.services.store.transaction() as tx:
            return comments.add(
                tx, clip=self.clip, author_id=who.id, recording_id=self.clip.parts[0].recording_id, at_ms=1_000,
                kind=CommentKind.QUESTION, text=text, reply_to=None, now=self.now,
            ).public_id  # fmt: skip

    def wants(self, who: Person, rhythm: Rhythm = Rhythm.DAILY, *, address: str = "eva@example.org") -> None:
        """Mail at eight in Berlin, at an address that is theirs."""
        with self.services.store.transaction() as tx:
            mailing.ask(tx, who.id, address, self.now)
            assert mailing.confirm(tx, who.public_id, lambda *_: True, self.now)
            mailing.change(tx, who.id, rhythm, 8, "Europe/Berlin", self.now)

    def wish(self, who: Person) -> MailWish:
        with self.services.store.transaction() as tx:
            return mailing.wish(tx, who.id)


@pytest.fixture
def house(store: Store, people: People, tmp_path: Path, office: Office) -> House:
    with store.transaction() as tx:
        clip = a_published_clip(tx, a_recording(tx, people.expert), people.curator)
        notices.see_all(tx, people.expert.id, MONDAY)
    services = Services(
        store=store,
        objects=Folder(tmp_path / "objects"),
        intake=Intake(tmp_path / "staging", max_bytes=1, arrivals=None, now=lambda: MONDAY),  # type: ignore[arg-type]
        try_again=lambda tx, recording_id: None,
        public_url="https://clips.example",
        max_upload_bytes=1,
        max_duration_ms=1,
        now=lambda: made.now,
        sends_mail=True,
        mail_secret=SECRET,
    )
    post = digests.post_of(
        Settings(smtp_url=f"smtp://127.0.0.1:{office.port}", public_url="https://clips.example", data_dir=tmp_path)
    )
    assert post is not None
    made = House(services, people, clip, post, MONDAY)
    return made


def test_a_digest_says_what_is_unread_at_the_hour_that_was_chosen_and_once(house: House, office: Office) -> None:
    eva, lea = house.people.expert, house.people.learner
    house.wants(eva)
    house.asks(lea, "Which <valve> & why?")
    house.sends()
    assert office.mail == []  # it is half past nine, and eight was chosen

    house.now = datetime(2026, 3, 3, 6, 59, tzinfo=UTC)
    house.sends()
    assert office.mail == []
    house.passes(MINUTE)
    house.sends()
    house.sends()
    [mail] = office.mail

    assert (mail["To"], mail["From"]) == ("eva@example.org", "Pass It On <passiton@clips.example>")
    assert mail["Subject"] == "1 thing is new for you on Pass It On"
    text, page = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert "* Lea Learner asked something about your clip: Bleeding brakes\n  Which <valve> & why?\n" in text
    assert "Which &lt;valve&gt; &amp; why?" in page
    assert re.search(r"https://clips\.example/inbox/[0-9a-z]{16}\n", text)
    house.passes(DAY)
    house.sends()
    assert len(office.mail) == 1  # nothing new, no mail


def test_nobody_gets_mail_who_did_not_confirm_or_ask_or_has_read_it_or_may_see_it_no_more(
    house: House, office: Office
) -> None:
    eva, lea, people = house.people.expert, house.people.learner, house.people
    store = house.services.store
    house.asks(lea, "Why?")
    house.asks(people.curator, "Who?")
    with store.transaction() as tx:
        mailing.ask(tx, eva.id, "eva@example.org", house.now)
        mailing.change(tx, eva.id, Rhythm.DAILY, 8, "UTC", house.now)
    house.sends()
    office.burn()  # the question
    house.passes(DAY)
    house.sends()
    assert office.mail == []

    house.wants(eva, Rhythm.OFF, address="eva@example.com")
    house.passes(DAY)
    house.sends()
    assert office.mail == []

    house.wants(eva, address="eva@example.net")
    with store.transaction() as tx:
        clips.withdraw(tx, house.clip.id)
        clips.delete(tx, house.clip.id, house.now)
    house.passes(DAY)
    house.sends()
    assert office.mail == []

    with store.transaction() as tx:
        notices.tell(tx, NoticeKind.EXPORT, [eva.id], About(thing="x"), now=house.now)
        notices.tell(tx, NoticeKind.REPORT, [eva.id], About(thing="y"), now=house.now)
        notices.choose(tx, eva.id, {NoticeKind.EXPORT: Way.INBOX})
        notices.see_all(tx, eva.id, house.now)
    house.passes(DAY)
    house.sends()
    assert office.mail == []


def test_a_weekly_digest_comes_on_mondays_and_one_who_has_left_gets_none(house: House, office: Office) -> None:
    eva = house.people.expert
    house.wants(eva, Rhythm.WEEKLY)
    house.asks(house.people.learner, "Why?")
    for _ in range(6):
        house.passes(DAY)
        house.sends()
    assert office.mail == []

    house.now = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)
    house.sends()
    assert len(office.mail) == 1

    house.asks(house.people.learner, "And why not?")
    with house.services.store.transaction() as tx:
        stored_people.leave(tx, eva.id, house.now)
    house.passes(7 * DAY)
    house.sends()
    assert len(office.mail) == 1


def test_an_address_is_asked_first_and_a_link_in_that_mail_says_yes(house: House, office: Office) -> None:
    eva = house.people.expert
    with house.services.store.transaction() as tx:
        mailing.ask(tx, eva.id, "eva@example.org", house.now)
    house.sends()
    house.passes(DAY)
    house.sends()
    [question] = office.mail
    link = found(r"https://clips\.example(/mail/confirm/\S+)", question)

    with browser(house.services) as anybody:
        assert "Yes, send it here" in anybody.get(link).text
        assert house.wish(eva).confirmed_at is None  # to look is not to say
        assert anybody.post(link + "x").status_code == 410
        assert anybody.post(link).status_code == 200
        assert house.wish(eva).confirmed_at == house.now
        with house.services.store.transaction() as tx:
            mailing.ask(tx, eva.id, "eva@example.com", house.now)
        assert anybody.post(link).status_code == 410  # it spoke of another address
    assert house.wish(eva).confirmed_at is None


def test_one_click_ends_digests_of_that_person_or_one_kind_in_them_and_nothing_else(
    house: House, office: Office
) -> None:
    eva, lea = house.people.expert, house.people.learner
    for person, address in ((eva, "eva@example.org"), (lea, "lea@example.org")):
        house.wants(person, address=address)
    house.asks(lea, "Why?")
    house.passes(DAY)
    house.sends()
    [mail] = office.mail
    all_of_it = mail["List-Unsubscribe"].strip("<>").removeprefix("https://clips.example")
    kind = found(r"Not this: “A question about a clip of mine” https://clips\.example(\S+)", mail)

    with browser(house.services) as anybody:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "End it" in anybody.get(all_of_it).text
        assert anybody.post(kind).status_code == 200
        with house.services.store.transaction() as tx:
            ways = notices.ways(tx, eva.id)
        assert {each for each in NoticeKind if ways[each] is not Way.MAIL} == {NoticeKind.QUESTION}
        assert house.wish(eva).rhythm is Rhythm.DAILY

        said = anybody.post(all_of_it, data={"List-Unsubscribe": "One-Click"})
        assert said.status_code == 200
        forged = stop_token(b"another", lea.public_id, DIGEST)
        assert [anybody.post(f"/mail/stop/{each}").status_code for each in (forged, forged[:-1], "x", "é")] == [404] * 4
    assert (house.wish(eva).rhythm, house.wish(lea).rhythm) == (Rhythm.OFF, Rhythm.DAILY)


class Killed(BaseException):
    """The process ends here: nothing after it is done."""


class Mortal(Post):
    def __init__(self, post: Post, *, after: bool) -> None:
        super().__init__(post.server, post.sender)
        self._after = after

    def send(self, message: EmailMessage) -> None:
        if self._after:
            super().send(message)
        raise Killed


@pytest.mark.parametrize(("after", "mails"), [(False, 1), (True, 2)])
def test_a_sender_who_is_killed_loses_no_digest_and_sends_it_twice_at_most(
    house: House, office: Office, after: bool, mails: int
) -> None:
    house.wants(house.people.expert)
    house.asks(house.people.learner, "Why?")
    house.passes(DAY)

    with pytest.raises(Killed):
        house.sends(Mortal(house.post, after=after))
    house.sends()  # another sender, at once: it may still be on its way
    assert len(office.mail) == mails - 1
    house.passes(mailing.LEASE)
    house.asks(house.people.curator, "And who?")
    house.sends()
    house.passes(DAY)
    house.sends()

    assert len(office.mail) == mails
    assert len({each["Message-ID"] for each in office.mail}) == 1
    assert office.mail[-1]["Subject"] == "1 thing is new for you on Pass It On"  # two questions on one clip: one line


def test_while_the_mail_server_is_away_digests_wait_longer_each_time_and_none_is_lost(
    house: House, office: Office
) -> None:
    eva = house.people.expert
    house.wants(eva)
    house.asks(house.people.learner, "Why?")
    house.passes(DAY)
    nowhere = Post(Server.of(f"smtp://127.0.0.1:{free_port()}"), house.post.sender)

    house.sends(nowhere)
    house.passes(MINUTE)
    house.sends()
    assert office.mail == []  # two minutes have not passed
    house.passes(MINUTE)
    house.sends(nowhere)
    house.passes(3 * MINUTE)
    house.sends()
    assert office.mail == []  # nor have four
    house.passes(MINUTE)
    house.sends()

    assert len(office.mail) == 1
    assert house.wish(eva).refused == 0


def test_an_address_that_is_refused_three_times_gets_no_more_and_its_person_is_told_why(
    house: House, office: Office
) -> None:
    eva = house.people.expert
    house.wants(eva, address="never@example.org")
    house.asks(house.people.learner, "Why?")

    for refused in range(1, 6):
        house.passes(DAY)
        house.sends()
        wish = house.wish(eva)
        assert (wish.refused, wish.stopped_at is not None) == (min(refused, 3), refused >= 3)
    assert wish.refused_says == "The mail server said 550: No such user"

    house.wants(eva)  # another address: what was never sent comes there
    house.passes(DAY)
    house.sends()
    assert len(office.mail) == 1
    assert house.wish(eva).refused == 0


def test_a_server_that_has_no_time_is_asked_again_and_stops_nobody(house: House, office: Office) -> None:
    house.wants(house.people.expert, address="later@example.org")
    house.asks(house.people.learner, "Why?")
    house.passes(DAY)
    house.sends()
    house.passes(10 * MINUTE)
    house.sends()

    assert (house.wish(house.people.expert).refused, office.mail) == (0, [])


def test_no_name_and_no_address_becomes_a_header(house: House, office: Office) -> None:
    eva = house.people.expert
    with house.services.store.transaction() as tx:
        tx.execute("update person set name = %s where id = %s", ["Eve\r\nBcc: all@example.org", eva.id])
        for address in ("a@b\r\nBcc: c@d", "a b@c.org", "a@b,c@d.org", "<a@b.org>", "a@-b.org", "a@" + "b" * 260):
            with pytest.raises(Exception, match="no mail address"):
                mailing.ask(tx, eva.id, address, house.now)
    house.wants(eva)
    house.asks(house.people.learner, "Why?")
    house.passes(DAY)
    house.sends()

    [mail] = office.mail
    assert (mail["Bcc"], mail["Cc"]) == (None, None)


def test_a_password_travels_only_behind_tls_to_a_server_that_is_who_it_says(tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path / "mail.pem")
    message = EmailMessage()
    message["To"], message["From"] = "eva@example.org", "house@example.org"
    message.set_content("Hello.")
    with opened(tmp_path / "office", certificate) as office:
        server = Server.of(f"smtp+starttls://eva:a%2Fb@localhost:{office.port}")
        ours = Post(server, "House <house@example.org>", trusts=lambda: trusting(certificate))
        ours.send(message)
        assert (
            ours.check() == f"localhost:{office.port} answers (smtp+starttls); mail is from House <house@example.org>"
        )
        for other in (Post(server, "x@y.org"), Post(replace(server, password="b"), "x@y.org", trusts=ours._trusts)):
            with pytest.raises(Down):
                other.send(message)
        assert len(office.mail) == 1
    with pytest.raises(Misconfigured, match="in the open"):
        Server.of("smtp://eva:secret@mail.example.org")
    for url in ("mail.example.org", "smtp://", "http://mail.example.org", "smtp://mail.example.org:x"):
        with pytest.raises(Misconfigured, match="makes no sense"):
            Server.of(url)


def found(pattern: str, mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    match = re.search(pattern, body.get_content())
    assert match is not None, body.get_content()
    return match[1]


@contextlib.contextmanager
def browser(services: Services) -> Iterator[TestClient]:
    """Nobody is signed in with it."""
    with TestClient(served(services), base_url="https://clips.example", follow_redirects=False) as client:
        yield client


def a_certificate(path: Path) -> Path:
    """Of localhost, by itself, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)
    )  # fmt: skip
    return path


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def test_the_key_that_links_are_signed_with_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = wiring.secret_key(Settings(data_dir=tmp_path))

    assert wiring.secret_key(Settings(data_dir=tmp_path)) == first
    assert len(first) == 64
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [("secret", 0o600)]
    assert wiring.secret_key(Settings(data_dir=tmp_path, secret_key="ours")) == b"ours"
