"""The assistant's way in, asked by the protocol's own client over a real process."""

import asyncio
import json
import os
import subprocess
import sys

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import TextContent

from service.templates import SHIPPED
from service.ticket import Kind
from tests.needs import ROOT

COMMAND = [sys.executable, "-c", "from service.cli import main; main()", "mcp"]
ENV = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a client is told: its tools, and the answers to some calls, over one process."""
    folder = tmp_path_factory.mktemp("assistant")
    (folder / "clarity.toml").write_text('[projects.SHOP.templates]\nbug = "## Ours\\n"\n', encoding="utf-8")
    calls = {
        "vague": ("check_ticket", {"title": "Pay", "description": "It should be fast.", "kind": "story"}),
        "german": ("check_ticket", {"title": "Zahlung", "description": "Die Seite soll schnell und schön sein."}),
        "label": ("check_ticket", {"title": "Pay", "description": "It breaks.", "labels": ["bug"]}),
        "wrong kind": ("check_ticket", {"title": "Pay", "kind": "saga"}),
        "no title": ("check_ticket", {"description": "x"}),
        "rule": ("explain_rule", {"rule": "unmeasured-quality"}),
        "no rule": ("explain_rule", {"rule": "unmeasured-qualities"}),
        "template": ("suggest_template", {"kind": "story"}),
        "own": ("suggest_template", {"kind": "bug", "markup": "wiki", "project": "SHOP"}),
    }

    async def talk():
        server = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=ENV, cwd=folder)
        async with Client(server) as client:
            tools = (await client.list_tools()).tools
            return {tool.name: tool for tool in tools}, {
                name: await client.call_tool(tool, given) for name, (tool, given) in calls.items()
            }

    return asyncio.run(asyncio.wait_for(talk(), 120))


def text(result):
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


def test_its_tools_say_what_they_take_and_that_they_change_nothing(told):
    tools, _ = told
    assert set(tools) == {"check_ticket", "explain_rule", "suggest_template"}
    for tool in tools.values():
        assert tool.description
        assert tool.annotations.read_only_hint
        assert all(field.get("description") for field in tool.input_schema["properties"].values())
    assert tools["check_ticket"].input_schema["required"] == ["title"]


def test_a_draft_is_scored_as_clarity_check_would(told):
    answer = told[1]["vague"]
    scored = answer.structured_content or json.loads(text(answer))
    assert scored["score"] < 80
    (fast,) = [one for one in scored["findings"] if one["quote"] == "fast"]
    assert (fast["rule"], fast["field"]) == ("unmeasured-quality", "description")
    assert 100 - sum(one["points"] for one in scored["findings"]) == scored["score"]


def test_what_is_no_english_is_not_scored(told):
    scored = told[1]["german"].structured_content
    assert scored["score"] is None
    assert scored["reason"]


def test_labels_tell_the_kind(told):
    found = {one["rule"] for one in told[1]["label"].structured_content["findings"]}
    assert "no-steps-to-reproduce" in found


@pytest.mark.parametrize("name", ["wrong kind", "no title"])
def test_what_cannot_be_checked_is_an_error_the_assistant_can_read(told, name):
    assert told[1][name].is_error
    assert text(told[1][name])


def test_a_rule_is_explained_with_examples(told):
    explained = told[1]["rule"].structured_content
    assert explained["why"]
    assert explained["coach"]
    assert explained["fails"]
    assert explained["passes"]
    assert told[1]["no rule"].is_error
    assert "Did you mean unmeasured-quality" in text(told[1]["no rule"])


def test_templates_are_the_teams(told):
    assert text(told[1]["template"]) == SHIPPED[Kind.STORY]
    assert text(told[1]["own"]) == "h2. Ours\n"


def test_nothing_but_the_protocol_is_on_standard_output(tmp_path):
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    call = {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "tools/call",
        "params": {"name": "check_ticket", "arguments": {"title": "Pay", "description": "It should be fast."}},
    }
    lines = [hello, {"jsonrpc": "2.0", "method": "notifications/initialized"}, call]
    process = subprocess.Popen(
        COMMAND, cwd=tmp_path, env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process:
        process.stdin.write("".join(json.dumps(line) + "\n" for line in lines).encode())
        process.stdin.flush()
        seen = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        rest = process.stdout.read()
    assert [one["id"] for one in seen] == [1, 2]
    assert rest == b""
    assert process.returncode == 0
