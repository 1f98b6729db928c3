"""Reviews → workflow commands, which GitHub shows as annotations on the lines of a change."""

from __future__ import annotations

import sys

from service.cli.placing import place
from service.cli.reading import Item
from service.verdict import Finding, Review, Severity

COMMANDS = {Severity.HINT: "notice", Severity.WARNING: "warning", Severity.BLOCKER: "error"}
_IN_MESSAGES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = _IN_MESSAGES | {":": "%3A", ",": "%2C"}


class Annotations:
    """One command a finding; an error for what could not be read."""

    def show(self, item: Item, review: Review | None) -> None:
        """Write the commands for one ticket, the costliest finding first."""
        if review is None:
            where = {"file": _file(item), "line": str(item.origin.line if item.origin else 1)}
            _write("error", where | {"title": "Ticket Clarity"}, item.error)
            return
        for finding in sorted(review.findings, key=lambda f: -f.points):
            title = f"{finding.rule} (−{finding.points})"
            told = " ".join(filter(None, (finding.message, finding.coach)))
            _write(COMMANDS[finding.severity], _where(item, finding) | {"title": title}, told)

    def end(self) -> None:
        """Nothing is left open."""


def _where(item: Item, finding: Finding) -> dict[str, str]:
    """Columns are for one line only: GitHub refuses them where an annotation spans several."""
    at = place(item, finding)
    found = {"file": _file(item), "line": str(at.line), "endLine": str(at.end_line)}
    if at.exact and at.line == at.end_line:
        found |= {"col": str(at.column), "endColumn": str(at.end_column)}
    return found


def _file(item: Item) -> str:
    """The file; "" on standard input, which is none."""
    return "" if item.origin is None or item.origin.path == "-" else item.origin.path


def _write(command: str, properties: dict[str, str], message: str) -> None:
    given = ",".join(f"{name}={_escaped(value, _IN_PROPERTIES)}" for name, value in properties.items() if value)
    sys.stdout.write(f"::{command} {given}::{_escaped(message, _IN_MESSAGES)}\n")
    sys.stdout.flush()


def _escaped(text: str, codes: dict[str, str]) -> str:
    return "".join(codes.get(character, character) for character in text)
