"""One ticket from filing to done: what its author and the engineers do, hour by hour."""

import math
from dataclasses import dataclass, field

from service.reports.days import DAY
from service.ticket import Person
from tests.quarter import people, texts
from tests.quarter.board import Card, lead

HOUR = 3600.0
ASKED = (
    "/unclear What does one see when two of them come at the same time?",
    "What does one see when two of them come at the same time?",
    "Hi all, which of the two dates counts here?",
)
"""By command, and twice in plain words."""
SMALL_TALK = ("Thanks! Shall we pair on this?", "Can you review my branch?", "Sounds good, right?", "Nice one.")
ANSWER = "The one that came first, as it says on the receipt."


@dataclass
class Life:
    """A ticket and what happened to it. `filed` are its author's faults; `points` what we first said of each.

    `wishes` are the rules that somebody wanted left out, `examples` the good tickets that we showed, each with when.
    `shared` and `unshared` is when its author agreed that others see it, and took that back; `done` when it was done
    and when it came back, in turns.
    """

    number: int
    author: people.Author
    subject: texts.Subject
    filed: tuple
    at: float
    faults: tuple = ()
    asked: bool = False
    reopened: bool = False
    spoken: list = field(default_factory=list)
    points: dict = field(default_factory=dict)
    wishes: list = field(default_factory=list)
    examples: list = field(default_factory=list)
    shared: float = math.inf
    unshared: float = math.inf
    done: list = field(default_factory=list)
    read: bool = False

    @property
    def id(self):
        return f"ticket-{self.number}"

    def draft(self):
        return texts.compose(self.subject, self.faults, 2 + self.number % 97)


class Lives:
    """Plays them out on a board. `later(at, what)` has something happen at a time."""

    def __init__(self, board, dice, reader, later):
        self._board, self._dice, self._reader, self._later = board, dice, reader, later

    def begin(self, life):
        """The author files the ticket; all else of it follows."""
        author, hours = life.author, self._dice.of("hours", life.number)
        life.faults = life.filed
        card = Card(f"{author.project}-{life.number}", author.project, Person(author.id))
        self._board.file(life.id, life.draft(), card)
        looked = life.at + hours.uniform(1.0, 2.5) * DAY
        begun = life.at + hours.uniform(3.0, 4.5) * DAY
        self._later(looked, lambda: self._engineers_look(life, looked))
        self._later(begun, lambda: self._work(life, begun, hours))

    def hear(self, life, tree, now):
        """We said something on the ticket: its author will read it, once."""
        points = self._reader.points(tree)
        life.spoken.append((now, points))
        life.examples += [(now, key) for key in self._reader.examples(tree)]
        if points and not life.points:
            life.points = points
            self._later(
                now + self._dice.of("reads", life.number).uniform(1.0, 9.0) * HOUR, lambda: self._read(life)
            )

    def _read(self, life):
        author = life.author
        for rule, depth in life.points.items():
            author.read(rule, depth)
        dice = self._dice.of("mends", life.number)
        if dice.random() < 0.04:
            self._wish(life, author.id)
        elif dice.random() < people.MENDS[author.learns]:
            self._mend(life, [fault for fault in life.faults if fault.rule not in life.points])

    def _wish(self, life, person):
        rule = min(life.points)
        self._board.say(life.id, person, f"/clarity ignore {rule} because we agreed on it")
        life.wishes.append((self._board.now, person, rule))

    def _mend(self, life, left):
        if len(left) < len(life.faults):
            life.faults = texts.together(tuple(left))
            self._board.edit(life.id, life.draft())

    def _engineers_look(self, life, now):
        engineer, dice = f"engineer-{life.author.project}", self._dice.of("engineer", life.number)
        useless = people.USELESS_THERE if life.author.project == people.NOISY_PROJECT else people.USELESS_ELSEWHERE
        if people.NOISY.rule in life.points and dice.random() < useless:
            self._board.say(life.id, engineer, f"/clarity not-useful {people.NOISY.rule}")
        self._somebody_wants_a_rule_left_out(life, engineer)
        if dice.random() < 0.2:
            self._board.say(life.id, engineer, dice.choice(SMALL_TALK))
        if people.asks(self._dice, life.number, life.faults):
            life.asked = True
            question = dice.choice(ASKED)
            self._board.say(life.id, engineer, question)
            answered = now + dice.uniform(2.0, 12.0) * HOUR
            self._later(answered, lambda: self._answer(life, dice))
            if question.startswith("/unclear") and dice.random() < 0.6:
                self._later(answered + 3 * HOUR, lambda: self._board.say(life.id, engineer, "/clear"))

    def _somebody_wants_a_rule_left_out(self, life, engineer):
        chance = self._dice.chance("wishes", life.number)
        if life.points and chance < 2 * people.WANTS_LEFT_OUT:
            self._wish(life, lead(life.author.project) if chance < people.WANTS_LEFT_OUT else engineer)

    def _answer(self, life, dice):
        if dice.random() < 0.5:
            self._board.say(life.id, life.author.id, ANSWER)
        else:
            self._mend(life, [fault for fault in life.faults if fault not in people.TROUBLING])

    def _work(self, life, begun, hours):
        self._board.move(life.id, "In progress")
        comes_back = people.comes_back(self._dice, life.number, life.faults)
        done = begun + hours.uniform(1.0, 3.0) * DAY * (1.8 if life.asked or comes_back else 1.0)
        self._later(done, lambda: self._finish(life))
        self._share(life, done)
        if comes_back:
            self._later(done + DAY, lambda: self._reopen(life))
            self._later(done + 2.5 * DAY, lambda: self._finish(life))

    def _share(self, life, done):
        dice = self._dice.of("shares", life.number)
        if life.author.shares and dice.random() < people.SHARES:
            self._later(done + HOUR, lambda: self._say_share(life, "share"))
            if dice.random() < people.THINKS_BETTER_OF_IT:
                self._later(done + dice.uniform(2.0, 12.0) * DAY, lambda: self._say_share(life, "unshare"))

    def _say_share(self, life, word):
        self._board.say(life.id, life.author.id, f"/clarity {word}")
        setattr(life, f"{word}d", self._board.now)

    def _finish(self, life):
        self._board.move(life.id, "Done")
        life.done.append(self._board.now)

    def _reopen(self, life):
        life.reopened = True
        life.done.append(self._board.now)
        self._board.move(life.id, "In progress")
