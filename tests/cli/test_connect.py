"""From nothing to connected: by options alone, and by questions in a real terminal."""

import os
import stat
import sys
import time
import tomllib

import pytest
from click.testing import CliRunner

from service.cli import main
from service.settings import Secret, load
from service.settings.writing import write_site
from service.store import Store
from service.store.schema import delivery
from tests.fakes.jira_server import EMAIL, TOKEN, FakeJira
from tests.fakes.linear_server import KEY, FakeLinear
from tests.needs import ROOT

BASE = "https://clarity.team.example"
SECRET = "a-long-secret-of-the-webhook"


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CLARITY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CLARITY_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def cloud():
    with FakeJira() as fake:
        yield fake


@pytest.fixture
def linear():
    with FakeLinear() as fake:
        yield fake


def run(*words):
    return CliRunner().invoke(main, ["connect", *words], catch_exceptions=False)


def jira(fake, *more):
    credentials = ("--email", EMAIL, "--api-token", TOKEN) if fake.cloud else ("--token", TOKEN)
    given = ("--url", fake.url, *credentials, "--base-url", BASE, "--webhook-secret", SECRET)
    return run("jira", *given, "--no-test", *more)


def test_jira_cloud_by_options_alone(cloud, alone):
    result = jira(cloud, "--project", "DEMO")
    assert result.exit_code == 1  # the webhook is left to be made
    assert "✓  Jira Cloud, signed in as A user" in result.output
    assert "✓  it may do all that is needed in DEMO" in result.output
    for words in (f"{BASE}/webhooks/jira", SECRET, "Issue created, updated, deleted", "Make the webhook"):
        assert words in result.output
    assert TOKEN not in result.output
    site = load(os.environ).jira["default"]
    assert (site.url, site.email, site.api_token) == (cloud.url, EMAIL, TOKEN)
    assert (site.webhook_secrets, site.cloud) == ((Secret(SECRET),), True)
    assert load(os.environ).base_url == BASE
    assert stat.S_IMODE((alone / "clarity.toml").stat().st_mode) == 0o600


def test_jira_data_center_by_options_alone():
    with FakeJira(cloud=False) as fake:
        result = jira(fake, "--site", "partners")
        assert "Jira Data Center, signed in" in result.output
        assert f"{BASE}/webhooks/jira/partners" in result.output
        site = load(os.environ).jira["partners"]
    assert (site.token, site.cloud) == (TOKEN, False)


def test_what_the_user_lacks_is_named(cloud, alone):
    cloud.denied = {"ADD_COMMENTS", "EDIT_ISSUES"}
    assert "the user lacks Add comments\n" in jira(cloud).output
    (alone / "clarity.toml").write_text('[projects.SHOP]\nlabel = "needs-clarity"\n')
    assert "the user lacks Add comments, Edit issues\n" in jira(cloud).output


def test_wrong_credentials_write_nothing(cloud, alone):
    result = run(
        "jira", "--url", cloud.url, "--email", EMAIL, "--api-token", "wrong", "--base-url", BASE, "--no-test"
    )
    assert result.exit_code == 2
    assert "refused our credentials" in result.output
    assert "Nothing was written" in result.output
    assert not (alone / "clarity.toml").exists()


def test_everything_else_in_the_file_stays_as_it_is(cloud, alone):
    before = '# ours\nworkers = 3  # few\n\n[policy]\nready = 85\n\n[jira.other]\nurl = "https://o.example"\ntoken = "t"\n'
    (alone / "clarity.toml").write_text(before)
    (alone / "clarity.toml").chmod(0o644)
    jira(cloud)
    after = (alone / "clarity.toml").read_text()
    for line in before.splitlines():
        assert line in after
    told = tomllib.loads(after)
    assert (told["workers"], told["policy"], told["base_url"]) == (3, {"ready": 85}, BASE)
    assert set(told["jira"]) == {"other", "default"}
    assert stat.S_IMODE((alone / "clarity.toml").stat().st_mode) == 0o600
    assert [path.name for path in alone.iterdir() if path.name.startswith(".")] == []


def test_a_site_that_is_there_is_changed_only_when_told(cloud, alone):
    jira(cloud)
    before = (alone / "clarity.toml").read_text()
    refused = jira(cloud, "--webhook-secret", "another-secret-of-the-webhook")
    assert refused.exit_code == 2
    assert "add --replace" in refused.output
    assert (alone / "clarity.toml").read_text() == before
    jira(cloud, "--webhook-secret", "another-secret-of-the-webhook", "--replace")
    assert load(os.environ).jira["default"].webhook_secrets == (Secret("another-secret-of-the-webhook"),)


@pytest.mark.parametrize(
    "before", ["jira = 3\n", "[jira\n", "jira_url = 'https://flat.example'\njira_token='x'\n"]
)
def test_a_file_that_cannot_take_it_is_left_alone(cloud, alone, before):
    (alone / "clarity.toml").write_text(before)
    result = jira(cloud)
    assert result.exit_code == 2
    assert (alone / "clarity.toml").read_text() == before
    assert [path.name for path in alone.iterdir() if path.name.startswith(".")] == []


def test_it_can_be_printed_for_the_environment(cloud, alone, monkeypatch):
    result = jira(cloud, "--print")
    lines = dict(line.split("=", 1) for line in result.output.splitlines() if line.startswith("CLARITY_"))
    assert not (alone / "clarity.toml").exists()
    for name, value in lines.items():
        monkeypatch.setenv(name, value)
    assert load(os.environ).jira["default"].api_token == TOKEN
    assert jira(cloud, "--print", "--site", "other").exit_code == 2


def test_the_environment_that_says_otherwise_is_named(cloud, monkeypatch):
    monkeypatch.setenv("CLARITY_JIRA_WEBHOOK_SECRET", "a-secret-from-elsewhere")
    assert "the environment says otherwise" in jira(cloud).output


def test_a_script_may_leave_secrets_to_the_environment(cloud, monkeypatch):
    monkeypatch.setenv("CLARITY_JIRA_API_TOKEN", TOKEN)
    result = run("jira", "--url", cloud.url, "--email", EMAIL, "--base-url", BASE, "--no-test")
    assert "signed in as" in result.output
    monkeypatch.delenv("CLARITY_JIRA_API_TOKEN")
    assert load(os.environ).jira["default"].api_token == TOKEN


def test_nobody_there_to_ask(cloud):
    result = run("jira", "--url", cloud.url, "--email", EMAIL)
    assert result.exit_code == 2
    assert "--token is missing" in result.output or "--api-token is missing" in result.output


def test_linears_webhook_is_made_and_the_walk_ends_green(linear):
    given = ("linear", "--api-key", KEY, "--api-url", linear.api_url, "--base-url", BASE, "--no-test")
    result = run(*given)
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].startswith("✓ Linear is connected.")
    (hook,) = linear.webhooks
    assert (hook["url"], hook["resourceTypes"]) == (f"{BASE}/webhooks/linear", ["Issue", "Comment"])
    assert load(os.environ).linear["default"].webhook_secrets == (Secret(hook["secret"]),)
    assert KEY not in result.output
    again = run(*given, "--replace")
    assert again.exit_code == 0
    assert len(linear.webhooks) == 1
    assert load(os.environ).linear["default"].webhook_secrets == (Secret(hook["secret"]),)


def test_who_is_no_admin_of_linear_is_told_what_to_click(linear):
    linear.forbidden.add("webhooks")
    result = run("linear", "--api-key", KEY, "--api-url", linear.api_url, "--base-url", BASE, "--no-test")
    assert result.exit_code == 1
    assert "Settings → API → Webhooks → New webhook" in result.output
    assert load(os.environ).linear["default"].webhook_secrets[0] in result.output


def test_a_service_that_does_not_answer_is_told(linear):
    result = run("linear", "--api-key", KEY, "--api-url", linear.api_url, "--base-url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "no tracker can reach" in result.output
    assert "nothing answers at http://127.0.0.1:9/webhooks/linear" in result.output
    assert "clarity serve" in result.output


@pytest.mark.parametrize("tracker", ["jira", "linear"])
def test_a_test_delivery_reaches_the_running_service(tracker, alone):
    from service.trackers.base import TrackerError
    from service.trackers.knocking import knock
    from tests.service import serving

    sites = {
        "jira_url": "https://team.example",
        "jira_token": "t",
        "jira_webhook_secret": SECRET,
        "linear_api_key": "k",
        "linear_webhook_secret": SECRET,
    }
    with serving(alone, **sites) as address:
        assert knock(f"{address}/webhooks/{tracker}", tracker, SECRET) == "a signed delivery was taken"
        with pytest.raises(TrackerError, match="another secret"):
            knock(f"{address}/webhooks/{tracker}", tracker, "wrong")
        with pytest.raises(TrackerError, match="answered 404"):
            knock(f"{address}/webhooks/{tracker}/nowhere", tracker, SECRET)


def test_the_trackers_own_first_delivery_ends_the_walk_green(cloud, alone, monkeypatch):
    """The service runs elsewhere, over the same database."""
    store = Store.of(load(os.environ))
    (alone / "data").mkdir()
    store.migrate()

    def told(pause):
        with store.writing() as connection:
            row = {"tracker": "jira", "site": "default", "id": f"d{time.time()}", "at": time.time()}
            connection.execute(delivery.insert().values(row))

    monkeypatch.setattr("service.cli.waiting.time.sleep", told)
    result = jira(cloud, "--wait", "60")
    store.close()
    assert result.exit_code == 0
    assert "✓  Jira told us of a change" in result.output
    assert result.output.splitlines()[-1].startswith("✓ Jira is connected.")


def test_no_delivery_and_no_database_are_told(cloud, alone):
    assert "Start the service" in jira(cloud, "--wait", "0.1").output
    (alone / "data").mkdir(exist_ok=True)
    store = Store.of(load(os.environ))
    store.migrate()
    store.close()
    result = jira(cloud, "--wait", "0.1", "--replace")
    assert result.exit_code == 1
    assert "no delivery came" in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_walk_in_a_real_terminal(cloud, alone):
    """A person types the answers; the token is not shown as it is typed."""
    answers = {
        "Address of your Jira": cloud.url,
        "Personal access token": TOKEN,
        "Address at which Jira reaches us": BASE,
    }
    code, shown = typed(answers, "connect", "jira", "--no-test", "--webhook-secret", SECRET)
    assert TOKEN not in shown
    assert "refused our credentials" in shown  # the fake is a Cloud, and no Data Center
    assert code == 2
    answers = {"Its API token": TOKEN, "Address at which Jira reaches us": BASE}
    asked = ("--url", cloud.url, "--email", EMAIL, "--api-token", TOKEN, "--webhook-secret", SECRET)
    code, shown = typed(answers, "connect", "jira", *asked, "--no-test")
    assert code == 1
    assert "\x1b[32m✓" in shown
    assert "Now make the webhook" in shown
    code, shown = typed({"Change it?": "n"}, "connect", "jira", *asked, "--base-url", BASE, "--no-test")
    assert "Aborted" in shown
    assert code == 1


def typed(answers, *words):
    """Run the command in a terminal, typing each answer once its question is there."""
    import pty
    import select

    program = "from service.cli import main; main()"
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "TERM": "xterm",
        "PYTHONPATH": str(ROOT),
        "CLARITY_DATA_DIR": os.environ["CLARITY_DATA_DIR"],
    }
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-c", program, *words], environ)
    shown, left = "", dict(answers)
    while select.select([terminal], [], [], 60)[0]:
        try:
            piece = os.read(terminal, 10_000)
        except OSError:  # how Linux says that the other side is closed
            break
        if not piece:
            break
        shown += piece.decode(errors="replace")
        for question in [question for question in left if question in shown]:
            os.write(terminal, f"{left.pop(question)}\n".encode())
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), shown


def test_a_secret_is_never_left_readable_in_between(alone):
    """Whatever the umask is."""
    values = {"url": "https://team.example", "token": "t", "webhook_secret": SECRET}
    before = os.umask(0)
    try:
        write_site(alone / "clarity.toml", "jira", "default", values, base_url="", environ={})
    finally:
        os.umask(before)
    assert stat.S_IMODE((alone / "clarity.toml").stat().st_mode) == 0o600
