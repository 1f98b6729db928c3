"""How many threads of a web process may wait for others."""

import contextlib

import pytest

from service.turns import MOST_IN_ALL, Full, Turns
from service.web.server import THREADS


def test_each_thing_has_its_bound_and_all_have_one_together():
    assert MOST_IN_ALL < THREADS
    scores, panels, logins = Turns(2), Turns(MOST_IN_ALL), Turns(1)
    with contextlib.ExitStack() as held:
        for _ in range(2):
            held.enter_context(scores.one())
        with pytest.raises(Full), scores.one():
            pass
        for _ in range(MOST_IN_ALL - 2):
            held.enter_context(panels.one())
        for full in (panels, logins):
            with pytest.raises(Full), full.one():
                pass
    for free in (scores, panels, logins):
        with free.one():
            pass


def test_who_fails_while_it_waits_gives_its_turn_back():
    turns = Turns(1)
    for _ in range(MOST_IN_ALL + 1):
        with pytest.raises(ZeroDivisionError), turns.one():
            raise ZeroDivisionError
    with turns.one():
        pass
