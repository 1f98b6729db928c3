"""The data directory, and the secret key that is kept in it."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import replace
from pathlib import Path

from service.settings.model import Secret, Settings, SettingsError

KEY_FILE = "secret.key"
FORMER_FILE = "secret.key.former"  # there only while the key is being changed, or if that was cut off


def prepare(settings: Settings) -> Settings:
    """Create the data directory (for this user alone), and settle the secret key. Raises SettingsError."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if settings.secret_key:
            return settings
        return _with_former(replace(settings, secret_key=_kept_key(settings.data_dir / KEY_FILE)))
    except OSError as error:
        raise SettingsError(
            f"CLARITY_DATA_DIR: {settings.data_dir} cannot be used: {error.strerror}. "
            "Valid is a folder this user may write."
        ) from None


def with_kept_key(settings: Settings) -> Settings:
    """The settings with the key that an earlier start has kept, if any; makes none. Raises SettingsError."""
    path = settings.data_dir / KEY_FILE
    if settings.secret_key or not path.exists():
        return settings
    return _with_former(replace(settings, secret_key=_read_key(path)))


def renew_kept_key(settings: Settings) -> Settings:
    """Put a new key in the place of the kept one, and keep that beside it; after a rotation that was cut off, the
    new key is there already. Returns the settings with both. Raises SettingsError.
    """
    path, former = settings.data_dir / KEY_FILE, settings.data_dir / FORMER_FILE
    if not path.exists():
        raise SettingsError(f"{path} is not there. Set CLARITY_DATA_DIR, or CLARITY_SECRET_KEY if that is used.")
    try:
        if not former.exists():
            os.link(path, former)
        if _read_key(path) == _read_key(former):
            _offer(path, secrets.token_hex(32), replaces=True)
    except OSError as error:
        raise SettingsError(f"{path} cannot be changed: {error.strerror}. Let this user write there.") from None
    return with_kept_key(settings)


def drop_former_key(settings: Settings) -> None:
    """Delete the former key, once nothing is encrypted under it any more."""
    (settings.data_dir / FORMER_FILE).unlink(missing_ok=True)


def _with_former(settings: Settings) -> Settings:
    path = settings.data_dir / FORMER_FILE
    return replace(settings, former_secret_key=_read_key(path)) if path.exists() else settings


def _kept_key(path: Path) -> Secret:
    """Of several processes that start at once, one makes the key and all read the same."""
    if not path.exists():
        _offer(path, secrets.token_hex(32))
    return _read_key(path)


def _read_key(path: Path) -> Secret:
    try:
        key = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Let this user read it.") from None
    if len(key) < 32:
        raise SettingsError(
            f"{path} holds less than 32 characters. Put the former key back, or set CLARITY_SECRET_KEY."
        )
    return Secret(key)


def _offer(path: Path, key: str, *, replaces: bool = False) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(key + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        if replaces:
            draft.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)  # unlike a rename, never replaces the key that another process has just made
    finally:
        draft.unlink(missing_ok=True)
