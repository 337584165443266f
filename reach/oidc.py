"""Single sign-on by OpenID Connect, and the only place that knows authlib and joserfc.

Authorization code with PKCE, nonce and state: OpenID Connect Core 1.0, section 3.1; RFC 7636. What comes back is a
signed ID token, checked as section 3.1.3.7 says: signature by the provider's published keys (never with our own
secret, never unsigned), issuer, audience, times with a minute's leeway, nonce. What the provider publishes about itself
is asked once an hour.

    Unavailable    the provider does not answer, or not as one does
    Forbidden      it does, and what it says is not good for signing in here (`sso_refused`)
    Misconfigured  it is not the provider that the settings name
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import OAuth2Client, OAuthError
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from domain.errors import Forbidden, Misconfigured, Unavailable
from domain.identity import Identity

PATIENCE_S = 5.0  # for each answer: somebody looks at an empty page meanwhile
FRESH_S = 3600.0
LEEWAY_S = 60  # between their clock and ours
MAX_SUBJECT = 255  # characters, ASCII: OpenID Connect Core, section 2
# Signed with a key that only the provider has. HS256 is signed with the client's secret, "none" not at all.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})

_DOWN = (
    "Your work account cannot be asked at the moment: its server does not answer as it should. Try again in a minute, "
    "or sign in with a link or a code."
)
_REFUSED = (
    "Your work account did not say who you are in a way that can be trusted. Begin again; if that does not help, tell "
    "whoever looks after Pass It On, and sign in with a link or a code meanwhile."
)


@dataclass(frozen=True)
class _Published:
    about: Mapping[str, Any]
    keys: KeySet
    at: float


class Provider:
    """One provider, and us as its client. Threads share it."""

    def __init__(self, issuer: str, client_id: str, client_secret: str | None, redirect_uri: str) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._published: _Published | None = None
        self._lock = threading.Lock()

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent to sign in. Raises Unavailable, Misconfigured."""
        about = self._now_published().about
        with self._client(about) as client:
            url, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    def identity(self, code: str, *, nonce: str, verifier: str, now: datetime) -> Identity:
        """Who signed in there, for the code that their browser brought back.

        Raises Unavailable, Forbidden (`sso_refused`), Misconfigured.
        """
        published = self._now_published()
        with self._client(published.about) as client:
            try:
                token = client.fetch_token(
                    published.about["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
                claims = self._checked(token, published, nonce, now)
                return _identity(claims | self._more(client, published.about, claims))
            except OAuthError as cause:  # the code is used up, too old, or was never given to us
                raise _refused() from cause
            except (httpx2.HTTPError, ValueError) as cause:
                raise Unavailable(_DOWN, code="sso_down") from cause

    def check(self) -> str:
        """What `passiton doctor` says. Raises as `address` does."""
        published = self._now_published()
        known = published.about.get("code_challenge_methods_supported", ["S256"])
        if "S256" not in known:
            raise Misconfigured(f"{self.issuer} does not know PKCE with S256, which signing in here needs.")
        keys = len(published.keys.keys)
        named = f"{keys} key{'' if keys == 1 else 's'}"
        return f"{published.about['issuer']}, {named}; it has to know {self._redirect_uri}"

    def _checked(self, token: Mapping[str, Any], published: _Published, nonce: str, now: datetime) -> dict[str, Any]:
        """What the ID token says. Raises Forbidden (`sso_refused`)."""
        about = published.about
        allowed = ALGORITHMS & set(about.get("id_token_signing_alg_values_supported", ["RS256"]))
        raw = token.get("id_token")
        if not isinstance(raw, str):
            raise _refused()
        try:
            try:
                decoded = jwt.decode(raw, published.keys, algorithms=sorted(allowed))
            except (JoseError, ValueError):  # keys change: the one that it is signed with may be new
                decoded = jwt.decode(raw, self._published_anew().keys, algorithms=sorted(allowed))
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={"iss": {"value": about["issuer"]}, "aud": {"value": self._client_id}},
                params={"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError) as cause:
            raise _refused() from cause
        subject = claims["sub"]
        if not (0 < len(subject) <= MAX_SUBJECT and subject.isascii() and subject.isprintable()):
            raise _refused()
        return dict(claims)

    def _more(self, client: OAuth2Client, about: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
        """Name and address, where the ID token left them out: many providers say them only when asked."""
        endpoint = about.get("userinfo_endpoint")
        if not endpoint or {"name", "email"} <= claims.keys():
            return {}
        answer = client.get(endpoint)
        answer.raise_for_status()
        said = answer.json()
        # Somebody else's (section 5.3.2), or signed, which nobody asked for.
        if not isinstance(said, dict) or said.get("sub") != claims["sub"]:
            raise _refused()
        return {each: said[each] for each in ("name", "preferred_username", "email", "email_verified") if each in said}

    def _client(self, about: Mapping[str, Any]) -> OAuth2Client:
        ways = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        post = "client_secret_basic" not in ways and "client_secret_post" in ways
        return OAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret,
            token_endpoint_auth_method="client_secret_post" if post and self._client_secret else None,
            scope="openid profile email",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=PATIENCE_S,
        )

    def _now_published(self) -> _Published:
        published = self._published
        if published is not None and time.monotonic() - published.at < FRESH_S:
            return published
        return self._published_anew()

    def _published_anew(self) -> _Published:
        with self._lock:
            self._published = self._ask()
            return self._published

    def _ask(self) -> _Published:
        try:
            with httpx2.Client(timeout=PATIENCE_S) as client:
                about = _json(client.get(get_well_known_url(self.issuer, external=True)))
                self._demand_sane(about)
                keys = KeySet.import_key_set(_json(client.get(about["jwks_uri"])))  # type: ignore[arg-type]
        except (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError) as cause:
            raise Unavailable(_DOWN, code="sso_down") from cause
        return _Published(about, keys, time.monotonic())

    def _demand_sane(self, about: Mapping[str, Any]) -> None:
        """Raises Misconfigured, ValueError."""
        # A slash at the end is what people leave out; otherwise to the letter (Discovery, section 4.3).
        if str(about.get("issuer")).rstrip("/") != self.issuer.rstrip("/"):
            raise Misconfigured(
                f"PASSITON_OIDC_ISSUER is {self.issuer}, and what answers there says it is {about.get('issuer')}. "
                "Set the one that it says, if that is yours."
            )
        local = urlsplit(self.issuer).hostname in {"localhost", "127.0.0.1", "::1"}
        for each in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlsplit(about[each]).scheme != "https" and not local:
                raise ValueError(each)


def _json(answer: httpx2.Response) -> dict[str, Any]:
    answer.raise_for_status()
    said = answer.json()
    if not isinstance(said, dict):
        raise ValueError("not an object")
    return said


def _identity(claims: Mapping[str, Any]) -> Identity:
    def said(name: str) -> str:
        found = claims.get(name)
        return found if isinstance(found, str) else ""

    verified = claims.get("email_verified") in (True, "true")  # some say it in letters
    return Identity(
        said("iss"), said("sub"), said("name"), said("preferred_username"), said("email") if verified else ""
    )


def _refused() -> Forbidden:
    return Forbidden(_REFUSED, code="sso_refused")
