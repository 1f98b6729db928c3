"""The Connect descriptor stands at the top level, is valid as served, and names only what is there."""

import json
import re

import pytest
from jsonschema.validators import validator_for

from service.app import create_app
from service.settings import Settings
from service.trackers.jira_webhook import COMMENT_EVENTS, ISSUE_EVENTS
from service.web.connect import filled
from tests.needs import ROOT, shared

DESCRIPTOR = ROOT / "atlassian-connect.json"
BASE = "https://clarity.team.example"
# The schema is from 2022 and knows neither.
NEWER = {"signed-install", "context-qsh"}


@pytest.fixture(scope="module")
def descriptor():
    return filled(BASE)


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(shared("conformance", "connect-descriptor-schema.json").read_text(encoding="utf-8"))
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def addresses(told):
    """Every address of ours in the descriptor."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name == "url" and isinstance(value, str):
                yield value
            else:
                yield from addresses(value)
    elif isinstance(told, list):
        for one in told:
            yield from addresses(one)


@pytest.mark.shared
def test_it_is_valid_by_the_official_schema(validator, descriptor):
    known = {name: value for name, value in descriptor["apiMigrations"].items() if name not in NEWER}
    told = {**descriptor, "apiMigrations": known}
    assert [error.message for error in validator.iter_errors(told)] == []
    unknown = [error.message for error in validator.iter_errors(descriptor)]
    assert len(unknown) == 1
    assert all(name in unknown[0] for name in NEWER)


@pytest.mark.shared
@pytest.mark.parametrize("key", ["key", "baseUrl", "authentication"])
def test_the_schema_would_notice_what_is_missing(validator, descriptor, key):
    assert list(validator.iter_errors({name: value for name, value in descriptor.items() if name != key}))


def test_it_is_the_file_at_the_top_level_with_our_address_in_it(descriptor):
    told = json.loads(DESCRIPTOR.read_text(encoding="utf-8"))
    assert told["baseUrl"].startswith("https://")
    told["baseUrl"] = told["vendor"]["url"] = BASE
    assert told == descriptor


def test_it_asks_for_signed_tokens_and_no_more_than_it_needs(descriptor):
    assert descriptor["authentication"] == {"type": "jwt"}
    assert descriptor["apiMigrations"] == {"gdpr": True, "signed-install": True, "context-qsh": True}
    assert descriptor["scopes"] == ["READ", "WRITE", "DELETE"]


def test_every_address_in_it_is_there(descriptor, tmp_path):
    settings = Settings(f"sqlite:///{tmp_path}/clarity.db", tmp_path, base_url=BASE)
    app = create_app(settings, None, None, None)
    there = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods}
    posted = {*descriptor["lifecycle"].values(), *(hook["url"] for hook in descriptor["modules"]["webhooks"])}
    assert set(descriptor["lifecycle"]) == {"installed", "uninstalled", "enabled", "disabled"}
    assert {(path, "POST") for path in posted} <= there
    pages = {re.sub(r"\?.*", "", url) for url in addresses(descriptor["modules"])} - posted
    assert len(pages) == 3
    assert {(path, "GET") for path in pages} <= there


def test_it_asks_for_every_event_that_we_read_and_no_other(descriptor):
    asked = [hook["event"] for hook in descriptor["modules"]["webhooks"]]
    assert sorted(asked) == sorted({*ISSUE_EVENTS, *COMMENT_EVENTS})


def test_a_search_for_the_score_reads_the_property_that_we_write(descriptor):
    [module] = descriptor["modules"]["jiraEntityProperties"]
    [configured] = module["keyConfigurations"]
    assert configured["propertyKey"] == "ticket-clarity"
    assert {one["alias"]: one["objectName"] for one in configured["extractions"]} == {
        "clarityScore": "score",
        "clarityLevel": "level",
    }
