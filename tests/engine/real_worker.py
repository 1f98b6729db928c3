"""A real worker process without rules and model."""

import os
import sys
import types

from service.document.language import ModelError
from service.engine import worker
from service.review import Review


class Scorer:
    """Stands in for rules and model in a real worker process."""

    rules = {}  # noqa: RUF012 (nobody changes it)

    def __init__(self, settings):
        if settings.model == "unknown":
            raise ModelError("no model named unknown")

    def prepare(self, tickets):
        pass

    def suggest(self, ticket, policy, review):
        return review

    def review(self, ticket, policy):
        if ticket.title == "fail":
            raise ValueError(ticket.description.content)
        return Review(policy.ready, None, str(os.getpid()), (), "rules", "")


def real(settings, pipe, duty=worker.Duty.POLL):
    """The real worker, but for what it scores with."""
    scoring = types.ModuleType("service.engine.scoring")
    scoring.Scorer = Scorer
    sys.modules[scoring.__name__] = scoring
    worker.work(settings, pipe, duty)
