"""What `make load` measures of webhooks: how long they are waited for while nothing is due, and while tickets are."""

import http.client
import itertools
import statistics
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from tests.durability.chaos import settings
from tests.durability.deliveries import body, headers
from tests.durability.pace import LATER, Serving, draft
from tests.durability.storm import paragraph
from tests.fakes.apart import JiraApart

FIRST = 25  # of each turn, not counted: by then the worker is at work
TURN = 100


def webhooks(database, folder, per_second, turns):
    """p99 while nothing is due, and while one worker scores what comes in and comments on it, each webhook about a
    ticket of its own. Both by turns, so that the machine is as busy with other things in one as in the other.

    The tracker that the worker asks is another process: its answers would hold up the threads that take the time.
    """
    quiet, busy, numbers = [], [], itertools.count(1)
    told = settings(jira := JiraApart()).items()
    site = {name: value for name, value in told if name.startswith("JIRA")}
    with jira, Serving(database, folder, 1, **site) as serving, Sender(serving.address) as sender:
        for turn in range(turns):
            nothing = [(LATER, str(turn * (FIRST + TURN) + n)) for n in range(FIRST + TURN)]
            quiet += sender.latencies(nothing, per_second)[FIRST:]
            due = [("DEMO", create(jira, next(numbers))) for _ in range(FIRST + TURN)]
            busy += sender.latencies(due, per_second)[FIRST:]
            wait_for_comments(jira, (turn + 1) * len(due))
    return p99(quiet), p99(busy)


class Sender:
    """Sends signed webhooks over sixteen connections that are kept."""

    def __init__(self, address):
        self.place = urlsplit(address)
        self.own = threading.local()
        self.pool = ThreadPoolExecutor(16)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pool.shutdown()

    def latencies(self, issues, per_second):
        """Seconds that each took, about an issue as (project, id); sent at fixed times whether or not the former was
        answered.
        """
        start = time.perf_counter() + 0.2
        sent = [self.pool.submit(self.send, *one, start + i / per_second) for i, one in enumerate(issues)]
        return [future.result() for future in sent]

    def send(self, project, issue_id, at):
        time.sleep(max(0.0, at - time.perf_counter()))
        began = time.perf_counter()
        if not hasattr(self.own, "connection"):
            self.own.connection = http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=30)
        raw = body("jira:issue_updated", issue_id, project=project)
        self.own.connection.request("POST", "/webhooks/jira", raw, headers(raw, uuid.uuid4().hex))
        answer = self.own.connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        return time.perf_counter() - began


def create(jira, number):
    """An issue at the tracker that says what the draft of this number says; its id."""
    told = draft(number)
    lines = [paragraph(line) for line in told.description.splitlines() if line]
    return jira.create_issue(told.title, {"type": "doc", "version": 1, "content": lines})


def wait_for_comments(jira, count, limit=60):
    """Until the worker has commented on as many tickets as were due."""
    end = time.monotonic() + limit
    while (said := jira.commented()) != count:
        assert time.monotonic() < end, f"{said} of {count} tickets were commented on"
        time.sleep(0.25)


def p99(times):
    return statistics.quantiles(times, n=100)[98]
