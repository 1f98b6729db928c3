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


def open_pepper(connection: Connection, secret_key: Secret) -> bytes:
    """Read this database's pepper, making one at first. Raises SettingsError where the key does not open it."""
    if not secret_key:
        raise SettingsError("SECRET_KEY is not set. Set it to at least 32 random characters and keep it.")
    box = Fernet(_key(secret_key))
    made = box.encrypt(secrets.token_bytes(32))
    connection.execute(
        insert(connection.dialect.name, secret).values(name=NAME, value=made).on_conflict_do_nothing()
    )
    kept = connection.execute(select(secret.c.value).where(secret.c.name == NAME)).scalar_one()
    try:
        return box.decrypt(kept)
    except InvalidToken as error:
        raise SettingsError(
            "SECRET_KEY is not the one this database was made with. Set the former key again; without it the "
            "people known to this database cannot be recognised, and only a new database helps."
        ) from error


def _key(secret_key: Secret) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ticket-clarity pepper").derive(
        secret_key.encode()
    )
    return base64.urlsafe_b64encode(derived)
