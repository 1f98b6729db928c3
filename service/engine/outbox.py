"""What one process has to say to another, through a pipe that may be full."""

from __future__ import annotations

import contextlib
import queue
import select
import threading
from multiprocessing.connection import Connection

from service.engine.messages import ToChild


class Outbox:
    """Sends messages in their order; who hands one in never waits for the pipe.

    That is left to a thread of its own, until `close`.
    """

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._sending = threading.Lock()
        self._waiting: queue.SimpleQueue[ToChild | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def put(self, message: ToChild) -> None:
        """Send a message when its turn comes."""
        self._waiting.put(message)

    def nudge(self, message: ToChild) -> None:
        """Send one that says nothing new while another waits: it is left out then.

        It goes at once where the pipe takes it, as to wake a thread for it takes longer than to send it.
        """
        if self._waiting.empty() and not self._sent(message):
            self._waiting.put(message)

    def close(self) -> None:
        """Send nothing more, and close the pipe."""
        self._waiting.put(None)
        self._thread.join()
        with self._sending:  # else who is about to write would write to whatever is opened next
            self._pipe.close()

    def _sent(self, message: ToChild) -> bool:
        if not self._sending.acquire(blocking=False):
            return False
        try:
            if not _has_room(self._pipe):
                return False
            self._pipe.send(message)
        except OSError:
            return True  # whoever should hear it is gone
        finally:
            self._sending.release()
        return True

    def _run(self) -> None:
        while (message := self._waiting.get()) is not None:
            with self._sending, contextlib.suppress(OSError):
                self._pipe.send(message)


def _has_room(pipe: Connection) -> bool:
    """Whether the pipe takes a short message now; where the system cannot tell, no."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(pipe.fileno(), select.POLLOUT)
    return any(event & select.POLLOUT for _, event in poll.poll(0))
