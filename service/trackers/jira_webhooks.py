"""The webhooks that an app registers at a Jira by its API. Jira drops them thirty days after they were renewed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from service.trackers import jira_calls as calls
from service.trackers.base import TrackerError
from service.trackers.jira_calls import Call
from service.trackers.wild import Untamed, Wild


class Ask(Protocol):
    """Makes a call; raises TrackerError."""

    def __call__(self, call: Call, *, body: object = None) -> Wild:
        """What Jira answers."""
        ...


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook of ours: its number, where it sends which events, and when it ends, if Jira says so."""

    number: int
    url: str
    events: frozenset[str]
    ends: datetime | None


class Webhooks:
    """Those of our app at one site. Every method raises TrackerError."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def all(self) -> list[Hook]:
        """What is registered there."""
        with _readable():
            return [_hook(one) for one in self._ask(calls.WEBHOOKS)["values"]]

    def add(self, url: str, events: Sequence[str], jql: str) -> list[int]:
        """Register one; its number."""
        wanted = {"url": url, "webhooks": [{"events": list(events), "jqlFilter": jql}]}
        told = self._ask(calls.ADD_WEBHOOKS, body=wanted)
        with _readable():
            found = [int(one["createdWebhookId"].number(default=0)) for one in told["webhookRegistrationResult"]]
        if not all(found):
            raise TrackerError("Jira did not take our webhook. Is CLARITY_BASE_URL an https address it can reach?")
        return found

    def renew(self, numbers: Sequence[int]) -> None:
        """Let them live for another thirty days."""
        self._ask(calls.RENEW_WEBHOOKS, body={"webhookIds": list(numbers)})

    def delete(self, numbers: Sequence[int]) -> None:
        """Take them away."""
        self._ask(calls.DELETE_WEBHOOKS, body={"webhookIds": list(numbers)})


def _hook(told: Wild) -> Hook:
    ends = told["expirationDate"].number(default=0) / 1000
    return Hook(
        number=int(told["id"].number()),
        url=told["url"].text(default=""),
        events=frozenset(event.text() for event in told["events"]),
        ends=datetime.fromtimestamp(min(ends, 32e9), UTC) if ends > 0 else None,
    )


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except Untamed as error:
        raise TrackerError(f"Jira's answer about webhooks could not be read: {error}.") from None
