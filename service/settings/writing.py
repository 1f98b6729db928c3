"""Write one site into clarity.toml, and leave everything else in it as it is, comments too."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from service.settings.loading import find, load
from service.settings.model import Settings, SettingsError


def write_site(
    path: Path, tracker: str, site: str, values: Mapping[str, str], *, base_url: str, environ: Mapping[str, str]
) -> Settings:
    """Put `values` under [tracker.site], and `base_url` at the top; returns the settings that then hold.

    The file is replaced at once or not at all, is for its owner alone, and is not touched if the settings would be
    wrong: then raises SettingsError.
    """
    before = _read(path)
    document = tomlkit.parse(before)
    if base_url and document.get("base_url") != base_url:
        document["base_url"] = base_url
    table = _table(_table(document, tracker, path, is_super=True), site, path)
    for name, value in values.items():
        table[name] = value
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write(draft, tomlkit.dumps(document))
        settings = load(environ, draft)
        draft.replace(path)
    except SettingsError as error:
        raise SettingsError(f"{str(error).replace(draft.name, path.name)} Nothing was written.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}. Let this user write there.") from None
    finally:
        draft.unlink(missing_ok=True)
    return settings


def settings_file(environ: Mapping[str, str]) -> Path:
    """The clarity.toml that is read; where there is none, the one to make."""
    config = environ.get("CLARITY_CONFIG", "").strip()
    if config:
        return Path(config).expanduser()
    return find(None, "", environ.get("CLARITY_DATA_DIR", "")) or Path("clarity.toml")


def has_site(path: Path, tracker: str, site: str) -> bool:
    """Whether the file names this site already. Raises SettingsError where it cannot be read."""
    found = tomlkit.parse(_read(path)).get(tracker, {})
    return isinstance(found, Mapping) and site in found


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        tomlkit.parse(text)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, TOMLKitError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Mend it first.") from None
    return text


def _table(inside: tomlkit.TOMLDocument | Table, name: str, path: Path, *, is_super: bool = False) -> Table:
    found = inside.setdefault(name, tomlkit.table(is_super_table=is_super))
    if not isinstance(found, Table):
        raise SettingsError(f"{name} in {path} is no table of its own. Write it as [{name}…] first.")
    return found


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
