"""Atlassian and Linear as they grant by OAuth: codes once, refresh tokens once, access tokens for a while."""

import base64
import hashlib
import itertools
import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

from service.settings import OAuthApp, Secret
from service.trackers.base import Delivery
from tests.fakes import linear_deliveries
from tests.fakes.http import Answer, FakeServer
from tests.fakes.jira_server import FakeJira
from tests.fakes.linear_server import FakeLinear

CLIENT, SECRET = "our-client-id", "our-client-secret, which is long enough for any of these signatures, and more"
HOOK_SECRET = "a-linear-app-webhook-secret"
SCOPES = ["read:jira-work", "write:jira-work", "manage:jira-webhook"]


class FakeConsent(FakeServer):
    """`sites` are the Jiras consented to, by cloud id; `workspace` is the Linear that is consented to."""

    def __init__(self):
        super().__init__()
        self.codes, self.refresh, self.access = {}, set(), {}
        self.numbers = itertools.count(1)
        self.seconds, self.renewals, self.latency = 3600, 0, 0.0
        self.sites, self.workspace, self.workspaces = {}, "", {}
        self.refusal, self.granted = "", None  # an error in the place of tokens; a scope other than asked for
        self.elsewhere = ""  # where who asks for tokens is sent on to

    def app(self):
        return OAuthApp(CLIENT, Secret(SECRET), self.url, self.url, (Secret(HOOK_SECRET),))

    def add_site(self, cloud_id):
        self.sites[cloud_id] = FakeJira()
        return self.sites[cloud_id]

    def add_workspace(self, workspace):
        self.workspace, self.workspaces[workspace] = workspace, FakeLinear()
        return self.workspaces[workspace]

    def agree(self, address):
        """What a browser does there: the admin agrees, and is sent back to this path."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        code = f"code-{next(self.numbers)}"
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return back.path + "?" + urlencode({"code": code, "state": asked["state"]})

    def revoke(self):
        """The admin takes everything back."""
        self.refresh.clear()
        self.access.clear()

    def answer(self, method, path, query, headers, body):
        if (method, path) == ("POST", "/oauth/token"):
            return self._token(body)
        workspace = self._held(headers)
        if path == "/oauth/token/accessible-resources":
            return 200, [
                {"id": key, "url": f"https://{key}.atlassian.net", "name": key, "scopes": SCOPES}
                for key in self.sites
            ]
        if path == "/graphql":
            fake = self.workspaces[workspace]
            told = fake._execute(body["query"], body["variables"])
            if "organization" in (told.get("data") or {}):
                told["data"]["organization"] = {"id": workspace, "name": workspace}
            return 200, told
        _, _, _, cloud_id, rest = path.split("/", 4)
        return self.sites[cloud_id]._route(method, "/" + rest, query, body)

    def _held(self, headers):
        token = headers.get("authorization", "").removeprefix("Bearer ")
        until, workspace = self.access.get(token, (0, ""))
        if until <= time.time():
            raise Answer(401, {"message": "Unauthorized"})
        return workspace

    def _token(self, form):
        time.sleep(self.latency)
        if self.elsewhere:
            raise Answer(307, None, {"Location": self.elsewhere})
        if self.refusal:
            raise Answer(403 if self.refusal == "unauthorized_client" else 400, {"error": self.refusal})
        if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            raise Answer(401, {"error": "invalid_client"})
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if not asked or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
                raise Answer(400, {"error": "invalid_grant"})
            return 200, self._made(self.workspace)
        _, _, workspace = form["refresh_token"].partition("/")
        if form["refresh_token"] not in self.refresh:
            raise Answer(400, {"error": "invalid_grant"})
        self.refresh.remove(form["refresh_token"])
        self.renewals += 1
        return 200, self._made(workspace)

    def _made(self, workspace):
        number = next(self.numbers)
        access, refresh = f"access-{number}", f"refresh-{number}/{workspace}"
        self.access[access] = (time.time() + self.seconds, workspace)
        self.refresh.add(refresh)
        return {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": self.seconds,
            "token_type": "Bearer",
            **({"scope": self.granted} if self.granted else {}),
        }


def delivered(
    cloud_id, issue_id="10001", *, secret=SECRET, seconds=60, algorithm="HS256", event="jira:issue_created"
):
    """A delivery as a dynamic webhook sends it."""
    body = {
        "timestamp": int(time.time() * 1000),
        "webhookEvent": event,
        "issue": {
            "id": issue_id,
            "key": "DEMO-1",
            "self": f"https://{cloud_id}.atlassian.net/rest/api/2/issue/{issue_id}",
        },
        "matchedWebhookIds": [1],
    }
    now = int(time.time())
    token = jwt.encode({"iss": CLIENT, "iat": now, "exp": now + seconds}, secret or None, algorithm=algorithm)
    return Delivery(
        "", {"authorization": f"Bearer {token}", "content-type": "application/json"}, json.dumps(body).encode()
    )


def revoked(workspace):
    """What Linear says when an admin there takes the app back."""
    told = {"type": "OAuthApp", "action": "revoked", "data": {}, "organizationId": workspace}
    return linear_deliveries.signed(told, secret=HOOK_SECRET)
