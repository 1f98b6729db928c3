import io
import json
import logging

import pytest
import structlog

from service import logs
from service.settings import JiraSite, Secret, Settings

TOKEN = Secret("a-path-token-of-some-length")
SETTINGS = Settings(
    "sqlite:////unused.db",
    None,
    secret_key=Secret("k" * 32),
    jira={
        "default": JiraSite(
            "default", "https://team.atlassian.net", path_token=TOKEN, webhook_secrets=(Secret("hush-hush"),)
        )
    },
)


@pytest.fixture
def lines(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    before, level = logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure(SETTINGS)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before
    logging.getLogger().setLevel(level)


def test_a_line_is_json_with_time_level_and_place(lines):
    structlog.get_logger("service.inbox").info("delivery", tickets=["SHOP-1"])
    [line] = lines()
    assert (line["event"], line["level"], line["logger"]) == ("delivery", "info", "service.inbox")
    assert line["tickets"] == ["SHOP-1"]
    assert line["timestamp"].endswith("Z")


def test_text_and_secrets_are_left_out(lines):
    structlog.get_logger("service.x").warning(
        f"refused {TOKEN}",
        description="The export is slow.",
        token="t",
        nested={"body": "x", "hint": "hush-hush!"},
    )
    [line] = lines()
    assert line["event"] == "refused ***"
    assert line["nested"] == {"hint": "***!"}
    assert "description" not in line
    assert "token" not in line


def test_an_exception_is_its_kind_and_place_without_its_words(lines):
    try:
        raise ValueError("The export is slow.")
    except ValueError:
        structlog.get_logger("service.x").exception("failed")
        logging.getLogger("waitress").exception("Exception when servicing")
    for line in lines():
        assert line["error"] == "ValueError"
        assert "test_logs.py" in line["at"][-1]
    assert "slow" not in json.dumps(lines())


def test_libraries_log_warnings_without_queries_and_tokens(lines):
    logging.getLogger("urllib3").info("GET /rest")
    logging.getLogger("urllib3").warning("Retrying %s", "https://team.example/rest?jwt=abc.def")
    logging.getLogger("waitress").warning("bad request at /webhooks/jira/default/%s", TOKEN)
    assert [line["event"] for line in lines()] == [
        "Retrying https://team.example/rest?…",
        "bad request at /webhooks/jira/default/***",
    ]
