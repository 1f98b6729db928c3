"""What the rules that hold for a ticket ask of its sentences: what they look for, and the signals they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from service.ticket import Kind

if TYPE_CHECKING:
    from service.rulebook import Rule, Rulebook

Asked: TypeAlias = frozenset[str]
"""Ids of rules and signals."""
SETS = 12
"""Sets that are kept: one a kind of ticket, and some for projects that ask rules of other kinds than is usual."""


class Asking:
    """Which rules and signals of a rulebook are to be looked for."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.everything: Asked = frozenset(rulebook.rules) | frozenset(rulebook.signals)
        rules = rulebook.rules.values()
        self._each = {
            rule.id: {rule.id, *self.everything.intersection(_texts((rule.find.spec, rule.eased)))}
            for rule in rules
        }
        self._usual = {
            kind: frozenset(rule.id for rule in rules if (kind in rule.applies_to if kind else rule.neutral))
            for kind in (*Kind, None)
        }
        self._together = lru_cache(maxsize=SETS)(self._union)

    def of(self, kind: Kind | None, rules: Iterable[Rule]) -> Asked:
        """What these rules need, and all others for such tickets: a rule that is off makes no set of its own."""
        return self._together(kind, frozenset(rule.id for rule in rules) - self._usual[kind])

    def _union(self, kind: Kind | None, others: frozenset[str]) -> Asked:
        return frozenset().union(*(self._each[rule] for rule in self._usual[kind] | others))


def _texts(spec: object) -> Iterator[str]:
    """Every text in a pattern, however deep. A word that is spelled like a signal only asks for one too many."""
    if isinstance(spec, str):
        yield spec
    elif is_dataclass(spec):
        for field in fields(spec):
            yield from _texts(getattr(spec, field.name))
    elif isinstance(spec, (tuple, list, set, frozenset)):
        for part in spec:
            yield from _texts(part)
