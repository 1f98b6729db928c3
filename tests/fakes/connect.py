"""Atlassian as a Connect app meets it: who signs installations, and a Jira site that has installed us."""

import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from service.trackers.qsh import query_hash


class KeyServer:
    """Serves public keys by their id, and signs as their owner. `status` replaces every answer's."""

    def __init__(self):
        self.keys, self.asked, self.status = {}, [], None
        self.key_id = self.new_key()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                key_id = self.path.removeprefix("/")
                fake.asked.append(key_id)
                known = fake.keys.get(key_id)
                self.send_response(fake.status or (200 if known else 404))
                self.end_headers()
                self.wfile.write(public(known) if known else b"not found")

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def new_key(self):
        key_id = str(uuid.uuid4())
        self.keys[key_id] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return key_id

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def public(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


class Site:
    """A Jira site. `app` is the base URL under which it knows us."""

    def __init__(self, keys, app, name="one", jira="https://one.atlassian.net"):
        self.keys, self.app, self.jira = keys, app, jira
        self.client_key, self.secret = f"client-key-of-{name}", f"the shared secret of {name}, long enough"

    def body(self, **changes):
        return {
            "key": "ticket-clarity",
            "clientKey": self.client_key,
            "sharedSecret": self.secret,
            "baseUrl": self.jira,
            "productType": "jira",
            "eventType": "installed",
        } | changes

    def lifecycle(self, path="/connect/installed", *, key=None, header=None, algorithm="RS256", **claims):
        """The headers of a lifecycle callback that Atlassian signs."""
        told = {
            "iss": self.client_key,
            "aud": [self.app],
            "iat": int(time.time()),
            "exp": int(time.time()) + 180,
            "qsh": query_hash("POST", path, ""),
        } | claims
        told = {name: value for name, value in told.items() if value is not None}
        key = key or self.keys.keys[self.keys.key_id]
        token = jwt.encode(told, key, algorithm=algorithm, headers={"kid": self.keys.key_id} | (header or {}))
        return {"Authorization": f"JWT {token}"}

    def token(self, method, url, *, secret=None, algorithm="HS256", **claims):
        """A token of ours and theirs, bound to one request."""
        path, _, query = url.partition("?")
        told = {
            "iss": self.client_key,
            "iat": int(time.time()),
            "exp": int(time.time()) + 180,
            "qsh": query_hash(method, path, query),
        } | claims
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(told, secret or self.secret, algorithm=algorithm)

    def signed(self, method, url, **options):
        return {"Authorization": f"JWT {self.token(method, url, **options)}"}

    def install(self, client, **changes):
        """By a Flask test client, or anything that posts as one."""
        return client.post("/connect/installed", json=self.body(**changes), headers=self.lifecycle())


def created(issue_id="10001", key="DEMO-1"):
    """A webhook's body."""
    return json.dumps(
        {
            "timestamp": 1_700_000_000_000,
            "webhookEvent": "jira:issue_created",
            "issue": {"id": issue_id, "key": key},
        }
    )
