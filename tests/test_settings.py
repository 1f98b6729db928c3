import pickle
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from service.review import Severity
from service.settings import Secret, Settings, SettingsError, load, prepare
from service.settings.schema import (
    FLAT,
    DigestTable,
    GitHubTable,
    JiraTable,
    LinearTable,
    ProjectTable,
    RuleTable,
    VocabularyTable,
)
from service.ticket import Kind
from tests.needs import ROOT

CLOUD = {
    "CLARITY_JIRA_URL": "https://team.atlassian.net/",
    "CLARITY_JIRA_EMAIL": "bot@team.example",
    "CLARITY_JIRA_API_TOKEN": "api-token-value",
}


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "clarity.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def refused(environ=None, path=None):
    with pytest.raises(SettingsError) as error:
        load(environ or {}, path)
    sentence = str(error.value)
    assert "\n" not in sentence
    return sentence


def test_a_databases_password_shows_nowhere():
    settings = load({"CLARITY_DATABASE_URL": "postgresql://someone:hunter2@db/clarity"})
    assert settings.database_url == "postgresql://someone:hunter2@db/clarity"
    assert "hunter2" not in repr(settings)


def test_nothing_set_is_a_working_default():
    settings = load({})
    assert settings.database_url == f"sqlite:///{settings.data_dir}/clarity.db"
    assert settings.data_dir.is_absolute()
    assert (settings.debounce_seconds, settings.max_wait_seconds) == (90, 600)
    assert settings.jira == settings.linear == {}
    assert not settings.secret_key


def test_the_environment_is_over_the_file_is_over_defaults(toml):
    path = toml("workers = 3\nlease_seconds = 45\n")
    settings = load({"CLARITY_WORKERS": "5", "CLARITY_LEASE_SECONDS": ""}, path)
    assert (settings.workers, settings.lease_seconds, settings.http_timeout_seconds) == (5, 45, 15)


def test_the_file_is_found(tmp_path, toml):
    toml("workers = 3")
    assert load({}).workers == 3
    elsewhere = tmp_path / "team.toml"
    elsewhere.write_text("workers = 4")
    assert load({"CLARITY_CONFIG": str(elsewhere)}).workers == 4
    tmp_path.joinpath("clarity.toml").unlink()
    data = tmp_path / "data"
    data.mkdir()
    (data / "clarity.toml").write_text("workers = 6")
    assert load({"CLARITY_DATA_DIR": str(data)}).workers == 6


@pytest.mark.parametrize(
    "names",
    [
        'jira_url = "https://team.atlassian.net"\njira_email = "a@team.example"\njira_api_token = "t0ken"',
        'CLARITY_JIRA_URL = "https://team.atlassian.net"\njira_email = "a@team.example"\njira_api_token = "t0ken"',
        '[jira.default]\nurl = "https://team.atlassian.net"\nemail = "a@team.example"\napi_token = "t0ken"',
    ],
)
def test_names_in_the_file_are_those_of_the_environment_or_a_table(toml, names):
    site = load({}, toml(names)).jira["default"]
    assert (site.url, site.email, site.api_token, site.cloud) == (
        "https://team.atlassian.net",
        "a@team.example",
        "t0ken",
        True,
    )


def test_jira_cloud_from_the_environment():
    site = load({**CLOUD, "CLARITY_JIRA_WEBHOOK_SECRET": "new-one, old-one"}).jira["default"]
    assert site.url == "https://team.atlassian.net"
    assert site.cloud
    assert site.webhook_secrets == ("new-one", "old-one")


def test_a_token_means_data_center_unless_told_otherwise():
    told = {"CLARITY_JIRA_URL": "https://jira.team.example", "CLARITY_JIRA_TOKEN": "pat"}
    assert not load(told).jira["default"].cloud
    assert load({**told, "CLARITY_JIRA_CLOUD": "true"}).jira["default"].cloud


def test_linear_from_the_environment():
    site = load({"CLARITY_LINEAR_API_KEY": "key", "CLARITY_LINEAR_WEBHOOK_SECRET": "wh"}).linear["default"]
    assert (site.api_url, site.api_key, site.webhook_secrets) == ("https://api.linear.app/graphql", "key", ("wh",))


def test_github_by_a_token_from_the_environment():
    told = {"CLARITY_GITHUB_TOKEN": "pat", "CLARITY_GITHUB_WEBHOOK_SECRET": "new old"}
    site = load({**told, "CLARITY_GITHUB_REPOSITORIES": "demo/shop, demo/pay"}).github["default"]
    assert (site.url, site.token, site.webhook_secrets) == ("https://github.com", "pat", ("new", "old"))
    assert site.repositories == ("demo/shop", "demo/pay")
    assert load(told).sites["github"]["default"].repositories == ()


PEM = "-----BEGIN RSA PRIVATE KEY-----\nQUJD\n-----END RSA PRIVATE KEY-----\n"


def test_github_as_an_app_takes_its_key_or_the_keys_file(tmp_path):
    app = {"CLARITY_GITHUB_APP_ID": "app-1"}
    (tmp_path / "app.pem").write_text(PEM)
    for told in (PEM.strip(), PEM.strip().replace("\n", "\\n"), str(tmp_path / "app.pem")):
        site = load({**app, "CLARITY_GITHUB_PRIVATE_KEY": told}).github["default"]
        assert site.private_key.strip() == PEM.strip()
        assert "QUJD" not in repr(site)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"TOKEN": "pat", "APP_ID": "1"}, "has a token and an app. Keep one of them."),
        ({"APP_ID": "1"}, "Set private_key: CLARITY_GITHUB_PRIVATE_KEY, or under [github.default]."),
        ({"PRIVATE_KEY": PEM}, "Set app_id: CLARITY_GITHUB_APP_ID, or under [github.default]."),
        ({"WEBHOOK_SECRET": "x"}, "Set token (or app_id and private_key): CLARITY_GITHUB_TOKEN"),
        ({"APP_ID": "1", "PRIVATE_KEY": "/not/there"}, "neither a key nor a file that can be read"),
        ({"TOKEN": "pat", "INSTALLATION_ID": "shop"}, "installation_id that is no number"),
        ({"TOKEN": "pat", "REPOSITORIES": "demo/shop shop"}, "CLARITY_GITHUB_REPOSITORIES holds what is no repo"),
    ],
)
def test_a_github_that_cannot_work_says_what_to_set(told, sentence):
    assert sentence in refused({f"CLARITY_GITHUB_{name}": value for name, value in told.items()})


FULL = """
[policy]
ready = 85
quiet = true
silent_kinds = ["epic"]
silent_statuses = ["On Hold"]
[policy.rules.vague-quantity]
weight = 4
[projects.SHOP]
quiet = false
[projects.SHOP.rules.no-benefit]
enabled = false
severity = "hint"
applies_to = ["story"]
[teams]
checkout = ["SHOP", "PAY"]
[jira.partners]
url = "https://jira.partners.example"
token = "pat"
webhook_secret = ["a, b"]
[jira.partners.types]
"Anforderung" = "story"
[jira.partners.fields]
customfield_10042 = "acceptance criteria"
[linear.research]
api_key = "key"
[linear.research.labels]
"Regression" = "bug"
[github.tools]
url = "https://git.team.example"
token = "pat"
repositories = ["demo/tools"]
[github.tools.labels]
"Defect" = "bug"
"""


def test_tables(toml):
    settings = load({}, toml(FULL.replace("[projects.SHOP]", "[projects.SHOP]\ndebounce_seconds = 20", 1)))
    assert [settings.debounce_of(project) for project in ("SHOP", "PAY", "")] == [20, 90, 90]
    policy, shop = settings.policy, settings.projects["SHOP"]
    assert (policy.ready, policy.nearly, policy.quiet) == (85, 50, True)
    assert policy.silent_kinds == {Kind.EPIC}
    assert policy.silent_statuses == {"on hold"}
    assert policy.rules["vague-quantity"].weight == 4
    assert (shop.quiet, shop.ready, shop.silent_kinds) == (False, None, None)
    override = shop.rules["no-benefit"]
    assert (override.enabled, override.severity, override.applies_to) == (False, Severity.HINT, {Kind.STORY})
    assert settings.teams["checkout"] == ("SHOP", "PAY")
    jira = settings.jira["partners"]
    assert jira.types["Anforderung"] is Kind.STORY
    assert jira.fields == {"customfield_10042": "acceptance criteria"}
    assert jira.webhook_secrets == ("a, b",)
    assert settings.linear["research"].labels["Regression"] is Kind.BUG
    assert settings.github["tools"].labels["Defect"] is Kind.BUG
    assert settings.github["tools"].api_url == "https://git.team.example/api/v3"


def test_settings_travel_to_worker_processes(toml):
    settings = load({}, toml(FULL))
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_rules_are_looked_for_beside_the_file_that_names_them(tmp_path, toml):
    (tmp_path / "house-rules").mkdir()
    path = toml('rules = "house-rules"')
    assert load({}, path).rules == tmp_path / "house-rules"


DATABASES = "an SQLite file (sqlite:////path/to/clarity.db) or postgresql://user:password@host/database"
WRONG = [
    ({"CLARITY_WORKERS": "many"}, "CLARITY_WORKERS is “many”. Valid is a whole number from 1 to 64."),
    ({"CLARITY_WORKERS": "0"}, "CLARITY_WORKERS is “0”. Valid is a whole number from 1 to 64."),
    (
        {"CLARITY_DEBOUNCE_SECOND": "0"},
        "CLARITY_DEBOUNCE_SECOND is not a setting. Did you mean CLARITY_DEBOUNCE_SECONDS?",
    ),
    ({"CLARITY_ZZZ": "0"}, "CLARITY_ZZZ is not a setting. docs/settings.md lists them all."),
    (
        {"CLARITY_DATABASE_URL": "postgresql://someone:hunter2@db"},
        f"CLARITY_DATABASE_URL names no PostgreSQL database. Valid is {DATABASES}.",
    ),
    (
        {"CLARITY_DATABASE_URL": "postgresql://someone:hunter2@db:port/clarity"},
        f"CLARITY_DATABASE_URL is no address of a database. Valid is {DATABASES}.",
    ),
    (
        {"CLARITY_DATABASE_URL": "mysql://someone:hunter2@db/clarity"},
        f"CLARITY_DATABASE_URL names neither an SQLite file nor a PostgreSQL database. Valid is {DATABASES}.",
    ),
    (
        {"CLARITY_DATABASE_URL": "sqlite:///:memory:"},
        f"CLARITY_DATABASE_URL names neither an SQLite file nor a PostgreSQL database. Valid is {DATABASES}.",
    ),
    (
        {"CLARITY_SECRET_KEY": "hunter2"},
        "CLARITY_SECRET_KEY has 7 characters. Valid is any text of 32 or more characters.",
    ),
    (
        {"CLARITY_JIRA_EMAIL": "bot@team.example"},
        (
            "CLARITY_JIRA_URL (url under [jira.default]) is missing. "
            "Valid is an address such as https://your-team.atlassian.net."
        ),
    ),
    (
        {**CLOUD, "CLARITY_JIRA_URL": "team.atlassian.net"},
        "CLARITY_JIRA_URL is no address. Valid is an address such as https://your-team.atlassian.net.",
    ),
    (
        {**CLOUD, "CLARITY_JIRA_URL": "https://bot:hunter2@team.atlassian.net"},
        (
            "CLARITY_JIRA_URL holds a user name or a password, which have settings of their own. "
            "Valid is an address such as https://your-team.atlassian.net."
        ),
    ),
    (
        {"CLARITY_JIRA_URL": "https://team.atlassian.net", "CLARITY_JIRA_EMAIL": "bot@team.example"},
        'The Jira site "default" has an e-mail. Set api_token as well: CLARITY_JIRA_API_TOKEN, or under [jira.default].',
    ),
    (
        {**CLOUD, "CLARITY_JIRA_TOKEN": "hunter2"},
        'The Jira site "default" has a token and an e-mail or API token. Keep token for Data Center alone.',
    ),
    (
        {**CLOUD, "CLARITY_JIRA_WEBHOOK_SECRET": "hunter2 two three"},
        (
            "CLARITY_JIRA_WEBHOOK_SECRET holds 3 secrets. Valid is one text, or two with a space between them "
            "while you change it."
        ),
    ),
    (
        {"CLARITY_LINEAR_WEBHOOK_SECRET": "hunter2"},
        "CLARITY_LINEAR_API_KEY (api_key under [linear.default]) is missing. Valid is the key as Linear shows it.",
    ),
    (
        {"CLARITY_HTTP_TIMEOUT_SECONDS": "60"},
        (
            "CLARITY_HTTP_TIMEOUT_SECONDS (60) must be below CLARITY_LEASE_SECONDS (60), "
            "or a slow answer would outlive its worker's hold."
        ),
    ),
    (
        {"CLARITY_MAX_WAIT_SECONDS": "10"},
        "CLARITY_MAX_WAIT_SECONDS (10) must be at least CLARITY_DEBOUNCE_SECONDS (90).",
    ),
    ({"CLARITY_CONFIG": "nowhere.toml"}, "CLARITY_CONFIG: nowhere.toml is no file. Name a clarity.toml."),
    ({"CLARITY_DEBOUNCE_SECONDS": "nan"}, "CLARITY_DEBOUNCE_SECONDS is “nan”. Valid is seconds from 0 to 86400."),
]


@pytest.mark.parametrize(("environ", "sentence"), WRONG, ids=[sentence[:50] for _, sentence in WRONG])
def test_a_wrong_variable_is_told_in_one_line(environ, sentence):
    told = refused(environ)
    assert told == sentence
    assert "hunter2" not in told


WRONG_FILES = [
    ("workerz = 3", "workerz in clarity.toml is not a setting. Did you mean workers?"),
    ("[policy]\nqiuet = true", "policy.qiuet in clarity.toml is not a setting. Did you mean quiet?"),
    ("[policy]\nready = 'high'", "policy.ready in clarity.toml is “high”. Valid is a whole number from 0 to 100."),
    (
        "[projects.SHOP.rules.no-benefit]\nseverity = 'high'",
        "projects.SHOP.rules.no-benefit.severity in clarity.toml is “high”. Valid is hint, warning or blocker.",
    ),
    (
        "[projects.SHOP]\nready = 40",
        "[projects.SHOP] has nearly = 50 and ready = 40. Valid is a nearly below ready.",
    ),
    (
        "[projects.SHOP]\ndebounce_seconds = 700",
        (
            "[projects.SHOP] has debounce_seconds = 700, which is longer than the longest wait, "
            "CLARITY_MAX_WAIT_SECONDS (600). Lower the one or raise the other."
        ),
    ),
    ("[policy]\ndebounce_seconds = 7", "policy.debounce_seconds in clarity.toml is not a setting."),
    ("jira = 3", "jira in clarity.toml is “3”. Valid is a table: [jira]."),
    (
        "debounce_seconds = true",
        "debounce_seconds in clarity.toml is no number. Valid is seconds from 0 to 86400.",
    ),
    (
        "jira_url = 'https://a.example'\n[jira.default]\nurl = 'https://b.example'",
        "clarity.toml: also as jira_url. Keep one.",
    ),
    (
        "[jira.Partners]\nurl = 'https://a.example'",
        (
            "jira.Partners in clarity.toml is no name for a site: lower-case letters, digits and hyphens, at most 63, "
            "as in partners-eu."
        ),
    ),
    (
        "[jira.partners]\nurl = 'https://a.example'\ntoken = 'x'\n[jira.partners.types]\n'Störung' = 'bag'",
        "jira.partners.types.Störung in clarity.toml is “bag”. Valid is story, task, bug or epic.",
    ),
    (
        "[jira.partners]\nurl = 'https://a.example'\ntoken = 3",
        "jira.partners.token in clarity.toml cannot be used.",
    ),
    ("workers = ", "clarity.toml is not valid TOML: Invalid value (at end of document)."),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG_FILES, ids=[sentence[:50] for _, sentence in WRONG_FILES])
def test_a_wrong_file_is_told_in_one_line(toml, text, sentence):
    assert sentence.rstrip(".") in refused(path=toml(text))


@examples(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FLAT)), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_value_is_taken_or_refused_in_one_line_that_names_it(name, value):
    said = ""
    try:
        load({f"CLARITY_{name.upper()}": value}, None)
    except SettingsError as error:
        said = str(error)
    assert len(said.splitlines()) <= 1
    assert not said or "CLARITY_" in said or "[jira.default]" in said


@pytest.mark.parametrize(
    "text",
    [
        "[[jira]]\napi_token = 'CANARY'",
        "[[jira.default]]\nurl = 'https://jira.example'\napi_token = 'CANARY'",
        "jira = 'CANARY'",
        "[[oidc]]\nclient_secret = 'CANARY'",
        "[[oauth]]\njira = {client_secret = 'CANARY'}",
        "oauth = {jira = 'CANARY'}",
        "smtp = {password = ['CANARY']}",
        "digests = {team = {webhook = ['https://chat.example/CANARY']}}",
    ],
)
def test_no_secret_shows_where_a_table_is_misshapen(toml, text):
    told = refused(path=toml(text))
    assert "cannot be used" in told
    assert "CANARY" not in told


def test_no_secret_shows_in_a_repr():
    settings = load({**CLOUD, "CLARITY_SECRET_KEY": "k" * 40, "CLARITY_DASHBOARD_TOKEN": "d" * 40})
    shown = repr(settings)
    assert "api-token-value" not in shown
    assert "kkkk" not in shown
    assert "dddd" not in shown


def made(tmp_path, name="data"):
    return Settings("sqlite:////unused.db", tmp_path / name)


def test_a_secret_key_is_made_once_and_kept_for_this_user_alone(tmp_path):
    first = prepare(made(tmp_path))
    assert len(first.secret_key) >= 32
    assert prepare(made(tmp_path)).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_get_one_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: prepare(made(tmp_path)).secret_key, range(64)))
    assert len(keys) == 1


def test_a_given_key_is_not_kept(tmp_path):
    settings = Settings("sqlite:////unused.db", tmp_path / "data", secret_key=Secret("k" * 32))
    assert prepare(settings) == settings
    assert not (tmp_path / "data" / "secret.key").exists()


def test_a_damaged_key_is_not_replaced(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").write_text("short")
    with pytest.raises(SettingsError, match="Put the former key back"):
        prepare(made(tmp_path))


def test_a_data_directory_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"CLARITY_DATA_DIR: .* cannot be used"):
        prepare(made(tmp_path, "file/data"))


def test_the_reference_lists_every_setting_with_its_default_and_no_other():
    reference = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([^`]+)`", reference, re.MULTILINE))
    fields = {
        name
        for table in (JiraTable, LinearTable, GitHubTable, ProjectTable, RuleTable, VocabularyTable, DigestTable)
        for name in table.model_fields
    }
    variables = {f"CLARITY_{name.upper()}" for name in FLAT} | {
        f"CLARITY_{name}" for name in ("CONFIG", "HOST", "PORT", "HEARTBEAT")
    }
    assert listed == variables | (fields - {"rules", "vocabulary"})
    for table in (JiraTable, LinearTable, GitHubTable, ProjectTable, RuleTable, VocabularyTable, DigestTable):
        for name, field in table.model_fields.items():
            assert name in {"rules", "vocabulary"} or field.description in reference, name


def test_the_readme_names_only_settings_that_exist():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for name in re.findall(r"CLARITY_([A-Z_]+[A-Z])", Path(page).read_text(encoding="utf-8")):
            assert name.lower() in FLAT or name in {"CONFIG", "HOST", "PORT", "HEARTBEAT"}, (
                f"{page.name}: CLARITY_{name}"
            )


OIDC = {
    "CLARITY_OIDC_ISSUER": "https://login.team.example/",
    "CLARITY_OIDC_CLIENT_ID": "ticket-clarity",
    "CLARITY_OIDC_CLIENT_SECRET": "the-clients-secret",
    "CLARITY_OIDC_ADMINS": "ada@team.example, ben@team.example",
}


def test_a_login_provider_is_named_by_the_environment_or_the_file(toml):
    assert load({}).oidc is None
    told = load(OIDC | {"CLARITY_OIDC_VIEWERS": "*@team.example"}).oidc
    assert (told.issuer, told.claim) == ("https://login.team.example", "email")
    assert (told.admins, told.viewers) == (("ada@team.example", "ben@team.example"), ("*@team.example",))
    assert "the-clients-secret" not in repr(told)
    path = toml(
        '[oidc]\nissuer = "https://login.team.example"\nclient_id = "a"\nclient_secret = "b"\nviewers = ["c"]\n'
    )
    assert load({}, path).oidc.viewers == ("c",)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"CLARITY_OIDC_ISSUER": ""}, "CLARITY_OIDC_ISSUER is missing."),
        (
            {"CLARITY_OIDC_ISSUER": "login.team.example"},
            "CLARITY_OIDC_ISSUER is no address. Valid is an https address.",
        ),
        ({"CLARITY_OIDC_CLIENT_ID": ""}, "CLARITY_OIDC_CLIENT_ID is missing."),
        ({"CLARITY_OIDC_CLIENT_SECRET": ""}, "CLARITY_OIDC_CLIENT_SECRET is missing."),
        ({"CLARITY_OIDC_ADMINS": ""}, "CLARITY_OIDC_ADMINS and CLARITY_OIDC_VIEWERS are missing"),
        ({"CLARITY_OIDC_ISUER": "x"}, "CLARITY_OIDC_ISUER is not a setting. Did you mean CLARITY_OIDC_ISSUER?"),
    ],
)
def test_a_login_provider_half_set_up_is_told(change, sentence):
    said = refused(OIDC | change)
    assert sentence in said
    assert "the-clients-secret" not in said


def test_what_locks_the_pages():
    assert not load({}).locked
    assert load(OIDC).locked
    assert load({"CLARITY_VIEWER_TOKEN": "a" * 16}).locked
    assert load({"CLARITY_DASHBOARD_TOKEN": "a" * 16}).locked


def test_viewers_have_a_token_of_their_own():
    same = "sixteen-characters"
    said = refused({"CLARITY_DASHBOARD_TOKEN": same, "CLARITY_VIEWER_TOKEN": same})
    assert said == "CLARITY_VIEWER_TOKEN is the dashboard token. Give viewers another one."


PROVIDER = {
    "CLARITY_OIDC_ISSUER": "https://login.example",
    "CLARITY_OIDC_CLIENT_ID": "a",
    "CLARITY_OIDC_CLIENT_SECRET": "b",
}


def test_accounts_at_the_trackers_are_told_by_name_or_by_claim():
    given = {
        "ADMINS": "ada@team.example",
        "ACCOUNTS": "ada@team.example=jira:557058:f5, ben=linear/eu:9c, ben=github:9c",
    }
    given["ACCOUNT_CLAIMS"] = "jira:atlassian_id linear/eu:linear_id"
    told = load(PROVIDER | {f"CLARITY_OIDC_{name}": value for name, value in given.items()}).oidc
    assert told.accounts == (
        ("ada@team.example", "default", "557058:f5"),
        ("ben", "eu", "9c"),
        ("ben", "github/default", "9c"),
    )
    assert told.account_claims == (("default", "atlassian_id"), ("eu", "linear_id"))


@pytest.mark.parametrize("name", ["ACCOUNTS", "ACCOUNT_CLAIMS"])
@pytest.mark.parametrize(
    "wrong", ["ada@team.example", "ada=5b10", "ada=jira:", "ada=jira/:5b10", "=jira:5b10", "ada=mail:5b10"]
)
def test_an_account_that_says_too_little_is_refused(name, wrong):
    told = wrong.removeprefix("ada=") if name == "ACCOUNT_CLAIMS" else wrong
    with pytest.raises(SettingsError, match=f"CLARITY_OIDC_{name}: "):
        load(PROVIDER | {"CLARITY_OIDC_ADMINS": "ada", f"CLARITY_OIDC_{name}": told})


SMTP = {"CLARITY_SMTP_HOST": "mail.team.example", "CLARITY_SMTP_SENDER": "clarity@team.example"}


def test_a_mail_server(toml):
    assert load({}).smtp is None
    told = load(SMTP | {"CLARITY_SMTP_USER": "clarity", "CLARITY_SMTP_PASSWORD": "hunter2"}).smtp
    assert (told.host, told.port, told.tls, told.user) == ("mail.team.example", 587, "starttls", "clarity")
    assert "hunter2" not in repr(told)
    path = toml('[smtp]\nhost = "::1"\nsender = "c@team.example"\ntls = "none"\nuser = "a"\npassword = "b"\n')
    assert (load({}, path).smtp.port, load(SMTP | {"CLARITY_SMTP_TLS": "tls"}).smtp.port) == (25, 465)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"HOST": ""}, "CLARITY_SMTP_HOST is missing"),
        ({"SENDER": ""}, "CLARITY_SMTP_SENDER is missing"),
        ({"USER": "clarity"}, "CLARITY_SMTP_PASSWORD is missing"),
        ({"PASSWORD": "hunter2"}, "CLARITY_SMTP_USER is missing"),
        ({"USER": "a", "PASSWORD": "hunter2", "TLS": "none"}, "in the clear"),
        ({"HOST": "smtp://mail.team.example"}, "is no host"),
        ({"HOST": "mail.team.example:587"}, "is no host"),
        ({"SENDER": "Clarity <clarity@team.example>"}, "is no e-mail address"),
        ({"SENDER": "a@team.example, b@team.example"}, "is no e-mail address"),
        ({"PORT": "0"}, "CLARITY_SMTP_PORT"),
        ({"TLS": "ssl"}, "Valid is starttls, tls or none"),
    ],
)
def test_a_mail_server_that_cannot_be(given, said):
    with pytest.raises(SettingsError) as error:
        load(SMTP | {f"CLARITY_SMTP_{name}": value for name, value in given.items()})
    assert said in str(error.value)
    assert "hunter2" not in str(error.value)
