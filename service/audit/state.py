"""Where an audit stopped, in a file: the same command goes on from there."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from service.audit.tally import Tally
from service.cli import Stop

VERSION = 1


@dataclass(slots=True)
class State:
    """How far we are. `source` and `rulebook` say what it belongs to; `written` is how many bytes of rows."""

    source: str
    rulebook: str
    place: str = ""
    weight: int = 0
    written: int = 0
    tally: Tally = field(default_factory=Tally)

    def save(self, path: Path) -> None:
        """Write it down, whole or not at all."""
        plain = (
            {"version": VERSION} | {name: getattr(self, name) for name in _NAMES} | {"tally": self.tally.as_json()}
        )
        draft = path.with_name(f".{path.name}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds titles
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(plain, stream)
        draft.replace(path)


_NAMES = ("source", "rulebook", "place", "weight", "written")


def resumed(path: Path, source: str, rulebook: str) -> State:
    """What an earlier run left, or a beginning. Raises Stop where the file is another audit's."""
    if not path.exists():
        return State(source, rulebook)
    advice = "Delete it to begin anew, or name another with --state."
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        state = State(**{name: told[name] for name in _NAMES}, tally=Tally.from_json(told["tally"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise Stop(f"{path} is no state of an audit. {advice}") from None
    if state.source != source:
        raise Stop(f"{path} belongs to another audit. {advice}")
    if state.rulebook != rulebook:
        raise Stop(f"{path} was left by other rules, and scores by two sets of rules cannot be added up. {advice}")
    return state
