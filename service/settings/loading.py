"""Gather the settings, validate them, and build what the service works with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import ValidationError

from service.settings.building import build
from service.settings.explaining import explain, suggestion
from service.settings.model import Settings, SettingsError
from service.settings.schema import FLAT, File

PREFIX = "CLARITY_"
# Variables that begin like ours and are read elsewhere: by the command line and by the tests.
ELSEWHERE = frozenset({"CONFIG", "HOST", "PORT", "HEARTBEAT", "REQUIRE_ALL", "SHARED", "CHROMIUM", "FUZZ", "SOAK"})
MAX_FILE_BYTES = 1_000_000


def load(environ: Mapping[str, str], toml_path: Path | None = None) -> Settings:
    """See `service.settings.load`."""
    ours = {key.removeprefix(PREFIX): value for key, value in environ.items() if key.startswith(PREFIX)}
    _refuse_unknown(ours)
    told = {key.lower(): value for key, value in ours.items() if key.lower() in FLAT and value.strip()}
    path = find(toml_path, ours.get("CONFIG", "").strip(), told.get("data_dir", ""))
    given, names = _spread(_read(path) if path else {}, path)
    for key, value in told.items():
        _put(given, FLAT[key], value)
        names[FLAT[key]] = PREFIX + key.upper()
    shown = path or Path("clarity.toml")
    try:
        file = File.model_validate(given)
    except ValidationError as error:
        raise explain(error, given, names, shown) from None
    folder = path.parent if path and ("rules",) not in names else Path()
    return build(file, _data_dir(file.data_dir), rules_from=folder)


def _refuse_unknown(ours: Mapping[str, str]) -> None:
    for name in ours:
        if name not in ELSEWHERE and name.lower() not in FLAT:
            near = suggestion(name, [*FLAT, "config", "host", "port"], PREFIX)
            raise SettingsError(f"{PREFIX}{name} is not a setting.{near or ' docs/settings.md lists them all.'}")


def _data_dir(told: str) -> Path:
    return Path(told).expanduser().absolute() if told else user_data_path("ticket-clarity", appauthor=False)


def find(asked: Path | None, config: str, data_dir: str) -> Path | None:
    """The file to read: the one named, else the first there is. Raises SettingsError if that is not there."""
    if asked or config:
        path = (asked or Path(config)).expanduser()
        if not path.is_file():
            raise SettingsError(f"{'' if asked else 'CLARITY_CONFIG: '}{path} is no file. Name a clarity.toml.")
        return path
    return next((p for p in (Path("clarity.toml"), _data_dir(data_dir) / "clarity.toml") if p.is_file()), None)


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_FILE_BYTES + 1)
        if len(raw) > MAX_FILE_BYTES:
            raise SettingsError(f"{path} is larger than 1 MB. It should hold settings only.")
        return tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Let this user read it.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 at byte {error.start}. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None
    except RecursionError:
        raise SettingsError(f"{path} is nested too deeply. It should hold tables of settings only.") from None


def _spread(raw: dict[str, Any], path: Path | None) -> tuple[dict[str, Any], dict[tuple[str, ...], str]]:
    """Bring names as in the environment, such as `jira_url`, to their place, and remember what they were."""
    given = {key: value for key, value in raw.items() if _flat_name(key) not in FLAT}
    names: dict[tuple[str, ...], str] = {}
    for key, value in raw.items():
        place = FLAT.get(_flat_name(key))
        if place is None:
            continue
        if _holds(given, place):
            raise SettingsError(f"{'.'.join(place)} is set twice in {path}: also as {key}. Keep one.")
        _put(given, place, value)
        if place != (key,):
            names[place] = f"{key} in {path.name if path else ''}"
    return given, names


def _flat_name(key: str) -> str:
    return key.lower().removeprefix(PREFIX.lower())


def _holds(given: Mapping[str, Any], place: tuple[str, ...]) -> bool:
    here: Any = given
    for part in place:
        if not isinstance(here, Mapping) or part not in here:
            return False
        here = here[part]
    return True


def _put(given: dict[str, Any], place: tuple[str, ...], value: object) -> None:
    *tables, last = place
    here = given
    for part in tables:
        inner = here.get(part, {})
        if not isinstance(inner, dict):
            return  # what stands there is no table; validation will say so
        here[part] = here = dict(inner)
    here[last] = value
