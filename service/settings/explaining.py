"""Whatever is wrong with the settings, in one line: which, why, and what is valid. Never a secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from service.settings.model import SettingsError
from service.settings.schema import FLAT, File, Table

Place = tuple[str, ...]
_SECRET = ("token", "secret", "key", "database", "password", "webhook")


def explain(
    error: ValidationError, given: Mapping[str, Any], names: Mapping[Place, str], toml: Path
) -> SettingsError:
    """The first error as a sentence. `names` tells which settings came by another name than their place."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = tuple(str(part) for part in first["loc"] if part != "[key]")
    name = named(place, names, toml)
    if first["type"] == "extra_forbidden":
        return SettingsError(f"{name} is not a setting.{suggestion(place[-1], _siblings(place))}")
    valid = _valid(place)
    if first["type"] == "missing":
        return SettingsError(f"{_both_names(place)} is missing. Valid is {valid}.")
    if first["type"] == "wrong":
        reason = first["msg"]
        return SettingsError(f"{name} {reason}." + (f" Valid is {valid}." if valid else ""))
    return SettingsError(
        f"{name} {_shown(place, given)}. Valid is {valid or 'a table: [' + '.'.join(place) + ']'}."
    )


def named(place: Place, names: Mapping[Place, str], toml: Path) -> str:
    """A setting by the name under which the operator gave it."""
    for length in range(len(place), 0, -1):
        if place[:length] in names:
            return names[place[:length]]
    return f"{'.'.join(place)} in {toml.name}"


def suggestion(word: str, choices: Iterable[str], prefix: str = "") -> str:
    """ " Did you mean …?", or nothing where no choice is close."""
    near = get_close_matches(word.lower(), list(choices), n=1, cutoff=0.7)
    return f" Did you mean {prefix}{near[0].upper() if prefix else near[0]}?" if near else ""


def _both_names(place: Place) -> str:
    variable = next((f"CLARITY_{flat.upper()}" for flat, where in FLAT.items() if where == place), "")
    table = f"{place[-1]} under [{'.'.join(place[:-1])}]"
    return f"{variable} ({table})" if variable else table


def _shown(place: Place, given: Mapping[str, Any]) -> str:
    value: Any = given
    for part in place:
        value = value.get(part) if isinstance(value, Mapping) else value
    secret = any(word in part for part in place for word in _SECRET)
    # What stands in the place of a table may hold whatever belongs into the table.
    misplaced = not _valid(place) and isinstance(value, str | list)
    if secret or misplaced or not _is_plain(value):
        return "cannot be used"
    text = value if isinstance(value, str) else str(value)
    return f"is “{text[:60]}{'…' if len(text) > 60 else ''}”"


def _is_plain(value: object) -> bool:
    parts = value if isinstance(value, list) else [value]
    return not any(isinstance(part, Mapping | list) for part in parts)


def _valid(place: Place) -> str:
    info = _at(place)[0]
    extra = info.json_schema_extra if info else None
    return str(extra.get("valid", "")) if isinstance(extra, dict) else ""


def _siblings(place: Place) -> list[str]:
    table = _at(place[:-1])[1]
    return [*table.model_fields, *(FLAT if table is File else ())] if table else []


def _at(place: Place) -> tuple[FieldInfo | None, type[Table] | None]:
    """What stands at a place: the field that leads there, and the table that it is."""
    info: FieldInfo | None = None
    here: Any = File
    for part in place:
        if isinstance(here, type) and issubclass(here, BaseModel):
            found = here.model_fields.get(part)
            info, here = (found, found.annotation) if found else (info, None)
        else:
            here = next(iter(reversed(get_args(here))), None)
    return info, here if isinstance(here, type) and issubclass(here, Table) else None
