"""Webhook deliveries as GitHub sends them: signed and numbered."""

import hashlib
import hmac
import itertools
import json

from service.trackers.base import Delivery

SECRET = "a-github-webhook-secret"
_numbers = itertools.count(1)


def signed(body, *, event="issues", secret=SECRET, now=None, site="default", **headers):
    """A Delivery of `body` (an object, or raw bytes that are taken as they are). GitHub stamps none."""
    if isinstance(body, dict):
        body = json.dumps(body).encode()
    sent = {
        "content-type": "application/json",
        "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "x-github-delivery": f"delivery-{next(_numbers)}",
        "x-github-event": event,
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(site, {**sent, **named}, body)
