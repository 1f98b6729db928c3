"""Whoever waits for a bell hears it, whoever rings it and whenever."""

import signal
import threading

import pytest

from service.engine.bell import Bell


def test_it_is_heard_once_for_each_ring():
    bell = Bell()
    assert not bell.wait(0.0)
    bell.ring()
    bell.ring()
    assert [bell.wait(0.0) for _ in range(3)] == [True, True, False]


def test_what_was_rung_before_it_was_hushed_is_forgotten():
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.hush()
    assert not bell.wait(0.0)
    bell.ring()
    assert bell.wait(0.0)


def test_another_thread_is_woken():
    bell, heard = Bell(), []
    waiting = threading.Thread(target=lambda: heard.append(bell.wait(30)))
    waiting.start()
    bell.ring()
    waiting.join(30)
    assert heard == [True]


@pytest.fixture
def alarm():
    """Rings in a signal handler of this thread, every half millisecond."""
    bell = Bell()
    before = signal.signal(signal.SIGALRM, lambda *_: bell.ring())
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    yield bell
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_a_signal_handler_rings_it_whatever_its_thread_is_at(alarm):
    """An Event, cleared and waited for as often, hangs within a moment."""
    for _ in range(400):
        assert alarm.wait(30)
        alarm.hush()
