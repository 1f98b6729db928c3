"""The weekly mail of a quarter: who asked for it, a mail server over real sockets, and what it took when."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default

from service.reports.days import DAY, WEEK, week_of
from service.settings import MailServer, OidcProvider
from service.store.schema import mailbox
from service.weekly.sending import send_due
from service.weekly.subscribing import Subscriber, leave, subscribe
from tests.fakes.smtp_server import FakeMail
from tests.quarter.board import Board

HOUR = 3600.0
ASKS_FOR_IT = 0.6
TRIES = (8 * HOUR, 8.25 * HOUR, 9 * HOUR, DAY + 9 * HOUR)
"""When the service comes back to it, from Monday on: more often than there is a mail to send."""
FULL, HUNG_UP, EVERY, LEAVES = 2, 3, 4, 2
"""On which Monday of each four the server takes no mail at the first try, on which it takes one without an answer, and
when somebody has had enough.
"""
NAMED = re.compile(r"\b([A-Z]+-\d+), \d+ of 100")


@dataclass(frozen=True)
class Mail:
    """When a mail was taken, for which author, and the keys of the tickets that it shows."""

    at: float
    author: object
    shows: tuple

    @property
    def week(self):
        return week_of(self.at) * DAY


class Post:
    """`readers` get mail; `left` is who of them wanted no more, and since when."""

    def __init__(self, dice, authors):
        self._dice, self.server = dice, FakeMail()
        self._by_address = {f"{author.id}@team.example": author for author in authors}
        self.readers = [one for one in authors if dice.chance("mail", one.id) < ASKS_FOR_IT]
        self.mails, self.left, self._began = [], None, 0.0

    def settings(self):
        """What an operator sets for it."""
        accounts = tuple((address, Board.site, one.id) for address, one in self._by_address.items())
        return {
            "oidc": OidcProvider("https://login.example", "id", viewers=("*@team.example",), accounts=accounts),
            "smtp": MailServer("127.0.0.1", self.server.port, "none", "clarity@team.example"),
        }

    def open(self, store, now):
        """They ask for it, on the page where one does, before the first week."""
        self._began = now
        for address, author in self._by_address.items():
            if author in self.readers:
                subscribe(store, Subscriber(address, address), [store.person(Board.site, author.id)])
        with store.writing() as connection:
            # The page goes by the wall's clock, which is ahead of ours.
            connection.execute(mailbox.update().values(told=week_of(now)))

    def go_round(self, store, settings, now, *, first):
        """What the service does each hour; at the `first` try of some Mondays the server is not itself."""
        answers = {FULL: "452 full", HUNG_UP: None} if first else {}
        number = round((week_of(now) * DAY - self._began) / WEEK)
        if number % EVERY in answers:
            self.server.answers["."] = answers[number % EVERY]
        send_due(store, settings, now)
        self.server.answers.clear()
        for raw in self.server.taken[len(self.mails) :]:
            self.mails.append(self._read(message_from_bytes(raw, policy=default), now))

    def leave(self, store, now):
        """Somebody follows the link at the end of their mail."""
        message = message_from_bytes(self.server.taken[-1], policy=default)
        link = str(message["List-Unsubscribe"]).strip("<>").rsplit("/", 1)[1]
        assert leave(store, link)
        self.left = (self._by_address[message["To"]], now)

    def _read(self, message, now):
        body = message.get_body(("plain",)).get_content()
        return Mail(now, self._by_address[message["To"]], tuple(NAMED.findall(body)))
