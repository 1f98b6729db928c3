"""How a rule was taken, as it is kept, is what all that people said comes to."""

import random

from service.reports.recounting import recount
from service.reports.taken import taken
from service.response import Response, What
from service.store.opinions import Opinion, hold
from service.store.people import silent_rules
from service.store.responses import add_responses, add_rule_review, tallies, voiceless
from service.store.stale import mark_ticket
from tests.reports.sample import AUTHORS, MONDAY, WEEK, add_review, add_ticket

RULES = ("no-role", "no-benefit", "vague-time")
PROJECTS = ("SHOP", "PAY", "EMPTY")


def some_tickets(connection, dice, project, tracker="jira"):
    """Tickets of some weeks on which rules were shown; nearly nobody in PAY finds the first one useful."""
    for n in range(40):
        one = add_ticket(connection, f"{project}{n}", project=project, tracker=tracker)
        for turn in (0, 1):
            at = MONDAY + (n % 5 + turn) * WEEK
            add_review(connection, one, project=project, at=at, text_changed=at, text_hash=f"{one} {turn}")
        told = [Response(rule, What.SHOWN, AUTHORS[0]) for rule in RULES if dice.random() < 0.8]
        told += [Response(dice.choice(RULES), dice.choice([*What]), dice.choice(AUTHORS)) for _ in range(3)]
        if project == "PAY":
            told.append(Response(RULES[0], What.NOT_USEFUL, AUTHORS[1]))
        add_responses(connection, one, told)
        if dice.random() < 0.2:
            hold(connection, one, dice.choice(RULES), Opinion.NOT_USEFUL, AUTHORS[2])
        mark_ticket(connection, one, whole=True)


def told(store, rule):
    with store.reading() as connection:
        found = taken(connection, rule, PROJECTS)
    return {project: (one.shown, one.not_useful) for project, one in found.items()}


def test_it_is_what_all_responses_come_to(store):
    dice = random.Random(3)
    assert told(store, RULES[0]) == dict.fromkeys(PROJECTS, (0, 0))
    with store.writing() as connection:
        for project in ("SHOP", "PAY"):
            some_tickets(connection, dice, project)
        some_tickets(connection, dice, "EMPTY", tracker="local")
    while recount(store):
        pass
    for rule in RULES:
        with store.reading() as connection:
            live = tallies(connection, rules=[rule], playground=False)
        wanted = {one.project: (one.shown, one.not_useful) for one in live}
        assert wanted.keys() == {"SHOP", "PAY"}
        assert told(store, rule) == {"EMPTY": (0, 0), **wanted}
    assert told(store, "unknown") == dict.fromkeys(PROJECTS, (0, 0))


def test_the_rules_that_are_kept_as_silent_are_those_that_are(store):
    with store.writing() as connection:
        for project in ("SHOP", "PAY"):
            some_tickets(connection, random.Random(3), project)
    while recount(store):
        pass

    def both():
        with store.reading() as connection:
            live = {(project, rule) for project in PROJECTS for rule in voiceless(connection, project)}
            return set(silent_rules(connection)), live

    kept, live = both()
    assert kept == live
    assert ("PAY", RULES[0]) in kept
    with store.writing() as connection:
        add_rule_review(connection, RULES[0], "PAY")
    kept, after = both()
    assert kept == after == live - {("PAY", RULES[0])}
