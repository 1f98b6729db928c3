"""The Connect descriptor stands at the top level, is valid, and promises nothing that does not work."""

import json

import pytest
from jsonschema.validators import validator_for

from tests.needs import ROOT, shared

DESCRIPTOR = ROOT / "atlassian-connect.json"


@pytest.fixture(scope="module")
def descriptor():
    return json.loads(DESCRIPTOR.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(shared("conformance", "connect-descriptor-schema.json").read_text(encoding="utf-8"))
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


@pytest.mark.shared
def test_it_is_valid_by_the_official_schema(validator, descriptor):
    assert [error.message for error in validator.iter_errors(descriptor)] == []


@pytest.mark.shared
@pytest.mark.parametrize("key", ["key", "baseUrl", "authentication"])
def test_the_schema_would_notice_what_is_missing(validator, descriptor, key):
    assert list(validator.iter_errors({name: value for name, value in descriptor.items() if name != key}))


def test_it_promises_nothing(descriptor):
    assert descriptor["authentication"] == {"type": "none"}
    assert descriptor["modules"] == {}
    assert not {"lifecycle", "scopes", "enableLicensing", "apiMigrations"} & set(descriptor)


def test_it_names_us_and_an_encrypted_placeholder(descriptor):
    assert (descriptor["key"], descriptor["name"]) == ("ticket-clarity", "Ticket Clarity")
    assert descriptor["baseUrl"].startswith("https://")
