"""Send the weekly mail to everybody who is due, once.

Nobody gets two mails about a week. That it was told is noted at the last moment before a mail is handed over, and
taken back where the server says that it did not take it: that is tried again soon, or with the next week's if this
address was refused for good. Whoever dies in between, or hears no answer, has sent it for all we know: a second
copy would be noticed, a missing one is not. The log says so.
"""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

import structlog

from service.identity import accounts_of, is_let_in
from service.reports.days import DAY, WEEK, week_of
from service.reports.titles import rules
from service.rulebook import Rule
from service.settings import MailServer, OidcProvider, Settings
from service.store import Store
from service.store.choices import steps_of
from service.store.mailboxes import Mailbox, close_mailbox, note_told, take_back_told, waiting
from service.store.showing import good_ticket
from service.weekly.letter import Good, Letter, letter
from service.weekly.smtp import MailDown, Outcome, connected, deliver
from service.weekly.subscribing import leaving, subscriber
from service.weekly.writing import write

HOUR_OF_DAY = 7
MOST = 100

log = structlog.get_logger(__name__)


class Round(StrEnum):
    """How a round ended: with everybody told, with more waiting, or with some to be tried again later."""

    DONE = "done"
    MORE = "more"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class _Mail:
    box: Mailbox
    to: str
    message: EmailMessage


def send_due(store: Store, settings: Settings, now: float) -> Round:
    """Send what is due at this time, to some. Raises StoreUnavailable; SettingsError where no key opens them."""
    week = week_of(now)
    if settings.smtp is None or settings.oidc is None or now < week * DAY + HOUR_OF_DAY * 3600:
        return Round.DONE
    with store.reading() as connection:
        boxes = waiting(connection, week, MOST)
    office = _Office(store, settings, settings.smtp, settings.oidc, now)
    mails = [mail for box in boxes if (mail := office.mail(box))]
    try:
        outcomes = office.send(mails) if mails else []
    except MailDown as error:
        log.warning("weekly mail not sent: tried again later", why=str(error))
        return Round.AGAIN
    if Outcome.LATER in outcomes:
        return Round.AGAIN
    return Round.MORE if len(boxes) == MOST else Round.DONE


class _Office:
    def __init__(
        self, store: Store, settings: Settings, server: MailServer, provider: OidcProvider, now: float
    ) -> None:
        self._store, self._server, self._provider, self._now = store, server, provider, now
        self._base_url = settings.base_url
        self._week = week_of(now)
        self._rules: Mapping[str, Rule] = rules(settings)

    def mail(self, box: Mailbox) -> _Mail | None:
        """What they are to be told; None where that is nothing, or they are let in no more."""
        who = subscriber(self._store, box)
        if not is_let_in(self._provider, who.name):
            with self._store.writing() as connection:
                close_mailbox(connection, box.id)
            log.info("weekly mail ended: its reader may not log in any more")
            return None
        told = self._letter(box, who.name)
        if told is None:
            self._note(box)
            return None
        name = f"week-{self._week}.{box.id}"
        leave = f"{self._base_url}/leave/{leaving(self._store, box.id)}"
        message = write(
            told,
            sender=self._server.sender,
            to=who.email,
            base_url=self._base_url,
            leave=leave,
            name=name,
            now=self._now,
        )
        return _Mail(box, who.email, message)

    def send(self, mails: list[_Mail]) -> list[Outcome]:
        """Hand them over; what became of each. Raises MailDown; what was not handed over by then waits."""
        with connected(self._server) as client:
            return [self._deliver(client, mail) for mail in mails]

    def _deliver(self, client: smtplib.SMTP, mail: _Mail) -> Outcome:
        outcome = deliver(
            client, mail.message, sender=self._server.sender, to=mail.to, claim=lambda: self._note(mail.box)
        )
        if outcome is Outcome.LATER:
            with self._store.writing() as connection:
                take_back_told(connection, mail.box.id, self._week, mail.box.told)
        elif outcome is Outcome.REFUSED:
            self._note(mail.box)
        if outcome is Outcome.UNKNOWN:
            log.warning("weekly mail counted as sent: no answer came once it was handed over")
        else:
            log.info("weekly mail", outcome=str(outcome))
        return outcome

    def _note(self, box: Mailbox) -> bool:
        """Note that they were told of this week; False if another host did so before, or they left."""
        with self._store.writing() as connection:
            return note_told(connection, box.id, self._week)

    def _letter(self, box: Mailbox, name: str) -> Letter | None:
        """About the week that has just ended."""
        since = self._week * DAY - WEEK
        people = self._people(box, name)
        with self._store.reading() as connection:
            steps = [step for step in steps_of(connection, people) if step.at < since + WEEK]
            found = good_ticket(connection, people, since, since + WEEK)
        good = Good(found[0], _web_address(found[1]), found[2]) if found else None
        return letter(steps, since, self._rules, good)

    def _people(self, box: Mailbox, name: str) -> list[str]:
        """Who they were when they asked, but for accounts that the settings gave them by mistake and took back."""
        if self._provider.account_claims:
            return list(box.people)
        now = {self._store.person(realm, one) for realm, one in accounts_of(self._provider, name)}
        return [person for person in box.people if person in now]


def _web_address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""
