"""A quarter of tickets of three teams who do not exist: seeded, so that it is the same every time. Pure.

Authors begin with habits of their own. At first there is a trial, in which nothing is said. Then each comment
they get makes them a little less likely to leave out the same thing again; many of them edit the ticket, and work
begins some days later.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from service.reports.days import DAY, WEEK, week_of
from service.rulebook import Rule
from service.score import Charge, bill, level
from service.ticket import Kind, StatusCategory
from service.verdict import Level, Severity

WEEKS = 26
READY, NEARLY = 80, 50
TEAMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"Checkout": ("CART", "PAY"), "Platform": ("CORE", "AUTH"), "Mobile": ("APP",)}
)
KINDS = (Kind.STORY, Kind.STORY, Kind.STORY, Kind.TASK, Kind.TASK, Kind.BUG, Kind.BUG, Kind.EPIC)
AUTHORS_A_PROJECT = 6
NEW_RULES_WEEK = 15
TRIAL_WEEKS = 17
_OFTEN = MappingProxyType({Severity.BLOCKER: 0.7, Severity.WARNING: 1.1, Severity.HINT: 0.3})


@dataclass(frozen=True, slots=True)
class Reading:
    """One review of a simulated ticket. `said` is what we then did: post, update or silence."""

    at: float
    text: int
    text_changed: float
    category: StatusCategory
    score: int
    level: Level
    rules: tuple[tuple[str, int], ...]
    rulebook: str
    said: str


@dataclass(frozen=True, slots=True)
class Simulated:
    """One ticket with all its reviews, in order."""

    key: str
    project: str
    kind: Kind
    author: str
    created: float
    readings: tuple[Reading, ...]


Rates = Sequence[tuple[Rule, float]]
Points = Sequence[tuple[str, int]]


@dataclass(slots=True)
class _Author:
    name: str
    carelessness: float
    learnt: dict[str, float] = field(default_factory=dict)


def simulate(rules: Mapping[str, Rule], now: float, seed: int = 1) -> Iterator[Simulated]:
    """The tickets of the half-year before `now`, in order of their creation; the last quarter is what is shown."""
    dice = random.Random(seed)
    rates = [(rule, _often(rule) * dice.uniform(0.1, 1.2) ** 2) for rule in rules.values()]
    people = {
        project: [_Author(_name(project, n), dice.uniform(0.8, 1.3)) for n in range(AUTHORS_A_PROJECT)]
        for projects in TEAMS.values()
        for project in projects
    }
    first = week_of(now) * DAY - (WEEKS - 1) * WEEK
    births = sorted(
        (first + week * WEEK + (dice.randrange(5) + dice.uniform(0.3, 0.7)) * DAY, project)
        for project in people
        for week in range(WEEKS)
        for _ in range(dice.randint(8, 22))
    )
    numbers = dict.fromkeys(people, 100)
    for created, project in births:
        if created < now - DAY / 4:
            numbers[project] += 1
            author = dice.choice(people[project])
            key = f"{project}-{numbers[project]}"
            yield _ticket(dice, rates, author, key, created=created, now=now)


def _often(rule: Rule) -> float:
    """What is left out altogether is missed more often than a word is chosen badly."""
    return _OFTEN[rule.severity] * (1.6 if rule.find.matcher == "missing" else 0.7)


def _name(project: str, number: int) -> str:
    return hashlib.sha256(f"nobody {number} of {project}".encode()).hexdigest()


def _ticket(
    dice: random.Random,
    rates: Sequence[tuple[Rule, float]],
    author: _Author,
    key: str,
    *,
    created: float,
    now: float,
) -> Simulated:
    kind = dice.choice(KINDS)
    found = [
        rule
        for rule, rate in rates
        if kind in rule.applies_to and dice.random() < rate * author.carelessness * author.learnt.get(rule.id, 1.0)
    ]
    readings = list(_life(dice, found, created, now, author))
    project = key.partition("-")[0]
    return Simulated(key, project, kind, author.name, created, tuple(r for r in readings if r.at < now))


def _life(
    dice: random.Random, found: list[Rule], created: float, now: float, author: _Author
) -> Iterator[Reading]:
    """Written, read, perhaps mended once or twice, begun, done."""
    at, text, changed = created + 100, 0, created
    changed_rules = now - (WEEKS - NEW_RULES_WEEK) * WEEK
    score, points = _scored(found)
    speaks = score < READY and created > now - (WEEKS - TRIAL_WEEKS) * WEEK
    told = {"at": at, "text": text, "text_changed": changed}
    yield _reading(told, StatusCategory.NEW, changed_rules, points, "post" if speaks else "silence")
    while speaks and found and text < 3 and dice.random() < 0.72 - 0.06 * text:
        for rule in found[:3]:
            author.learnt[rule.id] = max(0.2, author.learnt.get(rule.id, 1.0) * 0.9)
        found = [rule for n, rule in enumerate(found) if dice.random() > (0.6 if n < 3 else 0.2)]
        text, changed = text + 1, at + dice.expovariate(1 / (2.5 * DAY)) + 600
        at = changed + 100
        _, points = _scored(found)
        told = {"at": at, "text": text, "text_changed": changed}
        yield _reading(told, StatusCategory.NEW, changed_rules, points, "update")
    for category, wait in ((StatusCategory.IN_PROGRESS, 5 * DAY), (StatusCategory.DONE, 4 * DAY)):
        at += dice.uniform(0.4, 1.6) * wait
        yield _reading(told | {"at": at}, category, changed_rules, points, "silence")


def _reading(
    told: Mapping[str, float],
    category: StatusCategory,
    changed_rules: float,
    points: Sequence[tuple[str, int]],
    said: str,
) -> Reading:
    score = 100 - sum(cost for _, cost in points)
    reached = level(score, ready=READY, nearly=NEARLY)
    rulebook = "sample-rules-2" if told["at"] > changed_rules else "sample-rules-1"
    given = {"category": category, "score": score, "level": reached, "rules": tuple(points), "rulebook": rulebook}
    return Reading(**told, **given, said=said)  # type: ignore[arg-type]  # each part has its type where it is made


def _scored(found: Sequence[Rule]) -> tuple[int, list[tuple[str, int]]]:
    """By the product's own scoring; the costliest first, as a comment names them."""
    charged = bill([Charge(rule.id, rule.dimension, rule.weight) for rule in found])
    points = [(rule.id, cost) for rule, cost in zip(found, charged.points, strict=True)]
    return charged.score, sorted(points, key=lambda one: (-one[1], one[0]))
