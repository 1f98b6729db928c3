"""Settings: the environment over clarity.toml over defaults.

model       what the rest of the service sees: frozen dataclasses
values      what one setting may be, each checked
schema      what may be set, with defaults, limits and a word of help for each
loading     gather, validate, build
explaining  one sentence for whatever is wrong
keeping     the data directory and the secret key in it
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from service.settings.model import (
    HOUR,
    NO_POLICY,
    NO_SECRET,
    ConnectApp,
    ForgeApp,
    GitHubSite,
    JiraSite,
    LinearSite,
    MailServer,
    OAuthApp,
    OidcProvider,
    Secret,
    Settings,
    SettingsError,
    Site,
)

__all__ = [
    "HOUR",
    "NO_POLICY",
    "NO_SECRET",
    "ConnectApp",
    "ForgeApp",
    "GitHubSite",
    "JiraSite",
    "LinearSite",
    "MailServer",
    "OAuthApp",
    "OidcProvider",
    "Secret",
    "Settings",
    "SettingsError",
    "Site",
    "load",
    "prepare",
]


def load(environ: Mapping[str, str], toml_path: Path | None = None) -> Settings:
    """Read every setting; writes nothing. `toml_path` None looks where CLARITY_CONFIG says, else in ./clarity.toml
    and in the data directory. Raises SettingsError with one line for whatever is wrong.
    """
    from service.settings.loading import load as load_now  # noqa: PLC0415 (pydantic costs 0.1 s to import)

    return load_now(environ, toml_path)


def prepare(settings: Settings) -> Settings:
    """Create the data directory, and keep a secret key there if none is set. Raises SettingsError."""
    from service.settings.keeping import prepare as prepare_now  # noqa: PLC0415 (only a server needs it)

    return prepare_now(settings)
