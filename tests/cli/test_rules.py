"""clarity rules: what rule authors ask of it."""

import re

import pytest
from click.testing import CliRunner

from service import rulebook
from service.cli import main

BOOK = rulebook.load()


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(main, ["rules", *words], catch_exceptions=False)


def rows(output):
    return {line.split("  ")[0].strip(): line.split() for line in output.splitlines()[1:]}


def test_the_list_names_every_rule(run):
    assert set(BOOK.rules) <= set(rows(run("list").stdout))


def test_a_page_in_the_terminal_and_as_source(run):
    rule = BOOK.rules["open-ended-list"]
    assert rule.title in run("explain", rule.id).stdout
    assert run("explain", rule.id, "--markdown").stdout.startswith("<!--")


def test_an_unknown_rule(run):
    result = run("explain", "open-list")
    assert result.exit_code == 2
    assert "There is no rule" in result.stderr


def test_the_cost_of_each_rule_on_the_examples(run):
    output = run("profile").stdout
    told = rows(output)
    assert {*BOOK.rules, *BOOK.signals} <= set(told)
    costs = [float(row[-3]) for name, row in told.items() if name in BOOK.rules]
    assert all(cost >= 0 for cost in costs)
    assert sum(costs) > 0
    assert re.search(rf"{len(BOOK.rules) + len(BOOK.signals)} rules and signals take \d+ µs a ticket", output)


def test_the_cost_on_tickets_of_ones_own(run, tmp_path):
    (tmp_path / "ticket.md").write_text("Import from CSV, Excel, etc.\n\nIt must be fast.", encoding="utf-8")
    output = run("profile", "ticket.md").stdout
    assert rows(output)["open-ended-list"][-2:] == ["1", "1"]
    assert ["0", "0"] in [row[-2:] for row in rows(output).values()]  # not asked about these words
    assert "Tickets: 1, sentences: 2." in output


@pytest.mark.parametrize(("name", "content"), [("absent.md", None), ("broken.jsonl", "{"), ("empty.jsonl", "")])
def test_tickets_that_cannot_be_read(run, tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    result = run("profile", name)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
