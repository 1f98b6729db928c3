"""The rules that hold for a ticket, as its policy has them, each with what finds it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.ticket import Kind, Ticket

if TYPE_CHECKING:
    from service.asking import Asked, Asking
    from service.matchers import TicketMatcher
    from service.policy import Policy
    from service.rulebook import Rule, Rulebook


@dataclass(frozen=True, slots=True)
class Held:
    """The rules that hold, each with what looks at the whole ticket for it, if anything does; what they ask of
    sentences; and how each is named in praise.
    """

    finds: tuple[tuple[Rule, TicketMatcher | None], ...]
    asked: Asked
    mended: Mapping[str, str]


class RulesInForce:
    """Which of a rulebook's rules hold. For tickets whose policy changes none it is told once a kind."""

    def __init__(self, rulebook: Rulebook, asking: Asking, ticket_matchers: Mapping[str, TicketMatcher]) -> None:
        self._rules = tuple(rulebook.rules.values())
        self._asking, self._ticket_matchers = asking, ticket_matchers
        self._fitting = {kind: _fitting(self._rules, kind) for kind in (*Kind, None)}
        self._usual = {
            kind: self._held(kind, rules)
            for kind, rules in self._fitting.items()
            if all(rule.when.always for rule in rules)
        }

    def of(self, ticket: Ticket, policy: Policy) -> Held:
        """The rules that hold for this ticket."""
        kind = ticket.kind
        if not policy.rules and kind in self._usual:
            return self._usual[kind]
        fitting = _fitting(_changed(self._rules, policy), kind) if policy.rules else self._fitting[kind]
        return self._held(kind, [rule for rule in fitting if rule.when.holds(ticket)])

    def _held(self, kind: Kind | None, rules: Sequence[Rule]) -> Held:
        finds = tuple((rule, self._ticket_matchers.get(rule.id)) for rule in rules)
        return Held(finds, self._asking.of(kind, rules), {rule.id: rule.mended for rule in rules})


def _changed(rules: Iterable[Rule], policy: Policy) -> Iterator[Rule]:
    """The rules as the policy has them, without those that it switches off."""
    for rule in rules:
        change = policy.rules.get(rule.id)
        if change is None:
            yield rule
        elif change.enabled is not False:
            yield replace(
                rule,
                weight=rule.weight if change.weight is None else change.weight,
                severity=change.severity or rule.severity,
                applies_to=rule.applies_to if change.applies_to is None else change.applies_to,
                untyped=rule.untyped and change.applies_to is None,
            )


def _fitting(rules: Iterable[Rule], kind: Kind | None) -> tuple[Rule, ...]:
    """The rules for tickets of this kind. An unknown kind gets kind-neutral rules."""
    return tuple(rule for rule in rules if (rule.neutral if kind is None else kind in rule.applies_to))
