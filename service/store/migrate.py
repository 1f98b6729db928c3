"""Migrations, run by the service itself at its start.

A new one is a file in migrations/versions, its `down_revision` the former HEAD. A test holds the migrations
against the schema and HEAD against the files.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from service.settings import SettingsError

HEAD = "0023"
FOLDER = Path(__file__).parent / "migrations"


def is_current(connection: Connection) -> bool:
    """Whether nothing is to be done; asks without importing Alembic, as most starts need none."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]


def upgrade(connection: Connection) -> None:
    """Run what is missing, within the caller's transaction. Raises SettingsError on a newer database."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SettingsError(
            f"DATABASE_URL: this database was written by a newer version of Ticket Clarity ({error}). "
            "Install that version again, or restore the backup made before the upgrade."
        ) from error
