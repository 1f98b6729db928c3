"""A small threaded HTTP server for fakes of trackers, with seeded faults."""

import abc
import contextlib
import json
import random
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit


class Faults:
    """How often to fail, as probabilities.

    limited: 429; broken: 500; dropped: the connection is closed after the write, without an answer; stalled: the
    answer comes `stall` seconds late; slow: its body comes in drops. `retry_after` is seconds, or "date".
    """

    def __init__(
        self,
        seed=0,
        limited=0.0,
        broken=0.0,
        dropped=0.0,
        retry_after="1",
        latency=0.0,
        stalled=0.0,
        slow=0.0,
        stall=3.0,
    ):
        self.random = random.Random(seed)
        self.odds = {"limited": limited, "broken": broken, "dropped": dropped, "stalled": stalled, "slow": slow}
        self.retry_after, self.latency, self.stall = retry_after, latency, stall
        self.lock = threading.Lock()

    def draw(self):
        with self.lock:
            return next((name for name, odds in self.odds.items() if odds and self.random.random() < odds), "")


class Answer(Exception):
    """Raised by a fake to answer at once."""

    def __init__(self, status, body=None, headers=None):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


class FakeServer(abc.ABC):
    """A threaded server; a subclass answers."""

    def __init__(self, port=0):
        self.faults = Faults()
        self.requests = []
        self.lock = threading.RLock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *args):
                pass

            def handle_any(self):
                fake._handle(self)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def start(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @abc.abstractmethod
    def answer(self, method, path, query, headers, body):
        """Do what is asked; (status, object or None)."""

    def control(self, verb, body):
        """`POST /_fake/<verb>`: what a test in another process may ask for."""
        if verb == "faults":
            self.faults = Faults(**body)
            return {}
        raise Answer(404, {"error": f"no control {verb}"})

    def limited(self):
        after = self.faults.retry_after
        told = formatdate(time.time() + 2, usegmt=True) if after == "date" else after
        return 429, {"errorMessages": ["Rate limit exceeded."]}, {"Retry-After": told}

    def _handle(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(length)
        split = urlsplit(handler.path)
        path, query = unquote(split.path), dict(parse_qsl(split.query))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        extra = {}
        try:
            form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
            body = dict(parse_qsl(raw.decode())) if form else json.loads(raw) if raw else None
            if path.startswith("/_fake/"):
                fault, status, result = "", 200, self.control(path.removeprefix("/_fake/"), body or {})
            else:
                fault = self.faults.draw()
                status, result, extra = self._faulty(fault, handler.command, path, query, headers, body)
        except Answer as early:
            fault, status, result, extra = "", early.status, early.body, early.headers
        except ValueError:
            fault, status, result = "", 400, {"errorMessages": ["unreadable JSON"]}
        if fault == "dropped":
            handler.close_connection = True
            handler.connection.close()
            return
        if fault == "stalled":
            time.sleep(self.faults.stall)
        with contextlib.suppress(OSError):
            self._write(handler, status, result, extra, slowly=fault == "slow")

    def _faulty(self, fault, method, path, query, headers, body):
        if self.faults.latency:
            time.sleep(self.faults.latency)
        if fault == "limited":
            return self.limited()
        if fault == "broken":
            return 500, {"errorMessages": ["Internal server error"]}, {}
        with self.lock:
            self.requests.append((method, path, query, headers, body))
            status, result = self.answer(method, path, query, headers, body)
        return status, result, {}

    @staticmethod
    def _write(handler, status, result, extra, *, slowly=False):
        payload = b"" if result is None else json.dumps(result).encode()
        handler.send_response(status)
        for name, value in extra.items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", "application/json;charset=UTF-8")
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        for i in range(0, len(payload), step := max(1, len(payload) // 4 if slowly else len(payload))):
            handler.wfile.write(payload[i : i + step])
            if slowly:
                handler.wfile.flush()
                time.sleep(0.2)
