"""Providers of single sign-on: a real one in a process of its own, and one that says what a test has it say."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwk, jwt

from tests.ports import free_port

CLIENT, SECRET = "passiton", "a client's secret, long enough for anybody"
BACK = "https://clips.example/single-sign-on/back"
NODE_MODULES = Path(__file__).resolve().parents[3] / "node_modules"
PEOPLE: dict[str, dict[str, Any]] = {
    "u-1": {"name": "Nina New", "preferred_username": "nina", "email": "nina@works.example", "email_verified": True},
    "u-2": {"name": "Lea L.", "preferred_username": "ada", "email": "Lea@works.example", "email_verified": True},
    "u-3": {"name": "Not Lea", "preferred_username": "lea", "email": "lea@works.example", "email_verified": False},
    "u-4": {"preferred_username": "Björn Ünal"},
}


def node() -> str | None:
    beside = Path(sys.executable).with_name("node")
    return shutil.which("node") or (str(beside) if beside.exists() else None)


@contextmanager
def real_provider() -> Iterator[str]:
    """Its issuer."""
    port, program = free_port(), node()
    assert program is not None
    script = Path(__file__).with_name("provider.mjs")
    said = [str(port), CLIENT, SECRET, BACK, json.dumps(PEOPLE)]
    with subprocess.Popen(
        [program, script, *said],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        try:
            assert run.stdout is not None
            assert run.stdout.readline() == "ready\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            assert run.stdin is not None
            run.stdin.close()  # what pip brings as node is a program that starts another: a signal would not reach that


def signs_in_there(address: str, subject: str) -> str:
    """What a browser does at the real provider: its way back to us, path and query."""
    with httpx.Client(follow_redirects=False) as browser:
        answer = browser.get(address)
        for _ in range(10):
            if answer.is_redirect:
                to = urlsplit(str(answer.next_request.url if answer.next_request else ""))
                if to.hostname == "clips.example":
                    return f"{to.path}?{to.query}"
                answer = browser.send(answer.next_request)  # type: ignore[arg-type]
            else:  # its sign-in page, then the one that asks whether we may know who they are
                form = "login" if 'value="login"' in answer.text else "consent"
                action = answer.text.split('action="', 1)[1].split('"', 1)[0]
                answer = browser.post(action, data={"prompt": form, "login": subject, "password": "any"})
    raise AssertionError(answer.text)


class Liar:
    """A provider whose every word a test decides: `claims` go into its ID token over what would be right."""

    def __init__(self) -> None:
        self.key: jwk.Key = another_key("1")
        self.published = [self.key]
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "1"}
        self.userinfo: dict[str, Any] = {"sub": "u-9"}
        self.about: dict[str, Any] = {"id_token_signing_alg_values_supported": ["ES256"]}
        self.asked: list[dict[str, str]] = []  # at the token endpoint
        self.nonce = ""
        self.now = 0
        self.down = False

    def signs_in(self, address: str) -> str:
        """As `signs_in_there`, without anybody to ask."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonce = asked["nonce"]
        return f"/single-sign-on/back?code=abc&state={asked['state']}"

    def answer(self, issuer: str, path: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.down:
            return 503, {"error": "temporarily_unavailable"}
        if path == "/.well-known/openid-configuration":
            ends = {f"{each}_endpoint": f"{issuer}/{each}" for each in ("authorization", "token", "userinfo")}
            return 200, {"issuer": issuer, "jwks_uri": f"{issuer}/keys", **ends, **self.about}
        if path == "/keys":
            return 200, {"keys": [key.as_dict(private=False) for key in self.published]}
        if path == "/userinfo":
            return 200, self.userinfo
        self.asked.append(body)
        right = {
            "iss": issuer,
            "sub": "u-9",
            "aud": CLIENT,
            "iat": self.now,
            "exp": self.now + 600,
            "nonce": self.nonce,
        }
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(self.header, claims, self.key, algorithms=["ES256", "HS256", "none"])


def another_key(kid: str) -> jwk.ECKey:
    return jwk.ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


@contextmanager
def served(liar: Liar) -> Iterator[str]:
    """Its issuer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say({name: values[0] for name, values in parse_qs(sent).items()})

        def _say(self, body: dict[str, str]) -> None:
            status, said = liar.answer(f"http://127.0.0.1:{server.server_port}", urlsplit(self.path).path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
