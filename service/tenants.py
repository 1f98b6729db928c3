"""Tenants: the Jiras that installed us as an app, each a site of its own with a secret of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from service.settings import Secret
from service.store import Store
from service.store import tenants as queries
from service.store.accepting import register_site

CONNECT = "connect"
FORGE = "forge"
TRACKER = "jira"
JIRA_OAUTH = "jira-oauth"
LINEAR_OAUTH = "linear-oauth"


@dataclass(frozen=True, slots=True)
class Tenant:
    """One installation. `client_key` is Jira's own name for it; `secret` is "" once we are uninstalled there."""

    site: str
    client_key: str
    base_url: str
    shown_url: str
    enabled: bool
    revision: int
    secret: Secret

    @property
    def called(self) -> str:
        """What people call it: a Jira's address, or a workspace's name."""
        return called(self.shown_url or self.base_url)

    @property
    def app(self) -> str:
        """What it installed: "connect" or "forge"."""
        return self.site.partition(":")[0]

    @property
    def tracker(self) -> str:
        """What kind of tracker it is."""
        return tracker_of(self.site)


def called(address: str) -> str:
    """An address as people say it; a name as it is."""
    return address.removeprefix("https://").rstrip("/")


def tracker_of(site: str) -> str:
    """The tracker of a tenant's site, told from its name."""
    return "linear" if site.startswith(f"{LINEAR_OAUTH}:") else TRACKER


def is_tenant(site: str) -> bool:
    """Whether a site's name is a tenant's; no site in the settings can have such a name."""
    return ":" in site


class Tenants:
    """All tenants of one database. Methods raise StoreUnavailable, and SettingsError where no key opens one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def installed(self, app: str, client_key: str, base_url: str, secret: str, *, shown_url: str = "") -> str:
        """Keep a new tenant, or a known one's new address and secret; the name of its site."""
        site = queries.site_name(app, client_key)
        told = {"client_key": client_key, "base_url": base_url, "shown_url": shown_url}
        with self._store.writing() as connection:
            register_site(connection, tracker_of(site), site)
            queries.keep_tenant(connection, site, told, self._store.seal(site, secret))
        return site

    def uninstalled(self, app: str, client_key: str) -> str:
        """Forget the secret of a tenant, and return its site; one that we do not know has none."""
        site = queries.site_name(app, client_key)
        with self._store.writing() as connection:
            queries.drop_secret(connection, site)
        return site

    def enabled(self, site: str, *, enabled: bool) -> None:
        """Work for a tenant, or leave it alone until it says otherwise."""
        with self._store.writing() as connection:
            queries.set_enabled(connection, site, enabled=enabled)

    def find(self, app: str, client_key: str) -> Tenant | None:
        """The tenant of this name, if it has installed us."""
        return self.at(queries.site_name(app, client_key))

    def at(self, site: str) -> Tenant | None:
        """The tenant whose site this is, if it has installed us."""
        with self._store.reading() as connection:
            return self._opened(queries.get_tenant(connection, site))

    def called(self, site: str) -> str:
        """What people call a tenant, also one that has uninstalled us."""
        with self._store.reading() as connection:
            row = queries.get_tenant(connection, site)
        return called(row.shown_url or row.base_url) if row else site

    def sites(self) -> list[str]:
        """The sites of all who let us work at the moment."""
        with self._store.reading() as connection:
            return queries.working_sites(connection)

    def names(self) -> list[str]:
        """The sites of all who ever installed us."""
        with self._store.reading() as connection:
            return queries.all_sites(connection)

    def _opened(self, row: Row[Any] | None) -> Tenant | None:
        if row is None or row.value is None:
            return None
        secret = self._store.unseal(row.site, row.value)
        return Tenant(row.site, row.client_key, row.base_url, row.shown_url, row.enabled, row.revision, secret)
