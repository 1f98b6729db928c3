"""clarity rules noise and clarity rules review."""

import json

import pytest
from click.testing import CliRunner

from service.cli import main
from service.response import Response, What
from tests.store.conftest import KEY, store, url
from tests.store.test_responses import SHOWN, note, tickets

__all__ = ["store", "url"]


@pytest.fixture
def rules(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = {
        "CLARITY_DATABASE_URL": url,
        "CLARITY_SECRET_KEY": KEY,
        "CLARITY_DATA_DIR": str(tmp_path),
        "COLUMNS": "120",
    }
    return lambda *words: CliRunner().invoke(main, ["rules", *words], env=given)


@pytest.fixture
def noisy(store):
    """“vague-time” was of no use in 10 of 20 cases in SHOP, and in none of 2 in BLOG."""
    ids = tickets(store, 20)
    note(store, ids, SHOWN)
    note(store, ids[:10], Response("vague-time", What.NOT_USEFUL, "one"))
    note(store, tickets(store, 2, project="BLOG"), SHOWN, Response("vague-time", What.MENDED, "author"))


def test_nothing_to_count_is_said(rules, store):
    assert rules("noise").output == "No rule was spoken of yet: there is nothing to count.\n"


def test_the_table_shows_cases_and_who_lost_its_voice(rules, noisy):
    told = rules("noise").output
    lines = [line.split() for line in told.splitlines()]
    assert ["BLOG", "vague-time", "2", "2", "0", "0", "0%", "and", "66%"] in lines
    assert ["SHOP", "vague-time", "20", "0", "0", "10", "30%", "and", "70%", "lost"] in lines
    assert ["(all)", "vague-time", "22", "2", "0", "10", "27%", "and", "65%"] in lines
    assert "clarity rules review vague-time --project SHOP" in told


def test_the_same_as_json(rules, noisy):
    told = json.loads(rules("noise", "--project", "SHOP", "--format", "json").output)
    assert told[0] == {
        "rule": "vague-time",
        "project": "SHOP",
        "shown": 20,
        "mended": 0,
        "ignored": 0,
        "not_useful": 10,
        "not_useful_share": 0.5,
        "interval": [0.2993, 0.7007],
        "voice": False,
    }
    assert (told[1]["project"], told[1]["voice"]) == (None, None)


def test_a_review_gives_the_voice_back(rules, noisy):
    told = rules("review", "vague-time", "--project", "SHOP")
    assert told.exit_code == 0
    assert "It speaks again" in told.output
    assert "lost" not in rules("noise").output
    assert "It had not lost its voice." in rules("review", "vague-time", "--project", "SHOP").output


def test_a_rule_that_is_not_there_is_told(rules, store):
    told = rules("review", "vauge-time", "--project", "SHOP")
    assert told.exit_code == 2
    assert 'There is no rule "vauge-time"' in told.output
