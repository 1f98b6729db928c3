"""A worker process for tests of the engine: it knows no rules, and does what the title of a ticket says."""

import os
import sys
import time

from service.engine.messages import Check, Checked, Leaving, Ready, Stop
from service.review import Review


def work(settings, pipe, duty=None):
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
    if title == "leave":
        pipe.send(Leaving())
    if title == "hang":
        time.sleep(60)
    score = asked.policy.ready
    review = Review(score, None, str(os.getpid()), (), "rules", asked.ticket.description.content or "")
    pipe.send(Checked(asked.number, None if title == "fail" else review))
