"""Webhook deliveries as Linear sends them: stamped, signed and numbered."""

import hashlib
import hmac
import itertools
import json
import time

from service.trackers.base import Delivery

SECRET = "a-linear-webhook-secret"
_numbers = itertools.count(1)


def signed(body, *, secret=SECRET, now=None, site="default", **headers):
    """A Delivery of `body` (an object, or raw bytes that are taken as they are), stamped with `now`."""
    if isinstance(body, dict):
        stamp = int((now if now is not None else time.time()) * 1000)
        body = json.dumps({**body, "webhookTimestamp": stamp}).encode()
    sent = {
        "content-type": "application/json; charset=utf-8",
        "linear-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "linear-delivery": f"delivery-{next(_numbers)}",
        "linear-event": "Issue",
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(site, {**sent, **named}, body)
