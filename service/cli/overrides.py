"""Weights → clarity.toml, leaving everything else in it as it stands."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from service.cli import Stop


def write_weights(path: Path, weights: Mapping[str, int]) -> None:
    """Set `weight` under `[policy.rules.RULE]`; a file that is absent is made. Raises Stop, changing nothing."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        _replace(path, _changed(text, weights))
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        lines = "\n".join(f"[policy.rules.{rule}]\nweight = {weight}" for rule, weight in sorted(weights.items()))
        raise Stop(f"{path} cannot be changed: {error}. Put this into it by hand:\n{lines}") from error
    except UnicodeDecodeError as error:
        raise Stop(f"{path} is not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    except OSError as error:
        raise Stop(f"{path} cannot be written: {error.strerror}.") from error


def _changed(text: str, weights: Mapping[str, int]) -> str:
    document = tomlkit.parse(text)
    policy = document.setdefault("policy", tomlkit.table(is_super_table=True))
    rules = policy.setdefault("rules", tomlkit.table(is_super_table=True))
    for rule, weight in sorted(weights.items()):
        rules.setdefault(rule, tomlkit.table())["weight"] = weight
    changed = tomlkit.dumps(document)
    tomllib.loads(changed)
    return changed


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        draft.write_text(text, encoding="utf-8")
        if path.exists():
            draft.chmod(path.stat().st_mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
