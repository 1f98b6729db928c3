"""Workflow commands, read back as GitHub's runner reads them."""

import re

import pytest

from service.cli.annotations import _IN_MESSAGES, _IN_PROPERTIES, COMMANDS, _escaped
from service.review import Severity

COMMAND = re.compile(r"::(\w+) ([^:\r\n]*)::([^\r\n]*)\n")


def unescaped(text, codes):
    """The runner's way back: the percent sign last."""
    for character, code in reversed(codes.items()):
        text = text.replace(code, character)
    return text


def read(out):
    found = COMMAND.findall(out)
    assert "".join(f"::{name} {given}::{told}\n" for name, given, told in found) == out
    for name, given, told in found:
        pairs = dict(pair.split("=", 1) for pair in given.split(","))
        yield (
            name,
            {key: unescaped(value, _IN_PROPERTIES) for key, value in pairs.items()},
            unescaped(told, _IN_MESSAGES),
        )


def test_each_finding_is_a_command_at_its_place(clarity, write):
    path = write("a, b: 100%.md", "# Calm\n\nIt is fast.\n")
    result = clarity("check", path, "--format", "github")
    ((name, where, told),) = read(result.stdout)
    assert (name, told) == ("warning", "“fast” cannot be tested. Write a limit.")
    assert where == {
        "file": path,
        "line": "3",
        "endLine": "3",
        "col": "7",
        "endColumn": "11",
        "title": "unmeasured-quality (−8)",
    }


def test_a_ticket_cannot_give_commands(clarity, write):
    path = write("::error::.md", "fast\n::stop-commands::x\n::set-output name=a::b")
    out = clarity("check", path, "--format", "github").stdout
    assert [name for name, *_ in read(out)] == ["warning"]


def test_what_cannot_be_read_is_an_error(clarity):
    result = clarity("check", "nowhere.md", "--format", "github")
    assert result.exit_code == 2
    ((name, where, told),) = read(result.stdout)
    assert (name, where["file"], where["line"]) == ("error", "nowhere.md", "1")
    assert told == "nowhere.md cannot be read: No such file or directory"


def test_standard_input_names_no_file(clarity):
    ((_, where, _),) = read(clarity("check", "--format", "github", given="fast").stdout)
    assert "file" not in where


def test_every_severity_has_a_command():
    assert COMMANDS == {Severity.HINT: "notice", Severity.WARNING: "warning", Severity.BLOCKER: "error"}


@pytest.mark.parametrize("text", ["100%", "a\r\nb", "%0A", "a:b,c", "%25", "::warning::x"])
def test_what_is_escaped_comes_back(text):
    for codes in (_IN_MESSAGES, _IN_PROPERTIES):
        escaped = _escaped(text, codes)
        assert "\n" not in escaped
        assert unescaped(escaped, codes) == text
