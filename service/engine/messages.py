"""What a process of ours and the one that started it say to each other, over a pipe."""

from __future__ import annotations

from dataclasses import dataclass

from service.policy import Policy
from service.ticket import Ticket
from service.verdict import Review


@dataclass(frozen=True, slots=True)
class Check:
    """Score this ticket, unless it is later than `expires` (seconds of the monotonic clock).

    `suggest`: say also what would pass, as a comment would.
    """

    number: int
    ticket: Ticket
    policy: Policy
    expires: float
    suggest: bool = False


@dataclass(frozen=True, slots=True)
class Wake:
    """Something is due: a ticket for a worker, a job for the timekeeper."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish what is in hand, then end."""


@dataclass(frozen=True, slots=True)
class Ready:
    """It can do its work now: a worker has loaded its model and its rules."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to a Check; without a review it failed."""

    number: int
    review: Review | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """The worker wants to end, to give back memory; it goes on until it is told to stop."""


ToChild = Check | Wake | Stop
FromChild = Ready | Checked | Leaving
