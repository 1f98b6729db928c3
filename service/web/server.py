"""The web server: listens, answers, and stops without dropping what it has begun to answer."""

from __future__ import annotations

import errno
import os
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

from service.settings import SettingsError

THREADS = 8
DRAIN_SECONDS = 10.0
REQUEST_SECONDS = 60.0  # for a request to come in whole; no tracker waits so long for its answer
MOST_FRAMING_BYTES = 16_384  # of one chunk's first line, or of what follows the last; nobody honest sends any
MAX_BODY_BYTES = 26 * 1024 * 1024  # a little above the application's own limit, which answers more kindly


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 takes a free one. Raises SettingsError that says what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"--host: {host} is no address of this machine ({error.strerror}).") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise SettingsError(_cannot_bind(error, host, port)) from None
    return bound


def _cannot_bind(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"--port: port {port} is in use on {host}. Stop what uses it, or choose another: --port {port + 1}."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"--port: this user may not use port {port}. Choose one above 1023, such as --port 8000."
    return f"--host: cannot listen on {host}, port {port} ({error.strerror})."


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection that knows since when its request has been coming in, and takes little but a body."""

    began = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.monotonic()
        taken = bool(super().received(data))
        if self._framing() > MOST_FRAMING_BYTES:
            self.will_close = True
        return taken

    def _framing(self) -> int:
        """How much waits of a chunk's line or trailer without an end: all of it is searched for that each time."""
        body = self.request and self.request.body_rcv
        return len(getattr(body, "control_line", b"")) + len(getattr(body, "trailer", b""))

    def dawdles(self, seconds: float) -> bool:
        return self.request is not None and time.monotonic() - self.began > seconds


class Server:
    """Serves an application on a bound socket until a signal comes.

    A request that has not come in whole after `request_seconds` is cut off, however busily its sender drips.
    """

    def __init__(self, app: Flask, bound: socket.socket, request_seconds: float = REQUEST_SECONDS) -> None:
        self._request_seconds = request_seconds
        self._sockets: dict[int, object] = {}
        self._server = create_server(
            app,
            map=self._sockets,
            sockets=[bound],
            threads=THREADS,
            ident=None,
            max_request_body_size=MAX_BODY_BYTES,
            channel_timeout=60,
            clear_untrusted_proxy_headers=False,  # they tell that a request came through a proxy
        )
        self._server.channel_class = _Channel
        self._stopping = False

    def run(self) -> None:
        """Answer until SIGTERM or SIGINT; a second one ends the process at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        while not self._stopping:
            wasyncore.loop(timeout=1, map=self._sockets, count=1)
            self._cut_off()
        self._server.accepting = False
        self._server.socket.close()
        self._server.del_channel(self._sockets)
        self._poll(until=lambda: not self._busy(), seconds=DRAIN_SECONDS)
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._sockets)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self._stopping:
            os._exit(128 + number)
        self._stopping = True
        self._server.pull_trigger()

    def _cut_off(self) -> None:
        for channel in list(self._server.active_channels.values()):
            if channel.dawdles(self._request_seconds):
                channel.will_close = True

    def _busy(self) -> bool:
        channels = self._server.active_channels.values()
        return any(channel.requests or channel.total_outbufs_len for channel in channels)

    def _poll(self, until: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not until() and time.monotonic() < end:
            wasyncore.loop(timeout=0.1, map=self._sockets, count=1)
