"""Who grants: Atlassian and Linear, as their own pages describe it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from service.settings import OAuthApp, Settings
from service.tenants import JIRA_OAUTH, LINEAR_OAUTH
from service.trackers.outgoing import bind

SECONDS = 15.0


# What says that a code or a grant is good no more; Atlassian says the second of a refresh token that is spent.
ENDED = frozenset({"invalid_grant", "unauthorized_client", "access_denied"})
OUR_APP = frozenset({"invalid_client", "invalid_request", "invalid_scope", "unsupported_grant_type"})


class NotGranted(Exception):
    """The grant was refused or taken back. The sentence may be shown."""


class AppRefused(NotGranted):
    """Our app's id or secret is not right. What was granted may well be alive."""


class ProviderDown(Exception):
    """The provider did not answer as it should; it may later."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider, and our app there. `tenant_app` is what its tenants' sites are named by."""

    tracker: str
    tenant_app: str
    name: str
    authorize_url: str
    token_url: str
    api_url: str
    scope: str
    app: OAuthApp
    asked: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def scopes(self) -> frozenset[str]:
        """What we ask for, one by one."""
        return frozenset(self.scope.replace(",", " ").split())

    def consent(self, callback: str) -> tuple[str, str, str]:
        """The address to send an admin to, with the state and the verifier to keep until they come back."""
        verifier = secrets.token_urlsafe(48)
        session = self._session(redirect_uri=callback, code_challenge_method="S256")
        address, state = session.create_authorization_url(self.authorize_url, code_verifier=verifier, **self.asked)
        return str(address), str(state), verifier

    def exchanged(self, code: str, verifier: str, callback: str) -> dict[str, Any]:
        """The tokens for a code. Raises NotGranted or ProviderDown."""
        session = self._session(redirect_uri=callback, code_challenge_method="S256")
        return self._told(lambda: session.fetch_token(self.token_url, code=code, code_verifier=verifier))

    def renewed(self, refresh_token: str) -> dict[str, Any]:
        """New tokens for old; the old ones are spent. Raises NotGranted or ProviderDown."""
        session = self._session(token={"refresh_token": refresh_token, "access_token": "", "token_type": "Bearer"})
        return self._told(lambda: session.refresh_token(self.token_url, refresh_token=refresh_token))

    def _session(self, **more: Any) -> OAuth2Session:  # noqa: ANN401 (the library's own)
        session = OAuth2Session(
            self.app.client_id,
            str(self.app.client_secret),
            scope=self.scope,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 (a method's name)
            default_timeout=SECONDS,
            **more,
        )
        bind(session, self.token_url, SECONDS)  # our secret stands in the body, which a redirect would take along
        return session

    def _told(self, ask: Any) -> dict[str, Any]:  # noqa: ANN401 (the library's own)
        try:
            told: dict[str, Any] = dict(ask())
        except OAuthError as error:
            raise self._refusal(str(error.error)[:60]) from None
        except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError):
            raise ProviderDown(f"{self.name} did not answer as it should. Try again in a moment.") from None
        if not isinstance(told.get("access_token"), str) or not isinstance(told.get("refresh_token"), str):
            raise ProviderDown(f"{self.name} granted no token that can be renewed.")
        return told

    def _refusal(self, code: str) -> NotGranted | ProviderDown:
        """What an error of OAuth means. One that we do not know may pass: nothing is thrown away for it."""
        if code in ENDED:
            return NotGranted(f"{self.name} refused: {code}.")
        if code in OUR_APP:
            setting = f"CLARITY_OAUTH_{self.tracker.upper()}_CLIENT_SECRET"
            return AppRefused(f"{self.name} refused: {code}. Is {setting} the secret that it shows?")
        return ProviderDown(
            f"{self.name} answered {code if code.isidentifier() else 'an error'}. Try again in a moment."
        )


def providers(settings: Settings) -> dict[str, Provider]:
    """Those that settings name an app for, by tracker."""
    found = {}
    if app := settings.oauth.get("jira"):
        found["jira"] = Provider(
            tracker="jira",
            tenant_app=JIRA_OAUTH,
            name="Atlassian",
            authorize_url=f"{app.auth_url}/authorize",
            token_url=f"{app.auth_url}/oauth/token",
            api_url=app.api_url,
            scope="read:jira-work write:jira-work read:jira-user manage:jira-webhook offline_access",
            app=app,
            asked={"audience": "api.atlassian.com", "prompt": "consent"},
        )
    if app := settings.oauth.get("linear"):
        found["linear"] = Provider(
            tracker="linear",
            tenant_app=LINEAR_OAUTH,
            name="Linear",
            authorize_url=f"{app.auth_url}/oauth/authorize",
            token_url=f"{app.api_url}/oauth/token",
            api_url=app.api_url,
            scope="read,write",
            app=app,
            asked={"actor": "app", "prompt": "consent"},
        )
    return found
