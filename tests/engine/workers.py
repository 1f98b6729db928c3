"""A worker process for tests of the engine: it knows no rules, and does what the title of a ticket says."""

import os
import sys
import time
import types

from service.document.language import ModelError
from service.engine import worker
from service.engine.messages import Check, Checked, Ready, Stop
from service.review import Review


def work(settings, pipe):
    if settings.model == "stillborn":
        sys.exit(3)
    pipe.send(Ready())
    while True:
        try:
            message = pipe.recv()
        except EOFError:
            return
        if isinstance(message, Stop) and settings.model != "stubborn":
            return
        if isinstance(message, Check):
            answer(message, pipe)


def answer(asked, pipe):
    title = asked.ticket.title
    if title == "die":
        os._exit(9)
    if title == "hang":
        time.sleep(60)
    score = asked.policy.ready
    review = Review(score, None, str(os.getpid()), (), "rules", asked.ticket.description.content or "")
    pipe.send(Checked(asked.number, None if title == "fail" else review))


class Scorer:
    """Stands in for rules and model in a real worker process."""

    def __init__(self, settings):
        if settings.model == "unknown":
            raise ModelError("no model named unknown")

    def review(self, ticket, policy):
        if ticket.title == "fail":
            raise ValueError(ticket.description.content)
        return Review(policy.ready, None, str(os.getpid()), (), "rules", "")


def real(settings, pipe):
    """The real worker, but for what it scores with."""
    scoring = types.ModuleType("service.engine.scoring")
    scoring.Scorer = Scorer
    sys.modules[scoring.__name__] = scoring
    worker.work(settings, pipe)
