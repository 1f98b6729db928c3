"""The clock that the service goes by is the database's: here SQLite's, moved by hand."""

from sqlalchemy import event

from service.reports.days import DAY
from service.store import Store

UNIX_EPOCH = 2440587.5


class Clock:
    """What time it is, in seconds since the epoch."""

    def __init__(self, at):
        self.at = at

    def store(self, url, key):
        """A database that goes by this clock. Nothing here outlives a crash, so that it need not wait for the disk."""
        made = Store(url, key)
        event.listen(made._engine, "connect", self._take_over)
        made.migrate()
        return made

    def _take_over(self, connection, _):
        connection.create_function("julianday", 1, lambda _: self.at / DAY + UNIX_EPOCH)
        connection.execute("PRAGMA synchronous=OFF")
