"""Tickets → reviews, as the settings have it."""

from __future__ import annotations

from collections.abc import Sequence

from service import collector, rulebook
from service.cli import Stop
from service.policy import effective_policy
from service.review import Review, Reviewer
from service.settings import Settings
from service.ticket import Ticket

BATCH = 32


def load_reviewer(settings: Settings) -> Reviewer:
    """The rules and the model. Raises Stop where they cannot be had."""
    from service.document import language  # noqa: PLC0415 (spaCy; not for --help)

    try:
        rules = rulebook.load([settings.rules] if settings.rules else [])
        reviewer = Reviewer(rules, language.load(settings.model, fast=settings.fast))
    except (rulebook.RuleFileError, language.ModelError) as error:
        raise Stop(str(error)) from error
    collector.settle()
    return reviewer


def review(reviewer: Reviewer, settings: Settings, tickets: Sequence[Ticket]) -> list[Review]:
    """Reviews in order, each under the policy of its ticket's project; all in one batch."""
    changes = [[settings.projects[t.project]] if t.project in settings.projects else [] for t in tickets]
    policies = [effective_policy(settings.policy, change) for change in changes]
    return reviewer.review_all(list(zip(tickets, policies, strict=True)))
