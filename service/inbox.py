"""Accept a delivery: what it says is committed before it is answered.

Who brings a delivery while nothing is being committed does so at once, in its own thread. What comes in meanwhile
gathers, and is committed together by the one who has waited longest.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.settings import Settings
from service.store import Store, StoreUnavailable
from service.store.accepting import Delivered, Wanted, accept_deliveries, project_of, register_site
from service.store.schema import LOCAL
from service.ticket import Event, Removed, Saved, TicketRef
from service.trackers.base import Received

BATCH = 256
PATIENCE = 0.25  # of the time that the last commit took
LONGEST_PATIENCE = 0.01
OVERDUE_SECONDS = 0.1
STOP_SECONDS = 2.0


@dataclass(slots=True, eq=False)
class _Entry:
    """A delivery. Where it has to wait, its thread sleeps at `turn` until it is answered, or has to lead."""

    delivered: Delivered
    turn: threading.Lock | None = None
    answer: bool | Exception | None = None


class Inbox:
    """Where deliveries are accepted. One for each process that serves webhooks.

    `wake` is called with each ticket that is due at once; whoever works on tickets finds the others by itself.
    """

    def __init__(self, store: Store, settings: Settings, wake: Callable[[TicketRef], None] | None = None) -> None:
        self._store = store
        self._settings = settings
        self._wake = wake
        self._sites: set[tuple[str, str]] = set()
        self._waiting: deque[_Entry] = deque()
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._complete = threading.Condition(self._lock)
        self._open, self._committing, self._began = True, 0, 0.0
        self._crowd, self._expected, self._patient_until = 1, 0, 0.0

    def accept(self, tracker: str, site: str, received: Received) -> bool:
        """Commit the delivery and raise its tickets' generations. False if it had been accepted before.

        Raises StoreUnavailable: nothing was committed, and the sender shall try again.
        """
        wanted = tuple(self._wanted(event) for event in received.events)
        new = self._commit_in_turn(_Entry(Delivered(tracker, site, _fitting(received.id), wanted)))
        if new and self._wake:
            for one in wanted:
                if one.debounce == 0:
                    self._wake(one.ref)
        return new

    def stop(self) -> None:
        """Accept nothing more, and return when what is being committed is, or after a moment: a database that
        hangs may never answer, and who waits for it has not been told that anything was accepted.
        """
        with self._idle:
            self._open = False
            self._idle.wait_for(lambda: not self._committing, STOP_SECONDS)

    def _commit_in_turn(self, entry: _Entry) -> bool:
        turn = self._queue(entry)
        if turn:
            turn.acquire()
        if entry.answer is None:
            self._lead(entry)
        assert entry.answer is not None  # noqa: S101 (who leads commits its own first of all)
        if isinstance(entry.answer, Exception):
            raise entry.answer
        return entry.answer

    def _queue(self, entry: _Entry) -> threading.Lock | None:
        """Where the entry has to wait; None if it may lead at once."""
        with self._lock:
            if not self._open:
                raise StoreUnavailable("the service is stopping")
            if not self._committing or self._is_stuck():
                self._committing += 1
                self._began = time.monotonic()
                return None
            entry.turn = turn = threading.Lock()
            turn.acquire()
            self._waiting.append(entry)
            if len(self._waiting) == self._expected:
                self._complete.notify()
            return turn

    def _is_stuck(self) -> bool:
        """Whether a commit takes so long that another may pass it, as where one waits for a ticket's lock."""
        late = time.monotonic() - self._began > OVERDUE_SECONDS
        return late and self._committing < self._store.writers

    def _lead(self, entry: _Entry) -> None:
        """Commit an entry with what has gathered behind it, and leave what comes meanwhile to the next."""
        batch = self._gather(entry)
        began = self._began = time.monotonic()
        try:
            self._commit(batch)
        finally:
            for one in batch[1:]:
                if one.answer is None:
                    one.answer = StoreUnavailable("the commit was broken off")
                _wake(one)
            now = time.monotonic()
            with self._lock:
                self._crowd = len(batch) + len(self._waiting)
                self._patient_until = now + min((now - began) * PATIENCE, LONGEST_PATIENCE)
                heir = self._waiting.popleft() if self._waiting else None
                if not heir:
                    self._committing -= 1
                    if not self._open:
                        self._idle.notify_all()
            if heir:
                _wake(heir)

    def _gather(self, entry: _Entry) -> Sequence[_Entry]:
        """The entry, with all that wait.

        Whoever was answered just now may be about to bring the next, and would wait for two commits if it came too
        late for this one: they are waited for, for a part of the time that a commit takes.
        """
        with self._lock:
            self._expected = self._crowd - 1
            patience = self._patient_until - time.monotonic() if self._expected else 0.0
            if patience > 0:
                self._complete.wait_for(lambda: len(self._waiting) >= self._expected, patience)
            self._expected = 0
            more = min(len(self._waiting), BATCH - 1)
            return [entry, *(self._waiting.popleft() for _ in range(more))]

    def _commit(self, batch: Sequence[_Entry]) -> None:
        """Answer each entry of a batch."""
        try:
            fresh = self._record([entry.delivered for entry in batch])
        except StoreUnavailable as error:
            self._sites.clear()  # what comes back may be a backup that does not know them
            for entry in batch:
                entry.answer = StoreUnavailable(str(error))
        except Exception as error:  # noqa: BLE001 (raised again where the delivery came in)
            if len(batch) == 1:
                batch[0].answer = error
                return
            for entry in batch:  # one entry's fault must not be the others'
                self._commit([entry])
        else:
            for entry, new in zip(batch, fresh, strict=True):
                entry.answer = new

    def _record(self, batch: Sequence[Delivered]) -> list[bool]:
        """Whether each was new."""
        self._register({(one.tracker, one.site) for one in batch} - self._sites)
        with self._store.accepting() as hand:
            return accept_deliveries(hand, batch)

    def _register(self, sites: set[tuple[str, str]]) -> None:
        if sites:
            with self._store.writing() as connection:
                for tracker, site in sorted(sites):
                    register_site(connection, tracker, site)
            self._sites |= sites

    def _wanted(self, event: Event) -> Wanted:
        debounce, max_wait = self._delays(event.ref)
        saved = isinstance(event, Saved) and event.ref.tracker != LOCAL
        return Wanted(event.ref, debounce, max_wait, saved=saved, gone=isinstance(event, Removed))

    def _delays(self, ref: TicketRef) -> tuple[float, float]:
        if ref.tracker == LOCAL:
            return 0.0, 0.0
        return self._settings.debounce_of(project_of(ref.key)), self._settings.max_wait_seconds


def _wake(entry: _Entry) -> None:
    assert entry.turn  # noqa: S101 (who waits has one)
    entry.turn.release()


def _fitting(delivery_id: str) -> str:
    """The id itself, or its digest where it would not fit the column."""
    return delivery_id if len(delivery_id) <= 200 else hashlib.sha256(delivery_id.encode()).hexdigest()
