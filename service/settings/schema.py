"""What may be set: the shape of clarity.toml. Each field's description is its line in docs/settings.md."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.exemplar import Sharing
from service.settings.model import HOUR
from service.settings.values import (
    ACCOUNT_CLAIMS,
    ACCOUNTS,
    HOSTS,
    KINDS,
    NAMES,
    OPENED,
    PEOPLE,
    PERCENT,
    SECRETS,
    TERMS,
    DatabaseUrl,
    FieldId,
    HeadingName,
    HostName,
    Hosts,
    Label,
    MailAddress,
    Names,
    OpenedSection,
    People,
    Readers,
    Repositories,
    Seconds,
    SecretText,
    SecretTexts,
    SiteName,
    Terms,
    Url,
    WebhookUrl,
    Whole,
    at_least,
    setting,
)
from service.ticket import Kind, StatusCategory
from service.verdict import Severity


class Table(BaseModel):
    """A table of clarity.toml; what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)


class RuleTable(Table):
    """[policy.rules.RULE] and [projects.KEY.rules.RULE]: what a team changes about one rule."""

    enabled: bool | None = setting(None, "Whether the rule is used.", "true or false")
    weight: Whole | None = setting(None, "What a finding costs, of 100 points.", PERCENT, ge=0, le=100)
    severity: Severity | None = setting(None, "How much a finding matters.", "hint, warning or blocker")
    applies_to: list[Kind] | None = setting(None, "Kinds of ticket it is used on.", f"a list of {KINDS}")


class VocabularyTable(Table):
    """[policy.vocabulary] and [projects.KEY.vocabulary]: what a team's words mean to it."""

    words: Terms = setting([], "Words and phrases that have an agreed meaning, so that they are not vague.", TERMS)
    acronyms: Terms = setting([], "Acronyms that everybody knows, written as they are.", TERMS)
    roles: Names = setting(
        [], "Who your tickets are for, by name.", 'a list of names, as in ["dispatcher", "night nurse"]'
    )
    headings: dict[HeadingName, OpenedSection] = setting(
        {}, "Headings of your own, and what each opens.", f"one of {', '.join(OPENED)}"
    )


class PolicyTable(Table):
    """[policy] for all, [projects.KEY] for one project."""

    ready: Whole | None = setting(None, "Lowest score that is ready (80).", PERCENT, ge=0, le=100)
    nearly: Whole | None = setting(None, "Lowest score that is nearly ready (50).", PERCENT, ge=0, le=100)
    quiet: bool | None = setting(None, "Score without commenting: for a trial.", "true or false")
    service_desk: bool | None = setting(
        None, "Comment on service-desk tickets, as internal notes.", "true or false"
    )
    silent_kinds: list[Kind] | None = setting(None, "Kinds never commented on.", f"a list of {KINDS}")
    silent_statuses: Names | None = setting(None, "Statuses by name in which we are silent.", NAMES)
    silent_categories: list[StatusCategory] | None = setting(
        None, 'Stages in which we are silent (["done"]).', "a list of new, in_progress or done"
    )
    withdrawn_categories: list[StatusCategory] | None = setting(
        None,
        'Silent stages in which our comment is taken back, unless somebody\'s question is open (["done"]).',
        "a list of new, in_progress or done",
    )
    storm: Whole | None = setting(
        None,
        "More tickets than this, saved in one project within ten minutes, are an import or a bulk edit: they are "
        "scored and not commented on until somebody edits them (50).",
        "a whole number; 0 for never",
        ge=0,
        le=1_000_000,
    )
    label: Label | None = setting(
        None, "Label put on tickets that are unclear, and taken off ready ones.", "a label such as needs-clarity"
    )
    show_score: bool | None = setting(
        None, "Keep the score on the ticket: Jira's issue property, Linear's attachment.", "true or false"
    )
    score_field: FieldId | None = setting(
        None, "Jira: number field that holds the score.", "a field's id, such as customfield_10050"
    )
    visible_to: Readers | None = setting(
        None, "Jira: who alone sees our comments; everybody if unset.", "role:Developers or group:jira-staff"
    )
    ignore_roles: Names | None = setting(
        None,
        "Who may leave a rule out, beside a ticket's author and assignee: names of Jira's project roles "
        '(["Administrators", "Administrator"]). On GitHub and Linear any name stands for those who may write or '
        "administer. [] is nobody else.",
        NAMES,
    )
    welcome: bool | None = setting(
        None, "Welcome an author in the first comment they get, with the template (true).", "true or false"
    )
    exemplars: Sharing | None = setting(
        None,
        "Whether good tickets are shown to others in the project: never, those whose author said "
        "`/clarity share`, or all whose author did not say `/clarity unshare` (with-consent).",
        "off, with-consent or on",
    )
    templates: dict[Kind, str] = setting(
        {},
        "Your own templates, by kind: for newcomers, `clarity template` and assistants.",
        "Markdown of headings and lists",
    )
    rules: dict[str, RuleTable] = Field(default_factory=dict)
    vocabulary: VocabularyTable = Field(default_factory=VocabularyTable)


class ProjectTable(PolicyTable):
    """[projects.KEY] alone: what is set for all outside of [policy]."""

    debounce_seconds: Seconds | None = setting(
        None,
        "How long this project's tickets must rest before we speak (CLARITY_DEBOUNCE_SECONDS).",
        "seconds from 0 to CLARITY_MAX_WAIT_SECONDS",
        ge=0,
        le=86400,
    )


class JiraTable(Table):
    """[jira.SITE]: one Jira. The site named "default" can be set by CLARITY_JIRA_*."""

    url: Url = setting(..., "Address of the Jira site.", "an address such as https://your-team.atlassian.net")
    email: str = setting("", "Cloud: e-mail of the user who comments.", "an e-mail address")
    api_token: SecretText = setting("", "Cloud: that user's API token.", "the token as Atlassian shows it")
    token: SecretText = setting("", "Data Center: personal access token.", "the token as Jira shows it")
    webhook_secret: SecretTexts = setting([], "Secret of the webhook.", SECRETS)
    path_token: SecretText = setting(
        "", "Token in the webhook's URL, for Data Center 9 and older.", "16 or more characters without /"
    )
    cloud: bool | None = setting(
        None, "Whether it is Jira Cloud; told from the address and credentials if unset.", "true or false"
    )
    max_age_seconds: Seconds = setting(24 * HOUR, "Oldest delivery accepted.", "seconds above 0", gt=0)
    types: dict[str, Kind] = setting({}, "Your names of issue types.", KINDS)
    fields: dict[str, str] = setting(
        {},
        "Custom fields to read, by id, and the heading each stands for.",
        'a name such as "acceptance criteria"',
    )


class LinearTable(Table):
    """[linear.SITE]: one Linear workspace. The one named "default" can be set by CLARITY_LINEAR_*."""

    api_url: Url = setting("https://api.linear.app/graphql", "Address of Linear's API.", "an https address")
    api_key: SecretText = setting(..., "API key of the user who comments.", "the key as Linear shows it")
    webhook_secret: SecretTexts = setting([], "Signing secret of the webhook.", SECRETS)
    max_age_seconds: Seconds = setting(8 * HOUR, "Oldest delivery accepted.", "seconds above 0", gt=0)
    labels: dict[str, Kind] = setting({}, "Your labels that tell a ticket's kind.", KINDS)


class GitHubTable(Table):
    """[github.SITE]: one GitHub. The one named "default" can be set by CLARITY_GITHUB_*."""

    url: Url = setting("https://github.com", "Address of the GitHub.", "an address such as https://github.com")
    token: SecretText = setting("", "Token of the user who comments.", "the token as GitHub shows it")
    app_id: str = setting("", "Instead of a token: the app's id or client id.", "the id as GitHub shows it")
    private_key: SecretText = setting("", "The app's private key.", "the .pem file's text or its path")
    installation_id: str = setting("", "Which installation, if the app has several.", "a number")
    webhook_secret: SecretTexts = setting([], "Secret of the webhook.", SECRETS)
    repositories: Repositories = setting(
        [], "Repositories to look at; all that we may see if unset.", "owner/name, with spaces between several"
    )
    labels: dict[str, Kind] = setting({}, "Your labels and issue types that tell a ticket's kind.", KINDS)


class DigestTable(Table):
    """[digests.NAME]: a weekly word about the trends, posted to a channel."""

    webhook: WebhookUrl = setting(
        ..., "Where it is posted to: the channel's incoming webhook, which is a secret.", "an https address"
    )
    format: Literal["slack", "teams"] = setting("slack", "How it is written.", "slack or teams")
    team: str = setting("", "Only this team's projects.", "a name under [teams]")
    project: str = setting("", "Only this project.", "a project's key")


class JiraOAuthTable(Table):
    """[oauth.jira]: our OAuth 2.0 (3LO) app at Atlassian."""

    client_id: str = setting("", "Client id of our app at Atlassian.", "the id as Atlassian shows it")
    client_secret: SecretText = setting(
        "", "Its secret; it signs deliveries too.", "the secret as Atlassian shows it"
    )
    auth_url: Url = setting("https://auth.atlassian.com", "Where Atlassian asks for consent.", "an https address")
    api_url: Url = setting("https://api.atlassian.com", "Where its API is.", "an https address")


class LinearOAuthTable(Table):
    """[oauth.linear]: our OAuth app at Linear."""

    client_id: str = setting("", "Client id of our app at Linear.", "the id as Linear shows it")
    client_secret: SecretText = setting("", "Its secret.", "the secret as Linear shows it")
    webhook_secret: SecretTexts = setting([], "Signing secret of the app's webhook.", SECRETS)
    auth_url: Url = setting("https://linear.app", "Where Linear asks for consent.", "an https address")
    api_url: Url = setting("https://api.linear.app", "Where its API is, without a path.", "an https address")


class OAuthTable(Table):
    """[oauth.jira] and [oauth.linear]."""

    jira: JiraOAuthTable = Field(default_factory=JiraOAuthTable)
    linear: LinearOAuthTable = Field(default_factory=LinearOAuthTable)


class OidcTable(Table):
    """[oidc]: where people log in, beside or instead of a token."""

    issuer: Url = setting("", "The provider's address, as it names itself.", "an https address")
    client_id: str = setting("", "Our id at the provider.", "the id as the provider shows it")
    client_secret: SecretText = setting("", "Our secret at the provider.", "the secret as the provider shows it")
    claim: str = setting("email", "What names a person; an e-mail address has to be verified.", "a claim's name")
    admins: People = setting([], "Who may also change things.", PEOPLE)
    viewers: People = setting([], "Who may see.", PEOPLE)
    accounts: People = setting([], "Which account at a tracker is whose.", ACCOUNTS)
    account_claims: People = setting([], "Which claim holds a person's id at a tracker.", ACCOUNT_CLAIMS)


class SmtpTable(Table):
    """[smtp]: the server that takes our mail. Without a host nobody is sent any."""

    host: HostName = setting("", "The server that takes our mail.", "a host's name")
    port: Whole | None = setting(
        None, "Its port; 587, or 465 with tls, or 25 with none.", "a whole number from 1 to 65535", ge=1, le=65535
    )
    tls: Literal["starttls", "tls", "none"] = setting(
        "starttls",
        "How it is encrypted: after a greeting, from the start, or not at all.",
        "starttls, tls or none",
    )
    user: str = setting("", "Who we are there, if it wants to know.", "a user's name")
    password: SecretText = setting("", "That user's password.", "the password as the server knows it")
    sender: MailAddress = setting(
        "", "Who our mail comes from.", "an e-mail address such as clarity@your-team.example"
    )


class ConnectTable(Table):
    """[connect]: Atlassian Connect. Nothing has to be set for it."""

    keys_url: Url = setting(
        "https://connect-install-keys.atlassian.com",
        "Where the public keys of whoever signs installations are.",
        "an https address",
    )
    hosts: Hosts = setting(
        ["*.atlassian.net", "*.jira.com", "*.jira-dev.com"],
        "Which hosts may be the Jira of an installation. Name yours alone, and nobody else can install.",
        HOSTS,
    )


class ForgeTable(Table):
    """[forge]: a Forge app of your own."""

    app_id: str = setting("", "Your app's id, as `forge register` wrote it.", "ari:cloud:ecosystem::app/…")
    jwks_url: Url = setting(
        "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json",
        "Where the public keys are with which Forge signs.",
        "an https address",
    )
    hosts: Hosts = setting(
        ["api.atlassian.com"], "Which hosts may be asked for the issues of an installation.", HOSTS
    )


class File(Table):
    """The whole of clarity.toml."""

    data_dir: str = setting("", "Folder for the database and the secret key.", "a folder this user may write")
    database_url: DatabaseUrl | None = setting(
        None,
        "The database; a file in the data directory if unset.",
        "an SQLite file (sqlite:////path/to/clarity.db) or postgresql://user:password@host/database",
    )
    base_url: Url = setting(
        "http://127.0.0.1:8000", "Where browsers and trackers reach this service.", "an http or https address"
    )
    secret_key: Annotated[SecretText, at_least(32)] = setting(
        "",
        "Signs sessions and encrypts secrets at rest; made and kept in the data directory if unset.",
        "any text of 32 or more characters",
    )
    former_secret_key: Annotated[SecretText, at_least(32)] = setting(
        "", "The key before, while `clarity secrets rotate` changes it.", "any text of 32 or more characters"
    )
    dashboard_token: Annotated[SecretText, at_least(16)] = setting(
        "",
        "Lets people in who come from elsewhere than this machine.",
        "any text of 16 or more characters",
    )
    viewer_token: Annotated[SecretText, at_least(16)] = setting(
        "", "Lets people in who may see and not change.", "any text of 16 or more characters, another one"
    )
    rules: str = setting("", "Folder with rules of your own, added to those shipped.", "a folder of rule files")
    model: str = setting("", "spaCy model to use instead of the shipped one.", "a path or an import name")
    fast: bool = setting(
        default=True,
        description="Parse in nearly half the time where the outcome was proven the same.",
        valid="true or false",
    )
    workers: Whole = setting(2, "Worker processes.", "a whole number from 1 to 64", ge=1, le=64)
    worker_megabytes: Whole = setting(
        800,
        "Memory above which a worker process is replaced by a fresh one, once its ticket is done.",
        "a whole number of megabytes from 300 to 65536",
        ge=300,
        le=65536,
    )
    debounce_seconds: Seconds = setting(
        90, "How long a ticket must rest before it is looked at.", "seconds from 0 to 86400", ge=0, le=86400
    )
    max_wait_seconds: Seconds = setting(
        600,
        "Longest wait for a ticket that keeps changing.",
        "seconds from 0 to 86400, at least CLARITY_DEBOUNCE_SECONDS",
        ge=0,
        le=86400,
    )
    lease_seconds: Seconds = setting(
        60,
        "How long a worker holds a ticket.",
        "seconds above CLARITY_HTTP_TIMEOUT_SECONDS, to 3600",
        gt=0,
        le=3600,
    )
    http_timeout_seconds: Seconds = setting(
        15, "Longest wait for a tracker's answer.", "seconds above 0, below CLARITY_LEASE_SECONDS", gt=0, le=600
    )
    retention_days: Whole = setting(
        0,
        "Days after which reviews, findings and decisions are forgotten, and trends with them.",
        "a whole number of days to 36500; 0 keeps them",
        ge=0,
        le=36_500,
    )
    policy: PolicyTable = Field(default_factory=PolicyTable)
    projects: dict[str, ProjectTable] = Field(default_factory=dict)
    teams: dict[str, Names] = setting({}, "Teams: names of projects each.", 'a list of projects: ["SHOP", "PAY"]')
    digests: dict[str, DigestTable] = Field(default_factory=dict)
    jira: dict[SiteName, JiraTable] = Field(default_factory=dict)
    linear: dict[SiteName, LinearTable] = Field(default_factory=dict)
    github: dict[SiteName, GitHubTable] = Field(default_factory=dict)
    oidc: OidcTable = Field(default_factory=OidcTable)
    smtp: SmtpTable = Field(default_factory=SmtpTable)
    oauth: OAuthTable = Field(default_factory=OAuthTable)
    connect: ConnectTable = Field(default_factory=ConnectTable)
    forge: ForgeTable = Field(default_factory=ForgeTable)


TABLES = frozenset(
    {
        "oidc",
        "smtp",
        "oauth",
        "connect",
        "forge",
        "policy",
        "projects",
        "teams",
        "digests",
        "jira",
        "linear",
        "github",
    }
)
SITE_TABLES: dict[str, type[Table]] = {"jira": JiraTable, "linear": LinearTable, "github": GitHubTable}
IN_TABLES_ONLY = frozenset({"types", "fields", "labels"})


def _flat() -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {name: (name,) for name in File.model_fields if name not in TABLES}
    for tracker, table in SITE_TABLES.items():
        for name in table.model_fields:
            if name not in IN_TABLES_ONLY:
                names[f"{tracker}_{name}"] = (tracker, "default", name)
    for name, one in (("oidc", OidcTable), ("smtp", SmtpTable), ("connect", ConnectTable), ("forge", ForgeTable)):
        names |= {f"{name}_{field}": (name, field) for field in one.model_fields}
    for tracker, app in (("jira", JiraOAuthTable), ("linear", LinearOAuthTable)):
        names |= {f"oauth_{tracker}_{field}": ("oauth", tracker, field) for field in app.model_fields}
    return names


# Names as in the environment (lower-case, without CLARITY_) and where each stands in clarity.toml.
FLAT = _flat()
