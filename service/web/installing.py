"""Who installs us, or uninstalls us: proven by the key with which Atlassian itself signs that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from service.loopback import is_loopback
from service.settings import Secret, Settings
from service.trackers import key_server
from service.trackers.base import Refused
from service.trackers.connect import Unproven, check_installation, check_request, header_of, proven
from service.trackers.wild import Untamed, Wild
from service.web.tokens import asked, token_of_request

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
MOST_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Installation:
    """What the body of an installation says."""

    client_key: str
    base_url: str
    shown_url: str
    shared_secret: Secret


class Installer:
    """Proves who installs us. Keeps the vendor's keys for a while."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys = key_server.KeptKeys(self._ask)

    def proven(self, body: bytes) -> Wild:
        """The body, once its sender is proven to act for the installation that it names.

        Raises Refused, and Unreachable where the key server does not answer.
        """
        token = token_of_request()
        try:
            claims = proven(token, self._key(token), "RS256")
            check_request(claims, asked(self._settings))
            told = Wild.parse(body)
            check_installation(claims, self._settings.base_url, told["clientKey"].text(default=""))
        except Unproven as fault:
            raise Refused(401, str(fault)) from None
        except Untamed as fault:
            raise Refused(400, f"The body could not be read: {fault}.") from None
        return told

    def installation(self, told: Wild) -> Installation:
        """What a proven body says about a new tenant; raises Refused."""
        try:
            base_url = _bounded(told["baseUrl"].text()).rstrip("/")
            shown = _bounded(told["displayUrl"].text(default="")).rstrip("/")
            secret = Secret(_bounded(told["sharedSecret"].text()))
            found = Installation(_bounded(told["clientKey"].text()), base_url, shown, secret)
        except Untamed as fault:
            raise Refused(400, f"The body could not be read: {fault}.") from None
        if not secret:
            raise Refused(400, "The body holds no sharedSecret.")
        app = self._settings.connect
        if not may_be_called(base_url, app.hosts, app.keys_url):
            raise Refused(401, "This Jira's address is none of those that CLARITY_CONNECT_HOSTS allows.")
        return found

    def _key(self, token: str) -> str:
        header = header_of(token)
        key_id = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(key_id, str) or not _UUID.fullmatch(key_id):
            raise Unproven("The token is not signed as an installation has to be.")
        key = self._keys.get(key_id)
        if not key:
            raise Unproven("The key that signed the token is not known to its server.")
        return key

    def _ask(self, key_id: str) -> str | None:
        found = key_server.fetch(f"{self._settings.connect.keys_url}/{key_id}")
        return found.decode("ascii", "replace") if found else None


def may_be_called(url: str, hosts: Sequence[str], key_server: str) -> bool:
    """Whether a tenant's Jira may be at this address: an allowed host, encrypted.

    Where the key server is this very machine, as in a test, Jira may be as well.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username or parts.password or parts.query or parts.fragment or re.search(r"[\s\\]", url):
        return False
    if is_loopback(host) and (is_loopback(urlsplit(key_server).hostname or "") or host in hosts):
        return parts.scheme in ("http", "https")
    return parts.scheme == "https" and any(fnmatchcase(host, pattern) for pattern in hosts)


def _bounded(text: str) -> str:
    if len(text) > MOST_CHARACTERS or re.search(r"[\x00-\x1f\x7f]", text):
        raise Untamed("a value in it is too long, or no plain text")
    return text
