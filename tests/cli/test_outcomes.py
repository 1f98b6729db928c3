"""clarity outcomes, and clarity calibrate --from-outcomes."""

import json

import pytest
from click.testing import CliRunner

from service.cli import main
from service.reaction import QUIET
from service.store.schema import coached, decision, review
from service.store.work import keep_work
from service.worktime import Work
from tests.store.conftest import KEY, store, url
from tests.store.test_questions import SECOND, keep, reviewed
from tests.store.test_responses import tickets

__all__ = ["store", "url"]


@pytest.fixture
def clarity(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = {
        "CLARITY_DATABASE_URL": url,
        "CLARITY_SECRET_KEY": KEY,
        "CLARITY_DATA_DIR": str(tmp_path),
        "COLUMNS": "120",
    }
    return lambda *words: CliRunner().invoke(main, list(words), env=given)


@pytest.fixture
def told(store):
    """Of 40 tickets 20 have a vague time, 15 of which were asked about, and 5 of the others."""
    for number, one in enumerate(tickets(store, 40)):
        vague = number < 20
        reviewed(store, one, rules=["vague-time"] if vague else [])
        if number < 15 or number >= 35:
            keep(store, one, SECOND)


def test_too_little_is_said(clarity, store):
    said = clarity("outcomes")
    assert said.exit_code == 0
    assert "0 tickets. 0 questions were asked" in said.output
    assert "Of 0 tickets, 0 had questions or were opened again." in said.output
    assert (
        "0 authors have tickets from before and after our first word in their project; 5 are needed."
        in said.output
    )
    assert "Of 0 tickets that are done the time under way is known." in said.output
    assert "The time under way is known of 0 tickets; 30 are needed before anything can be said" in said.output
    assert "0 authors whom we left alone (in quiet projects, or opted out) and 0 whom we spoke to" in said.output


def test_what_predicts_trouble(clarity, told):
    said = clarity("outcomes").output
    assert (
        "40 tickets. 20 questions were asked, of 20 tickets; 20 were answered, half of them within 0.0 hours"
        in said
    )
    (row,) = (line.split() for line in said.splitlines() if line.startswith("vague-time"))
    assert row[1:3] == ["20", "15"]
    assert float(row[4]) > 1.5


def test_the_same_as_json(clarity, told):
    said = json.loads(clarity("outcomes", "--format", "json").output)
    assert (said["tickets"], said["asked_of"], said["answered"], said["coaching"]) == (40, 20, 20, None)
    assert [one["rule"] for one in said["rules"]] == ["vague-time"]
    assert said["in_progress"] == {
        "tickets": 0,
        "median_hours": None,
        "rules": [],
        "coaching": None,
        "compared": None,
    }
    assert len(said["notes"]) == 5


@pytest.fixture
def compared(store):
    """Six authors whom we spoke to at time 200, and six in quiet projects: what they filed before and after."""
    ours, quiet = [f"our-{n}" for n in range(6)], [f"quiet-{n}" for n in range(6)]
    filed = [(author, at) for author in ours + quiet for at in (100.0, 300.0, 400.0)]
    ids = tickets(store, len(filed))
    with store.writing() as connection:
        for number, (one, (author, at)) in enumerate(zip(ids, filed, strict=True)):
            learnt = author in ours and at > 200
            row = {
                "ticket_id": one,
                "generation": 1,
                "rulebook": "r",
                "policy": "p",
                "text_hash": "t",
                "created": 1,
            }
            row |= {"status_category": "done", "text_changed": 1, "project": "SHOP", "author": author, "at": at}
            score = 60 + 20 * learnt + number % 3
            new = review.insert().values(**row, score=score).returning(review.c.id)
            review_id = connection.execute(new).scalar_one()
            keep_work(connection, one, Work(0.0, 9e5, (3_600.0 if learnt else 7_200.0) * (1 + number % 3 / 10)))
            if author in quiet:
                told = {"ticket_id": one, "review_id": review_id, "at": at, "action": "silence", "reason": QUIET}
                connection.execute(decision.insert().values(**told))
        rows = [{"person": author, "project": "SHOP", "since": 200.0} for author in ours]
        connection.execute(coached.insert(), rows)


def test_what_changed_is_held_against_those_whom_we_left_alone(clarity, compared):
    said = " ".join(clarity("outcomes").output.split())
    assert (
        "Of 36 tickets that are done the time under way is known; half of them were under way for at most" in said
    )
    assert "6 authors score +21.5 points on tickets filed since we speak in their project" in said
    assert "That is +20.0 points more than with 6 authors whom we left alone" in said
    assert "were under way 0.57 times as long since we speak in their project" in said
    assert "That is 0.50 times the change with 6 authors whom we left alone" in said
    plain = json.loads(clarity("outcomes", "--format", "json").output)
    assert (plain["compared"]["others"], round(plain["compared"]["mean"], 1)) == (6, 20.0)
    assert round(plain["in_progress"]["compared"]["ratio"], 2) == 0.5
    assert plain["in_progress"]["median_hours"] == 2.0


def test_weights_from_outcomes(clarity, told):
    said = clarity("calibrate", "--from-outcomes")
    assert said.exit_code == 0, said.output
    assert "40 answers from 1 projects; in 20 people could not act (50%)." in said.output
    assert "vague-time" in said.output


def test_files_or_outcomes(clarity):
    for words in (["calibrate"], ["calibrate", "some.jsonl", "--from-outcomes"]):
        said = clarity(*words)
        assert said.exit_code == 2
        assert "Name files with labelled tickets, or give --from-outcomes." in said.output
