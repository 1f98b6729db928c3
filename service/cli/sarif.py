"""Reviews → SARIF 2.1.0, the format in which code scanning takes findings."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from service import rulepage
from service.cli.placing import Place, place
from service.cli.reading import Item
from service.rulebook import Rule
from service.verdict import Finding, Review, Severity

LEVELS = {Severity.HINT: "note", Severity.WARNING: "warning", Severity.BLOCKER: "error"}


class Sarif:
    """One log with one run; written at the end, as it is one object. `rules` describes what found something."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules
        self._used: dict[str, int] = {}
        self._results: list[dict[str, Any]] = []
        self._notes: list[dict[str, Any]] = []
        self._failed = False

    def show(self, item: Item, review: Review | None) -> None:
        """Add one ticket's findings, or why there are none."""
        if review is None:
            self._failed = True
            self._note(item, "error", item.error)
        elif review.reason:
            self._note(item, "note", f"No score: {review.reason}")
        else:
            self._results += [self._result(item, review, finding) for finding in review.findings]

    def end(self) -> None:
        """Write the log."""
        driver = {
            "name": "Ticket Clarity",
            "semanticVersion": metadata.version("ticket-clarity"),
            "rules": [_descriptor(rule_id, self._rules.get(rule_id)) for rule_id in self._used],
        }
        run = {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": not self._failed, "toolExecutionNotifications": self._notes}],
            "results": self._results,
        }
        json.dump({"version": "2.1.0", "runs": [run]}, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")

    def _note(self, item: Item, level: str, words: str) -> None:
        location = {"physicalLocation": _artifact(item)}
        self._notes.append({"level": level, "message": {"text": words}, "locations": [location]})

    def _result(self, item: Item, review: Review, finding: Finding) -> dict[str, Any]:
        number = self._used.setdefault(finding.rule, len(self._used))
        ticket = item.ticket.id if item.ticket else ""
        name = {"name": finding.field, "fullyQualifiedName": f"{ticket or item.id or ''}/{finding.field}"}
        return {
            "ruleId": finding.rule,
            "ruleIndex": number,
            "level": LEVELS[finding.severity],
            "message": {"text": " ".join(filter(None, (finding.message, finding.coach)))},
            "locations": [
                {
                    "physicalLocation": _artifact(item) | {"region": _region(place(item, finding))},
                    "logicalLocations": [name],
                }
            ],
            "properties": {"points": finding.points, "gain": finding.gain, "score": review.score},
        }


def _artifact(item: Item) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(item.origin.path if item.origin else "-")}}


def _uri(path: str) -> str:
    """A file's address, relative as it was given; standard input, which has none, by its name."""
    if path == "-":
        return "stdin"
    return Path(path).as_uri() if Path(path).is_absolute() else quote(Path(path).as_posix())


def _region(at: Place) -> dict[str, int]:
    if not at.exact:
        return {"startLine": at.line}
    return {
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
        "charOffset": at.offset,
        "charLength": at.length,
    }


def _descriptor(rule_id: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": rule_id}
    return {
        "id": rule_id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why.strip()},
        "help": {"text": f"{rule.why.strip()}\n\nWhat would pass: {rule.coach.strip()}", "markdown": _help(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [str(rule.dimension)], "weight": rule.weight},
    }


def _help(rule: Rule) -> str:
    """The top of its page, above the examples."""
    return rulepage.page(rule).removeprefix(rulepage.HEADER).partition("\n\n## ")[0]
