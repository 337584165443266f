"""Mail, over SMTP. Off unless a server is set.

A message is built by the standard library's EmailMessage alone, which refuses a header with a line break in it: what
strangers wrote cannot become a header.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from domain.address import own
from domain.errors import Misconfigured, PassItOnError

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_PATIENCE_S = 20.0


class Unwanted(PassItOnError):
    """The server will never take this mail for this address (RFC 5321, 4.2.1: a 5xx answer)."""

    code = "mail_refused"


class Down(PassItOnError):
    """It takes no mail at the moment, or none from us: try again later."""

    code = "mail_down"


@dataclass(frozen=True)
class Server:
    """From an address like smtp+starttls://name:password@mail.example.org:587"""

    scheme: str
    host: str
    port: int
    name: str
    password: str

    @classmethod
    def of(cls, url: str) -> "Server":
        """Raises Misconfigured, without the password."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            parts, port = urlsplit(""), 0
        if not port or not parts.hostname:
            raise Misconfigured(
                "PASSITON_SMTP_URL makes no sense: write smtp://, smtp+starttls:// or smtps://, then name:password@ if"
                " the server asks for them, and its address, like smtp+starttls://name:password@mail.example.org."
            )
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        if password and parts.scheme == "smtp" and not own(parts.hostname):
            raise Misconfigured(
                "PASSITON_SMTP_URL would send a password in the open. Write smtp+starttls:// or smtps:// instead."
            )
        return cls(parts.scheme, parts.hostname, port, name, password)


class Post:
    """Sends one message at a time, each over a connection of its own: a digest a person and day is no crowd."""

    def __init__(self, server: Server, sender: str, *, trusts: Callable[[], ssl.SSLContext] | None = None) -> None:
        """`sender`: what mail says it is from. `trusts`: whose certificates; None: those the system does."""
        self.server = server
        self.sender = sender
        self._trusts = trusts or ssl.create_default_context

    def send(self, message: EmailMessage) -> None:
        """To the one address in its To. Raises Unwanted, Down."""
        with self._open() as smtp:
            try:
                smtp.send_message(message, self.sender_address)
            except smtplib.SMTPRecipientsRefused as refused:
                code, words = next(iter(refused.recipients.values()))
                raise _refusal(code, words) from refused
            except smtplib.SMTPDataError as refused:
                raise _refusal(refused.smtp_code, refused.smtp_error) from refused

    def check(self) -> str:
        """Whom it reached, in words. Raises Down, Misconfigured."""
        with self._open() as smtp:
            smtp.noop()
        return f"{self.server.host}:{self.server.port} answers ({self.server.scheme}); mail is from {self.sender}"

    @property
    def sender_address(self) -> str:
        return self.sender.rpartition("<")[2].rstrip(">")

    @contextmanager
    def _open(self) -> Iterator[smtplib.SMTP]:
        server = self.server
        try:
            if server.scheme == "smtps":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=_PATIENCE_S, context=self._trusts()
                )
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=_PATIENCE_S)
            try:
                if server.scheme == "smtp+starttls":
                    smtp.starttls(context=self._trusts())
                if server.name:
                    smtp.login(server.name, server.password)
                yield smtp
                with suppress(OSError, smtplib.SMTPException):  # what was taken is taken, however they say goodbye
                    smtp.quit()
            finally:
                smtp.close()
        except smtplib.SMTPResponseException as answer:
            raise Down(_said(answer.smtp_code, answer.smtp_error)) from answer
        except (OSError, smtplib.SMTPException) as trouble:  # a certificate, a name, a connection that breaks
            raise Down(f"The mail server cannot be reached: {trouble}") from trouble


def _refusal(code: int, words: bytes | str) -> PassItOnError:
    return (Unwanted if code >= 500 else Down)(_said(code, words))


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"The mail server said {code}: {' '.join(text.split())[:300]}"
