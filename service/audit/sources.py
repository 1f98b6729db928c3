"""Where an audit's tickets come from: a vendor's search, page by page, or a file, line by line.

Each entry bears the place after it, from which another run can go on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from service.cli import Stop
from service.cli.reading import Source as Reading
from service.ticket import Ticket, TicketRef
from service.trackers.base import Searchable, TrackerError

TRIES = 8
LONGEST_WAIT = 900.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """One ticket, or why it could not be read. `place` is where to go on after it; `weight` is for the bar."""

    place: str
    key: str
    url: str = ""
    ticket: Ticket | None = None
    error: str = ""
    weight: int = 1
    ref: TicketRef | None = None


class Source(Protocol):
    """A run of entries. `name` tells it from others, `title` is for people."""

    name: str
    title: str

    def total(self) -> int | None:
        """What the bar runs to."""
        ...

    def entries(self, place: str) -> Iterator[Entry]:
        """All after this place; "" is the beginning. Raises TrackerError or Stop."""
        ...


class Export:
    """A file of one ticket a line, as `clarity check` reads them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name, self.title = f"file {path.resolve()} {self._size()}", path.name

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError as error:
            raise Stop(f"{self._path} cannot be read: {error.strerror}.") from None

    def total(self) -> int | None:
        """The file's bytes."""
        return self._size()

    def entries(self, place: str) -> Iterator[Entry]:
        """The lines after so many bytes."""
        offset = int(place or 0)
        read: list[int] = []
        with self._path.open("rb") as stream:
            stream.seek(offset)
            for item in Reading(how="jsonl", on_bytes=read.append).lines(stream):
                weight = sum(read)
                read.clear()
                offset += weight
                name = "" if item.id is None else str(item.id)
                yield Entry(str(offset), name, "", item.ticket, item.error, weight)


class _Asked(Exception):
    """Somebody asked us to stop while we waited."""


class Search:
    """A search at a tracker. What makes us wait is waited for; `on_wait(seconds, why)` may say so.

    `sleep(seconds)` waits; where it answers true, as an event's `wait` does, somebody asked us to stop.
    """

    def __init__(
        self,
        tracker: Searchable,
        query: str,
        on_wait: Callable[[float, str], None] = lambda _, __: None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._tracker, self._query, self._on_wait, self._sleep = tracker, query, on_wait, sleep
        self.name = f"{tracker.name} {tracker.site} {query}"
        self.title = f"{tracker.name.capitalize()} ({tracker.site}): {query}"

    def total(self) -> int | None:
        """How many tickets there are, roughly."""
        with suppress(_Asked):
            return self._patiently(lambda: self._tracker.count(self._query))
        return None

    def entries(self, place: str) -> Iterator[Entry]:
        """The tickets from a page on; of that page those after so many. They end where we are asked to stop."""
        with suppress(_Asked):
            yield from self._entries(place)

    def _entries(self, place: str) -> Iterator[Entry]:
        here, skip = json.loads(place) if place else ("", 0)
        while True:
            page = self._patiently(partial(self._tracker.search, self._query, here))
            for number, one in enumerate(page.tickets, 1):
                if number > skip:
                    after = json.dumps([here, number])
                    yield Entry(after, one.ref.key, one.url, one.ticket, ref=one.ref)
            if not page.next or page.next == here:
                return
            here, skip = page.next, 0

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Try again what may pass, after as long as the tracker asks for."""
        for attempt in range(TRIES):
            try:
                return ask()
            except TrackerError as error:
                if error.permanent or attempt == TRIES - 1:
                    raise
                seconds = min(max(error.retry_after or 0.0, 2.0**attempt), LONGEST_WAIT)
                self._on_wait(seconds, str(error))
                if self._sleep(seconds):
                    raise _Asked from None
        raise AssertionError("unreachable")
