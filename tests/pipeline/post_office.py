"""A mail server in a process of its own: keeps what it takes in a folder, a file a message.

`python -m tests.pipeline.post_office PORT FOLDER [CERTIFICATE]`. It refuses mail for never@..., has no time for
later@..., and with a certificate (and its key in one file) takes nothing without STARTTLS and the name eva with the
password "a/b".
"""

import asyncio
import itertools
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

_ANSWERS = {"never": "550 No such user", "later": "451 Come back later"}


class Keeper:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := _ANSWERS.get(address.partition("@")[0]):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 Good"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        assert isinstance(envelope.content, bytes)
        path = self._folder / f"{next(self._numbers):03}.eml"
        path.with_suffix(".part").write_bytes(envelope.content)
        path.with_suffix(".part").rename(path)
        return "250 Taken"


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: LoginPassword) -> AuthResult:
    return AuthResult(success=(said.login, said.password) == (b"eva", b"a/b"), handled=False)


async def _serve(port: int, folder: Path, certificate: str | None) -> None:
    more: dict[str, Any] = {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        more = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": _knows}
    keeper = Keeper(folder)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(keeper, **more), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None))
