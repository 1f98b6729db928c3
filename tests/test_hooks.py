"""The definitions for GitHub Actions and pre-commit: that they are well-formed, and that what they run, runs."""

import os
import subprocess
import tomllib

import pytest
import yaml

from service.templates import SHIPPED
from service.ticket import Kind
from tests.needs import ROOT

CLEAR = """# Invoice a school at the end of the month

As a school secretary, I want to receive one invoice at the end of the month, so that I book one payment and not 30.

## Acceptance criteria

- Given 30 orders in October, when 1 November begins, then the secretary gets one invoice with 30 lines by e-mail.
- Given an order was returned, when the invoice is made, then its line is left out.
- Given the e-mail bounces, when an hour has passed, then our accountant sees the school in the list of failed invoices.

## Problem

42 of 60 schools called us in October because they cannot match single payments to orders.
"""
VAGUE = f"# Pay\n\n{SHIPPED[Kind.STORY]}"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STEP = ACTION["runs"]["steps"][-1]


@pytest.fixture
def tickets(tmp_path):
    (tmp_path / "tickets").mkdir()
    (tmp_path / "tickets" / "clear.md").write_text(CLEAR, encoding="utf-8")
    (tmp_path / "tickets" / "vague.md").write_text(VAGUE, encoding="utf-8")
    binary = tmp_path / "clarity" / "bin"
    binary.mkdir(parents=True)
    (binary / "clarity").symlink_to(ROOT / ".venv" / "bin" / "clarity")
    return tmp_path


def act(folder, files, fail_under="0"):
    """The action's last step as a runner would run it."""
    inputs = {"FILES": files, "FAIL_UNDER": fail_under, "CLARITY_CONFIG": "", "RUNNER_TEMP": str(folder)}
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]]
    return subprocess.run(  # noqa: PLW1510 (how it ends is looked at)
        script, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), **inputs}, capture_output=True, text=True
    )


def test_the_action_is_a_composite_that_takes_no_input_into_its_script():
    assert ACTION["runs"]["using"] == "composite"
    assert all("shell" in step for step in ACTION["runs"]["steps"] if "run" in step)
    assert not [step for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")]
    assert set(ACTION["inputs"]) == {"files", "fail-under", "config"}
    assert {f"inputs.{name}" for name in ACTION["inputs"]} == {
        value.strip("${} ") for value in STEP["env"].values()
    }


def test_the_action_writes_notes_on_lines_and_fails_when_told(tickets):
    done = act(tickets, "tickets/*.md")
    assert (done.returncode, done.stderr) == (0, "")
    assert "::" in done.stdout
    assert "file=tickets/vague.md" in done.stdout
    assert "file=tickets/clear.md" not in done.stdout
    assert act(tickets, "tickets/*.md", "90").returncode == 1
    assert act(tickets, "tickets/clear.md", "80").returncode == 0


# A python that notes what it is asked, and makes a virtual environment of itself.
NOTING = """#!/bin/bash
printf '%s\\n' "$@" >> "$NOTED"
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi
"""


def test_the_action_installs_what_is_locked_and_nothing_else(tmp_path):
    """All but the network: the step as it stands, in a folder with a space, before another python."""
    (tmp_path / "python").write_text(NOTING, encoding="utf-8")
    (tmp_path / "python").chmod(0o755)
    (step,) = [one["run"] for one in ACTION["runs"]["steps"] if "install" in one.get("run", "")]
    room, noted = tmp_path / "a runner", tmp_path / "noted"
    given = {"RUNNER_TEMP": str(room), "GITHUB_ACTION_PATH": str(ROOT), "NOTED": str(noted)}
    path = f"{tmp_path}:{os.environ['PATH']}"
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step]
    subprocess.run(script, env={**os.environ, **given, "PATH": path}, check=True)
    asked = noted.read_text(encoding="utf-8").split("-m\n")[1:]
    venv, locked, ours = (words.split("\n")[:-1] for words in asked)
    assert venv == ["venv", f"{room}/clarity"]
    assert locked == [
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--requirement",
        f"{ROOT}/requirements.lock",
    ]
    assert ours == ["pip", "install", "--quiet", "--no-deps", "--no-build-isolation", str(ROOT)]
    builds = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    locks = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert all(f"\n{one}==" in locks for one in builds), "what builds us is not fetched apart"


def test_a_name_is_no_command(tickets):
    act(tickets, "$(touch hacked) `touch hacked` ; touch hacked")
    assert not (tickets / "hacked").exists()


def test_the_hook_runs_a_command_that_exists(tickets):
    assert (HOOK["id"], HOOK["language"]) == ("ticket-clarity", "python")
    program, *words = HOOK["entry"].split()
    command = [tickets / "clarity" / "bin" / program, *words]
    codes = {
        name: subprocess.run(  # noqa: PLW1510 (how it ends is looked at)
            [*command, f"tickets/{name}"],
            cwd=tickets,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
        ).returncode
        for name in ("clear.md", "vague.md")
    }
    assert codes == {"clear.md": 0, "vague.md": 1}
