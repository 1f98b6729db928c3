"""Who may have a rule ignored on a ticket: its author, its assignee, and who holds a role in its project. Pure.

What a tracker says of roles is given as data. Where it says nothing, nobody is let in by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from service.commands import Command, Verb, rule_and_reason
from service.ticket import Person, Snapshot


class May(StrEnum):
    """Whether somebody may. UNTOLD: their tracker did not say, so they may not for now."""

    YES = "yes"
    NO = "no"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Roles:
    """What is known of people who are neither author nor assignee, by their tracker's own ids.

    `held` have a role that may, `untold` could not be asked about. `before` holds the decisions (rule, person)
    that were taken on this ticket already: they stand, whatever became of the person's role.
    """

    held: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()
    before: frozenset[tuple[str, str]] = frozenset()

    def may(self, person: Person, snapshot: Snapshot, rule: str = "") -> May:
        """Whether a person may have this rule ignored on this ticket."""
        if is_concerned(person, snapshot) or person.id in self.held or (rule, person.id) in self.before:
            return May.YES
        return May.UNTOLD if person.id in self.untold else May.NO


NO_ROLES = Roles()


def is_concerned(person: Person, snapshot: Snapshot) -> bool:
    """Whether it is the ticket's author, its creator or its assignee."""
    return any(person.id == one.id for one in (snapshot.author, snapshot.creator, snapshot.assignee) if one)


def wishes(said: Iterable[Command], snapshot: Snapshot, rules: Collection[str]) -> list[tuple[str, Person]]:
    """The wishes (rule, person) to ignore something that only a role could justify, in the order they were said.

    The rule is "" where the words name none.
    """
    return [
        (rule_and_reason(command.words, rules)[0], command.by)
        for command in said
        if command.verb is Verb.IGNORE and not is_concerned(command.by, snapshot)
    ]
