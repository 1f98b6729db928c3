"""What stands behind the signatures of apps, as installations, tenants, Forge and consents send it: no 5xx."""

import json
import time
from pathlib import Path

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.app import create_app
from service.inbox import Inbox
from service.oauth.grants import Tokens, keep
from service.settings import ConnectApp, ForgeApp, OAuthApp, Secret, Settings
from service.store import Store
from service.tenants import JIRA_OAUTH, LINEAR_OAUTH, Tenants
from service.trackers.qsh import CONTEXT
from tests.fakes import linear_deliveries, oauth_server
from tests.fakes.connect import KeyServer, Site
from tests.fakes.forge import APP, Forge
from tests.fuzz.examples import examples
from tests.fuzz.test_api import EVENTS, JSON, KNOWN, NAMES
from tests.store.conftest import KEY
from tests.web.conftest import Engine

BASE = "https://clarity.team.example"
NOWHERE = "http://127.0.0.1:9"
FREELY = {"max_examples": examples(60), "deadline": None, "suppress_health_check": list(HealthCheck)}
BODY = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {},
        optional={
            **KNOWN,
            **dict.fromkeys(NAMES, JSON),
            "webhookEvent": st.one_of(st.sampled_from(EVENTS), JSON),
            "type": st.one_of(st.sampled_from(["Issue", "Comment", "OAuthApp"]), JSON),
            "organizationId": st.one_of(st.just("acme"), JSON),
            "eventType": st.one_of(st.sampled_from(["avi:jira:created:issue", "avi:forge:uninstalled:app"]), JSON),
            "event": JSON,
            "clientKey": st.one_of(st.just("client-key-of-one"), JSON),
            "baseUrl": st.one_of(st.sampled_from([NOWHERE, "https://[::1", "https://a.atlassian.net:x"]), JSON),
            "displayUrl": st.one_of(st.sampled_from([NOWHERE, "https://[::1", "javascript:x"]), JSON),
            "sharedSecret": st.one_of(st.text(max_size=8), JSON),
            "rule": st.one_of(st.just("no-role"), JSON),
            "kind": st.one_of(st.sampled_from(["ignored", "not-useful"]), JSON),
            "on": st.one_of(st.booleans(), JSON),
            "choice": st.one_of(st.sampled_from(["comments", "coaching"]), JSON),
            "show": st.one_of(st.sampled_from(["issue", "mine", "project", "site"]), JSON),
            "opinion": JSON,
            "period": JSON,
            "user": st.one_of(
                st.sampled_from([{"self": "https://[::1"}, {"self": "https://one.example/x"}]), JSON
            ),
        },
    ),
)
ABOUT = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {
            "jira": st.fixed_dictionaries(
                {},
                optional={
                    "issue": st.one_of(st.just({"id": "10001", "key": "SHOP-1"}), JSON),
                    "project": st.one_of(st.just({"key": "SHOP"}), JSON),
                },
            )
        }
    ),
)
CLAIMS = st.fixed_dictionaries(
    {}, optional={"sub": JSON, "aud": JSON, "context": ABOUT, "principal": JSON, "jti": JSON}
)


@pytest.fixture(scope="module")
def keys():
    with KeyServer() as server:
        yield server


@pytest.fixture(scope="module")
def forge():
    with Forge() as fake:
        yield fake


@pytest.fixture(scope="module")
def client(tmp_path_factory, keys, forge):
    url = f"sqlite:///{tmp_path_factory.mktemp('apps')}/clarity.db"
    hook = (Secret(oauth_server.HOOK_SECRET),)
    consent = OAuthApp(oauth_server.CLIENT, Secret(oauth_server.SECRET), NOWHERE, NOWHERE, hook)
    told = Settings(
        url,
        Path(),
        secret_key=KEY,
        base_url=BASE,
        connect=ConnectApp(keys.url, ("127.0.0.1", "*.atlassian.net")),
        forge=ForgeApp(APP, forge.url),
        oauth={"jira": consent, "linear": consent},
    )
    store = Store(url, KEY)
    store.migrate()
    granted = {"access_token": "a", "refresh_token": "b", "expires_in": 3600}
    for app, client_key in ((JIRA_OAUTH, "one"), (LINEAR_OAUTH, "acme")):
        name = keep(
            store, "linear" if app == LINEAR_OAUTH else "jira", Tokens.told(granted, time.time(), frozenset())
        )
        Tenants(store).installed(app, client_key, NOWHERE, json.dumps({"grant": name}))
    inbox = Inbox(store, told)
    yield create_app(told, store, inbox, Engine()).test_client()
    inbox.stop()
    store.close()


def expect(answer, unreachable=False):
    assert answer.status_code < 500 or (unreachable and answer.status_code == 503), answer.text


@settings(**FREELY)
@given(BODY, st.sampled_from(["installed", "uninstalled"]))
def test_no_installation_breaks_it(client, keys, told, what):
    site = Site(keys, BASE, jira=NOWHERE)
    issuer = told.get("clientKey", site.client_key) if isinstance(told, dict) else site.client_key
    path = f"/connect/{what}"
    try:
        headers = site.lifecycle(path, iss=issuer)
    except TypeError:
        headers = site.lifecycle(path)
    expect(client.post(path, json=told, headers=headers))


@pytest.mark.parametrize("path", ["webhook", "enabled", "disabled", "panel/opinion", "panel/mine"])
@settings(**FREELY)
@given(told=BODY, claims=CLAIMS)
def test_nothing_that_a_tenant_sends_breaks_it(client, keys, path, told, claims):
    site, url = Site(keys, BASE, jira=NOWHERE), f"/connect/{path}"
    site.install(client)
    if path.startswith("panel"):
        claims = {"qsh": CONTEXT} | claims
    expect(
        client.post(url, json=told, headers=site.signed("POST", url, **claims)),
        unreachable=path.startswith("panel"),
    )


@pytest.mark.parametrize("path", ["panel", "project", "admin", "project/trends", "panel/findings", "panel/mine"])
@settings(**FREELY)
@given(claims=CLAIMS, asked=st.dictionaries(st.sampled_from(["issue", "project", "kind", "period"]), st.text()))
def test_no_page_of_a_tenants_breaks(client, keys, path, claims, asked):
    site, url = Site(keys, BASE, jira=NOWHERE), f"/connect/{path}"
    site.install(client)
    headers = site.signed("GET", url, **({"qsh": CONTEXT} | claims))
    expect(client.get(url, query_string=asked, headers=headers), unreachable=path == "panel/findings")


@pytest.mark.parametrize("path", ["events", "panel"])
@settings(**FREELY)
@given(told=BODY, claims=CLAIMS, extension=st.one_of(JSON, ABOUT))
def test_no_invocation_breaks_it(client, forge, path, told, claims, extension):
    claims = {name: value for name, value in claims.items() if name not in ("aud", "sub", "context")}
    headers = forge.headers(NOWHERE, system="a token", extension=extension, **claims)
    expect(client.post(f"/forge/{path}", json=told, headers=headers), unreachable=path == "panel")


@settings(**FREELY)
@given(told=BODY)
def test_no_delivery_to_our_apps_breaks_it(client, told):
    now = int(time.time())
    token = jwt.encode({"iss": oauth_server.CLIENT, "exp": now + 60}, oauth_server.SECRET, "HS256")
    bearer = {"Authorization": f"Bearer {token}"}
    expect(client.post("/oauth/webhooks/jira", json=told, headers=bearer))
    sent = linear_deliveries.signed(
        told if isinstance(told, dict) else json.dumps(told).encode(), secret=oauth_server.HOOK_SECRET
    )
    expect(client.post("/oauth/webhooks/linear", data=sent.body, headers=dict(sent.headers)))
