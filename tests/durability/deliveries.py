"""A delivery as Jira makes it: a body, a signature, and whether a service accepted it."""

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request

SECRET = "a-secret-for-webhooks"


def body(name, issue_id, *, hours_ago=0, project="DEMO"):
    """What Jira sends when something happened to an issue, so many hours ago."""
    told = {
        "webhookEvent": name,
        "timestamp": int((time.time() - hours_ago * 3600) * 1000),
        "issue": {"id": issue_id, "key": f"{project}-{issue_id}"},
    }
    return json.dumps(told).encode()


def headers(raw, identifier):
    """What stands above it."""
    signature = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Hub-Signature": signature,
        "X-Atlassian-Webhook-Identifier": identifier,
    }


def accepted(web, raw, identifier):
    """Deliver it; False where the vendor would try again. Raises HTTPError where it is refused for good."""
    request = urllib.request.Request(f"{web}/webhooks/jira", raw, headers(raw, identifier))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return 200 <= answer.status < 300
    except urllib.error.HTTPError as error:
        if error.code < 500:
            raise
        return False
    except OSError:
        return False
