"""clarity serve as an operator runs it: a real process, real workers."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest
import requests
from click.testing import CliRunner

from service.cli import main
from service.cli.hosting import run_web, welcome
from service.settings import JiraSite, Settings
from service.web.server import listen
from tests.needs import ROOT
from tests.postgres import free_port

COMMAND = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "0"]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    data = tmp_path_factory.mktemp("home") / "data"
    environ = {"PATH": os.environ["PATH"], "CLARITY_DATA_DIR": str(data), "CLARITY_WORKERS": "1"}
    process = subprocess.Popen(COMMAND, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environ)
    process.data = data
    for line in process.stderr:
        if line.startswith("{") and json.loads(line)["event"] == "serving":
            process.address = json.loads(line)["address"]
            break
    else:
        pytest.fail(f"the service did not start (exit {process.wait()})")
    yield process
    process.kill()
    process.wait()
    process.stderr.close()


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_answers_at_once_and_is_ready_soon(service):
    assert requests.get(f"{service.address}/healthz", timeout=5).json() == {"status": "ok"}
    until(lambda: requests.get(f"{service.address}/readyz", timeout=5).status_code == 200)
    response = requests.post(
        f"{service.address}/api/v1/check", json={"id": 1, "type": "bug", "title": "Export fails"}, timeout=10
    )
    assert response.status_code == 200
    assert 0 <= response.json()["score"] <= 100


@pytest.mark.parametrize(
    "header", [{"X-Forwarded-For": "10.0.0.1"}, {"Via": "1.1 proxy"}, {"Host": "clarity.example"}]
)
def test_the_web_server_passes_on_what_tells_a_proxy(service, header):
    assert requests.get(f"{service.address}/", headers=header, timeout=5).status_code == 403
    assert requests.get(f"{service.address}/healthz", headers=header, timeout=5).status_code == 200


def test_its_data_belongs_to_its_user_alone(service):
    assert stat.S_IMODE(service.data.stat().st_mode) == 0o700
    for name in ("clarity.db", "secret.key"):
        assert stat.S_IMODE((service.data / name).stat().st_mode) == 0o600


def test_a_second_one_on_the_same_database_says_so(service):
    environ = {"PATH": os.environ["PATH"], "CLARITY_DATA_DIR": str(service.data)}
    done = subprocess.run(COMMAND, capture_output=True, text=True, cwd=ROOT, env=environ, timeout=30, check=False)
    assert done.returncode == 2
    assert "another `clarity serve` is working on" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_stops_cleanly(service):  # the last of this file: the service is gone afterwards
    service.send_signal(signal.SIGTERM)
    assert service.wait(30) == 0
    assert json.loads(service.stderr.read().splitlines()[-1])["event"] == "stopped"


@pytest.mark.parametrize("command", [["web", "--port", "0"], ["worker"]])
def test_it_ends_in_peace_while_it_waits_for_the_database(tmp_path, command):
    port = free_port()
    environ = {"PATH": os.environ["PATH"], "CLARITY_DATA_DIR": str(tmp_path), "CLARITY_SECRET_KEY": "k" * 32}
    environ["CLARITY_DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{port}/clarity"
    with subprocess.Popen(
        [*COMMAND[:3], *command], stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environ
    ) as one:
        assert json.loads(one.stderr.readline())["event"] == "waiting for the database"
        one.send_signal(signal.SIGTERM)
        try:
            assert one.wait(30) == 0
        finally:
            one.kill()


def test_an_open_host_needs_a_token(monkeypatch, tmp_path):
    monkeypatch.setenv("CLARITY_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("service.logs.configure", lambda settings: None)
    result = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0"])
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "Error: --host 0.0.0.0 would open this service to others. Set CLARITY_DASHBOARD_TOKEN"
    )


def test_a_port_in_use_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("CLARITY_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("service.logs.configure", lambda settings: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "--port", str(port)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: --port: port {port} is in use on 127.0.0.1.")
    assert len(result.stderr.splitlines()) == 1


def test_an_override_of_no_rule_stops_the_start(monkeypatch, tmp_path):
    (tmp_path / "clarity.toml").write_text("[policy.rules.no-benefitt]\nweight = 1\n")
    monkeypatch.setenv("CLARITY_CONFIG", str(tmp_path / "clarity.toml"))
    monkeypatch.setattr("service.logs.configure", lambda settings: None)
    result = CliRunner().invoke(main, ["serve", "--port", "0"])
    assert result.exit_code == 2
    assert "Did you mean no-benefit?" in result.stderr


def test_the_welcome_names_every_webhook(tmp_path):
    sites = {name: JiraSite(name, "https://team.atlassian.net") for name in ("default", "partners")}
    settings = Settings("sqlite:////unused.db", tmp_path, base_url="https://clarity.example", jira=sites)
    told = welcome(settings, "http://127.0.0.1:8000").plain
    assert "http://127.0.0.1:8000" in told
    assert "https://clarity.example/webhooks/jira\n" in told
    assert "https://clarity.example/webhooks/jira/partners" in told
    assert "clarity doctor" in told
    assert "README" in welcome(Settings("sqlite:////unused.db", tmp_path), "x").plain


class NotStarting:
    """An engine that fails as it starts, and knows how long a thread could keep the interpreter by then."""

    def wake(self, ref):
        raise AssertionError("nothing is due")

    def start(self):
        self.seconds = sys.getswitchinterval()
        raise OSError("no more processes")

    def stop(self):
        self.stopped = True


def test_a_request_waits_no_more_than_half_a_millisecond_for_a_thread_that_reckons(tmp_path):
    before, engine = sys.getswitchinterval(), NotStarting()
    with listen("127.0.0.1", 0) as bound:
        try:
            with pytest.raises(OSError, match="no more processes"):
                run_web(Settings(f"sqlite:///{tmp_path}/clarity.db", tmp_path), bound, engine)
        finally:
            sys.setswitchinterval(before)
    assert engine.seconds <= 0.0005 < before
    assert engine.stopped
