"""One audit from its source to its report: stops when told, goes on where it stopped."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import IO

from service import rulebook
from service.audit import writing
from service.audit.run import judged, judges
from service.audit.sources import Entry, Source
from service.audit.state import State, resumed
from service.audit.tally import Judged
from service.cli import Stop
from service.settings import Settings
from service.store import StoreUnavailable
from service.ticket import TicketRef
from service.trackers.base import TrackerError

SAVE_SECONDS = 15.0
TOGETHER = 200
GO_ON = "What was done until then is kept: the same command goes on from there."
ENDED = "A worker process was ended from outside, perhaps for want of memory; --processes says how many there are."
NOTHING = "No ticket was found. Is the query right, and may our user see what it names?\n"
Progress = Callable[[int | None, int], Callable[[int], None]]
HandOver = Callable[[list[TicketRef]], None]


class Stopped(Exception):
    """Somebody pressed Ctrl-C. What was done until then is kept."""

    def __init__(self, seen: int) -> None:
        super().__init__()
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write and how: the form, where to (None: standard output), where the state is, and how wide."""

    form: str
    output: Path | None
    state: Path
    processes: int


class Audit:
    """An audit of one source. `progress(total, done)` begins a bar and returns what moves it on.

    `asked` is set when somebody wants it to stop, by Ctrl-C or from elsewhere.
    """

    def __init__(
        self,
        settings: Settings,
        plan: Plan,
        progress: Progress,
        hand_over: HandOver | None = None,
        asked: threading.Event | None = None,
    ) -> None:
        self._settings, self._plan, self._progress, self._hand_over = settings, plan, progress, hand_over
        self._asked = asked or threading.Event()
        self._refs: list[TicketRef] = []
        self._saved = time.monotonic()

    def run(self, source: Source) -> None:
        """Score all of it and write what was found. Raises Stopped, and Stop where it cannot be done."""
        if self._plan.output and not self._plan.output.parent.is_dir():
            raise Stop(f"{self._plan.output} cannot be written: there is no such folder.")
        book = rulebook.load([self._settings.rules] if self._settings.rules else [])
        state = resumed(self._plan.state, self._identity(source), book.version)
        try:
            with _interruptible(self._asked):
                self._go_through(source, state)
        except TrackerError as error:
            raise Stop(f"{error} {GO_ON}" if state.tally.seen else str(error)) from None
        except StoreUnavailable as error:
            raise Stop(f"{error}. {GO_ON}") from None
        except BrokenProcessPool:
            raise Stop(f"{ENDED} {GO_ON}") from None
        if self._asked.is_set():
            raise Stopped(state.tally.seen)
        self._conclude(source, state)
        self._plan.state.unlink(missing_ok=True)
        if not state.tally.seen:
            sys.stderr.write(NOTHING)

    def _identity(self, source: Source) -> str:
        """What a state belongs to: rows, or comments, that began in the middle would be but a part."""
        rows = "rows" if self._plan.form == "csv" else "summary"
        return f"{source.name} ({rows}{', comments' if self._hand_over else ''})"

    def _go_through(self, source: Source, state: State) -> None:
        advance = self._progress(source.total(), state.weight)
        entries = _until(self._asked, source.entries(state.place))
        with _rows(self._plan, state) as rows, judges(self._settings, self._plan.processes) as pool:
            try:
                for entry, one in judged(pool, entries, self._plan.processes):
                    self._count(state, entry, one, rows)
                    advance(entry.weight)
                    if time.monotonic() - self._saved > SAVE_SECONDS:
                        self._save(state, rows)
            finally:
                self._save(state, rows)

    def _count(self, state: State, entry: Entry, one: Judged, rows: IO[bytes] | None) -> None:
        state.tally.add(one)
        state.place, state.weight = entry.place, state.weight + entry.weight
        if rows:
            state.written += rows.write(writing.csv_row(writing.cells(one)))
        if self._hand_over and entry.ref:
            self._refs.append(entry.ref)
            if len(self._refs) >= TOGETHER:
                self._pass_on()

    def _pass_on(self) -> None:
        if self._hand_over and self._refs:
            self._hand_over(self._refs)
            self._refs = []

    def _save(self, state: State, rows: IO[bytes] | None) -> None:
        """What is written and handed over first, then how far we are: what is done twice does no harm."""
        if rows:
            rows.flush()
        self._pass_on()
        state.save(self._plan.state)
        self._saved = time.monotonic()

    def _conclude(self, source: Source, state: State) -> None:
        if self._plan.form == "csv":
            return
        if self._plan.form == "html":
            from service.audit import report  # noqa: PLC0415 (the chart library takes seconds to load)

            told = report.render(state.tally, source.title, state.rulebook, datetime.now(UTC))
        else:
            told = (writing.as_json if self._plan.form == "json" else writing.as_text)(state.tally)
        if self._plan.output is None:
            sys.stdout.write(told)
            return
        try:
            self._plan.output.write_text(told, encoding="utf-8")
        except OSError as error:
            raise Stop(f"{self._plan.output} cannot be written: {error.strerror}. {GO_ON}") from None


@contextmanager
def _rows(plan: Plan, state: State) -> Iterator[IO[bytes] | None]:
    """Where rows go. What an earlier run wrote after its state was saved is cut off, as it comes again."""
    if plan.form != "csv":
        yield None
        return
    header = writing.csv_row(writing.COLUMNS)
    if plan.output is None:
        state.written += 0 if state.written else sys.stdout.buffer.write(header)
        yield sys.stdout.buffer
        return
    try:
        with plan.output.open("r+b" if state.written else "wb") as stream:
            stream.truncate(state.written)
            stream.seek(state.written)
            state.written += 0 if state.written else stream.write(header)
            yield stream
    except OSError as error:
        raise Stop(f"{plan.output} cannot be written: {error.strerror}.") from None


@contextmanager
def _interruptible(asked: threading.Event) -> Iterator[None]:
    """Ctrl-C asks to stop; what is in hand is finished first. A second one ends at once."""

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (the signal's signature)
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _until(asked: threading.Event, entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if asked.is_set():
            return
        yield entry
