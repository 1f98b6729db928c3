"""/teams: the page, from what is in the database."""

import time

import pytest
from sqlalchemy import insert

from service.reports.days import DAY
from service.reports.drawing import Drawing, DrawingFailed
from service.reports.teams import BLOCK, block_of
from service.response import What
from service.store.schema import response
from tests.reports.sample import add_ticket

TEAMS = {"Shop": ("SHOP",), "Pay": ("PAY",)}


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch):
    """Pictures take a process each."""
    monkeypatch.setattr(Drawing, "pictures", lambda self, specs: dict.fromkeys(specs, "<svg/>"))


def learnt(store, project, people, tracker="jira"):
    at = (block_of(time.time()) - BLOCK) * DAY + 3600
    with store.writing() as connection:
        one = add_ticket(connection, f"{project}{tracker}", project=project, tracker=tracker)
        rows = [
            {
                "ticket_id": one,
                "rule": "no-benefit",
                "what": what,
                "person": f"{n:064}",
                "project": project,
                "at": at,
            }
            for n in range(people)
            for what in (What.UNAIDED, What.SHOWN, What.SHOWN, What.SHOWN, What.MENDED)
        ]
        connection.execute(insert(response), rows)


def test_a_team_of_five_is_shown_and_one_of_fewer_is_not(make_app, store):
    learnt(store, "SHOP", 5)
    learnt(store, "PAY", 4)
    page = make_app(teams=TEAMS).test_client().get("/teams").text
    assert "25 % right from the start" in page
    assert page.count('class="sentence"') == 1
    assert "would be fewer: Pay." in page
    assert page.count("data-chart=") == page.count('id="spec-1"') == 1


def test_who_runs_no_scripts_gets_pictures(make_app, store):
    learnt(store, "SHOP", 5)
    client = make_app(teams=TEAMS).test_client()
    page = client.get("/teams").text
    for theme in ("light", "dark"):
        assert f"/teams/1-{theme}.svg" in page
        answer = client.get(f"/teams/1-{theme}.svg")
        assert (answer.mimetype, answer.text) == ("image/svg+xml", "<svg/>")
    for nothing in ("/teams/2-light.svg", "/teams/0-light.svg", "/teams/1-green.svg"):
        assert client.get(nothing).status_code == 404


def test_a_picture_that_cannot_be_drawn_is_none(make_app, store, monkeypatch):
    def fails(self, specs):
        raise DrawingFailed("The chart could not be drawn.")

    learnt(store, "SHOP", 5)
    monkeypatch.setattr(Drawing, "pictures", fails)
    client = make_app(teams=TEAMS).test_client()
    assert client.get("/teams/1-light.svg").status_code == 503
    assert client.get("/teams").status_code == 200


def test_no_parameter_changes_anything(make_app, store):
    learnt(store, "SHOP", 5)
    client = make_app(teams=TEAMS).test_client()
    page = client.get("/teams").text
    for asked in ("project=SHOP", "team=Shop", "kind=bug", "period=4", "person=1", "since=2026-01-01"):
        assert client.get(f"/teams?{asked}").text == page


def test_the_playground_is_left_out_and_no_team_is_said(make_app, store):
    learnt(store, "SHOP", 5, tracker="local")
    assert 'class="sentence"' not in make_app(teams=TEAMS).test_client().get("/teams").text
    assert "No team is set" in make_app().test_client().get("/teams").text


def test_who_may_not_come_in_sees_nothing(locked):
    assert locked.get("/teams").status_code == 401
    assert locked.get("/teams/1-light.svg").status_code == 401
