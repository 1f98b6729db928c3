"""A whole quarter in its order: people act, deliveries come in, the worker works, and time moves on."""

import heapq
import itertools
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import func, select

from service.engine.scoring import Scorer
from service.engine.worker import TOGETHER
from service.inbox import Inbox
from service.policy import Policy, PolicyChange
from service.reconcile import Reconciler
from service.reports.days import DAY, WEEK, week_of
from service.reports.recounting import recount
from service.settings import Secret, Settings
from service.store.keeping import opt_person_out
from service.store.policies import drop_policy, set_policy
from service.store.schema import ticket
from tests.quarter import people, texts
from tests.quarter.board import Board
from tests.quarter.clock import Clock
from tests.quarter.life import Life, Lives
from tests.quarter.post import LEAVES, TRIES, Post
from tests.quarter.reading import Reader

KEY = Secret("a key of thirty-two characters or more")
READY = 97
"""These teams want to hear of everything: ready is what nothing was found in."""


@dataclass(frozen=True)
class Plan:
    """How much of it. The first `trial` weeks are quiet everywhere, as our guide advises; `end` is when it is over."""

    end: float
    weeks: int = 13
    trial: int = 3
    authors: int = 40
    tickets: int = 2000
    seed: int = 1

    @property
    def start(self):
        return self.end - self.weeks * WEEK

    @property
    def speaks(self):
        return self.start + self.trial * WEEK


def last_monday(now):
    """When the present week began: a quarter that ends then lies in whole weeks, and in the past."""
    return week_of(now) * DAY


class Quarter:
    """`lives` are all tickets, by their id."""

    def __init__(self, plan, folder):
        self.plan, self.clock = plan, Clock(plan.start)
        self.url = f"sqlite:///{Path(folder) / 'quarter.db'}"
        self.store = self.clock.store(self.url, KEY)
        self._dice = people.Dice(plan.seed)
        self.authors = people.authors(self._dice, plan.authors)
        self.post = Post(self._dice, self.authors)
        quiet = dict.fromkeys(people.QUIET, PolicyChange(quiet=True))
        self.settings = Settings(
            self.url,
            Path(folder),
            secret_key=KEY,
            policy=Policy(ready=READY),
            projects=MappingProxyType(quiet),
            **self.post.settings(),
        )
        self.scorer = Scorer(self.settings)
        self.board = Board(self.store, self.clock, Inbox(self.store, self.settings))
        self._reconciler = Reconciler(self.store, self.settings, self.scorer, lambda tracker, site: self.board)
        self._todo, self._order = [], itertools.count()
        self._lives = Lives(self.board, self._dice, Reader(self.scorer.rules), self._later)
        self.lives, self.looks = {}, 0

    @property
    def speaking(self):
        return sorted({author.project for author in self.authors} - people.QUIET)

    def run(self):
        """Play it to its end."""
        with self.post.server:
            self._play()
        while recount(self.store):
            pass

    def _play(self):
        self._write_calendar()
        while self._todo and self._todo[0][0] < self.plan.end:
            at, _, act = heapq.heappop(self._todo)
            self._work_until(at)
            self.clock.at = at
            act()
        self._work_until(self.plan.end + self.settings.max_wait_seconds)

    def _write_calendar(self):
        plan = self.plan
        for number, at in enumerate(sorted(self._birth(number) for number in range(plan.tickets))):
            author = self.authors[self._dice.of("author", number).randrange(plan.authors)]
            self._later(at, lambda number=number, at=at, author=author: self._file(number, at, author))
        self._later(plan.start, self._try_quietly)
        self._later(plan.speaks, self._speak)
        self._later(plan.speaks + WEEK, self._opt_out)
        self._later(plan.start + plan.weeks * WEEK * 2 / 3, self._holidays)

        self.post.open(self.store, plan.start)
        for week in range(1, plan.weeks):
            monday = plan.start + week * WEEK
            for number, after in enumerate(TRIES):
                self._later(monday + after, lambda number=number: self._mail(first=not number))
        self._later(plan.start + LEAVES * WEEK + 2 * DAY, lambda: self.post.leave(self.store, self.clock.at))

    def _mail(self, *, first):
        self.post.go_round(self.store, self.settings, self.clock.at, first=first)

    def _birth(self, number):
        """Within the working hours of a weekday."""
        dice = self._dice.of("birth", number)
        day = dice.randrange(self.plan.weeks) * 7 + dice.randrange(5)
        return self.plan.start + (day + dice.uniform(8, 17) / 24) * DAY

    def _file(self, number, at, author):
        dice = self._dice.of("writes", number)
        slips = [fault for fault in texts.FAULTS if dice.random() < author.slips[fault.rule]]
        life = Life(number, author, dice.choice(texts.SUBJECTS), texts.together(tuple(slips)), at)
        self.lives[life.id] = life
        self._lives.begin(life)

    def _try_quietly(self):
        with self.store.writing() as connection:
            for project in self.speaking:
                set_policy(connection, project, PolicyChange(quiet=True), "")

    def _speak(self):
        with self.store.writing() as connection:
            for project in self.speaking:
                drop_policy(connection, project)

    def _opt_out(self):
        with self.store.writing() as connection:
            for author in self.authors:
                if author.opts_out:
                    opt_person_out(connection, self.person(author))

    def _holidays(self):
        for author in self.authors:
            if author.learns is people.Learns.FAST:
                author.relapse()

    def person(self, author):
        """What the database calls an author."""
        return self.store.person(Board.site, author.id)

    def _later(self, at, act):
        heapq.heappush(self._todo, (at, next(self._order), act))

    def _work_until(self, at):
        """Let the worker do all that is due before then."""
        while (due := self._next_due()) is not None and due < at:
            self.clock.at = max(self.clock.at, due + 0.001)  # a day as a fraction is not exact to the microsecond
            assert self._reconciler.run(TOGETHER, lambda: False), "what is due is not taken"
            self.looks += 1
            spoken, self.board.spoken = self.board.spoken, []
            for ticket_id, tree in spoken:
                self._lives.hear(self.lives[ticket_id], tree, self.clock.at)

    def _next_due(self):
        waits = ticket.c.generation > ticket.c.done_generation
        with self.store.reading() as connection:
            return connection.execute(
                select(func.min(func.max(ticket.c.due, ticket.c.not_before))).where(waits)
            ).scalar_one()
