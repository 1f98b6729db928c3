"""Atlassian Connect over HTTP: every rule of its tokens, every known attack, and one tenant beside another."""

import base64
import hmac
import json
import time
import uuid

import jwt
import pytest
from sqlalchemy import select

from service.settings import ConnectApp
from service.store.schema import delivery, secret, tenant, ticket
from service.trackers.qsh import query_hash
from service.web.connect import filled
from service.web.installing import may_be_called
from tests.fakes.connect import KeyServer, Site, created, public
from tests.web.conftest import TOKEN

BASE = "https://clarity.team.example"
WEBHOOK = "/connect/webhook"


@pytest.fixture(scope="module")
def keys():
    with KeyServer() as server:
        yield server


@pytest.fixture
def app(make_app, keys):
    return make_app(base_url=BASE, connect=ConnectApp(keys.url))


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def site(keys):
    return Site(keys, BASE)


@pytest.fixture
def installed(client, site):
    assert site.install(client).status_code == 204
    return site


def rows(store, table):
    with store.reading() as connection:
        return connection.execute(select(table)).all()


def send(client, site, url=WEBHOOK, body=None, **options):
    return client.post(url, data=body or created(), headers=site.signed("POST", url, **options))


# Who may install us.


def part(told):
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def as_hs256(site, key=None):
    """What an attacker can make: signed with the public key, or any text, as if it were a shared secret."""
    claims = {
        "iss": site.client_key,
        "aud": [BASE],
        "exp": int(time.time()) + 180,
        "qsh": query_hash("POST", "/connect/installed", ""),
    }
    header = {"alg": "HS256", "typ": "JWT", "kid": site.keys.key_id}
    said = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{said}.{part(hmac.digest(key or site.secret.encode(), said.encode(), 'sha256'))}"


INSTALLS = {
    "good": (lambda s: s.lifecycle(), 204),
    "no token": (lambda s: {}, 401),
    "not a token": (lambda s: {"Authorization": "JWT nonsense"}, 401),
    "another scheme": (lambda s: {"Authorization": s.lifecycle()["Authorization"].replace("JWT", "Bearer")}, 401),
    "hs256 with the shared secret": (lambda s: {"Authorization": f"JWT {as_hs256(s)}"}, 401),
    "hs256 with the public key": (
        lambda s: {"Authorization": f"JWT {as_hs256(s, public(s.keys.keys[s.keys.key_id]))}"},
        401,
    ),
    "no algorithm": (
        lambda s: {
            "Authorization": "JWT " + jwt.encode({"iss": s.client_key}, None, "none", {"kid": s.keys.key_id})
        },
        401,
    ),
    "another audience": (lambda s: s.lifecycle(aud=["https://other.example"]), 401),
    "no audience": (lambda s: s.lifecycle(aud=None), 401),
    "an audience that is a text": (lambda s: s.lifecycle(aud=BASE), 401),
    "us as second audience": (lambda s: s.lifecycle(aud=["https://other.example", BASE]), 401),
    "audience with a slash": (lambda s: s.lifecycle(aud=[BASE + "/"]), 204),
    "another key": (lambda s: s.lifecycle(key=s.keys.keys[s.keys.new_key()]), 401),
    "unknown key": (lambda s: s.lifecycle(header={"kid": "0b7c3f2a-6f0e-4c3e-9f2e-000000000000"}), 401),
    "a key's name that is no uuid": (lambda s: s.lifecycle(header={"kid": "key-one"}), 401),
    "a key's name that climbs": (lambda s: s.lifecycle(header={"kid": f"../{s.keys.key_id}"}), 401),
    "a key's name and more": (lambda s: s.lifecycle(header={"kid": f"{s.keys.key_id}?x"}), 401),
    "a key's name with a line": (lambda s: s.lifecycle(header={"kid": f"{s.keys.key_id}\n"}), 401),
    "expired": (lambda s: s.lifecycle(exp=int(time.time()) - 1), 401),
    "no expiry": (lambda s: s.lifecycle(exp=None), 401),
    "wrong qsh": (lambda s: s.lifecycle(qsh=query_hash("POST", "/connect/uninstalled", "")), 401),
    "no qsh": (lambda s: s.lifecycle(qsh=None), 401),
    "context qsh": (lambda s: s.lifecycle(qsh="context-qsh"), 401),
    "another issuer": (lambda s: s.lifecycle(iss="client-key-of-two"), 401),
    "no issuer": (lambda s: s.lifecycle(iss=None), 401),
}


@pytest.mark.parametrize("case", INSTALLS)
def test_who_may_install_us(client, site, store, case):
    headers, status = INSTALLS[case]
    answer = client.post("/connect/installed", json=site.body(), headers=headers(site))
    assert answer.status_code == status, answer.text
    assert len(rows(store, tenant)) == (1 if status == 204 else 0)
    assert site.secret not in answer.text


@pytest.mark.parametrize("case", INSTALLS)
def test_who_may_uninstall_us(client, installed, store, case):
    if case == "wrong qsh":
        headers = installed.lifecycle("/connect/uninstalled", qsh=query_hash("POST", "/connect/installed", ""))
        status = 401
    else:
        make, status = INSTALLS[case]
        moved = replace_path(installed)
        headers = make(moved)
    answer = client.post("/connect/uninstalled", json=installed.body(eventType="uninstalled"), headers=headers)
    assert answer.status_code == status
    kept = [row.name for row in rows(store, secret)]
    assert any(name.startswith("connect:") for name in kept) == (status != 204)


def replace_path(site):
    """The same site, whose lifecycle tokens are for being uninstalled."""

    class Moved(Site):
        def lifecycle(self, **changes):
            return super().lifecycle("/connect/uninstalled", **changes)

    return Moved(site.keys, site.app)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"clientKey": "client-key-of-two"}, 401),
        ({"clientKey": None}, 401),
        ({"sharedSecret": None}, 400),
        ({"sharedSecret": ""}, 400),
        ({"baseUrl": None}, 400),
        ({"baseUrl": "https://evil.example"}, 401),
        ({"baseUrl": "https://evil.example#.atlassian.net"}, 401),
        ({"baseUrl": "https://evil.example/.atlassian.net"}, 401),
        ({"baseUrl": "https://one.atlassian.net@evil.example"}, 401),
        ({"baseUrl": "https://one.atlassian.net:x"}, 401),
        ({"baseUrl": "https://evil.example\\.atlassian.net"}, 401),
        ({"baseUrl": "http://one.atlassian.net"}, 401),
        ({"baseUrl": "https://atlassian.net.evil.example"}, 401),
        ({"baseUrl": "https://169.254.169.254"}, 401),
        ({"baseUrl": "file:///etc/passwd"}, 401),
        ({"baseUrl": "https://one.jira-dev.com"}, 204),
    ],
)
def test_what_an_installation_has_to_say(client, site, change, status):
    answer = client.post("/connect/installed", json=site.body(**change), headers=site.lifecycle())
    assert answer.status_code == status


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"clientKey": 7}', b"\xff"])
def test_a_body_that_is_none_is_refused_once_its_sender_is_proven(client, site, body):
    assert client.post("/connect/installed", data=body, headers=site.lifecycle()).status_code == 400
    assert client.post("/connect/installed", data=body).status_code == 401


def test_an_operator_says_whose_jira_may_install_us(make_app, keys):
    one = make_app(base_url=BASE, connect=ConnectApp(keys.url, ("ours.atlassian.net",))).test_client()
    theirs, ours = Site(keys, BASE), Site(keys, BASE, "two", "https://ours.atlassian.net")
    assert theirs.install(one).status_code == 401
    assert ours.install(one).status_code == 204


def test_this_machine_may_be_a_jira_only_where_the_keys_are_here_too(keys):
    def allowed(url, **app):
        told = ConnectApp(**app)
        return may_be_called(url, told.hosts, told.keys_url)

    assert allowed("http://127.0.0.1:8080", keys_url=keys.url)
    assert not allowed("http://127.0.0.1:8080")
    assert not allowed("https://localhost")
    assert allowed("http://127.0.0.1:8080", hosts=("127.0.0.1",))
    assert not allowed("http://internal.example", hosts=("internal.example",))
    assert allowed("https://internal.example", hosts=("internal.example",))


def test_a_key_server_that_is_down_asks_to_come_again(client, site, keys):
    key_id = keys.new_key()
    keys.status = 500
    try:
        answer = client.post(
            "/connect/installed",
            json=site.body(),
            headers=site.lifecycle(key=keys.keys[key_id], header={"kid": key_id}),
        )
    finally:
        keys.status = None
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_a_key_is_asked_for_once(client, site, keys):
    keys.asked.clear()
    for _ in range(3):
        assert site.install(client).status_code == 204
    assert keys.asked == [site.keys.key_id]


def test_who_makes_up_keys_has_few_of_them_asked_for(client, site, keys):
    assert site.install(client).status_code == 204
    keys.asked.clear()
    made_up = [site.lifecycle(header={"kid": str(uuid.uuid4())}) for _ in range(30)]
    said = {
        client.post("/connect/installed", json=site.body(), headers=headers).status_code for headers in made_up
    }
    assert said == {401, 503}
    assert len(keys.asked) <= 15
    assert site.install(client).status_code == 204


# What tenants tell us.

WEBHOOKS = {
    "good": ({}, 200),
    "wrong secret": ({"secret": "a secret that nobody shares with us at all"}, 401),
    "unknown tenant": ({"iss": "client-key-of-nobody"}, 401),
    "another audience": ({"aud": ["client-key-of-nobody"]}, 401),
    "itself as audience": ({"aud": ["client-key-of-one"], "iss": "ticket-clarity"}, 200),
    "no issuer": ({"iss": None}, 401),
    "no qsh": ({"qsh": None}, 401),
    "a qsh that is no text": ({"qsh": 7}, 401),
    "context qsh": ({"qsh": "context-qsh"}, 401),
    "another path's qsh": ({"qsh": query_hash("POST", "/connect/enabled", "")}, 401),
    "another method's qsh": ({"qsh": query_hash("GET", WEBHOOK, "")}, 401),
    "expired": ({"exp": 1}, 401),
    "no expiry": ({"exp": None}, 401),
    "another algorithm": ({"algorithm": "HS512"}, 401),
}


@pytest.mark.parametrize("case", WEBHOOKS)
def test_which_webhooks_are_taken(client, installed, store, case):
    options, status = WEBHOOKS[case]
    assert send(client, installed, **options).status_code == status
    assert len(rows(store, delivery)) == (1 if status == 200 else 0)


def test_a_webhook_signed_by_atlassians_key_instead_is_refused(client, installed):
    headers = installed.lifecycle(WEBHOOK)
    assert client.post(WEBHOOK, data=created(), headers=headers).status_code == 401


def test_a_changed_query_is_refused(client, installed):
    url = f"{WEBHOOK}?user_id=1&user_key=u"
    assert send(client, installed, url).status_code == 200
    headers = installed.signed("POST", url)
    assert client.post(f"{WEBHOOK}?user_id=2&user_key=u", data=created(), headers=headers).status_code == 401


def test_a_token_may_stand_in_the_address_but_not_in_two_places(client, installed):
    token = installed.token("POST", WEBHOOK)
    assert client.post(f"{WEBHOOK}?jwt={token}", data=created()).status_code == 200
    headers = {"Authorization": f"JWT {token}"}
    assert client.post(f"{WEBHOOK}?jwt={token}", data=created(), headers=headers).status_code == 401
    assert client.post(f"{WEBHOOK}?jwt={token}&jwt={token}", data=created()).status_code == 401
    assert client.post(WEBHOOK, data=created()).status_code == 401


def test_a_webhook_goes_where_all_deliveries_go(client, installed, store):
    assert send(client, installed).json == {"accepted": True, "note": ""}
    assert send(client, installed).json["accepted"] is False
    [row] = rows(store, ticket)
    [known] = rows(store, tenant)
    assert (row.tracker, row.site, row.external_id, row.key) == ("jira", known.site, "10001", "DEMO-1")
    assert send(client, installed, body=b"{").status_code == 400


def test_one_tenant_says_nothing_about_another(client, keys, store):
    one, two = Site(keys, BASE), Site(keys, BASE, "two", "https://two.atlassian.net")
    for each in (one, two):
        assert each.install(client).status_code == 204
    assert send(client, one, secret=two.secret).status_code == 401
    assert send(client, one, aud=[two.client_key]).status_code == 401
    for each in (one, two):
        assert send(client, each).json["accepted"] is True
    assert len({row.site for row in rows(store, ticket)}) == 2
    assert len({row.site for row in rows(store, tenant)}) == 2


def test_installing_again_changes_the_secret(client, installed):
    former = replace_secret(installed, installed.secret)
    installed.secret = "the second shared secret, as long as the first"
    assert installed.install(client).status_code == 204
    assert send(client, installed).status_code == 200
    assert send(client, former).status_code == 401


def replace_secret(site, told):
    other = Site(site.keys, site.app)
    other.secret = told
    return other


def test_who_has_uninstalled_us_is_unknown_until_they_install_us_again(client, installed, store):
    headers = installed.lifecycle("/connect/uninstalled")
    assert client.post("/connect/uninstalled", json=installed.body(), headers=headers).status_code == 204
    assert send(client, installed).status_code == 401
    assert not [row for row in rows(store, secret) if row.name.startswith("connect:")]
    assert installed.install(client).status_code == 204
    assert send(client, installed).status_code == 200
    assert len(rows(store, tenant)) == 1


def test_uninstalling_what_was_never_installed_is_no_fault(client, site):
    headers = site.lifecycle("/connect/uninstalled")
    assert client.post("/connect/uninstalled", json=site.body(), headers=headers).status_code == 204


def test_a_site_can_switch_us_off_and_on(client, installed, store):
    for path, accepted in (("/connect/disabled", False), ("/connect/enabled", True)):
        answer = client.post(path, json=installed.body(), headers=installed.signed("POST", path))
        assert answer.status_code == 204
        assert send(client, installed).json["accepted"] is accepted
        assert rows(store, tenant)[0].enabled is accepted
        wrong = installed.signed("POST", path, qsh="context-qsh")
        assert client.post(path, json=installed.body(), headers=wrong).status_code == 401
        assert client.post(path, json=installed.body(), headers=installed.lifecycle(path)).status_code == 401


def test_a_tenants_secret_is_encrypted_at_rest(client, installed, store, tmp_path):
    [kept] = [row for row in rows(store, secret) if row.name.startswith("connect:")]
    assert installed.secret.encode() not in kept.value
    store.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if installed.secret.encode() in path.read_bytes()]


def test_it_works_below_a_path_and_behind_a_proxy_with_people_locked_out(make_app, keys):
    base = f"{BASE}/clarity"
    client = make_app(base_url=base, connect=ConnectApp(keys.url), dashboard_token=TOKEN).test_client()
    site = Site(keys, base)
    forwarded = {"X-Forwarded-For": "203.0.113.9", "Host": "clarity.team.example"}
    answer = client.post("/connect/installed", json=site.body(), headers=site.lifecycle() | forwarded)
    assert answer.status_code == 204
    assert (
        client.post(WEBHOOK, data=created(), headers=site.signed("POST", WEBHOOK) | forwarded).status_code == 200
    )


def test_a_body_without_end_is_cut_off(client, installed):
    big = json.dumps(installed.body(description="x" * 70_000))
    assert client.post("/connect/installed", data=big, headers=installed.lifecycle()).status_code == 413


def test_the_descriptor_names_where_we_really_are(client):
    told = client.get("/connect/atlassian-connect.json", headers={"X-Forwarded-For": "203.0.113.9"})
    assert told.status_code == 200
    assert told.json == filled(BASE)
    assert told.json["baseUrl"] == BASE


def test_neither_tokens_nor_secrets_are_logged(client, installed, capsys):
    send(client, installed)
    send(client, installed, secret="a wrong secret, which is nobody's business")
    client.post("/connect/installed", json=installed.body(), headers=installed.lifecycle(aud=["x"]))
    told = "".join(capsys.readouterr())
    assert installed.secret not in told
    assert "eyJ" not in told
