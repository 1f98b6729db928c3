"""The API document is true: every route, every field, every closed list."""

import re

import pytest
from flask import Blueprint
from hypothesis import given
from jsonschema import Draft202012Validator

from service.contract import KEYS, ContractError, review_to_json, ticket_from_json
from service.engine.base import Busy
from service.web import openapi, schemas
from tests.feedback.test_any_review import reviews
from tests.web.conftest import TOKEN

OF_PEOPLE = ("/trends", "/teams", "/rules", "/operations", "/me/", "/leave/")
SIMPLE = [None, True, 7, 1.5, "x", [], ["x"], [1], {}, {"a": "x"}, {"a": 1}]


def document(client, **headers):
    response = client.get("/api/openapi.json", headers=headers)
    assert response.status_code == 200
    return response.json


def valid(name):
    return Draft202012Validator({**schemas.NAMED[name], "components": {"schemas": schemas.NAMED}})


def test_every_route_is_there_and_no_other(make_app):
    app = make_app()
    told = {(path, method) for path, methods in document(app.test_client())["paths"].items() for method in methods}
    pages = (
        {"/", "/login", "/login/provider", "/login/callback", "/logout", "/static/<path:filename>"}
        | {"/oauth", "/oauth/<tracker>", "/oauth/<tracker>/callback"}
        | {f"/connect/{name}" for name in ("panel", "project", "admin", "static/<path:filename>")}
    )
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule not in pages and not rule.rule.startswith(OF_PEOPLE)
    }
    assert told == routes
    assert ("/api/v1/check", "post") in told


def test_a_route_that_nobody_described_is_told(make_app):
    app = make_app()
    extra = Blueprint("extra", __name__)
    extra.add_url_rule("/api/extra", "one", view_func=lambda: "x")
    app.register_blueprint(extra)
    with pytest.raises(LookupError, match=r"extra\.one \(/api/extra\) is not described"):
        openapi.describe(app)


def test_nothing_is_described_that_is_not_there(make_app):
    assert set(openapi.OPERATIONS) <= {rule.endpoint for rule in make_app().url_map.iter_rules()}


@pytest.mark.parametrize("name", schemas.NAMED)
def test_each_schema_is_one(name):
    Draft202012Validator.check_schema(schemas.NAMED[name])


def test_every_reference_leads_somewhere(client):
    told = document(client)
    names = set(re.findall(r"'#/components/schemas/(\w+)'", str(told)))
    assert names <= set(told["components"]["schemas"])
    assert len({one["operationId"] for methods in told["paths"].values() for one in methods.values()}) == sum(
        map(len, told["paths"].values())
    )


def test_a_ticket_has_the_keys_of_the_contract():
    assert tuple(schemas.TICKET["properties"]) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_schema_and_contract_accept_the_same(key):
    """But that the contract asks for more where two keys have to agree, as markup and description."""
    for value in [*SIMPLE, "adf", "markdown", ["x"] * 1_000, ["x"] * 1_001]:
        given = {"title": "x", key: value}
        try:
            ticket_from_json(given)
            taken = True
        except ContractError:
            taken = False
        assert valid("Ticket").is_valid(given) is taken, (key, str(value)[:40])


@given(reviews)
def test_every_review_fits_its_schema(review):
    valid("Review").validate(review_to_json("7", review))


def test_what_the_service_answers_fits(client, engine):
    valid("Review").validate(client.post("/api/v1/check", json={"title": "x"}).json)
    valid("Error").validate(client.post("/api/v1/check", json={}).json)
    engine.answer = Busy("busy")
    valid("Error").validate(client.post("/api/v1/check", json={"title": "x"}).json)
    valid("Alive").validate(client.get("/healthz").json)
    valid("Ready").validate(client.get("/readyz").json)
    filed = client.post("/playground/tickets", json={"title": "x"}).json
    valid("Filed").validate(filed)
    valid("State").validate(client.get(f"/playground/tickets/{filed['id']}").json)


def test_it_is_shown_to_those_who_may_see(client, locked):
    assert client.get("/api/openapi.json", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 403
    assert locked.get("/api/openapi.json").status_code == 401
    assert document(locked, Authorization=f"Bearer {TOKEN}")["openapi"].startswith("3.1")
