"""A seat for a process of ours, filled again whenever it falls empty."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import structlog

from service.engine.messages import Checked, FromChild, Leaving, Ready, Stop, ToChild, Wake
from service.engine.outbox import Outbox

FINISH_SECONDS = 10.0
HEALTHY_AFTER = 30.0
SLOWEST_RESTART = 30.0

log = structlog.get_logger(__name__)
_spawn = multiprocessing.get_context("spawn")


class Seat:
    """One process at a time, which does `run(pipe)`; `name` is what the log calls it.

    `changed` is called when it becomes ready or falls empty, `heard` with each answer that it gives.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[Connection], None],
        changed: Callable[[], None] = lambda: None,
        heard: Callable[[Checked], None] = lambda _: None,
    ) -> None:
        self._name, self._run, self._changed, self._heard = name, run, changed, heard
        self._gate = threading.Lock()
        self._stopping = threading.Event()
        self._until = 0.0
        self._outbox: Outbox | None = None
        self._process: SpawnProcess | None = None
        self._leaving = False
        self.ready = False
        self._thread = threading.Thread(target=self._keep_filled, name="seat", daemon=True)

    def start(self) -> None:
        """Spawn the process, and another whenever it dies."""
        self._thread.start()

    def wake(self) -> None:
        """Tell it that something is due; while it has not heard the last word, that is left out."""
        if self.ready and self._outbox:
            self._outbox.nudge(Wake())

    def tell(self, message: ToChild) -> bool:
        """Tell it something; False where it is not there or about to go, and will not hear it."""
        with self._gate:
            if self.ready and self._outbox:
                self._outbox.put(message)
            return self.ready

    def end_hung(self) -> None:
        """End the process at once, as it does not answer; another takes its place."""
        if self._process:
            log.error(self._event("hangs: ending it"), process=self._process.pid)
            self.ready = False
            self._process.kill()

    def stop(self) -> None:
        """Ask the process to finish what it has in hand; `join` waits for that."""
        self._until = time.monotonic() + FINISH_SECONDS
        self._stopping.set()
        self._say_stop()

    def join(self) -> None:
        """Wait until a few seconds have passed since it was asked to stop, then end it."""
        self._thread.join(max(0.0, self._until - time.monotonic()))
        for end in ("terminate", "kill"):
            if self._thread.is_alive() and self._process:
                log.warning(self._event("did not end in time"), process=self._process.pid, now=end)
                getattr(self._process, end)()
                self._thread.join(2.0)

    def _keep_filled(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._fill()
            if self._stopping.is_set():
                return
            failures = 0 if time.monotonic() - began > HEALTHY_AFTER else failures + 1
            if self._leaving and code == 0 and not failures:
                log.info(self._event("replaced"))
                continue
            pause = min(0.1 * 2**failures, SLOWEST_RESTART)
            log.error(self._event("died"), exit_code=code, restart_in=round(pause, 1))
            self._stopping.wait(pause)

    def _fill(self) -> int | None:
        """Run one process from its birth to its death; its exit code."""
        ours, theirs = _spawn.Pipe(duplex=True)
        self._leaving = False
        self._outbox = outbox = Outbox(ours)
        try:
            # Whoever says stop says it first, then looks for the outbox: here it is the other way round.
            if self._stopping.is_set() or not (process := self._spawn(theirs)):
                return None
            self._listen(ours)
            process.join()
            return process.exitcode
        finally:
            theirs.close()
            outbox.close()

    def _spawn(self, theirs: Connection) -> SpawnProcess | None:
        self._process = process = _spawn.Process(target=self._run, args=(theirs,), name=self._name, daemon=True)
        try:
            process.start()
        except OSError as error:
            log.warning(self._event("cannot be started"), error=str(error))
            return None
        theirs.close()  # so that the process's death is heard
        return process

    def _listen(self, ours: Connection) -> None:
        """Hear what the process says, until it has ended."""
        try:
            while True:
                self._hear(ours.recv())
        except (EOFError, OSError):
            pass
        finally:
            with self._gate:
                self.ready = False
            self._changed()

    def _hear(self, message: FromChild) -> None:
        if isinstance(message, Ready):
            with self._gate:
                self.ready = True
            self._changed()
        elif isinstance(message, Leaving):
            with self._gate:  # what was asked before is answered before it reads the word to stop
                self.ready, self._leaving = False, True
                self._say_stop()
        else:
            self._heard(message)

    def _say_stop(self) -> None:
        if self._outbox:
            self._outbox.put(Stop())

    def _event(self, what: str) -> str:
        return f"{self._name} {what}"
