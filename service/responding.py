"""Note how people took what we said, and say in the log when a rule has lost its voice by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection

from service.response import Response, What
from service.store.responses import add_responses, voiceless

log = structlog.get_logger(__name__)


def respond(connection: Connection, ticket_id: int, project: str, told: Iterable[Response]) -> list[Response]:
    """Note what is new, once however often it is told, and return it."""
    told = list(told)
    if any(one.what is What.NOT_USEFUL for one in told):
        with voting(connection, project):
            return add_responses(connection, ticket_id, told)
    return add_responses(connection, ticket_id, told)


@contextmanager
def voting(connection: Connection, project: str) -> Iterator[None]:
    """While this is open somebody may call a rule not useful."""
    before = voiceless(connection, project)
    yield
    for rule in sorted(voiceless(connection, project) - before):
        log.warning("a rule lost its voice: too often not useful", rule=rule, project=project)
