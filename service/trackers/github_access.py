"""Who we are at GitHub: a token, or an app whose key signs for a token that lasts an hour."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Mapping
from datetime import datetime

import jwt
import requests

from service.settings import GitHubSite
from service.trackers.base import TrackerError
from service.trackers.wild import Untamed, Wild

SKEW = 60.0
JWT_SECONDS = 540.0  # GitHub takes ten minutes at most, and its clock is not ours
MARGIN = 300.0
_KEY = "CLARITY_GITHUB_PRIVATE_KEY is no RSA key. Take the .pem file that GitHub made for the app."
_WHICH = "The app is installed in {} places. Set CLARITY_GITHUB_INSTALLATION_ID to the one that is meant."
Call = Callable[[str, str, Mapping[str, str]], Wild]


class Access:
    """Signs requests. `call(method, path, headers)` asks GitHub's REST API and raises TrackerError."""

    def __init__(self, site: GitHubSite, call: Call, now: Callable[[], float] = clock.time) -> None:
        self._site, self._call, self._now = site, call, now
        self._token, self._until, self._installation = "", 0.0, site.installation_id
        self._lock = threading.Lock()

    def __call__(self, going: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token. A plain header would give way to whatever a .netrc file says."""
        if "X-Signed" not in going.headers:
            going.headers["Authorization"] = f"Bearer {self.token()}"
        else:
            going.headers["Authorization"] = going.headers.pop("X-Signed")
        return going

    def token(self) -> str:
        """A token that is good for some minutes yet; raises TrackerError."""
        if not self._site.app_id:
            return str(self._site.token)
        with self._lock:
            if self._now() > self._until - MARGIN:
                self._renew()
            return self._token

    def forget(self) -> None:
        """The token was refused: the next request takes a new one."""
        self._until = 0.0

    def _renew(self) -> None:
        signed = {"X-Signed": f"Bearer {self._jwt()}"}
        self._installation = self._installation or self._only_installation(signed)
        told = self._call("POST", f"/app/installations/{self._installation}/access_tokens", signed)
        try:
            self._token = told["token"].text()
            self._until = datetime.fromisoformat(told["expires_at"].text()).timestamp()
        except ValueError as error:
            raise TrackerError("GitHub's answer to our request for a token could not be read.") from error

    def _jwt(self) -> str:
        now = int(self._now())
        claims = {"iat": now - int(SKEW), "exp": now + int(JWT_SECONDS), "iss": self._site.app_id}
        try:
            return jwt.encode(claims, str(self._site.private_key), algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise TrackerError(_KEY, permanent=True, pauses="site") from None

    def _only_installation(self, signed: Mapping[str, str]) -> str:
        try:
            found = [one["id"].id() for one in self._call("GET", "/app/installations", signed)["list"]]
        except Untamed as error:
            raise TrackerError(f"GitHub's list of installations could not be read: {error}.") from None
        if len(found) != 1:
            raise TrackerError(_WHICH.format(len(found)), permanent=True, pauses="site")
        return found[0]
