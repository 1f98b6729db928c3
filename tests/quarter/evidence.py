"""What a played quarter left behind: in the database, in what the commands say of it, and in what people read."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum

from click.testing import CliRunner
from sqlalchemy import select

from service.cli import main
from service.coaching import Curve, Depth
from service.response import FEWEST_SHOWN, Tally, What
from service.store.schema import decision, response, ticket
from tests.quarter import people
from tests.quarter.board import Board
from tests.quarter.quarter import KEY, WEEK


@dataclass(frozen=True)
class Claim:
    """`told` says what was seen, whether it holds or not."""

    name: str
    holds: bool
    told: str


class Why(StrEnum):
    """Where an author stands with a rule when it finds something."""

    NEW = "new to it"
    KNOWN = "knows it"
    MASTERED = "mastered it"
    RELAPSED = "relapsed"


SAYS = {Why.NEW: Depth.EXPLAIN, Why.KNOWN: Depth.BRIEF, Why.MASTERED: Depth.COUNT, Why.RELAPSED: Depth.EXPLAIN}


@dataclass(frozen=True)
class Depths:
    """What was said of a point at first, and why. `alone`: all of the comment's points are mastered."""

    ticket: str
    rule: str
    why: Why
    said: Depth
    alone: bool

    @property
    def right(self):
        """A slip is only counted beside other points; alone it is one line, as a comment has to say something."""
        return self.said is (Depth.BRIEF if self.alone else SAYS[self.why])


UNAIDED_TO_MASTER, TIMES_EXPLAINED = 3, 2


@dataclass(frozen=True)
class Told:
    """What a command printed."""

    words: str
    text: str

    @property
    def plain(self):
        return json.loads(self.text)


def commands(quarter):
    """What an operator sees who asks for all there is."""
    given = {
        "CLARITY_DATABASE_URL": quarter.url,
        "CLARITY_SECRET_KEY": KEY,
        "CLARITY_DATA_DIR": str(quarter.settings.data_dir),
        "COLUMNS": "110",
    }

    def run(*words):
        said = CliRunner().invoke(main, list(words), env=given, catch_exceptions=False)
        assert said.exit_code == 0, said.output
        return Told(" ".join(words), said.stdout)

    since = f"{quarter.plan.weeks + 1}w"
    return {
        "noise": run("rules", "noise"),
        "noise as data": run("rules", "noise", "--format", "json"),
        "outcomes": run("outcomes"),
        "outcomes as data": run("outcomes", "--format", "json"),
        "calibrate": run("calibrate", "--from-outcomes"),
        "report": run("report", "--json", "--since", since),
    }


def weights(told):
    """Each rule's weight today and as fitted, from the table that `clarity calibrate` prints."""
    rows = (line.split() for line in told.text.splitlines())
    return {row[0]: (int(row[1]), int(row[2])) for row in rows if len(row) == 5 and row[1].isdecimal()}


def mastery(quarter):
    """Week by week, how many of the points that authors were weak at they have mastered: by how they learn."""
    steps = _steps(quarter)
    found = []
    for week in range(1, quarter.plan.weeks + 1):
        until = quarter.plan.start + week * WEEK
        shares = defaultdict(list)
        for author in coached(quarter):
            for rule in author.weak:
                met = steps[quarter.person(author), rule]
                shares[author.learns].append(Curve(tuple(what for at, what in met if at < until)).mastered)
        found.append({learns.value: sum(all_) / len(all_) for learns, all_ in shares.items()})
    return found


def coached(quarter):
    """The authors whom we speak to."""
    return [one for one in quarter.authors if one.project not in people.QUIET and not one.opts_out]


def _steps(quarter):
    columns = (response.c.person, response.c.rule, response.c.at, response.c.what)
    met = response.c.what.in_((What.SHOWN, What.MENDED, What.UNAIDED))
    found = defaultdict(list)
    with quarter.store.reading() as connection:
        for person, rule, at, what in connection.execute(select(*columns).where(met).order_by(response.c.id)):
            found[person, rule].append((at, What(what)))
    return found


def depths(quarter):
    """What was said of each point at first, and what should have been: told anew from what people wrote and read."""
    found = []
    for author in coached(quarter):
        memory = defaultdict(_Memory)
        for _, life, points in _by_time(quarter, author):
            alone = all(memory[rule].expects() is Why.MASTERED for rule in points)
            for rule, said in points.items():
                if life.points is points:
                    found.append(Depths(life.id, rule, memory[rule].expects(), said, alone=alone))
                memory[rule].slip()
            if not points:
                _note_passes(life, memory)
    return found


def _by_time(quarter, author):
    """Each first look at an author's ticket, without points, and each word of ours that names new points."""
    found = []
    for life in quarter.lives.values():
        if life.author is author:
            found.append((life.at, life, {}))
            known = set()
            for at, points in life.spoken:
                fresh = points if points is life.points else {r: d for r, d in points.items() if r not in known}
                known |= set(fresh)
                found += [(at, life, fresh)] * bool(fresh)
    return sorted(found, key=lambda one: one[0])


def _note_passes(life, memory):
    slips = {fault.rule for fault in life.filed}
    for rule, own in memory.items():
        if rule not in slips:
            own.passes()


class _Memory:
    """What somebody met of one rule."""

    def __init__(self):
        self._shown = self._run = 0
        self._relapsed = False

    def slip(self):
        self._relapsed = self._shown > 0 and self._run >= UNAIDED_TO_MASTER
        self._shown, self._run = self._shown + 1, 0

    def passes(self):
        self._run += 1 if self._shown else 0

    def expects(self):
        if self._shown and self._run >= UNAIDED_TO_MASTER:
            return Why.MASTERED
        if self._relapsed and not self._run:
            return Why.RELAPSED
        return Why.NEW if self._shown < TIMES_EXPLAINED else Why.KNOWN


def lost_voice(quarter, rule, project):
    """When a rule lost its voice in a project by what people said of it; None if it never did."""
    columns = (response.c.ticket_id, response.c.what, response.c.at)
    here = (response.c.rule == rule) & (response.c.project == project)
    with quarter.store.reading() as connection:
        rows = connection.execute(select(*columns).where(here).order_by(response.c.id)).all()
    cases = defaultdict(set)
    for row in rows:
        cases[row.ticket_id].add(row.what)
        shown = [what for what in cases.values() if What.SHOWN in what]
        useless = sum(What.NOT_USEFUL in what for what in shown)
        if len(shown) >= FEWEST_SHOWN and Tally(rule, project, len(shown), not_useful=useless).voiceless:
            return row.at
    return None


def spoken_of(quarter, rule, after):
    """On how many tickets of each project a rule was spoken of after a time."""
    return Counter(
        life.author.project
        for life in quarter.lives.values()
        if any(at > after and rule in points for at, points in life.spoken)
    )


def filed_with(quarter, rule, after):
    """In how many tickets of each project its fault was, filed after a time."""
    lives = (one for one in quarter.lives.values() if one.at > after)
    return Counter(life.author.project for life in lives if any(fault.rule == rule for fault in life.filed))


def decisions(quarter):
    """How often we decided what, in each project."""
    chosen = select(ticket.c.project, decision.c.action).join(ticket, ticket.c.id == decision.c.ticket_id)
    with quarter.store.reading() as connection:
        rows = connection.execute(chosen.where(ticket.c.tracker == Board.name)).all()
    return Counter((row.project, row.action) for row in rows)
