"""What we were granted, kept sealed. Tokens live for an hour or a day; each renewal spends the refresh token.

Several tenants may stand on one grant, as Atlassian's holds for every site that was consented to.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.settings import Secret
from service.store import Store
from service.store import grants as queries
from service.tenants import JIRA_OAUTH, LINEAR_OAUTH, Tenant, Tenants


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token, what renews it, until when it is good (seconds since the epoch), and for what."""

    access: Secret
    refresh: Secret
    until: float
    scope: frozenset[str] = frozenset()

    def sealed(self, store: Store, name: str) -> bytes:
        """For the database."""
        return store.seal(name, json.dumps([self.access, self.refresh, self.until, sorted(self.scope)]))

    @classmethod
    def opened(cls, store: Store, name: str, value: bytes) -> Tokens:
        """From the database. Raises SettingsError where no key opens it."""
        access, refresh, until, *more = json.loads(store.unseal(name, value))
        return cls(Secret(access), Secret(refresh), float(until), frozenset(*more))

    @classmethod
    def told(cls, answer: Mapping[str, Any], now: float, scope: frozenset[str]) -> Tokens:
        """As a provider tells them; where it names no scope, that is as it was, or as it was asked for."""
        seconds = answer.get("expires_in", 3600)
        lives = float(seconds) if isinstance(seconds, int | float | str) and str(seconds).isdecimal() else 3600.0
        named = answer.get("scope") or scope
        granted = frozenset(re.split(r"[ ,]+", named) if isinstance(named, str) else map(str, named))
        return cls(Secret(answer["access_token"]), Secret(answer["refresh_token"]), now + lives, granted)


def keep(store: Store, tracker: str, tokens: Tokens) -> str:
    """Write a new grant down; its name."""
    name = f"grant:{secrets.token_hex(12)}"
    with store.writing() as connection:
        queries.add_grant(connection, name, tracker, tokens.sealed(store, name))
    return name


def held(store: Store, name: str) -> Tokens | None:
    """What is kept of a grant; None where it was taken back as far as we know."""
    with store.reading() as connection:
        value = queries.get_grant(connection, name)
    return None if value is None else Tokens.opened(store, name, value)


def grant_of(tenant: Tenant) -> str:
    """The name of the grant that a tenant by consent stands on."""
    return str(json.loads(tenant.secret)["grant"])


def consented(store: Store) -> list[str]:
    """The sites of all who ever let us in by consent."""
    return [site for site in Tenants(store).names() if site.startswith((f"{JIRA_OAUTH}:", f"{LINEAR_OAUTH}:"))]


def by_consent(store: Store) -> list[Tenant]:
    """Every tenant by consent, but for those who told us that they took it back."""
    tenants = Tenants(store)
    return [tenant for site in consented(store) if (tenant := tenants.at(site))]


def forget_unused(store: Store, names: Iterable[str]) -> None:
    """Delete those of these grants that no tenant stands on any more."""
    used = {grant_of(tenant) for tenant in by_consent(store)}
    with store.writing() as connection:
        for name in set(names) - used:
            queries.drop_grant(connection, name)
