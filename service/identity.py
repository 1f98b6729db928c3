"""Whom the settings let in, and which accounts at trackers are theirs. Pure."""

from __future__ import annotations

from service.settings import OidcProvider


def is_named(name: str, pattern: str) -> bool:
    """Whether a name is meant: itself, or by a domain as in *@your-team.example."""
    name, pattern = name.casefold(), pattern.casefold()
    return bool(name) and (name == pattern or (pattern.startswith("*@") and name.endswith(pattern[1:])))


def is_let_in(provider: OidcProvider, name: str) -> bool:
    """Whether somebody of this name may come in, to see or to change."""
    return any(is_named(name, one) for one in (*provider.admins, *provider.viewers))


def accounts_of(provider: OidcProvider, name: str) -> list[tuple[str, str]]:
    """The accounts that the settings say are theirs, as (realm, id)."""
    return [(realm, one) for known, realm, one in provider.accounts if known.casefold() == name.casefold()]
