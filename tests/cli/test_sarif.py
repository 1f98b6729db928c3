"""What code scanning gets: places that are right to the character, and rules that explain themselves."""

import json

import pytest

STORY = "# Calm \U0001f600 and fast\r\n\r\nIt is calm,\r\nand \U0001f600 fast.\r\n"


def run(clarity, *words, given=""):
    result = clarity("check", *words, "--format", "sarif", given=given)
    return json.loads(result.stdout)["runs"][0], result.exit_code


def regions(run):
    return [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]


def test_a_place_is_right_to_the_character_in_the_file_as_it_is(clarity, write, tmp_path):
    path = write("my story.md", b"\xef\xbb\xbf" + STORY.encode())
    found, code = run(clarity, path)
    assert code == 0
    assert found["columnKind"] == "unicodeCodePoints"
    for region in regions(found):
        assert STORY[region["charOffset"] :][: region["charLength"]] == "fast"
        line = STORY.split("\n")[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "fast"
        assert region["endLine"] == region["startLine"]
    assert [region["startLine"] for region in regions(found)] == [1, 4]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in found["results"]}
    assert places == {"my%20story.md"}
    absolute, _ = run(clarity, str(tmp_path / "my story.md"))
    uri = absolute["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (tmp_path / "my story.md").as_uri()


def test_a_title_of_its_own_has_no_place_in_the_file(clarity, write):
    found, _ = run(clarity, write("story.txt", "It is fast."), "--title", "A fast export")
    names = [result["locations"][0]["logicalLocations"][0]["name"] for result in found["results"]]
    assert dict(zip(names, regions(found), strict=True))["title"] == {"startLine": 1}
    assert dict(zip(names, regions(found), strict=True))["description"]["charOffset"] == 6


def test_a_ticket_of_many_stands_at_its_line(clarity, write):
    path = write("tickets.jsonl", '{"id": "A", "title": "calm"}\n\n{"id": "B", "title": "fast"}\n')
    found, _ = run(clarity, path)
    assert regions(found) == [{"startLine": 3}]
    (logical,) = found["results"][0]["locations"][0]["logicalLocations"]
    assert logical == {"name": "title", "fullyQualifiedName": "B/title"}


def test_a_rule_is_described_once_with_what_would_pass(clarity, write):
    found, _ = run(clarity, write("a.md", "fast"), write("b.md", "fast"))
    (rule,) = found["tool"]["driver"]["rules"]
    assert rule["id"] == "unmeasured-quality"
    assert "What would pass" in rule["help"]["text"]
    assert rule["help"]["markdown"].startswith("# ")
    assert rule["defaultConfiguration"]["level"] == "note"
    assert [(result["ruleIndex"], result["level"]) for result in found["results"]] == [(0, "warning")] * 2
    assert found["results"][0]["properties"] == {"points": 8, "gain": 8, "score": 92}


def test_what_was_not_scored_is_told(clarity, write):
    found, code = run(clarity, "nowhere.md", write("empty.md", ""))
    assert code == 2
    (invocation,) = found["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [(note["level"], note["message"]["text"]) for note in invocation["toolExecutionNotifications"]]
    assert told == [
        ("error", "nowhere.md cannot be read: No such file or directory"),
        ("note", "No score: empty"),
    ]
    assert found["results"] == []


@pytest.mark.parametrize("given", ["", "fast"])
def test_standard_input_has_no_address(clarity, given):
    found, code = run(clarity, "--input", "md", given=given)
    assert code == 0
    assert found["invocations"][0]["executionSuccessful"] is True
    for result in found["results"]:
        assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "stdin"}
