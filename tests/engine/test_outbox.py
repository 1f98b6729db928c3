"""Nobody waits for a pipe, whoever reads it or does not."""

import multiprocessing
import threading

import pytest

from service.engine.messages import Check, Stop, Wake
from service.engine.outbox import Outbox

LARGE = Check(1, "x" * 1_000_000, None, 0.0)


@pytest.fixture
def ends():
    ours, theirs = multiprocessing.Pipe()
    outbox = Outbox(ours)
    yield outbox, theirs
    theirs.close()
    outbox.close()


def test_what_is_put_comes_in_order(ends):
    outbox, theirs = ends
    for message in (LARGE, Stop(), LARGE):
        outbox.put(message)
    assert [theirs.recv() for _ in range(3)] == [LARGE, Stop(), LARGE]


def test_a_nudge_is_there_when_the_call_returns(ends):
    outbox, theirs = ends
    outbox.nudge(Wake())
    assert theirs.poll(0)
    assert theirs.recv() == Wake()


def test_a_nudge_waits_for_no_pipe_that_is_full_and_is_not_repeated(ends):
    outbox, theirs = ends
    sent = 0
    while outbox._waiting.empty() and outbox._sending.acquire(blocking=False):
        outbox._sending.release()
        outbox.nudge(Wake())
        sent += 1
    for _ in range(1000):
        outbox.nudge(Wake())
    outbox.put(Stop())
    heard = 0
    while theirs.recv() != Stop():
        heard += 1
    assert sent <= heard <= sent + 2


def test_a_nudge_is_left_out_while_something_waits(ends):
    outbox, theirs = ends
    outbox.put(LARGE)
    outbox.put(Stop())
    for _ in range(1000):
        outbox.nudge(Wake())
    assert theirs.recv() == LARGE
    assert theirs.recv() == Stop()
    assert not theirs.poll(0.1)


def test_whoever_is_gone_hears_nothing_and_fails_nobody(ends):
    outbox, theirs = ends
    theirs.close()
    for _ in range(3):
        outbox.nudge(Wake())
        outbox.put(Stop())


def test_nothing_is_sent_after_the_end(ends):
    outbox, theirs = ends
    threads = [threading.Thread(target=lambda: [outbox.nudge(Wake()) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    outbox.close()
    for thread in threads:
        thread.join()
    heard = []
    with pytest.raises(EOFError):
        heard.extend(iter(theirs.recv, Stop()))
    assert set(heard) <= {Wake()}
