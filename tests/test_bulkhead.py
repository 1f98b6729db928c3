"""How many threads of a web process may wait for others."""

import contextlib

import pytest

from service.bulkhead import MOST_IN_ALL, Bulkhead, BulkheadFull
from service.web.server import THREADS


def test_each_thing_has_its_bound_and_all_have_one_together():
    assert MOST_IN_ALL < THREADS
    scores, panels, logins = Bulkhead(2), Bulkhead(MOST_IN_ALL), Bulkhead(1)
    with contextlib.ExitStack() as held:
        for _ in range(2):
            held.enter_context(scores.entered())
        with pytest.raises(BulkheadFull), scores.entered():
            pass
        for _ in range(MOST_IN_ALL - 2):
            held.enter_context(panels.entered())
        for full in (panels, logins):
            with pytest.raises(BulkheadFull), full.entered():
                pass
    for free in (scores, panels, logins):
        with free.entered():
            pass


def test_who_fails_while_it_waits_gives_its_turn_back():
    bulkhead = Bulkhead(1)
    for _ in range(MOST_IN_ALL + 1):
        with pytest.raises(ZeroDivisionError), bulkhead.entered():
            raise ZeroDivisionError
    with bulkhead.entered():
        pass
