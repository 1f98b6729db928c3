import os
import re
import time
from dataclasses import replace

import pytest
import requests

from service import doctor
from service.doctor import State, examine
from service.policy import Policy, PolicyChange, RuleOverride
from service.settings import JiraSite, LinearSite, MailServer, OidcProvider, Secret, Settings
from service.store import Store
from service.store.accepting import register_site
from service.store.chores import hasten_chore
from service.store.pausing import pause_site
from service.store.schema import delivery
from service.trackers.base import TrackerError
from tests import postgres
from tests.fakes.jira_server import EMAIL, TOKEN, FakeJira
from tests.fakes.smtp_server import FakeMail
from tests.store.conftest import KEY

LONG = Secret("a webhook secret long enough")
JIRA = JiraSite(
    "default", "https://team.atlassian.net", "bot@team.example", Secret("api-token"), webhook_secrets=(LONG,)
)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def looked(data):
    def look(*, offline=True, **changes):
        settings = Settings(f"sqlite:///{data}/clarity.db", data, **({"secret_key": KEY} | changes))
        return {check.name: check for check in examine(settings, offline=offline)}

    return look


@pytest.fixture
def database(data):
    store = Store(f"sqlite:///{data}/clarity.db", KEY)
    store.migrate()
    store.unlock()
    store.close()
    return data / "clarity.db"


def test_a_fresh_machine_is_well_and_stays_as_it_was(looked, data):
    checks = looked()
    wrong = {name: check.said for name, check in checks.items() if check.state is State.WRONG}
    assert not wrong
    assert checks["trackers"].state is State.ODD
    assert list(data.iterdir()) == []


def test_a_sound_database(looked, database):
    assert looked()["database"].said == f"{database}, sound and writable"


def test_a_database_of_another_key(looked, database):
    check = looked(secret_key=Secret("another key of thirty-two characters"))["database"]
    assert check.state is State.WRONG


@pytest.fixture
def server():
    with postgres.database() as url:
        yield url


def test_a_server(data, server):
    settings = Settings(server, data, secret_key=KEY)
    check = {check.name: check for check in examine(settings, offline=True)}["database"]
    assert check.state is State.WELL
    assert re.fullmatch(r"PostgreSQL [\d.]+ at 127.0.0.1, clarity\d+, writable", check.said)


def test_a_server_that_is_not_there_shows_no_password(data):
    settings = Settings(f"postgresql://me:hunter2@127.0.0.1:{postgres.free_port()}/clarity", data, secret_key=KEY)
    check = {check.name: check for check in examine(settings, offline=True)}["database"]
    assert (check.state, "CLARITY_DATABASE_URL" in check.advice) == (State.WRONG, True)
    assert "hunter2" not in check.said


def test_a_site_that_waits_is_told_with_what_to_do(looked, database):
    store = Store(f"sqlite:///{database}", KEY)
    with store.writing() as connection:
        register_site(connection, "jira", "default")
        pause_site(
            connection, "jira", "default", 60.0, "Jira refused our credentials (401). Renew JIRA_API_TOKEN."
        )
    store.close()
    check = looked()["jira default pause"]
    assert check.state is State.ODD
    assert check.said.startswith("Jira refused our credentials (401). Renew JIRA_API_TOKEN. (tried again in ")
    assert "goes on by itself" in check.advice


def test_a_job_that_nobody_did_is_told_with_where_to_look(looked, database):
    def with_a_job_due(ago):
        store = Store(f"sqlite:///{database}", KEY)
        with store.writing() as connection:
            hasten_chore(connection, "catch up", -ago)
        store.close()
        return looked().get("jobs by the clock")

    assert with_a_job_due(3_000.0) is None
    check = with_a_job_due(3 * 3_600.0)
    assert (check.state, check.said) == (State.ODD, "“catch up” should have been done 3 hours ago")
    assert "timekeeper" in check.advice


def test_a_damaged_database(looked, database):
    database.write_bytes(b"SQLite format 3\0" + os.urandom(8192))
    assert looked()["database"].state is State.WRONG


def test_files_open_to_others(looked, data, database):
    database.chmod(0o644)
    data.chmod(0o755)
    checks = looked()
    assert (checks["database"].state, checks["database"].advice) == (State.ODD, f"chmod 600 {database}")
    assert (checks["data directory"].state, checks["data directory"].advice) == (State.ODD, f"chmod 700 {data}")


def test_a_model_that_is_not_there(looked):
    check = looked(model="no-such-model")["language model"]
    assert check.state is State.WRONG
    assert "CLARITY_MODEL" in check.said


def test_a_broken_rule_file(looked, tmp_path):
    (tmp_path / "broken.yaml").write_text("id: [")
    check = looked(rules=tmp_path)["rules"]
    assert check.state is State.WRONG
    assert "broken.yaml:" in check.said


def test_an_override_of_a_rule_that_does_not_exist(looked):
    changes = {"no-benefitt": RuleOverride(weight=1)}
    check = looked(projects={"SHOP": PolicyChange(rules=changes)}, policy=Policy())["rules"]
    assert check.state is State.WRONG
    assert check.said == (
        "[projects.SHOP.rules.no-benefitt] in clarity.toml changes a rule that does not exist. Did you mean no-benefit?"
    )


@pytest.mark.parametrize(
    ("site", "state", "said"),
    [
        ({}, State.WELL, "signed"),
        ({"webhook_secrets": ()}, State.WRONG, "no secret: every delivery is refused"),
        ({"webhook_secrets": (Secret("short"),)}, State.ODD, "the secret is short"),
        ({"webhook_secrets": (LONG, LONG)}, State.WELL, "two secrets are accepted"),
        ({"webhook_secrets": (), "path_token": LONG}, State.WELL, "unsigned"),
    ],
)
def test_webhook_secrets(looked, site, state, said):

    check = looked(jira={"default": replace(JIRA, **site)}, base_url="https://clarity.example")[
        "jira default webhook"
    ]
    assert check.state is state
    assert said in check.said
    assert state is not State.WRONG or check.advice == "Set CLARITY_JIRA_WEBHOOK_SECRET."


def test_trackers_cannot_reach_a_local_address(looked):
    assert looked(jira={"default": JIRA})["base url"].state is State.ODD
    assert looked(jira={"default": JIRA}, base_url="https://clarity.example")["base url"].state is State.WELL
    assert looked(base_url="http://clarity.example")["base url"].state is State.ODD


class Tracker:
    def __init__(self, answer):
        self.answer = answer

    def check(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def answers(monkeypatch):
    def answer(said, date="Mon, 01 Jan 2001 00:00:00 GMT"):
        response = requests.Response()
        response.headers["Date"] = date
        monkeypatch.setattr(doctor, "open_tracker", lambda *_: Tracker(said))
        monkeypatch.setattr(doctor.requests, "head", lambda *_, **__: response)

    return answer


def test_credentials_and_clock(looked, answers):
    answers("comments as Clarity Bot")
    checks = looked(
        offline=False, jira={"default": JIRA}, linear={"default": LinearSite("default", api_key=Secret("k"))}
    )
    assert checks["jira default access"].said == checks["linear default access"].said == "comments as Clarity Bot"
    assert checks["jira default clock"].state is State.ODD
    assert "ahead of the site" in checks["jira default clock"].said


def test_wrong_credentials_say_what_to_do(looked, answers):
    answers(TrackerError("Jira refused the API token. Make a new one.", permanent=True), date="")
    checks = looked(offline=False, jira={"default": JIRA})
    assert checks["jira default access"].state is State.WRONG
    assert checks["jira default access"].said == "Jira refused the API token. Make a new one."
    assert "jira default clock" not in checks


def test_credentials_that_travel_in_the_clear(looked, answers):

    answers("fine", date="")
    for url, state in (("http://jira.team.example", State.ODD), ("http://127.0.0.1:9", State.WELL)):
        checks = looked(offline=False, jira={"default": replace(JIRA, url=url)})
        assert checks["jira default access"].state is state


def test_no_secret_is_told(looked):
    told = repr(looked(jira={"default": JIRA}, dashboard_token=Secret("a dashboard token")))
    for secret in (KEY, LONG, "api-token", "a dashboard token"):
        assert secret not in told


@pytest.mark.parametrize(
    ("label", "denied", "said"),
    [
        ("", set(), "our user may do all that is needed"),
        ("", {"EDIT_OWN_COMMENTS", "EDIT_ISSUES"}, "our user lacks Edit own comments"),
        ("needs-clarity", {"EDIT_ISSUES"}, "our user lacks Edit issues"),
    ],
)
def test_what_a_jira_user_may_do_is_held_against_what_is_turned_on(looked, label, denied, said):
    with FakeJira() as fake:
        fake.denied = denied
        site = JiraSite("default", fake.url, EMAIL, Secret(TOKEN), webhook_secrets=(LONG,))
        check = looked(offline=False, jira={"default": site}, policy=Policy(label=label))["jira default rights"]
    assert (check.said, check.state) == (said, State.ODD if "lacks" in said else State.WELL)


def test_when_a_site_last_told_us_of_anything(looked, database, data):
    assert looked(jira={"default": JIRA})["jira default deliveries"].state is State.ODD
    store = Store(f"sqlite:///{database}", KEY)
    for name, age in (("old", 7_500.0), ("new", 7_200.0)):
        with store.writing() as connection:
            row = {"tracker": "jira", "site": "default", "id": name, "at": time.time() - age}
            connection.execute(delivery.insert().values(row))
    store.close()
    checks = looked(jira={"default": JIRA, "other": replace(JIRA, name="other")})
    assert checks["jira default deliveries"].said == "the last came 2 hours ago"
    assert checks["jira other deliveries"].state is State.ODD


def test_where_there_is_no_database_yet_nothing_is_said_of_deliveries(looked):
    assert "jira default deliveries" not in looked(jira={"default": JIRA})


def test_the_mail_server_is_tried_and_sent_nothing(looked):
    with FakeMail() as server:
        smtp = MailServer("127.0.0.1", server.port, "none", "clarity@team.example")
        assert looked(smtp=smtp)["mail"].said == "nobody can ask for any, as no login provider is set"
        login = OidcProvider("https://login.example", "id", viewers=("ada@team.example",))
        assert looked(smtp=smtp, oidc=login, offline=False)["mail"].state is State.WELL
        server.answers["MAIL"] = "550 not you"
        refused = looked(smtp=smtp, oidc=login, offline=False)["mail"]
        assert (refused.state, "CLARITY_SMTP_SENDER" in refused.advice) == (State.WRONG, True)
        wanted = looked(smtp=replace(smtp, tls="starttls"), oidc=login, offline=False)["mail"]
        assert "does not offer what the settings ask for" in wanted.said
        assert server.taken == []
    down = looked(smtp=smtp, oidc=login, offline=False)["mail"]
    assert (down.state, "CLARITY_SMTP_HOST" in down.advice) == (State.WRONG, True)
