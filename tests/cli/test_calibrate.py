"""clarity calibrate, with the real rules and model; and what it does to a settings file."""

import json
import os
import tomllib

import pytest
from click.testing import CliRunner

from service.accuracy.calibration import Calibration, Suggestion
from service.cli import Stop, main
from service.cli import calibrate as command
from service.cli.overrides import write_weights
from service.settings import load


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, ["calibrate", *words], catch_exceptions=False)


@pytest.fixture
def tickets(tmp_path):
    """Bugs with and without an expected result, of which the latter could not be acted on."""
    texts = ["The basket is empty after a reload of page {}.", "Page {} should hold two books after a reload."]
    lines = [
        {
            "type": "bug",
            "title": f"Basket {n}",
            "description": text.format(n),
            "group": f"g{n % 2}",
            "label": label,
        }
        for n in range(10)
        for text, label in zip(texts, (3, False), strict=True)
    ]
    (tmp_path / "tickets.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return "tickets.jsonl"


def test_a_suggestion_changes_nothing(run, tickets, tmp_path):
    result = run(tickets)
    assert result.exit_code == 0
    [line] = [line for line in result.stdout.splitlines() if line.startswith("no-expected-result")]
    assert line.split()[-2:] == ["10", "100%"]
    assert "20 answers from 2 projects; in 10 people could not act (50%)." in result.stdout
    assert "with projects left out in turn" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == [tickets]


FOUND = Calibration((Suggestion("vague-quantity", 4, 9, 30, 20), Suggestion("no-benefit", 12, 12, 30, 5)), 60, 30, 3, 0.6, 0.7, (-0.01, 0.2))  # fmt: skip


def test_weights_are_written_when_told(run, tickets, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "fitted", lambda *given: FOUND)
    result = run(tickets, "--write", "clarity.toml")
    assert "1 weights are written to clarity.toml." in result.stdout
    assert "So much may be chance." in result.stdout
    monkeypatch.setenv("CLARITY_DATA_DIR", str(tmp_path))
    settings = load(os.environ, tmp_path / "clarity.toml")
    assert {rule: change.weight for rule, change in settings.policy.rules.items()} == {"vague-quantity": 9}


def test_weights_that_are_no_better_are_not_written(run, tickets, tmp_path, monkeypatch):
    worse = Calibration(FOUND.suggestions, 60, 30, 3, 0.7, 0.7, (0.0, 0.0))
    monkeypatch.setattr(command, "fitted", lambda *given: worse)
    result = run(tickets, "--write", "clarity.toml")
    assert "Nothing is written: the fitted weights are no better." in result.stdout
    assert not (tmp_path / "clarity.toml").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Name files with labelled tickets"),
        (("absent.jsonl",), "absent.jsonl cannot be read: No such file"),
        (("tickets.jsonl", "--label", "stuck"), "tickets.jsonl has no label stuck. It has: label."),
        (("few.jsonl",), "Of 1 tickets with the label label, people could not act on 1."),
        (("unclear.jsonl",), "unclear.jsonl, line 1: labels.label must be true, false or a number from 0 to 3."),
    ],
)
def test_what_cannot_be_learnt_from(run, tickets, tmp_path, words, told):
    for name, label in (("few", True), ("unclear", "maybe")):
        line = {"title": "The basket is empty", "description": "It is empty after a reload.", "label": label}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(line), encoding="utf-8")
    result = run(*words)
    assert result.exit_code == 2
    assert told in result.stderr


OWN = """\
# ours
workers = 3

[policy]
ready = 70  # strict

[policy.rules.vague-quantity]
weight = 2
severity = "hint"

[projects.SHOP]
quiet = true
"""


def test_everything_else_in_the_file_stays(tmp_path):
    path = tmp_path / "clarity.toml"
    path.write_text(OWN, encoding="utf-8")
    path.chmod(0o600)
    write_weights(path, {"vague-quantity": 9, "no-benefit": 7})
    text = path.read_text(encoding="utf-8")
    assert text.startswith(OWN.partition("weight")[0])
    assert "[projects.SHOP]\nquiet = true\n" in text
    rules = tomllib.loads(text)["policy"]["rules"]
    assert rules == {"vague-quantity": {"weight": 9, "severity": "hint"}, "no-benefit": {"weight": 7}}
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"policy = 3", "Put this into it by hand:\n[policy.rules.no-benefit]\nweight = 7"),
        (b"= 3", "cannot be changed: "),
        (b"\xff", "is not UTF-8 at byte 0"),
    ],
)
def test_a_file_that_cannot_be_changed_is_left_alone(tmp_path, text, told):
    path = tmp_path / "clarity.toml"
    path.write_bytes(text)
    with pytest.raises(Stop) as error:
        write_weights(path, {"no-benefit": 7})
    assert told in str(error.value)
    assert path.read_bytes() == text


def test_a_folder_that_does_not_exist(tmp_path):
    with pytest.raises(Stop, match="cannot be written: No such file"):
        write_weights(tmp_path / "absent" / "clarity.toml", {"no-benefit": 7})
