"""Which engine a database asks for."""

from __future__ import annotations

from service.engine.base import Engine
from service.settings import Settings
from service.store import Store


def engine_for(settings: Settings) -> Engine:
    """The engine of a host that does everything. Raises SettingsError where the database cannot be used."""
    if Store(settings.database_url).distributed:
        from service.engine.distributed import DistributedEngine  # noqa: PLC0415 (not needed with SQLite)

        return DistributedEngine(settings, reconciles=True)
    from service.engine.embedded import EmbeddedEngine  # noqa: PLC0415 (not needed with PostgreSQL)

    return EmbeddedEngine(settings)
