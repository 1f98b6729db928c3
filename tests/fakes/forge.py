"""Atlassian as a Forge app's remote meets it: a set of keys, and the tokens with which Forge invokes."""

import itertools
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

APP = "ari:cloud:ecosystem::app/7c1f3c1e-0000-4000-8000-000000000001"
_numbers = itertools.count(1)


class Forge:
    """Serves its keys as a set, and invokes as one of them. `status` replaces every answer's."""

    def __init__(self):
        self.keys, self.asked, self.status, self.extra = {}, 0, None, []
        self.key_id = self.new_key()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                fake.asked += 1
                self.send_response(fake.status or 200)
                self.end_headers()
                self.wfile.write(json.dumps({"keys": [*fake.extra, *map(fake.public, fake.keys)]}).encode())

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/.well-known/jwks.json"

    def new_key(self):
        key_id = str(uuid.uuid4())
        self.keys[key_id] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return key_id

    def rotate(self):
        """A new key alone from now on."""
        self.keys.clear()
        self.key_id = self.new_key()

    def public(self, key_id):
        told = jwt.algorithms.RSAAlgorithm.to_jwk(self.keys[key_id].public_key(), as_dict=True)
        return {"kid": key_id, "alg": "RS256", "use": "sig", "kty": "RSA", "n": told["n"], "e": told["e"]}

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def token(
        self, jira, *, key=None, header=None, algorithm="RS256", installation="one", extension=None, **claims
    ):
        """An invocation token for the Jira at an address; `extension` is where in Jira it was called from."""
        now = int(time.time())
        told = {
            "iss": "forge/invocation-token",
            "aud": APP,
            "iat": now,
            "exp": now + 25,
            "jti": f"invocation-{next(_numbers)}",
            "app": {"installationId": f"ari:cloud:ecosystem::installation/{installation}", "apiBaseUrl": jira},
            "context": {"cloudId": "c", "siteUrl": "https://one.atlassian.net", "extension": extension or {}},
            "principal": None,
        } | claims
        told = {name: value for name, value in told.items() if value is not None}
        named = {"kid": self.key_id} | (header or {})
        headers = {name: value for name, value in named.items() if value is not None}
        key = None if algorithm == "none" else key or self.keys[self.key_id]
        return jwt.encode(told, key, algorithm=algorithm, headers=headers)

    def headers(self, jira, *, system="a system token", user="", **claims):
        """What an invocation brings."""
        told = {"Authorization": f"Bearer {self.token(jira, **claims)}"}
        told |= {"x-forge-oauth-system": system} if system else {}
        return told | ({"x-forge-oauth-user": user} if user else {})


def changed(issue_id, name="avi:jira:updated:issue"):
    """An event: which issue, and none of its text."""
    return {"eventType": name, "issue": {"id": issue_id, "key": f"DEMO-{issue_id}"}, "atlassianId": "somebody"}
