"""The pepper: random, kept encrypted, the same for the life of a database."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from service.store.dialect import insert
from service.store.schema import secret
from service.store.vault import Vault

NAME = "pepper"


def find(connection: Connection, vault: Vault) -> bytes | None:
    """Read this database's pepper, if it has one. Raises SettingsError where no key opens it."""
    kept = connection.execute(select(secret.c.value).where(secret.c.name == NAME)).scalar_one_or_none()
    return None if kept is None else vault.unseal(NAME, kept)


def make(connection: Connection, vault: Vault) -> None:
    """Give this database a pepper, unless another process just did."""
    row = {"name": NAME, "value": vault.seal(NAME, secrets.token_bytes(32))}
    connection.execute(insert(connection.dialect.name, secret).values(row).on_conflict_do_nothing())
