"""What leaves the machine goes to the configured address and no further, and comes back within bounds."""

import contextlib
import gzip
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

from service.comment import CommentTree
from service.settings import JiraSite, LinearSite, Secret
from service.trackers import outgoing
from service.trackers.base import TrackerError
from service.trackers.jira import JiraTracker
from service.trackers.linear import LinearTracker

BOMB = gzip.compress(b"0" * 5_000_000)


class Handler(BaseHTTPRequestHandler):
    """Leads elsewhere, drips, swells or answers, as the first part of the path says."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_any(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization")))
        getattr(self, "answer_" + self.server.manner)()

    do_GET = do_POST = do_PUT = do_DELETE = do_any

    def answer(self, status, headers=(), body=b"{}"):
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def answer_well(self):
        self.answer(200)

    def answer_elsewhere(self):
        self.answer(302, [("Location", self.server.elsewhere)])

    def answer_onwards(self):
        if self.path.startswith("/onwards"):
            self.answer(200, body=b'{"id": "7"}')
        else:
            self.answer(302, [("Location", "/onwards")])

    def answer_bomb(self):
        self.answer(200, [("Content-Encoding", "gzip")], BOMB)

    def answer_dripping(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(100):
                self.wfile.write(b" ")
                time.sleep(0.1)


def started():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen, server.manner, server.daemon_threads = [], "well", True
    server.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


@pytest.fixture
def ours():
    server = started()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def inner():
    """A service of the operator's own network that a tracker would like to have read or told."""
    server = started()
    yield server
    server.shutdown()
    server.server_close()


def jira(url, seconds=5.0):
    return JiraTracker(JiraSite("default", url, "bot@clarity.example", Secret("a token")), seconds)


def linear(url, seconds=5.0):
    return LinearTracker(LinearSite("default", f"{url}/graphql", Secret("a key")), seconds)


CALLS = [
    lambda tracker: tracker.fetch("1"),
    lambda tracker: tracker.create_comment("1", CommentTree(()), key="k"),
    lambda tracker: tracker.update_comment("1", "2", CommentTree(())),
    lambda tracker: tracker.delete_comment("1", "2"),
    lambda tracker: tracker.check(),
]


@pytest.mark.parametrize("call", CALLS, ids=["fetch", "create", "update", "delete", "check"])
@pytest.mark.parametrize("connect", [jira, linear])
@pytest.mark.parametrize(
    "target", ["{inner}/admin", "http://localhost:{port}/admin", "https://127.0.0.1:{port}/x"]
)
def test_no_redirect_leads_to_another_address(ours, inner, connect, call, target):
    ours.manner = "elsewhere"
    ours.elsewhere = target.format(inner=inner.url, port=inner.server_port)
    with pytest.raises(TrackerError) as error:
        call(connect(ours.url))
    assert inner.seen == []
    assert len(ours.seen) == 1
    assert error.value.pauses == "site"


def test_a_redirect_within_the_address_is_followed(ours):
    ours.manner = "onwards"
    assert jira(ours.url).create_comment("1", CommentTree(()), key="k") == "7"


@pytest.mark.parametrize(
    ("configured", "asked", "same"),
    [
        ("https://jira.example", "https://jira.example/rest", True),
        ("https://jira.example", "https://JIRA.example:443/rest", True),
        ("https://jira.example", "http://jira.example/rest", False),
        ("https://jira.example", "https://jira.example:8443/rest", False),
        ("https://jira.example", "https://jira.example.evil.example/rest", False),
        ("https://jira.example", "https://jira.example@evil.example/rest", False),
        ("http://10.0.0.5:8080/jira", "http://10.0.0.5:8080/rest", True),
        ("http://10.0.0.5:8080/jira", "http://169.254.169.254/latest/meta-data", False),
    ],
)
def test_an_address_is_scheme_host_and_port(configured, asked, same):
    adapter = outgoing.OneAddress(configured, 1.0)
    request = requests.Request("GET", asked).prepare()
    if same:
        assert outgoing._origin(request.url) == adapter._origin
    else:
        with pytest.raises(outgoing.SentElsewhere):
            adapter.send(request)


@pytest.mark.parametrize("connect", [jira, linear])
def test_an_answer_that_drips_ends_in_time(ours, connect):
    ours.manner = "dripping"
    began = time.monotonic()
    with pytest.raises(TrackerError, match="did not answer in time"):
        connect(ours.url, 1.0).check()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("connect", [jira, linear])
def test_an_answer_that_swells_is_not_read(ours, connect, monkeypatch):
    monkeypatch.setattr(outgoing, "MOST_BYTES", 1_000_000)
    ours.manner = "bomb"
    with pytest.raises(TrackerError, match="could not be reached"):
        connect(ours.url).check()
