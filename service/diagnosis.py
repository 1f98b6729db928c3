"""How `clarity doctor` says what it found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing stands."""

    WELL = "✓"
    ODD = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    state: State
    said: str
    advice: str = ""
