"""Findings on real tickets that were judged useful or not, by rule: what a rule's measured precision is.

The file holds counts and no ticket text:

    vague-time: {judged: 20, useful: 19, month: 2026-03}
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import structlog

from service import rulebook, rulefile
from service.response import wilson
from service.rulebook import Rule
from service.rulefile import Node
from service.verdict import Severity

NAME = "precision.yaml"
MAX_JUDGED = 100_000
ENOUGH = 10
REQUIRED = 0.9
log = structlog.get_logger(__name__)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of so many findings of a rule, how many were useful; and in which month that was asked."""

    judged: int
    useful: int
    month: str

    @property
    def precision(self) -> float:
        """The useful part."""
        return self.useful / self.judged

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which shares the useful part of all findings lies, with 95 % confidence."""
        return wilson(self.useful, self.judged)

    def __str__(self) -> str:
        return f"{self.useful} of {self.judged} useful ({self.precision:.0%}), {self.month}"


def read(text: str, path: str, rules: Collection[str]) -> dict[str, Judgement]:
    """The judgements by rule. Raises RuleFileError where something is wrong or a rule does not exist."""
    node = rulefile.read(text, path)
    return {rule: _judgement(name, rule, value, rules) for rule, (name, value) in node.pairs().items()}


def _judgement(name: Node, rule: str, node: Node, rules: Collection[str]) -> Judgement:
    if rule not in rules:
        raise name.error(f"there is no rule {rule}. Remove the line, or correct the name.")
    parts = node.mapping(required=("judged", "useful", "month"))
    judged = parts["judged"].integer(1, MAX_JUDGED)
    month = str(parts["month"].value)
    if not _MONTH.fullmatch(month):
        raise parts["month"].error(f'"{month}" is no month such as 2026-03.')
    return Judgement(judged, parts["useful"].integer(0, judged), month)


@cache
def shipped() -> Mapping[str, Judgement]:
    """The judgements of the rules that come with the product; none where the file is absent or does not fit them.

    In a checkout it lies with the documentation, in the installed package beside this module.
    """
    here = Path(__file__).resolve().parent
    for path in (here.parents[1] / "docs" / NAME, here / NAME):
        if path.is_file():
            try:
                return read(path.read_text(encoding="utf-8"), str(path), rulebook.names())
            except rulefile.RuleFileError as error:
                log.warning("judgements not shown", error=str(error))
    return {}


def too_loud(rule: Rule, judgement: Judgement) -> bool:
    """Whether the rule speaks louder than it may: a warning or blocker must be useful nine times out of ten."""
    enough = judgement.judged >= ENOUGH
    return enough and rule.severity is not Severity.HINT and judgement.precision < REQUIRED


def as_markdown(judgements: Mapping[str, Judgement], rules: Mapping[str, Rule]) -> str:
    """A table of the rules that were judged."""
    from service.accuracy.tables import table  # noqa: PLC0415 (numpy; the pages do without)

    if not judgements:
        return "No rule has been judged yet."
    rows = [
        (f"[{name}](rules/{name}.md)", rules[name].severity, j.judged, j.useful, f"{j.precision:.0%}", j.month)
        for name, j in sorted(judgements.items())
    ]
    return table(("Rule", "Severity", "Judged", "Useful", "Precision", "When"), rows)
