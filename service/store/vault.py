"""What the database keeps encrypted: each secret under a key of its own, derived from the installation's key."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, select, update

from service.settings import Secret, SettingsError
from service.store.schema import secret


class Vault:
    """Seals under the first of its keys, and opens what was sealed under any of them.

    Methods raise SettingsError where no key is set, or none opens what is there.
    """

    def __init__(self, keys: Sequence[Secret]) -> None:
        self._keys = [key for key in keys if key]

    def seal(self, name: str, plain: bytes) -> bytes:
        """Encrypt a secret of this name."""
        return self._box(name).encrypt(plain)

    def unseal(self, name: str, sealed: bytes) -> bytes:
        """Decrypt it."""
        try:
            return self._box(name).decrypt(sealed)
        except InvalidToken as error:
            raise SettingsError(
                "SECRET_KEY is not the one this database was made with. Set the former key again; without it the "
                "people known to this database cannot be recognised, and only a new database helps."
            ) from error

    def reseal(self, connection: Connection) -> int:
        """Encrypt every secret anew under the first key; how many there are."""
        rows = connection.execute(select(secret)).all()
        for row in rows:
            again = self.seal(row.name, self.unseal(row.name, row.value))
            connection.execute(update(secret).where(secret.c.name == row.name).values(value=again))
        return len(rows)

    def _box(self, name: str) -> MultiFernet:
        if not self._keys:
            raise SettingsError("SECRET_KEY is not set. Set it to at least 32 random characters and keep it.")
        return MultiFernet([Fernet(_derived(key, name)) for key in self._keys])


def _derived(key: Secret, name: str) -> bytes:
    info = f"ticket-clarity {name}".encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
