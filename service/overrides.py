"""Rules that settings change must exist: a misspelled one would silently change nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from service.settings import Settings


def unknown_rules(settings: Settings, known: Collection[str]) -> Iterator[str]:
    """A sentence for each rule that is changed in clarity.toml and that nobody has written."""
    places = {"policy": settings.policy.rules}
    places |= {f"projects.{key}": change.rules for key, change in settings.projects.items()}
    for place, overrides in places.items():
        for rule in overrides:
            if rule not in known:
                near = get_close_matches(rule, list(known), n=1)
                hint = f"Did you mean {near[0]}?" if near else "`clarity rules list` shows them all."
                yield f"[{place}.rules.{rule}] in clarity.toml changes a rule that does not exist. {hint}"
