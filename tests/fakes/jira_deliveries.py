"""Webhook deliveries as Jira sends them: stamped, signed and numbered."""

import hashlib
import hmac
import itertools
import json
import time

from service.trackers.base import Delivery

SECRET = "a-webhook-secret"
_numbers = itertools.count(1)


def signed(body, *, secret=SECRET, now=None, method="sha256", site="default", **headers):
    """A Delivery of `body` (an object, or raw bytes that are taken as they are), stamped with `now`."""
    if isinstance(body, dict):
        body = json.dumps({**body, "timestamp": int((now if now is not None else time.time()) * 1000)}).encode()
    digest = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    sent = {
        "content-type": "application/json; charset=UTF-8",
        "x-hub-signature": f"{method}={digest}",
        "x-atlassian-webhook-identifier": f"delivery-{next(_numbers)}",
        "x-atlassian-webhook-flow": "Primary",
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(site, {**sent, **named}, body)
