"""The reviewer of a worker process: rules and model, loaded once."""

from __future__ import annotations

import threading

import structlog

from service import rulebook
from service.document import language
from service.policy import Policy
from service.review import Review, Reviewer
from service.rulebook import Rulebook, RuleFileError
from service.settings import Settings
from service.ticket import Ticket

log = structlog.get_logger(__name__)


class Scorer:
    """Scores tickets, for one thread at a time. Raises ModelError where the model cannot be loaded."""

    def __init__(self, settings: Settings) -> None:
        self._reviewer = Reviewer(load_rules(settings), language.load(settings.model))
        self._lock = threading.Lock()

    def review(self, ticket: Ticket, policy: Policy) -> Review:
        """Score one ticket."""
        with self._lock:
            return self._reviewer.review(ticket, policy)


def load_rules(settings: Settings) -> Rulebook:
    """The shipped rules and the team's own; without the latter where one of them is broken."""
    if settings.rules is None:
        return rulebook.load()
    try:
        return rulebook.load([settings.rules])
    except RuleFileError as error:
        log.warning("rules are broken: going on with the shipped ones", error=str(error))
        return rulebook.load()
