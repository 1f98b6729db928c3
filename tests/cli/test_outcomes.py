"""clarity outcomes, and clarity calibrate --from-outcomes."""

import json

import pytest
from click.testing import CliRunner

from service.cli import main
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
    assert "0 authors have tickets from before and after our first word; 5 are needed." in said.output


def test_what_predicts_trouble(clarity, told):
    said = clarity("outcomes").output
    assert (
        "40 tickets. 20 questions were asked, of 20 tickets; 20 were answered, half of them within 0.0 hours"
        in said
    )
    assert ["vague-time", "20", "15", "7.94", "2.01", "and", "31.43"] in [
        line.split() for line in said.splitlines()
    ]


def test_the_same_as_json(clarity, told):
    said = json.loads(clarity("outcomes", "--format", "json").output)
    assert (said["tickets"], said["asked_of"], said["answered"], said["coaching"]) == (40, 20, 20, None)
    assert [one["rule"] for one in said["rules"]] == ["vague-time"]
    assert len(said["notes"]) == 1


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
