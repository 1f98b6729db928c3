"""What all webhooks have in common: a delivery is recorded and answered, 2xx only after the commit.

A sender resends after 5xx, and never after another 4xx than 408, 409, 425 and 429. So whatever may pass is 503.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from flask import Request, Response, jsonify
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from service.inbox import Inbox
from service.logs import frames
from service.metrics import DELIVERIES
from service.store import StoreUnavailable
from service.trackers import registry
from service.trackers.base import Received, Refused

MOST_BYTES = 25 * 1024 * 1024
RETRY_SECONDS = 30

log = structlog.get_logger(__name__)


def record(inbox: Inbox, tracker: str, site: str, received: Received) -> Response:
    """Commit what a proven delivery says, and answer it."""
    name = {"tracker": tracker, "site": site, "delivery": received.id[:200]}
    if not received.events:
        log.info("delivery ignored", **name, note=received.note)
        _count(tracker, "ignored")
        return jsonify(accepted=False, note=received.note)
    new = inbox.accept(tracker, site, received)
    told = [f"{type(event).__name__.lower()} {event.ref.key or event.ref.id}" for event in received.events]
    log.info("delivery accepted" if new else "delivery repeated", **name, events=told)
    _count(tracker, "accepted" if new else "repeated")
    return jsonify(accepted=new, note="" if new else "this delivery had come before")


def body_of(incoming: Request) -> bytes:
    """The raw bytes. One more than the most is asked for, as a stream of unknown length just ends at its limit."""
    body = get_input_stream(incoming.environ, max_content_length=MOST_BYTES + 1).read()
    if len(body) > MOST_BYTES:
        raise RequestEntityTooLarge
    return body


def answered(tracker: str, site: str, accept: Callable[[], Response]) -> Response:
    """The answer to a delivery, and to whatever goes wrong with it."""
    response = _answered(tracker, site, accept)
    if response.status_code >= 400:
        _count(tracker, "failed" if response.status_code == 503 else "refused")
    return response


def _answered(tracker: str, site: str, accept: Callable[[], Response]) -> Response:
    name = {"tracker": tracker[:64], "site": site[:64]}
    try:
        return accept()
    except Refused as refused:
        log.warning("delivery refused", **name, status=refused.status, reason=str(refused))
        return _error(refused.status, str(refused))
    except RequestEntityTooLarge:
        log.warning("delivery refused", **name, status=413, reason="too large")
        return _error(413, f"At most {MOST_BYTES // 1024**2} MB are accepted.")
    except ClientDisconnected:
        log.warning("delivery refused", **name, status=400, reason="cut off")
        return _error(400, "The body ended before its Content-Length.")
    except StoreUnavailable as error:
        log.error("delivery not stored", **name, error=str(error))
    except Exception as error:  # noqa: BLE001 (a fault of ours passes; a 4xx would lose the delivery for good)
        log.error("delivery failed", **name, error=type(error).__name__, at=frames(error.__traceback__))
    answer = _error(503, "This could not be recorded just now. Please send it again.")
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _error(status: int, sentence: str) -> Response:
    answer = jsonify(error=sentence)
    answer.status_code = status
    return answer


def _count(tracker: str, outcome: str) -> None:
    # Who is refused may name any tracker: only those that exist become a label.
    DELIVERIES.add(tracker=tracker if tracker in registry.NAMES else "unknown", outcome=outcome)
