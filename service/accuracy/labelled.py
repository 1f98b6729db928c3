"""Labelled tickets: JSON objects as `clarity check` reads them, with what people said of them.

Beside the ticket's own keys stand `labels`, an object of true, false or a number from 0 (clear) to 3 (nobody could
act on it), and `group`, the project it came from. A single `label` will do instead of `labels`. Which rules
answer which label stands in a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.contract import KEYS, ContractError, ticket_from_json
from service.ticket import Ticket, frozen

SCORE = "score"
CANNOT_ACT, HIGHEST = 2, 3
Question = tuple[str, ...] | str
"""The rules that answer a label, or SCORE."""


class LabelError(Exception):
    """What was given cannot be measured on. The sentence says where and what is valid."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A ticket, what people said of it by label, and the project it came from. `ticket` is None if unreadable."""

    ticket: Ticket | None
    labels: Mapping[str, float]
    group: str

    def says(self, label: str, *, at_least: float = 1) -> bool:
        """Whether people said so; true counts as the highest number."""
        return self.labels[label] >= at_least


def labelled(given: object, where: str) -> Labelled:
    """Read one ticket with its labels. Raises LabelError; a ticket that we cannot read is None, as it counts."""
    if not isinstance(given, dict):
        raise LabelError(f"{where}: a labelled ticket is a JSON object.")
    labels = {"label": given["label"]} if "label" in given else given.get("labels")
    if not isinstance(labels, dict):
        raise LabelError(f'{where}: labels must be an object such as {{"no_steps": true}}.')
    group = given.get("group", given.get("project")) or ""
    return Labelled(
        _ticket(given), frozen({str(k): _value(v, f"{where}: labels.{k}") for k, v in labels.items()}), str(group)
    )


def _ticket(given: Mapping[str, Any]) -> Ticket | None:
    try:
        return ticket_from_json({key: given[key] for key in KEYS if key in given and key != "labels"})
    except ContractError:
        return None


def _value(value: object, where: str) -> float:
    if isinstance(value, bool):
        return HIGHEST if value else 0
    if isinstance(value, int | float) and 0 <= value <= HIGHEST:
        return value
    raise LabelError(f"{where} must be true, false or a number from 0 to 3.")


def questions(given: object, where: str) -> dict[str, dict[str, Question]]:
    """Read which rules answer which label of which set of tickets: `{set: {label: [rule, …] or "score"}}`."""
    if not isinstance(given, dict) or not all(isinstance(labels, dict) for labels in given.values()):
        raise LabelError(
            f'{where} must be an object such as {{"bugs": {{"no_steps": ["no-steps-to-reproduce"]}}}}.'
        )
    return {
        name: {label: _question(rules, f"{where}: {name}.{label}") for label, rules in labels.items()}
        for name, labels in given.items()
    }


def _question(rules: object, where: str) -> Question:
    if rules == SCORE:
        return SCORE
    if isinstance(rules, list) and rules and all(isinstance(rule, str) for rule in rules):
        return tuple(rules)
    raise LabelError(f'{where} must be a list of rules, or "score".')
