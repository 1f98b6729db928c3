"""The pepper: random, kept encrypted under the secret key, the same for the life of a database."""

from __future__ import annotations

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, select

from service.settings import Secret, SettingsError
from service.store.dialect import insert
from service.store.schema import secret

NAME = "pepper"


def find(connection: Connection, secret_key: Secret) -> bytes | None:
    """Read this database's pepper, if it has one. Raises SettingsError where the key does not open it."""
    kept = connection.execute(select(secret.c.value).where(secret.c.name == NAME)).scalar_one_or_none()
    try:
        return None if kept is None else _box(secret_key).decrypt(kept)
    except InvalidToken as error:
        raise SettingsError(
            "SECRET_KEY is not the one this database was made with. Set the former key again; without it the "
            "people known to this database cannot be recognised, and only a new database helps."
        ) from error


def make(connection: Connection, secret_key: Secret) -> None:
    """Give this database a pepper, unless another process just did."""
    made = _box(secret_key).encrypt(secrets.token_bytes(32))
    row = {"name": NAME, "value": made}
    connection.execute(insert(connection.dialect.name, secret).values(row).on_conflict_do_nothing())


def _box(secret_key: Secret) -> Fernet:
    if not secret_key:
        raise SettingsError("SECRET_KEY is not set. Set it to at least 32 random characters and keep it.")
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ticket-clarity pepper").derive(
        secret_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
