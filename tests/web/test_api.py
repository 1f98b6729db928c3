import json

import pytest

from service.engine.base import Busy, CheckFailed
from service.policy import PolicyChange
from service.review import Level, Review
from service.store.policies import set_policy
from service.ticket import Kind
from tests.test_contract import FINDING

CHECK = "/api/v1/check"


def test_the_answer_is_the_contracts_object(client, engine):
    engine.answer = Review(92, Level.READY, "", (FINDING,), "f00d", "hash")
    response = client.post(CHECK, json={"id": 7, "type": "bug", "title": "Export fails"})
    assert response.status_code == 200
    assert (response.json["id"], response.json["score"], response.json["level"]) == (7, 92, "ready")
    assert response.json["findings"][0]["quote"] == "fast"
    ticket, _, deadline = engine.asked[0]
    assert (ticket.title, ticket.kind, deadline) == ("Export fails", Kind.BUG, 5.0)


def test_a_projects_policy_holds(make_app, engine):
    client = make_app(projects={"SHOP": PolicyChange(ready=95)}).test_client()
    for project in ("SHOP", "PAY"):
        client.post(CHECK, json={"title": "Export", "project": project})
    assert [policy.ready for _, policy, _ in engine.asked] == [95, 80]


def test_a_policy_set_while_running_is_stronger(make_app, engine, store):
    client = make_app(projects={"SHOP": PolicyChange(ready=95, nearly=60)}).test_client()
    with store.writing() as connection:
        set_policy(connection, "SHOP", PolicyChange(ready=70), by="somebody")
    client.post(CHECK, json={"title": "Export", "project": "SHOP"})
    [(_, policy, _)] = engine.asked
    assert (policy.ready, policy.nearly) == (70, 60)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is not valid JSON: Expecting value at line 1, column 1."),
        (b'{"title":', "The body is not valid JSON: Expecting value at line 1, column 10."),
        (b'{"title": NaN}', "The body is not valid JSON: NaN is no JSON value."),
        (b'{"title": "\xff"}', "The body is not valid JSON: it is not UTF-8."),
        (b"[" * 200_000, "The body is not valid JSON: it is nested too deeply."),
        (b'{"title": ' + b"9" * 5000 + b"}", "The body is not valid JSON: "),
        (b"{}", "title is missing."),
        (b'{"title": "x", "labels": 3}', "labels is a number; valid is a list of strings."),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_body_that_is_no_ticket_is_told(client, engine, body, sentence):
    response = client.post(CHECK, data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.json["error"].startswith(sentence)
    assert engine.asked == []


def test_another_content_type(client):
    response = client.post(CHECK, data='{"title": "x"}', content_type="text/plain")
    assert response.status_code == 415
    assert "application/json" in response.json["error"]


def test_more_than_a_megabyte(client, engine):
    body = json.dumps({"title": "x", "description": "y" * 1_000_000})
    response = client.post(CHECK, data=body, content_type="application/json")
    assert response.status_code == 413
    assert response.json["error"]
    assert engine.asked == []


def test_busy_workers_ask_to_come_again(client, engine):
    engine.answer = Busy("all workers are busy")
    response = client.post(CHECK, json={"title": "x"})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.json["error"] == "Not scored: all workers are busy. Try again in a moment."


def test_a_fault_while_scoring_tells_nothing_of_the_text(client, engine):
    engine.answer = CheckFailed("The export is slow.")
    response = client.post(CHECK, json={"title": "The export is slow."})
    assert response.status_code == 500
    assert "slow" not in response.text


def test_a_lone_surrogate_survives(client, engine):
    response = client.post(CHECK, data='{"id": "\\ud800", "title": "\\ud800"}', content_type="application/json")
    assert response.status_code == 200
    assert response.json["id"] == "\ud800"


def test_another_method(client):
    response = client.get(CHECK)
    assert response.status_code == 405
    assert response.headers["Allow"]
    assert response.json["error"] == "This address does not answer that kind of request."
