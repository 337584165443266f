"""Mail that people asked for: the question whether an address is theirs, and digests of what they have not read.

A thread of its own does it (a mail server may take its time), on every machine that serves: rows say what is to be
sent, and who has it in hand (store/mailing.py). A digest is drawn just before it is sent, of what its reader may see
then. Killed between the mail server's yes and the commit after it, a digest is sent once more, under the same
Message-ID; nothing is lost.
"""

import logging
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import urlsplit

from domain.mail import DIGEST, confirm_token, stop_token
from domain.notice import Notice, NoticeKind, Way
from pipeline.settings import Settings
from pipeline.wiring import House
from publish_api import tongue
from publish_api.pages.look import draw
from publish_api.pages.mail import CONFIRM, STOP
from publish_api.services import Services
from publish_api.told import KINDS, headline
from publish_api.tongue import _, ngettext
from reach.mail import Down, Post, Server, Unwanted
from store import inbox, mailing, notices
from store.people import people_by_id

MOST_LINES = 30  # of one mail; the rest is in the inbox

log = logging.getLogger(__name__)


def post_of(settings: Settings) -> Post | None:
    """The mail server that is set. Asks nothing of it yet. Raises Misconfigured."""
    if settings.smtp_url is None:
        return None
    sender = settings.mail_from or f"Pass It On <passiton@{urlsplit(settings.public_url).hostname}>"
    return Post(Server.of(settings.smtp_url), sender)


def send_by(settings: Settings) -> Callable[[House], None]:
    """What one who serves does every minute: `send_due`, or nothing where no mail server is set."""
    post = post_of(settings)
    return lambda house: send_due(house.services, post) if post else None


def send_due(services: Services, post: Post) -> None:
    """One round: what is due now, until there is none, or the mail server takes none."""
    store, now = services.store, services.now
    try:
        with store.transaction() as tx:
            questions = mailing.questions(tx, now())
        for question in questions:
            _ask(services, post, question)
        with store.transaction() as tx:
            mailing.begin(tx, now())
        while True:
            with store.transaction() as tx:
                digest = mailing.take(tx, now())
            if digest is None:
                return
            _send(services, post, digest)
    except Down as trouble:
        log.warning("no mail was sent: %s", trouble)


def _ask(services: Services, post: Post, question: mailing.Question) -> None:
    """Raises Down."""
    secret = services.mail_secret
    assert secret is not None
    token = confirm_token(secret, question.person, question.address, question.asked_at)
    with services.store.transaction() as tx:
        person = people_by_id(tx, [question.person_id])[question.person_id]
    with tongue.speaking(person.language):
        values = {"name": question.name, "link": services.public_url + CONFIRM + token}
        subject = _("Is this your address?")
        message = _message(services, post, question.address, subject, "mail_question", values)
    message["Message-ID"] = make_msgid(domain=urlsplit(services.public_url).hostname)
    refused = ""
    try:
        post.send(message)
    except Unwanted as answer:
        refused = answer.message
    with services.store.transaction() as tx:
        mailing.asked(tx, question, refused)


def _send(services: Services, post: Post, digest: mailing.Digest) -> None:
    """Raises Down."""
    store, now = services.store, services.now
    message = _drawn(services, post, digest)
    if message is None:
        with store.transaction() as tx:
            mailing.sent(tx, digest)
        return
    try:
        post.send(message)
    except Unwanted as refused:
        with store.transaction() as tx:
            mailing.refused(tx, digest, refused.message, now())
    except Down:
        with store.transaction() as tx:
            mailing.put_off(tx, digest, now())
        raise
    else:
        with store.transaction() as tx:
            mailing.sent(tx, digest)


def _drawn(services: Services, post: Post, digest: mailing.Digest) -> EmailMessage | None:
    """None: there is nothing to say, or nobody who wants to hear it any more."""
    with services.store.transaction() as tx:
        wish = mailing.wish(tx, digest.person_id)
        person = people_by_id(tx, [digest.person_id]).get(digest.person_id)
        if person is None or person.left_at is not None or not wish.goes_out:
            return None
        kinds = [kind.value for kind, way in notices.ways(tx, person.id).items() if way is Way.MAIL]
        lines = inbox.to_mail(tx, person.id, digest.id, services.now(), kinds, MOST_LINES + 1)
        mailing.fill(tx, digest, kinds, services.now())
    if not lines:
        return None
    secret = services.mail_secret
    assert secret is not None
    stop = services.public_url + STOP + stop_token(secret, person.public_id, DIGEST)
    kinds_in = {each.kind for each in lines}
    with tongue.speaking(person.language):
        values = {
            "name": person.name,
            "lines": lines[:MOST_LINES],
            "more": len(lines) > MOST_LINES,
            "headline": headline,
            "inbox": services.public_url + "/inbox",
            "stop": stop,
            "stops": {
                _(KINDS[kind]): services.public_url + STOP + stop_token(secret, person.public_id, kind.value)
                for kind in NoticeKind
                if kind in kinds_in
            },
        }
        message = _message(services, post, wish.address, _subject(lines), "mail_digest", values)
    message["Message-ID"] = f"<{digest.id}@{urlsplit(services.public_url).hostname}>"
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return message


def _subject(lines: list[Notice]) -> str:
    """Nothing that anybody has written: a subject is read on locked screens."""
    if len(lines) > MOST_LINES:
        return _("Much that is new for you on Pass It On")
    return ngettext(
        "%(num)s thing is new for you on Pass It On", "%(num)s things are new for you on Pass It On", len(lines)
    )


def _message(
    services: Services, post: Post, address: str, subject: str, template: str, letter: Mapping[str, object]
) -> EmailMessage:
    """Text, and the same as HTML, in the language that is spoken."""
    message, now = EmailMessage(), services.now()
    message["From"] = post.sender
    message["To"] = address
    message["Subject"] = subject
    message["Date"] = now
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers
    message.set_content(draw(f"{template}.txt", now=now, letter=letter))
    message.add_alternative(draw(f"{template}.html", now=now, letter=letter), subtype="html")
    return message
