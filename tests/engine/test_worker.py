import multiprocessing
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from service.engine.child import BEHIND_THE_WEB
from service.engine.messages import Check, Checked, Leaving, Ready, Stop, Wake
from service.inbox import Inbox
from service.policy import Policy
from service.settings import Settings
from service.store.schema import site, ticket
from service.ticket import Saved, Text, Ticket, TicketRef
from service.trackers.base import Received
from tests.engine import real_worker
from tests.store.conftest import KEY

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def worker(store, url, request):
    ours, theirs = SPAWN.Pipe()
    changes = getattr(request, "param", {})
    settings = Settings(url, Path(), secret_key=KEY, debounce_seconds=0.0, **changes)
    process = SPAWN.Process(target=real_worker.real, args=(settings, theirs), daemon=True)
    process.start()
    theirs.close()
    assert ours.poll(20)
    assert isinstance(ours.recv(), Ready)
    process.pipe, process.settings = ours, settings
    yield process
    ours.close()
    process.join(10)
    process.kill()


def ask(worker, number, title="A title", seconds=10.0):
    asked = Check(number, Ticket("1", title, Text("a secret text")), Policy(ready=71), time.monotonic() + seconds)
    worker.pipe.send(asked)
    assert worker.pipe.poll(10)
    return worker.pipe.recv()


def test_it_scores_on_request_and_says_what_failed(worker, capfd):
    assert ask(worker, 1).review.score == 71
    assert ask(worker, 2, "fail") == Checked(2, None)
    assert ask(worker, 3).number == 3
    assert "a secret text" not in "".join(capfd.readouterr())


def test_it_does_not_score_what_nobody_waits_for(worker):
    assert ask(worker, 1, seconds=-1.0) == Checked(1, None)


def test_it_stands_behind_the_web_process(worker):
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) == min(ours + BEHIND_THE_WEB, 19)


def test_it_ends_when_told(worker):
    worker.pipe.send(Stop())
    worker.join(10)
    assert worker.exitcode == 0


@pytest.mark.parametrize("worker", [{"worker_megabytes": 1}], indirect=True)
def test_it_asks_once_to_be_replaced_when_it_holds_too_much_and_works_on_until_told(worker):
    assert worker.pipe.poll(10)
    assert worker.pipe.recv() == Leaving()
    assert ask(worker, 1).review.score == 71
    assert not worker.pipe.poll(1.5)
    worker.pipe.send(Stop())
    worker.join(10)
    assert worker.exitcode == 0


def test_it_ends_in_peace_on_a_signal_from_a_service_manager(worker):
    worker.terminate()
    worker.join(10)
    assert worker.exitcode == 0


def test_it_ends_when_the_web_process_is_gone(worker):
    worker.pipe.close()
    worker.join(10)
    assert worker.exitcode == 1


def test_it_works_on_what_is_due(worker, store):
    """No site of this name is configured: the worker's part is to say so on the site and to go on."""
    inbox = Inbox(store, worker.settings)
    ref = TicketRef("jira", "nowhere", "1", "SHOP-1")
    inbox.accept("jira", "nowhere", Received("d1", (Saved(ref),)))
    inbox.stop()
    worker.pipe.send(Wake())
    end = time.monotonic() + 20
    while not (reason := look(store)):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert "nowhere" in reason
    assert ask(worker, 1).review.score == 71


def look(store):
    with store.reading() as connection:
        assert connection.execute(select(ticket.c.done_generation)).scalar_one() == 0
        return connection.execute(select(site.c.pause_reason)).scalar_one()


def test_without_a_model_it_says_so_and_ends(url, capfd):
    ours, theirs = SPAWN.Pipe()
    settings = Settings(url, Path(), secret_key=KEY, model="unknown")
    process = SPAWN.Process(target=real_worker.real, args=(settings, theirs), daemon=True)
    process.start()
    theirs.close()
    process.join(20)
    assert process.exitcode == 1
    ours.close()
    assert "no model named unknown" in "".join(capfd.readouterr())
