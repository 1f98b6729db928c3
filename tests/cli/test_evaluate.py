"""clarity evaluate, with the real rules and model on a few labelled tickets."""

import json

import pytest
from click.testing import CliRunner

from service.cli import main

TICKETS = [
    ("a", "The basket is empty after a reload.", True),
    ("a", "The basket should still hold two books after a reload.", False),
    ("b", "The receipt shows euros instead of pounds.", False),
]


@pytest.fixture
def folder(tmp_path):
    lines = [
        {"type": "bug", "title": "Basket", "description": text, "group": group, "labels": {"silent": label}}
        for group, text, label in TICKETS
    ]
    (tmp_path / "bugs.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    asked = {"bugs": {"silent": ["no-expected-result"]}}
    (tmp_path / "labels.json").write_text(json.dumps(asked), encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, ["evaluate", *map(str, words)], catch_exceptions=False)


def test_a_folder(run, folder):
    result = run(folder)
    assert result.exit_code == 0
    assert "n=   3 pos=   1  P 1.000  R 1.000  F1 1.000" in result.stdout
    assert result.stderr == ""


def test_json_from_two_places(run, folder):
    (folder / "labels.json").rename(folder / "asked.json")
    [row] = json.loads(run("--data", folder, "--labels", folder / "asked.json", "--json").stdout)
    assert (row["set"], row["label"], row["f1"]) == ("bugs", "silent", 1)
    assert set(row["groups"]) == {"a", "b"}


def test_the_page_is_updated_between_its_marks(run, folder):
    page = folder / "page.md"
    page.write_text("Before.\n\n<!-- labels: made -->\nold\n<!-- /labels -->\n\nAfter.\n", encoding="utf-8")
    assert run(folder, "--update", page).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.\n\n<!-- labels: made -->\n\nMeasured with rulebook `")
    assert "| bugs | silent | 3 | 1 |" in text
    assert text.endswith("\n\n<!-- /labels -->\n\nAfter.\n")
    assert "old" not in text


def test_a_page_without_marks(run, folder):
    (folder / "page.md").write_text("Nothing.", encoding="utf-8")
    result = run(folder, "--update", folder / "page.md")
    assert result.exit_code == 2
    assert "the marks <!-- labels: … --> and <!-- /labels --> are absent" in result.stderr


def test_a_rule_that_does_not_exist(run, folder):
    asked = {"bugs": {"silent": ["no-such-rule"]}}
    (folder / "labels.json").write_text(json.dumps(asked), encoding="utf-8")
    result = run(folder)
    assert "These rules do not exist and so find nothing: no-such-rule." in result.stderr
    assert "R 0.000" in result.stdout


def broken(name, content):
    return lambda folder: (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("break_it", "words", "told"),
    [
        (lambda _: None, (), "Name a FOLDER with labels.json"),
        (lambda _: None, (".", "--only", "stories"), 'names no set "stories". Choose from: bugs.'),
        (lambda folder: (folder / "labels.json").unlink(), (".",), "labels.json cannot be read: No such file"),
        (lambda folder: (folder / "bugs.jsonl").unlink(), (".",), "bugs.jsonl cannot be read: No such file"),
        (broken("labels.json", b"{"), (".",), "labels.json: not valid JSON"),
        (broken("labels.json", b"[" * 100_000), (".",), "labels.json: nested too deeply"),
        (broken("bugs.jsonl", b"\n"), (".",), "bugs.jsonl holds no ticket"),
        (broken("bugs.jsonl", b"\xff"), (".",), "bugs.jsonl is not UTF-8 at byte 0"),
        (broken("bugs.jsonl", b'\n{"title": "x"}'), (".",), "bugs.jsonl, line 2: labels must be an object"),
        (broken("bugs.jsonl", b'{"title": "x", "labels": {}}'), (".",), "bugs: ticket 1 lacks the label silent"),
    ],
)
def test_what_cannot_be_measured(run, folder, break_it, words, told):
    break_it(folder)
    result = run(*words)
    assert result.exit_code == 2
    assert told in result.stderr
