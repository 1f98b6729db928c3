"""The web server over real sockets: it stops without dropping what it has begun."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests

from service.settings import SettingsError
from service.web.server import listen
from tests.needs import ROOT

SCRIPT = """
import sys
from flask import Flask
from service.web.server import Server, listen
app = Flask("probe")
@app.get("/slow")
def slow():
    print("begun", flush=True)
    sys.stdin.readline()
    return "done"
bound = listen("127.0.0.1", 0)
server = Server(app, bound)
print(bound.getsockname()[1], flush=True)
server.run()
print("stopped", flush=True)
"""


@pytest.fixture
def server():
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    process.port = int(process.stdout.readline())
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def get(port, answers):
    try:
        answers.append(requests.get(f"http://127.0.0.1:{port}/slow", timeout=30).text)
    except requests.RequestException as error:
        answers.append(error)


def begin(server):
    answers = []
    thread = threading.Thread(target=get, args=(server.port, answers))
    thread.start()
    assert server.stdout.readline() == "begun\n"
    return thread, answers


def until_refused(port):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_begun_is_answered_and_nothing_new_is_accepted(server, number):
    thread, answers = begin(server)
    server.send_signal(number)
    assert until_refused(server.port)
    server.stdin.write("go on\n")
    server.stdin.flush()
    thread.join(20)
    assert answers == ["done"]
    assert server.stdout.readline() == "stopped\n"
    assert server.wait(20) == 0


def test_a_second_signal_ends_it_at_once(server):
    thread, answers = begin(server)
    server.send_signal(signal.SIGTERM)
    assert until_refused(server.port)
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) == 128 + signal.SIGTERM
    thread.join(20)
    assert isinstance(answers[0], requests.RequestException)


def test_a_port_in_use():
    with listen("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(SettingsError) as error:
            listen("127.0.0.1", port)
    assert str(error.value) == (
        f"--port: port {port} is in use on 127.0.0.1. Stop what uses it, or choose another: --port {port + 1}."
    )


def test_an_address_that_is_not_ours():
    with pytest.raises(SettingsError, match=r"--host: 192.0.2.1 is no address|cannot listen on 192.0.2.1"):
        listen("192.0.2.1", 0)
    with pytest.raises(SettingsError, match=r"--host: nowhere.invalid is no address of this machine"):
        listen("nowhere.invalid", 0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use every port")
def test_a_port_below_1024():
    with pytest.raises(SettingsError, match="this user may not use port 81"):
        listen("127.0.0.1", 81)
