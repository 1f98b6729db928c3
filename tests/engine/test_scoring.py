import gc
import weakref
from pathlib import Path

import pytest
import structlog

from service.engine import scoring
from service.engine.scoring import Scorer
from service.policy import Policy
from service.settings import Settings
from service.ticket import Kind, Text, Ticket

RULE = """
id: shiny-word
title: A shiny word
applies_to: [story]
severity: warning
dimension: precision
weight: 8
find:
  phrase:
    any_of: [WORD]
message: “{match}” says nothing.
why: Nobody can see it.
coach: Say what can be seen.
examples:
  bad:
    - The page is [[WORD]].
  good:
    - The page is blue.
"""
TICKET = Ticket(
    "1", "Show the page", Text("As a buyer I want a glossy and brilliant page so that I stay."), Kind.STORY
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("team")


def put(folder, word):
    path = folder / "wording" / "shiny-word.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(RULE.replace("WORD", word), encoding="utf-8")


@pytest.fixture(scope="module")
def scorer(folder):
    put(folder, "glossy")
    return Scorer(Settings("", Path(), rules=folder))


def shiny(scorer):
    return [finding.quote for finding in scorer.review(TICKET, Policy()).findings if finding.rule == "shiny-word"]


def test_rules_follow_their_files_and_a_broken_one_changes_nothing(scorer, folder, monkeypatch):
    assert shiny(scorer) == ["glossy"]
    put(folder, "brilliant")
    assert shiny(scorer) == ["glossy"], "files are not looked at before every ticket"
    monkeypatch.setattr(scoring, "LOOK_EVERY_SECONDS", -1.0)
    assert shiny(scorer) == ["brilliant"]
    put(folder, "[unclosed")
    with structlog.testing.capture_logs() as logs:
        assert shiny(scorer) == ["brilliant"]
        assert shiny(scorer) == ["brilliant"]
    assert [entry["event"] for entry in logs] == ["rules are broken: going on with the last good ones"]
    assert "shiny-word.yaml:" in logs[0]["error"]
    put(folder, "glossy")
    assert shiny(scorer) == ["glossy"]


def test_rules_that_were_replaced_are_given_back(scorer, folder, monkeypatch):
    monkeypatch.setattr(scoring, "LOOK_EVERY_SECONDS", -1.0)
    put(folder, "glossy")
    scorer.review(TICKET, Policy())
    before = weakref.ref(scorer._reviewer._asking)  # refers to itself: only the collector frees it
    gc.collect()
    assert before() is not None
    put(folder, "brilliant")
    scorer.review(TICKET, Policy())
    assert before() is None


def test_broken_rules_at_the_start_leave_the_shipped_ones(folder):
    put(folder, "[unclosed")
    with structlog.testing.capture_logs() as logs:
        rules = scoring._first([folder])
    assert rules.rules
    assert "shiny-word" not in rules.rules
    assert [entry["event"] for entry in logs] == ["rules are broken: going on with the shipped ones"]
