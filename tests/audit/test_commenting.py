"""`clarity audit --comment` to its end: the real command, the real service, and a Jira that asks them to slow down."""

import signal
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from service.store import Store
from tests.fakes.http import Faults
from tests.fakes.jira_server import EMAIL, TOKEN, FakeJira
from tests.needs import ROOT
from tests.service import COMMAND, serving, until
from tests.store.conftest import KEY

OLD = (datetime.now(UTC) - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
TICKETS, RETRY = 12, 1.0


class SlowingJira(FakeJira):
    """Lets nobody beyond the second page while `walled`; notes when the service asked, and when it was slowed."""

    def __init__(self):
        super().__init__(per_page=4)
        self.asked, self.slowed, self.walled = [], [], True

    def _faulty(self, fault, method, path, query, headers, body):
        if self.walled and query.get("nextPageToken") == "8":
            return 429, {}, {"Retry-After": "600"}
        if "/issue/" in path:
            (self.slowed if fault == "limited" else self.asked).append(time.monotonic())
        return super()._faulty(fault, method, path, query, headers, body)


@pytest.fixture
def jira():
    with SlowingJira() as fake:
        for number in range(TICKETS):
            fake.create_issue(f"Pay {number}", "It should be fast and user-friendly, etc.", created=OLD)
        yield fake


@pytest.fixture
def settings(jira):
    return {"jira_url": jira.url, "jira_email": EMAIL, "jira_api_token": TOKEN, "secret_key": str(KEY)}


@pytest.fixture
def auditing(tmp_path, settings):
    """Starts the command; its words go to a file."""

    def start():
        environ = {"PYTHONPATH": str(ROOT), "CLARITY_DATA_DIR": str(tmp_path / "data")}
        environ |= {f"CLARITY_{name.upper()}": value for name, value in settings.items()}
        words = ["audit", "--jql", "project = DEMO", "--comment", "--processes", "1"]
        with (tmp_path / "said").open("w") as said:
            return subprocess.Popen([*COMMAND, *words], stdout=said, stderr=said, cwd=tmp_path, env=environ)

    return start


def test_each_ticket_gets_one_comment_however_often_it_was_stopped(tmp_path, jira, settings, auditing):
    said = tmp_path / "said"
    with serving(tmp_path, **settings):
        first = auditing()
        until(lambda: "Waiting 600 s: " in said.read_text())
        jira.walled, jira.faults = False, Faults(limited=0.1, retry_after=f"{RETRY:.0f}")
        first.send_signal(signal.SIGINT)
        assert (first.wait(), "Stopped after 8 tickets." in said.read_text()) == (130, True), said.read_text()
        until(lambda: any(jira.ours(one) for one in jira.issues))
        assert auditing().wait() == 0, said.read_text()
        assert f"{TICKETS} tickets, {TICKETS} scored" in said.read_text()
        until(lambda: at_rest(tmp_path))
    posted = Counter((verb, issue) for verb, issue, *_ in jira.writes)
    assert posted == {("POST", issue): 1 for issue in jira.issues}
    assert jira.slowed
    early = [at for at in jira.asked if any(slow < at < slow + RETRY for slow in jira.slowed)]
    assert early == []


def at_rest(folder):
    """Whether the service has brought every ticket to an end."""
    store = Store(f"sqlite:///{folder}/data/clarity.db", KEY)
    with store.reading() as connection:
        done = connection.exec_driver_sql("SELECT done_generation > 0 FROM ticket").scalars().all()
    store.close()
    return len(done) == TICKETS and all(done)
