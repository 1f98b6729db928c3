import gc
import weakref

import pytest

from service import collector


@pytest.fixture(autouse=True)
def as_before():
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


class Ring:
    """Something that only the collector frees."""

    def __init__(self):
        self.itself = self


def test_what_is_loaded_is_not_looked_through_again():
    kept = Ring()
    collector.settle()
    assert not any(one is kept for one in gc.get_objects())


def test_what_comes_later_is_looked_through():
    collector.settle()
    told = weakref.ref(Ring())
    gc.collect()
    assert told() is None


def test_what_was_replaced_is_given_back():
    told = weakref.ref(Ring())
    collector.settle()
    gc.collect()
    assert told() is not None
    collector.settle_anew()
    assert told() is None
