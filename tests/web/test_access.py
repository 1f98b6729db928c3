"""Contract: without a token this machine only; with one, whoever has it."""

import re
import time

import pytest

from service.settings import Secret
from service.store import StoreUnavailable
from service.store.schema import guess
from service.web.access import FORWARDING, is_loopback
from service.web.guesses import Guesses
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


def csrf(client, page="/login", **how):
    return re.search(r'name="csrf" value="([^"]+)"', client.get(page, **how).text)[1]


def log_in(client, token=TOKEN, **form):
    return client.post("/login", data={"csrf": csrf(client), "token": token, **form})


def test_people_log_in_and_out(locked):
    assert 'name="token"' in locked.get("/login").text
    response = log_in(locked, next="/readyz?x=1")
    assert (response.status_code, response.location) == (303, "/readyz?x=1")
    assert locked.get("/readyz").status_code == 200
    assert locked.post("/logout", data={"csrf": csrf(locked, "/")}).status_code == 303
    assert locked.get("/readyz").status_code == 401


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(make_app):
    plain = log_in(make_app(dashboard_token=TOKEN).test_client()).headers["Set-Cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    https = make_app(dashboard_token=TOKEN, base_url="https://clarity.example").test_client()
    secure = {"base_url": "https://clarity.example"}
    field = csrf(https, **secure)
    cookie = https.post("/login", data={"csrf": field, "token": TOKEN}, **secure).headers["Set-Cookie"]
    assert cookie.startswith("__Host-clarity=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


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


def test_guesses_are_counted_by_sender_and_forgotten_in_time(store):
    guesses = Guesses(store, most=2, seconds=0)
    guesses.failed("a")
    guesses.failed("a")
    assert guesses.allowed("a")
    strict = Guesses(store, most=2, seconds=1_000)
    strict.failed("a")
    strict.failed("a")
    assert not strict.allowed("a")
    assert strict.allowed("b")


def test_guesses_are_counted_for_all_processes_together(make_app, url):
    for number in range(10):
        one = make_app(dashboard_token=TOKEN).test_client()
        assert one.get("/readyz", headers={"Authorization": f"Bearer wrong{number}"}).status_code == 401
    other = make_app(dashboard_token=TOKEN).test_client()
    assert other.get("/readyz", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 401
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert other.get("/readyz", headers=bearer, environ_overrides=elsewhere).status_code == 200


def test_nobody_guesses_while_guesses_cannot_be_counted(store, monkeypatch):
    def fail():
        raise StoreUnavailable("the database is not available: disk full")

    guesses = Guesses(store)
    assert guesses.allowed("a")
    monkeypatch.setattr(store, "reading", fail)
    monkeypatch.setattr(store, "writing", fail)
    guesses.failed("a")
    assert not guesses.allowed("a")


def test_no_address_is_kept_with_a_guess(store):
    Guesses(store).failed("203.0.113.7")
    with store.reading() as connection:
        (row,) = connection.execute(guess.select()).all()
    assert "203.0.113.7" not in row.sender


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
    inside = {"Host": "10.0.0.5:8000", "X-Forwarded-For": "10.0.0.9"}
    field = csrf(client, base_url="https://clarity.example", headers=inside)
    assert (
        client.post(
            "/login",
            data={"token": TOKEN, "csrf": field},
            base_url="https://clarity.example",
            headers=inside | {"Origin": "https://clarity.example"},
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


VIEWER = Secret("a viewer's token to test with")
JSON = {"json": {"title": "x"}}


@pytest.fixture
def both(make_app):
    """A service with a token for admins and one for viewers, and a route that changes something."""
    app = make_app(dashboard_token=TOKEN, viewer_token=VIEWER)
    app.add_url_rule("/change", "change", lambda: "changed", methods=["POST", "GET"])
    return app


def bearer(token):
    return {"headers": {"Authorization": f"Bearer {token}"}}


def test_a_viewer_sees_and_tries_and_an_admin_also_changes(both):
    client = both.test_client()
    for token, changed in ((TOKEN, 200), (VIEWER, 403)):
        assert client.get("/readyz", **bearer(token)).status_code == 200
        assert client.get("/change", **bearer(token)).status_code == 200
        assert client.post("/api/v1/check", **JSON, **bearer(token)).status_code == 200
        filed = client.post("/playground/tickets", **JSON, **bearer(token))
        assert filed.status_code == 201
        one, said = f"/playground/tickets/{filed.json['id']}", {"json": {"words": "/unclear Which page?"}}
        assert client.put(one, **JSON, **bearer(token)).status_code == 200
        assert client.post(f"{one}/comments", **said, **bearer(token)).status_code == 201
        assert client.post("/change", **JSON, **bearer(token)).status_code == changed
    refused = client.post("/change", **JSON, **bearer(VIEWER))
    assert refused.json["error"] == "A viewer may not do that. Ask for the admin's role."


def test_a_viewer_who_logged_in_stays_one(both):
    client = both.test_client()
    assert log_in(client, VIEWER).status_code == 303
    assert client.get("/readyz").status_code == 200
    assert client.post("/change", **JSON).status_code == 403
    assert log_in(client, TOKEN).status_code == 303
    assert client.post("/change", **JSON).status_code == 200


def test_a_viewers_token_alone_locks_too(make_app):
    client = make_app(viewer_token=VIEWER).test_client()
    assert client.get("/readyz").status_code == 401
    assert client.get("/readyz", **bearer(VIEWER)).status_code == 200
    assert client.get("/readyz", **bearer("")).status_code == 401


@pytest.mark.parametrize("field", [{}, {"csrf": ""}, {"csrf": "made up"}, {"csrf": "ü"}])
def test_a_form_without_our_own_word_is_refused(both, field):
    client = both.test_client()
    assert client.post("/login", data={"token": TOKEN, **field}).status_code == 403
    log_in(client)
    assert client.post("/change", data=field).status_code == 403
    assert client.post("/change", data=field, content_type="text/plain").status_code == 403
    assert client.post("/logout", data=field).status_code == 403
    assert client.get("/readyz").status_code == 200
    assert client.post("/change", data={"csrf": csrf(client, "/")}).status_code == 200


def test_the_word_of_one_session_is_none_in_another(both):
    mine, theirs = both.test_client(), both.test_client()
    for client in (mine, theirs):
        log_in(client)
    assert mine.post("/change", data={"csrf": csrf(theirs, "/")}).status_code == 403


def test_logging_in_begins_a_session_anew(both):
    client = both.test_client()
    before = csrf(client)
    client.post("/login", data={"csrf": before, "token": TOKEN})
    assert csrf(client, "/") != before


def test_a_session_expires(both, monkeypatch):
    client = both.test_client()
    log_in(client)
    week = 7 * 86_400
    later = time.time() + week - 60
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert client.get("/readyz").status_code == 200
    later += 120
    assert client.get("/readyz").status_code == 401


def test_being_used_does_not_prolong_a_session(both):
    client = both.test_client()
    log_in(client)
    assert "Set-Cookie" not in client.get("/readyz").headers


def test_who_may_log_out_is_shown_how(both, client):
    locked = both.test_client()
    log_in(locked)
    assert "Log out" in locked.get("/").text
    assert "Log out" not in client.get("/").text
