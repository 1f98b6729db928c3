"""Requests that leave the machine: to one configured address, bounded in size and in the time they take in all."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

MOST_BYTES = 50_000_000
PIECE = 65_536
_PORTS = {"http": 80, "https": 443}


class SentElsewhere(requests.RequestException):
    """An answer led to another address than the one configured. It was not followed."""


class OneAddress(HTTPAdapter):
    """Carries requests to one scheme, host and port. `seconds` bounds a request until its answer is read whole.

    A library's timeout bounds each wait alone, so that an answer which drips could outlive a worker's lease.
    """

    def __init__(self, url: str, seconds: float) -> None:
        super().__init__()
        self._origin, self._seconds = _origin(url), seconds

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401 (as the library has them)
        """Send a request and read its answer; raises SentElsewhere, and what `requests` raises."""
        if _origin(request.url or "") != self._origin:
            raise SentElsewhere("another address", request=request)
        end = time.monotonic() + self._seconds
        response = super().send(request, *args, **options)
        try:
            vars(response).update(_content=_body(response, end), _content_consumed=True)
        except requests.RequestException:
            raise
        except (HTTPError, OSError) as error:
            raise requests.ConnectionError(type(error).__name__, request=request) from error
        return response


def bind(session: requests.Session, url: str, seconds: float) -> None:
    """Let a session reach this address and no other, whatever it is redirected to."""
    adapter = OneAddress(url, seconds)
    for scheme in _PORTS:
        session.mount(f"{scheme}://", adapter)


def _body(response: requests.Response, end: float) -> bytes:
    body = bytearray()
    while piece := response.raw.read1(PIECE, decode_content=True):
        body += piece
        if len(body) > MOST_BYTES:
            response.close()
            raise requests.ConnectionError("the answer is too large")
        if time.monotonic() > end:
            response.close()
            raise requests.Timeout("the answer came too slowly")
    return bytes(body)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
