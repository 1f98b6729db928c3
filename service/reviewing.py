"""What the reconciler needs of whoever scores tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from service.policy import Policy
from service.ticket import Ticket
from service.verdict import Review

if TYPE_CHECKING:
    from service.rulebook import Rule


class Reviewer(Protocol):
    """What scores a ticket, by these rules."""

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by id, as they stand."""
        ...

    def review(self, ticket: Ticket, policy: Policy) -> Review:
        """Score one ticket under a policy."""
        ...

    def suggest(self, ticket: Ticket, policy: Policy, review: Review) -> Review:
        """The review with what would pass in the place of what is shown."""
        ...

    def prepare(self, tickets: Sequence[tuple[Ticket, Policy]]) -> None:
        """Parse in one batch what is to be scored next."""
        ...
