"""Send ourselves a signed delivery that changes nothing, by the address that a tracker would use."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping

import requests

from service.trackers.base import TrackerError, Unreachable
from service.trackers.outgoing import bind

SECONDS = 10.0


def knock(url: str, tracker: str, secret: str) -> str:
    """What the service answers to it, in a few words; raises TrackerError with what to do."""
    body, headers = (_jira if tracker == "jira" else _linear)(secret)
    with requests.Session() as session:
        bind(session, url, SECONDS)
        try:
            answer = session.post(url, data=body, headers=dict(headers), timeout=SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            raise Unreachable(f"nothing answers at {url} ({type(error).__name__}).") from None
    if answer.status_code == 200:
        return "a signed delivery was taken"
    if answer.status_code == 401:
        raise TrackerError(f"the service at {url} has another secret. Restart it with these settings.")
    raise TrackerError(f"{url} answered {answer.status_code}. Is that the address of this service?")


def _jira(secret: str) -> tuple[bytes, Mapping[str, str]]:
    body = json.dumps({"webhookEvent": "user_updated", "timestamp": int(time.time() * 1000)}).encode()
    mark = f"sha256={_signature(secret, body)}"
    return body, _json({"X-Hub-Signature": mark, "X-Atlassian-Webhook-Identifier": secrets.token_hex(16)})


def _linear(secret: str) -> tuple[bytes, Mapping[str, str]]:
    told = {"type": "User", "action": "update", "data": {}, "webhookTimestamp": int(time.time() * 1000)}
    body = json.dumps(told).encode()
    return body, _json({"Linear-Signature": _signature(secret, body), "Linear-Delivery": secrets.token_hex(16)})


def _signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _json(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {"Content-Type": "application/json", **headers}
