"""Webhooks of the sites that settings name: a delivery is verified, recorded and answered. No scoring here."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Blueprint, Request, Response, request

from service.inbox import Inbox
from service.settings import Settings
from service.trackers import registry
from service.trackers.base import Delivery
from service.web.accepting import answered, body_of, record

DEFAULT_SITE = "default"


def blueprint(settings: Settings, inbox: Inbox, clock: Callable[[], float] = time.time) -> Blueprint:
    """Routes of all trackers: `/webhooks/<tracker>[/<site>[/<token>]]`."""
    routes = Blueprint("webhooks", __name__, url_prefix="/webhooks")

    @routes.post("/<tracker>")
    @routes.post("/<tracker>/<site>")
    @routes.post("/<tracker>/<site>/<token>")
    def receive(tracker: str, site: str = DEFAULT_SITE, token: str = "") -> Response:
        return answered(tracker, site, lambda: _accept(tracker, delivery_of(request, site, token)))

    def _accept(tracker: str, delivery: Delivery) -> Response:
        received = registry.receive(settings, tracker, delivery, clock())
        return record(inbox, tracker, delivery.site, received)

    return routes


def delivery_of(incoming: Request, site: str, token: str = "") -> Delivery:
    """A request as its tracker's module reads it."""
    headers = {name.lower(): value for name, value in incoming.headers.items()}
    return Delivery(site=site, headers=headers, body=body_of(incoming), token=token)
