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
server = Server(app, bound, float(sys.argv[1]))
print(bound.getsockname()[1], flush=True)
server.run()
print("stopped", flush=True)
"""


@pytest.fixture
def server(request):
    seconds = str(getattr(request, "param", 60.0))
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, seconds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
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


def drip(connection, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection.sendall(b"x")
        time.sleep(0.1)


@pytest.mark.parametrize("server", [1.0], indirect=True)
@pytest.mark.parametrize(
    "head", [b"GET /slow HTTP/1.1\r\nX: ", b"POST /slow HTTP/1.1\r\nContent-Length: 9999\r\n\r\n"]
)
def test_a_sender_that_drips_is_cut_off_and_holds_nobody_up(server, head):
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as dripping:
        dripping.sendall(head)
        with pytest.raises(OSError):
            drip(dripping)
    assert 1.0 <= time.monotonic() - began < 15
    thread, answers = begin(server)
    server.stdin.write("go on\n")
    server.stdin.flush()
    thread.join(20)
    assert answers == ["done"]


def flood(connection, pieces=1000):
    for _ in range(pieces):
        connection.sendall(b"a" * 8192)


@pytest.mark.parametrize("start", [b"1;", b"1", b"1\r\nx\r\n2;", b"0\r\n"])
def test_a_chunk_without_an_end_to_its_line_is_cut_off(server, start):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + start)
        with pytest.raises(ConnectionError):
            flood(connection)


def test_a_body_in_many_chunks_is_taken(server):
    body = (b"4000;name=value\r\n" + b"x" * 0x4000 + b"\r\n") * 100 + b"0\r\nTrailer: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
        assert connection.recv(100).startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize("server", [0.2], indirect=True)
def test_an_answer_may_take_longer_than_a_request(server):
    thread, answers = begin(server)
    time.sleep(1.5)
    server.stdin.write("go on\n")
    server.stdin.flush()
    thread.join(20)
    assert answers == ["done"]


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
