"""The Forge manifest is valid by the schema of Atlassian's own package, checked by ajv as their tools do."""

import copy

import yaml

from tests.conformance.asking import ask_all
from tests.needs import ROOT, vendors

MANIFEST = ROOT / "forge" / "manifest.yml"
SOUND = {
    "app": {
        "id": "ari:cloud:ecosystem::app/00000000-0000-4000-8000-000000000001",
        "runtime": {"name": "nodejs22.x"},
    },
    "modules": {
        "jira:issueContext": [
            {"key": "panel", "title": "Clarity", "label": "Clarity", "resource": "main", "render": "native"}
        ]
    },
    "resources": [{"key": "main", "path": "static/panel"}],
    "permissions": {"scopes": ["read:jira-work"]},
}


def faults(*documents):
    schema = str(vendors("@forge", "manifest", "out", "schema", "manifest-schema.json"))
    return ask_all([{"ask": "validate", "schema": schema, "document": document} for document in documents])


def test_the_schema_would_notice():
    broken = [copy.deepcopy(SOUND) for _ in range(3)]
    del broken[0]["app"]
    broken[1]["modules"]["jira:issueContext"][0]["titel"] = broken[1]["modules"]["jira:issueContext"][0].pop(
        "title"
    )
    broken[2]["permissions"] = "all"
    sound, *found = faults(SOUND, *broken)
    assert sound == []
    assert all(found)


def test_our_manifest_is_valid():
    assert faults(yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))) == [[]]
