"""Logging in at the team's own provider, over real HTTP to one that keeps the rules, and to some that do not."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from service.settings import OidcProvider, Secret
from service.trackers import outgoing
from service.web import oidc
from service.web.access import visitor
from tests.fakes.oidc_server import CLIENT, SECRET, FakeProvider
from tests.web.conftest import TOKEN

BROWSER = {"Accept": "text/html"}
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def provider():
    with FakeProvider() as fake:
        yield fake


@pytest.fixture
def told(provider):
    people = {"admins": ("ada@team.example",), "viewers": ("*@team.example",)}
    return OidcProvider(provider.url, CLIENT, Secret(SECRET), **people)


@pytest.fixture
def app(make_app, told):
    app = make_app(oidc=told, dashboard_token=TOKEN)
    app.add_url_rule("/change", "change", lambda: "changed", methods=["POST"])
    return app


@pytest.fixture
def client(app):
    return app.test_client()


def to_provider(client, target="/readyz"):
    return client.get(f"/login/provider?next={target}")


def log_in(client, provider):
    there = to_provider(client)
    assert there.status_code == 302, there.text
    back = provider.log_in(there.location)
    return client.get(back.removeprefix(BASE))


def test_the_page_offers_the_provider_and_the_token(client):
    page = client.get("/login?next=/readyz", headers=BROWSER).text
    assert 'href="/login/provider?next=/readyz"' in page
    assert "Log in with 127.0.0.1" in page
    assert 'name="token"' in page


def test_without_a_token_only_the_provider_is_offered(make_app, told):
    client = make_app(oidc=told).test_client()
    assert client.get("/readyz").status_code == 401
    assert 'name="token"' not in client.get("/login", headers=BROWSER).text


def test_a_person_logs_in_and_is_known(client, provider):
    done = log_in(client, provider)
    assert (done.status_code, done.location) == (303, "/readyz")
    assert client.get("/readyz").status_code == 200
    assert "ada@team.example" in client.get("/").text
    assert client.post("/change", json={}).status_code == 200


def test_who_is_asked_for_is_asked_with_pkce_state_and_nonce(client, provider):
    asked = parse_qs(urlsplit(to_provider(client).location).query)
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [f"{BASE}/login/callback"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid email profile"]
    assert len(asked["state"][0]) > 20
    assert len(asked["nonce"][0]) >= 20


def test_a_colleague_of_theirs_may_see(client, provider):
    provider.person |= {"email": "Ben@Team.example"}
    assert log_in(client, provider).status_code == 303
    assert client.get("/readyz").status_code == 200
    assert client.post("/change", json={}).status_code == 403


@pytest.mark.parametrize(
    "email", ["eve@elsewhere.example", "eve@evil-team.example", "team.example", "eve@team.example.evil.example"]
)
def test_a_stranger_is_known_there_and_not_let_in(client, provider, email):
    provider.person |= {"email": email}
    refused = log_in(client, provider)
    assert refused.status_code == 403
    assert "nobody has let you in" in refused.text
    assert client.get("/readyz").status_code == 401


def test_who_is_let_in_no_more_is_out_at_once(make_app, app, told, provider):
    client = app.test_client()
    log_in(client, provider)
    cookie = client.get_cookie("clarity").value
    for people, status in (({"admins": ()}, 200), ({"admins": (), "viewers": ()}, 401)):
        later = make_app(oidc=replace(told, **people)).test_client()
        later.set_cookie("clarity", cookie)
        assert later.get("/readyz").status_code == status
        assert later.post("/api/v1/check", json={"title": "x"}).status_code == status


def test_a_session_of_a_provider_is_none_without_it(make_app, app, provider):
    client = app.test_client()
    log_in(client, provider)
    other = make_app(dashboard_token=TOKEN).test_client()
    other.set_cookie("clarity", client.get_cookie("clarity").value)
    assert other.get("/readyz").status_code == 401


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_nobody_verified_names_nobody(client, provider, verified):
    provider.person |= {"email_verified": verified}
    refused = log_in(client, provider)
    assert refused.status_code == 401
    assert "has not verified" in refused.text
    assert client.get("/readyz").status_code == 401


def test_another_claim_may_name_people(make_app, told, provider):
    client = make_app(oidc=replace(told, claim="sub", admins=("u-1",))).test_client()
    assert log_in(client, provider).status_code == 303
    provider.person = {"sub": ["u-1"]}
    assert log_in(client, provider).status_code == 401


FORGERIES = {
    "another key": lambda fake: fake.sign_with_another_key(),
    "the client's secret": lambda fake: fake.sign_with_the_client_secret(),
    "the client's secret, offered": lambda fake: (
        fake.sign_with_the_client_secret(),
        fake.metadata.update(id_token_signing_alg_values_supported=["HS256", "none"]),
    ),
    "another issuer": lambda fake: fake.claims.update(iss="https://evil.example"),
    "another audience": lambda fake: fake.claims.update(aud="another-client"),
    "another nonce": lambda fake: fake.claims.update(nonce="another"),
    "no nonce": lambda fake: fake.claims.update(nonce=None),
    "expired": lambda fake: fake.claims.update(exp=int(time.time()) - 3_600),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_token_that_proves_nothing_lets_nobody_in(client, provider, name):
    FORGERIES[name](provider)
    refused = log_in(client, provider)
    assert refused.status_code in (401, 503), refused.text
    assert client.get("/readyz").status_code == 401


def test_a_code_is_good_once_and_in_one_browser(app, client, provider):
    there = to_provider(client)
    back = provider.log_in(there.location).removeprefix(BASE)
    assert app.test_client().get(back).status_code == 401
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 401


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied&state=x"])
def test_coming_back_with_something_made_up(client, query):
    to_provider(client)
    response = client.get(f"/login/callback{query}")
    assert response.status_code in (401, 503)
    assert client.get("/readyz").status_code == 401


def test_somebody_elses_link_logs_nobody_in(app, provider):
    """Login by forgery: the attacker's own code in the victim's browser."""
    attacker, victim = app.test_client(), app.test_client()
    back = provider.log_in(to_provider(attacker).location).removeprefix(BASE)
    to_provider(victim)
    assert victim.get(back).status_code == 401
    assert victim.get("/readyz").status_code == 401


def test_a_provider_that_is_down_is_told_and_tried_again(client, provider):
    provider.broken = True
    refused = to_provider(client)
    assert refused.status_code == 503
    assert "did not answer as it should" in refused.text
    provider.broken = False
    assert log_in(client, provider).status_code == 303


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://evil.example"}, {"issuer": None}, {"authorization_endpoint": None}]
)
def test_a_provider_that_is_another_is_not_believed(client, provider, metadata):
    provider.metadata = metadata
    assert to_provider(client).status_code == 503


@pytest.mark.parametrize("part", ["discovery", "token"])
def test_no_redirect_of_the_provider_is_followed(client, provider, part, monkeypatch):
    with FakeProvider() as inner:
        if part == "discovery":
            answer = provider.answer

            def lead(handler, form):
                if handler.path.startswith("/.well-known"):
                    handler.send_response(302)
                    handler.send_header("Location", f"{inner.url}/inner")
                    handler.send_header("Content-Length", "0")
                    handler.end_headers()
                else:
                    answer(handler, form)

            monkeypatch.setattr(provider, "answer", lead)
            assert to_provider(client).status_code == 503
        else:
            monkeypatch.setattr(provider, "token", lambda *_: (302, {"to": f"{inner.url}/inner"}))
            assert log_in(client, provider).status_code == 503
        assert inner.asked == []


@pytest.mark.parametrize("part", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
def test_an_encrypted_provider_leads_to_no_address_that_is_not(part):
    issuer = "https://login.example"
    told = {name: f"{issuer}/{name}" for name in oidc.ENDPOINTS} | {"issuer": issuer}
    client = oidc._Client.__new__(oidc._Client)
    client.client_kwargs, client._server_metadata_url = {"issuer": issuer}, None
    client.server_metadata = dict(told)
    assert client.load_server_metadata()["token_endpoint"] == f"{issuer}/token_endpoint"
    client.server_metadata = told | {part: "http://169.254.169.254/latest"}
    with pytest.raises(oidc.ProviderDown, match="not https"):
        client.load_server_metadata()


def test_a_provider_that_hangs_takes_few_threads(app, provider, monkeypatch):
    asking, answered = threading.Semaphore(0), threading.Event()
    answer = provider.answer

    def hang(*asked):
        asking.release()
        answered.wait(30)
        answer(*asked)

    monkeypatch.setattr(provider, "answer", hang)
    with ThreadPoolExecutor(oidc.MOST_ASKING) as pool:
        waiting = [pool.submit(to_provider, app.test_client()) for _ in range(oidc.MOST_ASKING)]
        for _ in waiting:
            assert asking.acquire(timeout=30)
        assert to_provider(app.test_client()).status_code == 503
        answered.set()
        assert {one.result().status_code for one in waiting} == {302}
    assert to_provider(app.test_client()).status_code == 302


def test_an_answer_of_the_provider_that_swells_is_not_read(client, provider, monkeypatch):
    monkeypatch.setattr(outgoing, "MOST_BYTES", 10_000)
    provider.metadata = {"claims_supported": ["x" * 20_000]}
    assert to_provider(client).status_code == 503
    provider.metadata = {}
    assert to_provider(client).status_code == 302


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_logging_in_leads_nowhere_else(client, provider, target):
    there = to_provider(client, target)
    assert client.get(provider.log_in(there.location).removeprefix(BASE)).location == "/"


def test_without_a_provider_there_is_no_such_way(locked):
    assert locked.get("/login/provider").status_code == 404
    assert locked.get("/login/callback?code=x&state=x").status_code == 404


def test_whoever_logs_in_is_known_by_their_accounts(make_app, told, provider, store):
    accounts = (("Ada@team.example", "default", "5b10"), ("ben@team.example", "default", "77aa"))
    claims = (("default", "linear_id"), ("eu", "jira_ids"), ("default", "nothing"))
    app = make_app(oidc=replace(told, accounts=accounts, account_claims=claims))
    app.add_url_rule("/who", "who", lambda: list(visitor().people))
    provider.person |= {"linear_id": "9c41", "jira_ids": ["aa", "bb", 7, ""]}
    client = app.test_client()
    log_in(client, provider)
    expected = [("default", "9c41"), ("eu", "aa"), ("eu", "bb"), ("default", "5b10")]
    assert client.get("/who").json == [store.person(site, one) for site, one in expected]
    cookie = client.get_cookie("clarity").value
    assert "9c41" not in str(app.session_interface.get_signing_serializer(app).loads(cookie))


def test_who_holds_a_token_is_nobody_in_particular(app):
    app.add_url_rule("/who", "who", lambda: list(visitor().people))
    assert app.test_client().get("/who", headers={"Authorization": f"Bearer {TOKEN}"}).json == []
