"""The seam between the service and whatever runs its work."""

from __future__ import annotations

from typing import Protocol

from service.policy import Policy
from service.ticket import Ticket, TicketRef
from service.verdict import Review


class Busy(Exception):
    """No worker could score in time; try again in a moment."""


class CheckFailed(Exception):
    """A worker failed while scoring. What went wrong is in its log, without the text."""


class Engine(Protocol):
    """Runs the reconciler, keeps it running, and scores on request, all outside the web process."""

    def start(self) -> None:
        """Begin to work. Raises SettingsError where the database cannot be used by us."""
        ...

    def stop(self) -> None:
        """Finish what is under way, within a limit; what is not finished is taken up at the next start."""
        ...

    @property
    def ready(self) -> bool:
        """Whether a ticket could be scored now."""
        ...

    def wake(self, ref: TicketRef) -> None:
        """Say that a ticket is due now. Only a hint: due tickets are found without it."""
        ...

    def schedule(self, name: str, when: float) -> None:
        """Run the job of this name (see service.housekeeping) `when` seconds from now; raises KeyError."""
        ...

    def check(self, ticket: Ticket, policy: Policy, deadline_seconds: float, *, suggest: bool = False) -> Review:
        """Score a ticket in a worker process, where asked with what would pass.

        Raises Busy after the deadline, CheckFailed on a fault.
        """
        ...
