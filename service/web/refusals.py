"""Why trends are not shown, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from service.reports.facts import ENOUGH_PEOPLE, Facts


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is shown, and what to do."""

    title: str
    why: str
    then: str


NOTHING_YET = Refusal(
    "Nothing to show yet",
    "No ticket of these was scored in this time.",
    "Trends fill by themselves with each new or edited ticket. Choose a longer period, or connect Jira, Linear or "
    "GitHub as the README says. “make demo” shows what it will look like, with sample data.",
)
TOO_FEW_PEOPLE = Refusal(
    "Too few people to show",
    f"Fewer than {ENOUGH_PEOPLE} people wrote these tickets, so any figure would point at somebody.",
    "Choose more projects, a team, or a longer period.",
)


def refusal(told: Facts) -> Refusal | None:
    """Why these must not or cannot be shown; None where they can."""
    if not told.tickets:
        return NOTHING_YET
    return None if told.enough_people else TOO_FEW_PEOPLE
