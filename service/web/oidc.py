"""OpenID Connect: the team's own provider says who somebody is. Authorization code with PKCE, state and nonce."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from service.bulkhead import Bulkhead, BulkheadFull
from service.mail_address import is_mail_address
from service.settings import OidcProvider
from service.trackers.outgoing import bind

SECONDS = 10.0
MOST_ASKING = 4
"""How many may wait for the provider: fewer than a web process has threads. Anybody can begin a login."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
LONGEST_ID = 200
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
DOWN = "The login provider did not answer as it should. Try again in a moment, or log in with the token."
UNENCRYPTED = (
    "The login provider names an address that is not https. Tell who runs it, or log in with the token meanwhile."
)
FAILED = "The login did not succeed. Please try again."
UNVERIFIED = "Your provider has not verified your e-mail address, so it does not tell who you are."


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who logged in at the provider: their name there, and accounts that it told of, as (realm, id).

    `email` is an address that the provider has verified, or "".
    """

    name: str
    accounts: tuple[tuple[str, str], ...] = ()
    email: str = ""


class ProviderDown(Exception):
    """The provider cannot be reached, or answers what is no OpenID Connect."""


class LoginFailed(Exception):
    """Nobody was proven to have logged in. The sentence may be shown."""


class _Session(OAuth2Session):  # type: ignore[misc]  # authlib has no types
    """Follows no redirect: what it is told to ask is what it asks, and answers are bounded."""

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # noqa: ANN401 (the library's own)
        bind(self, url, SECONDS)
        response: requests.Response = super().request(method, url, **(options | {"allow_redirects": False}))
        if response.is_redirect:
            raise requests.ConnectionError("the provider redirects")
        return response


class _Client(FlaskOAuth2App):  # type: ignore[misc]  # authlib has no types
    """Takes the provider at its word only as the issuer that settings name, signing with its own private key."""

    client_cls = _Session

    def load_server_metadata(self) -> dict[str, Any]:
        told: dict[str, Any] = super().load_server_metadata()
        if str(told.get("issuer", "")).rstrip("/") != self.client_kwargs["issuer"]:
            raise ProviderDown(DOWN)
        if self.client_kwargs["issuer"].startswith("https:") and not all(
            _encrypted(told.get(one)) for one in ENDPOINTS
        ):
            raise ProviderDown(UNENCRYPTED)
        offered = told.get("id_token_signing_alg_values_supported", ["RS256"])
        told["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNED_BY]
        return told


def _encrypted(address: object) -> bool:
    """Whether an address that the provider names is encrypted as it is itself; one that it need not name is."""
    return address is None or (isinstance(address, str) and address.startswith("https:"))


class Provider:
    """One provider. `name` is shown to people."""

    def __init__(self, app: Flask, told: OidcProvider, base_url: str) -> None:
        self._bulkhead = Bulkhead(MOST_ASKING)
        self._claim, self._callback = told.claim, f"{base_url}/login/callback"
        self._account_claims = told.account_claims
        self.name = urlsplit(told.issuer).hostname or told.issuer
        self._client = OAuth(app).register(
            "provider",
            client_cls=_Client,
            client_id=told.client_id,
            client_secret=str(told.client_secret),
            server_metadata_url=f"{told.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": SECONDS,
                "issuer": told.issuer,
            },
        )

    def send_there(self) -> Response:
        """A redirect to where people log in. Raises ProviderDown."""
        try:
            with self._asking():
                response: Response = self._client.authorize_redirect(self._callback)
        except (requests.RequestException, RuntimeError, ValueError, TypeError) as error:
            raise ProviderDown(DOWN) from error
        return response

    def who_came_back(self) -> Known:
        """Who has just logged in there. Raises LoginFailed or ProviderDown."""
        try:
            with self._asking():
                claims = self._client.authorize_access_token().get("userinfo")
        except (OAuthError, JoseError) as error:
            raise LoginFailed(FAILED) from error
        except (requests.RequestException, RuntimeError, ValueError, TypeError, KeyError) as error:
            raise ProviderDown(DOWN) from error
        told = claims or {}
        return Known(self._name(told), tuple(self._accounts(told)), _email(told))

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with self._bulkhead.entered():
                yield
        except BulkheadFull:
            raise ProviderDown(DOWN) from None

    def _accounts(self, claims: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for realm, claim in self._account_claims:
            told = claims.get(claim)
            for one in told if isinstance(told, list) else [told]:
                if isinstance(one, str) and 0 < len(one) <= LONGEST_ID:
                    yield realm, one

    def _name(self, claims: dict[str, Any]) -> str:
        if self._claim == "email" and claims.get("email_verified") is not True:
            raise LoginFailed(UNVERIFIED)
        name = claims.get(self._claim)
        if not isinstance(name, str) or not name.strip():
            raise LoginFailed(FAILED)
        return name.strip()


def _email(claims: dict[str, Any]) -> str:
    email = claims.get("email")
    verified = claims.get("email_verified") is True
    return email if verified and isinstance(email, str) and is_mail_address(email) else ""
