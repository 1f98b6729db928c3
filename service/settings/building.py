"""From validated tables to the frozen settings; what must agree between settings is checked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from service.policy import Policy, PolicyChange, RuleOverride, effective_policy
from service.settings.mail import mail_server
from service.settings.model import (
    ConnectApp,
    Digest,
    ForgeApp,
    GitHubSite,
    JiraSite,
    LinearSite,
    OAuthApp,
    OidcProvider,
    Secret,
    Settings,
    SettingsError,
)
from service.settings.schema import (
    SITE_TABLES,
    DigestTable,
    File,
    GitHubTable,
    JiraTable,
    LinearTable,
    PolicyTable,
    RuleTable,
    VocabularyTable,
)
from service.ticket import Kind, StatusCategory, frozen, realm
from service.vocabulary import Vocabulary, headings


def build(file: File, data_dir: Path, rules_from: Path) -> Settings:
    """The settings that a validated file holds. Raises SettingsError where two settings disagree."""
    _check_times(file)
    if file.viewer_token and file.viewer_token == file.dashboard_token:
        raise SettingsError("CLARITY_VIEWER_TOKEN is the dashboard token. Give viewers another one.")
    policy = effective_policy(Policy(), [_change(file.policy)])
    projects = {
        key: replace(_change(table), debounce=table.debounce_seconds) for key, table in file.projects.items()
    }
    _check_levels("policy", policy)
    labels = frozenset(filter(None, [policy.label, *(one.label for one in projects.values())]))
    for key, change in projects.items():
        _check_levels(f"projects.{key}", effective_policy(policy, [change]))
    return Settings(
        database_url=file.database_url or f"sqlite:///{(data_dir / 'clarity.db').as_posix()}",
        data_dir=data_dir,
        base_url=file.base_url,
        secret_key=Secret(file.secret_key),
        former_secret_key=Secret(file.former_secret_key),
        dashboard_token=Secret(file.dashboard_token),
        viewer_token=Secret(file.viewer_token),
        oidc=_oidc(file),
        smtp=mail_server(file),
        connect=ConnectApp(file.connect.keys_url, tuple(file.connect.hosts)),
        forge=ForgeApp(file.forge.app_id, file.forge.jwks_url, tuple(file.forge.hosts)),
        rules=_folder(file.rules, rules_from),
        model=file.model,
        fast=file.fast,
        workers=file.workers,
        worker_megabytes=file.worker_megabytes,
        debounce_seconds=file.debounce_seconds,
        max_wait_seconds=file.max_wait_seconds,
        retention_days=file.retention_days,
        lease_seconds=file.lease_seconds,
        http_timeout_seconds=file.http_timeout_seconds,
        policy=policy,
        projects=frozen(projects),
        teams=frozen({name: tuple(keys) for name, keys in file.teams.items()}),
        digests=frozen({name: _digest(name, table, file) for name, table in file.digests.items()}),
        oauth=_oauth(file),
        templates=_templates(file),
        jira=frozen({name: replace(_jira(name, table), own_labels=labels) for name, table in file.jira.items()}),
        linear=frozen(
            {name: replace(_linear(name, table), own_labels=labels) for name, table in file.linear.items()}
        ),
        github=frozen(
            {name: replace(_github(name, table), own_labels=labels) for name, table in file.github.items()}
        ),
    )


def _oauth(file: File) -> Mapping[str, OAuthApp]:
    """Our apps, by tracker."""
    found = {}
    for tracker, table in (("jira", file.oauth.jira), ("linear", file.oauth.linear)):
        if not table.client_id and not table.client_secret:
            continue
        if not table.client_id or not table.client_secret:
            lacking = "CLIENT_SECRET" if table.client_id else "CLIENT_ID"
            raise SettingsError(f"CLARITY_OAUTH_{tracker.upper()}_{lacking} is missing. The app's page shows it.")
        found[tracker] = OAuthApp(
            client_id=table.client_id,
            client_secret=Secret(table.client_secret),
            auth_url=table.auth_url,
            api_url=table.api_url,
            webhook_secrets=_secrets(getattr(table, "webhook_secret", ())),
        )
    return frozen(found)


def _templates(file: File) -> Mapping[str, Mapping[Kind, str]]:
    """By project; "" is for all."""
    tables = {"": file.policy, **file.projects}
    return frozen({name: frozen(table.templates) for name, table in tables.items() if table.templates})


def _check_times(file: File) -> None:
    if file.http_timeout_seconds >= file.lease_seconds:
        raise SettingsError(
            f"CLARITY_HTTP_TIMEOUT_SECONDS ({file.http_timeout_seconds:g}) must be below "
            f"CLARITY_LEASE_SECONDS ({file.lease_seconds:g}), or a slow answer would outlive its worker's hold."
        )
    if file.max_wait_seconds < file.debounce_seconds:
        raise SettingsError(
            f"CLARITY_MAX_WAIT_SECONDS ({file.max_wait_seconds:g}) must be at least "
            f"CLARITY_DEBOUNCE_SECONDS ({file.debounce_seconds:g})."
        )
    for key, table in file.projects.items():
        if table.debounce_seconds is not None and table.debounce_seconds > file.max_wait_seconds:
            raise SettingsError(
                f"[projects.{key}] has debounce_seconds = {table.debounce_seconds:g}, which is longer than "
                f"the longest wait, CLARITY_MAX_WAIT_SECONDS ({file.max_wait_seconds:g}). Lower the one or raise "
                "the other."
            )


def _check_levels(place: str, policy: Policy) -> None:
    if policy.nearly >= policy.ready:
        raise SettingsError(
            f"[{place}] has nearly = {policy.nearly} and ready = {policy.ready}. Valid is a nearly below ready."
        )


def _folder(told: str, beside: Path) -> Path | None:
    if not told:
        return None
    path = (beside / Path(told).expanduser()).absolute()
    if not path.is_dir():
        raise SettingsError(f"CLARITY_RULES: {path} is no folder. Valid is a folder of rule files.")
    return path


def _oidc(file: File) -> OidcProvider | None:
    told = file.oidc
    if not told.issuer:
        if told.client_id or told.client_secret:
            raise SettingsError("CLARITY_OIDC_ISSUER is missing. Set it to the provider's address.")
        return None
    if not told.client_id or not told.client_secret:
        lacking = "CLIENT_SECRET" if told.client_id else "CLIENT_ID"
        raise SettingsError(f"CLARITY_OIDC_{lacking} is missing. The provider shows it where we are registered.")
    if not told.admins and not told.viewers:
        raise SettingsError(
            "CLARITY_OIDC_ADMINS and CLARITY_OIDC_VIEWERS are missing, so nobody could come in. Name at least one."
        )
    return OidcProvider(
        issuer=told.issuer,
        client_id=told.client_id,
        client_secret=Secret(told.client_secret),
        claim=told.claim,
        admins=tuple(told.admins),
        viewers=tuple(told.viewers),
        accounts=tuple(_account(one) for one in told.accounts),
        account_claims=tuple(_at_site(one, one, "ACCOUNT_CLAIMS") for one in told.account_claims),
    )


def _account(told: str) -> tuple[str, str, str]:
    """ada@your-team.example=jira/eu:557058 → the name there, the realm of the site, the id at its tracker."""
    name, sign, account = told.rpartition("=")
    if not sign or not name:
        valid = "Valid is ada@your-team.example=jira:⟨id⟩."
        raise SettingsError(f"CLARITY_OIDC_ACCOUNTS: {told!r} is no pair. {valid}")
    return (name, *_at_site(account, told, "ACCOUNTS"))


def _at_site(text: str, told: str, setting: str) -> tuple[str, str]:
    where, colon, what = text.partition(":")
    tracker, slash, site = where.partition("/")
    if tracker not in SITE_TABLES or not colon or not what or (slash and not site):
        raise SettingsError(
            f"CLARITY_OIDC_{setting}: {told!r} names no tracker's account. Begin it with one of: "
            f"{', '.join(f'{one}:' for one in SITE_TABLES)} or, for a named site, jira/⟨site⟩:."
        )
    return realm(tracker, site or "default"), what


def _jira(name: str, table: JiraTable) -> JiraSite:
    where, token = f'The Jira site "{name}"', bool(table.token)
    if token and (table.api_token or table.email):
        raise SettingsError(f"{where} has a token and an e-mail or API token. Keep token for Data Center alone.")
    if not token and not (table.email and table.api_token):
        have, lack = ("an e-mail", "api_token") if table.email else ("an API token", "email")
        raise SettingsError(
            f"{where} has {have if table.email or table.api_token else 'no credentials'}. "
            + (
                f"Set {lack} as well"
                if table.email or table.api_token
                else "Set email and api_token (Cloud), or token"
            )
            + _hint("jira", name, lack if table.email or table.api_token else "")
        )
    if table.path_token and (len(table.path_token) < 16 or "/" in table.path_token):
        raise SettingsError(f"{where} has a path_token of less than 16 characters or with a slash in it.")
    return JiraSite(
        name=name,
        url=table.url,
        email=table.email,
        api_token=Secret(table.api_token),
        token=Secret(table.token),
        webhook_secrets=_secrets(table.webhook_secret),
        path_token=Secret(table.path_token),
        types=frozen(table.types),
        fields=frozen(table.fields),
        max_age_seconds=table.max_age_seconds,
        cloud=table.cloud if table.cloud is not None else _is_cloud(table),
    )


def _is_cloud(table: JiraTable) -> bool:
    host = urlsplit(table.url).hostname or ""
    return bool(table.api_token) or host.endswith((".atlassian.net", ".jira.com"))


def _hint(tracker: str, name: str, key: str) -> str:
    variable = f"CLARITY_{tracker.upper()}_{key.upper() or '…'}"
    return f": {variable}, or under [{tracker}.{name}]." if name == "default" else f" under [{tracker}.{name}]."


def _linear(name: str, table: LinearTable) -> LinearSite:
    return LinearSite(
        name=name,
        api_url=table.api_url,
        api_key=Secret(table.api_key),
        webhook_secrets=_secrets(table.webhook_secret),
        labels=frozen(table.labels),
        max_age_seconds=table.max_age_seconds,
    )


def _github(name: str, table: GitHubTable) -> GitHubSite:
    where = f'The GitHub site "{name}"'
    if table.token and (table.app_id or table.private_key):
        raise SettingsError(f"{where} has a token and an app. Keep one of them.")
    if not table.token and not (table.app_id and table.private_key):
        lack = "private_key" if table.app_id else "app_id" if table.private_key else "token"
        instead = " (or app_id and private_key)" if lack == "token" else ""
        raise SettingsError(f"{where} lacks credentials. Set {lack}{instead}{_hint('github', name, lack)}")
    if table.installation_id and not table.installation_id.isdecimal():
        raise SettingsError(f"{where} has an installation_id that is no number. Its page's address ends in it.")
    return GitHubSite(
        name=name,
        url=table.url,
        token=Secret(table.token),
        app_id=table.app_id,
        private_key=_private_key(where, table.private_key),
        installation_id=table.installation_id,
        webhook_secrets=_secrets(table.webhook_secret),
        repositories=tuple(table.repositories),
        labels=frozen(table.labels),
    )


def _private_key(where: str, told: str) -> Secret:
    """The key's text, which an environment may hold with its line ends written out, or what a file holds."""
    if not told or "PRIVATE KEY-----" in told:
        return Secret(told.replace("\\n", "\n"))
    try:
        return Secret(Path(told).expanduser().read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise SettingsError(f"{where}: its private_key is neither a key nor a file that can be read.") from None


def _digest(name: str, table: DigestTable, file: File) -> Digest:
    if table.team and table.team not in file.teams:
        raise SettingsError(f"[digests.{name}] names the team {table.team}, which [teams] does not.")
    return Digest(Secret(table.webhook), table.format, table.team, table.project)


def _secrets(given: Iterable[str]) -> tuple[Secret, ...]:
    return tuple(Secret(one) for one in given)


def _change(table: PolicyTable) -> PolicyChange:
    statuses, roles = table.silent_statuses, table.ignore_roles
    return PolicyChange(
        ready=table.ready,
        nearly=table.nearly,
        quiet=table.quiet,
        service_desk=table.service_desk,
        silent_kinds=None if table.silent_kinds is None else frozenset(table.silent_kinds),
        silent_statuses=None if statuses is None else frozenset(name.casefold() for name in statuses),
        silent_categories=_categories(table.silent_categories),
        withdrawn_categories=_categories(table.withdrawn_categories),
        storm=table.storm,
        label=table.label,
        show_score=table.show_score,
        score_field=table.score_field,
        visible_to=table.visible_to,
        ignore_roles=None if roles is None else frozenset(name.casefold() for name in roles),
        welcome=table.welcome,
        exemplars=table.exemplars,
        rules=_overrides(table.rules),
        vocabulary=_vocabulary(table.vocabulary),
    )


def _categories(given: Iterable[StatusCategory] | None) -> frozenset[StatusCategory] | None:
    return None if given is None else frozenset(given)


def _vocabulary(table: VocabularyTable) -> Vocabulary:
    return Vocabulary(
        words=frozenset(table.words),
        acronyms=frozenset(table.acronyms),
        roles=frozenset(table.roles),
        headings=headings(table.headings),
    )


def _overrides(tables: Mapping[str, RuleTable]) -> Mapping[str, RuleOverride]:
    return frozen(
        {
            rule: RuleOverride(
                enabled=table.enabled,
                weight=table.weight,
                severity=table.severity,
                applies_to=None if table.applies_to is None else frozenset(table.applies_to),
            )
            for rule, table in tables.items()
        }
    )
