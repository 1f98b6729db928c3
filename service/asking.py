"""What the rules that hold for a ticket ask of its sentences: what they look for, and the signals they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from service.rulebook import Rule, Rulebook

Asked: TypeAlias = frozenset[str]
"""Ids of rules and signals."""
REMEMBERED = 64
"""Sets of rules that hold together: one a kind of ticket, and more where projects have rules of their own."""


class Asking:
    """Which rules and signals of a rulebook are to be looked for."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.everything: Asked = frozenset(rulebook.rules) | frozenset(rulebook.signals)
        self._each = {
            rule.id: {rule.id, *self.everything.intersection(_texts((rule.find.spec, rule.eased)))}
            for rule in rulebook.rules.values()
        }
        self._together = lru_cache(maxsize=REMEMBERED)(self._union)

    def of(self, rules: Iterable[Rule]) -> Asked:
        """What these rules need. Rules with the same patterns, however weighted, need the same."""
        return self._together(tuple(rule.id for rule in rules))

    def _union(self, rules: tuple[str, ...]) -> Asked:
        return frozenset().union(*(self._each[rule] for rule in rules))


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
