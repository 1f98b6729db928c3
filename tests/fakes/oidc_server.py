"""A login provider: discovery, keys, and tokens for whoever a test says is logged in there."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "ticket-clarity", "the client's secret"


class FakeProvider:
    """`person` is logged in. `claims` and `metadata` replace what would be told; `broken` answers 500."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.signing, self.header = self.key, {"alg": "RS256", "kid": "one"}
        self.person = {"sub": "u-1", "email": "ada@team.example", "email_verified": True}
        self.claims, self.metadata, self.broken, self.asked = {}, {}, False, []
        self.codes = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                fake.answer(self, {})

            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fake.answer(self, {name: values[0] for name, values in parse_qs(raw).items()})

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def log_in(self, address):
        """What a browser does there: the person agrees, and is sent back to this address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def answer(self, handler, form):
        path = urlsplit(handler.path).path
        self.asked.append((path, form, handler.headers.get("Authorization", "")))
        answers = {
            "/.well-known/openid-configuration": lambda: (200, self.discovery()),
            "/keys": lambda: (200, {"keys": [self.key.as_dict(private=False)]}),
            "/token": lambda: self.token(form, handler.headers.get("Authorization", "")),
        }
        status, body = (500, {}) if self.broken else answers.get(path, lambda: (404, {}))()
        payload = json.dumps(body).encode()
        handler.send_response(status)
        if status == 302:
            handler.send_header("Location", body["to"])
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    def discovery(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        } | self.metadata

    def token(self, form, authorization):
        """As the specification has it: the code once, to this client, with the right verifier."""
        asked = self.codes.pop(form.get("code"), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".replace(" ", "+").encode()).decode()
        proven = asked and self._verified(asked, form.get("code_verifier", ""))
        if not proven or not self._is_client(authorization, basic):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked.get("nonce")}
        claims = told | self.person | self.claims
        signed = jwt.encode(self.header, claims, self.signing, algorithms=["RS256", "HS256", "none"])
        return 200, {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    @staticmethod
    def _verified(asked, verifier):
        digest = hashlib.sha256(verifier.encode()).digest()
        right = asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return asked["code_challenge_method"] == "S256" and right

    @staticmethod
    def _is_client(authorization, basic):
        return (
            authorization == f"Basic {basic}"
            or authorization == "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        )

    def sign_with_another_key(self):
        self.signing = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})

    def sign_with_the_client_secret(self):
        """The confusion of algorithms: a shared secret where a private key is due."""
        self.signing, self.header = OctKey.import_key(SECRET * 3), {"alg": "HS256", "kid": "one"}
