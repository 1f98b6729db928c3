import json

import pytest
from flask import request
from structlog.testing import capture_logs

from service.store import StoreUnavailable

BROWSER = {"Accept": "text/html"}


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/nowhere", "/webhooks/jira", "/login"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path, headers=BROWSER).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_missing_page_is_a_page_for_people_and_json_for_programs(client):
    page = client.get("/nowhere", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "There is nothing at this address." in page.text
    assert client.get("/api/nowhere", headers=BROWSER).json == {"error": "There is nothing at this address."}


@pytest.fixture
def broken(make_app):
    app = make_app()

    @app.get("/broken/<token>")
    def fail(token):
        raise ValueError(f"The export is slow, {token}")

    @app.get("/unavailable")
    def unavailable():
        raise StoreUnavailable("the database is not available: disk I/O error")

    return app.test_client()


@pytest.mark.parametrize("headers", [BROWSER, {}])
def test_a_fault_shows_and_logs_neither_words_nor_paths(broken, headers):
    with capture_logs() as logs:
        response = broken.get("/broken/hush-hush?jwt=abc", headers=headers)
    assert response.status_code == 500
    assert "Something went wrong here." in response.text
    [line] = logs
    assert (line["error"], line["route"]) == ("ValueError", "/broken/<token>")
    assert "test_app.py" in line["at"][-1]
    for told in (response.text, json.dumps(logs)):
        assert "slow" not in told
        assert "hush-hush" not in told
        assert "abc" not in told


def test_a_database_fault_asks_to_come_again(broken):
    response = broken.get("/unavailable")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0


def test_a_body_above_25_mb_is_refused(make_app):
    app = make_app()

    @app.post("/webhooks-probe")
    def probe():
        return str(len(request.get_data()))

    client = app.test_client()
    above = client.post("/webhooks-probe", environ_overrides={"CONTENT_LENGTH": str(25 * 1024 * 1024 + 1)})
    assert above.status_code == 413
    assert client.post("/webhooks-probe", data=b"x" * 2_000_000).text == "2000000"
