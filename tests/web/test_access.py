"""Contract: without a token this machine only; with one, whoever has it."""

import re

import pytest

from service.settings import Secret
from service.web.access import FORWARDING, Guesses, is_loopback
from tests.web.conftest import TOKEN

PAGES = ["/", "/readyz", "/login", "/nowhere"]
BROWSER = {"Accept": "text/html"}


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "127.8.9.1", "[::1]:8000"])
def test_this_machine_needs_no_token(client, host):
    assert client.get("/readyz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("header", [*FORWARDING, "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Anything"])
def test_what_a_proxy_forwards_sees_nothing_without_a_token(client, header, page):
    response = client.get(page, headers={header: "127.0.0.1", **BROWSER})
    assert response.status_code == 403
    assert "CLARITY_DASHBOARD_TOKEN" in response.text


@pytest.mark.parametrize(
    "host",
    [
        "clarity.example",
        "127.0.0.1.example",
        "localhost.example",
        "10.0.0.1",
        "0.0.0.0",
        "127.0.0.1@evil.example",
        "[",
        "",
    ],
)
def test_another_host_sees_nothing_without_a_token(client, host):
    for page in PAGES:
        assert client.get(page, headers={"Host": host}).status_code in (400, 403)


def test_programs_are_refused_in_json(client):
    response = client.post("/api/v1/check", json={"title": "x"}, headers={"X-Forwarded-For": "10.0.0.1"})
    assert response.status_code == 403
    assert "CLARITY_DASHBOARD_TOKEN" in response.json["error"]


def test_signed_endpoints_and_health_answer_anybody(client):
    elsewhere = {"Host": "clarity.example", "X-Forwarded-For": "10.0.0.1"}
    assert client.get("/healthz", headers=elsewhere).status_code == 200
    assert (
        client.post("/webhooks/jira", data=b"{}", headers=elsewhere).status_code == 404
    )  # no such site, but let in


def test_with_a_token_even_this_machine_logs_in(locked):
    response = locked.get("/", headers=BROWSER)
    assert response.status_code == 302
    assert response.location == "/login?next=/"
    assert locked.get("/healthz").status_code == 200


def test_programs_send_the_token(locked, engine):
    url, ticket = "/api/v1/check", {"title": "x"}
    refused = locked.post(url, json=ticket)
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert locked.post(url, json=ticket, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert locked.post(url, json=ticket, headers={"Authorization": f"Basic {TOKEN}"}).status_code == 401
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "clarity.example", "X-Forwarded-For": "10.0.0.1"}
    assert locked.post(url, json=ticket, headers=headers).status_code == 200
    assert len(engine.asked) == 1


def log_in(client, token=TOKEN, **form):
    return client.post("/login", data={"token": token, **form})


def test_people_log_in_and_out(locked):
    assert 'name="token"' in locked.get("/login").text
    response = log_in(locked, next="/readyz?x=1")
    assert (response.status_code, response.location) == (303, "/readyz?x=1")
    assert locked.get("/readyz").status_code == 200
    assert locked.post("/logout").status_code == 303
    assert locked.get("/readyz").status_code == 401


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(make_app):
    plain = log_in(make_app(dashboard_token=TOKEN).test_client()).headers["Set-Cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    https = make_app(dashboard_token=TOKEN, base_url="https://clarity.example")
    assert "Secure" in log_in(https.test_client()).headers["Set-Cookie"]


def test_a_session_ends_with_its_token_and_cannot_be_made_up(make_app, locked):
    cookie = re.match(r"clarity=([^;]+)", log_in(locked).headers["Set-Cookie"]).group(1)
    same, other = make_app(dashboard_token=TOKEN), make_app(dashboard_token=Secret("another dashboard token"))
    for app, status in ((same, 200), (other, 401)):
        client = app.test_client()
        client.set_cookie("clarity", cookie)
        assert client.get("/readyz").status_code == status
    forger = same.test_client()
    forger.set_cookie("clarity", cookie[:-2] + ("aa" if cookie[-2:] != "aa" else "bb"))
    assert forger.get("/readyz").status_code == 401


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\\b", "/\t/evil", ""],
)
def test_login_leads_nowhere_else(locked, target):
    assert log_in(locked, next=target).location == "/"


def test_guessing_is_slow(locked):
    for _ in range(10):
        assert log_in(locked, "wrong").status_code == 401
    response = log_in(locked)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "Set-Cookie" not in response.headers


def test_guesses_are_counted_by_sender_and_forgotten_in_time():
    guesses = Guesses(most=2, seconds=0)
    guesses.failed("a")
    guesses.failed("a")
    assert guesses.allowed("a")
    strict = Guesses(most=2, seconds=1_000)
    strict.failed("a")
    assert strict.allowed("a")
    strict.failed("a")
    assert not strict.allowed("a")
    assert strict.allowed("b")


def test_a_login_page_escapes_where_it_leads(locked):
    assert "<script>" not in locked.get('/login?next=/"><script>alert(1)</script>').text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_changes_nothing_here(client, locked, engine, headers):
    log_in(locked)
    for each in (client, locked):
        assert each.post("/api/v1/check", json={"title": "x"}, headers=headers).status_code == 403
        assert each.post("/login", data={"token": TOKEN}, headers=headers).status_code == 403
    assert engine.asked == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}])
def test_our_own_page_and_programs_may(client, headers):
    assert client.post("/api/v1/check", json={"title": "x"}, headers=headers).status_code == 200


def test_our_own_page_behind_a_proxy_may(make_app):
    app = make_app(dashboard_token=TOKEN, base_url="https://clarity.example")
    client = app.test_client()
    client.get("/login", base_url="https://clarity.example")
    assert (
        client.post(
            "/login",
            data={"token": TOKEN},
            base_url="https://clarity.example",
            headers={"Host": "10.0.0.5:8000", "Origin": "https://clarity.example", "X-Forwarded-For": "10.0.0.9"},
        ).status_code
        == 303
    )


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("127.0.0.1", True),
        ("127.255.0.3", True),
        ("::1", True),
        ("[::1]", True),
        ("LOCALHOST.", True),
        ("app.localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.4", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback(host, is_ours):
    assert is_loopback(host) is is_ours
