"""Settings: one frozen dataclass, from the environment and clarity.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from service.policy import Policy, PolicyChange
from service.ticket import Kind

HOUR = 3600.0


class SettingsError(Exception):
    """A setting is wrong. The one line says which, why, and what is valid."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.splitlines()))


class Secret(str):
    """A string that never shows itself in a repr, and so in no log and no traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('***')" if self else "Secret('')"


NO_SECRET = Secret("")
NO_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class JiraSite:
    """One Jira. `fields` maps a custom field's id to the name it is read under ("acceptance criteria").

    `path_token` stands in the webhook's URL where the site cannot sign (Data Center 9 and older).
    `shown_url` is where people see it, if not at `url`. `own_labels` are those that we put on and take off.
    """

    name: str
    url: str
    email: str = ""
    api_token: Secret = NO_SECRET
    token: Secret = NO_SECRET
    webhook_secrets: tuple[Secret, ...] = ()
    path_token: Secret = NO_SECRET
    types: Mapping[str, Kind] = field(default_factory=lambda: MappingProxyType({}))
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    max_age_seconds: float = 24 * HOUR
    cloud: bool = True
    shown_url: str = ""
    own_labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LinearSite:
    """One Linear workspace."""

    name: str
    api_url: str = "https://api.linear.app/graphql"
    api_key: Secret = NO_SECRET
    webhook_secrets: tuple[Secret, ...] = ()
    labels: Mapping[str, Kind] = field(default_factory=lambda: MappingProxyType({}))
    max_age_seconds: float = 8 * HOUR
    own_labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GitHubSite:
    """One GitHub, by a token or as an app. `repositories` narrows what is looked at; empty is all we may see."""

    name: str
    url: str = "https://github.com"
    token: Secret = NO_SECRET
    app_id: str = ""
    private_key: Secret = NO_SECRET
    installation_id: str = ""
    webhook_secrets: tuple[Secret, ...] = ()
    repositories: tuple[str, ...] = ()
    own_labels: frozenset[str] = frozenset()
    labels: Mapping[str, Kind] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def api_url(self) -> str:
        """Where its REST API is: beside github.com and ghe.com, within an Enterprise Server."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        beside = host == "github.com" or host.endswith(".ghe.com")
        return f"{parts.scheme}://api.{host}" if beside else f"{self.url.rstrip('/')}/api/v3"

    @property
    def graphql_url(self) -> str:
        """Where its GraphQL API is."""
        return f"{self.api_url.removesuffix('/v3')}/graphql"


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """Our app at Atlassian or Linear, to which admins consent. The addresses are the vendor's."""

    client_id: str
    client_secret: Secret
    auth_url: str
    api_url: str
    webhook_secrets: tuple[Secret, ...] = ()


Site = JiraSite | LinearSite | GitHubSite


@dataclass(frozen=True, slots=True)
class ConnectApp:
    """Atlassian Connect: where the keys that sign installations are, and which hosts may be a tenant's Jira."""

    keys_url: str = "https://connect-install-keys.atlassian.com"
    hosts: tuple[str, ...] = ("*.atlassian.net", "*.jira.com", "*.jira-dev.com")


@dataclass(frozen=True, slots=True)
class Digest:
    """A weekly word about the trends. `webhook` is where it is posted to; `format` is slack or teams."""

    webhook: Secret
    format: str = "slack"
    team: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The SMTP server that takes our mail. `tls` is starttls, tls or none; `sender` is who it comes from."""

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""
    password: Secret = NO_SECRET


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """Where people log in. `claim` is what names them there; `admins` and `viewers` say whom we let in.

    `accounts` are (name there, realm, id at its tracker), `account_claims` (realm, claim that holds such an id).
    """

    issuer: str
    client_id: str
    client_secret: Secret = NO_SECRET
    claim: str = "email"
    admins: tuple[str, ...] = ()
    viewers: tuple[str, ...] = ()
    accounts: tuple[tuple[str, str, str], ...] = ()
    account_claims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ForgeApp:
    """Our Forge app: its id (an ARI), where Forge's keys are, and which hosts may be asked for issues."""

    app_id: str = ""
    jwks_url: str = "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json"
    hosts: tuple[str, ...] = ("api.atlassian.com",)


NO_CONNECT = ConnectApp()
NO_FORGE = ForgeApp()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set. Durations are in seconds."""

    database_url: str
    data_dir: Path
    base_url: str = "http://127.0.0.1:8000"
    secret_key: Secret = NO_SECRET
    former_secret_key: Secret = NO_SECRET
    dashboard_token: Secret = NO_SECRET
    viewer_token: Secret = NO_SECRET
    oidc: OidcProvider | None = None
    smtp: MailServer | None = None
    connect: ConnectApp = NO_CONNECT
    forge: ForgeApp = NO_FORGE
    rules: Path | None = None
    model: str = ""
    fast: bool = True
    workers: int = 2
    worker_megabytes: int = 800
    debounce_seconds: float = 90.0
    max_wait_seconds: float = 600.0
    retention_days: int = 0
    lease_seconds: float = 60.0
    http_timeout_seconds: float = 15.0
    policy: Policy = NO_POLICY
    projects: Mapping[str, PolicyChange] = field(default_factory=lambda: MappingProxyType({}))
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    digests: Mapping[str, Digest] = field(default_factory=lambda: MappingProxyType({}))
    templates: Mapping[str, Mapping[Kind, str]] = field(default_factory=lambda: MappingProxyType({}))
    jira: Mapping[str, JiraSite] = field(default_factory=lambda: MappingProxyType({}))
    linear: Mapping[str, LinearSite] = field(default_factory=lambda: MappingProxyType({}))
    github: Mapping[str, GitHubSite] = field(default_factory=lambda: MappingProxyType({}))
    oauth: Mapping[str, OAuthApp] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def sites(self) -> Mapping[str, Mapping[str, Site]]:
        """Every site by its tracker and its name."""
        return {"jira": self.jira, "linear": self.linear, "github": self.github}

    @property
    def patient_policy(self) -> Policy:
        """The policy for all, with how long we wait for an author to stop writing."""
        return replace(self.policy, debounce=self.debounce_seconds, max_wait=self.max_wait_seconds)

    def debounce_of(self, project: str) -> float:
        """How long a ticket of a project has to rest, in seconds, as far as clarity.toml says."""
        own = self.projects.get(project)
        told = self.debounce_seconds if own is None or own.debounce is None else own.debounce
        return min(told, self.max_wait_seconds)

    @property
    def own_labels(self) -> frozenset[str]:
        """The labels that we put on tickets and take off."""
        return frozenset(filter(None, [self.policy.label, *(one.label for one in self.projects.values())]))

    @property
    def locked(self) -> bool:
        """Whether people have to log in; if not, only this machine is let in."""
        return bool(self.dashboard_token or self.viewer_token or self.oidc)
