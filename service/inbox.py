"""Accept a delivery: what it says is committed before it is answered.

SQLite has one writer at a time: one thread writes for all, and commits what has gathered in one transaction. On
PostgreSQL a few do, as there the way to the server is what takes the time.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from service.settings import Settings
from service.store import Store, StoreUnavailable
from service.store.accepting import Wanted, note_deliveries, raise_generations, register_site
from service.store.keeping import LOCAL
from service.ticket import Event, Removed, Saved, TicketRef
from service.trackers.base import Received

BATCH = 256
WRITERS = 4

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    tracker: str
    site: str
    received: Received
    answer: Future[bool]


class Inbox:
    """Where deliveries are accepted. One for each process that serves webhooks.

    `wake` is called with each ticket that is due at once; whoever works on tickets finds the others by itself.
    `enqueue(connection, [(id, due)])` is called in the accepting transaction with those that had nothing to do.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        wake: Callable[[TicketRef], None] | None = None,
        enqueue: Callable[[Connection, list[tuple[int, float]]], None] | None = None,
    ) -> None:
        self._store = store
        self._debounce, self._max_wait = settings.debounce_seconds, settings.max_wait_seconds
        self._wake, self._enqueue = wake, enqueue
        self._sites: set[tuple[str, str]] = set()
        self._entries: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._open = True
        count = WRITERS if store.distributed else 1
        self._writers = [threading.Thread(target=self._write, name="inbox", daemon=True) for _ in range(count)]
        for writer in self._writers:
            writer.start()

    def accept(self, tracker: str, site: str, received: Received) -> bool:
        """Commit the delivery and raise its tickets' generations. False if it had been accepted before.

        Raises StoreUnavailable: nothing was committed, and the sender shall try again.
        """
        entry = _Entry(tracker, site, received, Future())
        with self._gate:
            if not self._open:
                raise StoreUnavailable("the service is stopping")
            self._entries.put(entry)
        new = entry.answer.result()
        if new and self._wake:
            for event in received.events:
                if self._delays(event.ref.tracker)[0] == 0:
                    self._wake(event.ref)
        return new

    def stop(self) -> None:
        """Accept nothing more, and return when what was accepted is committed."""
        with self._gate:
            if self._open:
                self._open = False
                for _ in self._writers:
                    self._entries.put(None)
        for writer in self._writers:
            writer.join()

    def _write(self) -> None:
        stopping = False
        while not stopping:
            batch, stopping = self._gather()
            try:
                self._commit(batch)
            except StoreUnavailable as error:
                self._sites.clear()  # what comes back may be a backup that does not know them
                for entry in batch:
                    entry.answer.set_exception(StoreUnavailable(str(error)))
            except Exception:  # noqa: BLE001 (one entry's fault must not be the others')
                for entry in batch:
                    self._commit_alone(entry)

    def _gather(self) -> tuple[list[_Entry], bool]:
        batch: list[_Entry] = []
        entry = self._entries.get()
        while entry is not None:
            batch.append(entry)
            if len(batch) == BATCH or self._entries.empty():
                return batch, False
            entry = self._entries.get()
        return batch, True

    def _commit(self, batch: Sequence[_Entry]) -> None:
        if not batch:
            return
        with self._store.writing() as connection:
            fresh = self._record(connection, batch)
        self._sites.update((entry.tracker, entry.site) for entry in batch)
        for entry, new in zip(batch, fresh, strict=True):
            entry.answer.set_result(new)

    def _commit_alone(self, entry: _Entry) -> None:
        try:
            self._commit([entry])
        except Exception as error:  # noqa: BLE001 (raised again where the delivery came in)
            entry.answer.set_exception(error)

    def _record(self, connection: Connection, batch: Sequence[_Entry]) -> list[bool]:
        """Write the deliveries down, then raise their tickets; whether each was new."""
        for tracker, site in sorted({(entry.tracker, entry.site) for entry in batch} - self._sites):
            register_site(connection, tracker, site)
        keys = [(entry.tracker, entry.site, _fitting(entry.received.id)) for entry in batch]
        unheard = note_deliveries(connection, (key for key in keys if key[2]))
        fresh = []
        for key in keys:
            fresh.append(not key[2] or key in unheard)
            unheard.discard(key)
        events = [event for entry, new in zip(batch, fresh, strict=True) if new for event in entry.received.events]
        raised = raise_generations(connection, map(self._wanted, events))
        if self._enqueue:
            self._enqueue(connection, [(one.id, one.due) for one in raised if one.first])
        return fresh

    def _wanted(self, event: Event) -> Wanted:
        debounce, max_wait = self._delays(event.ref.tracker)
        saved = isinstance(event, Saved) and event.ref.tracker != LOCAL
        return Wanted(event.ref, debounce, max_wait, saved=saved, gone=isinstance(event, Removed))

    def _delays(self, tracker: str) -> tuple[float, float]:
        if tracker == LOCAL:
            return 0.0, 0.0
        return min(self._debounce, self._max_wait), self._max_wait


def _fitting(delivery_id: str) -> str:
    """The id itself, or its digest where it would not fit the column."""
    return delivery_id if len(delivery_id) <= 200 else hashlib.sha256(delivery_id.encode()).hexdigest()
