"""Tokens of Atlassian Connect: whose they are, whether they hold for a request, and those that we sign.

No I/O. Facts: developer.atlassian.com/cloud/jira/platform/security-for-connect-apps.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from requests import PreparedRequest
from requests.auth import AuthBase

from service.settings import Secret
from service.trackers import qsh

KEY = "ticket-clarity"
"""Our key in the descriptor: as whom we sign."""
LIFE_SECONDS = 180
MOST_CHARACTERS = 16_384
Claims = Mapping[str, Any]
PublicKey = str | RSAPublicKey


class Unproven(Exception):
    """A token does not prove what it has to. The sentence may be shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a token is held against. `path` is relative to our base URL and still encoded; `query` as sent."""

    method: str
    path: str
    query: str

    @property
    def hash(self) -> str:
        """What the token of this one request has to say."""
        return qsh.query_hash(self.method, self.path, self.query)


def header_of(token: str) -> Mapping[str, Any]:
    """What a token says about itself, unproven. Raises Unproven where it is none."""
    try:
        return jwt.get_unverified_header(token[:MOST_CHARACTERS])
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise Unproven("The token cannot be read.") from None


def client_key(token: str) -> str:
    """Whose token it claims to be: its first audience if it names one, else its issuer. Raises Unproven."""
    claims = _claims(token, "", [], verified=False)
    named = claims.get("aud") or claims.get("iss")
    first = named[0] if isinstance(named, list) else named
    if not isinstance(first, str) or not first:
        raise Unproven("The token names no installation.")
    return first


def proven(token: str, key: PublicKey, algorithm: str) -> Claims:
    """What a token says, signed by this key with this algorithm and no other, and not expired. Raises Unproven."""
    return _claims(token, key, [algorithm], verified=True)


def check_request(claims: Claims, asked: Asked, *, context_too: bool = False) -> None:
    """Hold a token against the request that brought it. Raises Unproven.

    `context_too` also takes one that belongs to a whole page: it proves who asks, and nothing of what is asked.
    """
    given = claims.get("qsh")
    if not isinstance(given, str) or not given:
        raise Unproven("The token is bound to no request.")
    if context_too and given == qsh.CONTEXT:
        return
    if not hmac.compare_digest(given.encode("utf-8", "replace"), asked.hash.encode()):
        raise Unproven("The token belongs to another request.")


def check_installation(claims: Claims, base_url: str, named: str) -> None:
    """Hold a lifecycle token against us and against the installation that the body names. Raises Unproven."""
    audience = claims.get("aud")
    first = audience[0] if isinstance(audience, list) and audience else ""
    if not isinstance(first, str) or first.rstrip("/") != base_url.rstrip("/"):
        raise Unproven(f"The token is not for {base_url}. Is CLARITY_BASE_URL what the descriptor says?")
    if not named or claims.get("iss") != named:
        raise Unproven("The token's issuer is not the installation that the body names.")


def signed(secret: Secret, claims: Claims, now: float, seconds: float = LIFE_SECONDS) -> str:
    """A token of ours."""
    told = {"iss": KEY, "iat": int(now), "exp": int(now + seconds), **claims}
    return jwt.encode(told, str(secret), algorithm="HS256")


class Signed(AuthBase):
    """Signs each request to one tenant's Jira with the secret that we share with it."""

    def __init__(self, base_url: str, client: str, secret: Secret) -> None:
        self._base_path, self._client, self._secret = urlsplit(base_url).path, client, secret

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """With the token that is good for this request alone."""
        parts = urlsplit(request.url or "")
        path = qsh.below(self._base_path, parts.path)
        claims = {"aud": [self._client], "qsh": qsh.query_hash(request.method or "GET", path, parts.query)}
        request.headers["Authorization"] = f"JWT {signed(self._secret, claims, time.time())}"
        return request


def _claims(token: str, key: PublicKey, algorithms: list[str], *, verified: bool) -> Claims:
    if len(token) > MOST_CHARACTERS:
        raise Unproven("The token is too long.")
    try:
        return jwt.decode(
            token,
            key,
            algorithms=algorithms,
            options={
                "verify_signature": verified,
                "verify_aud": False,  # who is meant is asked differently by route
                "verify_iat": False,  # their clock may be a little ahead
                "verify_exp": verified,
                "verify_sub": False,
                "require": ["exp", "iss"] if verified else [],
            },
        )
    except jwt.ExpiredSignatureError:
        raise Unproven("The token has expired.") from None
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        raise Unproven("The token is not signed as it has to be.") from None
