"""Webhooks: a delivery is verified, recorded and answered. 2xx only after the commit; no scoring here.

A sender resends after 5xx, and never after another 4xx than 408, 409, 425 and 429. So whatever may pass is 503.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from flask import Blueprint, Request, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from service.engine.base import Engine
from service.inbox import Inbox
from service.settings import Settings
from service.store import StoreUnavailable
from service.trackers import registry
from service.trackers.base import Delivery, Refused

DEFAULT_SITE = "default"
RETRY_SECONDS = 30

log = structlog.get_logger(__name__)


def blueprint(
    settings: Settings, inbox: Inbox, engine: Engine, clock: Callable[[], float] = time.time
) -> Blueprint:
    """Routes of all trackers: `/webhooks/<tracker>[/<site>[/<token>]]`."""
    routes = Blueprint("webhooks", __name__, url_prefix="/webhooks")

    @routes.post("/<tracker>")
    @routes.post("/<tracker>/<site>")
    @routes.post("/<tracker>/<site>/<token>")
    def receive(tracker: str, site: str = DEFAULT_SITE, token: str = "") -> Response:
        return _answered(tracker, site, lambda: _accept(tracker, _delivery(request, site, token)))

    def _accept(tracker: str, delivery: Delivery) -> Response:
        received = registry.receive(settings, tracker, delivery, clock())
        if not received.events:
            log.info("delivery ignored", tracker=tracker, site=delivery.site, note=received.note)
            return jsonify(accepted=False, note=received.note)
        new = inbox.accept(tracker, delivery.site, received)
        for event in received.events if new else ():
            engine.wake(event.ref)
        return jsonify(accepted=new, note="" if new else "this delivery had come before")

    return routes


def _delivery(incoming: Request, site: str, token: str) -> Delivery:
    headers = {name.lower(): value for name, value in incoming.headers.items()}
    return Delivery(site=site, headers=headers, body=incoming.get_data(cache=False), token=token)


def _answered(tracker: str, site: str, accept: Callable[[], Response]) -> Response:
    try:
        return accept()
    except Refused as refused:
        log.warning("delivery refused", tracker=tracker, site=site, status=refused.status, reason=str(refused))
        return _error(refused.status, str(refused))
    except HTTPException:
        raise
    except StoreUnavailable as error:
        log.error("delivery not stored", tracker=tracker, site=site, error=str(error))
    except Exception as error:  # noqa: BLE001 (a fault of ours passes; a 4xx would lose the delivery for good)
        log.error("delivery failed", tracker=tracker, site=site, error=type(error).__name__)
    answer = _error(503, "This could not be recorded just now. Please send it again.")
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _error(status: int, sentence: str) -> Response:
    answer = jsonify(error=sentence)
    answer.status_code = status
    return answer
