"""The built-in tracker with what the playground has no use for: many people, projects and states."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from service.store import local as queries
from service.ticket import Commented, Person, Saved, StatusCategory, StatusChange, TicketRef
from service.trackers.base import Received
from service.trackers.local import LocalTracker

STATES = {"To do": StatusCategory.NEW, "In progress": StatusCategory.IN_PROGRESS, "Done": StatusCategory.DONE}


def lead(project):
    """Who runs a project."""
    return f"lead-{project}"


@dataclass
class Card:
    """What the built-in tracker does not keep of a ticket."""

    key: str
    project: str
    author: Person
    status: str = "To do"
    history: list = field(default_factory=list)


class Board(LocalTracker):
    """Counted like any tracker of a team, as the playground is not: so it goes by another name.

    `spoken` is what we said since it was last emptied: (ticket, tree). `touched` is when anybody did anything.
    """

    name, site = "jira", "quarter"

    def __init__(self, store, clock, inbox):
        super().__init__(store)
        self._own, self._clock, self._inbox = store, clock, inbox
        self.cards, self.spoken, self._deliveries, self._said = {}, [], 0, 0
        self.touched = []

    def file(self, ticket_id, draft, card):
        self.cards[ticket_id] = card
        with self._own.writing() as connection:
            queries.add_ticket(connection, ticket_id, draft)
        self._deliver(ticket_id, Saved)

    def edit(self, ticket_id, draft):
        with self._own.writing() as connection:
            queries.edit_ticket(connection, ticket_id, draft)
        self._deliver(ticket_id, Saved)

    def move(self, ticket_id, status):
        card = self.cards[ticket_id]
        card.status = status
        card.history.append(StatusChange(self._now(), status, STATES[status]))
        self._deliver(ticket_id, Saved)

    def say(self, ticket_id, person, words):
        self._said += 1
        with self._own.writing() as connection:
            queries.add_comment(connection, f"said-{self._said}", ticket_id, words, author=person)
        self._deliver(ticket_id, Commented)

    def fetch(self, ticket_id):
        card, plain = self.cards[ticket_id], super().fetch(ticket_id)
        return replace(
            plain,
            ticket=replace(plain.ticket, project=card.project, status=card.status),
            key=card.key,
            url=f"https://board.example/{card.key}",
            author=card.author,
            creator=card.author,
            status_category=STATES[card.status],
            status_history=tuple(card.history),
        )

    def has_role(self, snapshot, person, roles):
        """Each project has one lead, who runs it."""
        return person.id == lead(snapshot.ticket.project) and "administrators" in roles

    def create_comment(self, ticket_id, tree, **terms):
        self.spoken.append((ticket_id, tree))
        return super().create_comment(ticket_id, tree, **terms)

    def update_comment(self, ticket_id, comment_id, tree, **terms):
        self.spoken.append((ticket_id, tree))
        super().update_comment(ticket_id, comment_id, tree, **terms)

    def _deliver(self, ticket_id, event):
        self._deliveries += 1
        self.touched.append((ticket_id, self._clock.at))
        ref = TicketRef(self.name, self.site, ticket_id, self.cards[ticket_id].key)
        assert self._inbox.accept(self.name, self.site, Received(f"d{self._deliveries}", (event(ref),)))

    @property
    def now(self):
        return self._clock.at

    def _now(self):
        return datetime.fromtimestamp(self._clock.at, UTC)
