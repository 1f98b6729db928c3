"""What `clarity check --format sarif` writes is valid by the official SARIF 2.1.0 schema."""

import json

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator, FormatChecker

from service.cli import main
from tests.needs import vendors

TICKETS = {
    "story.md": "# A fast export\n\nAs a user, I want it to be fast\nand user-friendly, etc.\n",
    "bug.wiki": "h1. Export fails\nIt does not work.\n",
    "many.jsonl": '{"title": "Improve it"}\nno json\n{"title": ""}\n',
    "adf.json": '{"type": "doc", "version": 1, "content": []}',
    "a b%.txt": "Tidy up",
}


@pytest.fixture(scope="module")
def validator():
    path = vendors("@microsoft", "jest-sarif", "lib", "schemas", "sarif-2.1.0-rtm.5.json")
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=FormatChecker())


@pytest.fixture
def written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLARITY_DATA_DIR", str(tmp_path / "data"))
    for name, text in TICKETS.items():
        (tmp_path / name).write_text(text)
    result = CliRunner().invoke(main, ["check", *TICKETS, "nowhere.md", "--format", "sarif"])
    return json.loads(result.stdout)


def test_it_is_valid_by_the_official_schema(validator, written):
    assert [f"{error.json_path} {error.message}" for error in validator.iter_errors(written)] == []
    assert len(written["runs"][0]["results"]) > 5
    assert len(written["runs"][0]["invocations"][0]["toolExecutionNotifications"]) >= 3


@pytest.mark.parametrize("fault", ["version", "level", "region", "message"])
def test_the_schema_would_notice(validator, written, fault):
    result = written["runs"][0]["results"][0]
    if fault == "version":
        written["version"] = "2.0.0"
    elif fault == "level":
        result["level"] = "hint"
    elif fault == "region":
        result["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    else:
        del result["message"]
    assert list(validator.iter_errors(written))
