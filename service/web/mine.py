"""What somebody sees of themselves and decides, whichever way they came: by a login, or in a panel of Jira's.

Who they are is proven before: by a session of the provider's, or a token that Jira or Forge signed. Nothing that
is asked names a person, so that nobody can ask for another, and admins no more than others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from flask import render_template
from pydantic import BaseModel, ConfigDict

from service.reports.drawing import Drawing
from service.reports.progress import progress
from service.reports.titles import titles
from service.settings import Settings
from service.store import Store
from service.store.choices import coach, is_coached, is_spoken_to, speak_to, steps_of
from service.store.mailboxes import drop_mailboxes, gets_mail
from service.trackers.base import Refused
from service.web.pictures import pictures
from service.web.sessions import Visitor
from service.weekly.subscribing import Subscriber, subscribe

NOBODY = "Jira did not say who you are, so there is nothing of yours to show."


class ChoiceBody(BaseModel):
    """What the panel's buttons send: which of one's own choices, and what it is from now on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    choice: Literal["comments", "coaching"]
    on: bool


class Mine:
    """One's own progress and choices. `people` are one person's names in our terms. Raises StoreUnavailable."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._drawing = Drawing()

    def told(self, people: Sequence[str]) -> dict[str, object]:
        """What the pages show."""
        with self._store.reading() as connection:
            panel = progress(steps_of(connection, people), titles(self._settings))
            choices = {
                "comments": is_spoken_to(connection, people),
                "coaching": is_coached(connection, people),
                "mail": gets_mail(connection, people),
            }
        (drawn,) = pictures(self._drawing, [panel])
        return {"panel": panel, "choices": choices, "pictures": drawn}

    def may_get_mail(self, who: Visitor) -> bool:
        """Whether somebody can ask for the weekly mail: there is a server, an address, and something to tell."""
        with self._store.reading() as connection:
            return bool(self._settings.smtp and who.email and is_coached(connection, who.people))

    def mail(self, who: Visitor, *, on: bool) -> None:
        """Send somebody the weekly mail, to the address that their provider verified; or delete that address."""
        if on:
            subscribe(self._store, Subscriber(who.name, who.email), who.people)
        else:
            with self._store.writing() as connection:
                drop_mailboxes(connection, who.people)
            self._store.scrub()

    def choose(self, people: Sequence[str], choice: str, *, on: bool) -> None:
        """Let one of a person's choices be so from now on."""
        with self._store.writing() as connection:
            {"comments": speak_to, "coaching": coach}[choice](connection, people, on=on)
        self._store.scrub()

    def in_panel(self, site: str, person: str, body: ChoiceBody | None = None) -> str:
        """The part of a panel that is its reader's own, once they chose something, if they did; Refused to nobody.

        `person` is the tracker's own id of them, as its token says.
        """
        if not person:
            raise Refused(403, NOBODY)
        people = [self._store.person(site, person)]
        if body:
            self.choose(people, body.choice, on=body.on)
        return render_template("mine.html", **self.told(people))
